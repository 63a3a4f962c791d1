/* graph_world: a few logs of records given as JSON, as the part of struct view that walks ask for.  No index, no SQL:
 * every question looks at every record.
 * Thread: one.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/core/query.h"
#include "proto/designator.h"
#include "proto/edges.h"
#include "proto/entry.h"
#include "proto/json.h"
#include "proto/record.h"

enum { WORLD_MAX = 256, WORLD_CLAIMS = 32 };

struct graph_entry {
	const char *origin;
	uint64_t index;
	struct buf payload;
	bool hidden;
};

struct graph_world {
	struct graph_entry v[WORLD_MAX]; /* as the view gives them: by origin and index, all current */
	size_t count;
	struct claim claims[WORLD_CLAIMS];
	size_t claim_count;
	size_t limit; /* of facts in a family; 0: none */
};

static inline void graph_world_free(struct graph_world *w)
{
	for (size_t i = 0; i < w->count; i++)
		buf_free(&w->v[i].payload);
	*w = (struct graph_world){ 0 };
}

static inline void graph_world_add(struct graph_world *w, const char *origin, const char *json)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf raw = { 0 };
	uint64_t index = 0;
	size_t at = 0;
	must(w->count < WORLD_MAX);
	for (; at < w->count && strcmp(w->v[at].origin, origin) <= 0; at++)
		index = strcmp(w->v[at].origin, origin) == 0 ? w->v[at].index + 1 : index;
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, &err) != OK ||
	    record_encode((const Normlink__Record *)message, &raw, &err) != OK) {
		(void)fprintf(stderr, "%s\n    %s\n", json, err.text);
		abort();
	}
	memmove(&w->v[at + 1], &w->v[at], (w->count - at) * sizeof *w->v);
	w->v[at] = (struct graph_entry){ .origin = origin, .index = index };
	payload_write(buf_bytes(&raw), nonce, &w->v[at].payload);
	w->count++;
	buf_free(&raw);
	arena_free(&arena);
}

/* What an origin claims; prefixes ends with NULL. */
static inline void graph_world_claim(struct graph_world *w, const char *origin, const char *const *prefixes)
{
	must(w->claim_count < WORLD_CLAIMS);
	struct claim *c = &w->claims[w->claim_count++];
	*c = (struct claim){ .said_by = origin, .about = origin, .prefixes = prefixes };
	while (prefixes[c->prefix_count] != NULL)
		c->prefix_count++;
}

static inline int world_claims(void *ctx, struct arena *arena, struct claims *out, struct err *err)
{
	const struct graph_world *w = ctx;
	(void)arena;
	(void)err;
	*out = (struct claims){ w->claims, w->claim_count };
	return OK;
}

/* Every fact that the test keeps. */
static inline int world_facts(const struct graph_world *w, const struct fact_question *q, struct arena *arena,
                              struct fact_list *out, bool (*keep)(const struct fact *, const void *), const void *arg)
{
	*out = (struct fact_list){ .v = arena_array(arena, WORLD_MAX, sizeof *out->v) };
	for (size_t i = 0; i < w->count; i++) {
		struct fact f;
		must(fact_read(w->v[i].origin, w->v[i].index, buf_bytes(&w->v[i].payload), q, arena, &f, NULL) == OK);
		if ((w->v[i].hidden && q->public_only) || !keep(&f, arg))
			continue;
		out->total++;
		if (w->limit == 0 || out->count < w->limit)
			out->v[out->count++] = f;
	}
	return OK;
}

static inline bool world_is_about(const struct fact *f, const void *undated)
{
	return strcmp(f->undated, undated) == 0;
}

static inline bool world_points(const struct fact *f, const void *undated)
{
	struct designator d;
	bool walked = f->kind == NORMLINK__KIND__KIND_STANDARD || f->kind == NORMLINK__KIND__KIND_ADOPTION ||
	              f->kind == NORMLINK__KIND__KIND_RECOGNITION;
	for (size_t i = 0; walked && i < f->edge_count; i++)
		if (fact_edge_walked(f->edges[i].type) && designator_parse(bytes_str(f->edges[i].target), &d, NULL) == OK &&
		    strcmp(d.undated, undated) == 0)
			return true;
	return false;
}

static inline int world_compare(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = strcmp(a->subject, b->subject);
	return order != 0 ? order : strcmp(a->origin, b->origin) != 0 ? strcmp(a->origin, b->origin) : a->kind - b->kind;
}

static inline int world_family(void *ctx, const char *undated, const struct fact_question *q, struct arena *arena,
                               struct family *out, struct err *err)
{
	out->undated = arena_str(arena, undated);
	int rc = world_facts(ctx, q, arena, &out->about, world_is_about, undated);
	if (out->about.count > 1)
		qsort(out->about.v, out->about.count, sizeof *out->about.v, world_compare);
	return rc == OK ? world_facts(ctx, q, arena, &out->pointing, world_points, undated) : rc;
}

static inline bool world_depends(const struct fact *f, const void *arg)
{
	const struct dependents *of = arg;
	for (size_t i = 0; f->kind == of->kind && i < f->edge_count; i++) {
		const char *target = f->edges[i].target;
		if ((of->type == 0 || f->edges[i].type == of->type) &&
		    (strcmp(target, of->target) == 0 || (of->or != NULL && strcmp(target, of->or) == 0)))
			return true;
	}
	return false;
}

static inline void world_page(struct fact_list *list, size_t limit, size_t offset)
{
	size_t from = offset < list->count ? offset : list->count;
	list->v += from;
	list->count = list->count - from < limit ? list->count - from : limit;
}

static inline int world_dependents(void *ctx, const struct dependents *of, const struct fact_question *q,
                                   struct arena *arena, struct fact_list *out, struct err *err)
{
	int rc = world_facts(ctx, q, arena, out, world_depends, of);
	world_page(out, of->limit, of->offset);
	return rc;
}

struct world_from {
	const char *origin;
	uint64_t from;
};

static inline bool world_adopts(const struct fact *f, const void *arg)
{
	const struct world_from *from = arg;
	bool adopts = false;
	for (size_t i = 0; i < f->edge_count; i++)
		adopts = adopts || f->edges[i].type == EDGE_ADOPTS;
	return adopts && strcmp(f->origin, from->origin) == 0 && f->index >= from->from;
}

static inline int world_adopting(void *ctx, const char *origin, uint64_t from, size_t limit,
                                 const struct fact_question *q, struct arena *arena, struct fact_list *out,
                                 struct err *err)
{
	struct world_from arg = { origin, from };
	int rc = world_facts(ctx, q, arena, out, world_adopts, &arg);
	world_page(out, limit, 0);
	out->total = out->count;
	return rc;
}

static inline struct view graph_world_view(struct graph_world *w)
{
	return (struct view){ .ctx = w,
		                  .claims = world_claims,
		                  .family = world_family,
		                  .dependents = world_dependents,
		                  .adopting = world_adopting };
}
