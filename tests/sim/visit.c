#include "tests/sim/visit.h"

#include "crypto/note.h"
#include "node/base/must.h"
#include "tests/sim/check.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

enum { CROWD = 3 };

/* What the member's disk says of the head that was cosigned last. */
static uint64_t latest_size(const struct disk_log *log)
{
	return log->target.size > log->head.size ? log->target.size : log->head.size;
}

static struct caller *free_caller(struct node *n)
{
	for (size_t i = 0; i < WORLD_CALLERS; i++)
		if (n->callers[i].op == 0)
			return &n->callers[i];
	return NULL;
}

/* One checkpoint of a branch, signed with the origin's own key, which the simulator has. */
static void bring(struct world *w, struct node *n, uint32_t ident, const struct branch *b)
{
	struct caller *caller = free_caller(n);
	struct branch_reader reader = { .branch = b, .hasher = w->hasher };
	struct tree_proof proof = { .count = 0 };
	struct buf note = { 0 };
	if (caller == NULL || b->size == 0)
		return;
	uint64_t old = latest_size(&n->disk.logs[ident]);
	uint64_t size = rng_permille(&w->rng, 500) ? b->size : rng_below(&w->rng, b->size + 1);
	if (rng_permille(&w->rng, 200))
		old = rng_below(&w->rng, b->size + 2);
	if (old > 0 && old <= size && tree_prove(w->hasher, branch_source(&reader), 0, old, size, &proof) != OK)
		return;
	if (proof.count > 0 && rng_permille(&w->rng, 100))
		proof.hashes[rng_below(&w->rng, proof.count)].b[0] ^= 1;
	buf_reset(&caller->text);
	checkpoint_write(w->idents[ident].card.origin, size, &b->roots[size], &caller->text);
	buf_add_bytes(&note, buf_bytes(&caller->text));
	buf_add_char(&note, '\n');
	note_sign(keys_to_sign(&w->idents[ident], b, size), buf_bytes(&caller->text), &note);
	caller->op = ++w->next_op;
	caller->ident = ident;
	caller->size = size;
	caller->root = b->roots[size];
	w->figures.visits++;
	node_checkpoint(w, n, caller->op, old, &proof, buf_bytes(&note));
	buf_free(&note);
}

static void visit(struct world *w, const struct happening *h)
{
	(void)h;
	if (w->quiet)
		return;
	struct node *n = &w->nodes[rng_below(&w->rng, w->node_count)];
	uint32_t ident = (uint32_t)rng_below(&w->rng, w->ident_count);
	const struct truth *truth = &w->idents[ident].truth;
	/* Several at once: they must not overtake one another. */
	uint64_t count = rng_permille(&w->rng, 200) ? CROWD : 1;
	for (uint64_t i = 0; i < count && n->up && n->core != NULL; i++)
		bring(w, n, ident, truth->branches[rng_below(&w->rng, truth->count)]);
	world_plan(w, rng_below(&w->rng, 2 * w->dose.visit_every_ms + 1), visit, WORLD_NOBODY, 0);
}

void visits_start(struct world *w)
{
	if (w->dose.visit_every_ms > 0)
		world_plan(w, rng_below(&w->rng, w->dose.visit_every_ms), visit, WORLD_NOBODY, 0);
}

/* ---- answers ---- */

static bool is_durable(const struct witnessed *wit, const struct caller *caller, uint64_t time_s)
{
	for (size_t i = 0; i < wit->count; i++) {
		const struct cosigned *c = &wit->cosigned[i];
		if (!c->mirror && c->size == caller->size && c->time_s == time_s && hash_equal(&c->root, &caller->root))
			return true;
	}
	return false;
}

static void check_cosigned(struct world *w, struct node *n, const struct caller *caller, struct bytes lines)
{
	const struct ident *id = &w->idents[n->ident];
	struct note note;
	struct buf raw = { 0 };
	uint64_t time_s = 0;
	buf_add_bytes(&raw, buf_bytes(&caller->text));
	buf_add_char(&raw, '\n');
	buf_add_bytes(&raw, lines);
	const struct skey *key = NULL;
	if (note_parse(buf_bytes(&raw), &note, NULL) == OK && note.count == 1)
		key = keys_of_line(id, &note.signatures[0]);
	if (key == NULL || keys_of_mirror(id, key) || note_verify(&note, skey_public(key), &time_s) != OK || time_s == 0)
		check_fail(w, "a witness answers with its cosignature", "%s on %s at %llu", id->name,
		           w->idents[caller->ident].name, (unsigned long long)caller->size);
	else if (!is_durable(&n->witnessed[caller->ident], caller, time_s))
		check_fail(w, "nothing is said before it is durable", "%s answers with a cosignature on %s at %llu", id->name,
		           w->idents[caller->ident].name, (unsigned long long)caller->size);
	w->figures.visits_cosigned++;
	buf_free(&raw);
}

void visit_answered(struct world *w, struct node *n, const struct effect *fx)
{
	struct caller *caller = n->callers;
	while (caller < n->callers + WORLD_CALLERS && caller->op != fx->u.answer.op)
		caller++;
	if (fx->u.answer.op == 0 || caller == n->callers + WORLD_CALLERS) {
		check_fail(w, "one answer for each visit", "%s answers op %llu", w->idents[n->ident].name,
		           (unsigned long long)fx->u.answer.op);
		return;
	}
	caller->op = 0;
	if (n->checked && fx->u.answer.outcome == ANSWER_OK)
		check_cosigned(w, n, caller, buf_bytes(&fx->u.answer.text));
	if (n->checked && fx->u.answer.outcome == ANSWER_CONFLICT &&
	    fx->u.answer.size > latest_size(&n->disk.logs[caller->ident]))
		check_fail(w, "nothing is said before it is durable", "%s says that it cosigned %s at %llu",
		           w->idents[n->ident].name, w->idents[caller->ident].name, (unsigned long long)fx->u.answer.size);
	w->figures.visits_refused += fx->u.answer.outcome != ANSWER_OK;
}
