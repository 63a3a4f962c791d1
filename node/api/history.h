/* history: everything that the logs say about one reference, sorted into who said what, and when.  Private to this
 * room.
 *
 *     reference ──> groups: one for each subject, kind and origin ──> items: that origin's statements, newest first
 *
 * Thread: the caller's; everything lives in the answer's arenas.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/query.h"

struct history_item {
	const struct found *found;
	const char *subject;
	int kind;         /* 0: not told, the record cannot be read */
	uint64_t time_ms; /* 0: not told */
	size_t group;
	enum authority authority; /* its group's */
	bool retracted;           /* takes the statement back */
	bool first;               /* the origin's oldest statement on the subject: "added", the others "revised" */
};

struct history_group {
	const char *subject;
	int kind;
	const char *origin;
	const struct found *current; /* what the origin says now; NULL: nothing */
	size_t count;
	enum authority authority; /* of the origin for this subject */
};

struct history {
	int kind;            /* what was asked for: this kind alone; 0: any */
	const char *subject; /* likewise, in canonical form */
	struct history_item *items;
	size_t count;
	struct history_group *groups; /* newest edition first; within a subject and kind who speaks for it first */
	size_t group_count;
};

/* Ask the view; begins the answer's snapshot.  The parameter kind says what the reference is a subject of: of a log
 * statement as it stands, else a designator.  False: the answer is a problem (a bad reference, nothing known). */
bool history_read(struct answer *a, struct bytes encoded_reference, struct history *out);
/* The same, where it is no problem that nothing is known: then there are no groups. */
bool history_find(struct answer *a, struct bytes encoded_reference, struct history *out);

/* Who signed a head, as far as the head itself tells: nothing here is verified. */
struct history_head {
	uint64_t size;
	struct hash root;
	struct {
		const char *name;
		uint64_t time_s;
	} cosigners[NOTE_SIGNATURES_MAX];
	size_t count;
	size_t mirrors; /* of them by mirrors, going by their names alone */
};

/* False: there is no head, or it cannot be read. */
bool history_head(const struct as_of *at, struct arena *arena, struct history_head *out);
