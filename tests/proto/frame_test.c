/* frame: lengths and bodies of the peer protocol. */
#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/frame.h"
#include "tests/proto/kit.h"
#include <stdlib.h>

static uint8_t bytes64k[EVIDENCE_MAX + 1];
static char origin[] = "sac.example/log";
static char name[] = "sac";

static ProtobufCBinaryData some(size_t n)
{
	return message_field(bytes_of(bytes64k, n));
}

/* ---- lengths ---- */

static void a_frame_is_split_off_at_every_cut(void **state)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Ping ping = NORMLINK__PING__INIT;
	struct buf stream = { 0 };
	struct bytes frame;
	size_t used = 0;
	f.has_id = 1;
	f.id = 300;
	f.body_case = NORMLINK__FRAME__BODY_PING;
	f.ping = &ping;
	frame_write(&f, &stream);
	size_t first = stream.len;
	frame_write(&f, &stream);
	for (size_t n = 0; n < first; n++)
		assert_int_equal(frame_split(bytes_of(stream.data, n), &frame, &used, NULL), ERR_NOT_READY);
	for (size_t n = first; n <= stream.len; n++) {
		assert_int_equal(frame_split(bytes_of(stream.data, n), &frame, &used, NULL), OK);
		assert_int_equal(used, first);
		assert_int_equal(frame.len, first - FRAME_PREFIX);
	}
	struct arena arena = { 0 };
	Normlink__Frame *back;
	assert_int_equal(frame_decode(frame, &arena, &back, NULL), OK);
	assert_int_equal(back->id, 300);
	assert_int_equal(back->body_case, NORMLINK__FRAME__BODY_PING);
	arena_free(&arena);
	buf_free(&stream);
}

static void a_length_out_of_bounds_ends_the_link(void **state)
{
	static const uint32_t bad[] = { 0, FRAME_MAX + 1, 0x01000000, 0x7fffffff, 0x80000000, 0xffffffff };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf stream = { 0 };
		struct bytes frame;
		size_t used;
		struct err err = { 0 };
		buf_add_u32(&stream, bad[i]);
		assert_int_equal(frame_split(buf_bytes(&stream), &frame, &used, &err), ERR_PROTOCOL);
		kit_expect_text(&err, "clause 4.1");
		buf_free(&stream);
	}
	struct buf most = { 0 };
	struct bytes frame;
	size_t used;
	buf_add_u32(&most, FRAME_MAX);
	assert_int_equal(frame_split(buf_bytes(&most), &frame, &used, NULL), ERR_NOT_READY);
	buf_free(&most);
}

/* ---- bodies ---- */

static int decode(const Normlink__Frame *f, struct err *err)
{
	struct buf raw = { 0 };
	struct arena arena = { 0 };
	Normlink__Frame *out;
	message_encode(&f->base, &raw);
	int rc = frame_decode(buf_bytes(&raw), &arena, &out, err);
	arena_free(&arena);
	buf_free(&raw);
	return rc;
}

static void expect_good(const Normlink__Frame *f)
{
	struct err err = { 0 };
	if (decode(f, &err) != OK)
		fail_msg("%s", err.text);
}

static void expect_bad(const Normlink__Frame *f, const char *part)
{
	struct err err = { 0 };
	assert_int_equal(decode(f, &err), ERR_PROTOCOL);
	kit_expect_text(&err, part);
}

static void hello_names_the_node(void **state)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Hello m = NORMLINK__HELLO__INIT;
	f.body_case = NORMLINK__FRAME__BODY_HELLO;
	f.hello = &m;
	expect_bad(&f, "clause 4.3: Hello.version");
	m.has_version = m.has_requests_in_flight = 1;
	m.version = m.requests_in_flight = 1;
	expect_bad(&f, "clause 4.3: Hello.name");
	m.name = origin;
	expect_bad(&f, "clause 4.3: Hello.name");
	m.name = name;
	expect_good(&f);
	m.version = 7;
	expect_good(&f);
	m.version = 0;
	expect_bad(&f, "Hello.version");
	m.version = 1;
	m.requests_in_flight = 0;
	expect_bad(&f, "Hello.requests_in_flight");
	m.requests_in_flight = 1;
	m.has_your_checkpoint = 1;
	expect_bad(&f, "clause 4.3: Hello.your_checkpoint");
	uint8_t *note = calloc(1, NOTE_MAX + 1);
	m.your_checkpoint = (ProtobufCBinaryData){ .data = note, .len = NOTE_MAX };
	expect_good(&f);
	m.your_checkpoint.len++;
	expect_bad(&f, "clause 4.3: Hello.your_checkpoint");
	free(note);
}

static void announce_carries_a_checkpoint(void **state)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Announce m = NORMLINK__ANNOUNCE__INIT;
	f.body_case = NORMLINK__FRAME__BODY_ANNOUNCE;
	f.announce = &m;
	expect_bad(&f, "clause 4.4");
	m.has_checkpoint = 1;
	expect_bad(&f, "clause 4.4");
	m.checkpoint = some(NOTE_MAX);
	expect_good(&f);
	m.checkpoint = some(NOTE_MAX + 1);
	expect_bad(&f, "clause 4.4");
}

static void consistency_has_sizes_in_order(void **state)
{
	static const struct {
		uint64_t old_size, new_size;
		bool good;
	} cases[] = { { 0, 0, true },
		          { 1, 1, true },
		          { 1, INT64_MAX, true },
		          { 2, 1, false },
		          { 1, (uint64_t)INT64_MAX + 1, false },
		          { UINT64_MAX, UINT64_MAX, false } };
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__ConsistencyRequest m = NORMLINK__CONSISTENCY_REQUEST__INIT;
	f.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST;
	f.consistency_request = &m;
	expect_bad(&f, "ConsistencyRequest.origin");
	m.origin = origin;
	expect_bad(&f, "sizes missing");
	m.has_old_size = m.has_new_size = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		m.old_size = cases[i].old_size;
		m.new_size = cases[i].new_size;
		if (cases[i].good)
			expect_good(&f);
		else
			expect_bad(&f, "clause 4.5");
	}
	m.origin = (char[]){ "two words" };
	expect_bad(&f, "ConsistencyRequest.origin");
}

static void an_announcement_has_few_key_statements(void **state)
{
	ProtobufCBinaryData keys[KEY_CHANGES_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Announce m = NORMLINK__ANNOUNCE__INIT;
	for (size_t i = 0; i <= KEY_CHANGES_MAX; i++)
		keys[i] = some(700);
	f.body_case = NORMLINK__FRAME__BODY_ANNOUNCE;
	f.announce = &m;
	m.has_checkpoint = 1;
	m.checkpoint = some(100);
	m.keys = keys;
	m.n_keys = KEY_CHANGES_MAX;
	expect_good(&f);
	m.n_keys++;
	expect_bad(&f, "Announce.keys: too many");
	m.n_keys = 2;
	keys[1] = some(KEY_STATEMENT_MAX + 1);
	expect_bad(&f, "Announce.keys[1]");
	keys[1] = some(0);
	expect_bad(&f, "Announce.keys[1]: 0 bytes");
}

static void entries_are_asked_within_one_bundle(void **state)
{
	static const struct {
		uint64_t start, end, size;
		bool good;
	} cases[] = { { 0, 256, 256, true },       { 0, 1, 1000, true },
		          { 255, 256, 256, true },     { 256, 512, INT64_MAX, true },
		          { 0, 0, 10, false },         { 5, 4, 10, false },
		          { 0, 11, 10, false },        { 255, 257, 300, false },
		          { 0, 257, 300, false },      { UINT64_MAX, 0, 10, false },
		          { 0, 1, UINT64_MAX, false }, { (uint64_t)1 << 63, ((uint64_t)1 << 63) + 1, UINT64_MAX, false } };
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__EntriesRequest m = NORMLINK__ENTRIES_REQUEST__INIT;
	f.body_case = NORMLINK__FRAME__BODY_ENTRIES_REQUEST;
	f.entries_request = &m;
	expect_bad(&f, "EntriesRequest.origin");
	m.origin = origin;
	expect_bad(&f, "missing or out of order");
	m.has_start = m.has_end = m.has_size = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		m.start = cases[i].start;
		m.end = cases[i].end;
		m.size = cases[i].size;
		if (cases[i].good)
			expect_good(&f);
		else
			expect_bad(&f, "clause 4.5: EntriesRequest");
	}
}

static void hashes_are_32_bytes_and_few(void **state)
{
	ProtobufCBinaryData hashes[PROOF_HASHES_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__ConsistencyResponse m = NORMLINK__CONSISTENCY_RESPONSE__INIT;
	for (size_t i = 0; i <= PROOF_HASHES_MAX; i++)
		hashes[i] = some(HASH_SIZE);
	f.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE;
	f.consistency_response = &m;
	expect_bad(&f, "old_root");
	m.has_old_root = 1;
	m.old_root = some(HASH_SIZE);
	expect_good(&f);
	m.hashes = hashes;
	m.n_hashes = PROOF_HASHES_MAX;
	expect_good(&f);
	hashes[3] = some(HASH_SIZE - 1);
	expect_bad(&f, "ConsistencyResponse.hashes[3]: not 32 bytes");
	hashes[3] = some(HASH_SIZE);
	m.n_hashes++;
	expect_bad(&f, "ConsistencyResponse.hashes: 64, at most 63");
	m.n_hashes = 0;
	m.old_root = some(33);
	expect_bad(&f, "old_root");
}

static void entries_come_with_payloads_for_the_first(void **state)
{
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES + 1];
	Normlink__Payload p = NORMLINK__PAYLOAD__INIT;
	Normlink__Payload *payloads[BUNDLE_ENTRIES + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__EntriesResponse m = NORMLINK__ENTRIES_RESPONSE__INIT;
	for (size_t i = 0; i <= BUNDLE_ENTRIES; i++) {
		envelopes[i] = some(60);
		payloads[i] = &p;
	}
	f.body_case = NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
	f.entries_response = &m;
	expect_bad(&f, "EntriesResponse.envelopes: 0");
	m.envelopes = envelopes;
	m.n_envelopes = 2;
	expect_bad(&f, "EntriesResponse.payloads: 0 for 2");
	m.payloads = payloads;
	m.n_payloads = 1;
	expect_bad(&f, "payloads[0].state: missing");
	p.has_state = 1;
	p.state = NORMLINK__PAYLOAD__STATE__STATE_PRESENT;
	expect_bad(&f, "payloads[0].data: 0 bytes");
	p.has_data = 1;
	p.data = some(9);
	expect_good(&f);
	p.state = NORMLINK__PAYLOAD__STATE__STATE_WITHHELD;
	expect_bad(&f, "payloads[0].data: 9 bytes where there is none");
	p.has_data = 0;
	p.data.len = 0;
	expect_good(&f);
	p.state = (Normlink__Payload__State)4;
	expect_bad(&f, "payloads[0].state");
	p.state = NORMLINK__PAYLOAD__STATE__STATE_REDACTED;
	m.n_payloads = 3;
	expect_bad(&f, "EntriesResponse.payloads: 3 for 2");
	m.n_envelopes = m.n_payloads = BUNDLE_ENTRIES;
	expect_good(&f);
	m.n_envelopes++;
	expect_bad(&f, "EntriesResponse.envelopes: 257");
	m.n_envelopes--;
	envelopes[255] = some(ENVELOPE_MAX + 1);
	expect_bad(&f, "EntriesResponse.envelopes[255]");
	envelopes[255] = some(0);
	expect_bad(&f, "EntriesResponse.envelopes[255]");
}

static void payloads_are_asked_for_by_number(void **state)
{
	uint64_t indexes[PAYLOADS_ASKED_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__PayloadsRequest m = NORMLINK__PAYLOADS_REQUEST__INIT;
	for (size_t i = 0; i <= PAYLOADS_ASKED_MAX; i++)
		indexes[i] = 3 * i;
	f.body_case = NORMLINK__FRAME__BODY_PAYLOADS_REQUEST;
	f.payloads_request = &m;
	expect_bad(&f, "clause 4.8: PayloadsRequest.origin");
	m.origin = origin;
	expect_bad(&f, "PayloadsRequest.indexes: 0");
	m.indexes = indexes;
	m.n_indexes = PAYLOADS_ASKED_MAX;
	expect_good(&f);
	m.n_indexes++;
	expect_bad(&f, "PayloadsRequest.indexes: 65");
	m.n_indexes = 2;
	indexes[1] = 0;
	expect_bad(&f, "not ascending");
	indexes[1] = INT64_MAX;
	expect_bad(&f, "not ascending");
	indexes[1] = INT64_MAX - 1;
	expect_good(&f);
}

static void payloads_come_alone(void **state)
{
	Normlink__Payload p = NORMLINK__PAYLOAD__INIT, *payloads[PAYLOADS_ASKED_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__PayloadsResponse m = NORMLINK__PAYLOADS_RESPONSE__INIT;
	for (size_t i = 0; i <= PAYLOADS_ASKED_MAX; i++)
		payloads[i] = &p;
	p.has_state = 1;
	p.state = NORMLINK__PAYLOAD__STATE__STATE_WITHHELD;
	f.body_case = NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE;
	f.payloads_response = &m;
	expect_bad(&f, "clause 4.8: PayloadsResponse.payloads: 0");
	m.payloads = payloads;
	m.n_payloads = PAYLOADS_ASKED_MAX;
	expect_good(&f);
	m.n_payloads++;
	expect_bad(&f, "PayloadsResponse.payloads: 65");
	m.n_payloads = 1;
	p.state = NORMLINK__PAYLOAD__STATE__STATE_PRESENT;
	expect_bad(&f, "PayloadsResponse.payloads[0].data: 0 bytes");
	p.has_data = 1;
	p.data = some(9);
	expect_good(&f);
	p.has_state = 0;
	expect_bad(&f, "PayloadsResponse.payloads[0].state");
}

static void evidence_has_a_file(void **state)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Evidence m = NORMLINK__EVIDENCE__INIT;
	f.body_case = NORMLINK__FRAME__BODY_EVIDENCE;
	f.evidence = &m;
	expect_bad(&f, "Evidence.file");
	m.has_file = 1;
	m.file = some(0);
	expect_bad(&f, "Evidence.file");
	m.file = some(EVIDENCE_MAX);
	expect_good(&f);
	m.file = some(EVIDENCE_MAX + 1);
	expect_bad(&f, "clause 4.5: Evidence.file: missing or too large");
}

static void failure_has_a_code(void **state)
{
	char text[LABEL_MAX + 2];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__Failure m = NORMLINK__FAILURE__INIT;
	f.body_case = NORMLINK__FRAME__BODY_FAILURE;
	f.failure = &m;
	expect_bad(&f, "clause 4.6: Failure.code");
	m.has_code = 1;
	expect_bad(&f, "clause 4.6: Failure.code");
	m.code = 99;
	expect_good(&f);
	memset(text, 'x', sizeof text);
	text[LABEL_MAX + 1] = '\0';
	m.text = text;
	expect_bad(&f, "Failure.text");
}

static void a_body_of_later_is_answered_not_fatal(void **state)
{
	static const uint8_t later[] = { 0x08, 0x2a, 0xfa, 0x01, 0x00 }; /* id 42, field 31 */
	struct arena arena = { 0 };
	Normlink__Frame *out = NULL;
	struct err err = { 0 };
	assert_int_equal(frame_decode(bytes_of(later, sizeof later), &arena, &out, &err), ERR_UNSUPPORTED);
	assert_int_equal(out->id, 42);
	kit_expect_text(&err, "clause 4.2");
	assert_int_equal(frame_decode(bytes_of(later, 2), &arena, &out, &err), ERR_PROTOCOL);
	kit_expect_text(&err, "clause 4.2: Frame: no body");
	assert_int_equal(frame_decode(bytes_str("GET / HTTP/1.1\r\n\r\n"), &arena, &out, &err), ERR_PROTOCOL);
	kit_expect_text(&err, "clause 4.1");
	arena_free(&arena);
}

static void a_frame_that_grows_large_is_refused(void **state)
{
	struct arena arena = { .cap = 64 * 1024 };
	struct err err = { 0 };
	Normlink__Frame *out;
	struct buf raw = { 0 };
	while (raw.len < FRAME_MAX)
		buf_add(&raw, "\xfa\x01", 3);
	assert_int_equal(frame_decode(bytes_of(raw.data, FRAME_MAX / 3 * 3), &arena, &out, &err), ERR_PROTOCOL);
	kit_expect_text(&err, "memory");
	arena_free(&arena);
	buf_free(&raw);
}

int main(void)
{
	memset(bytes64k, 'x', sizeof bytes64k);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_split_off_at_every_cut),
		cmocka_unit_test(a_length_out_of_bounds_ends_the_link),
		cmocka_unit_test(hello_names_the_node),
		cmocka_unit_test(announce_carries_a_checkpoint),
		cmocka_unit_test(consistency_has_sizes_in_order),
		cmocka_unit_test(an_announcement_has_few_key_statements),
		cmocka_unit_test(entries_are_asked_within_one_bundle),
		cmocka_unit_test(hashes_are_32_bytes_and_few),
		cmocka_unit_test(entries_come_with_payloads_for_the_first),
		cmocka_unit_test(payloads_are_asked_for_by_number),
		cmocka_unit_test(payloads_come_alone),
		cmocka_unit_test(evidence_has_a_file),
		cmocka_unit_test(failure_has_a_code),
		cmocka_unit_test(a_body_of_later_is_answered_not_fatal),
		cmocka_unit_test(a_frame_that_grows_large_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
