/* Relaton documents: what is not refused is a valid record, and written as one it is read again. */
#include "node/base/arena.h"
#include "node/base/must.h"
#include "node/ingest/ingest.h"
#include "node/ingest/relaton_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = { 0 };
	uint64_t warnings = 0;
	bool held;
	struct err err;
	int rc = relaton_record(bytes_of(data, size), &out, &warnings, &held, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must((rc == OK) == (out.len > 0));
	if (rc == OK) {
		struct arena arena = { 0 };
		Normlink__Record *record;
		struct buf yaml = { 0 }, again = { 0 };
		must(record_decode(buf_bytes(&out), &arena, &record, &err) == OK);
		relaton_write(record, NULL, &yaml);
		rc = relaton_record(buf_bytes(&yaml), &again, &warnings, &held, &err);
		must(rc == OK || rc == ERR_LIMIT);
		buf_free(&yaml);
		buf_free(&again);
		arena_free(&arena);
	}
	buf_free(&out);
	return 0;
}
