/* frame: the bytes of a link, split into frames and decoded. */
#include "proto/frame.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(struct bytes raw)
{
	struct arena arena = { .cap = 16 * 1024 * 1024 };
	struct err err = { 0 };
	Normlink__Frame *f = NULL;
	int rc = frame_decode(raw, &arena, &f, &err);
	must(rc == OK || rc == ERR_PROTOCOL || rc == ERR_UNSUPPORTED);
	must(rc == OK || err.text[0] != '\0');
	must(rc == ERR_PROTOCOL || f != NULL);
	if (rc == OK) {
		struct buf again = { 0 };
		message_encode(&f->base, &again);
		Normlink__Frame *second = NULL;
		must(frame_decode(buf_bytes(&again), &arena, &second, &err) == OK || again.len > raw.len);
		buf_free(&again);
	}
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size), frame;
	size_t used;
	struct err err;
	decode(rest);
	while (frame_split(rest, &frame, &used, &err) == OK) {
		must(used <= rest.len && frame.len + FRAME_PREFIX == used);
		decode(frame);
		rest = bytes_of(rest.data + used, rest.len - used);
	}
	return 0;
}
