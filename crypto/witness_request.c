#include "crypto/witness_request.h"

#include <inttypes.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "node/base/must.h"

static const char old_word[] = "old ";

static int parse_old(struct bytes line, uint64_t *out, struct err *err)
{
	size_t len = strlen(old_word);
	if (line.len < len || memcmp(line.data, old_word, len) != 0)
		return err_set(err, ERR_INVALID, "tlog-witness: the first line is not old and a size");
	if (!lines_decimal(bytes_of(line.data + len, line.len - len), out))
		return err_set(err, ERR_INVALID, "tlog-witness: the old size is not a decimal without leading zeroes");
	return OK;
}

int witness_request_parse(struct bytes body, struct witness_request *out, struct err *err)
{
	struct bytes line;
	*out = (struct witness_request){ 0 };
	if (!lines_next(&body, &line))
		return err_set(err, ERR_INVALID, "tlog-witness: the first line is not old and a size");
	int rc = parse_old(line, &out->old_size, err);
	while (rc == OK) {
		if (!lines_next(&body, &line))
			return err_set(err, ERR_INVALID, "tlog-witness: no empty line before the checkpoint");
		if (line.len == 0)
			break;
		if (out->proof.count == PROOF_HASHES_MAX)
			return err_set(err, ERR_LIMIT, "tlog-witness: more than %d proof lines", PROOF_HASHES_MAX);
		if (!lines_hash(line, &out->proof.hashes[out->proof.count]))
			return err_set(err, ERR_INVALID, "tlog-witness: proof line %zu is not base64 of 32 bytes",
			               out->proof.count + 1);
		out->proof.count++;
	}
	if (rc == OK && body.len > NOTE_MAX)
		return err_set(err, ERR_LIMIT, "tlog-witness: a checkpoint of more than %d bytes", NOTE_MAX);
	out->checkpoint = body;
	return rc;
}

void witness_request_write(uint64_t old_size, const struct tree_proof *proof, struct bytes checkpoint, struct buf *out)
{
	buf_printf(out, "%s%" PRIu64 "\n", old_word, old_size);
	for (size_t i = 0; i < proof->count; i++) {
		base64_add(out, bytes_of(proof->hashes[i].b, HASH_SIZE));
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	buf_add_bytes(out, checkpoint);
}

int witness_size_parse(struct bytes body, uint64_t *size, struct err *err)
{
	struct bytes line;
	if (!lines_next(&body, &line) || body.len > 0 || !lines_decimal(line, size))
		return err_set(err, ERR_INVALID, "tlog-witness: the body of a conflict is not one line with a size");
	return OK;
}

int witness_lines_parse(struct bytes body, struct bytes text, const struct vkey *key, struct buf *out, uint64_t *time_s,
                        struct err *err)
{
	struct note note;
	struct buf raw = { 0 };
	/* tlog-witness: "the client MAY concatenate it to the checkpoint and use a note verification function". */
	buf_add_bytes(&raw, text);
	buf_add_char(&raw, '\n');
	buf_add_bytes(&raw, body);
	int rc = note_parse(buf_bytes(&raw), &note, err);
	if (rc == OK && !bytes_equal(note.text, text))
		rc = err_set(err, ERR_INVALID, "tlog-witness: the answer is not signature lines alone");
	if (rc == OK) {
		rc = note_verify(&note, key, time_s);
		if (rc != OK)
			(void)err_set(err, rc,
			              rc == ERR_NOT_FOUND ? "tlog-witness: no cosignature by the witness's key"
			                                  : "tlog-witness: a cosignature that does not verify");
	}
	for (size_t i = 0; rc == OK && i < note.count; i++) {
		const struct note_signature *s = &note.signatures[i];
		if (s->id != key->id || !bytes_equal(s->name, bytes_str(key->name)))
			continue;
		buf_add_bytes(out, s->line);
		buf_add_char(out, '\n');
		break;
	}
	buf_free(&raw);
	return rc;
}
