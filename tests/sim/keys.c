#include "tests/sim/keys.h"

#include "node/base/must.h"
#include "node/core/keys.h"
#include "tests/sim/check.h"
#include "tests/sim/node.h"
#include "tests/sim/setup.h"
#include "tests/sim/world.h"

enum { FIRST_KEYS = 3 };

static bool is_by(const struct note_signature *s, const struct vkey *key)
{
	return s->id == key->id && bytes_equal(s->name, bytes_str(key->name));
}

const struct skey *keys_nth(const struct ident *id, size_t n)
{
	const struct skey *const first[FIRST_KEYS] = { id->log_key, id->witness_key, id->mirror_key };
	if (n < FIRST_KEYS)
		return first[n];
	return n - FIRST_KEYS < id->ring_count ? id->ring[n - FIRST_KEYS] : NULL;
}

const struct skey *keys_of_line(const struct ident *id, const struct note_signature *s)
{
	const struct skey *key;
	for (size_t i = 0; (key = keys_nth(id, i)) != NULL; i++)
		if (is_by(s, skey_public(key)))
			return key;
	return NULL;
}

bool keys_of_mirror(const struct ident *id, const struct skey *key)
{
	return strcmp(skey_public(key)->name, id->card.mirror.name) == 0;
}

bool keys_has_cosigned(const struct ident *id, const struct note *note, bool mirror)
{
	for (size_t i = 0; i < note->count; i++) {
		const struct skey *key = keys_of_line(id, &note->signatures[i]);
		if (key != NULL && skey_public(key)->type == KEY_COSIGNATURE && keys_of_mirror(id, key) == mirror)
			return true;
	}
	return false;
}

void keys_close(struct ident *id)
{
	for (size_t i = 0; i < id->ring_count; i++)
		skey_free(id->ring[i]);
}

/* ---- changing ---- */

void keys_rotate(struct world *w, struct node *n)
{
	struct ident *id = &w->idents[n->ident];
	enum key_role role = (enum key_role)rng_below(&w->rng, KEY_OF_TLS);
	if (id->ring_count == WORLD_RING)
		return;
	const struct skey *old = core_key(n->core, role);
	struct skey *new = setup_key(w, skey_public(old)->name, skey_public(old)->type);
	id->ring[id->ring_count++] = new;
	core_add_key(n->core, new);
	struct key_change change = { .role = role,
		                         .old = *skey_public(old),
		                         .new = *skey_public(new),
		                         .until_ms = w->wall_ms + w->now_ms,
		                         .index = core_next_index(n->core) };
	if (rng_permille(&w->rng, 600))
		change.until_ms += rng_below(&w->rng, 120000);
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)w->next_nonce, (uint8_t)(w->next_nonce >> 8), 0x6b };
	w->next_nonce++;
	struct buf payload = { 0 };
	struct err err = { 0 };
	int rc = key_change_write(&change, &(struct key_signer){ .key = old }, &(struct key_signer){ .key = new }, nonce,
	                          &payload, &err);
	must(rc == OK);
	w->figures.rotations++;
	trace_say(w, "%s: a new %s key %08x at entry %llu", id->name, key_role_word(role), skey_public(new)->id,
	          (unsigned long long)change.index);
	node_submit_one(w, n, buf_bytes(&payload));
	buf_free(&payload);
}

/* ---- what was due ---- */

bool keys_due_signed(struct world *w, uint32_t ident, const struct branch *b, uint64_t held, uint64_t size,
                     const struct note *note)
{
	const struct ident *id = &w->idents[ident];
	struct key_line line;
	keys_line(&b->keys, KEY_OF_LOG, &id->card.log, &line);
	const struct vkey *due = keys_of_head(&line, size < held ? size : held);
	bool reached = false;
	for (size_t i = 0; i < line.count && line.v[i].from <= size; i++) {
		reached = reached || line.v[i].key == due;
		for (size_t k = 0; reached && k < note->count; k++)
			if (is_by(&note->signatures[k], line.v[i].key) &&
			    check_line_holds(w, note, &note->signatures[k], line.v[i].key))
				return true;
	}
	return false;
}

bool keys_replaced(const struct world *w, uint32_t ident, const struct branch *b, uint64_t size)
{
	struct key_line line;
	keys_line(&b->keys, KEY_OF_LOG, &w->idents[ident].card.log, &line);
	return line.count > 1 && line.v[1].from <= size;
}

const struct skey *keys_to_sign(const struct ident *id, const struct branch *b, uint64_t size)
{
	struct key_line line;
	const struct skey *key;
	keys_line(&b->keys, KEY_OF_LOG, &id->card.log, &line);
	const struct vkey *due = keys_of_head(&line, size);
	for (size_t i = 0; (key = keys_nth(id, i)) != NULL; i++)
		if (memcmp(skey_public(key)->key, due->key, KEY_SIZE) == 0)
			return key;
	must(!"a key that nobody has");
	return NULL;
}

/* ---- the thief ---- */

bool keys_steal(struct world *w, const struct node *victim, struct buf *note)
{
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count);
	const struct ident *id = &w->idents[ident];
	const struct disk_log *log = &victim->disk.logs[ident];
	struct key_line line;
	if (id->hostility != HOSTILE_NOT || log->branch == NULL || log->size == 0)
		return false;
	keys_line(&log->branch->keys, KEY_OF_LOG, &id->card.log, &line);
	if (line.count < 2 || line.v[1].from > log->size)
		return false;
	uint64_t size = log->size + rng_below(&w->rng, 8);
	struct hash root = { { 0 } };
	struct buf text = { 0 };
	for (size_t i = 0; i < HASH_SIZE; i++)
		root.b[i] = (uint8_t)rng_next(&w->rng);
	checkpoint_write(id->card.origin, size, &root, &text);
	buf_add_bytes(note, buf_bytes(&text));
	buf_add_char(note, '\n');
	note_sign(keys_to_sign(id, log->branch, line.v[1].from - 1), buf_bytes(&text), note);
	buf_free(&text);
	w->figures.thefts++;
	return true;
}
