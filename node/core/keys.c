#include "node/core/keys.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "proto/entry.h"

enum { PREFIX = 4 };

static bool same(const struct vkey *a, const struct vkey *b)
{
	return memcmp(a->key, b->key, KEY_SIZE) == 0 && strcmp(a->name, b->name) == 0;
}

/* ---- statements ---- */

void keys_free(struct keys *k)
{
	for (size_t i = 0; i < k->count; i++)
		buf_free(&k->v[i].payload);
	free(k->v);
	*k = (struct keys){ 0 };
}

static void append(struct keys *k, size_t at, const struct key_change *change, struct bytes payload)
{
	k->v = realloc(k->v, (k->count + 1) * sizeof *k->v);
	must(k->v != NULL);
	memmove(&k->v[at + 1], &k->v[at], (k->count++ - at) * sizeof *k->v);
	k->v[at] = (struct key_statement){ .change = *change };
	buf_add_bytes(&k->v[at].payload, payload);
}

static void insert(struct keys *k, const struct key_change *change, struct bytes payload)
{
	size_t at = 0;
	while (at < k->count && k->v[at].change.index < change->index)
		at++;
	append(k, at, change, payload);
}

void keys_copy(const struct keys *from, struct keys *to)
{
	*to = (struct keys){ 0 };
	for (size_t i = 0; i < from->count; i++)
		append(to, i, &from->v[i].change, buf_bytes(&from->v[i].payload));
}

/* A key is replaced once, and none comes back. */
static bool is_new(const struct keys *k, const struct key_change *change)
{
	size_t of_role = 0;
	for (size_t i = 0; i < k->count; i++) {
		const struct key_change *other = &k->v[i].change;
		if (other->role != change->role)
			continue;
		of_role++;
		bool back = same(&other->old, &change->new) && other->index < change->index;
		if (same(&other->old, &change->old) || same(&other->new, &change->new) || back)
			return false;
	}
	return of_role < KEY_CHANGES_MAX;
}

static bool open_statement(struct bytes payload, struct key_change *out)
{
	return payload.len <= KEY_STATEMENT_MAX && payload_kind(payload) == NORMLINK__KIND__KIND_KEY &&
	       key_change_open(payload, out, NULL) == OK;
}

bool keys_add(struct keys *k, uint64_t index, struct bytes payload)
{
	struct key_change change;
	if (!open_statement(payload, &change) || change.index != index || !is_new(k, &change))
		return false;
	insert(k, &change, payload);
	return true;
}

bool keys_add_entry(struct keys *k, uint64_t index, const struct entry *e)
{
	struct envelope envelope;
	return e->state == PAYLOAD_PRESENT && payload_kind(e->payload) == NORMLINK__KIND__KIND_KEY &&
	       envelope_parse(e->envelope, &envelope, NULL) == OK && strcmp(envelope.collection, "public") == 0 &&
	       keys_add(k, index, e->payload);
}

bool keys_claim(struct keys *k, enum key_role role, const struct vkey *anchor, struct bytes payload)
{
	struct key_change change;
	struct key_line line;
	keys_line(k, role, anchor, &line);
	if (!open_statement(payload, &change) || change.role != role || !is_new(k, &change) ||
	    (!same(&change.old, line.v[line.count - 1].key) && !same(&change.new, line.v[0].key)))
		return false;
	insert(k, &change, payload);
	return true;
}

/* ---- lines ---- */

/* The statement before number end that brought this key; SIZE_MAX. */
static size_t brought_by(const struct keys *k, enum key_role role, const struct vkey *key, size_t end)
{
	while (end-- > 0)
		if (k->v[end].change.role == role && same(&k->v[end].change.new, key))
			return end;
	return SIZE_MAX;
}

/* The statement from number start on that replaces it; SIZE_MAX. */
static size_t replaced_by(const struct keys *k, enum key_role role, const struct vkey *key, size_t start)
{
	for (size_t i = start; i < k->count; i++)
		if (k->v[i].change.role == role && same(&k->v[i].change.old, key))
			return i;
	return SIZE_MAX;
}

void keys_line(const struct keys *k, enum key_role role, const struct vkey *anchor, struct key_line *out)
{
	const struct vkey *key = anchor;
	size_t next = k->count, at;
	while ((at = brought_by(k, role, key, next)) != SIZE_MAX) {
		key = &k->v[at].change.old;
		next = at;
	}
	out->count = 0;
	out->v[out->count++] = (struct key_span){ .key = key, .until_ms = UINT64_MAX };
	for (next = 0; out->count <= KEY_CHANGES_MAX && (at = replaced_by(k, role, key, next)) != SIZE_MAX; next = at + 1) {
		const struct key_change *change = &k->v[at].change;
		key = &change->new;
		out->v[out->count - 1].until_ms = change->until_ms;
		out->v[out->count++] = (struct key_span){ .key = key, .from = change->index + 1, .until_ms = UINT64_MAX };
	}
}

const struct vkey *keys_of_head(const struct key_line *line, uint64_t size)
{
	size_t i = line->count - 1;
	while (i > 0 && line->v[i].from > size)
		i--;
	return line->v[i].key;
}

/* ---- heads ---- */

static bool has_line(const struct note *note, const struct vkey *key)
{
	for (size_t i = 0; i < note->count; i++)
		if (note->signatures[i].id == key->id && bytes_equal(note->signatures[i].name, bytes_str(key->name)))
			return true;
	return false;
}

int keys_open_head(const struct keys *k, const struct vkey *anchor, struct bytes raw, struct note *note,
                   struct checkpoint *out, struct vkey *key, struct err *err)
{
	struct key_line line;
	int rc = checkpoint_read(raw, note, out, err);
	if (rc != OK)
		return rc;
	keys_line(k, KEY_OF_LOG, anchor, &line);
	const struct vkey *due = keys_of_head(&line, out->size);
	if (!has_line(note, due))
		return err_set(err, ERR_NOT_FOUND, "clause 2.10: a head of %s with no signature by the key %08x that is due",
		               anchor->name, due->id);
	if (key != NULL)
		*key = *due;
	return checkpoint_open(raw, due, note, out, err);
}

/* ---- packed ---- */

void keys_pack(const struct keys *k, enum key_role role, const struct keys *others, struct buf *out)
{
	for (size_t i = 0; i < k->count; i++) {
		if (k->v[i].change.role != role || replaced_by(others, role, &k->v[i].change.old, 0) != SIZE_MAX)
			continue;
		buf_add_u32(out, (uint32_t)k->v[i].payload.len);
		buf_add_bytes(out, buf_bytes(&k->v[i].payload));
	}
}

void keys_unpack(struct keys *k, enum key_role role, const struct vkey *anchor, struct bytes packed)
{
	while (packed.len >= PREFIX) {
		const uint8_t *p = packed.data;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		if (len > packed.len - PREFIX)
			return;
		(void)keys_claim(k, role, anchor, bytes_of(p + PREFIX, len));
		packed = bytes_of(p + PREFIX + len, packed.len - PREFIX - len);
	}
}
