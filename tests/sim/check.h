/* check: what must hold, looked at after every step.
 *
 * A broken invariant is set once in the world, with the place, and ends the run.  "Checked" nodes are the bodies of
 * honest members; what a hostile member's real core keeps of others is looked at too, as far as it can be known.
 */
#pragma once

#include "crypto/note.h"
#include "node/core/effect.h"
#include "tests/sim/truth.h"

struct world;
struct node;

void check_fail(struct world *w, const char *invariant, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A write is about to become durable, and the store would take it.  The branch that the log is of afterwards; NULL
 * when an invariant broke.  The bytes of our own origin's entries become truth here. */
const struct branch *check_kept(struct world *w, struct node *n, uint32_t ident, const struct store_write *write);

/* A write was answered OK: it may never be lost from now on. */
void check_acked(struct world *w, struct node *n, const struct store_write *write);

/* A core asks for a write. */
void check_store(struct world *w, struct node *n, const struct store_write *write);

void check_reply(struct world *w, struct node *n, const struct effect *fx);

/* A core ends a link, which is still there. */
void check_close(struct world *w, struct node *n, const struct effect *fx);

/* After each step; fx are its effects, not yet carried out. */
void check_step(struct world *w, struct node *n);

/* A body died, its disk is as the crash left it. */
void check_crash(struct world *w, struct node *n);

/* A note that must be signed by that origin's key for (size, root).  When it is a complete head, every cosignature of a
 * member must hold, and n's own ones go into what it has witnessed. */
bool check_head(struct world *w, struct node *n, uint32_t ident, struct bytes raw, uint64_t size,
                const struct hash *root, bool complete);

/* Does this line hold?  Ed25519 is the dearest thing in here: each is verified once in a world. */
bool check_line_holds(struct world *w, const struct note *note, const struct note_signature *s, const struct vkey *key);
