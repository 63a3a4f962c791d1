#include "node/api/difference.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/statement.h"
#include "node/api/text.h"
#include "proto/record_diff.h"

enum { INDENT = 10 };

/* ---- the revision before ---- */

static const struct history_item *item_before(const struct history *h, size_t item)
{
	const struct history_item *of = &h->items[item], *best = NULL;
	for (size_t i = 0; i < h->count; i++) {
		const struct history_item *other = &h->items[i];
		if (other->group == of->group && other->found->state == PAYLOAD_PRESENT &&
		    other->found->index < of->found->index && (best == NULL || other->found->index > best->found->index))
			best = other;
	}
	return best;
}

struct pair {
	struct statement now, before;
	const struct history_item *since; /* NULL: there is none, or it is not to be shown */
	bool whole;                       /* the changes are to be shown */
};

static void pair_read(struct answer *a, const struct history *h, size_t item, struct pair *p)
{
	*p = (struct pair){ .since = item_before(h, item) };
	statement_read(&p->now, h->items[item].found, h->subject);
	if (p->now.record == NULL)
		p->since = NULL;
	if (p->since != NULL)
		statement_read(&p->before, p->since->found, h->subject);
	p->whole =
	    p->now.record != NULL && a->body.len < ANSWER_CHANGES_MAX && (p->since == NULL || p->before.record != NULL);
}

static void pair_free(struct pair *p)
{
	statement_free(&p->now);
	if (p->since != NULL)
		statement_free(&p->before);
}

/* ---- whose signatures it carries ---- */

/* NULL: it cannot be read.  In the arena. */
static const Normlink__SignedRecord *read_signed(const struct found *f, struct arena *arena)
{
	ProtobufCMessage *message = NULL;
	if (f->state != PAYLOAD_PRESENT ||
	    message_decode(&normlink__signed_record__descriptor, f->payload, arena, &message, NULL) != OK)
		return NULL;
	return (const Normlink__SignedRecord *)message;
}

static void put_authors(const struct found *f, struct json *j)
{
	struct arena arena = { .cap = ANSWER_RECORD_MAX };
	const Normlink__SignedRecord *s = read_signed(f, &arena);
	json_key(j, "authors");
	if (s == NULL) {
		json_nothing(j);
	} else {
		json_array_begin(j);
		for (size_t i = 0; i < s->n_signatures; i++)
			json_text(j, s->signatures[i]->author);
		json_array_end(j);
	}
	arena_free(&arena);
}

static void put_authors_text(const struct found *f, struct buf *out)
{
	struct arena arena = { .cap = ANSWER_RECORD_MAX };
	const Normlink__SignedRecord *s = read_signed(f, &arena);
	for (size_t i = 0; s != NULL && i < s->n_signatures; i++) {
		buf_printf(out, "%*ssigned by ", INDENT, "");
		text_put(out, s->signatures[i]->author != NULL ? s->signatures[i]->author : "");
		buf_add_char(out, '\n');
	}
	arena_free(&arena);
}

/* ---- JSON ---- */

static void put_value(struct json *j, const char *key, struct bytes value)
{
	json_key(j, key);
	if (value.len > 0)
		json_raw(j, value);
	else
		json_nothing(j);
}

static void put_change(void *arg, const struct difference *d)
{
	struct json *j = arg;
	json_object_begin(j);
	json_key(j, "path");
	json_text(j, d->path);
	put_value(j, "before", d->before);
	put_value(j, "after", d->after);
	json_object_end(j);
}

static void put_message(struct json *j, const char *key, const ProtobufCMessage *m)
{
	struct buf text = { 0 };
	if (m != NULL)
		json_of_message(m, &text);
	put_value(j, key, buf_bytes(&text));
	buf_free(&text);
}

void difference_json(struct answer *a, const struct history *h, size_t item, struct json *j)
{
	struct pair p;
	pair_read(a, h, item, &p);
	const Normlink__Record *r = p.now.record;
	put_authors(h->items[item].found, j);
	put_message(j, "correction", r != NULL && r->correction != NULL ? &r->correction->base : NULL);
	put_message(j, "retraction", r != NULL && r->retraction != NULL ? &r->retraction->base : NULL);
	json_key(j, "since");
	if (p.since != NULL)
		json_u64(j, p.since->found->index);
	else
		json_nothing(j);
	json_key(j, "changes");
	if (p.whole) {
		json_array_begin(j);
		if (p.since != NULL)
			record_diff(&p.before.record->base, &r->base, put_change, j);
		json_array_end(j);
	} else {
		json_nothing(j);
	}
	pair_free(&p);
}

/* ---- text ---- */

static void put_line(struct buf *out, const char *text)
{
	buf_printf(out, "%*s", INDENT, "");
	text_wrap(out, text, INDENT + 2, TERMINAL_WIDTH);
}

/* What has a line of its own already. */
static bool is_told(const char *path)
{
	return strncmp(path, "correction", strlen("correction")) == 0 || strcmp(path, "retraction") == 0;
}

static void put_change_text(void *arg, const struct difference *d)
{
	struct buf line = { 0 };
	if (is_told(d->path))
		return;
	const char *sign = d->before.len == 0 ? "+" : d->after.len == 0 ? "-" : "~";
	buf_printf(&line, "%s %s  ", sign, d->path);
	buf_add_bytes(&line, d->before);
	if (d->before.len > 0 && d->after.len > 0)
		buf_add_str(&line, " -> ");
	buf_add_bytes(&line, d->after);
	put_line(arg, buf_str(&line));
	buf_free(&line);
}

void difference_text(struct answer *a, const struct history *h, size_t item)
{
	struct pair p;
	pair_read(a, h, item, &p);
	const Normlink__Record *r = p.now.record;
	put_authors_text(h->items[item].found, &a->body);
	if (r != NULL && r->retraction != NULL)
		put_line(&a->body, arena_printf(a->arena, "retracted: %s", r->retraction->reason));
	if (r != NULL && r->correction != NULL)
		put_line(&a->body,
		         arena_printf(a->arena, "corrects entry %" PRIu64 ": %s", r->correction->index, r->correction->reason));
	if (p.whole && p.since != NULL)
		record_diff(&p.before.record->base, &r->base, put_change_text, &a->body);
	else if (r != NULL && p.since != NULL)
		put_line(&a->body, "what changed is not shown: this answer is long already");
	pair_free(&p);
}
