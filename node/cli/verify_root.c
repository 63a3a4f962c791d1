#include "node/cli/verify_root.h"

#include <inttypes.h>
#include <stdio.h>

#include "crypto/encode.h"
#include "node/api/text.h"
#include "node/cli/at_hand.h"
#include "node/cli/check_root.h"
#include "node/cli/refusal.h"
#include "node/cli/signers.h"
#include "proto/json.h"

static const char *base64_of(const void *hash, struct buf *out)
{
	buf_reset(out);
	base64_add(out, bytes_of(hash, HASH_SIZE));
	return buf_str(out);
}

static const char *key_of(const struct check_root *c, struct buf *out)
{
	buf_reset(out);
	vkey_write(c->statement.verdict.log, out);
	return buf_str(out);
}

/* ---- JSON ---- */

static void put_sum(struct json *j, const char *key, uint64_t keys, const void *root, struct buf *scratch)
{
	json_key(j, key);
	json_object_begin(j);
	json_put_u64(j, "keys", keys);
	json_put_text(j, "root", base64_of(root, scratch));
	json_object_end(j);
}

static void print_json(const struct check_root *c)
{
	const struct check *s = &c->statement;
	const Normlink__IndexRoot *said = s->record->index;
	struct buf out = { 0 }, text = { 0 };
	struct json j = { .out = &out };
	char time[40];
	json_object_begin(&j);
	json_put_bool(&j, "verified", true);
	json_put_text(&j, "origin", c->file.origin);
	json_put_u64(&j, "index", s->proof.index);
	json_put_text(&j, "index_root", c->recounted ? "false" : "not recomputed");
	put_sum(&j, "said", said->keys, said->root.data, &text);
	put_sum(&j, "found", c->file.keys, c->file.root.b, &text);
	json_put_text(&j, "accepted", signers_utc(s->envelope.time_ms / 1000, true, time));
	json_put_u64(&j, "tree_size", s->verdict.size);
	json_put_text(&j, "root", base64_of(s->verdict.root.b, &text));
	json_put_text(&j, "log_key", key_of(c, &text));
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

/* ---- text ---- */

static void print_text(const struct check_root *c)
{
	const struct check *s = &c->statement;
	const Normlink__IndexRoot *said = s->record->index;
	struct buf out = { 0 }, text = { 0 };
	char time[40];
	buf_add_str(&out, "verified offline: ");
	text_put(&out, c->file.origin);
	buf_printf(&out, " has signed %s index root\n\n", c->recounted ? "a FALSE" : "this");
	buf_printf(&out, "  statement    entry %" PRIu64 ", about the %" PRIu64 " before it, %s\n", s->proof.index,
	           s->proof.index, signers_utc(s->envelope.time_ms / 1000, false, time));
	buf_printf(&out, "  says         %" PRIu64 " subjects  root %s\n", said->keys, base64_of(said->root.data, &text));
	buf_printf(&out, "  found        %" PRIu64 " subjects  root %s\n", c->file.keys, base64_of(c->file.root.b, &text));
	buf_add_str(&out, c->recounted ? "               recomputed here, from the log's entries\n"
	                               : "               says who made the file: not recomputed here (--log)\n");
	buf_printf(&out, "  tree         size %" PRIu64 "  root %s\n", s->verdict.size,
	           base64_of(s->verdict.root.b, &text));
	buf_add_str(&out, "  signed by    ");
	text_put(&out, key_of(c, &text));
	buf_add_char(&out, '\n');
	(void)fputs(buf_str(&out), stdout);
	buf_free(&text);
	buf_free(&out);
}

/* ---- the check ---- */

static int recount_log(struct check_root *c, const char *log, bool quiet, struct err *err)
{
	uint64_t size = c->statement.proof.index;
	struct recount *r = recount_new(size);
	c->step = "log";
	int rc = at_hand_read(log, c->file.origin, size, quiet, r, err);
	if (rc == OK)
		rc = check_root_recounted(c, r, err);
	recount_free(r);
	return rc;
}

int verify_root(struct bytes policy, struct bytes file, const char *log, bool json)
{
	struct check_root c;
	struct err err = { 0 };
	int code = 0;
	int rc = check_root(&c, policy, file, &err);
	if (rc == OK && log != NULL)
		rc = recount_log(&c, log, json, &err);
	if (rc != OK)
		code = refusal_tell(c.step, &err, json);
	else if (json)
		print_json(&c);
	else
		print_text(&c);
	check_root_close(&c);
	return code;
}
