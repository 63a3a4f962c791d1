/* httpd: HTTP/1.1 connections, over TCP and over the unix socket.
 *
 * Plain on both: TLS for readers on other machines is the business of a proxy in front.  A connection is read into
 * whole requests, at most HTTP_PIPELINE_MAX of them being answered; answers are written in the order of the requests.
 *
 *     OPEN --refused request, Connection: close, end of input, stop--> ENDING --all answers out--> LINGERING
 *
 * and from anywhere to CLOSED.  While LINGERING, what still arrives is thrown away, so that a client in the middle of
 * a request that was refused sees the answer and not a reset.
 *
 * Each wait has its limit: for a head (from its first byte, however it dribbles), for a body, between requests, for a
 * client that does not take its answer, for lingering.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/err.h"

struct shell;
struct httpd;
struct http_conn;

/* Listen on DIR/socket, and on http_listen unless that is "none" or the options say local_only; set http_address. */
CHECKED int httpd_start(struct shell *s, struct err *err);

/* Exchanges of this connection have been answered. */
void httpd_answered(struct http_conn *c);

/* Listen no more; end each connection when it has its answers. */
void httpd_drain(struct shell *s);
/* Has every request been answered, and every answer been taken? */
bool httpd_quiet(const struct shell *s);
/* Close all at once. */
void httpd_drop_all(struct shell *s);
/* After the loop has ended. */
void httpd_free(struct shell *s);
