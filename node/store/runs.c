#include "node/store/runs.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/entries.h"

enum { LARGE_ROWS = 2 * PREPARE_ENTRIES };

/* ---- order ---- */

static int compare(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	if (a->slot != b->slot) {
		if (a->slot == 0 || b->slot == 0)
			return a->slot == 0 ? 1 : -1;
		return a->slot < b->slot ? -1 : 1;
	}
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

/* The first write of the same origin before number; number when there is none.  The last one is the likeliest. */
static size_t find_first(const struct runs *r, size_t number, const char *origin)
{
	if (number > 0 && strcmp(r->v[number - 1].write->origin, origin) == 0)
		return r->v[number - 1].first;
	for (size_t i = 0; i < number; i++) {
		if (r->v[i].first == i && strcmp(r->v[i].write->origin, origin) == 0)
			return i;
	}
	return number;
}

static int place(struct runs *r, size_t number, const struct store_write *w, struct err *err)
{
	struct origin_row o = { 0 };
	struct placed *p = &r->v[number];
	*p = (struct placed){ .write = w, .number = number };
	p->first = find_first(r, number, w->origin);
	if (p->first != number) {
		p->slot = r->v[p->first].slot;
		return OK;
	}
	int rc = origin_find(&r->store->db, w->origin, &o, NULL);
	p->slot = o.slot;
	return rc == OK || rc == ERR_NOT_FOUND ? OK : origin_find(&r->store->db, w->origin, &o, err);
}

int runs_init(struct runs *r, struct store *s, struct store_write *const *writes, size_t count, struct err *err)
{
	size_t rows = 0;
	int rc = OK;
	*r = (struct runs){ .store = s, .count = count, .v = calloc(count + 1, sizeof *r->v) };
	must(r->v != NULL);
	for (size_t i = 0; rc == OK && i < count; i++) {
		rc = place(r, i, writes[i], err);
		rows += writes[i]->kind == WRITE_ENTRIES ? writes[i]->count : 0;
	}
	if (rc == OK && count > 1)
		qsort(r->v, count, sizeof *r->v, compare);
	r->large = rows >= LARGE_ROWS;
	return rc;
}

static void drop_ahead(struct runs *r)
{
	if (r->ahead.begun)
		(void)preparer_end(r->store->preparer);
	r->ahead.begun = false;
}

void runs_close(struct runs *r)
{
	drop_ahead(r);
	free(r->v);
	*r = (struct runs){ 0 };
}

void runs_placed(struct runs *r, size_t at, int64_t slot)
{
	size_t first = r->v[at].first;
	for (size_t i = at; i < r->count && r->v[i].first == first; i++)
		r->v[i].slot = slot;
}

/* ---- one ahead ---- */

static int begin(struct runs *r, size_t at, size_t from, struct err *err)
{
	const struct placed *p = &r->v[at];
	const struct dictionary *dictionary = NULL;
	size_t left = p->write->count - from;
	int rc = p->slot != 0 ? packer_dictionary(r->store->packer, p->slot, &dictionary, err) : OK;
	if (rc != OK)
		return rc;
	preparer_begin(r->store->preparer, p->write->entries + from, left < PREPARE_ENTRIES ? left : PREPARE_ENTRIES,
	               dictionary, r->large);
	r->ahead.begun = true;
	r->ahead.at = at;
	r->ahead.from = from;
	return OK;
}

static int begin_next(struct runs *r, size_t at, size_t from, struct err *err)
{
	if (from < r->v[at].write->count)
		return begin(r, at, from, err);
	for (at++; at < r->count; at++) {
		if (r->v[at].write->kind == WRITE_ENTRIES && r->v[at].write->count > 0)
			return begin(r, at, 0, err);
	}
	return OK;
}

int runs_take(struct runs *r, size_t at, size_t from, const struct prepared **out, struct err *err)
{
	/* What was begun may belong to a write that was refused. */
	if (r->ahead.begun && (r->ahead.at != at || r->ahead.from != from))
		drop_ahead(r);
	int rc = r->ahead.begun ? OK : begin(r, at, from, err);
	if (rc != OK)
		return rc;
	*out = preparer_end(r->store->preparer);
	r->ahead.begun = false;
	return begin_next(r, at, from + (*out)->count, err);
}
