/* seek: a search by a few filters, as people ask: through question.h; direct hits alone. */
#pragma once

#include <stdio.h>

#include "node/core/query.h"
#include "node/core/question.h"

static inline int seek_add(struct question *q, const char *name, const char *value, struct err *err)
{
	return value != NULL ? question_add(q, name, value, err) : OK;
}

/* The answer lives in the arena.  ERR_USAGE, and whatever the view says. */
static inline int seek(const struct view *v, const struct query *asked, struct arena *arena, struct found_list *out,
                       struct err *err)
{
	struct question *q = arena_get(arena, sizeof *q);
	int rc = seek_add(q, "q", asked->words, err);
	if (rc == OK)
		rc = seek_add(q, "ics", asked->ics, err);
	if (rc == OK)
		rc = seek_add(q, "status", asked->status, err);
	if (rc == OK)
		rc = seek_add(q, "kind", asked->kind, err);
	if (rc == OK)
		rc = seek_add(q, "origin", asked->origin, err);
	if (rc == OK)
		rc = seek_add(q, "limit", arena_printf(arena, "%zu", asked->limit), err);
	if (rc == OK)
		rc = seek_add(q, "offset", arena_printf(arena, "%zu", asked->offset), err);
	if (rc == OK)
		rc = seek_add(q, "across", "0", err);
	if (rc == OK)
		rc = question_finish(q, arena, err);
	q->selection.public_only = asked->public_only;
	return rc == OK ? v->select(v->ctx, &q->selection, arena, out, err) : rc;
}
