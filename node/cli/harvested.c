#include "node/cli/harvested.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/arena.h"
#include "node/base/must.h"
#include "node/cli/client.h"
#include "node/cli/listing.h"
#include "node/ingest/ingest.h"

struct item;

/* What our log says of one kind and subject. */
struct said {
	int kind;
	const char *subject;
	struct item *by;    /* NULL: somebody else's, or nobody's any more */
	bool others;        /* our log says it from elsewhere */
	unsigned round;     /* when it was said last */
	const char *reason; /* why it is to be retracted; NULL: it is not */
};

struct saying {
	struct said *said;
	struct saying *next;
};

struct item {
	const char *identifier;
	struct saying *first; /* also such as others say since, until harvested_gone */
};

struct harvested {
	const char *repository;
	struct arena arena;
	void *saids, *items; /* trees: their order cannot be spoilt by who chooses the names */
	struct said **gone;  /* to be looked at for what is to be retracted */
	size_t gone_count, gone_room, gone_at;
	unsigned round;
};

static int compare_said(const void *left, const void *right)
{
	const struct said *a = left, *b = right;
	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->subject, b->subject);
}

static int compare_item(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	return strcmp(a->identifier, b->identifier);
}

static struct said *find_said(const struct harvested *h, int kind, const char *subject)
{
	struct said key = { .kind = kind, .subject = subject };
	struct said **found = tfind(&key, &h->saids, compare_said);
	return found != NULL ? *found : NULL;
}

static struct said *take_said(struct harvested *h, int kind, const char *subject)
{
	struct said *s = find_said(h, kind, subject);
	if (s != NULL)
		return s;
	s = arena_get(&h->arena, sizeof *s);
	*s = (struct said){ .kind = kind, .subject = arena_str(&h->arena, subject) };
	must(tsearch(s, &h->saids, compare_said) != NULL);
	return s;
}

static struct item *find_item(const struct harvested *h, const char *identifier)
{
	struct item key = { .identifier = identifier };
	struct item **found = tfind(&key, &h->items, compare_item);
	return found != NULL ? *found : NULL;
}

static struct item *take_item(struct harvested *h, const char *identifier)
{
	struct item *i = find_item(h, identifier);
	if (i != NULL)
		return i;
	i = arena_get(&h->arena, sizeof *i);
	i->identifier = arena_str(&h->arena, identifier);
	must(tsearch(i, &h->items, compare_item) != NULL);
	return i;
}

/* ---- what the log holds ---- */

static void take_record(struct harvested *h, const Normlink__Record *r)
{
	const Normlink__Source *s = r->source;
	bool ours =
	    s != NULL && s->repository != NULL && s->identifier != NULL && strcmp(s->repository, h->repository) == 0;
	if (r->retraction != NULL)
		return;
	if (ours)
		harvested_say(h, s->identifier, (int)r->kind, r->subject);
	else
		take_said(h, (int)r->kind, r->subject)->others = true;
}

static int take_line(void *arg, struct bytes line, struct err *err)
{
	struct buf bytes = { 0 };
	struct arena arena = { 0 };
	Normlink__Record *r;
	int rc = ndjson_record(line, &bytes, err);
	if (rc == OK)
		rc = record_decode(buf_bytes(&bytes), &arena, &r, err);
	if (rc == OK)
		take_record(arg, r);
	arena_free(&arena);
	buf_free(&bytes);
	return rc;
}

int harvested_open(const char *dir, const char *collection, const char *repository, struct harvested **out,
                   struct err *err)
{
	static const int kinds[] = { NORMLINK__KIND__KIND_STANDARD, NORMLINK__KIND__KIND_ADOPTION };
	struct client *client = NULL;
	struct harvested *h = calloc(1, sizeof *h);
	must(h != NULL);
	h->arena.cap = SIZE_MAX;
	h->repository = arena_str(&h->arena, repository);
	int rc = client_open_socket(dir, &client, err);
	for (size_t i = 0; rc == OK && i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct listing listing = { .kind = kind_word(kinds[i]), .collection = collection };
		rc = listing_walk(client, &listing, take_line, h, err);
		rc = rc == ERR_NOT_FOUND ? OK : rc; /* an empty log */
	}
	client_close(client);
	if (rc == OK)
		*out = h;
	else
		harvested_close(h);
	return rc;
}

static void keep(void *node)
{
	(void)node; /* the arena's */
}

void harvested_close(struct harvested *h)
{
	if (h == NULL)
		return;
	tdestroy(h->saids, keep);
	tdestroy(h->items, keep);
	arena_free(&h->arena);
	free(h->gone);
	free(h);
}

/* ---- what the provider says ---- */

enum harvested_right harvested_right(struct harvested *h, const char *identifier, int kind, const char *subject)
{
	const struct said *s = find_said(h, kind, subject);
	if (s == NULL || (s->by == NULL && !s->others))
		return RIGHT_ITS_OWN;
	if (s->others)
		return RIGHT_OTHERS;
	return strcmp(s->by->identifier, identifier) == 0 ? RIGHT_ITS_OWN : RIGHT_OTHER_ITEM;
}

void harvested_say(struct harvested *h, const char *identifier, int kind, const char *subject)
{
	struct said *s = take_said(h, kind, subject);
	struct item *i = take_item(h, identifier);
	bool known = false;
	for (const struct saying *x = i->first; x != NULL && !known; x = x->next)
		known = x->said == s;
	if (!known) {
		struct saying *x = arena_get(&h->arena, sizeof *x);
		*x = (struct saying){ s, i->first };
		i->first = x;
	}
	s->by = i;
	s->others = false;
	s->round = h->round;
	s->reason = NULL;
}

void harvested_round(struct harvested *h)
{
	h->round++;
}

static void retract_later(struct harvested *h, struct said *s, const char *reason)
{
	s->by = NULL;
	s->reason = arena_str(&h->arena, reason);
	if (h->gone_count == h->gone_room) {
		h->gone_room = h->gone_room == 0 ? 64 : 2 * h->gone_room;
		h->gone = realloc(h->gone, h->gone_room * sizeof(struct said *));
		must(h->gone != NULL);
	}
	h->gone[h->gone_count++] = s;
}

void harvested_gone(struct harvested *h, const char *identifier, const char *reason)
{
	struct item *i = find_item(h, identifier);
	struct saying **at = i != NULL ? &i->first : NULL;
	while (at != NULL && *at != NULL) {
		struct said *s = (*at)->said;
		if (s->by == i && s->round == h->round) {
			at = &(*at)->next;
			continue;
		}
		if (s->by == i)
			retract_later(h, s, reason);
		*at = (*at)->next;
	}
}

bool harvested_next(struct harvested *h, struct harvested_gone *out)
{
	while (h->gone_at < h->gone_count) {
		struct said *s = h->gone[h->gone_at++];
		if (s->reason == NULL) /* it was said again since */
			continue;
		*out = (struct harvested_gone){ s->kind, s->subject, s->reason };
		s->reason = NULL;
		return true;
	}
	h->gone_at = h->gone_count = 0;
	return false;
}
