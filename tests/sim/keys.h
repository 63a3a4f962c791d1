/* keys: members change their keys now and then, and a thief has the old ones.
 *
 * Which key was due for what follows from the entries of the branch (node/core/keys.h); the checks here ask that of
 * everything that is kept.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/note.h"

struct world;
struct node;
struct ident;
struct branch;

/* A new key of a random role for this honest member, submitted as a statement. */
void keys_rotate(struct world *w, struct node *n);

/* The member's keys, from the first on, by number; NULL: there is none of that number. */
const struct skey *keys_nth(const struct ident *id, size_t n);
/* The one that a line is by; NULL. */
const struct skey *keys_of_line(const struct ident *id, const struct note_signature *s);
/* Is it a key of the member's mirror? */
bool keys_of_mirror(const struct ident *id, const struct skey *key);
/* Does the note bear a cosignature by the member's mirror, or else by its witness, whatever the key? */
bool keys_has_cosigned(const struct ident *id, const struct note *note, bool mirror);

/* Is this note signed by the log key that is due for a head of that size, as far as somebody can know who holds so many
 * entries of the branch?  Lines that hold are asked of line_holds. */
bool keys_due_signed(struct world *w, uint32_t ident, const struct branch *b, uint64_t held, uint64_t size,
                     const struct note *note);

/* Was the first log key replaced before a head of that size? */
bool keys_replaced(const struct world *w, uint32_t ident, const struct branch *b, uint64_t size);

/* The log key for a head of that size, to sign with. */
const struct skey *keys_to_sign(const struct ident *id, const struct branch *b, uint64_t size);

/* A head that a thief has signed with a key that was replaced, for somebody who holds the statement: larger than that.
 * False: there is no such key. */
bool keys_steal(struct world *w, const struct node *victim, struct buf *note);

void keys_close(struct ident *id);
