/* submission: what authors send, as protobuf and as JSON.  What is read says the same when it is written again. */
#include <string.h>

#include "node/base/must.h"
#include "proto/author.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int json = 0; json < 2; json++) {
		struct arena arena = { 0 };
		struct bytes record, again;
		struct author_line line, back;
		struct err err = { 0 };
		struct buf out = { 0 };
		int rc = author_sent_read(bytes_of(data, size), json, &arena, &record, &line, &err);
		must(rc == OK || ((rc == ERR_INVALID || rc == ERR_LIMIT) && err.text[0] != '\0'));
		if (rc == OK) {
			author_payload_write(record, NULL, &line, 1, &out);
			must(author_sent_read(buf_bytes(&out), false, &arena, &again, &back, &err) == OK);
			must(bytes_equal(record, again) && strcmp(line.author, back.author) == 0);
			must(bytes_equal(line.signature, back.signature) && line.algorithm == back.algorithm);
		}
		buf_free(&out);
		arena_free(&arena);
	}
	return 0;
}
