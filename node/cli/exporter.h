/* exporter: what a store holds, written as a bundle file (proto/PROTOCOL.md, clause 9).
 *
 * Reads through a handle of its own beside a node that may be running: a log only grows, so that the heads met at the
 * beginning hold to the end.  Everything written goes through the verifier of whoever reads it, so that no file is
 * given away that its receiver would refuse.
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "node/base/err.h"
#include "node/shell/node_dir.h"

struct export_wish {
	const char *const *origins; /* NULL: our own and every peer's that has a head */
	size_t origin_count;
	uint64_t since;                 /* of the one origin */
	bool cosigned;                  /* up to the newest head that a quorum has cosigned, not to the newest one */
	const char *const *collections; /* whose payloads go along beside those of public */
	size_t collection_count;
};

struct export_counts {
	uint64_t origins, entries, present, withheld, redacted, bytes;
	uint64_t missing; /* public payloads that are not here */
};

/* Called now and then with entries written, of all that will be. */
typedef void (*export_progress_cb)(void *arg, uint64_t done, uint64_t total);

/* Write the file to out, which stays open and is flushed; *counts says what is in it.  ERR_NOT_FOUND: an origin that is
 * not held, or that has no such head; ERR_USAGE: since is larger than the head; ERR_CORRUPT: the store gives what does
 * not verify; ERR_IO, ERR_FULL. */
CHECKED int exporter_run(const struct node_dir *dir, const struct export_wish *wish, uint64_t time_ms, FILE *out,
                         export_progress_cb progress_cb, void *arg, struct export_counts *counts, struct err *err);
