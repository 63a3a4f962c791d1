/* recounted: what an index root should say, computed from the entries alone, beside what the store found.
 *
 * Thread: main's.
 */
#pragma once

#include "proto/recount.h"
#include "tests/store/fixture.h"

/* Whoever has the entries alone computes the same, while they are all here. */
UNUSED static void same_recounted(struct store *s, const struct index_state *now)
{
	struct recount *r = recount_new(now->index);
	struct view v = store_view(s);
	uint64_t keys;
	struct hash root;
	for (uint64_t i = 0; i < now->index; i++) {
		struct arena arena = { 0 };
		struct found f;
		assert_int_equal(v.entry(v.ctx, maker.origin, i, &arena, &f, NULL), OK);
		assert_int_equal(recount_add(r, f.envelope, f.state, f.payload, NULL), OK);
		arena_free(&arena);
	}
	if (recount_map(r, &keys, &root, NULL) == OK && now->verdict != INDEX_UNCHECKED) {
		assert_int_equal(keys, now->found.keys);
		assert_true(hash_equal(&root, &now->found.root));
	}
	recount_free(r);
}
