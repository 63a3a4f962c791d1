/* GET /api/v1/authority: what is claimed by whom, and who speaks for one reference. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/etag.h"
#include "node/api/text.h"
#include "proto/designator.h"
#include "proto/record.h"

enum { ITEM_WIDTH = 24 };

bool answer_claims(struct answer *a)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	if (a->claims_read)
		return true;
	int rc = view->claims(view->ctx, &a->claimed, &a->claims, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	a->claims_read = true;
	return true;
}

enum authority answer_authority(const struct answer *a, const char *origin, int kind, const char *subject)
{
	return authority_decide(&a->claims, origin, kind, subject);
}

const char *answer_authority_mark(enum authority authority)
{
	return authority_plain(authority) ? "" : authority == AUTHORITY_CONTESTED ? "  contested" : "  third-party";
}

/* ---- one reference ---- */

static struct speaker ask(const struct answer *a, const char *ref)
{
	struct speaker by_code = authority_speaker_of_body(&a->claims, ref);
	struct speaker s = authority_speaker(&a->claims, ref);
	return s.origin == NULL && !s.contested ? by_code : s;
}

static void put_speaker(const struct answer *a, const char *ref, struct json *j)
{
	struct speaker s = ask(a, ref);
	json_put_text(j, "reference", ref);
	json_put_text(j, "speaker", s.origin);
	json_put_bool(j, "contested", s.contested);
	json_put_bool(j, "decided_here", s.ours);
}

static void put_speaker_text(struct answer *a, const char *ref)
{
	struct speaker s = ask(a, ref);
	text_put(&a->body, ref);
	if (s.origin == NULL)
		buf_add_str(&a->body, s.contested ? ": contested, nobody speaks for it" : ": nobody claims it");
	else
		buf_add_str(&a->body, ": ");
	text_put(&a->body, s.origin != NULL ? s.origin : "");
	buf_add_str(&a->body, s.ours ? ", by our own log\n\n" : "\n\n");
}

/* ---- all claims ---- */

static enum authority standing(const struct answer *a, const struct claim *c, const char *item, bool body)
{
	struct speaker s = body ? authority_speaker_of_body(&a->claims, item) : authority_speaker(&a->claims, item);
	return authority_of(&s, c->about);
}

static bool is_opinion(const struct claim *c)
{
	return strcmp(c->said_by, c->about) != 0;
}

static void put_items(const struct answer *a, const struct claim *c, bool body, struct json *j)
{
	const char *const *items = body ? c->bodies : c->prefixes;
	json_key(j, body ? "bodies" : "prefixes");
	json_array_begin(j);
	for (size_t i = 0; i < (body ? c->body_count : c->prefix_count); i++) {
		json_object_begin(j);
		json_put_text(j, body ? "body" : "prefix", items[i]);
		json_put_text(j, "authority", authority_word(standing(a, c, items[i], body)));
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_json(struct answer *a, const char *ref)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	if (ref != NULL)
		put_speaker(a, ref, &j);
	json_key(&j, "claims");
	json_array_begin(&j);
	for (size_t i = 0; i < a->claims.count; i++) {
		const struct claim *c = &a->claims.v[i];
		json_object_begin(&j);
		json_put_text(&j, "origin", c->said_by);
		json_put_u64(&j, "index", c->index);
		json_put_text(&j, "about", c->about);
		json_put_bool(&j, "opinion", is_opinion(c));
		put_items(a, c, false, &j);
		put_items(a, c, true, &j);
		json_object_end(&j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_items_text(struct answer *a, const struct claim *c, bool body)
{
	const char *const *items = body ? c->bodies : c->prefixes;
	for (size_t i = 0; i < (body ? c->body_count : c->prefix_count); i++) {
		buf_add_str(&a->body, body ? "    body    " : "    prefix  ");
		text_pad(&a->body, items[i], ITEM_WIDTH);
		buf_printf(&a->body, "  %s\n", authority_word(standing(a, c, items[i], body)));
	}
}

static void put_text(struct answer *a, const char *ref)
{
	if (ref != NULL)
		put_speaker_text(a, ref);
	for (size_t i = 0; i < a->claims.count; i++) {
		const struct claim *c = &a->claims.v[i];
		text_put(&a->body, c->said_by);
		buf_printf(&a->body, " #%" PRIu64 "%s", c->index, is_opinion(c) ? ", our own log, says of " : " claims\n");
		if (is_opinion(c)) {
			text_put(&a->body, c->about);
			buf_add_char(&a->body, '\n');
		}
		put_items_text(a, c, false);
		put_items_text(a, c, true);
		if (c->prefix_count + c->body_count == 0)
			buf_add_str(&a->body, "    nothing\n");
	}
	buf_add_str(&a->body, a->claims.count == 0 ? "no log claims anything\n" : "\n");
	answer_as_of_text(a);
}

/* In canonical form where it is a reference. */
static const char *canonical(struct answer *a, const char *ref)
{
	struct designator d;
	return designator_parse(bytes_str(ref), &d, NULL) == OK ? arena_str(a->arena, d.canonical) : ref;
}

void authority_answer(struct answer *a)
{
	static const char *const known[] = { "ref", NULL };
	const char *ref;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "ref", &ref) || !etag_begin(a) || !answer_claims(a))
		return;
	ref = ref != NULL ? canonical(a, ref) : NULL;
	a->counted = true;
	a->total = a->claims.count;
	if (a->text)
		put_text(a, ref);
	else
		put_json(a, ref);
}
