#include "node/store/view.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/schema.h"
#include "proto/record_log.h"

enum {
	/* Rows share an arena until this much is used; a large payload gets one of its own, so that what its decoding may
	 * use does not depend on its neighbours. */
	ARENA_SHARED_BYTES = 512 * 1024,
	TALLIES = ORIGINS_MAX,
};

struct tally {
	int64_t slot;
	int64_t current, invalid, missing;
};

struct viewer {
	struct db *db;
	struct hasher *hasher;
	struct arena arena;
	struct buf reference, title, abstract, ics;
	struct tally tallies[TALLIES]; /* changes since the last flush */
	size_t tally_count;
};

/* One doc on its way into the tables. */
struct doc {
	int64_t id;
	const struct statement *statement;
	const Normlink__Record *record; /* the statement's */
	int64_t revision, previous;
};

struct viewer *viewer_new(struct db *db, struct hasher *hasher)
{
	struct viewer *v = calloc(1, sizeof *v);
	must(v != NULL);
	v->db = db;
	v->hasher = hasher;
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
	free(v);
}

void viewer_forget(struct viewer *v)
{
	v->tally_count = 0;
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
	int rc = OK;
	for (size_t i = 0; rc == OK && i < v->tally_count; i++) {
		const struct tally *t = &v->tallies[i];
		rc = db_run(v->db, err,
		            "INSERT INTO tally(slot, current, invalid, missing) VALUES (?1, ?2, ?3, ?4)"
		            " ON CONFLICT(slot) DO UPDATE SET current = current + ?2, invalid = invalid + ?3,"
		            " missing = missing + ?4",
		            db_int(t->slot), db_int(t->current), db_int(t->invalid), db_int(t->missing));
	}
	v->tally_count = 0;
	return rc;
}

int view_current(struct db *db, int64_t slot, int kind, const struct designator *subject, int64_t *doc, struct err *err)
{
	return db_get_int(db, err, doc,
	                  "SELECT doc FROM subject WHERE undated = ?1 AND supplement = ?2 AND subject = ?3 AND kind = ?4"
	                  " AND slot = ?5",
	                  db_text(subject->undated), db_int(subject->supplement), db_text(subject->canonical), db_int(kind),
	                  db_int(slot));
}

/* ---- superseding ---- */

/* Facets hold current docs alone: take a doc's codes out again. */
static int facets_remove(struct viewer *v, int64_t id, struct bytes codes, struct err *err)
{
	int rc = OK;
	while (rc == OK && codes.len > 0) {
		const uint8_t *blank = memchr(codes.data, ' ', codes.len);
		size_t n = blank == NULL ? codes.len : (size_t)(blank - codes.data);
		rc = db_run(v->db, err, "DELETE FROM facet WHERE code = ?1 AND doc = ?2", db_textn(bytes_of(codes.data, n)),
		            db_int(id));
		size_t used = blank == NULL ? n : n + 1;
		codes = bytes_of(codes.data + used, codes.len - used);
	}
	return rc;
}

/* The doc that was current until now is so no longer. */
static int supersede(struct viewer *v, struct doc *doc, int64_t old, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(v->db, err, &stmt, "SELECT revision, ics FROM doc WHERE id = ?1", db_int(old));
	if (rc == OK)
		rc = db_step(v->db, err, stmt, &row);
	if (rc == OK && !row)
		rc = err_set(err, ERR_CORRUPT, "the view names a record that it does not hold");
	if (rc == OK) {
		doc->revision = sqlite3_column_int64(stmt, 0) + 1;
		doc->previous = (int64_t)id_index(old);
		buf_reset(&v->ics);
		buf_add_bytes(&v->ics, db_column_bytes(stmt, 1));
	}
	db_end(stmt);
	if (rc == OK)
		rc = facets_remove(v, old, buf_bytes(&v->ics), err);
	if (rc == OK)
		rc = db_run(v->db, err, "UPDATE doc SET current = 0 WHERE id = ?1", db_int(old));
	return rc;
}

static int subject_put(struct viewer *v, struct doc *doc, struct err *err)
{
	int64_t slot = id_slot(doc->id), old;
	const struct designator *d = &doc->statement->subject;
	int kind = doc->record->kind;
	int rc = view_current(v->db, slot, kind, d, &old, err);
	if (rc == ERR_NOT_FOUND) {
		tally_of(v, slot)->current++;
		return db_run(
		    v->db, err,
		    "INSERT INTO subject(undated, supplement, subject, kind, slot, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		    db_text(d->undated), db_int(d->supplement), db_text(d->canonical), db_int(kind), db_int(slot),
		    db_int(doc->id));
	}
	if (rc == OK)
		rc = supersede(v, doc, old, err);
	if (rc == OK)
		rc = db_run(v->db, err,
		            "UPDATE subject SET doc = ?6 WHERE undated = ?1 AND supplement = ?2 AND subject = ?3 AND kind = ?4"
		            " AND slot = ?5",
		            db_text(d->undated), db_int(d->supplement), db_text(d->canonical), db_int(kind), db_int(slot),
		            db_int(doc->id));
	return rc;
}

/* ---- what a record says, row by row ---- */

/* How many leading parts (NN, NN.NNN, NN.NNN.NN) two codes share. */
static int parts_shared(struct bytes a, struct bytes b)
{
	int parts = 0;
	size_t i = 0;
	for (; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
		parts += a.data[i] == '.';
	bool a_ends = i == a.len || a.data[i] == '.', b_ends = i == b.len || b.data[i] == '.';
	return parts + (i > 0 && a_ends && b_ends);
}

/* The most parts that a code shares with one of those before it. */
static int shared_with_earlier(Normlink__Standard *standard, size_t n)
{
	int most = 0;
	for (size_t i = 0; i < n; i++) {
		int shared = parts_shared(bytes_str(standard->ics[i]), bytes_str(standard->ics[n]));
		most = shared > most ? shared : most;
	}
	return most;
}

/* Codes once each; v->ics gets them with blanks between. */
static int facets_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	Normlink__Standard *standard = doc->record->standard;
	int rc = OK;
	buf_reset(&v->ics);
	for (size_t i = 0; rc == OK && standard != NULL && i < standard->n_ics && i < FACETS_MAX; i++) {
		rc = db_run(v->db, err, "INSERT OR IGNORE INTO facet(code, doc, shared) VALUES (?1, ?2, ?3)",
		            db_text(standard->ics[i]), db_int(doc->id), db_int(shared_with_earlier(standard, i)));
		if (rc == OK && sqlite3_changes(v->db->conn) == 1) {
			if (v->ics.len > 0)
				buf_add_char(&v->ics, ' ');
			buf_add_str(&v->ics, standard->ics[i]);
		}
	}
	return rc;
}

static int doc_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	int64_t status = doc->record->standard != NULL ? doc->record->standard->status : 0;
	struct db_value ics = v->ics.len > 0 ? db_textn(buf_bytes(&v->ics)) : (struct db_value){ 0 };
	return db_run(v->db, err,
	              "INSERT INTO doc(id, current, kind, status, year, title_bytes, revision, previous, digest, ics)"
	              " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	              db_int(doc->id), db_int(doc->record->kind), db_int(status), db_int(doc->statement->subject.year),
	              db_int((int64_t)v->title.len), db_int(doc->revision), db_int(doc->previous),
	              db_blob(bytes_of(doc->statement->digest, STATEMENT_DIGEST_BYTES)), ics);
}

enum { LINK_ADOPTS = 100 /* beside the schema's LinkType */ };

static int link_put(struct viewer *v, const struct doc *doc, int64_t n, int64_t type, int64_t degree,
                    const char *target, struct err *err)
{
	return db_run(v->db, err, "INSERT INTO link(doc, n, type, degree, target) VALUES (?1, ?2, ?3, ?4, ?5)",
	              db_int(doc->id), db_int(n), db_int(type), db_int(degree), db_text(target));
}

static int links_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	const Normlink__Standard *standard = doc->record->standard;
	int64_t n = 0;
	int rc = OK;
	for (size_t i = 0; rc == OK && standard != NULL && i < standard->n_links; i++)
		rc = link_put(v, doc, n++, standard->links[i]->type, 0, standard->links[i]->target, err);
	for (size_t i = 0; rc == OK && standard != NULL && i < standard->n_adopts; i++)
		rc = link_put(v, doc, n++, LINK_ADOPTS, standard->adopts[i]->degree, standard->adopts[i]->target, err);
	return rc;
}

/* Texts of one role, a line each. */
static void add_line(struct buf *b, const char *text)
{
	if (b->len > 0)
		buf_add_char(b, '\n');
	buf_add_str(b, text);
}

static void collect_texts(struct viewer *v, const Normlink__Record *r)
{
	buf_reset(&v->reference);
	buf_reset(&v->title);
	buf_reset(&v->abstract);
	add_line(&v->reference, r->subject);
	if (r->standard != NULL && r->standard->reference != NULL)
		add_line(&v->reference, r->standard->reference);
	if (kind_about_log((int)r->kind) && log_statement_text(r) != NULL)
		add_line(&v->abstract, log_statement_text(r));
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *text = r->texts[i];
		if (text->value != NULL && text->role == NORMLINK__ROLE__ROLE_TITLE)
			add_line(&v->title, text->value);
		else if (text->value != NULL && text->role == NORMLINK__ROLE__ROLE_ABSTRACT)
			add_line(&v->abstract, text->value);
	}
}

static int words_put(struct viewer *v, const struct doc *doc, struct err *err)
{
	return db_run(v->db, err, "INSERT INTO words(rowid, reference, title, abstract) VALUES (?1, ?2, ?3, ?4)",
	              db_int(doc->id), db_textn(buf_bytes(&v->reference)), db_textn(buf_bytes(&v->title)),
	              db_textn(buf_bytes(&v->abstract)));
}

int viewer_put(struct viewer *v, int64_t slot, uint64_t index, const struct statement *statement, struct err *err)
{
	struct doc doc = { .id = entry_id(slot, index),
		               .statement = statement,
		               .record = statement->record,
		               .revision = 1,
		               .previous = PREVIOUS_NONE };
	collect_texts(v, doc.record);
	int rc = subject_put(v, &doc, err);
	if (rc == OK)
		rc = facets_put(v, &doc, err);
	if (rc == OK)
		rc = doc_put(v, &doc, err);
	if (rc == OK)
		rc = links_put(v, &doc, err);
	if (rc == OK)
		rc = words_put(v, &doc, err);
	return rc;
}

void viewer_count_invalid(struct viewer *v, int64_t slot)
{
	tally_of(v, slot)->invalid++;
}

void viewer_count_missing(struct viewer *v, int64_t slot)
{
	tally_of(v, slot)->missing++;
}

int viewer_add(struct viewer *v, int64_t slot, uint64_t index, enum payload_state state, struct bytes payload,
               struct err *err)
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
		return viewer_put(v, slot, index, &statement, err);
	viewer_count_invalid(v, slot);
	return OK;
}
