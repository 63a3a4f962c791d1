/* sim: seeded worlds of the real core and the real codec.
 *
 *     sim --worlds N [--first SEED]     run N worlds, then see that planted faults are found
 *     sim --seed SEED [--trace]         replay one
 *     sim --break N [--seed SEED]       plant fault N in one world
 *
 * Ends with "N passed, M failed".
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "tests/sim/plant.h"
#include "tests/sim/world.h"

enum {
	PROGRESS_EVERY = 250,
	TWICE_EVERY = 40,
	PLANT_SEEDS = 60,
	REPORTED_MAX = 400,
	FIGURES_FROM = 500,
	INVARIANTS_MAX = 32
};

static sigjmp_buf aborted;
static volatile uint64_t running_seed;

static void on_abort(int signal)
{
	(void)signal;
	siglongjmp(aborted, 1);
}

/* A sanitizer found something: say where.  The weak name is only there when one is linked in. */
void __asan_on_error(void);
void __asan_on_error(void)
{
	(void)fprintf(stderr, "in the world of seed %" PRIu64 "\n", running_seed);
}

struct result {
	bool failed, planted;
	char invariant[64], text[WORLD_TEXT];
	uint64_t step, hash;
	struct figures figures;
};

/* One world from beginning to end.  must() in the core aborts; that is a failed world, and its memory is lost. */
static void run(uint64_t seed, enum plant plant, bool trace, struct result *r)
{
	running_seed = seed;
	memset(r, 0, sizeof *r);
	if (sigsetjmp(aborted, 1) != 0) {
		r->failed = true;
		(void)snprintf(r->invariant, sizeof r->invariant, "no must() breaks");
		return;
	}
	struct world *w = world_new(seed, plant, trace);
	world_run(w);
	r->failed = w->failed;
	r->planted = w->planted;
	memcpy(r->invariant, w->invariant, sizeof r->invariant);
	memcpy(r->text, w->text, sizeof r->text);
	r->step = w->figures.steps;
	r->hash = w->trace_hash;
	r->figures = w->figures;
	world_free(w);
}

/* ---- figures ---- */

#define FIGURE(name, what)                                                                                             \
	{                                                                                                                  \
		offsetof(struct figures, name) / sizeof(uint64_t), what                                                        \
	}

static const struct {
	size_t index;
	const char *what;
} figure_names[] = {
	FIGURE(steps, "steps"),
	FIGURE(links, "link ends up"),
	FIGURE(frames, "frames delivered"),
	FIGURE(submitted, "submissions"),
	FIGURE(replied, "replies"),
	FIGURE(own_entries, "entries appended"),
	FIGURE(entries, "entries replicated"),
	FIGURE(bundles, "bundles served"),
	FIGURE(over_256, "logs of more than 256 entries"),
	FIGURE(over_512, "logs of more than 512"),
	FIGURE(relayed, "logs had over two links or more"),
	FIGURE(statements, "statements about logs"),
	FIGURE(redacted, "payloads redacted"),
	FIGURE(shared, "payloads sent that are not public"),
	FIGURE(withheld, "payloads withheld"),
	FIGURE(backfilled, "payloads that came later"),
	FIGURE(handed, "parts of bundle files handed over"),
	FIGURE(handed_refused, "of them refused"),
	FIGURE(spoiled, "of them spoilt on the way"),
	FIGURE(cosigned, "cosignatures by witnesses"),
	FIGURE(mirrored, "cosignatures by mirrors"),
	FIGURE(quorums, "heads with their quorum"),
	FIGURE(late_quorums, "of them older ones"),
	FIGURE(visits, "checkpoints brought to witnesses"),
	FIGURE(visits_cosigned, "of them cosigned"),
	FIGURE(visits_refused, "of them refused"),
	FIGURE(rotations, "keys changed"),
	FIGURE(thefts, "heads by a thief with an old key"),
	FIGURE(questions, "questions answered"),
	FIGURE(partial, "of them in part"),
	FIGURE(shown, "hits shown that came from others"),
	FIGURE(lies_met, "hits that were lies"),
	FIGURE(questions_served, "questions answered to peers"),
	FIGURE(crashes, "crashes"),
	FIGURE(torn, "torn or lost writes"),
	FIGURE(kept, "unanswered writes kept over a crash"),
	FIGURE(failed_writes, "failed writes"),
	FIGURE(failed_but_kept, "failed but kept"),
	FIGURE(full_disks, "full disks"),
	FIGURE(reads_failed, "failed reads"),
	FIGURE(reloads, "reloads"),
	FIGURE(cuts, "cuts"),
	FIGURE(half_open, "half-open links"),
	FIGURE(partitions, "partitions"),
	FIGURE(dials_failed, "failed dials"),
	FIGURE(wall_jumps, "clock jumps"),
	FIGURE(garbage, "lies told"),
	FIGURE(relays, "heads passed on by liars"),
	FIGURE(floods, "floods"),
	FIGURE(stalls, "times that reading had to stop"),
	FIGURE(put_back, "disks put back to an earlier copy"),
	FIGURE(resumed, "operators' words"),
	FIGURE(fetched_back, "own entries fetched back"),
	FIGURE(forks, "forked origins"),
	FIGURE(forks_found, "forks found"),
	FIGURE(accusations, "nodes with evidence"),
	FIGURE(verdicts, "verdicts of operators"),
	FIGURE(frozen_again, "released origins frozen again"),
};

static void figures_add(struct figures *to, const struct figures *from)
{
	uint64_t a[sizeof *to / sizeof(uint64_t)], b[sizeof *to / sizeof(uint64_t)];
	memcpy(a, to, sizeof a);
	memcpy(b, from, sizeof b);
	for (size_t i = 0; i < sizeof a / sizeof *a; i++)
		a[i] += b[i];
	memcpy(to, a, sizeof a);
}

/* Prints them; false when something was never exercised. */
static bool figures_print(const struct figures *f)
{
	uint64_t v[sizeof *f / sizeof(uint64_t)];
	bool all = true;
	memcpy(v, f, sizeof v);
	for (size_t i = 0; i < sizeof figure_names / sizeof *figure_names; i++) {
		(void)printf("  %10" PRIu64 "  %s\n", v[figure_names[i].index], figure_names[i].what);
		all = all && v[figure_names[i].index] > 0;
	}
	return all;
}

/* ---- the suite ---- */

struct tally {
	size_t passed, failed;
	struct figures figures;
	struct {
		char invariant[64];
		size_t count;
	} broken[INVARIANTS_MAX]; /* as many as were met */
};

static void tally_invariant(struct tally *t, const char *invariant)
{
	size_t i = 0;
	while (i < INVARIANTS_MAX - 1 && t->broken[i].count > 0 && strcmp(t->broken[i].invariant, invariant) != 0)
		i++;
	(void)snprintf(t->broken[i].invariant, sizeof t->broken[i].invariant, "%s", invariant);
	t->broken[i].count++;
}

static void report(struct tally *t, uint64_t seed, const struct result *r)
{
	t->failed++;
	tally_invariant(t, r->invariant);
	if (t->failed <= REPORTED_MAX)
		(void)printf("FAILED seed %" PRIu64 ", step %" PRIu64 ": %s: %s\n", seed, r->step, r->invariant, r->text);
	(void)fflush(stdout);
}

static void run_worlds(struct tally *t, uint64_t first, uint64_t count)
{
	struct result r, again;
	for (uint64_t i = 0; i < count; i++) {
		run(first + i, PLANT_NONE, false, &r);
		figures_add(&t->figures, &r.figures);
		if (!r.failed && i % TWICE_EVERY == 0) {
			run(first + i, PLANT_NONE, false, &again);
			r.failed = again.hash != r.hash || again.step != r.step;
			(void)snprintf(r.invariant, sizeof r.invariant, "the same seed gives the same world");
		}
		if (r.failed)
			report(t, first + i, &r);
		else
			t->passed++;
		if ((i + 1) % PROGRESS_EVERY == 0)
			(void)fprintf(stderr, "%" PRIu64 " of %" PRIu64 " worlds, %zu failed\n", i + 1, count, t->failed);
	}
}

/* Each planted fault must be found in one of some worlds. */
static void run_plants(struct tally *t, uint64_t first)
{
	for (int plant = PLANT_NONE + 1; plant < PLANTS; plant++) {
		struct result r = { 0 };
		uint64_t seed = first;
		while (seed < first + PLANT_SEEDS && !(r.failed && r.planted))
			run(seed++, (enum plant)plant, false, &r);
		if (r.failed && r.planted) {
			t->passed++;
			(void)printf("  planted: %s; found: %s (seed %" PRIu64 ")\n", plant_name(plant), r.invariant, seed - 1);
		} else {
			t->failed++;
			(void)printf("FAILED: planted in %d worlds and not found: %s\n", PLANT_SEEDS, plant_name(plant));
		}
	}
}

static int suite(uint64_t first, uint64_t count)
{
	struct tally t = { 0 };
	run_worlds(&t, first, count);
	run_plants(&t, first);
	(void)printf("what was exercised in %" PRIu64 " worlds:\n", count);
	if (!figures_print(&t.figures) && count >= FIGURES_FROM) {
		t.failed++;
		(void)printf("FAILED: something above was never exercised\n");
	}
	for (size_t i = 0; i < INVARIANTS_MAX && t.broken[i].count > 0; i++)
		(void)printf("broken in %zu worlds: %s\n", t.broken[i].count, t.broken[i].invariant);
	(void)printf("%zu passed, %zu failed\n", t.passed, t.failed);
	return t.failed == 0 ? 0 : 1;
}

static int replay(uint64_t seed, int plant, bool trace)
{
	struct result r;
	run(seed, (enum plant)plant, trace, &r);
	(void)figures_print(&r.figures);
	(void)printf("seed %" PRIu64 ", %" PRIu64 " steps, settled after %" PRIu64 " ms, trace hash %016" PRIx64 "\n", seed,
	             r.step, r.figures.settled_ms, r.hash);
	if (r.failed)
		(void)printf("FAILED seed %" PRIu64 ", step %" PRIu64 ": %s: %s\n", seed, r.step, r.invariant, r.text);
	(void)printf("%d passed, %d failed\n", !r.failed, r.failed);
	return r.failed;
}

static int usage(void)
{
	(void)fprintf(stderr,
	              "usage: sim --worlds N [--first SEED] | --seed SEED [--trace] [--break N]\nfaults to plant:\n");
	for (int plant = PLANT_NONE + 1; plant < PLANTS; plant++)
		(void)fprintf(stderr, "  %d  %s\n", plant, plant_name(plant));
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t worlds = 0, first = 1, seed = 1;
	int plant = PLANT_NONE;
	bool trace = false;
	for (int i = 1; i < argc; i++) {
		char *end = NULL;
		uint64_t value = i + 1 < argc ? strtoull(argv[i + 1], &end, 10) : 0;
		bool number = end != NULL && end != argv[i + 1] && *end == '\0';
		if (strcmp(argv[i], "--trace") == 0)
			trace = true;
		else if (strcmp(argv[i], "--worlds") == 0 && number && i++)
			worlds = value;
		else if (strcmp(argv[i], "--first") == 0 && number && i++)
			first = value;
		else if (strcmp(argv[i], "--seed") == 0 && number && i++)
			seed = value;
		else if (strcmp(argv[i], "--break") == 0 && number && value < PLANTS && i++)
			plant = (int)value;
		else
			return usage();
	}
	if (argc < 2)
		return usage();
	struct sigaction action = { .sa_handler = on_abort };
	must(sigaction(SIGABRT, &action, NULL) == 0);
	return worlds > 0 ? suite(first, worlds) : replay(seed, plant, trace);
}
