#include "proto/key_change.h"

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "crypto/tls.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/author.h"
#include "proto/entry.h"
#include "proto/place.h"
#include "proto/record.h"

static const char clause[] = "2.10";
static const char *const words[KEY_ROLES] = { "log", "witness", "mirror", "tls" };

enum { KEY_ID_LEN = 4, SPKI_MAX = 512 };

const char *key_role_word(enum key_role role)
{
	return words[role];
}

int key_role_of_word(const char *word, enum key_role *out)
{
	for (int i = 0; i < KEY_ROLES; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum key_role)i;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

void key_text(enum key_role role, const struct vkey *key, struct buf *out)
{
	if (role == KEY_OF_TLS)
		hex_add(out, bytes_of(key->key, KEY_SIZE));
	else
		vkey_write(key, out);
}

/* ---- the body ---- */

static int read_pin(const char *text, struct vkey *out)
{
	struct buf pin = { 0 };
	int rc = hex_decode(bytes_str(text), &pin);
	*out = (struct vkey){ 0 };
	if (rc == OK && pin.len == KEY_SIZE)
		memcpy(out->key, pin.data, KEY_SIZE);
	else
		rc = ERR_INVALID;
	buf_free(&pin);
	return rc;
}

static int read_key(enum key_role role, const char *text, const char *field, struct vkey *out, struct err *err)
{
	struct place at = place_of(field);
	if (text == NULL)
		return place_refuse(err, &at, clause, "missing", NULL);
	if (role == KEY_OF_TLS)
		return read_pin(text, out) == OK ? OK : place_refuse(err, &at, clause, "not a pin of 64 hex digits", NULL);
	enum key_type type = role == KEY_OF_LOG ? KEY_ED25519 : KEY_COSIGNATURE;
	if (vkey_parse(bytes_str(text), out, NULL) != OK || out->type != type)
		return place_refuse(err, &at, clause, "not a verifier key of this role", NULL);
	return OK;
}

static int check_pair(const struct key_change *k, struct err *err)
{
	struct place at = place_of("key.new");
	if (memcmp(k->old.key, k->new.key, KEY_SIZE) == 0)
		return place_refuse(err, &at, clause, "the same as the old one", NULL);
	return strcmp(k->old.name, k->new.name) == 0 ? OK : place_refuse(err, &at, clause, "of another name", NULL);
}

int key_change_read(const Normlink__Record *r, struct key_change *out, struct err *err)
{
	struct place about = place_of("subject"), until = place_of("key.until_ms"), index = place_of("key.index");
	if (r->kind != NORMLINK__KIND__KIND_KEY || r->key == NULL)
		return err_set(err, ERR_INVALID, "not a key statement (clause 2.10)");
	*out = (struct key_change){ .until_ms = r->key->until_ms, .index = r->key->index };
	if (r->subject == NULL || key_role_of_word(r->subject, &out->role) != OK)
		return place_refuse(err, &about, clause, "not log, witness, mirror or tls", r->subject);
	int rc = read_key(out->role, r->key->old, "key.old", &out->old, err);
	if (rc == OK)
		rc = read_key(out->role, r->key->new_, "key.new", &out->new, err);
	if (rc == OK)
		rc = check_pair(out, err);
	if (rc == OK && (!r->key->has_until_ms || r->key->until_ms > TIME_MAX_MS))
		rc = place_refuse(err, &until, clause, "missing, or after the year 9999", NULL);
	if (rc == OK && (!r->key->has_index || r->key->index >= INT64_MAX))
		rc = place_refuse(err, &index, clause, "missing, or not the number of an entry", NULL);
	return rc;
}

/* ---- signatures ---- */

static struct bytes key_id(const struct vkey *key, uint8_t out[KEY_ID_LEN])
{
	for (size_t i = 0; i < KEY_ID_LEN; i++)
		out[i] = (uint8_t)(key->id >> (8 * (KEY_ID_LEN - 1 - i)));
	return bytes_of(out, KEY_ID_LEN);
}

/* Is this line by that key, as its key_id says?  Of TLS that is the public key itself, whose hash is the pin. */
static bool is_by(const Normlink__AuthorSignature *a, enum key_role role, const struct vkey *key)
{
	uint8_t id[KEY_ID_LEN];
	struct bytes given = message_bytes(a->key_id);
	if (role != KEY_OF_TLS)
		return strcmp(a->author, key->name) == 0 && bytes_equal(given, key_id(key, id));
	struct hasher *h = hasher_new();
	struct hash pin = hash_sum(h, given);
	hasher_free(h);
	return given.len <= SPKI_MAX && memcmp(pin.b, key->key, KEY_SIZE) == 0;
}

static int verify(const Normlink__AuthorSignature *a, enum key_role role, const struct vkey *key, struct bytes message)
{
	struct bytes signature = message_bytes(a->signature);
	if (role == KEY_OF_TLS)
		return a->algorithm == NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_ECDSA_P256
		           ? tls_key_verify(message_bytes(a->key_id), message, signature)
		           : ERR_UNTRUSTED;
	return a->algorithm == NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_ED25519 && signature.len == SIGNATURE_SIZE
	           ? vkey_verify(key, message, signature.data)
	           : ERR_UNTRUSTED;
}

static int check_signed(const Normlink__SignedRecord *s, enum key_role role, const struct vkey *key,
                        struct bytes message, const char *which, struct err *err)
{
	for (size_t i = 0; i < s->n_signatures; i++)
		if (is_by(s->signatures[i], role, key))
			return verify(s->signatures[i], role, key, message) == OK
			           ? OK
			           : err_set(err, ERR_UNTRUSTED, "the signature of the %s key fails (clause 2.10)", which);
	return err_set(err, ERR_UNTRUSTED, "no signature by the %s key (clause 2.10)", which);
}

static int open_in(struct bytes payload, struct arena *arena, struct key_change *out, struct err *err)
{
	Normlink__Record *record = NULL;
	ProtobufCMessage *message = NULL;
	struct buf to_sign = { 0 };
	int rc = payload_open(payload, arena, &record, err);
	if (rc == OK)
		rc = key_change_read(record, out, err);
	if (rc == OK)
		rc = message_decode(&normlink__signed_record__descriptor, payload, arena, &message, err);
	if (rc != OK)
		return rc;
	const Normlink__SignedRecord *s = (const Normlink__SignedRecord *)message;
	author_message(message_bytes(s->record), &to_sign);
	rc = check_signed(s, out->role, &out->old, buf_bytes(&to_sign), "old", err);
	if (rc == OK)
		rc = check_signed(s, out->role, &out->new, buf_bytes(&to_sign), "new", err);
	buf_free(&to_sign);
	return rc;
}

int key_change_open(struct bytes payload, struct key_change *out, struct err *err)
{
	struct arena arena = { 0 };
	int rc = open_in(payload, &arena, out, err);
	arena_free(&arena);
	return rc;
}

/* ---- making one ---- */

static int encode_record(const struct key_change *k, struct buf *out, struct err *err)
{
	Normlink__Record r = NORMLINK__RECORD__INIT;
	Normlink__KeyChange body = NORMLINK__KEY_CHANGE__INIT;
	struct buf old = { 0 }, new = { 0 };
	char subject[16];
	key_text(k->role, &k->old, &old);
	key_text(k->role, &k->new, &new);
	memcpy(subject, words[k->role], strlen(words[k->role]) + 1);
	body.old = (char *)(uintptr_t)buf_str(&old);
	body.new_ = (char *)(uintptr_t)buf_str(&new);
	body.has_until_ms = body.has_index = 1;
	body.until_ms = k->until_ms;
	body.index = k->index;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_KEY;
	r.subject = subject;
	r.key = &body;
	int rc = record_encode(&r, out, err);
	buf_free(&old);
	buf_free(&new);
	return rc;
}

/* One signature with the buffers that it borrows. */
struct signing {
	Normlink__AuthorSignature line;
	struct buf author, key_id, signature;
};

static int sign_one(const struct key_change *k, const struct vkey *key, const struct key_signer *signer,
                    struct bytes message, struct signing *out, struct err *err)
{
	uint8_t id[KEY_ID_LEN], signature[SIGNATURE_SIZE];
	int rc = OK;
	normlink__author_signature__init(&out->line);
	if (k->role == KEY_OF_TLS) {
		out->line.algorithm = NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_ECDSA_P256;
		buf_add_str(&out->author, words[KEY_OF_TLS]);
		rc = tls_key_sign(signer->tls_pem, message, &out->key_id, &out->signature, err);
	} else {
		out->line.algorithm = NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_ED25519;
		buf_add_str(&out->author, key->name);
		buf_add_bytes(&out->key_id, key_id(key, id));
		skey_sign(signer->key, message, signature);
		buf_add(&out->signature, signature, sizeof signature);
	}
	out->line.has_algorithm = out->line.has_key_id = out->line.has_signature = 1;
	out->line.author = (char *)(uintptr_t)buf_str(&out->author);
	out->line.key_id = message_field(buf_bytes(&out->key_id));
	out->line.signature = message_field(buf_bytes(&out->signature));
	return rc;
}

static void signing_free(struct signing *s)
{
	buf_free(&s->author);
	buf_free(&s->key_id);
	buf_free(&s->signature);
}

int key_change_write(const struct key_change *k, const struct key_signer *old, const struct key_signer *new,
                     const uint8_t nonce[NONCE_SIZE], struct buf *payload, struct err *err)
{
	struct buf record = { 0 }, to_sign = { 0 };
	struct signing both[2] = { 0 };
	Normlink__AuthorSignature *lines[2] = { &both[0].line, &both[1].line };
	int rc = encode_record(k, &record, err);
	author_message(buf_bytes(&record), &to_sign);
	if (rc == OK)
		rc = sign_one(k, &k->old, old, buf_bytes(&to_sign), &both[0], err);
	if (rc == OK)
		rc = sign_one(k, &k->new, new, buf_bytes(&to_sign), &both[1], err);
	if (rc == OK) {
		Normlink__SignedRecord s = NORMLINK__SIGNED_RECORD__INIT;
		s.has_record = s.has_nonce = 1;
		s.record = message_field(buf_bytes(&record));
		s.nonce = message_field(bytes_of(nonce, NONCE_SIZE));
		s.signatures = lines;
		s.n_signatures = 2;
		message_encode(&s.base, payload);
	}
	signing_free(&both[0]);
	signing_free(&both[1]);
	buf_free(&record);
	buf_free(&to_sign);
	return rc;
}
