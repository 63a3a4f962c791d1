/* post: ask the node of a folder to do something: the one that serves it, else one of our own for a moment.
 * Thread: main's.
 */
#pragma once

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/cli/client.h"

/* POST over DIR/socket.  OK: it was done, out holds the answer's text; else why not, in the node's words where it gave
 * some.  A question that is asked again serves one node for all of them: post_begin and post_end around it. */
struct post {
	struct client *client;
	struct inside *inside;
};

CHECKED int post_begin(struct post *p, const char *dir, struct err *err);
CHECKED int post_ask(struct post *p, const char *target, const char *type, struct bytes body, struct reply *out,
                     struct err *err);
/* In any case, also when post_begin failed.  Not OK: the node of our own ended badly. */
CHECKED int post_end(struct post *p, struct err *err);
