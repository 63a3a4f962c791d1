#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/author_key.h"
#include "crypto/current.h"
#include "crypto/encode.h"
#include "crypto/evidence.h"
#include "crypto/index_evidence.h"
#include "node/api/text.h"
#include "node/cli/bundle_input.h"
#include "node/cli/check.h"
#include "node/cli/command.h"
#include "node/cli/refusal.h"
#include "node/cli/signers.h"
#include "node/cli/verify_bundle.h"
#include "node/cli/verify_current.h"
#include "node/cli/verify_fork.h"
#include "node/cli/verify_root.h"
#include "node/shell/file.h"
#include "proto/json.h"

static const char *base64_of(const struct hash *hash, struct buf *out)
{
	buf_reset(out);
	base64_add(out, bytes_of(hash->b, HASH_SIZE));
	return buf_str(out);
}

static const char *hex_of(const struct hash *hash, struct buf *out)
{
	buf_reset(out);
	hex_add(out, bytes_of(hash->b, HASH_SIZE));
	return buf_str(out);
}

static const char *state_word(const struct check *c)
{
	return c->state == PAYLOAD_PRESENT ? "present" : c->state == PAYLOAD_REDACTED ? "redacted" : "withheld";
}

/* ---- JSON ---- */

static void put_entry(const struct check *c, struct json *j)
{
	struct buf text = { 0 };
	char time[40];
	json_put_text(j, "origin", c->verdict.log->name);
	json_put_u64(j, "index", c->proof.index);
	json_put_u64(j, "tree_size", c->verdict.size);
	json_put_text(j, "root", base64_of(&c->verdict.root, &text));
	json_put_text(j, "accepted", signers_utc(c->envelope.time_ms / 1000, true, time));
	json_put_text(j, "collection", c->envelope.collection);
	json_put_u64(j, "payload_size", c->envelope.payload_size);
	json_put_text(j, "payload_digest", hex_of(&c->envelope.payload_digest, &text));
	buf_reset(&text);
	vkey_write(c->verdict.log, &text);
	json_put_text(j, "log_key", buf_str(&text));
	buf_free(&text);
}

static void put_authors_json(const struct check *c, struct bytes spki, struct json *j)
{
	struct buf id = { 0 };
	json_key(j, "authors");
	json_array_begin(j);
	for (size_t i = 0; i < c->author_count; i++) {
		const struct author_line *author = &c->authors[i];
		buf_reset(&id);
		hex_add(&id, author->key_id);
		json_object_begin(j);
		json_put_text(j, "author", author->author);
		json_put_text(j, "algorithm", author_algorithm_word(author->algorithm));
		json_put_text(j, "key_id", buf_str(&id));
		json_put_bool(j, "checked", check_author(author, c->record_bytes, spki));
		json_object_end(j);
	}
	json_array_end(j);
	buf_free(&id);
}

static void print_json(const struct check *c, struct bytes spki)
{
	struct buf out = { 0 };
	struct buf record = { 0 };
	struct json j = { .out = &out };
	json_object_begin(&j);
	json_put_bool(&j, "verified", true);
	json_put_text(&j, "subject", c->record != NULL ? c->record->subject : NULL);
	json_put_text(&j, "payload", state_word(c));
	put_entry(c, &j);
	signers_json(&c->verdict, &j);
	put_authors_json(c, spki, &j);
	json_key(&j, "record");
	if (c->record != NULL) {
		json_of_message(&c->record->base, &record);
		json_raw(&j, buf_bytes(&record));
	} else {
		json_nothing(&j);
	}
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&record);
	buf_free(&out);
}

/* ---- text ---- */

static void put_titles(const struct check *c, struct buf *out)
{
	for (size_t i = 0; c->record != NULL && i < c->record->n_texts; i++) {
		const Normlink__Text *t = c->record->texts[i];
		if (t->role != NORMLINK__ROLE__ROLE_TITLE)
			continue;
		buf_add_str(out, "  ");
		text_pad(out, t->lang != NULL ? t->lang : "", 8);
		text_wrap(out, t->value != NULL ? t->value : "", 10, TERMINAL_WIDTH);
	}
}

static void put_authors(const struct check *c, struct bytes spki, struct buf *out)
{
	for (size_t i = 0; i < c->author_count; i++) {
		const struct author_line *author = &c->authors[i];
		const char *word = author_algorithm_word(author->algorithm);
		buf_add_str(out, i == 0 ? "  author       " : "               ");
		text_put(out, author->author);
		buf_printf(out, ", %s key ", word != NULL ? word : "another");
		hex_add(out, author->key_id);
		buf_add_str(out, check_author(author, c->record_bytes, spki) ? ": its signature holds\n"
		                                                             : ": not checked (--author-key)\n");
	}
}

static void print_text(const struct check *c, struct bytes spki)
{
	struct buf out = { 0 };
	struct buf text = { 0 };
	char time[40];
	buf_add_str(&out, "verified offline: ");
	if (c->record != NULL)
		text_put(&out, c->record->subject);
	else
		buf_printf(&out, "an entry, payload %s", state_word(c));
	buf_add_str(&out, c->record != NULL ? "\n\n" : "\n");
	put_titles(c, &out);
	buf_add_str(&out, "\n  origin       ");
	text_put(&out, c->verdict.log->name);
	buf_printf(&out, ", entry %" PRIu64 "\n", c->proof.index);
	buf_printf(&out, "  tree         size %" PRIu64 "  root %s\n", c->verdict.size, base64_of(&c->verdict.root, &text));
	buf_printf(&out, "  included     yes, by %zu hashes\n", c->proof.path.count);
	buf_printf(&out, "  content      %" PRIu32 " bytes, SHA-256 %s: ", c->envelope.payload_size,
	           hex_of(&c->envelope.payload_digest, &text));
	if (c->record != NULL)
		buf_add_str(&out, "as the entry says\n");
	else
		buf_printf(&out, "not in the file (%s, says its maker)\n", state_word(c));
	buf_printf(&out, "  accepted     %s (the log's word for it)\n",
	           signers_utc(c->envelope.time_ms / 1000, false, time));
	put_authors(c, spki, &out);
	signers_put(&c->verdict, c->signatures, &out);
	(void)fputs(buf_str(&out), stdout);
	buf_free(&text);
	buf_free(&out);
}

/* ---- the command ---- */

/* When a key is given, one of the signatures must be by it. */
static int check_authors(struct check *c, struct bytes spki, struct err *err)
{
	c->step = "author";
	for (size_t i = 0; i < c->author_count; i++)
		if (check_author(&c->authors[i], c->record_bytes, spki))
			return OK;
	return err_set(err, ERR_UNTRUSTED,
	               c->author_count > 0 ? "no signature on the record is by this key"
	                                   : "no author has signed the record");
}

static int verify_proof(struct bytes policy, struct bytes proof, struct bytes spki, bool json)
{
	struct check check;
	struct err err = { 0 };
	int code = 0;
	int rc = check_proof(&check, policy, proof, &err);
	if (rc == OK && spki.len > 0)
		rc = check_authors(&check, spki, &err);
	if (rc != OK)
		code = refusal_tell(check.step, &err, json);
	else if (json)
		print_json(&check, spki);
	else
		print_text(&check, spki);
	check_close(&check);
	return code;
}

/* A public key; none when there is no file. */
static int read_author_key(const char *path, struct buf *spki, struct err *err)
{
	struct buf file = { 0 };
	enum author_algorithm unused;
	if (path == NULL)
		return OK;
	int rc = file_read(path, AUTHOR_KEY_FILE_MAX, &file, err);
	if (rc == OK && (rc = author_key_read(buf_bytes(&file), &unused, spki, err)) != OK)
		rc = err_wrap(err, rc, "%s", path);
	file_wipe(&file);
	return rc;
}

/* What was typed. */
struct wish {
	const char *policy, *path, *author_key, *log;
	bool json;
};

/* Options that say nothing about a file of this kind are not passed over. */
static int check_wish(const struct wish *w, struct bytes file, struct err *err)
{
	bool root = index_evidence_begins(file);
	if (w->author_key != NULL && (root || current_begins(file)))
		return err_set(err, ERR_USAGE, "--author-key goes with the proof of one record");
	if (w->log != NULL && !root)
		return err_set(err, ERR_USAGE, "--log goes with evidence of a false index root");
	return OK;
}

/* What kind of file it is, its first bytes say: it may come through a pipe, and is read once. */
static int verify_any(const struct wish *w, struct bytes policy, struct bytes spki, struct bundle_input *in,
                      struct bytes file)
{
	if (in->file != NULL)
		return verify_bundle(policy, in, w->json);
	if (current_begins(file))
		return verify_current(policy, file, w->json);
	if (evidence_begins(file))
		return verify_fork(policy, file, w->json);
	if (index_evidence_begins(file))
		return verify_root(policy, file, w->log, w->json);
	return verify_proof(policy, file, spki, w->json);
}

static int verify(const struct wish *w)
{
	struct buf policy = { 0 }, file = { 0 }, spki = { 0 };
	struct bundle_input in = { 0 };
	struct err err = { 0 };
	int rc = file_read(w->policy, POLICY_MAX, &policy, &err);
	if (rc == OK)
		rc = read_author_key(w->author_key, &spki, &err);
	if (rc == OK)
		rc = bundle_input_open_any(w->path, PROOF_FILE_MAX, &in, &file, &err);
	if (rc == OK)
		rc = check_wish(w, buf_bytes(&file), &err);
	int code = rc != OK ? command_fail("verify", &err, NULL)
	                    : verify_any(w, buf_bytes(&policy), buf_bytes(&spki), &in, buf_bytes(&file));
	bundle_input_close(&in);
	buf_free(&policy);
	buf_free(&file);
	buf_free(&spki);
	return code;
}

static int run(int argc, char **argv)
{
	struct wish w = { 0 };
	const struct args_option options[] = { { "policy", .value = &w.policy },
		                                   { "author-key", .value = &w.author_key },
		                                   { "log", .value = &w.log },
		                                   { "json", .given = &w.json },
		                                   { 0 } };
	const struct args args = { cmd_verify.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (w.policy == NULL)
		return args_wrong(&args, "--policy is missing: without it there is nobody to trust");
	w.path = argv[optind];
	return verify(&w);
}

const struct command cmd_verify = {
	.name = "verify",
	.arguments = "--policy FILE PROOF",
	.summary = "check a proof, a bundle or an evidence file; no network, no node",
	.help =
	    "Says what was proved and by whom: that the head is signed by a log of the policy and cosigned as its quorum\n"
	    "asks, that the entry is in that log at that index, and that the record is the one that the entry names.\n"
	    "Of a record that was redacted or is withheld the file proves the entry alone, and the answer says so.\n"
	    "When it is not, the step that failed and the reason.  PROOF or FILE may be - for standard input.\n"
	    "An evidence file (normlink evidence) is known by its first line: then it says which log has signed what\n"
	    "twice, that the key of the policy signed both, and that both cannot be true; or which log has signed which\n"
	    "index root, and with --log that this is not what its entries give.\n"
	    "Of a file by normlink proof --current: that the entry in it is the newest on its subject, or that there is "
	    "none,\n"
	    "as of how many entries of the log, and how many came after.\n"
	    "Of a bundle (normlink export): whose logs it holds, from where to where, who signed and cosigned each, who\n"
	    "exported it and when; and that every byte of it is as it was exported.\n"
	    "\n"
	    "  --policy FILE   whose signatures count (C2SP tlog-policy); normlink policy makes one\n"
	    "  --author-key FILE   a public key (PEM or DER): one of the record's authors must have signed with it\n"
	    "  --log PATH      with evidence of a false index root: a bundle file with the log from its beginning, or the\n"
	    "                  folder of a node that holds it.  The root is computed from these entries.\n"
	    "  --json          for programs\n",
	.examples = "  normlink policy sac > policy\n"
	            "  normlink verify --policy policy iso9001.tlog-proof\n"
	            "  normlink proof sac 'ISO 9001:2015' | normlink verify --policy policy - --json\n"
	            "  normlink verify --policy policy --author-key acme.pem receipt.tlog-proof\n"
	            "  normlink proof sac 'ISO 9001:2015' --current | normlink verify --policy policy -\n"
	            "  normlink verify --policy policy all.bundle\n"
	            "  normlink evidence sac iso.example/log | normlink verify --policy policy -\n"
	            "  normlink verify --policy policy --log iso.bundle iso.normlink-evidence\n",
	.exits = "1 not verified",
	.run = run,
};
