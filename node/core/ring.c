/* Our signing keys, and whose key counts for what.
 *
 * The ring holds every signing key at hand; which of them is in force is what our own log says (clause 2.10).  A peer's
 * keys are those that its own log, as it is held here, leads to from its card.
 */
#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/entry.h"

static bool is_by(const struct note_signature *s, const struct vkey *key)
{
	return s->id == key->id && bytes_equal(s->name, bytes_str(key->name));
}

static bool same_key(const struct vkey *a, const struct vkey *b)
{
	return memcmp(a->key, b->key, KEY_SIZE) == 0;
}

/* ---- lines of keys ---- */

static const struct vkey *anchor(const struct core *c, size_t log, enum key_role role)
{
	const struct peer *peer = c->logs[log]->peer != UINT32_MAX ? c->peers[c->logs[log]->peer] : NULL;
	switch (role) {
	case KEY_OF_LOG:
		return c->logs[log]->key;
	case KEY_OF_WITNESS:
		return peer != NULL ? &peer->card.witness : skey_public(c->config.witness_key);
	case KEY_OF_MIRROR:
		return peer != NULL ? &peer->card.mirror : skey_public(c->config.mirror_key);
	case KEY_OF_TLS:
		break;
	}
	must(peer != NULL);
	return &peer->pin;
}

size_t ring_log_of(const struct core *c, uint32_t peer)
{
	size_t log = 0;
	while (c->logs[log]->peer != peer)
		log++;
	return log;
}

void ring_line(const struct core *c, size_t log, enum key_role role, struct key_line *out)
{
	keys_line(&c->logs[log]->keys, role, anchor(c, log, role), out);
}

const struct keys *core_keys(const struct core *c, const char *origin)
{
	size_t log = serve_find_log(c, origin);
	return log != SIZE_MAX ? &c->logs[log]->keys : NULL;
}

/* ---- the ring ---- */

void core_add_key(struct core *c, const struct skey *key)
{
	c->ring = realloc(c->ring, (c->ring_count + 1) * sizeof(const struct skey *));
	must(c->ring != NULL);
	c->ring[c->ring_count++] = key;
}

static const struct skey *find_key(const struct core *c, const struct vkey *key)
{
	for (size_t i = 0; i < c->ring_count; i++)
		if (same_key(skey_public(c->ring[i]), key))
			return c->ring[i];
	return NULL;
}

const struct skey *core_key(const struct core *c, enum key_role role)
{
	struct key_line line;
	ring_line(c, 0, role, &line);
	/* The newest at hand: of a log that was fetched back there may be a newer one (ring_complete). */
	const struct skey *key = NULL;
	for (size_t i = line.count; key == NULL && i-- > 0;)
		key = find_key(c, line.v[i].key);
	must(key != NULL);
	return key;
}

int ring_complete(const struct core *c, struct err *err)
{
	static const enum key_role roles[] = { KEY_OF_LOG, KEY_OF_WITNESS, KEY_OF_MIRROR };
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		struct key_line line;
		ring_line(c, 0, roles[i], &line);
		const struct key_span *newest = &line.v[line.count - 1];
		if (find_key(c, newest->key) == NULL)
			return err_set(err, ERR_INVALID,
			               "the %s key is %08x since entry %llu of our log, and no such key is at hand",
			               key_role_word(roles[i]), newest->key->id, (unsigned long long)newest->from - 1);
	}
	return OK;
}

const char *ring_refuses(const struct core *c, struct bytes payload, const char *collection, uint64_t index)
{
	struct key_change change;
	struct key_line line;
	if (key_change_open(payload, &change, NULL) != OK)
		return "not a key statement that both keys have signed";
	if (strcmp(collection, "public") != 0)
		return "key statements are public";
	if (change.index != index)
		return "the log has grown meanwhile: try again";
	if (change.role == KEY_OF_TLS)
		return NULL; /* the shell's */
	ring_line(c, 0, change.role, &line);
	if (!same_key(line.v[line.count - 1].key, &change.old))
		return "the old key is not the one in force";
	if (line.count > KEY_CHANGES_MAX)
		return "this key was changed too often";
	return find_key(c, &change.new) == NULL ? "the new key is not at hand" : NULL;
}

void ring_sign(const struct core *c, uint64_t size, struct bytes text, struct buf *out)
{
	struct key_line line;
	ring_line(c, 0, KEY_OF_LOG, &line);
	must(line.v[line.count - 1].from <= size && ring_complete(c, NULL) == OK); /* guard.h: keyless */
	note_sign(core_key(c, KEY_OF_LOG), text, out);
	for (size_t i = line.count - 1; i-- > 0 && line.v[i].until_ms > c->wall_ms;) {
		const struct skey *old = find_key(c, line.v[i].key);
		if (old != NULL)
			note_sign(old, text, out);
	}
}

/* ---- lines of notes ---- */

bool ring_owns(const struct core *c, const struct note_signature *s)
{
	for (size_t i = 0; i < c->ring_count; i++)
		if (skey_public(c->ring[i])->type == KEY_COSIGNATURE && is_by(s, skey_public(c->ring[i])))
			return true;
	return false;
}

static bool in_line(const struct core *c, size_t log, enum key_role role, const struct note_signature *s,
                    struct vkey *out)
{
	struct key_line line;
	ring_line(c, log, role, &line);
	for (size_t i = 0; i < line.count; i++) {
		if (is_by(s, line.v[i].key) && note_time(s) <= line.v[i].until_ms / 1000) {
			*out = *line.v[i].key;
			return true;
		}
	}
	return false;
}

bool ring_cosigns(const struct core *c, size_t log, enum key_role role, const struct note_signature *s)
{
	struct vkey unused;
	return in_line(c, log, role, s, &unused);
}

bool ring_cosigner(const struct core *c, const struct note_signature *s, struct vkey *out)
{
	for (size_t i = 0; i < c->log_count; i++)
		if (!c->logs[i]->outside && (in_line(c, i, KEY_OF_WITNESS, s, out) || in_line(c, i, KEY_OF_MIRROR, s, out)))
			return true;
	for (uint32_t i = 0; i < c->asked_count; i++) {
		if (is_by(s, &c->asked[i]->key)) {
			*out = c->asked[i]->key;
			return true;
		}
	}
	return false;
}

/* ---- heads ---- */

void ring_told(const struct core *c, size_t log, const struct head *head, struct keys *out)
{
	keys_copy(&c->logs[log]->keys, out);
	keys_unpack(out, KEY_OF_LOG, c->logs[log]->key, buf_bytes(&head->keys));
}

size_t ring_fields(const struct keys *k, uint64_t size, ProtobufCBinaryData out[KEY_CHANGES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < k->count && count < KEY_CHANGES_MAX; i++)
		if (k->v[i].change.role == KEY_OF_LOG && k->v[i].change.index < size)
			out[count++] = message_field(buf_bytes(&k->v[i].payload));
	return count;
}

/* By what was told and what the log says; and by the log alone when that gives no key for it. */
static int judge(const struct core *c, size_t log, struct bytes raw, struct note *note, struct checkpoint *out,
                 struct keys *known, struct err *err)
{
	const struct log *l = c->logs[log];
	int rc = ERR_NOT_FOUND;
	if (known->count > l->keys.count)
		rc = keys_open_head(known, l->key, raw, note, out, NULL, err);
	if (rc != ERR_NOT_FOUND)
		return rc;
	keys_free(known);
	keys_copy(&l->keys, known);
	return keys_open_head(known, l->key, raw, note, out, NULL, err);
}

int ring_open(const struct core *c, size_t log, struct bytes raw, const ProtobufCBinaryData *told, size_t count,
              struct note *note, struct checkpoint *out, struct keys *known, struct err *err)
{
	keys_copy(&c->logs[log]->keys, known);
	for (size_t i = 0; i < count; i++)
		(void)keys_claim(known, KEY_OF_LOG, c->logs[log]->key, message_bytes(told[i]));
	return judge(c, log, raw, note, out, known, err);
}

int ring_open_packed(const struct core *c, size_t log, struct bytes raw, struct bytes told, struct note *note,
                     struct checkpoint *out, struct keys *known, struct err *err)
{
	keys_copy(&c->logs[log]->keys, known);
	keys_unpack(known, KEY_OF_LOG, c->logs[log]->key, told);
	return judge(c, log, raw, note, out, known, err);
}

bool ring_key_of(const struct core *c, size_t log, const struct head *head, struct vkey *out)
{
	const struct log *l = c->logs[log];
	struct keys known;
	struct note note;
	struct checkpoint cp;
	ring_told(c, log, head, &known);
	int rc = keys_open_head(&known, l->key, buf_bytes(&head->note), &note, &cp, out, NULL);
	keys_free(&known);
	return rc == OK;
}

bool ring_founded(struct core *c, size_t log, const struct head *head)
{
	struct log *l = c->logs[log];
	struct note note;
	struct checkpoint cp;
	struct err err = { 0 };
	if (l->keys.count == 0 && head->keys.len == 0)
		return true; /* checked as it came */
	if (keys_open_head(&l->keys, l->key, buf_bytes(&head->note), &note, &cp, NULL, &err) == OK)
		return true;
	c->rejected++;
	core_note(c, LOG_ERROR, "head_unfounded", "origin=%s size=%llu reason=\"%s\"", l->origin,
	          (unsigned long long)head->size, err.text);
	l->unfounded = head->root;
	handover_unfounded(c, log, head->size, err.text);
	if (l->target.size != head->size)
		return false;
	/* Nothing is a target any more. */
	struct store_write *w = write_new(l, WRITE_TARGET);
	l->target_in_flight = true;
	(void)core_store(c, log, &w);
	head_clear(&l->target);
	return false;
}

void ring_heard(struct core *c, struct link *link, uint64_t size)
{
	const struct keys *k = &c->logs[0]->keys;
	uint64_t known = link->heard_keys;
	for (size_t i = 0; i < k->count; i++)
		if (k->v[i].change.index < size && k->v[i].change.index >= known)
			known = k->v[i].change.index + 1;
	if (known == link->heard_keys)
		return;
	link->heard_keys = known;
	for (size_t i = 0; i < c->log_count; i++) {
		if (!link->channels[i].announcing)
			link->channels[i].announced_revision = 0;
		peer_announce(c, i);
	}
}
