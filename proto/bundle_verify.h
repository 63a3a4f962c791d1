/* bundle_verify: everything that a bundle file says, checked in one pass (proto/PROTOCOL.md, clause 9.3).
 *
 * Parts go in one after another; what is kept of them is a tree for each origin (64 bytes for 256 entries) and its
 * head.  Only when bundle_verify_finish says OK is anything of it to be believed.
 *
 * Knows: keys that the caller trusts, through the callbacks.  Must not know: files, what a node holds.
 * Thread: the owner's.
 */
#pragma once

#include "crypto/evidence.h"
#include "crypto/note.h"
#include "proto/bundle_file.h"
#include "proto/entry.h"

/* Leaf hashes of one bundle that a proof from an older size needs. */
struct bundle_edge {
	uint64_t bundle;
	size_t count;
	struct hash leaves[BUNDLE_ENTRIES];
};

struct bundle_log {
	char origin[NAME_MAX_BYTES + 1];
	const struct vkey *key; /* the log's, as head_cb gave it; NULL: nobody knows this origin */
	uint64_t since, size;
	struct hash root;
	struct buf head;     /* signed note */
	struct buf keys;     /* statements of the log key (clause 2.10) that came with it, unread */
	struct buf evidence; /* an evidence file (clause 8.1); empty: it has not forked */
	uint64_t evidence_smaller, evidence_larger;
	uint64_t present, withheld, redacted;
	uint64_t missing;  /* of the last two those of collection public */
	struct tree *tree; /* goes on from since (tree_resume) */
	struct bundle_edge *edges;
	size_t edge_count;
};

struct bundle {
	struct vkey exporter;
	char node[CODE_MAX + 1];
	uint64_t time_ms;
	struct buf keys; /* statements of the exporter's mirror key, unread */
	struct bundle_log **logs;
	size_t count;
	struct hash digest;
};

/* The caller's knowledge; while head_cb or evidence_cb is asked the log is the last of the result.  All but head_cb and
 * exporter_cb may be NULL. */
struct bundle_trust {
	void *arg;
	/* Is this head one that the origin signed?  OK with *key (which outlives the verifier), ERR_NOT_FOUND when nobody
	 * knows the origin, or why not. */
	int (*head_cb)(void *arg, const char *origin, struct bytes note, const struct vkey **key, struct err *err);
	/* May this key export? */
	int (*exporter_cb)(void *arg, const struct vkey *exporter, struct err *err);
	/* The sizes from which proofs will be asked for; gives how many. */
	size_t (*held_cb)(void *arg, const char *origin, uint64_t sizes[HANDOVER_PROOFS_MAX]);
	/* Did the origin sign both, and do they contradict each other?  NULL: by the key that head_cb gave. */
	int (*evidence_cb)(void *arg, const char *origin, const struct evidence *e, struct err *err);
	/* Each entry in its turn, from since on, with the payload when state is PAYLOAD_PRESENT: it is its envelope's. */
	int (*entry_cb)(void *arg, const char *origin, struct bytes envelope, enum payload_state state,
	                struct bytes payload, struct err *err);
};

struct bundle_verify;

/* Gives a verifier that has seen the first line; borrows trust. */
struct bundle_verify *bundle_verify_new(const struct bundle_trust *trust);
void bundle_verify_free(struct bundle_verify *v);

/* The next part, with its prefix.  ERR_PROTOCOL names the clause; ERR_UNTRUSTED: a signature, digest, root, payload or
 * proof that does not hold; others as the callbacks. */
CHECKED int bundle_verify_part(struct bundle_verify *v, struct bytes framed, struct err *err);

/* The file has ended.  ERR_PROTOCOL: too early. */
CHECKED int bundle_verify_finish(struct bundle_verify *v, struct err *err);

/* What was read; borrowed.  Entries so far, for progress. */
const struct bundle *bundle_verify_result(const struct bundle_verify *v);
uint64_t bundle_verify_entries(const struct bundle_verify *v);

/* ---- proofs from a verified log, for whoever holds some of it ---- */

/* The root of the first old_size entries and the consistency proof to the head.  ERR_NOT_FOUND: before since, or not
 * among the sizes that held_cb gave. */
CHECKED int bundle_log_consistency(struct hasher *h, struct bundle_log *log, uint64_t old_size, struct hash *root,
                                   struct tree_proof *out);

/* Clause 9.4: the proof that the entries from their bundle's first to end (the bundle's, or the head's size) lie in the
 * head's tree.  For bundles at or after the one that since lies in. */
CHECKED int bundle_log_inclusion(struct hasher *h, struct bundle_log *log, uint64_t end, struct tree_proof *out);
