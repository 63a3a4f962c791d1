/* fuzz: evidence files.  What is read holds against no log that did not sign it, whatever the hashes say. */
#include "crypto/evidence.h"
#include "node/base/must.h"

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
