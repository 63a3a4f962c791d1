/* check_send: what an honest node says must be durable where it is said. */
#pragma once

#include "node/core/effect.h"

struct world;
struct node;

void check_send(struct world *w, struct node *n, link_id link, struct bytes frame);

/* An evidence file against what is true of the origin.  False: an invariant broke. */
bool check_evidence(struct world *w, const struct node *n, uint32_t ident, struct bytes raw);
