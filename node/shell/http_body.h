/* http_body: which bodies are taken, by their size and by whose they are, before they are whole; and how long a
 * connection waits for what.
 *
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/api/http.h"

struct shell;
struct shell_options;

/* The largest body that this request may have; of one that may be cut, so much is taken. */
size_t http_body_max(bool local, const struct http_request *request);

/* tlog-mirror: of an upload that ends before its end, for whatever reason, the whole packages are kept.  Is it one? */
bool http_body_may_be_cut(bool local, const struct http_request *request);

/* May its body, of that length (in chunks: not known, up to the most), be received now?  The status to refuse it with,
 * or 0; *large: it takes one of UPLOADS_MAX places, if it had none. */
int http_body_check(struct shell *s, bool local, const struct http_request *request, bool *large, const char **why);

/* tlog-mirror: an upload for a log that is not taken here is refused without waiting for the rest of it.  The status,
 * or 0; begun is what has come. */
int http_body_early(struct shell *s, bool local, const struct http_request *request, struct bytes begun,
                    const char **why);

enum conn_wait { WAIT_NONE, WAIT_HEAD, WAIT_BODY, WAIT_IDLE, WAIT_WRITE, WAIT_LINGER, WAIT_REST };
uint64_t http_patience_ms(const struct shell_options *o, enum conn_wait wait);
