/* key_change: key statements as peers tell them, and lists of them as they are kept with a target. */
#include "node/base/must.h"
#include "node/core/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes raw = bytes_of(data, size);
	struct key_change change;
	struct err err = { 0 };
	struct keys keys = { 0 };
	struct key_line line;
	int rc = key_change_open(raw, &change, &err);
	must(rc == OK || err.text[0] != '\0');
	if (rc == OK)
		must(keys_add(&keys, change.index, raw) == (size <= KEY_STATEMENT_MAX));
	else
		must(!keys_add(&keys, 0, raw));
	keys_unpack(&keys, KEY_OF_LOG, rc == OK ? &change.new : &(struct vkey){ .name = "x" }, raw);
	keys_line(&keys, KEY_OF_LOG, &(struct vkey){ .name = "x" }, &line);
	must(line.count == 1);
	keys_free(&keys);
	return 0;
}
