#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "proto/entry.h"
#include "tests/sim/check.h"
#include "tests/sim/classes.h"
#include "tests/sim/node.h"
#include "tests/sim/plant.h"
#include "tests/sim/rollback.h"
#include "tests/sim/world.h"

/* ---- the queue ---- */

static void queue_add(struct disk_queue *q, struct disk_job *job)
{
	job->next = NULL;
	if (q->last != NULL)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
	q->count++;
}

static struct disk_job *queue_pop(struct disk_queue *q)
{
	struct disk_job *job = q->first;
	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->last = NULL;
	q->count--;
	return job;
}

static void job_free(struct disk_job *job)
{
	store_write_free(job->write);
	origin_state_free(&job->state);
	free(job);
}

static void queue_free(struct disk_queue *q)
{
	while (q->first != NULL)
		job_free(queue_pop(q));
}

static void log_free(struct disk_log *log)
{
	buf_free(&log->states);
	buf_free(&log->audit);
	buf_free(&log->head.note);
	buf_free(&log->target.note);
	buf_free(&log->cosigned.note);
	buf_free(&log->head.keys);
	buf_free(&log->target.keys);
	buf_free(&log->evidence);
	*log = (struct disk_log){ 0 };
}

void disk_free(struct disk *d)
{
	queue_free(&d->waiting);
	queue_free(&d->done);
	for (size_t i = 0; i < DISK_LOGS; i++)
		log_free(&d->logs[i]);
	*d = (struct disk){ 0 };
}

static void buf_copy(struct buf *to, const struct buf *from)
{
	*to = (struct buf){ 0 };
	buf_add_bytes(to, buf_bytes(from));
}

void disk_copy(struct disk *to, const struct disk *from)
{
	disk_free(to);
	to->mark = from->mark;
	to->mark_synced = from->mark_synced;
	for (size_t i = 0; i < DISK_LOGS; i++) {
		const struct disk_log *source = &from->logs[i];
		struct disk_log *log = &to->logs[i];
		*log = *source;
		buf_copy(&log->states, &source->states);
		buf_copy(&log->audit, &source->audit);
		buf_copy(&log->head.note, &source->head.note);
		buf_copy(&log->target.note, &source->target.note);
		buf_copy(&log->cosigned.note, &source->cosigned.note);
		buf_copy(&log->target.keys, &source->target.keys);
		buf_copy(&log->evidence, &source->evidence);
	}
}

/* ---- carrying out ---- */

static void head_set(struct disk_head *head, const struct store_write *write)
{
	buf_reset(&head->note);
	buf_add_bytes(&head->note, write->head);
	buf_reset(&head->keys);
	buf_add_bytes(&head->keys, write->head_keys);
	head->size = write->head_size;
	head->root = write->head_root;
}

static void head_clear(struct disk_head *head)
{
	buf_reset(&head->note);
	head->size = 0;
}

static bool head_fits(const struct disk_log *log, const struct store_write *write)
{
	return write->head_size <= log->size &&
	       (write->head_size < log->size || hash_equal(&write->head_root, &log->branch->roots[log->size]));
}

/* As the real store's look(): may this write be done? */
static int look(const struct disk_log *log, const struct store_write *write)
{
	uint64_t end = write->start + write->count;
	switch (write->kind) {
	case WRITE_ENTRIES:
		if (write->start != log->size)
			return ERR_CORRUPT;
		if (write->head.len > 0 &&
		    (write->head_size > end || (write->head_size == end && !hash_equal(&write->head_root, &write->root))))
			return ERR_CORRUPT;
		return OK;
	case WRITE_HEAD:
		return head_fits(log, write) ? OK : ERR_CORRUPT;
	case WRITE_PAYLOADS:
	case WRITE_AUDIT:
	case WRITE_COSIGNED:
		return write->head_size <= log->head.size ? OK : ERR_CORRUPT;
	case WRITE_TARGET:
	case WRITE_EVIDENCE:
		return OK;
	}
	must(!"a kind of write");
	return ERR_INTERNAL;
}

/* As the real store: state REDACTED comes from a statement alone. */
static void entries_apply(struct world *w, struct node *n, struct disk_log *log, const struct store_write *write,
                          const struct branch *branch)
{
	for (size_t i = 0; i < write->count; i++)
		buf_add_char(&log->states,
		             (char)(write->entries[i].state == PAYLOAD_PRESENT ? PAYLOAD_PRESENT : PAYLOAD_WITHHELD));
	log->size = write->start + write->count;
	log->branch = branch;
	if (!plant_kept(w, n))
		classes_carry_out(log, write->start, log->size);
}

static void payloads_apply(struct world *w, struct disk_log *log, const struct store_write *write)
{
	for (size_t i = 0; i < write->count; i++) {
		uint64_t index = write->indexes[i];
		must(index < log->size);
		if (log->states.data[index] != PAYLOAD_WITHHELD)
			continue;
		log->states.data[index] = PAYLOAD_PRESENT;
		w->figures.backfilled++;
		classes_carry_out(log, index, index + 1);
	}
}

static void audit_apply(struct world *w, struct node *n, struct disk_log *log, const struct store_write *write)
{
	uint32_t peer = world_ident(w, write->peer);
	must(peer != UINT32_MAX);
	while (log->audit.len < log->size)
		buf_add_char(&log->audit, 0);
	for (size_t i = 0; i < write->count; i++)
		if (write->entries[i].state == PAYLOAD_PRESENT && !plant_audit(w, n))
			log->audit.data[write->indexes[i]] |= (uint8_t)(1U << peer);
}

/* One write, of which look() said that it may be done.  The checks come first: they see the disk as it was. */
static void carry_out(struct world *w, struct node *n, uint32_t ident, const struct store_write *write)
{
	struct disk_log *log = &n->disk.logs[ident];
	const struct branch *branch = check_kept(w, n, ident, write);
	if (branch == NULL)
		return;
	log->exists = true;
	switch (write->kind) {
	case WRITE_ENTRIES:
		entries_apply(w, n, log, write, branch);
		if (write->head.len > 0)
			head_set(&log->head, write);
		break;
	case WRITE_HEAD:
		head_set(&log->head, write);
		break;
	case WRITE_TARGET:
		head_set(&log->target, write);
		break;
	case WRITE_COSIGNED:
		break;
	case WRITE_EVIDENCE:
		w->figures.frozen_again += log->evidence.len > 0 && !bytes_equal(buf_bytes(&log->evidence), write->evidence);
		buf_reset(&log->evidence);
		buf_add_bytes(&log->evidence, write->evidence);
		break;
	case WRITE_PAYLOADS:
		payloads_apply(w, log, write);
		break;
	case WRITE_AUDIT:
		audit_apply(w, n, log, write);
		break;
	}
	if (log->target.note.len > 0 && log->target.size <= log->head.size)
		head_clear(&log->target);
	if ((write->head_cosigned || write->kind == WRITE_COSIGNED) && write->head_size >= log->cosigned.size)
		head_set(&log->cosigned, write);
}

static int apply(struct world *w, struct node *n, struct store_write *write)
{
	uint32_t ident = world_ident(w, write->origin);
	if (ident == UINT32_MAX) {
		check_fail(w, "known origins only", "%s stores something of %s", w->idents[n->ident].name, write->origin);
		return ERR_INTERNAL;
	}
	struct disk_log *log = &n->disk.logs[ident];
	if (log->branch == NULL)
		log->branch = w->idents[ident].truth.branches[0];
	int code = look(log, write);
	if (code != OK && !plant_accept(w, n, write))
		return code;
	if (plant_lose(w, n, write) || plant_late(w, n, write))
		return OK;
	plant_byte(w, n, write);
	plant_quorum(w, n, write);
	carry_out(w, n, ident, write);
	plant_after(w, n, ident);
	return OK;
}

/* ---- time ---- */

static uint64_t delay(struct world *w)
{
	if (rng_permille(&w->rng, w->quiet ? 0 : w->dose.slow_disk))
		return rng_between(&w->rng, 200, 4000);
	return rng_between(&w->rng, 0, 12);
}

static void tell(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	struct disk_job *job = queue_pop(&n->disk.done);
	must(job != NULL);
	if (job->write != NULL) {
		n->disk.bytes -= job->write->weight;
		if (job->code == OK)
			check_acked(w, n, job->write);
		node_stored(w, n, job->write->op, job->code);
	} else {
		node_loaded(w, n, job->origin, job->code, &job->state);
	}
	job_free(job);
}

static void plan_tell(struct world *w, struct node *n)
{
	uint64_t at = w->now_ms + delay(w);
	if (at < n->disk.told_ms)
		at = n->disk.told_ms;
	n->disk.told_ms = at;
	world_plan(w, at - w->now_ms, tell, n->index, 0);
}

enum fate { FATE_OK, FATE_FAILS, FATE_FAILS_KEPT, FATE_FULL };

static enum fate choose_fate(struct world *w, struct node *n)
{
	if (w->quiet)
		return FATE_OK;
	if (n->disk.full)
		return FATE_FULL;
	if (!rng_permille(&w->rng, w->dose.write_fail))
		return FATE_OK;
	return rng_permille(&w->rng, 400) ? FATE_FAILS_KEPT : FATE_FAILS;
}

static void job_apply(struct world *w, struct node *n, struct disk_job *job, enum fate fate)
{
	if (fate == FATE_OK || fate == FATE_FAILS_KEPT)
		job->code = apply(w, n, job->write);
	if (fate == FATE_OK && job->code == OK && world_ident(w, job->write->origin) == n->ident)
		rollback_raise(n, job->write);
	if (fate == FATE_FULL) {
		job->code = ERR_FULL;
		w->figures.failed_writes++;
	} else if (fate != FATE_OK) {
		job->code = ERR_IO;
		w->figures.failed_writes++;
		w->figures.failed_but_kept += fate == FATE_FAILS_KEPT;
	}
}

static void job_reload(struct world *w, struct node *n, struct disk_job *job)
{
	uint32_t ident = world_ident(w, job->origin);
	w->figures.reloads++;
	if (!w->quiet && rng_permille(&w->rng, w->dose.reload_fail))
		job->code = ERR_IO;
	else if (ident == UINT32_MAX || !disk_load(w, n, ident, &job->state))
		job->code = ERR_NOT_FOUND;
}

/* One transaction, or one reload, which stands alone. */
static void work(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	struct disk *d = &n->disk;
	uint64_t most = rng_permille(&w->rng, 500) ? 1 : rng_between(&w->rng, 1, 12);
	enum fate fate = choose_fate(w, n);
	plant_order(w, &d->waiting);
	for (uint64_t i = 0; i < most && d->waiting.first != NULL && !w->failed; i++) {
		if (d->waiting.first->write == NULL && i > 0)
			break;
		struct disk_job *job = queue_pop(&d->waiting);
		bool alone = job->write == NULL;
		if (alone)
			job_reload(w, n, job);
		else
			job_apply(w, n, job, fate);
		if (job->told) {
			d->bytes -= job->write->weight;
			job_free(job);
			continue;
		}
		queue_add(&d->done, job);
		plan_tell(w, n);
		if (alone)
			break;
	}
	d->working = d->waiting.first != NULL;
	if (d->working)
		world_plan(w, delay(w), work, n->index, 0);
}

static void push(struct world *w, struct node *n, struct disk_job *job)
{
	queue_add(&n->disk.waiting, job);
	if (!n->disk.working) {
		n->disk.working = true;
		world_plan(w, delay(w), work, n->index, 0);
	}
}

void disk_store(struct world *w, struct node *n, struct store_write **write)
{
	struct disk_job *job = calloc(1, sizeof *job);
	must(job != NULL && *write != NULL);
	job->write = *write;
	*write = NULL;
	n->disk.bytes += job->write->weight;
	job->told = plant_early(w, n, job->write);
	push(w, n, job);
	faults_while_writing(w, n);
}

void disk_reload(struct world *w, struct node *n, const char *origin)
{
	struct disk_job *job = calloc(1, sizeof *job);
	must(job != NULL);
	(void)snprintf(job->origin, sizeof job->origin, "%s", origin);
	push(w, n, job);
}

/* What waits is a run of transactions: some of them reached the disk, the one being written when the power went is
 * torn and wholly lost, and so is what stood behind it. */
void disk_crash(struct world *w, struct node *n)
{
	struct disk *d = &n->disk;
	uint64_t keep = d->waiting.count > 0 ? rng_below(&w->rng, d->waiting.count + 1) : 0;
	if (d->full)
		keep = 0;
	w->figures.torn += keep < d->waiting.count;
	struct disk_job *job;
	while ((job = queue_pop(&d->waiting)) != NULL) {
		if (job->write != NULL && keep > 0) {
			(void)apply(w, n, job->write);
			w->figures.kept++;
		}
		keep -= keep > 0;
		job_free(job);
	}
	queue_free(&d->done);
	d->bytes = 0;
	d->working = false;
	d->told_ms = 0;
	rollback_crash(w, n);
	plant_crash(w, n);
}
