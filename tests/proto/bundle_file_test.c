/* bundle_file, bundle_verify: what a file may say, and that nothing of another one is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "crypto/evidence.h"
#include "tests/proto/bundle_write.h"

static const struct bytes none; /* no evidence */

static void refused(struct bundle_kit *k, struct buf *file, int code, const char *part)
{
	struct err err = { 0 };
	int rc = kit_verify(k, buf_bytes(file), NULL, &err);
	if (rc != code || strstr(err.text, part) == NULL)
		fail_msg("%s: %s, expected %s and \"%s\"", err_name(rc), err.text, err_name(code), part);
	buf_free(file);
}

static struct bundle_verify *accepted(struct bundle_kit *k, struct buf *file)
{
	struct bundle_verify *v = NULL;
	struct err err = { 0 };
	if (kit_verify(k, buf_bytes(file), &v, &err) != OK)
		fail_msg("%s", err.text);
	buf_free(file);
	return v;
}

static void a_whole_file(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	kit_append(k, &k->logs[0], 600);
	kit_append(k, &k->logs[1], 3);
	kit_start(k, k->exporter, 2, &file);
	kit_log(k, &k->logs[0], 0, 600, none, &file);
	kit_entries(&k->logs[0], 0, 600, PAYLOAD_WITHHELD, &file);
	kit_log(k, &k->logs[1], 0, 3, none, &file);
	kit_entries(&k->logs[1], 0, 3, PAYLOAD_PRESENT, &file);
	kit_end(k, k->exporter, &file);
	struct bundle_verify *v = accepted(k, &file);
	const struct bundle *b = bundle_verify_result(v);
	assert_int_equal(b->count, 2);
	assert_string_equal(b->node, "b");
	assert_string_equal(b->logs[0]->origin, "a.example/log");
	assert_int_equal(b->logs[0]->size, 600);
	assert_int_equal(b->logs[0]->present, 588);
	assert_int_equal(b->logs[0]->withheld, 12);
	assert_int_equal(b->logs[1]->present, 3);
	assert_int_equal(bundle_verify_entries(v), 603);
	assert_int_equal(k->shown, 603);
	assert_int_equal(k->shown_next, 3);
	bundle_verify_free(v);
}

static void who_looks_at_entries_may_refuse_one(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	kit_append(k, &k->logs[0], 300);
	kit_file(k, 0, 300, &file);
	k->refuse_at = 257;
	refused(k, &file, ERR_UNTRUSTED, "enough");
	assert_int_equal(k->shown, 257);
	assert_int_equal(k->shown_next, 257);
}

static void every_truncation(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	struct err err;
	kit_append(k, &k->logs[0], 5);
	kit_file(k, 2, 5, &file);
	for (size_t n = 0; n < file.len; n++)
		assert_int_equal(kit_verify(k, bytes_of(file.data, n), NULL, &err), ERR_PROTOCOL);
	assert_int_equal(kit_verify(k, buf_bytes(&file), NULL, &err), OK);
	buf_add_char(&file, 0);
	refused(k, &file, ERR_PROTOCOL, "clause 9.2");
}

static void every_flipped_bit(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	struct err err;
	kit_append(k, &k->logs[0], 5);
	kit_file(k, 2, 5, &file);
	for (size_t bit = 0; bit < file.len * 8; bit++) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (kit_verify(k, buf_bytes(&file), NULL, &err) == OK)
			fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(kit_verify(k, buf_bytes(&file), NULL, &err), OK);
	buf_free(&file);
}

/* Bytes added anywhere, unknown fields of the last part among them. */
static void nothing_can_be_added(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	kit_append(k, &k->logs[0], 3);
	kit_file(k, 0, 3, &file);
	static const uint8_t field[] = { 0xf8, 0x07, 0x01 }; /* field 127, varint 1 */
	buf_add(&file, field, sizeof field);
	size_t end = 2 + 2 + HASH_SIZE + 2 + SIGNATURE_SIZE; /* of the last part's content */
	uint8_t *length = file.data + file.len - sizeof field - end - BUNDLE_PREFIX;
	assert_int_equal(length[3], end);
	length[3] = (uint8_t)(end + sizeof field);
	refused(k, &file, ERR_PROTOCOL, "clause 9.2: BundleEnd: other bytes");
}

static void a_stranger(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	kit_append(k, &k->logs[0], 5);
	kit_start(k, k->stranger, 1, &file);
	kit_log(k, &k->logs[0], 0, 5, none, &file);
	kit_entries(&k->logs[0], 0, 5, PAYLOAD_PRESENT, &file);
	kit_end(k, k->stranger, &file);
	refused(k, &file, ERR_UNTRUSTED, "from a stranger: x.example/mirror");
	/* In the name of one who is known. */
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, &k->logs[0], 0, 5, none, &file);
	kit_entries(&k->logs[0], 0, 5, PAYLOAD_PRESENT, &file);
	kit_end(k, k->stranger, &file);
	refused(k, &file, ERR_UNTRUSTED, "not by b.example/mirror");
}

static void an_exporter_that_lies(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	struct buf file = { 0 };
	kit_append(k, l, 300);
	/* entries left out, twice, in another order */
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	kit_part(l, 0, 255, 255, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_PROTOCOL, "255 entries of a.example/log where 256 belong");
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	kit_part(l, 44, 300, 256, PAYLOAD_PRESENT, &file);
	kit_part(l, 0, 44, 44, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_UNTRUSTED, "do not have the root");
	/* a frontier that is not the log's */
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	buf_reset(&file);
	struct hash root;
	struct buf head = { 0 };
	struct tree_frontier wrong = { .size = 256, .peak_count = 1 };
	kit_root(k, l, 300, &root);
	kit_head_of(l, 300, &root, &head);
	kit_start(k, k->exporter, 1, &file);
	bundle_log_write(l->origin, &wrong, buf_bytes(&head), none, none, &file);
	kit_entries(l, 256, 300, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_UNTRUSTED, "do not have the root");
	/* another content */
	buf_reset(&l->payloads[7]);
	buf_add_str(&l->payloads[7], "payload x of a.example/log");
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	kit_entries(l, 0, 300, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_UNTRUSTED, "entry 7 of a.example/log has another content");
	/* a head that nobody signed */
	head.data[head.len - 10] ^= 1;
	struct tree_frontier nothing = { 0 };
	kit_start(k, k->exporter, 1, &file);
	bundle_log_write(l->origin, &nothing, buf_bytes(&head), none, none, &file);
	struct err err = { 0 };
	assert_int_not_equal(kit_verify(k, buf_bytes(&file), NULL, &err), OK);
	buf_free(&file);
	buf_free(&head);
}

/* What is missing is counted, and apart what should not be. */
static void what_is_left_out(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	struct buf file = { 0 };
	kit_append(k, l, 49);
	buf_printf(&l->payloads[49], "public, and missing");
	envelope_write(k->hasher, buf_bytes(&l->payloads[49]), 1, "public", &l->envelopes[49]);
	l->leaves[49] = hash_leaf(k->hasher, buf_bytes(&l->envelopes[49]));
	tree_append(l->tree, &l->leaves[49]);
	l->count = 50;
	kit_append(k, l, 50);
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 100, none, &file);
	kit_entries(l, 0, 100, PAYLOAD_REDACTED, &file);
	kit_end(k, k->exporter, &file);
	struct bundle_verify *v = accepted(k, &file);
	assert_int_equal(bundle_verify_result(v)->logs[0]->redacted, 2);
	assert_int_equal(bundle_verify_result(v)->logs[0]->missing, 1);
	bundle_verify_free(v);
}

static void payloads_in_several_parts(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	struct buf file = { 0 };
	kit_append(k, l, 300);
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	kit_part(l, 0, 256, 100, PAYLOAD_PRESENT, &file);
	kit_part(l, 100, 256, 1, PAYLOAD_PRESENT, &file);
	kit_part(l, 101, 256, 155, PAYLOAD_PRESENT, &file);
	kit_part(l, 256, 300, 44, PAYLOAD_PRESENT, &file);
	kit_end(k, k->exporter, &file);
	bundle_verify_free(accepted(k, &file));
	/* other envelopes the second time */
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 300, none, &file);
	kit_part(l, 0, 256, 100, PAYLOAD_PRESENT, &file);
	kit_part(l, 44, 200, 1, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_PROTOCOL, "one bundle with different envelopes");
}

/* From every edge, and proofs from every size that the receiver may hold. */
static void since_and_proofs(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	static const uint64_t sinces[] = { 0, 1, 255, 256, 257, 511, 512, 599, 600 };
	static const uint64_t olds[] = { 1, 256, 300, 511, 512, 513, 599, 600 };
	kit_append(k, l, 600);
	for (size_t i = 0; i < sizeof sinces / sizeof *sinces; i++) {
		for (size_t n = 0; n < sizeof olds / sizeof *olds; n++) {
			struct buf file = { 0 };
			struct hash root, expected;
			struct tree_proof proof;
			k->held[0] = olds[n];
			k->held_count = 1;
			kit_file(k, sinces[i], 600, &file);
			struct bundle_verify *v = accepted(k, &file);
			struct bundle_log *got = bundle_verify_result(v)->logs[0];
			int rc = bundle_log_consistency(k->hasher, got, olds[n], &root, &proof);
			assert_int_equal(rc, olds[n] < sinces[i] ? ERR_NOT_FOUND : OK);
			if (rc == OK) {
				kit_root(k, l, olds[n], &expected);
				assert_true(hash_equal(&root, &expected));
				assert_int_equal(tree_verify(k->hasher, proof.hashes, proof.count, 0, olds[n], 600, &root, &got->root),
				                 OK);
			}
			for (uint64_t end = (sinces[i] / 256 + 1) * 256; sinces[i] < 600; end += 256) {
				end = end < 600 ? end : 600;
				uint64_t first = (end - 1) / 256 * 256;
				assert_int_equal(bundle_log_inclusion(k->hasher, got, end, &proof), OK);
				struct hash node = tree_hash_leaves(k->hasher, l->leaves + first, end - first);
				assert_int_equal(tree_verify(k->hasher, proof.hashes, proof.count, first, end, 600, &node, &got->root),
				                 OK);
				if (end == 600)
					break;
			}
			bundle_verify_free(v);
		}
	}
}

/* An evidence file about two heads of size 3. */
static void pair(struct bundle_kit *k, struct made_log *l, bool fork, struct buf *out)
{
	struct buf notes[2] = { { 0 } };
	struct hash root, other;
	kit_root(k, l, 3, &root);
	other = root;
	other.b[0] ^= fork ? 1 : 0;
	kit_head_of(l, 3, &root, &notes[0]);
	kit_head_of(l, 3, &other, &notes[1]);
	evidence_write(skey_public(l->key), skey_public(l->key), buf_bytes(&notes[0]), buf_bytes(&notes[1]), &other, NULL,
	               0, out);
	buf_free(&notes[0]);
	buf_free(&notes[1]);
}

static void a_frozen_origin(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	kit_append(k, l, 5);
	for (int fork = 0; fork < 2; fork++) {
		struct buf file = { 0 }, evidence = { 0 };
		pair(k, l, fork != 0, &evidence);
		kit_start(k, k->exporter, 1, &file);
		kit_log(k, l, 0, 5, buf_bytes(&evidence), &file);
		kit_entries(l, 0, 5, PAYLOAD_PRESENT, &file);
		kit_end(k, k->exporter, &file);
		if (fork == 0) {
			refused(k, &file, ERR_UNTRUSTED, "the two checkpoints agree");
		} else {
			struct bundle_verify *v = accepted(k, &file);
			assert_true(bundle_verify_result(v)->logs[0]->evidence.len > 0);
			assert_int_equal(bundle_verify_result(v)->logs[0]->evidence_smaller, 3);
			bundle_verify_free(v);
		}
		buf_free(&evidence);
	}
}

/* An origin that nobody knows: its tree is checked, and it is told apart. */
static void an_unknown_origin(void **state)
{
	struct bundle_kit *k = *state;
	struct buf file = { 0 };
	kit_append(k, &k->logs[0], 5);
	k->known_logs = 0;
	kit_file(k, 0, 5, &file);
	struct bundle_verify *v = accepted(k, &file);
	assert_null(bundle_verify_result(v)->logs[0]->key);
	bundle_verify_free(v);
}

static void parts_out_of_place(void **state)
{
	struct bundle_kit *k = *state;
	struct made_log *l = &k->logs[0];
	struct buf file = { 0 };
	kit_append(k, l, 5);
	buf_add_str(&file, BUNDLE_MAGIC);
	kit_log(k, l, 0, 5, none, &file);
	refused(k, &file, ERR_PROTOCOL, "does not belong here");
	kit_start(k, k->exporter, 1, &file);
	kit_end(k, k->exporter, &file);
	refused(k, &file, ERR_PROTOCOL, "does not belong here");
	kit_start(k, k->exporter, 2, &file);
	kit_log(k, l, 0, 5, none, &file);
	kit_entries(l, 0, 5, PAYLOAD_PRESENT, &file);
	kit_log(k, l, 0, 5, none, &file);
	refused(k, &file, ERR_PROTOCOL, "occurs twice");
	kit_start(k, k->exporter, 2, &file);
	kit_log(k, l, 0, 5, none, &file);
	kit_entries(l, 0, 5, PAYLOAD_PRESENT, &file);
	kit_end(k, k->exporter, &file);
	refused(k, &file, ERR_PROTOCOL, "does not belong here");
	kit_start(k, k->exporter, 1, &file);
	kit_log(k, l, 0, 5, none, &file);
	kit_entries(l, 0, 5, PAYLOAD_PRESENT, &file);
	kit_part(l, 0, 5, 5, PAYLOAD_PRESENT, &file);
	refused(k, &file, ERR_PROTOCOL, "does not belong here");
	buf_add_str(&file, "normlink bundle 2\n");
	refused(k, &file, ERR_PROTOCOL, "not a bundle file");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, bundle_kit_up, bundle_kit_down)
	const struct CMUnitTest tests[] = {
		CASE(a_whole_file),
		CASE(every_truncation),
		CASE(every_flipped_bit),
		CASE(nothing_can_be_added),
		CASE(a_stranger),
		CASE(an_exporter_that_lies),
		CASE(what_is_left_out),
		CASE(payloads_in_several_parts),
		CASE(since_and_proofs),
		CASE(a_frozen_origin),
		CASE(an_unknown_origin),
		CASE(parts_out_of_place),
		CASE(who_looks_at_entries_may_refuse_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
