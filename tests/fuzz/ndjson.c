/* NDJSON: lines cut into pieces of any size, each a valid record or refused. */
#include <string.h>

#include "node/base/must.h"
#include "node/ingest/ingest.h"
#include "node/ingest/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pieces {
	struct bytes rest;
	size_t step;
};

static int read_piece(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct pieces *p = arg;
	*got = p->rest.len < p->step ? p->rest.len : p->step;
	*got = *got < room ? *got : room;
	if (*got > 0)
		memcpy(place, p->rest.data, *got);
	p->rest = bytes_of(p->rest.data + *got, p->rest.len - *got);
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct pieces p = { .rest = bytes_of(data + 1, size - 1), .step = (size_t)data[0] + 1 };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct ndjson lines = { .stream = &stream };
	struct buf record = { 0 };
	struct bytes line;
	for (int rc; (rc = ndjson_next(&lines, &line, NULL)) != ERR_CLOSED;) {
		must(rc == OK || rc == ERR_LIMIT);
		buf_reset(&record);
		rc = ndjson_record(line, &record, NULL);
		must((rc == OK) == (record.len > 0));
	}
	must(lines.bytes == size - 1);
	buf_free(&record);
	ndjson_close(&lines);
	return 0;
}
