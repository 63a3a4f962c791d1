/* index: whatever way a log came, its map is the same, and what cannot be checked is not called wrong. */
#include "tests/store/index_log.h"

/* ---- other ways to come ---- */

/* The log again, in another store that gets some payloads later. */
struct again {
	struct scratch scratch;
	struct store *store;
};

static void again_up(struct again *a)
{
	scratch_make(&a->scratch);
	a->store = scratch_open(&a->scratch, STORE_CREATE);
}

static void again_down(struct again *a)
{
	store_close(a->store);
	scratch_remove(&a->scratch);
}

static void read_entry(uint64_t index, struct arena *arena, struct entry *out)
{
	struct found found;
	struct view v = store_view(store);
	assert_int_equal(v.entry(v.ctx, maker.origin, index, arena, &found, NULL), OK);
	*out = (struct entry){ .envelope = found.envelope, .payload = found.payload, .state = found.state };
}

/* All of it at once; withheld: bits of the entries that come without payload. */
static void copy_log(struct again *a, uint64_t withheld)
{
	struct store_write *w = write_new(maker.origin, WRITE_ENTRIES);
	w->count = next_index();
	w->entries = arena_array(&w->arena, w->count, sizeof *w->entries);
	w->leaves = arena_array(&w->arena, w->count, sizeof *w->leaves);
	for (size_t i = 0; i < w->count; i++) {
		read_entry(i, &w->arena, &w->entries[i]);
		w->leaves[i] = hash_leaf(maker.hasher, w->entries[i].envelope);
		if (i < 64 && (withheld >> i & 1) != 0) {
			w->entries[i].state = PAYLOAD_WITHHELD;
			w->entries[i].payload = bytes_of(NULL, 0);
		}
	}
	w->root = tree_root(maker.tree);
	apply_one(a->store, w);
}

static void bring(struct again *a, uint64_t index)
{
	struct store_write *w = write_new(maker.origin, WRITE_PAYLOADS);
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	read_entry(index, &w->arena, &w->entries[0]);
	w->indexes[0] = index;
	apply_one(a->store, w);
}

static void same_views(struct store *a, struct store *b)
{
	struct hash x, y;
	assert_int_equal(store_view_digest(a, &x, NULL), OK);
	assert_int_equal(store_view_digest(b, &y, NULL), OK);
	assert_true(hash_equal(&x, &y));
}

/* The root is found to hold, or not, when the last payload is here; whichever comes last. */
static void payloads_that_come_late(void **state)
{
	for (int lie = 0; lie < 2; lie++) {
		if (lie == 1) {
			(void)log_down(state);
			(void)up(state);
		}
		enum index_verdict due = lie ? INDEX_DIFFERS : INDEX_HOLDS;
		add("ISO 1:2001");
		add("ISO 2:2001");
		add("ISO 1:2001");
		add_root(expected(lie ? 1 : 3));
		found_to(store, 3, due);
		for (uint64_t late = 0; late < 4; late++) {
			for (uint64_t later = 0; later < 4; later++) {
				struct again a;
				struct index_false f;
				char told[NAME_MAX_BYTES + 1];
				if (late == later)
					continue;
				again_up(&a);
				copy_log(&a, UINT64_C(1) << late | UINT64_C(1) << later);
				if (late == 3 || later == 3)
					assert_false(state_now(a.store).any);
				else
					found_to(a.store, 3, INDEX_UNCHECKED);
				bring(&a, late);
				bring(&a, later);
				assert_int_equal(store_found_false(a.store, 0, told, &f), lie);
				found_to(a.store, 3, due);
				same_views(a.store, store);
				assert_int_equal(current_of(a.store, 1, "ISO 1:2001"), lie ? -2 : 2);
				sound(a.store, 1, (uint64_t)lie);
				again_down(&a);
			}
		}
	}
}

/* A statement that comes after a newer one is not looked at, until the view is made anew. */
static void an_older_root_that_comes_late(void **state)
{
	struct again a;
	add("ISO 1:2001");
	add_root(expected(0)); /* false */
	add("ISO 2:2001");
	add_root(expected(3));
	again_up(&a);
	copy_log(&a, 2);
	found_to(a.store, 3, INDEX_UNCHECKED); /* whatever it is that is missing */
	bring(&a, 1);
	found_to(a.store, 3, INDEX_HOLDS);
	assert_int_equal(state_now(a.store).differing, 0);
	same_views(a.store, store);
	assert_int_equal(store_reindex(a.store, NULL, NULL, NULL), OK);
	assert_int_equal(state_now(a.store).differing, 1);
	again_down(&a);
}

/* Who comes after a redaction cannot check what was before it, and does not call it wrong. */
static void roots_from_before_a_redaction(void **state)
{
	struct again a;
	add("ISO 1:2001");
	add("ISO 1:2001");
	add_root(expected(2));
	redact(1);
	add_root(expected(4));
	again_up(&a);
	copy_log(&a, 0);
	found_to(a.store, 4, INDEX_HOLDS);
	assert_int_equal(state_now(a.store).differing, 0);
	assert_int_equal(current_of(a.store, 1, "ISO 1:2001"), 0);
	same_views(a.store, store);
	sound(a.store, 2, 0);
	again_down(&a);
}

/* ---- many ---- */

static uint64_t seed = 7;

static uint64_t random_below(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

/* Any mixture of batches, roots, redactions, and what was kept from others; the roots are always the definition's. */
static void any_log(void **state)
{
	struct again a;
	uint64_t roots = 0;
	while (next_index() < ENTRIES - 80) {
		uint64_t n = random_below(60) + 1;
		struct buf payloads[60] = { { 0 } };
		for (uint64_t i = 0; i < n; i++) {
			char subject[40];
			(void)snprintf(subject, sizeof subject, "ISO %llu:2001", (unsigned long long)random_below(SUBJECTS) + 1);
			note_said(next_index() + i, 1, subject);
			standard_of(subject, next_index() + i, &payloads[i]);
		}
		apply_one(store, maker_entries(&maker, payloads, n, PAYLOAD_PRESENT));
		for (uint64_t i = 0; i < n; i++)
			buf_free(&payloads[i]);
		uint64_t gone = random_below(next_index());
		if (random_below(3) == 0 && said[gone].kind == 1)
			redact(gone);
		if (random_below(2) == 0) {
			add_root(expected(next_index()));
			found_to(store, next_index() - 1, INDEX_HOLDS);
			roots++;
		}
	}
	add_root(expected(next_index()));
	again_up(&a);
	copy_log(&a, 0);
	found_to(a.store, next_index() - 1, INDEX_HOLDS);
	same_views(a.store, store);
	for (uint64_t i = 0; i < 2 * SUBJECTS; i++) {
		char subject[40];
		int64_t due = -1;
		(void)snprintf(subject, sizeof subject, "ISO %llu:2001", (unsigned long long)i + 1);
		for (uint64_t k = 0; k < next_index(); k++)
			if (said[k].kind == 1 && strcmp(said[k].subject, subject) == 0)
				due = (int64_t)k;
		assert_int_equal(current_of(a.store, 1, subject), due);
	}
	sound(store, roots + 1, 0);
	sound(a.store, roots + 1, 0);
	again_down(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(payloads_that_come_late, up, log_down),
		cmocka_unit_test_setup_teardown(an_older_root_that_comes_late, up, log_down),
		cmocka_unit_test_setup_teardown(roots_from_before_a_redaction, up, log_down),
		cmocka_unit_test_setup_teardown(any_log, up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
