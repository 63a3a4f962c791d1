#include "node/store/arrive.h"

#include "node/store/arrival.h"
#include "node/store/index_check.h"
#include "node/store/key_statements.h"
#include "node/store/redact.h"
#include "node/store/schema.h"
#include "proto/entry.h"

static int is_hidden(struct store *s, int64_t slot, uint64_t index, bool *out, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes envelope, collection;
	int rc = envelope_read(s, slot, index, &arena, &envelope, err);
	*out = rc == OK && envelope_collection(envelope, &collection);
	arena_free(&arena);
	return rc;
}

static int arrive_one(struct store *s, const struct origin_row *o, uint64_t index, const struct entry *e,
                      int64_t packing, struct bytes packed, uint64_t wall_ms, struct err *err)
{
	int64_t slot = o->slot;
	const struct packed_payload row = { PAYLOAD_PRESENT, packing, packed, { 0 } };
	bool arrived = false, hidden;
	int rc = payload_arrive(s, slot, index, &row, &arrived, err);
	if (rc != OK || !arrived)
		return rc;
	viewer_arrived(s->viewer, slot);
	rc = is_hidden(s, slot, index, &hidden, err);
	if (rc == OK && e->counts)
		rc = key_statements_put(&s->db, slot, index, err);
	if (rc == OK)
		rc = viewer_add(s->viewer, slot, index, hidden, PAYLOAD_PRESENT, e->payload, err);
	if (rc == OK)
		rc = index_came(&s->db, s->hasher, entry_id(slot, index), err);
	return rc == OK && index < o->head_size ? arrival_put(&s->db, slot, index, index, wall_ms, err) : rc;
}

int arrive_payloads(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err)
{
	const struct dictionary *dictionary = NULL;
	int rc = packer_dictionary(s->packer, o->slot, &dictionary, err);
	struct compressor *c = compressor_new();
	struct buf scratch = { 0 };
	for (size_t i = 0; rc == OK && i < w->count; i++) {
		int64_t packing = PACKED_RAW;
		buf_reset(&scratch);
		compressor_pack(c, dictionary, w->entries[i].payload, &scratch, &packing);
		rc = redact_carry_out(s, o->slot, w->wall_ms, err); /* before an index root is looked at */
		if (rc == OK)
			rc = arrive_one(s, o, w->indexes[i], &w->entries[i], packing, buf_bytes(&scratch), w->wall_ms, err);
	}
	compressor_free(c);
	buf_free(&scratch);
	if (rc == OK)
		rc = redact_carry_out(s, o->slot, w->wall_ms, err);
	return rc == OK ? index_again(s, o->slot, err) : rc;
}
