/* Answers of somebody else's node to a search: nothing that a trusted log did not sign is verified. */
#include "node/base/must.h"
#include "node/cli/hits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf print = { 0 };
	struct hits hits;
	struct err err;
	int rc = hits_check(bytes_str("quorum none\n"), bytes_of(data, size), size % 2 == 0, &hits, &print, &err);
	must(rc == OK || rc == ERR_PROTOCOL);
	must(hits.verified == 0);
	buf_free(&print);
	return 0;
}
