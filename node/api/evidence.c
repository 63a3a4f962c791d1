/* GET /api/v1/evidence and /api/v1/evidence/ORIGIN: origins that signed two histories, or a false index root, and the
 * proof of it. */
#include "crypto/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/false_root.h"
#include "node/api/statement.h"
#include "node/api/text.h"
#include "proto/record.h"

static const char *sha256_of(struct arena *arena, struct bytes file)
{
	struct hasher *h = hasher_new();
	struct hash digest = hash_sum(h, file);
	hasher_free(h);
	return answer_hex(arena, bytes_of(digest.b, HASH_SIZE));
}

/* What is kept about one origin; false: the answer is a problem now. */
static bool look_up(struct answer *a, const char *origin, struct fork_evidence *out)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = view->evidence(view->ctx, origin, &a->found, out, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

/* ---- JSON ---- */

static void put_head(struct answer *a, const char *key, uint64_t size, const struct hash *root, struct json *j)
{
	json_key(j, key);
	json_object_begin(j);
	json_put_u64(j, "size", size);
	json_put_text(j, "root", answer_root(a->arena, root));
	json_object_end(j);
}

static void put_file(struct answer *a, const char *origin, struct bytes file, struct json *j)
{
	struct evidence e;
	const char *sha256 = sha256_of(a->arena, file);
	json_object_begin(j);
	json_put_text(j, "sha256", sha256);
	if (evidence_parse(file, &e, NULL) == OK) {
		put_head(a, "smaller", e.smaller_size, &e.smaller_root, j);
		put_head(a, "larger", e.larger_size, &e.larger_root, j);
	}
	json_put_text(
	    j, "href",
	    arena_printf(a->arena, "/api/v1/evidence/%s?sha256=%s", answer_escaped(a->arena, origin, ""), sha256));
	json_object_end(j);
}

static void put_verdict(const struct found *found, struct json *j)
{
	struct statement s;
	json_key(j, "verdict");
	if (found->origin == NULL) {
		json_nothing(j);
		return;
	}
	statement_read(&s, found, "");
	json_object_begin(j);
	json_put_text(j, "origin", found->origin);
	json_put_u64(j, "index", found->index);
	json_put_text(j, "decision", statement_status(&s));
	json_put_text(j, "reason", s.record != NULL && s.record->verdict != NULL ? s.record->verdict->reason : s.problem);
	json_object_end(j);
	statement_free(&s);
}

/* What there is about one log; false: the answer is a problem. */
struct kept {
	struct fork_evidence forks;
	struct index_false_list roots;
};

static bool look_up_all(struct answer *a, const struct as_of *at, struct kept *out)
{
	*out = (struct kept){ 0 };
	return (at->fork == FORK_NONE || look_up(a, at->origin, &out->forks)) && false_root_list(a, at, &out->roots);
}

static void put_origin(struct answer *a, const struct as_of *at, const struct kept *kept, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "origin", at->origin);
	answer_fork(at->fork, j);
	json_key(j, "files");
	json_array_begin(j);
	for (size_t i = 0; i < kept->forks.count; i++)
		put_file(a, at->origin, kept->forks.files[i], j);
	json_array_end(j);
	false_root_json(a, at, &kept->roots, j);
	put_verdict(&kept->forks.verdict, j);
	json_object_end(j);
}

static void put_json(struct answer *a)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "evidence");
	json_array_begin(&j);
	for (size_t i = 0; i < a->as_of_count; i++) {
		struct kept kept;
		if (!look_up_all(a, &a->as_of[i], &kept))
			return;
		if (a->as_of[i].fork != FORK_NONE || kept.roots.count > 0)
			put_origin(a, &a->as_of[i], &kept, &j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_file_text(struct answer *a, struct bytes file)
{
	struct evidence e;
	struct buf *out = &a->body;
	if (evidence_parse(file, &e, NULL) != OK) {
		buf_add_str(out, "  not readable\n");
		return;
	}
	buf_printf(out, "  signed        %" PRIu64 " entries with root %s\n", e.smaller_size,
	           answer_root(a->arena, &e.smaller_root));
	buf_printf(out, "  and signed    %" PRIu64 " entries with root %s\n", e.larger_size,
	           answer_root(a->arena, &e.larger_root));
	if (e.smaller_size < e.larger_size)
		buf_printf(out, "                whose first %" PRIu64 " have root %s\n", e.smaller_size,
		           answer_root(a->arena, &e.root));
	buf_printf(out, "  SHA-256       %s\n", sha256_of(a->arena, file));
}

static void put_verdict_text(struct answer *a, const struct found *found)
{
	struct statement s;
	if (found->origin == NULL) {
		buf_add_str(&a->body, "  verdict       none yet: normlink fork release or abandon\n");
		return;
	}
	statement_read(&s, found, "");
	buf_printf(&a->body, "  verdict       %s: ", statement_status(&s));
	text_put(&a->body, s.record != NULL && s.record->verdict != NULL ? s.record->verdict->reason : s.problem);
	buf_printf(&a->body, "\n                entry %" PRIu64 " of ", found->index);
	text_put(&a->body, found->origin);
	buf_add_char(&a->body, '\n');
	statement_free(&s);
}

static void put_origin_text(struct answer *a, const struct as_of *at, const struct kept *kept)
{
	const char *fork = answer_fork_text(at->fork);
	text_put(&a->body, at->origin);
	buf_printf(&a->body, "  %s%s%s\n", fork != NULL ? fork : "", fork != NULL && kept->roots.count > 0 ? "; " : "",
	           kept->roots.count > 0 ? "SIGNED A FALSE INDEX ROOT" : "");
	for (size_t k = 0; k < kept->forks.count; k++)
		put_file_text(a, kept->forks.files[k]);
	if (at->fork != FORK_NONE)
		put_verdict_text(a, &kept->forks.verdict);
	false_root_text(a, &kept->roots);
	buf_add_char(&a->body, '\n');
}

static void put_text(struct answer *a)
{
	size_t shown = 0;
	for (size_t i = 0; i < a->as_of_count; i++) {
		const struct as_of *at = &a->as_of[i];
		struct kept kept;
		if (!look_up_all(a, at, &kept))
			return;
		if (at->fork == FORK_NONE && kept.roots.count == 0)
			continue;
		put_origin_text(a, at, &kept);
		shown++;
	}
	if (shown == 0)
		buf_add_str(&a->body, "no evidence of a fork is held, nor of a false index root\n\n");
	answer_as_of_text(a);
}

/* ---- the two addresses ---- */

void evidence_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	if (!answer_parameters_known(a, known) || !answer_begin(a))
		return;
	if (a->text)
		put_text(a);
	else
		put_json(a);
}

static void put_fork(struct answer *a, const struct as_of *at, const struct kept *kept, const char *sha256)
{
	for (size_t i = 0; i < kept->forks.count; i++) {
		if (sha256 != NULL && strcmp(sha256_of(a->arena, kept->forks.files[i]), sha256) != 0)
			continue;
		buf_add_bytes(&a->body, kept->forks.files[i]);
		answer_mark(a, at);
		a->type = "text/plain; charset=utf-8";
		a->file = "fork.normlink-evidence";
		return;
	}
	problem_set(a, 404, "%s: no evidence of a fork is held%s", at->origin,
	            sha256 != NULL ? " with that SHA-256" : ", nor of a false index root");
}

/* Which of the two kinds is asked for; where it is not said, that of a fork, which is graver. */
static void put_found(struct answer *a, const struct as_of *at, const char *sha256, const char *index)
{
	struct kept kept;
	if (!look_up_all(a, at, &kept))
		return;
	if (index != NULL || (sha256 == NULL && kept.forks.count == 0 && kept.roots.count > 0))
		false_root_file(a, at, index);
	else
		put_fork(a, at, &kept, sha256);
}

void evidence_file_answer(struct answer *a, struct bytes encoded)
{
	static const char *const known[] = { "sha256", "index", NULL };
	char origin[NAME_MAX_BYTES + 1];
	const char *sha256, *index;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "sha256", &sha256) ||
	    !answer_parameter(a, "index", &index))
		return;
	if (sha256 != NULL && index != NULL) {
		problem_parameter(a, "index", "sha256 names evidence of a fork, index that of a false index root: not both");
		return;
	}
	if (http_decode(encoded, false, origin, sizeof origin) != OK) {
		problem_set(a, 400, "the origin is not percent-encoded UTF-8 text of at most %d bytes", NAME_MAX_BYTES);
		return;
	}
	if (!answer_begin(a))
		return;
	const struct as_of *at = answer_origin(a, origin);
	if (at == NULL) {
		problem_set(a, 404, "this node holds no log of that name; /api/v1/heads lists them");
		return;
	}
	put_found(a, at, sha256, index);
}
