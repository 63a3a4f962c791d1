/* handle: what a struct store is, for the files of this room.
 *
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>

#include "crypto/hash.h"
#include "node/store/db.h"
#include "node/store/pack.h"
#include "node/store/prepare.h"
#include "node/store/store.h"
#include "node/store/view.h"

struct snapshot;
struct results;
struct postings;

struct store {
	enum store_mode mode;
	struct db db;
	struct hasher *hasher;
	struct packer *packer;
	struct viewer *viewer; /* the writer's; NULL for readers, as the next */
	struct preparer *preparer;
	struct buf scratch;        /* a bundle or a tile being rewritten */
	unsigned reading;          /* depth of store_begin_read */
	unsigned held;             /* of it, that of store_hold */
	struct rows *rows;         /* rows.h; NULL: none yet */
	struct postings *postings; /* postings.h; likewise */
	struct seeing *seeing;     /* words.h */
	struct recent *recent;     /* recent.h */
	uint64_t unmerged;         /* for merge.c: docs put into the full-text index since it was last merged whole, */
	unsigned segments;         /* and transactions that added to it since nothing was left to merge */
	bool purge_wanted;         /* for purge.c: by the transaction that is running; */
	bool purge_due;            /* by one that was kept */
	int64_t differing[FORKS_SHOWN_MAX]; /* for index_check.c: index roots that the last one found to differ */
	size_t differing_count;
	struct snapshot *snapshot; /* that was read last; NULL: none */
	struct results *results;   /* lists that were found; likewise */
};

/* One snapshot for several questions; nests.  The writer must not apply inside. */
CHECKED int store_begin_read(struct store *s, struct err *err);
void store_end_read(struct store *s);
