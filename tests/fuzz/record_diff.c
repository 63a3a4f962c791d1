/* record_diff: two records, the first with its length before it; one is no change to itself, and what differs is told
 * as JSON at a path. */
#include "proto/record_diff.h"
#include "node/base/must.h"
#include "proto/json.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *arg, const struct difference *d)
{
	must(d->path[0] != '\0' && (d->before.len > 0 || d->after.len > 0));
	must(!bytes_equal(d->before, d->after));
	++*(size_t *)arg;
}

static Normlink__Record *decode(struct bytes raw, struct arena *arena)
{
	ProtobufCMessage *message = NULL;
	if (message_decode(&normlink__record__descriptor, raw, arena, &message, NULL) != OK)
		return NULL;
	return (Normlink__Record *)message;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .cap = 16 * 1024 * 1024 };
	size_t len = size >= 2 ? (size_t)data[0] << 8 | data[1] : 0, changes = 0;
	if (size < 2 || len > size - 2)
		return 0;
	const Normlink__Record *a = decode(bytes_of(data + 2, len), &arena);
	const Normlink__Record *b = decode(bytes_of(data + 2 + len, size - 2 - len), &arena);
	if (a != NULL && b != NULL) {
		record_diff(&a->base, &a->base, check, &changes);
		must(changes == 0);
		record_diff(&a->base, &b->base, check, &changes);
	}
	arena_free(&arena);
	return 0;
}
