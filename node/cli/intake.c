#include "node/cli/intake.h"

#include <stdlib.h>
#include <time.h>

#include "node/base/must.h"
#include "node/cli/known.h"

/* ---- pass 1 ---- */

static const struct bundle_log *last_log(const struct bundle_verify *v)
{
	const struct bundle *file = bundle_verify_result(v);
	return file->logs[file->count - 1];
}

static int trust_head(void *arg, const char *origin, struct bytes raw, const struct vkey **key, struct err *err)
{
	struct intake *t = arg;
	struct vkey *found = arena_array(&t->arena, 1, sizeof *found);
	(void)origin;
	*key = found;
	return known_head(t->dir, t->store, last_log(t->verify), raw, found, err);
}

static int trust_evidence(void *arg, const char *origin, const struct evidence *e, struct err *err)
{
	const struct intake *t = arg;
	(void)origin;
	return known_evidence(t->dir, t->store, last_log(t->verify), e, err);
}

const char *intake_exporter(const struct intake *t)
{
	const struct bundle *file = bundle_verify_result(t->verify);
	return known_exporter(t->dir, t->store, &file->exporter, buf_bytes(&file->keys), (uint64_t)time(NULL) * 1000);
}

static int trust_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	if (intake_exporter(arg) != NULL)
		return OK;
	return err_set(err, ERR_UNTRUSTED, "from a stranger: no card has the key %s+%08x that signs it", exporter->name,
	               (unsigned)exporter->id);
}

static size_t trust_held(void *arg, const char *origin, uint64_t sizes[HANDOVER_PROOFS_MAX])
{
	const struct intake *t = arg;
	struct holding held;
	size_t count = holding_read(t->store, origin, &held, NULL) == OK ? holding_bases(&held, sizes) : 0;
	holding_free(&held);
	return count;
}

int intake_open(struct intake *t, const struct node_dir *dir, const char *path, bundle_progress_cb progress_cb,
                void *arg, struct err *err)
{
	const struct bundle_trust trust = { .arg = t,
		                                .head_cb = trust_head,
		                                .exporter_cb = trust_exporter,
		                                .held_cb = trust_held,
		                                .evidence_cb = trust_evidence };
	*t = (struct intake){ .dir = dir, .progress_cb = progress_cb, .arg = arg, .arena = { .cap = SIZE_MAX } };
	t->hasher = hasher_new();
	t->verify = bundle_verify_new(&trust);
	int rc = store_open(dir->path, STORE_READ, &t->store, err);
	if (rc == OK)
		rc = bundle_input_open(path, &t->in, err);
	if (rc == OK)
		rc = bundle_input_verify(&t->in, t->verify, progress_cb, arg, err);
	if (rc != OK)
		return rc;
	const struct bundle *file = bundle_verify_result(t->verify);
	t->logs = calloc(file->count, sizeof *t->logs);
	must(t->logs != NULL);
	for (; t->count < file->count; t->count++)
		t->logs[t->count].log = file->logs[t->count];
	return OK;
}

void intake_close(struct intake *t)
{
	carrier_close(&t->carrier);
	for (size_t i = 0; i < t->count; i++)
		holding_free(&t->logs[i].before);
	free(t->logs);
	bundle_input_close(&t->in);
	bundle_verify_free(t->verify);
	hasher_free(t->hasher);
	store_close(t->store);
	arena_free(&t->arena);
	*t = (struct intake){ 0 };
}

/* ---- pass 2: what to do about a log ---- */

static void failed(struct intake_log *l, int code)
{
	l->fate = code == ERR_EXISTS ? FATE_OLDER : code == ERR_NOT_READY ? FATE_FROZEN : FATE_FAILED;
}

static int put_evidence(struct intake *t, struct intake_log *l, struct bytes file)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__Evidence evidence = NORMLINK__EVIDENCE__INIT;
	evidence.has_file = 1;
	evidence.file = message_field(file);
	part.origin = l->log->origin;
	part.body_case = NORMLINK__HANDOVER__BODY_EVIDENCE;
	part.evidence = &evidence;
	int rc = carrier_put(&t->carrier, &part, &l->why);
	return rc == OK ? carrier_flush(&t->carrier, &l->why) : rc;
}

static void fill_proof(Normlink__HandedProof *out, ProtobufCBinaryData *data, uint64_t size, const struct hash *root,
                       const struct tree_proof *proof)
{
	normlink__handed_proof__init(out);
	for (size_t i = 0; i < proof->count; i++)
		data[i] = message_field(bytes_of(proof->hashes[i].b, HASH_SIZE));
	out->has_size = out->has_root = 1;
	out->size = size;
	out->root = message_field(bytes_of(root->b, HASH_SIZE));
	out->hashes = data;
	out->n_hashes = proof->count;
}

/* The head, with the proofs that it goes on from what is held. */
static int put_head(struct intake *t, struct intake_log *l)
{
	struct bundle_log *log = l->log;
	uint64_t bases[2];
	struct hash roots[2];
	struct tree_proof proofs[2];
	Normlink__HandedProof messages[2], *pointers[2] = { &messages[0], &messages[1] };
	ProtobufCBinaryData hashes[2][PROOF_HASHES_MAX];
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedHead head = NORMLINK__HANDED_HEAD__INIT;
	size_t count = log->size > l->before.head_size ? holding_bases(&l->before, bases) : 0;
	for (size_t i = 0; i < count; i++) {
		if (bases[i] > log->size) /* the node will say that it knows a newer one */
			continue;
		if (bundle_log_consistency(t->hasher, log, bases[i], &roots[i], &proofs[i]) != OK)
			return err_set(&l->why, ERR_BUSY, "the node has gone on meanwhile: ingest it again");
		fill_proof(&messages[head.n_proofs++], hashes[i], bases[i], &roots[i], &proofs[i]);
	}
	head.proofs = pointers;
	head.has_checkpoint = 1;
	head.checkpoint = message_field(buf_bytes(&log->head));
	head.has_keys = log->keys.len > 0;
	head.keys = message_field(buf_bytes(&log->keys));
	part.origin = log->origin;
	part.body_case = NORMLINK__HANDOVER__BODY_HEAD;
	part.head = &head;
	int rc = carrier_put(&t->carrier, &part, &l->why);
	return rc == OK ? carrier_flush(&t->carrier, &l->why) : rc;
}

/* The smallest size from which it must be proved to go on lies before the file's beginning. */
static bool has_gap(struct intake_log *l)
{
	uint64_t bases[2];
	size_t count = holding_bases(&l->before, bases);
	l->gap_since = l->before.size;
	for (size_t i = 0; i < count; i++)
		l->gap_since = bases[i] < l->gap_since ? bases[i] : l->gap_since;
	return l->gap_since < l->log->since;
}

static int against_older(struct intake *t, struct intake_log *l)
{
	struct buf evidence = { 0 };
	bool contradicts = false;
	int rc = holding_contradiction(t->store, &l->before, buf_bytes(&l->log->head), l->log->size, &l->log->root,
	                               l->log->key, &contradicts, &evidence, &l->why);
	l->fate = contradicts ? FATE_FROZEN : FATE_OLDER; /* look_after tells a fork that was not known */
	if (rc == OK && contradicts)
		rc = put_evidence(t, l, buf_bytes(&evidence));
	else if (rc == OK)
		rc = put_head(t, l); /* for the cosignatures on it */
	buf_free(&evidence);
	return rc;
}

/* At the log's part: what is it beside what the node holds now? */
static int begin_log(struct intake *t, struct intake_log *l)
{
	if (l->log->key == NULL) {
		l->fate = FATE_UNKNOWN;
		return OK;
	}
	int rc = holding_read(t->store, l->log->origin, &l->before, &l->why);
	l->after = l->before.size;
	if (rc != OK)
		return rc;
	if (l->log->size < l->before.head_size)
		return against_older(t, l);
	l->fate = l->log->size == l->before.head_size ? FATE_SAME : FATE_TAKEN;
	if (l->fate == FATE_TAKEN && has_gap(l)) {
		l->fate = FATE_GAP;
		return OK;
	}
	return put_head(t, l);
}

/* ---- pass 2: entries ---- */

static int put_entries(struct intake *t, struct intake_log *l, uint64_t start, Normlink__EntriesResponse *a)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedEntries entries = NORMLINK__HANDED_ENTRIES__INIT;
	ProtobufCBinaryData hashes[PROOF_HASHES_MAX];
	struct tree_proof proof;
	if (start + a->n_payloads <= l->before.size)
		return OK;
	if (bundle_log_inclusion(t->hasher, l->log, start + a->n_envelopes, &proof) != OK)
		return err_set(&l->why, ERR_INVALID, "the file is not the one that was verified");
	for (size_t i = 0; i < proof.count; i++)
		hashes[i] = message_field(bytes_of(proof.hashes[i].b, HASH_SIZE));
	a->hashes = hashes;
	a->n_hashes = proof.count;
	entries.has_start = entries.has_size = 1;
	entries.start = start;
	entries.size = l->log->size;
	entries.entries = a;
	part.origin = l->log->origin;
	part.body_case = NORMLINK__HANDOVER__BODY_ENTRIES;
	part.entries = &entries;
	int rc = carrier_put(&t->carrier, &part, &l->why);
	a->hashes = NULL; /* the arena does not own them */
	a->n_hashes = 0;
	t->entries += a->n_payloads;
	return rc;
}

/* The log's last part is over: what is held of it now? */
static int look_after(struct intake *t, struct intake_log *l)
{
	struct holding after;
	struct err err = { 0 };
	int rc = holding_read(t->store, l->log->origin, &after, &err);
	if (rc != OK)
		return err_set(&l->why, rc, "%s", err.text);
	l->after = after.size;
	if (!bytes_equal(buf_bytes(&after.evidence), buf_bytes(&l->before.evidence)))
		l->fate = FATE_FORK;
	holding_free(&after);
	return OK;
}

static int finish_log(struct intake *t, struct intake_log *l)
{
	bool whole = l->fate == FATE_OLDER || l->fate == FATE_SAME || l->fate == FATE_TAKEN;
	int rc = whole ? carrier_flush(&t->carrier, &l->why) : OK;
	if (rc == OK && whole && l->log->evidence.len > 0)
		rc = put_evidence(t, l, buf_bytes(&l->log->evidence));
	return rc;
}

/* ---- pass 2: the file once more ---- */

struct place {
	struct intake_log *log; /* NULL: before the first */
	size_t index;
	uint64_t next;
};

/* A log that fails does not stop the next ones; a node that is lost does. */
static int settle(struct intake_log *l, int rc)
{
	if (rc != OK)
		failed(l, rc);
	return rc == ERR_CLOSED || rc == ERR_TIMEOUT ? rc : OK;
}

static int carry_part(struct intake *t, struct place *at, const Normlink__BundlePart *part, struct err *err)
{
	int rc = OK;
	if (part->part_case == NORMLINK__BUNDLE_PART__PART_LOG) {
		if (at->index == t->count)
			return err_set(err, ERR_INVALID, "the file is not the one that was verified");
		at->log = &t->logs[at->index++];
		at->next = part->log->since;
		rc = settle(at->log, begin_log(t, at->log));
	} else if (part->part_case == NORMLINK__BUNDLE_PART__PART_ENTRIES && at->log != NULL) {
		if (at->log->fate == FATE_TAKEN)
			rc = settle(at->log, put_entries(t, at->log, at->next, part->entries));
		at->next += part->entries->n_payloads;
	}
	if (rc == OK && at->log != NULL && at->next == at->log->log->size) {
		rc = settle(at->log, finish_log(t, at->log));
		if (rc == OK && at->log->fate != FATE_UNKNOWN)
			rc = settle(at->log, look_after(t, at->log));
	}
	return rc == OK ? OK : err_set(err, rc, "%s", at->log->why.text);
}

int intake_carry(struct intake *t, struct err *err)
{
	struct place at = { 0 };
	int rc = carrier_open(t->dir->path, &t->carrier, err);
	if (rc == OK)
		rc = bundle_input_again(&t->in, err);
	while (rc == OK) {
		struct arena arena = { .cap = FRAME_MEMORY_MAX };
		Normlink__BundlePart *part = NULL;
		struct bytes framed;
		rc = bundle_input_next(&t->in, &framed, err);
		if (rc == OK && framed.len == 0)
			return OK;
		if (rc == OK)
			rc = bundle_part_decode(framed, &arena, &part, err);
		if (rc == OK)
			rc = carry_part(t, &at, part, err);
		arena_free(&arena);
		t->progress_cb(t->arg, t->entries);
	}
	return rc;
}
