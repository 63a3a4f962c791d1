/* codes: ICS codes as numbers, and what lies below one, against the same said in strings. */
#include "node/store/row.h"
#include "tests/store/fixture.h"

enum { FIELDS = 99, EACH = 4, RECORDS = FIELDS * EACH, CODES_MAX = 4 };

/* ---- numbers ---- */

static uint32_t number_of(const char *code)
{
	return row_code(bytes_str(code));
}

static void numbers_are_in_the_order_of_codes(void **state)
{
	uint32_t last = 0;
	for (unsigned field = 0; field < 100; field++) {
		char code[16];
		(void)snprintf(code, sizeof code, "%02u", field);
		assert_true(number_of(code) > last);
		last = number_of(code);
		for (unsigned group = 0; group < 1000; group++) {
			(void)snprintf(code, sizeof code, "%02u.%03u", field, group);
			assert_true(number_of(code) > last);
			last = number_of(code);
			for (unsigned subgroup = 0; subgroup < 100; subgroup += 33) {
				(void)snprintf(code, sizeof code, "%02u.%03u.%02u", field, group, subgroup);
				assert_true(number_of(code) > last);
				last = number_of(code);
			}
		}
	}
}

static void others_have_none(void **state)
{
	static const char *const others[] = {
		"",          "1",          "1.",     "01.",          "01.1",     "01.12",      "01.1234",
		"01.120.",   "001",        "01-120", "01.120-",      "01.120.1", "01.120.100", "01.120.1a",
		"01.12a.10", "01.120.10.", "a1",     "1a",           " 01",      "01 ",        "+1",
		"-1",        "01.120.-10", "01..10", "01.120.10.10", ".120",     "0\x31\x80",
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (number_of(others[i]) != 0)
			fail_msg("%s", others[i]);
	assert_int_equal(row_code(bytes_of("01\0", 3)), 0);
	assert_int_equal(row_code(bytes_of("01.120", 4)), 0);
	assert_int_equal(row_code(bytes_of("01.120", 2)), number_of("01"));
}

/* ---- subtrees ---- */

struct record_codes {
	char v[CODES_MAX][16];
	size_t count;
};

static struct record_codes all[RECORDS];

static void add_code(struct record_codes *r, unsigned field, const char *rest)
{
	(void)snprintf(r->v[r->count++], sizeof r->v[0], "%02u%s", 1 + field % FIELDS, rest);
}

/* A field alone; a group and a subgroup of it; three of three fields; more than a number is kept of. */
static void make_codes(unsigned field)
{
	struct record_codes *r = &all[field * EACH];
	add_code(&r[0], field, "");
	add_code(&r[1], field, ".010");
	add_code(&r[1], field, ".010.20");
	add_code(&r[2], field + 7, ".999.99");
	add_code(&r[2], field, ".120.10");
	add_code(&r[2], field + 1, "");
	add_code(&r[3], field, ".000.00");
	add_code(&r[3], field + 50, ".120");
	add_code(&r[3], field + 2, "");
	add_code(&r[3], field + 3, ".010.20");
}

static int up(void **state)
{
	static struct buf payloads[RECORDS];
	static const struct text title[] = { { 1, "en", "Preferred numbers" }, { 0, NULL, NULL } };
	int rc = log_up(state);
	memset(all, 0, sizeof all);
	for (unsigned i = 0; i < FIELDS; i++)
		make_codes(i);
	for (unsigned i = 0; i < RECORDS; i++) {
		char subject[32];
		struct sample s = { .subject = subject, .texts = title };
		(void)snprintf(subject, sizeof subject, "ISO %u:2001", 1 + i);
		for (size_t k = 0; k < all[i].count; k++)
			s.ics[k] = all[i].v[k];
		sample_payload(&s, i, &payloads[i]);
	}
	apply_one(store, maker_entries(&maker, payloads, RECORDS, PAYLOAD_PRESENT));
	for (unsigned i = 0; i < RECORDS; i++)
		buf_free(&payloads[i]);
	store_close(store);
	store = scratch_open(&scratch, STORE_READ);
	return rc;
}

static bool lies_below(const struct record_codes *r, const char *code, bool below)
{
	size_t len = strlen(code);
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->v[i], code) == 0 || (below && strncmp(r->v[i], code, len) == 0 && r->v[i][len] == '.'))
			return true;
	return false;
}

/* By entry. */
static void find(const struct condition *where, struct arena *arena, struct found_list *out)
{
	struct view v = store_view(store);
	struct err err = { 0 };
	const struct selection q = {
		.where = where, .sorts = { { .field = FIELD_KIND } }, .sort_count = 1, .limit = 200, .unread = true
	};
	if (v.select(v.ctx, &q, arena, out, &err) != OK)
		fail_msg("%s", err.text);
}

/* With words, so that rows are tested: found in kept lists, or, open, in the full-text index; and not without. */
static void expect(const char *code, bool below)
{
	struct condition codes = { .field = FIELD_ICS, .relation = below ? COMPARE_BELOW : COMPARE_IS, .text = code };
	struct condition words = { .field = FIELD_TITLE, .relation = COMPARE_ALL, .text = "numbers" };
	const struct condition both = { .op = CONDITION_AND, .left = &words, .right = &codes };
	const struct condition without = { .op = CONDITION_NOT, .left = &words, .right = &codes };
	struct arena arena = { 0 };
	struct found_list list;
	for (int open = 0; open < 2; open++) {
		size_t found = 0;
		words.open = open != 0;
		find(&both, &arena, &list);
		for (size_t i = 0; i < RECORDS; i++) {
			if (!lies_below(&all[i], code, below))
				continue;
			if (found == list.count || list.v[found].index != i)
				fail_msg("%s%s: %zu is not found", code, below ? " and below" : "", i);
			found++;
		}
		if (found != list.total)
			fail_msg("%s%s: %zu, not %zu", code, below ? " and below" : "", (size_t)list.total, found);
		find(&without, &arena, &list);
		assert_int_equal(list.total, RECORDS - found);
		find(&codes, &arena, &list);
		assert_int_equal(list.total, found);
	}
	arena_free(&arena);
}

static void what_is_below(void **state)
{
	static const char *const rest[] = { "", ".010", ".120", ".200", ".010.20", ".120.10", ".000", ".000.00", ".999" };
	for (unsigned field = 0; field <= 100; field++) {
		for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
			char code[16];
			(void)snprintf(code, sizeof code, "%02u%s", field, rest[i]);
			expect(code, true);
			expect(code, false);
		}
	}
}

static void what_is_no_code_finds_nothing(void **state)
{
	static const char *const others[] = { "0",       "1",        "03.",        "03.0", "03.01",
		                                  "03.010.", "03.010.2", "03.010.20.", "003",  "03.0100",
		                                  "0 3",     "03.120.1", "03 04",      "x",    "03.010.20.1" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		expect(others[i], true);
		expect(others[i], false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_in_the_order_of_codes),
		cmocka_unit_test(others_have_none),
		cmocka_unit_test_setup_teardown(what_is_below, up, log_down),
		cmocka_unit_test_setup_teardown(what_is_no_code_finds_nothing, up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
