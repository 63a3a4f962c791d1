#include "crypto/index_evidence.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "crypto/note.h"
#include "crypto/proof.h"
#include "node/base/limits.h"
#include "node/base/must.h"

static const char header[] = "normlink index evidence v1";
static const char found_word[] = "found ";

bool index_evidence_begins(struct bytes raw)
{
	struct bytes line;
	return lines_next(&raw, &line) && bytes_equal(line, bytes_str(header));
}

/* ---- writing ---- */

/* The text, an empty line, and the lines in the log's own name: two while its key changes. */
static int add_head(struct bytes raw, struct buf *out, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = checkpoint_read(raw, &note, &cp, err);
	if (rc != OK)
		return rc;
	buf_add_bytes(out, note.text);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < note.count; i++) {
		if (!bytes_equal(note.signatures[i].name, cp.origin))
			continue;
		buf_add_bytes(out, note.signatures[i].line);
		buf_add_char(out, '\n');
	}
	return OK;
}

int index_evidence_write(uint64_t keys, const struct hash *root, struct bytes extra, uint64_t index,
                         const struct tree_proof *path, struct bytes head, struct buf *out, struct err *err)
{
	struct buf own = { 0 };
	int rc = add_head(head, &own, err);
	if (rc == OK) {
		buf_printf(out, "%s\n%s%" PRIu64 " ", header, found_word, keys);
		base64_add(out, bytes_of(root->b, HASH_SIZE));
		buf_add_char(out, '\n');
		proof_write(extra, index, path, buf_bytes(&own), out);
	}
	buf_free(&own);
	return rc;
}

/* ---- reading ---- */

static int parse_found(struct bytes *rest, struct index_evidence *out, struct err *err)
{
	struct bytes line;
	size_t word = strlen(found_word);
	const uint8_t *blank = NULL;
	bool good = lines_next(rest, &line) && line.len > word && memcmp(line.data, found_word, word) == 0;
	if (good) {
		line = bytes_of(line.data + word, line.len - word);
		blank = memchr(line.data, ' ', line.len);
	}
	size_t number = blank != NULL ? (size_t)(blank - line.data) : 0;
	if (blank == NULL || !lines_decimal(bytes_of(line.data, number), &out->keys) ||
	    !lines_hash(bytes_of(blank + 1, line.len - number - 1), &out->root))
		return err_set(err, ERR_INVALID, "index evidence: the second line is not what was found (clause 8.2)");
	return OK;
}

/* Lines by others would be bytes that nobody answers for. */
static int check_head(struct bytes raw, struct index_evidence *out, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = checkpoint_read(raw, &note, &cp, err);
	if (rc != OK)
		return err_wrap(err, rc, "index evidence: the head");
	for (size_t i = 0; i < note.count; i++)
		if (!bytes_equal(note.signatures[i].name, cp.origin))
			return err_set(err, ERR_INVALID,
			               "index evidence: a signature that is not in the log's own name (clause 8.2)");
	memcpy(out->origin, cp.origin.data, cp.origin.len);
	out->origin[cp.origin.len] = '\0';
	return OK;
}

int index_evidence_parse(struct bytes raw, struct index_evidence *out, struct err *err)
{
	struct bytes line;
	struct proof proof;
	*out = (struct index_evidence){ 0 };
	if (raw.len > PROOF_FILE_MAX)
		return err_set(err, ERR_LIMIT, "index evidence: more than %d bytes (clause 8.2)", PROOF_FILE_MAX);
	if (!index_evidence_begins(raw))
		return err_set(err, ERR_INVALID, "index evidence: the first line is not %s (clause 8.2)", header);
	must(lines_next(&raw, &line));
	int rc = parse_found(&raw, out, err);
	if (rc != OK)
		return rc;
	out->proof = raw;
	rc = proof_parse(raw, &proof, err);
	if (rc != OK)
		return err_wrap(err, rc, "index evidence");
	rc = check_head(proof.checkpoint, out, err);
	if (rc == OK && proof.extra.len == 0)
		rc = err_set(err, ERR_INVALID, "index evidence: the entry is not in the file (clause 8.2)");
	proof_free(&proof);
	return rc;
}
