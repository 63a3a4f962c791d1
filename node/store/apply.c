/* apply: the writer's one transaction for many writes.
 *
 * Each write is looked at before anything of it is done, so that one that is refused needs no savepoint: a savepoint
 * would flush the full-text index each time.
 */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/merge.h"
#include "node/store/schema.h"
#include "node/store/store.h"

/* Frames of 16 KiB after which a checkpoint is due even if the writer never rests. */
enum { WAL_BUSY_FRAMES = 4096 };

static int look_entries(const struct store_write *w, const struct origin_row *o, struct err *err)
{
	if (w->start != o->size)
		return err_set(err, ERR_CORRUPT, "%s: entries start at %llu and %llu are held", w->origin,
		               (unsigned long long)w->start, (unsigned long long)o->size);
	if (w->count >> SLOT_SHIFT != 0 || (o->size + w->count) >> SLOT_SHIFT != 0)
		return err_set(err, ERR_LIMIT, "%s: more than 2^%d entries", w->origin, SLOT_SHIFT);
	for (size_t i = 0; i < w->count; i++) {
		const struct entry *e = &w->entries[i];
		if (e->envelope.len == 0 || e->envelope.len > ENVELOPE_MAX || e->payload.len > PAYLOAD_MAX)
			return err_set(err, ERR_LIMIT, "%s: entry %llu has an envelope of %zu and a payload of %zu bytes",
			               w->origin, (unsigned long long)(w->start + i), e->envelope.len, e->payload.len);
	}
	if (w->head.len > 0 && (w->head_size > o->size + w->count ||
	                        (w->head_size == o->size + w->count && !hash_equal(&w->head_root, &w->root))))
		return err_set(err, ERR_CORRUPT, "the head of %s is for other entries than those held", w->origin);
	return OK;
}

/* May this write be done?  What is refused here has changed nothing. */
static int look(const struct store_write *w, const struct origin_row *o, struct err *err)
{
	if (w->origin[0] == '\0' || w->head.len > NOTE_MAX || w->evidence.len > FRAME_MAX)
		return err_set(err, ERR_LIMIT, "a write without an origin, or with a head or evidence that is too long");
	switch (w->kind) {
	case WRITE_ENTRIES:
		return look_entries(w, o, err);
	case WRITE_HEAD:
		if (w->head_size > o->size || (w->head_size == o->size && !hash_equal(&w->head_root, &o->root)))
			return err_set(err, ERR_CORRUPT, "the head of %s is for other entries than those held", w->origin);
		return OK;
	case WRITE_TARGET:
	case WRITE_EVIDENCE:
		return OK;
	}
	must(!"a kind of write");
	return ERR_INTERNAL;
}

static int carry_out(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err)
{
	int rc = OK;
	switch (w->kind) {
	case WRITE_ENTRIES:
		rc = w->count > 0 ? entries_append(s, o, w, err) : OK;
		if (rc == OK && w->head.len > 0)
			rc = origin_set_head(s, o, w, err);
		return rc;
	case WRITE_HEAD:
		return origin_set_head(s, o, w, err);
	case WRITE_TARGET:
		return origin_set_target(s, o, w, err);
	case WRITE_EVIDENCE:
		return origin_set_evidence(s, o, w->evidence, err);
	}
	must(!"a kind of write");
	return ERR_INTERNAL;
}

/* One of them; *refused says that rc is this write's own affair, and else the transaction's.  *slot is set for the
 * view. */
static int apply_one(struct store *s, const struct store_write *w, int64_t *slot, bool *refused, struct err *err)
{
	struct origin_row o = { 0 };
	int rc = origin_find(&s->db, w->origin, &o, NULL);
	bool found = rc == OK;
	*refused = false;
	if (rc != OK && rc != ERR_NOT_FOUND)
		return origin_find(&s->db, w->origin, &o, err);
	if (!found)
		o.root = hash_empty(s->hasher);
	rc = look(w, &o, err);
	*refused = rc != OK;
	if (rc == OK && !found) {
		rc = origin_make(s, w->origin, &o, err);
		*refused = rc == ERR_LIMIT;
	}
	*slot = o.slot;
	return rc == OK ? carry_out(s, &o, w, err) : rc;
}

/* ---- the view's part, afterwards and in order of docs: the full-text index wants ascending numbers, and begins a new
 * segment whenever they go back ---- */

struct placed {
	int64_t slot;
	const struct store_write *write;
};

static int compare_placed(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	return a->write->start < b->write->start ? -1 : a->write->start > b->write->start;
}

static int add_to_view(struct store *s, const struct placed *p, struct err *err)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < p->write->count; i++) {
		const struct entry *e = &p->write->entries[i];
		rc = viewer_add(s->viewer, p->slot, p->write->start + i, e->state, e->payload, err);
	}
	return rc;
}

static int apply_all(struct store *s, struct store_write *const *writes, size_t count, int *codes,
                     struct placed *placed, struct err *err)
{
	size_t entries = 0;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++) {
		bool refused;
		int64_t slot = 0;
		codes[i] = apply_one(s, writes[i], &slot, &refused, err);
		if (codes[i] == OK && writes[i]->kind == WRITE_ENTRIES && writes[i]->count > 0)
			placed[entries++] = (struct placed){ .slot = slot, .write = writes[i] };
		rc = refused ? OK : codes[i];
	}
	if (entries > 1)
		qsort(placed, entries, sizeof *placed, compare_placed);
	uint64_t rows = 0;
	for (size_t i = 0; rc == OK && i < entries; i++) {
		rc = add_to_view(s, &placed[i], err);
		rows += placed[i].write->count;
	}
	if (rc == OK)
		rc = viewer_flush(s->viewer, err);
	if (rc == OK && rows > 0)
		rc = merge_on_commit(s, rows, err);
	return rc;
}

int store_apply(struct store *s, struct store_write *const *writes, size_t count, int *codes, struct err *err)
{
	must(s->mode != STORE_READ && s->reading == 0);
	struct placed *placed = calloc(count + 1, sizeof *placed);
	must(placed != NULL);
	int rc = db_begin_write(&s->db, err);
	if (rc == OK)
		rc = apply_all(s, writes, count, codes, placed, err);
	if (rc == OK)
		rc = db_commit(&s->db, err);
	if (rc != OK) {
		db_rollback(&s->db);
		viewer_forget(s->viewer);
		packer_forget(s->packer);
		for (size_t i = 0; i < count; i++)
			codes[i] = rc;
	}
	free(placed);
	if (rc == OK && s->db.wal_frames >= WAL_BUSY_FRAMES)
		db_checkpoint(&s->db, false);
	return rc;
}
