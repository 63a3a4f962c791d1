#include "tests/sim/carry.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "proto/message.h"
#include "tests/sim/check.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

struct carry {
	uint32_t from, to, life; /* nodes; the life of the second */
	uint32_t ident;          /* whose log */
	struct buf head;
	uint64_t size, next;
	uint64_t op; /* 0: nothing is waited for */
	bool head_given, evidence_given;
};

static void drop(struct world *w)
{
	carry_free(w);
}

void carry_free(struct world *w)
{
	if (w->carry == NULL)
		return;
	buf_free(&w->carry->head);
	free(w->carry);
	w->carry = NULL;
}

static bool lives(const struct world *w)
{
	const struct node *to = &w->nodes[w->carry->to];
	return to->up && to->life == w->carry->life;
}

bool carry_unanswered(const struct world *w)
{
	return w->carry != NULL && lives(w) && w->carry->op != 0;
}

/* ---- what is handed over ---- */

static void put(struct world *w, Normlink__Handover *part)
{
	struct carry *c = w->carry;
	struct buf raw = { 0 };
	part->origin = w->idents[c->ident].card.origin;
	message_encode(&part->base, &raw);
	if (rng_permille(&w->rng, 60)) {
		w->figures.spoiled++;
		raw.data[rng_below(&w->rng, raw.len)] ^= (uint8_t)(1 << rng_below(&w->rng, 8));
	}
	c->op = ++w->next_op;
	struct bytes bytes = buf_bytes(&raw);
	node_hand(w, &w->nodes[c->to], c->op, &bytes, 1);
	buf_free(&raw);
}

static size_t fill(ProtobufCBinaryData *out, const struct tree_proof *proof)
{
	for (size_t i = 0; i < proof->count; i++)
		out[i] = message_field(bytes_of(proof->hashes[i].b, HASH_SIZE));
	return proof->count;
}

/* The head, with proofs from what the receiver's disk shows. */
static void put_head(struct world *w, const struct branch *branch)
{
	struct carry *c = w->carry;
	const struct disk_log *held = &w->nodes[c->to].disk.logs[c->ident];
	const uint64_t sizes[] = { held->target.size > 0 ? held->target.size : held->head.size, held->size };
	struct branch_reader reader = { branch, w->hasher };
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedHead head = NORMLINK__HANDED_HEAD__INIT;
	Normlink__HandedProof proofs[2], *pointers[2] = { &proofs[0], &proofs[1] };
	ProtobufCBinaryData data[2][PROOF_HASHES_MAX];
	struct tree_proof proof;
	for (size_t i = 0; i < 2; i++) {
		if (sizes[i] == 0 || sizes[i] > c->size || (i == 1 && sizes[1] == sizes[0]))
			continue;
		if (tree_prove(w->hasher, branch_source(&reader), 0, sizes[i], c->size, &proof) != OK)
			continue;
		Normlink__HandedProof *p = &proofs[head.n_proofs];
		normlink__handed_proof__init(p);
		p->has_size = p->has_root = 1;
		p->size = sizes[i];
		p->root = message_field(bytes_of(branch->roots[sizes[i]].b, HASH_SIZE));
		p->n_hashes = fill(data[head.n_proofs], &proof);
		p->hashes = data[head.n_proofs++];
	}
	head.proofs = pointers;
	head.has_checkpoint = 1;
	head.checkpoint = message_field(buf_bytes(&c->head));
	part.body_case = NORMLINK__HANDOVER__BODY_HEAD;
	part.head = &head;
	c->head_given = true;
	c->next = held->size < c->size ? held->size : c->size;
	if (rng_permille(&w->rng, 300))
		c->next = c->next / BUNDLE_ENTRIES * BUNDLE_ENTRIES; /* some of it again */
	put(w, &part);
}

/* An export leaves out what is not public. */
static bool goes_along(const struct entry *e)
{
	struct envelope envelope;
	return e->state != PAYLOAD_PRESENT || envelope_parse(e->envelope, &envelope, NULL) != OK ||
	       strcmp(envelope.collection, "public") == 0;
}

static void put_answer(struct world *w, const struct branch *branch, uint64_t end, const struct read_answer *a)
{
	struct carry *c = w->carry;
	struct branch_reader reader = { branch, w->hasher };
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedEntries entries = NORMLINK__HANDED_ENTRIES__INIT;
	Normlink__EntriesResponse body = NORMLINK__ENTRIES_RESPONSE__INIT;
	Normlink__Payload payloads[BUNDLE_ENTRIES], *pointers[BUNDLE_ENTRIES];
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES], hashes[PROOF_HASHES_MAX];
	struct tree_proof proof;
	uint64_t first = c->next / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
	if (tree_prove(w->hasher, branch_source(&reader), first, end, c->size, &proof) != OK)
		return;
	for (size_t i = 0; i < a->count; i++)
		envelopes[i] = message_field(a->entries[i].envelope);
	for (size_t i = 0; i < a->payloads; i++) {
		normlink__payload__init(&payloads[i]);
		enum payload_state state = goes_along(&a->entries[i]) ? a->entries[i].state : PAYLOAD_WITHHELD;
		payloads[i].has_state = 1;
		payloads[i].state = (Normlink__Payload__State)state;
		payloads[i].has_data = state == PAYLOAD_PRESENT;
		payloads[i].data = message_field(a->entries[i].payload);
		pointers[i] = &payloads[i];
	}
	body.envelopes = envelopes;
	body.n_envelopes = a->count;
	body.payloads = pointers;
	body.n_payloads = a->payloads;
	body.n_hashes = fill(hashes, &proof);
	body.hashes = hashes;
	entries.has_start = entries.has_size = 1;
	entries.start = c->next;
	entries.size = c->size;
	entries.entries = &body;
	part.body_case = NORMLINK__HANDOVER__BODY_ENTRIES;
	part.entries = &entries;
	c->next += a->payloads;
	put(w, &part);
}

static void put_entries(struct world *w, const struct branch *branch)
{
	struct carry *c = w->carry;
	struct store_read read = { .start = c->next };
	struct read_answer answer = { 0 };
	memcpy(read.origin, w->idents[c->ident].card.origin, sizeof read.origin);
	read.end = (c->next / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
	read.end = read.end < c->size ? read.end : c->size;
	read.payload_bytes = rng_permille(&w->rng, 800) ? BUNDLE_PART_PAYLOADS : 1;
	if (disk_read(w, &w->nodes[c->from], &read, &answer) == OK)
		put_answer(w, branch, read.end, &answer);
	arena_free(&answer.arena);
}

static void put_evidence(struct world *w, struct bytes file)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__Evidence evidence = NORMLINK__EVIDENCE__INIT;
	evidence.has_file = 1;
	evidence.file = message_field(file);
	part.body_case = NORMLINK__HANDOVER__BODY_EVIDENCE;
	part.evidence = &evidence;
	w->carry->evidence_given = true;
	put(w, &part);
}

/* ---- the way ---- */

static void go_on(struct world *w, const struct happening *h)
{
	struct carry *c = w->carry;
	(void)h;
	if (c == NULL || c->op != 0)
		return;
	const struct disk_log *log = &w->nodes[c->from].disk.logs[c->ident];
	if (!lives(w) || log->size < c->size) { /* a disk that was put back */
		drop(w);
		return;
	}
	if (!c->head_given)
		put_head(w, log->branch);
	else if (c->next < c->size)
		put_entries(w, log->branch);
	else if (log->evidence.len > 0 && !c->evidence_given)
		put_evidence(w, buf_bytes(&log->evidence));
	if (w->carry != NULL && w->carry->op == 0)
		drop(w);
}

void carry_outcome(struct world *w, struct node *n, const struct effect *fx)
{
	struct carry *c = w->carry;
	if (c == NULL || c->op != fx->u.handed.op || c->to != n->index)
		return;
	trace_say(w, "    handed op %llu: %s, %s", (unsigned long long)c->op, err_name(fx->u.handed.code),
	          fx->u.handed.text);
	c->op = 0;
	if (fx->u.handed.code != OK) {
		w->figures.handed_refused++;
		c->next = c->size;
	} else {
		w->figures.handed++;
	}
	world_plan(w, rng_below(&w->rng, 200), go_on, WORLD_NOBODY, 0);
}

void carry_begin(struct world *w)
{
	const struct node *from = &w->nodes[rng_below(&w->rng, w->node_count)];
	const struct node *to = &w->nodes[rng_below(&w->rng, w->node_count)];
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count), peer;
	if (w->carry != NULL && !lives(w))
		drop(w);
	if (w->carry != NULL || from == to || !from->checked || !to->up || to->core == NULL)
		return;
	const struct disk_log *log = &from->disk.logs[ident];
	if (!log->exists || log->head.size == 0 || (to->ident != ident && !node_peer(w, to, ident, &peer)))
		return;
	struct carry *c = calloc(1, sizeof *c);
	must(c != NULL);
	*c = (struct carry){ .from = from->index, .to = to->index, .life = to->life, .ident = ident };
	c->size = log->head.size;
	buf_add_bytes(&c->head, buf_bytes(&log->head.note));
	w->carry = c;
	trace_say(w, "somebody carries %s, %llu entries, from %s to %s", w->idents[ident].name, (unsigned long long)c->size,
	          w->idents[from->ident].name, w->idents[to->ident].name);
	world_plan(w, rng_below(&w->rng, 100), go_on, WORLD_NOBODY, 0);
}
