/* events: a reader of Server-Sent Events (WHATWG HTML 9.2.6), fed piece by piece.
 *
 * Knows: lines, fields, comments.  Must not know: what an event says, and when to connect again.
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct event_block {
	const char *id;    /* of this event, or of one before it; "": there was none */
	const char *event; /* its name; "" */
	struct bytes data; /* its lines with LF between; empty: an id alone, which is no event */
};

/* Blocks as they end; borrowed until the callback returns.  A code other than OK ends the reading. */
typedef int (*event_block_cb)(void *arg, const struct event_block *block, struct err *err);
/* A comment's text, without its colon and a blank after that. */
typedef void (*event_comment_cb)(void *arg, const char *text);

/* A zeroed one, with the callbacks set, is at the beginning of a stream. */
struct event_reader {
	event_block_cb block_cb;
	event_comment_cb comment_cb;
	void *arg;
	struct buf line, id, event, data;
	bool after_cr;
};

/* Read on.  ERR_LIMIT: a line or an event of more than EVENT_BYTES_MAX; or what block_cb said. */
CHECKED int events_read(struct event_reader *r, struct bytes piece, struct err *err);

/* What is left of an event that did not end is forgotten: a new connection begins.  The id stays. */
void events_again(struct event_reader *r);
void events_free(struct event_reader *r);
