/* A mapping file and a table under it: "mapping NUL table".  What is given is a valid record about its subject. */
#include <string.h>

#include "node/base/must.h"
#include "node/ingest/many.h"
#include "proto/record.h"
#include "tests/ingest/pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_one(void *arg, const struct one *one, struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	if (one->rc == OK) {
		must(record_decode(one->record, &arena, &record, err) == OK);
		must(strcmp(record->subject, one->subject) == 0);
	} else {
		must(one->record.len == 0 && one->reason[0] != '\0');
	}
	arena_free(&arena);
	return OK;
}

static void take_note(void *arg, const char *text)
{
	must(text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	struct mapping *m = NULL;
	uint64_t bytes = 0;
	if (nul == NULL)
		return 0;
	if (mapping_read(bytes_of(data, (size_t)(nul - data)), &m, NULL) != OK)
		m = NULL; /* the included ones are tried */
	struct pieces p = { .rest = bytes_of(nul + 1, size - (size_t)(nul + 1 - data)), .step = 700 };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	const struct many_sink sink = { NULL, take_one, take_note, &bytes };
	int rc = many_table(&stream, m, &sink, NULL);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_UNSUPPORTED || rc == ERR_LIMIT);
	mapping_free(m);
	return 0;
}
