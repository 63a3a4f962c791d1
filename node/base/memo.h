/* memo: runs of bytes that are kept by a number until there is no room: what was made once need not be made again.
 *
 * Knows: which of them were asked for last.  Must not know: whether what it has still holds: who keeps it says so.
 * Owner: one thread; no two share one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

struct memo;

/* bytes_max: of all together; piece_max: of one, which is not kept when it is larger. */
struct memo *memo_new(size_t bytes_max, size_t piece_max);
/* NULL is fine. */
void memo_free(struct memo *m);

/* Borrowed until the next memo_keep or memo_forget; false: it is not there. */
bool memo_find(struct memo *m, uint64_t key, struct bytes *out);

/* Keep the parts, one behind the other, in the place of what that key had, and of others that were not asked for
 * lately. */
void memo_keep(struct memo *m, uint64_t key, const struct bytes *parts, size_t count);

void memo_forget(struct memo *m);
