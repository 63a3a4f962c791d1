#include "node/store/recent.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/memo.h"
#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/forks.h"
#include "node/store/graph.h"
#include "node/store/index_check.h"
#include "node/store/rows.h"
#include "node/store/tiles.h"

struct recent {
	bool filled; /* something below is set, of this version: */
	int64_t version;
	bool has_as_of, has_claims;
	struct arena arena; /* of: */
	struct as_of *as_of;
	size_t as_of_count;
	struct claims claims;
	struct memo *payloads; /* by the number of the entry; NULL: this handle writes */
	struct memo *names;    /* by a hash of the name; likewise */
	struct memo *nodes;    /* by that of the tile; likewise */
};

static void forget(struct recent *r)
{
	struct memo *payloads = r->payloads, *names = r->names, *nodes = r->nodes;
	if (!r->filled)
		return;
	arena_free(&r->arena);
	if (payloads != NULL) {
		memo_forget(payloads);
		memo_forget(names);
	}
	*r = (struct recent){ .payloads = payloads, .names = names, .nodes = nodes };
}

void recent_begin(struct store *s)
{
	if (s->recent == NULL) {
		s->recent = calloc(1, sizeof *s->recent);
		must(s->recent != NULL);
		if (s->mode == STORE_READ) {
			s->recent->payloads = memo_new(RECENT_BYTES_MAX, RECENT_PAYLOAD_MAX);
			s->recent->names = memo_new(RECENT_NAMES_MAX, RECENT_NAMED_MAX);
			s->recent->nodes = memo_new(RECENT_NODES_MAX, sizeof(struct tile_nodes));
		}
	}
	int64_t version = db_version(&s->db);
	if (s->mode != STORE_READ || version != s->recent->version) {
		forget(s->recent);
		rows_forget(s->rows);
	}
	s->recent->version = version;
}

void recent_close(struct store *s)
{
	struct recent *r = s->recent;
	s->recent = NULL;
	if (r == NULL)
		return;
	arena_free(&r->arena);
	memo_free(r->payloads);
	memo_free(r->names);
	memo_free(r->nodes);
	free(r);
}

static int list_as_of(struct store *s, struct recent *r, struct err *err)
{
	struct origin_row *rows;
	size_t count;
	bool differs[SLOT_MAX + 1];
	int rc = origin_list(&s->db, &r->arena, &rows, &count, err);
	if (rc == OK)
		rc = index_differing(&s->db, differs, err);
	r->as_of = arena_array(&r->arena, count + 1, sizeof *r->as_of);
	r->as_of_count = 0;
	for (size_t i = 0; rc == OK && i < count; i++) {
		struct origin_heads heads;
		struct fork fork = { 0 };
		rc = origin_heads(&s->db, rows[i].slot, &r->arena, &heads, err);
		if (rc == OK)
			rc = forks_state(s, &rows[i], &r->arena, &fork, err);
		if (rows[i].size == 0 && heads.head.len == 0 && fork.state == FORK_NONE)
			continue; /* only witnessed, or not begun: no answer comes from it */
		r->as_of[r->as_of_count++] = (struct as_of){
			.origin = rows[i].name,
			.size = rows[i].size,
			.root = rows[i].root,
			.head = heads.head,
			.head_size = rows[i].head_size,
			.cosigned = heads.cosigned,
			.cosigned_size = rows[i].cosigned_size,
			.index_differs = differs[rows[i].slot],
			.fork = fork.state,
		};
	}
	return rc;
}

/* Copies: an answer may be used after its snapshot has ended. */
static void copy_as_of(const struct as_of *from, size_t count, struct arena *arena, struct as_of **out)
{
	*out = arena_array(arena, count + 1, sizeof **out);
	for (size_t i = 0; i < count; i++) {
		(*out)[i] = from[i];
		(*out)[i].origin = arena_str(arena, from[i].origin);
		(*out)[i].head = arena_bytes(arena, from[i].head);
		(*out)[i].cosigned = arena_bytes(arena, from[i].cosigned);
	}
}

int recent_as_of(struct store *s, struct arena *arena, struct as_of **out, size_t *count, struct err *err)
{
	struct recent *r = s->recent;
	must(s->reading > 0);
	r->filled = true;
	int rc = r->has_as_of ? OK : list_as_of(s, r, err);
	r->has_as_of = rc == OK;
	*count = rc == OK ? r->as_of_count : 0;
	copy_as_of(r->as_of, *count, arena, out);
	return rc;
}

static const char *const *copy_items(const char *const *items, size_t count, struct arena *arena)
{
	const char **list = arena_array(arena, count + 1, sizeof *list);
	for (size_t i = 0; i < count; i++)
		list[i] = arena_str(arena, items[i]);
	return list;
}

/* Copies, as of the as-of. */
static void copy_claims(const struct claims *from, struct arena *arena, struct claims *out)
{
	struct claim *v = arena_array(arena, from->count + 1, sizeof *v);
	for (size_t i = 0; i < from->count; i++) {
		v[i] = from->v[i];
		v[i].said_by = arena_str(arena, v[i].said_by);
		v[i].about = arena_str(arena, v[i].about);
		v[i].prefixes = copy_items(v[i].prefixes, v[i].prefix_count, arena);
		v[i].bodies = copy_items(v[i].bodies, v[i].body_count, arena);
	}
	*out = (struct claims){ v, from->count };
}

int recent_claims(struct store *s, struct arena *arena, struct claims *out, struct err *err)
{
	struct recent *r = s->recent;
	must(s->reading > 0);
	r->filled = true;
	int rc = r->has_claims ? OK : graph_read_claims(s, &r->arena, &r->claims, err);
	r->has_claims = rc == OK;
	*out = (struct claims){ 0 };
	if (rc == OK)
		copy_claims(&r->claims, arena, out);
	return rc;
}

bool recent_payload(struct store *s, int64_t id, struct bytes *out)
{
	return s->reading > 0 && s->recent->payloads != NULL && memo_find(s->recent->payloads, (uint64_t)id, out);
}

void recent_keep(struct store *s, int64_t id, struct bytes payload)
{
	if (s->reading == 0 || s->recent->payloads == NULL)
		return;
	s->recent->filled = true;
	memo_keep(s->recent->payloads, (uint64_t)id, &payload, 1);
}

bool recent_named(struct store *s, struct bytes name, struct bytes *out)
{
	struct bytes piece;
	size_t len;
	if (s->reading == 0 || s->recent->names == NULL || !memo_find(s->recent->names, bytes_hash(name, 0), &piece))
		return false;
	memcpy(&len, piece.data, sizeof len);
	if (!bytes_equal(bytes_of(piece.data + sizeof len, len), name))
		return false;
	*out = bytes_of(piece.data + sizeof len + len, piece.len - sizeof len - len);
	return true;
}

void recent_keep_named(struct store *s, struct bytes name, struct bytes found)
{
	const struct bytes parts[] = { bytes_of(&name.len, sizeof name.len), name, found };
	if (s->reading == 0 || s->recent->names == NULL)
		return;
	s->recent->filled = true;
	memo_keep(s->recent->names, bytes_hash(name, 0), parts, sizeof parts / sizeof parts[0]);
}

bool recent_nodes(struct store *s, int64_t tile, struct bytes *out)
{
	return s->reading > 0 && s->recent->nodes != NULL && memo_find(s->recent->nodes, (uint64_t)tile, out);
}

void recent_keep_nodes(struct store *s, int64_t tile, struct bytes nodes)
{
	if (s->reading > 0 && s->recent->nodes != NULL)
		memo_keep(s->recent->nodes, (uint64_t)tile, &nodes, 1);
}
