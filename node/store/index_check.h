/* index_check: index roots against what the entries give (clause 2.18), and what was found.
 *
 * A finding is kept for each root that counts, and outlives the view: what was missing then, or was redacted since, may
 * leave nothing to find it by again.
 * Thread: the owner's of the db; what changes something inside its write transaction.
 */
#pragma once

#include "node/store/entries.h"
#include "node/store/index.h"
#include "node/store/schema.h"
#include "proto/message.h"

/* The store's (arg) index_whole_cb. */
CHECKED int index_whole(void *arg, int64_t slot, uint64_t index, bool *whole, struct err *err);

/* Does a record of this kind, entry index of its log, say something? */
bool index_counts(const Normlink__Record *record, uint64_t index, bool hidden);

/* The store's index_differs_cb: for index_found. */
void index_differs(void *arg, int64_t id);

/* How index roots are looked at: both are asked with arg; differs_cb may be NULL. */
struct index_judge {
	index_whole_cb whole_cb;
	index_differs_cb differs_cb;
	void *arg;
};

/* One that says something has come: the map is brought up to it, and compared.  One that comes after a newer one is
 * not checked; of a version that is not known nothing is noted. */
CHECKED int index_stated(struct db *db, struct hasher *h, int64_t id, const Normlink__IndexRoot *said,
                         const struct index_judge *judge, struct err *err);

/* Payloads came late: the newest root may be one that can be checked now. */
CHECKED int index_again(struct store *s, int64_t slot, struct err *err);

/* Which logs' newest root differs, by slot. */
CHECKED int index_differing(struct db *db, bool out[SLOT_MAX + 1], struct err *err);

/* For query.h; ctx is the store. */
CHECKED int index_list_false(void *ctx, const char *origin, uint64_t upto, struct index_false_list *out,
                             struct err *err);
CHECKED int index_state(void *ctx, const char *origin, struct index_state *out, struct err *err);
CHECKED int index_prove(void *ctx, const char *origin, int kind, const char *subject, struct index_state *state,
                        struct map_proof *out, struct err *err);
