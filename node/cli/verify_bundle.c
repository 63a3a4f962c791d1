#include "node/cli/verify_bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/text.h"
#include "node/base/must.h"
#include "node/cli/meter.h"
#include "node/cli/refusal.h"
#include "node/cli/signers.h"
#include "proto/json.h"

struct bundle_check {
	const char *step; /* the one at work */
	struct policy *policy;
	struct policy_verdict *verdicts; /* one for each log, in the file's order */
	size_t count;
	struct bundle_verify *verify;
	struct meter meter;
};

/* ---- whom the policy trusts ---- */

static int trust_head(void *arg, const char *origin, struct bytes raw, const struct vkey **key, struct err *err)
{
	struct bundle_check *c = arg;
	c->verdicts = realloc(c->verdicts, (c->count + 1) * sizeof *c->verdicts);
	must(c->verdicts != NULL);
	struct policy_verdict *v = &c->verdicts[c->count++];
	int rc = policy_check(c->policy, raw, v, err);
	*key = v->log;
	return rc == OK ? OK : err_wrap(err, rc, "%s", origin);
}

static int trust_evidence(void *arg, const char *origin, const struct evidence *e, struct err *err)
{
	const struct bundle_check *c = arg;
	const struct vkey *unused;
	struct hasher *hasher = hasher_new();
	(void)origin;
	int rc = evidence_judge(hasher, e, c->policy, &unused, err);
	hasher_free(hasher);
	return rc;
}

/* A policy names logs and witnesses: what a stranger exported may be true all the same.  It is said whose key it is. */
static int trust_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	(void)arg, (void)exporter, (void)err;
	return OK;
}

/* The policy's name for the exporter; NULL: none. */
static const char *exporter_name(const struct bundle_check *c)
{
	const struct vkey *exporter = &bundle_verify_result(c->verify)->exporter, *key;
	const char *name, *url;
	for (size_t i = 0; policy_witness(c->policy, i, &name, &key, &url); i++)
		if (memcmp(key->key, exporter->key, KEY_SIZE) == 0 && strcmp(key->name, exporter->name) == 0)
			return name;
	return NULL;
}

static size_t count_signatures(const struct bundle_log *l)
{
	struct note note;
	return note_parse(buf_bytes(&l->head), &note, NULL) == OK ? note.count : 0;
}

/* ---- text ---- */

static void put_log(const struct bundle_check *c, size_t i, struct buf *out)
{
	const struct bundle_log *l = bundle_verify_result(c->verify)->logs[i];
	buf_add_char(out, '\n');
	text_put(out, l->origin);
	buf_printf(out, "\n  tree         size %" PRIu64 "  root ", l->size);
	base64_add(out, bytes_of(l->root.b, HASH_SIZE));
	if (l->since > 0)
		buf_printf(out, "\n  entries      %" PRIu64 ", those after the first %" PRIu64, l->size - l->since, l->since);
	else
		buf_printf(out, "\n  entries      %" PRIu64 ", all of them", l->size);
	buf_printf(out,
	           "\n  contents     %" PRIu64 ", as the entries say; %" PRIu64 " withheld, %" PRIu64
	           " redacted; of these public: %" PRIu64 "\n",
	           l->present, l->withheld, l->redacted, l->missing);
	signers_put(&c->verdicts[i], count_signatures(l), out);
	if (l->evidence.len > 0)
		buf_printf(out,
		           "  FORKED       its signed heads of %" PRIu64 " and %" PRIu64
		           " entries cannot both be true: the proof is in the bundle\n",
		           l->evidence_smaller, l->evidence_larger);
}

static void print_text(const struct bundle_check *c)
{
	const struct bundle *file = bundle_verify_result(c->verify);
	const char *name = exporter_name(c);
	struct buf out = { 0 };
	char time[40];
	buf_printf(&out, "verified offline: bundle of %zu %s, %" PRIu64 " entries\n\n", file->count,
	           file->count == 1 ? "log" : "logs", bundle_verify_entries(c->verify));
	buf_add_str(&out, "  exported by  ");
	text_put(&out, file->exporter.name);
	buf_printf(&out, "+%08" PRIx32 ", node %s", file->exporter.id, file->node);
	buf_add_str(&out, name != NULL ? ", a witness of the policy: " : "; the policy does not name it");
	text_put(&out, name != NULL ? name : "");
	buf_printf(&out, "\n  exported     %s (its word for it)\n  SHA-256      ",
	           signers_utc(file->time_ms / 1000, false, time));
	hex_add(&out, bytes_of(file->digest.b, HASH_SIZE));
	buf_add_str(&out, " of everything before the signature\n");
	for (size_t i = 0; i < file->count; i++)
		put_log(c, i, &out);
	(void)fputs(buf_str(&out), stdout);
	buf_free(&out);
}

/* ---- JSON ---- */

static void put_log_json(const struct bundle_check *c, size_t i, struct json *j)
{
	const struct bundle_log *l = bundle_verify_result(c->verify)->logs[i];
	const struct policy_verdict *v = &c->verdicts[i];
	struct buf root = { 0 };
	base64_add(&root, bytes_of(l->root.b, HASH_SIZE));
	json_object_begin(j);
	json_put_text(j, "origin", l->origin);
	json_put_u64(j, "since", l->since);
	json_put_u64(j, "tree_size", l->size);
	json_put_text(j, "root", buf_str(&root));
	json_put_u64(j, "present", l->present);
	json_put_u64(j, "withheld", l->withheld);
	json_put_u64(j, "redacted", l->redacted);
	json_put_u64(j, "missing", l->missing);
	json_put_bool(j, "forked", l->evidence.len > 0);
	signers_json(v, j);
	json_object_end(j);
	buf_free(&root);
}

static void print_json(const struct bundle_check *c)
{
	const struct bundle *file = bundle_verify_result(c->verify);
	struct buf out = { 0 }, text = { 0 };
	struct json j = { .out = &out };
	char time[40];
	json_object_begin(&j);
	json_put_bool(&j, "verified", true);
	vkey_write(&file->exporter, &text);
	json_put_text(&j, "exporter", buf_str(&text));
	if (exporter_name(c) != NULL)
		json_put_text(&j, "exporter_name", exporter_name(c));
	json_put_text(&j, "node", file->node);
	json_put_text(&j, "exported", signers_utc(file->time_ms / 1000, true, time));
	buf_reset(&text);
	hex_add(&text, bytes_of(file->digest.b, HASH_SIZE));
	json_put_text(&j, "sha256", buf_str(&text));
	json_put_u64(&j, "entries", bundle_verify_entries(c->verify));
	json_key(&j, "logs");
	json_array_begin(&j);
	for (size_t i = 0; i < file->count; i++)
		put_log_json(c, i, &j);
	json_array_end(&j);
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

/* ---- the work ---- */

static void show_progress(void *arg, uint64_t entries)
{
	meter_work(arg, "entries verified", entries, 0);
}

static int check(struct bundle_check *c, struct bytes policy, struct bundle_input *in, struct err *err)
{
	const struct bundle_trust trust = {
		.arg = c, .head_cb = trust_head, .exporter_cb = trust_exporter, .evidence_cb = trust_evidence
	};
	c->step = "policy";
	int rc = policy_parse(policy, &c->policy, err);
	if (rc != OK)
		return rc;
	c->step = "bundle";
	c->verify = bundle_verify_new(&trust);
	rc = bundle_input_verify(in, c->verify, show_progress, &c->meter, err);
	meter_clear(&c->meter);
	return rc;
}

int verify_bundle(struct bytes policy, struct bundle_input *in, bool json)
{
	struct bundle_check c = { 0 };
	struct err err = { 0 };
	int code = 0;
	meter_start(&c.meter, json);
	if (check(&c, policy, in, &err) != OK)
		code = refusal_tell(c.step, &err, json);
	else if (json)
		print_json(&c);
	else
		print_text(&c);
	bundle_verify_free(c.verify);
	policy_free(c.policy);
	free(c.verdicts);
	return code;
}
