#include "node/api/false_root.h"

#include <inttypes.h>

#include "crypto/index_evidence.h"
#include "node/api/piece.h"
#include "proto/entry.h"

static bool look_up(struct answer *a, const struct as_of *at, uint64_t upto, struct index_false_list *out)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = view->false_roots(view->ctx, at->origin, upto, out, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

bool false_root_list(struct answer *a, const struct as_of *at, struct index_false_list *out)
{
	*out = (struct index_false_list){ 0 };
	return at->head_size == 0 || look_up(a, at, at->head_size - 1, out);
}

/* ---- the list ---- */

const char *false_root_href(const struct answer *a, const char *origin, uint64_t index)
{
	return arena_printf(a->arena, "/api/v1/evidence/%s?index=%" PRIu64, answer_escaped(a->arena, origin, ""), index);
}

static void put_sum(struct answer *a, const char *key, const struct index_sum *sum, struct json *j)
{
	json_key(j, key);
	json_object_begin(j);
	json_put_u64(j, "keys", sum->keys);
	json_put_text(j, "root", answer_root(a->arena, &sum->root));
	json_object_end(j);
}

void false_root_json(struct answer *a, const struct as_of *at, const struct index_false_list *list, struct json *j)
{
	json_key(j, "index_roots");
	json_array_begin(j);
	for (size_t i = 0; i < list->count; i++) {
		const struct index_false *f = &list->v[i];
		json_object_begin(j);
		json_put_u64(j, "index", f->index);
		put_sum(a, "said", &f->said, j);
		put_sum(a, "computed", &f->found, j);
		json_put_text(j, "href", false_root_href(a, at->origin, f->index));
		json_object_end(j);
	}
	json_array_end(j);
}

void false_root_text(struct answer *a, const struct index_false_list *list)
{
	struct buf *out = &a->body;
	for (size_t i = 0; i < list->count; i++) {
		const struct index_false *f = &list->v[i];
		buf_printf(out, "  index root    entry %" PRIu64 " says %" PRIu64 " subjects, root %s\n", f->index,
		           f->said.keys, answer_root(a->arena, &f->said.root));
		buf_printf(out, "  but           the %" PRIu64 " before it give %" PRIu64 ", root %s\n", f->index,
		           f->found.keys, answer_root(a->arena, &f->found.root));
	}
}

/* ---- a file ---- */

static int write_file(struct answer *a, const struct as_of *at, const struct index_false *f, struct err *err)
{
	const struct view *view = a->context->view;
	struct found entry;
	struct tree_proof path;
	struct buf extra = { 0 };
	int rc = view->entry(view->ctx, at->origin, f->index, &a->found, &entry, err);
	if (rc == OK)
		rc = view->prove(view->ctx, at->origin, f->index, at->head_size, &path, err);
	if (rc != OK)
		return rc;
	answer_mask(a, &entry);
	proof_extra_write(entry.envelope, entry.state, entry.payload, &extra);
	rc = index_evidence_write(f->found.keys, &f->found.root, buf_bytes(&extra), f->index, &path, at->head, &a->body,
	                          err);
	buf_free(&extra);
	return rc;
}

/* False: the answer is a problem. */
static bool read_index(struct answer *a, const char *text, uint64_t *out)
{
	uint64_t value = 0;
	size_t n = 0;
	for (; text[n] >= '0' && text[n] <= '9' && n < 19; n++)
		value = value * 10 + (uint64_t)(text[n] - '0');
	*out = value;
	if (n > 0 && text[n] == '\0')
		return true;
	problem_parameter(a, "index", "the number of an entry is 0 or more");
	return false;
}

void false_root_file(struct answer *a, const struct as_of *at, const char *index)
{
	struct index_false_list list = { 0 };
	struct err err = { 0 };
	uint64_t upto = at->head_size - 1;
	if (index != NULL && !read_index(a, index, &upto))
		return;
	if (at->head_size > 0 && upto < at->head_size && !look_up(a, at, upto, &list))
		return;
	if (list.count == 0 || (index != NULL && list.v[0].index != upto)) {
		problem_set(a, 404, "%s: no index root%s is known to be false", at->origin,
		            index != NULL ? " at that entry" : "");
		return;
	}
	int rc = write_file(a, at, &list.v[0], &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	answer_mark(a, at);
	a->type = "text/plain; charset=utf-8";
	a->file = "index-root.normlink-evidence";
}
