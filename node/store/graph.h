/* graph: what walks over the standards of all logs ask of the view (query.h): claims, families, dependents, adoptions.
 *
 * Answers are of current statements, in orders of names and indexes, never of slots.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says. */
CHECKED int graph_read_claims(struct store *s, struct arena *arena, struct claims *out, struct err *err);
/* Likewise, as if that log were our own; "": as if we had none.  NULL: our own. */
CHECKED int graph_read_claims_as(struct store *s, const char *judge, struct arena *arena, struct claims *out,
                                 struct err *err);
CHECKED int graph_read_family(struct store *s, const char *undated, const struct fact_question *question,
                              struct arena *arena, struct family *out, struct err *err);
CHECKED int graph_read_dependents(struct store *s, const struct dependents *of, const struct fact_question *question,
                                  struct arena *arena, struct fact_list *out, struct err *err);
CHECKED int graph_read_adopting(struct store *s, const char *origin, uint64_t from, size_t limit,
                                const struct fact_question *question, struct arena *arena, struct fact_list *out,
                                struct err *err);
