/* wanted: what one record says of a question is what the store's indexes say of all: the same records, in the same
 * order. */
#include "node/core/wanted.h"
#include "proto/json.h"
#include "tests/store/fixture.h"

enum { RECORDS = 160, NAMED = 12 };

static struct buf payloads[RECORDS];
static uint64_t seed;

static uint64_t below(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % n;
}

static const char *pick(const char *const *from, size_t count)
{
	return from[below(count)];
}
#define PICK(from) pick(from, sizeof from / sizeof *from)

static void write_title(struct buf *out)
{
	static const char *const words[] = { "pumps", "water", "Quality", "management", "systems",  "for",  "and",
		                                 "test",  "steel", "ISO",     "9001",       "管理体系", "质量", "要求",
		                                 "質量",  "水",    "Wärme",   "pump",       "water",    "GB/T", "of" };
	uint64_t count = 1 + below(9);
	for (uint64_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i > 0 && below(5) > 0 ? " " : "", PICK(words));
}

static void write_record(unsigned i, struct buf *out)
{
	static const char *const statuses[] = { "current", "superseded", "withdrawn", "upcoming" };
	static const char *const ics[] = { "03.120.10", "03.120", "03", "23.080", "23.080.10", "030.1" };
	static const char *const ccs[] = { "A00", "A01", "J71" };
	static const char *const stages[] = { "60.60", "40.20", "95.99" };
	static const char *const committees[] = { "ISO/TC 176", "ISO/TC 176/SC 2", "SAC/TC 151" };
	static const char *const languages[] = { "zh", "zh-Hans", "en", "fr" };
	buf_printf(out, "{\"kind\":\"standard\",\"subject\":\"%s %u%s:%u\",\"texts\":[", i % 3 == 0 ? "IEC" : "ISO",
	           9000 + i % NAMED, i % 5 == 0 ? "-1" : "", 1990 + i);
	for (uint64_t k = 0, n = 1 + below(3); k < n; k++) {
		buf_printf(out, "%s{\"role\":\"%s\",\"lang\":\"%s\",\"value\":\"", k > 0 ? "," : "",
		           k == 0 || below(2) == 0 ? "title" : "abstract", PICK(languages));
		write_title(out);
		buf_add_str(out, "\"}");
	}
	buf_printf(out, "],\"standard\":{\"status\":\"%s\",\"ics\":[\"%s\",\"%s\"],\"ccs\":[\"%s\"],\"stage\":\"%s\",",
	           PICK(statuses), ics[below(5)], ics[below(5)], PICK(ccs), PICK(stages));
	buf_printf(out, "\"committees\":[\"%s\"],\"languages\":[\"%s\"],\"publisher\":\"%s\",\"level\":\"%s\",",
	           PICK(committees), PICK(languages), below(2) == 0 ? "ISO" : "Iso",
	           below(2) == 0 ? "national" : "regional");
	buf_printf(out, "\"events\":[{\"type\":\"published\",\"date\":\"20%02u-%02u\"}],", (unsigned)below(20),
	           1 + (unsigned)below(12));
	buf_printf(out, "\"adopts\":[{\"target\":\"ISO %u:2015\",\"degree\":\"%s\"}],", 9000 + (unsigned)below(4),
	           below(2) == 0 ? "idt" : "mod");
	buf_printf(out, "\"links\":[{\"type\":\"%s\",\"target\":\"ISO %u:1999\"}]}}", below(2) == 0 ? "cites" : "replaces",
	           9000 + (unsigned)below(4));
}

static int set_up(void **state)
{
	int rc = log_up(state);
	seed = 7;
	for (unsigned i = 0; i < RECORDS; i++) {
		struct arena own = { 0 };
		struct buf json = { 0 }, record = { 0 };
		struct err err = { 0 };
		ProtobufCMessage *m = NULL;
		write_record(i, &json);
		if (json_to_message(&normlink__record__descriptor, buf_bytes(&json), &own, &m, &err) != OK ||
		    record_encode((Normlink__Record *)m, &record, &err) != OK)
			fail_msg("%s\n%s", err.text, buf_str(&json));
		payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ (uint8_t)i }, &payloads[i]);
		struct buf copy = { 0 };
		buf_add_bytes(&copy, buf_bytes(&payloads[i]));
		apply_one(store, maker_entries(&maker, &copy, 1, PAYLOAD_PRESENT));
		buf_free(&json);
		buf_free(&record);
		buf_free(&copy);
		arena_free(&own);
	}
	return rc;
}

static int tear_down(void **state)
{
	for (size_t i = 0; i < RECORDS; i++)
		buf_free(&payloads[i]);
	return log_down(state);
}

/* ---- both answers ---- */

struct place {
	uint64_t index;
	int64_t score;
};

static int compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static size_t one_by_one(const struct wanted *w, struct place out[RECORDS])
{
	size_t count = 0;
	for (uint64_t i = 0; i < RECORDS; i++) {
		struct arena own = { 0 };
		Normlink__Record *record;
		assert_int_equal(payload_open(buf_bytes(&payloads[i]), &own, &record, NULL), OK);
		out[count].index = i;
		count += wanted_fits(w, "iso.example/log", i, record, &out[count].score);
		arena_free(&own);
	}
	qsort(out, count, sizeof *out, compare);
	return count;
}

static size_t expect_same(const char *text)
{
	struct place places[RECORDS + 1];
	struct wanted w;
	struct arena arena = { 0 };
	struct found_list found = { 0 };
	struct err err = { 0 };
	struct view view = store_view(store);
	if (wanted_read(&w, bytes_str(text), &err) != OK || wanted_search(&w, &view, RECORDS, &arena, &found, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	size_t count = one_by_one(&w, places);
	if (found.total != count)
		fail_msg("%s: the store finds %zu, one by one %zu fit", text, (size_t)found.total, count);
	for (size_t i = 0; i < count; i++)
		if (found.v[i].index != places[i].index)
			fail_msg("%s: number %zu is %zu in the store, one by one %zu", text, i, (size_t)found.v[i].index,
			         (size_t)places[i].index);
	wanted_free(&w);
	arena_free(&arena);
	return count;
}

static void words(void **state)
{
	static const char *const questions[] = {
		"q=water",
		"q=pumps",
		"q=pump*",
		"q=quality+management",
		"q=%22quality+management%22",
		"q=title:water",
		"q=abstract:water",
		"q=reference:9001",
		"q=%E8%B4%A8%E9%87%8F",                   /* 质量 */
		"q=%E7%AE%A1%E7%90%86%E4%BD%93%E7%B3%BB", /* 管理体系 */
		"q=%E6%B0%B4",                            /* 水 */
		"q=warme",
		"q=water+%22management+systems%22+pump*",
		"q=ISO+9001",
		"q=ISO+9001:2002",
		"q=9001",
		"q=IEC+9003",
	};
	size_t all = 0;
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		all += expect_same(questions[i]);
	assert_true(all > 200);
}

static void filters(void **state)
{
	static const char *const questions[] = {
		"ics=03",
		"ics=03.120",
		"ics=23.080.10,03.120.10",
		"ccs=A",
		"ccs=A00,J71",
		"status=current",
		"status=current,withdrawn",
		"stage=60",
		"stage=60.60",
		"level=national",
		"body=ISO",
		"kind=standard",
		"kind=project",
		"lang=zh",
		"origin=iso.example/log",
		"origin=sac.example/log",
		"published_from=2005&published_to=2010-06",
		"published_to=2003",
		"published_from=2015-02",
		"committee=ISO/TC+176",
		"committee=ISO/TC+176/SC+2",
		"ref=ISO+9001",
		"ref=IEC+9000:1990",
		"adopts=ISO+9001",
		"adopts=ISO+9001:2015&degree=idt",
		"degree=mod",
		"replaces=ISO+9002",
		"cites=ISO+9003:1999",
		"across=0",
	};
	size_t all = 0;
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		all += expect_same(questions[i]);
	assert_true(all > 500);
}

static void both(void **state)
{
	assert_true(expect_same("q=water&ics=03&status=current,superseded") > 0);
	assert_true(expect_same("q=pump*&lang=en,fr&published_from=2001&sort=relevance") > 0);
	assert_true(expect_same("q=ISO+9001&ics=03&level=national") > 0);
}

static void what_cannot_be_merged_is_refused(void **state)
{
	static const char *const questions[] = { "q=water&sort=date", "q=water&facets=ics", "q=water&offset=3",
		                                     "q=water&cursor=x",  "q=%22%22",           "nothing=1" };
	struct wanted w;
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		assert_int_not_equal(wanted_read(&w, bytes_str(questions[i]), NULL), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(filters),
		cmocka_unit_test(both),
		cmocka_unit_test(what_cannot_be_merged_is_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
