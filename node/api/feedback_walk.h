/* feedback_walk: every piece of feedback in a log, a page of them in memory at a time.
 * Thread: the view's.
 */
#pragma once

#include "node/core/query.h"
#include "proto/feedback.h"

struct feedback_piece {
	uint64_t index;
	const Normlink__Record *record; /* public; lives as long as the call */
	struct feedback_state state;
};

/* Fill in how far it has come at that time. */
void feedback_piece_state(struct feedback_piece *p, uint64_t wall_ms);

/* False: this one and those after it are for another time. */
typedef bool (*feedback_piece_cb)(void *arg, const struct feedback_piece *piece);
/* The public parts, by index of their newest revision, from *from on, of at most FEEDBACK_LISTED_MAX that are looked
 * at. *from is then where to go on; 0: that was all. */
CHECKED int feedback_walk(const struct view *view, const char *origin, uint64_t wall_ms, uint64_t *from,
                          feedback_piece_cb piece_cb, void *arg, struct err *err);

struct feedback_counts {
	uint64_t open, overdue;
};
CHECKED int feedback_count(const struct view *view, const char *origin, uint64_t wall_ms, struct feedback_counts *out,
                           struct err *err);
