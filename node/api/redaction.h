/* redaction: what a redaction statement says, read for showing, and which peers have confirmed it.  Private to this
 * room.
 *
 * Thread: the caller's; everything lives in the answer's arenas.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/query.h"

struct redaction {
	const char *origin;
	uint64_t index, statement; /* statement 0: the entry is not redacted */
	uint64_t time_ms;
	const char *reason, *basis; /* NULL: cannot be read */
};

/* The one that took this entry's payload away.  False: the answer is a problem. */
bool redaction_of(struct answer *a, const struct found *f, struct redaction *out);

/* An object; null when statement is 0. */
void redaction_json(struct answer *a, const struct redaction *r, struct json *j);
/* Lines for a terminal, after two blanks. */
void redaction_text(struct answer *a, const struct redaction *r, struct buf *out);
