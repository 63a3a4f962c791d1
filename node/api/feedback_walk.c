#include "node/api/feedback_walk.h"

#include <string.h>
#include <time.h>

#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/record.h"

void feedback_piece_state(struct feedback_piece *p, uint64_t wall_ms)
{
	char today[16] = "";
	struct tm utc;
	time_t now = (time_t)(wall_ms / 1000);
	if (gmtime_r(&now, &utc) != NULL)
		(void)strftime(today, sizeof today, "%Y-%m-%d", &utc);
	feedback_state(p->record->feedback, today, &p->state);
}

/* Public, and not the personal part, which its collection hides anyway.  False: no more. */
static bool give(const struct found *f, uint64_t wall_ms, feedback_piece_cb piece_cb, void *arg)
{
	struct arena arena = { .cap = ANSWER_RECORD_MAX };
	Normlink__Record *record = NULL;
	struct bytes collection;
	bool more = true;
	if (f->state == PAYLOAD_PRESENT && !envelope_collection(f->envelope, &collection) &&
	    payload_open(f->payload, &arena, &record, NULL) == OK && record->feedback != NULL &&
	    strchr(record->subject, '#') == NULL && record->retraction == NULL) {
		struct feedback_piece piece = { .index = f->index, .record = record };
		feedback_piece_state(&piece, wall_ms);
		more = piece_cb(arg, &piece);
	}
	arena_free(&arena);
	return more;
}

/* A page.  *more: another is wanted, and there may be one. */
static int walk_page(const struct view *view, const char *origin, uint64_t wall_ms, uint64_t *from,
                     feedback_piece_cb piece_cb, void *arg, bool *more, struct err *err)
{
	struct arena arena = { 0 };
	struct found_list list;
	int rc = view->of_kind(view->ctx, origin, NORMLINK__KIND__KIND_FEEDBACK, *from, FEEDBACK_PAGE, &arena, &list, err);
	*more = rc == OK;
	for (size_t i = 0; *more && i < list.count; i++) {
		*more = give(&list.v[i], wall_ms, piece_cb, arg);
		*from = list.v[i].index + (*more ? 1 : 0);
	}
	if (*more && list.count < FEEDBACK_PAGE) {
		*more = false;
		*from = 0;
	}
	arena_free(&arena);
	return rc;
}

int feedback_walk(const struct view *view, const char *origin, uint64_t wall_ms, uint64_t *from,
                  feedback_piece_cb piece_cb, void *arg, struct err *err)
{
	bool more = true;
	int rc = OK;
	for (size_t seen = 0; rc == OK && more && seen < FEEDBACK_LISTED_MAX; seen += FEEDBACK_PAGE)
		rc = walk_page(view, origin, wall_ms, from, piece_cb, arg, &more, err);
	return rc;
}

static bool count_one(void *arg, const struct feedback_piece *p)
{
	struct feedback_counts *counts = arg;
	counts->open += p->state.open;
	counts->overdue += p->state.overdue;
	return true;
}

int feedback_count(const struct view *view, const char *origin, uint64_t wall_ms, struct feedback_counts *out,
                   struct err *err)
{
	uint64_t from = 0;
	*out = (struct feedback_counts){ 0 };
	return feedback_walk(view, origin, wall_ms, &from, count_one, out, err);
}
