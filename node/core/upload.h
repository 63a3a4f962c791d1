/* upload: entries of another's log that somebody brings to be mirrored: C2SP tlog-mirror (draft, commit 5ba5ee8),
 * "add-entries", once its bytes have been read.
 *
 * Thread: any; immutable after reading.
 */
#pragma once

#include "crypto/tree.h"
#include "node/base/arena.h"
#include "node/base/bytes.h"

/* Entries that end with a bundle or with the upload, and the proof that they lie in the tree of its end. */
struct upload_package {
	const struct bytes *entries; /* at most ENTRY_MAX bytes each */
	size_t count;
	struct tree_proof proof; /* of the subtree from the bundle's first entry to the package's last */
};

struct upload {
	char origin[NAME_MAX_BYTES + 1];
	uint64_t start, end;
	struct upload_package *packages; /* a beginning of those that [start, end) is cut into */
	size_t count;                    /* at most UPLOAD_PACKAGES_MAX */
	struct arena arena;              /* owns the packages; entries borrow the request's body */
};
