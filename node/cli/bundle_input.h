/* bundle_input: a bundle file, part by part, as often as it is wanted.
 *
 * Holds one part at a time.  Must not know: what the parts say (proto/bundle_verify.h).
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "node/base/buf.h"
#include "node/base/err.h"
#include "proto/bundle_verify.h"

struct bundle_input {
	FILE *file;           /* NULL: closed */
	const char *path;     /* borrowed */
	uint64_t done, total; /* bytes; total is 0 when it cannot be told */
	struct buf part;
};

/* Open it and read its first line; "-" is standard input, which can be read once.  ERR_INVALID: not a bundle file;
 * ERR_NOT_FOUND, ERR_IO.  Borrows path.  Close it in any case. */
CHECKED int bundle_input_open(const char *path, struct bundle_input *out, struct err *err);
void bundle_input_close(struct bundle_input *in);

/* The same for a file of which it is not known what it is: a bundle file, or else out->file is NULL and all of it was
 * appended to other.  ERR_LIMIT: it is none, and larger than max bytes. */
CHECKED int bundle_input_open_any(const char *path, size_t max, struct bundle_input *out, struct buf *other,
                                  struct err *err);

/* The next part with its prefix, borrowed until the next call; empty at the end of the file.  ERR_INVALID: cut short,
 * or an impossible length; ERR_IO. */
CHECKED int bundle_input_next(struct bundle_input *in, struct bytes *framed, struct err *err);

/* Begin again after the first line.  ERR_IO: not a file that can be read twice. */
CHECKED int bundle_input_again(struct bundle_input *in, struct err *err);

/* Called now and then with how many entries were read. */
typedef void (*bundle_progress_cb)(void *arg, uint64_t entries);

/* One whole pass through a verifier.  Whatever is wrong with the file is ERR_INVALID (its form) or ERR_UNTRUSTED. */
CHECKED int bundle_input_verify(struct bundle_input *in, struct bundle_verify *v, bundle_progress_cb progress_cb,
                                void *arg, struct err *err);
