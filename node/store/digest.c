#include "node/store/digest.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/schema.h"
#include "node/store/store.h"

/* SHA-256 over SHA-256 and the next CHAIN_BYTES or a little more: a hash of a stream that needs no streaming. */
enum { CHAIN_BYTES = 32 * 1024 };

struct chain {
	struct hash state;
	struct buf pending;
};

struct walk {
	struct db *db;
	struct hasher *hasher;
	struct chain *chains; /* one for each origin */
	size_t count;
	uint16_t place[ORIGINS_MAX + 1]; /* of a slot among the origins, plus one */
	struct err *err;
};

/* A table's rows in canonical order.  The first column is the row's slot, the second how many columns to the right of
 * it hold entry numbers, whose slot is left out of the hash. */
struct table {
	const char *name;
	const char *sql;
	int id_column; /* holds an entry's number; -1: none */
};

static const struct table tables[VIEW_TABLES] = {
	[TABLE_DOC] = { "doc",
	                "SELECT id >> 40, id, current, kind, status, year, title_bytes, revision, previous, digest, ics, "
	                "hidden, retracted, subject, first, title, date "
	                "FROM doc ORDER "
	                "BY id",
	                1 },
	[TABLE_SUBJECT] = { "subject",
	                    "SELECT slot, doc, undated, supplement, subject, kind FROM subject"
	                    " ORDER BY undated, supplement, subject, kind, slot",
	                    1 },
	[TABLE_FACET] = { "facet", "SELECT doc >> 40, doc, code, shared FROM facet ORDER BY code, doc", 1 },
	[TABLE_LINK] = { "link", "SELECT doc >> 40, doc, n, type, detail, target FROM link ORDER BY doc, n", 1 },
	/* A value that no doc has is of no origin: it would be what a redaction left behind. */
	[TABLE_TERM] = { "term",
	                 "SELECT t.doc >> 40, t.doc, l.field, l.value FROM label AS l LEFT JOIN term AS t ON t.label = l.id"
	                 " ORDER BY l.field, l.value, l.value COLLATE BINARY, t.doc",
	                 1 },
	[TABLE_TALLY] = { "tally", "SELECT slot, current, invalid, missing FROM tally ORDER BY slot", -1 },
	[TABLE_REDACTION] = { "redaction", "SELECT id >> 40, id, statement FROM redaction ORDER BY id", 1 },
	[TABLE_MEASURE] = { "measure",
	                    "SELECT slot, doc, about, kind, rest, retracted, level, obligation, status, year, degree, "
	                    "started,"
	                    " finished, last, due, state, fields, makes FROM measure ORDER BY about, slot, kind, rest, doc",
	                    1 },
	[TABLE_INDEX_MAP] = { "index_map", "SELECT slot, size, keys, tops FROM index_map ORDER BY slot", -1 },
	[TABLE_INDEX_BUCKET] = { "index_bucket", "SELECT id >> 40, id, leaves FROM index_bucket ORDER BY id", 1 },
	/* In the order of the index itself: term, doc, column, place. */
	[TABLE_WORDS] = { "words", "SELECT doc >> 40, doc, term, col, offset FROM temp.vocabulary", 1 },
};

const char *view_table_name(enum view_table table)
{
	return tables[table].name;
}

static void chain_flush(struct hasher *hasher, struct chain *c)
{
	struct bytes parts[] = { bytes_of(&c->state, sizeof c->state), buf_bytes(&c->pending) };
	c->state = hash_sum_parts(hasher, parts, 2);
	buf_reset(&c->pending);
}

/* One column, with its type and length, so that no two rows give the same bytes. */
static void add_column(struct buf *b, sqlite3_stmt *stmt, int column, bool is_id)
{
	int type = sqlite3_column_type(stmt, column);
	buf_add_char(b, (char)('0' + type));
	if (type == SQLITE_INTEGER) {
		int64_t value = sqlite3_column_int64(stmt, column);
		buf_add_u64(b, is_id ? id_index(value) : (uint64_t)value);
	} else if (type != SQLITE_NULL) {
		struct bytes bytes = db_column_bytes(stmt, column);
		buf_add_u32(b, (uint32_t)bytes.len);
		buf_add_bytes(b, bytes);
	}
}

static int add_row(struct walk *w, const struct table *t, sqlite3_stmt *stmt)
{
	int64_t slot = sqlite3_column_int64(stmt, 0);
	if (slot < 1 || slot > ORIGINS_MAX || w->place[slot] == 0)
		return err_set(w->err, ERR_CORRUPT, "the view's table %s has a row of an origin that is not stored", t->name);
	struct chain *c = &w->chains[w->place[slot] - 1];
	for (int i = 1; i < sqlite3_column_count(stmt); i++)
		add_column(&c->pending, stmt, i, i == t->id_column);
	if (c->pending.len >= CHAIN_BYTES)
		chain_flush(w->hasher, c);
	return OK;
}

static int walk_table(struct walk *w, const struct table *t)
{
	sqlite3_stmt *stmt;
	int rc = db_query_values(w->db, w->err, &stmt, t->sql, NULL, 0);
	while (rc == OK && db_next(w->db, w->err, stmt, &rc)) {
		rc = add_row(w, t, stmt);
	}
	db_end(stmt);
	return rc;
}

static int walk_all(struct walk *w, struct hash (*out)[VIEW_TABLES])
{
	int rc = OK;
	for (size_t t = 0; rc == OK && t < VIEW_TABLES; t++) {
		rc = walk_table(w, &tables[t]);
		for (size_t i = 0; i < w->count; i++) {
			chain_flush(w->hasher, &w->chains[i]);
			out[i][t] = w->chains[i].state;
			w->chains[i].state = (struct hash){ 0 };
		}
	}
	return rc;
}

int digest_view(struct db *db, struct hasher *hasher, const struct origin_row *origins, size_t count,
                struct hash (*out)[VIEW_TABLES], struct err *err)
{
	struct walk *w = calloc(1, sizeof *w);
	must(w != NULL);
	*w = (struct walk){ .db = db, .hasher = hasher, .count = count, .err = err };
	w->chains = calloc(count + 1, sizeof *w->chains);
	must(w->chains != NULL);
	int rc =
	    db_script(db, err, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, instance)");
	for (size_t i = 0; rc == OK && i < count; i++) {
		if (origins[i].slot <= ORIGINS_MAX)
			w->place[origins[i].slot] = (uint16_t)(i + 1);
	}
	if (rc == OK)
		rc = walk_all(w, out);
	for (size_t i = 0; i < count; i++)
		buf_free(&w->chains[i].pending);
	free(w->chains);
	free(w);
	return rc;
}

/* Names and per-origin hashes, in order of names. */
static int digest_all(struct store *s, struct arena *arena, struct hash *out, struct err *err)
{
	struct origin_row *origins;
	size_t count;
	int rc = origin_list(&s->db, arena, &origins, &count, err);
	struct hash(*hashes)[VIEW_TABLES] = arena_array(arena, count + 1, sizeof *hashes);
	if (rc == OK)
		rc = digest_view(&s->db, s->hasher, origins, count, hashes, err);
	struct buf all = { 0 };
	for (size_t i = 0; rc == OK && i < count; i++) {
		if (origins[i].size == 0)
			continue; /* known by its head alone: nothing of it is in the view */
		buf_add(&all, origins[i].name, strlen(origins[i].name) + 1);
		buf_add(&all, hashes[i], sizeof hashes[i]);
	}
	if (rc == OK)
		*out = hash_sum(s->hasher, buf_bytes(&all));
	buf_free(&all);
	return rc;
}

int store_view_digest(struct store *s, struct hash *out, struct err *err)
{
	struct arena arena = { 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = digest_all(s, &arena, out, err);
	store_end_read(s);
	arena_free(&arena);
	return rc;
}
