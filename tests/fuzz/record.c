/* record: serialised records; a valid one goes through its encoding and through JSON unchanged. */
#include "proto/record.h"
#include "node/base/must.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_valid(const Normlink__Record *r, struct arena *arena)
{
	struct buf raw = { 0 }, json = { 0 }, again = { 0 };
	struct err err;
	Normlink__Record *second;
	ProtobufCMessage *third;
	must(record_encode(r, &raw, &err) == OK);
	must(record_decode(buf_bytes(&raw), arena, &second, &err) == OK);
	json_of_message(&r->base, &json);
	must(json_to_message(&normlink__record__descriptor, buf_bytes(&json), arena, &third, &err) == OK);
	message_encode(third, &again);
	must(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	buf_free(&raw);
	buf_free(&json);
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .cap = 16 * 1024 * 1024 };
	struct err err = { 0 };
	Normlink__Record *r = NULL;
	int rc = record_decode(bytes_of(data, size), &arena, &r, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || err.text[0] != '\0');
	if (rc == OK && size < 100 * 1000)
		check_valid(r, &arena);
	arena_free(&arena);
	return 0;
}
