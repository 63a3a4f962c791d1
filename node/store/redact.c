#include "node/store/redact.h"

#include "node/store/arrival.h"
#include "node/store/entries.h"
#include "node/store/index.h"
#include "node/store/purge.h"
#include "node/store/schema.h"
#include "proto/record.h"

/* ---- judging ---- */

/* Log statements stay: what they say has had effects that must be accounted for. */
static int about_log(struct store *s, int64_t slot, uint64_t index, bool *out, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes payload;
	enum payload_state state;
	Normlink__Record *record = NULL;
	int rc = payload_read(s, slot, index, &arena, &payload, &state, err);
	*out = rc == OK && state == PAYLOAD_PRESENT && payload_open(payload, &arena, &record, NULL) == OK &&
	       kind_about_log((int)record->kind);
	arena_free(&arena);
	return rc == ERR_NOT_FOUND ? err_set(err, ERR_CORRUPT, "a payload's row is missing") : rc;
}

static int names_entry(struct store *s, int64_t slot, const Normlink__Redaction *r, bool *out, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes raw;
	struct envelope envelope;
	int rc = envelope_read(s, slot, r->index, &arena, &raw, err);
	*out = rc == OK && envelope_parse(raw, &envelope, NULL) == OK &&
	       bytes_equal(message_bytes(r->payload_digest), bytes_of(envelope.payload_digest.b, HASH_SIZE));
	arena_free(&arena);
	return rc;
}

int redact_judge(void *arg, int64_t slot, uint64_t index, const Normlink__Record *record, bool *valid, struct err *err)
{
	struct store *s = arg;
	const Normlink__Redaction *r = record->redaction;
	bool statement = false;
	*valid = r->index < index;
	int rc = *valid ? names_entry(s, slot, r, valid, err) : OK;
	if (rc == OK && *valid)
		rc = about_log(s, slot, r->index, &statement, err);
	*valid = *valid && !statement;
	return rc;
}

int redact_find(struct db *db, int64_t slot, uint64_t index, bool *covered, uint64_t *statement, struct err *err)
{
	int64_t at = 0;
	int rc = db_get_int(db, err, &at, "SELECT statement FROM redaction WHERE id = ?1", db_int(entry_id(slot, index)));
	*covered = rc == OK;
	*statement = (uint64_t)at;
	return rc == ERR_NOT_FOUND ? OK : rc;
}

/* ---- carrying out ---- */

/* A statement that stands again, or is the oldest of its subject now, is news: harvest.h. */
static int stand(struct store *s, int64_t doc, uint64_t wall_ms, struct err *err)
{
	struct origin_row o;
	uint64_t index = id_index(doc);
	int rc = doc != 0 ? origin_at(&s->db, id_slot(doc), &o, err) : OK;
	/* What its head does not cover comes with that. */
	return rc == OK && doc != 0 && index < o.head_size ? arrival_put(&s->db, o.slot, index, index, wall_ms, err) : rc;
}

/* One entry, in whatever state it is. */
static int redact_entry(struct store *s, int64_t slot, uint64_t index, uint64_t wall_ms, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes payload;
	enum payload_state state;
	int64_t stands = 0;
	int rc = payload_read(s, slot, index, &arena, &payload, &state, err);
	bool present = rc == OK && state == PAYLOAD_PRESENT;
	if (present)
		rc = index_goes(&s->db, s->hasher, entry_id(slot, index), err);
	if (rc == OK && present)
		rc = viewer_remove(s->viewer, slot, index, payload, &stands, err);
	if (rc == OK)
		rc = stand(s, stands, wall_ms, err);
	if (rc == OK)
		rc = db_run(&s->db, err, "UPDATE payload SET state = ?2, packing = ?3, data = NULL WHERE id = ?1",
		            db_int(entry_id(slot, index)), db_int(PAYLOAD_REDACTED), db_int(PACKED_RAW));
	if (rc == OK && present && index < DICTIONARY_SAMPLES)
		rc = packer_taint(s->packer, slot, err);
	if (rc == OK && present)
		rc = purge_want(s, err);
	arena_free(&arena);
	return rc;
}

/* The first entry from id on that a statement covers and that is not redacted yet. */
static int next_due(struct store *s, int64_t slot, int64_t *id, struct err *err)
{
	return db_get_int(&s->db, err, id,
	                  "SELECT r.id FROM redaction AS r CROSS JOIN payload AS p ON p.id = r.id"
	                  " WHERE r.id >= ?1 AND r.id < ?2 AND p.state <> ?3 ORDER BY r.id LIMIT 1",
	                  db_int(*id), db_int(entry_id(slot + 1, 0)), db_int(PAYLOAD_REDACTED));
}

int redact_carry_out(struct store *s, int64_t slot, uint64_t wall_ms, struct err *err)
{
	if (viewer_redactions(s->viewer) == 0)
		return OK;
	int64_t id = entry_id(slot, 0);
	int rc;
	while ((rc = next_due(s, slot, &id, err)) == OK) {
		rc = redact_entry(s, slot, id_index(id), wall_ms, err);
		if (rc != OK)
			return rc;
	}
	return rc == ERR_NOT_FOUND ? OK : rc;
}
