#include <inttypes.h>

#include "crypto/evidence.h"
#include "node/store/fsck.h"
#include "node/store/redact.h"
#include "node/store/schema.h"
#include "node/store/tiles.h"
#include "proto/message.h"

/* ---- envelopes against leaf hashes, payloads against envelopes ---- */

/* An entry is redacted exactly when a statement covers it (clause 2.8). */
static int check_redacted(struct fsck *f, const struct origin_row *o, uint64_t index, enum payload_state state,
                          struct err *err)
{
	bool covered = false;
	uint64_t statement;
	int rc = redact_find(&f->store->db, o->slot, index, &covered, &statement, err);
	if (rc != OK || covered == (state == PAYLOAD_REDACTED))
		return rc;
	return covered ? err_set(err, ERR_CORRUPT, "entry %" PRIu64 " redacts it, and its payload is still here", statement)
	               : err_set(err, ERR_CORRUPT, "its payload is gone, and no statement redacts it");
}

/* The row's collection is the envelope's. */
static int check_collection(struct fsck *f, const struct origin_row *o, uint64_t index, struct bytes raw,
                            struct err *err)
{
	struct bytes collection = { 0 };
	int64_t same = 0;
	bool hidden = envelope_collection(raw, &collection);
	int rc = db_get_int(&f->store->db, err, &same, "SELECT collection IS ?2 FROM payload WHERE id = ?1",
	                    db_int(entry_id(o->slot, index)), hidden ? db_textn(collection) : (struct db_value){ 0 });
	return rc != OK || same ? rc : err_set(err, ERR_CORRUPT, "its row names another collection than its envelope");
}

static int check_payload(struct fsck *f, const struct origin_row *o, uint64_t index, struct bytes raw, struct err *err)
{
	struct arena arena = { 0 };
	struct envelope envelope;
	struct bytes payload = { 0 };
	enum payload_state state = PAYLOAD_PRESENT;
	struct err e = { 0 };
	int rc = payload_read(f->store, o->slot, index, &arena, &payload, &state, &e);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(&e, ERR_CORRUPT, "its payload's row is missing");
	if (rc == OK && state == PAYLOAD_PRESENT) {
		f->report->payloads++;
		struct entry entry = { .envelope = raw, .payload = payload, .state = state };
		if (envelope_parse(raw, &envelope, &e) != OK || envelope_check(f->store->hasher, &envelope, payload, &e) != OK)
			rc = ERR_CORRUPT;
		else
			(void)keys_add_entry(&f->keys, index, &entry);
	} else if (rc == OK && state != PAYLOAD_NONE) {
		f->report->missing++;
	}
	arena_free(&arena);
	if (rc == OK)
		rc = check_redacted(f, o, index, state, &e);
	if (rc == OK)
		rc = check_collection(f, o, index, raw, &e);
	if (rc != OK)
		rc = err_wrap(&e, rc, "%s entry %" PRIu64, o->name, index);
	return fsck_settle(f, rc, &e, err);
}

static int tell(struct fsck *f, struct err *err)
{
	f->done++;
	if (f->progress_cb == NULL || f->done % BUNDLE_ENTRIES != 0 || f->progress_cb(f->arg, f->done, f->total))
		return OK;
	return err_set(err, ERR_CLOSED, "stopped");
}

/* The envelopes of one bundle, whose bytes are borrowed. */
static int check_envelopes(struct fsck *f, const struct origin_row *o, uint64_t bundle, struct bytes rest,
                           const struct hash *leaves, size_t leaf_count, struct err *err)
{
	uint64_t first = bundle * BUNDLE_ENTRIES;
	size_t due = o->size - first < BUNDLE_ENTRIES ? (size_t)(o->size - first) : BUNDLE_ENTRIES, n = 0;
	struct bytes envelope;
	bool broken;
	int rc = OK;
	for (; rc == OK && bundle_next(&rest, &envelope, &broken); n++) {
		struct hash leaf = hash_leaf(f->store->hasher, envelope);
		if (n < leaf_count && !hash_equal(&leaf, &leaves[n]))
			fsck_problem(f, "%s entry %" PRIu64 ": the envelope is not what its leaf hash says", o->name, first + n);
		if (n < due)
			rc = check_payload(f, o, first + n, envelope, err);
		f->report->entries++;
		if (rc == OK)
			rc = tell(f, err);
	}
	if (rc == OK && (broken || n != due))
		fsck_problem(f, "%s bundle %" PRIu64 ": %zu envelopes can be read, %zu should be there", o->name, bundle, n,
		             due);
	if (leaf_count != due)
		fsck_problem(f, "%s tile 0/%" PRIu64 ": %zu hashes, %zu should be there", o->name, bundle, leaf_count, due);
	return rc;
}

static int check_bundle(struct fsck *f, const struct origin_row *o, uint64_t bundle, struct err *err)
{
	struct hash leaves[TILE_HASHES];
	size_t leaf_count;
	struct err e = { 0 };
	int rc = tile_read(&f->store->db, o->slot, 0, bundle, leaves, &leaf_count, &e);
	rc = fsck_settle(f, rc, &e, err);
	if (rc != OK)
		return rc;
	f->report->tiles++;
	/* Copied, because payloads are read between its envelopes. */
	sqlite3_stmt *stmt;
	struct bytes entries;
	struct arena arena = { 0 };
	rc = bundle_find(&f->store->db, o->slot, bundle, &stmt, &entries, &e);
	entries = arena_bytes(&arena, entries);
	db_end(stmt);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(&e, ERR_CORRUPT, "%s bundle %" PRIu64 ": it is missing", o->name, bundle);
	rc = rc == OK ? check_envelopes(f, o, bundle, entries, leaves, leaf_count, err) : fsck_settle(f, rc, &e, err);
	arena_free(&arena);
	return rc;
}

/* ---- upper tiles ---- */

/* Hash number n of a level against the tile below that it stands for. */
static int check_node(struct fsck *f, const struct origin_row *o, unsigned level, uint64_t n, const struct hash *held,
                      struct err *err)
{
	struct hash below[TILE_HASHES];
	size_t count;
	struct err e = { 0 };
	int rc = tile_read(&f->store->db, o->slot, level - 1, n, below, &count, &e);
	if (rc != OK)
		return fsck_settle(f, rc, &e, err);
	if (count == TILE_HASHES) { /* else told with its own level */
		struct hash root = tree_hash_leaves(f->store->hasher, below, TILE_HASHES);
		if (!hash_equal(&root, held))
			fsck_problem(f, "%s tile %u/%" PRIu64 ": hash %" PRIu64 " is not the root of the tile below it", o->name,
			             level, n / TILE_HASHES, n % TILE_HASHES);
	}
	return OK;
}

static int check_tile(struct fsck *f, const struct origin_row *o, unsigned level, uint64_t tile, uint64_t nodes,
                      struct err *err)
{
	struct hash hashes[TILE_HASHES];
	size_t count, due = nodes - tile * TILE_HASHES < TILE_HASHES ? (size_t)(nodes - tile * TILE_HASHES) : TILE_HASHES;
	struct err e = { 0 };
	int rc = tile_read(&f->store->db, o->slot, level, tile, hashes, &count, &e);
	if (rc != OK)
		return fsck_settle(f, rc, &e, err);
	f->report->tiles++;
	if (count != due)
		fsck_problem(f, "%s tile %u/%" PRIu64 ": %zu hashes, %zu should be there", o->name, level, tile, count, due);
	for (size_t i = 0; rc == OK && i < count && i < due; i++)
		rc = check_node(f, o, level, tile * TILE_HASHES + i, &hashes[i], err);
	return rc;
}

static int check_upper_tiles(struct fsck *f, const struct origin_row *o, struct err *err)
{
	int rc = OK;
	for (unsigned level = 1; rc == OK && level < TILE_LEVELS; level++) {
		uint64_t nodes = o->size >> (TILE_HEIGHT * level);
		for (uint64_t tile = 0; rc == OK && tile * TILE_HASHES < nodes; tile++)
			rc = check_tile(f, o, level, tile, nodes, err);
	}
	return rc;
}

/* ---- the tree against roots and heads ---- */

static int check_root(struct fsck *f, const struct origin_row *o, uint64_t size, const struct hash *expected,
                      const char *what, struct err *err)
{
	struct tile_source source = { .store = f->store, .slot = o->slot };
	struct hash root;
	int rc = tree_root_at(f->store->hasher, tiles_as_source(&source), size, &root);
	if (rc != OK && rc != ERR_NOT_FOUND)
		return fsck_settle(f, rc, &source.err, err);
	if (rc == ERR_NOT_FOUND)
		fsck_problem(f, "%s: tiles are missing, so that the root of %" PRIu64 " entries cannot be computed", o->name,
		             size);
	else if (!hash_equal(&root, expected))
		fsck_problem(f, "%s: the root of %" PRIu64 " entries is not that of the %s", o->name, size, what);
	return OK;
}

/* By the key that is due; keys are statements that the log does not hold yet. */
static void check_note(struct fsck *f, const struct origin_row *o, struct bytes raw, struct bytes keys,
                       const char *what, uint64_t size, const struct hash *root)
{
	struct note note;
	struct checkpoint checkpoint;
	struct err e = { 0 };
	const struct vkey *key = f->key_cb != NULL ? f->key_cb(f->arg, o->name) : NULL;
	f->report->heads++;
	if (key == NULL) {
		f->report->unknown++;
		fsck_problem(f, "%s: no log key is known, so that its %s cannot be checked", o->name, what);
		return;
	}
	struct keys known;
	keys_copy(&f->keys, &known);
	keys_unpack(&known, KEY_OF_LOG, key, keys);
	int rc = keys_open_head(&known, key, raw, &note, &checkpoint, NULL, &e);
	keys_free(&known);
	if (rc != OK)
		fsck_problem(f, "%s: its %s: %s", o->name, what, e.text);
	else if (checkpoint.size != size || (root != NULL && !hash_equal(&checkpoint.root, root)))
		fsck_problem(f, "%s: its %s is for another size or root than is stored beside it", o->name, what);
}

/* One of the two may be of a branch that we never held, by a key that only that branch names. */
static int check_signed(struct fsck *f, const struct vkey *key, struct bytes head, struct err *err)
{
	struct note note;
	struct checkpoint checkpoint;
	int rc = keys_open_head(&f->keys, key, head, &note, &checkpoint, NULL, err);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

static void check_evidence(struct fsck *f, const struct origin_row *o, struct bytes evidence)
{
	struct evidence e;
	struct err why = { 0 };
	const struct vkey *key = f->key_cb != NULL ? f->key_cb(f->arg, o->name) : NULL;
	int rc = evidence_parse(evidence, &e, &why);
	if (rc == OK)
		rc = evidence_contradicts(f->store->hasher, &e, &why);
	if (rc == OK && key != NULL) /* that no key is known was said of its head */
		rc = check_signed(f, key, e.smaller, &why);
	if (rc == OK && key != NULL)
		rc = check_signed(f, key, e.larger, &why);
	if (rc != OK)
		fsck_problem(f, "%s: %s", o->name, why.text);
}

/* Its root stands in the note alone. */
static int check_cosigned(struct fsck *f, const struct origin_row *o, struct bytes raw, struct err *err)
{
	struct note note;
	struct checkpoint checkpoint;
	check_note(f, o, raw, bytes_of(NULL, 0), "cosigned head", o->cosigned_size, NULL);
	if (note_parse(raw, &note, NULL) != OK || checkpoint_parse(note.text, &checkpoint, NULL) != OK)
		return OK; /* told already */
	return check_root(f, o, o->cosigned_size, &checkpoint.root, "cosigned head", err);
}

static int check_heads(struct fsck *f, const struct origin_row *o, struct err *err)
{
	struct arena arena = { 0 };
	struct origin_heads heads;
	struct err e = { 0 };
	int rc = origin_heads(&f->store->db, o->slot, &arena, &heads, &e);
	if (rc == OK && heads.head.len > 0) {
		check_note(f, o, heads.head, bytes_of(NULL, 0), "head", o->head_size, &heads.head_root);
		rc = check_root(f, o, o->head_size, &heads.head_root, "signed head", &e);
	}
	if (rc == OK && heads.cosigned.len > 0)
		rc = check_cosigned(f, o, heads.cosigned, &e);
	if (rc == OK && heads.target.len > 0)
		check_note(f, o, heads.target, heads.target_keys, "newest seen head", o->target_size, NULL);
	arena_free(&arena);
	return fsck_settle(f, rc, &e, err);
}

static int check_forks(struct fsck *f, const struct origin_row *o, struct err *err)
{
	sqlite3_stmt *stmt;
	struct err e = { 0 };
	int rc = db_query(&f->store->db, &e, &stmt, "SELECT file FROM evidence WHERE id >= ?1 AND id < ?2",
	                  db_int(entry_id(o->slot, 0)), db_int(entry_id(o->slot + 1, 0)));
	while (rc == OK && db_next(&f->store->db, &e, stmt, &rc)) {
		check_evidence(f, o, db_column_bytes(stmt, 0));
	}
	db_end(stmt);
	return fsck_settle(f, rc, &e, err);
}

/* ---- no row too many ---- */

static int check_count(struct fsck *f, const struct origin_row *o, const char *sql, const char *what, uint64_t due,
                       struct err *err)
{
	int64_t held;
	struct err e = { 0 };
	int rc = db_get_int(&f->store->db, &e, &held, sql, db_int(entry_id(o->slot, 0)), db_int(entry_id(o->slot + 1, 0)));
	if (rc == OK && (uint64_t)held != due)
		fsck_problem(f, "%s: %lld %s are stored, %" PRIu64 " should be", o->name, (long long)held, what, due);
	return fsck_settle(f, rc, &e, err);
}

static int check_counts(struct fsck *f, const struct origin_row *o, struct err *err)
{
	uint64_t tiles = 0;
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		tiles += ((o->size >> (TILE_HEIGHT * level)) + TILE_HASHES - 1) / TILE_HASHES;
	int rc = check_count(f, o, "SELECT count(*) FROM bundle WHERE id >= ?1 AND id < ?2", "bundles",
	                     (o->size + BUNDLE_ENTRIES - 1) / BUNDLE_ENTRIES, err);
	if (rc == OK)
		rc = check_count(f, o, "SELECT count(*) FROM tile WHERE id >= ?1 AND id < ?2", "tiles", tiles, err);
	if (rc == OK)
		rc = check_count(f, o, "SELECT count(*) FROM payload WHERE id >= ?1 AND id < ?2", "payloads", o->size, err);
	if (rc == OK)
		rc = check_count(f, o, "SELECT count(*) FROM evidence WHERE id >= ?1 AND id < ?2", "pieces of evidence",
		                 (uint64_t)o->forks, err);
	return rc;
}

/* The digest by which the log is found. */
static int check_digest(struct fsck *f, const struct origin_row *o, struct err *err)
{
	struct hash digest = hash_sum(f->store->hasher, bytes_str(o->name));
	int64_t right = 0;
	struct err e = { 0 };
	int rc = db_get_int(&f->store->db, &e, &right, "SELECT digest = ?2 FROM origin WHERE slot = ?1", db_int(o->slot),
	                    db_blob(bytes_of(&digest, sizeof digest)));
	if (rc == OK && right == 0)
		fsck_problem(f, "%s: the digest stored beside its name is not the name's", o->name);
	return fsck_settle(f, rc, &e, err);
}

int fsck_log(struct fsck *f, const struct origin_row *o, struct err *err)
{
	keys_free(&f->keys);
	int rc = check_counts(f, o, err);
	if (rc == OK)
		rc = check_digest(f, o, err);
	for (uint64_t bundle = 0; rc == OK && bundle * BUNDLE_ENTRIES < o->size; bundle++)
		rc = check_bundle(f, o, bundle, err);
	if (rc == OK)
		rc = check_count(f, o, "SELECT count(*) FROM key_statement WHERE id >= ?1 AND id < ?2", "key statements",
		                 f->keys.count, err);
	if (rc == OK)
		rc = check_upper_tiles(f, o, err);
	if (rc == OK)
		rc = check_root(f, o, o->size, &o->root, "entries held", err);
	if (rc == OK)
		rc = check_heads(f, o, err);
	return rc == OK ? check_forks(f, o, err) : rc;
}
