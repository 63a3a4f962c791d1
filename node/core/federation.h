/* federation: questions that are under way from node to node.  For this room only.
 *
 *     EV_QUERY, QueryRequest ──> searching here, and waiting for peers ──all there, or the deadline──> answered
 *
 * federate.c has that life, federate_check.c what is believed, federated.c the answer that grows meanwhile.
 * Owner: the core.
 */
#pragma once

#include "node/core/event.h"
#include "node/core/federate.h"
#include "node/core/wanted.h"
#include "proto/message.h"

struct core;
struct link;

/* One peer that was asked. */
struct asked_peer {
	uint32_t peer;
	size_t line;      /* of the answer */
	link_id link;     /* 0: nothing is waited for */
	uint64_t request; /* on that link */
	uint64_t search;  /* op: of our own store, about the same log; 0: none is on its way */
};

/* One question. */
struct federated {
	struct federated *next;
	uint64_t op;      /* of an EV_QUERY, or: */
	link_id from;     /* whose QueryRequest it is; 0: our own caller's */
	uint64_t request; /* likewise */
	uint8_t id[QUERY_ID_SIZE];
	struct buf text;
	struct wanted wanted;
	size_t limit;
	unsigned hops; /* how many times more it may be passed on, from here */
	bool compare, proofs;
	uint64_t begun_ms, deadline_ms; /* mono */
	const char **visited;           /* in the arena of the answer */
	size_t visited_count;
	uint64_t search; /* op; 0: our own store has answered */
	struct asked_peer *asked;
	size_t asked_count;
	struct federated_answer *answer;
};

/* A head whose signature was checked. */
struct checked_head {
	struct hash digest; /* of what it was checked by, too */
	uint64_t size;
	struct hash root;
};

struct federation {
	struct federated *first;
	size_t own, served;
	uint8_t seen[FEDERATED_REMEMBERED][QUERY_ID_SIZE]; /* a ring */
	uint64_t seen_count;
	struct checked_head heads[FEDERATED_HEADS_REMEMBERED]; /* a ring, likewise */
	uint64_t head_count;
	uint64_t outcomes[FEDERATED_OUTCOMES]; /* peers that we asked for our own callers, since the start */
	uint64_t lied;
};

/* ---- federate.c ---- */

void federate_query(struct core *c, const struct event *event);
/* Whoever asked has gone. */
void federate_gone(struct core *c, uint64_t op);
void federate_searched(struct core *c, struct event *event);
/* A peer's question, and its answers to ours; false: nothing of ours has that number. */
void federate_serve(struct core *c, struct link *link, uint64_t id, const Normlink__QueryRequest *m);
/* It waits no longer for our answer to that request. */
void federate_withdrawn(struct core *c, const struct link *link, const Normlink__QueryGone *m);
void federate_heard(struct core *c, struct link *link, uint64_t id, const Normlink__QueryResponse *m);
bool federate_refused(struct core *c, struct link *link, uint64_t id, const Normlink__Failure *m);
void federate_link_lost(struct core *c, link_id link);
void federate_tick(struct core *c);
uint64_t federate_next_tick(const struct core *c);
void federate_free_all(struct core *c);

/* ---- federate_send.c ---- */

/* Ask on this link; gives the number of the request.  names: who has it, or is being asked. */
uint64_t federate_send_request(struct core *c, struct link *link, const struct federated *f, struct bytes text,
                               const char **names, size_t count, bool pass_on);
/* Nobody waits for the answer to that request. */
void federate_send_gone(struct core *c, struct link *link, uint64_t request);
/* The answer to a peer: the best hits, as many as fit. */
void federate_send_response(struct core *c, struct link *link, struct federated *f);

/* ---- federate_check.c ---- */

/* What a peer answered: each hit that holds is taken over, the rest is counted in its line. */
void federate_check(struct core *c, struct federated *f, const struct asked_peer *asked,
                    const Normlink__QueryResponse *m);
/* What our own store found. */
void federate_take_found(struct core *c, struct federated *f, const struct search_answer *found);
/* The size and root of a head that was checked before. */
bool federate_read_head(struct bytes note, uint64_t *size, struct hash *root);

/* ---- federated.c ---- */

struct federated_answer *federated_new(void);
/* The pointers live until the next of that kind.  name and via are copied. */
struct federated_line *federated_add_line(struct federated_answer *a, const char *name, const char *via);
/* One of those that are there, or a new one; copies. */
size_t federated_add_log(struct federated_answer *a, const struct federated_log *log);
/* The one that is there already, byte for byte; NULL: it is new. */
struct federated_hit *federated_find_hit(const struct federated_answer *a, const struct federated_hit *hit);
/* A hit on one of its ways (NULL: our own store), whose log, index, envelope, payload, kind, subject, score and direct
 * are set (subject NULL: nothing else is said about the same); copies.  False: there is no room for it. */
bool federated_add_hit(struct federated_answer *a, const struct federated_hit *hit, const struct tree_proof *proof,
                       const char *via);
