/* exchange: one HTTP request and its answer.
 *
 * Begun by the connection that read it; answered on a reader or, when it is quick, by the loop (desk.h), or by local.c;
 * given back to the connection, which writes answers in the order of the requests.  A connection that goes first leaves
 * its exchanges behind: they are then freed when they are answered.
 *
 * Owner: its connection while conn is set, else whoever answers it.
 * Thread: the loop's; while a reader has the job, request, arena and out are the reader's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/api/api.h"
#include "node/shell/client_of.h"
#include "node/shell/httpd.h"
#include "node/shell/loop.h"
#include "node/shell/readers.h"

enum { EXCHANGE_MAGIC = 0x45584348 };

struct exchange {
	struct reader_job job; /* first: see readers.h */
	uint32_t magic;
	struct exchange *next;  /* on the same connection */
	struct http_conn *conn; /* NULL: gone */
	struct shell *shell;
	bool local;
	char address[CLIENT_ADDRESS_MAX]; /* client_of.h; empty on the local socket */

	struct buf raw; /* head and body; request borrows from it */
	struct http_request request;
	struct arena arena;

	/* What the node said of itself when the request came in; status only if told, for it is only then needed. */
	bool told;
	struct core_status status;
	struct api_counters counters;
	struct api_counted counted; /* by the reader, for us */
	bool writable, withheld;
	uint64_t begun_ns;

	struct buf out; /* the whole response */
	int http_status;
	bool done;
	bool asked;   /* with the readers */
	bool left;    /* its client has ended its side of the connection */
	bool large;   /* one of UPLOADS_MAX whose body is larger than others may be */
	bool cut;     /* its body is not whole: http_body_may_be_cut() */
	bool ends;    /* nothing follows on this connection */
	bool streams; /* out is sent as it grows (streams.h), before it is done */
};

struct exchange *exchange_new(struct shell *s, struct http_conn *conn, bool local);
void exchange_free(struct exchange *x);

/* Note what the node says of itself now, for exchange_context(). */
void exchange_look(struct exchange *x);
/* What an answer is made from; borrows both.  What is remembered (kit.h) is left for whoever answers to set. */
void exchange_context(struct exchange *x, const struct view *view, struct api_context *out);

/* Have it answered, now or later. */
void exchange_begin(struct exchange *x);

/* Its client takes no more part: gone, or it has ended its side of the connection and may yet read.  A question that
 * nobody waits for is not asked any more, or not for long; gone: the exchange is not its connection's any more. */
void exchange_leave(struct exchange *x, bool gone);

/* The request's body has been read and its answer may take a while: give its memory back. */
void exchange_forget_body(struct exchange *x);

/* out and http_status are set: hand the answer to the connection, which now frees the exchange. */
void exchange_finish(struct exchange *x);

/* The same with a problem document, or a text, as the answer. */
void exchange_problem(struct exchange *x, int http_status, const char *detail);
/* A problem, with the seconds after which the request may be tried again; its connection rests a little. */
void exchange_refuse_until(struct exchange *x, int http_status, const char *detail, unsigned retry_s);
void exchange_text(struct exchange *x, struct bytes text);
