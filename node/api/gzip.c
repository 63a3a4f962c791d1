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
	FLUSH_ROOM = 64,  /* more than the empty block takes */
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

/* Whole bytes that are no member's end (RFC 1951 3.2.3: blocks that are not the last, and an empty one to fill up). */
static void pack_blocks(struct bytes data, struct buf *out)
{
	z_stream z = { 0 };
	must(deflateInit2(&z, PACK_LEVEL, Z_DEFLATED, -PACK_WINDOW, PACK_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)data.data;
	z.avail_in = (uInt)data.len;
	do {
		size_t room = deflateBound(&z, z.avail_in) + FLUSH_ROOM;
		z.next_out = buf_reserve(out, room);
		z.avail_out = (uInt)room;
		must(deflate(&z, Z_SYNC_FLUSH) == Z_OK);
		out->len += room - z.avail_out;
	} while (z.avail_out == 0);
	(void)deflateEnd(&z);
}

static void add_u32(struct buf *out, uint32_t value)
{
	for (int shift = 0; shift < 32; shift += 8)
		buf_add_char(out, (char)(value >> shift & 0xff));
}

void gzip_piece(struct gzip_member *m, struct bytes data, bool last, struct buf *out)
{
	static const uint8_t head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3 }; /* deflate, of no time, the fastest, Unix */
	static const uint8_t end[] = { 3, 0 };                                /* a last block of nothing */
	must(data.len <= INT_MAX);
	if (!m->begun)
		buf_add(out, head, sizeof head);
	m->begun = true;
	if (data.len > 0) {
		pack_blocks(data, out);
		m->crc = (uint32_t)crc32(m->crc, data.data, (uInt)data.len);
		m->size += (uint32_t)data.len;
	}
	if (!last)
		return;
	buf_add(out, end, sizeof end);
	add_u32(out, m->crc);
	add_u32(out, m->size);
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
