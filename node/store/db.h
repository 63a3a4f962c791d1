/* db: the one way this room runs SQL.
 *
 * A struct db is one SQLite connection with its cached statements.  Every SQLite code becomes one of err.h here
 * and goes no further.  Statements are cached by the address of their text, so pass string literals.
 * Thread: the owner's.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

enum { DB_STATEMENTS = 512 }; /* more than three times as many as this room has */

enum db_mode {
	DB_CREATE,    /* a new file */
	DB_WRITE,     /* an existing one */
	DB_READ,      /* likewise; never written */
	DB_TEMPORARY, /* nameless, gone when closed; path is not used */
};

struct db {
	sqlite3 *conn;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cache[DB_STATEMENTS];
	size_t cached;
	bool immutable; /* DB_READ on a medium where no -shm can be made */
	int wal_frames; /* in the WAL after the last commit */

	struct {
		uint64_t work, work_max; /* 0: as much as it takes */
		bool (*ended_cb)(void *arg);
		void *arg;
		int over; /* OK, or why nothing more is done */
	} budget;
};

/* The path must outlive nothing: it is copied by SQLite.  On failure *db is closed.
 * ERR_NOT_FOUND, ERR_EXISTS, ERR_BUSY, ERR_IO, ERR_FULL, ERR_CORRUPT. */
CHECKED int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err);
void db_close(struct db *db);

/* From now on every query pays: for the steps of SQLite's machine, and for being begun.  When more than work_max was
 * paid (0: however much), or ended_cb says that the time is up (NULL: it never is), what runs is interrupted, and it
 * and whatever is begun fail with ERR_LIMIT or ERR_TIMEOUT until the next call. */
void db_budget(struct db *db, uint64_t work_max, bool (*ended_cb)(void *arg), void *arg);
/* Of what a reading transaction sees: another number once anybody, also this connection, has written. */
int64_t db_version(struct db *db);
/* Pay for work done elsewhere than in a query.  ERR_LIMIT, ERR_TIMEOUT. */
CHECKED int db_pay(struct db *db, uint64_t work, struct err *err);

/* A value to bind; text and bytes are borrowed until the statement is run or ended. */
struct db_value {
	enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } type;
	int64_t i;
	struct bytes b;
};

static inline struct db_value db_int(int64_t i)
{
	return (struct db_value){ .type = DB_INT, .i = i };
}
static inline struct db_value db_text(const char *text)
{
	return (struct db_value){ .type = DB_TEXT, .b = bytes_str(text) };
}
static inline struct db_value db_textn(struct bytes text)
{
	return (struct db_value){ .type = DB_TEXT, .b = text };
}
/* Empty bytes are bound as NULL: no column of ours tells an empty blob from none. */
static inline struct db_value db_blob(struct bytes bytes)
{
	return (struct db_value){ .type = bytes.len > 0 ? DB_BLOB : DB_NULL, .b = bytes };
}

/* Run a statement that gives no rows. */
#define db_run(db, err, sql, ...)                                                                                      \
	db_run_values(db, err, sql, (const struct db_value[]){ __VA_ARGS__ },                                              \
	              sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
CHECKED int db_run_values(struct db *db, struct err *err, const char *sql, const struct db_value *values, size_t count);

/* Begin a query: bind, and give the statement for db_step.  End it with db_end, whatever happened. */
#define db_query(db, err, stmt, sql, ...)                                                                              \
	db_query_values(db, err, stmt, sql, (const struct db_value[]){ __VA_ARGS__ },                                      \
	                sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
CHECKED int db_query_values(struct db *db, struct err *err, sqlite3_stmt **stmt, const char *sql,
                            const struct db_value *values, size_t count);
/* *row says whether there is a row; false: the query is over. */
CHECKED int db_step(struct db *db, struct err *err, sqlite3_stmt *stmt, bool *row);
/* The same as the condition of a loop over rows: there is one.  False: the query is over, or *rc says what failed. */
bool db_next(struct db *db, struct err *err, sqlite3_stmt *stmt, int *rc);
/* NULL is fine. */
void db_end(sqlite3_stmt *stmt);

/* One row with one integer; ERR_NOT_FOUND when there is no row. */
#define db_get_int(db, err, out, sql, ...)                                                                             \
	db_get_int_values(db, err, out, sql, (const struct db_value[]){ __VA_ARGS__ },                                     \
	                  sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
CHECKED int db_get_int_values(struct db *db, struct err *err, int64_t *out, const char *sql,
                              const struct db_value *values, size_t count);

/* Text of several statements, uncached, values none: pragmas and schemas. */
CHECKED int db_script(struct db *db, struct err *err, const char *sql);

/* A column of the present row; borrowed until the next db_step or db_end. */
struct bytes db_column_bytes(sqlite3_stmt *stmt, int column);

/* Transactions.  A write transaction takes SQLite's write lock at once. */
CHECKED int db_begin_read(struct db *db, struct err *err);
CHECKED int db_begin_write(struct db *db, struct err *err);
/* Ends one that only read; does nothing outside a transaction. */
void db_end_read(struct db *db);
CHECKED int db_commit(struct db *db, struct err *err);
/* Ends either kind; what was written is not kept.  Does nothing outside a transaction. */
void db_rollback(struct db *db);

/* Copy what the WAL holds into the database file; whole: and empty the WAL's file.  Being hindered by a reader
 * is no failure. */
void db_checkpoint(struct db *db, bool whole);

/* Write the whole database file anew, without what was deleted, and empty the WAL.  Outside any transaction; readers
 * that hold a snapshot are waited for.  ERR_BUSY: one held it for too long; ERR_FULL: there must be room for a second
 * copy, in the temporary folder and in the WAL. */
CHECKED int db_rewrite(struct db *db, struct err *err);

/* The code and text for SQLite's present complaint; context says what was being done. */
int db_error(struct db *db, struct err *err, const char *context);
