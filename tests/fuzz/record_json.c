/* record_json: JSON that people submit; what is read is written and read again as the same. */
#include "node/base/must.h"
#include "proto/json.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_read(const ProtobufCMessage *m, struct arena *arena)
{
	struct buf json = { 0 }, raw = { 0 }, raw_again = { 0 };
	struct err err;
	ProtobufCMessage *again;
	message_encode(m, &raw);
	json_of_message(m, &json);
	must(json_to_message(&normlink__record__descriptor, buf_bytes(&json), arena, &again, &err) == OK);
	message_encode(again, &raw_again);
	must(bytes_equal(buf_bytes(&raw), buf_bytes(&raw_again)));
	(void)!record_validate((const Normlink__Record *)m, &err);
	buf_free(&json);
	buf_free(&raw);
	buf_free(&raw_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .cap = 16 * 1024 * 1024 };
	struct err err = { 0 };
	ProtobufCMessage *m;
	int rc = json_to_message(&normlink__record__descriptor, bytes_of(data, size), &arena, &m, &err);
	must(rc == OK || ((rc == ERR_INVALID || rc == ERR_LIMIT) && err.text[0] != '\0'));
	if (rc == OK && size < 100 * 1000)
		check_read(m, &arena);
	arena_free(&arena);
	return 0;
}
