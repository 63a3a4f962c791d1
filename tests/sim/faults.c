/* faults: what goes wrong in a world, when, and when it is over. */
#include "node/base/must.h"
#include "tests/sim/carry.h"
#include "tests/sim/hostile.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/questions.h"
#include "tests/sim/rollback.h"
#include "tests/sim/visit.h"
#include "tests/sim/world.h"

static struct node *some_node(struct world *w)
{
	return &w->nodes[rng_below(&w->rng, w->node_count)];
}

static bool has_core(const struct world *w, const struct node *n)
{
	return w->idents[n->ident].hostility != HOSTILE_HAND;
}

/* Is it there in the quiet phase? */
static bool stays(const struct world *w, const struct node *n)
{
	return n->exists && (w->idents[n->ident].hostility == HOSTILE_NOT || w->dose.hostile_stays);
}

/* ---- one body ---- */

static void restart(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	if (!n->up && (!w->quiet || stays(w, n)))
		node_start(w, n);
}

static void crash(struct world *w, struct node *n)
{
	if (!n->exists || !n->up)
		return;
	node_crash(w, n);
	world_plan(w, rng_permille(&w->rng, 500) ? rng_below(&w->rng, 50) : rng_below(&w->rng, 15000), restart, n->index,
	           0);
}

static void crash_now(struct world *w, const struct happening *h)
{
	if (!w->quiet)
		crash(w, &w->nodes[h->node]);
}

void faults_while_writing(struct world *w, const struct node *n)
{
	if (!w->quiet && rng_permille(&w->rng, w->dose.crash_writing))
		world_plan(w, rng_below(&w->rng, 20), crash_now, n->index, 0);
}

static void disk_empties(struct world *w, const struct happening *h)
{
	w->nodes[h->arg].disk.full = false;
}

static void disk_fills(struct world *w)
{
	struct node *n = some_node(w);
	if (!n->exists || n->disk.full)
		return;
	trace_say(w, "%s: the disk is full", w->idents[n->ident].name);
	n->disk.full = true;
	w->figures.full_disks++;
	world_plan(w, rng_between(&w->rng, 100, 15000), disk_empties, WORLD_NOBODY, n->index);
}

static void clock_jumps(struct world *w)
{
	struct node *n = some_node(w);
	int64_t jump = (int64_t)rng_below(&w->rng, 1000 * (rng_permille(&w->rng, 500) ? 10 : 864000));
	n->wall_skew_ms += rng_permille(&w->rng, 500) ? jump : -jump;
	w->figures.wall_jumps++;
}

/* ---- the network ---- */

static void cut(struct world *w)
{
	if (w->net.count == 0)
		return;
	for (unsigned tries = 0; tries < 16; tries++) {
		size_t back = (size_t)rng_below(&w->rng, w->net.count < 32 ? w->net.count : 32);
		struct conn *c = w->net.conns[w->net.count - 1 - back];
		if (c == NULL || c->broken)
			continue;
		net_cut(w, c);
		return;
	}
}

static void heal(struct world *w, const struct happening *h)
{
	(void)h;
	if (w->quiet)
		return;
	w->net.divided = false;
	trace_say(w, "the partition ends");
}

static void divide(struct world *w)
{
	if (w->net.divided)
		return;
	w->net.divided = true;
	w->figures.partitions++;
	trace_say(w, "a partition");
	for (size_t i = 0; i < NET_NODES; i++)
		w->net.group[i] = (uint32_t)rng_below(&w->rng, 2);
	world_plan(w, rng_between(&w->rng, 500, 60000), heal, WORLD_NOBODY, 0);
}

/* ---- members that fork with a real core ---- */

static void second_body(struct world *w, struct node *n)
{
	struct ident *id = &w->idents[n->ident];
	struct node *twin = &w->nodes[w->node_count - 1];
	must(twin->ident == n->ident && twin != n);
	if (twin->exists)
		return;
	trace_say(w, "%s: a second body with the same keys", id->name);
	disk_copy(&twin->disk, &n->disk);
	uint64_t size = n->disk.logs[n->ident].size;
	twin->own = truth_branch(&id->truth, w->hasher, n->own, size);
	twin->disk.logs[n->ident].branch = twin->own;
	twin->exists = true;
	node_start(w, twin);
}

static void roll_back(struct world *w, struct node *n)
{
	struct ident *id = &w->idents[n->ident];
	if (!n->snapshot.logs[n->ident].exists) {
		disk_copy(&n->snapshot, &n->disk);
		return;
	}
	if (id->truth.count == TRUTH_BRANCHES || rng_permille(&w->rng, 700))
		return;
	if (n->up)
		node_crash(w, n);
	trace_say(w, "%s: its disk is put back", id->name);
	disk_copy(&n->disk, &n->snapshot);
	n->own = truth_branch(&id->truth, w->hasher, n->own, n->disk.logs[n->ident].size);
	n->disk.logs[n->ident].branch = n->own;
	node_start(w, n);
}

static void fork_members(struct world *w)
{
	for (uint32_t i = 0; i < w->ident_count; i++) {
		if (w->idents[i].hostility == HOSTILE_CLONE && rng_permille(&w->rng, 150))
			second_body(w, &w->nodes[i]);
		if (w->idents[i].hostility == HOSTILE_ROLLBACK && rng_permille(&w->rng, 400))
			roll_back(w, &w->nodes[i]);
	}
}

/* ---- operators ---- */

static void rotate(struct world *w)
{
	struct node *n = some_node(w);
	if (n->up && n->checked && has_core(w, n))
		keys_rotate(w, n);
}

/* Somebody looks at a fork, and decides; later perhaps otherwise. */
static void decide(struct world *w)
{
	for (size_t i = 0; i < w->node_count && !w->failed; i++) {
		struct node *n = &w->nodes[i];
		for (uint32_t ident = 0; n->up && n->checked && ident < w->ident_count && !w->failed; ident++)
			if (n->disk.logs[ident].evidence.len > 0 && rng_permille(&w->rng, w->dose.verdict))
				node_decide(w, n, ident, rng_permille(&w->rng, 150));
	}
}

/* ---- in time ---- */

static void fault(struct world *w, const struct happening *h)
{
	(void)h;
	if (w->quiet)
		return;
	if (rng_permille(&w->rng, w->dose.crash))
		crash(w, some_node(w));
	if (rng_permille(&w->rng, w->dose.cut))
		cut(w);
	if (rng_permille(&w->rng, w->dose.partition))
		divide(w);
	if (rng_permille(&w->rng, w->dose.full))
		disk_fills(w);
	if (rng_permille(&w->rng, w->dose.jump))
		clock_jumps(w);
	if (rng_permille(&w->rng, 300))
		carry_begin(w);
	if (rng_permille(&w->rng, w->dose.put_back))
		rollback_fault(w);
	if (rng_permille(&w->rng, w->dose.rotate))
		rotate(w);
	fork_members(w);
	decide(w);
	world_plan(w, rng_between(&w->rng, 1, 2 * w->dose.fault_every_ms), fault, WORLD_NOBODY, 0);
}

static void submit(struct world *w, const struct happening *h)
{
	(void)h;
	if (w->quiet || w->submits_left == 0)
		return;
	struct node *n = some_node(w);
	if (n->up && has_core(w, n)) {
		bool big = rng_permille(&w->rng, w->dose.big_batch);
		bool one = rng_permille(&w->rng, 300); /* a statement, perhaps */
		node_submit(w, n, one ? 1 : (size_t)rng_between(&w->rng, 1, big ? WORLD_BATCH : w->dose.batch_max));
		w->submits_left--;
	}
	world_plan(w, rng_below(&w->rng, 2 * w->dose.submit_every_ms), submit, WORLD_NOBODY, 0);
}

void faults_start(struct world *w)
{
	world_plan(w, rng_below(&w->rng, w->dose.fault_every_ms), fault, WORLD_NOBODY, 0);
	world_plan(w, rng_below(&w->rng, w->dose.submit_every_ms), submit, WORLD_NOBODY, 0);
	visits_start(w);
	questions_start(w);
}

void faults_end(struct world *w)
{
	trace_say(w, "---- from now on nothing goes wrong ----");
	w->quiet = true;
	net_heal(w);
	for (size_t i = 0; i < w->node_count && !w->failed; i++) {
		struct node *n = &w->nodes[i];
		n->disk.full = false;
		if (n->up && !stays(w, n))
			node_crash(w, n);
		else if (!n->up && stays(w, n))
			node_start(w, n);
	}
}
