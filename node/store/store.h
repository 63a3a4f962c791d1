/* store: a node's data directory on disk: entries, payloads, heads, and the view derived from them.
 *
 * One SQLite database in WAL mode, synchronous=FULL: what store_apply said OK to survives a crash at any
 * instruction.  One writer handle, any number of readers, each belonging to one thread at a time.  A writer's large
 * batches are prepared by a helper thread of its own, which touches no database (prepare.h).
 *
 * Knows: SQL, tiles, the view.  Must not know: peers, keys' secrets, time.
 * Thread: one at a time for each handle.
 */
#pragma once

#include <stdbool.h>

#include "crypto/key.h"

#include "node/base/err.h"
#include "node/core/effect.h"
#include "node/core/query.h"

struct store;

enum store_mode { STORE_CREATE, STORE_WRITE, STORE_READ };

/* Open DIR/normlink.db.  CREATE makes an empty one (ERR_EXISTS).  WRITE rebuilds the view first when its version
 * or the tokenizer's changed.  READ never writes, and works beside a writer or without one.
 * ERR_NOT_FOUND, ERR_BUSY, ERR_IO, ERR_FULL, ERR_CORRUPT, ERR_UNSUPPORTED (made by a newer version).
 * The lock that keeps a second process away is the shell's, not this one's.  Gives *out, NULL when it failed. */
CHECKED int store_open(const char *dir, enum store_mode mode, struct store **out, struct err *err);
/* NULL is fine. */
void store_close(struct store *s);

/* Carry out writes in order in one transaction, durable on return.  codes[i] is OK or why write i was refused
 * (ERR_CORRUPT: start is not the size held; then it and later ones for that origin are refused).  When the
 * transaction itself fails nothing is kept, every code is that error, and it is returned.  Borrows the writes. */
CHECKED int store_apply(struct store *s, struct store_write *const *writes, size_t count, int *codes, struct err *err);

/* Index roots (clause 2.18) that the last store_apply found not to be what their log's entries give: number n of them,
 * with the log's name, for whoever tells the operator; at most FORKS_SHOWN_MAX.  False: there are no more. */
bool store_found_false(struct store *s, size_t n, char origin[NAME_MAX_BYTES + 1], struct index_false *out);

/* Work that is best done when nothing else waits (merge the full-text index, checkpoint the WAL); a few ms. */
void store_idle(struct store *s);

/* Is there something redacted whose bytes may still stand in the database's files, in free pages, the full-text index,
 * a dictionary, the WAL?  After store_purge they are gone: it writes the file anew, which takes about a second for
 * 50,000 records.  ERR_BUSY: a reader held its snapshot for too long; ERR_FULL, ERR_IO: it is still due then. */
bool store_purge_due(const struct store *s);
CHECKED int store_purge(struct store *s, struct err *err);

/* The names of the stored origins, in the arena. */
CHECKED int store_origins(struct store *s, struct arena *arena, const char ***names, size_t *count, struct err *err);
/* All that a core starts from; free with origin_state_free.  ERR_NOT_FOUND. */
CHECKED int store_load(struct store *s, const char *origin, struct origin_state *out, struct err *err);

/* Carry out a core's read.  *out is filled; free its arena.  ERR_NOT_FOUND: not held. */
CHECKED int store_read(struct store *s, const struct store_read *read, struct read_answer *out, struct err *err);

/* What this handle is asked from now on may cost so much together: so many steps of the database's machine (0: as many
 * as it takes), and until ended_cb says that the time is up or nobody waits for the answer any more (NULL: for ever; it
 * is called every few tens of microseconds, also from within a query).  What goes beyond fails, also in the middle of a
 * query, with ERR_LIMIT or ERR_TIMEOUT, as does all that is asked after it until this is called again. */
void store_budget(struct store *s, uint64_t work, bool (*ended_cb)(void *arg), void *arg);

/* Answer what is asked until store_let_go from one state of the database: quick questions cost less so.  False: it
 * cannot be read, as each question then finds for itself.  Pairs do not nest.
 */
bool store_hold(struct store *s);
void store_let_go(struct store *s);

/* The questions of query.h, answered by this handle (which must outlive the view). */
struct view store_view(struct store *s);

/* Is this record (its serialised bytes) what the origin already says of its kind and subject?  *same and *exists
 * (another statement on the subject is current) are set. */
CHECKED int store_says(struct store *s, const char *origin, int kind, const char *subject, struct bytes record,
                       bool *same, bool *exists, struct err *err);

/* The entry in which an origin said this very record with a signature in that author's name, however much it has said
 * on the subject since.  *current: it says so still.  ERR_NOT_FOUND. */
CHECKED int store_find_signed(struct store *s, const char *origin, int kind, const char *subject, struct bytes record,
                              const char *author, uint64_t *index, bool *current, struct err *err);

/* What an index root of all entries that this origin holds would say (clause 2.18).  ERR_NOT_FOUND. */
CHECKED int store_index_next(struct store *s, const char *origin, struct index_next *out, struct err *err);

/* SHA-256 over the view's whole content in a fixed order: equal at equal logs, however they arrived. */
CHECKED int store_view_digest(struct store *s, struct hash *out, struct err *err);

/* Called now and then in long work; total may be 0 when unknown.  Returning false stops it (ERR_CLOSED). */
typedef bool (*store_progress_cb)(void *arg, uint64_t done, uint64_t total);

/* Drop the view and build it again from the entries, in one transaction. */
CHECKED int store_reindex(struct store *s, store_progress_cb progress_cb, void *arg, struct err *err);

struct fsck_report {
	uint64_t origins, entries, payloads, missing, tiles, heads;
	uint64_t roots, differing; /* index roots; those that are not what the entries give, which is their log's fault */
	uint64_t problems;
	uint64_t unknown; /* of those: heads of an origin whose log key is not known, and which may be right */
};
/* Each problem found, as one line. */
typedef void (*fsck_problem_cb)(void *arg, const char *line);

/* Re-read every byte: database pages, envelopes against leaf hashes, tiles against leaf hashes, payloads against
 * envelopes, the tree against the stored heads, the view's rows against the entries.  Signatures are checked
 * with find_key, which gives the log key of an origin, or NULL when it is not known (reported).
 * OK also when problems were found: look at the report. */
typedef const struct vkey *(*store_key_cb)(void *arg, const char *origin);
CHECKED int store_fsck(struct store *s, store_key_cb key_cb, fsck_problem_cb problem_cb, store_progress_cb progress_cb,
                       void *arg, struct fsck_report *report, struct err *err);

/* Copy the whole database as of one moment to normlink.db in another folder, durable on return; the writer of this one
 * goes on meanwhile.  Progress is told in pages.  ERR_EXISTS: there is one already; a copy that failed leaves none. */
CHECKED int store_backup(struct store *s, const char *dir, store_progress_cb progress_cb, void *arg, struct err *err);
