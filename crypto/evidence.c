#include "crypto/evidence.h"

#include <inttypes.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "node/base/must.h"

static const char header[] = "normlink evidence v1";
static const char root_word[] = "root ";

bool evidence_begins(struct bytes raw)
{
	struct bytes line;
	return lines_next(&raw, &line) && bytes_equal(line, bytes_str(header));
}

/* ---- writing ---- */

static void add_hash(struct buf *out, const struct hash *hash)
{
	base64_add(out, bytes_of(hash->b, HASH_SIZE));
	buf_add_char(out, '\n');
}

/* The text, an empty line, and the log's own line. */
static void add_note(const struct vkey *log, struct bytes raw, struct buf *out)
{
	struct note note;
	must(note_parse(raw, &note, NULL) == OK);
	buf_add_bytes(out, note.text);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < note.count; i++) {
		const struct note_signature *s = &note.signatures[i];
		if (s->id != log->id || !bytes_equal(s->name, bytes_str(log->name)))
			continue;
		buf_add_bytes(out, s->line);
		buf_add_char(out, '\n');
		return;
	}
	must(!"a checkpoint that the log did not sign");
}

void evidence_write(const struct vkey *smaller_key, const struct vkey *larger_key, struct bytes smaller,
                    struct bytes larger, const struct hash *root, const struct hash *hashes, size_t count,
                    struct buf *out)
{
	must(count <= PROOF_HASHES_MAX);
	buf_printf(out, "%s\n%s", header, root_word);
	add_hash(out, root);
	for (size_t i = 0; i < count; i++)
		add_hash(out, &hashes[i]);
	buf_add_char(out, '\n');
	add_note(smaller_key, smaller, out);
	buf_add_char(out, '\n');
	add_note(larger_key, larger, out);
}

/* ---- reading ---- */

static int parse_root(struct bytes *rest, struct hash *out, struct err *err)
{
	struct bytes line;
	size_t word = strlen(root_word);
	if (!lines_next(rest, &line) || line.len < word || memcmp(line.data, root_word, word) != 0 ||
	    !lines_hash(bytes_of(line.data + word, line.len - word), out))
		return err_set(err, ERR_INVALID, "evidence: the second line is not a root (clause 8.1)");
	return OK;
}

/* Hash lines to the empty line. */
static int parse_proof(struct bytes *rest, struct tree_proof *proof, struct err *err)
{
	struct bytes line;
	for (proof->count = 0; lines_next(rest, &line); proof->count++) {
		if (line.len == 0)
			return OK;
		if (proof->count == PROOF_HASHES_MAX)
			return err_set(err, ERR_LIMIT, "evidence: more than %d hashes (clause 8.1)", PROOF_HASHES_MAX);
		if (!lines_hash(line, &proof->hashes[proof->count]))
			return err_set(err, ERR_INVALID, "evidence: line %zu of the proof is not base64 of 32 bytes (clause 8.1)",
			               proof->count + 1);
	}
	return err_set(err, ERR_INVALID, "evidence: no empty line after the proof (clause 8.1)");
}

/* The text of a checkpoint has no empty line, so the first one ends it and the second its signatures. */
static int take_note(struct bytes *rest, struct bytes *out, struct err *err)
{
	const uint8_t *start = rest->data;
	unsigned parts = 0;
	for (struct bytes line; lines_next(rest, &line);) {
		if (line.len > 0 || ++parts < 2)
			continue;
		*out = bytes_of(start, (size_t)(line.data - start));
		return OK;
	}
	return err_set(err, ERR_INVALID, "evidence: no empty line between the checkpoints (clause 8.1)");
}

/* Size, root and origin of one of the two. */
static int read_checkpoint(struct bytes raw, const char *which, struct checkpoint *out, struct err *err)
{
	struct note note;
	int rc = checkpoint_read(raw, &note, out, err);
	return rc == OK ? OK : err_wrap(err, rc, "evidence: the %s checkpoint", which);
}

static int read_pair(struct evidence *e, struct err *err)
{
	struct checkpoint smaller, larger;
	int rc = read_checkpoint(e->smaller, "smaller", &smaller, err);
	if (rc == OK)
		rc = read_checkpoint(e->larger, "larger", &larger, err);
	if (rc != OK)
		return rc;
	if (!bytes_equal(smaller.origin, larger.origin))
		return err_set(err, ERR_INVALID, "evidence: checkpoints of two logs (clause 8.1)");
	if (smaller.size == 0 || smaller.size > larger.size)
		return err_set(err, ERR_INVALID, "evidence: the first size is 0, or above the second (clause 8.1)");
	memcpy(e->origin, smaller.origin.data, smaller.origin.len);
	e->origin[smaller.origin.len] = '\0';
	e->smaller_size = smaller.size;
	e->smaller_root = smaller.root;
	e->larger_size = larger.size;
	e->larger_root = larger.root;
	return OK;
}

int evidence_parse(struct bytes raw, struct evidence *out, struct err *err)
{
	struct bytes line;
	*out = (struct evidence){ 0 };
	if (raw.len > EVIDENCE_MAX)
		return err_set(err, ERR_LIMIT, "evidence: more than %d bytes (clause 8.1)", EVIDENCE_MAX);
	if (!evidence_begins(raw))
		return err_set(err, ERR_INVALID, "evidence: the first line is not %s (clause 8.1)", header);
	must(lines_next(&raw, &line));
	int rc = parse_root(&raw, &out->root, err);
	if (rc == OK)
		rc = parse_proof(&raw, &out->proof, err);
	if (rc == OK)
		rc = take_note(&raw, &out->smaller, err);
	out->larger = raw;
	return rc == OK ? read_pair(out, err) : rc;
}

/* ---- judging ---- */

int evidence_contradicts(struct hasher *h, const struct evidence *e, struct err *err)
{
	if (hash_equal(&e->root, &e->smaller_root))
		return err_set(err, ERR_UNTRUSTED, "evidence: the two checkpoints agree");
	if (tree_verify(h, e->proof.hashes, e->proof.count, 0, e->smaller_size, e->larger_size, &e->root,
	                &e->larger_root) != OK)
		return err_set(err, ERR_UNTRUSTED, "evidence: the proof does not lead from the root line to the larger tree");
	return OK;
}

int evidence_verify(struct hasher *h, const struct evidence *e, const struct vkey *log, struct err *err)
{
	struct note note;
	struct checkpoint checkpoint;
	int rc = checkpoint_open(e->smaller, log, &note, &checkpoint, err);
	if (rc == OK)
		rc = checkpoint_open(e->larger, log, &note, &checkpoint, err);
	return rc == OK ? evidence_contradicts(h, e, err) : rc;
}

int evidence_judge(struct hasher *h, const struct evidence *e, const struct policy *policy, const struct vkey **log,
                   struct err *err)
{
	const struct vkey *first = NULL;
	int rc = policy_find_log(policy, e->smaller, &first, err);
	if (rc == OK)
		rc = policy_find_log(policy, e->larger, log, err);
	return rc == OK ? evidence_contradicts(h, e, err) : rc;
}
