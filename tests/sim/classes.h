/* classes: collections, who may have them, and what was redacted: as the logs themselves say.
 *
 * What a node may send follows from the statements that are present on its disk; what must be everywhere in the end
 * from those in the origin's own log.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"
#include "tests/sim/disk.h"
#include "tests/sim/truth.h"

enum { CLASSES = 3 }; /* 0 is public */

struct world;
struct node;

/* The name of a class; NULL for public. */
const char *classes_name(unsigned class);
/* That of an envelope. */
unsigned classes_of(struct bytes envelope);

/* What is said in a branch's newest entry, if it is about the log: kept with the branch (truth.c). */
void classes_read(struct world *w, struct branch *b);

/* Append a sharing statement, or one that redacts something of n's own log; false: there is nothing to redact. */
bool classes_write(struct world *w, const struct node *n, struct buf *payload);

/* Does a statement among the branch's first size entries redact that entry? */
bool classes_redacted(const struct branch *b, uint64_t size, uint64_t index);
/* The newest statement on that class among them lists the member. */
bool classes_lists(const struct branch *b, uint64_t size, unsigned class, uint32_t ident);
/* Some statement in some branch of the origin does, or the member is the origin. */
bool classes_ever(const struct world *w, uint32_t origin, unsigned class, uint32_t ident);

/* What statements present on the disk take away, now that [from, to) is there. */
void classes_carry_out(struct disk_log *log, uint64_t from, uint64_t to);

/* n sends payloads to that link: may the other side have them, and is it noted who gets them? */
void classes_check_sent(struct world *w, struct node *n, link_id link, Normlink__Payload *const *payloads,
                        size_t count);
/* A write of a mirror brings payloads: may n have them? */
bool classes_check_kept(struct world *w, const struct node *n, uint32_t origin, const struct branch *b,
                        const struct store_write *write);
/* Everything of an honest origin that this member must have, it has, and nothing that was redacted.  reach: it can be
 * had over members that may have that class. */
bool classes_settled(const struct world *w, uint32_t origin, uint32_t ident, const bool reach[CLASSES],
                     const char **why);
