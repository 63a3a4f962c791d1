#include "node/api/heads.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/buf.h"
#include "node/base/must.h"

struct heads {
	struct buf hashed; /* what was hashed last, */
	struct hash digest;
	struct buf spare; /* and room for the next */
};

struct heads *heads_new(void)
{
	struct heads *known = calloc(1, sizeof *known);
	must(known != NULL);
	return known;
}

void heads_free(struct heads *known)
{
	if (known != NULL) {
		buf_free(&known->hashed);
		buf_free(&known->spare);
	}
	free(known);
}

/* With its length before it, so that nothing runs into its neighbour. */
static void add(struct buf *out, struct bytes part)
{
	uint64_t len = part.len;
	buf_add(out, &len, sizeof len);
	buf_add_bytes(out, part);
}

static void add_log(struct buf *out, const struct as_of *at)
{
	uint64_t numbers[4] = { at->size, (uint64_t)at->fork, at->head_size, at->index_differs };
	add(out, bytes_str(at->origin));
	buf_add(out, numbers, sizeof numbers);
	buf_add(out, at->root.b, HASH_SIZE);
	add(out, at->head);
	add(out, at->cosigned);
}

struct hash heads_digest(struct heads *known, struct hasher *hasher, const struct as_of *logs, size_t count)
{
	struct heads own = { 0 };
	struct heads *k = known != NULL ? known : &own;
	buf_reset(&k->spare);
	for (size_t i = 0; i < count; i++)
		add_log(&k->spare, &logs[i]);
	if (k->hashed.len == 0 || !bytes_equal(buf_bytes(&k->hashed), buf_bytes(&k->spare))) {
		struct buf last = k->hashed;
		k->hashed = k->spare;
		k->spare = last;
		k->digest = hash_sum(hasher, buf_bytes(&k->hashed));
	}
	buf_free(&own.hashed);
	buf_free(&own.spare);
	return k->digest;
}
