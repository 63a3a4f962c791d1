#include "node/cli/verify_fork.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "crypto/evidence.h"
#include "node/api/text.h"
#include "node/cli/refusal.h"
#include "proto/json.h"

struct judged {
	const char *step; /* that failed */
	struct hasher *hasher;
	struct policy *policy;
	struct evidence evidence;
	const struct vkey *log;
};

static int judge(struct judged *j, struct bytes policy, struct bytes file, struct err *err)
{
	j->step = "policy";
	int rc = policy_parse(policy, &j->policy, err);
	if (rc != OK)
		return rc;
	j->step = "evidence";
	rc = evidence_parse(file, &j->evidence, err);
	if (rc == OK) {
		j->step = "signature";
		rc = policy_find_log(j->policy, j->evidence.smaller, &j->log, err);
	}
	if (rc == OK)
		rc = policy_find_log(j->policy, j->evidence.larger, &j->log, err);
	if (rc == OK) {
		j->step = "contradiction";
		rc = evidence_judge(j->hasher, &j->evidence, j->policy, &j->log, err);
	}
	return rc;
}

/* ---- what is printed ---- */

static const char *base64_of(const struct hash *hash, struct buf *out)
{
	buf_reset(out);
	base64_add(out, bytes_of(hash->b, HASH_SIZE));
	return buf_str(out);
}

static const char *sha256_of(const struct judged *j, struct bytes file, struct buf *out)
{
	struct hash digest = hash_sum(j->hasher, file);
	buf_reset(out);
	hex_add(out, bytes_of(digest.b, HASH_SIZE));
	return buf_str(out);
}

static void put_head(struct json *json, const char *key, uint64_t size, const struct hash *root, struct buf *scratch)
{
	json_key(json, key);
	json_object_begin(json);
	json_put_u64(json, "size", size);
	json_put_text(json, "root", base64_of(root, scratch));
	json_object_end(json);
}

static void print_json(const struct judged *j, struct bytes file)
{
	const struct evidence *e = &j->evidence;
	struct buf out = { 0 }, text = { 0 };
	struct json json = { .out = &out };
	json_object_begin(&json);
	json_put_bool(&json, "verified", true);
	json_put_text(&json, "forked", e->origin);
	put_head(&json, "smaller", e->smaller_size, &e->smaller_root, &text);
	put_head(&json, "larger", e->larger_size, &e->larger_root, &text);
	put_head(&json, "of_larger", e->smaller_size, &e->root, &text);
	buf_reset(&text);
	vkey_write(j->log, &text);
	json_put_text(&json, "log_key", buf_str(&text));
	json_put_text(&json, "sha256", sha256_of(j, file, &text));
	json_object_end(&json);
	(void)puts(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

static void print_text(const struct judged *j, struct bytes file)
{
	const struct evidence *e = &j->evidence;
	struct buf out = { 0 }, text = { 0 };
	buf_add_str(&out, "verified offline: ");
	text_put(&out, e->origin);
	buf_add_str(&out, " has signed two histories\n\n");
	buf_printf(&out, "  signed       %" PRIu64 " entries  root %s\n", e->smaller_size,
	           base64_of(&e->smaller_root, &text));
	buf_printf(&out, "  and signed   %" PRIu64 " entries  root %s\n", e->larger_size,
	           base64_of(&e->larger_root, &text));
	if (e->smaller_size < e->larger_size)
		buf_printf(&out, "  whose first  %" PRIu64 " entries  root %s, by %zu hashes\n", e->smaller_size,
		           base64_of(&e->root, &text), e->proof.count);
	buf_reset(&text);
	vkey_write(j->log, &text);
	buf_add_str(&out, "  signed by    ");
	text_put(&out, buf_str(&text));
	buf_printf(&out, ": both\n  SHA-256      %s\n", sha256_of(j, file, &text));
	(void)fputs(buf_str(&out), stdout);
	buf_free(&text);
	buf_free(&out);
}

int verify_fork(struct bytes policy, struct bytes file, bool json)
{
	struct judged j = { .hasher = hasher_new() };
	struct err err = { 0 };
	int code = 0;
	if (judge(&j, policy, file, &err) != OK)
		code = refusal_tell(j.step, &err, json);
	else if (json)
		print_json(&j, file);
	else
		print_text(&j, file);
	policy_free(j.policy);
	hasher_free(j.hasher);
	return code;
}
