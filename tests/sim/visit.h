/* visit: somebody who brings an origin's checkpoints to members to have them witnessed, with good proofs and bad ones.
 */
#pragma once

#include "node/core/effect.h"

struct world;
struct node;

void visits_start(struct world *w);

/* A member answered (FX_ANSWER): is it the truth, and durable? */
void visit_answered(struct world *w, struct node *n, const struct effect *fx);
