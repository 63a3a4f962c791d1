/* quick: questions that are answered so fast that handing them over to another thread would cost more.
 *
 * They are told by their shape: the address and the names of what is asked with, not what is asked for.  What questions
 * of a shape took lately is all that is known of the next; whoever answers one must see to it that it cannot take long.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/api/http.h"

enum { QUICK_SHAPES = 64 };

struct quick {
	struct quick_shape {
		uint32_t shape;
		uint32_t mean_ns; /* of what they took, the newest counting most */
		unsigned count;
		bool quick;
	} v[QUICK_SHAPES]; /* by shape: one takes the place of another */
};

/* 0: a request that is never quick. */
uint32_t quick_shape(const struct http_request *request);

/* One of that shape took so long. */
void quick_note(struct quick *q, uint32_t shape, uint64_t spent_ns);

/* Have some been answered, and fast? */
bool quick_is(const struct quick *q, uint32_t shape);
