/* fuzz: verifier and signing keys.  A key that is read is written as the same text. */
#include "crypto/encode.h"
#include "crypto/key.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct buf again = { 0 };
	struct vkey key;
	struct skey *secret;
	struct err err;
	int rc = vkey_parse(text, &key, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_UNSUPPORTED);
	if (rc != ERR_INVALID)
		must(key_name_check(bytes_str(key.name), NULL) == OK);
	if (rc == OK) {
		vkey_write(&key, &again);
		must(bytes_equal(buf_bytes(&again), text));
		buf_reset(&again);
	}
	if (skey_parse(text, &secret, &err) == OK) {
		skey_write(secret, &again);
		must(bytes_equal(buf_bytes(&again), text));
		skey_free(secret);
	}
	secret_free(&again);
	return 0;
}
