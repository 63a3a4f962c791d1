/* writer: the thread that owns the writing store handle, and the queue in front of it.
 *
 * Group commit: whenever the thread is free it takes everything that waits, up to STORE_BATCH_ROWS rows, and makes it
 * durable in one transaction.  Answers come back on the loop, in the order in which the writes were given.
 * An idle writer lets the store tidy up, in small steps, and purges what was redacted: that takes longer, so that
 * others who redact again and again get at most a tenth of its time.
 *
 * The queue itself has no end: the shell stops reading from peers when writer_bytes() passes STORE_QUEUE_BYTES_MAX.
 * Thread: the functions are the loop's.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "node/base/err.h"
#include "node/core/effect.h"
#include "node/store/store.h"

/* A thing done: a write, a purge, or the reading again of one origin's state, which takes its turn among the writes so
 * that it shows all that came before it.  Valid until the callback returns. */
struct writer_done {
	bool purged;                     /* a purge that was asked for */
	const struct store_write *write; /* NULL: a reload */
	const char *origin;              /* of the reload */
	struct origin_state *state;      /* of the reload; NULL unless OK */
	int code;
	const char *text; /* NULL when OK */
};

typedef void (*writer_done_cb)(void *arg, const struct writer_done *done);
/* All that was done so far has been told. */
typedef void (*writer_told_cb)(void *arg);

struct writer_figures {
	uint64_t entries, bytes, batches, errors;
	bool writable; /* the last transaction succeeded, or there was none */
};

struct writer;

/* Takes *store (nulls it).  Gives *out.  The callbacks run on the loop. */
CHECKED int writer_start(uv_loop_t *loop, struct store **store, writer_done_cb done_cb, writer_told_cb told_cb,
                         void *arg, struct writer **out, struct err *err);

struct high_water;
/* Raise this mark with each head of that origin that became durable, before it is told.  Before the first write;
 * borrows both for the writer's life. */
void writer_mark(struct writer *w, struct high_water *mark, const char *origin);

/* Queue a write; takes *write (nulls it). */
void writer_store(struct writer *w, struct store_write **write);
void writer_reload(struct writer *w, const char *origin);
/* store_purge after what was queued before it. */
void writer_purge(struct writer *w);
/* Something is read for a peer: what is only tidying up goes slower for a moment. */
void writer_give_way(struct writer *w);

/* Odd while the thread does something with the store, and another number after it: as long as an even one stands, the
 * store is as it was.  Any thread's. */
const _Atomic uint64_t *writer_turns(const struct writer *w);

/* Bytes and jobs queued or being written and not yet told. */
size_t writer_bytes(const struct writer *w);
size_t writer_pending(const struct writer *w);

/* As told so far. */
const struct writer_figures *writer_figures(const struct writer *w);

/* Write what waits, end the thread, close the store and null *w; what was not told yet never is. */
void writer_stop(struct writer **w);
