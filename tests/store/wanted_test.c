/* wanted: what the store finds from its indexes is what the core says of each record by itself, with the same scores:
 * thousands of generated questions about generated records. */
#include "node/core/wanted.h"
#include "tests/store/fixture.h"

enum { RECORDS = 120, QUESTIONS = 3000, FOUND_MAX = 200 };

static uint64_t seed = 20;

static unsigned dice(unsigned sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % sides;
}

static const char *const words[] = { "steel", "pipes",        "quality", "management", "Stahl", "质量", "管理",
	                                 "體系",  "コンクリート", "試験",    "water",      "9001",  "a-b",  "É" };
enum { WORDS = sizeof words / sizeof *words };
static const char *const codes[] = { "03", "03.120", "03.120.10", "17.020", "77", "77.140.75" };
static const char *const references[] = { "ISO 9001:2015", "ISO 9001:2008", "GB/T 19001-2016", "ISO 3:1973",
	                                      "JIS Q 9001:2015" };

static void say_one(unsigned n)
{
	char titles[2][200], subject[40];
	struct text texts[4] = { { 0, NULL, NULL } };
	struct sample s = { .subject = subject, .texts = texts };
	(void)snprintf(subject, sizeof subject, "ISO %u:%u", 100 + n, 1990 + dice(30));
	if (n < 5)
		(void)snprintf(subject, sizeof subject, "%s", references[n]);
	for (unsigned i = 0; i < 2; i++) {
		size_t used = 0;
		for (unsigned k = 0; k < 1 + dice(5); k++)
			used += (size_t)snprintf(titles[i] + used, sizeof titles[i] - used, "%s ", words[dice(WORDS)]);
		texts[i] = (struct text){ i == 0 ? 1 : 2, "en", titles[i] };
	}
	s.ics[0] = codes[1 + dice(5)];
	s.ics[1] = dice(2) == 0 ? codes[1 + dice(5)] : NULL;
	s.status = (int)(1 + dice(6));
	s.link = dice(4) == 0 ? references[dice(5)] : NULL;
	apply_sample(store, &maker, &s);
}

static int set_up(void **state)
{
	int rc = log_up(state);
	for (unsigned n = 0; n < RECORDS; n++)
		say_one(n);
	return rc;
}

static void add_words(struct buf *out)
{
	buf_add_str(out, "q=");
	for (unsigned i = 0, count = 1 + dice(3); i < count; i++) {
		buf_add_str(out, i > 0 ? "+" : "");
		buf_add_str(out, dice(5) == 0 ? "title:" : dice(8) == 0 ? "abstract:" : "");
		switch (dice(6)) {
		case 0:
			buf_printf(out, "%%22%s+%s%%22", words[dice(WORDS)], words[dice(WORDS)]);
			break;
		case 1:
			buf_printf(out, "%.3s*", words[dice(WORDS)]);
			break;
		case 2:
			buf_add_str(out, references[dice(5)]);
			break;
		default:
			buf_add_str(out, words[dice(WORDS)]);
		}
	}
}

static void make_question(struct buf *out)
{
	static const char *const statuses[] = { "current", "withdrawn", "superseded", "upcoming" };
	buf_reset(out);
	if (dice(4) > 0)
		add_words(out);
	if (dice(3) == 0)
		buf_printf(out, "&ics=%s", codes[dice(6)]);
	if (dice(4) == 0)
		buf_printf(out, "&status=%s,%s", statuses[dice(4)], statuses[dice(4)]);
	if (dice(8) == 0)
		buf_printf(out, "&ref=%s", references[dice(5)]);
	if (dice(8) == 0)
		buf_printf(out, "&replaces=%s", references[dice(5)]);
	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] == ' ')
			out->data[i] = '+';
}

/* Each record by itself. */
static size_t count_fitting(const struct wanted *w, const struct found_list *all, int64_t *scores)
{
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct arena arena = { 0 };
		Normlink__Record *record;
		const struct found *f = &all->v[i];
		assert_int_equal(payload_open(f->payload, &arena, &record, NULL), OK);
		bool fits = wanted_fits(w, f->origin, f->index, record, &scores[f->index]);
		count += fits;
		if (!fits)
			scores[f->index] = INT64_MAX;
		arena_free(&arena);
	}
	return count;
}

static void compare(const char *text, const struct found_list *all)
{
	struct arena arena = { 0 };
	struct wanted w;
	struct found_list list;
	struct view v = store_view(store);
	struct err err = { 0 };
	int64_t scores[RECORDS];
	int rc = wanted_read(&w, bytes_str(text), &err);
	if (rc != OK)
		fail_msg("%s: %s", text, err.text);
	if (wanted_search(&w, &v, FOUND_MAX, &arena, &list, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	size_t fitting = count_fitting(&w, all, scores);
	if (list.total != fitting || list.count != fitting)
		fail_msg("%s: the store finds %zu, %zu fit", text, (size_t)list.total, fitting);
	for (size_t i = 0; i < list.count; i++) {
		int64_t score = scores[list.v[i].index], before = i > 0 ? scores[list.v[i - 1].index] : INT64_MIN;
		if (score == INT64_MAX)
			fail_msg("%s: record %d does not fit", text, (int)list.v[i].index);
		if (score < before || (score == before && list.v[i].index < list.v[i - 1].index))
			fail_msg("%s: record %d stands behind %d", text, (int)list.v[i].index, (int)list.v[i - 1].index);
	}
	wanted_free(&w);
	arena_free(&arena);
}

static void the_store_and_the_core_agree(void **state)
{
	struct arena arena = { 0 };
	struct found_list all;
	struct view v = store_view(store);
	struct buf text = { 0 };
	const struct condition every = { .field = FIELD_EVERY, .text = "" };
	const struct selection everything = { .where = &every, .limit = FOUND_MAX };
	assert_int_equal(v.select(v.ctx, &everything, &arena, &all, NULL), OK);
	assert_int_equal(all.count, RECORDS);
	for (unsigned i = 0; i < QUESTIONS; i++) {
		make_question(&text);
		compare(buf_str(&text), &all);
	}
	buf_free(&text);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_store_and_the_core_agree, set_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
