#include "crypto/note.h"

#include "crypto/encode.h"
#include "node/base/must.h"

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space */
enum { DASH_LEN = 4, KEY_ID_LEN = 4, TIME_LEN = 8 };

/* ---- form (signed-note, "Note text" and "Signatures") ---- */

static int check_form(struct bytes raw, struct err *err)
{
	if (raw.len > NOTE_MAX)
		return err_set(err, ERR_LIMIT, "signed-note: more than %d bytes", NOTE_MAX);
	for (size_t i = 0; i < raw.len; i++)
		if (raw.data[i] < 0x20 && raw.data[i] != '\n')
			return err_set(err, ERR_INVALID, "signed-note: a control character in the note");
	if (!text_is_utf8(raw))
		return err_set(err, ERR_INVALID, "signed-note: the note is not UTF-8");
	if (raw.len == 0 || raw.data[raw.len - 1] != '\n')
		return err_set(err, ERR_INVALID, "signed-note: the note does not end with a line feed");
	return OK;
}

/* One signature line without its LF. */
static int parse_signature(struct bytes line, struct note_signature *out, struct err *err)
{
	if (line.len < DASH_LEN || memcmp(line.data, dash, DASH_LEN) != 0)
		return err_set(err, ERR_INVALID, "signed-note: a signature line does not begin with a dash and a space");
	struct bytes rest = bytes_of(line.data + DASH_LEN, line.len - DASH_LEN);
	const uint8_t *space = memchr(rest.data, ' ', rest.len);
	if (space == NULL)
		return err_set(err, ERR_INVALID, "signed-note: a signature line has no second space");
	out->line = line;
	out->name = bytes_of(rest.data, (size_t)(space - rest.data));
	int rc = key_name_check(out->name, err);
	if (rc != OK)
		return rc;
	struct buf data = { 0 };
	rc = base64_decode(bytes_of(space + 1, rest.len - out->name.len - 1), &data);
	if (rc != OK || data.len <= KEY_ID_LEN) {
		buf_free(&data);
		return err_set(err, ERR_INVALID, "signed-note: a signature is not base64 of a key ID and more");
	}
	out->id = (uint32_t)data.data[0] << 24 | (uint32_t)data.data[1] << 16 | (uint32_t)data.data[2] << 8 | data.data[3];
	out->payload_len = data.len - KEY_ID_LEN;
	if (out->payload_len <= sizeof out->payload)
		memcpy(out->payload, data.data + KEY_ID_LEN, out->payload_len);
	buf_free(&data);
	return OK;
}

/* The length of the text, which ends at the last empty line; 0 when there is none. */
static size_t text_length(struct bytes raw)
{
	for (size_t i = raw.len; i >= 2; i--)
		if (raw.data[i - 1] == '\n' && raw.data[i - 2] == '\n')
			return i - 1;
	return 0;
}

int note_parse(struct bytes raw, struct note *out, struct err *err)
{
	int rc = check_form(raw, err);
	if (rc != OK)
		return rc;
	size_t text_len = text_length(raw);
	if (text_len == 0)
		return err_set(err, ERR_INVALID, "signed-note: no empty line before the signatures");
	out->text = bytes_of(raw.data, text_len);
	out->count = 0;
	for (size_t at = text_len + 1; at < raw.len;) {
		const uint8_t *end = memchr(raw.data + at, '\n', raw.len - at);
		must(end != NULL);
		if (out->count == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT, "signed-note: more than %d signatures", NOTE_SIGNATURES_MAX);
		size_t len = (size_t)(end - raw.data) - at;
		rc = parse_signature(bytes_of(raw.data + at, len), &out->signatures[out->count], err);
		if (rc != OK)
			return rc;
		out->count++;
		at += len + 1;
	}
	if (out->count == 0)
		return err_set(err, ERR_INVALID, "signed-note: no signature");
	return OK;
}

/* ---- signatures ---- */

/* tlog-cosignature: what a witness signs. */
static void cosignature_message(struct bytes text, uint64_t time_s, struct buf *out)
{
	buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	buf_add_bytes(out, text);
}

uint64_t note_time(const struct note_signature *s)
{
	uint64_t time = 0;
	if (s->payload_len != TIME_LEN + SIGNATURE_SIZE)
		return 0;
	for (size_t i = 0; i < TIME_LEN; i++)
		time = time << 8 | s->payload[i];
	return time;
}

static bool verify_one(const struct note *n, const struct note_signature *s, const struct vkey *key, uint64_t *time_s)
{
	if (key->type == KEY_ED25519)
		return s->payload_len == SIGNATURE_SIZE && vkey_verify(key, n->text, s->payload) == OK;
	if (s->payload_len != TIME_LEN + SIGNATURE_SIZE)
		return false;
	uint64_t time = note_time(s);
	if (time > INT64_MAX)
		return false;
	struct buf message = { 0 };
	cosignature_message(n->text, time, &message);
	bool good = vkey_verify(key, buf_bytes(&message), s->payload + TIME_LEN) == OK;
	buf_free(&message);
	if (good && time_s != NULL)
		*time_s = time;
	return good;
}

int note_verify(const struct note *n, const struct vkey *key, uint64_t *time_s)
{
	struct bytes name = bytes_str(key->name);
	if (key->type != KEY_ED25519 && key->type != KEY_COSIGNATURE)
		return ERR_NOT_FOUND;
	const struct note_signature *found = NULL;
	for (size_t i = 0; i < n->count; i++) {
		const struct note_signature *s = &n->signatures[i];
		if (s->id != key->id || !bytes_equal(s->name, name))
			continue;
		/* A line said again costs nothing: the work is bounded by the key's owner, not by who copies lines. */
		if (found != NULL && bytes_equal(found->line, s->line))
			continue;
		/* signed-note: a known key's signature that fails spoils the note, whatever else is there. */
		if (!verify_one(n, s, key, time_s))
			return ERR_UNTRUSTED;
		found = s;
	}
	return found != NULL ? OK : ERR_NOT_FOUND;
}

static void add_line(const struct vkey *key, const uint8_t *payload, size_t len, struct buf *out)
{
	struct buf data = { 0 };
	buf_add_u32(&data, key->id);
	buf_add(&data, payload, len);
	buf_printf(out, "%s%s ", dash, key->name);
	base64_add(out, buf_bytes(&data));
	buf_add_char(out, '\n');
	buf_free(&data);
}

void note_sign(const struct skey *key, struct bytes text, struct buf *out)
{
	uint8_t signature[SIGNATURE_SIZE];
	must(skey_public(key)->type == KEY_ED25519);
	skey_sign(key, text, signature);
	add_line(skey_public(key), signature, sizeof signature, out);
}

void note_cosign(const struct skey *key, struct bytes text, uint64_t time_s, struct buf *out)
{
	uint8_t payload[TIME_LEN + SIGNATURE_SIZE];
	struct buf message = { 0 };
	must(skey_public(key)->type == KEY_COSIGNATURE && time_s <= INT64_MAX);
	cosignature_message(text, time_s, &message);
	for (size_t i = 0; i < TIME_LEN; i++)
		payload[i] = (uint8_t)(time_s >> (8 * (TIME_LEN - 1 - i)));
	skey_sign(key, buf_bytes(&message), payload + TIME_LEN);
	buf_free(&message);
	add_line(skey_public(key), payload, sizeof payload, out);
}
