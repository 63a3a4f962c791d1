#include "node/store/snapshot.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/graph.h"
#include "node/store/pinned.h"

enum { BUILDS_SHIFT = 40 };

/* A view that is built anew counts from nothing again, and must not come to the same count. */
static int load_changes(struct store *s, struct snapshot *n, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t builds = 0;
	int rc = db_get_int_values(&s->db, err, &builds, "SELECT value FROM meta WHERE key = 'view_builds'", NULL, 0);
	if (rc != OK && rc != ERR_NOT_FOUND)
		return rc;
	for (size_t i = 0; i <= SLOT_MAX; i++)
		n->changes[i] = (uint64_t)builds << BUILDS_SHIFT;
	rc = db_query_values(&s->db, err, &stmt, "SELECT slot, changes FROM tally", NULL, 0);
	while (rc == OK && db_next(&s->db, err, stmt, &rc)) {
		int64_t slot = sqlite3_column_int64(stmt, 0);
		if (slot >= 1 && slot <= SLOT_MAX)
			n->changes[slot] += (uint64_t)sqlite3_column_int64(stmt, 1);
	}
	db_end(stmt);
	return rc;
}

static int load(struct store *s, struct snapshot *n, struct err *err)
{
	int rc = origin_list(&s->db, &n->arena, &n->origins, &n->origin_count, err);
	for (size_t i = 0; rc == OK && i < n->origin_count; i++) {
		int64_t slot = n->origins[i].slot;
		if (slot < 1 || slot > SLOT_MAX)
			return err_set(err, ERR_CORRUPT, "an origin is stored under a number that is none");
		n->by_slot[slot] = &n->origins[i];
		n->place[slot] = (unsigned)i;
	}
	if (rc == OK)
		rc = load_changes(s, n, err);
	if (rc == OK)
		rc = graph_read_claims(s, &n->arena, &n->claims, err);
	if (rc == OK)
		rc = db_get_int_values(&s->db, err, &n->seq, "SELECT ifnull(max(seq), 0) FROM arrival", NULL, 0);
	if (rc != OK)
		return rc;
	struct pin pin;
	pin_of(n, &pin);
	return pin_check(s, n, &pin, &n->check, err);
}

int snapshot_read(struct store *s, const struct snapshot **out, struct err *err)
{
	int64_t version = db_version(&s->db), written = sqlite3_total_changes64(s->db.conn);
	struct snapshot *n = s->snapshot;
	must(s->reading > 0);
	if (n == NULL) {
		n = s->snapshot = calloc(1, sizeof *n);
		must(n != NULL);
	}
	*out = n;
	if (n->known && n->version == version && n->written == written)
		return OK;
	arena_free(&n->arena);
	*n = (struct snapshot){ .version = version, .written = written };
	int rc = load(s, n, err);
	n->known = rc == OK;
	return rc;
}

int snapshot_origin(const struct snapshot *s, int64_t doc, const struct origin_row **out, struct err *err)
{
	int64_t slot = id_slot(doc);
	*out = slot >= 1 && slot <= SLOT_MAX ? s->by_slot[slot] : NULL;
	return *out != NULL ? OK : err_set(err, ERR_CORRUPT, "the view names an origin that is not stored");
}

void snapshot_free(struct snapshot *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s);
}
