/* disk: what a node's store would hold, and how a store may fail.
 *
 * Writes wait, are carried out in order (several in one transaction, whole or not at all), and are answered later,
 * in order.  A transaction may fail, fail and yet be kept, or find no room.  A crash keeps the beginning of what waits
 * and loses the rest; what was answered OK is never lost.  Refusals are those of node/store/store.h.
 *
 * No bytes of entries are kept, but the branch of truth.h that they are the beginning of: check.c has compared them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"
#include "node/core/guard.h"
#include "tests/sim/truth.h"

enum { DISK_LOGS = 7, DISK_STATEMENTS = 512 };

struct world;
struct node;
struct happening;

struct disk_head {
	struct buf note, keys;
	uint64_t size;
	struct hash root;
};

/* One origin as it is durable. */
struct disk_log {
	bool exists;
	const struct branch *branch;
	uint64_t size;
	struct buf states; /* one enum payload_state for each entry */
	struct buf audit;  /* for each entry which members it was given to, a bit each */
	struct disk_head head, target, cosigned;
	struct buf evidence;
};

struct disk_job {
	struct store_write *write; /* NULL: a reload */
	char origin[NAME_MAX_BYTES + 1];
	struct origin_state state; /* of a reload: as it was when its turn came */
	int code;
	bool told; /* answered already: a planted fault */
	struct disk_job *next;
};

struct disk_queue {
	struct disk_job *first, *last;
	size_t count;
};

struct disk {
	struct disk_log logs[DISK_LOGS]; /* by member */
	struct disk_queue waiting, done;
	size_t bytes; /* of both */
	bool full, working;
	uint64_t told_ms;
	struct guard_facts mark, mark_synced; /* the high-water mark; as it was at the start of this life */
};

/* Queue a write; takes *write (nulls it).  Queue the reading again of one origin. */
void disk_store(struct world *w, struct node *n, struct store_write **write);
void disk_reload(struct world *w, struct node *n, const char *origin);

/* The power goes: what waits is kept up to some point and lost behind it. */
void disk_crash(struct world *w, struct node *n);

/* Fill *out for core_load; false when there is nothing of this origin. */
bool disk_load(struct world *w, struct node *n, uint32_t ident, struct origin_state *out);

/* Carry out a core's read. */
CHECKED int disk_read(struct world *w, const struct node *n, const struct store_read *read, struct read_answer *out);

/* A second disk with the same content, nothing waiting. */
void disk_copy(struct disk *to, const struct disk *from);
void disk_free(struct disk *d);
