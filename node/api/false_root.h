/* false_root: index roots that are not what their log's entries give, among the evidence (proto/PROTOCOL.md, clause
 * 8.2).  A file is made when it is asked for, under the newest head: what it rests on is kept, the statement among the
 * entries and what was found beside them.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"

/* Those of one log that its head covers, the newest first, at most FORKS_SHOWN_MAX.  False: the answer is a problem. */
bool false_root_list(struct answer *a, const struct as_of *at, struct index_false_list *out);

/* Where the file about the root at that entry is. */
const char *false_root_href(const struct answer *a, const char *origin, uint64_t index);

/* "index_roots": [...] of the open object. */
void false_root_json(struct answer *a, const struct as_of *at, const struct index_false_list *list, struct json *j);
/* Some lines for each. */
void false_root_text(struct answer *a, const struct index_false_list *list);

/* Make the answer the file about the root at that entry, a decimal; NULL: the newest. */
void false_root_file(struct answer *a, const struct as_of *at, const char *index);
