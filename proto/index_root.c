#include "proto/index_root.h"

#include "proto/entry.h"
#include "proto/record.h"

int index_root_encode(uint64_t index, uint64_t keys, const struct hash *root, struct buf *record, struct err *err)
{
	Normlink__IndexRoot body = NORMLINK__INDEX_ROOT__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char subject[] = INDEX_SUBJECT;
	r.has_kind = true;
	r.kind = NORMLINK__KIND__KIND_INDEX;
	r.subject = subject;
	r.index = &body;
	body.has_version = body.has_size = body.has_keys = body.has_root = true;
	body.version = INDEX_VERSION;
	body.size = index;
	body.keys = keys;
	body.root = message_field(bytes_of(root->b, HASH_SIZE));
	return record_encode(&r, record, err);
}

int index_root_place(struct bytes payload, uint64_t *index, struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *record = NULL;
	int rc = payload_open(payload, &arena, &record, err);
	if (rc == OK && (int)record->kind != NORMLINK__KIND__KIND_INDEX)
		rc = err_set(err, ERR_INVALID, "not an index root");
	if (rc == OK)
		*index = record->index->size;
	arena_free(&arena);
	return rc == OK ? OK : ERR_INVALID;
}
