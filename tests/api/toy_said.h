/* toy_said: what a toy's log says on a subject and of a kind. */
#pragma once

#include "node/core/query.h"
#include "tests/api/toy_changes.h"

/* Is entry i of that kind, and of that subject unless it is NULL? */
static inline bool toy_is(const struct toy *t, size_t i, int kind, const char *subject)
{
	return t->v[i].kind == kind && (subject == NULL || strcmp(t->v[i].subject, subject) == 0);
}

static inline int toy_said(void *ctx, const char *origin, int kind, const char *subject, uint64_t before,
                           struct arena *arena, struct found *out, struct err *err)
{
	struct toy *t = ctx;
	(void)arena;
	for (size_t i = before < t->count ? (size_t)before : t->count; strcmp(origin, TOY_ORIGIN) == 0 && i-- > 0;) {
		if (!toy_is(t, i, kind, subject))
			continue;
		*out = toy_found(t, i, true);
		return toy_failure(t, err);
	}
	return err_set(err, ERR_NOT_FOUND, "nothing is said about it");
}

static inline int toy_of_kind(void *ctx, const char *origin, int kind, uint64_t from, size_t limit, struct arena *arena,
                              struct found_list *out, struct err *err)
{
	struct toy *t = ctx;
	*out = (struct found_list){ .v = arena_array(arena, limit, sizeof *out->v) };
	for (size_t i = (size_t)from; strcmp(origin, TOY_ORIGIN) == 0 && i < t->count && out->count < limit; i++)
		if (t->v[i].current && toy_is(t, i, kind, NULL))
			out->v[out->count++] = toy_found(t, i, true);
	return toy_failure(t, err);
}
