/* two_faced: the holder of an origin's keys, who shows each node another history.
 *
 *     two_faced DIR HOST:PORT BRANCH SIZE [ANNOUNCED]
 *
 * Dials that node with the identity of DIR (whose process must not run), announces a head of SIZE entries of branch
 * BRANCH, and answers for it until the link ends or it is killed.  The first COMMON entries of all branches are the
 * same. Prints "acknowledged" when the node has dealt with the head.
 *
 * With ANNOUNCED it announces a head of that size alone, and says more only to who asks it a query: of its newest
 * entries one as it is, one with another payload, one whose proof is broken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "crypto/note.h"
#include "crypto/tls.h"
#include "crypto/tree.h"
#include "node/base/must.h"
#include "node/shell/node_dir.h"
#include "proto/entry.h"
#include "proto/frame.h"
#include "proto/record.h"
#include "tests/support/ask.h"

enum { COMMON = 5, SIZE_MAX_HERE = 200, WAIT_MS = 120 * 1000, ANNOUNCED = 2 };

struct face {
	struct node_dir dir;
	struct hasher *hasher;
	unsigned branch;
	uint64_t size, announced;
	struct buf envelopes[SIZE_MAX_HERE], payloads[SIZE_MAX_HERE];
	struct hash leaves[SIZE_MAX_HERE];
	struct ask ask;
	struct tls_ctx *ctx;
	struct tls *tls;
	struct buf plain;
};

/* ---- what it publishes ---- */

static void make_entry(struct face *f, unsigned i)
{
	unsigned branch = i < COMMON ? 0 : f->branch;
	char subject[64], value[64], lang[] = "en";
	struct buf record = { 0 };
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)i, (uint8_t)branch };
	(void)snprintf(subject, sizeof subject, "ISO %u:2015", 1000 + i);
	(void)snprintf(value, sizeof value, "History %u, entry %u", branch, i);
	Normlink__Text text = NORMLINK__TEXT__INIT, *texts[] = { &text };
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	text.has_role = r.has_kind = 1;
	text.role = NORMLINK__ROLE__ROLE_TITLE;
	text.lang = lang;
	text.value = value;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = subject;
	r.texts = texts;
	r.n_texts = 1;
	r.standard = &standard;
	must(record_encode(&r, &record, NULL) == OK);
	payload_write(buf_bytes(&record), nonce, &f->payloads[i]);
	envelope_write(f->hasher, buf_bytes(&f->payloads[i]), UINT64_C(1767225600000) + i, NULL, &f->envelopes[i]);
	f->leaves[i] = hash_leaf(f->hasher, buf_bytes(&f->envelopes[i]));
	buf_free(&record);
}

static int read_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct face *f = ctx;
	if (level > 8 || (index + 1) << level > f->size)
		return ERR_NOT_FOUND;
	*out = tree_hash_leaves(f->hasher, &f->leaves[index << level], (size_t)1 << level);
	return OK;
}

static struct hash root_at(struct face *f, uint64_t size)
{
	struct hash root;
	must(tree_root_at(f->hasher, (struct tree_source){ read_node, f }, size, &root) == OK);
	return root;
}

/* ---- what it says ---- */

static void flush(struct face *f)
{
	struct buf wire = { 0 };
	tls_drain(f->tls, &wire);
	for (size_t sent = 0; sent < wire.len;) {
		ssize_t n = send(f->ask.fd, wire.data + sent, wire.len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	buf_free(&wire);
}

static void say(struct face *f, uint64_t id, Normlink__Frame *frame)
{
	struct buf bytes = { 0 };
	struct err err = { 0 };
	frame->has_id = 1;
	frame->id = id;
	frame_write(frame, &bytes);
	must(tls_write(f->tls, buf_bytes(&bytes), &err) == OK);
	buf_free(&bytes);
	flush(f);
}

static void say_hello(struct face *f)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Hello hello = NORMLINK__HELLO__INIT;
	hello.has_version = hello.has_requests_in_flight = 1;
	hello.version = 1;
	hello.name = f->dir.config.name;
	hello.requests_in_flight = 64;
	frame.body_case = NORMLINK__FRAME__BODY_HELLO;
	frame.hello = &hello;
	say(f, 1, &frame);
}

static void sign_head(struct face *f, uint64_t size, struct buf *note)
{
	struct buf text = { 0 };
	struct hash root = root_at(f, size);
	checkpoint_write(f->dir.config.origin, size, &root, &text);
	buf_add_bytes(note, buf_bytes(&text));
	buf_add_char(note, '\n');
	note_sign(f->dir.log_key, buf_bytes(&text), note);
	buf_free(&text);
}

static void announce(struct face *f)
{
	struct buf note = { 0 };
	sign_head(f, f->announced, &note);
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Announce body = NORMLINK__ANNOUNCE__INIT;
	body.has_checkpoint = 1;
	body.checkpoint = message_field(buf_bytes(&note));
	frame.body_case = NORMLINK__FRAME__BODY_ANNOUNCE;
	frame.announce = &body;
	say(f, ANNOUNCED, &frame);
	buf_free(&note);
}

static void prove(struct face *f, uint64_t start, uint64_t end, uint64_t size, struct tree_proof *proof,
                  ProtobufCBinaryData fields[PROOF_HASHES_MAX])
{
	must(tree_prove(f->hasher, (struct tree_source){ read_node, f }, start, end, size, proof) == OK);
	for (size_t i = 0; i < proof->count; i++)
		fields[i] = message_field(bytes_of(proof->hashes[i].b, HASH_SIZE));
}

static void fail(struct face *f, uint64_t id)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Failure body = NORMLINK__FAILURE__INIT;
	body.has_code = 1;
	body.code = 2; /* not held */
	frame.body_case = NORMLINK__FRAME__BODY_FAILURE;
	frame.failure = &body;
	say(f, id, &frame);
}

static void answer_consistency(struct face *f, uint64_t id, const Normlink__ConsistencyRequest *r)
{
	struct tree_proof proof;
	ProtobufCBinaryData fields[PROOF_HASHES_MAX];
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__ConsistencyResponse body = NORMLINK__CONSISTENCY_RESPONSE__INIT;
	struct hash root = root_at(f, r->old_size);
	prove(f, 0, r->old_size, r->new_size, &proof, fields);
	body.has_old_root = 1;
	body.old_root = message_field(bytes_of(root.b, HASH_SIZE));
	body.hashes = fields;
	body.n_hashes = proof.count;
	frame.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE;
	frame.consistency_response = &body;
	say(f, id, &frame);
}

static void answer_entries(struct face *f, uint64_t id, const Normlink__EntriesRequest *r)
{
	struct tree_proof proof;
	ProtobufCBinaryData fields[PROOF_HASHES_MAX], envelopes[SIZE_MAX_HERE];
	Normlink__Payload payloads[SIZE_MAX_HERE], *list[SIZE_MAX_HERE];
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__EntriesResponse body = NORMLINK__ENTRIES_RESPONSE__INIT;
	for (uint64_t i = r->start; i < r->end; i++, body.n_envelopes++, body.n_payloads++) {
		size_t at = body.n_envelopes;
		normlink__payload__init(&payloads[at]);
		payloads[at].has_state = payloads[at].has_data = 1;
		payloads[at].state = NORMLINK__PAYLOAD__STATE__STATE_PRESENT;
		payloads[at].data = message_field(buf_bytes(&f->payloads[i]));
		list[at] = &payloads[at];
		envelopes[at] = message_field(buf_bytes(&f->envelopes[i]));
	}
	prove(f, r->start / BUNDLE_ENTRIES * BUNDLE_ENTRIES, r->end, r->size, &proof, fields);
	body.envelopes = envelopes;
	body.payloads = list;
	body.hashes = fields;
	body.n_hashes = proof.count;
	frame.body_case = NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
	frame.entries_response = &body;
	say(f, id, &frame);
}

/* The newest entry, and two lies about those before it. */
static void answer_query(struct face *f, uint64_t id)
{
	enum { HITS = 3 };
	struct buf note = { 0 };
	struct tree_proof proofs[HITS];
	ProtobufCBinaryData fields[HITS][PROOF_HASHES_MAX];
	Normlink__QueryHit hits[HITS], *list[HITS];
	Normlink__QueryLog log = NORMLINK__QUERY_LOG__INIT, *logs[] = { &log };
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__QueryResponse body = NORMLINK__QUERY_RESPONSE__INIT;
	sign_head(f, f->size, &note);
	log.origin = f->dir.config.origin;
	log.has_checkpoint = 1;
	log.checkpoint = message_field(buf_bytes(&note));
	for (unsigned i = 0; i < HITS; i++) {
		uint64_t index = f->size - 1 - i;
		normlink__query_hit__init(&hits[i]);
		hits[i].has_log = hits[i].has_index = hits[i].has_envelope = hits[i].has_payload = 1;
		hits[i].index = index;
		hits[i].envelope = message_field(buf_bytes(&f->envelopes[index]));
		hits[i].payload = message_field(buf_bytes(&f->payloads[i == 1 ? 0 : index]));
		prove(f, index, index + 1, f->size, &proofs[i], fields[i]);
		hits[i].hashes = fields[i];
		hits[i].n_hashes = proofs[i].count;
		list[i] = &hits[i];
	}
	proofs[2].hashes[0].b[0] ^= 1;
	body.has_total = 1;
	body.total = HITS;
	body.logs = logs;
	body.n_logs = 1;
	body.hits = list;
	body.n_hits = HITS;
	frame.body_case = NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	frame.query_response = &body;
	say(f, id, &frame);
	buf_free(&note);
}

static void acknowledge(struct face *f, uint64_t id)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Ack ack = NORMLINK__ACK__INIT;
	frame.body_case = NORMLINK__FRAME__BODY_ACK;
	frame.ack = &ack;
	say(f, id, &frame);
}

static void pong(struct face *f, uint64_t id)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Pong body = NORMLINK__PONG__INIT;
	frame.body_case = NORMLINK__FRAME__BODY_PONG;
	frame.pong = &body;
	say(f, id, &frame);
}

/* ---- what it hears ---- */

static void heard(struct face *f, const Normlink__Frame *m)
{
	const Normlink__ConsistencyRequest *c = m->consistency_request;
	const Normlink__EntriesRequest *e = m->entries_request;
	switch ((int)m->body_case) {
	case NORMLINK__FRAME__BODY_HELLO:
		announce(f);
		break;
	case NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST:
		if (strcmp(c->origin, f->dir.config.origin) == 0 && c->old_size >= 1 && c->new_size <= f->size)
			answer_consistency(f, m->id, c);
		else
			fail(f, m->id);
		break;
	case NORMLINK__FRAME__BODY_ENTRIES_REQUEST:
		if (strcmp(e->origin, f->dir.config.origin) == 0 && e->size <= f->size)
			answer_entries(f, m->id, e);
		else
			fail(f, m->id);
		break;
	case NORMLINK__FRAME__BODY_ANNOUNCE:
	case NORMLINK__FRAME__BODY_EVIDENCE: /* and does not care */
		acknowledge(f, m->id);
		break;
	case NORMLINK__FRAME__BODY_QUERY_REQUEST:
		if (f->size >= 3)
			answer_query(f, m->id);
		break;
	case NORMLINK__FRAME__BODY_PING:
		pong(f, m->id);
		break;
	case NORMLINK__FRAME__BODY_ACK:
		if (m->id == ANNOUNCED && puts("acknowledged") >= 0)
			(void)fflush(stdout);
		break;
	default:
		break;
	}
}

static void hear(struct face *f)
{
	struct bytes frame;
	size_t used;
	while (frame_split(buf_bytes(&f->plain), &frame, &used, NULL) == OK) {
		struct arena arena = { 0 };
		struct err err = { 0 };
		Normlink__Frame *m = NULL;
		must(frame_decode(frame, &arena, &m, &err) == OK);
		heard(f, m);
		arena_free(&arena);
		buf_drop(&f->plain, used);
	}
}

static bool anybody(void *arg, const struct hash *pin)
{
	return true;
}

/* Until the link ends. */
static void talk(struct face *f)
{
	static uint8_t wire[65536];
	struct err err = { 0 };
	bool greeted = false;
	must(tls_start(f->tls, &err) == OK);
	for (;;) {
		flush(f);
		if (!greeted && tls_established(f->tls, NULL)) {
			greeted = true;
			say_hello(f);
		}
		ssize_t n = recv(f->ask.fd, wire, sizeof wire, 0);
		if (n <= 0 || tls_feed(f->tls, bytes_of(wire, (size_t)n), &f->plain, &err) != OK)
			break;
		hear(f);
	}
	(void)fprintf(stderr, "two_faced: the link has ended: %s\n", err.text);
}

int main(int argc, char **argv)
{
	static struct face f;
	struct err err = { 0 };
	f.branch = argc >= 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	f.size = argc >= 5 ? strtoul(argv[4], NULL, 10) : 0;
	f.announced = argc >= 6 ? strtoul(argv[5], NULL, 10) : f.size;
	if (f.size < 1 || f.size > SIZE_MAX_HERE || f.announced < 1 || f.announced > f.size) {
		(void)fputs("two_faced DIR HOST:PORT BRANCH SIZE [ANNOUNCED]\n", stderr);
		return 2;
	}
	f.hasher = hasher_new();
	for (unsigned i = 0; i < f.size; i++)
		make_entry(&f, i);
	int rc = node_dir_open(argv[1], &f.dir, &err);
	if (rc == OK)
		rc = ask_open(&f.ask, argv[2], WAIT_MS, &err);
	if (rc == OK)
		rc = tls_ctx_new(buf_bytes(&f.dir.keys.identities[0].key_pem), buf_bytes(&f.dir.keys.identities[0].cert_pem),
		                 &f.ctx, &err);
	if (rc != OK) {
		(void)fprintf(stderr, "two_faced: %s\n", err.text);
		return 1;
	}
	f.tls = tls_new(f.ctx, false, anybody, NULL);
	talk(&f);
	return 0;
}
