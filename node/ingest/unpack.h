/* unpack: a file's bytes with gzip or zstd taken off, checked to be whole.
 *
 * libarchive checks what zstd and zip carry to find damage, but not gzip's checksum, and a tar that was cut between two
 * files looks whole to it.  Both matter here: what is imported is signed and stays.  So the unpacked bytes pass through
 * our hands on their way to the tar reader.
 *
 * Knows: compressed files, the end of a tar.  Must not know: tar's entries.  Thread: the caller's.
 */
#pragma once

#include <archive.h>
#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

struct unpack {
	struct archive *raw;
	uint64_t len;   /* given so far */
	uint64_t zeros; /* zero bytes at the end of that */
	uint32_t sum;   /* CRC-32 of that */
	bool ended;
};

/* ERR_IO; ERR_CORRUPT: damaged at its very start; ERR_UNSUPPORTED: nothing in it. */
CHECKED int unpack_open(struct unpack *u, const char *path, struct err *err);
void unpack_close(struct unpack *u);

/* The next run of bytes, borrowed until the next call; empty at the end.  ERR_CORRUPT. */
CHECKED int unpack_next(struct unpack *u, struct bytes *out, struct err *err);

/* Bytes of the file itself that were read so far. */
uint64_t unpack_packed(const struct unpack *u);

/* Read on to the end and check gzip's checksum (of a file of one gzip member).  ERR_CORRUPT. */
CHECKED int unpack_check(struct unpack *u, const char *path, struct err *err);

/* The same, and that it ends with the two empty blocks that end a tar. */
CHECKED int unpack_check_tar(struct unpack *u, const char *path, struct err *err);
