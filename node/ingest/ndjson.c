#include "node/ingest/ndjson.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/ingest.h"
#include "proto/json.h"

enum { CHUNK = 64 * 1024 };

void ndjson_close(struct ndjson *n)
{
	buf_free(&n->held);
}

static int finish_line(struct ndjson *n, size_t len, size_t ending, struct bytes *line, struct err *err)
{
	*line = bytes_of(n->held.data + n->at, len);
	if (len > 0 && line->data[len - 1] == '\r')
		line->len--;
	n->at += len + ending;
	n->number++;
	bool refuse = n->too_long || line->len > NDJSON_LINE_MAX;
	n->too_long = false;
	return refuse ? err_set(err, ERR_LIMIT, "a line longer than %d bytes", NDJSON_LINE_MAX) : OK;
}

static int fill(struct ndjson *n, struct err *err)
{
	if (n->held.len - n->at > NDJSON_LINE_MAX) {
		n->too_long = true;
		n->at = n->held.len;
	}
	buf_drop(&n->held, n->at);
	n->at = 0;
	size_t got;
	uint8_t *place = buf_reserve(&n->held, CHUNK);
	int rc = n->stream->read_cb(n->stream->arg, place, CHUNK, &got, err);
	if (rc != OK)
		return rc;
	n->held.len += got;
	n->bytes += got;
	n->ended = got == 0;
	return OK;
}

int ndjson_next(struct ndjson *n, struct bytes *line, struct err *err)
{
	size_t searched = 0;
	for (;;) {
		size_t len = n->held.len - n->at;
		const uint8_t *start = len > 0 ? n->held.data + n->at : NULL;
		const uint8_t *lf = len > searched ? memchr(start + searched, '\n', len - searched) : NULL;
		if (lf != NULL)
			return finish_line(n, (size_t)(lf - start), 1, line, err);
		if (n->ended)
			return len > 0 || n->too_long ? finish_line(n, len, 0, line, err) : ERR_CLOSED;
		int rc = fill(n, err);
		if (rc != OK)
			return rc;
		searched = n->too_long ? 0 : len;
	}
}

int ndjson_record(struct bytes line, struct buf *out, struct err *err)
{
	struct arena arena = { 0 };
	ProtobufCMessage *message;
	int rc = json_to_message(&normlink__record__descriptor, line, &arena, &message, err);
	if (rc == OK)
		rc = record_encode((const Normlink__Record *)message, out, err);
	arena_free(&arena);
	return rc;
}
