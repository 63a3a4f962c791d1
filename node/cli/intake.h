/* intake: a bundle file into a node, in two passes over the file: the first verifies all of it and changes nothing, the
 * second hands over to the node, which verifies again, what it lacks.
 *
 *     log in the file ──no card──> UNKNOWN      ──forked, not decided──> FROZEN
 *          │──older than ours──> OLDER, or FORK when it contradicts    ──ours──> SAME
 *          │──begins after what we hold──> GAP
 *          └──head with proofs, entries, evidence──> TAKEN, FORK, FAILED
 *
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/cli/bundle_input.h"
#include "node/cli/carrier.h"
#include "node/cli/holding.h"
#include "node/shell/node_dir.h"

enum intake_fate {
	FATE_UNKNOWN,
	FATE_FROZEN,
	FATE_OLDER,
	FATE_SAME,
	FATE_GAP,
	FATE_TAKEN,
	FATE_FORK,   /* evidence is held now that was not before */
	FATE_FAILED, /* why says what happened */
};

struct intake_log {
	struct bundle_log *log; /* the verifier's */
	enum intake_fate fate;
	struct holding before;
	uint64_t after;     /* entries held at the end */
	uint64_t gap_since; /* FATE_GAP: the largest --since that would do */
	struct err why;
};

struct intake {
	const struct node_dir *dir; /* borrowed */
	struct store *store;        /* a reading handle of its own */
	struct hasher *hasher;
	struct bundle_input in;
	struct bundle_verify *verify;
	struct carrier carrier;
	struct arena arena; /* of keys that signed heads */
	struct intake_log *logs;
	size_t count;
	bundle_progress_cb progress_cb;
	void *arg;
	uint64_t entries; /* handed over */
};

/* Pass 1.  ERR_UNTRUSTED: from a stranger, or something in it does not hold; ERR_INVALID: not a whole bundle file;
 * others as opening the store and the file.  Close it in either case. */
CHECKED int intake_open(struct intake *t, const struct node_dir *dir, const char *path, bundle_progress_cb progress_cb,
                        void *arg, struct err *err);

/* The name of the node that made the file, borrowed from dir; NULL: a stranger. */
const char *intake_exporter(const struct intake *t);

/* Pass 2, into the node that listens on DIR/socket.  OK also when some logs were not taken: look at their fates.  Not
 * OK: the file cannot be read again, or the node was lost. */
CHECKED int intake_carry(struct intake *t, struct err *err);
void intake_close(struct intake *t);
