#include "node/cli/verify_current.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/text.h"
#include "node/cli/check_current.h"
#include "node/cli/refusal.h"
#include "node/cli/signers.h"
#include "proto/json.h"
#include "proto/record.h"

static const char *base64_of(const struct hash *hash, struct buf *out)
{
	buf_reset(out);
	base64_add(out, bytes_of(hash->b, HASH_SIZE));
	return buf_str(out);
}

static bool is_there(const struct check_current *c)
{
	return c->file.entry.len > 0;
}

/* ---- JSON ---- */

static void put_entry(const struct check_current *c, struct json *j)
{
	struct buf record = { 0 };
	char time[40];
	json_key(j, "entry");
	if (!is_there(c)) {
		json_nothing(j);
		return;
	}
	json_object_begin(j);
	json_put_u64(j, "index", c->entry.proof.index);
	json_put_text(j, "accepted", signers_utc(c->entry.envelope.time_ms / 1000, true, time));
	json_put_bool(j, "retracted", c->entry.record->retraction != NULL);
	json_key(j, "record");
	json_of_message(&c->entry.record->base, &record);
	json_raw(j, buf_bytes(&record));
	json_object_end(j);
	buf_free(&record);
}

static void print_json(const struct check_current *c)
{
	const struct check *s = &c->statement;
	struct buf out = { 0 }, text = { 0 };
	struct json j = { .out = &out };
	char time[40];
	json_object_begin(&j);
	json_put_bool(&j, "verified", true);
	buf_add_bytes(&text, c->file.subject);
	json_put_text(&j, "subject", buf_str(&text));
	json_put_text(&j, "kind", kind_word((int)c->file.kind));
	json_put_text(&j, "origin", s->verdict.log->name);
	json_put_bool(&j, "present", is_there(c));
	json_put_u64(&j, "as_of_size", c->size);
	json_put_text(&j, "as_of_time", signers_utc(s->envelope.time_ms / 1000, true, time));
	json_put_u64(&j, "index_root_entry", s->proof.index);
	json_put_u64(&j, "keys", s->record->index->keys);
	json_put_u64(&j, "later_entries", c->later);
	json_put_u64(&j, "tree_size", s->verdict.size);
	json_put_text(&j, "root", base64_of(&s->verdict.root, &text));
	buf_reset(&text);
	vkey_write(s->verdict.log, &text);
	json_put_text(&j, "log_key", buf_str(&text));
	signers_json(&s->verdict, &j);
	put_entry(c, &j);
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

/* ---- text ---- */

static void put_titles(const Normlink__Record *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		if (t->role != NORMLINK__ROLE__ROLE_TITLE)
			continue;
		buf_add_str(out, "  ");
		text_pad(out, t->lang != NULL ? t->lang : "", 8);
		text_wrap(out, t->value != NULL ? t->value : "", 10, TERMINAL_WIDTH);
	}
}

/* "GB/T 19001-2016 (standard)". */
static void put_subject(const struct check_current *c, struct buf *out)
{
	struct buf subject = { 0 };
	const char *kind = kind_word((int)c->file.kind);
	buf_add_bytes(&subject, c->file.subject);
	text_put(out, buf_str(&subject));
	buf_printf(out, " (%s)", kind != NULL ? kind : "a kind not known here");
	buf_free(&subject);
}

static void put_finding(const struct check_current *c, struct buf *out)
{
	char time[40];
	buf_add_str(out, "verified offline: ");
	if (!is_there(c)) {
		buf_add_str(out, "nothing is said about ");
		put_subject(c, out);
		buf_add_str(out, "\n\n");
		return;
	}
	put_subject(c, out);
	buf_printf(out, ": entry %" PRIu64 " is the newest%s\n\n", c->entry.proof.index,
	           c->entry.record->retraction != NULL ? ", and takes back what was said" : "");
	put_titles(c->entry.record, out);
	buf_printf(out, "  accepted     %s (the log's word for it)\n",
	           signers_utc(c->entry.envelope.time_ms / 1000, false, time));
}

static void print_text(const struct check_current *c)
{
	const struct check *s = &c->statement;
	struct buf out = { 0 }, text = { 0 };
	char time[40];
	put_finding(c, &out);
	buf_add_str(&out, "  origin       ");
	text_put(&out, s->verdict.log->name);
	buf_printf(&out,
	           "\n  as of        %" PRIu64 " entries, %" PRIu64 " subjects: index root at entry %" PRIu64 ", %s\n",
	           c->size, (uint64_t)s->record->index->keys, s->proof.index,
	           signers_utc(s->envelope.time_ms / 1000, false, time));
	buf_printf(&out, "  shown by     %zu hashes from that root\n", c->file.map.count);
	buf_printf(&out, "  tree         size %" PRIu64 "  root %s\n", s->verdict.size, base64_of(&s->verdict.root, &text));
	if (c->later > 0)
		buf_printf(&out,
		           "  later        %" PRIu64 " entries came after the index root; of them nothing is shown here\n",
		           c->later);
	signers_put(&s->verdict, s->signatures, &out);
	(void)fputs(buf_str(&out), stdout);
	buf_free(&text);
	buf_free(&out);
}

int verify_current(struct bytes policy, struct bytes file, bool json)
{
	struct check_current c;
	struct err err = { 0 };
	int code = 0;
	if (check_current(&c, policy, file, &err) != OK)
		code = refusal_tell(c.step, &err, json);
	else if (json)
		print_json(&c);
	else
		print_text(&c);
	check_current_close(&c);
	return code;
}
