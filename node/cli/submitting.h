/* submitting: signed records on their way to a node elsewhere, and their receipts back.
 *
 *     record ──sign──> batch ──POST /api/v1/submissions──> results ──> receipts, checked
 *                        ^──────── 429, 503, no answer: later ─────┘
 *
 * Whatever is sent again is the same bytes: the node answers with the entry that is there.
 * Thread: main's.
 */
#pragma once

#include <stdint.h>

#include "crypto/author_key.h"
#include "node/base/limits.h"
#include "node/cli/client.h"
#include "proto/author.h"

struct submitting {
	/* (in) */
	struct client *client;
	const struct author_secret *secret;
	const char *author;
	const char *receipts; /* a folder; NULL: they are checked and let go */
	struct bytes policy;  /* empty: what a receipt says of the log's key is not checked */
	unsigned patience_s;  /* how long to try one batch */
	void (*refused_cb)(void *arg, const char *subject, const char *reason);
	void *arg;
	/* (out) */
	uint64_t added, revised, known, refused;
	/* One batch that is being filled. */
	struct bytes records[SUBMISSION_RECORDS_MAX]; /* in the arena, as the signatures and lines are */
	struct buf lines[SUBMISSION_RECORDS_MAX];
	size_t count, bytes;
	struct arena arena;
};

/* Take one serialised, valid record.  Not OK: a whole batch could not be sent; what the node answered for is kept. */
CHECKED int submitting_record(struct submitting *s, struct bytes record, struct err *err);
/* Send what is left. */
CHECKED int submitting_finish(struct submitting *s, struct err *err);
void submitting_free(struct submitting *s);
