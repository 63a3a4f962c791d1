#include "node/cli/check.h"

#include "crypto/note.h"

/* The head under the policy, before the entry comes into it: who did not sign is then told apart from what is not
 * included. */
static int check_head(struct check *c, struct err *err)
{
	struct note note;
	c->step = "signature";
	int rc = policy_check(c->policy, c->proof.checkpoint, &c->verdict, err);
	if (rc == OK)
		rc = note_parse(c->proof.checkpoint, &note, err);
	if (rc == OK)
		c->signatures = note.count;
	return rc;
}

static int check_entry(struct check *c, struct bytes envelope, struct bytes payload, struct err *err)
{
	struct hasher *hasher = hasher_new();
	Normlink__Record *record = NULL;
	c->step = "envelope";
	int rc = envelope_parse(envelope, &c->envelope, err);
	if (rc == OK)
		rc = check_head(c, err);
	if (rc == OK) {
		c->step = "inclusion";
		rc = proof_verify(hasher, &c->proof, envelope, c->policy, &c->verdict, err);
	}
	if (rc == OK && c->state == PAYLOAD_PRESENT) {
		c->step = "payload";
		rc = envelope_check(hasher, &c->envelope, payload, err);
	}
	if (rc == OK && c->state == PAYLOAD_PRESENT) {
		c->step = "record";
		rc = payload_open(payload, &c->arena, &record, err);
	}
	c->record = record;
	hasher_free(hasher);
	return rc;
}

int check_proof(struct check *c, struct bytes policy, struct bytes proof, struct err *err)
{
	struct bytes envelope, payload;
	*c = (struct check){ .step = "policy" };
	int rc = policy_parse(policy, &c->policy, err);
	if (rc != OK)
		return rc;
	c->step = "proof";
	rc = proof_parse(proof, &c->proof, err);
	if (rc != OK)
		return rc;
	c->parsed = true;
	c->step = "content";
	if (c->proof.extra.len == 0)
		return err_set(err, ERR_INVALID, "the proof has no extra line, so there is no record in it to check");
	rc = proof_extra_parse(buf_bytes(&c->proof.extra), &c->arena, &envelope, &c->state, &payload, err);
	return rc == OK ? check_entry(c, envelope, payload, err) : rc;
}

void check_close(struct check *c)
{
	policy_free(c->policy);
	if (c->parsed)
		proof_free(&c->proof);
	arena_free(&c->arena);
	*c = (struct check){ 0 };
}
