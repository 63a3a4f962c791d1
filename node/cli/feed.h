/* feed: records into a node, in batches, the next one being filled while the former is on its way.
 *
 *     feed_record ──> batch being filled ──> queue of FEED_BATCHES ──> thread ──> POST /local/v1/records
 *
 * What the node acknowledged is durable.  Nothing is sent twice: after a failure the feed takes no more, and says why.
 * Thread: one feeds; the sending thread is the feed's own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

/* What became of the records that the node answered for. */
struct feed_totals {
	uint64_t added, revised, unchanged, refused;
	uint64_t size; /* of the node's log after the last batch */
};

struct feed_sink {
	void *arg;
	/* A record that the node refused, by its subject.  Called while the feed is locked: do not call it back. */
	void (*refused_cb)(void *arg, const char *subject, const char *reason);
	/* Now and then while feed_record and feed_finish wait, with what was acknowledged so far. */
	void (*wait_cb)(void *arg, const struct feed_totals *totals);
};

struct feed;

/* Feed the node that listens on DIR/socket; into a collection (collection_valid), NULL: public.  Keeps neither text;
 * sink's callbacks are called until feed_free.  ERR_NOT_FOUND: no such folder.  Gives *out. */
CHECKED int feed_start(const char *dir, const char *collection, const struct feed_sink *sink, struct feed **out,
                       struct err *err);

/* Take one serialised record (copied).  Waits while the queue is full.  Not OK: what the sending met. */
CHECKED int feed_record(struct feed *f, struct bytes record, struct err *err);

/* Send what is left and wait for the last answer. */
CHECKED int feed_finish(struct feed *f, struct err *err);

/* What was answered for so far. */
void feed_totals(struct feed *f, struct feed_totals *out);
/* Ends the sending thread after the batch that is on its way; what waits is not sent.  NULL is fine. */
void feed_free(struct feed *f);

/* A record of the batch, by its number, that the node refused; the reason is borrowed for the call. */
typedef void (*feed_refusal_cb)(void *arg, uint64_t number, const char *reason);
/* Read an answer to POST /local/v1/records for count records (node/shell/shell.h) and add it to *totals.
 * ERR_PROTOCOL: not such an answer, or its counts are not count. */
CHECKED int feed_read_answer(struct bytes text, uint64_t count, struct feed_totals *totals, feed_refusal_cb refusal_cb,
                             void *arg, struct err *err);
