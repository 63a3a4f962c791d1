#include "proto/recount.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/map.h"
#include "crypto/tree.h"
#include "node/base/must.h"
#include "proto/record.h"

/* Clause 2.18: kinds that have a key. */
enum { BODY_LAST = 15, LOG_FIRST = KIND_LOG_FIRST, LOG_LAST = 106 };

/* What is to be known of an entry when one redacts it later. */
struct place {
	struct hash digest; /* its payload's */
	bool about_log;     /* nobody can redact it */
	bool missing;       /* public, and its payload is not here */
	bool redacted;      /* by one of these entries */
};

/* A record that counts, unless it is redacted. */
struct line {
	struct hash key;
	uint64_t index;
};

struct recount {
	struct hasher *hasher;
	struct tree *tree;
	uint64_t size, next;
	struct place *places;
	size_t place_cap;
	struct line *lines;
	size_t count, cap;
};

struct recount *recount_new(uint64_t size)
{
	struct recount *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->hasher = hasher_new();
	r->tree = tree_new(r->hasher);
	r->size = size;
	return r;
}

void recount_free(struct recount *r)
{
	if (r == NULL)
		return;
	tree_free(r->tree);
	hasher_free(r->hasher);
	free(r->places);
	free(r->lines);
	free(r);
}

uint64_t recount_entries(const struct recount *r)
{
	return r->next;
}

/* ---- one entry ---- */

static struct place *add_place(struct recount *r)
{
	if (r->next == r->place_cap) {
		r->place_cap = r->place_cap == 0 ? 1024 : 2 * r->place_cap;
		r->places = realloc(r->places, r->place_cap * sizeof *r->places);
		must(r->places != NULL);
	}
	struct place *p = &r->places[r->next];
	*p = (struct place){ 0 };
	return p;
}

static void add_line(struct recount *r, int kind, const char *subject)
{
	if (r->count == r->cap) {
		r->cap = r->cap == 0 ? 1024 : 2 * r->cap;
		r->lines = realloc(r->lines, r->cap * sizeof *r->lines);
		must(r->lines != NULL);
	}
	r->lines[r->count++] = (struct line){ map_key(r->hasher, (uint32_t)kind, bytes_str(subject)), r->next };
}

/* Clause 2.8: does the statement, which is the next entry, say something?  Then it is carried out. */
static bool redact(struct recount *r, const Normlink__Redaction *said)
{
	struct place *p = said->index < r->next ? &r->places[said->index] : NULL;
	if (p == NULL || p->about_log ||
	    !bytes_equal(message_bytes(said->payload_digest), bytes_of(p->digest.b, HASH_SIZE)))
		return false;
	p->redacted = true;
	return true;
}

static bool counted(int kind)
{
	return (kind >= 1 && kind <= BODY_LAST) || (kind >= LOG_FIRST && kind <= LOG_LAST);
}

/* A payload whose record is not valid is there, and says nothing. */
static void take_record(struct recount *r, struct place *p, bool hidden, struct bytes payload)
{
	struct arena arena = { 0 };
	struct designator subject;
	Normlink__Record *record = NULL;
	if (payload_open(payload, &arena, &record, NULL) == OK &&
	    record_subject((int)record->kind, record->subject, &subject, NULL) == OK) {
		int kind = (int)record->kind;
		p->about_log = kind_about_log(kind);
		bool says = kind != NORMLINK__KIND__KIND_REDACTION || redact(r, record->redaction);
		if (says && !hidden && counted(kind))
			add_line(r, kind, subject.canonical);
	}
	arena_free(&arena);
}

int recount_add(struct recount *r, struct bytes envelope, enum payload_state state, struct bytes payload,
                struct err *err)
{
	struct envelope e;
	if (r->next == r->size)
		return OK;
	int rc = envelope_parse(envelope, &e, err);
	if (rc == OK && state == PAYLOAD_PRESENT)
		rc = envelope_check(r->hasher, &e, payload, err);
	if (rc != OK)
		return err_wrap(err, rc, "entry %" PRIu64, r->next);
	struct hash leaf = hash_leaf(r->hasher, envelope);
	tree_append(r->tree, &leaf);
	bool hidden = strcmp(e.collection, COLLECTION_PUBLIC) != 0;
	struct place *p = add_place(r);
	p->digest = e.payload_digest;
	p->missing = state != PAYLOAD_PRESENT && !hidden;
	if (state == PAYLOAD_PRESENT)
		take_record(r, p, hidden, payload);
	r->next++;
	return OK;
}

struct hash recount_tree(struct recount *r, const struct hash *leaf)
{
	must(r->next == r->size && tree_size(r->tree) == r->size);
	tree_append(r->tree, leaf);
	return tree_root(r->tree);
}

/* ---- the map ---- */

/* By key; of one key the newest first. */
static int by_key(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	int order = map_compare(&a->key, &b->key);
	return order != 0 ? order : a->index > b->index ? -1 : a->index < b->index;
}

static int check_whole(const struct recount *r, struct err *err)
{
	for (uint64_t i = 0; i < r->next; i++)
		if (r->places[i].missing && !r->places[i].redacted)
			return err_set(err, ERR_NOT_READY,
			               "the content of entry %" PRIu64 " is not here, and nothing before the statement redacts it",
			               i);
	return OK;
}

int recount_map(struct recount *r, uint64_t *keys, struct hash *root, struct err *err)
{
	size_t count = 0;
	must(r->next == r->size);
	int rc = check_whole(r, err);
	if (rc != OK)
		return rc;
	struct map_item *items = malloc((r->count + 1) * sizeof *items);
	must(items != NULL);
	if (r->count > 1)
		qsort(r->lines, r->count, sizeof *r->lines, by_key);
	for (size_t i = 0; i < r->count; i++) {
		const struct line *line = &r->lines[i];
		if (r->places[line->index].redacted || (count > 0 && map_compare(&items[count - 1].key, &line->key) == 0))
			continue;
		items[count++] = (struct map_item){ line->key, map_leaf(r->hasher, &line->key, line->index) };
	}
	*keys = count;
	*root = map_root(r->hasher, items, count);
	free(items);
	return OK;
}
