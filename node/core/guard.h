/* guard: may our own log be signed?  A pure decision from values: what the high-water mark beside the database says,
 * what the database holds, what peers have shown.
 *
 * A restored backup, a copied folder and two processes with one key all sign a second history of one log, and nobody
 * can take that back.  So nothing is signed unless this place is the one that signed last, and peers were asked.
 *
 *     moved ──resume──> resumed ──a majority of peers has spoken──> open
 *                       restored ──────────────────────────────────^ ^
 *     older, restored, resumed: a peer shows more ──> behind ──fetched back──┘
 *     asking ──all peers in reach have spoken, or GUARD_WAIT_MS──> open
 *     open: a peer shows more than this place ever signed ──> twice ──resume──> resumed
 *     any: all is here, but not the key that took the place of ours ──> keyless, until a start with it
 *     any: evidence of a fork ──> forked;  the mark and the database disagree ──> other;  both for good
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"

/* What was done to this place since it last signed. */
enum guard_word {
	GUARD_ORDINARY,     /* nothing: it signed here */
	GUARD_WAS_RESTORED, /* `normlink restore` made it */
	GUARD_WAS_RESUMED,  /* an operator said that no other copy lives */
};

/* What the shell found beside the database. */
struct guard_facts {
	bool marked; /* there is a mark, and it is whole */
	bool here;   /* and it was written in this very place, on this machine */
	enum guard_word word;
	uint64_t size; /* the mark's: the highest head of our own made durable here */
	struct hash root;
	bool deaf; /* nobody can dial us: only peers that we dial are waited for */
};

/* What the core holds and has heard. */
struct guard_view {
	uint64_t held; /* size of our complete head; 0: none */
	struct hash root;
	uint64_t stored; /* entries durable: above held while they are fetched back */
	uint64_t known;  /* of the largest head signed by our key that a peer has shown */
	bool served;     /* and a peer in reach holds its entries */
	bool forked;
	bool open;      /* it was, in this run: peers are not waited for again */
	bool keyless;   /* our log says that a key took the place of ours, and that one is not at hand */
	size_t peers;   /* that we trust */
	size_t asked;   /* that have spoken since the start */
	size_t unheard; /* that may speak at any moment */
	uint64_t waited_ms;
};

enum guard_state {
	GUARD_OPEN,
	GUARD_ASKING,   /* peers may know more than we hold: they have GUARD_WAIT_MS to say so */
	GUARD_MOVED,    /* no mark, or one of another place: the folder is a copy.  No links either */
	GUARD_OLDER,    /* the database is older than what was signed here, and no peer has shown the rest */
	GUARD_OTHER,    /* the database has another history than the one signed here */
	GUARD_RESTORED, /* from a backup: a majority of peers must have spoken */
	GUARD_RESUMED,  /* by an operator's word: likewise */
	GUARD_BEHIND,   /* peers hold more, which was lost here: it is fetched back */
	GUARD_TWICE,    /* peers hold more than this place ever signed: somebody else signs with our key */
	GUARD_KEYLESS,  /* the key that our log says is ours now is not at hand */
	GUARD_FORKED,   /* two heads signed by our key contradict each other */
	GUARD_STATES
};

enum guard_state guard_decide(const struct guard_facts *facts, const struct guard_view *view);

/* How many of so many peers must have spoken before a restored or resumed log is signed: more than half; 0 of none. */
size_t guard_majority(size_t peers);

/* Is this a state that an operator's word ends? */
bool guard_resumable(enum guard_state state);

/* A fixed word for logs and metrics: "moved".  Never NULL. */
const char *guard_name(enum guard_state state);

enum { GUARD_TEXT_MAX = 160 };
/* Why nothing is signed and what to do about it, one line for a person; "" when open.  who is the peer that showed the
 * largest head, or "". */
void guard_explain(enum guard_state state, const struct guard_facts *facts, const struct guard_view *view,
                   const char *who, char out[GUARD_TEXT_MAX]);
