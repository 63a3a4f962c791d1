/* harvested: what our own log says that came from one OAI-PMH repository, and what it says from elsewhere: so that no
 * subject is said twice, nobody else's statement is overwritten, and what is deleted there can be taken back here.
 *
 *     in the log of this item ──gone──> to be retracted ──said anew──> in the log of that item
 *
 * Knows: which item said what.  Must not know: how statements are sent.
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/err.h"

struct harvested;

/* One statement that is to be taken back. */
struct harvested_gone {
	int kind;
	const char *subject, *reason;
};

/* What our log says in the collection (NULL: public), of the kinds that a harvest makes.  Asks the node of dir, which
 * is there.  Gives *out. */
CHECKED int harvested_open(const char *dir, const char *collection, const char *repository, struct harvested **out,
                           struct err *err);
void harvested_close(struct harvested *h);

/* May an item of the repository say something of that kind and subject? */
enum harvested_right {
	RIGHT_ITS_OWN,    /* nobody does, or that item does */
	RIGHT_OTHER_ITEM, /* another item does: it came first */
	RIGHT_OTHERS,     /* our log says it from elsewhere */
};
enum harvested_right harvested_right(struct harvested *h, const char *identifier, int kind, const char *subject);

/* The item says it now. */
void harvested_say(struct harvested *h, const char *identifier, int kind, const char *subject);
/* All that the item said and has not said again since harvested_round is gone, for that reason. */
void harvested_gone(struct harvested *h, const char *identifier, const char *reason);
/* What is said from now on counts for the next harvested_gone. */
void harvested_round(struct harvested *h);

/* The next statement to be retracted, borrowed until the next call; false: none is left. */
bool harvested_next(struct harvested *h, struct harvested_gone *out);
