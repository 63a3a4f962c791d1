/* toy: an interpreter of effects that carries frames at once and does writes in order.  One test program includes it.
 */
#pragma once

#include "tests/core/work.h"

static void step(size_t node, struct event *event);

static void do_store(struct work *w)
{
	struct event e = { .kind = EV_STORED };
	e.u.stored.op = w->write->op;
	e.u.stored.code = apply(&nodes[w->node], w->write);
	e.u.stored.text = e.u.stored.code == OK ? NULL : "no space left";
	store_write_free(w->write);
	step(w->node, &e);
}

static void do_read(struct work *w)
{
	struct toy_log *l = toy_log(&nodes[w->node], w->read.origin);
	struct read_answer a = { 0 };
	size_t bytes = 0;
	a.count = w->read.end - w->read.start;
	a.entries = arena_array(&a.arena, a.count + 1, sizeof *a.entries);
	for (size_t i = 0; i < a.count; i++) {
		a.entries[i] = l->entries[w->read.start + i];
		if (a.payloads == i && (i == 0 || bytes < w->read.payload_bytes)) {
			bytes += a.entries[i].payload.len;
			a.payloads++;
		}
	}
	uint64_t first = w->read.leaves_bundle * BUNDLE_ENTRIES;
	for (size_t i = 0; w->read.want_leaves && i < BUNDLE_ENTRIES && first + i < l->count; i++)
		a.leaves[a.leaf_count++] = l->leaves[first + i];
	struct event e = { .kind = EV_READ };
	e.u.read.op = w->read.op;
	e.u.read.answer = &a;
	step(w->node, &e);
	arena_free(&a.arena);
}

static void do_search(struct work *w)
{
	struct search_answer nothing = { 0 };
	struct event e = { .kind = EV_SEARCHED };
	e.u.searched.op = w->wish.op;
	e.u.searched.answer = &nothing;
	if (search_cb != NULL)
		search_cb(w->node, &w->wish, &e);
	step(w->node, &e);
	arena_free(&nothing.arena);
	buf_free(&w->wish.text);
}

static void do_reload(struct work *w)
{
	struct origin_state s;
	load_state(&nodes[w->node], w->origin, &s);
	struct event e = { .kind = EV_LOADED };
	e.u.loaded.origin = w->origin;
	e.u.loaded.state = &s;
	step(w->node, &e);
	origin_state_free(&s);
}

static void do_frame(struct work *w)
{
	struct bytes raw;
	size_t used;
	if (tamper != NULL && tamper(w->node, &w->frame) != 0) {
		buf_free(&w->frame);
		return;
	}
	assert_int_equal(frame_split(buf_bytes(&w->frame), &raw, &used, NULL), OK);
	struct event e = { .kind = EV_FRAME };
	e.u.frame.link = w->link;
	e.u.frame.raw = raw;
	step(w->node, &e);
	buf_free(&w->frame);
}

static void run(void)
{
	while (queue_head < queue_tail) {
		struct work w = queue[queue_head++ % QUEUE_MAX];
		struct event down = { .kind = EV_LINK_DOWN };
		switch (w.kind) {
		case WORK_FRAME:
			do_frame(&w);
			break;
		case WORK_STORE:
			do_store(&w);
			break;
		case WORK_READ:
			do_read(&w);
			break;
		case WORK_RELOAD:
			do_reload(&w);
			break;
		case WORK_SEARCH:
			do_search(&w);
			break;
		case WORK_DOWN:
			down.u.link.link = w.link;
			down.u.link.code = ERR_CLOSED;
			step(w.node, &down);
			break;
		}
	}
}

/* Which node is at the other end of a link (both ends have the same number here). */
static size_t other_end(size_t node, link_id link)
{
	for (size_t i = 0; i < NODES_MAX; i++)
		if (nodes[node].links[i] == link)
			return i;
	return SIZE_MAX;
}

__attribute__((unused)) static void cut(size_t a, size_t b, size_t told)
{
	link_id link = nodes[a].links[b];
	nodes[a].links[b] = nodes[b].links[a] = 0;
	push(told, WORK_DOWN)->link = link;
}

static void start_search(size_t node, struct effect *fx)
{
	if (nodes[node].searches_late)
		return;
	struct work *w = push(node, WORK_SEARCH);
	w->wish = fx->u.search;
	w->wish.text = buf_take(&fx->u.search.text);
}

static void keep_found(struct toy *t, struct effect *fx)
{
	t->queried++;
	t->queried_code = fx->u.queried.code;
	memcpy(t->queried_text, fx->u.queried.text, sizeof t->queried_text);
	federated_free(t->found);
	t->found = fx->u.queried.answer;
	fx->u.queried.answer = NULL;
}

static void keep_note(struct toy *t, const struct effect *fx)
{
	t->notes++;
	memcpy(t->last_note, fx->u.note.event, sizeof t->last_note);
	memcpy(t->last_text, fx->u.note.text, sizeof t->last_text);
}

static void carry_out(size_t node, struct effect *fx)
{
	struct toy *t = &nodes[node];
	size_t to;
	switch (fx->kind) {
	case FX_SEND:
		to = other_end(node, fx->u.send.link);
		if (to != SIZE_MAX) {
			struct work *w = push(to, WORK_FRAME);
			w->link = fx->u.send.link;
			w->frame = buf_take(&fx->u.send.frame);
		}
		break;
	case FX_CLOSE:
		t->closes++;
		t->refusals += fx->u.close.code == ERR_PROTOCOL || fx->u.close.code == ERR_UNTRUSTED;
		to = other_end(node, fx->u.close.link);
		if (to != SIZE_MAX)
			cut(node, to, to);
		break;
	case FX_STORE:
		push(node, WORK_STORE)->write = fx->u.store;
		fx->u.store = NULL;
		break;
	case FX_READ:
		push(node, WORK_READ)->read = fx->u.read;
		break;
	case FX_RELOAD:
		memcpy(push(node, WORK_RELOAD)->origin, fx->u.reload.origin, sizeof fx->u.reload.origin);
		break;
	case FX_REPLY:
		t->reply_code = fx->u.reply.code;
		t->reply_size = fx->u.reply.size;
		memcpy(t->reply_text, fx->u.reply.text, sizeof t->reply_text);
		break;
	case FX_ANSWER:
		t->answers++;
		t->outcome = fx->u.answer.outcome;
		t->answer_size = fx->u.answer.size;
		t->answer_next = fx->u.answer.next;
		keep(&t->answer_text, buf_bytes(&fx->u.answer.text));
		break;
	case FX_ASK:
		t->asks++;
		t->ask_op = fx->u.ask.op;
		keep(&t->ask_body, buf_bytes(&fx->u.ask.body));
		memcpy(t->ask_url, fx->u.ask.url, sizeof t->ask_url);
		break;
	case FX_HANDED:
		t->handed_code = fx->u.handed.code;
		t->handed++;
		break;
	case FX_SEARCH:
		start_search(node, fx);
		break;
	case FX_SEARCH_GONE:
		t->searches_gone++;
		break;
	case FX_QUERIED:
		keep_found(t, fx);
		break;
	case FX_NOTE:
		keep_note(t, fx);
		break;
	case FX_OPENED:
		t->opened++;
		break;
	case FX_DIAL:
		break;
	}
}

static void step(size_t node, struct event *event)
{
	struct effects fx = { 0 };
	event->mono_ms = now_ms;
	event->wall_ms = wall_base_ms + now_ms;
	event->random = now_ms * 7919;
	core_step(nodes[node].core, event, &fx);
	for (size_t i = 0; i < fx.count; i++)
		carry_out(node, &fx.v[i]);
	effects_free(&fx);
}
