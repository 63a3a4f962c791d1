#include "node/api/federated_choice.h"

static unsigned rank_of(void *arg, const struct federated_hit *hit, const char *origin)
{
	return (unsigned)answer_authority(arg, origin, hit->kind, hit->subject);
}

/* Does the log as it is held here say later that this is no more so? */
static bool overtaken(struct answer *a, const struct federated_hit *h, const char *origin)
{
	const struct view *view = a->context->view;
	const struct as_of *log = answer_origin(a, origin);
	struct found now;
	if (h->here || log == NULL)
		return false;
	if (view->said(view->ctx, origin, h->kind, h->subject, UINT64_MAX, &a->found, &now, NULL) == OK &&
	    now.index >= h->index)
		return now.index > h->index;
	return h->index < log->size &&
	       (view->entry(view->ctx, origin, h->index, &a->found, &now, NULL) != OK || now.state == PAYLOAD_REDACTED);
}

void federated_choose(struct answer *a, const struct federated_question *q, struct federated_answer *from,
                      struct federated_choice *out)
{
	*out = (struct federated_choice){ 0 };
	federated_sort(from, rank_of, a);
	out->hits = arena_array(a->arena, from->hit_count + 1, sizeof *out->hits);
	out->found = arena_array(a->arena, from->hit_count + 1, sizeof *out->found);
	for (size_t i = 0; i < from->hit_count; i++) {
		struct federated_hit *h = &from->hits[i];
		const char *origin = from->logs[h->log].origin;
		/* What our own store found counts, also where the record alone does not say why. */
		if (h->superseded || (!h->direct && !h->here) || overtaken(a, h, origin))
			continue;
		out->found[out->count] = (struct found){ .origin = origin,
			                                     .index = h->index,
			                                     .current = true,
			                                     .state = PAYLOAD_PRESENT,
			                                     .envelope = h->envelope,
			                                     .payload = h->payload };
		out->hits[out->count++] = h;
	}
	out->first = q->offset < out->count ? q->offset : out->count;
	out->shown = out->count - out->first < q->limit ? out->count - out->first : q->limit;
}
