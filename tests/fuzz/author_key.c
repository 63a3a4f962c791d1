/* author_key: public keys from outside, and signatures beside them.  A signature is what follows the key. */
#include "crypto/author_key.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum author_algorithm algorithm, again;
	struct buf spki = { 0 };
	struct err err = { 0 };
	size_t len = size < 44 ? size : data[1] == 0x2a ? 44 : size < AUTHOR_SPKI_MAX ? size : AUTHOR_SPKI_MAX;
	int rc = author_key_check(bytes_of(data, len), &algorithm, &err);
	must(rc == OK || err.text[0] != '\0');
	for (int a = 0; a <= AUTHOR_SM2_SM3; a++) {
		int good = author_verify((enum author_algorithm)a, bytes_of(data, len), bytes_str("x"),
		                         bytes_of(data + len, size - len));
		must(good == ERR_UNTRUSTED || (rc == OK && a == (int)algorithm));
	}
	/* What is read from a file is a key, and the same one when it was in that form already. */
	if (author_key_read(bytes_of(data, len), &again, &spki, NULL) == OK) {
		must(author_key_check(buf_bytes(&spki), &algorithm, NULL) == OK && algorithm == again);
		must(rc != OK || bytes_equal(buf_bytes(&spki), bytes_of(data, len)));
	}
	buf_free(&spki);
	return 0;
}
