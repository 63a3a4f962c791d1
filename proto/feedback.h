/* feedback: what somebody has to say about a standard, as records, and how far it has come (proto/README.md, clause
 * 2.17).
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

#define COLLECTION_FEEDBACK_PERSONAL "feedback-personal"

/* How far it has come: what its steps say. */
struct feedback_state {
	bool open;            /* no step has closed it, or one has opened it again */
	bool overdue;         /* open, and the deadline that the last step has set is before today */
	const char *deadline; /* of the last step; NULL: none.  Borrowed */
};
/* today: YYYY-MM-DD. */
void feedback_state(const Normlink__Feedback *f, const char *today, struct feedback_state *out);

/* Read what was sent: JSON (clause 3), or application/x-www-form-urlencoded with the same names.  The references become
 * canonical where they can be.  Everything in the arena.  ERR_INVALID, ERR_LIMIT. */
CHECKED int feedback_read(struct bytes raw, bool json, struct arena *arena, Normlink__FeedbackRequest **out,
                          struct err *err);

/* When it was received, and until when the first step is due: YYYY-MM-DD both. */
struct feedback_dates {
	char received[16], due[16];
};

/* The public record, and the one that is not: empty when there is nothing in it, neither a person nor a text that is
 * withheld.  ERR_INVALID, ERR_LIMIT: as record_validate. */
CHECKED int feedback_records(const Normlink__FeedbackRequest *q, const char *number, const struct feedback_dates *dates,
                             bool text_public, struct buf *public, struct buf *personal, struct err *err);
