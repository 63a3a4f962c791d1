/* query: what can be asked of a node's entries and view, whoever answers.
 *
 * The store implements struct view; the api asks through it.  Between begin and end every answer is from one
 * snapshot, whose heads begin reports (the as-of).  Answers live in the caller's arena.
 * Thread: a view belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/map.h"
#include "crypto/tree.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/core/audited.h"
#include "node/core/authority.h"
#include "node/core/condition.h"
#include "node/core/effect.h"
#include "node/core/fact.h"
#include "node/core/figures.h"
#include "node/core/found.h"
#include "node/core/index.h"
#include "node/core/verdict.h"

/* One origin at the snapshot. */
struct as_of {
	const char *origin;
	uint64_t size;     /* entries held and in the view */
	struct hash root;  /* of those */
	struct bytes head; /* the complete head: a signed note with its cosignatures; empty before the first */
	uint64_t head_size;
	struct bytes cosigned; /* likewise, the newest that a quorum of witnesses has cosigned; empty: none yet */
	uint64_t cosigned_size;
	bool index_differs;   /* its newest index root is not what its entries give (index.h) */
	enum fork_state fork; /* evidence of a fork is held, and what the operator made of it */
};

/* What of the entries that come is wanted: for those who wait for them; who searches has a struct selection. */
struct query {
	const char *words;  /* all must occur, in titles, abstracts or the reference; NULL or "": no condition */
	const char *ics;    /* this code and everything below; NULL: any.  Likewise: */
	const char *status; /* a word of status_word() */
	const char *kind;   /* a word of kind_word() */
	const char *origin;
	bool public_only; /* nothing of another collection, nor a sign of it */
	size_t limit;     /* 1 to SEARCH_LIMIT_MAX */
	size_t offset;    /* to SEARCH_OFFSET_MAX */
};

/* A place in the order in which entries came under a head here: all before it was given.  Zero is the beginning. */
struct change_cursor {
	uint64_t seq;   /* of the step that is being read; 0: before the first */
	uint64_t index; /* the first entry of it that was not given yet */
	uint32_t check; /* tells this node's steps from another's, and from those of a database put back */
};

/* What a log held when one looked last. */
struct known_size {
	const char *origin;
	uint64_t size;
};

/* One record that came: new, or a revision; older ones are given, too, whatever came after. */
struct change {
	struct found found;
	bool first;                 /* the origin's first statement on the subject */
	struct change_cursor after; /* from where to go on */
};

struct change_list {
	struct change *v;
	size_t count;
	struct change_cursor next; /* from where to go on after all of them */
	bool more;                 /* there was no room, or no time, for all that there is */
};

/* One payload that was taken away, and the statement that says so. */
struct redacted {
	const char *origin;
	uint64_t index, statement;
	struct bytes envelope;               /* of the entry */
	struct bytes said_envelope, payload; /* of the statement */
};

struct redacted_list {
	struct redacted *v;
	size_t count;
	uint64_t total;
};

/* Entries of one collection of one origin that are held without payload and not redacted. */
struct withheld {
	const char *origin, *collection;
	uint64_t count;
};

/* What is kept about a fork. */
struct fork_evidence {
	struct bytes *files; /* evidence files (clause 8.1), the newest first, at most FORKS_SHOWN_MAX */
	size_t count;
	struct found verdict; /* the newest of our own log on this origin; origin NULL: there is none */
};

/* What points at a standard. */
struct dependents {
	const char *target; /* canonical */
	const char * or ;   /* this one counts as well; NULL */
	int kind;           /* of the statements */
	int type;           /* of the edges (proto/edges.h); 0: any */
	size_t limit, offset;
};

struct view_figures {
	uint64_t records; /* current ones in the view */
	uint64_t entries; /* in all logs */
	uint64_t invalid; /* entries kept whose record failed validation, left out of the view */
	uint64_t missing; /* entries whose payload is withheld or redacted */
	uint64_t db_bytes;
	uint64_t wal_bytes;
};

struct harvest;
struct listing_at;
struct harvested;
struct harvest_list;

struct view {
	void *ctx;
	/* as_of: *out gets *count items, ordered by origin name. */
	int (*begin)(void *ctx, struct arena *arena, struct as_of **out, size_t *count, struct err *err);
	void (*end)(void *ctx);
	/* A number that is another one whenever anything that answers are made from has come, also what came late under
	 * heads that were there: with the as-of it says whether an answer may have changed. */
	int (*moment)(void *ctx, uint64_t *out, struct err *err);
	/* What came since, as the query's filters and words have it, in the order of its coming; never an entry
	 * that no complete head covers.  known: besides, only what those logs did not hold then.  With seq UINT64_MAX only
	 * next is set, to the end.  ERR_CONFLICT: a cursor of another node, or of what was put back since; ERR_USAGE. */
	int (*changes)(void *ctx, const struct query *query, const struct change_cursor *from,
	               const struct known_size *known, size_t known_count, struct arena *arena, struct change_list *out,
	               struct err *err);
	/* Current records by a tree of clauses: the one search.  Records that a reference among the words names come first,
	 * the newest edition before others.  By a cursor: those that were current when the list was begun, as they were,
	 * without what was redacted since (a page may be short).  ERR_UNSUPPORTED: that field cannot be asked in that way,
	 * be sorted by, be counted; ERR_USAGE: a text that the field cannot have; ERR_CONFLICT: a cursor of another
	 * question, another node, of what was put back since, or damaged; ERR_LIMIT: more would have to be looked at than
	 * SELECT_COST_MAX. */
	int (*select)(void *ctx, const struct selection *selection, struct arena *arena, struct found_list *out,
	              struct err *err);
	/* What select left unread of a hit, whose mark it had, inside the same begin and end; harmless for one that has it.
	 */
	int (*payload)(void *ctx, struct found *hit, struct arena *arena, struct err *err);
	/* Standards that a reference, typed loosely, may mean, at most limit of them: first of the very one the edition in
	 * force, then its other editions, the newest first; then one edition each of those that begin like it.  None is
	 * OK. ERR_USAGE: too long. */
	int (*suggest)(void *ctx, const char *text, size_t limit, bool public_only, struct arena *arena,
	               struct found_list *out, struct err *err);
	/* Values of current records: at most before of those before text, and after from it on.  ERR_UNSUPPORTED. */
	int (*values)(void *ctx, enum record_field field, const char *text, size_t before, size_t after, bool public_only,
	              struct arena *arena, struct value_list *out, struct err *err);
	/* harvested.h.  ERR_NOT_FOUND: no such item. */
	int (*harvest)(void *ctx, const struct harvest *h, struct arena *arena, struct harvest_list *out, struct err *err);
	int (*item)(void *ctx, const char *origin, uint64_t n, struct arena *arena, struct harvested *out, struct err *err);
	int (*codes)(void *ctx, const char *after, size_t limit, struct arena *arena, const char ***out, size_t *count,
	             struct err *err);
	int (*earliest)(void *ctx, uint64_t *time_s, struct err *err);
	/* Every revision of a subject, every origin; for an undated designator those of all its dated editions too.  kind:
	 * of these alone, and it says how the subject is read (record_subject); 0: of any, by a designator.  Newest edition
	 * first, then current before superseded statements.  Empty is OK. */
	int (*subject)(void *ctx, int kind, const char *subject, struct arena *arena, struct found_list *out,
	               struct err *err);
	/* Current records of one kind in one origin's log, those of one collection (NULL: the public ones), from entry
	 * `from` on, by index, without their envelopes: at most limit (1 to SEARCH_LIMIT_MAX), fewer where they are large.
	 * total is that of those given; none: there are no more.  What was taken back is left out.  ERR_NOT_FOUND: no such
	 * origin. */
	int (*listing)(void *ctx, const char *origin, int kind, const char *collection, uint64_t from, size_t limit,
	               struct arena *arena, struct found_list *out, struct err *err);
	/* listing_at.h.  ERR_NOT_FOUND: no such origin. */
	int (*listing_at)(void *ctx, const struct listing_at *what, struct arena *arena, struct found_list *out,
	                  uint64_t *next, struct err *err);
	/* What an origin said on exactly that kind and subject before entry number `before`, the newest of it (UINT64_MAX:
	 * what it says now).  ERR_NOT_FOUND. */
	int (*said)(void *ctx, const char *origin, int kind, const char *subject, uint64_t before, struct arena *arena,
	            struct found *out, struct err *err);
	/* What an origin says now of one kind, by index from `from` on, at most limit: of feedback and of log statements
	 * (ERR_UNSUPPORTED: other kinds). */
	int (*of_kind)(void *ctx, const char *origin, int kind, uint64_t from, size_t limit, struct arena *arena,
	               struct found_list *out, struct err *err);
	/* One entry.  ERR_NOT_FOUND. */
	int (*entry)(void *ctx, const char *origin, uint64_t index, struct arena *arena, struct found *out,
	             struct err *err);
	/* Payloads that were redacted, of one origin (NULL: of all, by name), newest statement first.  limit and offset as
	 * of a query. */
	int (*redactions)(void *ctx, const char *origin, size_t limit, size_t offset, struct arena *arena,
	                  struct redacted_list *out, struct err *err);
	/* By origin and collection; at most WITHHELD_MAX. */
	int (*withheld)(void *ctx, struct arena *arena, struct withheld **out, size_t *count, struct err *err);
	/* Who received what, of one peer (an origin; NULL: all), since then.  limit and offset as of a query. */
	int (*audit)(void *ctx, const char *peer, uint64_t since_ms, size_t limit, size_t offset, struct arena *arena,
	             struct audit_list *out, struct err *err);
	/* The inclusion proof of entry index in the origin's tree of that size: a head's, at most head_size.
	 * ERR_NOT_FOUND; ERR_NOT_READY: the head does not reach it yet. */
	int (*prove)(void *ctx, const char *origin, uint64_t index, uint64_t size, struct tree_proof *out, struct err *err);
	/* The newest signed head kept, whole or not, of the origin whose name has this SHA-256.  ERR_NOT_FOUND. */
	int (*newest)(void *ctx, const struct hash *name, struct arena *arena, struct bytes *note, struct err *err);
	/* One log, found by the SHA-256 of its name.  ERR_NOT_FOUND. */
	int (*log)(void *ctx, const struct hash *digest, struct arena *arena, struct as_of *out, struct err *err);
	/* What tlog-tiles serves of the log with that digest, as far as its complete head covers it, appended to out: the
	 * first width (1 to 256) hashes of tile n of a level, and likewise the entries of bundle n.  Needs no begin.
	 * ERR_NOT_FOUND: no such log, or its head does not cover them all. */
	int (*tile)(void *ctx, const struct hash *digest, unsigned level, uint64_t n, unsigned width, struct buf *out,
	            struct err *err);
	int (*bundle)(void *ctx, const struct hash *digest, uint64_t n, unsigned width, struct buf *out, struct err *err);
	/* Of the newest index root of an origin (index.h); none is OK.  ERR_NOT_FOUND: no such origin. */
	int (*indexed)(void *ctx, const char *origin, struct index_state *out, struct err *err);
	/* The way of a kind and canonical subject through the map of that root, whose state comes with it.  ERR_NOT_FOUND:
	 * no such origin, or it has no index root; ERR_NOT_READY: the map here is not what that root says; err says why. */
	int (*current)(void *ctx, const char *origin, int kind, const char *subject, struct index_state *state,
	               struct map_proof *out, struct err *err);
	/* Its index roots that differ, at entry upto or before it, newest first; none is OK.  ERR_NOT_FOUND likewise. */
	int (*false_roots)(void *ctx, const char *origin, uint64_t upto, struct index_false_list *out, struct err *err);
	/* Evidence that an origin forked; none is OK.  ERR_NOT_FOUND: no such origin. */
	int (*evidence)(void *ctx, const char *origin, struct arena *arena, struct fork_evidence *out, struct err *err);
	/* The key statements in an origin's log that count (clause 2.10), by index.  ERR_NOT_FOUND: no such origin. */
	int (*keys)(void *ctx, const char *origin, struct arena *arena, struct log_statement **out, size_t *count,
	            struct err *err);
	/* Count public records; rows in the order of their figures, and within one always the same.  ERR_NOT_FOUND: no such
	 * origin. */
	int (*statistics)(void *ctx, const struct figure_question *question, struct arena *arena, struct figure_list *out,
	                  struct err *err);
	/* The current authority statements of the public collection (authority.h), by the log that they stand in and index.
	 */
	int (*claims)(void *ctx, struct arena *arena, struct claims *out, struct err *err);
	/* What a walk needs of one family of standards: current statements alone.  about by subject, origin and kind,
	 * pointing by origin and index; at most FAMILY_FACTS_MAX each.  What is too large to be read is left out, and
	 * counted in total.  Empty is OK. */
	int (*family)(void *ctx, const char *undated, const struct fact_question *question, struct arena *arena,
	              struct family *out, struct err *err);
	/* Current statements of one kind that point at a reference, by origin and index; limit of them from offset on.
	 * Others as family. */
	int (*dependents)(void *ctx, const struct dependents *of, const struct fact_question *question, struct arena *arena,
	                  struct fact_list *out, struct err *err);
	/* Current statements of one origin that adopt something, from entry `from` on, by index; limit of them.  total is
	 * more than count where one was too large to be read.  ERR_NOT_FOUND: no such origin. */
	int (*adopting)(void *ctx, const char *origin, uint64_t from, size_t limit, const struct fact_question *question,
	                struct arena *arena, struct fact_list *out, struct err *err);
	/* Figures for metrics. */
	int (*figures)(void *ctx, struct view_figures *out, struct err *err);
};
