#include "node/api/history.h"

#include <string.h>

#include "crypto/note.h"
#include "node/api/etag.h"
#include "node/api/statement.h"
#include "proto/record.h"

/* ---- what the view gave, item by item ---- */

static void read_item(struct answer *a, const struct history *h, const struct found *found, struct history_item *out)
{
	struct statement s;
	statement_read(&s, found, h->subject);
	*out = (struct history_item){ .found = found,
		                          .subject = arena_str(a->arena, s.subject),
		                          .kind = s.record != NULL ? (int)s.record->kind : h->kind,
		                          .retracted = s.record != NULL && s.record->retraction != NULL,
		                          .time_ms = s.envelope.time_ms };
	statement_free(&s);
}

static size_t group_of(struct history *h, const struct history_item *item)
{
	size_t i = 0;
	while (i < h->group_count && (h->groups[i].kind != item->kind || strcmp(h->groups[i].subject, item->subject) != 0 ||
	                              strcmp(h->groups[i].origin, item->found->origin) != 0))
		i++;
	if (i == h->group_count)
		h->groups[h->group_count++] =
		    (struct history_group){ .subject = item->subject, .kind = item->kind, .origin = item->found->origin };
	return i;
}

/* The oldest statement of each group has the smallest index: a log only grows. */
static void mark_first(struct history *h)
{
	for (size_t g = 0; g < h->group_count; g++) {
		struct history_item *oldest = NULL;
		for (size_t i = 0; i < h->count; i++)
			if (h->items[i].group == g && (oldest == NULL || h->items[i].found->index < oldest->found->index))
				oldest = &h->items[i];
		if (oldest != NULL)
			oldest->first = true;
	}
}

/* Within a subject by kind, and then by who may speak for it. */
static bool stands_behind(const struct history_group *a, const struct history_group *b)
{
	if (strcmp(a->subject, b->subject) != 0)
		return false;
	return a->kind != b->kind ? a->kind > b->kind : a->authority > b->authority;
}

static void sort_groups(struct answer *a, struct history *h)
{
	size_t *place = arena_array(a->arena, h->group_count + 1, sizeof *place); /* of an old number, in the new order */
	size_t *order = arena_array(a->arena, h->group_count + 1, sizeof *order);
	struct history_group *sorted = arena_array(a->arena, h->group_count + 1, sizeof *sorted);
	for (size_t i = 0; i < h->group_count; i++) {
		size_t at = i;
		const struct history_group *g = &h->groups[i];
		for (; at > 0 && stands_behind(&h->groups[order[at - 1]], g); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (size_t i = 0; i < h->group_count; i++) {
		place[order[i]] = i;
		sorted[i] = h->groups[order[i]];
	}
	for (size_t i = 0; i < h->count; i++) {
		h->items[i].group = place[h->items[i].group];
		h->items[i].authority = sorted[h->items[i].group].authority;
	}
	h->groups = sorted;
}

static void sort_out(struct answer *a, const struct found_list *list, struct history *h)
{
	h->items = arena_array(a->arena, list->count, sizeof *h->items);
	h->groups = arena_array(a->arena, list->count, sizeof *h->groups);
	for (size_t i = 0; i < list->count; i++) {
		struct history_item *item = &h->items[h->count++];
		read_item(a, h, &list->v[i], item);
		item->group = group_of(h, item);
		struct history_group *group = &h->groups[item->group];
		if (group->count++ == 0)
			group->authority = answer_authority(a, group->origin, item->kind, group->subject);
		if (item->found->current && group->current == NULL)
			group->current = item->found;
	}
	sort_groups(a, h);
	mark_first(h);
}

/* ---- the question ---- */

static const char *read_reference(struct answer *a, int kind, struct bytes encoded)
{
	/* Full-width letters are three bytes for one, and an escape is three for one of those. */
	char text[4 * SUBJECT_MAX + 1];
	struct designator designator;
	struct err err = { 0 };
	if (http_decode(encoded, false, text, sizeof text) != OK) {
		problem_set(a, 400, "the reference is not percent-encoded UTF-8 text of at most %d bytes", 4 * SUBJECT_MAX);
		return NULL;
	}
	/* Of a kind whose subjects have a fragment, the standard alone asks for all. */
	bool whole = record_subject(kind, text, &designator, &err) == OK;
	if (!whole && (kind_about_log(kind) || record_subject(0, text, &designator, &err) != OK)) {
		problem_set(a, 400, "the reference cannot be read: %s", err.text);
		return NULL;
	}
	return arena_str(a->arena, designator.canonical);
}

/* What is said in a collection that is not for whoever asks is not there. */
static void drop_hidden(const struct answer *a, struct found_list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++)
		if (answer_may_see(a, list->v[i].envelope))
			list->v[kept++] = list->v[i];
	list->count = kept;
}

bool history_read(struct answer *a, struct bytes encoded_reference, struct history *out)
{
	if (!history_find(a, encoded_reference, out))
		return false;
	if (out->count == 0)
		problem_set(a, 404, "%s: no log here says anything about it", out->subject);
	return out->count > 0;
}

bool history_find(struct answer *a, struct bytes encoded_reference, struct history *out)
{
	*out = (struct history){ 0 };
	if (!answer_kind(a, &out->kind))
		return false;
	out->subject = read_reference(a, out->kind, encoded_reference);
	if (out->subject == NULL || !etag_begin(a) || !answer_claims(a))
		return false;
	const struct view *view = a->context->view;
	struct found_list list = { 0 };
	struct err err = { 0 };
	int rc = view->subject(view->ctx, out->kind, out->subject, &a->found, &list, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	drop_hidden(a, &list);
	if (list.count > 0)
		sort_out(a, &list, out);
	return true;
}

/* ---- heads ---- */

/* tlog-cosignature: what follows the key ID of a 0x04 signature is a big-endian time and 64 bytes of signature. */
static bool is_cosignature(const struct note_signature *s)
{
	return s->payload_len == 8 + SIGNATURE_SIZE;
}

static uint64_t time_of(const struct note_signature *s)
{
	uint64_t time_s = 0;
	for (size_t i = 0; i < 8; i++)
		time_s = time_s << 8 | s->payload[i];
	return time_s;
}

static bool ends_with(struct bytes text, const char *end)
{
	size_t len = strlen(end);
	return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

bool history_head(const struct as_of *at, struct arena *arena, struct history_head *out)
{
	struct note *note = arena_get(arena, sizeof *note);
	struct checkpoint checkpoint;
	*out = (struct history_head){ 0 };
	if (at == NULL || at->head.len == 0 || note_parse(at->head, note, NULL) != OK ||
	    checkpoint_parse(note->text, &checkpoint, NULL) != OK)
		return false;
	out->size = checkpoint.size;
	out->root = checkpoint.root;
	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *s = &note->signatures[i];
		if (!is_cosignature(s))
			continue;
		out->mirrors += ends_with(s->name, "/mirror");
		out->cosigners[out->count].name = arena_strn(arena, s->name.data, s->name.len);
		out->cosigners[out->count++].time_s = time_of(s);
	}
	return true;
}
