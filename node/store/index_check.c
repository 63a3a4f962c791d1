#include "node/store/index_check.h"

#include <stdio.h>

#include "proto/index_root.h"
#include "proto/record.h"

/* ---- what counts, and what can be checked ---- */

bool index_counts(const Normlink__Record *record, uint64_t index, bool hidden)
{
	return !hidden && record->index->size == index;
}

int index_whole(void *arg, int64_t slot, uint64_t index, bool *whole, struct err *err)
{
	struct store *s = arg;
	struct db_value first = db_int(entry_id(slot, 0)), end = db_int(entry_id(slot, index));
	int64_t one;
	*whole = false;
	int rc = db_get_int(&s->db, err, &one,
	                    "SELECT 1 FROM payload INDEXED BY missing WHERE state = 2 AND collection IS NULL"
	                    " AND id >= ?1 AND id < ?2 LIMIT 1",
	                    first, end);
	if (rc == ERR_NOT_FOUND)
		/* Whatever order the view is made in, what is redacted is known by its payload. */
		rc = db_get_int(&s->db, err, &one,
		                "SELECT 1 FROM payload AS p INDEXED BY redacted WHERE p.state = 3 AND p.collection IS NULL"
		                " AND p.id >= ?1 AND p.id < ?2 AND NOT EXISTS"
		                " (SELECT 1 FROM redaction AS r WHERE r.id = p.id AND r.statement < ?3) LIMIT 1",
		                first, end, db_int((int64_t)index));
	*whole = rc == ERR_NOT_FOUND;
	return *whole ? OK : rc;
}

/* ---- findings ---- */

static bool same_sum(const struct index_sum *a, const struct index_sum *b)
{
	return a->keys == b->keys && hash_equal(&a->root, &b->root);
}

/* What is missing may be what makes it false: without all of it not even an equal root counts. */
static int judge(const struct index_sum *said, const struct index_sum *found, int64_t id, const struct index_judge *j,
                 enum index_verdict *out, struct err *err)
{
	bool whole = false;
	int rc = j->whole_cb(j->arg, id_slot(id), id_index(id), &whole, err);
	*out = !whole ? INDEX_UNCHECKED : same_sum(said, found) ? INDEX_HOLDS : INDEX_DIFFERS;
	return rc;
}

/* One that says less than what is noted already changes nothing. */
static int note(struct db *db, int64_t id, enum index_verdict verdict, const struct index_sum *said,
                const struct index_sum *found, const struct index_judge *j, struct err *err)
{
	if (verdict == INDEX_DIFFERS && j->differs_cb != NULL)
		j->differs_cb(j->arg, id);
	return db_run(db, err,
	              "INSERT INTO index_check(id, verdict, said_keys, said_root, found_keys, found_root)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(id) DO UPDATE"
	              " SET verdict = ?2, found_keys = ?5, found_root = ?6 WHERE ?2 <> 0",
	              db_int(id), db_int(verdict), db_int((int64_t)said->keys), db_blob(bytes_of(said->root.b, HASH_SIZE)),
	              db_int((int64_t)found->keys), db_blob(bytes_of(found->root.b, HASH_SIZE)));
}

int index_stated(struct db *db, struct hasher *h, int64_t id, const Normlink__IndexRoot *said,
                 const struct index_judge *j, struct err *err)
{
	struct index_sum sum = { .keys = said->keys }, found = { 0 };
	enum index_verdict verdict = INDEX_UNCHECKED;
	uint64_t covered = 0;
	if (said->version != INDEX_VERSION)
		return OK;
	memcpy(sum.root.b, said->root.data, HASH_SIZE); /* a valid record's */
	int rc = index_size(db, id_slot(id), &covered, err);
	bool newest = covered <= id_index(id);
	if (rc == OK && newest)
		rc = index_cover(db, h, id_slot(id), id_index(id), true, &found, err);
	if (rc == OK && newest)
		rc = judge(&sum, &found, id, j, &verdict, err);
	return rc == OK ? note(db, id, verdict, &sum, &found, j, err) : rc;
}

/* ---- reading ---- */

static void read_sum(sqlite3_stmt *stmt, int column, struct index_sum *out)
{
	struct bytes root = db_column_bytes(stmt, column + 1);
	out->keys = (uint64_t)sqlite3_column_int64(stmt, column);
	if (root.len == HASH_SIZE)
		memcpy(out->root.b, root.data, HASH_SIZE);
}

/* The newest that counts; its statement is in the view. */
static int read_newest(struct db *db, int64_t slot, struct index_state *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	*out = (struct index_state){ 0 };
	int rc = db_query(db, err, &stmt,
	                  "SELECT id, verdict, said_keys, said_root, found_keys, found_root FROM index_check"
	                  " WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
	                  db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		out->any = true;
		out->index = id_index(sqlite3_column_int64(stmt, 0));
		out->verdict = (enum index_verdict)sqlite3_column_int(stmt, 1);
		read_sum(stmt, 2, &out->said);
		read_sum(stmt, 4, &out->found);
	}
	db_end(stmt);
	return rc;
}

static int read_differing(struct db *db, int64_t slot, struct index_state *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc =
	    db_query(db, err, &stmt,
	             "SELECT count(*), coalesce(max(id), 0) FROM index_check WHERE verdict = 2 AND id >= ?1 AND id < ?2",
	             db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		out->differing = (uint64_t)sqlite3_column_int64(stmt, 0);
		out->newest_differing = id_index(sqlite3_column_int64(stmt, 1));
	}
	db_end(stmt);
	return rc;
}

/* Nearly always there is none, and this is asked for every answer. */
int index_differing(struct db *db, bool out[SLOT_MAX + 1], struct err *err)
{
	sqlite3_stmt *stmt;
	memset(out, 0, (SLOT_MAX + 1) * sizeof *out);
	int rc = db_query_values(
	    db, err, &stmt,
	    "SELECT id >> 40 FROM index_check AS c INDEXED BY index_differs WHERE verdict = 2 AND NOT"
	    " EXISTS (SELECT 1 FROM index_check AS n WHERE n.id > c.id AND n.id < ((c.id >> 40) + 1) << 40)",
	    NULL, 0);
	while (rc == OK && db_next(db, err, stmt, &rc)) {
		int64_t slot = sqlite3_column_int64(stmt, 0);
		if (slot >= 0 && slot <= SLOT_MAX)
			out[slot] = true;
	}
	db_end(stmt);
	return rc;
}

/* ---- those that differ ---- */

void index_differs(void *arg, int64_t id)
{
	struct store *s = arg;
	if (s->differing_count < FORKS_SHOWN_MAX)
		s->differing[s->differing_count++] = id;
}

static void read_false(sqlite3_stmt *stmt, struct index_false *out)
{
	*out = (struct index_false){ .index = id_index(sqlite3_column_int64(stmt, 0)) };
	read_sum(stmt, 1, &out->said);
	read_sum(stmt, 3, &out->found);
}

/* Of [first, last], the newest first. */
static int list_false(struct db *db, int64_t first, int64_t last, struct index_false *list, size_t room, size_t *count,
                      struct err *err)
{
	sqlite3_stmt *stmt;
	*count = 0;
	int rc =
	    db_query(db, err, &stmt,
	             "SELECT id, said_keys, said_root, found_keys, found_root FROM index_check INDEXED BY index_differs"
	             " WHERE verdict = 2 AND id >= ?1 AND id <= ?2 ORDER BY id DESC",
	             db_int(first), db_int(last));
	while (rc == OK && *count < room && db_next(db, err, stmt, &rc))
		read_false(stmt, &list[(*count)++]);
	db_end(stmt);
	return rc;
}

int index_list_false(void *ctx, const char *origin, uint64_t upto, struct index_false_list *out, struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	*out = (struct index_false_list){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK && o.size > 0)
		rc = list_false(&s->db, entry_id(o.slot, 0), entry_id(o.slot, upto < o.size ? upto : o.size - 1), out->v,
		                FORKS_SHOWN_MAX, &out->count, err);
	store_end_read(s);
	return rc;
}

bool store_found_false(struct store *s, size_t n, char origin[NAME_MAX_BYTES + 1], struct index_false *out)
{
	struct origin_row o;
	size_t count = 0;
	if (n >= s->differing_count)
		return false;
	int64_t id = s->differing[n];
	int rc = origin_at(&s->db, id_slot(id), &o, NULL);
	if (rc == OK)
		rc = list_false(&s->db, id, id, out, 1, &count, NULL);
	if (rc == OK && count == 1)
		(void)snprintf(origin, NAME_MAX_BYTES + 1, "%s", o.name);
	return rc == OK && count == 1;
}

int index_again(struct store *s, int64_t slot, struct err *err)
{
	struct index_state now;
	struct index_sum found;
	enum index_verdict verdict = INDEX_UNCHECKED;
	uint64_t covered = 0;
	const struct index_judge j = { index_whole, index_differs, s };
	int rc = read_newest(&s->db, slot, &now, err);
	if (rc == OK)
		rc = index_size(&s->db, slot, &covered, err);
	if (rc != OK || !now.any || now.verdict != INDEX_UNCHECKED || covered != now.index)
		return rc;
	int64_t id = entry_id(slot, now.index);
	rc = index_cover(&s->db, s->hasher, slot, now.index, false, &found, err);
	if (rc == OK)
		rc = judge(&now.said, &found, id, &j, &verdict, err);
	return rc == OK && verdict != INDEX_UNCHECKED ? note(&s->db, id, verdict, &now.said, &found, &j, err) : rc;
}

static int state_of(struct store *s, const char *origin, struct origin_row *o, struct index_state *out, struct err *err)
{
	*out = (struct index_state){ 0 };
	int rc = origin_find(&s->db, origin, o, err);
	if (rc == OK)
		rc = read_newest(&s->db, o->slot, out, err);
	return rc == OK ? read_differing(&s->db, o->slot, out, err) : rc;
}

int index_state(void *ctx, const char *origin, struct index_state *out, struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = state_of(s, origin, &o, out, err);
	store_end_read(s);
	return rc;
}

int store_index_next(struct store *s, const char *origin, struct index_next *out, struct err *err)
{
	struct origin_row o;
	struct index_state now;
	*out = (struct index_next){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = state_of(s, origin, &o, &now, err);
	if (rc == OK)
		rc = index_cover(&s->db, s->hasher, o.slot, o.size, false, &out->sum, err);
	out->size = o.size;
	out->due = rc == OK && (now.any ? !same_sum(&now.said, &out->sum) : out->sum.keys > 0);
	store_end_read(s);
	return rc;
}

/* ---- proofs ---- */

static int find_way(struct store *s, const char *origin, const struct hash *key, struct index_state *state,
                    struct map_proof *out, struct err *err)
{
	struct origin_row o;
	struct index_sum kept = { 0 };
	uint64_t covered = 0;
	int rc = state_of(s, origin, &o, state, err);
	if (rc == OK && !state->any)
		rc = err_set(err, ERR_NOT_FOUND, "%s has not said yet what is current in it: there is no index root", origin);
	if (rc == OK)
		rc = index_size(&s->db, o.slot, &covered, err);
	if (rc == OK)
		rc = index_way(&s->db, s->hasher, o.slot, key, out, &kept, err);
	if (rc != OK || (covered == state->index && same_sum(&kept, &state->said)))
		return rc;
	unsigned long long at = (unsigned long long)state->index;
	if (state->verdict == INDEX_DIFFERS)
		return err_set(err, ERR_NOT_READY, "%s: its index root at entry %llu is not what its entries give", origin, at);
	return err_set(
	    err, ERR_NOT_READY,
	    "%s: what its index root at entry %llu covers is not all here, or was redacted since; the next one will do",
	    origin, at);
}

int index_prove(void *ctx, const char *origin, int kind, const char *subject, struct index_state *state,
                struct map_proof *out, struct err *err)
{
	struct store *s = ctx;
	struct hash key = map_key(s->hasher, (uint32_t)kind, bytes_str(subject));
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_way(s, origin, &key, state, out, err);
	store_end_read(s);
	return rc;
}
