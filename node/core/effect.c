#include "node/core/effect.h"

#include <stdlib.h>

#include "node/base/must.h"

void store_write_free(struct store_write *w)
{
	if (w == NULL)
		return;
	arena_free(&w->arena);
	free(w);
}

void origin_state_free(struct origin_state *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	*s = (struct origin_state){ 0 };
}

void effects_clear(struct effects *fx)
{
	for (size_t i = 0; i < fx->count; i++) {
		if (fx->v[i].kind == FX_SEND)
			buf_free(&fx->v[i].u.send.frame);
		else if (fx->v[i].kind == FX_STORE)
			store_write_free(fx->v[i].u.store);
		else if (fx->v[i].kind == FX_ANSWER)
			buf_free(&fx->v[i].u.answer.text);
		else if (fx->v[i].kind == FX_ASK)
			buf_free(&fx->v[i].u.ask.body);
		else if (fx->v[i].kind == FX_SEARCH)
			buf_free(&fx->v[i].u.search.text);
		else if (fx->v[i].kind == FX_QUERIED)
			federated_free(fx->v[i].u.queried.answer);
	}
	fx->count = 0;
}

void effects_free(struct effects *fx)
{
	effects_clear(fx);
	free(fx->v);
	*fx = (struct effects){ 0 };
}

struct effect *effects_add(struct effects *fx, enum effect_kind kind)
{
	if (fx->count == fx->cap) {
		fx->cap = fx->cap == 0 ? 16 : fx->cap * 2;
		fx->v = realloc(fx->v, fx->cap * sizeof *fx->v);
		must(fx->v != NULL);
	}
	struct effect *e = &fx->v[fx->count++];
	*e = (struct effect){ .kind = kind };
	return e;
}
