/* disk_read: what a core starts from, and what it asks for; declared in disk.h. */
#include <stdio.h>

#include "node/base/must.h"
#include "proto/entry.h"
#include "tests/sim/classes.h"
#include "tests/sim/disk.h"
#include "tests/sim/node.h"
#include "tests/sim/plant.h"
#include "tests/sim/world.h"

/* The newest of a subject is the last: older ones do no harm. */
static void statements_load(struct world *w, struct node *n, const struct disk_log *log, struct origin_state *out)
{
	out->statements = arena_array(&out->arena, DISK_STATEMENTS + 1, sizeof *out->statements);
	for (uint64_t i = 0; i < log->size && out->statement_count < DISK_STATEMENTS; i++) {
		struct bytes payload = log->branch->entries[i].payload;
		int kind = payload_kind(payload);
		if (log->states.data[i] != PAYLOAD_PRESENT ||
		    (kind != NORMLINK__KIND__KIND_VERDICT && kind != NORMLINK__KIND__KIND_SHARING))
			continue;
		out->statements[out->statement_count++] =
		    (struct log_statement){ .index = i, .payload = arena_bytes(&out->arena, payload) };
	}
	plant_leak(w, n, out);
}

static void load_keys(const struct disk_log *log, struct origin_state *out)
{
	struct log_statement found[KEY_CHANGES_MAX * KEY_ROLES];
	for (uint64_t i = 0; i < log->size && out->key_count < sizeof found / sizeof *found; i++)
		if (log->states.data[i] == PAYLOAD_PRESENT &&
		    payload_kind(log->branch->entries[i].payload) == NORMLINK__KIND__KIND_KEY)
			found[out->key_count++] = (struct log_statement){ .index = i, .payload = log->branch->entries[i].payload };
	out->keys = arena_array(&out->arena, out->key_count + 1, sizeof *out->keys);
	memcpy(out->keys, found, out->key_count * sizeof *found);
}

bool disk_load(struct world *w, struct node *n, uint32_t ident, struct origin_state *out)
{
	const struct disk_log *log = &n->disk.logs[ident];
	if (!log->exists)
		return false;
	*out = (struct origin_state){ .size = log->size };
	(void)snprintf(out->origin, sizeof out->origin, "%s", w->idents[ident].card.origin);
	size_t bundles = (size_t)(log->size / BUNDLE_ENTRIES), tail = (size_t)(log->size % BUNDLE_ENTRIES);
	out->roots = arena_array(&out->arena, bundles + 1, sizeof *out->roots);
	out->tail = arena_array(&out->arena, tail + 1, sizeof *out->tail);
	for (size_t i = 0; i < bundles; i++)
		out->roots[i] = tree_hash_leaves(w->hasher, &log->branch->leaves[i * BUNDLE_ENTRIES], BUNDLE_ENTRIES);
	for (size_t i = 0; i < tail; i++)
		out->tail[i] = log->branch->leaves[bundles * BUNDLE_ENTRIES + i];
	statements_load(w, n, log, out);
	out->head = arena_bytes(&out->arena, buf_bytes(&log->head.note));
	out->target = arena_bytes(&out->arena, buf_bytes(&log->target.note));
	out->cosigned = arena_bytes(&out->arena, buf_bytes(&log->cosigned.note));
	out->target_keys = arena_bytes(&out->arena, buf_bytes(&log->target.keys));
	load_keys(log, out);
	out->evidence = arena_bytes(&out->arena, buf_bytes(&log->evidence));
	return true;
}

static int read_leaves(const struct disk_log *log, uint64_t bundle, struct read_answer *out)
{
	if (bundle > log->size / BUNDLE_ENTRIES || bundle * BUNDLE_ENTRIES == log->size)
		return ERR_NOT_FOUND;
	uint64_t start = bundle * BUNDLE_ENTRIES, left = log->size - start;
	out->leaf_count = left < BUNDLE_ENTRIES ? (size_t)left : BUNDLE_ENTRIES;
	memcpy(out->leaves, &log->branch->leaves[start], out->leaf_count * sizeof *out->leaves);
	return OK;
}

static void read_entry(const struct disk_log *log, const struct store_read *read, uint64_t i, size_t *given,
                       struct read_answer *out)
{
	const struct entry *held = &log->branch->entries[read->start + i];
	struct entry *e = &out->entries[i];
	*e = (struct entry){ .envelope = arena_bytes(&out->arena, held->envelope) };
	if (i > 0 && *given > read->payload_bytes)
		return;
	e->state = (enum payload_state)log->states.data[read->start + i];
	if (e->state == PAYLOAD_PRESENT)
		e->payload = arena_bytes(&out->arena, held->payload);
	*given += e->payload.len;
	out->payloads++;
}

static void read_indexes(const struct disk_log *log, const struct store_read *read, struct read_answer *out)
{
	size_t given = 0;
	for (size_t i = 0; i < read->index_count && (i == 0 || given <= read->payload_bytes); i++) {
		const struct entry *held = &log->branch->entries[read->indexes[i]];
		struct entry *e = &out->entries[i];
		*e = (struct entry){ .envelope = arena_bytes(&out->arena, held->envelope),
			                 .state = (enum payload_state)log->states.data[read->indexes[i]] };
		if (e->state == PAYLOAD_PRESENT)
			e->payload = arena_bytes(&out->arena, held->payload);
		out->indexes[i] = read->indexes[i];
		given += e->payload.len;
		out->payloads = out->count = i + 1;
	}
}

static void read_missing(const struct disk_log *log, const struct store_read *read, struct read_answer *out)
{
	for (uint64_t i = read->start; i < log->size && out->count < PAYLOADS_ASKED_MAX; i++) {
		struct bytes envelope = log->branch->entries[i].envelope;
		const char *name = classes_name(classes_of(envelope));
		if (log->states.data[i] != PAYLOAD_WITHHELD || strcmp(name != NULL ? name : "", read->collection) != 0)
			continue;
		out->indexes[out->count] = i;
		out->entries[out->count++] =
		    (struct entry){ .envelope = arena_bytes(&out->arena, envelope), .state = PAYLOAD_WITHHELD };
	}
}

static int read_range(const struct disk_log *log, const struct store_read *read, struct read_answer *out)
{
	size_t given = 0;
	if (read->start > read->end || read->end > log->size)
		return ERR_NOT_FOUND;
	out->count = (size_t)(read->end - read->start);
	out->entries = arena_array(&out->arena, out->count + 1, sizeof *out->entries);
	for (uint64_t i = 0; i < out->count; i++)
		read_entry(log, read, i, &given, out);
	return read->want_leaves ? read_leaves(log, read->leaves_bundle, out) : OK;
}

int disk_read(struct world *w, const struct node *n, const struct store_read *read, struct read_answer *out)
{
	uint32_t ident = world_ident(w, read->origin);
	*out = (struct read_answer){ 0 };
	if (ident == UINT32_MAX || !n->disk.logs[ident].exists)
		return ERR_NOT_FOUND;
	const struct disk_log *log = &n->disk.logs[ident];
	int rc = OK;
	for (size_t i = 0; rc == OK && i < read->index_count; i++)
		rc = read->indexes[i] < log->size ? OK : ERR_NOT_FOUND;
	if (rc == OK && (read->want_missing || read->index_count > 0))
		out->entries = arena_array(&out->arena, PAYLOADS_ASKED_MAX, sizeof *out->entries);
	if (rc == OK && read->want_missing)
		read_missing(log, read, out);
	else if (rc == OK && read->index_count > 0)
		read_indexes(log, read, out);
	else if (rc == OK)
		rc = read_range(log, read, out);
	if (rc != OK)
		arena_free(&out->arena);
	return rc;
}
