/* backup: the whole database as it is at one moment, copied while a writer goes on.
 *
 * The reading handle's snapshot is held over all steps, so that no commit of the writer makes SQLite begin again: a
 * copy that restarts with each commit would never end beside an import.  The WAL grows meanwhile and is checkpointed
 * after.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "node/base/must.h"
#include "node/store/handle.h"

enum { PATH_BYTES = 4096, PAGES_AT_ONCE = 256 };

/* A copy that was not finished is thrown away, so it needs no journal; it is synced whole at the end. */
static int open_copy(struct db *copy, const char *path, struct err *err)
{
	*copy = (struct db){ 0 };
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	(void)close(fd);
	if (sqlite3_open_v2(path, &copy->conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return db_error(copy, err, path);
	return db_script(copy, err, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
}

static int copy_pages(struct store *s, struct db *copy, store_progress_cb progress_cb, void *arg, struct err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(copy->conn, "main", s->db.conn, "main");
	if (b == NULL)
		return db_error(copy, err, "backup");
	int rc = SQLITE_OK;
	bool go_on = true;
	while (rc == SQLITE_OK && go_on) {
		rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
		uint64_t total = (uint64_t)sqlite3_backup_pagecount(b), left = (uint64_t)sqlite3_backup_remaining(b);
		if (progress_cb != NULL)
			go_on = progress_cb(arg, total - left, total);
	}
	int finished = sqlite3_backup_finish(b);
	if (rc == SQLITE_OK && !go_on)
		return err_set(err, ERR_CLOSED, "backup: stopped");
	return rc == SQLITE_DONE && finished == SQLITE_OK ? OK : db_error(copy, err, "backup");
}

static int sync_copy(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	int rc = fsync(fd) == 0 ? OK : err_errno(err, errno, "%s: cannot sync", path);
	(void)close(fd);
	return rc;
}

int store_backup(struct store *s, const char *dir, store_progress_cb progress_cb, void *arg, struct err *err)
{
	char path[PATH_BYTES];
	struct db copy;
	if ((size_t)snprintf(path, sizeof path, "%s/normlink.db", dir) >= sizeof path)
		return err_set(err, ERR_LIMIT, "%s: the path is too long", dir);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = open_copy(&copy, path, err);
	bool ours = rc != ERR_EXISTS;
	if (rc == OK)
		rc = copy_pages(s, &copy, progress_cb, arg, err);
	db_close(&copy);
	store_end_read(s);
	if (rc == OK)
		rc = sync_copy(path, err);
	if (rc != OK && ours)
		(void)unlink(path);
	return rc;
}
