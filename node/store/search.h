/* search: the two questions that look for records: by words and filters, and by subject.
 *
 * A query whose words are a reference of a known family ("GB/T19001") gives that standard first.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says of search and subject. */
CHECKED int search_words(struct store *s, const struct query *query, struct arena *arena, struct found_list *out,
                         struct err *err);
CHECKED int search_subject(struct store *s, int kind, const char *subject, struct arena *arena, struct found_list *out,
                           struct err *err);
