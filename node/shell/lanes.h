/* lanes: jobs that wait apart, by whose they are, and take turns.
 *
 * A table of LANES_MAX lanes; a client that comes when the lanes of its place all have jobs shares one of them.  Where
 * a client stands depends on a random number, so that nobody can choose with whom. Knows: clients as numbers, times as
 * they are told.  Must not know: threads; what jobs do. Thread: lanes_enter, lanes_leave and lanes_held are the loop's;
 * the others are for whoever holds the lock of the jobs.
 */
#pragma once

#include "node/shell/readers.h"

struct lane {
	uint64_t client;
	size_t held;         /* the loop's: jobs that entered and have not left */
	uint64_t entered;    /* likewise: when the last one did, as a count */
	uint64_t slow_until; /* ns: its questions took long before that */
	struct reader_job *first, *last;
	struct lane *prev, *next; /* in the ring, while it has jobs */
};

struct lanes;

struct lanes *lanes_new(uint64_t seed);
void lanes_free(struct lanes *l);

/* The lane for one job more of this client.  It must leave in the end. */
struct lane *lanes_enter(struct lanes *l, uint64_t client);
void lanes_leave(struct lane *lane);
/* Jobs of this client that entered and have not left. */
size_t lanes_held(struct lanes *l, uint64_t client);

/* At the end of its lane, which comes into the ring with its first. */
void lanes_add(struct lanes *l, struct lane *lane, struct reader_job *job);
/* The first job of the lane whose turn it is; its next turn comes after all others'.  quick: not of one that is slow
 * now.  NULL: there is none. */
struct reader_job *lanes_take(struct lanes *l, uint64_t now_ns, bool quick);
/* This job, wherever it stands in its lane. */
void lanes_remove(struct lanes *l, struct lane *lane, struct reader_job *job);
