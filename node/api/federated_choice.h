/* federated_choice: of all that several nodes found, what counts, in order, and the page of it that is shown; the same
 * for every door.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/api/federated.h"

struct federated_choice {
	struct federated_hit **hits; /* those that count, best first */
	struct found *found;         /* likewise */
	size_t count;
	size_t first, shown; /* the page of them */
};

/* Sorts what came, and leaves out what was overtaken.  The answer's snapshot is open, and it has what logs claim
 * (answer_claims).  *out points into both and lives as long as they. */
void federated_choose(struct answer *a, const struct federated_question *q, struct federated_answer *from,
                      struct federated_choice *out);
