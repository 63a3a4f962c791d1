/* asker: the HTTP client with which witnesses outside are asked (FX_ASK): a thread of its own around libcurl's multi
 * interface, so that no slow or hostile server can hold up the loop.
 *
 * What a server can do is bounded: ASK_TIMEOUT_MS for everything, ASK_ANSWER_MAX bytes of an answer, no redirect, http
 * and https alone.
 * Thread: the functions are the loop's.
 */
#pragma once

#include <uv.h>

#include "node/base/buf.h"
#include "node/base/err.h"

struct asker;

/* An answer, or why there is none (code, text); valid until the callback returns. */
struct asker_done {
	uint64_t op;
	int code;
	int status;
	struct bytes body;
	const char *text;
};

/* Called on the loop for each. */
typedef void (*asker_done_cb)(void *arg, const struct asker_done *done);

/* Gives *out; the callback comes until asker_stop. */
CHECKED int asker_start(uv_loop_t *loop, asker_done_cb done_cb, void *arg, struct asker **out, struct err *err);

/* POST body to url; takes the body.  The core bounds how many are under way: one for each witness. */
void asker_ask(struct asker *a, uint64_t op, const char *url, struct buf *body);

/* End the thread and null *a; what was not told yet never is.  NULL is fine. */
void asker_stop(struct asker **a);
