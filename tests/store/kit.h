/* kit: what the tests of this room share: a scratch folder, and a log that makes writes as a core would.
 * Thread: any; each object its owner's.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

#include "crypto/note.h"
#include "crypto/tree.h"
#include "node/base/must.h"
#include "node/store/store.h"
#include "proto/entry.h"
#include "proto/record.h"

#define UNUSED __attribute__((unused))

/* ---- a scratch folder ---- */

struct scratch {
	char dir[256];
	char db[300];
};

UNUSED static void scratch_make(struct scratch *s)
{
	const char *base = getenv("TMPDIR");
	(void)snprintf(s->dir, sizeof s->dir, "%s/normlink-store-XXXXXX", base != NULL ? base : "/tmp");
	assert_non_null(mkdtemp(s->dir));
	(void)snprintf(s->db, sizeof s->db, "%s/normlink.db", s->dir);
}

UNUSED static int scratch_remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	return remove(path);
}

UNUSED static void scratch_remove(struct scratch *s)
{
	(void)nftw(s->dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

UNUSED static struct store *scratch_open(struct scratch *s, enum store_mode mode)
{
	struct store *store = NULL;
	struct err err = { 0 };
	int rc = store_open(s->dir, mode, &store, &err);
	if (rc != OK)
		fail_msg("store_open: %s: %s", err_name(rc), err.text);
	return store;
}

/* ---- records ---- */

struct text {
	int role; /* 0 ends a list */
	const char *lang, *value;
};

struct sample {
	const char *subject;
	const struct text *texts;
	const char *ics[4];
	int status; /* 0: current */
	const char *link, *publisher;
};

/* The payload of a valid record about s. */
UNUSED static void sample_payload(const struct sample *s, uint64_t seed, struct buf *payload)
{
	Normlink__Text texts[8], *text_list[8];
	Normlink__Link link = NORMLINK__LINK__INIT, *links[1] = { &link };
	char *ics[4];
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = (char *)(uintptr_t)s->subject;
	r.texts = text_list;
	for (; s->texts[r.n_texts].role != 0; r.n_texts++) {
		Normlink__Text *t = text_list[r.n_texts] = &texts[r.n_texts];
		normlink__text__init(t);
		t->has_role = 1;
		t->role = (Normlink__Role)s->texts[r.n_texts].role;
		t->lang = (char *)(uintptr_t)s->texts[r.n_texts].lang;
		t->value = (char *)(uintptr_t)s->texts[r.n_texts].value;
	}
	r.standard = &standard;
	standard.has_status = 1;
	standard.status = s->status != 0 ? (Normlink__Status)s->status : NORMLINK__STATUS__STATUS_CURRENT;
	standard.publisher = (char *)(uintptr_t)s->publisher;
	standard.ics = ics;
	for (; standard.n_ics < 4 && s->ics[standard.n_ics] != NULL; standard.n_ics++)
		ics[standard.n_ics] = (char *)(uintptr_t)s->ics[standard.n_ics];
	if (s->link != NULL) {
		link.has_type = 1;
		link.type = NORMLINK__LINK_TYPE__LINK_REPLACES;
		link.target = (char *)(uintptr_t)s->link;
		standard.links = links;
		standard.n_links = 1;
	}
	struct buf record = { 0 };
	struct err err = { 0 };
	int rc = record_encode(&r, &record, &err);
	if (rc != OK)
		fail_msg("record_encode: %s", err.text);
	uint8_t nonce[NONCE_SIZE] = { 0 };
	memcpy(nonce, &seed, sizeof seed);
	payload_write(buf_bytes(&record), nonce, payload);
	buf_free(&record);
}

/* ---- a log as its core sees it ---- */

struct maker {
	const char *origin;
	struct hasher *hasher;
	struct tree *tree;
	struct skey *key;
	unsigned subjects;      /* numbered records repeat their subjects after so many; 0: never */
	const char *collection; /* of new entries; NULL: public */
};

UNUSED static void maker_init(struct maker *m, const char *origin)
{
	uint8_t seed[KEY_SIZE] = { 7 };
	*m = (struct maker){ .origin = origin, .hasher = hasher_new() };
	m->tree = tree_new(m->hasher);
	memcpy(seed, origin, strlen(origin) < sizeof seed ? strlen(origin) : sizeof seed);
	assert_int_equal(skey_from_seed(origin, KEY_ED25519, seed, &m->key, NULL), OK);
}

UNUSED static void maker_close(struct maker *m)
{
	tree_free(m->tree);
	hasher_free(m->hasher);
	skey_free(m->key);
}

UNUSED static struct store_write *write_new(const char *origin, enum store_write_kind kind)
{
	struct store_write *w = calloc(1, sizeof *w);
	must(w != NULL);
	w->kind = kind;
	(void)snprintf(w->origin, sizeof w->origin, "%s", origin);
	return w;
}

UNUSED static void write_free(struct store_write *w)
{
	arena_free(&w->arena);
	free(w);
}

/* Entries for payloads, in the state given; the log grows by them. */
UNUSED static struct store_write *maker_entries(struct maker *m, const struct buf *payloads, size_t count,
                                                enum payload_state state)
{
	struct store_write *w = write_new(m->origin, WRITE_ENTRIES);
	w->start = tree_size(m->tree);
	w->count = count;
	w->entries = arena_array(&w->arena, count, sizeof *w->entries);
	w->leaves = arena_array(&w->arena, count, sizeof *w->leaves);
	for (size_t i = 0; i < count; i++) {
		struct buf envelope = { 0 };
		envelope_write(m->hasher, buf_bytes(&payloads[i]), 1700000000000 + w->start + i, m->collection, &envelope);
		w->entries[i].envelope = arena_bytes(&w->arena, buf_bytes(&envelope));
		w->entries[i].state = state;
		if (state == PAYLOAD_PRESENT)
			w->entries[i].payload = arena_bytes(&w->arena, buf_bytes(&payloads[i]));
		w->leaves[i] = hash_leaf(m->hasher, w->entries[i].envelope);
		tree_append(m->tree, &w->leaves[i]);
		buf_free(&envelope);
	}
	w->root = tree_root(m->tree);
	return w;
}

/* The signed head of the log as it is now, put into w. */
UNUSED static void maker_sign(struct maker *m, struct store_write *w)
{
	struct buf text = { 0 };
	w->head_size = tree_size(m->tree);
	w->head_root = tree_root(m->tree);
	checkpoint_write(m->origin, w->head_size, &w->head_root, &text);
	struct buf note = { 0 };
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_sign(m->key, buf_bytes(&text), &note);
	w->head = arena_bytes(&w->arena, buf_bytes(&note));
	buf_free(&note);
	buf_free(&text);
}

/* Numbered records that say something: "ISO 1000:2001", a title, an ICS code. */
UNUSED static struct store_write *maker_numbered(struct maker *m, unsigned first, size_t count)
{
	struct buf *payloads = calloc(count, sizeof *payloads);
	must(payloads != NULL);
	for (size_t i = 0; i < count; i++) {
		unsigned n = first + (unsigned)i;
		char subject[32], title[96], ics[16];
		unsigned about = m->subjects != 0 ? n % m->subjects : n;
		(void)snprintf(subject, sizeof subject, "ISO %u:%u", 1000 + about, 1980 + about % 40);
		(void)snprintf(title, sizeof title, "Screw threads, series %u, part w%u", n % 17, n);
		(void)snprintf(ics, sizeof ics, "%02u.%03u", 1 + n % 97, 10 * (1 + n % 9));
		const struct text texts[] = { { 1, "en", title },
			                          { 2, "en", "Specifies the general plan of ISO metric threads." },
			                          { 0, NULL, NULL } };
		const struct sample s = {
			.subject = subject, .texts = texts, .ics = { ics }, .link = n % 3 == 0 ? "ISO 999:1990" : NULL
		};
		sample_payload(&s, n, &payloads[i]);
	}
	struct store_write *w = maker_entries(m, payloads, count, PAYLOAD_PRESENT);
	for (size_t i = 0; i < count; i++)
		buf_free(&payloads[i]);
	free(payloads);
	return w;
}

/* Apply one write that must be accepted, and free it. */
UNUSED static void apply_one(struct store *s, struct store_write *w)
{
	struct err err = { 0 };
	int code = ERR_INTERNAL;
	int rc = store_apply(s, &w, 1, &code, &err);
	if (rc != OK || code != OK)
		fail_msg("store_apply: %s %s: %s", err_name(rc), err_name(code), err.text);
	write_free(w);
}

/* One record as the next entry. */
UNUSED static void apply_sample(struct store *s, struct maker *m, const struct sample *sample)
{
	struct buf payload = { 0 };
	sample_payload(sample, tree_size(m->tree), &payload);
	apply_one(s, maker_entries(m, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&payload);
}
