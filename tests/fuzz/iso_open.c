/* ISO Open Data: lines that name one another; each is a valid record or refused. */
#include <string.h>

#include "node/base/must.h"
#include "node/ingest/many.h"
#include "node/ingest/sniff.h"
#include "proto/record.h"
#include "tests/ingest/pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_one(void *arg, const struct one *one, struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	must((one->rc == OK) == (one->record.len > 0));
	if (one->rc == OK)
		must(record_decode(one->record, &arena, &record, err) == OK && (int)record->kind == one->kind);
	arena_free(&arena);
	return OK;
}

static void take_note(void *arg, const char *text)
{
	must(text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = { .rest = bytes_of(data, size), .step = 300 };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	char what[SNIFF_TEXT_MAX];
	uint64_t bytes = 0;
	const struct many_sink sink = { NULL, take_one, take_note, &bytes };
	enum sniffed is = sniff("x", bytes_of(data, size), what);
	must((is == SNIFF_UNKNOWN) == (what[0] != '\0'));
	must(many_iso_open(&stream, &sink, NULL) == OK && bytes == size);
	return 0;
}
