/* note: C2SP signed notes, checkpoints (tlog-checkpoint) and cosignatures (tlog-cosignature).
 *
 * A parsed note borrows the bytes it was read from.  Nothing here trusts a name: a signature
 * counts when its name and key ID are those of a key that the caller gave, and it verifies.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "crypto/hash.h"
#include "crypto/key.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

struct note_signature {
	struct bytes line; /* the whole line, without its LF; borrows */
	struct bytes name; /* borrows */
	uint32_t id;
	uint8_t payload[8 + SIGNATURE_SIZE]; /* what follows the key ID, when it is <= 72 bytes */
	size_t payload_len;                  /* its real length; larger ones are kept as line only */
};

struct note {
	struct bytes text; /* what is signed, with its final LF; borrows */
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
	size_t count;
};

/* Split and check the form.  ERR_INVALID names the rule of signed-note; ERR_LIMIT: more than
 * NOTE_MAX bytes or NOTE_SIGNATURES_MAX signatures. */
CHECKED int note_parse(struct bytes raw, struct note *out, struct err *err);

/* Does the note carry a signature by this key that verifies?  For KEY_COSIGNATURE the timestamp
 * (seconds) goes to *time_s (may be NULL).
 * ERR_NOT_FOUND: none by that name and ID, or a key of a type that is not done here.  ERR_UNTRUSTED: one by that name
 * and ID that fails (the note must then be rejected). */
CHECKED int note_verify(const struct note *n, const struct vkey *key, uint64_t *time_s);

/* When a cosignature says that it was made, in seconds, unverified; 0: the line is none. */
uint64_t note_time(const struct note_signature *s);

/* Append the signature line ("— name base64\n") of key (KEY_ED25519) over text, or of a witness
 * (KEY_COSIGNATURE) at time_s. */
void note_sign(const struct skey *key, struct bytes text, struct buf *out);
void note_cosign(const struct skey *key, struct bytes text, uint64_t time_s, struct buf *out);

struct checkpoint {
	struct bytes origin; /* borrows the text */
	uint64_t size;
	struct hash root;
	size_t extensions; /* number of extension lines */
};

/* Read a note's text as a checkpoint.  ERR_INVALID names the rule of tlog-checkpoint; ERR_LIMIT: an
 * origin of more than NAME_MAX_BYTES, or more than CHECKPOINT_LINES_MAX lines. */
CHECKED int checkpoint_parse(struct bytes text, struct checkpoint *out, struct err *err);

/* A note and the checkpoint that its text is; nothing is verified.  Both borrow raw.  Errors of note_parse and
 * checkpoint_parse. */
CHECKED int checkpoint_read(struct bytes raw, struct note *note, struct checkpoint *out, struct err *err);

/* The three lines of a checkpoint's text. */
void checkpoint_write(const char *origin, uint64_t size, const struct hash *root, struct buf *out);

/* A whole checkpoint, read and checked: parses, compares the origin with the key's name and
 * verifies the log's signature.  ERR_INVALID, ERR_LIMIT, or ERR_UNTRUSTED. */
CHECKED int checkpoint_open(struct bytes raw, const struct vkey *log, struct note *note, struct checkpoint *out,
                            struct err *err);
