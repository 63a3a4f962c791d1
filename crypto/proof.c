#include "crypto/proof.h"

#include <inttypes.h>

#include "crypto/encode.h"

static const char header[] = "c2sp.org/tlog-proof@v1";

void proof_write(struct bytes extra, uint64_t index, const struct tree_proof *path, struct bytes checkpoint,
                 struct buf *out)
{
	buf_printf(out, "%s\n", header);
	if (extra.len > 0) {
		buf_add_str(out, "extra ");
		base64_add(out, extra);
		buf_add_char(out, '\n');
	}
	buf_printf(out, "index %" PRIu64 "\n", index);
	for (size_t i = 0; i < path->count; i++) {
		base64_add(out, bytes_of(path->hashes[i].b, HASH_SIZE));
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	buf_add_bytes(out, checkpoint);
}

/* ---- reading ---- */

static int next_line(struct bytes *rest, struct bytes *line, struct err *err)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	if (end == NULL)
		return err_set(err, ERR_INVALID, "tlog-proof: the file ends too early");
	*line = bytes_of(rest->data, (size_t)(end - rest->data));
	*rest = bytes_of(end + 1, rest->len - line->len - 1);
	return OK;
}

static bool take_word(struct bytes *line, const char *word)
{
	size_t len = strlen(word);
	if (line->len < len || memcmp(line->data, word, len) != 0)
		return false;
	*line = bytes_of(line->data + len, line->len - len);
	return true;
}

static int parse_index(struct bytes digits, uint64_t *out, struct err *err)
{
	uint64_t n = 0;
	bool good = digits.len > 0 && digits.len <= 20 && (digits.data[0] != '0' || digits.len == 1);
	for (size_t i = 0; good && i < digits.len; i++) {
		unsigned digit = (unsigned)digits.data[i] - '0';
		good = digit <= 9 && n <= (UINT64_MAX - digit) / 10;
		n = n * 10 + digit;
	}
	*out = n;
	return good ? OK : err_set(err, ERR_INVALID, "tlog-proof: the index is not a decimal without leading zeroes");
}

/* Hash lines to the empty line. */
static int parse_path(struct bytes *rest, struct tree_proof *path, struct err *err)
{
	path->count = 0;
	for (;;) {
		struct bytes line;
		int rc = next_line(rest, &line, err);
		if (rc != OK || line.len == 0)
			return rc;
		if (path->count == PROOF_HASHES_MAX)
			return err_set(err, ERR_LIMIT, "tlog-proof: more than %d hashes", PROOF_HASHES_MAX);
		struct buf hash = { 0 };
		rc = base64_decode(line, &hash);
		if (rc == OK && hash.len == HASH_SIZE)
			memcpy(path->hashes[path->count++].b, hash.data, HASH_SIZE);
		else
			rc = err_set(err, ERR_INVALID, "tlog-proof: a proof line is not base64 of 32 bytes");
		buf_free(&hash);
		if (rc != OK)
			return rc;
	}
}

static int parse_lines(struct bytes raw, struct proof *out, struct err *err)
{
	struct bytes line, rest = raw;
	int rc = next_line(&rest, &line, err);
	if (rc != OK || !bytes_equal(line, bytes_str(header)))
		return err_set(err, ERR_INVALID, "tlog-proof: the first line is not %s", header);
	rc = next_line(&rest, &line, err);
	if (rc == OK && take_word(&line, "extra ")) {
		if (base64_decode(line, &out->extra) != OK)
			return err_set(err, ERR_INVALID, "tlog-proof: the extra line is not base64");
		rc = next_line(&rest, &line, err);
	}
	if (rc != OK)
		return rc;
	if (!take_word(&line, "index "))
		return err_set(err, ERR_INVALID, "tlog-proof: no index line");
	rc = parse_index(line, &out->index, err);
	if (rc == OK)
		rc = parse_path(&rest, &out->path, err);
	out->checkpoint = rest;
	return rc;
}

int proof_parse(struct bytes raw, struct proof *out, struct err *err)
{
	*out = (struct proof){ 0 };
	if (raw.len > PROOF_FILE_MAX)
		return err_set(err, ERR_LIMIT, "tlog-proof: more than %d bytes", PROOF_FILE_MAX);
	int rc = parse_lines(raw, out, err);
	struct note note;
	if (rc == OK)
		rc = note_parse(out->checkpoint, &note, err);
	if (rc != OK)
		proof_free(out);
	return rc;
}

void proof_free(struct proof *p)
{
	if (p != NULL)
		buf_free(&p->extra);
}

int proof_verify(struct hasher *h, const struct proof *p, struct bytes entry, const struct policy *policy,
                 struct policy_verdict *verdict, struct err *err)
{
	int rc = policy_check(policy, p->checkpoint, verdict, err);
	if (rc != OK)
		return rc;
	if (p->index >= verdict->size)
		return err_set(err, ERR_UNTRUSTED, "tlog-proof: index %" PRIu64 " lies outside the tree of %" PRIu64 " entries",
		               p->index, verdict->size);
	struct hash leaf = hash_leaf(h, entry);
	if (tree_verify(h, p->path.hashes, p->path.count, p->index, p->index + 1, verdict->size, &leaf, &verdict->root) !=
	    OK)
		return err_set(err, ERR_UNTRUSTED, "tlog-proof: the inclusion proof does not lead from the entry to the root");
	return OK;
}
