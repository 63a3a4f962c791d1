#include "proto/submitter.h"

#include <stdio.h>
#include <string.h>

#include "proto/record.h"

static const char clause[] = "2.15";

/* ---- the statement ---- */

int submitter_check(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Submitter *s = (const Normlink__Submitter *)m;
	struct place key = place_in(at, "key");
	enum author_algorithm own;
	struct err why = { 0 };
	if (author_algorithm_word((int)s->algorithm) == NULL)
		return OK; /* a later version's */
	if (author_key_check(message_bytes(s->key), &own, &why) != OK)
		return place_refuse(err, &key, clause, why.text, NULL);
	return (int)own == (int)s->algorithm ? OK : place_refuse(err, &key, clause, "of another algorithm", NULL);
}

int submitter_read(const Normlink__Record *r, struct submitter *out, struct err *err)
{
	const Normlink__Submitter *s = r->submitter;
	if ((int)r->kind != NORMLINK__KIND__KIND_SUBMITTER || s == NULL)
		return err_set(err, ERR_INVALID, "not a statement about a submitter (clause 2.15)");
	if (author_algorithm_word((int)s->algorithm) == NULL)
		return err_set(err, ERR_UNSUPPORTED, "the key of %s is of an algorithm that is not done here", r->subject);
	*out = (struct submitter){ .name = r->subject,
		                       .algorithm = (enum author_algorithm)(int)s->algorithm,
		                       .key = message_bytes(s->key),
		                       .admitted = s->state == NORMLINK__SUBMITTER__STATE__STATE_ADMITTED,
		                       .body = s };
	author_key_id(out->key, out->key_id);
	return OK;
}

/* ---- what it may say ---- */

static bool in_a_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

bool submitter_prefix_covers(const char *prefix, const char *text)
{
	size_t len = strlen(prefix);
	return len > 0 && strncmp(prefix, text, len) == 0 && (!in_a_word(prefix[len - 1]) || !in_a_word(text[len]));
}

static bool has_kind(const Normlink__Submitter *s, const char *word)
{
	for (size_t i = 0; i < s->n_kinds; i++)
		if (strcmp(s->kinds[i], word) == 0)
			return true;
	return false;
}

int submitter_may(const struct submitter *s, const Normlink__Record *record, bool *anyhow, struct err *err)
{
	const char *word = kind_word((int)record->kind);
	*anyhow = false;
	if (!s->admitted)
		return err_set(err, ERR_UNTRUSTED, "%s is not admitted any more (clause 2.15)", s->name);
	if (kind_about_log((int)record->kind))
		return err_set(err, ERR_UNTRUSTED, "what is said about a log is its operator's to say (clause 2.15)");
	if (word == NULL || !has_kind(s->body, word))
		return err_set(err, ERR_UNTRUSTED, "%s may not submit records of kind %s (clause 2.15)", s->name,
		               word != NULL ? word : "");
	for (size_t i = 0; i < s->body->n_prefixes; i++)
		*anyhow = *anyhow || submitter_prefix_covers(s->body->prefixes[i], record->subject);
	if (*anyhow || s->body->n_prefixes == 0)
		return OK;
	return err_set(err, ERR_UNTRUSTED, "%s may not speak about %s: none of its prefixes covers it (clause 2.15)",
	               s->name, record->subject);
}

int submitter_verify(const struct submitter *s, struct bytes record, const struct author_line *lines, size_t count,
                     size_t *which, struct err *err)
{
	struct bytes id = bytes_of(s->key_id, sizeof s->key_id);
	for (size_t i = 0; i < count; i++) {
		const struct author_line *line = &lines[i];
		if (strcmp(line->author, s->name) != 0 || line->algorithm != (int)s->algorithm ||
		    !bytes_equal(line->key_id, id))
			continue;
		struct buf message = { 0 };
		author_message(record, &message);
		int rc = author_verify(s->algorithm, s->key, buf_bytes(&message), line->signature);
		buf_free(&message);
		if (which != NULL)
			*which = i;
		return rc == OK ? OK : err_set(err, rc, "the signature of %s does not hold (clause 1.3)", s->name);
	}
	return err_set(err, ERR_UNTRUSTED, "no signature by the key of %s that is registered here (clause 2.15)", s->name);
}
