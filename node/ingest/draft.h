/* draft: a record while it is put together from foreign facts.
 *
 * What cannot be a fact of the record is left out and counted; what is odd and can be kept is kept and flagged
 * (proto/README.md, clause 2.14), once for each sort of oddity.
 *
 * Knows: the record's fields and their limits.  Must not know: formats.  Thread: any; everything lives in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/designator.h"
#include "proto/message.h"
#include "proto/record.h"

struct draft {
	struct arena *arena;
	Normlink__Record record;
	Normlink__Standard standard;
	struct designator name;
	uint64_t warnings;
};

/* An empty record of a standard.  The draft must stay where it is. */
void draft_begin(struct draft *d, struct arena *arena);

/* Its subject, from a reference as somebody wrote it.  ERR_INVALID. */
CHECKED int draft_name(struct draft *d, struct bytes written, struct err *err);

/* Where the reference alone says it: the level, and the region (issuer.h).  Fields that are there stay. */
void draft_scope(struct draft *d);

/* A text, when it has one of at most TEXT_MAX; else a warning. */
void draft_text(struct draft *d, int role, const char *lang, struct bytes value);

/* One more of a list of codes or names, once each; empty, too long or one too many is a warning. */
void draft_ics(struct draft *d, struct bytes code);
void draft_ccs(struct draft *d, struct bytes code);
void draft_committee(struct draft *d, struct bytes name);
void draft_language(struct draft *d, struct bytes tag);

/* A one-line text into a field: empty leaves it alone; too long is a warning. */
void draft_label(struct draft *d, char **field, struct bytes value);

/* A date that is one, else a warning. */
void draft_event(struct draft *d, int type, struct bytes date);

/* Another standard, as somebody wrote it.  False, and a warning: it cannot be read, or is the subject itself. */
bool draft_target(struct draft *d, struct bytes written, struct designator *out);

/* Once each.  target is canonical and copied; degree 0: not known. */
void draft_link(struct draft *d, int type, const char *target);
void draft_adopts(struct draft *d, int degree, const char *target);

/* Flag something.  found is cut to what fits. */
void draft_oddity(struct draft *d, int type, const char *field, const char *found);

/* Flag what the facts say against each other: texts and their languages, dates and their order. */
void draft_look(struct draft *d);

/* An ISO/IEC Guide 21 code in any case of letters, with nothing else; 0. */
int degree_of_text(struct bytes text);

/* Is it a script of ISO 15924? */
bool script_known(const char *code);

/* Room for one more in a list of pointers that lives in an arena and has count now. */
void *list_room(struct arena *arena, void *list, size_t count);
#define LIST_ADD(arena, list, count, item)                                                                             \
	do {                                                                                                               \
		(list) = list_room(arena, list, count);                                                                        \
		(list)[(count)++] = (item);                                                                                    \
	} while (0)
