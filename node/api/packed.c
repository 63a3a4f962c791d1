#include "node/api/packed.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"

struct slot {
	struct hash log;
	uint64_t n;
	struct buf bytes; /* empty: nothing is remembered here */
};

struct packed {
	struct slot slots[PACKED_SLOTS];
};

/* Neighbours lie side by side, so that a log that is read from end to end fills all of them.  Digests are random. */
static size_t place_of(const struct hash *log, uint64_t n)
{
	uint32_t first;
	memcpy(&first, log->b, sizeof first);
	return (size_t)((first + n) % PACKED_SLOTS);
}

struct packed *packed_new(void)
{
	struct packed *p = calloc(1, sizeof *p);
	must(p != NULL);
	return p;
}

void packed_free(struct packed *p)
{
	for (size_t i = 0; p != NULL && i < PACKED_SLOTS; i++)
		buf_free(&p->slots[i].bytes);
	free(p);
}

bool packed_find(const struct packed *p, const struct hash *log, uint64_t n, struct buf *out)
{
	const struct slot *s = &p->slots[place_of(log, n)];
	if (s->bytes.len == 0 || s->n != n || !hash_equal(&s->log, log))
		return false;
	buf_add_bytes(out, buf_bytes(&s->bytes));
	return true;
}

void packed_keep(struct packed *p, const struct hash *log, uint64_t n, struct bytes bytes)
{
	if (bytes.len > PACKED_BUNDLE_MAX)
		return;
	struct slot *s = &p->slots[place_of(log, n)];
	buf_free(&s->bytes); /* its room was made for another length */
	buf_add_bytes(&s->bytes, bytes);
	s->log = *log;
	s->n = n;
}
