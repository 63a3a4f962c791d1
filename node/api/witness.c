/* The witness over HTTP: GET /witness/HASH/checkpoint, and how the core's answers to POST /witness/add-checkpoint read.
 */
#include "node/api/witness.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/encode.h"
#include "crypto/note.h"
#include "node/api/answer.h"
#include "node/base/must.h"

/* ---- POST add-checkpoint ---- */

bool witness_is_door(struct bytes path)
{
	/* tlog-mirror: handled as a witness's; both raise one record of what was seen. */
	return bytes_equal(path, bytes_str("/witness/add-checkpoint")) ||
	       bytes_equal(path, bytes_str("/mirror/add-checkpoint"));
}

static int status_of(enum answer_outcome outcome)
{
	switch (outcome) {
	case ANSWER_OK:
		return 200;
	case ANSWER_UNKNOWN:
		return 404;
	case ANSWER_UNTRUSTED:
		return 403;
	case ANSWER_MALFORMED:
		return 400;
	case ANSWER_CONFLICT:
		return 409;
	case ANSWER_PARTIAL:
		return 202;
	case ANSWER_UNPROVED:
		return 422;
	case ANSWER_BUSY:
		return 503;
	}
	must(!"an outcome");
	return 500;
}

const char *witness_outcome_word(enum answer_outcome outcome)
{
	static const char *const words[] = { "cosigned", "unknown", "untrusted", "malformed",
		                                 "conflict", "partial", "unproved",  "busy" };
	must((size_t)outcome < sizeof words / sizeof *words);
	return words[outcome];
}

int witness_respond(const struct http_request *request, enum answer_outcome outcome, uint64_t size, struct bytes text,
                    bool close, struct buf *out)
{
	struct buf body = { 0 };
	int status = status_of(outcome);
	if (outcome == ANSWER_OK) {
		api_text(status, "text/plain; charset=utf-8", NULL, text, close, out);
	} else if (outcome == ANSWER_CONFLICT) {
		buf_printf(&body, "%" PRIu64 "\n", size);
		api_text(status, "text/x.tlog.size", NULL, buf_bytes(&body), close, out);
	} else {
		buf_add_bytes(&body, text);
		api_refuse(request, status, buf_str(&body), close, out);
	}
	buf_free(&body);
	return status;
}

/* ---- GET checkpoint ---- */

/* Lower-case hex of SHA-256 and nothing else: one path for each log. */
static bool read_hash(struct bytes hex, struct hash *out)
{
	struct buf raw = { 0 };
	bool good = hex.len == 2 * HASH_SIZE && hex_decode(hex, &raw) == OK;
	if (good)
		memcpy(out->b, raw.data, HASH_SIZE);
	buf_free(&raw);
	return good;
}

static bool has_line(struct bytes raw, const char *name)
{
	struct note *note = NULL;
	struct arena arena = { 0 };
	bool found = false;
	note = arena_get(&arena, sizeof *note);
	if (note_parse(raw, note, NULL) == OK)
		for (size_t i = 0; i < note->count; i++)
			found = found || bytes_equal(note->signatures[i].name, bytes_str(name));
	arena_free(&arena);
	return found;
}

static bool cut_suffix(struct bytes *text, const char *suffix)
{
	size_t len = strlen(suffix);
	if (text->len < len || memcmp(text->data + text->len - len, suffix, len) != 0)
		return false;
	text->len -= len;
	return true;
}

void witness_answer(struct answer *a, struct bytes rest)
{
	const struct core_status *status = a->context->status;
	const struct view *view = a->context->view;
	struct hash hash;
	struct bytes note;
	struct err err = { 0 };
	if (status == NULL || view == NULL) {
		problem_set(a, 503, "this node does not run: nothing is witnessed");
		return;
	}
	bool known = cut_suffix(&rest, "/checkpoint") && read_hash(rest, &hash);
	int rc = known ? view->newest(view->ctx, &hash, &a->found, &note, &err) : ERR_NOT_FOUND;
	if (rc != OK && rc != ERR_NOT_FOUND) {
		problem_err(a, rc, &err);
	} else if (rc != OK || !has_line(note, status->witness)) {
		problem_set(a, 404, "no checkpoint of such a log was ever cosigned here");
	} else {
		a->type = "text/plain; charset=utf-8";
		a->cache = "no-cache";
		buf_add_bytes(&a->body, note);
	}
}
