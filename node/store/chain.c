#include "node/store/chain.h"

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/store/schema.h"

int chain_current(struct db *db, int64_t slot, int kind, const struct designator *subject, int64_t *doc,
                  struct err *err)
{
	return db_get_int(db, err, doc,
	                  "SELECT doc FROM subject WHERE undated = ?1 AND supplement = ?2 AND subject = ?3 AND kind = ?4"
	                  " AND slot = ?5",
	                  db_text(subject->undated), db_int(chain_part(subject)), db_text(subject->canonical), db_int(kind),
	                  db_int(slot));
}

/* ---- codes ---- */

bool facets_next(struct bytes *rest, struct bytes *code)
{
	if (rest->len == 0)
		return false;
	const uint8_t *blank = memchr(rest->data, ' ', rest->len);
	size_t n = blank == NULL ? rest->len : (size_t)(blank - rest->data), used = blank == NULL ? n : n + 1;
	*code = bytes_of(rest->data, n);
	*rest = bytes_of(rest->data + used, rest->len - used);
	return true;
}

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
static int shared_with_earlier(struct bytes earlier, struct bytes code)
{
	struct bytes other;
	int most = 0;
	while (facets_next(&earlier, &other)) {
		int shared = parts_shared(other, code);
		most = shared > most ? shared : most;
	}
	return most;
}

int facets_put(struct db *db, int64_t id, struct bytes codes, bool hidden, struct err *err)
{
	struct bytes rest = codes, code;
	int rc = OK;
	while (rc == OK && facets_next(&rest, &code)) {
		struct bytes earlier = bytes_of(codes.data, (size_t)(code.data - codes.data));
		rc = db_run(db, err, "INSERT INTO facet(code, doc, shared) VALUES (?1, ?2, ?3)", db_textn(code), db_int(id),
		            db_int(shared_with_earlier(earlier, code) + (hidden ? FACET_HIDDEN : 0)));
	}
	return rc;
}

static int facets_remove(struct db *db, int64_t id, struct bytes codes, struct err *err)
{
	struct bytes code;
	int rc = OK;
	while (rc == OK && facets_next(&codes, &code))
		rc = db_run(db, err, "DELETE FROM facet WHERE code = ?1 AND doc = ?2", db_textn(code), db_int(id));
	return rc;
}

/* ---- links of the chain ---- */

struct ring {
	int64_t id, revision, previous, first;
	bool current, hidden;
	struct buf ics;
};

static int ring_read(struct db *db, int64_t id, struct ring *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(db, err, &stmt, "SELECT revision, previous, current, ics, hidden, first FROM doc WHERE id = ?1",
	                  db_int(id));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && !row)
		rc = err_set(err, ERR_CORRUPT, "the view names a record that it does not hold");
	if (rc == OK) {
		out->id = id;
		out->revision = sqlite3_column_int64(stmt, 0);
		out->previous = sqlite3_column_int64(stmt, 1);
		out->current = sqlite3_column_int(stmt, 2) != 0;
		out->hidden = sqlite3_column_int(stmt, 4) != 0;
		out->first = sqlite3_column_int64(stmt, 5);
		buf_reset(&out->ics);
		buf_add_bytes(&out->ics, db_column_bytes(stmt, 3));
	}
	db_end(stmt);
	return rc;
}

static int set_current(struct db *db, const struct ring *r, bool current, struct err *err)
{
	struct bytes codes = buf_bytes(&r->ics);
	int rc = current ? facets_put(db, r->id, codes, r->hidden, err) : facets_remove(db, r->id, codes, err);
	return rc != OK ? rc : db_run(db, err, "UPDATE doc SET current = ?2 WHERE id = ?1", db_int(r->id), db_int(current));
}

/* Walk down from the newest doc to the one right above id, counting by more on the way. */
static int walk_above(struct db *db, int64_t newest, int64_t id, int64_t more, struct ring *above, struct err *err)
{
	int rc = ring_read(db, newest, above, err);
	while (rc == OK) {
		rc = db_run(db, err, "UPDATE doc SET revision = revision + ?2 WHERE id = ?1", db_int(above->id), db_int(more));
		int64_t next = above->previous == PREVIOUS_NONE ? 0 : entry_id(id_slot(id), (uint64_t)above->previous);
		if (rc != OK || next <= id)
			break;
		if (next >= above->id)
			return err_set(err, ERR_CORRUPT, "the view's records of one subject go round in a circle");
		rc = ring_read(db, next, above, err);
	}
	return rc;
}

/* From the newest doc down to the last one above id: another is the oldest now. */
static int set_first(struct db *db, int64_t newest, int64_t id, int64_t first, struct err *err)
{
	struct ring at = { .id = newest };
	int rc = OK;
	while (rc == OK && at.id > id) {
		rc = ring_read(db, at.id, &at, err);
		if (rc == OK)
			rc = db_run(db, err, "UPDATE doc SET first = ?2 WHERE id = ?1", db_int(at.id), db_int(first));
		at.id = at.previous == PREVIOUS_NONE ? 0 : entry_id(id_slot(id), (uint64_t)at.previous);
	}
	buf_free(&at.ics);
	return rc;
}

static int set_previous(struct db *db, int64_t id, int64_t previous, struct err *err)
{
	return db_run(db, err, "UPDATE doc SET previous = ?2 WHERE id = ?1", db_int(id), db_int(previous));
}

static int set_newest(struct db *db, int64_t slot, int kind, const struct designator *d, int64_t doc, struct err *err)
{
	return db_run(db, err,
	              "UPDATE subject SET doc = ?6 WHERE undated = ?1 AND supplement = ?2 AND subject = ?3 AND kind = ?4"
	              " AND slot = ?5",
	              db_text(d->undated), db_int(chain_part(d)), db_text(d->canonical), db_int(kind), db_int(slot),
	              db_int(doc));
}

/* ---- coming ---- */

static int insert_first(struct db *db, int64_t id, int kind, const struct designator *d, struct err *err)
{
	return db_run(db, err,
	              "INSERT INTO subject(undated, supplement, subject, kind, slot, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	              db_text(d->undated), db_int(chain_part(d)), db_text(d->canonical), db_int(kind), db_int(id_slot(id)),
	              db_int(id));
}

static int insert_newest(struct db *db, int64_t id, int64_t old, int kind, const struct designator *d,
                         struct chain_place *out, struct err *err)
{
	struct ring before = { 0 };
	int rc = ring_read(db, old, &before, err);
	if (rc == OK)
		rc = set_current(db, &before, false, err);
	if (rc == OK)
		rc = set_newest(db, id_slot(id), kind, d, id, err);
	out->revision = before.revision + 1;
	out->previous = (int64_t)id_index(old);
	out->first = before.first;
	buf_free(&before.ics);
	return rc;
}

static int insert_below(struct db *db, int64_t id, int64_t newest, struct chain_place *out, struct err *err)
{
	struct ring above = { 0 };
	int rc = walk_above(db, newest, id, 1, &above, err);
	if (rc == OK && above.previous == (int64_t)id_index(id))
		rc = err_set(err, ERR_CORRUPT, "the view holds a record that comes anew");
	if (rc == OK)
		rc = set_previous(db, above.id, (int64_t)id_index(id), err);
	out->current = false;
	out->revision = above.revision; /* as it was before one more was counted */
	out->previous = above.previous;
	out->first = above.previous == PREVIOUS_NONE ? (int64_t)id_index(id) : above.first;
	if (rc == OK && above.previous == PREVIOUS_NONE)
		rc = set_first(db, newest, id, out->first, err);
	buf_free(&above.ics);
	return rc;
}

int chain_insert(struct db *db, int64_t id, int kind, const struct designator *subject, struct chain_place *out,
                 struct err *err)
{
	int64_t newest;
	*out = (struct chain_place){
		.current = true, .revision = 1, .previous = PREVIOUS_NONE, .first = (int64_t)id_index(id)
	};
	int rc = chain_current(db, id_slot(id), kind, subject, &newest, err);
	if (rc == ERR_NOT_FOUND) {
		out->alone = true;
		return insert_first(db, id, kind, subject, err);
	}
	if (rc != OK)
		return rc;
	return newest < id ? insert_newest(db, id, newest, kind, subject, out, err)
	                   : insert_below(db, id, newest, out, err);
}

/* ---- going ---- */

static int remove_newest(struct db *db, const struct ring *gone, int kind, const struct designator *d, int64_t *stands,
                         struct err *err)
{
	int64_t slot = id_slot(gone->id);
	if (gone->previous == PREVIOUS_NONE)
		return db_run(db, err,
		              "DELETE FROM subject WHERE undated = ?1 AND supplement = ?2 AND subject = ?3 AND kind = ?4"
		              " AND slot = ?5",
		              db_text(d->undated), db_int(chain_part(d)), db_text(d->canonical), db_int(kind), db_int(slot));
	struct ring before = { 0 };
	int rc = ring_read(db, entry_id(slot, (uint64_t)gone->previous), &before, err);
	if (rc == OK)
		rc = set_current(db, &before, true, err);
	if (rc == OK)
		rc = set_newest(db, slot, kind, d, before.id, err);
	*stands = before.id;
	buf_free(&before.ics);
	return rc;
}

static int remove_below(struct db *db, const struct ring *gone, int kind, const struct designator *d, int64_t *stands,
                        struct err *err)
{
	struct ring above = { 0 };
	int64_t newest;
	int rc = chain_current(db, id_slot(gone->id), kind, d, &newest, err);
	if (rc == OK && newest > gone->id)
		rc = walk_above(db, newest, gone->id, -1, &above, err);
	if (rc == ERR_NOT_FOUND || (rc == OK && above.previous != (int64_t)id_index(gone->id)))
		rc = err_set(err, ERR_CORRUPT, "the view's records of one subject do not hang together");
	if (rc == OK)
		rc = set_previous(db, above.id, gone->previous, err);
	if (rc == OK && gone->previous == PREVIOUS_NONE) {
		rc = set_first(db, newest, gone->id, (int64_t)id_index(above.id), err);
		*stands = newest;
	}
	buf_free(&above.ics);
	return rc;
}

int chain_remove(struct db *db, int64_t id, int kind, const struct designator *subject, struct chain_place *out,
                 int64_t *stands, struct err *err)
{
	struct ring gone = { 0 };
	int64_t there;
	*stands = 0;
	int rc = db_get_int(db, err, &there, "SELECT id FROM doc WHERE id = ?1", db_int(id));
	if (rc == OK)
		rc = ring_read(db, id, &gone, err);
	if (rc == OK && gone.current)
		rc = set_current(db, &gone, false, err);
	if (rc == OK)
		rc = gone.current ? remove_newest(db, &gone, kind, subject, stands, err)
		                  : remove_below(db, &gone, kind, subject, stands, err);
	if (rc == OK)
		rc = db_run(db, err, "DELETE FROM doc WHERE id = ?1", db_int(id));
	*out = (struct chain_place){ .current = gone.current,
		                         .alone = gone.current && gone.previous == PREVIOUS_NONE,
		                         .revision = gone.revision,
		                         .previous = gone.previous,
		                         .first = gone.first };
	buf_free(&gone.ics);
	return rc;
}
