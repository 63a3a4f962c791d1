#include "node/store/select.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/store/across.h"
#include "node/store/cursor.h"
#include "node/store/order.h"
#include "node/store/values.h"

struct selecting {
	struct finding finding;
	const struct selection *selection;
	struct buf key;       /* the question as bytes */
	struct place place;   /* of the cursor */
	struct pinned pinned; /* what it pins, when the view has gone on since */
	uint64_t check;       /* of the state that the list is of */
	bool gone_on;
	const struct result *result;
	struct result own; /* a list that is not worth being remembered */
};

/* ---- the question as bytes: what decides which list it is ---- */

static void add_text(struct buf *out, const char *text)
{
	buf_add_str(out, text != NULL ? text : "");
	buf_add_char(out, '\0');
}

static void add_pattern(struct buf *out, const struct word_pattern *p)
{
	for (; p != NULL; p = p->near) {
		buf_printf(out, "%d%d%d%d%d %u ", p->begins, p->ends, p->ordered, p->same_text, (int)p->apart, p->distance);
		add_text(out, p->text);
	}
	buf_add_char(out, '\0');
}

/* Recursion: as deep as the tree, which its maker bounds. */
static void add_tree(struct buf *out, const struct condition *c)
{
	buf_add_char(out, (char)c->op);
	if (c->op != CONDITION_CLAUSE) {
		add_tree(out, c->left);
		add_tree(out, c->right);
		return;
	}
	buf_add_char(out, (char)c->field);
	buf_add_char(out, (char)c->relation);
	buf_add_char(out, (char)c->open);
	add_text(out, c->text);
	add_text(out, c->last);
	add_pattern(out, c->pattern);
}

static void make_key(struct selecting *s)
{
	const struct selection *q = s->selection;
	buf_add_char(&s->key, (char)((q->public_only ? 1 : 0) + (q->across ? 2 : 0)));
	for (size_t i = 0; i < q->sort_count; i++) {
		buf_add_char(&s->key, (char)q->sorts[i].field);
		buf_add_char(&s->key, (char)q->sorts[i].descending);
	}
	buf_add_char(&s->key, '\0');
	add_tree(&s->key, q->where);
}

/* ---- counts ---- */

/* Into the list, the most frequent first, among equals the one that came first. */
static void keep_count(struct counts *c, const char *value, size_t count, struct arena *arena)
{
	if (c->count == c->limit && c->v[c->count - 1].count >= count)
		return;
	size_t at = c->count < c->limit ? c->count++ : c->count - 1;
	for (; at > 0 && c->v[at - 1].count < count; at--)
		c->v[at] = c->v[at - 1];
	c->v[at] = (struct value_count){ .value = arena_str(arena, value), .count = count };
}

static int count(struct selecting *s, const struct count_wish *wish, struct docs *docs, struct result *r)
{
	struct counts *c = &r->counts[r->counts_count++];
	struct values values;
	*c = (struct counts){ .field = wish->field, .limit = wish->limit };
	c->v = arena_array(&r->arena, wish->limit, sizeof *c->v);
	int rc = values_read(&s->finding, wish->field, docs, &values);
	for (size_t from = 0, to; rc == OK && from < values.count; from = to) {
		for (to = from + 1; to < values.count && strcmp(values.v[to].text, values.v[from].text) == 0; to++)
			continue;
		keep_count(c, values.v[from].text, to - from, &r->arena);
	}
	values_free(&values);
	return rc;
}

static const struct counts *counts_of(const struct result *r, const struct count_wish *wish)
{
	for (size_t i = 0; i < r->counts_count; i++)
		if (r->counts[i].field == wish->field && r->counts[i].limit == wish->limit)
			return &r->counts[i];
	return NULL;
}

/* ---- the list ---- */

/* Does the list that is remembered say all that is asked? */
static bool suffices(const struct selecting *s, const struct result *r)
{
	const struct selection *q = s->selection;
	/* Where a cursor stands is looked for in the list. */
	size_t wanted = q->offset + (size_t)s->place.given + q->limit;
	if (r == NULL || (r->count < r->total && r->count < wanted))
		return false;
	for (size_t i = 0; i < q->wish_count; i++)
		if (counts_of(r, &q->wishes[i]) == NULL)
			return false;
	return true;
}

/* How much of it is put in order: what a first look needs; once somebody goes further, all. */
static size_t how_many(const struct selecting *s)
{
	size_t wanted = s->selection->offset + (size_t)s->place.given + s->selection->limit;
	return wanted <= RESULT_BEST ? RESULT_BEST : s->place.given > 0 ? RESULTS_DOCS_MAX : wanted;
}

static int fill(struct selecting *s, struct docs *docs, struct result *r)
{
	const struct selection *q = s->selection;
	struct finding *f = &s->finding;
	int rc = plan_find(f, q->where, docs);
	if (rc == OK)
		rc = order_docs(f, q, docs, how_many(s), &r->docs, &r->count);
	r->total = docs->count;
	if (rc == OK && q->across)
		rc = across_find(f, q, docs, r->docs, r->count, &r->arena, &r->linked, &r->linked_count);
	r->counts = arena_array(&r->arena, q->wish_count + 1, sizeof *r->counts);
	for (size_t i = 0; rc == OK && i < q->wish_count; i++)
		rc = count(s, &q->wishes[i], docs, r);
	return rc;
}

/* A few records of one name are found as fast as a list is: the place is better left to others. */
static bool is_found_at_once(const struct selecting *s, const struct result *r)
{
	const struct condition *c = s->selection->where;
	return c->op == CONDITION_CLAUSE && c->field == FIELD_REFERENCE && c->relation == COMPARE_IS &&
	       r->total <= RESULT_UNKEPT_MAX && !s->gone_on;
}

static int make_list(struct selecting *s)
{
	struct docs docs = { 0 };
	const struct snapshot *n = s->finding.snapshot;
	struct result r = { .pin = s->check, .pinned = s->gone_on, .version = n->version, .written = n->written };
	int rc = OK;
	if (s->gone_on) {
		rc = pinned_make(s->finding.store, &s->place.pin, &s->pinned, s->finding.err);
		s->finding.pinned = &s->pinned;
	}
	if (rc == OK)
		rc = fill(s, &docs, &r);
	docs_free(&docs);
	pinned_free(&s->pinned);
	if (rc != OK) {
		result_free(&r);
	} else if (is_found_at_once(s, &r)) {
		s->own = r;
		s->result = &s->own;
	} else {
		r.key = arena_bytes(&r.arena, buf_bytes(&s->key));
		s->result = results_put(s->finding.store, &r);
	}
	return rc;
}

/* ---- a page of it ---- */

static int64_t doc_at(const struct result *r, size_t i)
{
	return i < r->count ? r->docs[i] : r->linked[i - r->total].doc;
}

/* All that can be given of the list as far as it is known. */
static size_t known_of(const struct result *r)
{
	return r->count < r->total ? r->count : (size_t)r->total + r->linked_count;
}

/* Behind the doc that was given last; where it stood when it is gone. */
static size_t begin_of(const struct selecting *s)
{
	const struct result *r = s->result;
	size_t given = (size_t)s->place.given, known = known_of(r);
	if (s->selection->cursor == NULL)
		return s->selection->offset;
	if (given > 0 && given <= known && doc_at(r, given - 1) == s->place.last)
		return given;
	for (size_t i = 0; i < known; i++)
		if (doc_at(r, i) == s->place.last)
			return i + 1;
	return given;
}

static int give_through(struct selecting *s, const struct linked *l, struct found *out, struct arena *arena)
{
	struct through *t = arena_get(arena, sizeof *t);
	struct finding *f = &s->finding;
	const struct origin_row *o;
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = snapshot_origin(f->snapshot, l->via, &o, f->err);
	if (rc == OK)
		rc = db_query(&f->store->db, f->err, &stmt, "SELECT subject FROM doc WHERE id = ?1", db_int(l->via));
	if (rc != OK)
		return rc;
	rc = db_step(&f->store->db, f->err, stmt, &row);
	struct bytes subject = row ? db_column_bytes(stmt, 0) : bytes_of(NULL, 0);
	*t = (struct through){ .origin = arena_str(arena, o->name),
		                   .index = id_index(l->via),
		                   .ref = arena_strn(arena, subject.data, subject.len),
		                   .type = l->type,
		                   .degree = l->degree };
	db_end(stmt);
	out->through = t;
	return rc;
}

/* Of a list of another time: is it still here, and still current? */
static int look_again(struct selecting *s, int64_t doc, bool *here, bool *current)
{
	int64_t value = 0;
	int rc =
	    db_get_int(&s->finding.store->db, s->finding.err, &value, "SELECT current FROM doc WHERE id = ?1", db_int(doc));
	*here = rc == OK;
	*current = value != 0;
	return rc == ERR_NOT_FOUND ? OK : rc;
}

int select_payload(void *ctx, struct found *hit, struct arena *arena, struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	if (hit->payload.len > 0)
		return OK;
	must(s->reading > 0);
	int rc = origin_find(&s->db, hit->origin, &o, err);
	return rc == OK ? payload_read(s, o.slot, hit->index, arena, &hit->payload, &hit->state, err) : rc;
}

static int give_one(struct selecting *s, size_t i, struct arena *arena, struct found_list *out)
{
	const struct result *r = s->result;
	struct finding *f = &s->finding;
	int64_t doc = doc_at(r, i);
	struct found *found = &out->v[out->count];
	const struct origin_row *o;
	bool here = true, current = true;
	int rc = s->gone_on ? look_again(s, doc, &here, &current) : OK;
	if (rc != OK || !here)
		return rc;
	rc = snapshot_origin(f->snapshot, doc, &o, f->err);
	if (rc != OK)
		return rc;
	*found = (struct found){ .origin = arena_str(arena, o->name),
		                     .index = id_index(doc),
		                     .current = current,
		                     .state = PAYLOAD_PRESENT, /* else the view had no such doc */
		                     .mark = f->snapshot->changes[o->slot] + 1 };
	if (!s->selection->unread)
		rc = select_payload(f->store, found, arena, f->err);
	if (rc == OK && i >= r->count)
		rc = give_through(s, &r->linked[i - r->total], found, arena);
	out->count += rc == OK;
	return rc;
}

static int give(struct selecting *s, struct arena *arena, struct found_list *out)
{
	const struct result *r = s->result;
	size_t begin = begin_of(s), known = known_of(r), end = begin;
	int rc = OK;
	out->total = r->total + r->linked_count;
	out->linked = r->linked_count;
	out->offset = begin;
	out->v = arena_array(arena, s->selection->limit + 1, sizeof *out->v);
	for (; rc == OK && end < known && end - begin < s->selection->limit; end++)
		rc = give_one(s, end, arena, out);
	for (size_t i = 0; i < s->selection->wish_count; i++) {
		struct count_wish *wish = &s->selection->wishes[i];
		const struct counts *c = counts_of(r, wish);
		wish->count = c->count;
		wish->v = arena_array(arena, c->count + 1, sizeof *wish->v);
		for (size_t k = 0; k < c->count; k++)
			wish->v[k] = (struct value_count){ arena_str(arena, c->v[k].value), c->v[k].count };
	}
	if (rc == OK && end > begin && end < out->total) {
		struct place next = { .pin = s->place.pin, .given = end, .last = doc_at(r, end - 1) };
		out->next = cursor_write(s->finding.store, &next, s->check, buf_bytes(&s->key), arena);
	}
	return rc;
}

/* ---- the answer ---- */

static int run(struct selecting *s, struct arena *arena, struct found_list *out)
{
	struct finding *f = &s->finding;
	int rc = snapshot_read(f->store, &f->snapshot, f->err);
	if (rc != OK)
		return rc;
	make_key(s);
	pin_of(f->snapshot, &s->place.pin);
	s->check = f->snapshot->check;
	if (s->selection->cursor != NULL)
		rc = cursor_read(f->store, f->snapshot, s->selection->cursor, buf_bytes(&s->key), &s->place, &s->check, f->err);
	if (rc != OK)
		return rc;
	s->gone_on = s->check != f->snapshot->check;
	s->result = results_find(f->store, buf_bytes(&s->key), f->snapshot, s->gone_on ? &s->check : NULL);
	if (!suffices(s, s->result))
		rc = make_list(s);
	return rc == OK ? give(s, arena, out) : rc;
}

int select_docs(void *ctx, const struct selection *selection, struct arena *arena, struct found_list *out,
                struct err *err)
{
	struct store *s = ctx;
	*out = (struct found_list){ 0 };
	if (selection->limit > SEARCH_LIMIT_MAX)
		return err_set(err, ERR_USAGE, "at most %d records", SEARCH_LIMIT_MAX);
	must(selection->sort_count <= SELECT_SORTS_MAX && selection->wish_count <= SELECT_WISHES_MAX);
	for (size_t i = 0; i < selection->wish_count; i++)
		must(selection->wishes[i].limit >= 1 && selection->wishes[i].limit <= SELECT_COUNTS_MAX);
	struct arena scratch = { 0 };
	struct selecting q = {
		.finding = { .store = s, .public = selection->public_only, .arena = &scratch, .err = err },
		.selection = selection,
	};
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = run(&q, arena, out);
	result_free(&q.own);
	buf_free(&q.key);
	arena_free(&scratch);
	store_end_read(s);
	return rc;
}
