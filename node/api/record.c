/* GET /api/v1/records/REFERENCE, /revisions, /proof: what is said about one standard, by whom, and how to check it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/authors.h"
#include "node/api/contradiction.h"
#include "node/api/difference.h"
#include "node/api/history.h"
#include "node/api/linked.h"
#include "node/api/negotiate.h"
#include "node/api/piece.h"
#include "node/api/statement.h"
#include "node/api/text.h"

/* ---- JSON ---- */

static const char *what_of(const struct history_item *item)
{
	return item->retracted ? "retracted" : item->first ? "added" : "revised";
}

/* h: for an answer about revisions alone, which names the subject and says what changed; NULL: one of a record's. */
static void put_revision(struct answer *a, const struct history *h, const struct history_item *item, struct json *j)
{
	json_object_begin(j);
	if (h != NULL) {
		json_put_text(j, "subject", item->subject);
		json_put_text(j, "origin", item->found->origin);
		json_put_text(j, "authority", authority_word(item->authority));
		json_put_bool(j, "frozen", answer_frozen(a, item->found->origin));
	}
	json_put_u64(j, "index", item->found->index);
	piece_time(a, j, "time", item->time_ms);
	json_put_text(j, "what", what_of(item));
	json_put_text(j, "state", statement_state(item->found));
	json_put_bool(j, "current", item->found->current);
	if (h != NULL) {
		json_put_text(j, "kind", kind_word(item->kind));
		difference_json(a, h, (size_t)(item - h->items), j);
	}
	json_object_end(j);
}

static void put_current(struct answer *a, const struct history_group *g, struct json *j)
{
	struct statement s;
	statement_read(&s, g->current, g->subject);
	json_put_u64(j, "index", g->current->index);
	json_put_text(j, "state", statement_state(g->current));
	piece_envelope(a, &s.envelope, j);
	statement_json(&s, j);
	json_put_bool(j, "retracted", s.record != NULL && s.record->retraction != NULL);
	authors_json(a, g->current, s.record, j);
	statement_free(&s);
}

static void put_group(struct answer *a, const struct history *h, size_t number, struct json *j)
{
	const struct history_group *g = &h->groups[number];
	json_object_begin(j);
	json_put_text(j, "subject", g->subject);
	json_put_text(j, "origin", g->origin);
	json_put_text(j, "authority", authority_word(g->authority));
	const struct as_of *at = answer_origin(a, g->origin);
	answer_fork(at != NULL ? at->fork : FORK_NONE, j);
	if (g->current != NULL)
		put_current(a, g, j);
	json_put_text(j, "kind", kind_word(g->kind));
	piece_head(a, g->origin, j);
	json_key(j, "revisions");
	json_array_begin(j);
	for (size_t i = 0; i < h->count; i++)
		if (h->items[i].group == number)
			put_revision(a, NULL, &h->items[i], j);
	json_array_end(j);
	json_object_end(j);
}

static void put_record_json(struct answer *a, const struct history *h)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "subject", h->subject);
	json_key(&j, "statements");
	json_array_begin(&j);
	for (size_t i = 0; i < h->group_count; i++)
		put_group(a, h, i, &j);
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_revision_text(struct answer *a, const struct history_item *item, struct buf *out)
{
	char index[24];
	(void)snprintf(index, sizeof index, "#%" PRIu64, item->found->index);
	const char *pad = item->found->current && item->first && !item->retracted ? "  " : "";
	buf_printf(out, "%-8s  %-23s  %s%s", index, answer_time(a->arena, item->time_ms, false), what_of(item), pad);
	if (item->found->current)
		buf_add_str(out, "  current");
	if (item->found->state != PAYLOAD_PRESENT)
		buf_printf(out, "  %s", statement_state(item->found));
	if (answer_frozen(a, item->found->origin))
		buf_add_str(out, "  FROZEN");
	buf_add_char(out, '\n');
}

static void put_group_text(struct answer *a, const struct history *h, size_t number)
{
	const struct history_group *g = &h->groups[number];
	struct buf *out = &a->body;
	text_put(out, g->subject);
	if (g->kind != NORMLINK__KIND__KIND_STANDARD && kind_word(g->kind) != NULL)
		buf_printf(out, "  (%s)", kind_word(g->kind));
	buf_printf(out, "%s\n\n", answer_authority_mark(g->authority));
	if (g->current != NULL) {
		struct statement s;
		statement_read(&s, g->current, g->subject);
		statement_text(&s, out);
		authors_text(a, g->current, s.record);
		statement_free(&s);
	}
	buf_add_str(out, "\n  origin       ");
	text_put(out, g->origin);
	if (g->current != NULL)
		buf_printf(out, ", entry %" PRIu64, g->current->index);
	buf_add_char(out, '\n');
	piece_head_text(a, g->origin, g->current != NULL ? g->current->index : 0);
	bool first = true;
	for (size_t i = 0; i < h->count; i++) {
		if (h->items[i].group != number)
			continue;
		buf_add_str(out, first ? "  revisions    " : "               ");
		put_revision_text(a, &h->items[i], out);
		first = false;
	}
	buf_add_char(out, '\n');
}

/* What a group is beside the first, which is shown whole. */
enum part {
	PART_WHOLE,   /* the same kind and subject, by another origin */
	PART_BESIDE,  /* another kind on that subject, or one that a fragment tells apart */
	PART_EDITION, /* the same kind on another edition */
	PART_OTHER,   /* something else on another edition */
};

static enum part part_of(const struct history *h, size_t number)
{
	const struct history_group *first = &h->groups[0], *g = &h->groups[number];
	size_t n = strlen(first->subject);
	bool same = strcmp(g->subject, first->subject) == 0;
	if (same && g->kind == first->kind)
		return PART_WHOLE;
	if (same || (strncmp(g->subject, first->subject, n) == 0 && g->subject[n] == '#'))
		return PART_BESIDE;
	return g->kind == first->kind ? PART_EDITION : PART_OTHER;
}

/* One of several: a line. */
static void put_line_text(struct answer *a, const struct history_group *g, size_t width)
{
	struct buf *out = &a->body;
	buf_add_str(out, "  ");
	text_pad(out, g->subject, width);
	if (g->current != NULL) {
		struct statement s;
		statement_read(&s, g->current, g->subject);
		buf_printf(out, "  %-11s  %-10s  ", statement_gist(&s), statement_date(&s));
		text_put(out, g->origin);
		buf_printf(out, " #%" PRIu64 "%s", g->current->index, answer_authority_mark(g->authority));
		statement_free(&s);
	} else {
		buf_add_str(out, "  ");
		text_put(out, g->origin);
	}
	buf_add_char(out, '\n');
}

static size_t widest(const struct history *h, enum part part)
{
	size_t width = 0;
	for (size_t i = 0; i < h->group_count; i++)
		if (part_of(h, i) == part)
			width = text_widest(width, h->groups[i].subject);
	return width;
}

/* What else is said about it: how many of each kind, and a line each. */
static void put_beside_text(struct answer *a, const struct history *h)
{
	const ProtobufCEnumDescriptor *kinds = &normlink__kind__descriptor;
	size_t width = widest(h, PART_BESIDE);
	for (unsigned k = 0; k < kinds->n_values; k++) {
		size_t count = 0;
		for (size_t i = 0; i < h->group_count; i++)
			count += part_of(h, i) == PART_BESIDE && h->groups[i].kind == kinds->values[k].value;
		if (count == 0)
			continue;
		buf_printf(&a->body, "%s (%zu)\n", kind_word(kinds->values[k].value), count);
		for (size_t i = 0; i < h->group_count; i++)
			if (part_of(h, i) == PART_BESIDE && h->groups[i].kind == kinds->values[k].value)
				put_line_text(a, &h->groups[i], width);
		buf_add_char(&a->body, '\n');
	}
}

static void put_editions_text(struct answer *a, const struct history *h)
{
	size_t width = widest(h, PART_EDITION);
	if (width == 0)
		return;
	buf_add_str(&a->body, "other editions\n");
	for (size_t i = 0; i < h->group_count; i++)
		if (part_of(h, i) == PART_EDITION)
			put_line_text(a, &h->groups[i], width);
	buf_add_char(&a->body, '\n');
}

/* Whoever speaks for it was shown first: of another what differs from that. */
static void put_third_text(struct answer *a, const struct history_group *g, const struct history_group *speaker)
{
	struct buf *out = &a->body;
	struct statement theirs, ours;
	buf_add_str(out, "  ");
	text_put(out, g->origin);
	if (g->current == NULL) {
		buf_printf(out, ", %s: nothing any more\n", authority_word(g->authority));
		return;
	}
	statement_read(&theirs, g->current, g->subject);
	statement_read(&ours, speaker->current, speaker->subject);
	buf_printf(out, ", entry %" PRIu64 ", %s, %s\n", g->current->index, authority_word(g->authority),
	           answer_time(a->arena, theirs.envelope.time_ms, false));
	if (theirs.record == NULL || ours.record == NULL)
		buf_printf(out, "    %s\n", theirs.record == NULL ? theirs.problem : "what differs cannot be told");
	else if (theirs.record->standard == NULL)
		statement_text(&theirs, out);
	else if (contradiction_text(theirs.record, ours.record, speaker->origin, TERMINAL_WIDTH, out) == 0)
		buf_add_str(out, "    nothing that contradicts it\n");
	statement_free(&theirs);
	statement_free(&ours);
}

/* In full who speaks for it, or all when nobody does; then what others say. */
static void put_first_text(struct answer *a, const struct history *h)
{
	const struct history_group *speaker = NULL;
	bool others = false;
	for (size_t i = 0; i < h->group_count; i++) {
		const struct history_group *g = &h->groups[i];
		if (part_of(h, i) != PART_WHOLE)
			continue;
		if (speaker == NULL || g->authority == AUTHORITY_OWN) {
			put_group_text(a, h, i);
			if (g->authority == AUTHORITY_OWN && g->current != NULL)
				speaker = g;
			continue;
		}
		if (!others)
			buf_add_str(&a->body, "others say\n");
		others = true;
		put_third_text(a, g, speaker);
	}
	if (others)
		buf_add_char(&a->body, '\n');
}

static void put_record_text(struct answer *a, const struct history *h)
{
	put_first_text(a, h);
	put_beside_text(a, h);
	put_editions_text(a, h);
	buf_add_str(&a->body,
	            "Signatures are listed as the head has them; normlink proof and normlink verify check them.\n");
	answer_as_of_text(a);
}

bool record_form(struct answer *a, const char **form)
{
	static const char *const forms[] = { "json", "text", "jsonld" };
	if (!answer_parameter(a, "format", form))
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (*form == NULL || strcmp(*form, forms[i]) == 0)
			return true;
	problem_parameter(a, "format", "parameter format is json, text or jsonld");
	return false;
}

void record_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { "kind", "format", NULL };
	struct history h;
	const char *form;
	if (!answer_parameters_known(a, known) || !record_form(a, &form))
		return;
	bool linked = form != NULL ? strcmp(form, "jsonld") == 0 : negotiate_ld(a->request);
	a->text = form != NULL ? strcmp(form, "text") == 0 : a->text;
	if (!history_read(a, reference, &h))
		return;
	if (linked)
		linked_put(a, &h);
	else if (a->text)
		put_record_text(a, &h);
	else
		put_record_json(a, &h);
}

void revisions_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { "kind", NULL };
	struct history h;
	if (!answer_parameters_known(a, known) || !history_read(a, reference, &h))
		return;
	if (a->text) {
		for (size_t i = 0; i < h.count; i++) {
			text_pad(&a->body, h.items[i].subject, 24);
			buf_add_str(&a->body, "  ");
			text_pad(&a->body, h.items[i].found->origin, 24);
			buf_add_str(&a->body, "  ");
			put_revision_text(a, &h.items[i], &a->body);
			difference_text(a, &h, i);
		}
		answer_as_of_text(a);
		return;
	}
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "subject", h.subject);
	json_key(&j, "revisions");
	json_array_begin(&j);
	for (size_t i = 0; i < h.count; i++)
		put_revision(a, &h, &h.items[i], &j);
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- the proof ---- */

/* What to prove: the entry asked for, else the newest edition's current statement. */
static const struct found *choose(const struct history *h, const char *origin, bool by_index, uint64_t index)
{
	for (size_t i = 0; by_index && i < h->count; i++)
		if (h->items[i].found->index == index && (origin == NULL || strcmp(h->items[i].found->origin, origin) == 0))
			return h->items[i].found;
	for (size_t i = 0; !by_index && i < h->group_count; i++)
		if (h->groups[i].current != NULL && (origin == NULL || strcmp(h->groups[i].origin, origin) == 0))
			return h->groups[i].current;
	return NULL;
}

void proof_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { "kind", "origin", "index", "head", NULL };
	struct history h;
	struct bytes current;
	const char *origin;
	bool cosigned;
	uint64_t index = UINT64_MAX;
	if (http_parameter(a->request, "current", &current)) {
		roots_proof_answer(a, reference);
		return;
	}
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &origin) ||
	    !piece_proof_head(a, &cosigned) || !answer_number(a, "index", 0, INT64_MAX, &index) ||
	    !history_read(a, reference, &h))
		return;
	const struct found *chosen = choose(&h, origin, index != UINT64_MAX, index);
	if (chosen == NULL) {
		problem_set(a, 404, "%s: no statement on it by that origin and index", h.subject);
		return;
	}
	piece_proof(a, h.subject, chosen, cosigned);
}
