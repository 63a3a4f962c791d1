#include "proto/bundle_verify.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/evidence.h"
#include "node/base/must.h"
#include "proto/entry.h"

/*     START ──start──> LOG ──log──> ENTRIES ──root holds──> LOG ... ──all logs──> END ──end──> DONE         */
enum stage { STAGE_START, STAGE_LOG, STAGE_ENTRIES, STAGE_END, STAGE_DONE, STAGE_FAILED };

struct bundle_verify {
	struct bundle_trust trust;
	struct hasher *hasher, *digest; /* the second one is in the middle of the file's */
	struct bundle file;
	size_t announced; /* logs */
	enum stage stage;
	uint64_t next; /* entry of the present log */
	struct hash leaves[BUNDLE_ENTRIES];
	size_t leaf_count; /* known of the bundle that next lies in */
	uint64_t entries;
};

struct bundle_verify *bundle_verify_new(const struct bundle_trust *trust)
{
	struct bundle_verify *v = calloc(1, sizeof *v);
	must(v != NULL);
	v->trust = *trust;
	v->hasher = hasher_new();
	v->digest = hasher_new();
	hash_begin(v->digest);
	hash_more(v->digest, bytes_str(BUNDLE_MAGIC));
	return v;
}

static void log_free(struct bundle_log *l)
{
	tree_free(l->tree);
	buf_free(&l->head);
	buf_free(&l->keys);
	buf_free(&l->evidence);
	free(l->edges);
	free(l);
}

void bundle_verify_free(struct bundle_verify *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->file.count; i++)
		log_free(v->file.logs[i]);
	buf_free(&v->file.keys);
	free(v->file.logs);
	hasher_free(v->hasher);
	hasher_free(v->digest);
	free(v);
}

const struct bundle *bundle_verify_result(const struct bundle_verify *v)
{
	return &v->file;
}

uint64_t bundle_verify_entries(const struct bundle_verify *v)
{
	return v->entries;
}

/* ---- the beginning ---- */

static int take_start(struct bundle_verify *v, const Normlink__BundleStart *m, struct err *err)
{
	must(vkey_parse(bytes_str(m->exporter), &v->file.exporter, NULL) == OK);
	(void)strncpy(v->file.node, m->node, sizeof v->file.node - 1);
	v->file.time_ms = m->time_ms;
	buf_add_bytes(&v->file.keys, message_bytes(m->keys));
	v->announced = m->logs;
	v->file.logs = calloc(m->logs, sizeof(struct bundle_log *));
	must(v->file.logs != NULL);
	v->stage = STAGE_LOG;
	return v->trust.exporter_cb(v->trust.arg, &v->file.exporter, err);
}

/* ---- one log ---- */

static struct bundle_log *current(const struct bundle_verify *v)
{
	return v->file.logs[v->file.count - 1];
}

/* Keep the leaves of the present bundle when a proof from an older size will need them. */
static void keep_edge(struct bundle_verify *v, struct bundle_log *l)
{
	uint64_t sizes[HANDOVER_PROOFS_MAX], bundle = v->next / BUNDLE_ENTRIES, edge;
	size_t count = v->trust.held_cb != NULL ? v->trust.held_cb(v->trust.arg, l->origin, sizes) : 0;
	bool wanted = false;
	must(count <= HANDOVER_PROOFS_MAX);
	for (size_t i = 0; i < count; i++)
		wanted = wanted || (sizes[i] >= l->since && tree_edge_bundle(sizes[i], &edge) && edge == bundle);
	if (!wanted || l->edge_count == HANDOVER_PROOFS_MAX)
		return;
	if (l->edges == NULL)
		l->edges = calloc(HANDOVER_PROOFS_MAX, sizeof *l->edges);
	must(l->edges != NULL);
	struct bundle_edge *e = &l->edges[l->edge_count++];
	e->bundle = bundle;
	e->count = v->leaf_count;
	memcpy(e->leaves, v->leaves, v->leaf_count * sizeof *v->leaves);
}

static int finish_log(struct bundle_verify *v, struct bundle_log *l, struct err *err)
{
	struct hash root = tree_root(l->tree);
	if (!hash_equal(&root, &l->root))
		return err_set(err, ERR_UNTRUSTED, "clause 9.3: the entries of %s do not have the root that its head states",
		               l->origin);
	v->stage = v->file.count == v->announced ? STAGE_END : STAGE_LOG;
	return OK;
}

static int read_head(struct bundle_verify *v, struct bundle_log *l, struct bytes raw, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = checkpoint_read(raw, &note, &cp, err);
	if (rc != OK)
		return rc;
	if (!bytes_equal(cp.origin, bytes_str(l->origin)) || cp.size > INT64_MAX || cp.size < l->since || cp.size == 0)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: the head of %s is another log's, empty, or smaller than since",
		               l->origin);
	l->size = cp.size;
	l->root = cp.root;
	buf_add_bytes(&l->head, raw);
	rc = v->trust.head_cb(v->trust.arg, l->origin, raw, &l->key, err);
	if (rc == ERR_NOT_FOUND) {
		l->key = NULL;
		return OK;
	}
	return rc;
}

/* Clause 8.  Without the log's key nothing is to be said of signatures. */
static int check_evidence(struct bundle_verify *v, struct bundle_log *l, struct bytes file, struct err *err)
{
	struct evidence e;
	int rc = evidence_parse(file, &e, err);
	if (rc != OK)
		return rc;
	if (strcmp(e.origin, l->origin) != 0)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: the evidence beside %s is about another log", l->origin);
	buf_add_bytes(&l->evidence, file);
	l->evidence_smaller = e.smaller_size;
	l->evidence_larger = e.larger_size;
	if (l->key == NULL)
		return OK;
	return v->trust.evidence_cb != NULL ? v->trust.evidence_cb(v->trust.arg, l->origin, &e, err)
	                                    : evidence_verify(v->hasher, &e, l->key, err);
}

static bool met(const struct bundle_verify *v, const char *origin)
{
	for (size_t i = 0; i < v->file.count; i++)
		if (strcmp(v->file.logs[i]->origin, origin) == 0)
			return true;
	return false;
}

static int take_log(struct bundle_verify *v, const Normlink__BundleLog *m, struct err *err)
{
	struct tree_frontier since;
	if (met(v, m->origin))
		return err_set(err, ERR_PROTOCOL, "clause 9.1: %s occurs twice", m->origin);
	struct bundle_log *l = calloc(1, sizeof *l);
	must(l != NULL);
	v->file.logs[v->file.count++] = l;
	memcpy(l->origin, m->origin, strlen(m->origin));
	l->since = v->next = m->since;
	buf_add_bytes(&l->keys, message_bytes(m->keys));
	bundle_log_frontier(m, &since);
	l->tree = tree_resume(v->hasher, &since);
	v->leaf_count = m->since % BUNDLE_ENTRIES;
	memcpy(v->leaves, since.tail, sizeof v->leaves);
	v->stage = STAGE_ENTRIES;
	int rc = read_head(v, l, message_bytes(m->checkpoint), err);
	if (rc == OK && m->evidence != NULL)
		rc = check_evidence(v, l, message_bytes(m->evidence->file), err);
	if (rc != OK || l->size > l->since)
		return rc;
	keep_edge(v, l);
	return finish_log(v, l, err);
}

/* ---- entries ---- */

static int show_entry(const struct bundle_verify *v, const struct bundle_log *l, struct bytes raw,
                      const Normlink__Payload *p, struct err *err)
{
	const struct bundle_trust *t = &v->trust;
	return t->entry_cb == NULL
	           ? OK
	           : t->entry_cb(t->arg, l->origin, raw, (enum payload_state)p->state, message_bytes(p->data), err);
}

static int check_payload(struct bundle_verify *v, struct bundle_log *l, struct bytes raw, const Normlink__Payload *p,
                         struct err *err)
{
	struct envelope envelope;
	int rc = envelope_parse(raw, &envelope, err);
	if (rc != OK)
		return err_wrap(err, rc, "entry %llu of %s", (unsigned long long)v->next, l->origin);
	switch ((enum payload_state)p->state) {
	case PAYLOAD_PRESENT:
		l->present++;
		if (envelope_check(v->hasher, &envelope, message_bytes(p->data), NULL) != OK)
			return err_set(err, ERR_UNTRUSTED,
			               "clause 9.3: entry %llu of %s has another content than its envelope names",
			               (unsigned long long)v->next, l->origin);
		return show_entry(v, l, raw, p, err);
	case PAYLOAD_WITHHELD:
		l->withheld++;
		break;
	case PAYLOAD_REDACTED:
		l->redacted++;
		break;
	case PAYLOAD_NONE:
		must(!"a state that frame_check_entries has let through");
	}
	l->missing += strcmp(envelope.collection, "public") == 0;
	return show_entry(v, l, raw, p, err);
}

/* The envelopes of what is left of a bundle; when its payloads are spread over several parts, the same ones again. */
static int take_leaves(struct bundle_verify *v, struct bundle_log *l, const Normlink__EntriesResponse *a,
                       struct err *err)
{
	size_t before = v->next % BUNDLE_ENTRIES;
	bool again = v->leaf_count > before;
	for (size_t i = 0; i < a->n_envelopes; i++) {
		struct hash leaf = hash_leaf(v->hasher, message_bytes(a->envelopes[i]));
		if (again && !hash_equal(&leaf, &v->leaves[before + i]))
			return err_set(err, ERR_PROTOCOL, "clause 9.1: %s: one bundle with different envelopes", l->origin);
		if (again)
			continue;
		v->leaves[before + i] = leaf;
		tree_append(l->tree, &leaf);
	}
	if (again)
		return OK;
	v->leaf_count = before + a->n_envelopes;
	keep_edge(v, l);
	return OK;
}

static int take_entries(struct bundle_verify *v, const Normlink__EntriesResponse *a, struct err *err)
{
	struct bundle_log *l = current(v);
	uint64_t end = (v->next / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
	end = end < l->size ? end : l->size;
	if (a->n_envelopes != end - v->next)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: %zu entries of %s where %llu belong", a->n_envelopes, l->origin,
		               (unsigned long long)(end - v->next));
	int rc = take_leaves(v, l, a, err);
	for (size_t i = 0; rc == OK && i < a->n_payloads; i++, v->next++, v->entries++)
		rc = check_payload(v, l, message_bytes(a->envelopes[i]), a->payloads[i], err);
	if (rc != OK || v->next < end)
		return rc;
	v->leaf_count = 0;
	return end == l->size ? finish_log(v, l, err) : OK;
}

/* ---- the end ---- */

static int take_end(struct bundle_verify *v, const Normlink__BundleEnd *m, struct err *err)
{
	struct buf text = { 0 };
	v->file.digest = hash_end(v->digest);
	if (!bytes_equal(message_bytes(m->digest), bytes_of(v->file.digest.b, HASH_SIZE)))
		return err_set(err, ERR_UNTRUSTED, "clause 9.2: the digest at the end is not that of the file");
	bundle_end_text(&v->file.digest, &text);
	int rc = vkey_verify(&v->file.exporter, buf_bytes(&text), m->signature.data);
	buf_free(&text);
	if (rc != OK)
		return err_set(err, ERR_UNTRUSTED, "clause 9.2: the signature at the end is not by %s", v->file.exporter.name);
	v->stage = STAGE_DONE;
	return OK;
}

static int take(struct bundle_verify *v, const Normlink__BundlePart *part, struct err *err)
{
	if (part->part_case == NORMLINK__BUNDLE_PART__PART_START && v->stage == STAGE_START)
		return take_start(v, part->start, err);
	if (part->part_case == NORMLINK__BUNDLE_PART__PART_LOG && v->stage == STAGE_LOG)
		return take_log(v, part->log, err);
	if (part->part_case == NORMLINK__BUNDLE_PART__PART_ENTRIES && v->stage == STAGE_ENTRIES)
		return take_entries(v, part->entries, err);
	if (part->part_case == NORMLINK__BUNDLE_PART__PART_END && v->stage == STAGE_END)
		return take_end(v, part->end, err);
	return err_set(err, ERR_PROTOCOL, "clause 9.1: a part that does not belong here");
}

int bundle_verify_part(struct bundle_verify *v, struct bytes framed, struct err *err)
{
	struct arena arena = { .cap = FRAME_MEMORY_MAX };
	Normlink__BundlePart *part = NULL;
	must(v->stage != STAGE_FAILED);
	int rc = bundle_part_decode(framed, &arena, &part, err);
	if (rc == OK && part->part_case != NORMLINK__BUNDLE_PART__PART_END)
		hash_more(v->digest, framed);
	if (rc == OK)
		rc = take(v, part, err);
	arena_free(&arena);
	if (rc != OK)
		v->stage = STAGE_FAILED;
	return rc;
}

int bundle_verify_finish(struct bundle_verify *v, struct err *err)
{
	if (v->stage != STAGE_DONE)
		return err_set(err, ERR_PROTOCOL, "clause 9.2: the file is cut short");
	return OK;
}

/* ---- proofs ---- */

/* The log's tree, and beside it the edges that were kept. */
static int log_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct bundle_log *l = ctx;
	struct tree_source tree = tree_as_source(l->tree);
	int rc = tree.read(tree.ctx, level, index, out);
	for (size_t i = 0; rc != OK && i < l->edge_count; i++) {
		struct tree_bundle_source edge = { l->tree, l->edges[i].bundle, l->edges[i].leaves, l->edges[i].count };
		struct tree_source source = tree_bundle_as_source(&edge);
		rc = source.read(source.ctx, level, index, out);
	}
	return rc;
}

int bundle_log_consistency(struct hasher *h, struct bundle_log *log, uint64_t old_size, struct hash *root,
                           struct tree_proof *out)
{
	struct tree_source source = { log_read, log };
	if (old_size == 0 || old_size < log->since || old_size > log->size)
		return ERR_NOT_FOUND;
	int rc = tree_root_at(h, source, old_size, root);
	return rc == OK ? tree_prove(h, source, 0, old_size, log->size, out) : rc;
}

int bundle_log_inclusion(struct hasher *h, struct bundle_log *log, uint64_t end, struct tree_proof *out)
{
	must(end > 0 && end <= log->size);
	return tree_prove(h, tree_as_source(log->tree), (end - 1) / BUNDLE_ENTRIES * BUNDLE_ENTRIES, end, log->size, out);
}
