/* toy_changes: a toy's entries as what is new (query.h), and one of them as it is found.
 */
#pragma once

#include "node/core/query.h"
#include "tests/api/toy.h"

static inline struct found toy_found(const struct toy *t, size_t i, bool envelope)
{
	const struct toy_entry *e = &t->v[i];
	return (struct found){
		.origin = TOY_ORIGIN,
		.index = i,
		.current = e->current,
		.state = e->state,
		.redacted_by = e->redacted_by,
		.envelope = envelope ? buf_bytes(&e->envelope) : bytes_of(NULL, 0),
		.payload = e->state == PAYLOAD_PRESENT ? buf_bytes(&e->payload) : bytes_of(NULL, 0),
	};
}

static inline int toy_failure(const struct toy *t, struct err *err)
{
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

/* One step for each entry; the cursor's index is the entry's. */
static inline int toy_changes(void *ctx, const struct query *q, const struct change_cursor *from,
                              const struct known_size *known, size_t known_count, struct arena *arena,
                              struct change_list *out, struct err *err)
{
	struct toy *t = ctx;
	uint64_t i = from->seq == UINT64_MAX ? t->covered : from->seq == 0 ? 0 : from->index;
	*out = (struct change_list){ .v = arena_array(arena, q->limit, sizeof *out->v), .next = *from };
	if (from->seq != UINT64_MAX && from->seq != 0 && from->check != 7)
		return err_set(err, ERR_CONFLICT, "the toy does not know this cursor");
	for (size_t k = 0; k < known_count; k++)
		if (strcmp(known[k].origin, TOY_ORIGIN) == 0 && known[k].size > i)
			i = known[k].size;
	for (; i < t->covered && out->count < q->limit; i++) {
		struct change *c = &out->v[out->count++];
		*c = (struct change){ .found = toy_found(t, i, true), .first = true, .after = { i + 1, i + 1, 7 } };
	}
	out->more = i < t->covered;
	if (i > 0)
		out->next = (struct change_cursor){ i, i, 7 };
	return toy_failure(t, err);
}

static inline int toy_moment(void *ctx, uint64_t *out, struct err *err)
{
	struct toy *t = ctx;
	*out = t->moment;
	return toy_failure(t, err);
}
