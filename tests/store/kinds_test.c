/* kinds: records of every kind in the view: found by words, by kind, by subject and by what they point at; retractions;
 * and all of it gone again after a redaction. */
#include <sqlite3.h>

#include "crypto/encode.h"
#include "proto/json.h"
#include "proto/record.h"
#include "tests/store/kit.h"
#include "tests/store/seek.h"

static struct scratch scratch;
static struct maker maker;
static struct store *store;

static int set_up(void **state)
{
	scratch_make(&scratch);
	maker_init(&maker, "sac.example/log");
	store = scratch_open(&scratch, STORE_CREATE);
	return 0;
}

static int tear_down(void **state)
{
	store_close(store);
	maker_close(&maker);
	scratch_remove(&scratch);
	return 0;
}

/* The record that this JSON describes, as the next entry. */
static void say(const char *json)
{
	struct arena arena = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(maker.tree) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &m, &err) != OK ||
	    record_encode((Normlink__Record *)m, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&arena);
}

#define STANDARD "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"standard\":{\"ics\":[\"03.120.10\"]}}"
#define OLD "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2008\",\"standard\":{}}"
#define ADOPTION                                                                                                       \
	"{\"kind\":\"adoption\",\"subject\":\"GB/T 19001-2016\",\"adoption\":{\"sources\":[{\"target\":\"ISO 9001:2015\"," \
	"\"degree\":\"idt\"}]}}"
#define ENGLISH                                                                                                        \
	"{\"kind\":\"translation\",\"subject\":\"GB/T 19001-2016#en\",\"translation\":{\"standing\":\"official\"}}"
#define PRODUCT                                                                                                        \
	"{\"kind\":\"declaration\",\"subject\":\"D-1\",\"declaration\":{\"enterprise\":\"Beispiel Kessel AG\","            \
	"\"product\":\"Teekessel\",\"standards\":[\"GB/T 19001-2016\"]}}"
#define PROJECT                                                                                                        \
	"{\"kind\":\"project\",\"subject\":\"20240536-T-469\",\"project\":{\"status\":\"preparation\",\"stage\":\"30."     \
	"20\","                                                                                                            \
	"\"reference\":\"GB/T 19001\",\"ics\":[\"03.120.10\"],\"committee\":\"SAC/TC 151\"}}"
#define NOTICE                                                                                                         \
	"{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026\",\"ics\":[\"03.100\"]}}"
#define TAKEN_BACK                                                                                                     \
	"{\"kind\":\"notice\",\"subject\":\"N-1\",\"retraction\":{\"reason\":\"mistaken\"},\"notice\":{\"ics\":[\"03."     \
	"100\"]}}"

static void say_all(void)
{
	static const char *const all[] = { ENGLISH, ADOPTION, OLD, STANDARD, PRODUCT, PROJECT, NOTICE };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		say(all[i]);
}

/* ---- questions ---- */

/* The entries that a search gives, best first: "3 1". */
static const char *found(struct query q)
{
	static char text[128];
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(store);
	size_t used = 0;
	q.limit = 20;
	assert_int_equal(seek(&v, &q, &arena, &list, NULL), OK);
	assert_int_equal(list.total, list.count);
	text[0] = '\0';
	for (size_t i = 0; i < list.count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", i > 0 ? " " : "", (int)list.v[i].index);
	arena_free(&arena);
	return text;
}

/* Likewise of a subject; '*' before one that is not current. */
static const char *of_kind(int kind, const char *subject)
{
	static char text[128];
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(store);
	size_t used = 0;
	assert_int_equal(v.subject(v.ctx, kind, subject, &arena, &list, NULL), OK);
	text[0] = '\0';
	for (size_t i = 0; i < list.count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%d", i > 0 ? " " : "",
		                         list.v[i].current ? "" : "*", (int)list.v[i].index);
	arena_free(&arena);
	return text;
}

static const char *about(const char *subject)
{
	return of_kind(0, subject);
}

/* "entry type detail" of what points there. */
static const char *pointing(const char *target)
{
	static char text[128];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	const char *path = scratch.db;
	size_t used = 0;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT doc & 0xffffff, type, detail FROM link WHERE target = ? ORDER BY doc, n", -1,
	                       &stmt, NULL),
	    SQLITE_OK);
	(void)sqlite3_bind_text(stmt, 1, target, -1, SQLITE_STATIC);
	text[0] = '\0';
	while (sqlite3_step(stmt) == SQLITE_ROW)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d %d %d", used > 0 ? ", " : "",
		                         sqlite3_column_int(stmt, 0), sqlite3_column_int(stmt, 1), sqlite3_column_int(stmt, 2));
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	return text;
}

/* ---- tests ---- */

static void a_subject_finds_all_that_is_said(void **state)
{
	say_all();
	assert_string_equal(about("GB/T19001-2016"), "3 1 0"); /* the standard first */
	assert_string_equal(about("GB/T 19001"), "3 1 0 2");
	assert_string_equal(about("GB/T 19001-2016#en"), "0");
	assert_string_equal(about("gb/t 19001-2016#en"), "0");
	assert_string_equal(about("GB/T 19001-2016#de"), "");
	assert_string_equal(about("D-1"), "4");
	assert_string_equal(about("GB/T 1900"), "");
	assert_string_equal(of_kind(NORMLINK__KIND__KIND_TRANSLATION, "gb/t 19001-2016#EN"), "0");
	assert_string_equal(of_kind(NORMLINK__KIND__KIND_TRANSLATION, "GB/T 19001-2016"), "0");
	assert_string_equal(of_kind(NORMLINK__KIND__KIND_ADOPTION, "GB/T 19001"), "1");
	assert_string_equal(of_kind(NORMLINK__KIND__KIND_STANDARD, "GB/T 19001"), "3 2");
	assert_string_equal(of_kind(NORMLINK__KIND__KIND_VERDICT, "GB/T 19001"), "");
	say(ADOPTION);
	assert_string_equal(about("GB/T 19001-2016"), "3 7 0 *1");
}

static void words_of_every_kind_are_found(void **state)
{
	say_all();
	assert_string_equal(found((struct query){ .words = "teekessel" }), "4");
	assert_string_equal(found((struct query){ .words = "Beispiel" }), "4");
	assert_string_equal(found((struct query){ .words = "\"TC 151\"" }), "5");
	assert_string_equal(found((struct query){ .kind = "translation" }), "0");
	assert_string_equal(found((struct query){ .kind = "project", .status = "preparation" }), "5");
	assert_string_equal(found((struct query){ .ics = "03" }), "3 5 6");
	assert_string_equal(found((struct query){ .ics = "03", .kind = "notice" }), "6");
	/* The words are a reference: the standard, what else is filed under it, then what speaks of it. */
	const char *all = found((struct query){ .words = "GB/T 19001-2016" });
	assert_memory_equal(all, "3 1 ", 4);
	assert_non_null(strstr(all, "0"));
	assert_non_null(strstr(all, "4"));
	assert_memory_equal(found((struct query){ .words = "GB/T 19001" }), "3 1 2 ", 6);
	assert_string_equal(found((struct query){ .words = "GB/T 19001-2016", .kind = "translation" }), "0");
}

static void what_points_at_a_standard(void **state)
{
	say_all();
	assert_string_equal(pointing("GB/T 19001-2016"), "0 107 0, 4 110 0");
	assert_string_equal(pointing("ISO 9001:2015"), "1 100 1");
	assert_string_equal(pointing("GB/T 19001"), "5 101 0");
}

static void what_is_taken_back_is_not_found(void **state)
{
	say_all();
	assert_string_equal(found((struct query){ .kind = "notice" }), "6");
	assert_string_equal(found((struct query){ .ics = "03.100" }), "6");
	say(TAKEN_BACK);
	assert_string_equal(found((struct query){ .kind = "notice" }), "");
	assert_string_equal(found((struct query){ .ics = "03.100" }), "");
	assert_string_equal(found((struct query){ .words = "N-1" }), "");
	assert_string_equal(about("N-1"), "7 *6");
	say(NOTICE);
	assert_string_equal(found((struct query){ .words = "N-1" }), "8");
	assert_string_equal(about("N-1"), "8 *7 *6");
}

static void redact(uint64_t index)
{
	struct arena arena = { 0 };
	struct found entry;
	struct envelope envelope = { 0 };
	struct view v = store_view(store);
	char json[256];
	assert_int_equal(v.entry(v.ctx, maker.origin, index, &arena, &entry, NULL), OK);
	assert_int_equal(envelope_parse(entry.envelope, &envelope, NULL), OK);
	struct buf digest = { 0 };
	base64_add(&digest, bytes_of(envelope.payload_digest.b, HASH_SIZE));
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"redaction\",\"subject\":\"%d\",\"redaction\":{\"index\":%d,\"payload_digest\":\"%s\","
	               "\"reason\":\"r\",\"basis\":\"b\"}}",
	               (int)index, (int)index, buf_str(&digest));
	say(json);
	buf_free(&digest);
	arena_free(&arena);
}

static void a_redaction_takes_all_of_it(void **state)
{
	struct hash before, after;
	say_all();
	say(TAKEN_BACK);
	redact(4);
	assert_string_equal(found((struct query){ .words = "teekessel" }), "");
	assert_string_equal(pointing("GB/T 19001-2016"), "0 107 0");
	redact(7); /* the retraction: what it took back stands again */
	assert_string_equal(found((struct query){ .ics = "03.100" }), "6");
	redact(0);
	assert_string_equal(about("GB/T 19001-2016"), "3 1");
	assert_int_equal(store_view_digest(store, &before, NULL), OK);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(store_view_digest(store, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_subject_finds_all_that_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(words_of_every_kind_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_points_at_a_standard, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_taken_back_is_not_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_redaction_takes_all_of_it, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
