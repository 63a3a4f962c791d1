#include "node/store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/index_check.h"
#include "node/store/merge.h"
#include "node/store/postings.h"
#include "node/store/purge.h"
#include "node/store/recent.h"
#include "node/store/redact.h"
#include "node/store/results.h"
#include "node/store/rows.h"
#include "node/store/schema.h"
#include "node/store/snapshot.h"
#include "node/store/tokenizer.h"
#include "node/store/words.h"

enum {
	PATH_BYTES = 4096,
	WAL_IDLE_FRAMES = 64, /* 1 MiB: worth a checkpoint when nothing else waits */
};

static enum db_mode mode_of(enum store_mode mode)
{
	return mode == STORE_CREATE ? DB_CREATE : mode == STORE_WRITE ? DB_WRITE : DB_READ;
}

/* A fresh database gets its tables; an older view is made anew by a writer and refused by a reader. */
static int prepare(struct store *s, struct err *err)
{
	int rc = tokenizer_register(s->db.conn, err);
	if (rc == OK)
		rc = words_register(s, err);
	if (rc == OK && s->mode == STORE_CREATE)
		rc = schema_create(&s->db, err);
	bool view_fits = true;
	if (rc == OK && s->mode == STORE_WRITE)
		rc = schema_migrate(&s->db, err);
	if (rc == OK)
		rc = schema_check(&s->db, &view_fits, err);
	if (rc == OK)
		rc = purge_look(s, err);
	if (rc == OK && view_fits && s->mode == STORE_WRITE)
		rc = merge_look(s, err);
	if (rc != OK || view_fits)
		return rc;
	if (s->mode == STORE_READ)
		return err_set(err, ERR_UNSUPPORTED, "the view was made by another version: `normlink reindex` rebuilds it");
	return store_reindex(s, NULL, NULL, err);
}

int store_open(const char *dir, enum store_mode mode, struct store **out, struct err *err)
{
	char path[PATH_BYTES];
	*out = NULL;
	if ((size_t)snprintf(path, sizeof path, "%s/normlink.db", dir) >= sizeof path)
		return err_set(err, ERR_LIMIT, "%s: the path is too long", dir);
	struct store *s = calloc(1, sizeof *s);
	must(s != NULL);
	s->mode = mode;
	int rc = db_open(&s->db, path, mode_of(mode), err);
	if (rc != OK) {
		free(s);
		return rc;
	}
	s->hasher = hasher_new();
	s->packer = packer_new(&s->db);
	s->viewer = mode == STORE_READ ? NULL : viewer_new(&s->db, s->hasher, redact_judge, index_whole, index_differs, s);
	s->preparer = mode == STORE_READ ? NULL : preparer_new();
	rc = prepare(s, err);
	if (rc != OK) {
		store_close(s);
		return rc;
	}
	*out = s;
	return OK;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	db_rollback(&s->db);
	preparer_free(s->preparer);
	viewer_free(s->viewer);
	packer_free(s->packer);
	hasher_free(s->hasher);
	buf_free(&s->scratch);
	recent_close(s);
	rows_free(s->rows);
	postings_free(s->postings);
	snapshot_free(s->snapshot);
	results_free(s->results);
	db_close(&s->db);
	free(s);
}

void store_budget(struct store *s, uint64_t work, bool (*ended_cb)(void *arg), void *arg)
{
	must(s->reading == s->held);
	db_budget(&s->db, work, ended_cb, arg);
}

/* ---- one snapshot ---- */

int store_begin_read(struct store *s, struct err *err)
{
	if (s->reading == 0) {
		int64_t seen;
		int rc = db_begin_read(&s->db, err);
		/* BEGIN alone takes no snapshot; the first read does.  This one needs the first page only: what is wrong with a
		 * table is for the question, or for fsck, to find. */
		if (rc == OK)
			rc = db_get_int_values(&s->db, err, &seen, "PRAGMA user_version", NULL, 0);
		if (rc != OK) {
			db_rollback(&s->db);
			return rc;
		}
		recent_begin(s);
	}
	s->reading++;
	return OK;
}

void store_end_read(struct store *s)
{
	must(s->reading > 0);
	s->reading--;
	if (s->reading == 0)
		db_end_read(&s->db);
}

bool store_hold(struct store *s)
{
	must(s->reading == 0);
	store_budget(s, 0, NULL, NULL);
	s->held = store_begin_read(s, NULL) == OK ? 1 : 0;
	return s->held > 0;
}

void store_let_go(struct store *s)
{
	if (s->held == 0)
		return;
	must(s->reading == 1);
	s->held = 0;
	store_end_read(s);
}

/* ---- idle time ---- */

void store_idle(struct store *s)
{
	if (s->mode == STORE_READ || s->reading > 0)
		return;
	merge_when_idle(s);
	if (s->db.wal_frames >= WAL_IDLE_FRAMES)
		db_checkpoint(&s->db, false);
}
