#include "node/store/reindex.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/schema.h"

enum { PROGRESS_ENTRIES = 1024 };

struct progress {
	store_progress_cb cb;
	void *arg;
	uint64_t done, total;
};

static int tell(struct progress *p, struct err *err)
{
	p->done++;
	if (p->cb == NULL || p->done % PROGRESS_ENTRIES != 0 || p->cb(p->arg, p->done, p->total))
		return OK;
	return err_set(err, ERR_CLOSED, "stopped; nothing was changed");
}

static int add_origin(struct store *s, struct viewer *viewer, const struct origin_row *o, struct progress *p,
                      struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT state, packing, data, id, collection FROM payload WHERE id >= ?1 AND id < ?2 ORDER BY id",
	                  db_int(entry_id(o->slot, 0)), db_int(entry_id(o->slot, o->size)));
	while (rc == OK) {
		struct arena arena = { 0 };
		struct bytes payload = { 0 };
		enum payload_state state;
		rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		rc = payload_column(s, o->slot, stmt, &arena, &payload, &state, err);
		if (rc == OK)
			rc = viewer_add(viewer, o->slot, id_index(sqlite3_column_int64(stmt, 3)),
			                sqlite3_column_type(stmt, 4) != SQLITE_NULL, state, payload, err);
		if (rc == OK)
			rc = tell(p, err);
		arena_free(&arena);
	}
	db_end(stmt);
	return rc;
}

int reindex_into(struct store *s, struct viewer *viewer, const struct origin_row *origins, size_t count,
                 store_progress_cb progress_cb, void *arg, struct err *err)
{
	struct progress progress = { .cb = progress_cb, .arg = arg };
	int rc = OK;
	for (size_t i = 0; i < count; i++)
		progress.total += origins[i].size;
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = add_origin(s, viewer, &origins[i], &progress, err);
	return rc == OK ? viewer_flush(viewer, err) : rc;
}

/* The full-text index wants docs in ascending order. */
static int by_slot(const void *left, const void *right)
{
	const struct origin_row *a = left, *b = right;
	return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static int rebuild(struct store *s, store_progress_cb progress_cb, void *arg, struct err *err)
{
	struct arena arena = { 0 };
	struct origin_row *origins;
	size_t count;
	viewer_forget(s->viewer);
	int rc = schema_drop_view(&s->db, err);
	if (rc == OK)
		rc = schema_create_view(&s->db, err);
	if (rc == OK)
		rc = origin_list(&s->db, &arena, &origins, &count, err);
	if (rc == OK && count > 1)
		qsort(origins, count, sizeof *origins, by_slot);
	if (rc == OK)
		rc = reindex_into(s, s->viewer, origins, count, progress_cb, arg, err);
	if (rc == OK)
		rc = schema_stamp_view(&s->db, err);
	arena_free(&arena);
	return rc;
}

int store_reindex(struct store *s, store_progress_cb progress_cb, void *arg, struct err *err)
{
	must(s->mode != STORE_READ && s->reading == 0);
	int rc = db_begin_write(&s->db, err);
	if (rc == OK)
		rc = rebuild(s, progress_cb, arg, err);
	if (rc == OK)
		rc = db_commit(&s->db, err);
	if (rc != OK) {
		db_rollback(&s->db);
		viewer_forget(s->viewer);
	} else {
		db_checkpoint(&s->db, true);
	}
	return rc;
}
