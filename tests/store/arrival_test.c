/* arrival: what is new since one looked last: complete heads, late payloads, cursors, and a database put back. */
#include <sqlite3.h>

#include "tests/store/two_logs.h"

static struct change_list list;

/* Entries with their head in the same write, as of our own log. */
static void publish(struct maker *m, unsigned first, size_t count)
{
	struct store_write *w = maker_numbered(m, first, count);
	maker_sign(m, w);
	apply_one(store, w);
}

static void sign(struct maker *m)
{
	struct store_write *w = write_new(m->origin, WRITE_HEAD);
	maker_sign(m, w);
	apply_one(store, w);
}

static int changes_of(const struct query *query, const struct change_cursor *from, const struct known_size *known,
                      struct err *err)
{
	arena_free(&arena);
	return view.changes(view.ctx, query, from, known, known != NULL ? 1 : 0, &arena, &list, err);
}

/* Everything after from, in portions of limit; gives how many, and leaves the end in *from. */
static size_t take(const struct query *query, struct change_cursor *from)
{
	size_t count = 0;
	do {
		assert_int_equal(changes_of(query, from, NULL, NULL), OK);
		count += list.count;
		*from = list.next;
	} while (list.more);
	return count;
}

static const struct query all = { .limit = 7 };

static void nothing_comes_before_its_head(void **state)
{
	struct change_cursor at = { 0 };
	assert_int_equal(take(&all, &at), 0);
	assert_int_equal(at.seq, 0);
	apply_one(store, maker_numbered(&iso, 0, 300));
	assert_int_equal(take(&all, &at), 0);
	sign(&iso);
	assert_int_equal(take(&all, &at), 300);
	assert_int_equal(take(&all, &at), 0);
	/* The same head with more cosignatures brings nothing. */
	sign(&iso);
	assert_int_equal(take(&all, &at), 0);
}

static void logs_come_in_the_order_of_their_arrival(void **state)
{
	struct change_cursor at = { 0 };
	publish(&sac, 0, 3);
	publish(&iso, 0, 2);
	publish(&sac, 3, 1);
	struct query query = { .limit = 10 };
	assert_int_equal(changes_of(&query, &at, NULL, NULL), OK);
	static const char *const origins[] = { "sac", "sac", "sac", "iso", "iso", "sac" };
	static const uint64_t indexes[] = { 0, 1, 2, 0, 1, 3 };
	assert_int_equal(list.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_memory_equal(list.v[i].found.origin, origins[i], 3);
		assert_int_equal(list.v[i].found.index, indexes[i]);
		assert_true(list.v[i].first);
		assert_true(list.v[i].found.payload.len > 0);
	}
	/* From any of them on come the others. */
	for (size_t i = 0; i < 6; i++) {
		struct change_cursor from = { 0 };
		assert_int_equal(changes_of(&query, &from, NULL, NULL), OK);
		from = list.v[i].after;
		assert_int_equal(take(&query, &from), 5 - i);
	}
}

static void revisions_come_each(void **state)
{
	struct change_cursor at = { 0 };
	iso.subjects = 2;
	publish(&iso, 0, 5);
	struct query query = { .limit = 10 };
	assert_int_equal(changes_of(&query, &at, NULL, NULL), OK);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(list.v[i].first, i < 2);
		assert_int_equal(list.v[i].found.current, i >= 3);
	}
}

static void a_late_payload_is_news(void **state)
{
	struct buf payload = { 0 };
	static const struct text title[] = { { 1, "en", "Late" }, { 0, NULL, NULL } };
	const struct sample late = { .subject = "ISO 1:2020", .texts = title };
	struct change_cursor at = { 0 };
	sample_payload(&late, 1, &payload);
	struct store_write *w = maker_entries(&iso, &payload, 1, PAYLOAD_WITHHELD);
	maker_sign(&iso, w);
	apply_one(store, w);
	publish(&iso, 10, 2);
	assert_int_equal(take(&all, &at), 2);
	uint64_t before, after;
	assert_int_equal(view.moment(view.ctx, &before, NULL), OK);
	w = write_new(iso.origin, WRITE_PAYLOADS);
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->entries[0].payload = arena_bytes(&w->arena, buf_bytes(&payload));
	w->entries[0].state = PAYLOAD_PRESENT;
	apply_one(store, w);
	assert_int_equal(view.moment(view.ctx, &after, NULL), OK);
	assert_true(after > before);
	assert_int_equal(take(&all, &at), 1);
	assert_int_equal(list.v[0].found.index, 0);
	buf_free(&payload);
}

static void queries_choose(void **state)
{
	struct change_cursor at = { 0 };
	const struct query words = { .limit = 5, .words = "series 3" }, ics = { .limit = 5, .ics = "03" },
	                   origin = { .limit = 5, .origin = "sac.example/log" },
	                   nobody = { .limit = 5, .origin = "jisc.example/log" },
	                   withdrawn = { .limit = 5, .status = "withdrawn" }, no_word = { .limit = 5, .words = "!" };
	publish(&iso, 0, 300);
	publish(&sac, 0, 50);
	assert_int_equal(take(&words, &at), 21); /* 18 of 300, and 3 of 50 */
	at = (struct change_cursor){ 0 };
	assert_int_equal(take(&ics, &at), 5);
	at = (struct change_cursor){ 0 };
	assert_int_equal(take(&origin, &at), 50);
	at = (struct change_cursor){ 0 };
	assert_int_equal(take(&nobody, &at), 0);
	assert_int_equal(take(&origin, &at), 0); /* it has moved on all the same */
	at = (struct change_cursor){ 0 };
	assert_int_equal(take(&withdrawn, &at), 0);
	at = (struct change_cursor){ 0 };
	assert_int_equal(changes_of(&no_word, &at, NULL, NULL), ERR_USAGE);
	const struct known_size known = { "iso.example/log", 290 };
	const struct query many = { .limit = 200 };
	assert_int_equal(changes_of(&many, &at, &known, NULL), OK);
	assert_int_equal(list.count, 60);
}

static void a_cursor_is_of_one_history(void **state)
{
	const struct change_cursor end = { .seq = UINT64_MAX };
	struct change_cursor at = { 0 };
	struct err err = { 0 };
	assert_int_equal(changes_of(&all, &end, NULL, NULL), OK);
	assert_int_equal(list.next.seq, 0);
	publish(&iso, 0, 10);
	assert_int_equal(changes_of(&all, &end, NULL, NULL), OK);
	at = list.next;
	assert_int_equal(take(&all, &at), 0);
	struct change_cursor wrong[] = { at, at, at, at };
	wrong[0].check++;
	wrong[1].seq++;
	wrong[2].index++;
	wrong[3].seq = 77;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(changes_of(&all, &wrong[i], NULL, &err), ERR_CONFLICT);
	/* The order is kept when the view is made anew. */
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(take(&all, &at), 0);
	at = (struct change_cursor){ 0 };
	assert_int_equal(take(&all, &at), 10);
}

/* What an older version has left: no table, and the number of its format. */
static void an_older_database_is_brought_up(void **state)
{
	struct change_cursor at = { 0 };
	sqlite3 *raw;
	publish(&iso, 0, 10);
	apply_one(store, maker_numbered(&sac, 0, 5));
	store_close(store);
	assert_int_equal(sqlite3_open(scratch.db, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "DROP TABLE arrival; PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
	assert_int_equal(store_open(scratch.dir, STORE_READ, &store, NULL), ERR_UNSUPPORTED);
	store = scratch_open(&scratch, STORE_WRITE);
	view = store_view(store);
	assert_int_equal(take(&all, &at), 10);
	sign(&sac);
	assert_int_equal(take(&all, &at), 5);
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	view = store_view(store);
	assert_int_equal(take(&all, &at), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, logs_up, logs_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_comes_before_its_head),
		TEST(logs_come_in_the_order_of_their_arrival),
		TEST(revisions_come_each),
		TEST(a_late_payload_is_news),
		TEST(queries_choose),
		TEST(a_cursor_is_of_one_history),
		TEST(an_older_database_is_brought_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
