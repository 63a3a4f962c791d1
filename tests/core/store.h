/* store: the toy nodes and their store in memory. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/tree.h"
#include "node/core/core.h"
#include "proto/entry.h"
#include "proto/frame.h"

enum { LOGS_MAX = 6 };
#ifndef NODES_MAX
#define NODES_MAX 3
#endif

/* ---- a store in memory ---- */

struct toy_log {
	char origin[NAME_MAX_BYTES + 1];
	struct entry *entries; /* copies in the arena */
	struct hash *leaves;
	size_t count, cap;
	struct buf head, target, target_keys, evidence, cosigned;
	uint64_t head_size;
};

struct toy {
	const char *name;
	struct skey *log_key, *witness_key, *mirror_key;
	struct skey *ring[8]; /* keys that were rotated to */
	size_t ring_count;
	struct card card;
	struct core *core;
	struct toy_log logs[LOGS_MAX];
	size_t log_count;
	struct arena arena;
	link_id links[NODES_MAX]; /* to node i; 0: none */
	uint32_t peers[NODES_MAX];
	int reply_code;
	uint64_t reply_size;
	unsigned answers; /* FX_ANSWERs; the last one: */
	enum answer_outcome outcome;
	uint64_t answer_size, answer_next;
	struct buf answer_text;
	/* The last FX_ASK. */
	unsigned asks;
	uint64_t ask_op;
	struct buf ask_body;
	char ask_url[URL_MAX_BYTES + 32];
	int handed_code;
	unsigned handed;
	/* Questions (FX_QUERIED), and what happens to those of the store. */
	unsigned queried;
	int queried_code;
	char queried_text[160];
	struct federated_answer *found;
	bool searches_late;
	unsigned searches_gone;
	bool disk_full;
	unsigned closes, notes, opened;
	unsigned refusals; /* closes for what the other side did */
	char last_note[32], last_text[320], reply_text[160];
};

static struct toy nodes[NODES_MAX];

static struct toy_log *toy_log(struct toy *t, const char *origin)
{
	for (size_t i = 0; i < t->log_count; i++)
		if (strcmp(t->logs[i].origin, origin) == 0)
			return &t->logs[i];
	struct toy_log *l = &t->logs[t->log_count++];
	memcpy(l->origin, origin, strlen(origin) + 1);
	return l;
}

static void keep(struct buf *to, struct bytes from)
{
	buf_reset(to);
	buf_add_bytes(to, from);
}

static int apply(struct toy *t, const struct store_write *w)
{
	struct toy_log *l = toy_log(t, w->origin);
	if (t->disk_full)
		return ERR_FULL;
	if (w->kind == WRITE_ENTRIES) {
		if (w->start != l->count)
			return ERR_CORRUPT;
		for (size_t i = 0; i < w->count; i++) {
			if (l->count == l->cap) {
				l->cap = l->cap == 0 ? 64 : l->cap * 2;
				l->entries = realloc(l->entries, l->cap * sizeof *l->entries);
				l->leaves = realloc(l->leaves, l->cap * sizeof *l->leaves);
			}
			l->entries[l->count] = (struct entry){ .envelope = arena_bytes(&t->arena, w->entries[i].envelope),
				                                   .payload = arena_bytes(&t->arena, w->entries[i].payload),
				                                   .state = w->entries[i].state };
			l->leaves[l->count++] = w->leaves[i];
		}
	}
	if (w->head_cosigned || w->kind == WRITE_COSIGNED)
		keep(&l->cosigned, w->head);
	if (w->kind == WRITE_TARGET) {
		keep(&l->target, w->head);
		keep(&l->target_keys, w->head_keys);
	} else if (w->kind == WRITE_EVIDENCE)
		keep(&l->evidence, w->evidence);
	else if (w->head.len > 0 && w->kind != WRITE_COSIGNED) {
		keep(&l->head, w->head);
		l->head_size = w->head_size;
	}
	return OK;
}

static void load_state(struct toy *t, const char *origin, struct origin_state *s)
{
	struct toy_log *l = toy_log(t, origin);
	struct hasher *h = hasher_new();
	*s = (struct origin_state){ .size = l->count,
		                        .head = buf_bytes(&l->head),
		                        .target = buf_bytes(&l->target),
		                        .cosigned = buf_bytes(&l->cosigned),
		                        .target_keys = buf_bytes(&l->target_keys),
		                        .evidence = buf_bytes(&l->evidence) };
	memcpy(s->origin, origin, strlen(origin) + 1);
	s->roots = arena_array(&s->arena, l->count / BUNDLE_ENTRIES + 1, sizeof *s->roots);
	for (size_t i = 0; i < l->count / BUNDLE_ENTRIES; i++)
		s->roots[i] = tree_hash_leaves(h, l->leaves + i * BUNDLE_ENTRIES, BUNDLE_ENTRIES);
	s->statements = arena_array(&s->arena, l->count + 1, sizeof *s->statements);
	for (size_t i = 0; i < l->count; i++) /* older ones of a subject do no harm: the last counts */
		if (payload_kind(l->entries[i].payload) >= 101)
			s->statements[s->statement_count++] =
			    (struct log_statement){ .index = i, .payload = l->entries[i].payload };
	s->keys = arena_array(&s->arena, l->count + 1, sizeof *s->keys);
	for (size_t i = 0; i < l->count; i++)
		if (payload_kind(l->entries[i].payload) == NORMLINK__KIND__KIND_KEY)
			s->keys[s->key_count++] = (struct log_statement){ .index = i, .payload = l->entries[i].payload };
	s->tail = l->leaves + l->count / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
	hasher_free(h);
}
