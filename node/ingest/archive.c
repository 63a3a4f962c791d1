#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/source.h"
#include "node/ingest/unpack.h"

enum { READ_BLOCK = 128 * 1024 };

struct walk {
	const struct source_sink *sink;
	struct stream stream;
	struct archive *archive; /* the reader of tar or zip; not used for one compressed file */
	struct unpack unpack;    /* what it reads from; raw is NULL for zip, which seeks */
	struct bytes rest;       /* unpacked, and not yet given (one compressed file) */
	struct err damage;       /* the first one; code OK: none yet */
	struct err *err;
};

/* ---- damage --------------------------------------------------------------------------------------------------- */

static const char *reason(struct archive *a)
{
	const char *text = archive_error_string(a);
	return text != NULL ? text : "no reason given";
}

/* The first damage is the one to report at the end; the reader's complaint comes after the unpacker's. */
static int damaged(struct walk *w, struct err *err)
{
	if (w->damage.code == OK)
		(void)err_set(&w->damage, ERR_CORRUPT, "the archive is damaged: %s", reason(w->archive));
	return err_set(err, w->damage.code, "%s", w->damage.text);
}

/* ---- streams -------------------------------------------------------------------------------------------------- */

static la_ssize_t feed_reader(struct archive *a, void *arg, const void **data)
{
	struct walk *w = arg;
	struct bytes run;
	struct err why = { 0 };
	if (unpack_next(&w->unpack, &run, &why) != OK) {
		if (w->damage.code == OK)
			w->damage = why;
		archive_set_error(a, EIO, "%s", why.text);
		return -1;
	}
	*data = run.data;
	return (la_ssize_t)run.len;
}

static int read_entry(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct walk *w = arg;
	la_ssize_t n;
	do
		n = archive_read_data(w->archive, place, room);
	while (n == ARCHIVE_RETRY);
	*got = n > 0 ? (size_t)n : 0;
	return n < 0 ? damaged(w, err) : OK;
}

static int read_single(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct walk *w = arg;
	*got = 0;
	if (w->rest.len == 0) {
		int rc = unpack_next(&w->unpack, &w->rest, err);
		if (rc != OK) {
			(void)err_set(&w->damage, rc, "%s", err->text);
			return rc;
		}
		w->stream.done = unpack_packed(&w->unpack);
	}
	*got = w->rest.len < room ? w->rest.len : room;
	if (*got > 0) {
		memcpy(place, w->rest.data, *got);
		w->rest = bytes_of(w->rest.data + *got, w->rest.len - *got);
	}
	return OK;
}

/* ---- entries -------------------------------------------------------------------------------------------------- */

/* In the C locale a name that is not ASCII is to be had as UTF-8 alone, or as bytes alone. */
static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);
	if (name == NULL)
		name = archive_entry_pathname(entry);
	return name != NULL ? name : "(a name that cannot be read)";
}

static bool is_hidden(const char *name)
{
	const char *slash = strrchr(name, '/');
	return (slash != NULL ? slash + 1 : name)[0] == '.';
}

static bool too_large(struct walk *w, struct archive_entry *entry)
{
	uint64_t most = (uint64_t)ARCHIVE_MIB_MAX << 20;
	la_int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	la_int64_t so_far = archive_filter_bytes(w->archive, 0);
	return size < 0 || (uint64_t)size > most || (so_far > 0 && (uint64_t)so_far > most - (uint64_t)size);
}

static int give_entry(struct walk *w, struct archive_entry *entry)
{
	const char *name = name_of(entry);
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL || is_hidden(name) ||
	    !w->sink->wants_cb(name))
		return OK;
	la_int64_t done = archive_filter_bytes(w->archive, -1);
	w->stream.done = w->unpack.raw != NULL ? unpack_packed(&w->unpack) : (uint64_t)(done > 0 ? done : 0);
	return w->sink->file_cb(w->sink->arg, name, &w->stream, w->err);
}

/* A bad header is passed over by the reader, which looks for the next good one. */
static int walk_entries(struct walk *w)
{
	for (unsigned count = 0; count < ARCHIVE_ENTRIES_MAX; count++) {
		struct archive_entry *entry;
		int rc = archive_read_next_header(w->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return OK;
		if (rc == ARCHIVE_RETRY || rc <= ARCHIVE_FAILED)
			(void)damaged(w, NULL);
		if (rc == ARCHIVE_RETRY)
			continue;
		if (rc <= ARCHIVE_FAILED)
			return OK;
		if (too_large(w, entry))
			return err_set(w->err, ERR_LIMIT, "the archive is larger than %d MiB", ARCHIVE_MIB_MAX);
		rc = give_entry(w, entry);
		if (rc != OK)
			return rc;
	}
	return err_set(w->err, ERR_LIMIT, "more than %d files in the archive", ARCHIVE_ENTRIES_MAX);
}

/* ---- whole archives ------------------------------------------------------------------------------------------- */

/* libarchive's word for what it does not recognise is EILSEQ. */
static int not_opened(struct walk *w, const char *path)
{
	if (w->damage.code == OK && archive_errno(w->archive) == EILSEQ)
		return err_set(w->err, ERR_UNSUPPORTED, "%s: not an archive of a known format", path);
	return damaged(w, w->err);
}

static int walk_tar(struct walk *w, const char *path)
{
	if (archive_read_support_format_tar(w->archive) != ARCHIVE_OK)
		return err_set(w->err, ERR_INTERNAL, "libarchive: %s", reason(w->archive));
	int rc = unpack_open(&w->unpack, path, w->err);
	if (rc != OK)
		return err_wrap(w->err, rc, "%s", path);
	if (archive_read_open(w->archive, w, NULL, feed_reader, NULL) != ARCHIVE_OK)
		rc = not_opened(w, path);
	else
		rc = walk_entries(w);
	if (rc == OK && w->damage.code == OK)
		rc = unpack_check_tar(&w->unpack, path, w->err);
	return rc;
}

static int walk_zip(struct walk *w, const char *path)
{
	if (archive_read_support_format_zip(w->archive) != ARCHIVE_OK)
		return err_set(w->err, ERR_INTERNAL, "libarchive: %s", reason(w->archive));
	if (archive_read_open_filename(w->archive, path, READ_BLOCK) != ARCHIVE_OK)
		return not_opened(w, path);
	return walk_entries(w);
}

static int run(const char *path, const struct source_sink *sink, int (*walk_cb)(struct walk *, const char *),
               struct err *err)
{
	struct stat info;
	struct walk w = { .archive = archive_read_new(), .sink = sink, .err = err };
	must(w.archive != NULL);
	w.stream = (struct stream){ .arg = &w, .read_cb = read_entry };
	w.stream.total = stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
	int rc = walk_cb(&w, path);
	if (rc == OK && w.damage.code != OK)
		rc = err_set(err, w.damage.code, "%s", w.damage.text);
	(void)archive_read_free(w.archive);
	if (w.unpack.raw != NULL)
		unpack_close(&w.unpack);
	return rc;
}

int archive_walk_tar(const char *path, const struct source_sink *sink, struct err *err)
{
	return run(path, sink, walk_tar, err);
}

int archive_walk_zip(const char *path, const struct source_sink *sink, struct err *err)
{
	return run(path, sink, walk_zip, err);
}

/* The last part of the path, without ".gz" or ".zst". */
static void single_name(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	buf_add(out, name, dot != NULL ? (size_t)(dot - name) : strlen(name));
}

static int walk_single(struct walk *w, const char *path)
{
	int rc = unpack_open(&w->unpack, path, w->err);
	if (rc != OK)
		return err_wrap(w->err, rc, "%s", path);
	struct buf name = { 0 };
	single_name(path, &name);
	w->stream.read_cb = read_single;
	rc = w->sink->file_cb(w->sink->arg, buf_str(&name), &w->stream, w->err);
	buf_free(&name);
	return rc == OK && w->damage.code == OK ? unpack_check(&w->unpack, path, w->err) : rc;
}

int archive_walk_single(const char *path, const struct source_sink *sink, struct err *err)
{
	return run(path, sink, walk_single, err);
}
