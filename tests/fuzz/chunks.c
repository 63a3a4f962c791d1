/* fuzz: bodies in chunks.  In pieces of any size the same body comes out as in one piece. */
#include "node/api/chunks.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chunks whole = { 0 }, pieces = { 0 };
	struct buf one = { 0 }, other = { 0 };
	size_t used = 0, taken = 0;
	struct err err = { 0 };
	int rc = chunks_take(&whole, bytes_of(data, size), MAX, &one, &used, &err), again = ERR_NOT_READY;
	must(used <= size && one.len <= MAX && one.len <= size);
	must(rc == OK || rc == ERR_NOT_READY || err.text[0] != '\0');
	for (size_t end = 1; end <= size && again == ERR_NOT_READY; end++) {
		size_t step = 0;
		again = chunks_take(&pieces, bytes_of(data + taken, end - taken), MAX, &other, &step, NULL);
		taken += step;
	}
	must(again == rc);
	must(rc != OK || (taken == used && bytes_equal(buf_bytes(&one), buf_bytes(&other))));
	buf_free(&one);
	buf_free(&other);
	return 0;
}
