/* Whom we trust: peers by their cards, logs outside by their keys.  No key and no name may speak for two. */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"

static bool key_clashes(const struct vkey *key, const struct vkey *const keys[3])
{
	for (size_t i = 0; i < 3; i++)
		if (memcmp(key->key, keys[i]->key, KEY_SIZE) == 0 || strcmp(key->name, keys[i]->name) == 0)
			return true;
	return false;
}

/* Do two nodes share a key, or the name of a log or cosigner? */
static bool keys_clash(const struct vkey *const a[3], const struct vkey *const b[3])
{
	return key_clashes(a[0], b) || key_clashes(a[1], b) || key_clashes(a[2], b);
}

static int check_new_card(const struct core *c, const struct card *card, struct err *err)
{
	const struct vkey *const ours[] = { skey_public(c->config.log_key), skey_public(c->config.witness_key),
		                                skey_public(c->config.mirror_key) };
	const struct vkey *const theirs[] = { &card->log, &card->witness, &card->mirror };
	if (strcmp(card->name, c->config.name) == 0 || strcmp(card->origin, ours[0]->name) == 0)
		return err_set(err, ERR_EXISTS, "the card of %s is our own, or has our name or origin", card->name);
	if (keys_clash(theirs, ours))
		return err_set(err, ERR_EXISTS, "the card of %s has a key or a key's name of ours", card->name);
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct card *old = &c->peers[i]->card;
		if (strcmp(card->name, old->name) == 0 || strcmp(card->origin, old->origin) == 0)
			return err_set(err, ERR_EXISTS, "a peer of that name or origin is trusted already: %s", old->name);
		const struct vkey *const others[] = { &old->log, &old->witness, &old->mirror };
		if (keys_clash(theirs, others) || hash_equal(&card->pin, &old->pin))
			return err_set(err, ERR_EXISTS, "the card of %s has a key, a key's name or the pin of peer %s", card->name,
			               old->name);
	}
	for (uint32_t i = 0; i < c->asked_count; i++)
		if (key_clashes(&c->asked[i]->key, theirs))
			return err_set(err, ERR_EXISTS, "the card of %s has the key or name of a witness outside: %s", card->name,
			               c->asked[i]->name);
	for (size_t i = 0; i < c->log_count; i++)
		if (c->logs[i]->outside && key_clashes(c->logs[i]->key, theirs))
			return err_set(err, ERR_EXISTS, "the card of %s has the key or name of a log outside: %s", card->name,
			               c->logs[i]->origin);
	return OK;
}

static int check_new_log(const struct core *c, const struct vkey *key, struct err *err)
{
	const struct vkey *const ours[] = { skey_public(c->config.log_key), skey_public(c->config.witness_key),
		                                skey_public(c->config.mirror_key) };
	if (key->type != KEY_ED25519)
		return err_set(err, ERR_UNSUPPORTED, "%s: a key of type 0x%02x is not done here", key->name, key->type);
	if (key_clashes(key, ours))
		return err_set(err, ERR_EXISTS, "%s is a key or a key's name of ours", key->name);
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct card *card = &c->peers[i]->card;
		const struct vkey *const others[] = { &card->log, &card->witness, &card->mirror };
		if (key_clashes(key, others))
			return err_set(err, ERR_EXISTS, "%s is a key or a key's name of peer %s", key->name, card->name);
	}
	for (size_t i = 0; i < c->log_count; i++)
		if (memcmp(c->logs[i]->key->key, key->key, KEY_SIZE) == 0 || strcmp(c->logs[i]->origin, key->name) == 0)
			return err_set(err, ERR_EXISTS, "%s: the log, or its key, is known here already", key->name);
	return OK;
}

int core_add_log(struct core *c, const struct vkey *key, struct err *err)
{
	if (c->log_count == ORIGINS_MAX + 1)
		return err_set(err, ERR_LIMIT, "more than %d logs", ORIGINS_MAX);
	int rc = check_new_log(c, key, err);
	if (rc != OK)
		return rc;
	struct log *l = log_new(c, key, false);
	l->outside = true;
	l->outside_key = *key;
	l->key = &l->outside_key;
	c->logs[c->log_count++] = l;
	peer_grow_channels(c);
	return OK;
}

int core_add_witness(struct core *c, const char *name, const struct vkey *key, const char *url, struct err *err)
{
	const struct vkey *const ours[] = { skey_public(c->config.log_key), skey_public(c->config.witness_key),
		                                skey_public(c->config.mirror_key) };
	if (c->asked_count == WITNESSES_MAX || strlen(url) > URL_MAX_BYTES || strlen(name) > NAME_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "%s: more than %d witnesses, or a longer name or address than there is room for",
		               name, WITNESSES_MAX);
	if (key->type != KEY_COSIGNATURE)
		return err_set(err, ERR_UNSUPPORTED, "%s: a key of type 0x%02x is not done here", name, key->type);
	if (key_clashes(key, ours))
		return err_set(err, ERR_EXISTS, "%s has a key or a key's name of ours", name);
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct card *card = &c->peers[i]->card;
		const struct vkey *const others[] = { &card->log, &card->witness, &card->mirror };
		if (key_clashes(key, others))
			return err_set(err, ERR_EXISTS, "%s has a key or a key's name of peer %s", name, card->name);
	}
	for (uint32_t i = 0; i < c->asked_count; i++)
		if (strcmp(c->asked[i]->name, name) == 0 || memcmp(c->asked[i]->key.key, key->key, KEY_SIZE) == 0)
			return err_set(err, ERR_EXISTS, "%s, or its key, is asked already", name);
	struct asked *w = calloc(1, sizeof *w);
	must(w != NULL);
	memcpy(w->name, name, strlen(name) + 1);
	memcpy(w->url, url, strlen(url) + 1);
	if (url[0] != '\0' && w->url[strlen(url) - 1] == '/') /* a prefix, with its slash or without */
		w->url[strlen(url) - 1] = '\0';
	w->key = *key;
	c->asked[c->asked_count++] = w;
	c->wake_ms = 0; /* the next tick asks it */
	return OK;
}

int core_add_peer(struct core *c, const struct card *card, uint32_t *peer, struct err *err)
{
	if (c->peer_count == PEERS_MAX || c->log_count == ORIGINS_MAX + 1)
		return err_set(err, ERR_LIMIT, "more than %d peers", PEERS_MAX);
	int rc = check_new_card(c, card, err);
	if (rc != OK)
		return rc;
	struct peer *p = calloc(1, sizeof *p);
	must(p != NULL);
	p->card = *card;
	memcpy(p->pin.key, card->pin.b, HASH_SIZE);
	*peer = (uint32_t)c->peer_count;
	c->peers[c->peer_count++] = p;
	c->logs[c->log_count] = log_new(c, &p->card.log, false);
	c->logs[c->log_count++]->peer = *peer;
	peer_grow_channels(c);
	return OK;
}

const struct card *core_peer_card(const struct core *c, uint32_t peer)
{
	return peer < c->peer_count ? &c->peers[peer]->card : NULL;
}

/* ---- pins ---- */

int core_find_pin(const struct core *c, const struct hash *pin, uint64_t wall_ms, uint32_t *peer)
{
	for (uint32_t i = 0; i < c->peer_count; i++) {
		if (core_pin_fits(c, i, pin, wall_ms)) {
			*peer = i;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

bool core_pin_fits(const struct core *c, uint32_t peer, const struct hash *pin, uint64_t wall_ms)
{
	struct key_line line;
	if (peer >= c->peer_count)
		return false;
	ring_line(c, ring_log_of(c, peer), KEY_OF_TLS, &line);
	for (size_t i = 0; i < line.count; i++)
		if (memcmp(line.v[i].key->key, pin->b, HASH_SIZE) == 0)
			return wall_ms <= line.v[i].until_ms;
	return false;
}

struct hash core_peer_pin(const struct core *c, uint32_t peer)
{
	struct key_line line;
	struct hash pin;
	ring_line(c, ring_log_of(c, peer), KEY_OF_TLS, &line);
	memcpy(pin.b, line.v[line.count - 1].key->key, HASH_SIZE);
	return pin;
}
