/* Which kind of source a path is; declared in source.h. */
#include "node/ingest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/ingest/sniff.h"

static bool begins(const uint8_t *head, size_t len, const char *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(head, magic, magic_len) == 0;
}

/* By content first: a name says what somebody hoped. */
static enum source_kind kind_of_content(const char *path, const uint8_t *head, size_t len)
{
	enum { TAR_MAGIC_AT = 257 };
	if (begins(head, len, "\x1f\x8b", 2) || begins(head, len, "\x28\xb5\x2f\xfd", 4)) {
		char inner[4096];
		const char *dot = strrchr(path, '.');
		int n = dot == NULL ? 0 : snprintf(inner, sizeof inner, "%.*s", (int)(dot - path), path);
		return n > 0 && (size_t)n < sizeof inner && sniff_wants(inner) ? SOURCE_COMPRESSED : SOURCE_TAR;
	}
	char what[SNIFF_TEXT_MAX];
	if (sniff_office(bytes_of(head, len), what))
		return SOURCE_FILE; /* which says what it is */
	if (begins(head, len, "PK\x03\x04", 4) || begins(head, len, "PK\x05\x06", 4))
		return SOURCE_ZIP;
	if (len > TAR_MAGIC_AT && begins(head + TAR_MAGIC_AT, len - TAR_MAGIC_AT, "ustar", 5))
		return SOURCE_TAR;
	return SOURCE_FILE;
}

int source_find(const char *path, enum source_kind *kind, struct err *err)
{
	struct stat info;
	uint8_t head[512];
	if (stat(path, &info) != 0)
		return err_errno(err, errno, "%s", path);
	*kind = SOURCE_FOLDER;
	if (S_ISDIR(info.st_mode))
		return OK;
	if (!S_ISREG(info.st_mode))
		return err_set(err, ERR_UNSUPPORTED, "%s: not a file or folder", path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	ssize_t n = read(fd, head, sizeof head);
	int why = errno;
	(void)close(fd);
	if (n < 0)
		return err_errno(err, why, "%s", path);
	*kind = kind_of_content(path, head, (size_t)n);
	return OK;
}

int source_walk(const char *path, enum source_kind kind, const struct source_sink *sink, struct err *err)
{
	switch (kind) {
	case SOURCE_FOLDER:
		return folder_walk(path, sink, err);
	case SOURCE_FILE:
		return folder_walk_file(path, sink, err);
	case SOURCE_TAR:
		return archive_walk_tar(path, sink, err);
	case SOURCE_ZIP:
		return archive_walk_zip(path, sink, err);
	case SOURCE_COMPRESSED:
	default:
		return archive_walk_single(path, sink, err);
	}
}
