#include <stdlib.h>

#include "crypto/encode.h"
#include "crypto/evidence.h"
#include "crypto/note.h"
#include <stdio.h>

#include "node/base/must.h"
#include "tests/sim/classes.h"
#include "tests/sim/hostile.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

static uint64_t modes_of(const struct world *w, const struct node *n)
{
	return w->idents[n->ident].modes;
}

/* Now and then, when it has that mode. */
static bool lies(struct world *w, const struct node *n, enum hostile_mode mode)
{
	return (modes_of(w, n) & mode) != 0 && rng_permille(&w->rng, 400);
}

void lies_send(struct world *w, struct node *n, link_id link, uint64_t id, Normlink__Frame *frame)
{
	struct buf out = { 0 };
	frame->has_id = true;
	frame->id = lies(w, n, MODE_WRONG_ID) ? id + rng_below(&w->rng, 3) : id;
	frame_write(frame, &out);
	trace_said(w, n, link, buf_bytes(&out));
	net_send(w, n, link, buf_bytes(&out));
	if (lies(w, n, MODE_WRONG_ID))
		net_send(w, n, link, buf_bytes(&out));
	buf_free(&out);
}

void lies_hello(struct world *w, struct node *n, link_id link)
{
	Normlink__Hello hello = NORMLINK__HELLO__INIT;
	hello.has_version = true;
	hello.version = lies(w, n, MODE_RANDOM) ? (uint32_t)rng_next(&w->rng) | 1 : 1;
	hello.name = w->idents[n->ident].name;
	hello.has_requests_in_flight = true;
	hello.requests_in_flight = lies(w, n, MODE_RANDOM) ? UINT32_MAX : 1 + (uint32_t)rng_below(&w->rng, 64);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_HELLO;
	f.hello = &hello;
	lies_send(w, n, link, w->hostile[n->ident]->next_id++, &f);
}

/* ---- heads ---- */

static void say_head(struct world *w, struct node *n, link_id link, struct bytes note)
{
	Normlink__Announce announce = NORMLINK__ANNOUNCE__INIT;
	announce.has_checkpoint = true;
	announce.checkpoint = message_field(note);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_ANNOUNCE;
	f.announce = &announce;
	lies_send(w, n, link, w->hostile[n->ident]->next_id++, &f);
}

void lies_relay(struct world *w, struct node *n, link_id link, struct bytes note)
{
	say_head(w, n, link, note);
	w->figures.relays++;
}

static void sign_head(const struct world *w, const struct node *n, uint64_t size, const struct hash *root,
                      struct buf *out)
{
	struct buf text = { 0 };
	checkpoint_write(w->idents[n->ident].card.origin, size, root, &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_char(out, '\n');
	note_sign(w->idents[n->ident].log_key, buf_bytes(&text), out);
	buf_free(&text);
}

/* Which of its two logs a member is shown. */
static int branch_for(struct world *w, const struct node *n, uint32_t ident)
{
	if (!(modes_of(w, n) & MODE_FORK))
		return 0;
	return rng_permille(&w->rng, 30) ? (int)rng_below(&w->rng, 2) : (int)(ident % 2);
}

void lies_announce(struct world *w, struct node *n, link_id link, uint32_t ident)
{
	static const uint64_t huge[] = { UINT64_C(1) << 63, INT64_MAX, UINT64_MAX, UINT64_C(1) << 40 };
	const struct hostile *h = w->hostile[n->ident];
	int b = branch_for(w, n, ident);
	uint64_t size = h->shown[b];
	struct hash root = h->branches[b]->roots[size];
	struct buf note = { 0 };
	if (lies(w, n, MODE_HUGE)) {
		size = huge[rng_below(&w->rng, sizeof huge / sizeof *huge)];
		w->figures.garbage++;
	} else if (lies(w, n, MODE_WRONG_ROOT)) {
		root.b[rng_below(&w->rng, HASH_SIZE)] ^= 1;
		size += rng_below(&w->rng, 3);
		w->figures.garbage++;
	}
	sign_head(w, n, size, &root, &note);
	say_head(w, n, link, buf_bytes(&note));
	buf_free(&note);
}

/* ---- answers ---- */

static const struct branch *branch_asked(struct world *w, const struct node *n, uint32_t asker, const char *origin)
{
	uint32_t ident = world_ident(w, origin);
	if (ident == UINT32_MAX)
		return NULL;
	if (ident == n->ident)
		return w->hostile[n->ident]->branches[branch_for(w, n, asker)];
	return w->idents[ident].truth.branches[0];
}

static void say_failure(struct world *w, struct node *n, link_id link, uint64_t id)
{
	Normlink__Failure failure = NORMLINK__FAILURE__INIT;
	failure.has_code = true;
	failure.code = (uint32_t)rng_below(&w->rng, 8);
	failure.text = (char[]){ "no" };
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_FAILURE;
	f.failure = &failure;
	lies_send(w, n, link, id, &f);
}

static void flip(struct world *w, ProtobufCBinaryData *data)
{
	w->figures.garbage++;
	if (data->len > 0)
		data->data[rng_below(&w->rng, data->len)] ^= (uint8_t)(1 << rng_below(&w->rng, 8));
}

/* A proof as an answer's fields, in the arena so that it can be spoilt. */
static void proof_fields(struct arena *arena, const struct tree_proof *proof, size_t *count, ProtobufCBinaryData **out)
{
	*count = proof->count;
	*out = arena_array(arena, proof->count + 1, sizeof **out);
	for (size_t i = 0; i < proof->count; i++)
		(*out)[i] = message_field(arena_bytes(arena, bytes_of(proof->hashes[i].b, HASH_SIZE)));
}

static void payload_fields(struct world *w, struct node *n, struct arena *arena, const struct branch *b, uint64_t start,
                           size_t count, Normlink__EntriesResponse *m)
{
	m->payloads = arena_array(arena, count + 1, sizeof *m->payloads);
	m->n_payloads = rng_permille(&w->rng, 200) ? (size_t)rng_between(&w->rng, 1, count) : count;
	bool withhold = lies(w, n, MODE_WITHHOLD), swap = lies(w, n, MODE_WRONG_PAYLOAD);
	w->figures.garbage += withhold || swap;
	for (size_t i = 0; i < m->n_payloads; i++) {
		Normlink__Payload *p = arena_get(arena, sizeof *p);
		normlink__payload__init(p);
		p->has_state = true;
		p->state = NORMLINK__PAYLOAD__STATE__STATE_PRESENT;
		uint64_t index = swap && start > 0 ? start - 1 : start + i;
		/* A liar keeps what it may not have been given: that is nobody else's to prevent, and not looked at here. */
		if (classes_of(b->entries[index].envelope) != 0) {
			p->state = NORMLINK__PAYLOAD__STATE__STATE_WITHHELD;
		} else if (withhold) {
			p->state = (Normlink__Payload__State)rng_between(&w->rng, 2, 3);
		} else {
			p->has_data = true;
			p->data = message_field(b->entries[index].payload);
		}
		m->payloads[i] = p;
	}
}

void lies_entries(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked)
{
	const Normlink__EntriesRequest *r = asked->entries_request;
	const struct branch *b = branch_asked(w, n, ident, r->origin);
	if (b == NULL || r->size > b->size || rng_permille(&w->rng, 20)) {
		say_failure(w, n, link, asked->id);
		return;
	}
	struct arena arena = { 0 };
	struct branch_reader reader = { .branch = b, .hasher = w->hasher };
	struct tree_proof proof;
	uint64_t first = r->start - r->start % BUNDLE_ENTRIES;
	int rc = tree_prove(w->hasher, branch_source(&reader), first, r->end, r->size, &proof);
	must(rc == OK);
	Normlink__EntriesResponse m = NORMLINK__ENTRIES_RESPONSE__INIT;
	m.n_envelopes = (size_t)(r->end - r->start);
	m.envelopes = arena_array(&arena, m.n_envelopes, sizeof *m.envelopes);
	for (size_t i = 0; i < m.n_envelopes; i++)
		m.envelopes[i] = message_field(arena_bytes(&arena, b->entries[r->start + i].envelope));
	proof_fields(&arena, &proof, &m.n_hashes, &m.hashes);
	payload_fields(w, n, &arena, b, r->start, m.n_envelopes, &m);
	if (lies(w, n, MODE_WRONG_PROOF) && m.n_hashes > 0)
		flip(w, &m.hashes[rng_below(&w->rng, m.n_hashes)]);
	if (lies(w, n, MODE_WRONG_PROOF))
		flip(w, &m.envelopes[rng_below(&w->rng, m.n_envelopes)]);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
	f.entries_response = &m;
	lies_send(w, n, link, asked->id, &f);
	arena_free(&arena);
}

void lies_payloads(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked)
{
	const Normlink__PayloadsRequest *r = asked->payloads_request;
	const struct branch *b = branch_asked(w, n, ident, r->origin);
	if (b == NULL || r->indexes[r->n_indexes - 1] >= b->size || rng_permille(&w->rng, 100)) {
		say_failure(w, n, link, asked->id);
		return;
	}
	Normlink__Payload payloads[PAYLOADS_ASKED_MAX], *pointers[PAYLOADS_ASKED_MAX];
	Normlink__PayloadsResponse m = NORMLINK__PAYLOADS_RESPONSE__INIT;
	m.payloads = pointers;
	m.n_payloads = (size_t)rng_between(&w->rng, 1, r->n_indexes);
	bool withhold = lies(w, n, MODE_WITHHOLD), swap = lies(w, n, MODE_WRONG_PAYLOAD);
	for (size_t i = 0; i < m.n_payloads; i++) {
		const struct entry *e = &b->entries[swap ? 0 : r->indexes[i]];
		bool there = !withhold && classes_of(e->envelope) == 0;
		pointers[i] = &payloads[i];
		normlink__payload__init(&payloads[i]);
		payloads[i].has_state = true;
		payloads[i].state = there ? NORMLINK__PAYLOAD__STATE__STATE_PRESENT : NORMLINK__PAYLOAD__STATE__STATE_WITHHELD;
		payloads[i].has_data = there;
		payloads[i].data = there ? message_field(e->payload) : (ProtobufCBinaryData){ 0 };
	}
	if (lies(w, n, MODE_WRONG_ID) && r->n_indexes < PAYLOADS_ASKED_MAX) { /* one too many */
		pointers[m.n_payloads] = pointers[0];
		m.n_payloads++;
	}
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE;
	f.payloads_response = &m;
	lies_send(w, n, link, asked->id, &f);
}

void lies_consistency(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked)
{
	const Normlink__ConsistencyRequest *r = asked->consistency_request;
	const struct branch *b = branch_asked(w, n, ident, r->origin);
	struct tree_proof proof = { 0 };
	if (b == NULL || r->new_size > b->size) {
		say_failure(w, n, link, asked->id);
		return;
	}
	struct arena arena = { 0 };
	struct branch_reader reader = { .branch = b, .hasher = w->hasher };
	if (r->old_size > 0)
		must(tree_prove(w->hasher, branch_source(&reader), 0, r->old_size, r->new_size, &proof) == OK);
	Normlink__ConsistencyResponse m = NORMLINK__CONSISTENCY_RESPONSE__INIT;
	m.has_old_root = true;
	m.old_root = message_field(arena_bytes(&arena, bytes_of(b->roots[r->old_size].b, HASH_SIZE)));
	proof_fields(&arena, &proof, &m.n_hashes, &m.hashes);
	if (lies(w, n, MODE_WRONG_PROOF))
		flip(w, m.n_hashes > 0 ? &m.hashes[rng_below(&w->rng, m.n_hashes)] : &m.old_root);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	f.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE;
	f.consistency_response = &m;
	lies_send(w, n, link, asked->id, &f);
	arena_free(&arena);
}

/* ---- what nobody asked for ---- */

static void say_garbage(struct world *w, struct node *n, link_id link)
{
	uint8_t junk[64];
	size_t len = 1 + (size_t)rng_below(&w->rng, sizeof junk);
	for (size_t i = 0; i < len; i++)
		junk[i] = (uint8_t)rng_next(&w->rng);
	if (rng_permille(&w->rng, 500) && len > 4) { /* a frame of the right length, full of junk */
		junk[0] = junk[1] = junk[2] = 0;
		junk[3] = (uint8_t)(len - 4);
	}
	w->figures.garbage++;
	net_send(w, n, link, bytes_of(junk, len));
}

static void say_random(struct world *w, struct node *n, link_id link)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__EntriesRequest entries = NORMLINK__ENTRIES_REQUEST__INIT;
	Normlink__ConsistencyRequest consistency = NORMLINK__CONSISTENCY_REQUEST__INIT;
	char *origin = w->idents[rng_below(&w->rng, w->ident_count)].card.origin;
	unsigned shift = (unsigned)rng_below(&w->rng, 64);
	w->figures.garbage++;
	if (rng_permille(&w->rng, 500)) {
		f.body_case = NORMLINK__FRAME__BODY_ENTRIES_REQUEST;
		entries.origin = origin;
		entries.has_start = entries.has_end = entries.has_size = true;
		entries.start = rng_next(&w->rng) >> shift;
		entries.end = entries.start + rng_below(&w->rng, 300);
		entries.size = rng_next(&w->rng) >> shift;
		f.entries_request = &entries;
	} else {
		f.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST;
		consistency.origin = origin;
		consistency.has_old_size = consistency.has_new_size = true;
		consistency.old_size = rng_next(&w->rng) >> shift;
		consistency.new_size = rng_next(&w->rng) >> shift;
		f.consistency_request = &consistency;
	}
	lies_send(w, n, link, rng_next(&w->rng) >> shift, &f);
}

/* Requests that are in order, and many, or too many. */
static void flood(struct world *w, struct node *n, link_id link)
{
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count);
	const struct disk_log *log = &w->nodes[ident].disk.logs[ident];
	if (log->size == 0 || w->idents[ident].hostility != HOSTILE_NOT)
		return;
	w->figures.floods++;
	for (uint64_t i = rng_between(&w->rng, 20, 200); i > 0; i--) {
		Normlink__EntriesRequest m = NORMLINK__ENTRIES_REQUEST__INIT;
		m.origin = w->idents[ident].card.origin;
		m.has_start = m.has_end = m.has_size = true;
		m.size = log->size;
		m.start = rng_below(&w->rng, log->size);
		uint64_t most = BUNDLE_ENTRIES - m.start % BUNDLE_ENTRIES;
		m.end = m.start + (log->size - m.start < most ? log->size - m.start : most);
		Normlink__Frame f = NORMLINK__FRAME__INIT;
		f.body_case = NORMLINK__FRAME__BODY_ENTRIES_REQUEST;
		f.entries_request = &m;
		lies_send(w, n, link, w->hostile[n->ident]->next_id++, &f);
	}
}

static const struct buf *some_head(struct world *w, const struct node *n, uint32_t ident)
{
	const struct buf *head = &w->hostile[n->ident]->heads[ident][rng_below(&w->rng, HOSTILE_HEADS)];
	return head->len > 0 ? head : NULL;
}

/* An old head of somebody, or one with a cosignature that nobody made. */
static void say_old_head(struct world *w, struct node *n, link_id link)
{
	const struct buf *head = some_head(w, n, (uint32_t)rng_below(&w->rng, w->ident_count));
	if (head == NULL)
		return;
	struct buf note = { 0 }, line = { 0 };
	buf_add_bytes(&note, buf_bytes(head));
	if (rng_permille(&w->rng, 400)) {
		const struct vkey *key = skey_public(w->idents[rng_below(&w->rng, w->ident_count)].witness_key);
		buf_add_u32(&line, key->id);
		for (unsigned i = 0; i < 9; i++)
			buf_add_u64(&line, rng_next(&w->rng) >> 1);
		buf_add_str(&note, "\xe2\x80\x94 ");
		buf_add_str(&note, key->name);
		buf_add_char(&note, ' ');
		base64_add(&note, buf_bytes(&line));
		buf_add_char(&note, '\n');
		w->figures.garbage++;
	}
	say_head(w, n, link, buf_bytes(&note));
	buf_free(&note);
	buf_free(&line);
}

/* A log key that has signed this head. */
static const struct vkey *log_key_of(const struct ident *id, const struct buf *head)
{
	struct note note;
	if (note_parse(buf_bytes(head), &note, NULL) != OK)
		return NULL;
	for (size_t i = 0; i < note.count; i++) {
		const struct skey *key = keys_of_line(id, &note.signatures[i]);
		if (key != NULL && skey_public(key)->type == KEY_ED25519)
			return skey_public(key);
	}
	return NULL;
}

/* Two heads that are both true, or one with itself, and hashes that prove nothing. */
static void say_evidence(struct world *w, struct node *n, link_id link)
{
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count);
	const struct buf *a = some_head(w, n, ident), *b = some_head(w, n, ident);
	if (a == NULL || b == NULL)
		return;
	struct tree_proof proof = { .count = (size_t)rng_below(&w->rng, 5) };
	struct buf file = { 0 };
	for (size_t i = 0; i < proof.count; i++)
		memset(proof.hashes[i].b, (int)rng_below(&w->rng, 256), HASH_SIZE);
	const struct vkey *of_a = log_key_of(&w->idents[ident], a), *of_b = log_key_of(&w->idents[ident], b);
	if (of_a == NULL || of_b == NULL)
		return;
	evidence_write(of_a, of_b, buf_bytes(a), buf_bytes(b), &proof.hashes[0], proof.hashes, proof.count, &file);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Evidence m = NORMLINK__EVIDENCE__INIT;
	m.has_file = true;
	m.file = message_field(buf_bytes(&file));
	f.body_case = NORMLINK__FRAME__BODY_EVIDENCE;
	f.evidence = &m;
	w->figures.garbage++;
	lies_send(w, n, link, w->hostile[n->ident]->next_id++, &f);
	buf_free(&file);
}

/* Heads of somebody whose old key was stolen, to one who knows that it is old. */
static bool say_stolen_head(struct world *w, struct node *n, link_id link, uint32_t ident)
{
	struct buf note = { 0 };
	bool stolen = w->idents[ident].hostility == HOSTILE_NOT && keys_steal(w, &w->nodes[ident], &note);
	if (stolen)
		say_head(w, n, link, buf_bytes(&note));
	buf_free(&note);
	return stolen;
}

void lies_unasked(struct world *w, struct node *n, link_id link, uint32_t ident)
{
	if (rng_permille(&w->rng, 500) && say_stolen_head(w, n, link, ident))
		return;
	if (lies(w, n, MODE_GARBAGE) && rng_permille(&w->rng, 300))
		say_garbage(w, n, link);
	else if (lies(w, n, MODE_RANDOM) && rng_permille(&w->rng, 300))
		say_random(w, n, link);
	else if (lies(w, n, MODE_FLOOD))
		flood(w, n, link);
	else if (lies(w, n, MODE_OLD))
		say_old_head(w, n, link);
	else if (lies(w, n, MODE_FALSE_EVIDENCE))
		say_evidence(w, n, link);
}
