/* envelope: entries of other people's logs, and the extra line of proof files. */
#include "node/base/must.h"
#include "proto/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes raw = bytes_of(data, size), envelope, payload;
	struct arena arena = { .cap = 4 * 1024 * 1024 };
	struct envelope e;
	enum payload_state state;
	struct err err;
	if (envelope_parse(raw, &e, &err) == OK)
		must(e.collection[0] != '\0' && e.payload_size >= 1 && e.payload_size <= PAYLOAD_MAX);
	if (proof_extra_parse(raw, &arena, &envelope, &state, &payload, &err) == OK)
		must(envelope.len <= ENVELOPE_MAX && payload.len <= PAYLOAD_MAX &&
		     (payload.len > 0) == (state == PAYLOAD_PRESENT));
	arena_free(&arena);
	return 0;
}
