/* etag: what a client has already it is not sent again (RFC 9110 8.8.3, 13.1.2).
 *
 * The same question at the same heads has the same answer: its validator is made from the heads, what was made of
 * forks and found out about index roots, the place in the order of arrival (payloads come late), the question, the host
 * that it is asked of, and the forms that the client accepts.
 * It is a weak one, for the same answer may be sent packed or as it is.  It is known before the question is answered,
 * so that a client that has the answer costs nothing more.
 *
 * Not for answers that depend on anything else: the clock, peers, what this node does now.
 * Private to this room.  Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"

/* answer_begin; then the answer has its ETag.  False: the answer is a problem now, or 304, or whole (kept.h). */
bool etag_begin(struct answer *a);

/* Has the client the answer with the tag that it has (If-None-Match)? */
bool etag_is_known(const struct answer *a);
