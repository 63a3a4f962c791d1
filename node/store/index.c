#include "node/store/index.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/schema.h"

enum {
	BUCKET_BITS = 10,
	BUCKETS = 1 << BUCKET_BITS,
	LEAF_BYTES = HASH_SIZE + 8,
	TOP_BYTES = 2 + HASH_SIZE,
};

/* Clause 2.18: of which kinds. */
#define INDEXED_KINDS "(kind <= 15 OR kind BETWEEN 101 AND 106)"

/* A key and the entry that is its value; of a change gone: it has none any more. */
struct leaf {
	struct hash key;
	uint64_t index;
	bool gone;
};

struct leaves {
	struct leaf *v;
	size_t count, cap;
};

/* The map while it is worked on. */
struct map_work {
	struct db *db;
	struct hasher *h;
	int64_t slot;
	bool keep;
	uint64_t size, keys;
	bool there[BUCKETS];
	struct hash tops[BUCKETS];
	struct leaves old, new; /* of one bucket */
	struct map_item *items;
	size_t item_cap;
	struct buf blob;
};

static void leaves_add(struct leaves *l, const struct leaf *leaf)
{
	if (l->count == l->cap) {
		l->cap = l->cap == 0 ? 64 : 2 * l->cap;
		l->v = realloc(l->v, l->cap * sizeof *l->v);
		must(l->v != NULL);
	}
	l->v[l->count++] = *leaf;
}

static unsigned bucket_of(const struct hash *key)
{
	return (unsigned)key->b[0] << (BUCKET_BITS - 8) | (unsigned)key->b[1] >> (16 - BUCKET_BITS);
}

/* ---- what is stored ---- */

static int corrupt(struct err *err)
{
	return err_set(err, ERR_CORRUPT, "the view's map of what is current is not one that was written");
}

static uint64_t read_u64(const uint8_t *at)
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

static int read_tops(struct map_work *w, struct bytes tops, struct err *err)
{
	int last = -1;
	for (size_t at = 0; at < tops.len; at += TOP_BYTES) {
		int bucket = tops.len - at >= TOP_BYTES ? tops.data[at] << 8 | tops.data[at + 1] : BUCKETS;
		if (bucket <= last || bucket >= BUCKETS)
			return corrupt(err);
		w->there[bucket] = true;
		memcpy(w->tops[bucket].b, tops.data + at + 2, HASH_SIZE);
		last = bucket;
	}
	return OK;
}

static int work_begin(struct map_work *w, struct db *db, struct hasher *h, int64_t slot, bool keep, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	*w = (struct map_work){ .db = db, .h = h, .slot = slot, .keep = keep };
	int rc = db_query(db, err, &stmt, "SELECT size, keys, tops FROM index_map WHERE slot = ?1", db_int(slot));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		w->size = (uint64_t)sqlite3_column_int64(stmt, 0);
		w->keys = (uint64_t)sqlite3_column_int64(stmt, 1);
		rc = read_tops(w, db_column_bytes(stmt, 2), err);
	}
	db_end(stmt);
	return rc;
}

static void work_end(struct map_work *w)
{
	free(w->old.v);
	free(w->new.v);
	free(w->items);
	buf_free(&w->blob);
}

static int write_tops(struct map_work *w, struct err *err)
{
	buf_reset(&w->blob);
	for (unsigned i = 0; i < BUCKETS; i++) {
		if (!w->there[i])
			continue;
		buf_add_u16(&w->blob, (uint16_t)i);
		buf_add(&w->blob, w->tops[i].b, HASH_SIZE);
	}
	return db_run(w->db, err,
	              "INSERT INTO index_map(slot, size, keys, tops) VALUES (?1, ?2, ?3, ?4)"
	              " ON CONFLICT(slot) DO UPDATE SET size = ?2, keys = ?3, tops = ?4",
	              db_int(w->slot), db_int((int64_t)w->size), db_int((int64_t)w->keys), db_blob(buf_bytes(&w->blob)));
}

/* w->old gets the bucket's leaves. */
static int read_bucket(struct map_work *w, unsigned bucket, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	w->old.count = 0;
	if (!w->there[bucket])
		return OK;
	int rc =
	    db_query(w->db, err, &stmt, "SELECT leaves FROM index_bucket WHERE id = ?1", db_int(entry_id(w->slot, bucket)));
	if (rc == OK)
		rc = db_step(w->db, err, stmt, &row);
	struct bytes raw = rc == OK && row ? db_column_bytes(stmt, 0) : bytes_of(NULL, 0);
	if (rc == OK && (raw.len == 0 || raw.len % LEAF_BYTES != 0))
		rc = corrupt(err);
	for (size_t at = 0; rc == OK && at < raw.len; at += LEAF_BYTES) {
		struct leaf leaf = { .index = read_u64(raw.data + at + HASH_SIZE) };
		memcpy(leaf.key.b, raw.data + at, HASH_SIZE);
		if (bucket_of(&leaf.key) != bucket ||
		    (w->old.count > 0 && map_compare(&w->old.v[w->old.count - 1].key, &leaf.key) >= 0))
			rc = corrupt(err);
		leaves_add(&w->old, &leaf);
	}
	db_end(stmt);
	return rc;
}

static int write_bucket(struct map_work *w, unsigned bucket, struct err *err)
{
	int64_t id = entry_id(w->slot, bucket);
	if (w->new.count == 0)
		return db_run(w->db, err, "DELETE FROM index_bucket WHERE id = ?1", db_int(id));
	buf_reset(&w->blob);
	for (size_t i = 0; i < w->new.count; i++) {
		buf_add(&w->blob, w->new.v[i].key.b, HASH_SIZE);
		buf_add_u64(&w->blob, w->new.v[i].index);
	}
	return db_run(w->db, err, "INSERT OR REPLACE INTO index_bucket(id, leaves) VALUES (?1, ?2)", db_int(id),
	              db_blob(buf_bytes(&w->blob)));
}

/* ---- hashes ---- */

static void need_items(struct map_work *w, size_t count)
{
	if (count <= w->item_cap)
		return;
	w->item_cap = count < 2 * w->item_cap ? 2 * w->item_cap : count;
	free(w->items);
	w->items = malloc(w->item_cap * sizeof *w->items);
	must(w->items != NULL);
}

/* w->items: these leaves, hashed. */
static void hash_leaves(struct map_work *w, const struct leaves *l)
{
	need_items(w, l->count);
	for (size_t i = 0; i < l->count; i++)
		w->items[i] = (struct map_item){ l->v[i].key, map_leaf(w->h, &l->v[i].key, l->v[i].index) };
}

/* w->items: the buckets that are there. */
static size_t hash_tops(struct map_work *w)
{
	size_t count = 0;
	need_items(w, BUCKETS);
	for (unsigned i = 0; i < BUCKETS; i++) {
		struct hash key = { { (uint8_t)(i >> (BUCKET_BITS - 8)), (uint8_t)(i << (16 - BUCKET_BITS)) } };
		if (w->there[i])
			w->items[count++] = (struct map_item){ key, w->tops[i] };
	}
	return count;
}

static struct index_sum sum_of(struct map_work *w)
{
	size_t count = hash_tops(w);
	return (struct index_sum){ .keys = w->keys, .root = map_root(w->h, w->items, count) };
}

/* ---- changes ---- */

static int by_key(const void *left, const void *right)
{
	const struct leaf *a = left, *b = right;
	int order = map_compare(&a->key, &b->key);
	return order != 0 ? order : a->index < b->index ? -1 : a->index > b->index;
}

/* w->new: w->old with these changes, of which the last of a key counts. */
static void merge(struct map_work *w, const struct leaf *changes, size_t count)
{
	size_t i = 0, n = 0;
	w->new.count = 0;
	while (i < w->old.count || n < count) {
		int order = i == w->old.count ? 1 : n == count ? -1 : map_compare(&w->old.v[i].key, &changes[n].key);
		if (order < 0) {
			leaves_add(&w->new, &w->old.v[i++]);
			continue;
		}
		if (n + 1 < count && map_compare(&changes[n].key, &changes[n + 1].key) == 0) {
			n++; /* the next one is newer */
			continue;
		}
		if (order == 0)
			i++;
		if (!changes[n].gone)
			leaves_add(&w->new, &changes[n]);
		n++;
	}
}

static int change_bucket(struct map_work *w, const struct leaf *changes, size_t count, struct err *err)
{
	unsigned bucket = bucket_of(&changes[0].key);
	int rc = read_bucket(w, bucket, err);
	if (rc != OK)
		return rc;
	merge(w, changes, count);
	if (w->keys + w->new.count < w->old.count)
		return corrupt(err);
	w->keys = w->keys + w->new.count - w->old.count;
	w->there[bucket] = w->new.count > 0;
	if (w->new.count > 0) {
		hash_leaves(w, &w->new);
		w->tops[bucket] = map_root(w->h, w->items, w->new.count);
	}
	return w->keep ? write_bucket(w, bucket, err) : OK;
}

static int change_all(struct map_work *w, struct leaves *changes, struct err *err)
{
	int rc = OK;
	if (changes->count > 1)
		qsort(changes->v, changes->count, sizeof *changes->v, by_key);
	for (size_t i = 0, n; rc == OK && i < changes->count; i += n) {
		unsigned bucket = bucket_of(&changes->v[i].key);
		for (n = 1; i + n < changes->count && bucket_of(&changes->v[i + n].key) == bucket;)
			n++;
		rc = change_bucket(w, changes->v + i, n, err);
	}
	return rc;
}

/* ---- what came since the last root ---- */

/* Docs of [w->size, size) whose keys lie in buckets [first, end). */
static int collect(struct map_work *w, uint64_t size, unsigned first, unsigned end, struct leaves *out, struct err *err)
{
	sqlite3_stmt *stmt;
	out->count = 0;
	int rc = db_query(w->db, err, &stmt,
	                  "SELECT id, kind, subject FROM doc WHERE id >= ?1 AND id < ?2 AND hidden = 0 AND " INDEXED_KINDS
	                  " ORDER BY id",
	                  db_int(entry_id(w->slot, w->size)), db_int(entry_id(w->slot, size)));
	while (rc == OK && db_next(w->db, err, stmt, &rc)) {
		struct leaf leaf = { .index = id_index(sqlite3_column_int64(stmt, 0)) };
		leaf.key = map_key(w->h, (uint32_t)sqlite3_column_int(stmt, 1), db_column_bytes(stmt, 2));
		unsigned bucket = bucket_of(&leaf.key);
		if (bucket >= first && bucket < end)
			leaves_add(out, &leaf);
	}
	db_end(stmt);
	return rc;
}

/* So many buckets at a time that what is collected of them stays small. */
static int cover(struct map_work *w, uint64_t size, struct err *err)
{
	struct leaves changes = { 0 };
	uint64_t parts = (size - w->size) / INDEX_PASS_MAX + 1, width = BUCKETS / (parts < BUCKETS ? parts : BUCKETS);
	int rc = OK;
	for (uint64_t first = 0; rc == OK && first < BUCKETS; first += width) {
		rc = collect(w, size, (unsigned)first, (unsigned)(first + width), &changes, err);
		if (rc == OK)
			rc = change_all(w, &changes, err);
	}
	free(changes.v);
	w->size = size;
	return rc;
}

int index_cover(struct db *db, struct hasher *h, int64_t slot, uint64_t size, bool keep, struct index_sum *out,
                struct err *err)
{
	struct map_work w;
	int rc = work_begin(&w, db, h, slot, keep, err);
	must(rc != OK || w.size <= size);
	if (rc == OK)
		rc = cover(&w, size, err);
	if (rc == OK && keep)
		rc = write_tops(&w, err);
	if (rc == OK)
		*out = sum_of(&w);
	work_end(&w);
	return rc;
}

int index_size(struct db *db, int64_t slot, uint64_t *size, struct err *err)
{
	int64_t held = 0;
	int rc = db_get_int(db, err, &held, "SELECT size FROM index_map WHERE slot = ?1", db_int(slot));
	*size = (uint64_t)held;
	return rc == ERR_NOT_FOUND ? OK : rc;
}

/* ---- below the newest root ---- */

/* One doc's place; counts: the kept map covers it. */
struct row {
	struct hash key;
	int64_t previous;
	bool counts;
};

static int read_row(struct db *db, struct hasher *h, int64_t id, struct row *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	*out = (struct row){ 0 };
	int rc = db_query(db, err, &stmt,
	                  "SELECT d.kind, d.subject, d.previous, d.hidden = 0 AND " INDEXED_KINDS
	                  " FROM doc AS d JOIN index_map AS m ON m.slot = ?2 WHERE d.id = ?1 AND ?3 < m.size",
	                  db_int(id), db_int(id_slot(id)), db_int((int64_t)id_index(id)));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		out->key = map_key(h, (uint32_t)sqlite3_column_int(stmt, 0), db_column_bytes(stmt, 1));
		out->previous = sqlite3_column_int64(stmt, 2);
		out->counts = sqlite3_column_int(stmt, 3) != 0;
	}
	db_end(stmt);
	return rc;
}

/* The value of a key now; false: it has none. */
static int value_of(struct map_work *w, const struct hash *key, bool *there, uint64_t *index, struct err *err)
{
	int rc = read_bucket(w, bucket_of(key), err);
	*there = false;
	for (size_t i = 0; rc == OK && i < w->old.count; i++) {
		if (map_compare(&w->old.v[i].key, key) != 0)
			continue;
		*there = true;
		*index = w->old.v[i].index;
	}
	return rc;
}

static int change_one(struct map_work *w, const struct leaf *change, struct err *err)
{
	int rc = change_bucket(w, change, 1, err);
	return rc == OK ? write_tops(w, err) : rc;
}

int index_came(struct db *db, struct hasher *h, int64_t id, struct err *err)
{
	struct row row;
	struct map_work w = { 0 };
	bool there = false;
	uint64_t now = 0;
	int rc = read_row(db, h, id, &row, err);
	if (rc != OK || !row.counts)
		return rc;
	rc = work_begin(&w, db, h, id_slot(id), true, err);
	if (rc == OK)
		rc = value_of(&w, &row.key, &there, &now, err);
	const struct leaf change = { .key = row.key, .index = id_index(id) };
	if (rc == OK && (!there || now < change.index))
		rc = change_one(&w, &change, err);
	work_end(&w);
	return rc;
}

/* The public doc before it on its subject. */
static int find_before(struct db *db, int64_t id, int64_t previous, struct leaf *out, struct err *err)
{
	int rc = OK;
	out->gone = true;
	while (rc == OK && out->gone && previous >= 0) {
		sqlite3_stmt *stmt;
		bool row = false;
		rc = db_query(db, err, &stmt, "SELECT hidden, previous FROM doc WHERE id = ?1",
		              db_int(entry_id(id_slot(id), (uint64_t)previous)));
		if (rc == OK)
			rc = db_step(db, err, stmt, &row);
		int64_t next = rc == OK && row ? sqlite3_column_int64(stmt, 1) : -1;
		if (rc == OK && (!row || next >= previous))
			rc = err_set(err, ERR_CORRUPT, "the view's records of one subject do not hang together");
		out->gone = rc != OK || sqlite3_column_int(stmt, 0) != 0;
		out->index = (uint64_t)previous;
		previous = next;
		db_end(stmt);
	}
	return rc;
}

int index_goes(struct db *db, struct hasher *h, int64_t id, struct err *err)
{
	struct row row;
	struct map_work w = { 0 };
	bool there = false;
	uint64_t now = 0;
	int rc = read_row(db, h, id, &row, err);
	if (rc != OK || !row.counts)
		return rc;
	struct leaf change = { .key = row.key };
	rc = work_begin(&w, db, h, id_slot(id), true, err);
	if (rc == OK)
		rc = value_of(&w, &row.key, &there, &now, err);
	if (rc == OK && there && now == id_index(id)) {
		rc = find_before(db, id, row.previous, &change, err);
		if (rc == OK)
			rc = change_one(&w, &change, err);
	}
	work_end(&w);
	return rc;
}

/* ---- ways ---- */

/* To the bucket, and on to the leaf in it. */
static int find_way(struct map_work *w, const struct hash *key, struct map_proof *out, struct err *err)
{
	size_t count = hash_tops(w);
	if (count == 0) {
		out->empty = true;
		return OK;
	}
	unsigned bucket = bucket_of(&w->items[map_prove(w->h, w->items, count, key, out)].key);
	int rc = read_bucket(w, bucket, err);
	if (rc != OK)
		return rc;
	hash_leaves(w, &w->old);
	size_t at = map_prove(w->h, w->items, w->old.count, key, out);
	out->key = w->old.v[at].key;
	out->value = w->old.v[at].index;
	return OK;
}

int index_way(struct db *db, struct hasher *h, int64_t slot, const struct hash *key, struct map_proof *out,
              struct index_sum *sum, struct err *err)
{
	struct map_work w;
	*out = (struct map_proof){ 0 };
	int rc = work_begin(&w, db, h, slot, false, err);
	if (rc == OK)
		*sum = sum_of(&w);
	if (rc == OK)
		rc = find_way(&w, key, out, err);
	work_end(&w);
	return rc;
}
