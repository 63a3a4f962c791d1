/* view: the same whatever way entries arrived, made anew when its version changes; proofs that verify. */
#include <sqlite3.h>

#include "tests/store/fixture.h"

static struct hash digest(struct store *s)
{
	struct hash h;
	struct err err = { 0 };
	int rc = store_view_digest(s, &h, &err);
	if (rc != OK)
		fail_msg("store_view_digest: %s", err.text);
	return h;
}

/* Two logs, given in steps of some size, in turns or one after the other, b first or a first. */
static struct hash arrive(size_t step, bool turns, bool b_first, bool idle)
{
	struct scratch place;
	struct maker makers[2];
	scratch_make(&place);
	maker_init(&makers[0], b_first ? "b.example/log" : "a.example/log");
	maker_init(&makers[1], b_first ? "a.example/log" : "b.example/log");
	/* The last quarter speaks of the same subjects again. */
	makers[0].subjects = makers[1].subjects = 450;
	struct store *s = scratch_open(&place, STORE_CREATE);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 2; i++) {
			struct maker *m = &makers[turns ? i : round];
			size_t until = turns ? (size_t)(300 * (round + 1)) : (size_t)(300 * (i + 1));
			while (tree_size(m->tree) < until) {
				size_t held = (size_t)tree_size(m->tree), n = until - held < step ? until - held : step;
				apply_one(s, maker_numbered(m, (unsigned)held, n));
				if (idle)
					store_idle(s);
			}
		}
	}
	struct hash h = digest(s);
	assert_int_equal(store_reindex(s, NULL, NULL, NULL), OK);
	struct hash again = digest(s);
	assert_true(hash_equal(&h, &again));
	store_close(s);
	maker_close(&makers[0]);
	maker_close(&makers[1]);
	scratch_remove(&place);
	return h;
}

static void arrival_does_not_show(void **state)
{
	struct hash first = arrive(300, false, false, false);
	const struct hash others[] = { arrive(300, true, false, false), arrive(300, false, true, true),
		                           arrive(30, true, true, true), arrive(150, true, true, false) };
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_true(hash_equal(&first, &others[i]));
}

/* In one transaction, too, a later write of another origin may come between. */
static void one_batch_in_turns(void **state)
{
	struct scratch place;
	struct hash found[2];
	for (int order = 0; order < 2; order++) {
		struct maker a, b;
		maker_init(&a, "a.example/log");
		maker_init(&b, "b.example/log");
		scratch_make(&place);
		struct store *s = scratch_open(&place, STORE_CREATE);
		struct store_write *a1 = maker_numbered(&a, 0, 40), *a2 = maker_numbered(&a, 20, 40);
		struct store_write *b1 = maker_numbered(&b, 0, 40), *b2 = maker_numbered(&b, 30, 40);
		struct store_write *w[] = { order ? b1 : a1, order ? a1 : b1, order ? b2 : a2, order ? a2 : b2 };
		int codes[4];
		assert_int_equal(store_apply(s, w, 4, codes, NULL), OK);
		for (int i = 0; i < 4; i++) {
			assert_int_equal(codes[i], OK);
			write_free(w[i]);
		}
		found[order] = digest(s);
		store_close(s);
		scratch_remove(&place);
		maker_close(&a);
		maker_close(&b);
	}
	assert_true(hash_equal(&found[0], &found[1]));
}

/* Records that are valid, invalid, missing, and too large to be prepared with others. */
static struct store_write *mixed(struct maker *m, size_t count)
{
	static const struct text rubbish[] = { { 1, "en", "Threads" }, { 0, NULL, NULL } };
	struct buf *payloads = calloc(count, sizeof *payloads);
	char *long_text = calloc(1, 40000);
	assert_true(payloads != NULL && long_text != NULL);
	for (size_t i = 0; i + 1 < 40000; i++)
		long_text[i] = i % 7 == 0 ? ' ' : (char)('a' + i % 23);
	const struct text large[] = { { 1, "en", "Large threads" }, { 2, "en", long_text }, { 0, NULL, NULL } };
	for (size_t i = 0; i < count; i++) {
		char subject[32];
		(void)snprintf(subject, sizeof subject, "ISO %zu:2001", 1 + i % 400);
		const struct sample s = { .subject = subject, .texts = i % 31 == 5 ? large : rubbish, .ics = { "21.040" } };
		if (i % 13 == 3)
			buf_printf(&payloads[i], "rubbish number %zu", i);
		else
			sample_payload(&s, i, &payloads[i]);
	}
	struct store_write *w = maker_entries(m, payloads, count, PAYLOAD_PRESENT);
	for (size_t i = 0; i < count; i++) {
		if (i % 17 == 1)
			w->entries[i] = (struct entry){ .envelope = w->entries[i].envelope, .state = PAYLOAD_WITHHELD };
		buf_free(&payloads[i]);
	}
	free(payloads);
	free(long_text);
	return w;
}

/* As the maker wrote it, but only entries [from, from + count), for a store that takes it in pieces. */
static struct store_write *piece(struct maker *m, const struct store_write *whole, size_t from, size_t count)
{
	struct store_write *w = write_new(whole->origin, WRITE_ENTRIES);
	w->start = from;
	w->count = count;
	w->entries = whole->entries + from;
	w->leaves = whole->leaves + from;
	for (size_t i = 0; i < count; i++)
		tree_append(m->tree, &w->leaves[i]);
	w->root = tree_root(m->tree);
	return w;
}

/* Large batches are prepared one run ahead by another thread: refusals in the middle of them included, the outcome is
 * that of small steps. */
static void large_batches_equal_small_steps(void **state)
{
	struct maker a, b, twin;
	struct scratch other;
	maker_init(&a, "a.example/log");
	maker_init(&b, "b.example/log");
	maker_init(&twin, "a.example/log");
	scratch_make(&other);
	struct store *large = scratch_open(&scratch, STORE_CREATE), *small = scratch_open(&other, STORE_CREATE);
	struct store_write *of_a = mixed(&a, 1500), *of_b = maker_numbered(&b, 0, 700), *gap = maker_numbered(&b, 700, 300);
	struct store_write *again = maker_numbered(&b, 1000, 300);
	gap->start++;
	struct store_write *batch[] = { of_b, gap, of_a, again };
	int codes[4];
	assert_int_equal(store_apply(large, batch, 4, codes, NULL), OK);
	assert_true(codes[0] == OK && codes[1] == ERR_CORRUPT && codes[2] == OK && codes[3] == ERR_CORRUPT);
	for (size_t at = 0, n; at < of_a->count; at += n) {
		n = of_a->count - at < 37 ? of_a->count - at : 37;
		apply_one(small, piece(&twin, of_a, at, n));
	}
	assert_int_equal(store_apply(small, &of_b, 1, codes, NULL), OK);
	struct hash first = digest(large), second = digest(small);
	assert_true(hash_equal(&first, &second));
	assert_int_equal(store_reindex(large, NULL, NULL, NULL), OK);
	second = digest(large);
	assert_true(hash_equal(&first, &second));
	for (size_t i = 0; i < 4; i++)
		write_free(batch[i]);
	store_close(large);
	store_close(small);
	scratch_remove(&other);
	maker_close(&a);
	maker_close(&b);
	maker_close(&twin);
}

static void another_record_is_another_digest(void **state)
{
	struct maker m, n;
	maker_init(&m, "a.example/log");
	maker_init(&n, "a.example/log");
	struct scratch other;
	scratch_make(&other);
	struct store *s = scratch_open(&scratch, STORE_CREATE), *t = scratch_open(&other, STORE_CREATE);
	struct hash empty = digest(s), same = digest(t);
	assert_true(hash_equal(&empty, &same));
	apply_one(s, maker_numbered(&m, 0, 5));
	apply_one(t, maker_numbered(&n, 1, 5));
	struct hash a = digest(s), b = digest(t);
	assert_false(hash_equal(&a, &b));
	assert_false(hash_equal(&a, &empty));
	store_close(s);
	store_close(t);
	scratch_remove(&other);
	maker_close(&m);
	maker_close(&n);
}

static void raw(const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(scratch.db, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void another_version_rebuilds_the_view(void **state)
{
	static const char *const old[] = {
		"UPDATE meta SET value = value - 1 WHERE key = 'view_version'; DELETE FROM facet",
		"UPDATE meta SET value = value + 1 WHERE key = 'fold_version'; DELETE FROM doc",
		"DELETE FROM meta; DROP TABLE subject"
	};
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&m, 0, 300));
	struct hash before = digest(s);
	store_close(s);
	for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
		raw(old[i]);
		struct err err = { 0 };
		assert_int_equal(store_open(scratch.dir, STORE_READ, &s, &err), ERR_UNSUPPORTED);
		s = scratch_open(&scratch, STORE_WRITE);
		struct hash after = digest(s);
		assert_true(hash_equal(&before, &after));
		store_close(s);
		store_close(scratch_open(&scratch, STORE_READ));
	}
	raw("PRAGMA user_version = 99");
	assert_int_equal(store_open(scratch.dir, STORE_WRITE, &s, NULL), ERR_UNSUPPORTED);
	assert_int_equal(store_open(scratch.dir, STORE_READ, &s, NULL), ERR_UNSUPPORTED);
	maker_close(&m);
}

static bool stop_at_once(void *arg, uint64_t done, uint64_t total)
{
	*(uint64_t *)arg = total;
	return false;
}

static void a_stopped_reindex_changes_nothing(void **state)
{
	struct maker m;
	uint64_t total = 0;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&m, 0, 2000));
	struct hash before = digest(s);
	assert_int_equal(store_reindex(s, stop_at_once, &total, NULL), ERR_CLOSED);
	assert_int_equal(total, 2000);
	struct hash after = digest(s);
	assert_true(hash_equal(&before, &after));
	apply_one(s, maker_numbered(&m, 2000, 10));
	store_close(s);
	maker_close(&m);
}

static void proofs_verify_against_the_head(void **state)
{
	static const size_t sizes[] = { 1, 2, 255, 256, 257, 700, 1024 };
	struct maker m;
	struct tree_proof proof;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct view v = store_view(s);
	struct arena arena = { 0 };
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint64_t held = tree_size(m.tree);
		apply_one(s, maker_numbered(&m, (unsigned)held, sizes[i] - held));
		struct store_write *head = write_new(m.origin, WRITE_HEAD);
		maker_sign(&m, head);
		struct hash root = head->head_root;
		apply_one(s, head);
		for (uint64_t at = 0; at < sizes[i]; at += 1 + at / 3) {
			struct found f;
			assert_int_equal(v.entry(v.ctx, m.origin, at, &arena, &f, NULL), OK);
			struct hash leaf = hash_leaf(m.hasher, f.envelope);
			assert_int_equal(v.prove(v.ctx, m.origin, at, sizes[i], &proof, NULL), OK);
			assert_int_equal(tree_verify(m.hasher, proof.hashes, proof.count, at, at + 1, sizes[i], &leaf, &root), OK);
		}
	}
	apply_one(s, maker_numbered(&m, 1024, 1));
	assert_int_equal(v.prove(v.ctx, m.origin, 1024, 1024, &proof, NULL), ERR_NOT_READY);
	assert_int_equal(v.prove(v.ctx, m.origin, 1025, 1024, &proof, NULL), ERR_NOT_FOUND);
	assert_int_equal(v.prove(v.ctx, "nobody.example/log", 0, 1024, &proof, NULL), ERR_NOT_FOUND);
	arena_free(&arena);
	store_close(s);
	maker_close(&m);
}

/* More than enough payloads for a dictionary; what was packed before and after it is read. */
static void a_dictionary_comes_and_stays(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	for (unsigned n = 0; n < 3000; n += 500)
		apply_one(s, maker_numbered(&m, n, 500));
	store_close(s);
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(sqlite3_open(scratch.db, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(DISTINCT packing), (SELECT count(*) FROM dictionary) FROM payload", -1,
	                       &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_true(sqlite3_column_int(stmt, 0) >= 2);
	assert_int_equal(sqlite3_column_int(stmt, 1), 1);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	s = scratch_open(&scratch, STORE_READ);
	struct fsck_report report;
	assert_int_equal(store_fsck(s, NULL, NULL, NULL, NULL, &report, NULL), OK);
	assert_int_equal(report.problems, 0);
	assert_int_equal(report.payloads, 3000);
	store_close(s);
	maker_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrival_does_not_show),
		cmocka_unit_test(one_batch_in_turns),
		cmocka_unit_test_setup_teardown(large_batches_equal_small_steps, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(another_record_is_another_digest, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(another_version_rebuilds_the_view, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(a_stopped_reindex_changes_nothing, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(proofs_verify_against_the_head, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(a_dictionary_comes_and_stays, folder_up, folder_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
