/* policy: C2SP tlog-policy: which logs are accepted, and which witnesses' cosignatures make a
 * checkpoint count.
 *
 * Thread: immutable after parsing.
 */
#pragma once

#include "crypto/note.h"
#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct policy;

/* ERR_INVALID or ERR_LIMIT; the text begins "line N: ".  Gives *out.  Keys of types that are not
 * done here are allowed: such a log never signs, such a witness never cosigns. */
CHECKED int policy_parse(struct bytes text, struct policy **out, struct err *err);
void policy_free(struct policy *p);

/* What the policy lists, in its order; false past the end.  Pointers live as long as the policy; *url is empty when
 * there is none.  A key's type may be one that is not done here. */
bool policy_log(const struct policy *p, size_t i, const struct vkey **key, const char **url);
bool policy_witness(const struct policy *p, size_t i, const char **name, const struct vkey **key, const char **url);

struct policy_witness_seen {
	const char *name; /* as the policy names it; lives as long as the policy */
	const char *key_name;
	uint64_t time_s;
};

struct policy_verdict {
	const struct vkey *log; /* whose signature counted; lives as long as the policy */
	struct policy_witness_seen seen[NOTE_SIGNATURES_MAX];
	size_t seen_count;  /* witnesses of the policy whose cosignature verified */
	const char *quorum; /* the quorum's name, "none" when none is asked */
	uint64_t size;
	struct hash root;
};

/* Is this checkpoint (a whole signed note) valid under the policy?  ERR_UNTRUSTED with the reason; a
 * listed key with a failing signature is that too, even when the quorum would be met without it.
 * ERR_INVALID, ERR_LIMIT: not a checkpoint.  *verdict is filled as far as the check went. */
CHECKED int policy_check(const struct policy *p, struct bytes checkpoint, struct policy_verdict *verdict,
                         struct err *err);

/* Which log of the policy signed this checkpoint?  As policy_check asks it, without the witnesses; *log lives as long
 * as the policy. */
CHECKED int policy_find_log(const struct policy *p, struct bytes checkpoint, const struct vkey **log, struct err *err);
