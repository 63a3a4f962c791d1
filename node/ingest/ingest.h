/* ingest: foreign documents to records.
 *
 * A source is a file (YAML, NDJSON, XML, CSV), a folder, or an archive (.tar, .tar.gz, .tar.zst, .zip).  What cannot be
 * read is counted and reported by file and reason, and never stops the rest.  Every document is accounted for; one that
 * makes several records (a standard around the one that it adopts) counts once as read, and each record after its first
 * as extra: read + extra = records + duplicates + refused once the source was read through (records that wait for a
 * better one are counted at the end; after an import that the sink stopped, some are not).
 *
 * Formats: Relaton YAML (both model generations), NISO STS and ISOSTS XML, the project's own records as JSON
 * (proto/README.md, clause 3: a line each, a list, or objects over many lines; the number after a file's name counts
 * them), tables of text with a mapping (mapping.h), ISO Open Data as JSON likewise.
 *
 * Thread: the caller's; one import at a time for each call.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/record.h"

struct ingest_counts {
	uint64_t read;       /* documents met */
	uint64_t extra;      /* records that documents made beside their first */
	uint64_t records;    /* given to record_cb, which took them */
	uint64_t duplicates; /* the same document again in the same source; the better one was kept */
	uint64_t refused;    /* each one reported through refused_cb */
	uint64_t warnings;   /* facts left out of a record that was otherwise kept (empty titles, bad dates) */
	uint64_t bytes;      /* read from the source, uncompressed */
};

struct mapping;

struct ingest_sink {
	void *arg;
	/* One valid record: its serialised bytes, borrowed.  A code other than OK stops the import and is returned
	 * (ERR_INVALID counts the document as refused instead, with err's text). */
	int (*record_cb)(void *arg, struct bytes record, struct err *err);
	/* file is the path inside the source; "x.ndjson:17" for a line. */
	void (*refused_cb)(void *arg, const char *file, const char *reason);
	/* Now and then; total is the source's size in bytes as far as known.  May be NULL. */
	void (*progress_cb)(void *arg, const struct ingest_counts *counts, uint64_t done_bytes, uint64_t total_bytes);
	/* Something about a file as a whole, said once: columns that nothing reads.  May be NULL. */
	void (*note_cb)(void *arg, const char *file, const char *text);
	const struct mapping *mapping; /* how tables are read; NULL: by the included one that their columns fit */
};

/* Read one source through.  Counts are added up over calls.  ERR_NOT_FOUND, ERR_IO, ERR_UNSUPPORTED (no known format),
 * ERR_CORRUPT (a damaged archive: what came before it was given), or what record_cb said. */
CHECKED int ingest_path(const char *path, const struct ingest_sink *sink, struct ingest_counts *counts,
                        struct err *err);

/* One Relaton YAML document; the record, encoded, is appended to out.  ERR_INVALID with the reason; *warnings counts
 * facts left out.  *held (may be NULL) says that the document is of the older crawl (has `fetched`). */
CHECKED int relaton_record(struct bytes yaml, struct buf *out, uint64_t *warnings, bool *held, struct err *err);

/* One line of NDJSON. */
CHECKED int ndjson_record(struct bytes line, struct buf *out, struct err *err);
