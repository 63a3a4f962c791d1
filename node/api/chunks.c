#include "node/api/chunks.h"

#include <string.h>

#include "crypto/encode.h"

enum { DIGITS_MAX = 8 };

/* "1a3" CRLF. */
static int take_size(struct chunks *c, struct bytes rest, size_t max, size_t *used, struct err *err)
{
	size_t n = 0;
	uint64_t size = 0;
	while (n < rest.len && n <= DIGITS_MAX && hex_value(rest.data[n]) >= 0)
		size = size << 4 | (uint64_t)hex_value(rest.data[n++]);
	if (n > DIGITS_MAX)
		return err_set(err, ERR_LIMIT, "a chunk's size has more than %d digits", DIGITS_MAX);
	if (n == rest.len || (n + 1 == rest.len && rest.data[n] == '\r' && n > 0))
		return ERR_NOT_READY;
	if (n == 0 || rest.data[n] != '\r' || rest.data[n + 1] != '\n')
		return err_set(err, ERR_PROTOCOL, "a chunk's size is not hex digits alone (RFC 9112 7.1)");
	if (size > max - c->total)
		return err_set(err, ERR_LIMIT, "the body is larger than this node takes");
	c->left = size;
	c->at = size > 0 ? CHUNKS_DATA : CHUNKS_END;
	*used += n + 2;
	return OK;
}

static int take_line_end(struct chunks *c, struct bytes rest, enum chunks_at next, size_t *used, struct err *err)
{
	if (rest.len == 0 || (rest.len == 1 && rest.data[0] == '\r'))
		return ERR_NOT_READY;
	if (rest.data[0] != '\r' || rest.data[1] != '\n')
		return err_set(err, ERR_PROTOCOL, "a chunk is longer than its size, or a trailer follows (RFC 9112 7.1)");
	c->at = next;
	*used += 2;
	return OK;
}

static int take_data(struct chunks *c, struct bytes rest, struct buf *out, size_t *used)
{
	size_t n = rest.len < c->left ? rest.len : (size_t)c->left;
	buf_add(out, rest.data, n);
	c->left -= n;
	c->total += n;
	*used += n;
	if (c->left > 0)
		return ERR_NOT_READY;
	c->at = CHUNKS_DATA_END;
	return OK;
}

int chunks_take(struct chunks *c, struct bytes stream, size_t max, struct buf *out, size_t *used, struct err *err)
{
	int rc = OK;
	*used = 0;
	while (rc == OK && c->at != CHUNKS_DONE) {
		struct bytes rest = bytes_of(stream.data + *used, stream.len - *used);
		if (rest.len == 0)
			return ERR_NOT_READY;
		if (c->at == CHUNKS_SIZE)
			rc = take_size(c, rest, max, used, err);
		else if (c->at == CHUNKS_DATA)
			rc = take_data(c, rest, out, used);
		else
			rc = take_line_end(c, rest, c->at == CHUNKS_DATA_END ? CHUNKS_SIZE : CHUNKS_DONE, used, err);
	}
	return rc;
}
