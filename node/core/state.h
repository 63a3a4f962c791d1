/* state: what the files of this room share.  For this room only.
 *
 *     struct core ─┬─ logs[0]      our origin
 *                  ├─ logs[1...]   the origins of peers, mirrored, and logs outside, in the order of their coming
 *                  ├─ peers[i]     whom we trust; at most one link each
 *                  ├─ visits       checkpoints brought through HTTP, not answered yet
 *                  └─ jobs         reads on their way, each for a purpose
 */
#pragma once

#include "crypto/note.h"
#include "crypto/tree.h"
#include "node/core/backfill.h"
#include "node/core/core.h"
#include "node/core/federation.h"
#include "node/core/guests.h"
#include "node/core/keys.h"
#include "node/core/own.h"
#include "node/core/sharing.h"
#include "node/core/verdict.h"
#include "proto/frame.h"

enum { RECENT_HEADS = 8 };

/* Entries asked for: all of one bundle, or what is left of it. */
struct fetch {
	uint64_t start, end;
	link_id link; /* who was asked; 0: nobody yet */
	uint64_t request;
	bool ready; /* answered and verified */
	struct entry *entries;
	struct hash *leaves;
	size_t payloads;    /* of the first entries: what can be stored now */
	struct arena arena; /* owns entries and leaves */
};

/* One origin as held here.
 *
 *     stored <= tree_size(tree) <= goal.size <= ...       what lies between is on its way to the disk
 *     head.size <= stored                                  complete, root checked, durable
 *     head.size < target.size                              newest signed head seen, durable, still being fetched
 */
struct log {
	char origin[NAME_MAX_BYTES + 1];
	const struct vkey *key; /* one of the log's: where the line of its keys is found; borrowed from card or config */
	struct keys keys;       /* the key statements in the tree */
	bool own;
	bool outside;            /* no peer's: comes through the doors of HTTP alone, and peers hear nothing of it */
	uint32_t peer;           /* whose it is; UINT32_MAX: ours, or outside */
	struct vkey outside_key; /* what key points to when outside */
	struct tree *tree;       /* with entries that are still on their way to the disk */
	uint64_t stored;
	struct head head;
	struct head target;
	uint64_t head_revision;                  /* counts changes of head, its cosignatures included */
	struct head cosigned;                    /* cosigned.c; durable */
	struct head waiting[COSIGN_WAITING_MAX]; /* older heads held whole that may still get there, oldest first */
	size_t waiting_count;
	uint64_t uncosigned_since_ms; /* wall; 0: the head is the cosigned one */
	struct hash unfounded;        /* root of a head whose key rested on statements that its tree does not hold */
	uint64_t head_wall_ms;
	struct buf evidence;   /* the newest file; empty: there is none */
	struct fork fork;      /* what follows from it and from our newest verdict */
	bool evidence_durable; /* may be spoken of */
	bool evidence_in_flight;
	uint64_t remind_ms; /* mono: frozen, and the operator has not decided: say so again */
	/* stores */
	uint64_t generation; /* changes with each reload; answers to older writes are dropped */
	size_t stores_in_flight;
	size_t store_bytes;
	bool head_in_flight; /* a WRITE_HEAD or WRITE_TARGET is on its way */
	bool target_in_flight;
	bool loading;
	unsigned store_failures;
	uint64_t retry_ms; /* mono: no fetching before */
	/* fetching */
	bool strayed; /* the tree may hold entries that are not in the target's: target.c */
	bool has_goal;
	struct head goal;
	struct fetch window[FETCH_WINDOW];
	size_t window_count;
	uint64_t last_cosign_s;
	struct head recent[RECENT_HEADS]; /* outside: durable targets of late, any of which may be an upload's end */
	size_t recent_count;
	struct sharing sharing; /* as durable statements of this log say */
	struct backfill backfill;
};

/* What goes on between us and one link about one log. */
struct channel {
	/* out */
	bool announcing; /* unacknowledged */
	uint64_t announce_id;
	uint64_t announced_revision;
	bool evidence_sent;
	/* in: at most one announced head that we have not acknowledged */
	enum channel_state { CHANNEL_IDLE, CHANNEL_NEW, CHANNEL_ASKED, CHANNEL_WAIT } state;
	uint64_t id; /* to acknowledge; 0: that was done */
	struct head head;
	uint64_t proved_from; /* head is known to extend the signed head of this size */
	bool proved;
	uint64_t best; /* the largest size that this peer announced: what it can serve */
	struct hash best_root;
	uint64_t busy_until_ms; /* mono: it asked to be left alone */
	bool offered;           /* backfill.c knows that it has something of this log */
	/* While nothing is done about a log that forked, its newest announced head is acknowledged and put aside here.
	 * After a release it is looked at, acknowledged as it is; a head that is announced meanwhile waits here for its
	 * turn. */
	struct head aside;
	uint64_t aside_id; /* to acknowledge; 0: that was done */
};

/* A request of ours that waits for an answer. */
struct request {
	uint64_t id;
	uint64_t deadline_ms;
	enum request_kind { REQUEST_CONSISTENCY, REQUEST_ENTRIES, REQUEST_PAYLOADS } kind;
	size_t log;
	uint64_t old_size, new_size;
	bool for_target; /* REQUEST_CONSISTENCY: target.c asks, not the announced head */
};

struct link {
	link_id id;
	uint32_t peer;
	bool dialed;
	bool hello; /* theirs has come */
	uint64_t up_ms, last_in_ms;
	bool pinged;
	uint64_t next_id;
	struct request requests[REQUESTS_IN_FLIGHT_MAX];
	size_t request_count;
	uint64_t heard_keys;      /* entries of our log up to the last key statement that it holds */
	size_t serving;           /* requests of theirs that are not answered yet */
	struct channel *channels; /* one for each log */
};

struct peer {
	struct card card;
	struct vkey pin;   /* the card's, as a key (proto/key_change.h) */
	struct link *link; /* NULL: none */
	bool dialing;
	unsigned failures;
	uint64_t next_dial_ms; /* mono */
	uint64_t next_dial_wall_ms;
	uint64_t last_seen_ms; /* wall */
	char last_error[160];
	bool asked;       /* has said Hello since the start, and with it what it holds of our log */
	bool unreachable; /* could not be dialed since then */
	uint64_t frames_in, frames_out, bytes_in, bytes_out, entries_in;
	uint64_t confirmed_size; /* of our own log, by its cosignature */
};

/* A read on its way, and what it is for.  The leaf hashes of at most two bundles are gathered, one read after another.
 */
struct job {
	struct job *next;
	uint64_t op;
	enum job_kind {
		JOB_SERVE_PAYLOADS,
		JOB_MISSING,
		JOB_SERVE_ENTRIES,
		JOB_SERVE_CONSISTENCY,
		JOB_CHECK_ROOT,
		JOB_PROVE_FOR
	} kind;
	size_t log;
	uint64_t generation;
	link_id link;        /* whose request, or whose announcement */
	uint64_t id;         /* JOB_PROVE_FOR: the witness that is asked */
	uint64_t start, end; /* JOB_SERVE_ENTRIES */
	uint64_t old_size, new_size;
	struct {
		uint64_t index;
		struct hash *leaves; /* NULL: to be read */
		size_t count;
	} bundles[2];
	size_t bundle_count;
	uint64_t indexes[PAYLOADS_ASKED_MAX]; /* JOB_SERVE_PAYLOADS */
	size_t index_count;
	char collection[CODE_MAX + 1]; /* JOB_MISSING */
	struct read_answer *answer;    /* entries */
	bool entries_read;
	bool screened;    /* what the peer may not have is out of the answer, and that is durable */
	bool want_leaves; /* the read on its way brings those of leaves_bundle */
	uint64_t leaves_bundle;
};

/* A statement about its log in a write that is on its way. */
struct said {
	struct said *next;
	uint64_t index;
	struct buf payload;
};

/* A write on its way. */
struct pending_store {
	uint64_t op;
	size_t log;
	uint64_t generation;
	enum store_write_kind kind;
	bool own;
	uint64_t size; /* of the log after it; of the head */
	size_t weight;
	struct head head; /* WRITE_HEAD, WRITE_TARGET, own WRITE_ENTRIES */
	struct said *said;
};

/* Something that was handed over, until it is durable (handover.c). */
struct handover {
	struct handover *next;
	uint64_t op;
	size_t log;
	enum handover_wait { WAIT_TARGET, WAIT_ENTRIES, WAIT_HEAD, WAIT_EVIDENCE } wait;
	uint64_t size; /* of what must be durable */
	int code;      /* to answer then */
	char text[160];
};

struct core {
	struct core_config config;
	const struct skey **ring; /* every signing key at hand; borrowed */
	size_t ring_count;
	struct hasher *hasher;
	struct log *logs[ORIGINS_MAX + 1];
	size_t log_count;
	struct peer *peers[PEERS_MAX];
	size_t peer_count;
	struct job *jobs;
	struct visit *visits;
	size_t visit_count;
	struct asked *asked[WITNESSES_MAX];
	uint32_t asked_count;
	struct carry *carries;
	size_t carry_count;
	struct pending_store *stores; /* oldest first */
	size_t store_count, store_cap;
	struct submission *waiting, *appending;
	struct verdict *verdicts; /* durable ones */
	size_t verdict_count;
	struct handover *handovers;
	struct federation federation;
	struct gate gate;
	uint64_t next_op;
	uint64_t wake_ms; /* mono: look again at what waits */
	uint64_t forks, rejected;
	/* of the step that is running */
	struct effects *fx;
	uint64_t mono_ms, wall_ms, random;
};
