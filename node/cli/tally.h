/* tally: what became of every document of an import, counted, reported while it runs and at its end.
 *
 * read + extra = added + revised + unchanged + duplicates + refused (+ deleted), or the difference is said.
 * Thread: refusals may come from any; everything else is the importing thread's.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "node/base/err.h"
#include "node/cli/feed.h"
#include "node/cli/meter.h"
#include "node/ingest/ingest.h"

struct tally {
	struct ingest_counts counts; /* of all sources so far */
	struct feed_totals totals;   /* of all batches answered */
	uint64_t done_bytes, total_bytes;
	double seconds; /* set by tally_end */
	bool complete;  /* the log was compared with the source, and: */
	uint64_t disappeared, withdrawn;
	bool harvest;                /* of a source that tells what it deleted, and: */
	uint64_t deleted, retracted; /* documents of it, statements of ours that were taken back for it */
	/* Under the mutex. */
	pthread_mutex_t mutex;
	struct meter meter;
	uint64_t refusals;
	struct buf notes; /* each with its NUL */
	size_t note_count;
	FILE *list; /* every refusal goes there; NULL: nowhere */
};

/* file: where all refusals are listed, made anew, NULL for nowhere.  ERR_NOT_FOUND, ERR_IO.  After OK, tally_end is due
 * once. */
CHECKED int tally_begin(struct tally *t, bool quiet, const char *file, struct err *err);

/* One refusal: to the list, and the first few to standard error. */
void tally_refused(struct tally *t, const char *what, const char *reason);

/* Something about a file as a whole: to standard error now, and into the summary for programs. */
void tally_note(struct tally *t, const char *file, const char *text);

/* A subject that the source no longer has: counted, to the list (NULL: none), the first few to standard error. */
void tally_disappeared(struct tally *t, const char *subject, FILE *list);

/* Show how far it has come, when it is time to. */
void tally_progress(struct tally *t);

/* Take the progress line off the terminal. */
void tally_clear(struct tally *t);

/* No more will come.  Not OK: the list could not be written. */
CHECKED int tally_end(struct tally *t, struct err *err);

/* Documents and records that were met and of which nothing else is known: not acknowledged by the node. */
uint64_t tally_unknown(const struct tally *t);

/* The summary, appended to out; once. */
void tally_summary(struct tally *t, bool json, struct buf *out);
