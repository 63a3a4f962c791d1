#include "node/api/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/encode.h"
#include "node/api/text.h"
#include "proto/entry.h"
#include "proto/percent.h"
#include "proto/record.h"

enum { AS_OF_LINES_MAX = 8 };

bool answer_begin(struct answer *a)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	if (view == NULL) {
		problem_set(a, 503, "the store is not open");
		return false;
	}
	int rc = view->begin(view->ctx, &a->found, &a->as_of, &a->as_of_count, &err);
	if (rc != OK) {
		a->as_of_count = 0;
		problem_err(a, rc, &err);
		return false;
	}
	a->begun = true;
	return true;
}

bool answer_may_see(const struct answer *a, struct bytes envelope)
{
	struct envelope e;
	if (a->context->local)
		return true;
	return envelope_parse(envelope, &e, NULL) == OK && strcmp(e.collection, COLLECTION_PUBLIC) == 0;
}

void answer_mask(const struct answer *a, struct found *f)
{
	if (f->state != PAYLOAD_PRESENT || answer_may_see(a, f->envelope))
		return;
	f->state = PAYLOAD_WITHHELD;
	f->payload = bytes_of(NULL, 0);
}

bool answer_payload(struct answer *a, struct found *f)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = f->state == PAYLOAD_PRESENT && f->payload.len == 0 ? view->payload(view->ctx, f, &a->found, &err) : OK;
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

const struct as_of *answer_origin(const struct answer *a, const char *origin)
{
	for (size_t i = 0; i < a->as_of_count; i++)
		if (strcmp(a->as_of[i].origin, origin) == 0)
			return &a->as_of[i];
	return NULL;
}

/* ---- parameters ---- */

bool answer_parameter(struct answer *a, const char *name, const char **value)
{
	struct bytes rest = a->request->query;
	struct bytes found, raw;
	bool seen = false;
	char decoded[QUERY_MAX + 1];
	*value = NULL;
	while (http_parameter_next(&rest, &found, &raw)) {
		if (!bytes_equal(found, bytes_str(name)))
			continue;
		if (seen) {
			problem_parameter(a, name, "parameter %s is given twice", name);
			return false;
		}
		seen = true;
		int rc = http_decode(raw, true, decoded, sizeof decoded);
		if (rc != OK) {
			if (rc == ERR_LIMIT)
				problem_parameter(a, name, "parameter %s is longer than %d bytes", name, QUERY_MAX);
			else
				problem_parameter(a, name, "parameter %s is not percent-encoded UTF-8 text", name);
			return false;
		}
		if (decoded[0] != '\0')
			*value = arena_str(a->arena, decoded);
	}
	return true;
}

bool answer_number(struct answer *a, const char *name, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *text;
	if (!answer_parameter(a, name, &text))
		return false;
	if (text == NULL)
		return true;
	uint64_t n = 0;
	bool good = strlen(text) <= 20;
	for (const char *c = text; good && *c != '\0'; c++) {
		uint64_t digit = (uint64_t)(*c - '0');
		good = *c >= '0' && *c <= '9' && n <= (max - digit) / 10 && digit <= max;
		n = n * 10 + digit;
	}
	if (!good || n < min) {
		problem_parameter(a, name, "parameter %s is a number from %" PRIu64 " to %" PRIu64, name, min, max);
		return false;
	}
	*value = n;
	return true;
}

static bool is_among(struct bytes name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (bytes_equal(name, bytes_str(*names)))
			return true;
	return false;
}

bool answer_kind(struct answer *a, int *kind)
{
	const char *word;
	if (!answer_parameter(a, "kind", &word))
		return false;
	*kind = word != NULL ? kind_of_word(word) : 0;
	if (word == NULL || *kind != 0)
		return true;
	struct buf known = { 0 };
	for (unsigned i = 0; i < normlink__kind__descriptor.n_values; i++)
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", kind_word(normlink__kind__descriptor.values[i].value));
	problem_parameter(a, "kind", "parameter kind: %.*s is not a kind of record: %s", CODE_MAX, word, buf_str(&known));
	buf_free(&known);
	return false;
}

bool answer_parameters_known(struct answer *a, const char *const *names)
{
	struct bytes rest = a->request->query;
	struct bytes name, value;
	while (http_parameter_next(&rest, &name, &value)) {
		if (is_among(name, names))
			continue;
		struct buf known = { 0 };
		for (const char *const *n = names; *n != NULL; n++)
			buf_printf(&known, "%s%s", n == names ? "" : ", ", *n);
		char shown[CODE_MAX + 1];
		(void)snprintf(shown, sizeof shown, "%.*s", (int)(name.len < CODE_MAX ? name.len : CODE_MAX),
		               (const char *)name.data);
		if (known.len == 0)
			problem_parameter(a, shown, "parameter %s is not known; this address takes none", shown);
		else
			problem_parameter(a, shown, "parameter %s is not known; there are %s", shown, buf_str(&known));
		buf_free(&known);
		return false;
	}
	return true;
}

/* ---- what answers have in common ---- */

const char *answer_time(struct arena *arena, uint64_t wall_ms, bool json)
{
	struct tm utc;
	char text[64];
	time_t seconds = (time_t)(wall_ms / 1000);
	/* A year of more than four digits is nobody's clock; and time_t must hold it. */
	if (wall_ms == 0 || wall_ms / 1000 > 253402300799u || gmtime_r(&seconds, &utc) == NULL)
		return "";
	size_t n = strftime(text, sizeof text, json ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M:%S UTC", &utc);
	return arena_strn(arena, text, n);
}

const char *answer_hex(struct arena *arena, struct bytes data)
{
	struct buf text = { 0 };
	hex_add(&text, data);
	const char *copy = arena_strn(arena, text.data, text.len);
	buf_free(&text);
	return copy;
}

const char *answer_base64(struct arena *arena, struct bytes data)
{
	struct buf text = { 0 };
	base64_add(&text, data);
	const char *copy = arena_strn(arena, text.data, text.len);
	buf_free(&text);
	return copy;
}

const char *answer_root(struct arena *arena, const struct hash *root)
{
	return answer_base64(arena, bytes_of(root->b, HASH_SIZE));
}

void answer_fork(enum fork_state fork, struct json *j)
{
	json_put_bool(j, "frozen", fork_stops(fork));
	if (fork == FORK_NONE)
		return;
	json_put_text(j, "fork", fork_word(fork));
}

const char *answer_fork_text(enum fork_state fork)
{
	switch (fork) {
	case FORK_FROZEN:
		return "FROZEN: two signed heads contradict each other";
	case FORK_ABANDONED:
		return "ABANDONED: two signed heads contradicted each other";
	case FORK_RELEASED:
		return "forked before, and was released by an operator";
	case FORK_NONE:
		break;
	}
	return NULL;
}

bool answer_frozen(const struct answer *a, const char *origin)
{
	const struct as_of *at = answer_origin(a, origin);
	return at != NULL && fork_stops(at->fork);
}

void answer_mark(struct answer *a, const struct as_of *at)
{
	if (fork_stops(at->fork))
		a->frozen = answer_escaped(a->arena, at->origin, "/");
}

const char *answer_escaped(struct arena *arena, const char *text, const char *more)
{
	struct buf out = { 0 };
	percent_add(&out, text, more[0] == '/' ? ":/" : ":");
	const char *copy = arena_strn(arena, out.data, out.len);
	buf_free(&out);
	return copy;
}

void answer_as_of(const struct answer *a, struct json *j)
{
	json_key(j, "as_of");
	json_array_begin(j);
	for (size_t i = 0; i < a->as_of_count; i++) {
		const struct as_of *at = &a->as_of[i];
		json_object_begin(j);
		json_put_text(j, "origin", at->origin);
		json_put_u64(j, "size", at->size);
		json_put_text(j, "root", answer_root(a->arena, &at->root));
		json_put_u64(j, "head_size", at->head_size);
		if (at->index_differs)
			json_put_text(j, "index_root", index_word(INDEX_DIFFERS));
		answer_fork(at->fork, j);
		json_object_end(j);
	}
	json_array_end(j);
}

void answer_as_of_text(struct answer *a)
{
	size_t width = 0;
	size_t shown = a->as_of_count < AS_OF_LINES_MAX ? a->as_of_count : AS_OF_LINES_MAX;
	for (size_t i = 0; i < shown; i++) {
		size_t own = text_width(bytes_str(a->as_of[i].origin));
		width = own > width ? own : width;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct as_of *at = &a->as_of[i];
		buf_add_str(&a->body, i == 0 ? "as of  " : "       ");
		text_pad(&a->body, at->origin, width);
		const char *fork = answer_fork_text(at->fork);
		buf_printf(&a->body, "  size %" PRIu64 "  root %s%s%s%s\n", at->size, answer_root(a->arena, &at->root),
		           fork != NULL ? "  " : "", fork != NULL ? fork : "",
		           at->index_differs ? "  ITS INDEX ROOT IS FALSE" : "");
	}
	if (shown < a->as_of_count)
		buf_printf(&a->body, "       and %zu more origins\n", a->as_of_count - shown);
	if (shown == 0)
		buf_add_str(&a->body, "as of  no origin has an entry yet\n");
}
