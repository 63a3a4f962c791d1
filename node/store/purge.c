#include "node/store/purge.h"

#include "node/base/must.h"

#define PURGE_KEY "purge"

int purge_want(struct store *s, struct err *err)
{
	int rc = db_run_values(&s->db, err, "INSERT OR REPLACE INTO meta(key, value) VALUES ('" PURGE_KEY "', 1)", NULL, 0);
	if (rc == OK)
		s->purge_wanted = true;
	return rc;
}

int purge_look(struct store *s, struct err *err)
{
	int64_t due = 0;
	int rc = db_get_int_values(&s->db, err, &due, "SELECT value FROM meta WHERE key = '" PURGE_KEY "'", NULL, 0);
	s->purge_due = rc == OK && due != 0;
	return rc == ERR_NOT_FOUND ? OK : rc;
}

struct repack {
	int64_t from;
	bool more;
};

static int in_transaction(struct store *s, int (*step)(struct store *, struct repack *, struct err *),
                          struct repack *at, struct err *err)
{
	int rc = db_begin_write(&s->db, err);
	if (rc == OK)
		rc = step(s, at, err);
	if (rc == OK)
		rc = db_commit(&s->db, err);
	if (rc != OK)
		db_rollback(&s->db);
	return rc;
}

/* Words of deleted docs are dropped when the last segment that has them is written anew. */
static int one_segment(struct store *s, struct repack *unused, struct err *err)
{
	s->unmerged = s->segments = 0;
	return db_run_values(&s->db, err, "INSERT INTO words(words) VALUES ('optimize')", NULL, 0);
}

static int done(struct store *s, struct repack *unused, struct err *err)
{
	return db_run_values(&s->db, err, "DELETE FROM meta WHERE key = '" PURGE_KEY "'", NULL, 0);
}

/* ---- dictionaries ---- */

static int train_anew(struct store *s, struct repack *unused, struct err *err)
{
	return packer_retrain(s->packer, err);
}

static int pack_anew(struct store *s, struct repack *at, struct err *err)
{
	return packer_repack(s->packer, &at->from, &at->more, err);
}

static int dictionaries(struct store *s, struct err *err)
{
	struct repack at = { .more = true };
	int rc = in_transaction(s, train_anew, &at, err);
	while (rc == OK && at.more)
		rc = in_transaction(s, pack_anew, &at, err);
	packer_forget(s->packer);
	return rc;
}

/* ---- all of it ---- */

bool store_purge_due(const struct store *s)
{
	return s->purge_due;
}

int store_purge(struct store *s, struct err *err)
{
	must(s->mode != STORE_READ && s->reading == 0);
	if (!s->purge_due)
		return OK;
	int rc = in_transaction(s, one_segment, NULL, err);
	if (rc == OK)
		rc = dictionaries(s, err);
	if (rc == OK)
		rc = db_rewrite(&s->db, err);
	if (rc == OK)
		rc = in_transaction(s, done, NULL, err);
	if (rc == OK)
		s->purge_due = false;
	return rc;
}
