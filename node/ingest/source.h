/* source: the files of a folder or an archive, one after another, as streams of bytes.
 *
 * Knows: folders, tar and zip, compression, their limits.  Must not know: what the files hold.
 * Thread: the caller's.  A stream is good only inside its callback.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/err.h"

struct stream {
	void *arg;
	/* Up to room bytes to place; *got is 0 at the end.  ERR_IO, ERR_CORRUPT. */
	int (*read_cb)(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err);
	uint64_t done;  /* bytes of the source read so far, as they lie on the disk */
	uint64_t total; /* of the source; 0 when not known */
};

/* One regular file; what it does not read is passed over.  A code other than OK ends the walk and is given back. */
typedef int (*source_file_cb)(void *arg, const char *name, struct stream *stream, struct err *err);

/* May the file of that name hold documents?  The others are passed over unopened. */
typedef bool (*source_wants_cb)(const char *name);

struct source_sink {
	void *arg;
	source_wants_cb wants_cb;
	source_file_cb file_cb;
};

/* Every wanted regular file under path, sorted by name (bytes), folders where their name stands.  Links are not
 * followed; names that begin with a dot are passed over; name is relative to path.  What cannot be opened is given all
 * the same, with a stream that fails: one bad file must not stop the rest.  ERR_IO, ERR_NOT_FOUND: path itself. */
CHECKED int folder_walk(const char *path, const struct source_sink *sink, struct err *err);

/* One regular file, given under the last part of its path; wants_cb is not asked.  ERR_IO, ERR_NOT_FOUND. */
CHECKED int folder_walk_file(const char *path, const struct source_sink *sink, struct err *err);

/* Every wanted file of an archive, in its order; tar may be packed with gzip or zstd.  What can be read of a damaged
 * one is given, then ERR_CORRUPT comes.  ERR_UNSUPPORTED: not an archive.  ERR_LIMIT: more than ARCHIVE_ENTRIES_MAX
 * files or ARCHIVE_MIB_MAX unpacked.  ERR_IO. */
CHECKED int archive_walk_tar(const char *path, const struct source_sink *sink, struct err *err);
CHECKED int archive_walk_zip(const char *path, const struct source_sink *sink, struct err *err);

/* One file packed with gzip or zstd, given under its name without the ending.  As above. */
CHECKED int archive_walk_single(const char *path, const struct source_sink *sink, struct err *err);

/* What a path is, by its content first: a name says what somebody hoped.  ERR_NOT_FOUND, ERR_IO; ERR_UNSUPPORTED:
 * neither a file nor a folder. */
enum source_kind { SOURCE_FOLDER, SOURCE_FILE, SOURCE_TAR, SOURCE_ZIP, SOURCE_COMPRESSED };
CHECKED int source_find(const char *path, enum source_kind *kind, struct err *err);
/* The one of the above for that kind. */
CHECKED int source_walk(const char *path, enum source_kind kind, const struct source_sink *sink, struct err *err);
