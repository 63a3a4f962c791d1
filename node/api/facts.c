#include "node/api/facts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/text.h"
#include "node/base/must.h"
#include "proto/field.h"
#include "proto/record.h"

enum { LABEL_WIDTH = 13 };

void facts_put(struct buf *out, const char *label, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_add_str(out, "  ");
	text_pad(out, label, LABEL_WIDTH - 1);
	buf_add_char(out, ' ');
	text_wrap(out, value, 2 + LABEL_WIDTH, TERMINAL_WIDTH);
}

void facts_list(struct buf *out, const char *label, char *const *values, size_t count)
{
	struct buf line = { 0 };
	for (size_t i = 0; i < count; i++)
		buf_printf(&line, "%s%s", i > 0 ? ", " : "", values[i]);
	facts_put(out, label, line.len > 0 ? buf_str(&line) : NULL);
	buf_free(&line);
}

void facts_hex(struct buf *out, const char *label, struct bytes value)
{
	struct buf line = { 0 };
	hex_add(&line, value);
	facts_put(out, label, buf_str(&line));
	buf_free(&line);
}

void facts_words(const char *code, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", code != NULL ? code : "");
	for (char *c = out; *c != '\0'; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
}

/* ---- what standards and projects have ---- */

void facts_events(struct buf *out, const char *before, Normlink__Event *const *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char word[CODE_MAX], label[2 * CODE_MAX];
		struct buf line = { 0 };
		facts_words(event_word((int)events[i]->type), word, sizeof word);
		(void)snprintf(label, sizeof label, "%s%s", before, word);
		buf_printf(&line, "%s%s%s", events[i]->date != NULL ? events[i]->date : "",
		           events[i]->stage != NULL ? ", stage " : "", events[i]->stage != NULL ? events[i]->stage : "");
		facts_put(out, label, buf_str(&line));
		buf_free(&line);
	}
}

void facts_adopts(struct buf *out, Normlink__Adopts *const *adopts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf line = { 0 };
		const char *degree = adopts[i]->has_degree ? degree_word((int)adopts[i]->degree) : NULL;
		buf_printf(&line, "%s%s", adopts[i]->target != NULL ? adopts[i]->target : "", degree != NULL ? " (" : "");
		for (const char *c = degree; c != NULL && *c != '\0'; c++)
			buf_add_char(&line, (char)toupper((unsigned char)*c));
		buf_add_str(&line, degree != NULL ? ")" : "");
		facts_put(out, i == 0 ? "adopts" : "", buf_str(&line));
		buf_free(&line);
	}
}

void facts_links(struct buf *out, Normlink__Link *const *links, size_t count)
{
	const char *before = "";
	for (size_t i = 0; i < count; i++) {
		char label[CODE_MAX];
		const char *word = link_word((int)links[i]->type);
		facts_words(word, label, sizeof label);
		bool again = word != NULL && strcmp(word, before) == 0;
		facts_put(out, again ? "" : label, links[i]->target);
		before = word != NULL ? word : "";
	}
}

/* ---- any body ---- */

/* ">= 0.5, < 10 mm" */
static void add_quantity(struct buf *line, const Normlink__Quantity *q)
{
	const struct {
		const char *sign, *value;
	} parts[] = { { "", q->value }, { ">= ", q->min }, { "> ", q->above }, { "<= ", q->max }, { "< ", q->below } };
	bool any = false;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].value == NULL)
			continue;
		buf_printf(line, "%s%s%s", any ? ", " : "", parts[i].sign, parts[i].value);
		any = true;
	}
	if (q->unit != NULL)
		buf_printf(line, "%s%s", any ? " " : "", q->unit);
	if (q->text != NULL)
		buf_printf(line, "%s%s", any || q->unit != NULL ? ", " : "", q->text);
}

static bool is_quantity(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_MESSAGE && field->descriptor == &normlink__quantity__descriptor;
}

static bool is_nested(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_MESSAGE && !is_quantity(field);
}

/* One value that is no nested message. */
static void add_value(struct buf *line, const ProtobufCFieldDescriptor *field, const void *item)
{
	char words[CODE_MAX];
	const char *word;
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		buf_add_str(line, *(const char *const *)item);
		return;
	case PROTOBUF_C_TYPE_ENUM:
		word = code_word(field->descriptor, *(const int *)item);
		facts_words(word, words, sizeof words);
		if (word != NULL)
			buf_add_str(line, words);
		else
			buf_printf(line, "%d", *(const int *)item);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		hex_add(line, message_bytes(*(const ProtobufCBinaryData *)item));
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		add_quantity(line, *(const Normlink__Quantity *const *)item);
		return;
	default:
		must(field->type == PROTOBUF_C_TYPE_UINT64); /* the schemas have no other */
		buf_printf(line, "%" PRIu64, *(const uint64_t *)item);
	}
}

static void add_values(struct buf *line, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	size_t count = field_count(m, field);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(line, i > 0 ? ", " : "");
		add_value(line, field, field_item(m, field, i));
	}
}

/* Codes and what an item is about speak for themselves; other fields are called by their names. */
static void put_item(struct buf *out, const char *label, const ProtobufCMessage *m)
{
	struct buf line = { 0 };
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];
		if (is_nested(field) || field_count(m, field) == 0)
			continue;
		bool bare = line.len == 0 || field->type == PROTOBUF_C_TYPE_ENUM || strcmp(field->name, "date") == 0;
		char name[CODE_MAX];
		facts_words(field->name, name, sizeof name);
		buf_printf(&line, "%s%s%s", line.len > 0 ? "; " : "", bare ? "" : name, bare ? "" : " ");
		add_values(&line, m, field);
	}
	facts_put(out, label, line.len > 0 ? buf_str(&line) : NULL);
	buf_free(&line);
}

static void put_field(struct buf *out, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field);

/* What hangs on an item stands below it; the schema is not deep. */
static void put_nested(struct buf *out, const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (is_nested(&m->descriptor->fields[i]))
			put_field(out, m, &m->descriptor->fields[i]);
}

static void put_field(struct buf *out, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	char label[CODE_MAX];
	facts_words(field->name, label, sizeof label);
	size_t count = field_count(m, field);
	if (!is_nested(field)) {
		struct buf line = { 0 };
		add_values(&line, m, field);
		facts_put(out, label, count > 0 ? buf_str(&line) : NULL);
		buf_free(&line);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const ProtobufCMessage *item = *(const ProtobufCMessage *const *)field_item(m, field, i);
		size_t before = out->len;
		put_item(out, i == 0 ? label : "", item);
		put_nested(out, item);
		if (out->len == before)
			facts_put(out, i == 0 ? label : "", "(nothing is said)");
	}
}

void facts_body(struct buf *out, const ProtobufCMessage *body)
{
	for (unsigned i = 0; i < body->descriptor->n_fields; i++)
		put_field(out, body, &body->descriptor->fields[i]);
}
