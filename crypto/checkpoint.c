/* Checkpoints: the text of a note that is a log's head (tlog-checkpoint). */
#include <inttypes.h>

#include "crypto/encode.h"
#include "crypto/lines.h"
#include "crypto/note.h"

int checkpoint_parse(struct bytes text, struct checkpoint *out, struct err *err)
{
	struct bytes line;
	*out = (struct checkpoint){ 0 };
	if (!lines_next(&text, &out->origin) || out->origin.len == 0)
		return err_set(err, ERR_INVALID, "tlog-checkpoint: the origin line is empty");
	if (out->origin.len > NAME_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "tlog-checkpoint: an origin of more than %d bytes", NAME_MAX_BYTES);
	if (!lines_next(&text, &line) || !lines_decimal(line, &out->size))
		return err_set(err, ERR_INVALID, "tlog-checkpoint: the size is not a decimal without leading zeroes");
	if (!lines_next(&text, &line) || !lines_hash(line, &out->root))
		return err_set(err, ERR_INVALID, "tlog-checkpoint: the root is not base64 of 32 bytes");
	while (lines_next(&text, &line)) {
		if (line.len == 0)
			return err_set(err, ERR_INVALID, "tlog-checkpoint: an extension line is empty");
		if (++out->extensions > CHECKPOINT_LINES_MAX - 3)
			return err_set(err, ERR_LIMIT, "tlog-checkpoint: more than %d lines", CHECKPOINT_LINES_MAX);
	}
	if (text.len > 0)
		return err_set(err, ERR_INVALID, "tlog-checkpoint: the last line does not end");
	return OK;
}

void checkpoint_write(const char *origin, uint64_t size, const struct hash *root, struct buf *out)
{
	buf_printf(out, "%s\n%" PRIu64 "\n", origin, size);
	base64_add(out, bytes_of(root->b, HASH_SIZE));
	buf_add_char(out, '\n');
}

int checkpoint_read(struct bytes raw, struct note *note, struct checkpoint *out, struct err *err)
{
	int rc = note_parse(raw, note, err);
	return rc == OK ? checkpoint_parse(note->text, out, err) : rc;
}

int checkpoint_open(struct bytes raw, const struct vkey *log, struct note *note, struct checkpoint *out,
                    struct err *err)
{
	int rc = checkpoint_read(raw, note, out, err);
	if (rc != OK)
		return rc;
	if (!bytes_equal(out->origin, bytes_str(log->name)))
		return err_set(err, ERR_UNTRUSTED, "tlog-checkpoint: the origin is not the log key's name");
	rc = note_verify(note, log, NULL);
	if (rc == ERR_NOT_FOUND)
		return err_set(err, ERR_UNTRUSTED, "tlog-checkpoint: no signature by the log's key");
	if (rc != OK)
		return err_set(err, ERR_UNTRUSTED, "signed-note: the log's signature does not verify");
	return OK;
}
