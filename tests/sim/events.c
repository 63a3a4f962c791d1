/* Events that come from outside the federation: strangers, operators, callers (node.h). */
#include "tests/sim/node.h"
#include "tests/sim/world.h"

void node_checkpoint(struct world *w, struct node *n, uint64_t op, uint64_t old_size, const struct tree_proof *proof,
                     struct bytes note)
{
	trace_say(w, "%s: a checkpoint to witness, op %llu, from %llu", w->idents[n->ident].name, (unsigned long long)op,
	          (unsigned long long)old_size);
	struct event event = { .kind = EV_CHECKPOINT };
	event.u.checkpoint.op = op;
	event.u.checkpoint.old_size = old_size;
	event.u.checkpoint.proof = proof;
	event.u.checkpoint.note = note;
	node_step(w, n, &event);
}

void node_hand(struct world *w, struct node *n, uint64_t op, const struct bytes *parts, size_t count)
{
	trace_say(w, "%s: handover op %llu", w->idents[n->ident].name, (unsigned long long)op);
	struct event event = { .kind = EV_HANDOVER };
	event.u.handover.op = op;
	event.u.handover.count = count;
	event.u.handover.parts = parts;
	node_step(w, n, &event);
}

void node_query(struct world *w, struct node *n, const struct federated_wish *wish)
{
	trace_say(w, "%s: a question, op %llu, %u hops, %llu ms", w->idents[n->ident].name, (unsigned long long)wish->op,
	          wish->hops, (unsigned long long)wish->deadline_ms);
	struct event event = { .kind = EV_QUERY };
	event.u.query = wish;
	node_step(w, n, &event);
}

void node_query_gone(struct world *w, struct node *n, uint64_t op)
{
	trace_say(w, "%s: nobody waits for op %llu", w->idents[n->ident].name, (unsigned long long)op);
	struct event event = { .kind = EV_QUERY_GONE };
	event.u.gone.op = op;
	node_step(w, n, &event);
}

void node_searched(struct world *w, struct node *n, uint64_t op, int code, const struct search_answer *answer)
{
	trace_say(w, "%s: searched op %llu: %s, %zu hits", w->idents[n->ident].name, (unsigned long long)op, err_name(code),
	          code == OK ? answer->hit_count : 0);
	struct event event = { .kind = EV_SEARCHED };
	event.u.searched.op = op;
	event.u.searched.code = code;
	event.u.searched.text = code == OK ? "" : "simulated";
	event.u.searched.answer = code == OK ? answer : NULL;
	node_step(w, n, &event);
}
