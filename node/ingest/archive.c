#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/source.h"

enum { READ_BLOCK = 128 * 1024 };

struct walk {
	struct archive *archive;
	const struct source_sink *sink;
	struct stream stream;
	struct err damage; /* the first one; code OK: none yet */
	struct err *err;
};

static const char *reason(struct archive *a)
{
	const char *text = archive_error_string(a);
	return text != NULL ? text : "damaged";
}

/* The first damage is the one to report at the end. */
static int damaged(struct walk *w, struct err *err)
{
	if (w->damage.code == OK)
		(void)err_set(&w->damage, ERR_CORRUPT, "the archive is damaged: %s", reason(w->archive));
	return err_set(err, ERR_CORRUPT, "the archive is damaged here: %s", reason(w->archive));
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

static int give_entry(struct walk *w, struct archive_entry *entry, const char *name)
{
	/* Where libarchive cannot tell the kind (one compressed file), it says 0. */
	unsigned type = archive_entry_filetype(entry);
	if ((type != AE_IFREG && type != 0) || archive_entry_hardlink(entry) != NULL)
		return OK;
	la_int64_t done = archive_filter_bytes(w->archive, -1);
	w->stream.done = done > 0 ? (uint64_t)done : 0;
	return w->sink->file_cb(w->sink->arg, name, &w->stream, w->err);
}

/* libarchive's word for "no format has recognised this" is EILSEQ. */
static bool is_no_archive(struct archive *a)
{
	return archive_format(a) == 0 && archive_errno(a) == EILSEQ;
}

static int walk_entries(struct walk *w, const char *single_name)
{
	for (unsigned count = 0;; count++) {
		struct archive_entry *entry;
		int rc = archive_read_next_header(w->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return OK;
		if (rc == ARCHIVE_RETRY)
			continue;
		if (rc < ARCHIVE_WARN)
			return is_no_archive(w->archive) ? err_set(w->err, ERR_UNSUPPORTED, "not an archive of a known format")
			                                 : damaged(w, w->err);
		if (count == ARCHIVE_ENTRIES_MAX)
			return err_set(w->err, ERR_LIMIT, "more than %d files in the archive", ARCHIVE_ENTRIES_MAX);
		if (too_large(w, entry))
			return err_set(w->err, ERR_LIMIT, "the archive is larger than %d MiB", ARCHIVE_MIB_MAX);
		const char *name = single_name != NULL ? single_name : name_of(entry);
		if (single_name == NULL && (is_hidden(name) || !w->sink->wants_cb(name)))
			continue;
		rc = give_entry(w, entry, name);
		if (rc != OK)
			return rc;
	}
}

static int choose_formats(struct archive *a, bool single)
{
	int worst = archive_read_support_filter_gzip(a);
	int rc = archive_read_support_filter_zstd(a);
	worst = rc < worst ? rc : worst;
	if (single)
		return (rc = archive_read_support_format_raw(a)) < worst ? rc : worst;
	rc = archive_read_support_format_tar(a);
	worst = rc < worst ? rc : worst;
	rc = archive_read_support_format_zip(a);
	return rc < worst ? rc : worst;
}

/* The last part of the path, without ".gz" or ".zst". */
static void single_name(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	buf_add(out, name, dot != NULL ? (size_t)(dot - name) : strlen(name));
}

static int open_and_walk(struct walk *w, const char *path, bool single)
{
	struct stat info;
	if (choose_formats(w->archive, single) < ARCHIVE_WARN)
		return err_set(w->err, ERR_INTERNAL, "libarchive: %s", reason(w->archive));
	if (archive_read_open_filename(w->archive, path, READ_BLOCK) != ARCHIVE_OK)
		return err_set(w->err, ERR_IO, "%s: %s", path, reason(w->archive));
	w->stream.total = stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
	if (!single)
		return walk_entries(w, NULL);
	struct buf name = { 0 };
	single_name(path, &name);
	int rc = walk_entries(w, buf_str(&name));
	buf_free(&name);
	return rc;
}

int archive_walk(const char *path, bool single, const struct source_sink *sink, struct err *err)
{
	struct walk w = { .archive = archive_read_new(), .sink = sink, .err = err };
	must(w.archive != NULL);
	w.stream.arg = &w;
	w.stream.read_cb = read_entry;
	int rc = open_and_walk(&w, path, single);
	if (rc == OK && w.damage.code != OK)
		rc = err_set(err, w.damage.code, "%s", w.damage.text);
	(void)archive_read_free(w.archive);
	return rc;
}
