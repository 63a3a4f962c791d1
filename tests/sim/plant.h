/* plant: faults planted in the interpreter, one kind in a world, to see that the checks fire.
 *
 * A simulator that finds nothing may be one that looks at nothing.
 */
#pragma once

#include <stdbool.h>

#include "node/core/effect.h"
#include "tests/sim/disk.h"

/* What is planted, for people. */
const char *plant_name(int plant);

bool plant_accept(struct world *w, const struct node *n, const struct store_write *write);
bool plant_lose(struct world *w, const struct node *n, const struct store_write *write);
void plant_byte(struct world *w, const struct node *n, struct store_write *write);
/* A head that is kept counts as cosigned. */
void plant_quorum(struct world *w, const struct node *n, struct store_write *write);
void plant_after(struct world *w, struct node *n, uint32_t ident);
void plant_crash(struct world *w, struct node *n);
void plant_order(struct world *w, struct disk_queue *waiting);
bool plant_early(struct world *w, struct node *n, const struct store_write *write);
bool plant_no_guard(struct world *w, const struct node *n);
bool plant_no_reply(struct world *w, const struct node *n);
/* A sharing statement that nobody made is read back; who gets what is not noted; a redacted payload stays; payloads
 * that came later are acknowledged and lost. */
void plant_leak(struct world *w, const struct node *n, struct origin_state *state);
bool plant_audit(struct world *w, const struct node *n);
bool plant_kept(struct world *w, const struct node *n);
bool plant_late(struct world *w, const struct node *n, const struct store_write *write);
/* The partition that never ends: true when it is in place. */
bool plant_divided(struct world *w);
