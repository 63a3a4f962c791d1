#include "node/store/merge.h"

enum {
	SEGMENTS = 16,    /* worth merging: FTS5's usermerge in schema.c */
	SEGMENTS_FEW = 2, /* not worth making one of */
	SMALL_ROWS = 64,  /* in a transaction that merges on its own */
	COMMIT_PAGES = 8, /* of the index, merged by a small transaction: about a millisecond */
	IDLE_PAGES = 64,
	UNMERGED_DOCS = 4096, /* worth making the whole index one segment */
};

int merge_look(struct store *s, struct err *err)
{
	int64_t segments;
	int rc = db_get_int_values(&s->db, err, &segments, "SELECT count(DISTINCT segid) FROM words_idx", NULL, 0);
	if (rc != OK)
		return rc;
	s->segments = (unsigned)segments;
	s->unmerged = segments > SEGMENTS_FEW ? UNMERGED_DOCS : 0;
	return OK;
}

/* Positive pages merge what has gathered, negative ones go towards one segment.  *worked: there was something to do. */
static int merge_pages(struct store *s, int64_t pages, bool *worked, struct err *err)
{
	int before = sqlite3_total_changes(s->db.conn);
	int rc = db_run(&s->db, err, "INSERT INTO words(words, rank) VALUES ('merge', ?1)", db_int(pages));
	*worked = rc == OK && sqlite3_total_changes(s->db.conn) - before >= 2; /* FTS5's sign for it */
	return rc;
}

static int merge_gathered(struct store *s, int64_t pages, struct err *err)
{
	bool worked;
	int rc = merge_pages(s, pages, &worked, err);
	if (!worked)
		s->segments = 0;
	return rc;
}

int merge_on_commit(struct store *s, uint64_t rows, struct err *err)
{
	s->unmerged += rows;
	s->segments++;
	return rows <= SMALL_ROWS && s->segments >= SEGMENTS ? merge_gathered(s, COMMIT_PAGES, err) : OK;
}

/* What fails here fails again where it is told. */
void merge_when_idle(struct store *s)
{
	int rc = OK;
	bool worked = false;
	if (s->segments >= SEGMENTS) {
		rc = merge_gathered(s, IDLE_PAGES, NULL);
	} else if (s->unmerged >= UNMERGED_DOCS) {
		rc = merge_pages(s, -IDLE_PAGES, &worked, NULL);
		s->unmerged = worked ? s->unmerged : 0;
	}
	if (rc != OK)
		s->segments = 0;
}
