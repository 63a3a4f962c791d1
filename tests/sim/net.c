#include "tests/sim/net.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "proto/frame.h"
#include "tests/sim/check.h"
#include "tests/sim/hostile.h"
#include "tests/sim/node.h"
#include "tests/sim/plant.h"
#include "tests/sim/world.h"

/* ---- connections by number ---- */

static link_id link_of(const struct conn *c, int side)
{
	return (link_id)(c->number * 2 + (uint32_t)side + 1);
}

static struct conn *conn_at(struct world *w, uint64_t number)
{
	return number < w->net.count ? w->net.conns[number] : NULL;
}

static struct conn *conn_new(struct world *w)
{
	struct net *net = &w->net;
	if (net->count == net->cap) {
		net->cap = net->cap == 0 ? 64 : net->cap * 2;
		net->conns = realloc(net->conns, net->cap * sizeof *net->conns);
		must(net->conns != NULL);
	}
	struct conn *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->number = (uint32_t)net->count;
	c->latency_ms = rng_between(&w->rng, 0, w->dose.latency_ms);
	net->conns[net->count++] = c;
	return c;
}

static void conn_free(struct conn *c)
{
	for (int side = 0; side < 2; side++) {
		buf_free(&c->end[side].out);
		buf_free(&c->end[side].in);
	}
	free(c);
}

static void end_over(struct world *w, struct conn *c, int side)
{
	struct end *e = &c->end[side];
	struct node *n = &w->nodes[e->node];
	if (e->state == END_UP && n->life == e->life)
		n->links_up--;
	e->state = END_OVER;
	if (c->end[1 - side].state != END_OVER)
		return;
	struct net *net = &w->net;
	if (net->over.count == net->over.cap) {
		net->over.cap = net->over.cap == 0 ? 16 : net->over.cap * 2;
		net->over.v = realloc(net->over.v, net->over.cap * sizeof *net->over.v);
		must(net->over.v != NULL);
	}
	net->over.v[net->over.count++] = c->number;
}

void net_sweep(struct world *w)
{
	struct net *net = &w->net;
	for (size_t i = 0; i < net->over.count; i++) {
		struct conn **c = &net->conns[net->over.v[i]];
		if (*c != NULL)
			conn_free(*c);
		*c = NULL;
	}
	net->over.count = 0;
}

void net_free(struct net *net)
{
	for (size_t i = 0; i < net->count; i++)
		if (net->conns[i] != NULL)
			conn_free(net->conns[i]);
	free(net->conns);
	free(net->over.v);
	*net = (struct net){ 0 };
}

struct end *net_end(struct world *w, const struct node *n, link_id link, struct conn **conn)
{
	struct conn *c = link > 0 ? conn_at(w, (link - 1) / 2) : NULL;
	if (conn != NULL)
		*conn = c;
	if (c == NULL)
		return NULL;
	struct end *e = &c->end[(link - 1) % 2];
	return e->node == n->index && e->life == n->life && e->state != END_OVER ? e : NULL;
}

/* ---- going down ---- */

/* The end learns that its connection is over. */
static void down(struct world *w, const struct happening *h)
{
	struct conn *c = conn_at(w, h->arg / 2);
	int side = (int)(h->arg % 2);
	if (c == NULL || c->end[side].state == END_OVER)
		return;
	struct end *e = &c->end[side];
	enum end_state was = e->state;
	struct node *n = &w->nodes[e->node];
	end_over(w, c, side);
	if (was == END_UP)
		node_link_down(w, n, link_of(c, side), e->peer, e->dialed);
	else if (e->dialed)
		node_dial_failed(w, n, e->peer);
}

static void plan_down(struct world *w, struct conn *c, int side, uint64_t delay_ms)
{
	struct end *e = &c->end[side];
	if (e->state != END_OVER && w->nodes[e->node].life == e->life)
		world_plan(w, delay_ms, down, e->node, (uint64_t)c->number * 2 + (uint64_t)side);
}

/* ---- bytes ---- */

static void plan_delivery(struct world *w, struct conn *c, int side, uint64_t delay_ms);

/* Hand over every whole frame that has arrived. */
static void split(struct world *w, struct conn *c, int side)
{
	struct end *e = &c->end[side];
	struct node *n = &w->nodes[e->node];
	struct buf in = buf_take(&e->in); /* a step may close the link */
	size_t at = 0, used = 0;
	int rc = OK;
	while (e->state == END_UP && !w->failed) {
		struct bytes frame;
		rc = frame_split(bytes_of(in.data + at, in.len - at), &frame, &used, NULL);
		if (rc != OK)
			break;
		at += used;
		w->figures.frames++;
		node_frame(w, n, link_of(c, side), frame);
	}
	if (rc == ERR_PROTOCOL && e->state == END_UP) {
		/* As the shell does: end the link, tell the core. */
		c->end[side].closing = true;
		plan_down(w, c, side, 0);
		plan_down(w, c, 1 - side, c->latency_ms);
		c->broken = true;
	}
	buf_drop(&in, at);
	e->in = buf_take(&in);
}

static bool unreachable(const struct world *w, uint32_t a, uint32_t b)
{
	return w->net.divided && w->net.group[a] != w->net.group[b];
}

/* The receiver has too much on its hands: its shell stops reading. */
static bool overloaded(struct world *w, const struct end *to)
{
	bool over = to->out.len > NET_UNSENT_MAX || w->nodes[to->node].disk.bytes > STORE_QUEUE_BYTES_MAX;
	w->figures.stalls += over;
	return over;
}

static size_t piece(struct world *w, size_t len)
{
	uint64_t dice = rng_below(&w->rng, 10);
	if (dice < 7)
		return len;
	return (size_t)rng_between(&w->rng, 1, dice < 9 ? len : (len < 16 ? len : 16));
}

/* Some of what one end sent arrives at the other. */
static void deliver(struct world *w, const struct happening *h)
{
	struct conn *c = conn_at(w, h->arg / 2);
	if (c == NULL)
		return;
	int side = (int)(h->arg % 2); /* the receiver's */
	struct end *from = &c->end[1 - side], *to = &c->end[side];
	from->delivering = false;
	if (to->state != END_UP || to->deaf || c->silent)
		return;
	if (unreachable(w, from->node, to->node) || overloaded(w, to)) {
		plan_delivery(w, c, side, rng_between(&w->rng, 200, 800));
		return;
	}
	if (from->out.len > 0) {
		size_t n = piece(w, from->out.len);
		buf_add(&to->in, from->out.data, n);
		buf_drop(&from->out, n);
		split(w, c, side);
	}
	if (to->state != END_UP)
		return;
	if (from->out.len > 0)
		plan_delivery(w, c, side, rng_between(&w->rng, 0, 5));
	else if (from->closing)
		plan_down(w, c, side, 0);
}

static void plan_delivery(struct world *w, struct conn *c, int side, uint64_t delay_ms)
{
	struct end *from = &c->end[1 - side], *to = &c->end[side];
	if (from->delivering || to->state == END_OVER || w->nodes[to->node].life != to->life)
		return;
	from->delivering = true;
	world_plan(w, delay_ms, deliver, to->node, (uint64_t)c->number * 2 + (uint64_t)side);
}

void net_send(struct world *w, struct node *n, link_id link, struct bytes bytes)
{
	struct conn *c;
	struct end *e = net_end(w, n, link, &c);
	if (e == NULL || e->closing || c->broken || c->silent || c->end[1 - (e - c->end)].state == END_OVER)
		return;
	buf_add_bytes(&e->out, bytes);
	if (n->checked && e->out.len > NET_UNSENT_MAX + (size_t)REQUESTS_IN_FLIGHT_MAX * NET_ANSWER_MAX)
		check_fail(w, "what is under way is bounded", "%zu bytes wait for a peer that does not read", e->out.len);
	plan_delivery(w, c, 1 - (int)(e - c->end), c->latency_ms + rng_below(&w->rng, 1 + c->latency_ms / 2));
}

void net_close(struct world *w, struct node *n, link_id link)
{
	struct conn *c;
	struct end *e = net_end(w, n, link, &c);
	if (e == NULL)
		return;
	int side = (int)(e - c->end);
	e->closing = true;
	buf_reset(&c->end[1 - side].out);
	end_over(w, c, side);
	if (!c->silent && !c->broken)
		plan_delivery(w, c, 1 - side, c->latency_ms);
	if (c->silent || c->broken)
		plan_down(w, c, 1 - side, c->latency_ms + rng_between(&w->rng, 0, 60000));
}

/* ---- coming up ---- */

static void up(struct world *w, const struct happening *h)
{
	struct conn *c = conn_at(w, h->arg / 2);
	int side = (int)(h->arg % 2);
	if (c == NULL || c->end[side].state != END_WAITING)
		return;
	struct end *e = &c->end[side];
	struct node *n = &w->nodes[e->node];
	if (c->broken) {
		plan_down(w, c, side, 0);
		return;
	}
	e->state = END_UP;
	n->links_up++;
	w->figures.links++;
	node_link_up(w, n, link_of(c, side), e->peer, e->dialed);
	if (c->end[1 - side].out.len > 0 || c->end[1 - side].closing)
		plan_delivery(w, c, side, 0);
}

static void dial_fails(struct world *w, const struct happening *h)
{
	w->figures.dials_failed++;
	node_dial_failed(w, &w->nodes[h->node], (uint32_t)h->arg);
}

static void end_init(struct world *w, struct conn *c, int side, const struct node *n, uint32_t peer)
{
	c->end[side] = (struct end){ .node = n->index, .life = n->life, .peer = peer, .dialed = side == 0 };
	world_plan(w, rng_between(&w->rng, 0, 2 * c->latency_ms + 1), up, n->index,
	           (uint64_t)c->number * 2 + (uint64_t)side);
}

static void connect(struct world *w, const struct happening *h)
{
	uint32_t peer = (uint32_t)h->arg, ident = (uint32_t)(h->arg >> 32);
	struct node *a = &w->nodes[h->node];
	struct node *b = node_route(w, a, ident);
	uint32_t back;
	if (b == NULL || unreachable(w, a->index, b->index) || !node_peer(w, b, a->ident, &back)) {
		world_plan(w, rng_between(&w->rng, 0, w->quiet ? 500 : DIAL_TIMEOUT_MS), dial_fails, a->index, peer);
		return;
	}
	struct conn *c = conn_new(w);
	end_init(w, c, 0, a, peer);
	end_init(w, c, 1, b, back);
	if (!w->quiet && rng_permille(&w->rng, w->dose.half_open)) {
		/* It breaks while one end believes in it. */
		w->figures.half_open++;
		c->silent = true;
		int side = (int)rng_below(&w->rng, 2);
		plan_down(w, c, side, 0);
	}
}

void net_dial(struct world *w, struct node *n, uint32_t peer, uint32_t ident)
{
	world_plan(w, rng_between(&w->rng, 0, w->dose.latency_ms), connect, n->index, (uint64_t)ident << 32 | peer);
}

/* ---- faults ---- */

void net_cut(struct world *w, struct conn *c)
{
	if (c->broken)
		return;
	c->broken = true;
	w->figures.cuts++;
	for (int side = 0; side < 2; side++) {
		struct end *e = &c->end[side];
		if (rng_permille(&w->rng, 500))
			e->out.len = e->out.len > 0 ? (size_t)rng_below(&w->rng, e->out.len) : 0;
		if (rng_permille(&w->rng, w->dose.half_open)) {
			w->figures.half_open++;
			continue; /* never told */
		}
		plan_down(w, c, side, rng_between(&w->rng, 0, 1500));
	}
}

void net_crash(struct world *w, struct node *n)
{
	for (size_t i = 0; i < w->net.count; i++) {
		struct conn *c = w->net.conns[i];
		for (int side = 0; c != NULL && side < 2; side++) {
			struct end *e = &c->end[side];
			if (e->node != n->index || e->life != n->life || e->state == END_OVER)
				continue;
			end_over(w, c, side);
			c->broken = true;
			e->out.len = e->out.len > 0 ? (size_t)rng_below(&w->rng, e->out.len) : 0;
			/* A process that died is noticed at once; a machine that lost its power, by silence. */
			if (rng_permille(&w->rng, 800))
				plan_down(w, c, 1 - side, rng_between(&w->rng, 0, 800));
			else
				w->figures.half_open++;
		}
	}
}

void net_heal(struct world *w)
{
	w->net.divided = plant_divided(w);
}
