/* toy_harvest: a toy's entries as items (query.h): entry i came at second TOY_SECOND + i.
 */
#pragma once

#include "node/core/harvested.h"
#include "tests/api/toy_changes.h"

enum { TOY_SECOND = 1767225600 };

/* The item of a current entry. */
static inline struct harvested toy_harvested(const struct toy *t, size_t i, struct arena *arena)
{
	struct harvested item = { .found = toy_found(t, i, true), .first = i, .time_s = TOY_SECOND + i, .ics = "" };
	struct err err = { 0 };
	Normlink__Record *r = NULL;
	item.kind = t->v[i].kind;
	while (item.first > 0 &&
	       (t->v[item.first - 1].kind != item.kind || strcmp(t->v[item.first - 1].subject, t->v[i].subject) != 0))
		item.first--;
	item.first = item.first > 0 ? item.first - 1 : i;
	if (item.found.state != PAYLOAD_PRESENT || payload_open(item.found.payload, arena, &r, &err) != OK) {
		item.deleted = true;
		item.kind = 0;
		return item;
	}
	size_t count;
	char *const *ics = record_ics(r, &count);
	item.deleted = r->retraction != NULL;
	item.status = record_status(r);
	for (size_t n = 0; n < count; n++)
		item.ics = arena_printf(arena, "%s%s%s", item.ics, n > 0 ? " " : "", ics[n]);
	return item;
}

static inline bool toy_wants(const struct harvest *h, const struct harvested *item)
{
	const struct query *q = h->filter;
	return item->time_s >= h->from_s && item->time_s <= h->until_s &&
	       (h->only_kind == 0 || item->kind == 0 || h->only_kind == item->kind) &&
	       (q->kind == NULL || kind_of_word(q->kind) == item->kind) &&
	       (q->status == NULL ||
	        (q->status[0] == '\0' ? item->status != 0 : status_of_word(q->status) == item->status)) &&
	       (q->ics == NULL || (item->ics[0] != '\0' && strstr(item->ics, q->ics) != NULL));
}

/* As of entry upto; as many on a page as the toy says. */
static inline int toy_harvest(void *ctx, const struct harvest *h, struct arena *arena, struct harvest_list *out,
                              struct err *err)
{
	struct toy *t = ctx;
	size_t limit = t->page != 0 ? t->page : h->limit;
	*out = (struct harvest_list){ .v = arena_array(arena, TOY_MAX, sizeof *out->v), .check = 7 };
	out->upto = h->upto != 0 ? h->upto : t->covered;
	if (h->upto != 0 && h->check != 7)
		return err_set(err, ERR_CONFLICT, "the toy does not know this list");
	for (size_t i = 0; i < out->upto; i++) {
		struct harvested item = toy_harvested(t, i, arena);
		if (!t->v[i].current || !toy_wants(h, &item))
			continue;
		out->total++;
		if (i < h->index)
			continue;
		if (out->count == limit) {
			out->more = true;
			continue;
		}
		out->v[out->count++] = item;
		out->seq = out->index = i + 1;
	}
	return toy_failure(t, err);
}

static inline int toy_item(void *ctx, const char *origin, uint64_t first, struct arena *arena, struct harvested *out,
                           struct err *err)
{
	struct toy *t = ctx;
	for (size_t i = 0; t->fail == OK && strcmp(origin, TOY_ORIGIN) == 0 && i < t->covered; i++) {
		*out = toy_harvested(t, i, arena);
		if (t->v[i].current && out->first == first)
			return OK;
	}
	return t->fail != OK ? toy_failure(t, err) : err_set(err, ERR_NOT_FOUND, "no such item");
}

static inline int toy_codes(void *ctx, const char *after, size_t limit, struct arena *arena, const char ***out,
                            size_t *count, struct err *err)
{
	static const char *const codes[] = { "03.100.70", "03.120.10", "13" };
	struct toy *t = ctx;
	size_t max = t->page != 0 ? t->page + 1 : limit;
	*out = arena_array(arena, 3, sizeof **out);
	*count = 0;
	for (size_t i = 0; i < 3 && *count < max; i++)
		if (strcmp(codes[i], after) > 0)
			(*out)[(*count)++] = codes[i];
	return toy_failure(t, err);
}

static inline int toy_earliest(void *ctx, uint64_t *time_s, struct err *err)
{
	struct toy *t = ctx;
	*time_s = t->covered > 0 ? TOY_SECOND : 0;
	return toy_failure(t, err);
}
