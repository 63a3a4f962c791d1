#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/source.h"

struct walk {
	const struct source_sink *sink;
	struct buf path; /* of what is visited */
	size_t root_len; /* of path: the names given begin behind it */
	bool measuring;  /* the first round only adds up sizes */
	struct stream stream;
	struct err *err;
};

struct open_file {
	int fd;
	struct walk *walk;
	struct err why; /* code other than OK: could not be opened */
};

static int read_file(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct open_file *file = arg;
	*got = 0;
	if (file->why.code != OK)
		return err_set(err, file->why.code, "%s", file->why.text);
	ssize_t n;
	do
		n = read(file->fd, place, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, errno, "read");
	*got = (size_t)n;
	file->walk->stream.done += (size_t)n;
	return OK;
}

static int give(struct walk *w, struct open_file *file)
{
	const char *name = buf_str(&w->path) + w->root_len;
	file->walk = w;
	w->stream.arg = file;
	w->stream.read_cb = read_file;
	return w->sink->file_cb(w->sink->arg, name, &w->stream, w->err);
}

static int give_failed(struct walk *w, const char *doing)
{
	struct open_file file = { .fd = -1 };
	(void)err_errno(&file.why, errno, "%s", doing);
	return give(w, &file);
}

static int give_file(struct walk *w)
{
	/* Not blocking, in case that somebody puts a pipe where the file was. */
	int fd = open(buf_str(&w->path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return give_failed(w, "open");
	struct open_file file = { .fd = fd };
	int rc = give(w, &file);
	(void)close(fd);
	return rc;
}

static int visit_folder(struct walk *w, unsigned depth);

static int visit(struct walk *w, const char *name, unsigned depth)
{
	struct stat info;
	if (lstat(buf_str(&w->path), &info) != 0)
		return w->measuring ? OK : give_failed(w, "stat");
	if (S_ISDIR(info.st_mode))
		return visit_folder(w, depth + 1);
	if (!S_ISREG(info.st_mode) || !w->sink->wants_cb(name))
		return OK;
	if (w->measuring) {
		w->stream.total += (uint64_t)info.st_size;
		return OK;
	}
	return give_file(w);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By bytes, whatever the locale: the same folder gives the same log on every machine. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visit_folder(struct walk *w, unsigned depth)
{
	if (depth > FOLDER_DEPTH_MAX) {
		errno = ELOOP;
		return w->measuring ? OK : give_failed(w, "too many folders inside one another");
	}
	struct dirent **entries;
	int count = scandir(buf_str(&w->path), &entries, visible, by_name);
	if (count < 0)
		return w->measuring ? OK : give_failed(w, "open folder");
	int rc = OK;
	size_t len = w->path.len;
	for (int i = 0; i < count; i++) {
		if (rc == OK) {
			buf_add_char(&w->path, '/');
			buf_add_str(&w->path, entries[i]->d_name);
			rc = visit(w, entries[i]->d_name, depth);
			w->path.len = len;
		}
		free(entries[i]);
	}
	free(entries);
	return rc;
}

int folder_walk(const char *path, const struct source_sink *sink, struct err *err)
{
	DIR *readable = opendir(path);
	if (readable == NULL)
		return err_errno(err, errno, "%s", path);
	(void)closedir(readable);
	struct walk w = { .sink = sink, .err = err, .measuring = true };
	buf_add_str(&w.path, path);
	while (w.path.len > 1 && w.path.data[w.path.len - 1] == '/')
		w.path.len--;
	w.root_len = w.path.len + 1;
	int rc = visit_folder(&w, 1);
	must(rc == OK);
	w.measuring = false;
	rc = visit_folder(&w, 1);
	buf_free(&w.path);
	return rc;
}

int folder_walk_file(const char *path, const struct source_sink *sink, struct err *err)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	int rc = OK;
	if (fstat(fd, &info) != 0)
		rc = err_errno(err, errno, "%s", path);
	else if (!S_ISREG(info.st_mode))
		rc = err_set(err, ERR_UNSUPPORTED, "%s: not a regular file", path);
	if (rc == OK) {
		const char *slash = strrchr(path, '/');
		struct walk w = { .sink = sink, .err = err };
		w.stream.total = (uint64_t)info.st_size;
		w.root_len = slash != NULL ? (size_t)(slash - path) + 1 : 0;
		buf_add_str(&w.path, path);
		struct open_file file = { .fd = fd };
		rc = give(&w, &file);
		buf_free(&w.path);
	}
	(void)close(fd);
	return rc;
}
