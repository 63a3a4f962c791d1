/* work: what the toy nodes have still to do, in the order in which it came up. */
#pragma once

#include "tests/core/store.h"

enum { QUEUE_MAX = 4096 };

struct work {
	size_t node;
	enum { WORK_FRAME, WORK_STORE, WORK_READ, WORK_RELOAD, WORK_DOWN, WORK_SEARCH } kind;
	link_id link;
	struct buf frame;
	struct store_write *write;
	struct store_read read;
	struct search_wish wish;
	char origin[NAME_MAX_BYTES + 1];
};

static struct work queue[QUEUE_MAX];
static size_t queue_head, queue_tail;
static uint64_t now_ms;
static uint64_t wall_base_ms = 1700000000000;
static link_id next_link;
static void (*search_cb)(size_t node, const struct search_wish *wish, struct event *out); /* NULL: nothing is found */
static int (*tamper)(size_t to, struct buf *frame); /* may change or drop (non-zero) a frame */

static struct work *push(size_t node, int kind)
{
	struct work *w = &queue[queue_tail++ % QUEUE_MAX];
	assert_true(queue_tail - queue_head < QUEUE_MAX);
	*w = (struct work){ .node = node };
	w->kind = kind;
	return w;
}
