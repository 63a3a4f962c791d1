#include "node/ingest/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "node/base/must.h"

enum { READ_BLOCK = 128 * 1024, TAR_END = 1024, GZIP_TRAILER = 8 };

/* ---- CRC-32 (RFC 1952, 8), eight bytes a step ----------------------------------------------------------------- */

static const uint32_t (*crc_tables(void))[256]
{
	static _Thread_local uint32_t tables[8][256];
	if (tables[0][1] != 0)
		return (const uint32_t(*)[256])tables;
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int bit = 0; bit < 8; bit++)
			c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
		tables[0][i] = c;
	}
	for (int t = 1; t < 8; t++)
		for (int i = 0; i < 256; i++)
			tables[t][i] = tables[0][tables[t - 1][i] & 0xff] ^ (tables[t - 1][i] >> 8);
	return (const uint32_t(*)[256])tables;
}

static uint32_t little32(const uint8_t *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint32_t crc_add(uint32_t sum, struct bytes data)
{
	const uint32_t(*t)[256] = crc_tables();
	const uint8_t *b = data.data;
	size_t left = data.len;
	uint32_t c = ~sum;
	for (; left >= 8; left -= 8, b += 8) {
		uint32_t low = c ^ little32(b);
		c = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24] ^ t[3][b[4]] ^
		    t[2][b[5]] ^ t[1][b[6]] ^ t[0][b[7]];
	}
	for (; left > 0; left--, b++)
		c = t[0][(c ^ *b) & 0xff] ^ (c >> 8);
	return ~c;
}

/* ---- the bytes ------------------------------------------------------------------------------------------------ */

static int failed(struct unpack *u, struct err *err)
{
	const char *text = archive_error_string(u->raw);
	int why = archive_errno(u->raw);
	/* libarchive's own troubles are -1 and EILSEQ; the others are the system's. */
	if (why > 0 && why != EILSEQ)
		return err_errno(err, why, "read the archive");
	return err_set(err, ERR_CORRUPT, "the archive is damaged: %s", text != NULL ? text : "no reason given");
}

static int open_raw(struct unpack *u, const char *path, struct err *err)
{
	struct archive_entry *entry;
	if (archive_read_support_filter_gzip(u->raw) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(u->raw) != ARCHIVE_OK || archive_read_support_format_raw(u->raw) != ARCHIVE_OK)
		return err_set(err, ERR_INTERNAL, "libarchive: %s", archive_error_string(u->raw));
	if (archive_read_open_filename(u->raw, path, READ_BLOCK) != ARCHIVE_OK)
		return archive_errno(u->raw) == EILSEQ ? err_set(err, ERR_UNSUPPORTED, "nothing in it") : failed(u, err);
	int rc = archive_read_next_header(u->raw, &entry);
	if (rc == ARCHIVE_EOF)
		return err_set(err, ERR_UNSUPPORTED, "nothing in it");
	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? OK : failed(u, err);
}

int unpack_open(struct unpack *u, const char *path, struct err *err)
{
	*u = (struct unpack){ .raw = archive_read_new() };
	must(u->raw != NULL);
	int rc = open_raw(u, path, err);
	if (rc != OK)
		unpack_close(u);
	return rc;
}

void unpack_close(struct unpack *u)
{
	(void)archive_read_free(u->raw);
	u->raw = NULL;
}

static uint64_t zeros_at_end(struct bytes data)
{
	size_t n = 0;
	while (n < data.len && data.data[data.len - 1 - n] == 0)
		n++;
	return n;
}

int unpack_next(struct unpack *u, struct bytes *out, struct err *err)
{
	const void *data = NULL;
	size_t len = 0;
	la_int64_t offset;
	*out = bytes_of(NULL, 0);
	/* An empty run is no end. */
	for (int rc = ARCHIVE_OK; len == 0 && !u->ended;) {
		rc = archive_read_data_block(u->raw, &data, &len, &offset);
		u->ended = rc == ARCHIVE_EOF;
		if (rc < ARCHIVE_OK && rc != ARCHIVE_RETRY)
			return failed(u, err);
		if (u->ended)
			return OK;
	}
	*out = bytes_of(data, u->ended ? 0 : len);
	uint64_t zeros = zeros_at_end(*out);
	u->zeros = zeros == out->len ? u->zeros + zeros : zeros;
	u->sum = crc_add(u->sum, *out);
	u->len += out->len;
	return OK;
}

uint64_t unpack_packed(const struct unpack *u)
{
	la_int64_t n = archive_filter_bytes(u->raw, -1);
	return n > 0 ? (uint64_t)n : 0;
}

/* ---- is it whole? --------------------------------------------------------------------------------------------- */

/* A file of several members ends with the checksum of the last one alone; its size tells which it is, and
 * damage that changes the size breaks tar's blocks too. */
static int check_gzip(const struct unpack *u, const char *path, struct err *err)
{
	uint8_t trailer[GZIP_TRAILER];
	if (archive_filter_code(u->raw, 0) != ARCHIVE_FILTER_GZIP)
		return OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	bool read = size >= GZIP_TRAILER && pread(fd, trailer, sizeof trailer, size - GZIP_TRAILER) == GZIP_TRAILER;
	if (fd >= 0)
		(void)close(fd);
	if (!read)
		return err_set(err, ERR_CORRUPT, "the archive is damaged: no end");
	if (little32(trailer + 4) == (uint32_t)u->len && little32(trailer) != u->sum)
		return err_set(err, ERR_CORRUPT, "the archive is damaged: its checksum is not that of what is in it");
	return OK;
}

int unpack_check(struct unpack *u, const char *path, struct err *err)
{
	for (struct bytes rest; !u->ended;) {
		int rc = unpack_next(u, &rest, err);
		if (rc != OK)
			return rc;
	}
	return check_gzip(u, path, err);
}

int unpack_check_tar(struct unpack *u, const char *path, struct err *err)
{
	int rc = unpack_check(u, path, err);
	if (rc == OK && u->zeros < TAR_END)
		rc = err_set(err, ERR_CORRUPT, "the archive has no end: it may have been cut");
	return rc;
}
