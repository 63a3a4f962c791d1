/* federate: a question that a node asks its peers, and what they found (proto/PROTOCOL.md, clause 4.9): what goes in
 * and out of the core.
 *
 *     EV_QUERY ──> FX_SEARCH (our own store), QueryRequest to each peer ──> FX_QUERIED, by its deadline
 *
 * Every hit in an answer was checked: the origin's log key signed the head, the entry lies in that head's tree, the
 * payload is the entry's, it is public, its record is valid, and is what was asked for.  Of the entries that a node
 * holds itself that was checked when they came.
 * Thread: any; each struct its owner's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/tree.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/base/limits.h"

typedef uint32_t link_id; /* 0 is no link */

/* ---- our own store ---- */

/* What the store finds, with proofs: for our own answer, or a peer's question. */
struct search_wish {
	uint64_t op;
	struct buf text; /* name=value pairs (question.h) */
	size_t limit;
	bool proofs;        /* else each proof is empty */
	link_id asker;      /* whose question it is; 0: our own callers' */
	uint64_t budget_ms; /* an answer that comes later is of no use */
};

struct search_log {
	const char *origin;
	struct bytes head; /* the complete head: a signed note */
	uint64_t size;
};

struct search_hit {
	size_t log;
	uint64_t index; /* below the head's size */
	struct bytes envelope, payload;
	struct tree_proof proof; /* empty unless they are wanted */
};

/* The answer; its arena owns what is in it. */
struct search_answer {
	uint64_t total;
	struct search_log *logs; /* all that have a head */
	size_t log_count;
	struct search_hit *hits; /* best first; public, and covered by their log's head */
	size_t hit_count;
	struct arena arena;
};

struct view;

/* Answer a wish from a view, between whose begin and end this is not called.  ERR_USAGE: not a question; other errors
 * of the view. */
CHECKED int federate_search(const struct view *view, const struct search_wish *wish, struct search_answer *out,
                            struct err *err);

/* ---- what is asked ---- */

struct federated_wish {
	uint64_t op;          /* comes back in FX_QUERIED */
	struct bytes text;    /* at most QUERY_WIRE_MAX; borrowed, as peers are */
	size_t limit;         /* 1 to FEDERATED_HITS_MAX */
	uint64_t deadline_ms; /* from now */
	unsigned hops;        /* how far it goes: 1 to FEDERATED_HOPS_MAX; 1: peers do not pass it on */
	const char **peers;   /* by name; NULL: all */
	size_t peer_count;
	bool compare;              /* ask each peer about its own log alone */
	bool proofs;               /* those of entries that are held here, too */
	uint8_t id[QUERY_ID_SIZE]; /* random */
};

/* ---- what came of it ---- */

/* The numbers are those of QueryLine.outcome. */
enum federated_outcome { FEDERATED_ANSWERED = 1, FEDERATED_LATE, FEDERATED_REFUSED, FEDERATED_UNREACHABLE };
enum { FEDERATED_OUTCOMES = FEDERATED_UNREACHABLE + 1 };

/* "answered", "late", "refused", "unreachable". */
const char *federated_word(enum federated_outcome outcome);

/* One node that was asked, by us or by one of those. */
struct federated_line {
	const char *name;
	const char *via; /* the nodes between us, "bob" or "bob/carol"; NULL: we asked */
	enum federated_outcome outcome;
	const char *text;      /* why there is no answer; NULL */
	uint64_t ms;           /* until it answered; of those that we asked */
	uint64_t total;        /* matches that it says to hold; likewise, as what follows */
	uint64_t hits;         /* that were checked and are what was asked for */
	uint64_t lied;         /* that are not what its origin signed: head, proof, payload or record */
	uint64_t unverifiable; /* of origins whose key is not known here, or which have forked */
	uint64_t unmatched;    /* that hold, and are not what was asked for */
	const char *origin;    /* its own log, */
	uint64_t size;         /* and the size of its head; 0: it showed none */
	struct hash root;
	bool compared;       /* asked about its own log alone, and so were we: */
	uint64_t here_total; /* matches of that log here */
	uint64_t here_size;  /* of its head here; 0: none */
	struct hash here_root;
};

/* A signed head that hits are proved under. */
struct federated_log {
	const char *origin;
	struct bytes head;
	uint64_t size;
	struct hash root;
	struct bytes *keys; /* statements of clause 2.10 that its key rests on, oldest first */
	size_t key_count;
};

/* A way on which a hit came. */
struct federated_path {
	const char *via; /* "bob", "bob/carol": whom we asked, and so on; NULL: our own store */
	uint64_t size;   /* of the head under which it came that way */
};

struct federated_hit {
	size_t log; /* of the largest head under which it came */
	uint64_t index;
	struct bytes envelope, payload;
	const struct tree_proof *proof; /* empty where it is held here and none was wanted */
	int kind;
	const char *subject;
	int64_t score;   /* smaller is better; by this node, whatever the path */
	bool direct;     /* the record itself is what was asked for, and not only what is linked with it */
	bool here;       /* our own store has it */
	bool superseded; /* another hit is what the same origin said later about the same */
	struct federated_path *paths;
	size_t path_count, path_cap;
};

/* Owner: whoever holds it; federated_free.  Texts and bytes live in the arena. */
struct federated_answer {
	struct federated_line *lines;
	size_t line_count, line_cap;
	struct federated_log *logs;
	size_t log_count, log_cap;
	struct federated_hit *hits; /* in the order of their coming until federated_sort */
	size_t hit_count, hit_cap;
	uint64_t here_total; /* matches in our own store */
	bool here_late;      /* it did not answer in time */
	bool cut;            /* more came than could be kept */
	uint64_t ms;         /* that it took */
	struct arena arena;
};

void federated_free(struct federated_answer *a);

/* Did everybody answer, and was everything that came kept? */
bool federated_partial(const struct federated_answer *a);

/* Best first; of equal score by rank (smaller first; rank_cb may be NULL), origin and index: the order does not depend
 * on the ways on which hits came. */
void federated_sort(struct federated_answer *a,
                    unsigned (*rank_cb)(void *arg, const struct federated_hit *hit, const char *origin), void *arg);

/* ---- compare ---- */

/* Something that the replica here and the living log say differently. */
struct federated_difference {
	const struct federated_hit *here, *there; /* one of them may be NULL: only the other side has it.  Both: of one kind
	                                             and subject, another entry */
};

/* The differences between what a compared line's node and we found of its log, in the arena of the answer.  Hits that
 * one side had no room for are left out. */
void federated_compare(struct federated_answer *a, const struct federated_line *line, struct federated_difference **out,
                       size_t *count);
