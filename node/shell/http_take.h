/* http_take: requests, taken off what a connection has read; for http_conn.c alone, with which it shares the
 * connection.
 *
 * Thread: the loop's.
 */
#pragma once

#include <uv.h>

#include "node/api/chunks.h"
#include "node/shell/exchange.h"
#include "node/shell/http_body.h"

enum { CONN_MAGIC = 0x48545450 };

enum conn_state { CONN_OPEN, CONN_ENDING, CONN_LINGERING, CONN_CLOSED };

struct http_conn {
	uint32_t magic;
	enum conn_state state;
	struct shell *shell;
	struct http_conn *prev, *next;
	bool local;
	struct client *client;            /* NULL: local */
	size_t counted;                   /* bytes to be sent, as counted for it */
	unsigned taken;                   /* requests, by this http_conn_advance() */
	bool rests;                       /* takes its next request later */
	char address[CLIENT_ADDRESS_MAX]; /* of the other end; empty on the local socket */

	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} u;
	uv_timer_t timer;
	enum conn_wait wait; /* what the timer is for */
	uv_write_t write;
	uv_shutdown_t shutdown;
	int holds;                    /* handles not yet closed */
	bool reading, writing, ended; /* ended: the client sends no more */
	bool busy;                    /* in http_conn_advance() */
	bool served;                  /* had a request */
	bool undecided;               /* the request that stands there may still be refused for how its body begins */
	bool large;                   /* what is being read is one of UPLOADS_MAX */

	struct buf in;        /* from the socket */
	struct buf chunked;   /* not empty: head and body so far of a request that comes in chunks, */
	struct chunks chunks; /* and how far it has come */
	size_t used;          /* of it, by requests taken */
	size_t need;          /* bytes of the request that stands there, once its head is known; 0: not yet */
	struct exchange *first, *last;
	size_t exchanges;
	struct buf out;    /* answers to be written */
	struct buf flight; /* being written: */
	size_t flown;      /* so much of it has been taken, */
	size_t piece;      /* and so much uv_write has */
};

/* Take every request that is whole, as far as there is room for answers; each begins its exchange.  False: none. */
bool http_take_requests(struct http_conn *c);
bool http_take_has_room(const struct http_conn *c);

/* No more comes of the body that stands there.  If what came is worth something (http_body.h), it is handed over, and
 * nothing after it is read; false: it is not. */
bool http_take_cut(struct http_conn *c);

/* Answer with a problem, and read nothing more. */
void http_take_refuse(struct http_conn *c, int http_status, const char *detail);

/* http_conn.c: bytes of answers that are still to be sent; send them, as far as they go. */
size_t http_conn_unsent(const struct http_conn *c);
void http_conn_write_out(struct http_conn *c);
