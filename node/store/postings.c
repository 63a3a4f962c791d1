#include "node/store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/match.h"
#include "node/store/schema.h"

/* A failing allocation ends the program, as everywhere. */
#define uthash_fatal(msg) must(false)
#include <uthash.h>

enum { PAY_EVERY = 64 }; /* postings */

struct kept_term {
	UT_hash_handle hh; /* in order of use: who was asked for last is last */
	struct term_postings list;
	size_t bytes;
	bool whole;      /* the list is that of */
	int64_t version; /* this snapshot */
	bool asked;      /* before: it is worth being read, however long */
	bool unfit;      /* it is too long, or cannot be said in postings */
	size_t len;
	char text[];
};

struct postings {
	struct kept_term *terms;
	size_t bytes;
	size_t room; /* postings that may yet be read for the question */
};

/* ---- keeping ---- */

static void clear(struct kept_term *t)
{
	for (size_t i = 0; i < t->list.run_count; i++)
		free(t->list.runs[i].v);
	free(t->list.runs);
	t->list = (struct term_postings){ 0 };
}

static void give_up(struct postings *p, struct kept_term *t)
{
	HASH_DEL(p->terms, t);
	p->bytes -= t->bytes;
	clear(t);
	free(t);
}

static void count_bytes(struct postings *p, struct kept_term *t)
{
	p->bytes -= t->bytes;
	t->bytes = sizeof *t + t->len + t->list.run_count * sizeof t->list.runs[0];
	for (size_t i = 0; i < t->list.run_count; i++)
		t->bytes += t->list.runs[i].cap * sizeof(struct posting);
	p->bytes += t->bytes;
}

void postings_begin(struct store *s)
{
	if (s->postings == NULL) {
		s->postings = calloc(1, sizeof *s->postings);
		must(s->postings != NULL);
	}
	struct postings *p = s->postings;
	while (p->terms != NULL && p->bytes > POSTINGS_BYTES_MAX)
		give_up(p, p->terms);
	p->room = POSTINGS_READ_MAX;
}

void postings_free(struct postings *p)
{
	while (p != NULL && p->terms != NULL)
		give_up(p, p->terms);
	free(p);
}

static struct kept_term *term_of(struct postings *p, const char *term, size_t len)
{
	struct kept_term *t;
	HASH_FIND(hh, p->terms, term, len, t);
	if (t != NULL) {
		HASH_DEL(p->terms, t);
	} else {
		t = calloc(1, sizeof *t + len);
		must(t != NULL);
		t->len = len;
		memcpy(t->text, term, len);
		count_bytes(p, t);
	}
	HASH_ADD_KEYPTR(hh, p->terms, t->text, len, t);
	return t;
}

/* ---- reading ---- */

static struct posting_run *run_of(struct kept_term *t, int64_t slot)
{
	struct term_postings *l = &t->list;
	size_t at = 0;
	while (at < l->run_count && l->runs[at].slot < slot)
		at++;
	if (at < l->run_count && l->runs[at].slot == slot)
		return &l->runs[at];
	l->runs = realloc(l->runs, (l->run_count + 1) * sizeof l->runs[0]);
	must(l->runs != NULL);
	memmove(&l->runs[at + 1], &l->runs[at], (l->run_count++ - at) * sizeof l->runs[0]);
	l->runs[at] = (struct posting_run){ .slot = slot };
	return &l->runs[at];
}

static void add(struct posting_run *r, uint64_t index, uint32_t occurrences)
{
	if (r->count == r->cap) {
		r->cap = r->cap == 0 ? 8 : 2 * r->cap;
		r->v = realloc(r->v, r->cap * sizeof r->v[0]);
		must(r->v != NULL);
	}
	r->v[r->count++] = (struct posting){ (uint32_t)index, occurrences };
}

struct reading {
	struct finding *f;
	struct kept_term *term;
	size_t room; /* for so many postings more */
};

/* What the run lacks of the log, as far as there is room. */
static int read_run(struct reading *r, const struct origin_row *o, struct posting_run *run)
{
	static const char sql[] =
	    "SELECT rowid, occurrences(words) FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid < ?3";
	struct db *db = &r->f->store->db;
	struct buf quoted = { 0 };
	sqlite3_stmt *stmt;
	match_quote(r->term->text, r->term->len, &quoted);
	int rc = db_query(db, r->f->err, &stmt, sql, db_textn(buf_bytes(&quoted)), db_int(entry_id(o->slot, run->upto)),
	                  db_int(entry_id(o->slot, o->size)));
	while (rc == OK && r->room > 0 && db_next(db, r->f->err, stmt, &rc)) {
		uint64_t index = id_index(sqlite3_column_int64(stmt, 0));
		r->term->unfit = r->term->unfit || index > UINT32_MAX || sqlite3_column_type(stmt, 1) == SQLITE_NULL;
		add(run, index, (uint32_t)sqlite3_column_int64(stmt, 1));
		run->upto = index + 1;
		if (--r->room % PAY_EVERY == 0)
			rc = db_pay(db, PAY_EVERY, r->f->err);
	}
	db_end(stmt);
	buf_free(&quoted);
	if (rc == OK && r->room > 0)
		run->upto = o->size;
	return rc;
}

/* Every log's run; whole when there is room left. */
static int read_list(struct reading *r)
{
	const struct snapshot *n = r->f->snapshot;
	size_t total = 0;
	int rc = OK;
	for (int64_t slot = 1; rc == OK && r->room > 0 && slot <= SLOT_MAX; slot++) {
		const struct origin_row *o = n->by_slot[slot];
		if (o == NULL || o->size == 0)
			continue;
		struct posting_run *run = run_of(r->term, slot);
		if (run->changes != n->changes[slot] || run->upto > o->size)
			run->count = run->upto = 0;
		run->changes = n->changes[slot];
		if (run->upto < o->size)
			rc = read_run(r, o, run);
		total += run->count;
		r->term->unfit = r->term->unfit || total > POSTINGS_TERM_MAX;
	}
	return rc;
}

/* As of the snapshot, if that is done soon enough. */
static int bring_up(struct finding *f, struct kept_term *t, bool *whole)
{
	struct postings *p = f->store->postings;
	const struct snapshot *n = f->snapshot;
	size_t most = t->asked || p->room < POSTINGS_FIRST_MAX ? p->room : POSTINGS_FIRST_MAX;
	struct reading r = { f, t, most };
	int rc = read_list(&r);
	p->room -= most - r.room;
	t->asked = true;
	*whole = rc == OK && r.room > 0 && !t->unfit;
	if (*whole) {
		t->version = n->version;
		t->whole = true;
	}
	if (t->unfit)
		clear(t);
	count_bytes(p, t);
	return rc;
}

int postings_find(struct finding *f, const char *term, size_t len, const struct term_postings **out)
{
	struct store *s = f->store;
	int rc = OK;
	*out = NULL;
	if (s->mode != STORE_READ)
		return OK; /* what it writes itself would have to be followed */
	struct kept_term *t = term_of(s->postings, term, len);
	bool whole = t->whole && t->version == f->snapshot->version;
	if (!whole && !t->unfit)
		rc = bring_up(f, t, &whole);
	if (rc == OK && whole)
		*out = &t->list;
	return rc;
}
