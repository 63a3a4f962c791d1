/* node: one body of a member: starts, steps, crashes; the interpreter of the core's effects.
 *
 * The bodies of hand-written hostile members have no core: what would be its events goes to hostile.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"

struct world;
struct node;
struct event;

/* From the disk as it is; a new life. */
void node_start(struct world *w, struct node *n);
/* Without a word to anybody; what the disk had not answered is kept in part (disk_crash). */
void node_crash(struct world *w, struct node *n);
void node_free(struct world *w, struct node *n);

/* Events. */
void node_tick(struct world *w, struct node *n);
void node_link_up(struct world *w, struct node *n, link_id link, uint32_t peer, bool dialed);
void node_link_down(struct world *w, struct node *n, link_id link, uint32_t peer, bool dialed);
void node_dial_failed(struct world *w, struct node *n, uint32_t peer);
void node_frame(struct world *w, struct node *n, link_id link, struct bytes raw);
void node_stored(struct world *w, struct node *n, uint64_t op, int code);
void node_loaded(struct world *w, struct node *n, const char *origin, int code, struct origin_state *state);
/* Its operator decides about a member's origin. */
void node_decide(struct world *w, struct node *n, uint32_t ident, bool abandon);
/* Parts of a bundle file, brought by an operator (carry.h). */
void node_hand(struct world *w, struct node *n, uint64_t op, const struct bytes *parts, size_t count);
/* An operator vouches for its folder. */
void node_resume(struct world *w, struct node *n);
/* count records, made up. */
void node_submit(struct world *w, struct node *n, size_t count);
/* One payload that is made already. */
void node_submit_one(struct world *w, struct node *n, struct bytes payload);

/* Feed one event, and carry out what follows. */
void node_step(struct world *w, struct node *n, struct event *event);
/* Somebody asks; goes away; the store has answered (questions.h). */
void node_query(struct world *w, struct node *n, const struct federated_wish *wish);
void node_query_gone(struct world *w, struct node *n, uint64_t op);
void node_searched(struct world *w, struct node *n, uint64_t op, int code, const struct search_answer *answer);

/* Somebody brings a checkpoint. */
void node_checkpoint(struct world *w, struct node *n, uint64_t op, uint64_t old_size, const struct tree_proof *proof,
                     struct bytes note);

/* The body of that member that n reaches; NULL: none is up. */
struct node *node_route(struct world *w, const struct node *n, uint32_t ident);

/* The index under which n's core knows that member; false: it does not. */
bool node_peer(const struct world *w, const struct node *n, uint32_t ident, uint32_t *peer);

/* Which member has this origin; UINT32_MAX: none. */
uint32_t world_ident(const struct world *w, const char *origin);

/* What that member does without being asked: nothing happens to it that its life does not allow. */
bool node_honest(const struct world *w, const struct node *n);
