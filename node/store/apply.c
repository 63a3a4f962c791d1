/* apply: the writer's one transaction for many writes.
 *
 * Each write is looked at before anything of it is done, so that one that is refused needs no savepoint: a savepoint
 * would flush the full-text index each time.  Writes are carried out origin by origin (runs.h); those of one origin
 * keep their order, and those of different origins have nothing to do with one another.
 */

#include "node/base/must.h"
#include "node/store/arrive.h"
#include "node/store/audit.h"
#include "node/store/entries.h"
#include "node/store/forks.h"
#include "node/store/key_statements.h"
#include "node/store/merge.h"
#include "node/store/redact.h"
#include "node/store/runs.h"
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
		bool bare = e->state == PAYLOAD_NONE;
		if ((e->envelope.len == 0 && !bare) || e->envelope.len > (bare ? ENTRY_MAX : ENVELOPE_MAX) ||
		    e->payload.len > PAYLOAD_MAX)
			return err_set(err, ERR_LIMIT, "%s: entry %llu has an envelope of %zu and a payload of %zu bytes",
			               w->origin, (unsigned long long)(w->start + i), e->envelope.len, e->payload.len);
	}
	if (w->head.len > 0 && (w->head_size > o->size + w->count ||
	                        (w->head_size == o->size + w->count && !hash_equal(&w->head_root, &w->root))))
		return err_set(err, ERR_CORRUPT, "the head of %s is for other entries than those held", w->origin);
	return OK;
}

static int look_payloads(const struct store_write *w, const struct origin_row *o, struct err *err)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->indexes[i] >= o->size || w->entries[i].payload.len == 0 || w->entries[i].payload.len > PAYLOAD_MAX)
			return err_set(err, ERR_LIMIT, "%s: a payload of %zu bytes for entry %llu", w->origin,
			               w->entries[i].payload.len, (unsigned long long)w->indexes[i]);
	return OK;
}

/* May this write be done?  What is refused here has changed nothing. */
static int look(const struct store_write *w, const struct origin_row *o, struct err *err)
{
	if (w->origin[0] == '\0' || w->head.len > NOTE_MAX || w->head_keys.len > FRAME_MAX ||
	    w->evidence.len > EVIDENCE_MAX)
		return err_set(err, ERR_LIMIT, "a write without an origin, or with a head or evidence that is too long");
	switch (w->kind) {
	case WRITE_ENTRIES:
		return look_entries(w, o, err);
	case WRITE_HEAD:
		if (w->head_size > o->size || (w->head_size == o->size && !hash_equal(&w->head_root, &o->root)))
			return err_set(err, ERR_CORRUPT, "the head of %s is for other entries than those held", w->origin);
		return OK;
	case WRITE_PAYLOADS:
		return look_payloads(w, o, err);
	case WRITE_AUDIT:
		return w->peer[0] != '\0' ? OK : err_set(err, ERR_LIMIT, "an audit without a peer");
	case WRITE_COSIGNED:
		if (w->head_size > o->head_size)
			return err_set(err, ERR_CORRUPT, "a cosigned head of %s is larger than the signed one", w->origin);
		return OK;
	case WRITE_TARGET:
	case WRITE_EVIDENCE:
		return OK;
	}
	must(!"a kind of write");
	return ERR_INTERNAL;
}

/* ---- one write ---- */

/* An index root is looked at when it comes: what was redacted before it must be out. */
static bool maybe_root(const struct ready *ready)
{
	return ready->verdict == READY_ALONE ||
	       (ready->verdict == READY_VALID && ready->statement->record->kind == NORMLINK__KIND__KIND_INDEX);
}

static int put_entry(struct store *s, const struct placed *p, size_t i, const struct prepared *run, size_t in_run,
                     struct err *err)
{
	const struct entry *e = &p->write->entries[i];
	const struct ready *ready = &run->v[in_run];
	uint64_t index = p->write->start + i;
	struct bytes packed =
	    bytes_of(ready->packed_len > 0 ? run->packed.data + ready->packed_at : NULL, ready->packed_len);
	/* That a payload is redacted is the statement's to say (redact.h). */
	struct packed_payload row = {
		e->state == PAYLOAD_REDACTED ? PAYLOAD_WITHHELD : e->state, ready->packing, packed, { 0 }
	};
	bool hidden = envelope_collection(e->envelope, &row.collection);
	int rc = payload_put(s, p->slot, index, &row, err);
	if (rc == OK && e->counts)
		rc = key_statements_put(&s->db, p->slot, index, err);
	if (rc == OK && maybe_root(ready))
		rc = redact_carry_out(s, p->slot, p->write->wall_ms, err);
	if (rc != OK)
		return rc;
	switch (ready->verdict) {
	case READY_NONE:
		return OK;
	case READY_MISSING:
		viewer_count_missing(s->viewer, p->slot);
		return OK;
	case READY_INVALID:
		viewer_count_invalid(s->viewer, p->slot);
		return OK;
	case READY_VALID:
		return viewer_put(s->viewer, p->slot, index, hidden, ready->statement, err);
	case READY_ALONE:
		return viewer_add(s->viewer, p->slot, index, hidden, e->state, e->payload, err);
	}
	must(!"a verdict");
	return ERR_INTERNAL;
}

static int put_entries(struct store *s, struct origin_row *o, struct runs *runs, size_t at, struct err *err)
{
	const struct placed *p = &runs->v[at];
	int rc = entries_append(s, o, p->write, err);
	for (size_t i = 0; rc == OK && i < p->write->count;) {
		const struct prepared *run = NULL;
		rc = runs_take(runs, at, i, &run, err);
		for (size_t n = 0; rc == OK && n < run->count; n++, i++)
			rc = put_entry(s, p, i, run, n, err);
	}
	if (rc == OK)
		rc = redact_carry_out(s, p->slot, p->write->wall_ms, err);
	return rc == OK ? entries_appended(s, o, p->write, err) : rc;
}

static int carry_out(struct store *s, struct origin_row *o, struct runs *runs, size_t at, struct err *err)
{
	const struct store_write *w = runs->v[at].write;
	int rc = OK;
	switch (w->kind) {
	case WRITE_ENTRIES:
		rc = w->count > 0 ? put_entries(s, o, runs, at, err) : OK;
		if (rc == OK && w->head.len > 0)
			rc = origin_set_head(s, o, w, err);
		return rc;
	case WRITE_HEAD:
		return origin_set_head(s, o, w, err);
	case WRITE_TARGET:
		return origin_set_target(s, o, w, err);
	case WRITE_COSIGNED:
		return origin_set_cosigned(s, o, w, err);
	case WRITE_EVIDENCE:
		return forks_put(s, o, w->evidence, err);
	case WRITE_PAYLOADS:
		return arrive_payloads(s, o, w, err);
	case WRITE_AUDIT:
		return audit_put(s, o, w, err);
	}
	must(!"a kind of write");
	return ERR_INTERNAL;
}

/* *refused says that rc is this write's own affair, and else the transaction's. */
static int apply_one(struct store *s, struct runs *runs, size_t at, bool *refused, struct err *err)
{
	const struct store_write *w = runs->v[at].write;
	struct origin_row o = { .root = hash_empty(s->hasher) };
	bool stored = runs->v[at].slot != 0;
	*refused = false;
	int rc = stored ? origin_find(&s->db, w->origin, &o, err) : OK;
	if (rc != OK)
		return rc;
	rc = look(w, &o, err);
	*refused = rc != OK;
	if (rc == OK && !stored) {
		rc = origin_make(s, w->origin, &o, err);
		*refused = rc == ERR_LIMIT;
		if (rc == OK)
			runs_placed(runs, at, o.slot);
	}
	return rc == OK ? carry_out(s, &o, runs, at, err) : rc;
}

/* ---- all of them ---- */

static int apply_all(struct store *s, struct runs *runs, int *codes, struct err *err)
{
	uint64_t rows = 0;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < runs->count; i++) {
		const struct placed *p = &runs->v[i];
		bool refused;
		rc = codes[p->number] = apply_one(s, runs, i, &refused, err);
		if (rc == OK && p->write->kind == WRITE_ENTRIES)
			rows += p->write->count;
		if (refused)
			rc = OK;
	}
	if (rc == OK)
		rc = viewer_flush(s->viewer, err);
	if (rc == OK && rows > 0)
		rc = merge_on_commit(s, rows, err);
	return rc;
}

static int apply_in_order(struct store *s, struct store_write *const *writes, size_t count, int *codes, struct err *err)
{
	struct runs runs;
	int rc = runs_init(&runs, s, writes, count, err);
	if (rc == OK)
		rc = apply_all(s, &runs, codes, err);
	runs_close(&runs);
	return rc;
}

int store_apply(struct store *s, struct store_write *const *writes, size_t count, int *codes, struct err *err)
{
	must(s->mode != STORE_READ && s->reading == 0);
	s->purge_wanted = false;
	s->differing_count = 0;
	int rc = db_begin_write(&s->db, err);
	if (rc == OK)
		rc = apply_in_order(s, writes, count, codes, err);
	if (rc == OK)
		rc = db_commit(&s->db, err);
	if (rc != OK) {
		db_rollback(&s->db);
		viewer_forget(s->viewer);
		packer_forget(s->packer);
		s->differing_count = 0;
		for (size_t i = 0; i < count; i++)
			codes[i] = rc;
	}
	s->purge_due |= rc == OK && s->purge_wanted;
	if (rc == OK && s->db.wal_frames >= WAL_BUSY_FRAMES)
		db_checkpoint(&s->db, false);
	return rc;
}
