/* gzip: a packed body from anybody: never more than the limit, and what was taken can be packed and had back. */
#include "node/api/gzip.h"
#include "node/base/must.h"

enum { MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf plain = { 0 }, packed = { 0 }, again = { 0 };
	struct err err = { 0 };
	int rc = gzip_open(bytes_of(data, size), MAX, &plain, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(plain.len <= MAX && plain.cap <= 4 * MAX);
	if (rc == OK) {
		gzip_pack(buf_bytes(&plain), &packed);
		must(gzip_open(buf_bytes(&packed), plain.len, &again, NULL) == OK);
		must(bytes_equal(buf_bytes(&plain), buf_bytes(&again)));
	} else {
		must(err.text[0] != '\0');
	}
	buf_free(&plain);
	buf_free(&packed);
	buf_free(&again);
	return 0;
}
