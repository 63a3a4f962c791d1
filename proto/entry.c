#include "proto/entry.h"

#include "node/base/must.h"
#include "proto/record.h"
#include "proto/wire.h"

enum { ENVELOPE_VERSION = 1 };

bool collection_valid(const char *name)
{
	size_t n = strlen(name);
	return n >= 1 && n <= CODE_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

void envelope_write(struct hasher *h, struct bytes payload, uint64_t time_ms, const char *collection, struct buf *out)
{
	must(payload.len >= 1 && payload.len <= PAYLOAD_MAX);
	must(time_ms <= TIME_MAX_MS);
	must(collection == NULL || collection_valid(collection));
	struct hash digest = hash_sum(h, payload);
	Normlink__Envelope e = NORMLINK__ENVELOPE__INIT;
	e.has_version = true;
	e.version = ENVELOPE_VERSION;
	e.has_time_ms = true;
	e.time_ms = time_ms;
	char name[CODE_MAX + 1];
	if (collection != NULL && strcmp(collection, COLLECTION_PUBLIC) != 0) {
		memcpy(name, collection, strlen(collection) + 1);
		e.collection = name;
	}
	e.has_payload_digest = true;
	e.payload_digest = message_field(bytes_of(digest.b, sizeof digest.b));
	e.has_payload_size = true;
	e.payload_size = (uint32_t)payload.len;
	message_encode(&e.base, out);
}

static int envelope_read(const Normlink__Envelope *e, struct envelope *out, struct err *err)
{
	if (!e->has_version || e->version != ENVELOPE_VERSION)
		return err_set(err, ERR_INVALID, "Envelope.version: not %d (clause 1.1)", ENVELOPE_VERSION);
	if (!e->has_time_ms || e->time_ms > TIME_MAX_MS)
		return err_set(err, ERR_INVALID, "Envelope.time_ms: missing, or after the year 9999 (clause 1.1)");
	const char *collection = e->collection != NULL ? e->collection : COLLECTION_PUBLIC;
	if (!collection_valid(collection))
		return err_set(err, ERR_INVALID, "Envelope.collection: not 1 to %d of a-z 0-9 - . (clause 1.1)", CODE_MAX);
	if (!e->has_payload_digest || e->payload_digest.len != HASH_SIZE)
		return err_set(err, ERR_INVALID, "Envelope.payload_digest: not %d bytes (clause 1.1)", HASH_SIZE);
	if (!e->has_payload_size || e->payload_size == 0 || e->payload_size > PAYLOAD_MAX)
		return err_set(err, ERR_INVALID, "Envelope.payload_size: not 1 to %d (clause 1.1)", PAYLOAD_MAX);
	*out = (struct envelope){ .time_ms = e->time_ms, .payload_size = e->payload_size };
	memcpy(out->collection, collection, strlen(collection) + 1);
	memcpy(out->payload_digest.b, e->payload_digest.data, HASH_SIZE);
	return OK;
}

int envelope_parse(struct bytes raw, struct envelope *out, struct err *err)
{
	if (raw.len > ENVELOPE_MAX)
		return err_set(err, ERR_LIMIT, "Envelope: %zu bytes, at most %d (clause 1.1)", raw.len, ENVELOPE_MAX);
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	int rc = message_decode(&normlink__envelope__descriptor, raw, &arena, &message, err);
	if (rc == OK)
		rc = envelope_read((const Normlink__Envelope *)message, out, err);
	arena_free(&arena);
	return rc;
}

int envelope_check(struct hasher *h, const struct envelope *e, struct bytes payload, struct err *err)
{
	if (payload.len != e->payload_size)
		return err_set(err, ERR_UNTRUSTED, "payload of %zu bytes where the envelope says %u (clause 1.2)", payload.len,
		               (unsigned)e->payload_size);
	struct hash digest = hash_sum(h, payload);
	if (!hash_equal(&digest, &e->payload_digest))
		return err_set(err, ERR_UNTRUSTED, "payload digest differs from the envelope's (clause 1.2)");
	return OK;
}

void payload_write(struct bytes record, const uint8_t nonce[NONCE_SIZE], struct buf *out)
{
	must(record.len >= 1 && record.len <= RECORD_MAX);
	Normlink__SignedRecord s = NORMLINK__SIGNED_RECORD__INIT;
	s.has_record = true;
	s.record = message_field(record);
	s.has_nonce = true;
	s.nonce = message_field(bytes_of(nonce, NONCE_SIZE));
	message_encode(&s.base, out);
}

int payload_signatures_check(const Normlink__SignedRecord *s, struct err *err)
{
	if (s->n_signatures > AUTHOR_SIGNATURES_MAX)
		return err_set(err, ERR_LIMIT, "SignedRecord.signatures: %zu, at most %d (clause 1.3)", s->n_signatures,
		               AUTHOR_SIGNATURES_MAX);
	for (size_t i = 0; i < s->n_signatures; i++) {
		const Normlink__AuthorSignature *a = s->signatures[i];
		bool named = a->author != NULL && a->author[0] != '\0' && strlen(a->author) <= NAME_MAX_BYTES;
		if (!a->has_algorithm || !named || a->key_id.len == 0 || a->signature.len == 0)
			return err_set(err, ERR_INVALID,
			               "SignedRecord.signatures[%zu]: algorithm, author, key_id and signature must be there "
			               "(clause 1.3)",
			               i);
	}
	return OK;
}

int payload_record(struct bytes payload, struct arena *arena, struct bytes *record, struct err *err)
{
	if (payload.len > PAYLOAD_MAX)
		return err_set(err, ERR_LIMIT, "SignedRecord: %zu bytes, at most %d (clause 1.2)", payload.len, PAYLOAD_MAX);
	ProtobufCMessage *message = NULL;
	int rc = message_decode(&normlink__signed_record__descriptor, payload, arena, &message, err);
	if (rc != OK)
		return rc;
	const Normlink__SignedRecord *s = (const Normlink__SignedRecord *)message;
	if (s->record.len == 0)
		return err_set(err, ERR_INVALID, "SignedRecord.record: missing (clause 1.2)");
	if (s->nonce.len != NONCE_SIZE)
		return err_set(err, ERR_INVALID, "SignedRecord.nonce: not %d bytes (clause 1.2)", NONCE_SIZE);
	rc = payload_signatures_check(s, err);
	if (rc == OK)
		*record = message_bytes(s->record);
	return rc;
}

int payload_open(struct bytes payload, struct arena *arena, Normlink__Record **out, struct err *err)
{
	struct bytes record;
	int rc = payload_record(payload, arena, &record, err);
	return rc == OK ? record_decode(record, arena, out, err) : rc;
}

/* The one field of that tag and type; false when it is not there or the message is broken. */
static bool find_field(struct bytes message, uint32_t tag, enum wire_type type, struct bytes *out)
{
	struct wire_field field;
	while (message.len > 0 && wire_next(&message, &field) == OK) {
		if (field.tag != tag || field.type != type)
			continue;
		*out = field.content;
		return true;
	}
	return false;
}

bool envelope_collection(struct bytes raw, struct bytes *out)
{
	enum { FIELD_COLLECTION = 3 };
	return find_field(raw, FIELD_COLLECTION, WIRE_BYTES, out) && !bytes_equal(*out, bytes_str(COLLECTION_PUBLIC));
}

int payload_kind(struct bytes payload)
{
	enum { FIELD_RECORD = 1, FIELD_KIND = 1 };
	struct bytes record, value;
	uint32_t kind = 0; /* as the decoder has it: the low 32 bits */
	if (!find_field(payload, FIELD_RECORD, WIRE_BYTES, &record) || !find_field(record, FIELD_KIND, WIRE_VARINT, &value))
		return 0;
	for (size_t i = 0; i < value.len && i < 5; i++)
		kind |= (uint32_t)(value.data[i] & 0x7f) << (7 * i);
	return (int)kind;
}

void proof_extra_write(struct bytes envelope, enum payload_state state, struct bytes payload, struct buf *out)
{
	must((state == PAYLOAD_PRESENT) == (payload.len > 0));
	must(envelope.len >= 1 && envelope.len <= ENVELOPE_MAX && payload.len <= PAYLOAD_MAX);
	Normlink__ProofExtra x = NORMLINK__PROOF_EXTRA__INIT;
	x.has_envelope = true;
	x.envelope = message_field(envelope);
	x.has_payload = payload.len > 0;
	x.payload = message_field(payload);
	x.has_state = state != PAYLOAD_PRESENT;
	x.state = (uint32_t)state;
	message_encode(&x.base, out);
}

int proof_extra_parse(struct bytes raw, struct arena *arena, struct bytes *envelope, enum payload_state *state,
                      struct bytes *payload, struct err *err)
{
	ProtobufCMessage *message = NULL;
	int rc = message_decode(&normlink__proof_extra__descriptor, raw, arena, &message, err);
	if (rc != OK)
		return rc;
	const Normlink__ProofExtra *x = (const Normlink__ProofExtra *)message;
	if (x->envelope.len == 0 || x->envelope.len > ENVELOPE_MAX)
		return err_set(err, ERR_INVALID, "ProofExtra.envelope: not 1 to %d bytes (clause 1.4)", ENVELOPE_MAX);
	if (x->payload.len > PAYLOAD_MAX)
		return err_set(err, ERR_INVALID, "ProofExtra.payload: over %d bytes (clause 1.4)", PAYLOAD_MAX);
	bool missing = x->has_state && (x->state == PAYLOAD_WITHHELD || x->state == PAYLOAD_REDACTED);
	if ((x->payload.len > 0) == missing || (x->has_state && !missing))
		return err_set(err, ERR_INVALID, "ProofExtra: a payload, or why there is none (clause 1.4)");
	*envelope = message_bytes(x->envelope);
	*payload = message_bytes(x->payload);
	*state = missing ? (enum payload_state)x->state : PAYLOAD_PRESENT;
	return OK;
}
