#include "node/api/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/filters.h"
#include "node/api/hit.h"
#include "node/api/negotiate.h"
#include "node/api/piece.h"
#include "node/base/must.h"

/* Portions are small: a stream that begins far back shares the readers with everybody else. */
enum { PORTION = 50, CURSOR_TEXT_MAX = 64, KNOWN_MAX = ORIGINS_MAX + 1, RECONNECT_MS = 2000 };

struct changes {
	struct query query;
	struct change_cursor from;
	struct known_size known[KNOWN_MAX];
	size_t known_count;
	bool proofs;
	bool text;
	struct change_list list;
};

/* ---- cursors as text: "12.345.1a2b3c4d" ---- */

static const char *cursor_text(struct arena *arena, const struct change_cursor *c)
{
	if (c->seq == 0)
		return "start";
	return arena_printf(arena, "%" PRIu64 ".%" PRIu64 ".%08x", c->seq, c->index, (unsigned)c->check);
}

/* Digits and nothing else, in front of that sign; false: no. */
static bool take_number(const char **text, char sign, int base, uint64_t max, uint64_t *out)
{
	char *end;
	const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
	size_t n = strspn(*text, digits);
	if (n == 0 || n > 19 || (*text)[n] != sign)
		return false;
	*out = strtoull(*text, &end, base);
	*text = end + (sign != '\0');
	return *out <= max;
}

static bool read_cursor(const char *text, struct change_cursor *out)
{
	uint64_t check = 0;
	if (strcmp(text, "start") == 0 || strcmp(text, "now") == 0) {
		*out = (struct change_cursor){ .seq = text[0] == 'n' ? UINT64_MAX : 0 };
		return true;
	}
	bool good = take_number(&text, '.', 10, INT64_MAX, &out->seq) &&
	            take_number(&text, '.', 10, INT64_MAX, &out->index) &&
	            take_number(&text, '\0', 16, UINT32_MAX, &check) && out->seq > 0;
	out->check = (uint32_t)check;
	return good;
}

/* ---- the question ---- */

/* One of "sac.example/log:315,iso.example/log:92575", cut off the text. */
static bool take_known(struct answer *a, const char **text, struct known_size *out)
{
	size_t n = strcspn(*text, ",");
	char *one = arena_strn(a->arena, *text, n), *colon = strrchr(one, ':');
	*text += n + ((*text)[n] == ',');
	if (colon == NULL || colon == one)
		return false;
	const char *size = colon + 1;
	*colon = '\0';
	out->origin = one;
	return take_number(&size, '\0', 10, INT64_MAX, &out->size);
}

static bool read_known(struct answer *a, struct changes *c)
{
	const char *heads;
	if (!answer_parameter(a, "heads", &heads))
		return false;
	while (heads != NULL && *heads != '\0') {
		if (c->known_count == KNOWN_MAX || !take_known(a, &heads, &c->known[c->known_count++])) {
			problem_parameter(a, "heads", "parameter heads is ORIGIN:SIZE, several with commas between");
			return false;
		}
	}
	return true;
}

static bool read_since(struct answer *a, struct changes *c)
{
	const char *since;
	struct bytes last = http_header(a->request, "Last-Event-ID");
	if (!answer_parameter(a, "since", &since))
		return false;
	if (last.len > 0 && last.len < CURSOR_TEXT_MAX && negotiate_events(a->request))
		since = arena_strn(a->arena, last.data, last.len);
	if (since == NULL || read_cursor(since, &c->from))
		return true;
	problem_parameter(a, "since", "parameter since is start, now, or a cursor that an earlier answer gave");
	return false;
}

/* One of two words; the first when absent. */
static bool read_word(struct answer *a, const char *name, const char *first, const char *second, bool *is_second)
{
	const char *word;
	if (!answer_parameter(a, name, &word))
		return false;
	*is_second = word != NULL && strcmp(word, second) == 0;
	if (word == NULL || *is_second || strcmp(word, first) == 0)
		return true;
	problem_parameter(a, name, "parameter %s is %s or %s", name, first, second);
	return false;
}

static bool read_changes(struct answer *a, struct changes *c, bool events)
{
	static const char *const known[] = { FILTER_PARAMETERS, "since", "heads", "proof", "form", "once", NULL };
	bool other, once;
	if (!answer_parameters_known(a, known) || !filters_read(a, &c->query) || !read_since(a, c) || !read_known(a, c) ||
	    !read_word(a, "form", "json", "text", &c->text) || !read_word(a, "once", "0", "1", &once) ||
	    !read_word(a, "proof", events ? "full" : "link", events ? "link" : "full", &other))
		return false;
	c->proofs = other != events;
	if (events && c->query.limit > PORTION)
		c->query.limit = PORTION;
	return true;
}

static bool ask(struct answer *a, struct changes *c)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	if (!filters_origin(a, &c->query) || !answer_claims(a))
		return false;
	int rc = view->changes(view->ctx, &c->query, &c->from, c->known, c->known_count, &a->found, &c->list, &err);
	if (rc == ERR_USAGE)
		problem_parameter(a, "q", "parameter q: %s", err.text);
	else if (rc == ERR_CONFLICT)
		problem_set(a, 409, "%s: go on by heads=", err.text);
	else if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

/* ---- one change ---- */

static const char *what_of(const struct change *c, const struct statement *s)
{
	if (s->record != NULL && s->record->retraction != NULL)
		return "retracted";
	return c->first ? "added" : "revised";
}

static void put_change(struct answer *a, const struct changes *all, const struct change *c, const struct statement *s,
                       struct json *j)
{
	const struct hit_more more = { .proof = all->proofs ? HIT_PROOF_FILE : HIT_PROOF_LINK };
	json_object_begin(j);
	json_key(j, "cursor");
	json_text(j, cursor_text(a->arena, &c->after));
	json_key(j, "what");
	json_text(j, what_of(c, s));
	json_key(j, "current");
	json_bool(j, c->found.current);
	hit_json(a, s, &more, j);
	json_object_end(j);
}

/* ---- the answer, once ---- */

static void put_json(struct answer *a, const struct changes *c)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "changes");
	json_array_begin(&j);
	for (size_t i = 0; i < c->list.count; i++) {
		struct statement s;
		statement_read(&s, &c->list.v[i].found, "");
		put_change(a, c, &c->list.v[i], &s, &j);
		statement_free(&s);
	}
	json_array_end(&j);
	json_key(&j, "next");
	json_text(&j, cursor_text(a->arena, &c->list.next));
	json_key(&j, "more");
	json_bool(&j, c->list.more);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- events ---- */

/* The lines of a text as the data of an event. */
static void put_data(struct buf *out, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *lf = memchr(text.data, '\n', text.len);
		size_t n = lf != NULL ? (size_t)(lf - text.data) : text.len;
		buf_add_str(out, "data: ");
		buf_add_bytes(out, bytes_of(text.data, n));
		buf_add_char(out, '\n');
		n += lf != NULL;
		text = bytes_of(text.data + n, text.len - n);
	}
}

/* For a terminal: the lines that a search shows; before them the proof, so that what was shown has been kept. */
static void put_text_event(struct answer *a, const struct changes *c, const struct change *change,
                           const struct statement *s, struct buf *out)
{
	struct buf proof = { 0 }, lines = { 0 };
	struct err err = { 0 };
	/* It cannot be made of a log that forked. */
	if (c->proofs && piece_proof_file(a, &change->found, false, &proof, &err) != OK)
		buf_reset(&proof);
	if (proof.len > 0) {
		const char *name = piece_proof_name(a->arena, arena_printf(a->arena, "%s %" PRIu64 " %s", change->found.origin,
		                                                           change->found.index, s->subject));
		buf_printf(out, "event: proof\ndata: %s\n", name);
		put_data(out, buf_bytes(&proof));
		buf_add_char(out, '\n');
	}
	buf_printf(&lines, "%-9s  ", what_of(change, s));
	hit_text(a, s, NULL, 0, &lines);
	buf_printf(out, "id: %s\nevent: %s\n", cursor_text(a->arena, &change->after), what_of(change, s));
	put_data(out, buf_bytes(&lines));
	buf_add_char(out, '\n');
	buf_free(&lines);
	buf_free(&proof);
}

static void put_event(struct answer *a, const struct changes *c, const struct change *change, struct buf *out)
{
	struct statement s;
	statement_read(&s, &change->found, "");
	if (c->text) {
		put_text_event(a, c, change, &s, out);
	} else {
		struct json j = { .out = out };
		buf_printf(out, "id: %s\nevent: %s\ndata: ", cursor_text(a->arena, &change->after), what_of(change, &s));
		put_change(a, c, change, &s, &j);
		buf_add_str(out, "\n\n");
	}
	statement_free(&s);
}

/* An id alone moves the place from where a client goes on, and is no event.  The heads are for one whose place is lost.
 */
static void put_events(struct answer *a, const struct changes *c, struct buf *out)
{
	for (size_t i = 0; i < c->list.count; i++)
		put_event(a, c, &c->list.v[i], out);
	if (!c->list.more) {
		buf_add_str(out, ": heads ");
		for (size_t i = 0; i < a->as_of_count; i++)
			buf_printf(out, "%s%s:%" PRIu64, i > 0 ? "," : "", a->as_of[i].origin, a->as_of[i].head_size);
		buf_add_char(out, '\n');
	}
	buf_printf(out, ": %s\nid: %s\n\n", c->list.more ? "more" : "end", cursor_text(a->arena, &c->list.next));
}

void changes_answer(struct answer *a)
{
	struct changes c = { 0 };
	bool events = negotiate_events(a->request);
	if (!read_changes(a, &c, events) || !answer_begin(a) || !ask(a, &c))
		return;
	if (!events) {
		put_json(a, &c);
		return;
	}
	a->type = "text/event-stream";
	put_events(a, &c, &a->body);
}

/* ---- a stream ---- */

bool changes_is_stream(const struct http_request *request)
{
	struct bytes once;
	return bytes_equal(request->path, bytes_str("/api/v1/changes")) && bytes_equal(request->method, bytes_str("GET")) &&
	       negotiate_events(request) && !(http_parameter(request, "once", &once) && bytes_equal(once, bytes_str("1")));
}

int changes_portion(const struct http_request *request, const struct api_context *context, struct arena *arena,
                    struct changes_place *place, bool *more, struct buf *out)
{
	struct changes c = { 0 };
	struct answer a = answer_new(request, context, arena);
	a.cache = "no-store";
	*more = false;
	bool good = !answer_withheld(&a) && read_changes(&a, &c, true) && answer_begin(&a);
	if (place->begun)
		c.from = place->at;
	good = good && ask(&a, &c);
	bool moved = c.list.next.seq != c.from.seq || c.list.next.index != c.from.index;
	if (good && !place->begun) {
		answer_stream(&a, "text/event-stream", out);
		buf_printf(out, "retry: %d\n\n", RECONNECT_MS);
	}
	if (good && (moved || !place->begun))
		put_events(&a, &c, out);
	else if (!good && !place->begun)
		answer_response(&a, out);
	answer_end(&a);
	place->begun = true;
	place->at = c.list.next;
	*more = good && c.list.more;
	answer_free(&a);
	return good ? 200 : a.status;
}
