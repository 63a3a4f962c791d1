#include "crypto/current.h"

#include <inttypes.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "node/base/limits.h"
#include "node/base/must.h"

static const char header[] = "normlink current v1";

bool current_begins(struct bytes raw)
{
	struct bytes line;
	return lines_next(&raw, &line) && bytes_equal(line, bytes_str(header));
}

/* ---- writing ---- */

static void add_hash(const struct hash *hash, struct buf *out)
{
	base64_add(out, bytes_of(hash->b, HASH_SIZE));
	buf_add_char(out, '\n');
}

static void add_part(const char *word, struct bytes part, struct buf *out)
{
	buf_printf(out, "%s %zu\n", word, part.len);
	buf_add_bytes(out, part);
}

void current_write(const struct current *c, struct buf *out)
{
	must(c->map.count <= MAP_STEPS_MAX && (!c->map.empty || c->map.count == 0) && c->statement.len > 0);
	buf_printf(out, "%s\nkind %" PRIu32 "\nsubject ", header, c->kind);
	buf_add_bytes(out, c->subject);
	buf_add_char(out, '\n');
	if (!c->map.empty) {
		buf_printf(out, "leaf %" PRIu64 " ", c->map.value);
		add_hash(&c->map.key, out);
	}
	for (size_t i = 0; i < c->map.count; i++) {
		buf_printf(out, "step %u ", (unsigned)c->map.steps[i].depth);
		add_hash(&c->map.steps[i].sibling, out);
	}
	add_part("statement", c->statement, out);
	if (c->entry.len > 0)
		add_part("entry", c->entry, out);
}

/* ---- reading ---- */

/* "WORD " at the front of the line, taken off it. */
static bool take_word(struct bytes *line, const char *word)
{
	size_t len = strlen(word);
	if (line->len <= len || memcmp(line->data, word, len) != 0 || line->data[len] != ' ')
		return false;
	*line = bytes_of(line->data + len + 1, line->len - len - 1);
	return true;
}

/* A decimal of at most max, and what follows the blank after it. */
static bool take_number(struct bytes *line, uint64_t max, uint64_t *out)
{
	const uint8_t *blank = line->len > 0 ? memchr(line->data, ' ', line->len) : NULL;
	size_t len = blank != NULL ? (size_t)(blank - line->data) : line->len, used = blank != NULL ? len + 1 : len;
	if (!lines_decimal(bytes_of(line->data, len), out) || *out > max)
		return false;
	*line = bytes_of(line->data + used, line->len - used);
	return blank == NULL || line->len > 0;
}

static bool plain_text(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			return false;
	return text.len >= 1 && text.len <= SUBJECT_MAX && text_is_utf8(text);
}

static int parse_asked(struct bytes *rest, struct current *out, struct err *err)
{
	struct bytes line;
	uint64_t kind = 0;
	if (!lines_next(rest, &line) || !take_word(&line, "kind") || !take_number(&line, INT32_MAX, &kind) ||
	    line.len > 0 || kind == 0)
		return err_set(err, ERR_INVALID, "current: the second line is not a kind (clause 10)");
	out->kind = (uint32_t)kind;
	if (!lines_next(rest, &line) || !take_word(&line, "subject") || !plain_text(line))
		return err_set(err, ERR_INVALID, "current: the third line is not a subject (clause 10)");
	out->subject = line;
	return OK;
}

static int parse_step(struct bytes line, struct map_proof *map, struct err *err)
{
	uint64_t depth = 0;
	struct map_step *step = &map->steps[map->count];
	if (map->empty || map->count == MAP_STEPS_MAX || !take_number(&line, MAP_STEPS_MAX - 1, &depth) ||
	    !lines_hash(line, &step->sibling) || (map->count > 0 && step[-1].depth >= depth))
		return err_set(err, ERR_INVALID, "current: step %zu is not one below the last (clause 10)", map->count + 1);
	step->depth = (uint8_t)depth;
	map->count++;
	return OK;
}

/* "WORD LENGTH" was the line: so many bytes follow. */
static int parse_part(struct bytes *rest, struct bytes line, const char *word, struct bytes *out, struct err *err)
{
	uint64_t len = 0;
	if (!take_word(&line, word) || !take_number(&line, rest->len, &len) || line.len > 0 || len == 0)
		return err_set(err, ERR_INVALID, "current: no %s of the length that is said (clause 10)", word);
	*out = bytes_of(rest->data, (size_t)len);
	*rest = bytes_of(rest->data + len, rest->len - (size_t)len);
	return OK;
}

/* The leaf, the steps to it; *line is what follows them. */
static int parse_way(struct bytes *rest, struct bytes *line, struct map_proof *map, struct err *err)
{
	bool more = lines_next(rest, line);
	struct bytes leaf = *line;
	map->empty = !more || !take_word(&leaf, "leaf");
	if (!map->empty) {
		if (!take_number(&leaf, UINT64_MAX, &map->value) || !lines_hash(leaf, &map->key))
			return err_set(err, ERR_INVALID, "current: the leaf is not an index and a key (clause 10)");
		more = lines_next(rest, line);
	}
	for (struct bytes step; more && (step = *line, take_word(&step, "step")); more = lines_next(rest, line)) {
		int rc = parse_step(step, map, err);
		if (rc != OK)
			return rc;
	}
	return more ? OK : err_set(err, ERR_INVALID, "current: no statement (clause 10)");
}

int current_parse(struct bytes raw, struct current *out, struct err *err)
{
	struct bytes line;
	*out = (struct current){ 0 };
	if (raw.len > PROOF_FILE_MAX)
		return err_set(err, ERR_LIMIT, "current: more than %d bytes (clause 10)", PROOF_FILE_MAX);
	if (!current_begins(raw))
		return err_set(err, ERR_INVALID, "current: the first line is not %s (clause 10)", header);
	must(lines_next(&raw, &line));
	int rc = parse_asked(&raw, out, err);
	if (rc == OK)
		rc = parse_way(&raw, &line, &out->map, err);
	if (rc == OK)
		rc = parse_part(&raw, line, "statement", &out->statement, err);
	if (rc != OK || raw.len == 0)
		return rc;
	if (!lines_next(&raw, &line))
		return err_set(err, ERR_INVALID, "current: bytes after the statement (clause 10)");
	rc = parse_part(&raw, line, "entry", &out->entry, err);
	return rc != OK || raw.len == 0 ? rc : err_set(err, ERR_INVALID, "current: bytes after the entry (clause 10)");
}

int current_check(struct hasher *h, const struct current *c, const struct hash *root, struct err *err)
{
	struct hash key = map_key(h, c->kind, c->subject);
	bool found;
	if (map_verify(h, &c->map, &key, root, &found) != OK)
		return err_set(err, ERR_UNTRUSTED, "current: the way does not lead from the root to where it ends (clause 10)");
	if (found != (c->entry.len > 0))
		return err_set(err, ERR_INVALID,
		               found ? "current: there is an entry on it, and it is not in the file (clause 10)"
		                     : "current: there is nothing on it, and an entry is in the file (clause 10)");
	return OK;
}
