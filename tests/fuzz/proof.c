/* fuzz: proof files.  What is read is written as the same bytes; what nobody signed proves nothing. */
#include "crypto/proof.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hasher *hasher;
	static struct policy *policy;
	static struct policy_verdict verdict;
	struct proof proof;
	struct err err;
	struct buf again = { 0 };
	struct hash leaf = { { 0 } };
	if (hasher == NULL) {
		hasher = hasher_new();
		must(policy_parse(bytes_str("quorum none\n"), &policy, &err) == OK);
	}
	if (proof_parse(bytes_of(data, size), &proof, &err) != OK)
		return 0;
	proof_write(buf_bytes(&proof.extra), proof.index, &proof.path, proof.checkpoint, &again);
	must(bytes_equal(buf_bytes(&again), bytes_of(data, size)));
	must(proof_verify(hasher, &proof, bytes_str("entry"), policy, &verdict, &err) != OK);
	/* The path on its own, at sizes that nothing bounds. */
	if (proof.index < UINT64_MAX)
		must(tree_verify(hasher, proof.path.hashes, proof.path.count, proof.index, proof.index + 1, UINT64_MAX, &leaf,
		                 &leaf) == ERR_UNTRUSTED);
	buf_free(&again);
	proof_free(&proof);
	return 0;
}
