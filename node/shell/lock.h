/* lock: one process at a time serves a data directory.
 *
 * An exclusive lock on DIR/lock, bound to the open file: it ends with the process however that ends, so nothing
 * stale is ever left.  The pid written into the file is for people; the lock decides.
 * Thread: any.
 */
#pragma once

#include "node/base/err.h"

struct lock {
	int fd; /* below 0: not held */
};

/* ERR_BUSY: another holds it (the text says which pid); ERR_IO, ERR_FULL, ERR_NOT_FOUND.  On failure out->fd is -1. */
CHECKED int lock_take(const char *dir, struct lock *out, struct err *err);

/* Let go; harmless when not held. */
void lock_release(struct lock *lock);
