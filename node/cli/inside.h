/* inside: a node that this process serves for a while, for what needs one when nobody else serves the folder.
 *
 * It listens on DIR/socket only; no peers, no HTTP.  It holds the folder's lock, so a second process gets its refusal.
 * Thread: main's; the node runs on threads of its own.
 */
#pragma once

#include "node/base/err.h"
#include "node/base/log.h"

struct inside;

/* Serve the folder, unless another process does: then *out is NULL.  From then on this process logs nothing below the
 * level.  ERR_BUSY: another process is starting or stopping there (the text says which); others as shell_start.  Gives
 * *out. */
CHECKED int inside_start(const char *path, enum log_level level, struct inside **out, struct err *err);

/* End in order and free; NULL is fine.  Gives rc when that is not OK, else OK or, with *err, why it ended before. */
CHECKED int inside_stop(struct inside *n, int rc, struct err *err);
