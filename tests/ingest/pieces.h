/* pieces: a stream that gives a text in pieces of a chosen size, for tests of what reads streams. */
#pragma once

#include <string.h>

#include "node/base/bytes.h"
#include "node/ingest/source.h"

struct pieces {
	struct bytes rest;
	size_t step;
	int end; /* OK, or the code that comes after the last piece */
};

static inline int read_piece(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct pieces *p = arg;
	*got = p->rest.len < p->step ? p->rest.len : p->step;
	*got = *got < room ? *got : room;
	if (*got == 0)
		return p->end == OK ? OK : err_set(err, p->end, "broken");
	memcpy(place, p->rest.data, *got);
	p->rest = bytes_of(p->rest.data + *got, p->rest.len - *got);
	return OK;
}
