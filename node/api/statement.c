#include "node/api/statement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/facts.h"
#include "node/api/text.h"
#include "proto/field.h"

enum { LANG_WIDTH = 8 };

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

const char *statement_status(const struct statement *s)
{
	if (s->record == NULL)
		return "";
	const char *word = s->record->verdict != NULL ? decision_word((int)s->record->verdict->decision)
	                                              : status_word(record_status(s->record));
	return word != NULL ? word : "";
}

const char *statement_kind(const struct statement *s)
{
	const char *word = s->record != NULL ? kind_word((int)s->record->kind) : NULL;
	return word != NULL ? word : "";
}

const char *statement_gist(const struct statement *s)
{
	const Normlink__Record *r = s->record;
	const ProtobufCMessage *body = r != NULL ? record_body(r) : NULL;
	if (r != NULL && r->retraction != NULL)
		return "retracted";
	if (statement_status(s)[0] != '\0')
		return statement_status(s);
	for (unsigned i = 0; body != NULL && r->standard == NULL && i < body->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &body->descriptor->fields[i];
		if (field->type != PROTOBUF_C_TYPE_ENUM || field_count(body, field) == 0)
			continue;
		const char *word = code_word(field->descriptor, *(const int *)field_item(body, field, 0));
		return word != NULL ? word : "";
	}
	return "";
}

const char *statement_date(const struct statement *s)
{
	const char *date = s->record != NULL ? record_day(s->record) : NULL;
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

static void put_standard(const Normlink__Standard *s, const char *status, struct buf *out)
{
	facts_put(out, "reference", s->reference);
	facts_put(out, "status", status);
	facts_put(out, "", s->status_word);
	facts_put(out, "stage", s->stage);
	facts_events(out, "", s->events, s->n_events);
	facts_put(out, "level", s->has_level ? code_word(&normlink__level__descriptor, (int)s->level) : NULL);
	facts_put(out, "region", s->region);
	facts_put(out, "obligation",
	          s->has_obligation ? code_word(&normlink__obligation__descriptor, (int)s->obligation) : NULL);
	facts_put(out, "edition", s->edition);
	facts_list(out, "ICS", s->ics, s->n_ics);
	facts_list(out, "CCS", s->ccs, s->n_ccs);
	facts_list(out, "committee", s->committees, s->n_committees);
	facts_put(out, "publisher", s->publisher);
	facts_list(out, "languages", s->languages, s->n_languages);
	facts_adopts(out, s->adopts, s->n_adopts);
	facts_links(out, s->links, s->n_links);
}

static void put_consultations(const Normlink__Project *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_consultations; i++) {
		const Normlink__Consultation *c = p->consultations[i];
		struct buf line = { 0 };
		buf_printf(&line, "%s%s%s", c->opens != NULL ? c->opens : "", c->closes != NULL ? " to " : "",
		           c->closes != NULL ? c->closes : "");
		facts_put(out, "comments", buf_str(&line));
		facts_put(out, line.len > 0 ? "" : "comments", c->url);
		buf_free(&line);
	}
}

static void put_project(const Normlink__Project *p, const char *status, struct buf *out)
{
	facts_put(out, "makes", p->reference);
	facts_put(out, "status", status);
	facts_put(out, "stage", p->stage);
	facts_events(out, "", p->events, p->n_events);
	facts_events(out, "to be ", p->planned, p->n_planned);
	facts_put(out, "committee", p->committee);
	facts_put(out, "proposed by", p->proposer);
	facts_put(out, "level", p->has_level ? code_word(&normlink__level__descriptor, (int)p->level) : NULL);
	facts_list(out, "ICS", p->ics, p->n_ics);
	facts_list(out, "CCS", p->ccs, p->n_ccs);
	put_consultations(p, out);
	facts_adopts(out, p->adopts, p->n_adopts);
	facts_links(out, p->links, p->n_links);
}

/* Clause 2.7: what is said about a log. */
static void put_log_statement(const Normlink__Record *r, struct buf *out)
{
	struct buf line = { 0 };
	if (r->sharing != NULL) {
		facts_list(out, "shared with", r->sharing->origins, r->sharing->n_origins);
		if (r->sharing->n_origins == 0)
			facts_put(out, "shared with", "nobody");
	}
	if (r->redaction != NULL) {
		facts_put(out, "reason", r->redaction->reason);
		facts_put(out, "basis", r->redaction->basis);
		facts_hex(out, "digest", message_bytes(r->redaction->payload_digest));
	}
	if (r->key != NULL) {
		facts_put(out, "old key", r->key->old);
		facts_put(out, "new key", r->key->new_);
	}
	if (r->verdict == NULL)
		return;
	facts_put(out, "decision", decision_word((int)r->verdict->decision));
	facts_put(out, "reason", r->verdict->reason);
	buf_printf(&line, "%" PRIu64 " entries", r->verdict->size);
	facts_put(out, "prefix held", buf_str(&line));
	facts_hex(out, "root", message_bytes(r->verdict->root));
	facts_hex(out, "evidence", message_bytes(r->verdict->evidence_digest));
	buf_free(&line);
}

static void put_body(const struct statement *s, struct buf *out)
{
	const Normlink__Record *r = s->record;
	if (r->standard != NULL)
		put_standard(r->standard, statement_status(s), out);
	else if (r->project != NULL)
		put_project(r->project, statement_status(s), out);
	else if (r->authority == NULL && r->submitter == NULL && r->index == NULL && kind_about_log((int)r->kind))
		put_log_statement(r, out);
	else if (record_body(r) != NULL)
		facts_body(out, record_body(r));
}

/* Clauses 2.13, 2.14: why this revision came, and what was odd about it. */
static void put_circumstances(const Normlink__Record *r, struct buf *out)
{
	struct buf line = { 0 };
	if (r->retraction != NULL)
		facts_put(out, "RETRACTED", r->retraction->reason);
	if (r->correction != NULL) {
		buf_printf(&line, "entry %" PRIu64 ": %s", r->correction->index, r->correction->reason);
		facts_put(out, "corrects", buf_str(&line));
	}
	for (size_t i = 0; i < r->n_oddities; i++) {
		const Normlink__Oddity *o = r->oddities[i];
		const char *word = code_word(&normlink__oddity_type__descriptor, (int)o->type);
		buf_reset(&line);
		buf_printf(&line, "%s%s%s%s%s", o->field, word != NULL ? ": " : "", word != NULL ? word : "",
		           o->found != NULL ? ", found: " : "", o->found != NULL ? o->found : "");
		facts_put(out, "odd", buf_str(&line));
	}
	buf_free(&line);
}

static void put_source(const Normlink__Source *source, struct buf *out)
{
	if (source == NULL)
		return;
	facts_put(out, "facts from", source->name);
	facts_put(out, source->name != NULL ? "" : "facts from", source->url);
	facts_put(out, "harvested from", source->repository);
	facts_put(out, source->repository != NULL ? "" : "identifier", source->identifier);
	facts_put(out, "licence", source->licence);
}

void statement_text(const struct statement *s, struct buf *out)
{
	if (s->problem[0] != '\0')
		facts_put(out, "content", s->problem);
	if (s->record == NULL)
		return;
	statement_titles_text(s, 2, out);
	put_circumstances(s->record, out);
	put_body(s, out);
	facts_put(out, "valid from", s->record->valid_from);
	facts_put(out, "valid until", s->record->valid_until);
	put_source(s->record->source, out);
	size_t before = out->len;
	buf_add_char(out, '\n');
	put_texts(s, NORMLINK__ROLE__ROLE_ABSTRACT, 2, out);
	put_texts(s, NORMLINK__ROLE__ROLE_NOTE, 2, out);
	if (out->len == before + 1)
		out->len = before;
}
