/* wanted: a question's text and a payload, with a NUL between: is that record what is asked for? */
#include <string.h>

#include "node/base/must.h"
#include "node/core/wanted.h"
#include "proto/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	size_t len = end != NULL ? (size_t)(end - data) : size;
	struct bytes payload = end != NULL ? bytes_of(end + 1, size - len - 1) : bytes_of(NULL, 0);
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct wanted w;
	Normlink__Record *record;
	int64_t score = 1, again = 2;
	int rc = wanted_read(&w, bytes_of(data, len), &err);
	must(rc == OK || ((rc == ERR_USAGE || rc == ERR_UNSUPPORTED) && err.text[0] != '\0'));
	if (rc == OK && payload_open(payload, &arena, &record, NULL) == OK) {
		bool fits = wanted_fits(&w, "sac.example/log", 3, record, &score);
		must(wanted_fits(&w, "sac.example/log", 3, record, &again) == fits && score == again);
	}
	if (rc == OK)
		wanted_free(&w);
	arena_free(&arena);
	return 0;
}
