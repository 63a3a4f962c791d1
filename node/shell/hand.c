#include "node/shell/hand.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/interpret.h"

struct hand {
	struct hand *next;
	struct exchange *exchange; /* owned by its connection; borrowed until answered */
	uint64_t op;
	bool done;
	int code;
	char text[160];
};

struct hands {
	struct hand *first;
	size_t count;
	uint64_t last_op;
};

static struct hands *hands_of(struct shell *s)
{
	if (s->hands == NULL)
		s->hands = calloc(1, sizeof *s->hands);
	must(s->hands != NULL);
	return s->hands;
}

/* The parts, each with four bytes of length before it; how many, 0 when the body is not of that form. */
static size_t split(struct bytes body, struct bytes parts[HANDOVER_PARTS_MAX])
{
	size_t count = 0;
	while (body.len >= 4 && count < HANDOVER_PARTS_MAX) {
		const uint8_t *p = body.data;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		if (len == 0 || len > body.len - 4)
			return 0;
		parts[count++] = bytes_of(p + 4, len);
		body = bytes_of(p + 4 + len, body.len - 4 - len);
	}
	return body.len == 0 ? count : 0;
}

void hand_push(struct exchange *x)
{
	struct bytes parts[HANDOVER_PARTS_MAX];
	struct shell *s = x->shell;
	struct hands *q = hands_of(s);
	size_t count = split(x->request.body, parts);
	if (count == 0) {
		exchange_problem(x, 400, "the body is not parts with their lengths, or has too many of them");
		return;
	}
	if (q->count >= SUBMISSIONS_MAX) {
		exchange_problem(x, 503, "too much is being handed over already");
		return;
	}
	struct hand *h = calloc(1, sizeof *h);
	must(h != NULL);
	h->exchange = x;
	h->op = ++q->last_op;
	h->next = q->first;
	q->first = h;
	q->count++;
	interpret_handover(s, h->op, parts, count);
}

void hand_outcome(struct shell *s, const struct effect *outcome)
{
	for (struct hand *h = hands_of(s)->first; h != NULL; h = h->next) {
		if (h->op != outcome->u.handed.op)
			continue;
		h->done = true;
		h->code = outcome->u.handed.code;
		(void)snprintf(h->text, sizeof h->text, "%s", outcome->u.handed.text);
	}
}

static void answer(struct hand *h)
{
	struct buf text = { 0 };
	buf_printf(&text, "outcome %s\n", h->code == OK ? "ok" : err_name(h->code));
	if (h->code != OK)
		buf_printf(&text, "reason %s\n", h->text);
	exchange_text(h->exchange, buf_bytes(&text));
	buf_free(&text);
}

/* An answer may bring the next request of its connection, and that may be done at once: begin again after each. */
void hands_settle(struct shell *s)
{
	struct hands *q = s->hands;
	struct hand **at = q != NULL ? &q->first : NULL;
	while (at != NULL && *at != NULL) {
		struct hand *h = *at;
		if (!h->done) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		q->count--;
		answer(h);
		free(h);
		at = &q->first;
	}
}

void hands_free(struct shell *s)
{
	struct hands *q = s->hands;
	while (q != NULL && q->first != NULL) {
		struct hand *h = q->first;
		q->first = h->next;
		exchange_free(h->exchange);
		free(h);
	}
	free(q);
	s->hands = NULL;
}
