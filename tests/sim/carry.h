/* carry: an operator who carries what one node holds to another one: bundle files, in the middle of all the rest.
 *
 * Heads, entries and evidence go into the core as an ingest hands them over, each after the answer to the one before.
 * Sometimes a bit flips on the way.
 */
#pragma once

#include "node/core/effect.h"

struct world;
struct node;

/* Somebody sets out, unless somebody is on the way already. */
void carry_begin(struct world *w);

/* The outcome of what was handed over last. */
void carry_outcome(struct world *w, struct node *n, const struct effect *fx);

/* Something was handed over to a node that still lives, and no answer has come. */
bool carry_unanswered(const struct world *w);
void carry_free(struct world *w);
