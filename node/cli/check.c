#include "node/cli/check.h"

#include <stdio.h>
#include <string.h>

#include "crypto/author_key.h"
#include "crypto/note.h"

/* Does the policy have a key of the log that this head is of, though none that signed it? */
static bool names_log(struct bytes policy, struct bytes origin)
{
	static const char word[] = "log";
	while (policy.len > 0) {
		const uint8_t *end = memchr(policy.data, '\n', policy.len);
		size_t len = end != NULL ? (size_t)(end - policy.data) : policy.len, at = sizeof word - 1;
		bool is_log = len > at && memcmp(policy.data, word, at) == 0;
		while (at < len && (policy.data[at] == ' ' || policy.data[at] == '\t'))
			at++;
		if (is_log && len - at > origin.len && memcmp(policy.data + at, origin.data, origin.len) == 0 &&
		    policy.data[at + origin.len] == '+')
			return true;
		size_t used = end != NULL ? len + 1 : len;
		policy = bytes_of(policy.data + used, policy.len - used);
	}
	return false;
}

/* A log's key may have changed since the policy was made (clause 2.10). */
static int explain(const struct check *c, struct bytes policy, int rc, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	char why[ERR_TEXT_MAX];
	if (rc != ERR_UNTRUSTED || c->verdict.log != NULL || note_parse(c->proof.checkpoint, &note, NULL) != OK ||
	    checkpoint_parse(note.text, &cp, NULL) != OK || !names_log(policy, cp.origin))
		return rc;
	(void)snprintf(why, sizeof why, "%s", err->text);
	return err_set(err, rc,
	               "%s; the policy has another key of that log: it may have changed, and normlink policy DIR makes a "
	               "new one",
	               why);
}

/* As policy_check, but for the witnesses. */
static int find_log(struct check *c, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	c->verdict = (struct policy_verdict){ .quorum = "none" };
	int rc = policy_find_log(c->policy, c->proof.checkpoint, &c->verdict.log, err);
	if (rc == OK)
		rc = checkpoint_read(c->proof.checkpoint, &note, &cp, err);
	if (rc != OK)
		return rc;
	c->verdict.size = cp.size;
	c->verdict.root = cp.root;
	return OK;
}

/* The head under the policy, before the entry comes into it: who did not sign is then told apart from what is not
 * included. */
static int check_head(struct check *c, struct bytes policy, struct err *err)
{
	struct note note;
	c->step = "signature";
	int rc = c->log_alone ? find_log(c, err) : policy_check(c->policy, c->proof.checkpoint, &c->verdict, err);
	rc = explain(c, policy, rc, err);
	if (rc == OK)
		rc = note_parse(c->proof.checkpoint, &note, err);
	if (rc == OK)
		c->signatures = note.count;
	return rc;
}

static int check_entry(struct check *c, struct bytes policy, struct err *err)
{
	struct hasher *hasher = hasher_new();
	Normlink__Record *record = NULL;
	c->step = "envelope";
	int rc = envelope_parse(c->entry, &c->envelope, err);
	if (rc == OK)
		rc = check_head(c, policy, err);
	if (rc == OK) {
		c->step = "inclusion";
		rc = proof_includes(hasher, &c->proof, c->entry, c->verdict.size, &c->verdict.root, err);
	}
	if (rc == OK && c->state == PAYLOAD_PRESENT) {
		c->step = "payload";
		rc = envelope_check(hasher, &c->envelope, c->payload, err);
	}
	if (rc == OK && c->state == PAYLOAD_PRESENT) {
		c->step = "record";
		rc = payload_open(c->payload, &c->arena, &record, err);
		/* Key statements are signed by what they are about: that is not authorship. */
		if (rc == OK && !kind_about_log((int)record->kind))
			rc = author_payload_read(c->payload, &c->arena, &c->record_bytes, &c->authors, &c->author_count, err);
	}
	c->record = record;
	hasher_free(hasher);
	return rc;
}

static int check(struct check *c, struct bytes policy, struct bytes proof, struct err *err)
{
	c->step = "policy";
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
	rc = proof_extra_parse(buf_bytes(&c->proof.extra), &c->arena, &c->entry, &c->state, &c->payload, err);
	return rc == OK ? check_entry(c, policy, err) : rc;
}

int check_proof(struct check *c, struct bytes policy, struct bytes proof, struct err *err)
{
	*c = (struct check){ 0 };
	return check(c, policy, proof, err);
}

int check_signed(struct check *c, struct bytes policy, struct bytes proof, struct err *err)
{
	*c = (struct check){ .log_alone = true };
	return check(c, policy, proof, err);
}

bool check_author(const struct author_line *author, struct bytes record, struct bytes spki)
{
	uint8_t id[AUTHOR_KEY_ID_SIZE];
	struct buf message = { 0 };
	author_key_id(spki, id);
	author_message(record, &message);
	bool good =
	    bytes_equal(author->key_id, bytes_of(id, sizeof id)) &&
	    author_verify((enum author_algorithm)author->algorithm, spki, buf_bytes(&message), author->signature) == OK;
	buf_free(&message);
	return good;
}

void check_close(struct check *c)
{
	policy_free(c->policy);
	if (c->parsed)
		proof_free(&c->proof);
	arena_free(&c->arena);
	*c = (struct check){ 0 };
}
