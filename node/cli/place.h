/* place: where the harvest of a provider stands: since when the next one has to ask, and the page at which one that was
 * cut off goes on.
 *
 * A small file of lines, DIR/harvests/ID where nothing else is said, written anew after each page, once what was on it
 * is durable.  Without it everything is asked for again, and nothing said twice.
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/err.h"
#include "node/base/limits.h"

enum { PLACE_TOKEN_MAX = 16 * 1024 };

struct place {
	char path[1024];
	/* Whose it is: borrowed. */
	const char *url, *set;       /* set: NULL: all */
	char prefix[CODE_MAX + 1];   /* in which format; "": none yet */
	char from[CODE_MAX + 1];     /* of the next whole list; "": from the beginning */
	char began[CODE_MAX + 1];    /* when this list began, by the provider's clock; "" */
	char token[PLACE_TOKEN_MAX]; /* where this list goes on; "": from its beginning */
};

/* Read it.  path: NULL for the usual one below dir, for what was asked for: url, set, asked (a prefix or the word of a
 * format; NULL).  A place that is not there is an empty one.  ERR_USAGE: the file is of another harvest. */
CHECKED int place_read(struct place *p, const char *path, const char *dir, const char *asked, struct err *err);
CHECKED int place_write(const struct place *p, struct err *err);

/* Nothing is known; the list begins anew, of what changed since then. */
void place_forget(struct place *p);
void place_begin(struct place *p, const char *from);

/* The first page of a list came, at this time; the next page of it is behind this token.  ERR_LIMIT: longer than is
 * kept. */
CHECKED int place_go_on(struct place *p, const char *date, const char *token, struct err *err);
/* The list is whole: what changed after it began, and somewhat before, is asked for next time: an hour, or where the
 * provider knows days alone, a day. */
void place_finish(struct place *p, bool seconds);
