#include "crypto/proof.h"

#include <inttypes.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "node/base/must.h"

static const char header[] = "c2sp.org/tlog-proof@v1";

void proof_write(struct bytes extra, uint64_t index, const struct tree_proof *path, struct bytes checkpoint,
                 struct buf *out)
{
	must(path->count <= PROOF_HASHES_MAX);
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

static bool take_word(struct bytes *line, const char *word)
{
	size_t len = strlen(word);
	if (line->len < len || memcmp(line->data, word, len) != 0)
		return false;
	*line = bytes_of(line->data + len, line->len - len);
	return true;
}

/* Hash lines to the empty line. */
static int parse_path(struct bytes *rest, struct tree_proof *path, struct err *err)
{
	struct bytes line;
	for (path->count = 0; lines_next(rest, &line); path->count++) {
		if (line.len == 0)
			return OK;
		if (path->count == PROOF_HASHES_MAX)
			return err_set(err, ERR_LIMIT, "tlog-proof: more than %d hashes", PROOF_HASHES_MAX);
		if (!lines_hash(line, &path->hashes[path->count]))
			return err_set(err, ERR_INVALID, "tlog-proof: line %zu of the path is not base64 of 32 bytes",
			               path->count + 1);
	}
	return err_set(err, ERR_INVALID, "tlog-proof: no empty line after the path");
}

static int parse_lines(struct bytes raw, struct proof *out, struct err *err)
{
	struct bytes line;
	if (!lines_next(&raw, &line) || !bytes_equal(line, bytes_str(header)))
		return err_set(err, ERR_INVALID, "tlog-proof: the first line is not %s", header);
	bool more = lines_next(&raw, &line);
	if (more && take_word(&line, "extra ")) {
		/* Without extra data the line is omitted: an empty one would be a second way to say nothing. */
		if (line.len == 0 || base64_decode(line, &out->extra) != OK)
			return err_set(err, ERR_INVALID, "tlog-proof: the extra line is not base64 of something");
		more = lines_next(&raw, &line);
	}
	if (!more || !take_word(&line, "index "))
		return err_set(err, ERR_INVALID, "tlog-proof: no index line");
	if (!lines_decimal(line, &out->index))
		return err_set(err, ERR_INVALID, "tlog-proof: the index is not a decimal without leading zeroes");
	int rc = parse_path(&raw, &out->path, err);
	out->checkpoint = raw;
	return rc;
}

int proof_parse(struct bytes raw, struct proof *out, struct err *err)
{
	*out = (struct proof){ 0 };
	if (raw.len > PROOF_FILE_MAX)
		return err_set(err, ERR_LIMIT, "tlog-proof: more than %d bytes", PROOF_FILE_MAX);
	int rc = parse_lines(raw, out, err);
	struct note note;
	/* What stands there must be a note; who signed it is the policy's to judge. */
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

int proof_includes(struct hasher *h, const struct proof *p, struct bytes entry, uint64_t size, const struct hash *root,
                   struct err *err)
{
	if (p->index >= size)
		return err_set(err, ERR_UNTRUSTED, "tlog-proof: index %" PRIu64 " lies outside the tree of %" PRIu64 " entries",
		               p->index, size);
	struct hash leaf = hash_leaf(h, entry);
	if (tree_verify(h, p->path.hashes, p->path.count, p->index, p->index + 1, size, &leaf, root) != OK)
		return err_set(err, ERR_UNTRUSTED, "tlog-proof: the inclusion proof does not lead from the entry to the root");
	return OK;
}

int proof_verify(struct hasher *h, const struct proof *p, struct bytes entry, const struct policy *policy,
                 struct policy_verdict *verdict, struct err *err)
{
	int rc = policy_check(policy, p->checkpoint, verdict, err);
	return rc == OK ? proof_includes(h, p, entry, verdict->size, &verdict->root, err) : rc;
}
