/* entry: envelopes, payloads, and what a proof file carries. */
#include "proto/entry.h"
#include "tests/proto/kit.h"

static struct hasher *hasher;

static int set_up(void **state)
{
	hasher = hasher_new();
	return 0;
}

static int tear_down(void **state)
{
	hasher_free(hasher);
	return 0;
}

static const uint8_t nonce[NONCE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

/* An envelope built field by field: what a test changes, it changes here. */
static Normlink__Envelope fields(uint8_t digest[HASH_SIZE])
{
	Normlink__Envelope e = NORMLINK__ENVELOPE__INIT;
	memset(digest, 7, HASH_SIZE);
	e.has_version = e.has_time_ms = e.has_payload_digest = e.has_payload_size = 1;
	e.version = 1;
	e.time_ms = 1000;
	e.payload_digest = message_field(bytes_of(digest, HASH_SIZE));
	e.payload_size = 9;
	return e;
}

static int parse(const Normlink__Envelope *e, struct envelope *out, struct err *err)
{
	struct buf raw = { 0 };
	message_encode(&e->base, &raw);
	int rc = envelope_parse(buf_bytes(&raw), out, err);
	buf_free(&raw);
	return rc;
}

static void an_envelope_names_its_payload(void **state)
{
	static const char *const collections[] = { NULL, "public", "members-only", "a.b-c9" };
	for (size_t i = 0; i < sizeof collections / sizeof *collections; i++) {
		struct buf raw = { 0 };
		struct envelope e;
		envelope_write(hasher, bytes_str("payload"), 1700000000123, collections[i], &raw);
		assert_true(raw.len <= ENVELOPE_MAX);
		assert_int_equal(envelope_parse(buf_bytes(&raw), &e, NULL), OK);
		assert_int_equal(e.time_ms, 1700000000123);
		assert_string_equal(e.collection, collections[i] == NULL ? "public" : collections[i]);
		assert_int_equal(e.payload_size, 7);
		assert_int_equal(envelope_check(hasher, &e, bytes_str("payload"), NULL), OK);
		struct err err = { 0 };
		assert_int_equal(envelope_check(hasher, &e, bytes_str("payloaD"), &err), ERR_UNTRUSTED);
		kit_expect_text(&err, "digest");
		assert_int_equal(envelope_check(hasher, &e, bytes_str("payload "), &err), ERR_UNTRUSTED);
		kit_expect_text(&err, "8 bytes");
		assert_int_equal(envelope_check(hasher, &e, bytes_of(NULL, 0), &err), ERR_UNTRUSTED);
		buf_free(&raw);
	}
}

static void the_same_envelope_every_time(void **state)
{
	struct buf a = { 0 }, b = { 0 };
	envelope_write(hasher, bytes_str("p"), 5, "public", &a);
	envelope_write(hasher, bytes_str("p"), 5, NULL, &b);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void expect_bad_envelope(const Normlink__Envelope *e, const char *part)
{
	struct envelope out;
	struct err err = { 0 };
	assert_int_equal(parse(e, &out, &err), ERR_INVALID);
	kit_expect_text(&err, part);
	kit_expect_text(&err, "(clause 1.1)");
}

static void a_bad_envelope_names_its_field(void **state)
{
	uint8_t digest[HASH_SIZE];
	Normlink__Envelope e = fields(digest);
	struct envelope out;
	assert_int_equal(parse(&e, &out, NULL), OK);
	e.version = 2;
	expect_bad_envelope(&e, "Envelope.version");
	e = fields(digest);
	e.has_version = 0;
	expect_bad_envelope(&e, "Envelope.version");
	e = fields(digest);
	e.has_time_ms = 0;
	expect_bad_envelope(&e, "Envelope.time_ms");
	e.has_time_ms = 1;
	e.time_ms = TIME_MAX_MS + 1;
	expect_bad_envelope(&e, "Envelope.time_ms");
	e.time_ms = UINT64_MAX;
	expect_bad_envelope(&e, "Envelope.time_ms");
	char *bad_names[] = { (char[]){ "" }, (char[]){ "Public" }, (char[]){ "a b" }, (char[]){ "质" },
		                  (char[]){ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } };
	for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
		e = fields(digest);
		e.collection = bad_names[i];
		expect_bad_envelope(&e, "Envelope.collection");
	}
	for (size_t n = 0; n < 64; n++) {
		uint8_t other[64] = { 0 };
		e = fields(digest);
		e.payload_digest = message_field(bytes_of(other, n));
		if (n != HASH_SIZE)
			expect_bad_envelope(&e, "Envelope.payload_digest");
	}
	e = fields(digest);
	e.payload_size = 0;
	expect_bad_envelope(&e, "Envelope.payload_size");
	e.payload_size = PAYLOAD_MAX + 1;
	expect_bad_envelope(&e, "Envelope.payload_size");
	e.has_payload_size = 0;
	expect_bad_envelope(&e, "Envelope.payload_size");
}

static void an_envelope_over_512_bytes_is_over_the_limit(void **state)
{
	uint8_t digest[HASH_SIZE], extra[ENVELOPE_MAX] = { 0 };
	struct envelope out;
	Normlink__Envelope e = fields(digest);
	ProtobufCMessageUnknownField u = { .tag = 15, .wire_type = PROTOBUF_C_WIRE_TYPE_32BIT, .len = 4, .data = extra };
	e.base.n_unknown_fields = 1;
	e.base.unknown_fields = &u;
	assert_int_equal(parse(&e, &out, NULL), OK);
	uint8_t raw[ENVELOPE_MAX + 1] = { 0 };
	assert_int_equal(envelope_parse(bytes_of(raw, sizeof raw), &out, NULL), ERR_LIMIT);
	assert_int_equal(envelope_parse(bytes_of(raw, ENVELOPE_MAX), &out, NULL), ERR_INVALID);
	assert_int_equal(envelope_parse(bytes_of(NULL, 0), &out, NULL), ERR_INVALID);
}

static void a_payload_gives_its_record_back(void **state)
{
	struct arena arena = { 0 };
	struct buf raw = { 0 };
	struct bytes record;
	payload_write(bytes_str("record bytes"), nonce, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, NULL), OK);
	assert_true(bytes_equal(record, bytes_str("record bytes")));
	Normlink__Record *r = NULL;
	struct err err = { 0 };
	assert_int_equal(payload_open(buf_bytes(&raw), &arena, &r, &err), ERR_INVALID);
	assert_null(r);
	for (size_t n = 0; n < raw.len; n++)
		assert_int_equal(payload_record(bytes_of(raw.data, n), &arena, &record, NULL), ERR_INVALID);
	arena_free(&arena);
	buf_free(&raw);
}

static void a_payload_opens_to_a_valid_record(void **state)
{
	struct arena arena = { 0 };
	struct buf record = { 0 }, raw = { 0 };
	Normlink__Record *r = NULL;
	assert_int_equal(record_encode(kit_record(&arena, kit_good), &record, NULL), OK);
	payload_write(buf_bytes(&record), nonce, &raw);
	assert_int_equal(payload_open(buf_bytes(&raw), &arena, &r, NULL), OK);
	assert_string_equal(r->subject, "GB/T 19001-2016");
	arena_free(&arena);
	buf_free(&record);
	buf_free(&raw);
}

static void a_bad_payload_names_its_field(void **state)
{
	struct arena arena = { 0 };
	struct bytes record;
	struct err err = { 0 };
	struct buf raw = { 0 };
	Normlink__SignedRecord s = NORMLINK__SIGNED_RECORD__INIT;
	s.has_nonce = 1;
	s.nonce = message_field(bytes_of(nonce, NONCE_SIZE));
	message_encode(&s.base, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, &err), ERR_INVALID);
	kit_expect_text(&err, "SignedRecord.record: missing (clause 1.2)");
	s.has_record = 1;
	s.record = message_field(bytes_str("r"));
	s.nonce.len = NONCE_SIZE - 1;
	buf_reset(&raw);
	message_encode(&s.base, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, &err), ERR_INVALID);
	kit_expect_text(&err, "SignedRecord.nonce");
	arena_free(&arena);
	buf_free(&raw);
}

static void author_signatures_are_whole(void **state)
{
	struct arena arena = { 0 };
	struct bytes record;
	struct err err = { 0 };
	struct buf raw = { 0 };
	char author[] = "enterprise.example";
	Normlink__SignedRecord s = NORMLINK__SIGNED_RECORD__INIT;
	Normlink__AuthorSignature a = NORMLINK__AUTHOR_SIGNATURE__INIT;
	Normlink__AuthorSignature *many[AUTHOR_SIGNATURES_MAX + 1];
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		many[i] = &a;
	s.has_record = s.has_nonce = 1;
	s.record = message_field(bytes_str("r"));
	s.nonce = message_field(bytes_of(nonce, NONCE_SIZE));
	s.signatures = many;
	s.n_signatures = 1;
	message_encode(&s.base, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, &err), ERR_INVALID);
	kit_expect_text(&err, "SignedRecord.signatures[0]");
	a.has_algorithm = a.has_key_id = a.has_signature = 1;
	a.algorithm = NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_SM2_SM3;
	a.author = author;
	a.key_id = a.signature = message_field(bytes_str("x"));
	s.n_signatures = AUTHOR_SIGNATURES_MAX;
	buf_reset(&raw);
	message_encode(&s.base, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, &err), OK);
	s.n_signatures++;
	buf_reset(&raw);
	message_encode(&s.base, &raw);
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, &err), ERR_LIMIT);
	arena_free(&arena);
	buf_free(&raw);
}

static void a_payload_over_its_limit_is_not_decoded(void **state)
{
	struct arena arena = { .cap = 1 };
	struct bytes record;
	struct buf raw = { 0 };
	memset(buf_reserve(&raw, PAYLOAD_MAX + 1), 0x12, PAYLOAD_MAX + 1);
	raw.len = PAYLOAD_MAX + 1;
	assert_int_equal(payload_record(buf_bytes(&raw), &arena, &record, NULL), ERR_LIMIT);
	assert_int_equal(arena.used, 0);
	buf_free(&raw);
}

static void proof_extra_carries_both_or_the_envelope_alone(void **unused)
{
	struct arena arena = { 0 };
	struct bytes envelope, payload;
	enum payload_state state;
	struct buf raw = { 0 };
	proof_extra_write(bytes_str("env"), PAYLOAD_PRESENT, bytes_str("pay"), &raw);
	assert_int_equal(proof_extra_parse(buf_bytes(&raw), &arena, &envelope, &state, &payload, NULL), OK);
	assert_true(bytes_equal(envelope, bytes_str("env")) && bytes_equal(payload, bytes_str("pay")));
	buf_reset(&raw);
	proof_extra_write(bytes_str("env"), PAYLOAD_REDACTED, bytes_of(NULL, 0), &raw);
	assert_int_equal(proof_extra_parse(buf_bytes(&raw), &arena, &envelope, &state, &payload, NULL), OK);
	assert_int_equal(payload.len, 0);
	assert_int_equal(state, PAYLOAD_REDACTED);
	struct err err = { 0 };
	static const char *const bad[] = { "\x0a\x01"
		                               "e",
		                               "\x0a\x01"
		                               "e\x18\x01",
		                               "\x0a\x01"
		                               "e\x18\x04",
		                               "\x0a\x01"
		                               "e\x12\x01p\x18\x02",
		                               "\x0a\x01"
		                               "e\x12\x01p\x18\x01" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(proof_extra_parse(bytes_str(bad[i]), &arena, &envelope, &state, &payload, &err), ERR_INVALID);
		kit_expect_text(&err, "why there is none");
	}
	assert_int_equal(proof_extra_parse(bytes_str(""), &arena, &envelope, &state, &payload, &err), ERR_INVALID);
	kit_expect_text(&err, "ProofExtra.envelope");
	assert_int_equal(proof_extra_parse(bytes_str("garbage"), &arena, &envelope, &state, &payload, &err), ERR_INVALID);
	arena_free(&arena);
	buf_free(&raw);
}

/* What the record of a payload says of its kind, found without decoding it. */
static void a_kind_is_read_without_decoding(void **state)
{
	static const struct {
		const char *record;
		size_t len;
		int kind;
	} cases[] = {
		{ "\x08\x01", 2, 1 },
		{ "\x08\x68", 2, 104 },
		{ "\x08\xe8\x80\x00", 4, 104 },        /* longer than it need be; a decoder takes it */
		{ "\x12\x01x\x08\x68", 5, 104 },       /* another field first */
		{ "\x0a\x01\x68", 3, 0 },              /* tag 1 of another wire type */
		{ "\x12\x01x", 3, 0 },                 /* none */
		{ "\x08", 1, 0 },                      /* cut short */
		{ "\x08\xff\xff\xff\xff\x0f", 6, -1 }, /* what a decoder makes of it */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf raw = { 0 };
		payload_write(bytes_of(cases[i].record, cases[i].len), nonce, &raw);
		assert_int_equal(payload_kind(buf_bytes(&raw)), cases[i].kind);
		buf_free(&raw);
	}
	assert_int_equal(payload_kind(bytes_of(NULL, 0)), 0);
	assert_int_equal(payload_kind(bytes_str("\x0a\x7f")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_envelope_names_its_payload),
		cmocka_unit_test(the_same_envelope_every_time),
		cmocka_unit_test(a_bad_envelope_names_its_field),
		cmocka_unit_test(an_envelope_over_512_bytes_is_over_the_limit),
		cmocka_unit_test(a_payload_gives_its_record_back),
		cmocka_unit_test(a_kind_is_read_without_decoding),
		cmocka_unit_test(a_payload_opens_to_a_valid_record),
		cmocka_unit_test(a_bad_payload_names_its_field),
		cmocka_unit_test(author_signatures_are_whole),
		cmocka_unit_test(a_payload_over_its_limit_is_not_decoded),
		cmocka_unit_test(proof_extra_carries_both_or_the_envelope_alone),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
