#include "node/cli/hits.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/hit.h"
#include "node/api/text.h"
#include "node/cli/check.h"
#include "node/cli/command.h"
#include "node/cli/signers.h"
#include "proto/json.h"
#include "proto/json_tree.h"

enum { SUBJECT_WIDTH = 24 };

/* ---- what is shown, beside what was proved ---- */

/* Members of an object may stand in any order. */
static bool same(const struct json_node *a, const struct json_node *b) /* as deep as JSON_DEPTH_MAX */
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->shape != b->shape || !bytes_equal(a->text, b->text))
		return false;
	const struct json_node *x = a->child, *y = b->child;
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!same(x, a->shape == JSON_MEMBERS ? json_tree_get(b, x->key) : y))
			return false;
	return x == NULL && y == NULL;
}

static const char *text_of(const struct json_node *node, const char *key)
{
	struct bytes text = json_tree_text(json_tree_get(node, key));
	return text.len > 0 ? (const char *)text.data : "";
}

static int compare_facts(const struct json_node *shown, const struct statement *proved, struct arena *arena,
                         struct err *err)
{
	static const char *const facts[] = { "kind", "subject", "titles", "status", "date", "ics" };
	const struct json_node *own = NULL;
	struct buf text = { 0 };
	struct json j = { .out = &text };
	json_object_begin(&j);
	hit_facts(proved, &j);
	json_object_end(&j);
	int rc = json_tree_parse(buf_bytes(&text), arena, &own, err);
	buf_free(&text);
	for (size_t i = 0; rc == OK && i < sizeof facts / sizeof *facts; i++)
		if (!same(json_tree_get(own, facts[i]), json_tree_get(shown, facts[i])))
			rc = err_set(err, ERR_UNTRUSTED, "its %s is not what the signed record says", facts[i]);
	return rc;
}

static int compare_entry(const struct json_node *shown, const struct check *c, struct err *err)
{
	uint64_t index;
	if (strcmp(text_of(shown, "origin"), c->verdict.log->name) != 0)
		return err_set(err, ERR_UNTRUSTED, "the proof is of another log: %s", c->verdict.log->name);
	if (!args_number(text_of(shown, "index"), INT64_MAX, &index) || index != c->proof.index)
		return err_set(err, ERR_UNTRUSTED, "the proof is of another entry: %" PRIu64, c->proof.index);
	if (c->record == NULL)
		return err_set(err, ERR_UNTRUSTED, "the proof has no payload");
	return OK;
}

/* Of one size there is one root. */
static int compare_as_of(const struct json_node *as_of, const struct check *c, struct err *err)
{
	uint64_t size;
	struct buf root = { 0 };
	int rc = OK;
	base64_add(&root, bytes_of(c->verdict.root.b, HASH_SIZE));
	for (const struct json_node *at = as_of != NULL ? as_of->child : NULL; rc == OK && at != NULL; at = at->next) {
		if (strcmp(text_of(at, "origin"), c->verdict.log->name) != 0 ||
		    !args_number(text_of(at, "size"), INT64_MAX, &size) || size != c->verdict.size)
			continue;
		if (strcmp(text_of(at, "root"), buf_str(&root)) != 0)
			rc = err_set(err, ERR_UNTRUSTED, "the answer's as-of has another root than the signed head");
	}
	buf_free(&root);
	return rc;
}

/* ---- one hit ---- */

static struct statement statement_of(const struct check *c, const struct found *found)
{
	return (struct statement){ .found = found, .record = c->record, .subject = c->record->subject };
}

static int check_hit(struct check *c, struct bytes policy, const struct json_node *answer,
                     const struct json_node *shown, struct err *err)
{
	struct bytes proof = json_tree_text(json_tree_get(shown, "proof_file"));
	if (proof.len == 0) {
		*c = (struct check){ .step = "proof" };
		return err_set(err, ERR_UNTRUSTED, "the answer has none for it (a smaller --limit leaves room for more)");
	}
	int rc = check_proof(c, policy, proof, err);
	if (rc != OK)
		return rc;
	c->step = "shown";
	rc = compare_entry(shown, c, err);
	if (rc == OK) {
		const struct found found = { 0 };
		struct statement proved = statement_of(c, &found);
		rc = compare_facts(shown, &proved, &c->arena, err);
	}
	if (rc == OK) {
		c->step = "as-of";
		rc = compare_as_of(json_tree_get(answer, "as_of"), c, err);
	}
	return rc;
}

static void put_verified_json(const struct check *c, struct json *j)
{
	const struct found found = { 0 };
	struct statement s = statement_of(c, &found);
	struct buf root = { 0 };
	base64_add(&root, bytes_of(c->verdict.root.b, HASH_SIZE));
	json_put_text(j, "origin", c->verdict.log->name);
	json_put_u64(j, "index", c->proof.index);
	hit_facts(&s, j);
	json_put_u64(j, "tree_size", c->verdict.size);
	json_put_text(j, "root", buf_str(&root));
	signers_json(&c->verdict, j);
	buf_free(&root);
}

static void put_verified_text(const struct check *c, struct buf *out)
{
	const struct found found = { 0 };
	struct statement s = statement_of(c, &found);
	hit_line(&s, SUBJECT_WIDTH, out);
	text_put(out, c->verdict.log->name);
	buf_printf(out, " #%" PRIu64 "\n    verified: entry of a tree of %" PRIu64 ", cosigned by ", c->proof.index,
	           c->verdict.size);
	for (size_t i = 0; i < c->verdict.seen_count; i++) {
		buf_add_str(out, i > 0 ? ", " : "");
		text_put(out, c->verdict.seen[i].name);
	}
	buf_printf(out, "%s (quorum: ", c->verdict.seen_count == 0 ? "nobody that the policy names" : "");
	text_put(out, c->verdict.quorum);
	buf_add_str(out, ")\n");
	statement_titles_text(&s, 4, out);
}

static void put_failed(const struct json_node *shown, const char *step, const struct err *why, struct json *j,
                       struct buf *out)
{
	if (j != NULL) {
		json_put_text(j, "origin", text_of(shown, "origin"));
		json_put_text(j, "index", text_of(shown, "index"));
		json_put_text(j, "subject", text_of(shown, "subject"));
		json_put_text(j, "step", step);
		json_put_text(j, "reason", why->text);
		return;
	}
	buf_add_str(out, "NOT VERIFIED  ");
	text_put(out, text_of(shown, "subject"));
	buf_add_str(out, "  ");
	text_put(out, text_of(shown, "origin"));
	buf_add_str(out, " #");
	text_put(out, text_of(shown, "index"));
	buf_printf(out, "\n    %s: ", step);
	text_put(out, why->text);
	buf_add_char(out, '\n');
}

/* j: NULL for text. */
static void take_hit(struct bytes policy, const struct json_node *answer, const struct json_node *shown,
                     struct hits *hits, struct json *j, struct buf *out)
{
	struct check check;
	struct err why = { 0 };
	int rc = check_hit(&check, policy, answer, shown, &why);
	hits->verified += rc == OK;
	hits->failed += rc != OK;
	if (j != NULL) {
		json_object_begin(j);
		json_put_bool(j, "verified", rc == OK);
	}
	if (rc != OK)
		put_failed(shown, check.step, &why, j, out);
	else if (j != NULL)
		put_verified_json(&check, j);
	else
		put_verified_text(&check, out);
	if (j != NULL)
		json_object_end(j);
	check_close(&check);
}

/* ---- the answer ---- */

static int read_answer(struct bytes answer, struct arena *arena, const struct json_node **root,
                       const struct json_node **records, struct hits *out, struct err *err)
{
	int rc = json_tree_parse(answer, arena, root, err);
	*records = rc == OK ? json_tree_get(*root, "records") : NULL;
	if (rc == ERR_LIMIT)
		return err_set(err, ERR_PROTOCOL, "the answer is too large: ask for fewer with --limit");
	if (rc != OK)
		return err_wrap(err, ERR_PROTOCOL, "the answer");
	if (*records == NULL || (*records)->shape != JSON_ITEMS ||
	    !args_number(text_of(*root, "total"), INT64_MAX, &out->total))
		return err_set(err, ERR_PROTOCOL, "what came is not an answer of a search");
	return OK;
}

static int read_policy(struct bytes text, struct err *err)
{
	struct policy *policy = NULL;
	int rc = policy_parse(text, &policy, err);
	policy_free(policy);
	return rc == OK ? OK : err_wrap(err, ERR_INVALID, "the policy");
}

static void put_json(struct bytes policy, const struct json_node *root, const struct json_node *records,
                     struct hits *out, struct buf *print)
{
	struct json j = { .out = print };
	json_object_begin(&j);
	json_put_u64(&j, "total", out->total);
	json_key(&j, "records");
	json_array_begin(&j);
	for (const struct json_node *n = records->child; n != NULL; n = n->next)
		take_hit(policy, root, n, out, &j, print);
	json_array_end(&j);
	json_put_u64(&j, "verified", out->verified);
	json_put_u64(&j, "failed", out->failed);
	json_object_end(&j);
	buf_add_char(print, '\n');
}

int hits_check(struct bytes policy, struct bytes answer, bool json, struct hits *out, struct buf *print,
               struct err *err)
{
	struct arena arena = { 0 };
	const struct json_node *root = NULL, *records;
	*out = (struct hits){ 0 };
	int rc = read_policy(policy, err);
	if (rc == OK)
		rc = read_answer(answer, &arena, &root, &records, out, err);
	if (rc == OK && json) {
		put_json(policy, root, records, out, print);
	} else if (rc == OK) {
		for (const struct json_node *n = records->child; n != NULL; n = n->next)
			take_hit(policy, root, n, out, NULL, print);
		buf_printf(print, "%s%zu verified, %zu not; the node says that it found %" PRIu64 " in all\n",
		           print->len > 0 ? "\n" : "", out->verified, out->failed, out->total);
	}
	arena_free(&arena);
	return rc;
}
