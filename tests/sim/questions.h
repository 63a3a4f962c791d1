/* questions: callers who ask members, and members one another, while everything goes wrong.
 *
 * What must hold: every question is answered by its deadline, unless its node died or its caller went; nothing is shown
 * that its origin did not put into a log of its own, or that is not public; nothing else is sent to peers.
 */
#pragma once

#include "node/core/effect.h"
#include "proto/frame.h"

struct world;
struct node;

void questions_start(struct world *w);

/* What a member's store is asked (FX_SEARCH), and what it answers a caller (FX_QUERIED). */
void questions_search(struct world *w, struct node *n, const struct search_wish *wish);
void questions_outcome(struct world *w, struct node *n, const struct effect *fx);

/* An honest member sends this to a peer. */
void questions_check_sent(struct world *w, const struct node *n, const Normlink__QueryResponse *m);

/* What a hostile member answers. */
void questions_lie(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked);

/* A body died: nobody answers any more. */
void questions_forget(struct node *n);
