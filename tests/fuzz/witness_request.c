/* fuzz: requests to a witness, and its answers.  What is read is written again as it came. */
#include "crypto/witness_request.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_answers(struct bytes body)
{
	static const struct vkey nobody = { .name = "witness.example/w", .id = 1, .type = KEY_COSIGNATURE };
	struct buf line = { 0 };
	uint64_t number;
	if (witness_size_parse(body, &number, NULL) == OK) {
		struct buf again = { 0 };
		buf_printf(&again, "%llu\n", (unsigned long long)number);
		must(bytes_equal(buf_bytes(&again), body));
		buf_free(&again);
	}
	must(witness_lines_parse(body, bytes_str("example.com/log\n1\nx\n"), &nobody, &line, &number, NULL) != OK);
	must(line.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct witness_request request;
	struct bytes body = bytes_of(data, size);
	struct buf again = { 0 };
	struct err err = { 0 };
	int rc = witness_request_parse(body, &request, &err);
	must(rc == OK || ((rc == ERR_INVALID || rc == ERR_LIMIT) && err.text[0] != '\0'));
	if (rc == OK) {
		witness_request_write(request.old_size, &request.proof, request.checkpoint, &again);
		must(bytes_equal(buf_bytes(&again), body));
	}
	buf_free(&again);
	try_answers(body);
	return 0;
}
