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

/* Public, and not the personal part, which its collection hides anyway. */
static void give(const struct found *f, uint64_t wall_ms, feedback_piece_cb piece_cb, void *arg)
{
	struct arena arena = { .cap = ANSWER_RECORD_MAX };
	Normlink__Record *record = NULL;
	struct bytes collection;
	if (f->state == PAYLOAD_PRESENT && !envelope_collection(f->envelope, &collection) &&
	    payload_open(f->payload, &arena, &record, NULL) == OK && record->feedback != NULL &&
	    strchr(record->subject, '#') == NULL && record->retraction == NULL) {
		struct feedback_piece piece = { .index = f->index, .record = record };
		feedback_piece_state(&piece, wall_ms);
		piece_cb(arg, &piece);
	}
	arena_free(&arena);
}

int feedback_walk(const struct view *view, const char *origin, uint64_t wall_ms, feedback_piece_cb piece_cb, void *arg,
                  struct err *err)
{
	uint64_t from = 0;
	int rc = OK;
	for (size_t seen = 0; rc == OK && seen < FEEDBACK_LISTED_MAX;) {
		struct arena arena = { 0 };
		struct found_list list;
		rc = view->of_kind(view->ctx, origin, NORMLINK__KIND__KIND_FEEDBACK, from, FEEDBACK_PAGE, &arena, &list, err);
		for (size_t i = 0; rc == OK && i < list.count; i++)
			give(&list.v[i], wall_ms, piece_cb, arg);
		size_t count = rc == OK ? list.count : 0;
		if (count > 0)
			from = list.v[count - 1].index + 1;
		arena_free(&arena);
		seen += count;
		if (count < FEEDBACK_PAGE)
			break;
	}
	return rc;
}

static void count_one(void *arg, const struct feedback_piece *p)
{
	struct feedback_counts *counts = arg;
	counts->open += p->state.open;
	counts->overdue += p->state.overdue;
}

int feedback_count(const struct view *view, const char *origin, uint64_t wall_ms, struct feedback_counts *out,
                   struct err *err)
{
	*out = (struct feedback_counts){ 0 };
	return feedback_walk(view, origin, wall_ms, count_one, out, err);
}
