/* http_conn: one HTTP connection (httpd.h says what it may do and for how long).
 *
 * Owner: the httpd's list; a connection frees itself after its last handle has closed.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/shell/clients.h"
#include "node/shell/httpd.h"

struct httpd {
	struct listener *public_listener, *local_listener;
	struct http_conn *first;
	size_t local_count;
	struct clients clients; /* of the public side */
};

/* Take an accepted descriptor, of this client, which it leaves in the end; NULL: of the local socket. */
void http_conn_open(struct shell *s, int fd, struct client *client);

/* Something happened: write what is ready, take the requests that may be taken, wait for the rest. */
void http_conn_advance(struct http_conn *c);

/* Take no more requests; close once what was asked is answered. */
void http_conn_end(struct http_conn *c);
void http_conn_drop(struct http_conn *c);

/* Is it still sending what it was given? */
bool http_conn_behind(const struct http_conn *c);
/* Take its next request after HTTP_REST_MS: the one just taken was one too many. */
void http_conn_rest(struct http_conn *c);
/* May one answer more be kept for it, by what its client has not taken yet? */
bool http_conn_may_send(const struct http_conn *c);
/* Does it still owe an answer? */
bool http_conn_owes(const struct http_conn *c);
struct http_conn *http_conn_next(const struct http_conn *c);
