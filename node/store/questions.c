/* questions: the store as the struct view of query.h, and store_says. */
#include <sys/stat.h>

#include "node/base/must.h"
#include "node/store/arrival.h"
#include "node/store/audit.h"
#include "node/store/chain.h"
#include "node/store/forks.h"
#include "node/store/graph.h"
#include "node/store/harvest.h"
#include "node/store/index_check.h"
#include "node/store/key_statements.h"
#include "node/store/listing.h"
#include "node/store/logs.h"
#include "node/store/measures.h"
#include "node/store/recent.h"
#include "node/store/redact.h"
#include "node/store/said.h"
#include "node/store/schema.h"
#include "node/store/select.h"
#include "node/store/snapshot.h"
#include "node/store/store.h"
#include "node/store/subject.h"
#include "node/store/suggest.h"
#include "node/store/tiles.h"
#include "node/store/walk.h"
#include "proto/record.h"

/* ---- as-of ---- */

static int ask_begin(void *ctx, struct arena *arena, struct as_of **out, size_t *count, struct err *err)
{
	struct store *s = ctx;
	*count = 0;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = recent_as_of(s, arena, out, count, err);
	if (rc != OK)
		store_end_read(s);
	return rc;
}

static void ask_end(void *ctx)
{
	store_end_read(ctx);
}

static int ask_moment(void *ctx, uint64_t *out, struct err *err)
{
	const struct snapshot *n;
	int rc = store_begin_read(ctx, err);
	*out = 0;
	if (rc != OK)
		return rc;
	rc = snapshot_read(ctx, &n, err);
	*out = rc == OK ? (uint64_t)n->seq : 0;
	store_end_read(ctx);
	return rc;
}

/* ---- records ---- */

static int ask_changes(void *ctx, const struct query *query, const struct change_cursor *from,
                       const struct known_size *known, size_t known_count, struct arena *arena, struct change_list *out,
                       struct err *err)
{
	return arrival_changes(ctx, query, from, known, known_count, arena, out, err);
}

static int ask_subject(void *ctx, int kind, const char *subject, struct arena *arena, struct found_list *out,
                       struct err *err)
{
	return subject_read(ctx, kind, subject, arena, out, err);
}

static int ask_listing(void *ctx, const char *origin, int kind, const char *collection, uint64_t from, size_t limit,
                       struct arena *arena, struct found_list *out, struct err *err)
{
	struct store *s = ctx;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = listing_read(s, origin, kind, collection, from, limit, arena, out, err);
	store_end_read(s);
	return rc;
}

static int ask_said(void *ctx, const char *origin, int kind, const char *subject, uint64_t before, struct arena *arena,
                    struct found *out, struct err *err)
{
	return said_before(ctx, origin, kind, subject, before, arena, out, err);
}

static int ask_of_kind(void *ctx, const char *origin, int kind, uint64_t from, size_t limit, struct arena *arena,
                       struct found_list *out, struct err *err)
{
	return said_of_kind(ctx, origin, kind, from, limit, arena, out, err);
}

/* Is the entry a valid record, and the newest on its subject? */
static int is_current(struct store *s, int64_t slot, uint64_t index, bool *out, struct err *err)
{
	int64_t current = 0;
	int rc = db_get_int(&s->db, err, &current, "SELECT current FROM doc WHERE id = ?1", db_int(entry_id(slot, index)));
	*out = current != 0;
	return rc == ERR_NOT_FOUND ? OK : rc;
}

static int find_entry(struct store *s, const char *origin, uint64_t index, struct arena *arena, struct found *out,
                      struct err *err)
{
	struct origin_row o;
	int rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK && index >= o.size)
		rc = err_set(err, ERR_NOT_FOUND, "%s has no entry %llu here", origin, (unsigned long long)index);
	if (rc == OK)
		rc = envelope_read(s, o.slot, index, arena, &out->envelope, err);
	if (rc == OK)
		rc = payload_read(s, o.slot, index, arena, &out->payload, &out->state, err);
	if (rc == OK)
		rc = is_current(s, o.slot, index, &out->current, err);
	bool covered;
	if (rc == OK && out->state == PAYLOAD_REDACTED)
		rc = redact_find(&s->db, o.slot, index, &covered, &out->redacted_by, err);
	out->origin = arena_str(arena, origin);
	out->index = index;
	return rc;
}

static int ask_entry(void *ctx, const char *origin, uint64_t index, struct arena *arena, struct found *out,
                     struct err *err)
{
	struct store *s = ctx;
	*out = (struct found){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_entry(s, origin, index, arena, out, err);
	store_end_read(s);
	return rc;
}

/* ---- redactions ---- */

static int count_redactions(struct store *s, const char *origin, uint64_t *out, struct err *err)
{
	int64_t total = 0;
	struct db_value name = origin != NULL ? db_text(origin) : (struct db_value){ 0 };
	int rc = db_get_int(&s->db, err, &total,
	                    "SELECT count(*) FROM redaction WHERE ?1 IS NULL OR id >> 40 ="
	                    " (SELECT slot FROM origin WHERE name = ?1)",
	                    name);
	*out = (uint64_t)total;
	return rc;
}

static int fill_redacted(struct store *s, int64_t slot, struct arena *arena, struct redacted *r, struct err *err)
{
	enum payload_state state;
	int rc = envelope_read(s, slot, r->index, arena, &r->envelope, err);
	if (rc == OK)
		rc = envelope_read(s, slot, r->statement, arena, &r->said_envelope, err);
	return rc == OK ? payload_read(s, slot, r->statement, arena, &r->payload, &state, err) : rc;
}

static int list_redactions(struct store *s, const char *origin, size_t limit, size_t offset, struct arena *arena,
                           struct redacted_list *out, struct err *err)
{
	struct db_value name = origin != NULL ? db_text(origin) : (struct db_value){ 0 };
	int64_t *slots = arena_array(arena, limit, sizeof *slots);
	sqlite3_stmt *stmt;
	out->v = arena_array(arena, limit, sizeof *out->v);
	int rc =
	    db_query(&s->db, err, &stmt,
	             "SELECT o.name, r.id, r.statement FROM redaction AS r CROSS JOIN origin AS o ON o.slot = r.id >> 40"
	             " WHERE ?1 IS NULL OR o.name = ?1 ORDER BY o.name, r.statement DESC, r.id LIMIT ?2 OFFSET ?3",
	             name, db_int((int64_t)limit), db_int((int64_t)offset));
	while (rc == OK && out->count < limit && db_next(&s->db, err, stmt, &rc)) {
		struct bytes text = db_column_bytes(stmt, 0);
		slots[out->count] = id_slot(sqlite3_column_int64(stmt, 1));
		out->v[out->count++] = (struct redacted){ .origin = arena_strn(arena, text.data, text.len),
			                                      .index = id_index(sqlite3_column_int64(stmt, 1)),
			                                      .statement = (uint64_t)sqlite3_column_int64(stmt, 2) };
	}
	db_end(stmt);
	for (size_t i = 0; rc == OK && i < out->count; i++)
		rc = fill_redacted(s, slots[i], arena, &out->v[i], err);
	return rc;
}

static int ask_redactions(void *ctx, const char *origin, size_t limit, size_t offset, struct arena *arena,
                          struct redacted_list *out, struct err *err)
{
	struct store *s = ctx;
	*out = (struct redacted_list){ 0 };
	if (limit < 1 || limit > SEARCH_LIMIT_MAX || offset > SEARCH_OFFSET_MAX)
		return err_set(err, ERR_USAGE, "a limit of 1 to %d and an offset up to %d", SEARCH_LIMIT_MAX,
		               SEARCH_OFFSET_MAX);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = count_redactions(s, origin, &out->total, err);
	if (rc == OK)
		rc = list_redactions(s, origin, limit, offset, arena, out, err);
	store_end_read(s);
	return rc;
}

/* ---- what is withheld, here and from others ---- */

static int ask_withheld(void *ctx, struct arena *arena, struct withheld **out, size_t *count, struct err *err)
{
	return audit_withheld(ctx, arena, out, count, err);
}

static int ask_audit(void *ctx, const char *peer, uint64_t since_ms, size_t limit, size_t offset, struct arena *arena,
                     struct audit_list *out, struct err *err)
{
	return audit_list(ctx, peer, since_ms, limit, offset, arena, out, err);
}

/* ---- proofs ---- */

static int find_proof(struct store *s, const char *origin, uint64_t index, uint64_t size, struct tree_proof *out,
                      struct err *err)
{
	struct origin_row o;
	int rc = origin_find(&s->db, origin, &o, err);
	if (rc != OK)
		return rc;
	if (index >= o.size)
		return err_set(err, ERR_NOT_FOUND, "%s has no entry %llu here", origin, (unsigned long long)index);
	must(size <= o.head_size);
	if (index >= size)
		return err_set(err, ERR_NOT_READY, "the head of %s covers %llu entries and not yet entry %llu", origin,
		               (unsigned long long)size, (unsigned long long)index);
	struct tile_source source = { .store = s, .slot = o.slot };
	rc = tree_prove(s->hasher, tiles_as_source(&source), index, index + 1, size, out);
	if (rc == ERR_NOT_FOUND)
		return err_set(err, ERR_CORRUPT, "%s: a hash tile is missing", origin);
	return rc == OK ? OK : err_set(err, rc, "%s", source.err.text);
}

static int ask_prove(void *ctx, const char *origin, uint64_t index, uint64_t size, struct tree_proof *out,
                     struct err *err)
{
	struct store *s = ctx;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_proof(s, origin, index, size, out, err);
	store_end_read(s);
	return rc;
}

/* ---- heads by the hash of their origin ---- */

static int find_newest(struct store *s, const struct hash *name, struct arena *arena, struct bytes *note,
                       struct err *err)
{
	struct origin_row *rows;
	struct origin_heads heads;
	size_t count, i = 0;
	int rc = origin_list(&s->db, arena, &rows, &count, err);
	if (rc != OK)
		return rc;
	for (; i < count; i++) {
		struct hash own = hash_sum(s->hasher, bytes_str(rows[i].name));
		if (hash_equal(&own, name))
			break;
	}
	if (i == count)
		return err_set(err, ERR_NOT_FOUND, "no such origin here");
	rc = origin_heads(&s->db, rows[i].slot, arena, &heads, err);
	if (rc != OK)
		return rc;
	*note = heads.target.len > 0 ? heads.target : heads.head;
	return note->len > 0 ? OK : err_set(err, ERR_NOT_FOUND, "no head of %s here", rows[i].name);
}

static int ask_newest(void *ctx, const struct hash *name, struct arena *arena, struct bytes *note, struct err *err)
{
	struct store *s = ctx;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_newest(s, name, arena, note, err);
	store_end_read(s);
	return rc;
}

/* ---- forks ---- */

static int ask_evidence(void *ctx, const char *origin, struct arena *arena, struct fork_evidence *out, struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	*out = (struct fork_evidence){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK)
		rc = forks_list(s, &o, arena, out, err);
	store_end_read(s);
	return rc;
}

static int ask_keys(void *ctx, const char *origin, struct arena *arena, struct log_statement **out, size_t *count,
                    struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK)
		rc = key_statements_read(s, &o, arena, out, count, err);
	store_end_read(s);
	return rc;
}

/* ---- from record to record ---- */

static int ask_claims(void *ctx, struct arena *arena, struct claims *out, struct err *err)
{
	struct store *s = ctx;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = recent_claims(s, arena, out, err);
	store_end_read(s);
	return rc;
}

static int ask_family(void *ctx, const char *undated, const struct fact_question *question, struct arena *arena,
                      struct family *out, struct err *err)
{
	return graph_read_family(ctx, undated, question, arena, out, err);
}

static int ask_dependents(void *ctx, const struct dependents *of, const struct fact_question *question,
                          struct arena *arena, struct fact_list *out, struct err *err)
{
	return graph_read_dependents(ctx, of, question, arena, out, err);
}

static int ask_adopting(void *ctx, const char *origin, uint64_t from, size_t limit,
                        const struct fact_question *question, struct arena *arena, struct fact_list *out,
                        struct err *err)
{
	return graph_read_adopting(ctx, origin, from, limit, question, arena, out, err);
}

/* ---- figures ---- */

static int ask_statistics(void *ctx, const struct figure_question *question, struct arena *arena,
                          struct figure_list *out, struct err *err)
{
	struct store *s = ctx;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = measures_count(s, question, arena, out, err);
	store_end_read(s);
	return rc;
}

static uint64_t file_bytes(const char *path)
{
	struct stat info;
	return path != NULL && stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

static int ask_figures(void *ctx, struct view_figures *out, struct err *err)
{
	struct store *s = ctx;
	sqlite3_stmt *stmt;
	bool row = false;
	*out = (struct view_figures){ 0 };
	int rc = db_query_values(&s->db, err, &stmt,
	                         "SELECT (SELECT coalesce(sum(size), 0) FROM origin), coalesce(sum(current), 0),"
	                         " coalesce(sum(invalid), 0), coalesce(sum(missing), 0) FROM tally",
	                         NULL, 0);
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	if (rc == OK && row) {
		out->entries = (uint64_t)sqlite3_column_int64(stmt, 0);
		out->records = (uint64_t)sqlite3_column_int64(stmt, 1);
		out->invalid = (uint64_t)sqlite3_column_int64(stmt, 2);
		out->missing = (uint64_t)sqlite3_column_int64(stmt, 3);
	}
	db_end(stmt);
	const char *path = sqlite3_db_filename(s->db.conn, "main");
	out->db_bytes = file_bytes(path);
	out->wal_bytes = file_bytes(sqlite3_filename_wal(path));
	return rc;
}

struct view store_view(struct store *s)
{
	return (struct view){
		.ctx = s,
		.begin = ask_begin,
		.end = ask_end,
		.moment = ask_moment,
		.select = select_docs,
		.payload = select_payload,
		.suggest = suggest_read,
		.values = walk_around,
		.changes = ask_changes,
		.harvest = harvest_list,
		.item = harvest_item,
		.codes = harvest_codes,
		.earliest = harvest_earliest,
		.subject = ask_subject,
		.listing = ask_listing,
		.listing_at = listing_at,
		.said = ask_said,
		.of_kind = ask_of_kind,
		.entry = ask_entry,
		.redactions = ask_redactions,
		.withheld = ask_withheld,
		.audit = ask_audit,
		.prove = ask_prove,
		.newest = ask_newest,
		.indexed = index_state,
		.current = index_prove,
		.log = logs_find,
		.tile = logs_tile,
		.bundle = logs_bundle,
		.false_roots = index_list_false,
		.evidence = ask_evidence,
		.keys = ask_keys,
		.statistics = ask_statistics,
		.claims = ask_claims,
		.family = ask_family,
		.dependents = ask_dependents,
		.adopting = ask_adopting,
		.figures = ask_figures,
	};
}

/* ---- what an origin says already ---- */

static int same_record(struct store *s, int64_t doc, struct bytes record, bool *same, struct err *err)
{
	sqlite3_stmt *stmt;
	uint8_t digest[STATEMENT_DIGEST_BYTES];
	bool row = false;
	statement_digest(s->hasher, record, digest);
	int rc = db_query(&s->db, err, &stmt, "SELECT digest FROM doc WHERE id = ?1", db_int(doc));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	*same = rc == OK && row && bytes_equal(db_column_bytes(stmt, 0), bytes_of(digest, sizeof digest));
	db_end(stmt);
	return rc;
}

int store_says(struct store *s, const char *origin, int kind, const char *subject, struct bytes record, bool *same,
               bool *exists, struct err *err)
{
	struct origin_row o;
	struct designator d;
	int64_t doc = 0;
	*same = *exists = false;
	int rc = record_subject(kind, subject, &d, err);
	if (rc == OK)
		rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK)
		rc = chain_current(&s->db, o.slot, kind, &d, &doc, err);
	if (rc == ERR_NOT_FOUND)
		return OK;
	*exists = rc == OK;
	return rc == OK ? same_record(s, doc, record, same, err) : rc;
}
