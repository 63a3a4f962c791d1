/* NISO STS documents: what is not refused is one valid record or several. */
#include "node/ingest/sts.h"
#include "node/base/arena.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct sts_record *records;
	const struct xml_node *root;
	uint64_t warnings = 0;
	size_t count, half = size / 2;
	struct err err;
	struct xml_reader *x = xml_open(&arena, sts_wants, &warnings);
	int rc = xml_feed(x, bytes_of(data, half), &err);
	if (rc == OK)
		rc = xml_feed(x, bytes_of(data + half, size - half), &err);
	if (rc == OK)
		rc = xml_finish(x, &root, &err);
	if (rc == OK)
		rc = sts_read(root, warnings, &arena, &records, &count, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc != OK || count > 0);
	for (size_t i = 0; rc == OK && i < count; i++) {
		struct arena one = { 0 };
		Normlink__Record *record;
		must(record_decode(records[i].record, &one, &record, &err) == OK);
		arena_free(&one);
	}
	xml_close(x);
	arena_free(&arena);
	return 0;
}
