#include "node/shell/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/base/must.h"

enum { FILE_PATH_MAX = 4096 };

int file_join(char *out, size_t size, const char *folder, const char *name, struct err *err)
{
	int n = snprintf(out, size, "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= size)
		return err_set(err, ERR_LIMIT, "%.200s...: the path is too long", folder);
	return OK;
}

static int read_descriptor(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	size_t start = out->len;
	for (;;) {
		uint8_t *place = buf_reserve(out, 64 * 1024);
		ssize_t n = read(fd, place, 64 * 1024);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, errno, "%s: cannot read", path);
		if (n == 0)
			return OK;
		out->len += (size_t)n;
		if (out->len - start > max)
			return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
	}
}

static int check_secret(int fd, const char *path, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_UNTRUSTED, "%s: not a regular file", path);
	if ((st.st_mode & 077) != 0)
		return err_set(err, ERR_UNTRUSTED, "%s: mode %04o lets others use this key; run: chmod 600 '%s'", path,
		               (unsigned)st.st_mode & 07777, path);
	return OK;
}

static int read_path(const char *path, size_t max, bool secret, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	size_t start = out->len;
	int rc = secret ? check_secret(fd, path, err) : OK;
	if (rc == OK)
		rc = read_descriptor(fd, path, max, out, err);
	if (rc != OK)
		out->len = start;
	(void)close(fd);
	return rc;
}

int file_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return read_descriptor(STDIN_FILENO, "standard input", max, out, err);
	return read_path(path, max, false, out, err);
}

int file_read_secret(const char *path, size_t max, struct buf *out, struct err *err)
{
	return read_path(path, max, true, out, err);
}

static int write_all(int fd, const char *path, struct bytes content, struct err *err)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.data, content.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, errno, "%s: cannot write", path);
		content.data += n;
		content.len -= (size_t)n;
	}
	if (fsync(fd) != 0)
		return err_errno(err, errno, "%s: cannot sync", path);
	return OK;
}

static int write_temporary(const char *path, struct bytes content, mode_t mode, char temporary[FILE_PATH_MAX],
                           struct err *err)
{
	int n = snprintf(temporary, FILE_PATH_MAX, "%s.XXXXXX", path);
	if (n < 0 || n >= FILE_PATH_MAX)
		return err_set(err, ERR_LIMIT, "%.200s...: the path is too long", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	int rc = OK;
	if (fchmod(fd, mode) != 0)
		rc = err_errno(err, errno, "%s: cannot set its mode", path);
	if (rc == OK)
		rc = write_all(fd, path, content, err);
	if (close(fd) != 0 && rc == OK)
		rc = err_errno(err, errno, "%s: cannot close", path);
	if (rc != OK)
		(void)unlink(temporary);
	return rc;
}

int file_write(const char *path, struct bytes content, mode_t mode, struct err *err)
{
	char temporary[FILE_PATH_MAX];
	int rc = write_temporary(path, content, mode, temporary, err);
	if (rc != OK)
		return rc;
	if (rename(temporary, path) != 0) {
		rc = err_errno(err, errno, "%s: cannot put it in place", path);
		(void)unlink(temporary);
		return rc;
	}
	return file_sync_parent(path, err);
}

int file_write_new(const char *path, struct bytes content, mode_t mode, struct err *err)
{
	char temporary[FILE_PATH_MAX];
	int rc = write_temporary(path, content, mode, temporary, err);
	if (rc != OK)
		return rc;
	/* Unlike rename, link never replaces: two writers of one name cannot both win. */
	if (link(temporary, path) != 0)
		rc = err_errno(err, errno, "%s", path);
	(void)unlink(temporary);
	return rc == OK ? file_sync_parent(path, err) : rc;
}

int file_sync_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	int rc = fsync(fd) == 0 ? OK : err_errno(err, errno, "%s: cannot sync", path);
	(void)close(fd);
	return rc;
}

int file_sync_parent(const char *path, struct err *err)
{
	char parent[FILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return file_sync_folder(".", err);
	size_t len = slash == path ? 1 : (size_t)(slash - path);
	if (len >= sizeof parent)
		return err_set(err, ERR_LIMIT, "%.200s...: the path is too long", path);
	memcpy(parent, path, len);
	parent[len] = '\0';
	return file_sync_folder(parent, err);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Recursion is bounded by depth, which is ours. */
void file_remove_tree(const char *path, int depth)
{
	DIR *folder = opendir(path);
	if (folder == NULL)
		return;
	struct dirent *item;
	while ((item = readdir(folder)) != NULL) {
		char inner[FILE_PATH_MAX];
		struct stat st;
		if (is_dots(item->d_name) || file_join(inner, sizeof inner, path, item->d_name, NULL) != OK ||
		    lstat(inner, &st) != 0)
			continue;
		if (!S_ISDIR(st.st_mode))
			(void)unlink(inner);
		else if (depth > 0)
			file_remove_tree(inner, depth - 1);
	}
	(void)closedir(folder);
	(void)rmdir(path);
}

int file_folder_empty(const char *path, struct err *err)
{
	DIR *folder = opendir(path);
	if (folder == NULL && errno == ENOTDIR)
		return err_set(err, ERR_INVALID, "%s: is a file, not a folder", path);
	if (folder == NULL)
		return err_errno(err, errno, "%s", path);
	struct dirent *item;
	int rc = OK;
	while (rc == OK && (item = readdir(folder)) != NULL)
		if (!is_dots(item->d_name))
			rc = err_set(err, ERR_EXISTS, "%s: exists and is not empty", path);
	(void)closedir(folder);
	return rc;
}

void file_wipe(struct buf *content)
{
	if (content->data != NULL)
		explicit_bzero(content->data, content->cap);
	buf_free(content);
}
