/* What a view finds for a question, with proofs (federate.h). */
#include "node/base/must.h"
#include "node/core/wanted.h"

static void list_logs(const struct as_of *as_of, size_t count, struct search_answer *out)
{
	out->logs = arena_array(&out->arena, count + 1, sizeof *out->logs);
	for (size_t i = 0; i < count; i++) {
		if (as_of[i].head.len == 0)
			continue;
		out->logs[out->log_count++] =
		    (struct search_log){ .origin = as_of[i].origin, .head = as_of[i].head, .size = as_of[i].head_size };
	}
}

static size_t find_log(const struct search_answer *a, const char *origin)
{
	size_t i = 0;
	while (i < a->log_count && strcmp(a->logs[i].origin, origin) != 0)
		i++;
	return i;
}

/* What no complete head covers yet, and what is not public or not here, is left out. */
static int add_hit(const struct view *view, const struct found *f, bool proofs, struct search_answer *out,
                   struct err *err)
{
	struct search_hit *hit = &out->hits[out->hit_count];
	struct found entry;
	struct bytes collection;
	size_t log = find_log(out, f->origin);
	if (log == out->log_count || f->index >= out->logs[log].size)
		return OK;
	*hit = (struct search_hit){ .log = log, .index = f->index };
	int rc = view->entry(view->ctx, f->origin, f->index, &out->arena, &entry, err);
	if (rc != OK || entry.state != PAYLOAD_PRESENT || envelope_collection(entry.envelope, &collection))
		return rc;
	if (proofs)
		rc = view->prove(view->ctx, f->origin, f->index, out->logs[log].size, &hit->proof, err);
	if (rc != OK)
		return rc == ERR_NOT_READY ? OK : rc;
	hit->envelope = entry.envelope;
	hit->payload = entry.payload;
	out->hit_count++;
	return OK;
}

int federate_search(const struct view *view, const struct search_wish *wish, struct search_answer *out, struct err *err)
{
	struct wanted wanted;
	struct as_of *as_of;
	struct found_list found = { 0 };
	struct arena found_arena = { 0 };
	size_t count, limit = wish->limit;
	*out = (struct search_answer){ 0 };
	must(limit >= 1 && limit <= FEDERATED_HITS_MAX);
	int rc = wanted_read(&wanted, buf_bytes(&wish->text), err);
	if (rc != OK)
		return rc;
	rc = view->begin(view->ctx, &out->arena, &as_of, &count, err);
	if (rc == OK) {
		list_logs(as_of, count, out);
		rc = wanted_search(&wanted, view, limit, &found_arena, &found, err);
		out->hits = arena_array(&out->arena, limit, sizeof *out->hits);
		for (size_t i = 0; rc == OK && i < found.count && out->arena.used < FEDERATED_FOUND_BYTES; i++)
			rc = add_hit(view, &found.v[i], wish->proofs, out, err);
		out->total = rc == OK ? found.total : 0;
		view->end(view->ctx);
	}
	arena_free(&found_arena);
	wanted_free(&wanted);
	if (rc != OK)
		arena_free(&out->arena);
	return rc;
}
