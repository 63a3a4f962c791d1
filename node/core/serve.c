/* Reads and what they are for: answers to peers, and our own root at a size.
 *
 * Proofs need hashes below level 8 only at the edges of the sizes that they speak of; a job gathers the leaf hashes of
 * those bundles, one read after another, unless they are still in the tree's tail.
 */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"

enum { ANSWER_PAYLOADS = 512 * 1024 }; /* one more payload and every envelope still fit into FRAME_MAX */

size_t serve_find_log(const struct core *c, const char *origin)
{
	for (size_t i = 0; i < c->log_count; i++)
		if (strcmp(c->logs[i]->origin, origin) == 0)
			return i;
	return SIZE_MAX;
}

void serve_free_job(struct job *job)
{
	for (size_t i = 0; i < job->bundle_count; i++)
		free(job->bundles[i].leaves);
	if (job->answer != NULL)
		arena_free(&job->answer->arena);
	free(job->answer);
	free(job);
}

/* ---- hashes ---- */

struct job_source {
	struct log *log;
	struct job *job;
};

static int job_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct job_source *s = ctx;
	struct tree_source tree = tree_as_source(s->log->tree);
	int rc = tree.read(tree.ctx, level, index, out);
	for (size_t i = 0; rc != OK && i < s->job->bundle_count; i++) {
		struct tree_bundle_source bundle = { .tree = s->log->tree,
			                                 .bundle_index = s->job->bundles[i].index,
			                                 .leaves = s->job->bundles[i].leaves,
			                                 .count = s->job->bundles[i].count };
		struct tree_source with = tree_bundle_as_source(&bundle);
		rc = with.read(with.ctx, level, index, out);
	}
	return rc;
}

/* The first bundle whose leaves are needed and neither read nor in the tail; false: none. */
static bool missing_bundle(const struct log *l, const struct job *job, uint64_t *index)
{
	if (job->kind == JOB_SERVE_PAYLOADS || job->kind == JOB_MISSING)
		return false; /* nothing is proved */
	const uint64_t sizes[] = { job->old_size, job->new_size };
	for (size_t i = 0; i < 2; i++) {
		uint64_t b;
		bool have = !tree_edge_bundle(sizes[i], &b) || b == tree_size(l->tree) / BUNDLE_ENTRIES;
		/* The last bundle of a tree needs no edge when it is itself what is served. */
		have = have || (job->kind == JOB_SERVE_ENTRIES && b == job->start / BUNDLE_ENTRIES);
		for (size_t k = 0; k < job->bundle_count; k++)
			have = have || job->bundles[k].index == b;
		if (!have) {
			*index = b;
			return true;
		}
	}
	return false;
}

/* ---- answers ---- */

static void answer_failed(struct core *c, struct job *job, unsigned code, const char *text)
{
	struct link *link = core_link(c, job->link);
	if (job->kind == JOB_PROVE_FOR)
		ask_unproved(c, (uint32_t)job->id);
	else if (job->kind == JOB_CHECK_ROOT)
		reconcile_retry(c, job);
	else if (job->kind == JOB_MISSING)
		backfill_read(c, job->log, job->op, NULL);
	else if (link != NULL)
		peer_fail(c, link, job->id, code, text);
}

static void fill_hashes(const struct tree_proof *proof, ProtobufCBinaryData *out)
{
	for (size_t i = 0; i < proof->count; i++)
		out[i] = message_field(bytes_of(proof->hashes[i].b, HASH_SIZE));
}

static void answer_consistency(struct core *c, struct job *job, struct tree_source source)
{
	struct link *link = core_link(c, job->link);
	struct hash old_root;
	struct tree_proof proof;
	ProtobufCBinaryData hashes[PROOF_HASHES_MAX];
	if (link == NULL)
		return;
	if (tree_root_at(c->hasher, source, job->old_size, &old_root) != OK ||
	    tree_prove(c->hasher, source, 0, job->old_size, job->new_size, &proof) != OK) {
		answer_failed(c, job, FAILURE_BUSY, "the hashes are not at hand");
		return;
	}
	fill_hashes(&proof, hashes);
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__ConsistencyResponse body = NORMLINK__CONSISTENCY_RESPONSE__INIT;
	body.has_old_root = 1;
	body.old_root = message_field(bytes_of(old_root.b, HASH_SIZE));
	body.hashes = hashes;
	body.n_hashes = proof.count;
	frame.has_id = 1;
	frame.id = job->id;
	frame.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE;
	frame.consistency_response = &body;
	link->serving--;
	peer_send(c, link, &frame);
}

/* Payload messages for the first entries of an answer. */
static void fill_payloads(const struct read_answer *a, Normlink__Payload *payloads, Normlink__Payload **pointers)
{
	for (size_t i = 0; i < a->payloads; i++) {
		normlink__payload__init(&payloads[i]);
		payloads[i].has_state = 1;
		payloads[i].state = (Normlink__Payload__State)a->entries[i].state;
		payloads[i].has_data = a->entries[i].state == PAYLOAD_PRESENT;
		payloads[i].data = message_field(a->entries[i].payload);
		pointers[i] = &payloads[i];
	}
}

static void send_entries(struct core *c, struct link *link, struct job *job, const struct tree_proof *proof)
{
	const struct read_answer *a = job->answer;
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES], hashes[PROOF_HASHES_MAX];
	Normlink__Payload payloads[BUNDLE_ENTRIES], *pointers[BUNDLE_ENTRIES];
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__EntriesResponse body = NORMLINK__ENTRIES_RESPONSE__INIT;
	for (size_t i = 0; i < a->count; i++)
		envelopes[i] = message_field(a->entries[i].envelope);
	fill_payloads(a, payloads, pointers);
	fill_hashes(proof, hashes);
	body.envelopes = envelopes;
	body.n_envelopes = a->count;
	body.payloads = pointers;
	body.n_payloads = a->payloads;
	body.hashes = hashes;
	body.n_hashes = proof->count;
	frame.has_id = 1;
	frame.id = job->id;
	frame.body_case = NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
	frame.entries_response = &body;
	link->serving--;
	peer_send(c, link, &frame);
}

static void answer_entries(struct core *c, struct job *job, struct tree_source source)
{
	struct link *link = core_link(c, job->link);
	uint64_t first = job->start / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
	struct tree_proof proof;
	if (link == NULL)
		return;
	const struct read_answer *a = job->answer;
	if (a == NULL || a->count != job->end - job->start || a->payloads < 1 ||
	    tree_prove(c->hasher, source, first, job->end, job->new_size, &proof) != OK)
		answer_failed(c, job, FAILURE_BUSY, "the entries are not at hand");
	else
		send_entries(c, link, job, &proof);
}

static void answer_payloads(struct core *c, struct job *job)
{
	struct link *link = core_link(c, job->link);
	Normlink__Payload payloads[PAYLOADS_ASKED_MAX], *pointers[PAYLOADS_ASKED_MAX];
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__PayloadsResponse body = NORMLINK__PAYLOADS_RESPONSE__INIT;
	if (link == NULL)
		return;
	must(job->answer->payloads >= 1 && job->answer->payloads <= PAYLOADS_ASKED_MAX);
	fill_payloads(job->answer, payloads, pointers);
	body.payloads = pointers;
	body.n_payloads = job->answer->payloads;
	frame.has_id = 1;
	frame.id = job->id;
	frame.body_case = NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE;
	frame.payloads_response = &body;
	link->serving--;
	peer_send(c, link, &frame);
}

/* What is not public leaves only after it is durable who gets it.  True: the job waits for that. */
static bool wait_for_audit(struct core *c, struct job *job)
{
	const struct link *link = core_link(c, job->link);
	bool serves = job->kind == JOB_SERVE_ENTRIES || job->kind == JOB_SERVE_PAYLOADS;
	if (!serves || link == NULL || job->answer == NULL)
		return false;
	struct store_write *w = share_screen(c, job, link);
	/* A right may have been taken back while it was noted who gets it: hence screened twice. */
	bool noted = job->screened;
	job->screened = true;
	if (w == NULL || noted) {
		store_write_free(w);
		return false;
	}
	job->op = core_store(c, job->log, &w)->op;
	job->next = c->jobs;
	c->jobs = job;
	return true;
}

static void finish(struct core *c, struct job *job)
{
	struct job_source from = { .log = c->logs[job->log], .job = job };
	struct tree_source source = { .read = job_read, .ctx = &from };
	struct hash root;
	struct tree_proof proof;
	switch (job->kind) {
	case JOB_SERVE_PAYLOADS:
		answer_payloads(c, job);
		break;
	case JOB_MISSING:
		backfill_read(c, job->log, job->op, job->answer);
		break;
	case JOB_SERVE_CONSISTENCY:
		answer_consistency(c, job, source);
		break;
	case JOB_SERVE_ENTRIES:
		answer_entries(c, job, source);
		break;
	case JOB_PROVE_FOR:
		if (tree_prove(c->hasher, source, 0, job->old_size, job->new_size, &proof) == OK)
			ask_proved(c, (uint32_t)job->id, &proof);
		else
			ask_unproved(c, (uint32_t)job->id);
		break;
	case JOB_CHECK_ROOT:
		if (tree_root_at(c->hasher, source, job->old_size, &root) == OK)
			reconcile_root(c, job, &root, source);
		else
			reconcile_retry(c, job);
		break;
	}
}

/* ---- reading ---- */

static bool has_entries(const struct job *job)
{
	return job->kind == JOB_SERVE_ENTRIES || job->kind == JOB_SERVE_PAYLOADS || job->kind == JOB_MISSING;
}

/* Ask for what is still missing, or finish. Takes the job. */
static void go_on(struct core *c, struct job *job)
{
	struct log *l = c->logs[job->log];
	uint64_t bundle = 0;
	bool leaves = missing_bundle(l, job, &bundle) && job->bundle_count < 2;
	bool entries = has_entries(job) && !job->entries_read;
	if (!leaves && !entries) {
		if (wait_for_audit(c, job))
			return;
		finish(c, job);
		serve_free_job(job);
		return;
	}
	struct effect *fx = effects_add(c->fx, FX_READ);
	struct store_read *r = &fx->u.read;
	r->op = job->op = ++c->next_op;
	memcpy(r->origin, l->origin, sizeof r->origin);
	if (entries) {
		r->start = job->start;
		r->end = job->end;
		r->payload_bytes = ANSWER_PAYLOADS;
		r->want_missing = job->kind == JOB_MISSING;
		r->index_count = job->index_count;
		memcpy(r->indexes, job->indexes, sizeof r->indexes);
		memcpy(r->collection, job->collection, sizeof r->collection);
	}
	r->want_leaves = job->want_leaves = leaves;
	r->leaves_bundle = job->leaves_bundle = bundle;
	job->next = c->jobs;
	c->jobs = job;
}

static struct job *job_new(struct core *c, enum job_kind kind, size_t log, link_id link, uint64_t id)
{
	struct job *job = calloc(1, sizeof *job);
	must(job != NULL);
	job->kind = kind;
	job->log = log;
	job->generation = c->logs[log]->generation;
	job->link = link;
	job->id = id;
	return job;
}

static struct job *take_job(struct core *c, uint64_t op)
{
	for (struct job **p = &c->jobs; *p != NULL; p = &(*p)->next) {
		if ((*p)->op == op) {
			struct job *job = *p;
			*p = job->next;
			job->next = NULL;
			return job;
		}
	}
	return NULL;
}

/* Keep the leaves that came. */
static void keep_leaves(struct job *job, uint64_t bundle, const struct read_answer *a)
{
	must(job->bundle_count < 2 && a->leaf_count <= BUNDLE_ENTRIES);
	struct hash *leaves = calloc(a->leaf_count + 1, sizeof *leaves);
	must(leaves != NULL);
	memcpy(leaves, a->leaves, a->leaf_count * sizeof *leaves);
	job->bundles[job->bundle_count].index = bundle;
	job->bundles[job->bundle_count].leaves = leaves;
	job->bundles[job->bundle_count++].count = a->leaf_count;
}

void serve_read(struct core *c, struct event *event)
{
	struct job *job = take_job(c, event->u.read.op);
	struct read_answer *a = event->u.read.answer;
	if (job == NULL)
		return;
	struct log *l = c->logs[job->log];
	if (event->u.read.code != OK || l->generation != job->generation) {
		answer_failed(c, job, event->u.read.code == ERR_NOT_FOUND ? FAILURE_NOT_HELD : FAILURE_BUSY,
		              "the store could not read it");
		serve_free_job(job);
		return;
	}
	if (job->want_leaves)
		keep_leaves(job, job->leaves_bundle, a);
	if (has_entries(job) && !job->entries_read) {
		job->entries_read = true;
		job->answer = malloc(sizeof *job->answer);
		must(job->answer != NULL);
		*job->answer = *a;
		job->answer->arena = arena_take(&a->arena);
	}
	go_on(c, job);
}

/* ---- requests ---- */

void serve_consistency(struct core *c, struct link *link, uint64_t id, const Normlink__ConsistencyRequest *r)
{
	size_t log = serve_find_log(c, r->origin);
	if (r->old_size == 0 || r->old_size > r->new_size) {
		peer_fail(c, link, id, FAILURE_MALFORMED, "clause 4.5: sizes of a consistency request");
	} else if (log != SIZE_MAX && c->logs[log]->loading) {
		peer_fail(c, link, id, FAILURE_BUSY, "the store is being read again");
	} else if (log == SIZE_MAX || c->logs[log]->outside || r->new_size > c->logs[log]->stored) {
		peer_fail(c, link, id, FAILURE_NOT_HELD, "that size of that origin is not held here");
	} else {
		struct job *job = job_new(c, JOB_SERVE_CONSISTENCY, log, link->id, id);
		job->old_size = r->old_size;
		job->new_size = r->new_size;
		go_on(c, job);
	}
}

void serve_entries(struct core *c, struct link *link, uint64_t id, const Normlink__EntriesRequest *r)
{
	size_t log = serve_find_log(c, r->origin);
	uint64_t left = BUNDLE_ENTRIES - r->start % BUNDLE_ENTRIES;
	if (r->start >= r->size || r->end - r->start != (left < r->size - r->start ? left : r->size - r->start)) {
		peer_fail(c, link, id, FAILURE_MALFORMED, "clause 4.5: entries that do not end with their bundle or the tree");
	} else if (log != SIZE_MAX && c->logs[log]->loading) {
		peer_fail(c, link, id, FAILURE_BUSY, "the store is being read again");
	} else if (log == SIZE_MAX || c->logs[log]->outside || r->size > c->logs[log]->stored) {
		peer_fail(c, link, id, FAILURE_NOT_HELD, "that size of that origin is not held here");
	} else {
		struct job *job = job_new(c, JOB_SERVE_ENTRIES, log, link->id, id);
		job->start = r->start;
		job->end = r->end;
		job->new_size = r->size;
		go_on(c, job);
	}
}

void serve_prove_for(struct core *c, uint32_t witness, uint64_t old_size, uint64_t new_size)
{
	struct job *job = job_new(c, JOB_PROVE_FOR, 0, 0, witness);
	job->old_size = old_size;
	job->new_size = new_size;
	go_on(c, job);
}

void serve_payloads(struct core *c, struct link *link, uint64_t id, const Normlink__PayloadsRequest *r)
{
	size_t log = serve_find_log(c, r->origin);
	if (log != SIZE_MAX && c->logs[log]->loading) {
		peer_fail(c, link, id, FAILURE_BUSY, "the store is being read again");
	} else if (log == SIZE_MAX || c->logs[log]->outside || r->indexes[r->n_indexes - 1] >= c->logs[log]->stored) {
		peer_fail(c, link, id, FAILURE_NOT_HELD, "those entries of that origin are not held here");
	} else {
		struct job *job = job_new(c, JOB_SERVE_PAYLOADS, log, link->id, id);
		job->index_count = r->n_indexes;
		memcpy(job->indexes, r->indexes, r->n_indexes * sizeof *job->indexes);
		go_on(c, job);
	}
}

uint64_t serve_missing(struct core *c, size_t log, uint64_t start, const char *collection)
{
	struct job *job = job_new(c, JOB_MISSING, log, 0, 0);
	job->start = start;
	memcpy(job->collection, collection, strlen(collection) + 1);
	go_on(c, job);
	return job->op;
}

void serve_audited(struct core *c, uint64_t op, int code)
{
	struct job *job = take_job(c, op);
	if (job == NULL)
		return;
	if (code == OK && c->logs[job->log]->generation == job->generation) {
		go_on(c, job);
		return;
	}
	answer_failed(c, job, FAILURE_BUSY, "the store could not note who gets it");
	serve_free_job(job);
}

void serve_check_root(struct core *c, size_t log, link_id link, uint64_t size)
{
	const struct log *l = c->logs[log];
	struct job *job = job_new(c, JOB_CHECK_ROOT, log, link, 0);
	job->old_size = size;
	job->new_size = l->head.size > size ? l->head.size : size;
	go_on(c, job);
}
