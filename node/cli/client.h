/* client: the one way in which the command line asks a node.
 *
 *     http(s)://host:port    that node, over the network
 *     DIR, running           the node, over DIR/socket
 *     DIR, stopped           what its store holds, read in this process
 *
 * Knows: libcurl.  Must not know: what the answers mean.
 * Thread: one client belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct client;

struct reply {
	int status; /* of HTTP */
	struct buf body;
	uint64_t total;   /* a search: matches in all */
	uint64_t next;    /* a listing: where its next part begins; 0: this was the last */
	uint64_t retry_s; /* Retry-After; 0: not told */
	char type[64];    /* Content-Type, as far as it fits; "" */
};

/* ERR_NOT_FOUND: neither a URL nor a node's folder; ERR_USAGE: a URL with a query; others as node_dir_open.  Nothing
 * is asked yet.  Gives *out. */
CHECKED int client_open(const char *where, struct client **out, struct err *err);
/* DIR/socket whether or not somebody listens there yet.  ERR_NOT_FOUND: no such folder.  Gives *out. */
CHECKED int client_open_socket(const char *dir, struct client **out, struct err *err);
/* NULL is fine. */
void client_close(struct client *c);

/* Ask.  target is path and query, encoded; accept a media type.  OK whatever the status: the other side answered.
 * ERR_CLOSED, ERR_TIMEOUT, ERR_PROTOCOL, ERR_LIMIT (larger than CLIENT_BODY_MAX): it did not; of a stopped node also
 * what reading its store met.  out is filled anew; free with reply_free in any case. */
CHECKED int client_get(struct client *c, const char *target, const char *accept, struct reply *out, struct err *err);
/* The same for a body that may never end: of an answer 200 it is given piece by piece, and out has none of it.  A piece
 * that is not taken (false) ends it, with OK.  ERR_CLOSED also of a stopped node. */
typedef bool (*client_piece_cb)(void *arg, struct bytes piece);
CHECKED int client_stream(struct client *c, const char *target, const char *accept, client_piece_cb piece_cb, void *arg,
                          struct reply *out, struct err *err);
/* The same with a body, borrowed until it returns; not of a stopped node. */
CHECKED int client_post(struct client *c, const char *target, const char *type, struct bytes body, struct reply *out,
                        struct err *err);
void reply_free(struct reply *r);

/* The code for an HTTP status: OK for 2xx, ERR_NOT_FOUND for 404 and so on. */
int client_code(int http_status);

/* The same of an answer in text, and when it says no, its line as the reason. */
CHECKED int client_said(const struct reply *reply, struct err *err);

/* What stands behind a word and a blank at the beginning of a line of an answer, borrowed from it; empty: no such line
 * is there. */
struct bytes client_value(struct bytes text, const char *word);

/* Append text percent-encoded: nothing but unreserved characters is left as it is. */
void client_escape(struct buf *out, const char *text);

/* Append a parameter to a target, after '?' when it is the first, else '&'.  A value of NULL adds nothing. */
void client_parameter(struct buf *target, const char *name, const char *value);

/* Append "/api/v1/entries/12" for the one word "#12", else "/api/v1/records/" and the words of a reference, joined by
 * blanks.  True: it is the former. */
bool client_reference(struct buf *out, int count, char **words);

/* Split a whole HTTP response as this process makes it into status and body.  ERR_PROTOCOL. */
CHECKED int client_split(struct bytes response, struct reply *out, struct err *err);

/* Print a reply as a command's answer: the body to standard output, or, for one that says no, its line to standard
 * error (as JSON to standard output when json).  Gives the exit code. */
int client_print(const char *command, const struct reply *reply, bool json);

/* client_open and client_get in one, as JSON or text.  0: the other side answered, whatever it says; else the exit
 * code, and the error was printed.  out is filled anew; free with reply_free in any case. */
int client_ask(const char *command, const char *where, const char *target, bool json, struct reply *out);

/* client_ask and client_print in one: what most commands do.  Gives the exit code. */
int client_answer(const char *command, const char *where, const char *target, bool json);

/* client_answer for what counts what it found: exit code 1, too, when that is nothing. */
int client_answer_counted(const char *command, const char *where, const char *target, bool json);

/* Append the parameter with that name whose value is words, joined by blanks; of none nothing. */
void client_words(struct buf *target, const char *name, int count, char **words);
