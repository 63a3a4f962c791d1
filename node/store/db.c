#include "node/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/base/must.h"

enum { BUDGET_STEPS = 2000, BUDGET_QUERY = 100 }; /* between two looks; what a query costs that does nothing */
enum { BUSY_TIMEOUT_MS = 5000, PATH_BYTES = 4096, WRITER_CACHE_KIB = 48 * 1024, READER_CACHE_KIB = 8 * 1024 };
#define READER_MAPPED_BYTES "1073741824" /* of larger files the rest is read */

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Counting every allocation costs a lock that all threads share. */
static void configure_library(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_initialize();
}

/* ---- errors ---- */

static int code_of_system(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL : ERR_IO;
}

/* What the system said last of the database's file, or of its WAL.  sqlite3_system_errno gives errno as it is now,
 * which rolling back may have changed. */
static int last_system_error(sqlite3 *conn)
{
	int error = 0;
	sqlite3_file *wal = NULL;
	(void)sqlite3_file_control(conn, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
	if (error == 0 && sqlite3_file_control(conn, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK &&
	    wal != NULL && wal->pMethods != NULL)
		(void)wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &error);
	return error != 0 ? error : sqlite3_system_errno(conn);
}

static int code_of(int sqlite_code, int system_error)
{
	switch (sqlite_code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return OK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT: /* a row stands where none may: not what we wrote */
	case SQLITE_MISMATCH:
		return ERR_CORRUPT;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_IOERR:
		return code_of_system(system_error);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ERR_IO;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_INTERRUPT:
		return ERR_CLOSED;
	default:
		return ERR_INTERNAL;
	}
}

static const char *advice_for(int code)
{
	switch (code) {
	case ERR_CORRUPT:
		return " (the database is damaged: `normlink fsck` says where; restore a backup, or start empty and mirror "
		       "again)";
	case ERR_FULL:
		return " (free some space; nothing that was acknowledged is lost)";
	case ERR_BUSY:
		return " (another process is writing)";
	default:
		return "";
	}
}

static int over_budget(const struct db *db, struct err *err)
{
	return db->budget.over == ERR_LIMIT
	           ? err_set(err, ERR_LIMIT, "more work than one question may be: ask for less, or for a part of it")
	           : err_set(err, ERR_TIMEOUT, "not answered in the time that a question has: ask again later");
}

int db_error(struct db *db, struct err *err, const char *context)
{
	if (db->budget.over != OK)
		return over_budget(db, err);
	int sqlite_code = sqlite3_extended_errcode(db->conn);
	int system_error = last_system_error(db->conn);
	must((sqlite_code & 0xff) != SQLITE_NOMEM);
	int code = code_of(sqlite_code, system_error);
	if (code == OK)
		code = ERR_INTERNAL;
	const char *system_text = (sqlite_code & 0xff) == SQLITE_IOERR && system_error != 0 ? strerror(system_error) : "";
	return err_set(err, code, "%s: %s%s%s%s", context, sqlite3_errmsg(db->conn), system_text[0] != '\0' ? ": " : "",
	               system_text, advice_for(code));
}

/* ---- what a question may cost ---- */

static void pay(struct db *db, uint64_t work)
{
	db->budget.work += work;
	if (db->budget.over != OK)
		return;
	if (db->budget.work_max > 0 && db->budget.work > db->budget.work_max)
		db->budget.over = ERR_LIMIT;
	else if (db->budget.ended_cb != NULL && db->budget.ended_cb(db->budget.arg))
		db->budget.over = ERR_TIMEOUT;
}

static int some_steps_later(void *arg)
{
	struct db *db = arg;
	pay(db, BUDGET_STEPS);
	return db->budget.over != OK;
}

void db_budget(struct db *db, uint64_t work_max, bool (*ended_cb)(void *arg), void *arg)
{
	bool bounded = work_max > 0 || ended_cb != NULL;
	memset(&db->budget, 0, sizeof db->budget);
	db->budget.work_max = work_max;
	db->budget.ended_cb = ended_cb;
	db->budget.arg = arg;
	sqlite3_progress_handler(db->conn, bounded ? BUDGET_STEPS : 0, bounded ? some_steps_later : NULL, db);
}

int64_t db_version(struct db *db)
{
	unsigned version = 0;
	must(sqlite3_file_control(db->conn, "main", SQLITE_FCNTL_DATA_VERSION, &version) == SQLITE_OK);
	return version;
}

int db_pay(struct db *db, uint64_t work, struct err *err)
{
	pay(db, work);
	return db->budget.over == OK ? OK : over_budget(db, err);
}

/* ---- opening ---- */

static int wal_committed(void *arg, sqlite3 *conn, const char *schema, int frames)
{
	struct db *db = arg;
	db->wal_frames = frames;
	return SQLITE_OK;
}

/* 16 KiB pages: a third more rows a second than 4 KiB with full-text.  secure_delete=FAST: pages that become free are
 * not rewritten just to blank them.  Checkpoints are made by hand (db_checkpoint), never inside a commit. */
static int set_up(struct db *db, enum db_mode mode, struct err *err)
{
	sqlite3_extended_result_codes(db->conn, 1);
	sqlite3_busy_timeout(db->conn, BUSY_TIMEOUT_MS);
	(void)sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	(void)sqlite3_db_config(db->conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
	/* Else a statement whose value may choose a partial index is prepared anew each time. */
	(void)sqlite3_db_config(db->conn, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	char sql[256];
	int cache_kib = mode == DB_READ ? READER_CACHE_KIB : WRITER_CACHE_KIB;
	(void)snprintf(sql, sizeof sql, "PRAGMA page_size=16384; PRAGMA cache_size=-%d; PRAGMA temp_store=%s;", cache_kib,
	               mode == DB_TEMPORARY ? "FILE" : "MEMORY");
	int rc = db_script(db, err, sql);
	/* The writer's commits empty a reader's cache, not the mapping.  The price: a page that the disk cannot give ends
	 * the process, and not the answer alone; what is stored is none the worse. */
	if (rc == OK && mode == DB_READ)
		rc = db_script(db, err, "PRAGMA mmap_size=" READER_MAPPED_BYTES ";");
	if (rc == OK && mode == DB_TEMPORARY)
		rc = db_script(db, err, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
	if (rc == OK && (mode == DB_CREATE || mode == DB_WRITE)) {
		rc = db_script(db, err,
		               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		               "PRAGMA secure_delete=FAST; PRAGMA journal_size_limit=67108864;");
		sqlite3_wal_hook(db->conn, wal_committed, db);
	}
	return rc;
}

/* The file is the owner's alone, for it holds what other agencies shared with this one; SQLite gives the WAL the same
 * rights. */
static int check_file(const char *path, enum db_mode mode, struct err *err)
{
	struct stat info;
	if (mode != DB_CREATE)
		return stat(path, &info) == 0 ? OK : err_errno(err, errno, "%s", path);
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	(void)close(fd);
	return OK;
}

/* On a medium that cannot be written and with no WAL left behind, the file alone is the whole truth. */
static bool can_be_immutable(const char *path)
{
	char wal[PATH_BYTES];
	struct stat info;
	if (snprintf(wal, sizeof wal, "%s-wal", path) >= (int)sizeof wal)
		return false;
	return stat(wal, &info) != 0 ? errno == ENOENT : info.st_size == 0;
}

/* SQLite's URI form of a path: three characters have a meaning there. */
static int uri_of(const char *path, const char *option, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "file:");
	for (; *path != '\0' && n + 4 < size; path++) {
		if (*path == '%' || *path == '?' || *path == '#')
			n += (size_t)snprintf(out + n, size - n, "%%%02x", (unsigned char)*path);
		else
			out[n++] = *path;
	}
	if (*path != '\0' || n + strlen(option) + 1 > size)
		return ERR_LIMIT;
	(void)snprintf(out + n, size - n, "%s", option);
	return OK;
}

/* The first read of a connection is where a missing -shm shows. */
static int connect_and_look(struct db *db, const char *name, int flags)
{
	int rc =
	    sqlite3_open_v2(name, &db->conn, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_busy_timeout(db->conn, BUSY_TIMEOUT_MS);
	return sqlite3_exec(db->conn, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static int connect_reader(struct db *db, const char *path, struct err *err)
{
	char uri[PATH_BYTES];
	if (uri_of(path, "", uri, sizeof uri) != OK)
		return err_set(err, ERR_LIMIT, "%s: the path is too long", path);
	int rc = connect_and_look(db, uri, SQLITE_OPEN_READONLY);
	int first = rc & 0xff;
	if (rc == SQLITE_OK)
		return OK;
	if ((first != SQLITE_CANTOPEN && first != SQLITE_READONLY) || access(path, R_OK) != 0)
		return db_error(db, err, path);
	if (!can_be_immutable(path))
		return err_set(err, ERR_IO,
		               "%s: its last writer did not end cleanly, and recovering needs a folder that can be written",
		               path);
	sqlite3_close(db->conn);
	db->conn = NULL;
	db->immutable = true;
	(void)uri_of(path, "?immutable=1", uri, sizeof uri);
	return connect_and_look(db, uri, SQLITE_OPEN_READONLY) == SQLITE_OK ? OK : db_error(db, err, path);
}

static int connect_writer(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	char uri[PATH_BYTES] = "";
	if (mode != DB_TEMPORARY && uri_of(path, "", uri, sizeof uri) != OK)
		return err_set(err, ERR_LIMIT, "%s: the path is too long", path);
	int flags = SQLITE_OPEN_READWRITE | (mode == DB_WRITE ? 0 : SQLITE_OPEN_CREATE);
	if (connect_and_look(db, uri, flags) != SQLITE_OK)
		return db_error(db, err, mode == DB_TEMPORARY ? "temporary database" : path);
	if (sqlite3_db_readonly(db->conn, "main") == 1)
		return err_set(err, ERR_IO, "%s: cannot be written", path);
	return OK;
}

int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	*db = (struct db){ 0 };
	must(pthread_once(&once, configure_library) == 0);
	int rc = mode == DB_TEMPORARY ? OK : check_file(path, mode, err);
	if (rc != OK)
		return rc;
	rc = mode == DB_READ ? connect_reader(db, path, err) : connect_writer(db, path, mode, err);
	if (rc == OK)
		rc = set_up(db, mode, err);
	if (rc != OK)
		db_close(db);
	return rc;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS; i++)
		sqlite3_finalize(db->cache[i].stmt);
	/* A failed open leaves a connection too. */
	must(sqlite3_close(db->conn) == SQLITE_OK);
	*db = (struct db){ 0 };
}

/* ---- statements ---- */

static int find_statement(struct db *db, struct err *err, const char *sql, sqlite3_stmt **out)
{
	size_t at = ((uintptr_t)sql >> 3) % DB_STATEMENTS;
	while (db->cache[at].sql != NULL && db->cache[at].sql != sql)
		at = (at + 1) % DB_STATEMENTS;
	if (db->cache[at].sql == NULL) {
		must(db->cached < DB_STATEMENTS - 1); /* so that the search above ends */
		if (sqlite3_prepare_v3(db->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
			return db_error(db, err, "store");
		db->cache[at].sql = sql;
		db->cache[at].stmt = *out;
		db->cached++;
	}
	*out = db->cache[at].stmt;
	return OK;
}

static void bind(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	int rc = SQLITE_OK;
	switch (v->type) {
	case DB_NULL:
		rc = sqlite3_bind_null(stmt, at);
		break;
	case DB_INT:
		rc = sqlite3_bind_int64(stmt, at, v->i);
		break;
	case DB_TEXT:
		rc = sqlite3_bind_text64(stmt, at, v->b.len > 0 ? (const char *)v->b.data : "", v->b.len, SQLITE_STATIC,
		                         SQLITE_UTF8);
		break;
	case DB_BLOB:
		rc = sqlite3_bind_blob64(stmt, at, v->b.data, v->b.len, SQLITE_STATIC);
		break;
	}
	must(rc == SQLITE_OK);
}

int db_query_values(struct db *db, struct err *err, sqlite3_stmt **stmt, const char *sql, const struct db_value *values,
                    size_t count)
{
	*stmt = NULL;
	int rc = db_pay(db, BUDGET_QUERY, err);
	if (rc == OK)
		rc = find_statement(db, err, sql, stmt);
	if (rc != OK)
		return rc;
	must(!sqlite3_stmt_busy(*stmt));
	for (size_t i = 0; i < count; i++)
		bind(*stmt, (int)i + 1, &values[i]);
	return OK;
}

int db_step(struct db *db, struct err *err, sqlite3_stmt *stmt, bool *row)
{
	int rc = sqlite3_step(stmt);
	*row = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : db_error(db, err, "store");
}

bool db_next(struct db *db, struct err *err, sqlite3_stmt *stmt, int *rc)
{
	bool row = false;
	*rc = db_step(db, err, stmt, &row);
	return *rc == OK && row;
}

void db_end(sqlite3_stmt *stmt)
{
	if (stmt != NULL)
		(void)sqlite3_reset(stmt); /* its code repeats what db_step told */
}

int db_run_values(struct db *db, struct err *err, const char *sql, const struct db_value *values, size_t count)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query_values(db, err, &stmt, sql, values, count);
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	must(!row);
	db_end(stmt);
	return rc;
}

int db_get_int_values(struct db *db, struct err *err, int64_t *out, const char *sql, const struct db_value *values,
                      size_t count)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query_values(db, err, &stmt, sql, values, count);
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && !row)
		rc = ERR_NOT_FOUND;
	if (rc == OK)
		*out = sqlite3_column_int64(stmt, 0);
	db_end(stmt);
	return rc;
}

int db_script(struct db *db, struct err *err, const char *sql)
{
	return sqlite3_exec(db->conn, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : db_error(db, err, "store");
}

struct bytes db_column_bytes(sqlite3_stmt *stmt, int column)
{
	const void *data = sqlite3_column_blob(stmt, column);
	return bytes_of(data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(stmt, column));
}

/* ---- transactions ---- */

int db_begin_read(struct db *db, struct err *err)
{
	return db_run_values(db, err, "BEGIN", NULL, 0);
}

/* A statement that failed may have ended it. */
void db_end_read(struct db *db)
{
	if (sqlite3_get_autocommit(db->conn) == 0 && db_run_values(db, NULL, "COMMIT", NULL, 0) != OK)
		db_rollback(db);
}

int db_begin_write(struct db *db, struct err *err)
{
	return db_run_values(db, err, "BEGIN IMMEDIATE", NULL, 0);
}

int db_commit(struct db *db, struct err *err)
{
	return db_run_values(db, err, "COMMIT", NULL, 0);
}

/* After some failures (a full disk) SQLite has rolled back by itself.  It is too short to be interrupted, whatever was
 * spent before. */
void db_rollback(struct db *db)
{
	if (sqlite3_get_autocommit(db->conn) == 0)
		(void)sqlite3_exec(db->conn, "ROLLBACK", NULL, NULL, NULL);
}

void db_checkpoint(struct db *db, bool whole)
{
	int mode = whole ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int frames = 0, done = 0;
	int rc = sqlite3_wal_checkpoint_v2(db->conn, "main", mode, &frames, &done);
	if (rc == SQLITE_OK && done >= frames)
		db->wal_frames = 0;
}

int db_rewrite(struct db *db, struct err *err)
{
	int frames = 0, done = 0;
	/* The copy is made in a file: it may be larger than memory. */
	int rc = db_script(db, err, "PRAGMA temp_store=FILE; VACUUM;");
	int back = db_script(db, err, "PRAGMA temp_store=MEMORY;");
	if (rc != OK || back != OK)
		return rc != OK ? rc : back;
	if (sqlite3_wal_checkpoint_v2(db->conn, "main", SQLITE_CHECKPOINT_TRUNCATE, &frames, &done) != SQLITE_OK)
		return db_error(db, err, "emptying the WAL");
	db->wal_frames = 0;
	return OK;
}
