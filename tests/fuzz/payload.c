/* payload: signed records as peers send them, read with much memory and with little. */
#include "node/base/must.h"
#include "proto/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t caps[] = { 4 * 1024 * 1024, 2048, 300 };
	struct bytes raw = bytes_of(data, size), record;
	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
		struct arena arena = { .cap = caps[i] };
		struct err err = { 0 };
		Normlink__Record *r = NULL;
		int rc = payload_record(raw, &arena, &record, &err);
		must(rc == OK || err.text[0] != '\0');
		if (payload_open(raw, &arena, &r, &err) == OK)
			must(r->subject != NULL);
		arena_free(&arena);
	}
	return 0;
}
