/* The answer to a question that went from node to node: folded, ordered, compared (federate.h). */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/federation.h"

const char *federated_word(enum federated_outcome outcome)
{
	static const char *const words[FEDERATED_OUTCOMES] = { "", "answered", "late", "refused", "unreachable" };
	must(outcome >= FEDERATED_ANSWERED && outcome <= FEDERATED_UNREACHABLE);
	return words[outcome];
}

struct federated_answer *federated_new(void)
{
	struct federated_answer *a = calloc(1, sizeof *a);
	must(a != NULL);
	a->arena.cap = SIZE_MAX; /* bounded where something is added */
	return a;
}

void federated_free(struct federated_answer *a)
{
	if (a == NULL)
		return;
	free(a->lines);
	free(a->logs);
	free(a->hits);
	arena_free(&a->arena);
	free(a);
}

bool federated_partial(const struct federated_answer *a)
{
	bool partial = a->here_late || a->cut;
	for (size_t i = 0; i < a->line_count; i++)
		partial = partial || a->lines[i].outcome != FEDERATED_ANSWERED;
	return partial;
}

/* Room for one more of that size. */
static void *grow(void *v, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return v;
	*cap = *cap == 0 ? 16 : *cap * 2;
	v = realloc(v, *cap * size);
	must(v != NULL);
	return v;
}

struct federated_line *federated_add_line(struct federated_answer *a, const char *name, const char *via)
{
	a->lines = grow(a->lines, a->line_count, &a->line_cap, sizeof *a->lines);
	struct federated_line *line = &a->lines[a->line_count++];
	*line = (struct federated_line){ .name = arena_str(&a->arena, name),
		                             .via = via != NULL ? arena_str(&a->arena, via) : NULL };
	return line;
}

size_t federated_add_log(struct federated_answer *a, const struct federated_log *log)
{
	for (size_t i = 0; i < a->log_count; i++)
		if (a->logs[i].size == log->size && hash_equal(&a->logs[i].root, &log->root) &&
		    strcmp(a->logs[i].origin, log->origin) == 0)
			return i;
	a->logs = grow(a->logs, a->log_count, &a->log_cap, sizeof *a->logs);
	struct federated_log *copy = &a->logs[a->log_count];
	*copy = (struct federated_log){ .origin = arena_str(&a->arena, log->origin),
		                            .head = arena_bytes(&a->arena, log->head),
		                            .size = log->size,
		                            .root = log->root,
		                            .key_count = log->key_count };
	copy->keys = arena_array(&a->arena, log->key_count + 1, sizeof *copy->keys);
	for (size_t i = 0; i < log->key_count; i++)
		copy->keys[i] = arena_bytes(&a->arena, log->keys[i]);
	return a->log_count++;
}

/* ---- hits ---- */

static const char *origin_of(const struct federated_answer *a, const struct federated_hit *h)
{
	return a->logs[h->log].origin;
}

static void add_path(struct federated_answer *a, struct federated_hit *h, const char *via, uint64_t size)
{
	for (size_t i = 0; i < h->path_count; i++)
		if ((h->paths[i].via == NULL) == (via == NULL) && (via == NULL || strcmp(h->paths[i].via, via) == 0))
			return;
	if (h->path_count == h->path_cap) {
		struct federated_path *more = arena_array(&a->arena, h->path_cap * 2 + 2, sizeof *more);
		if (h->path_count > 0)
			memcpy(more, h->paths, h->path_count * sizeof *more);
		h->paths = more;
		h->path_cap = h->path_cap * 2 + 2;
	}
	h->here = h->here || via == NULL;
	h->paths[h->path_count++] =
	    (struct federated_path){ .via = via != NULL ? arena_str(&a->arena, via) : NULL, .size = size };
}

/* Does the same origin say something else about the same?  What it said last counts. */
static void supersede(struct federated_answer *a, struct federated_hit *h)
{
	for (size_t i = 0; h->subject != NULL && i < a->hit_count; i++) {
		struct federated_hit *other = &a->hits[i];
		if (other == h || other->subject == NULL || other->kind != h->kind || strcmp(other->subject, h->subject) != 0 ||
		    strcmp(origin_of(a, other), origin_of(a, h)) != 0)
			continue;
		other->superseded = other->superseded || other->index < h->index;
		h->superseded = h->superseded || h->index < other->index;
	}
}

static const struct tree_proof *keep_proof(struct federated_answer *a, const struct tree_proof *proof)
{
	struct tree_proof *copy = arena_get(&a->arena, sizeof *copy);
	*copy = *proof;
	return copy;
}

struct federated_hit *federated_find_hit(const struct federated_answer *a, const struct federated_hit *hit)
{
	for (size_t i = 0; i < a->hit_count; i++) {
		struct federated_hit *h = &a->hits[i];
		if (h->index == hit->index && strcmp(origin_of(a, h), origin_of(a, hit)) == 0)
			return bytes_equal(h->envelope, hit->envelope) && bytes_equal(h->payload, hit->payload) ? h : NULL;
	}
	return NULL;
}

bool federated_add_hit(struct federated_answer *a, const struct federated_hit *hit, const struct tree_proof *proof,
                       const char *via)
{
	const char *origin = a->logs[hit->log].origin;
	uint64_t size = a->logs[hit->log].size;
	for (size_t i = 0; i < a->hit_count; i++) {
		struct federated_hit *same = &a->hits[i];
		if (same->index != hit->index || strcmp(origin_of(a, same), origin) != 0)
			continue;
		if (!bytes_equal(same->envelope, hit->envelope))
			return false; /* two logs of one name: which of them is shown first is no matter, but not as the same */
		if (size > a->logs[same->log].size) {
			same->log = hit->log;
			same->proof = keep_proof(a, proof);
		}
		add_path(a, same, via, size);
		return true;
	}
	if (a->hit_count >= FEDERATED_KEPT_MAX || a->arena.used + hit->payload.len > FEDERATED_KEPT_BYTES) {
		a->cut = true;
		return false;
	}
	a->hits = grow(a->hits, a->hit_count, &a->hit_cap, sizeof *a->hits);
	struct federated_hit *h = &a->hits[a->hit_count++];
	*h = (struct federated_hit){ .log = hit->log,
		                         .index = hit->index,
		                         .envelope = arena_bytes(&a->arena, hit->envelope),
		                         .payload = arena_bytes(&a->arena, hit->payload),
		                         .proof = keep_proof(a, proof),
		                         .kind = hit->kind,
		                         .subject = hit->subject != NULL ? arena_str(&a->arena, hit->subject) : NULL,
		                         .score = hit->score,
		                         .direct = hit->direct };
	add_path(a, h, via, size);
	supersede(a, h);
	return true;
}

/* ---- order ---- */

struct place {
	struct federated_hit hit;
	const char *origin;
	unsigned rank;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->hit.score != b->hit.score)
		return a->hit.score < b->hit.score ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	int origins = strcmp(a->origin, b->origin);
	if (origins != 0)
		return origins;
	return a->hit.index < b->hit.index ? -1 : a->hit.index > b->hit.index;
}

void federated_sort(struct federated_answer *a,
                    unsigned (*rank_cb)(void *arg, const struct federated_hit *hit, const char *origin), void *arg)
{
	struct place *places = calloc(a->hit_count + 1, sizeof *places);
	must(places != NULL);
	for (size_t i = 0; i < a->hit_count; i++) {
		const struct federated_hit *h = &a->hits[i];
		places[i] = (struct place){ .hit = *h, .origin = origin_of(a, h) };
		places[i].rank = rank_cb != NULL ? rank_cb(arg, h, places[i].origin) : 0;
	}
	if (a->hit_count > 1)
		qsort(places, a->hit_count, sizeof *places, compare_places);
	for (size_t i = 0; i < a->hit_count; i++)
		a->hits[i] = places[i].hit;
	free(places);
}

/* ---- compare ---- */

static bool came_from(const struct federated_hit *h, const char *via)
{
	for (size_t i = 0; i < h->path_count; i++)
		if (via == NULL ? h->paths[i].via == NULL : h->paths[i].via != NULL && strcmp(h->paths[i].via, via) == 0)
			return true;
	return false;
}

/* Does this hit stand before the last of that side?  What stands behind may only have found no room there. */
static bool within(const struct federated_answer *a, const struct federated_line *line, const struct federated_hit *h,
                   const char *via, uint64_t total)
{
	uint64_t count = 0;
	bool before = false;
	for (size_t i = 0; i < a->hit_count; i++) {
		const struct federated_hit *other = &a->hits[i];
		if (strcmp(origin_of(a, other), line->origin) != 0 || !came_from(other, via))
			continue;
		count++;
		before = before || other->score > h->score || (other->score == h->score && other->index > h->index);
	}
	return before || count >= total;
}

void federated_compare(struct federated_answer *a, const struct federated_line *line, struct federated_difference **out,
                       size_t *count)
{
	*out = arena_array(&a->arena, a->hit_count + 1, sizeof **out);
	*count = 0;
	for (size_t i = 0; line->origin != NULL && i < a->hit_count; i++) {
		const struct federated_hit *h = &a->hits[i];
		bool there = came_from(h, line->name);
		if (strcmp(origin_of(a, h), line->origin) != 0 || h->here == there ||
		    !within(a, line, h, there ? NULL : line->name, there ? line->here_total : line->total))
			continue;
		struct federated_difference *d = NULL;
		for (size_t k = 0; k < *count && d == NULL; k++) {
			const struct federated_hit *other = there ? (*out)[k].here : (*out)[k].there;
			bool alone = (there ? (*out)[k].there : (*out)[k].here) == NULL;
			if (other != NULL && alone && other->kind == h->kind && strcmp(other->subject, h->subject) == 0)
				d = &(*out)[k];
		}
		if (d == NULL)
			d = &(*out)[(*count)++];
		*(there ? &d->there : &d->here) = h;
	}
}
