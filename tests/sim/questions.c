#include "tests/sim/questions.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/wanted.h"
#include "proto/entry.h"
#include "tests/sim/check.h"
#include "tests/sim/classes.h"
#include "tests/sim/hostile.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

enum { OPEN_MAX = 8, LOOKS = 60, SLACK_MS = 2 };

static const char *const texts[] = { "q=quality", "q=simulated+world", "kind=standard&status=current",
	                                 "q=GB%2FT+10004" };
enum { TEXTS = sizeof texts / sizeof *texts };

struct search {
	struct search *next;
	uint64_t number, op;
	size_t limit;
	struct buf text;
};

struct questions {
	struct {
		uint64_t op; /* 0: free */
		uint64_t until_ms;
	} open[OPEN_MAX];
	struct search *searches;
};

static struct questions *questions_of(struct node *n)
{
	if (n->questions == NULL)
		n->questions = calloc(1, sizeof *n->questions);
	must(n->questions != NULL);
	return n->questions;
}

void questions_forget(struct node *n)
{
	struct questions *q = n->questions;
	while (q != NULL && q->searches != NULL) {
		struct search *s = q->searches;
		q->searches = s->next;
		buf_free(&s->text);
		free(s);
	}
	free(q);
	n->questions = NULL;
}

/* ---- asking ---- */

static void check_open(struct world *w, struct node *n)
{
	const struct questions *q = n->questions;
	for (size_t i = 0; q != NULL && n->checked && i < OPEN_MAX; i++)
		if (q->open[i].op != 0 && w->now_ms > q->open[i].until_ms + SLACK_MS)
			check_fail(w, "a question ends by its deadline", "%s owes an answer to op %llu", w->idents[n->ident].name,
			           (unsigned long long)q->open[i].op);
}

static void ask_one(struct world *w, struct node *n)
{
	struct questions *q = questions_of(n);
	size_t i = 0;
	while (i < OPEN_MAX && q->open[i].op != 0)
		i++;
	if (i == OPEN_MAX)
		return;
	struct federated_wish wish = { .op = ++w->next_op,
		                           .text = bytes_str(texts[rng_below(&w->rng, TEXTS)]),
		                           .limit = (size_t)rng_between(&w->rng, 1, 20),
		                           .deadline_ms = rng_between(&w->rng, FEDERATED_DEADLINE_MIN_MS, 2000),
		                           .hops = (unsigned)rng_between(&w->rng, 1, FEDERATED_HOPS_MAX),
		                           .compare = rng_permille(&w->rng, 200) };
	for (size_t k = 0; k < sizeof wish.id; k++)
		wish.id[k] = (uint8_t)rng_next(&w->rng);
	q->open[i].op = wish.op;
	q->open[i].until_ms = w->now_ms + wish.deadline_ms;
	node_query(w, n, &wish);
	if (n->questions != NULL && n->questions->open[i].op != 0 && rng_permille(&w->rng, 50)) {
		n->questions->open[i].op = 0;
		node_query_gone(w, n, wish.op);
	}
}

static void ask(struct world *w, const struct happening *h)
{
	(void)h;
	for (size_t i = 0; i < w->node_count; i++)
		check_open(w, &w->nodes[i]);
	if (w->quiet)
		return;
	struct node *n = &w->nodes[rng_below(&w->rng, w->node_count)];
	if (n->up && n->core != NULL)
		ask_one(w, n);
	world_plan(w, rng_below(&w->rng, w->quiet_ms / 10 + 1), ask, WORLD_NOBODY, 0);
}

void questions_start(struct world *w)
{
	world_plan(w, rng_below(&w->rng, w->quiet_ms / 10 + 1), ask, WORLD_NOBODY, 0);
}

/* ---- a store's answer ---- */

static bool fits(const struct wanted *wanted, const char *origin, uint64_t index, const struct entry *e)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	int64_t score;
	bool good = classes_of(e->envelope) == 0 && payload_open(e->payload, &arena, &record, NULL) == OK &&
	            wanted_fits(wanted, origin, index, record, &score);
	arena_free(&arena);
	return good;
}

static void prove(struct world *w, const struct branch *b, uint64_t index, uint64_t size, struct tree_proof *proof)
{
	struct branch_reader reader = { .branch = b, .hasher = w->hasher };
	int rc = tree_prove(w->hasher, branch_source(&reader), index, index + 1, size, proof);
	must(rc == OK);
}

/* Some of what fits: looking at all would take too long. */
static void search_log(struct world *w, const struct node *n, uint32_t ident, const struct wanted *wanted, size_t limit,
                       struct search_answer *out)
{
	const struct disk_log *log = &n->disk.logs[ident];
	const char *origin = w->idents[ident].card.origin;
	if (!log->exists || log->head.note.len == 0 || log->head.size == 0)
		return;
	out->logs[out->log_count++] =
	    (struct search_log){ .origin = origin, .head = buf_bytes(&log->head.note), .size = log->head.size };
	for (size_t k = 0; k < LOOKS && out->hit_count < limit; k++) {
		uint64_t index = rng_below(&w->rng, log->head.size);
		const struct entry *e = &log->branch->entries[index];
		if (log->states.data[index] != PAYLOAD_PRESENT || !fits(wanted, origin, index, e))
			continue;
		struct search_hit *hit = &out->hits[out->hit_count++];
		*hit = (struct search_hit){
			.log = out->log_count - 1, .index = index, .envelope = e->envelope, .payload = e->payload
		};
		prove(w, log->branch, index, log->head.size, &hit->proof);
		out->total++;
	}
}

static void answer(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	struct search **at = &questions_of(n)->searches;
	while (*at != NULL && (*at)->number != h->arg)
		at = &(*at)->next;
	must(*at != NULL);
	struct search *s = *at;
	*at = s->next;
	struct wanted wanted;
	struct search_answer out = { 0 };
	bool failed = rng_permille(&w->rng, w->dose.read_fail);
	out.logs = arena_array(&out.arena, DISK_LOGS, sizeof *out.logs);
	out.hits = arena_array(&out.arena, s->limit, sizeof *out.hits);
	int rc = wanted_read(&wanted, buf_bytes(&s->text), NULL);
	must(rc == OK);
	for (uint32_t i = 0; i < w->ident_count; i++)
		search_log(w, n, i, &wanted, s->limit, &out);
	wanted_free(&wanted);
	node_searched(w, n, s->op, failed ? ERR_IO : OK, &out);
	arena_free(&out.arena);
	buf_free(&s->text);
	free(s);
}

void questions_search(struct world *w, struct node *n, const struct search_wish *wish)
{
	struct search *s = calloc(1, sizeof *s);
	struct questions *q = questions_of(n);
	must(s != NULL);
	s->number = ++w->next_op;
	s->op = wish->op;
	s->limit = wish->limit;
	buf_add_bytes(&s->text, buf_bytes(&wish->text));
	s->next = q->searches;
	q->searches = s;
	world_plan(w, rng_below(&w->rng, rng_permille(&w->rng, 900) ? 5 : 3000), answer, n->index, s->number);
}

/* ---- what is shown ---- */

static bool is_true(const struct world *w, const char *origin, uint64_t index, struct bytes envelope,
                    struct bytes payload)
{
	uint32_t ident = world_ident(w, origin);
	if (ident == UINT32_MAX)
		return false;
	const struct truth *t = &w->idents[ident].truth;
	for (size_t i = 0; i < t->count; i++) {
		const struct branch *b = t->branches[i];
		if (index < b->size && bytes_equal(b->entries[index].envelope, envelope) &&
		    bytes_equal(b->entries[index].payload, payload) && classes_of(envelope) == 0)
			return true;
	}
	return false;
}

static void check_shown(struct world *w, const struct node *n, const struct federated_answer *a)
{
	for (size_t i = 0; i < a->hit_count; i++) {
		const struct federated_hit *h = &a->hits[i];
		if (!is_true(w, a->logs[h->log].origin, h->index, h->envelope, h->payload))
			check_fail(w, "nothing is shown that its origin did not sign", "%s shows %s #%llu",
			           w->idents[n->ident].name, a->logs[h->log].origin, (unsigned long long)h->index);
		w->figures.shown += !h->here;
	}
	for (size_t i = 0; i < a->line_count; i++)
		w->figures.lies_met += a->lines[i].lied;
}

void questions_outcome(struct world *w, struct node *n, const struct effect *fx)
{
	struct questions *q = questions_of(n);
	const struct federated_answer *a = fx->u.queried.answer;
	size_t i = 0;
	while (i < OPEN_MAX && q->open[i].op != fx->u.queried.op)
		i++;
	trace_say(w, "    answered op %llu: %s, %zu hits", (unsigned long long)fx->u.queried.op,
	          err_name(fx->u.queried.code), a != NULL ? a->hit_count : 0);
	trace_fold(w, a != NULL ? a->hit_count : 0);
	if (i == OPEN_MAX) {
		check_fail(w, "a question is answered once", "%s answers op %llu", w->idents[n->ident].name,
		           (unsigned long long)fx->u.queried.op);
		return;
	}
	check_open(w, n);
	q->open[i].op = 0;
	if (fx->u.queried.code != OK)
		return;
	w->figures.questions++;
	w->figures.partial += federated_partial(a);
	if (n->checked)
		check_shown(w, n, a);
}

void questions_check_sent(struct world *w, const struct node *n, const Normlink__QueryResponse *m)
{
	w->figures.questions_served++;
	for (size_t i = 0; i < m->n_hits; i++)
		if (!is_true(w, m->logs[m->hits[i]->log]->origin, m->hits[i]->index, message_bytes(m->hits[i]->envelope),
		             message_bytes(m->hits[i]->payload)))
			check_fail(w, "peers are told what origins signed, and public", "%s sends %s #%llu",
			           w->idents[n->ident].name, m->logs[m->hits[i]->log]->origin,
			           (unsigned long long)m->hits[i]->index);
}

/* ---- lies ---- */

/* A head of a branch, signed by whoever has the key. */
static void sign(struct world *w, uint32_t ident, const struct branch *b, uint64_t size, struct buf *out)
{
	struct buf text = { 0 };
	checkpoint_write(w->idents[ident].card.origin, size, &b->roots[size], &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_char(out, '\n');
	note_sign(keys_to_sign(&w->idents[ident], b, size), buf_bytes(&text), out);
	buf_free(&text);
}

static void spoil(struct world *w, ProtobufCBinaryData *data)
{
	if (data->len > 0 && rng_permille(&w->rng, 150)) {
		data->data[rng_below(&w->rng, data->len)] ^= (uint8_t)(1 << rng_below(&w->rng, 8));
		w->figures.garbage++;
	}
}

static void lie_hit(struct world *w, struct arena *arena, const struct branch *b, uint64_t size,
                    Normlink__QueryHit *hit)
{
	struct tree_proof proof;
	uint64_t index = rng_below(&w->rng, size), other = rng_permille(&w->rng, 150) ? rng_below(&w->rng, size) : index;
	normlink__query_hit__init(hit);
	prove(w, b, index, size, &proof);
	hit->has_log = hit->has_index = hit->has_envelope = hit->has_payload = 1;
	hit->index = other;
	hit->envelope = message_field(arena_bytes(arena, b->entries[index].envelope));
	hit->payload = message_field(arena_bytes(arena, b->entries[other].payload));
	hit->hashes = arena_array(arena, proof.count + 1, sizeof *hit->hashes);
	for (size_t i = 0; i < proof.count; i++)
		hit->hashes[hit->n_hashes++] = message_field(arena_bytes(arena, bytes_of(proof.hashes[i].b, HASH_SIZE)));
	spoil(w, &hit->envelope);
	spoil(w, &hit->payload);
	if (hit->n_hashes > 0)
		spoil(w, &hit->hashes[rng_below(&w->rng, hit->n_hashes)]);
}

/* Its own log, or somebody's whose entries are public: with true entries, false ones, and both. */
static void say_hits(struct world *w, struct node *n, link_id link, const struct branch *b, uint64_t id)
{
	struct arena arena = { 0 };
	struct buf note = { 0 };
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryResponse m = NORMLINK__QUERY_RESPONSE__INIT;
	Normlink__QueryLog log = NORMLINK__QUERY_LOG__INIT, *logs[] = { &log };
	Normlink__QueryHit hits[8], *pointers[8];
	uint64_t size = rng_between(&w->rng, 1, b->size);
	sign(w, n->ident, b, size, &note);
	log.origin = w->idents[n->ident].card.origin;
	log.has_checkpoint = 1;
	log.checkpoint = message_field(buf_bytes(&note));
	spoil(w, &log.checkpoint);
	m.logs = logs;
	m.n_logs = 1;
	m.hits = pointers;
	m.n_hits = (size_t)rng_between(&w->rng, 1, 8);
	for (size_t i = 0; i < m.n_hits; i++) {
		lie_hit(w, &arena, b, size, &hits[i]);
		pointers[i] = &hits[i];
	}
	f.body_case = NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	f.query_response = &m;
	lies_send(w, n, link, id, &f);
	arena_free(&arena);
	buf_free(&note);
}

void questions_lie(struct world *w, struct node *n, link_id link, uint32_t ident, const Normlink__Frame *asked)
{
	const struct hostile *h = w->hostile[n->ident];
	const struct branch *b = h->branches[(ident + rng_permille(&w->rng, 30)) % 2];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Failure failure = NORMLINK__FAILURE__INIT;
	if (b->size > 0 && !rng_permille(&w->rng, 150)) {
		say_hits(w, n, link, b, asked->id);
		return;
	}
	failure.has_code = 1;
	failure.code = (uint32_t)rng_between(&w->rng, 1, 8);
	failure.text = (char[]){ "no" };
	f.body_case = NORMLINK__FRAME__BODY_FAILURE;
	f.failure = &failure;
	lies_send(w, n, link, asked->id, &f);
}
