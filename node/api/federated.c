/* What several nodes found, as one answer (federated.h). */
#include "node/api/federated.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/proof.h"
#include "node/api/federated_choice.h"
#include "node/api/hit.h"
#include "node/api/sru_peers.h"
#include "node/api/text.h"
#include "node/base/must.h"

struct merged {
	const struct federated_question *question;
	struct federated_answer *answer;
	struct federated_choice chosen;
};

/* ---- one hit ---- */

static struct bytes proof_of(struct answer *a, const struct merged *m, const struct federated_hit *h)
{
	struct buf extra = { 0 }, file = { 0 };
	proof_extra_write(h->envelope, PAYLOAD_PRESENT, h->payload, &extra);
	proof_write(buf_bytes(&extra), h->index, h->proof, m->answer->logs[h->log].head, &file);
	struct bytes kept = arena_bytes(a->arena, buf_bytes(&file));
	buf_free(&extra);
	buf_free(&file);
	return kept;
}

static void more_of(struct answer *a, const struct merged *m, size_t i, struct hit_more *out)
{
	const struct federated_hit *h = m->chosen.hits[i];
	struct hit_path *paths = arena_array(a->arena, h->path_count + 1, sizeof *paths);
	for (size_t k = 0; k < h->path_count; k++)
		paths[k] = (struct hit_path){ .node = h->paths[k].via, .size = h->paths[k].size };
	*out = (struct hit_more){ .paths = paths, .path_count = h->path_count };
	if (m->question->wish.proofs) {
		out->proof = HIT_PROOF_FILE;
		out->proof_file = proof_of(a, m, h);
	}
}

/* ---- JSON ---- */

static void put_head(struct answer *a, uint64_t size, const struct hash *root, struct json *j)
{
	json_put_u64(j, "size", size);
	json_put_text(j, "root", size > 0 ? answer_root(a->arena, root) : NULL);
}

static void put_records(struct answer *a, const struct merged *m, struct json *j)
{
	json_key(j, "records");
	json_array_begin(j);
	for (size_t i = m->chosen.first; i < m->chosen.first + m->chosen.shown; i++) {
		struct statement s;
		struct hit_more more;
		statement_read(&s, &m->chosen.found[i], "");
		more_of(a, m, i, &more);
		json_object_begin(j);
		hit_json(a, &s, &more, j);
		json_object_end(j);
		statement_free(&s);
	}
	json_array_end(j);
}

static void put_line(struct answer *a, const struct federated_line *line, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "name", line->name);
	json_put_text(j, "via", line->via);
	json_put_text(j, "outcome", federated_word(line->outcome));
	json_put_text(j, "text", line->text);
	json_put_u64(j, "hits", line->hits);
	if (line->via == NULL) {
		json_put_u64(j, "ms", line->ms);
		json_put_u64(j, "total", line->total);
		json_put_u64(j, "lied", line->lied);
		json_put_u64(j, "unverifiable", line->unverifiable);
		json_put_u64(j, "unmatched", line->unmatched);
		json_key(j, "head");
		json_object_begin(j);
		json_put_text(j, "origin", line->origin);
		put_head(a, line->size, &line->root, j);
		json_object_end(j);
	}
	json_object_end(j);
}

/* The heads that stand behind the hits that are shown. */
static void put_live(struct answer *a, const struct merged *m, struct json *j)
{
	json_key(j, "live");
	json_array_begin(j);
	for (size_t i = 0; i < m->answer->log_count; i++) {
		const struct federated_log *log = &m->answer->logs[i];
		bool used = false;
		for (size_t k = m->chosen.first; k < m->chosen.first + m->chosen.shown; k++)
			used = used || m->chosen.hits[k]->log == i;
		if (!used)
			continue;
		json_object_begin(j);
		json_put_text(j, "origin", log->origin);
		put_head(a, log->size, &log->root, j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_index(const struct federated_hit *h, const char *key, struct json *j)
{
	if (h != NULL) {
		json_put_u64(j, key, h->index);
		return;
	}
	json_key(j, key);
	json_nothing(j);
}

static void put_side(struct answer *a, const char *key, uint64_t size, const struct hash *root, uint64_t total,
                     struct json *j)
{
	json_key(j, key);
	json_object_begin(j);
	put_head(a, size, root, j);
	json_put_u64(j, "total", total);
	json_object_end(j);
}

static void put_comparison(struct answer *a, const struct merged *m, const struct federated_line *line, struct json *j)
{
	struct federated_difference *differences;
	size_t count;
	federated_compare(m->answer, line, &differences, &count);
	json_object_begin(j);
	json_put_text(j, "peer", line->name);
	json_put_text(j, "origin", line->origin);
	put_side(a, "here", line->here_size, &line->here_root, line->here_total, j);
	put_side(a, "there", line->size, &line->root, line->total, j);
	json_put_u64(j, "behind", line->size > line->here_size ? line->size - line->here_size : 0);
	json_key(j, "differences");
	json_array_begin(j);
	for (size_t i = 0; i < count; i++) {
		const struct federated_hit *one = differences[i].there != NULL ? differences[i].there : differences[i].here;
		json_object_begin(j);
		json_put_text(j, "kind", kind_word(one->kind));
		json_put_text(j, "subject", one->subject);
		put_index(differences[i].here, "here", j);
		put_index(differences[i].there, "there", j);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static bool compared(const struct federated_line *line)
{
	return line->compared && line->outcome == FEDERATED_ANSWERED && line->size > 0;
}

static void put_peers(struct answer *a, const struct merged *m, struct json *j)
{
	const struct federated_answer *from = m->answer;
	json_key(j, "peers");
	json_array_begin(j);
	for (size_t i = 0; i < from->line_count; i++)
		put_line(a, &from->lines[i], j);
	json_array_end(j);
	if (!m->question->wish.compare)
		return;
	json_key(j, "compare");
	json_array_begin(j);
	for (size_t i = 0; i < from->line_count; i++)
		if (compared(&from->lines[i]))
			put_comparison(a, m, &from->lines[i], j);
	json_array_end(j);
}

static void put_json(struct answer *a, const struct merged *m)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_u64(&j, "total", m->chosen.count);
	json_put_u64(&j, "offset", m->question->offset);
	json_put_u64(&j, "limit", m->question->limit);
	json_put_bool(&j, "partial", federated_partial(m->answer));
	json_put_u64(&j, "ms", m->answer->ms);
	json_put_u64(&j, "deadline_ms", m->question->wish.deadline_ms);
	put_records(a, m, &j);
	json_key(&j, "here");
	json_object_begin(&j);
	json_put_u64(&j, "total", m->answer->here_total);
	json_put_bool(&j, "late", m->answer->here_late);
	json_object_end(&j);
	put_peers(a, m, &j);
	put_live(a, m, &j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_line_text(const struct federated_line *line, struct buf *out)
{
	if (line->via != NULL)
		buf_printf(out, "  %s/%s: %s", line->via, line->name, federated_word(line->outcome));
	else
		buf_printf(out, "  %s: %s after %" PRIu64 " ms", line->name, federated_word(line->outcome), line->ms);
	if (line->text != NULL) {
		buf_add_str(out, ", ");
		text_put(out, line->text);
	}
	if (line->outcome == FEDERATED_ANSWERED)
		buf_printf(out, ", %" PRIu64 " taken", line->hits);
	if (line->lied > 0)
		buf_printf(out, ", %" PRIu64 " NOT WHAT THEIR ORIGIN SIGNED", line->lied);
	if (line->unverifiable > 0)
		buf_printf(out, ", %" PRIu64 " that cannot be checked here", line->unverifiable);
	if (line->unmatched > 0)
		buf_printf(out, ", %" PRIu64 " that were not asked for", line->unmatched);
	buf_add_char(out, '\n');
}

static void put_comparison_text(const struct merged *m, const struct federated_line *line, struct buf *out)
{
	struct federated_difference *differences;
	size_t count;
	federated_compare(m->answer, line, &differences, &count);
	buf_printf(out, "  %s has %" PRIu64 " entries of ", line->name, line->size);
	text_put(out, line->origin);
	buf_printf(out, ", here are %" PRIu64 "; %zu differences\n", line->here_size, count);
	for (size_t i = 0; i < count; i++) {
		const struct federated_hit *here = differences[i].here, *there = differences[i].there;
		buf_add_str(out, "    ");
		text_put(out, (there != NULL ? there : here)->subject);
		if (here == NULL)
			buf_printf(out, ": there alone, #%" PRIu64 "\n", there->index);
		else if (there == NULL)
			buf_printf(out, ": here alone, #%" PRIu64 "\n", here->index);
		else
			buf_printf(out, ": #%" PRIu64 " here, #%" PRIu64 " there\n", here->index, there->index);
	}
}

static void put_text(struct answer *a, const struct merged *m)
{
	struct buf *out = &a->body;
	size_t width = hit_widest(&m->chosen.found[m->chosen.first], m->chosen.shown);
	for (size_t i = m->chosen.first; i < m->chosen.first + m->chosen.shown; i++) {
		struct statement s;
		struct hit_more more;
		statement_read(&s, &m->chosen.found[i], "");
		more_of(a, m, i, &more);
		hit_text(a, &s, &more, width, out);
		statement_free(&s);
	}
	if (m->chosen.shown > 0)
		buf_add_char(out, '\n');
	if (m->chosen.count == 0)
		buf_add_str(out, "nothing found\n");
	else
		buf_printf(out, "%zu records found, these are %zu to %zu\n", m->chosen.count, m->chosen.first + 1,
		           m->chosen.first + m->chosen.shown);
	buf_printf(out, "%s\n", federated_partial(m->answer) ? "PARTIAL: not everybody answered" : "everybody answered");
	buf_printf(out, "  here: %" PRIu64 " found%s\n", m->answer->here_total, m->answer->here_late ? ", too late" : "");
	for (size_t i = 0; i < m->answer->line_count; i++)
		put_line_text(&m->answer->lines[i], out);
	for (size_t i = 0; i < m->answer->line_count; i++)
		if (compared(&m->answer->lines[i]))
			put_comparison_text(m, &m->answer->lines[i], out);
	answer_as_of_text(a);
}

int federated_respond(const struct http_request *request, const struct api_context *context,
                      const struct federated_question *q, struct federated_answer *answer, struct arena *arena,
                      struct buf *out)
{
	if (q->sru)
		return sru_peers_respond(request, context, q, answer, arena, out);
	struct merged m = { .question = q, .answer = answer };
	struct answer a = answer_new(request, context, arena);
	a.cache = "no-store"; /* of a moment, and of whoever answered then */
	must(answer != NULL);
	if (answer_begin(&a) && answer_claims(&a)) {
		federated_choose(&a, q, answer, &m.chosen);
		a.counted = true;
		a.total = m.chosen.count;
		if (a.text)
			put_text(&a, &m);
		else
			put_json(&a, &m);
	}
	return answer_finish(&a, out);
}
