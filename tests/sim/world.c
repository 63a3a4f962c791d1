#include "tests/sim/world.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "tests/sim/carry.h"
#include "tests/sim/check.h"
#include "tests/sim/check_end.h"
#include "tests/sim/hostile.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"

enum {
	QUIET_MAX_MS = 20 * 60 * 1000, /* in which everything must come to pass */
	LOOK_EVERY_MS = 1000,
	IDLE_MS = 60 * 1000, /* that a settled world is watched */
	UNSETTLED_MAX = 3,
	STEPS_MAX = 400 * 1000,
};

/* ---- the queue: a heap by time ---- */

static bool sooner(const struct happening *a, const struct happening *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->tie < b->tie;
}

static void swap(struct happening *a, struct happening *b)
{
	struct happening c = *a;
	*a = *b;
	*b = c;
}

void world_plan(struct world *w, uint64_t delay_ms, void (*run)(struct world *, const struct happening *),
                uint32_t node, uint64_t arg)
{
	if (w->queue_count == w->queue_cap) {
		w->queue_cap = w->queue_cap == 0 ? 256 : w->queue_cap * 2;
		w->queue = realloc(w->queue, w->queue_cap * sizeof *w->queue);
		must(w->queue != NULL);
	}
	size_t i = w->queue_count++;
	w->queue[i] = (struct happening){ .at_ms = w->now_ms + delay_ms,
		                              .tie = rng_next(&w->rng),
		                              .run = run,
		                              .node = node,
		                              .life = node == WORLD_NOBODY ? 0 : w->nodes[node].life,
		                              .arg = arg };
	for (; i > 0 && sooner(&w->queue[i], &w->queue[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&w->queue[i], &w->queue[(i - 1) / 2]);
}

static struct happening next(struct world *w)
{
	struct happening first = w->queue[0];
	w->queue[0] = w->queue[--w->queue_count];
	for (size_t i = 0;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < w->queue_count; child++)
			if (sooner(&w->queue[child], &w->queue[least]))
				least = child;
		if (least == i)
			return first;
		swap(&w->queue[i], &w->queue[least]);
		i = least;
	}
}

/* ---- a life ---- */

struct world *world_new(uint64_t seed, enum plant plant, bool trace)
{
	struct world *w = calloc(1, sizeof *w);
	must(w != NULL);
	w->seed = seed;
	w->rng.state = seed;
	w->plant = plant;
	w->trace = trace;
	w->trace_hash = UINT64_C(0xcbf29ce484222325);
	w->hasher = hasher_new();
	setup_world(w);
	return w;
}

void world_free(struct world *w)
{
	free(w->hidden);
	if (w == NULL)
		return;
	for (size_t i = 0; i < WORLD_NODES; i++)
		node_free(w, &w->nodes[i]);
	for (size_t i = 0; i < w->ident_count; i++) {
		hostile_free(w->hostile[i]);
		truth_close(&w->idents[i].truth);
		keys_close(&w->idents[i]);
		skey_free(w->idents[i].log_key);
		skey_free(w->idents[i].witness_key);
		skey_free(w->idents[i].mirror_key);
	}
	carry_free(w);
	net_free(&w->net);
	free(w->queue);
	hasher_free(w->hasher);
	free(w);
}

/* Is there a hostile body about, that may keep others busy? */
static bool peaceful(const struct world *w)
{
	for (size_t i = 0; i < w->node_count; i++)
		if (w->nodes[i].up && !node_honest(w, &w->nodes[i]))
			return false;
	return true;
}

/* What is settled stays settled (but for what a failed disk had put off), and goes quiet: a few last cosignatures, and
 * pings. */
static void watch(struct world *w)
{
	if (!check_settled(w, NULL)) {
		if (++w->unsettled > UNSETTLED_MAX)
			check_fail(w, "what is settled stays settled", "not so for the %uth time", w->unsettled);
		w->settled_ms = 0;
		return;
	}
	if (w->now_ms - w->settled_ms < IDLE_MS)
		return;
	uint64_t most = 100 + 25 * w->ident_count * w->ident_count;
	if (w->figures.frames - w->settled_frames > most)
		check_fail(w, "a settled world is quiet", "%llu frames in a minute",
		           (unsigned long long)(w->figures.frames - w->settled_frames));
	if (w->figures.steps - w->settled_steps > 2 * most)
		check_fail(w, "a settled world is quiet", "%llu steps in a minute",
		           (unsigned long long)(w->figures.steps - w->settled_steps));
	w->finished = true;
}

static void look(struct world *w, const struct happening *h)
{
	(void)h;
	if (w->settled_ms != 0) {
		watch(w);
	} else if (check_settled(w, NULL)) {
		trace_say(w, "---- settled ----");
		w->settled_ms = w->now_ms;
		w->settled_frames = w->figures.frames;
		w->settled_steps = w->figures.steps;
		w->figures.settled_ms = w->now_ms - w->quiet_ms;
		w->finished = !peaceful(w); /* or it may be disturbed again at any time */
	} else if (w->now_ms > w->quiet_ms + QUIET_MAX_MS) {
		w->finished = true;
	}
	if (!w->finished && !w->failed)
		world_plan(w, LOOK_EVERY_MS, look, WORLD_NOBODY, 0);
}

static void quiet(struct world *w, const struct happening *h)
{
	(void)h;
	faults_end(w);
	world_plan(w, LOOK_EVERY_MS, look, WORLD_NOBODY, 0);
}

void world_run(struct world *w)
{
	setup_start(w);
	faults_start(w);
	world_plan(w, w->quiet_ms, quiet, WORLD_NOBODY, 0);
	while (!w->failed && !w->finished) {
		struct happening h = next(w);
		w->now_ms = h.at_ms;
		if (h.node != WORLD_NOBODY && w->nodes[h.node].life != h.life)
			continue;
		trace_fold(w, h.at_ms);
		trace_fold(w, h.node);
		h.run(w, &h);
		net_sweep(w);
		if (w->figures.steps > STEPS_MAX)
			check_fail(w, "work is bounded", "%d steps", STEPS_MAX);
	}
	if (!w->failed)
		check_end(w);
}
