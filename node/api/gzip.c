#include "node/api/gzip.h"

#include <limits.h>
#include <zlib.h>

#include "node/base/must.h"

enum {
	GZIP_ONLY = 16, /* added to the window: this wrapping, neither zlib's nor a guess */
	/* Bundles are a dozen kilobytes of digests.  The least effort gives all but one percent of what the most does, and
	 * tables of half the usual size take a quarter less time to clear. */
	PACK_LEVEL = 1,
	PACK_WINDOW = 14,
	PACK_MEMORY = 7,
	OPEN_WINDOW = 15, /* whatever the other side used */
	OPEN_CHUNK = 64 * 1024,
};

void gzip_pack(struct bytes data, struct buf *out)
{
	z_stream z = { 0 };
	must(data.len <= INT_MAX);
	must(deflateInit2(&z, PACK_LEVEL, Z_DEFLATED, GZIP_ONLY + PACK_WINDOW, PACK_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
	size_t room = deflateBound(&z, data.len);
	z.next_in = (Bytef *)(uintptr_t)data.data;
	z.avail_in = (uInt)data.len;
	z.next_out = buf_reserve(out, room);
	z.avail_out = (uInt)room;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	out->len += room - z.avail_out;
	(void)deflateEnd(&z);
}

/* Unpack until the member ends, its bytes do, or there is one byte more than may be. */
static int open_member(z_stream *z, size_t max, struct buf *out, struct err *err)
{
	size_t made = 0;
	int rc = Z_OK;
	while (rc == Z_OK && made <= max) {
		size_t room = max + 1 - made < OPEN_CHUNK ? max + 1 - made : OPEN_CHUNK;
		z->next_out = buf_reserve(out, room);
		z->avail_out = (uInt)room;
		rc = inflate(z, Z_NO_FLUSH);
		must(rc != Z_MEM_ERROR && rc != Z_STREAM_ERROR);
		out->len += room - z->avail_out;
		made += room - z->avail_out;
	}
	if (made > max) {
		out->len--;
		return err_set(err, ERR_LIMIT, "unpacked it is larger than %zu bytes", max);
	}
	if (rc == Z_BUF_ERROR || rc == Z_OK)
		return err_set(err, ERR_INVALID, "gzip: it is cut short (RFC 1952 2.3)");
	if (rc != Z_STREAM_END)
		return err_set(err, ERR_INVALID, "gzip: %s (RFC 1952 2.3)", z->msg != NULL ? z->msg : "broken");
	return z->avail_in == 0 ? OK : err_set(err, ERR_INVALID, "gzip: bytes follow the first member");
}

int gzip_open(struct bytes packed, size_t max, struct buf *out, struct err *err)
{
	z_stream z = { 0 };
	must(packed.len <= INT_MAX && max < SIZE_MAX / 8);
	z.next_in = (Bytef *)(uintptr_t)packed.data;
	z.avail_in = (uInt)packed.len;
	must(inflateInit2(&z, GZIP_ONLY + OPEN_WINDOW) == Z_OK);
	int rc = open_member(&z, max, out, err);
	(void)inflateEnd(&z);
	return rc;
}
