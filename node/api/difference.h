/* difference: what one revision says otherwise than the one before it, what it corrects, why it takes a statement back,
 * and whose signatures it carries.  Private to this room.
 *
 * The one before is the same origin's last on that subject and kind that can be read: one that was redacted or is
 * withheld is passed by, and "since" names the entry that was compared with.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/history.h"

/* "authors", "correction", "retraction", "since" and "changes" of the open object; all null where the revision cannot
 * be read, and "changes" null where the answer would become too long (ANSWER_CHANGES_MAX).  Authors are those that the
 * payload names: whether their signatures hold is not looked at here. */
void difference_json(struct answer *a, const struct history *h, size_t item, struct json *j);

/* The same as lines for a terminal, below the revision's own. */
void difference_text(struct answer *a, const struct history *h, size_t item);
