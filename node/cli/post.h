/* post: ask the node of a folder to do something, over DIR/socket: the one that serves it, else one of our own for a
 * moment.
 *
 * Thread: main's.
 */
#pragma once

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/log.h"
#include "node/cli/client.h"
#include "node/cli/inside.h"

/* One node for several questions: post_begin, post_ask as often as needed, post_end. */
struct post {
	struct client *client;
	struct inside *inside;
};

/* The types of a body. */
#define POST_TEXT "text/plain; charset=utf-8"
#define POST_BYTES "application/octet-stream"

/* Errors and level as inside_start's.  post_end is due in any case. */
CHECKED int post_begin(struct post *p, const char *dir, enum log_level level, struct err *err);

/* OK: it was done, and out holds the answer's text; else why not, in the node's words where it gave some.  out is
 * filled anew; free with reply_free in any case. */
CHECKED int post_ask(struct post *p, const char *target, const char *type, struct bytes body, struct reply *out,
                     struct err *err);

/* Gives rc when that is not OK, else OK or why the node of our own ended badly. */
CHECKED int post_end(struct post *p, int rc, struct err *err);

/* The three in one, for something that the node records in its log: *index is the entry, as the answer names it,
 * borrowed from out.  ERR_PROTOCOL: it names none. */
CHECKED int post_entry(const char *dir, enum log_level level, const char *target, struct bytes body, struct reply *out,
                       struct bytes *index, struct err *err);

/* A question in text to the node that serves the folder; ERR_CLOSED: none does. */
CHECKED int post_running(const char *dir, const char *target, struct bytes body, struct reply *out, struct err *err);

/* One record to the log of the folder's node, by itself.  revise: only where the log says something of its kind and
 * subject already, else ERR_NOT_FOUND.  *unchanged: it says so already.  ERR_INVALID: the node refused it, with its
 * reason; others as those of the three. */
CHECKED int post_record(const char *dir, const char *collection, struct bytes record, bool revise, bool *unchanged,
                        struct err *err);
