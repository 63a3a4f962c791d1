/* results: lists that were found, remembered by the handle that found them: for the next page, and for the same
 * question once more.
 *
 * Of a list that is pinned (pinned.h) nothing changes but that records in it are redacted: whoever gives it looks
 * whether they are still there.  Any other is good for the snapshot that it was made from.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/snapshot.h"

/* What is only found through another record. */
struct linked {
	int64_t doc, via;
	int type, degree; /* of the edge from via */
};

struct counts {
	enum record_field field;
	size_t limit, count;
	struct value_count *v;
};

struct result {
	struct bytes key; /* the question; a copy, like everything here */
	uint64_t pin;     /* which state of the view it is of; */
	bool pinned;      /* made for that, when the view had gone on */
	int64_t version, written;
	int64_t *docs; /* the first of them, in order */
	size_t count;
	uint64_t total; /* that there are, without those linked */
	struct linked *linked;
	size_t linked_count;
	struct counts *counts;
	size_t counts_count;
	struct arena arena; /* of key, linked, counts */
};

/* The list of that question at the snapshot, or, pinned, in the state of that check; NULL: not here.  Borrowed until
 * the next results_put. */
const struct result *results_find(struct store *s, struct bytes key, const struct snapshot *n, const uint64_t *pin);

/* Keep a list, in the place of one for the same question and state; takes its docs and arena, and empties *r.  Gives
 * where it lies now, borrowed as above. */
const struct result *results_put(struct store *s, struct result *r);

/* Free what it has; empties it. */
void result_free(struct result *r);
/* NULL is fine. */
void results_free(struct results *r);
