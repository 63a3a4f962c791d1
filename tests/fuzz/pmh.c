/* Answers of an OAI-PMH provider: what is not refused is a valid record. */
#include "node/ingest/pmh.h"
#include "node/base/must.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pmh_source source = { .name = "A library" };
	struct arena arena = { 0 };
	struct pmh_page page;
	struct err err;
	int rc = pmh_read(bytes_of(data, size), &source, &arena, &page, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	for (size_t i = 0; rc == OK && i < page.count; i++) {
		struct arena one = { 0 };
		Normlink__Record *record;
		if (page.v[i].record.len > 0)
			must(record_decode(page.v[i].record, &one, &record, &err) == OK);
		else
			must(page.v[i].deleted || page.v[i].refused != NULL);
		arena_free(&one);
	}
	arena_free(&arena);
	return 0;
}
