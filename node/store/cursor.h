/* cursor: a place in a list, as text: which state of the view the list is of (pinned.h), and what of it was given.
 *
 * Hexadecimal digits, whose last are a digest over the question and over what tells this database from others.
 * Thread: any.
 */
#pragma once

#include "node/store/pinned.h"

struct place {
	struct pin pin;
	uint64_t given; /* so many records, */
	int64_t last;   /* and this doc last */
};

/* The text, in the arena; NULL: longer than CURSOR_MAX, of very many logs; check: pin_check() of the pin, key: the
 * question. */
const char *cursor_write(struct store *s, const struct place *p, uint64_t check, struct bytes key, struct arena *arena);

/* ERR_CONFLICT: not made here of that question. *check is the pin's. */
CHECKED int cursor_read(struct store *s, const struct snapshot *n, const char *text, struct bytes key,
                        struct place *out, uint64_t *check, struct err *err);
