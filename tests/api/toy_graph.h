/* toy_graph: a toy's records for walks: one log's, answered by tests/core/graph_world.h.
 */
#pragma once

#include "tests/api/toy.h"
#include "tests/core/graph_world.h"

/* The current records that are there, borrowed. */
static inline void toy_world(const struct toy *t, struct graph_world *w)
{
	*w = (struct graph_world){ 0 };
	for (size_t i = 0; i < t->count; i++)
		if (t->v[i].current && t->v[i].state == PAYLOAD_PRESENT)
			w->v[w->count++] = (struct graph_entry){ .origin = TOY_ORIGIN, .index = i, .payload = t->v[i].payload };
}

static inline int toy_claims(void *ctx, struct arena *arena, struct claims *out, struct err *err)
{
	const struct toy *t = ctx;
	struct claim *v = arena_array(arena, TOY_MAX, sizeof *v);
	*out = (struct claims){ v, 0 };
	for (size_t i = 0; i < t->count; i++) {
		Normlink__Record *r = NULL;
		if (!t->v[i].current || payload_open(buf_bytes(&t->v[i].payload), arena, &r, NULL) != OK ||
		    r->authority == NULL)
			continue;
		v[out->count++] = (struct claim){ .said_by = TOY_ORIGIN,
			                              .index = i,
			                              .about = r->subject,
			                              .ours = true,
			                              .prefixes = (const char *const *)r->authority->prefixes,
			                              .prefix_count = r->authority->n_prefixes,
			                              .bodies = (const char *const *)r->authority->bodies,
			                              .body_count = r->authority->n_bodies };
	}
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

static inline int toy_family(void *ctx, const char *undated, const struct fact_question *q, struct arena *arena,
                             struct family *out, struct err *err)
{
	struct graph_world w;
	toy_world(ctx, &w);
	return world_family(&w, undated, q, arena, out, err);
}

static inline int toy_dependents(void *ctx, const struct dependents *of, const struct fact_question *q,
                                 struct arena *arena, struct fact_list *out, struct err *err)
{
	struct graph_world w;
	toy_world(ctx, &w);
	return world_dependents(&w, of, q, arena, out, err);
}

static inline int toy_adopting(void *ctx, const char *origin, uint64_t from, size_t limit,
                               const struct fact_question *q, struct arena *arena, struct fact_list *out,
                               struct err *err)
{
	struct graph_world w;
	toy_world(ctx, &w);
	return world_adopting(&w, origin, from, limit, q, arena, out, err);
}
