#include "node/shell/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/shell/file.h"

enum { PID_TEXT_MAX = 32 };

/* Who says that it holds the lock; empty when the file does not say. */
static void read_pid(int fd, char out[PID_TEXT_MAX])
{
	ssize_t n = pread(fd, out, PID_TEXT_MAX - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	out[strspn(out, "0123456789")] = '\0';
}

static int refuse(int fd, const char *dir, struct err *err)
{
	char pid[PID_TEXT_MAX];
	read_pid(fd, pid);
	if (pid[0] == '\0')
		return err_set(err, ERR_BUSY, "%s: another process serves this folder", dir);
	return err_set(err, ERR_BUSY, "%s: the process with pid %s serves this folder", dir, pid);
}

static int write_pid(int fd, const char *path, struct err *err)
{
	char text[PID_TEXT_MAX];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		return err_errno(err, errno, "%s: cannot write", path);
	return OK;
}

int lock_take(const char *dir, struct lock *out, struct err *err)
{
	char path[4096];
	out->fd = -1;
	int rc = file_join(path, sizeof path, dir, "lock", err);
	if (rc != OK)
		return rc;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	/* A lock of the open file, not of the process: closing another descriptor of the file does not drop it, and a
	 * second node in the same process is refused as well. */
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0)
		rc = errno == EAGAIN || errno == EACCES ? refuse(fd, dir, err) : err_errno(err, errno, "%s: cannot lock", path);
	else
		rc = write_pid(fd, path, err);
	if (rc != OK)
		(void)close(fd);
	else
		out->fd = fd;
	return rc;
}

void lock_release(struct lock *lock)
{
	if (lock->fd < 0)
		return;
	/* The file stays: whoever waits for its name must find the same one.  Its pid is no longer true. */
	if (ftruncate(lock->fd, 0) != 0) {
		/* An old pid in an unlocked file misleads nobody: the lock decides. */
	}
	(void)close(lock->fd);
	lock->fd = -1;
}
