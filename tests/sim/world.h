/* world: nodes that run the real core and the real codec, over a simulated network, disks and clocks.
 *
 * A world is made from a seed and lives in two phases: in the first everything may go wrong (faults.c), in the
 * second, the quiet one, nothing does, and what must come to pass in the end is waited for (check_end.c).  One
 * happening after another is taken from the queue; after each the invariants are checked.
 *
 * Owner: whoever called world_new owns the world, the world owns everything in it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/core.h"
#include "tests/sim/disk.h"
#include "tests/sim/net.h"
#include "tests/sim/rng.h"
#include "tests/sim/truth.h"

enum {
	WORLD_IDENTS = 7,
	WORLD_NODES = WORLD_IDENTS + 2, /* with the second body of a forking member */
	WORLD_SUBMITS = 32,             /* submissions waiting for their reply, one node */
	WORLD_CALLERS = 16,             /* checkpoints brought to one node and not answered yet */
	WORLD_BATCH = 320,              /* records in one of them */
	WORLD_VERIFIED = 2048,
	WORLD_RING = 24,
	WORLD_TEXT = 400,
};

struct world;
struct carry;
struct questions;

/* Something that will happen. */
struct happening {
	uint64_t at_ms;
	uint64_t tie; /* random: what happens in one millisecond has no fixed order */
	void (*run)(struct world *w, const struct happening *h);
	uint32_t node;
	uint32_t life; /* the node's; another life: nothing happens */
	uint64_t arg;
};

/* How a member behaves that is not honest. */
enum hostility {
	HOSTILE_NOT,
	HOSTILE_HAND,     /* hostile.c speaks for it */
	HOSTILE_CLONE,    /* real cores: two bodies with one key */
	HOSTILE_ROLLBACK, /* a real core whose disk is put back to an older state */
};

/* A member: who it is, and who knows it. */
struct ident {
	char name[CODE_MAX + 1];
	struct skey *log_key, *witness_key, *mirror_key; /* the first */
	struct skey *ring[WORLD_RING];                   /* those that took their place, or were to */
	size_t ring_count;
	struct card card; /* without address */
	struct truth truth;
	enum hostility hostility;
	uint64_t modes;             /* of HOSTILE_HAND */
	bool knows[WORLD_IDENTS];   /* holds that member's card */
	bool address[WORLD_IDENTS]; /* and dials it */
};

struct submit {
	uint64_t op;  /* 0: free */
	bool verdict; /* one record, which the core makes */
	size_t count;
	struct hash digests[WORLD_BATCH];
};

/* Who brought a checkpoint to be witnessed, and which. */
struct caller {
	uint64_t op; /* 0: free */
	uint32_t ident;
	uint64_t size;
	struct hash root;
	struct buf text;
};

/* What the checks remember of one node and origin. */
struct witnessed {
	uint64_t acked; /* entries whose EV_STORED was OK */
	uint64_t acked_head;
	bool acked_evidence;
	struct cosigned {
		uint64_t size;
		struct hash root;
		uint64_t time_s;
		bool forgotten; /* with a disk that was put back */
		bool mirror;    /* by its mirror's key, not its witness's */
	} * cosigned;       /* durable here */
	size_t count, cap;
	size_t count_then; /* when the copy of the disk was made */
};

struct read_job {
	uint64_t number;
	struct store_read read;
	struct read_job *next;
};

/* One body of a member. */
struct node {
	uint32_t index;
	uint32_t ident;
	bool exists, up;
	bool checked; /* it must keep every promise; false for the bodies of hostile members */
	uint32_t life;
	struct core *core;
	struct effects fx;
	struct disk disk;
	struct disk snapshot;         /* an earlier copy of it */
	bool was_put_back;            /* to an earlier copy, at any time */
	bool put_back;                /* it was, and its log is not open again yet */
	uint32_t peers[WORLD_IDENTS]; /* the core's index -> member */
	size_t peer_count;
	uint64_t mono_base_ms;
	int64_t wall_skew_ms;
	uint64_t tick_ms; /* world time of the tick that is planned; UINT64_MAX: none */
	struct branch *own;
	struct submit submits[WORLD_SUBMITS];
	struct caller callers[WORLD_CALLERS];
	struct witnessed witnessed[WORLD_IDENTS];
	struct read_job *reads;
	size_t read_count;
	struct questions *questions; /* questions.c; NULL: none yet */
	size_t links_up;
};

/* What went wrong on purpose, and what came of it: a gate that exercised nothing is seen by its figures. */
struct figures {
	uint64_t steps, frames, crashes, cuts, partitions, half_open, dials_failed, full_disks, failed_writes,
	    failed_but_kept, torn, kept, reads_failed, reloads, wall_jumps, forks, forks_found, accusations, submitted,
	    replied, entries, own_entries, cosigned, mirrored, quorums, late_quorums, visits, visits_cosigned,
	    visits_refused, garbage, relays, floods, stalls, links, bundles, relayed, settled_ms, over_256, over_512,
	    verdicts, frozen_again, shared, withheld, backfilled, redacted, statements, handed, handed_refused, spoiled,
	    put_back, resumed, fetched_back, rotations, thefts, questions, partial, shown, lies_met, questions_served;
};

/* Faults planted in the interpreter, to see the checks fire. */
enum plant {
	PLANT_NONE,
	PLANT_ACK_LOST,
	PLANT_CRASH_FORGETS,
	PLANT_ORDER,
	PLANT_ACK_EARLY,
	PLANT_BYTE,
	PLANT_NO_HEAL,
	PLANT_NO_REPLY,
	PLANT_ACCUSE,
	PLANT_HEAD_BACK,
	PLANT_COSIGN,
	PLANT_WITHHELD,
	PLANT_LEAK,
	PLANT_AUDIT,
	PLANT_KEPT,
	PLANT_LATE,
	PLANT_OLD_KEY,
	PLANT_QUORUM,
	PLANT_NO_GUARD,
	PLANTS
};

struct world {
	uint64_t seed;
	struct rng rng;
	struct hasher *hasher;
	struct hash verified[WORLD_VERIFIED]; /* signature lines that hold */
	size_t verified_count;
	struct happening *queue; /* a heap */
	size_t queue_count, queue_cap;
	uint64_t now_ms, wall_ms;
	uint64_t quiet_ms; /* when nothing goes wrong any more */
	bool quiet, finished;
	uint64_t settled_ms; /* when everything was as it must be; 0: not yet */
	uint64_t settled_frames, settled_steps;
	unsigned unsettled; /* how often it was so no longer */

	struct ident idents[WORLD_IDENTS];
	size_t ident_count;
	struct node nodes[WORLD_NODES];
	size_t node_count;
	struct hidden *hidden; /* what is not public, by digest (truth.c) */
	size_t hidden_count, hidden_cap;
	struct net net;
	struct hostile *hostile[WORLD_IDENTS];
	struct carry *carry; /* an operator on the way; NULL */

	/* How much goes wrong here, in per mille or milliseconds. */
	struct {
		unsigned write_fail, read_fail, reload_fail, crash, crash_writing, cut, partition, full, jump, slow_disk,
		    half_open, put_back, rotate;
		uint64_t fault_every_ms, submit_every_ms, visit_every_ms, batch_max, latency_ms;
		unsigned big_batch;
		unsigned verdict;
		bool hostile_stays;
	} dose;
	uint64_t next_op; /* of submissions */
	uint64_t next_nonce;
	uint64_t submits_left;

	enum plant plant;
	bool planted; /* done at least once */
	bool failed;
	char invariant[64];
	char text[WORLD_TEXT];
	uint64_t trace_hash;
	bool trace;
	struct figures figures;
};

/* Nobody's happening: it is not bound to a life. */
#define WORLD_NOBODY UINT32_MAX

/* A world from its seed; plant is PLANT_NONE but for the self-check. */
struct world *world_new(uint64_t seed, enum plant plant, bool trace);
void world_free(struct world *w);

/* Run it to its end, or to the first broken invariant (w->failed). */
void world_run(struct world *w);

/* Plan something, delay_ms from now, for the life that the node lives now (or WORLD_NOBODY). */
void world_plan(struct world *w, uint64_t delay_ms, void (*run)(struct world *, const struct happening *),
                uint32_t node, uint64_t arg);

/* ---- setup.c: members, who knows whom, how much goes wrong ---- */
void setup_world(struct world *w);
/* Everybody begins to live. */
void setup_start(struct world *w);

/* ---- faults.c: what goes wrong ---- */
void faults_start(struct world *w);
/* The disk has something to write: a good moment for a crash. */
void faults_while_writing(struct world *w, const struct node *n);
/* The quiet phase begins: everybody is up, connected and healthy from now on. */
void faults_end(struct world *w);

/* ---- trace.c ---- */
/* Say something when asked to (--trace). */
void trace_say(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Into the hash by which two runs are compared. */
void trace_fold(struct world *w, uint64_t value);
void trace_bytes(struct world *w, struct bytes bytes);
/* A frame that arrives; one that a hostile member sends (with its prefix). */
void trace_frame(struct world *w, const struct node *n, link_id link, struct bytes raw);
void trace_said(struct world *w, const struct node *n, link_id link, struct bytes frame);
