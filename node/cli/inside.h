/* inside: a node that this process serves for a while, for what needs one when nobody else serves the folder.
 *
 * It listens on DIR/socket only; no peers, no HTTP.  It holds the folder's lock, so a second process gets its refusal.
 * Thread: main's; the node runs on threads of its own.
 */
#pragma once

#include "node/base/err.h"

struct inside;

/* Serve the folder.  ERR_BUSY: another process does (the text says which); others as shell_start. */
CHECKED int inside_start(const char *path, struct inside **out, struct err *err);

/* End in order and free; OK, or why it ended before.  NULL is fine. */
CHECKED int inside_stop(struct inside *n, struct err *err);
