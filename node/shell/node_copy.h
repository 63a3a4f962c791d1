/* node_copy: a data directory copied whole, to be kept (backup) or to be served again (restore).
 *
 * Copied are node.conf, keys/, the cards in peers/, outside where it is there, and the database as of one moment.  Not
 * copied: the high-water mark, which belongs to its place, and what a running process makes.  A folder so made stands
 * whole or not at all, mode 0700, durable before it is told.
 *
 * Thread: any; beside a running node too.
 */
#pragma once

#include "node/shell/node_dir.h"
#include "node/store/store.h"

struct node_copy {
	uint64_t head_size; /* of our own head in the copy */
	uint64_t entries;   /* of all logs in it */
	size_t logs, peers;
	struct fsck_report fsck; /* restore only */
	char origin[NAME_MAX_BYTES + 1];
};

/* Who is told how far it is. */
struct node_copy_watch {
	store_progress_cb copied_cb;  /* pages; may be NULL, as the others */
	store_progress_cb checked_cb; /* restore: entries */
	fsck_problem_cb problem_cb;   /* restore: each problem found */
	void *arg;
};

/* Copy the node in dir to dest.  ERR_EXISTS: dest is there and not empty; ERR_NOT_FOUND: dir is no node's. */
CHECKED int node_copy_backup(const char *dir, const char *dest, const struct node_copy_watch *watch,
                             struct node_copy *out, struct err *err);

/* Copy a backup to dir, read every byte of the copy again, and leave the mark that makes the node ask its peers before
 * it signs.  ERR_EXISTS as above; ERR_CORRUPT: the backup is damaged, or its keys do not fit: nothing is left of dir,
 * and out->fsck says how much was wrong. */
CHECKED int node_copy_restore(const char *backup, const char *dir, const struct node_copy_watch *watch,
                              struct node_copy *out, struct err *err);
