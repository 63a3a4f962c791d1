/* outside: DIR/outside, a C2SP tlog-policy file: the logs outside the federation that anybody may have witnessed here
 * (`log <vkey> [<url>]`), and the witnesses outside that are asked to cosign our heads (`witness <name> <vkey> <url>`).
 * Its quorum is none: what counts is in the lines.
 *
 * Thread: any.
 */
#pragma once

#include "crypto/policy.h"
#include "node/base/buf.h"
#include "node/base/err.h"

/* Read it; *out is NULL when there is no such file.  ERR_INVALID, ERR_LIMIT: the text names the file and the line. */
CHECKED int outside_read(const char *dir, struct policy **out, struct err *err);

/* A log line; url may be empty.  A witness line. */
void outside_log_line(const struct vkey *key, const char *url, struct buf *out);
void outside_witness_line(const char *name, const struct vkey *key, const char *url, struct buf *out);

/* Add one line before the quorum, atomically and durably, when the whole then parses.  *before gets what the file held
 * (empty: there was none), for outside_restore.  ERR_INVALID: the line, or what it would make of the file. */
CHECKED int outside_add(const char *dir, struct bytes line, struct buf *before, struct err *err);
CHECKED int outside_restore(const char *dir, struct bytes before, struct err *err);
