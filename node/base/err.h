/* err: the one error type of the program.
 *
 * A function that can fail returns an int: OK (0) or one of the codes below.  A function
 * whose caller needs the reason also takes a struct err, which it fills on failure and
 * leaves alone on success.  NULL is allowed everywhere: the code is then all that is told.
 * Foreign codes (errno, UV_, SQLITE_, OpenSSL's) are turned into these at the door of the
 * room that met them and never travel further.
 *
 * Knows: codes, texts, whose fault.  Must not know: any other room.
 * Thread: any; a struct err belongs to one thread at a time.
 */
#pragma once

#define CHECKED __attribute__((warn_unused_result))

enum { ERR_TEXT_MAX = 512 };

enum err_code {
	OK = 0,
	ERR_USAGE,       /* the person's: a wrong argument or setting */
	ERR_INVALID,     /* a record, document or file breaks its format's rules */
	ERR_NOT_FOUND,   /* nothing by that name */
	ERR_EXISTS,      /* there already */
	ERR_BUSY,        /* somebody else holds it, or a queue is full: try again */
	ERR_IO,          /* the system refused a read or a write */
	ERR_FULL,        /* no space left */
	ERR_CORRUPT,     /* our own stored bytes are not what we wrote */
	ERR_PROTOCOL,    /* a peer broke a clause; the text names it */
	ERR_UNTRUSTED,   /* a signature, pin, proof or policy does not hold */
	ERR_CONFLICT,    /* two signed heads that cannot both be true */
	ERR_LIMIT,       /* larger than a named limit allows */
	ERR_TIMEOUT,     /* no answer in time */
	ERR_CLOSED,      /* the other side, or we, ended it */
	ERR_NOT_READY,   /* not yet: the thing asked for is still on its way */
	ERR_UNSUPPORTED, /* understood, and not done here */
	ERR_INTERNAL,    /* ours, short of a broken invariant (which aborts: must.h) */
	ERR_CODES
};

struct err {
	int code;
	char text[ERR_TEXT_MAX]; /* one line, no final LF, always terminated */
};

/* Fill *e (may be NULL) and give back code, so that `return err_set(e, ...)` reads well.
 * A text longer than ERR_TEXT_MAX is cut; control characters become '?'. */
int err_set(struct err *e, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Put "context: " before the text already in *e; returns e's code (code when e is NULL). */
int err_wrap(struct err *e, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ERR_FULL, ERR_NOT_FOUND, ERR_EXISTS, ERR_BUSY or ERR_IO for an errno value, with its text
 * after what was being done. */
int err_errno(struct err *e, int errno_value, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A short word for a code, for logs and JSON: "not-found".  Never NULL. */
const char *err_name(int code);

/* The exit code of the command line for a status code: 0 OK, 1 the answer is no
 * (not found, untrusted, conflict), 2 usage, 3 bad input, 4 the system, 5 the peer, 70 ours. */
int err_exit(int code);
