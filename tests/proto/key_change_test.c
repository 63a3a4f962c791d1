/* key_change: what is read back, and what no signature stands for. */
#include "crypto/encode.h"
#include "crypto/tls.h"
#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/key_change.h"
#include "tests/proto/kit.h"

static const uint8_t nonce[NONCE_SIZE] = { 1, 2, 3 };

static struct skey *make(const char *name, enum key_type type, uint8_t number)
{
	uint8_t seed[KEY_SIZE] = { number };
	struct skey *key = NULL;
	assert_int_equal(skey_from_seed(name, type, seed, &key, NULL), OK);
	return key;
}

static struct key_change change_of(enum key_role role, const struct skey *old, const struct skey *new)
{
	return (struct key_change){
		.role = role, .old = *skey_public(old), .new = *skey_public(new), .until_ms = 1700000000000, .index = 42
	};
}

static void assert_same(const struct key_change *a, const struct key_change *b)
{
	const struct vkey *const left[] = { &a->old, &a->new }, *const right[] = { &b->old, &b->new };
	assert_int_equal(a->role, b->role);
	assert_int_equal(a->until_ms, b->until_ms);
	assert_int_equal(a->index, b->index);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(left[i]->name, right[i]->name);
		assert_int_equal(left[i]->id, right[i]->id);
		assert_int_equal(left[i]->type, right[i]->type);
		assert_memory_equal(left[i]->key, right[i]->key, KEY_SIZE);
	}
}

static void a_statement_is_read_back(void **state)
{
	static const struct {
		enum key_role role;
		enum key_type type;
	} cases[] = { { KEY_OF_LOG, KEY_ED25519 },
		          { KEY_OF_WITNESS, KEY_COSIGNATURE },
		          { KEY_OF_MIRROR, KEY_COSIGNATURE } };
	for (size_t i = 0; i < 3; i++) {
		struct skey *old = make("a.example/x", cases[i].type, 1), *new = make("a.example/x", cases[i].type, 2);
		struct key_change k = change_of(cases[i].role, old, new), back;
		struct buf payload = { 0 };
		assert_int_equal(key_change_write(&k, &(struct key_signer){ .key = old }, &(struct key_signer){ .key = new },
		                                  nonce, &payload, NULL),
		                 OK);
		assert_int_equal(payload_kind(buf_bytes(&payload)), NORMLINK__KIND__KIND_KEY);
		assert_in_range(payload.len, 1, KEY_STATEMENT_MAX);
		assert_int_equal(key_change_open(buf_bytes(&payload), &back, NULL), OK);
		assert_same(&back, &k);
		struct bytes whole = buf_bytes(&payload);
		for (size_t n = 0; n < whole.len; n++)
			assert_int_not_equal(key_change_open(bytes_of(whole.data, n), &back, NULL), OK);
		buf_free(&payload);
		skey_free(old);
		skey_free(new);
	}
}

static void both_keys_must_have_signed(void **state)
{
	struct skey *old = make("a.example/log", KEY_ED25519, 1), *new = make("a.example/log", KEY_ED25519, 2),
	            *other = make("a.example/log", KEY_ED25519, 3);
	struct key_change k = change_of(KEY_OF_LOG, old, new), back;
	const struct skey *wrong[][2] = { { old, other }, { other, new }, { new, old } };
	for (size_t i = 0; i < 3; i++) {
		struct buf payload = { 0 };
		struct err err = { 0 };
		assert_int_equal(key_change_write(&k, &(struct key_signer){ .key = wrong[i][0] },
		                                  &(struct key_signer){ .key = wrong[i][1] }, nonce, &payload, NULL),
		                 OK);
		assert_int_equal(key_change_open(buf_bytes(&payload), &back, &err), ERR_UNTRUSTED);
		kit_expect_text(&err, "clause 2.10");
		buf_free(&payload);
	}
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	assert_int_equal(key_change_write(&k, &(struct key_signer){ .key = old }, &(struct key_signer){ .key = new }, nonce,
	                                  &payload, NULL),
	                 OK);
	struct arena arena = { 0 };
	struct bytes inner;
	assert_int_equal(payload_record(buf_bytes(&payload), &arena, &inner, NULL), OK);
	payload_write(inner, nonce, &record);
	assert_int_equal(key_change_open(buf_bytes(&record), &back, &err), ERR_UNTRUSTED);
	kit_expect_text(&err, "no signature by the old key");
	arena_free(&arena);
	buf_free(&record);
	buf_free(&payload);
	skey_free(old);
	skey_free(new);
	skey_free(other);
}

static void a_tls_key_signs_with_its_certificates_key(void **state)
{
	struct buf keys[2] = { { 0 } }, certs[2] = { { 0 } }, payload = { 0 };
	struct key_change k = { .role = KEY_OF_TLS, .until_ms = 5, .index = 1 }, back;
	for (size_t i = 0; i < 2; i++) {
		struct hash pin;
		assert_int_equal(tls_identity_new("a", 1700000000, 10, &keys[i], &certs[i], NULL), OK);
		assert_int_equal(tls_pin_of(buf_bytes(&certs[i]), &pin, NULL), OK);
		memcpy(i == 0 ? k.old.key : k.new.key, pin.b, HASH_SIZE);
	}
	struct key_signer old = { .tls_pem = buf_bytes(&keys[0]) }, new = { .tls_pem = buf_bytes(&keys[1]) };
	assert_int_equal(key_change_write(&k, &old, &new, nonce, &payload, NULL), OK);
	assert_int_equal(key_change_open(buf_bytes(&payload), &back, NULL), OK);
	assert_same(&back, &k);
	buf_reset(&payload);
	assert_int_equal(key_change_write(&k, &old, &old, nonce, &payload, NULL), OK);
	assert_int_equal(key_change_open(buf_bytes(&payload), &back, NULL), ERR_UNTRUSTED);
	struct key_signer none = { .tls_pem = bytes_str("nothing") };
	assert_int_equal(key_change_write(&k, &old, &none, nonce, &payload, NULL), ERR_INVALID);
	for (size_t i = 0; i < 2; i++) {
		buf_free(&keys[i]);
		buf_free(&certs[i]);
	}
	buf_free(&payload);
}

#define PIN_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PIN_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define KEY(subject, body) "{\"kind\":\"key\",\"subject\":\"" subject "\",\"key\":{" body "}}"
#define WHEN "\"until_ms\":5,\"index\":7"
#define PINS "\"old\":\"" PIN_A "\",\"new\":\"" PIN_B "\","

static const struct {
	const char *json, *text;
} bad[] = {
	{ KEY("logs", PINS WHEN), "subject: not log, witness, mirror or tls: logs (clause 2.10)" },
	{ KEY("", PINS WHEN), "subject: not log" },
	{ KEY("tls", "\"new\":\"" PIN_B "\"," WHEN), "key.old: missing" },
	{ KEY("tls", "\"old\":\"" PIN_A "\"," WHEN), "key.new: missing" },
	{ KEY("tls", "\"old\":\"" PIN_A "\",\"new\":\"" PIN_A "\"," WHEN), "key.new: the same as the old one" },
	{ KEY("tls", "\"old\":\"" PIN_A "\",\"new\":\"bb\"," WHEN), "key.new: not a pin" },
	{ KEY("tls", "\"old\":\"A" PIN_A "\",\"new\":\"" PIN_B "\"," WHEN), "key.old: not a pin" },
	{ KEY("log", PINS WHEN), "key.old: not a verifier key of this role" },
	{ KEY("tls", PINS "\"index\":7"), "key.until_ms: missing" },
	{ KEY("tls", PINS "\"until_ms\":253402300800000,\"index\":7"), "key.until_ms: missing, or after the year 9999" },
	{ KEY("tls", PINS "\"until_ms\":5"), "key.index: missing" },
	{ KEY("tls", PINS "\"until_ms\":5,\"index\":\"9223372036854775807\""), "key.index: missing, or not" },
};

static void what_breaks_the_clause_is_refused(void **state)
{
	struct arena arena = { 0 };
	assert_int_equal(record_validate(kit_record(&arena, KEY("tls", PINS WHEN)), NULL), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		assert_int_equal(record_validate(kit_record(&arena, bad[i].json), &err), ERR_INVALID);
		kit_expect_text(&err, bad[i].text);
	}
	assert_int_equal(kind_of_word("key"), 103);
	arena_free(&arena);
}

static void a_key_of_another_type_or_name_is_refused(void **state)
{
	struct skey *log = make("a/log", KEY_ED25519, 1), *witness = make("a/log", KEY_COSIGNATURE, 2),
	            *named = make("b/log", KEY_ED25519, 3);
	struct buf payload = { 0 };
	struct err err = { 0 };
	struct key_change k = change_of(KEY_OF_LOG, log, witness);
	struct key_signer signer = { .key = log };
	assert_int_equal(key_change_write(&k, &signer, &signer, nonce, &payload, &err), ERR_INVALID);
	kit_expect_text(&err, "key.new: not a verifier key of this role");
	k = change_of(KEY_OF_LOG, log, named);
	assert_int_equal(key_change_write(&k, &signer, &signer, nonce, &payload, &err), ERR_INVALID);
	kit_expect_text(&err, "key.new: of another name");
	buf_free(&payload);
	skey_free(log);
	skey_free(witness);
	skey_free(named);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_read_back),
		cmocka_unit_test(both_keys_must_have_signed),
		cmocka_unit_test(a_tls_key_signs_with_its_certificates_key),
		cmocka_unit_test(what_breaks_the_clause_is_refused),
		cmocka_unit_test(a_key_of_another_type_or_name_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
