#include "proto/author.h"

#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/json.h"
#include "proto/message.h"

void author_message(struct bytes record, struct buf *out)
{
	buf_add_str(out, "normlink record v1\n");
	buf_add_bytes(out, record);
}

/* ---- out ---- */

/* One SignedRecord in memory; borrows. */
struct draft {
	Normlink__SignedRecord message;
	Normlink__AuthorSignature v[AUTHOR_SIGNATURES_MAX];
	Normlink__AuthorSignature *lines[AUTHOR_SIGNATURES_MAX];
};

static void draft_make(struct draft *d, struct bytes record, const uint8_t *nonce, const struct author_line *lines,
                       size_t count)
{
	must(record.len >= 1 && record.len <= RECORD_MAX && count <= AUTHOR_SIGNATURES_MAX);
	normlink__signed_record__init(&d->message);
	d->message.has_record = true;
	d->message.record = message_field(record);
	d->message.has_nonce = nonce != NULL;
	if (nonce != NULL)
		d->message.nonce = message_field(bytes_of(nonce, NONCE_SIZE));
	for (size_t i = 0; i < count; i++) {
		Normlink__AuthorSignature *a = d->lines[i] = &d->v[i];
		normlink__author_signature__init(a);
		a->has_algorithm = a->has_key_id = a->has_signature = true;
		a->algorithm = (Normlink__AuthorSignature__Algorithm)lines[i].algorithm;
		a->author = (char *)(uintptr_t)lines[i].author;
		a->key_id = message_field(lines[i].key_id);
		a->signature = message_field(lines[i].signature);
	}
	d->message.signatures = d->lines;
	d->message.n_signatures = count;
}

void author_payload_write(struct bytes record, const uint8_t *nonce, const struct author_line *lines, size_t count,
                          struct buf *out)
{
	struct draft d;
	draft_make(&d, record, nonce, lines, count);
	message_encode(&d.message.base, out);
}

void author_sent_json(struct bytes record, const struct author_line *line, struct buf *out)
{
	struct draft d;
	draft_make(&d, record, NULL, line, 1);
	json_of_message(&d.message.base, out);
}

/* ---- in ---- */

static struct author_line *take_lines(const Normlink__SignedRecord *s, struct arena *arena)
{
	struct author_line *v = arena_array(arena, s->n_signatures + 1, sizeof *v);
	for (size_t i = 0; i < s->n_signatures; i++) {
		const Normlink__AuthorSignature *a = s->signatures[i];
		v[i] = (struct author_line){ .algorithm = (int)a->algorithm,
			                         .author = a->author,
			                         .key_id = message_bytes(a->key_id),
			                         .signature = message_bytes(a->signature) };
	}
	return v;
}

int author_payload_read(struct bytes payload, struct arena *arena, struct bytes *record, struct author_line **lines,
                        size_t *count, struct err *err)
{
	ProtobufCMessage *message = NULL;
	int rc = payload_record(payload, arena, record, err);
	if (rc == OK)
		rc = message_decode(&normlink__signed_record__descriptor, payload, arena, &message, err);
	if (rc != OK)
		return rc;
	const Normlink__SignedRecord *s = (const Normlink__SignedRecord *)message;
	*lines = take_lines(s, arena);
	*count = s->n_signatures;
	return OK;
}

int author_sent_read(struct bytes raw, bool json, struct arena *arena, struct bytes *record, struct author_line *line,
                     struct err *err)
{
	const ProtobufCMessageDescriptor *type = &normlink__signed_record__descriptor;
	ProtobufCMessage *message = NULL;
	int rc = json ? json_to_message(type, raw, arena, &message, err) : message_decode(type, raw, arena, &message, err);
	if (rc != OK)
		return rc;
	const Normlink__SignedRecord *s = (const Normlink__SignedRecord *)message;
	if (s->has_nonce)
		return err_set(err, ERR_INVALID, "SignedRecord.nonce: the node makes it (clause 2.15)");
	if (s->record.len == 0)
		return err_set(err, ERR_INVALID, "SignedRecord.record: missing (clause 1.2)");
	if (s->record.len > RECORD_MAX)
		return err_set(err, ERR_LIMIT, "Record: %zu bytes, at most %d (clause 2.1)", s->record.len, RECORD_MAX);
	if (s->n_signatures != 1)
		return err_set(err, ERR_INVALID, "SignedRecord.signatures: %zu, where there must be one (clause 2.15)",
		               s->n_signatures);
	rc = payload_signatures_check(s, err);
	if (rc != OK)
		return rc;
	*record = message_bytes(s->record);
	*line = *take_lines(s, arena);
	return OK;
}
