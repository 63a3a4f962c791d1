/* keys: which of an operator's keys counts for what, by the key statements of its log (proto/README.md, clause 2.10).
 *
 *     first ──statement at index i──> second ──statement at index k──> third
 *       heads of at most i entries      at most k                        all larger ones
 *
 * Pure: no core, no store.  The same for a core, fsck, and whoever checks a policy.
 * Thread: any; a struct keys belongs to one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/note.h"
#include "node/base/limits.h"
#include "node/core/effect.h"
#include "proto/key_change.h"

struct key_statement {
	struct key_change change;
	struct buf payload;
};

/* The statements of one log that are valid by themselves, by index. */
struct keys {
	struct key_statement *v;
	size_t count;
};

void keys_free(struct keys *k);
void keys_copy(const struct keys *from, struct keys *to);

/* The log's entry at index: a key statement that counts is taken over; anything else is left alone (false).  Its
 * collection is public. */
bool keys_add(struct keys *k, uint64_t index, struct bytes payload);
/* The same of whatever entry; collection and payload are looked at. */
bool keys_add_entry(struct keys *k, uint64_t index, const struct entry *e);

/* One that a peer told, of that role: it counts when it replaces the newest key that the anchor leads to, or
 * brought the first, and nothing that is known says otherwise. */
bool keys_claim(struct keys *k, enum key_role role, const struct vkey *anchor, struct bytes payload);

/* One key of a role, and how long it counts. */
struct key_span {
	const struct vkey *key; /* borrowed from the keys or the anchor */
	uint64_t from;          /* heads of at least so many entries; 0: the first key */
	uint64_t until_ms;      /* UINT64_MAX: the newest */
};

struct key_line {
	struct key_span v[KEY_CHANGES_MAX + 1]; /* at least one; the last is the newest */
	size_t count;
};

/* The keys of a role, oldest first: those that the statements lead to from the anchor, a key that is known to be the
 * operator's, and those that lead to it. */
void keys_line(const struct keys *k, enum key_role role, const struct vkey *anchor, struct key_line *out);

/* The log key that must have signed a head of that size. */
const struct vkey *keys_of_head(const struct key_line *line, uint64_t size);

/* Read and check a signed head by the key that counts for its size.  *key (may be NULL) is that key, borrowed.
 * ERR_NOT_FOUND: it bears no signature by that key; ERR_UNTRUSTED: one that fails; ERR_INVALID, ERR_LIMIT: no
 * checkpoint of this log. */
CHECKED int keys_open_head(const struct keys *k, const struct vkey *anchor, struct bytes raw, struct note *note,
                           struct checkpoint *out, struct vkey *key, struct err *err);

/* A role's statements of k that are not in others, as the payloads one after another, each with a 4-byte
 * big-endian length before it; and back again through keys_claim. */
void keys_pack(const struct keys *k, enum key_role role, const struct keys *others, struct buf *out);
void keys_unpack(struct keys *k, enum key_role role, const struct vkey *anchor, struct bytes packed);
