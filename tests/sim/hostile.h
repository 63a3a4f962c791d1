/* hostile: a member that speaks the peer protocol by hand, and lies.
 *
 * It has real keys and may know everything (the truth of every origin), so that its lies are as good as lies can be:
 * right signatures over wrong roots, right envelopes with wrong payloads, two logs for two halves of the world.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"
#include "proto/frame.h"
#include "tests/sim/disk.h"
#include "tests/sim/truth.h"

struct world;
struct node;

enum hostile_mode {
	MODE_FORK = 1 << 0,          /* two branches, each for its own peers */
	MODE_GARBAGE = 1 << 1,       /* bytes that are no frame */
	MODE_RANDOM = 1 << 2,        /* frames with random fields */
	MODE_WRONG_PROOF = 1 << 3,   /* one bit in the hashes or envelopes of an answer */
	MODE_WRONG_PAYLOAD = 1 << 4, /* right envelopes, other payloads */
	MODE_HUGE = 1 << 5,          /* heads of 2^63 and the like */
	MODE_WRONG_ROOT = 1 << 6,    /* a signed head for a root that is nobody's */
	MODE_SILENT = 1 << 7,        /* announces and never answers */
	MODE_FLOOD = 1 << 8,         /* more requests than anybody may have under way */
	MODE_DEAF = 1 << 9,          /* does not read what it asked for */
	MODE_OLD = 1 << 10,          /* old heads of others, and heads with false cosignatures */
	MODE_FALSE_EVIDENCE = 1 << 11,
	MODE_WITHHOLD = 1 << 12, /* says that payloads are withheld or redacted */
	MODE_WRONG_ID = 1 << 13, /* answers twice, or to nothing asked */
	MODE_RELAY = 1 << 14,    /* passes on every head that it hears, as if it held it */
	MODE_ALL = (1 << 15) - 1,
};

enum { HOSTILE_LINKS = 24, HOSTILE_HEADS = 6 };

struct hostile {
	struct branch *branches[2];
	uint64_t shown[2]; /* sizes of the heads shown so far */
	struct {
		link_id link; /* 0: free */
		uint32_t ident;
	} links[HOSTILE_LINKS];
	struct buf heads[DISK_LOGS][HOSTILE_HEADS]; /* of others, as they were announced here */
	uint64_t next_id;
};

/* Its two logs; before its first life. */
struct hostile *hostile_new(struct world *w, uint32_t ident);
void hostile_free(struct hostile *h);

void hostile_start(struct world *w, struct node *n);
void hostile_link_up(struct world *w, struct node *n, link_id link, uint32_t ident);
void hostile_frame(struct world *w, struct node *n, link_id link, struct bytes raw);

/* ---- lies.c: what it says ---- */
void lies_hello(struct world *w, struct node *n, link_id link);
/* Its newest head for that member; now and then one that lies. */
void lies_announce(struct world *w, struct node *n, link_id link, uint32_t ident);
void lies_entries(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked);
void lies_payloads(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked);
void lies_consistency(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked);
/* Something that nobody asked for, after its mode. */
void lies_unasked(struct world *w, struct node *n, link_id link, uint32_t ident);
/* A head of somebody else. */
void lies_relay(struct world *w, struct node *n, link_id link, struct bytes note);
void lies_send(struct world *w, struct node *n, link_id link, uint64_t id, Normlink__Frame *frame);
