/* Answers of an OAI-PMH provider, the first byte says in which format: what is not refused is one valid record or two,
 * and says where it is from. */
#include "node/ingest/pmh.h"
#include "node/base/must.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pmh_source source = { .name = "A library", .url = "https://library.example/oai" };
	struct arena arena = { 0 };
	struct pmh_page page;
	struct err err;
	enum pmh_format format;
	if (size == 0)
		return 0;
	source.format = (enum pmh_format)(data[0] % PMH_FORMATS);
	int rc = pmh_read(bytes_of(data + 1, size - 1), &source, &arena, &page, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc != OK || pmh_choose(&page, NULL, PMH_NO_FORMAT, &format) == NULL || format != PMH_NO_FORMAT);
	for (size_t i = 0; rc == OK && i < page.count; i++) {
		const struct pmh_item *item = &page.v[i];
		must((item->count > 0) + item->deleted + (item->refused != NULL) == 1 && item->count <= 2);
		for (size_t k = 0; k < item->count; k++) {
			struct arena one = { 0 };
			Normlink__Record *record;
			must(record_decode(item->v[k].record, &one, &record, &err) == OK);
			must(record->source != NULL && record->source->repository != NULL);
			arena_free(&one);
		}
	}
	arena_free(&arena);
	return 0;
}
