/* toy: a handful of records in a real tree with a real signed head, for tests of the api; toy_view.h answers from it.
 * One toy is alive at a time in a test.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/evidence.h"
#include "crypto/note.h"
#include "crypto/tree.h"
#include "node/base/must.h"
#include "node/core/index.h"
#include "node/core/verdict.h"
#include "proto/entry.h"
#include "proto/json.h"
#include "proto/record.h"

enum { TOY_MAX = 256 };

struct toy_entry {
	struct buf envelope, payload;
	int kind;
	char subject[SUBJECT_MAX + 1];
	bool current;
	enum payload_state state;
	uint64_t redacted_by;
};

struct toy {
	struct hasher *hasher;
	struct hash digest; /* of its origin's name */
	struct tree *tree;
	struct skey *log, *witness;
	struct toy_entry v[TOY_MAX];
	size_t count;
	struct buf head;
	struct buf key_statement; /* empty: there is none */
	bool cosigned;            /* the head is the cosigned one, too */
	int begun, ended;
	unsigned selected; /* how often it was asked to find something */
	uint64_t moment;   /* what came late is counted here */
	int fail;          /* what every question answers, when not OK */
	size_t covered;    /* entries under the head */
	uint64_t total;    /* when not 0: what a search says it found in all */
	size_t page;       /* of a harvest; 0: as it asks */
	bool hides;        /* it has collections that are not public */
	bool lost;         /* it lacks records of the public one */
	enum fork_state fork;
	bool index_differs;
	struct buf evidence;     /* a file; empty: none */
	struct index_state root; /* of the newest index root; any: there is one */
	struct buf verdict;      /* a payload of another log's entry 7; empty: none */
};

#define TOY_ORIGIN "sac.example/log"

static inline void toy_open(struct toy *t)
{
	static const uint8_t log_seed[KEY_SIZE] = { 1 };
	static const uint8_t witness_seed[KEY_SIZE] = { 2 };
	*t = (struct toy){ .hasher = hasher_new() };
	t->digest = hash_sum(t->hasher, bytes_str(TOY_ORIGIN));
	t->tree = tree_new(t->hasher);
	must(skey_from_seed(TOY_ORIGIN, KEY_ED25519, log_seed, &t->log, NULL) == OK);
	must(skey_from_seed("iso.example/witness", KEY_COSIGNATURE, witness_seed, &t->witness, NULL) == OK);
}

static inline void toy_close(struct toy *t)
{
	for (size_t i = 0; i < t->count; i++) {
		buf_free(&t->v[i].envelope);
		buf_free(&t->v[i].payload);
	}
	buf_free(&t->head);
	buf_free(&t->key_statement);
	buf_free(&t->evidence);
	buf_free(&t->verdict);
	skey_free(t->log);
	skey_free(t->witness);
	tree_free(t->tree);
	hasher_free(t->hasher);
}

/* Sign a head over everything so far. */
static inline void toy_sign(struct toy *t)
{
	struct hash root = tree_root(t->tree);
	struct buf text = { 0 };
	buf_reset(&t->head);
	checkpoint_write(TOY_ORIGIN, tree_size(t->tree), &root, &text);
	buf_add_bytes(&t->head, buf_bytes(&text));
	buf_add_char(&t->head, '\n');
	note_sign(t->log, buf_bytes(&text), &t->head);
	note_cosign(t->witness, buf_bytes(&text), 1767225600, &t->head);
	t->covered = t->count;
	buf_free(&text);
}

/* The log signs a second head of the size that it has. */
static inline void toy_fork(struct toy *t)
{
	struct buf text = { 0 }, other = { 0 };
	struct hash root = tree_root(t->tree);
	root.b[0] ^= 1;
	checkpoint_write(TOY_ORIGIN, t->count, &root, &text);
	buf_add_bytes(&other, buf_bytes(&text));
	buf_add_char(&other, '\n');
	note_sign(t->log, buf_bytes(&text), &other);
	root.b[0] ^= 1;
	evidence_write(skey_public(t->log), skey_public(t->log), buf_bytes(&other), buf_bytes(&t->head), &root, NULL, 0,
	               &t->evidence);
	t->fork = FORK_FROZEN;
	buf_free(&text);
	buf_free(&other);
}

/* Append a record given as JSON; an earlier one on the same subject is not current any more. */
static inline void toy_add(struct toy *t, const char *json)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct arena arena = { 0 };
	ProtobufCMessage *message;
	struct buf raw = { 0 };
	must(t->count < TOY_MAX);
	must(json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, NULL) == OK);
	const Normlink__Record *record = (const Normlink__Record *)message;
	must(record_encode(record, &raw, NULL) == OK);
	struct toy_entry *e = &t->v[t->count];
	*e = (struct toy_entry){ .current = true, .state = PAYLOAD_PRESENT };
	e->kind = (int)record->kind;
	(void)snprintf(e->subject, sizeof e->subject, "%s", record->subject);
	for (size_t i = 0; i < t->count; i++)
		if (t->v[i].kind == e->kind && strcmp(t->v[i].subject, e->subject) == 0)
			t->v[i].current = false;
	payload_write(buf_bytes(&raw), nonce, &e->payload);
	envelope_write(t->hasher, buf_bytes(&e->payload), 1767225600000 + t->count * 1000, NULL, &e->envelope);
	struct hash leaf = hash_leaf(t->hasher, buf_bytes(&e->envelope));
	tree_append(t->tree, &leaf);
	t->count++;
	buf_free(&raw);
	arena_free(&arena);
}

/* Three records: an older statement on GB/T 19001-2016, ISO 9001:2015, and the newer one. */
static inline void toy_fill(struct toy *t)
{
	toy_add(t, "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh\","
	           "\"value\":\"质量管理体系\"}],\"standard\":{\"status\":\"upcoming\"}}");
	toy_add(
	    t, "{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	       "\"value\":\"Quality management systems\"}],\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"]}}");
	toy_add(t, "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh\","
	           "\"value\":\"质量管理体系 要求\"},{\"role\":\"title\",\"lang\":\"en\",\"value\":\"Quality management "
	           "systems — Requirements\"}],\"standard\":{\"status\":\"current\",\"events\":[{\"type\":\"published\","
	           "\"date\":\"2016-12-30\"}],\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]}}");
	toy_sign(t);
}
