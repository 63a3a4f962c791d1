/* high_water: DIR/high-water, the mark beside the database: the highest head of our own that was made durable here.
 *
 *     normlink-high-water 1
 *     state: ordinary             or restored, resumed (guard.h)
 *     size: 4711
 *     root: 3q2+7w...             base64
 *     place: 3d1219c7... 5374821 1764102140123456789
 *     sum: 9f86d0...              SHA-256 of the lines before it, in hex
 *
 * place is the machine's id ("-" where there is none), the file's own inode number and the time at which the file was
 * born, or its device where no such time is kept (a device's number may be another after a restart, a birth may not).
 * A copy is another file and has another place; so has one that was moved to another machine.
 *
 * Raised in place by the writer thread, after the commit and before the commit is told, so what was ever said to
 * anybody is below the mark or at it.  It is not synced: it guards against copies of the folder that are put back,
 * and not against a power cut, which takes nothing from a database that was synced.  A mark that lost its last
 * writes that way is too low, never too high, and what is above it peers still know.
 *
 * Thread: any; an open mark has its own lock.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/core/guard.h"

enum { HIGH_WATER_PLACE = 160, HIGH_WATER_MAX = 1024 };

/* The bytes of a mark; here is left false.  False: not a whole one, and *out is zeroed. */
bool high_water_parse(struct bytes text, struct guard_facts *out, char place[HIGH_WATER_PLACE]);

/* What stands there; *out has marked false when there is no mark, or one that is damaged.  deaf is left false.
 * ERR_IO and the like: it cannot be read. */
CHECKED int high_water_read(const char *dir, struct guard_facts *out, struct err *err);

/* Make a new mark of this place, durable before this returns. */
CHECKED int high_water_write(const char *dir, enum guard_word word, uint64_t size, const struct hash *root,
                             struct err *err);

/* A mark that is kept up to date while the node runs. */
struct high_water;

/* From what was read; makes nothing.  Gives *out. */
void high_water_open(const char *dir, const struct guard_facts *facts, struct high_water **out);
void high_water_close(struct high_water *h);

/* Another head was made durable: raise the mark to it if it is higher.  Failing is told in the log, and leaves a mark
 * that is too low. */
void high_water_raise(struct high_water *h, uint64_t size, const struct hash *root);

/* Our log may be signed here, or an operator said so: make the mark one of this place with that word, durable.  Does
 * nothing when it is that already. */
CHECKED int high_water_say(struct high_water *h, enum guard_word word, struct err *err);
