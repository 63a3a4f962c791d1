/* tags: how often each of many words occurs, when only so many can be told apart: the first of them in the order of
 * their bytes, whatever the order in which they come.
 * Thread: any; one at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

struct tag_count {
	char *tag;
	uint64_t count;
};

/* Begin with all zero and a limit, end with tags_free. */
struct tags {
	size_t limit; /* above 0 */
	struct tag_count *v;
	size_t count;
	uint64_t others; /* of those that had no room */
};

void tags_add(struct tags *t, struct bytes tag);
void tags_free(struct tags *t);
