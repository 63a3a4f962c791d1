/* fuzz: files about what is current.  What is read is written as the same bytes; a way leads to one end at most. */
#include "crypto/current.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hasher *hasher;
	static struct current c;
	struct err err = { 0 };
	struct buf again = { 0 };
	bool found = true;
	if (hasher == NULL)
		hasher = hasher_new();
	int rc = current_parse(bytes_of(data, size), &c, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || err.text[0] != '\0');
	if (rc != OK)
		return 0;
	must(current_begins(bytes_of(data, size)));
	current_write(&c, &again);
	must(bytes_equal(buf_bytes(&again), bytes_of(data, size)));
	/* Nobody finds a file that leads from a root that was there before. */
	struct hash none = { { 0 } };
	must(current_check(hasher, &c, &none, &err) == ERR_UNTRUSTED);
	must(map_verify(hasher, &c.map, &none, &none, &found) == ERR_UNTRUSTED && !found);
	buf_free(&again);
	return 0;
}
