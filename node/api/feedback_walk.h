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

/* The public parts, by index of their newest revision, at most FEEDBACK_LISTED_MAX. */
typedef void (*feedback_piece_cb)(void *arg, const struct feedback_piece *piece);
CHECKED int feedback_walk(const struct view *view, const char *origin, uint64_t wall_ms, feedback_piece_cb piece_cb,
                          void *arg, struct err *err);

struct feedback_counts {
	uint64_t open, overdue;
};
CHECKED int feedback_count(const struct view *view, const char *origin, uint64_t wall_ms, struct feedback_counts *out,
                           struct err *err);
