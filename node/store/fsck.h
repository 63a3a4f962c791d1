/* fsck: every stored byte read again; fsck.c asks the questions of the whole store, fsck_log.c those of one log.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/keys.h"
#include "node/store/entries.h"
#include "node/store/store.h"

struct fsck {
	struct store *store;
	store_key_cb key_cb;
	fsck_problem_cb problem_cb; /* may be NULL, as the next */
	store_progress_cb progress_cb;
	void *arg;
	struct fsck_report *report;
	uint64_t done, total; /* entries */
	struct keys keys;     /* key statements found in the log at hand */
};

/* Count and tell one problem. */
void fsck_problem(struct fsck *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Damage is a problem to tell and then to go on from: OK.  Anything else stays what it is. */
CHECKED int fsck_settle(struct fsck *f, int rc, const struct err *e, struct err *err);

/* All of one origin's log: bundles, tiles, payloads, heads. */
CHECKED int fsck_log(struct fsck *f, const struct origin_row *o, struct err *err);
