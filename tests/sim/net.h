/* net: connections between nodes.
 *
 * A connection carries two streams of bytes, each whole and in order until it breaks: loss is the end of a connection,
 * as with TCP.  What varies: when bytes arrive and in what pieces, which end learns first that it is up or gone and
 * whether it ever learns, and how connections overtake one another.
 *
 * An end belongs to a node's body and to one life of it.  Its link number is made of the connection's and never used
 * again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"

enum {
	NET_NODES = 16,
	NET_UNSENT_MAX = 64 * 1024,  /* SERVE_BYTES_MAX, brought down to the size of these worlds */
	NET_ANSWER_MAX = 128 * 1024, /* a bundle of the small records here */
};

struct world;
struct node;

enum end_state { END_WAITING, END_UP, END_OVER };

struct end {
	uint32_t node, life;
	uint32_t peer; /* the core's index of the other side */
	enum end_state state;
	bool dialed;
	bool closing;    /* said goodbye: the other end is told behind the last byte */
	bool deaf;       /* does not read (a hostile body) */
	bool delivering; /* what it sent is on its way */
	struct buf out;  /* sent, not yet arrived at the other end */
	struct buf in;   /* arrived, not yet a whole frame */
};

struct conn {
	uint32_t number;
	bool broken; /* nothing more is taken from either end */
	bool silent; /* bytes vanish, and nobody is told */
	uint64_t latency_ms;
	struct end end[2]; /* who dialed, who accepted */
};

struct net {
	struct conn **conns; /* by number; NULL: both ends are over */
	size_t count, cap;
	struct {
		uint32_t *v;
		size_t count, cap;
	} over;                    /* to be freed after this happening */
	uint32_t group[NET_NODES]; /* nodes of different groups cannot reach one another */
	bool divided;
};

/* n wants a connection to that member, its core's peer: ends in EV_LINK_UP or EV_DIAL_FAILED. */
void net_dial(struct world *w, struct node *n, uint32_t peer, uint32_t ident);

/* Put bytes on a link (an effect's frame, or whatever a hostile body says).  Dropped when the link is over. */
void net_send(struct world *w, struct node *n, link_id link, struct bytes bytes);

/* End the link behind what was sent; n is told nothing more. */
void net_close(struct world *w, struct node *n, link_id link);

/* That end of a live connection, for its node's present life; NULL when it is over.  *conn may be NULL. */
struct end *net_end(struct world *w, const struct node *n, link_id link, struct conn **conn);

/* Faults: break one connection, or all of a body that died. */
void net_cut(struct world *w, struct conn *conn);
void net_crash(struct world *w, struct node *n);

/* The quiet phase: partitions end.  Whoever was left half open is not helped: that is the core's to find out. */
void net_heal(struct world *w);

/* Between two happenings: free what is over. */
void net_sweep(struct world *w);
void net_free(struct net *net);
