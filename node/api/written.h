/* written: how records that were shown read in an answer, remembered: to decode and write one anew costs many times
 * what to copy it does.
 *
 * What is remembered depends on the form and the payload alone, and is given only while the record has the mark that it
 * had (found.h), which stands for the very same payload: nothing in it can become old, whatever happens to the log.
 * Owner: one reader, for its life; no two threads share one.  At most WRITTEN_BYTES_MAX of them (memo.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"

struct memo;

/* Ended by memo_free. */
struct memo *written_new(void);

/* What record, and how: form names the function that writes, and what it takes besides the payload.  A mark of 0 stands
 * for nothing: that is never remembered.  Borrowed. */
struct written_key {
	const char *form;
	const char *origin;
	uint64_t index;
	uint64_t mark;
};

/* Borrowed until the next written_keep; false: it is not remembered.  w NULL: nothing is. */
bool written_find(struct memo *w, const struct written_key *key, struct bytes *out);

/* Remember it in the place of another; one that is too large is not. */
void written_keep(struct memo *w, const struct written_key *key, struct bytes value);
