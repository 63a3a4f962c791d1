/* public: what anybody may bring to this node to be published: records of registered authors, and feedback.
 *
 *     POST /api/v1/submissions   submission.c: signed records of authors that are registered (clause 2.15)
 *     POST /api/v1/feedback      feedback.c: from anybody, when node.conf says so (clause 2.17)
 *
 * Both are bounded here, by client and in all, before anything is looked at; only the shell knows addresses, and it
 * keeps none.  Each becomes a task of submit.h, answered when it is durable.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/shell/exchange.h"
#include "node/shell/rates.h"

/* Take the request, if it is for one of them; it is answered now or later.  False: it is not. */
bool public_take(struct exchange *x);

/* One of them each: the request is for it, is a POST, and its client is within its rate. */
void submission_push(struct exchange *x);
void feedback_push(struct exchange *x);

/* May one more be done?  The key is told apart by what it is for.  Not from the local socket: then always. */
bool public_rate(struct shell *s, const char *what, struct bytes key, const struct rate *rate, unsigned *wait_s);

void public_free(struct shell *s);
