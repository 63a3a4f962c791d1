/* verdict: what an operator's verdict (proto/README.md, clause 2.7) makes of a fork.
 *
 *     none ──evidence──> frozen ──release──> released ──new evidence──> frozen
 *                          │                    │
 *                          └────── abandon ─────┴──> abandoned ──release──> released
 *
 * Pure, and the same for the core, which obeys it, and for the store, which says what a stopped node would do.
 * Thread: any; a hasher belongs to one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/bytes.h"

enum fork_state {
	FORK_NONE,
	FORK_FROZEN,    /* evidence is held and nobody has decided: nothing is fetched, cosigned or announced */
	FORK_RELEASED,  /* followed on along the branch that is held */
	FORK_ABANDONED, /* as frozen, for good */
};

/* "frozen", "released", "abandoned"; NULL for FORK_NONE. */
const char *fork_word(enum fork_state state);

/* Nothing is fetched or cosigned any more. */
static inline bool fork_stops(enum fork_state state)
{
	return state == FORK_FROZEN || state == FORK_ABANDONED;
}

struct fork {
	enum fork_state state;
	uint64_t settled; /* FORK_RELEASED: new is only evidence both of whose heads are larger */
};

/* The newest evidence about an origin (a file of clause 8; empty: none) and the newest verdict on it, a payload from
 * our own log (empty: none).  A verdict on other evidence, or with a decision that has no word here, decides nothing.
 */
struct fork verdict_on(struct hasher *h, struct bytes evidence, struct bytes payload);
