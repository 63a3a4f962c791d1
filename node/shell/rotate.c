#include "node/shell/rotate.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/loop.h"

/* ---- TLS identities ---- */

static const struct node_identity *find_identity(const struct shell *s, const uint8_t pin[HASH_SIZE])
{
	const struct node_keys *keys = &s->dir->keys;
	for (size_t i = 0; i < keys->identity_count; i++)
		if (memcmp(keys->identities[i].pin.b, pin, HASH_SIZE) == 0)
			return &keys->identities[i];
	for (size_t i = 0; i < s->own.made_identity_count; i++)
		if (memcmp(s->own.made_identities[i].pin.b, pin, HASH_SIZE) == 0)
			return &s->own.made_identities[i];
	return NULL;
}

/* The pins that our log leads to from the one on our first card. */
static void pin_line(const struct shell *s, struct vkey *first, struct key_line *line)
{
	const struct keys *keys = core_keys(s->core, s->dir->config.origin);
	*first = (struct vkey){ 0 };
	memcpy(first->key, s->dir->pin.b, HASH_SIZE);
	keys_line(keys, KEY_OF_TLS, first, line);
}

static void drop_contexts(struct own_keys *own)
{
	tls_ctx_free(own->now);
	for (size_t i = 0; i < own->older_count; i++)
		tls_ctx_free(own->older[i]);
	own->now = NULL;
	own->older_count = 0;
}

static int make_context(const struct node_identity *identity, struct tls_ctx **out, struct err *err)
{
	return tls_ctx_new(buf_bytes(&identity->key_pem), buf_bytes(&identity->cert_pem), out, err);
}

/* Contexts for the newest identity that is at hand and for those before it. */
static int choose_identity(struct shell *s, struct err *err)
{
	struct own_keys *own = &s->own;
	struct key_line line;
	struct vkey first;
	int rc = OK;
	pin_line(s, &first, &line);
	drop_contexts(own);
	for (size_t i = line.count; rc == OK && i-- > 0 && own->older_count < TLS_FORMER_MAX;) {
		const struct node_identity *identity = find_identity(s, line.v[i].key->key);
		if (identity == NULL)
			continue;
		struct tls_ctx *ctx = NULL;
		rc = make_context(identity, &ctx, err);
		if (rc == OK && own->now == NULL)
			own->now = ctx;
		else if (rc == OK)
			own->older[own->older_count++] = ctx;
	}
	if (rc == OK && own->now == NULL)
		rc = err_set(err, ERR_INVALID, "keys/: none of the TLS keys that our log names is there");
	for (size_t i = own->older_count; rc == OK && i-- > 0;)
		tls_ctx_remember(own->now, own->older[i]);
	return rc;
}

struct tls_ctx *rotate_context(const struct shell *s, bool dialed, uint32_t peer)
{
	unsigned turn = dialed ? s->own.turn[peer % PEERS_MAX] % (unsigned)(s->own.older_count + 1) : 0;
	return turn == 0 ? s->own.now : s->own.older[turn - 1];
}

void rotate_turned_away(struct shell *s, uint32_t peer)
{
	if (s->own.older_count > 0)
		s->own.turn[peer % PEERS_MAX]++;
}

/* ---- the start ---- */

static bool in_line(const struct key_line *line, const uint8_t key[KEY_SIZE])
{
	for (size_t i = 0; i < line->count; i++)
		if (memcmp(line->v[i].key->key, key, KEY_SIZE) == 0)
			return true;
	return false;
}

/* A key file that no statement names: a change of keys that did not come to its end. */
static void report_unused(const struct shell *s)
{
	const struct node_keys *keys = &s->dir->keys;
	struct key_line line;
	struct vkey first;
	for (int role = 0; role < KEY_OF_TLS; role++) {
		keys_line(core_keys(s->core, s->dir->config.origin), (enum key_role)role, skey_public(keys->v[role][0]), &line);
		for (size_t i = 0; i < keys->count[role]; i++)
			if (!in_line(&line, skey_public(keys->v[role][i])->key))
				log_line(LOG_WARN, "key_unused", "role=%s id=%08x", key_role_word((enum key_role)role),
				         skey_public(keys->v[role][i])->id);
	}
	pin_line(s, &first, &line);
	for (size_t i = 0; i < keys->identity_count; i++)
		if (!in_line(&line, keys->identities[i].pin.b))
			log_line(LOG_WARN, "key_unused", "role=tls number=%zu", i);
}

int rotate_start(struct shell *s, struct err *err)
{
	report_unused(s);
	return choose_identity(s, err);
}

void rotate_close(struct shell *s)
{
	struct own_keys *own = &s->own;
	drop_contexts(own);
	for (size_t i = 0; i < own->made_count; i++)
		skey_free(own->made[i]);
	for (size_t i = 0; i < own->made_identity_count; i++)
		node_identity_free(&own->made_identities[i]);
	free(own->made);
	free(own->made_identities);
}

/* ---- a new key ---- */

static int make_key(struct shell *s, struct rotation *r, struct key_signer *old, struct key_signer *new,
                    struct err *err)
{
	struct own_keys *own = &s->own;
	struct skey *made = NULL;
	old->key = core_key(s->core, r->role);
	int rc = node_keys_make(s->dir->path, r->role, skey_public(old->key)->name, &made, err);
	if (rc != OK)
		return rc;
	own->made = realloc(own->made, (own->made_count + 1) * sizeof *own->made);
	must(own->made != NULL);
	own->made[own->made_count++] = made;
	core_add_key(s->core, made);
	new->key = made;
	r->change.old = *skey_public(old->key);
	r->change.new = *skey_public(made);
	return OK;
}

static int make_identity(struct shell *s, struct rotation *r, struct key_signer *old, struct key_signer *new,
                         struct err *err)
{
	struct own_keys *own = &s->own;
	struct node_identity made;
	struct key_line line;
	struct vkey first;
	pin_line(s, &first, &line);
	const struct node_identity *newest = find_identity(s, line.v[line.count - 1].key->key);
	if (newest == NULL)
		return err_set(err, ERR_CONFLICT, "the TLS key that our log names last is not in keys/");
	int rc = node_keys_make_identity(s->dir->path, s->dir->config.name, &made, err);
	if (rc != OK)
		return rc;
	r->change.old = *line.v[line.count - 1].key;
	memcpy(r->change.new.key, made.pin.b, HASH_SIZE);
	/* What moves when there is one more is only where the buffers are noted down. */
	old->tls_pem = buf_bytes(&newest->key_pem);
	new->tls_pem = buf_bytes(&made.key_pem);
	own->made_identities = realloc(own->made_identities, (own->made_identity_count + 1) * sizeof made);
	must(own->made_identities != NULL);
	own->made_identities[own->made_identity_count++] = made;
	return OK;
}

int rotate_begin(struct shell *s, struct rotation *r, struct buf *payload, struct err *err)
{
	struct key_signer old = { 0 }, new = { 0 };
	uint8_t nonce[NONCE_SIZE];
	uint64_t now = loop_wall_ms();
	random_fill(nonce, sizeof nonce);
	r->change = (struct key_change){ .role = r->role,
		                             .until_ms = now <= TIME_MAX_MS - r->overlap_ms ? now + r->overlap_ms : TIME_MAX_MS,
		                             .index = core_next_index(s->core) };
	int rc = r->role == KEY_OF_TLS ? make_identity(s, r, &old, &new, err) : make_key(s, r, &old, &new, err);
	return rc == OK ? key_change_write(&r->change, &old, &new, nonce, payload, err) : rc;
}

void rotate_done(struct shell *s, const struct rotation *r)
{
	struct err err = { 0 };
	char line[ERR_TEXT_MAX];
	log_line(LOG_INFO, "key_changed", "role=%s entry=%llu", key_role_word(r->role),
	         (unsigned long long)r->change.index);
	if (r->role == KEY_OF_TLS && choose_identity(s, &err) != OK)
		log_line(LOG_ERROR, "key_refused", "reason=%s", log_value(err.text, line, sizeof line));
}
