#include "node/api/statement.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/text.h"

enum { LABEL_WIDTH = 13, LANG_WIDTH = 8 };

void statement_read(struct statement *s, const struct found *found, const char *asked)
{
	*s = (struct statement){ .found = found, .subject = asked, .arena = { .cap = ANSWER_RECORD_MAX } };
	struct err err = { 0 };
	Normlink__Record *record = NULL;
	if (found->envelope.len > 0 && envelope_parse(found->envelope, &s->envelope, &err) != OK)
		s->envelope = (struct envelope){ 0 };
	if (found->state == PAYLOAD_WITHHELD) {
		(void)snprintf(s->problem, sizeof s->problem, "withheld: not shared with whoever asks, or not here yet");
	} else if (found->state == PAYLOAD_REDACTED) {
		(void)snprintf(s->problem, sizeof s->problem, "redacted: its content was removed");
	} else if (payload_open(found->payload, &s->arena, &record, &err) != OK) {
		(void)snprintf(s->problem, sizeof s->problem, "%s", err.text);
	} else {
		s->record = record;
		s->subject = record->subject != NULL ? record->subject : asked;
	}
}

void statement_free(struct statement *s)
{
	arena_free(&s->arena);
	s->record = NULL;
}

const char *statement_state(const struct found *found)
{
	return found->state == PAYLOAD_WITHHELD ? "withheld" : found->state == PAYLOAD_REDACTED ? "redacted" : "present";
}

static const Normlink__Standard *standard_of(const struct statement *s)
{
	return s->record != NULL ? s->record->standard : NULL;
}

const char *statement_status(const struct statement *s)
{
	const Normlink__Standard *standard = standard_of(s);
	if (s->record != NULL && s->record->verdict != NULL) {
		const char *decision = decision_word((int)s->record->verdict->decision);
		return decision != NULL ? decision : "";
	}
	const char *word = standard != NULL && standard->has_status ? status_word((int)standard->status) : NULL;
	return word != NULL ? word : "";
}

const char *statement_date(const struct statement *s)
{
	const Normlink__Standard *standard = standard_of(s);
	if (standard == NULL)
		return "";
	const char *date = record_date(s->record, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED);
	for (size_t i = 0; date == NULL && i < standard->n_events; i++)
		date = standard->events[i]->date;
	return date != NULL ? date : "";
}

void statement_json(const struct statement *s, struct json *j)
{
	struct buf record = { 0 };
	json_key(j, "record");
	if (s->record != NULL) {
		json_of_message(&s->record->base, &record);
		json_raw(j, buf_bytes(&record));
	} else {
		json_nothing(j);
		json_put_text(j, "problem", s->problem);
	}
	buf_free(&record);
}

void statement_titles(const struct statement *s, struct json *j)
{
	json_key(j, "titles");
	json_array_begin(j);
	for (size_t i = 0; s->record != NULL && i < s->record->n_texts; i++) {
		const Normlink__Text *t = s->record->texts[i];
		if (t->role != NORMLINK__ROLE__ROLE_TITLE)
			continue;
		json_object_begin(j);
		json_put_text(j, "lang", t->lang);
		json_put_text(j, "value", t->value);
		json_object_end(j);
	}
	json_array_end(j);
}

/* ---- for a terminal ---- */

static void put_texts(const struct statement *s, Normlink__Role role, size_t indent, struct buf *out)
{
	for (size_t i = 0; s->record != NULL && i < s->record->n_texts; i++) {
		const Normlink__Text *t = s->record->texts[i];
		if (t->role != role || t->value == NULL)
			continue;
		buf_printf(out, "%*s", (int)indent, "");
		text_pad(out, t->lang != NULL ? t->lang : "", LANG_WIDTH);
		text_wrap(out, t->value, indent + LANG_WIDTH, TERMINAL_WIDTH);
	}
}

void statement_titles_text(const struct statement *s, size_t indent, struct buf *out)
{
	put_texts(s, NORMLINK__ROLE__ROLE_TITLE, indent, out);
}

/* A label, once, and its values below one another. */
static void put_fact(struct buf *out, const char *label, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_add_str(out, "  ");
	text_pad(out, label, LABEL_WIDTH);
	text_wrap(out, value, 2 + LABEL_WIDTH, TERMINAL_WIDTH);
}

static void put_list(struct buf *out, const char *label, char *const *values, size_t count)
{
	struct buf line = { 0 };
	for (size_t i = 0; i < count; i++)
		buf_printf(&line, "%s%s", i > 0 ? ", " : "", values[i]);
	put_fact(out, label, line.len > 0 ? buf_str(&line) : NULL);
	buf_free(&line);
}

/* "replaced-by" to "replaced by". */
static void words_of(const char *code, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", code != NULL ? code : "");
	for (char *c = out; *c != '\0'; c++)
		if (*c == '-')
			*c = ' ';
}

static void put_events(const Normlink__Standard *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_events; i++) {
		char label[CODE_MAX];
		words_of(event_word((int)s->events[i]->type), label, sizeof label);
		put_fact(out, label, s->events[i]->date);
	}
}

static void put_links(const Normlink__Standard *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_adopts; i++) {
		struct buf line = { 0 };
		const char *degree = degree_word((int)s->adopts[i]->degree);
		buf_printf(&line, "%s", s->adopts[i]->target != NULL ? s->adopts[i]->target : "");
		if (s->adopts[i]->has_degree && degree != NULL)
			buf_add_str(&line, " (");
		for (const char *c = degree; s->adopts[i]->has_degree && c != NULL && *c != '\0'; c++)
			buf_add_char(&line, (char)toupper((unsigned char)*c));
		if (s->adopts[i]->has_degree && degree != NULL)
			buf_add_char(&line, ')');
		put_fact(out, i == 0 ? "adopts" : "", buf_str(&line));
		buf_free(&line);
	}
	const char *before = "";
	for (size_t i = 0; i < s->n_links; i++) {
		char label[CODE_MAX];
		const char *word = link_word((int)s->links[i]->type);
		words_of(word, label, sizeof label);
		bool again = word != NULL && strcmp(word, before) == 0;
		put_fact(out, again ? "" : label, s->links[i]->target);
		before = word != NULL ? word : "";
	}
}

static void put_standard(const struct statement *st, struct buf *out)
{
	const Normlink__Standard *s = standard_of(st);
	if (s == NULL)
		return;
	put_fact(out, "reference", s->reference);
	put_fact(out, "status", statement_status(st));
	put_fact(out, "stage", s->stage);
	put_events(s, out);
	put_fact(out, "edition", s->edition);
	put_list(out, "ICS", s->ics, s->n_ics);
	put_list(out, "CCS", s->ccs, s->n_ccs);
	put_list(out, "committee", s->committees, s->n_committees);
	put_fact(out, "publisher", s->publisher);
	put_list(out, "languages", s->languages, s->n_languages);
	put_links(s, out);
}

static void put_hex(struct buf *out, const char *label, struct bytes value)
{
	struct buf line = { 0 };
	for (size_t i = 0; i < value.len; i++)
		buf_printf(&line, "%02x", value.data[i]);
	put_fact(out, label, buf_str(&line));
	buf_free(&line);
}

/* Clause 2.7: what is said about a log. */
static void put_log_statement(const Normlink__Record *r, struct buf *out)
{
	struct buf line = { 0 };
	if (r->sharing != NULL) {
		put_list(out, "shared with", r->sharing->origins, r->sharing->n_origins);
		if (r->sharing->n_origins == 0)
			put_fact(out, "shared with", "nobody");
	}
	if (r->redaction != NULL) {
		put_fact(out, "reason", r->redaction->reason);
		put_fact(out, "basis", r->redaction->basis);
		put_hex(out, "digest", message_bytes(r->redaction->payload_digest));
	}
	if (r->key != NULL) {
		put_fact(out, "old key", r->key->old);
		put_fact(out, "new key", r->key->new_);
	}
	if (r->verdict == NULL)
		return;
	put_fact(out, "decision", decision_word((int)r->verdict->decision));
	put_fact(out, "reason", r->verdict->reason);
	buf_printf(&line, "%" PRIu64 " entries", r->verdict->size);
	put_fact(out, "prefix held", buf_str(&line));
	put_hex(out, "root", message_bytes(r->verdict->root));
	put_hex(out, "evidence", message_bytes(r->verdict->evidence_digest));
	buf_free(&line);
}

static void put_source(const Normlink__Source *source, struct buf *out)
{
	if (source == NULL)
		return;
	put_fact(out, "facts from", source->name);
	put_fact(out, "", source->url);
	put_fact(out, "licence", source->licence);
}

void statement_text(const struct statement *s, struct buf *out)
{
	if (s->problem[0] != '\0')
		put_fact(out, "content", s->problem);
	if (s->record == NULL)
		return;
	statement_titles_text(s, 2, out);
	put_standard(s, out);
	put_log_statement(s->record, out);
	put_fact(out, "valid from", s->record->valid_from);
	put_fact(out, "valid until", s->record->valid_until);
	put_source(s->record->source, out);
	size_t before = out->len;
	buf_add_char(out, '\n');
	put_texts(s, NORMLINK__ROLE__ROLE_ABSTRACT, 2, out);
	put_texts(s, NORMLINK__ROLE__ROLE_NOTE, 2, out);
	if (out->len == before + 1)
		out->len = before;
}
