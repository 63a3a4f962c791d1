#include "node/store/view.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/index_check.h"
#include "node/store/measures.h"
#include "node/store/schema.h"
#include "node/store/terms.h"
#include "proto/joint.h"
#include "proto/record.h"

enum {
	/* Rows share an arena until this much is used; a large payload gets one of its own, so that what its decoding may
	 * use does not depend on its neighbours. */
	ARENA_SHARED_BYTES = 512 * 1024,
	TALLIES = ORIGINS_MAX,
};

struct tally {
	int64_t slot;
	int64_t current, invalid, missing, changes;
};

struct viewer {
	struct db *db;
	struct hasher *hasher;
	struct arena arena;
	struct terms *terms;
	struct buf reference, title, abstract, ics;
	struct tally tallies[TALLIES]; /* changes since the last flush */
	size_t tally_count;
	viewer_judge_cb judge_cb;
	struct index_judge roots; /* its arg is judge_cb's, too */
	size_t redactions;        /* put since viewer_redactions() */
};

/* One doc on its way into the tables. */
struct doc {
	int64_t id;
	const struct statement *statement;
	const Normlink__Record *record; /* the statement's */
	struct chain_place place;
	bool hidden;
};

struct viewer *viewer_new(struct db *db, struct hasher *hasher, viewer_judge_cb judge_cb, index_whole_cb whole_cb,
                          index_differs_cb differs_cb, void *arg)
{
	struct viewer *v = calloc(1, sizeof *v);
	must(v != NULL);
	v->db = db;
	v->terms = terms_new(db);
	v->hasher = hasher;
	v->judge_cb = judge_cb;
	v->roots = (struct index_judge){ whole_cb, differs_cb, arg };
	return v;
}

void viewer_free(struct viewer *v)
{
	if (v == NULL)
		return;
	arena_free(&v->arena);
	buf_free(&v->reference);
	buf_free(&v->title);
	buf_free(&v->abstract);
	buf_free(&v->ics);
	terms_free(v->terms);
	free(v);
}

void viewer_forget(struct viewer *v)
{
	terms_forget(v->terms);
	v->tally_count = 0;
	v->redactions = 0;
}

static struct tally *tally_of(struct viewer *v, int64_t slot)
{
	for (size_t i = v->tally_count; i-- > 0;) {
		if (v->tallies[i].slot == slot)
			return &v->tallies[i];
	}
	must(v->tally_count < TALLIES);
	v->tallies[v->tally_count] = (struct tally){ .slot = slot };
	return &v->tallies[v->tally_count++];
}

int viewer_flush(struct viewer *v, struct err *err)
{
	int rc = terms_flush(v->terms, err);
	for (size_t i = 0; rc == OK && i < v->tally_count; i++) {
		const struct tally *t = &v->tallies[i];
		rc = db_run(v->db, err,
		            "INSERT INTO tally(slot, current, invalid, missing, changes) VALUES (?1, ?2, ?3, ?4, ?5)"
		            " ON CONFLICT(slot) DO UPDATE SET current = current + ?2, invalid = invalid + ?3,"
		            " missing = missing + ?4, changes = changes + ?5",
		            db_int(t->slot), db_int(t->current), db_int(t->invalid), db_int(t->missing), db_int(t->changes));
	}
	v->tally_count = 0;
	return rc;
}

/* ---- what a record says, row by row ---- */

static bool listed(struct bytes codes, const char *code)
{
	struct bytes one;
	while (facets_next(&codes, &one))
		if (bytes_equal(one, bytes_str(code)))
			return true;
	return false;
}

/* v->ics gets the codes, each once, with blanks between; nothing is found by those of a retraction. */
static void collect_codes(struct viewer *v, const Normlink__Record *r)
{
	size_t count;
	char *const *codes = record_ics(r, &count);
	buf_reset(&v->ics);
	for (size_t i = 0; r->retraction == NULL && i < count && i < FACETS_MAX; i++) {
		if (listed(buf_bytes(&v->ics), codes[i]))
			continue;
		if (v->ics.len > 0)
			buf_add_char(&v->ics, ' ');
		buf_add_str(&v->ics, codes[i]);
	}
}

static int doc_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	struct db_value ics = v->ics.len > 0 ? db_textn(buf_bytes(&v->ics)) : (struct db_value){ 0 };
	struct title_key title;
	const char *day = record_day(doc->record);
	terms_title(doc->record, &title);
	return db_run(
	    v->db, err,
	    "INSERT INTO doc(id, current, kind, status, year, title_bytes, revision, previous, digest, ics, hidden,"
	    " retracted, subject, first, title, date)"
	    " VALUES (?1, ?10, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?12, ?13, ?14, ?15, ?16)",
	    db_int(doc->id), db_int(doc->record->kind), db_int(record_status(doc->record)),
	    db_int(doc->statement->subject.year), db_int((int64_t)v->title.len), db_int(doc->place.revision),
	    db_int(doc->place.previous), db_blob(bytes_of(doc->statement->digest, STATEMENT_DIGEST_BYTES)), ics,
	    db_int(doc->place.current), db_int(doc->hidden), db_int(doc->record->retraction != NULL),
	    db_text(doc->statement->subject.canonical), db_int(doc->place.first),
	    title.len > 0 ? db_text(title.text) : (struct db_value){ 0 },
	    day != NULL ? db_text(day) : (struct db_value){ 0 });
}

struct linking {
	struct db *db;
	int64_t doc, n;
};

static int link_put(void *arg, const struct edge *edge, struct err *err)
{
	struct linking *l = arg;
	return db_run(l->db, err, "INSERT INTO link(doc, n, type, detail, target) VALUES (?1, ?2, ?3, ?4, ?5)",
	              db_int(l->doc), db_int(l->n++), db_int(edge->type), db_int(edge->detail), db_text(edge->target));
}

static int links_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	struct linking l = { .db = v->db, .doc = doc->id };
	return joint_edges(doc->record, link_put, &l, err);
}

/* A line each. */
static void add_line(void *arg, enum record_words where, const char *text)
{
	struct viewer *v = arg;
	struct buf *b = where == RECORD_WORDS_REFERENCE ? &v->reference
	                : where == RECORD_WORDS_TITLE   ? &v->title
	                                                : &v->abstract;
	if (b->len > 0)
		buf_add_char(b, '\n');
	buf_add_str(b, text);
}

static void collect_texts(struct viewer *v, const Normlink__Record *r)
{
	buf_reset(&v->reference);
	buf_reset(&v->title);
	buf_reset(&v->abstract);
	record_words(r, add_line, v);
}

static int words_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	return db_run(v->db, err, "INSERT INTO words(rowid, reference, title, abstract) VALUES (?1, ?2, ?3, ?4)",
	              db_int(doc->id), db_textn(buf_bytes(&v->reference)), db_textn(buf_bytes(&v->title)),
	              db_textn(buf_bytes(&v->abstract)));
}

static int put_rows(struct viewer *v, struct doc *doc, struct err *err)
{
	collect_texts(v, doc->record);
	collect_codes(v, doc->record);
	int rc = chain_insert(v->db, doc->id, doc->record->kind, &doc->statement->subject, &doc->place, err);
	if (rc == OK && doc->place.current)
		rc = facets_put(v->db, doc->id, buf_bytes(&v->ics), doc->hidden, err);
	if (rc == OK)
		rc = doc_put(v, doc, err);
	if (rc == OK)
		rc = links_put(v, doc, err);
	if (rc == OK)
		rc = terms_put(v->terms, doc->id, doc->record, err);
	if (rc == OK)
		rc = words_put(v, doc, err);
	if (rc == OK && !doc->hidden)
		rc = measures_put(v->db, doc->id, doc->record, &doc->statement->subject, err);
	if (rc == OK && doc->place.alone)
		tally_of(v, id_slot(doc->id))->current++;
	return rc;
}

int viewer_put(struct viewer *v, int64_t slot, uint64_t index, bool hidden, const struct statement *statement,
               struct err *err)
{
	struct doc doc = {
		.id = entry_id(slot, index), .statement = statement, .record = statement->record, .hidden = hidden
	};
	bool redaction = doc.record->kind == NORMLINK__KIND__KIND_REDACTION;
	bool root = doc.record->kind == NORMLINK__KIND__KIND_INDEX;
	bool valid = !root || index_counts(doc.record, index, hidden);
	int rc = redaction ? v->judge_cb(v->roots.arg, slot, index, doc.record, &valid, err) : OK;
	if (rc == OK && !valid) {
		viewer_count_invalid(v, slot);
		return OK;
	}
	if (rc == OK)
		rc = put_rows(v, &doc, err);
	if (rc == OK && root)
		rc = index_stated(v->db, v->hasher, doc.id, doc.record->index, &v->roots, err);
	if (rc == OK && redaction) {
		v->redactions++;
		rc = db_run(v->db, err,
		            "INSERT INTO redaction(id, statement) VALUES (?1, ?2)"
		            " ON CONFLICT(id) DO UPDATE SET statement = max(statement, ?2)",
		            db_int(entry_id(slot, doc.record->redaction->index)), db_int((int64_t)index));
	}
	return rc;
}

size_t viewer_redactions(struct viewer *v)
{
	size_t count = v->redactions;
	v->redactions = 0;
	return count;
}

/* ---- and out again ---- */

/* An index without a copy of the text must be told what it was. */
static int words_remove(struct viewer *v, int64_t id, struct err *err)
{
	return db_run(v->db, err,
	              "INSERT INTO words(words, rowid, reference, title, abstract) VALUES ('delete', ?1, ?2, ?3, ?4)",
	              db_int(id), db_textn(buf_bytes(&v->reference)), db_textn(buf_bytes(&v->title)),
	              db_textn(buf_bytes(&v->abstract)));
}

static int remove_rows(struct viewer *v, int64_t id, const struct statement *statement, int64_t *stands,
                       struct err *err)
{
	struct chain_place place;
	collect_texts(v, statement->record);
	int rc = chain_remove(v->db, id, statement->record->kind, &statement->subject, &place, stands, err);
	if (rc == OK)
		rc = db_run(v->db, err, "DELETE FROM link WHERE doc = ?1", db_int(id));
	if (rc == OK)
		rc = terms_remove(v->terms, id, statement->record, err);
	if (rc == OK)
		rc = words_remove(v, id, err);
	if (rc == OK)
		rc = measures_remove(v->db, id, statement->record, &statement->subject, err);
	if (rc == OK && place.alone)
		tally_of(v, id_slot(id))->current--;
	return rc;
}

int viewer_remove(struct viewer *v, int64_t slot, uint64_t index, struct bytes payload, int64_t *stands,
                  struct err *err)
{
	struct statement statement;
	*stands = 0;
	arena_free(&v->arena);
	int rc = statement_open(v->hasher, payload, &v->arena, &statement);
	tally_of(v, slot)->missing++;
	tally_of(v, slot)->changes++;
	if (rc != OK) { /* it was never in */
		tally_of(v, slot)->invalid--;
		return OK;
	}
	rc = remove_rows(v, entry_id(slot, index), &statement, stands, err);
	return rc == ERR_NOT_FOUND ? err_set(err, ERR_CORRUPT, "the view lacks a record that it should hold") : rc;
}

void viewer_arrived(struct viewer *v, int64_t slot)
{
	tally_of(v, slot)->missing--;
	tally_of(v, slot)->changes++;
}

void viewer_count_invalid(struct viewer *v, int64_t slot)
{
	tally_of(v, slot)->invalid++;
}

void viewer_count_missing(struct viewer *v, int64_t slot)
{
	tally_of(v, slot)->missing++;
}

int viewer_add(struct viewer *v, int64_t slot, uint64_t index, bool hidden, enum payload_state state,
               struct bytes payload, struct err *err)
{
	if (state == PAYLOAD_NONE)
		return OK;
	if (state != PAYLOAD_PRESENT) {
		viewer_count_missing(v, slot);
		return OK;
	}
	if (v->arena.used > ARENA_SHARED_BYTES || payload.len > PREPARE_PAYLOAD_MAX)
		arena_free(&v->arena);
	struct statement statement;
	if (statement_open(v->hasher, payload, &v->arena, &statement) == OK)
		return viewer_put(v, slot, index, hidden, &statement, err);
	viewer_count_invalid(v, slot);
	return OK;
}
