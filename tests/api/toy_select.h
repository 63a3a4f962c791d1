/* toy_select: a toy's records by a tree of clauses: each is a substring of the payload. */
#pragma once

#include "node/core/query.h"
#include "tests/api/toy.h"

static inline bool toy_holds(const struct toy *t, size_t i, const struct condition *c)
{
	struct bytes p = buf_bytes(&t->v[i].payload);
	switch (c->op) {
	case CONDITION_AND:
		return toy_holds(t, i, c->left) && toy_holds(t, i, c->right);
	case CONDITION_OR:
		return toy_holds(t, i, c->left) || toy_holds(t, i, c->right);
	case CONDITION_NOT:
		return toy_holds(t, i, c->left) && !toy_holds(t, i, c->right);
	case CONDITION_CLAUSE:
		break;
	}
	if (c->field == FIELD_KIND)
		return kind_of_word(c->text) == t->v[i].kind;
	return c->field == FIELD_EVERY || memmem(p.data, p.len, c->text, strlen(c->text)) != NULL;
}

static inline int toy_select(void *ctx, const struct selection *s, struct arena *arena, struct found_list *out,
                             struct err *err)
{
	struct toy *t = ctx;
	must(s->limit <= SEARCH_LIMIT_MAX && s->where != NULL);
	t->selected++;
	if (s->where->op == CONDITION_CLAUSE && strcmp(s->where->text, "too many") == 0)
		return err_set(err, ERR_USAGE, "too many words");
	if (s->cursor != NULL && strcmp(s->cursor, "here") != 0)
		return err_set(err, ERR_CONFLICT, "the cursor is not one that this node gave");
	*out = (struct found_list){ .v = arena_array(arena, TOY_MAX, sizeof *out->v), .offset = s->offset };
	for (size_t i = 0; i < t->count; i++) {
		if (!t->v[i].current || !toy_holds(t, i, s->where))
			continue;
		out->total++;
		if (out->total > s->offset && out->count < s->limit)
			out->v[out->count++] = toy_found(t, i, false);
		if (s->unread && out->count > 0)
			out->v[out->count - 1].payload = bytes_of(NULL, 0);
	}
	for (size_t i = 0; i < s->wish_count; i++) {
		must(s->wishes[i].limit >= 1 && s->wishes[i].limit <= SELECT_COUNTS_MAX);
		s->wishes[i].v = arena_array(arena, 1, sizeof *s->wishes[i].v);
		s->wishes[i].v[0] = (struct value_count){ .value = "a \"b\" & c", .count = out->total };
		s->wishes[i].count = 1;
	}
	out->next = out->total > s->offset + out->count ? "here" : NULL;
	out->total = t->total != 0 ? t->total : out->total;
	return toy_failure(t, err);
}

static inline int toy_payload(void *ctx, struct found *hit, struct arena *arena, struct err *err)
{
	struct toy *t = ctx;
	(void)arena;
	if (hit->state == PAYLOAD_PRESENT)
		hit->payload = buf_bytes(&t->v[hit->index].payload);
	return toy_failure(t, err);
}

/* What begins like it. */
static inline int toy_suggest(void *ctx, const char *text, size_t limit, bool public_only, struct arena *arena,
                              struct found_list *out, struct err *err)
{
	struct toy *t = ctx;
	(void)public_only;
	*out = (struct found_list){ .v = arena_array(arena, limit, sizeof *out->v) };
	for (size_t i = 0; i < t->count && out->count < limit; i++)
		if (t->v[i].current && strncmp(t->v[i].subject, text, strlen(text)) == 0)
			out->v[out->count++] = toy_found(t, i, false);
	out->total = out->count;
	return toy_failure(t, err);
}

static inline int toy_values(void *ctx, enum record_field field, const char *text, size_t before, size_t after,
                             bool public_only, struct arena *arena, struct value_list *out, struct err *err)
{
	struct toy *t = ctx;
	(void)field, (void)public_only;
	must(before <= SELECT_VALUES_MAX && after <= SELECT_VALUES_MAX);
	*out = (struct value_list){ .v = arena_array(arena, 2, sizeof *out->v) };
	if (before > 0)
		out->v[out->count++] = (struct value_count){ .value = "before", .count = 1 };
	out->place = out->count;
	if (after > 0)
		out->v[out->count++] = (struct value_count){ .value = arena_str(arena, text), .count = 2 };
	return toy_failure(t, err);
}
