#include "tests/sim/hostile.h"

#include <stdlib.h>

#include "crypto/note.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "tests/sim/node.h"
#include "tests/sim/questions.h"
#include "tests/sim/records.h"
#include "tests/sim/world.h"

static void grow(struct world *w, struct ident *id, struct branch *b, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct buf payload = { 0 }, envelope = { 0 };
		records_write(w->next_nonce++, &payload);
		envelope_write(w->hasher, buf_bytes(&payload), w->wall_ms, NULL, &envelope);
		struct entry e = { .envelope = buf_bytes(&envelope), .payload = buf_bytes(&payload), .state = PAYLOAD_PRESENT };
		branch_append(&id->truth, w->hasher, b, &e);
		buf_free(&payload);
		buf_free(&envelope);
	}
}

static uint64_t some(struct world *w)
{
	return rng_permille(&w->rng, 700) ? rng_below(&w->rng, 12) : rng_below(&w->rng, 300);
}

struct hostile *hostile_new(struct world *w, uint32_t ident)
{
	struct ident *id = &w->idents[ident];
	struct hostile *h = calloc(1, sizeof *h);
	must(h != NULL);
	h->branches[0] = id->truth.branches[0];
	grow(w, id, h->branches[0], some(w));
	uint64_t common = h->branches[0]->size;
	h->branches[1] = h->branches[0];
	h->shown[0] = h->shown[1] = common;
	if (id->modes & MODE_FORK) {
		h->branches[1] = truth_branch(&id->truth, w->hasher, h->branches[0], common);
		grow(w, id, h->branches[1], 1 + some(w));
	}
	grow(w, id, h->branches[0], 1 + some(w));
	return h;
}

void hostile_free(struct hostile *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < DISK_LOGS; i++)
		for (size_t k = 0; k < HOSTILE_HEADS; k++)
			buf_free(&h->heads[i][k]);
	free(h);
}

/* ---- now and then ---- */

static bool has_link(const struct hostile *h, uint32_t ident)
{
	for (size_t i = 0; i < HOSTILE_LINKS; i++)
		if (h->links[i].link != 0 && h->links[i].ident == ident)
			return true;
	return false;
}

static void drop_dead_links(struct world *w, const struct node *n, struct hostile *h)
{
	for (size_t i = 0; i < HOSTILE_LINKS; i++)
		if (h->links[i].link != 0 && net_end(w, n, h->links[i].link, NULL) == NULL)
			h->links[i].link = 0;
}

static void dial_somebody(struct world *w, struct node *n, const struct hostile *h)
{
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count);
	if (ident != n->ident && w->idents[n->ident].address[ident] && !has_link(h, ident))
		net_dial(w, n, ident, ident);
}

static void show_more(struct world *w, struct hostile *h, struct ident *id)
{
	int b = (int)rng_below(&w->rng, 2);
	uint64_t left = h->branches[b]->size - h->shown[b];
	/* Found out, it goes on with both histories. */
	if (left == 0 && (id->modes & MODE_FORK) && !w->quiet && rng_permille(&w->rng, 200))
		grow(w, id, h->branches[b], 1 + rng_below(&w->rng, 4));
	if (left > 0 && rng_permille(&w->rng, 400))
		h->shown[b] += rng_between(&w->rng, 1, left);
}

static void act(struct world *w, const struct happening *happening)
{
	struct node *n = &w->nodes[happening->node];
	struct hostile *h = w->hostile[n->ident];
	drop_dead_links(w, n, h);
	dial_somebody(w, n, h);
	show_more(w, h, &w->idents[n->ident]);
	for (size_t i = 0; i < HOSTILE_LINKS; i++) {
		if (h->links[i].link == 0 || rng_permille(&w->rng, 600))
			continue;
		if (rng_permille(&w->rng, 400))
			lies_announce(w, n, h->links[i].link, h->links[i].ident);
		else
			lies_unasked(w, n, h->links[i].link, h->links[i].ident);
	}
	world_plan(w, rng_between(&w->rng, 200, w->quiet ? 10000 : 1500), act, n->index, 0);
}

void hostile_start(struct world *w, struct node *n)
{
	struct hostile *h = w->hostile[n->ident];
	memset(h->links, 0, sizeof h->links);
	world_plan(w, rng_below(&w->rng, 500), act, n->index, 0);
}

void hostile_link_up(struct world *w, struct node *n, link_id link, uint32_t ident)
{
	struct hostile *h = w->hostile[n->ident];
	drop_dead_links(w, n, h);
	size_t i = 0;
	while (i < HOSTILE_LINKS && h->links[i].link != 0)
		i++;
	if (i == HOSTILE_LINKS) {
		net_close(w, n, link);
		return;
	}
	h->links[i].link = link;
	h->links[i].ident = ident;
	if ((w->idents[n->ident].modes & MODE_DEAF) && rng_permille(&w->rng, 500))
		net_end(w, n, link, NULL)->deaf = true;
	if (!rng_permille(&w->rng, 50))
		lies_hello(w, n, link);
	lies_announce(w, n, link, ident);
}

/* ---- what it is told ---- */

static uint32_t ident_of_link(const struct hostile *h, link_id link)
{
	for (size_t i = 0; i < HOSTILE_LINKS; i++)
		if (h->links[i].link == link)
			return h->links[i].ident;
	return 0;
}

static void collect(struct world *w, struct hostile *h, struct bytes raw)
{
	struct note note;
	struct checkpoint cp;
	char origin[NAME_MAX_BYTES + 1] = { 0 };
	if (note_parse(raw, &note, NULL) != OK || checkpoint_parse(note.text, &cp, NULL) != OK)
		return;
	memcpy(origin, cp.origin.data, cp.origin.len < NAME_MAX_BYTES ? cp.origin.len : NAME_MAX_BYTES);
	uint32_t ident = world_ident(w, origin);
	if (ident == UINT32_MAX)
		return;
	struct buf *slot = &h->heads[ident][rng_below(&w->rng, HOSTILE_HEADS)];
	buf_reset(slot);
	buf_add_bytes(slot, raw);
}

static void relay(struct world *w, struct node *n, const struct hostile *h, link_id from, struct bytes note)
{
	for (size_t i = 0; i < HOSTILE_LINKS; i++)
		if (h->links[i].link != 0 && h->links[i].link != from && net_end(w, n, h->links[i].link, NULL) != NULL)
			lies_relay(w, n, h->links[i].link, note);
}

static void answer(struct world *w, struct node *n, link_id link, uint64_t id, Normlink__Frame__BodyCase body)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Ack ack = NORMLINK__ACK__INIT;
	Normlink__Pong pong = NORMLINK__PONG__INIT;
	f.body_case = body;
	if (body == NORMLINK__FRAME__BODY_ACK)
		f.ack = &ack;
	else
		f.pong = &pong;
	lies_send(w, n, link, id, &f);
}

void hostile_frame(struct world *w, struct node *n, link_id link, struct bytes raw)
{
	struct hostile *h = w->hostile[n->ident];
	struct arena arena = { 0 };
	Normlink__Frame *m = NULL;
	uint64_t modes = w->idents[n->ident].modes;
	uint32_t ident = ident_of_link(h, link);
	bool mute = (modes & MODE_SILENT) && rng_permille(&w->rng, 800);
	int rc = frame_decode(raw, &arena, &m, NULL);
	if (rc != OK) {
		/* Another hostile member: honest cores speak well (check_send). */
	} else if (m->body_case == NORMLINK__FRAME__BODY_ANNOUNCE) {
		collect(w, h, message_bytes(m->announce->checkpoint));
		if (modes & MODE_RELAY)
			relay(w, n, h, link, message_bytes(m->announce->checkpoint));
		if (!mute)
			answer(w, n, link, m->id, NORMLINK__FRAME__BODY_ACK);
	} else if (m->body_case == NORMLINK__FRAME__BODY_PING) {
		answer(w, n, link, m->id, NORMLINK__FRAME__BODY_PONG);
	} else if (m->body_case == NORMLINK__FRAME__BODY_ENTRIES_REQUEST && !mute) {
		lies_entries(w, n, link, ident, m);
	} else if (m->body_case == NORMLINK__FRAME__BODY_PAYLOADS_REQUEST && !mute) {
		lies_payloads(w, n, link, ident, m);
	} else if (m->body_case == NORMLINK__FRAME__BODY_QUERY_REQUEST && !mute) {
		questions_lie(w, n, link, ident, m);
	} else if (m->body_case == NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST && !mute) {
		lies_consistency(w, n, link, ident, m);
	}
	arena_free(&arena);
}
