/* suggest: references that somebody may have meant.  Private to this room.  Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"

enum { SUGGEST_MEANT_MAX = 3 };

/* For who found nothing by that text: up to SUGGEST_MEANT_MAX references, in the request's arena.  At the open
 * snapshot. False: the answer is a problem. */
bool suggest_meant(struct answer *a, const char *text, const char **out, size_t *count);
