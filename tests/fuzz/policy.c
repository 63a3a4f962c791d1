/* fuzz: policies.  Whatever is read can judge a checkpoint; whatever is not says in which line. */
#include "crypto/policy.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char checkpoint[] =
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 "
	    "example.com/behind-the-sofa "
	    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
	static struct policy_verdict verdict;
	struct policy *policy = NULL;
	struct err err = { 0 };
	int rc = policy_parse(bytes_of(data, size), &policy, &err);
	if (rc != OK) {
		must(policy == NULL && (rc == ERR_INVALID || rc == ERR_LIMIT) && memcmp(err.text, "line ", 5) == 0);
		return 0;
	}
	/* Nobody's key has signed that head. */
	must(policy_check(policy, bytes_str(checkpoint), &verdict, &err) == ERR_UNTRUSTED);
	policy_free(policy);
	return 0;
}
