/* many: files that hold many documents, read through once, each document given as it comes.
 *
 * Knows: tables under a mapping, ISO Open Data.  Must not know: archives, what came before.
 * Thread: the caller's.
 */
#pragma once

#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/mapping.h"
#include "node/ingest/source.h"

/* One document. */
struct one {
	uint64_t line;      /* of the file, where it begins */
	int rc;             /* OK: it is a record; else why not */
	const char *reason; /* of that */
	int kind;           /* these are of a record: */
	const char *subject;
	struct bytes record; /* encoded; borrowed until the callback returns */
	uint64_t warnings;   /* facts left out */
};

struct many_sink {
	void *arg;
	/* A code other than OK ends the reading and is given back. */
	int (*one_cb)(void *arg, const struct one *one, struct err *err);
	/* Something about the file as a whole: columns that nothing reads. */
	void (*note_cb)(void *arg, const char *text);
	uint64_t *bytes; /* read from the stream: counted up */
};

/* A table, whose heads are one of its first rows.  m NULL: the included mapping that its columns fit.  ERR_UNSUPPORTED:
 * none does; ERR_INVALID: it lacks what m wants; the text says which columns there are and what to do.  Else what
 * one_cb or the stream said. */
CHECKED int many_table(struct stream *stream, const struct mapping *m, const struct many_sink *sink, struct err *err);

/* ISO Open Data: deliverables and committees as JSON lines (iso_open.h).  The file is kept beside while it is read,
 * since documents name others that come later.  ERR_IO, ERR_FULL: that. */
CHECKED int many_iso_open(struct stream *stream, const struct many_sink *sink, struct err *err);
