/* ISO Open Data read through; declared in many.h.
 *
 * Twice: first for the numbers of all documents, then for the documents.  A stream cannot be read twice, so that it is
 * written to a file without a name on the way. */
#include <errno.h>
#include <stdio.h>

#include "node/base/limits.h"
#include "node/ingest/iso_open.h"
#include "node/ingest/many.h"
#include "node/ingest/ndjson.h"

struct spool {
	FILE *file;
	struct stream *from; /* NULL: what is in the file is read */
};

static int read_spool(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct spool *s = arg;
	if (s->from == NULL) {
		*got = fread(place, 1, room, s->file);
		return ferror(s->file) != 0 ? err_errno(err, errno, "cannot read a temporary file") : OK;
	}
	int rc = s->from->read_cb(s->from->arg, place, room, got, err);
	if (rc == OK && fwrite(place, 1, *got, s->file) != *got)
		rc = err_errno(err, errno, "cannot write a temporary file");
	return rc;
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t')
			return false;
	return true;
}

static int read_ids(struct stream *stream, struct iso_ids *ids, uint64_t *bytes, struct err *err)
{
	struct ndjson lines = { .stream = stream };
	struct bytes line;
	int rc = OK;
	while (rc == OK) {
		int line_rc = ndjson_next(&lines, &line, err);
		if (line_rc == ERR_CLOSED)
			break;
		if (line_rc == OK)
			rc = iso_ids_add(ids, line, err);
		else if (line_rc != ERR_LIMIT)
			rc = line_rc;
	}
	*bytes += lines.bytes;
	ndjson_close(&lines);
	iso_ids_sort(ids);
	return rc;
}

static int give_line(const struct iso_ids *ids, int line_rc, uint64_t number, struct bytes line,
                     const struct many_sink *sink, struct err *why, struct err *err)
{
	struct arena arena = { 0 };
	struct buf record = { 0 };
	struct iso_facts facts = { 0 };
	struct one one = { .line = number, .rc = line_rc };
	if (one.rc == OK)
		one.rc = iso_open_record(ids, line, &arena, &record, &facts, why);
	one.reason = why->text;
	one.kind = facts.kind;
	one.subject = facts.subject;
	one.warnings = facts.warnings;
	one.record = buf_bytes(&record);
	int rc = sink->one_cb(sink->arg, &one, err);
	buf_free(&record);
	arena_free(&arena);
	return rc;
}

static int read_lines(struct stream *stream, const struct iso_ids *ids, const struct many_sink *sink, struct err *err)
{
	struct ndjson lines = { .stream = stream };
	int rc = OK;
	while (rc == OK) {
		struct bytes line = { 0 };
		struct err why = { 0 };
		int line_rc = ndjson_next(&lines, &line, &why);
		if (line_rc == ERR_CLOSED)
			break;
		if (line_rc != OK && line_rc != ERR_LIMIT)
			rc = err_set(err, line_rc, "%s", why.text);
		else if (line_rc != OK || !is_blank(line))
			rc = give_line(ids, line_rc, lines.number, line, sink, &why, err);
	}
	ndjson_close(&lines);
	return rc;
}

int many_iso_open(struct stream *stream, const struct many_sink *sink, struct err *err)
{
	struct iso_ids ids = { 0 };
	struct spool spool = { .file = tmpfile(), .from = stream };
	struct stream beside = { .arg = &spool, .read_cb = read_spool };
	if (spool.file == NULL)
		return err_errno(err, errno, "cannot make a temporary file");
	int rc = read_ids(&beside, &ids, sink->bytes, err);
	/* What could be read of a damaged source is given before the damage is told. */
	struct err late = { 0 };
	spool.from = NULL;
	if (fflush(spool.file) != 0 || fseek(spool.file, 0, SEEK_SET) != 0)
		rc = rc == OK ? err_errno(err, errno, "cannot read a temporary file") : rc;
	else if (rc == OK || rc == ERR_CORRUPT) {
		int last = read_lines(&beside, &ids, sink, rc == OK ? err : &late);
		rc = rc == OK ? last : rc;
	}
	(void)fclose(spool.file);
	iso_ids_free(&ids);
	return rc;
}
