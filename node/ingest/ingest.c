#include "node/ingest/ingest.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/json_lines.h"
#include "node/ingest/many.h"
#include "node/ingest/ndjson.h"
#include "node/ingest/pairs.h"
#include "node/ingest/peek.h"
#include "node/ingest/relaton.h"
#include "node/ingest/sniff.h"
#include "node/ingest/source.h"
#include "node/ingest/sts.h"
#include "node/ingest/xml.h"
#include "node/ingest/yaml_split.h"

enum { PROGRESS_EACH = 256, READ_CHUNK = 64 * 1024 };

struct import {
	const struct ingest_sink *sink;
	struct ingest_counts *counts;
	struct pairs pairs;
	struct buf document; /* used again for each */
	struct buf record;
	bool alone;   /* the source is this one file */
	bool stopped; /* record_cb said so */
	uint64_t done_bytes;
	uint64_t total_bytes;
};

/* ---- what each document comes to ------------------------------------------------------------------------------ */

static void refuse(struct import *im, const char *file, const char *reason)
{
	im->counts->refused++;
	/* A name out of an archive is somebody else's bytes, and this one ends on a terminal. */
	struct buf name = { 0 };
	for (const char *c = file; *c != '\0'; c++)
		buf_add_char(&name, (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
	im->sink->refused_cb(im->sink->arg, buf_str(&name), reason);
	buf_free(&name);
}

static int give(struct import *im, const char *file, struct bytes record, uint64_t warnings, struct err *err)
{
	struct err why = { 0 };
	int rc = im->sink->record_cb(im->sink->arg, record, &why);
	if (rc == OK) {
		im->counts->records++;
		im->counts->warnings += warnings;
	} else if (rc == ERR_INVALID) {
		refuse(im, file, why.text);
	} else {
		im->stopped = true;
	}
	return im->stopped ? err_set(err, rc, "%s", why.text) : OK;
}

static void show_progress(struct import *im, bool last)
{
	if (im->sink->progress_cb != NULL && (last || im->counts->read % PROGRESS_EACH == 0))
		im->sink->progress_cb(im->sink->arg, im->counts, im->done_bytes, im->total_bytes);
}

/* What waited for a better one and is still the best there is. */
static int give_waiting(struct import *im, struct err *err)
{
	struct waiting w;
	for (size_t at = 0; pairs_next(&im->pairs, &at, &w);) {
		bool fresh;
		int rc = pairs_add(&im->pairs, w.subject, &fresh, err);
		if (rc == OK && fresh)
			rc = give(im, w.file, w.record, w.warnings, err);
		if (rc != OK)
			return rc;
		if (!fresh)
			im->counts->duplicates++;
	}
	pairs_forget(&im->pairs);
	return OK;
}

/* held: a better one on the same subject may come. */
static int keep_or_give(struct import *im, const struct waiting *w, bool held, struct err *err)
{
	if (held) {
		int rc = pairs_has_room(&im->pairs, w) ? OK : give_waiting(im, err);
		if (rc == OK)
			pairs_hold(&im->pairs, w);
		return rc;
	}
	bool fresh;
	int rc = pairs_add(&im->pairs, w->subject, &fresh, err);
	if (rc != OK)
		return rc;
	if (fresh)
		return give(im, w->file, w->record, w->warnings, err);
	im->counts->duplicates++;
	return OK;
}

/* ---- one file ------------------------------------------------------------------------------------------------- */

static int import_node(struct import *im, const char *place, const struct yaml_node *node, uint64_t warnings,
                       struct err *err)
{
	struct err why = { 0 };
	struct arena arena = { 0 };
	struct relaton_facts facts;
	buf_reset(&im->record);
	int rc = relaton_read_node(node, &arena, &im->record, &facts, &why);
	if (rc == OK) {
		facts.warnings += warnings;
		struct waiting w = { facts.subject, place, facts.warnings, buf_bytes(&im->record) };
		rc = keep_or_give(im, &w, facts.held, err);
	} else {
		refuse(im, place, why.text);
		rc = OK;
	}
	arena_free(&arena);
	return rc;
}

/* Each of a collection is a document, and named by its number. */
static int import_collection(struct import *im, const char *place, const struct yaml_node *list, uint64_t warnings,
                             struct err *err)
{
	struct buf name = { 0 };
	uint64_t number = 0;
	int rc = OK;
	for (const struct yaml_node *n = yaml_first(list); n != NULL && rc == OK; n = yaml_next(list, n)) {
		buf_reset(&name);
		buf_printf(&name, "%s#%llu", place, (unsigned long long)++number);
		im->counts->read += number > 1;
		rc = import_node(im, buf_str(&name), n, number == 1 ? warnings : 0, err);
		show_progress(im, false);
	}
	if (number == 0)
		refuse(im, place, "a collection without a document");
	buf_free(&name);
	return rc;
}

static int import_document(struct import *im, const char *place, struct bytes yaml, struct err *err)
{
	struct err why = { 0 };
	struct arena arena = { 0 };
	const struct yaml_node *root;
	uint64_t warnings = 0;
	int rc = yaml_parse(yaml, &arena, &root, &warnings, &why);
	if (rc != OK) {
		refuse(im, place, why.text);
		rc = OK;
	} else if (relaton_documents(root) != NULL) {
		rc = import_collection(im, place, relaton_documents(root), warnings, err);
	} else {
		rc = import_node(im, place, root, warnings, err);
	}
	arena_free(&arena);
	return rc;
}

/* Most files hold one document; of others each after the first is named by its line. */
static int import_yaml(struct import *im, const char *name, struct stream *stream, struct err *err)
{
	struct yaml_split documents = { .stream = stream, .held = buf_take(&im->document) };
	struct buf place = { 0 };
	int rc = OK;
	buf_reset(&documents.held);
	for (bool more = true; more && rc == OK;) {
		struct err why = { 0 };
		struct bytes yaml;
		uint64_t before = documents.bytes;
		int found = yaml_split_next(&documents, &yaml, &why);
		im->counts->bytes += documents.bytes - before;
		if (found == ERR_CLOSED)
			break;
		im->counts->read++;
		buf_reset(&place);
		buf_add_str(&place, name);
		if (documents.count > 1)
			buf_printf(&place, ":%llu", (unsigned long long)documents.line);
		if (found == OK)
			rc = import_document(im, buf_str(&place), yaml, err);
		else
			refuse(im, buf_str(&place), why.text);
		more = found == OK || found == ERR_LIMIT;
		show_progress(im, false);
	}
	buf_free(&place);
	im->document = buf_take(&documents.held);
	yaml_split_close(&documents);
	return rc;
}

static int read_xml(struct import *im, struct stream *stream, struct xml_reader *xml, const struct xml_node **root,
                    struct err *err)
{
	for (;;) {
		size_t got;
		buf_reset(&im->document);
		uint8_t *place = buf_reserve(&im->document, READ_CHUNK);
		int rc = stream->read_cb(stream->arg, place, READ_CHUNK, &got, err);
		im->counts->bytes += got;
		if (rc == OK)
			rc = got > 0 ? xml_feed(xml, bytes_of(place, got), err) : xml_finish(xml, root, err);
		if (rc != OK || got == 0)
			return rc;
	}
}

static int give_all(struct import *im, const char *name, const struct sts_record *records, size_t count,
                    struct err *err)
{
	int rc = OK;
	im->counts->extra += count - 1;
	for (size_t i = 0; i < count && rc == OK; i++) {
		struct waiting w = { records[i].key, name, records[i].warnings, records[i].record };
		rc = keep_or_give(im, &w, records[i].held, err);
	}
	return rc;
}

static int import_xml(struct import *im, const char *name, struct stream *stream, struct err *err)
{
	struct err why = { 0 };
	struct arena arena = { 0 };
	struct sts_record *records;
	const struct xml_node *root;
	size_t count;
	uint64_t warnings = 0;
	im->counts->read++;
	struct xml_reader *xml = xml_open(&arena, sts_wants, &warnings);
	int rc = read_xml(im, stream, xml, &root, &why);
	if (rc == OK)
		rc = sts_read(root, warnings, &arena, &records, &count, &why);
	if (rc == OK) {
		rc = give_all(im, name, records, count, err);
	} else {
		refuse(im, name, why.text);
		rc = OK;
	}
	xml_close(xml);
	arena_free(&arena);
	show_progress(im, false);
	return rc;
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t')
			return false;
	return true;
}

static int import_line(struct import *im, const char *place, int line_rc, struct bytes line, struct err *why,
                       struct err *err)
{
	buf_reset(&im->record);
	im->counts->read++;
	if (line_rc == OK)
		line_rc = ndjson_record(line, &im->record, why);
	if (line_rc == OK)
		return give(im, place, buf_bytes(&im->record), 0, err);
	refuse(im, place, why->text);
	return OK;
}

static int import_ndjson(struct import *im, const char *name, struct stream *stream, struct err *err)
{
	struct ndjson lines = { .stream = stream };
	struct buf place = { 0 };
	int rc = OK;
	for (bool more = true; more && rc == OK;) {
		struct err why = { 0 };
		struct bytes line = { 0 };
		uint64_t before = lines.bytes;
		int line_rc = ndjson_next(&lines, &line, &why);
		im->counts->bytes += lines.bytes - before;
		if (line_rc == ERR_CLOSED)
			break;
		if (line_rc == OK && is_blank(line))
			continue;
		more = line_rc == OK || line_rc == ERR_LIMIT;
		buf_reset(&place);
		buf_printf(&place, "%s:%llu", name, (unsigned long long)lines.number + (more ? 0 : 1));
		rc = import_line(im, buf_str(&place), line_rc, line, &why, err);
		show_progress(im, false);
	}
	buf_free(&place);
	ndjson_close(&lines);
	return rc;
}

/* ---- files of many documents ---------------------------------------------------------------------------------- */

struct many {
	struct import *im;
	const char *name; /* of the file */
	bool ended;       /* by us, not by the file */
};

/* One subject twice in a file: the first row stays. */
static int take_fresh(struct import *im, const char *place, const struct one *one, struct err *err)
{
	struct buf key = { 0 };
	bool fresh;
	if (one->kind != NORMLINK__KIND__KIND_STANDARD)
		buf_printf(&key, "%s ", kind_word(one->kind));
	buf_add_str(&key, one->subject);
	int rc = pairs_add(&im->pairs, buf_str(&key), &fresh, err);
	buf_free(&key);
	if (rc == OK && fresh)
		return give(im, place, one->record, one->warnings, err);
	im->counts->duplicates += rc == OK;
	return rc;
}

static int take_one(void *arg, const struct one *one, struct err *err)
{
	struct many *m = arg;
	struct buf place = { 0 };
	int rc = OK;
	m->im->counts->read++;
	buf_printf(&place, "%s:%llu", m->name, (unsigned long long)one->line);
	if (one->rc == OK)
		rc = take_fresh(m->im, buf_str(&place), one, err);
	else
		refuse(m->im, buf_str(&place), one->reason);
	buf_free(&place);
	m->ended = rc != OK;
	show_progress(m->im, false);
	return rc;
}

static void take_note(void *arg, const char *text)
{
	const struct many *m = arg;
	if (m->im->sink->note_cb != NULL)
		m->im->sink->note_cb(m->im->sink->arg, m->name, text);
}

/* A file as a whole that cannot be read: where it is all there is, that is the answer; else one document of many. */
static int refuse_file(struct import *im, const char *name, int rc, const char *reason, struct err *err)
{
	if (im->alone && (rc == ERR_UNSUPPORTED || rc == ERR_INVALID))
		return err_set(err, rc, "%s", reason);
	im->counts->read++;
	refuse(im, name, reason);
	return OK;
}

static int import_many(struct import *im, const char *name, bool table, struct stream *stream, struct err *err)
{
	struct many m = { .im = im, .name = name };
	struct err why = { 0 };
	const struct many_sink sink = { &m, take_one, take_note, &im->counts->bytes };
	int rc = table ? many_table(stream, im->sink->mapping, &sink, &why) : many_iso_open(stream, &sink, &why);
	if (rc == OK)
		return OK;
	return m.ended ? err_set(err, rc, "%s", why.text) : refuse_file(im, name, rc, why.text, err);
}

/* ---- which files ---------------------------------------------------------------------------------------------- */

/* A list, or objects over many lines: what they are is seen once each stands on a line. */
static int import_json(struct import *im, const char *name, struct stream *stream, struct err *err)
{
	struct json_lines lines;
	struct peek peek;
	char what[SNIFF_TEXT_MAX];
	json_lines_open(&lines, stream);
	peek_open(&peek, &lines.stream, SNIFF_MAX);
	int rc = sniff(name, buf_bytes(&peek.head), what) == SNIFF_ISO_OPEN
	             ? import_many(im, name, false, &peek.stream, err)
	             : import_ndjson(im, name, &peek.stream, err);
	peek_close(&peek);
	json_lines_close(&lines);
	return rc;
}

static int import_sniffed(struct import *im, const char *name, struct peek *peek, struct err *err)
{
	char what[SNIFF_TEXT_MAX];
	switch (sniff(name, buf_bytes(&peek->head), what)) {
	case SNIFF_RELATON:
		return import_yaml(im, name, &peek->stream, err);
	case SNIFF_NDJSON:
		return import_ndjson(im, name, &peek->stream, err);
	case SNIFF_ISO_OPEN:
		return import_many(im, name, false, &peek->stream, err);
	case SNIFF_JSON:
		return import_json(im, name, &peek->stream, err);
	case SNIFF_XML:
		return import_xml(im, name, &peek->stream, err);
	case SNIFF_TABLE:
		return import_many(im, name, true, &peek->stream, err);
	case SNIFF_UNKNOWN:
	default:
		return refuse_file(im, name, ERR_UNSUPPORTED, what, err);
	}
}

static int import_file(void *arg, const char *name, struct stream *stream, struct err *err)
{
	struct import *im = arg;
	struct peek peek;
	im->done_bytes = stream->done;
	im->total_bytes = stream->total;
	peek_open(&peek, stream, SNIFF_MAX);
	int rc = import_sniffed(im, name, &peek, err);
	peek_close(&peek);
	return rc;
}

int ingest_path(const char *path, const struct ingest_sink *sink, struct ingest_counts *counts, struct err *err)
{
	enum source_kind kind;
	int rc = source_find(path, &kind, err);
	if (rc != OK)
		return rc;
	struct import im = { .sink = sink, .counts = counts, .alone = kind == SOURCE_FILE || kind == SOURCE_COMPRESSED };
	struct source_sink files = { .arg = &im, .wants_cb = sniff_wants, .file_cb = import_file };
	uint64_t before = counts->read;
	pairs_init(&im.pairs);
	rc = source_walk(path, kind, &files, err);
	/* A damaged archive ends early; what it gave so far is good. */
	if (!im.stopped) {
		int last = give_waiting(&im, rc == OK ? err : NULL);
		rc = rc == OK ? last : rc;
	}
	if (rc == OK && counts->read == before && !im.alone)
		rc = err_set(err, ERR_UNSUPPORTED, "%s: no YAML, XML, NDJSON or CSV file in it", path);
	im.done_bytes = rc == OK ? im.total_bytes : im.done_bytes;
	show_progress(&im, true);
	pairs_close(&im.pairs);
	buf_free(&im.document);
	buf_free(&im.record);
	return rc;
}
