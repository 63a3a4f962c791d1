#include "node/store/statement.h"

#include "proto/entry.h"
#include "proto/record.h"

void statement_digest(struct hasher *h, struct bytes record, uint8_t out[STATEMENT_DIGEST_BYTES])
{
	struct hash whole = hash_sum(h, record);
	memcpy(out, whole.b, STATEMENT_DIGEST_BYTES);
}

int statement_open(struct hasher *h, struct bytes payload, struct arena *arena, struct statement *out)
{
	struct bytes bytes;
	Normlink__Record *record = NULL;
	int rc = payload_record(payload, arena, &bytes, NULL);
	if (rc == OK)
		rc = record_decode(bytes, arena, &record, NULL);
	if (rc == OK)
		rc = record_subject((int)record->kind, record->subject, &out->subject, NULL);
	if (rc != OK)
		return rc;
	out->record = record;
	statement_digest(h, bytes, out->digest);
	return OK;
}
