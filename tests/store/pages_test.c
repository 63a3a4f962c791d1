/* pages: a list that is gone through by cursors while the log grows is the list that it was when it was begun: nothing
 * twice, nothing lost, what was superseded or taken back since included; and what is no cursor is refused. */
#include "node/core/question.h"
#include "proto/json.h"
#include "tests/store/fixture.h"

enum { RECORDS = 60, PAGE = 7, LISTED_MAX = 400 };

static struct maker iso, sac;
static struct store *reader;
static unsigned told;

/* The record that this JSON describes, as the next entry, under a head. */
static void say(struct maker *m, const char *json)
{
	struct arena own = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *message = NULL;
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(m->tree), (uint8_t)(tree_size(m->tree) >> 8) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &own, &message, &err) != OK ||
	    record_encode((Normlink__Record *)message, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	struct store_write *w = maker_entries(m, &payload, 1, PAYLOAD_PRESENT);
	maker_sign(m, w);
	apply_one(store, w);
	buf_free(&record);
	buf_free(&payload);
	arena_free(&own);
}

static void tell(struct maker *m, unsigned n, const char *title, unsigned year, const char *status, const char *ics)
{
	char json[600];
	(void)snprintf(
	    json, sizeof json,
	    "{\"kind\":\"standard\",\"subject\":\"ISO %u:2001\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	    "\"value\":\"%s %c widget\"}],\"standard\":{\"status\":\"%s\",\"ics\":[\"%s\"],\"events\":[{\"type\":"
	    "\"published\",\"date\":\"%u\"}]}}",
	    1000 + n, title, (char)('a' + n % 26), status, ics, year);
	say(m, json);
}

static int set_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	maker_init(&iso, "iso.example/log");
	maker_init(&sac, "sac.example/log");
	for (unsigned n = 0; n < RECORDS; n++)
		tell(n % 3 == 0 ? &sac : &iso, n, n % 2 == 0 ? "Iron" : "A steel", 1950 + n * 7 % 60, "current",
		     n % 4 == 0 ? "03.100" : "17.020");
	reader = scratch_open(&scratch, STORE_READ);
	told = 0;
	return 0;
}

static int tear_down(void **state)
{
	maker_close(&iso);
	maker_close(&sac);
	store_close(reader);
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

/* ---- asking ---- */

static int ask(struct store *s, const char *text, const char *cursor, struct arena *arena, struct found_list *out)
{
	struct question *q = arena_get(arena, sizeof *q);
	struct view v = store_view(s);
	struct err err = { 0 };
	int rc = question_read(q, bytes_str(text), arena, &err);
	if (rc == OK && cursor != NULL)
		rc = question_add(q, "cursor", cursor, &err);
	if (rc == OK)
		rc = question_finish(q, arena, &err);
	if (rc == OK)
		rc = v.select(v.ctx, &q->selection, arena, out, &err);
	if (rc != OK && cursor == NULL)
		fail_msg("%s: %s", text, err.text);
	return rc;
}

struct listed {
	char names[LISTED_MAX][40];
	size_t count;
};

static void note(struct listed *l, const struct found_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		assert_true(l->count < LISTED_MAX);
		(void)snprintf(l->names[l->count++], sizeof l->names[0], "%s#%d", list->v[i].origin, (int)list->v[i].index);
	}
}

/* What comes meanwhile: records that fit, revisions that would stand elsewhere or nowhere, and one that is taken back.
 */
static void go_on(void)
{
	unsigned n = told * 5 % RECORDS;
	struct maker *m = n % 3 == 0 ? &sac : &iso;
	char json[200];
	told++;
	tell(&iso, 500 + told, "Iron new", 1990, "current", "03.100");
	tell(m, n, "Zinc", 2020 - told, "withdrawn", "99.001");
	(void)snprintf(
	    json, sizeof json,
	    "{\"kind\":\"standard\",\"subject\":\"ISO %u:2001\",\"retraction\":{\"reason\":\"an error\"},\"standard\":{}}",
	    1000 + (n + 1) % RECORDS);
	say((n + 1) % RECORDS % 3 == 0 ? &sac : &iso, json);
}

/* ---- tests ---- */

static const char *const questions[] = {
	"q=widget",
	"ics=03",
	"",
	"status=current",
	"q=widget&ics=17.020&status=current",
	"published_from=1950&published_to=2009",
	"q=iron&sort=-date",
	"ics=17&sort=title,reference",
	"sort=reference",
	"sort=-ics,origin",
	"q=title:widget&origin=sac.example/log",
};

static void goes_through(const char *question)
{
	struct listed all = { 0 }, paged = { 0 };
	struct arena arena = { 0 };
	struct found_list list;
	char cursor[CURSOR_MAX + 1], first[200], paging[200];
	unsigned pages = 0;
	(void)snprintf(first, sizeof first, "%s%slimit=200&across=0", question, question[0] != '\0' ? "&" : "");
	(void)snprintf(paging, sizeof paging, "%s%slimit=%d&across=0", question, question[0] != '\0' ? "&" : "", PAGE);
	assert_int_equal(ask(store, first, NULL, &arena, &list), OK);
	note(&all, &list);
	assert_null(list.next);
	assert_true(all.count > 2 * PAGE);
	assert_int_equal(ask(store, paging, NULL, &arena, &list), OK);
	for (;;) {
		note(&paged, &list);
		assert_int_equal(list.total, all.count);
		if (list.next == NULL)
			break;
		(void)snprintf(cursor, sizeof cursor, "%s", list.next);
		arena_free(&arena);
		go_on();
		/* Whoever answers: it has seen the first page or not. */
		assert_int_equal(ask(pages++ % 2 == 0 ? reader : store, paging, cursor, &arena, &list), OK);
	}
	assert_int_equal(paged.count, all.count);
	for (size_t i = 0; i < all.count; i++)
		if (strcmp(all.names[i], paged.names[i]) != 0)
			fail_msg("%s: record %zu is %s, not %s", question, i, paged.names[i], all.names[i]);
	arena_free(&arena);
}

static void a_list_stays_as_it_was(void **state)
{
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		goes_through(questions[i]);
}

/* The same page again is the same, and says what has become of its records. */
static void superseded_records_are_given_as_they_were(void **state)
{
	struct arena arena = { 0 };
	struct found_list list, again;
	assert_int_equal(ask(store, "q=widget&limit=5", NULL, &arena, &list), OK);
	assert_int_equal(ask(store, "q=widget&limit=5", list.next, &arena, &list), OK);
	const char *cursor = list.next;
	assert_int_equal(list.offset, 5);
	assert_int_equal(ask(store, "q=widget&limit=5", cursor, &arena, &list), OK);
	for (size_t i = 0; i < list.count; i++)
		assert_true(list.v[i].current);
	for (int i = 0; i < 30; i++)
		go_on();
	size_t gone = 0;
	assert_int_equal(ask(store, "q=widget&limit=5", cursor, &arena, &again), OK);
	assert_int_equal(again.count, list.count);
	assert_int_equal(again.offset, 10);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(again.v[i].index, list.v[i].index);
		assert_true(bytes_equal(again.v[i].payload, list.v[i].payload));
		gone += !again.v[i].current;
	}
	assert_true(gone > 0);
	arena_free(&arena);
}

static void a_late_payload_comes_into_no_list_that_was_begun(void **state)
{
	static const struct text title[] = { { 1, "en", "A late widget" }, { 0, NULL, NULL } };
	const struct sample late = { .subject = "ISO 1000:2001", .texts = title };
	struct arena arena = { 0 };
	struct found_list list;
	struct buf payload = { 0 };
	sample_payload(&late, 1, &payload);
	uint64_t index = tree_size(sac.tree);
	struct store_write *w = maker_entries(&sac, &payload, 1, PAYLOAD_WITHHELD);
	maker_sign(&sac, w);
	apply_one(store, w);
	assert_int_equal(ask(store, "q=widget&limit=30", NULL, &arena, &list), OK);
	assert_int_equal(list.total, RECORDS);
	const char *cursor = list.next;
	w = write_new(sac.origin, WRITE_PAYLOADS);
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->indexes[0] = index;
	w->entries[0].payload = arena_bytes(&w->arena, buf_bytes(&payload));
	w->entries[0].state = PAYLOAD_PRESENT;
	apply_one(store, w);
	/* By a handle that has not seen the list. */
	assert_int_equal(ask(reader, "q=widget&limit=30", cursor, &arena, &list), OK);
	assert_int_equal(list.total, RECORDS);
	assert_int_equal(list.count, 30);
	for (size_t i = 0; i < list.count; i++)
		assert_false(strcmp(list.v[i].origin, sac.origin) == 0 && list.v[i].index == index);
	assert_int_equal(ask(store, "q=late+widget", NULL, &arena, &list), OK);
	assert_int_equal(list.total, 1);
	buf_free(&payload);
	arena_free(&arena);
}

static void what_is_no_cursor_is_refused(void **state)
{
	static const char *const garbage[] = { "x", "00", "zz", "0001020304050607", "ffffffffffffffffffffffffffffffff" };
	struct arena arena = { 0 };
	struct found_list list, next;
	assert_int_equal(ask(store, "q=widget&limit=5", NULL, &arena, &list), OK);
	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++)
		assert_int_equal(ask(store, "q=widget&limit=5", garbage[i], &arena, &next), ERR_CONFLICT);
	char *text = arena_str(&arena, list.next);
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		char kept = text[i];
		text[i] = kept == '0' ? '1' : '0';
		assert_int_equal(ask(store, "q=widget&limit=5", text, &arena, &next), ERR_CONFLICT);
		text[i] = kept;
		assert_int_equal(ask(store, "q=widget&limit=5", arena_strn(&arena, text, i + 1), &arena, &next),
		                 i + 1 == len ? OK : ERR_CONFLICT);
	}
	/* Of another question; the size of a page is none of it. */
	assert_int_equal(ask(store, "q=iron&limit=5", text, &arena, &next), ERR_CONFLICT);
	assert_int_equal(ask(store, "q=widget&limit=5&sort=date", text, &arena, &next), ERR_CONFLICT);
	assert_int_equal(ask(store, "q=widget&limit=9&facets=status", text, &arena, &next), OK);
	assert_int_equal(next.count, 9);
	arena_free(&arena);
}

/* A node with other logs; and one with the same that took them in at another time. */
static void a_cursor_is_one_nodes(void **state)
{
	struct scratch other_dir;
	struct arena arena = { 0 };
	struct found_list list, next;
	scratch_make(&other_dir);
	struct store *other = scratch_open(&other_dir, STORE_CREATE);
	assert_int_equal(ask(store, "q=widget&limit=5", NULL, &arena, &list), OK);
	assert_int_equal(ask(other, "q=widget&limit=5", list.next, &arena, &next), ERR_CONFLICT);
	store_close(other);
	scratch_remove(&other_dir);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_list_stays_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(superseded_records_are_given_as_they_were, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_payload_comes_into_no_list_that_was_begun, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_cursor_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cursor_is_one_nodes, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
