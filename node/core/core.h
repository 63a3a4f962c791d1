/* core: everything a node decides: its own log, its mirrors, what it witnesses, what it says to peers.
 *
 *     event ──> core_step ──> effects        no I/O, no clock, no randomness, no thread
 *
 * Inside, one file for each matter: origin.c (our log), mirror.c (a verified copy of another's), witness.c
 * (cosignatures), sharing.h (who may have what), backfill.c (what came missing), door.c and upload.c (what comes
 * through HTTP), ask.c (witnesses outside), evidence.c and verdict.c (forks), guard.c and gate.c (no fork by accident),
 * peer.c (one link's conversation), core.c (who gets which event).
 *
 * Implements proto/PROTOCOL.md clause 4 (peer protocol) and the duties of C2SP tlog-witness ("cosign only what is
 * consistent, persist before answering") and tlog-mirror (both drafts, as of commit 5ba5ee8).
 * Thread: the loop's.
 */
#pragma once

#include "crypto/key.h"
#include "node/core/event.h"
#include "node/core/guard.h"
#include "node/core/keys.h"
#include "node/core/verdict.h"
#include "proto/card.h"

struct core;

/* Keys at the start: our log says which others have taken their place (core_add_key). */
struct core_config {
	char name[CODE_MAX + 1];
	const struct skey *log_key;     /* names the origin; borrowed for the core's life */
	const struct skey *witness_key; /* likewise; signs heads that are consistent with every head seen */
	const struct skey *mirror_key;  /* likewise; signs heads of which every entry is held */
	int quorum; /* how many witnesses must have cosigned a head before it counts as cosigned, or one of: */
	struct guard_facts guard; /* what stands beside the database */
};

/* More than half of the witnesses that a log can have here (peers, and for our own those outside); every one of them.
 */
enum { QUORUM_MAJORITY = -1, QUORUM_ALL = -2 };

/* Gives a core that knows its own origin and nobody else. */
struct core *core_new(const struct core_config *config);
void core_free(struct core *core);

/* Another signing key of ours, borrowed: used once our log says that it takes the place of the one before
 * (clause 2.10). Before core_load of our own origin, or between steps. */
void core_add_key(struct core *core, const struct skey *key);
/* Our key of that role (not TLS) now. */
const struct skey *core_key(const struct core *core, enum key_role role);
/* The index that the next submission's first entry will have.  A key statement names it; it is submitted alone. */
uint64_t core_next_index(const struct core *core);
/* The key statements in a log that we hold, borrowed; NULL: no such origin. */
const struct keys *core_keys(const struct core *core, const char *origin);

/* Trust a peer: mirror its origin from whoever has it, accept its witness's and its mirror's cosignatures, and dial it
 * when its card has an address.  *peer is its index from now on.  Before the first step or between steps. ERR_EXISTS:
 * the name, origin, a key or the pin is taken by another peer or by us; ERR_LIMIT: PEERS_MAX. */
CHECKED int core_add_peer(struct core *core, const struct card *card, uint32_t *peer, struct err *err);

/* Trust a log outside, which no peer keeps: whoever brings its checkpoints may have them witnessed here.  Before the
 * first step or between steps.  ERR_EXISTS: its name or key is taken; ERR_LIMIT: ORIGINS_MAX; ERR_UNSUPPORTED: a key of
 * another type. */
CHECKED int core_add_log(struct core *core, const struct vkey *key, struct err *err);

/* Are entries of this origin taken when somebody uploads them? */
bool core_takes_entries(const struct core *core, const char *origin);

/* Ask a witness outside to cosign our heads, at url/add-checkpoint; an empty url: only take its cosignatures.  Before
 * the first step or between steps.  ERR_EXISTS, ERR_LIMIT (WITNESSES_MAX, URL_MAX_BYTES), ERR_UNSUPPORTED. */
CHECKED int core_add_witness(struct core *core, const char *name, const struct vkey *key, const char *url,
                             struct err *err);

/* The index of the peer that this pin counts for at wall_ms; ERR_NOT_FOUND. */
CHECKED int core_find_pin(const struct core *core, const struct hash *pin, uint64_t wall_ms, uint32_t *peer);
/* Does it count for this peer?  And the newest pin that we know of it. */
bool core_pin_fits(const struct core *core, uint32_t peer, const struct hash *pin, uint64_t wall_ms);
struct hash core_peer_pin(const struct core *core, uint32_t peer);

/* The card of a peer, borrowed; NULL when there is none by that index. */
const struct card *core_peer_card(const struct core *core, uint32_t peer);

/* Put in what the store holds of one origin: before the first step for each stored origin.  Origins that no card
 * names are ERR_NOT_FOUND and stay untouched in the store.  ERR_CORRUPT: a stored head is not what the log's
 * key signed, or the tree and the head disagree.  ERR_INVALID: our log names a key of ours that is not at hand.
 * Borrows state. */
CHECKED int core_load(struct core *core, const struct origin_state *state, struct err *err);

/* Feed one event; effects are added to fx (the caller clears it between steps).  Never fails: what a peer does
 * wrong becomes FX_CLOSE, what the store does wrong FX_REPLY, FX_RELOAD or FX_NOTE. */
void core_step(struct core *core, struct event *event, struct effects *fx);

/* May our own log be signed, as of the last step? */
enum guard_state core_guard(const struct core *core);
/* Was this place restored from a backup, and are its peers not asked yet?  Then nothing of it is to be shown to
 * strangers: it may be less than what they have seen. */
bool core_withheld(const struct core *core);

/* The mono_ms at which the core wants its next EV_TICK at the latest; UINT64_MAX: never. */
uint64_t core_next_tick(const struct core *core);

/* ---- what a node says of itself; strings live in the arena ---- */

struct origin_status {
	const char *origin;
	bool own;
	bool outside;         /* configured, no peer's: witnessed and mirrored for whoever asks */
	enum fork_state fork; /* evidence of a fork is held, and what the operator made of it */
	uint64_t held;        /* entries durable here */
	uint64_t head_size;   /* of the complete head; 0 before the first */
	struct hash head_root;
	uint64_t witnessed_size; /* of the head that our witness cosigned last */
	uint64_t seen_size;      /* of the newest signed head seen: the lag is seen_size - held */
	size_t cosignatures;     /* verified ones by witnesses on the complete head, ours among them */
	size_t witnesses;        /* that could have: of our own log the witnesses outside, too */
	size_t mirrors;          /* likewise by mirrors */
	size_t mirror_peers;     /* that could have */
	uint64_t head_wall_ms;   /* when the head became complete here; 0: before this start */
	/* The other head: the newest complete one that the quorum of witnesses has cosigned; at most head_size. */
	uint64_t cosigned_size;
	uint64_t uncosigned_since_ms; /* wall: since when the head has been ahead of it; 0: it is not */
	const char **missing; /* names of the peers, and of our own log the witnesses outside, that lack on the head */
	size_t missing_count;
};

struct peer_status {
	const char *name;
	const char *origin;
	const char *address;    /* empty: not dialed */
	const char *state;      /* "connected", "dialing", "waiting", "passive" */
	uint64_t last_seen_ms;  /* wall; 0: never in this run */
	uint64_t next_try_ms;   /* wall; 0: none planned */
	const char *last_error; /* empty: none */
	uint64_t frames_in, frames_out, bytes_in, bytes_out;
	uint64_t entries_in;     /* entries received and kept */
	uint64_t confirmed_size; /* of the largest head of our own log with its cosignature that was seen in this run: it
	                            holds and has carried out (clause 2.8) what is in it */
};

/* A witness outside that we ask. */
struct witness_status {
	const char *name;
	const char *url;
	uint64_t known_size;    /* of our log, as it said last */
	uint64_t last_ok_ms;    /* wall; 0: never in this run */
	uint64_t next_try_ms;   /* wall; 0: none planned, it has cosigned or is being asked */
	const char *last_error; /* empty: none */
};

struct core_status {
	const char *name;
	const char *witness; /* the name of our witness's key, as it stands in signature lines */
	const char *origin;
	struct origin_status *origins; /* our own first */
	size_t origin_count;
	struct peer_status *peers;
	size_t peer_count;
	struct witness_status *asked; /* witnesses outside */
	size_t asked_count;
	uint64_t forks;          /* evidence found or received, and kept */
	uint64_t rejected;       /* bundles, heads and frames refused */
	const char *closed;      /* guard_name() when our log is not signed now; NULL: it is */
	const char *closed_text; /* why, and what to do: one line for a person; "" */
};

void core_status(const struct core *core, uint64_t mono_ms, uint64_t wall_ms, struct arena *arena,
                 struct core_status *out);
