/* bundle_kit: bundle files made in memory, piece by piece, by an exporter of the test's own.
 *
 * Include after cmocka.h.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "crypto/tree.h"
#include "node/base/limits.h"
#include "proto/bundle_verify.h"
#include "proto/entry.h"

enum { LOG_ENTRIES = 700 };

/* A log with its key and every entry. */
struct made_log {
	const char *origin;
	struct skey *key;
	struct tree *tree;
	struct buf envelopes[LOG_ENTRIES];
	struct buf payloads[LOG_ENTRIES];
	struct hash leaves[LOG_ENTRIES];
	size_t count;
};

struct bundle_kit {
	struct hasher *hasher;
	struct skey *exporter, *stranger;
	struct made_log logs[2];
	/* what the trust callbacks answer */
	bool know_exporter;
	uint64_t held[HANDOVER_PROOFS_MAX];
	size_t held_count;
	size_t known_logs;
	size_t refuse_at; /* the entry that entry_cb does not like, from 1; 0: none */
	/* what entry_cb was shown */
	size_t shown, shown_next;
	const struct made_log *shown_of;
};

static inline struct skey *kit_key(const char *name, enum key_type type, uint8_t seed_byte)
{
	uint8_t seed[KEY_SIZE] = { seed_byte };
	struct skey *key = NULL;
	assert_int_equal(skey_from_seed(name, type, seed, &key, NULL), OK);
	return key;
}

/* Entry i of log n; every 50th is of a collection that is not public. */
static inline void kit_append(struct bundle_kit *k, struct made_log *l, size_t count)
{
	for (; count > 0; count--) {
		size_t i = l->count++;
		buf_printf(&l->payloads[i], "payload %zu of %s", i, l->origin);
		envelope_write(k->hasher, buf_bytes(&l->payloads[i]), 1700000000000 + i, i % 50 == 49 ? "members" : "public",
		               &l->envelopes[i]);
		l->leaves[i] = hash_leaf(k->hasher, buf_bytes(&l->envelopes[i]));
		tree_append(l->tree, &l->leaves[i]);
	}
}

static inline int bundle_kit_up(void **state)
{
	struct bundle_kit *k = calloc(1, sizeof *k);
	assert_non_null(k);
	k->hasher = hasher_new();
	k->exporter = kit_key("b.example/mirror", KEY_COSIGNATURE, 1);
	k->stranger = kit_key("x.example/mirror", KEY_COSIGNATURE, 2);
	static const char *const origins[] = { "a.example/log", "b.example/log" };
	for (size_t i = 0; i < 2; i++) {
		k->logs[i] = (struct made_log){ .origin = origins[i], .tree = tree_new(k->hasher) };
		k->logs[i].key = kit_key(origins[i], KEY_ED25519, (uint8_t)(10 + i));
	}
	k->know_exporter = true;
	k->known_logs = 2;
	*state = k;
	return 0;
}

static inline int bundle_kit_down(void **state)
{
	struct bundle_kit *k = *state;
	for (size_t i = 0; i < 2; i++) {
		tree_free(k->logs[i].tree);
		skey_free(k->logs[i].key);
		for (size_t n = 0; n < k->logs[i].count; n++) {
			buf_free(&k->logs[i].envelopes[n]);
			buf_free(&k->logs[i].payloads[n]);
		}
	}
	skey_free(k->exporter);
	skey_free(k->stranger);
	hasher_free(k->hasher);
	free(k);
	return 0;
}

/* ---- the kit's trust ---- */

static inline int kit_head(void *arg, const char *origin, struct bytes raw, const struct vkey **key, struct err *err)
{
	struct bundle_kit *k = arg;
	struct note note;
	struct checkpoint cp;
	for (size_t i = 0; i < k->known_logs; i++) {
		if (strcmp(k->logs[i].origin, origin) != 0)
			continue;
		*key = skey_public(k->logs[i].key);
		return checkpoint_open(raw, *key, &note, &cp, err);
	}
	return ERR_NOT_FOUND;
}

static inline int kit_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	struct bundle_kit *k = arg;
	const struct vkey *known = skey_public(k->exporter);
	bool same = memcmp(known->key, exporter->key, KEY_SIZE) == 0 && strcmp(known->name, exporter->name) == 0;
	return same && k->know_exporter ? OK : err_set(err, ERR_UNTRUSTED, "from a stranger: %s", exporter->name);
}

static inline size_t kit_held(void *arg, const char *origin, uint64_t sizes[HANDOVER_PROOFS_MAX])
{
	struct bundle_kit *k = arg;
	memcpy(sizes, k->held, k->held_count * sizeof *sizes);
	return k->held_count;
}

/* Each comes once, in its order, as it is in the log. */
static inline int kit_entry(void *arg, const char *origin, struct bytes envelope, enum payload_state state,
                            struct bytes payload, struct err *err)
{
	struct bundle_kit *k = arg;
	const struct made_log *l = &k->logs[strcmp(origin, k->logs[1].origin) == 0];
	if (k->shown == 0 || k->shown_of != l)
		k->shown_next = 0;
	k->shown_of = l;
	while (k->shown_next < l->count && !bytes_equal(envelope, buf_bytes(&l->envelopes[k->shown_next])))
		k->shown_next++; /* before since, or another's */
	if (k->shown_next < l->count && state == PAYLOAD_PRESENT)
		assert_true(bytes_equal(payload, buf_bytes(&l->payloads[k->shown_next])));
	k->shown_next++;
	k->shown++;
	return k->refuse_at == k->shown ? err_set(err, ERR_UNTRUSTED, "enough") : OK;
}

static inline struct bundle_trust kit_trust(struct bundle_kit *k)
{
	return (struct bundle_trust){
		.arg = k, .head_cb = kit_head, .exporter_cb = kit_exporter, .held_cb = kit_held, .entry_cb = kit_entry
	};
}

/* ---- reading ---- */

/* The whole file through a verifier, which is given when it was OK and *keep is not NULL. */
static inline int kit_verify(struct bundle_kit *k, struct bytes file, struct bundle_verify **keep, struct err *err)
{
	struct bundle_trust trust = kit_trust(k);
	struct bundle_verify *v = bundle_verify_new(&trust);
	struct bytes framed;
	size_t used = 0, magic = strlen(BUNDLE_MAGIC);
	int rc = file.len >= magic && memcmp(file.data, BUNDLE_MAGIC, magic) == 0
	             ? OK
	             : err_set(err, ERR_PROTOCOL, "clause 9.1: not a bundle file");
	struct bytes rest = rc == OK ? bytes_of(file.data + magic, file.len - magic) : bytes_of(NULL, 0);
	while (rc == OK && rest.len > 0) {
		rc = bundle_part_split(rest, &framed, &used, err);
		if (rc == ERR_NOT_READY) {
			rc = err_set(err, ERR_PROTOCOL, "clause 9.2: cut short");
			break;
		}
		if (rc == OK)
			rc = bundle_verify_part(v, framed, err);
		rest = bytes_of(rest.data + used, rest.len - used);
	}
	if (rc == OK)
		rc = bundle_verify_finish(v, err);
	if (rc == OK && keep != NULL)
		*keep = v;
	else
		bundle_verify_free(v);
	return rc;
}
