/* indexing: index roots of our own log (proto/INDEX.md): when one is due, and how it comes into the log.
 *
 * While the node runs (node.conf: index, on by default), a root is appended when the log has been quiet for
 * INDEX_QUIET_MS, or goes on for INDEX_LATEST_MS, and says something that the last root does not: so one record more
 * costs at most one statement more, and nothing new costs none.  An operator who does not want to wait asks for it
 * (POST /local/v1/index, normlink index), also where the node does not run.
 *
 *     idle ──the log grew──> waiting ──quiet, or for too long──> asking (a reader) ──due──> appended ──> idle
 *                                                                     `──not due──> idle
 *
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct shell;
struct exchange;

struct indexing {
	uint64_t seen;     /* size of our log at the last look, */
	uint64_t done;     /* and when it last had its root */
	uint64_t since_ms; /* mono: when it grew first since then, */
	uint64_t grown_ms; /* and last */
	bool known, asking;
};

/* Look at the log from now on, now and then. */
void indexing_start(struct shell *s);

/* Append one now if one is due, and answer "index N" and "keys N", or "unchanged". */
void indexing_push(struct exchange *x);
