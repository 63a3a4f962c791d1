/* json_lines: whatever the bytes, one piece or many give the same lines, and no more bytes than there were and ends. */
#include <string.h>

#include "node/base/must.h"
#include "node/ingest/json_lines.h"

struct pieces {
	struct bytes rest;
	size_t step;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_piece(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct pieces *p = arg;
	size_t n = p->rest.len < p->step ? p->rest.len : p->step;
	n = n < room ? n : room;
	if (n > 0)
		memcpy(place, p->rest.data, n);
	p->rest = bytes_of(p->rest.data + n, p->rest.len - n);
	*got = n;
	(void)err;
	return OK;
}

static int lines_of(struct bytes text, size_t step, struct buf *out)
{
	struct pieces pieces = { text, step };
	struct stream stream = { .arg = &pieces, .read_cb = read_piece };
	struct json_lines j;
	int rc;
	size_t got;
	json_lines_open(&j, &stream);
	do {
		rc = j.stream.read_cb(j.stream.arg, buf_reserve(out, 512), 512, &got, NULL);
		out->len += got;
	} while (rc == OK && got > 0);
	json_lines_close(&j);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, parts = { 0 };
	int rc = lines_of(bytes_of(data, size), size + 1, &whole);
	must(rc == OK || rc == ERR_CORRUPT);
	must(lines_of(bytes_of(data, size), 3, &parts) == rc);
	must(bytes_equal(buf_bytes(&whole), buf_bytes(&parts)) && whole.len <= 2 * size);
	buf_free(&whole);
	buf_free(&parts);
	return 0;
}
