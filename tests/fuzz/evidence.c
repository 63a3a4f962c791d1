/* fuzz: evidence files of both kinds.  What is read holds against no log that did not sign it, whatever the hashes say.
 */
#include "crypto/evidence.h"
#include "crypto/index_evidence.h"
#include "crypto/proof.h"
#include "node/base/must.h"
#include "node/cli/check_root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of what was written by us, every byte is the reader's. */
static void check_again(const struct evidence *e, struct bytes raw)
{
	struct buf again = { 0 };
	struct note note;
	struct vkey log = { .type = KEY_ED25519 };
	must(note_parse(e->smaller, &note, NULL) == OK);
	memcpy(log.name, note.signatures[0].name.data, note.signatures[0].name.len);
	log.id = note.signatures[0].id;
	struct bytes smaller_name = note.signatures[0].name;
	bool alone = note.count == 1;
	must(note_parse(e->larger, &note, NULL) == OK);
	alone = alone && note.count == 1 && note.signatures[0].id == log.id &&
	        bytes_equal(note.signatures[0].name, smaller_name);
	if (!alone)
		return;
	evidence_write(&log, &log, e->smaller, e->larger, &e->root, e->proof.hashes, e->proof.count, &again);
	must(bytes_equal(buf_bytes(&again), raw));
	buf_free(&again);
}

/* What is read is written as the same bytes. */
static void write_again(const struct index_evidence *e, struct bytes raw)
{
	struct buf again = { 0 };
	struct proof proof;
	struct err err = { 0 };
	must(proof_parse(e->proof, &proof, &err) == OK);
	must(index_evidence_write(e->keys, &e->root, buf_bytes(&proof.extra), proof.index, &proof.path, proof.checkpoint,
	                          &again, &err) == OK);
	must(bytes_equal(buf_bytes(&again), raw));
	proof_free(&proof);
	buf_free(&again);
}

/* The log of the specification's example: what it signed holds; its first entry is an index root that is false. */
static const char policy_text[] = "log sac.example/log+bbdce399+Ac7MFQfcHd1ylZUcKQiI8JWtuQRNG3PWlubfBl1oO9T8\n"
                                  "quorum none\n";

static void look_at_root(struct bytes raw)
{
	static struct check_root c;
	struct index_evidence e;
	struct err err = { 0 };
	int rc = index_evidence_parse(raw, &e, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || err.text[0] != '\0');
	if (rc == OK) {
		must(index_evidence_begins(raw));
		write_again(&e, raw);
	}
	int checked = check_root(&c, bytes_str(policy_text), raw, &err);
	must(checked != OK || rc == OK);
	if (checked == OK && c.statement.proof.index == 0) {
		struct recount *r = recount_new(0);
		rc = check_root_recounted(&c, r, &err);
		must((rc == OK) == c.recounted && (rc != OK || e.keys == 0));
		recount_free(r);
	}
	check_root_close(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hasher *hasher;
	static struct policy *policy;
	struct evidence e;
	struct err err = { 0 };
	const struct vkey *log = NULL;
	if (hasher == NULL) {
		hasher = hasher_new();
		must(policy_parse(bytes_str("quorum none\n"), &policy, &err) == OK);
	}
	struct bytes raw = bytes_of(data, size);
	look_at_root(raw);
	int rc = evidence_parse(raw, &e, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || err.text[0] != '\0');
	if (rc != OK)
		return 0;
	must(evidence_begins(raw) && e.smaller_size >= 1 && e.smaller_size <= e.larger_size);
	check_again(&e, raw);
	must(evidence_judge(hasher, &e, policy, &log, &err) != OK && log == NULL);
	struct vkey nobody = { .name = "nobody.example/log", .id = 1, .type = KEY_ED25519 };
	must(evidence_verify(hasher, &e, &nobody, &err) != OK);
	return 0;
}
