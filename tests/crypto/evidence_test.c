/* evidence: two branches of one log, put into a file, read, judged; and everything that is no evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/evidence.h"

enum { SIZE = 40, FORK = 20 /* the first entry that differs */ };

static struct hasher *h;
static struct skey *key, *other_key, *witness;
static struct policy *policy;
static struct tree *branches[2];

static void grow(struct tree *t, unsigned branch)
{
	for (unsigned i = 0; i < SIZE; i++) {
		char entry[48];
		int n = snprintf(entry, sizeof entry, "entry %u of %u", i, i < FORK ? 0 : branch);
		struct hash leaf = hash_leaf(h, bytes_of(entry, (size_t)n));
		tree_append(t, &leaf);
	}
}

static int set_up(void **state)
{
	struct buf text = { 0 };
	h = hasher_new();
	for (unsigned b = 0; b < 2; b++) {
		branches[b] = tree_new(h);
		grow(branches[b], b);
	}
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &key, NULL), OK);
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &other_key, NULL), OK);
	assert_int_equal(skey_generate("w.example", KEY_COSIGNATURE, &witness, NULL), OK);
	buf_add_str(&text, "log ");
	vkey_write(skey_public(key), &text);
	buf_add_str(&text, "\nwitness w ");
	vkey_write(skey_public(witness), &text);
	buf_add_str(&text, "\nquorum w\n");
	assert_int_equal(policy_parse(buf_bytes(&text), &policy, NULL), OK);
	buf_free(&text);
	return 0;
}

static int tear_down(void **state)
{
	for (unsigned b = 0; b < 2; b++)
		tree_free(branches[b]);
	hasher_free(h);
	skey_free(key);
	skey_free(other_key);
	skey_free(witness);
	policy_free(policy);
	return 0;
}

static struct hash root_at(unsigned branch, uint64_t size)
{
	struct hash root;
	assert_int_equal(tree_root_at(h, tree_as_source(branches[branch]), size, &root), OK);
	return root;
}

/* A head of that branch, cosigned, and with a line that nobody knows. */
static struct buf sign(const struct skey *by, const char *origin, unsigned branch, uint64_t size)
{
	struct buf text = { 0 }, note = { 0 };
	struct hash root = root_at(branch, size);
	checkpoint_write(origin, size, &root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_cosign(witness, buf_bytes(&text), 1700000000, &note);
	note_sign(by, buf_bytes(&text), &note);
	buf_free(&text);
	return note;
}

/* The pair (branch 0 at smaller, branch 1 at larger) as a file: right in every way but perhaps what it shows. */
static struct buf make(uint64_t smaller, uint64_t larger, unsigned second)
{
	struct buf a = sign(key, "log.example", 0, smaller), b = sign(key, "log.example", second, larger), file = { 0 };
	struct hash root = root_at(second, smaller);
	struct tree_proof proof = { .count = 0 };
	if (smaller < larger)
		assert_int_equal(tree_prove(h, tree_as_source(branches[second]), 0, smaller, larger, &proof), OK);
	evidence_write(skey_public(key), skey_public(key), buf_bytes(&a), buf_bytes(&b), &root, proof.hashes, proof.count,
	               &file);
	buf_free(&a);
	buf_free(&b);
	return file;
}

/* Both ways of asking agree. */
static int judge(struct bytes file, struct err *err)
{
	struct evidence e;
	const struct vkey *log = NULL;
	struct err by_policy = { 0 };
	int rc = evidence_parse(file, &e, err);
	if (rc != OK)
		return rc;
	rc = evidence_verify(h, &e, skey_public(key), err);
	assert_int_equal(evidence_judge(h, &e, policy, &log, &by_policy) == OK, rc == OK);
	return rc;
}

static void expect(int rc, int wanted, const struct err *err, const char *part)
{
	if (rc != wanted || strstr(err->text, part) == NULL)
		fail_msg("expected \"%s\", got code %d, \"%s\"", part, rc, err->text);
}

static void two_branches_are_evidence(void **state)
{
	static const uint64_t pairs[][2] = { { 30, 40 }, { 21, 40 }, { 32, 33 }, { 40, 40 }, { 21, 21 }, { 39, 40 } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf file = make(pairs[i][0], pairs[i][1], 1);
		struct evidence e;
		const struct vkey *log = NULL;
		struct err err = { 0 };
		if (judge(buf_bytes(&file), &err) != OK)
			fail_msg("%s\n%s", err.text, buf_str(&file));
		assert_true(evidence_begins(buf_bytes(&file)));
		assert_int_equal(evidence_parse(buf_bytes(&file), &e, NULL), OK);
		assert_int_equal(evidence_judge(h, &e, policy, &log, NULL), OK);
		assert_string_equal(log->name, "log.example");
		assert_string_equal(e.origin, "log.example");
		assert_int_equal(e.smaller_size, pairs[i][0]);
		assert_int_equal(e.larger_size, pairs[i][1]);
		/* A cosignature is nobody's to check here, and is left out. */
		assert_null(strstr(buf_str(&file), "w.example"));
		buf_free(&file);
	}
}

static void a_file_is_what_clause_8_shows(void **state)
{
	struct buf file = make(40, 40, 1), expected = { 0 };
	struct hash root = root_at(1, 40);
	buf_add_str(&expected, "normlink evidence v1\nroot ");
	base64_add(&expected, bytes_of(root.b, HASH_SIZE));
	buf_add_str(&expected, "\n\nlog.example\n40\n");
	assert_memory_equal(file.data, expected.data, expected.len);
	buf_free(&file);
	buf_free(&expected);
}

static void heads_that_agree_are_no_evidence(void **state)
{
	static const struct {
		uint64_t smaller, larger;
		unsigned second;
	} pairs[] = {
		{ 20, 40, 1 },                /* before the fork */
		{ 1, 20, 1 },  { 30, 40, 0 }, /* one branch */
		{ 40, 40, 0 },                /* one head */
		{ 20, 20, 1 },                /* one tree, said of two */
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf file = make(pairs[i].smaller, pairs[i].larger, pairs[i].second);
		struct err err = { 0 };
		expect(judge(buf_bytes(&file), &err), ERR_UNTRUSTED, &err, "evidence: the two checkpoints agree");
		buf_free(&file);
	}
}

/* The file of two heads that agree, with a root line that says otherwise. */
static void a_root_that_nobody_proved_is_refused(void **state)
{
	static const uint64_t sizes[][2] = { { 30, 40 }, { 40, 40 } };
	for (size_t i = 0; i < 2; i++) {
		struct buf a = sign(key, "log.example", 0, sizes[i][0]), b = sign(key, "log.example", 0, sizes[i][1]);
		struct buf file = { 0 };
		struct tree_proof proof = { .count = 0 };
		struct hash root = root_at(1, 30);
		struct err err = { 0 };
		if (sizes[i][0] < sizes[i][1])
			assert_int_equal(tree_prove(h, tree_as_source(branches[0]), 0, 30, 40, &proof), OK);
		evidence_write(skey_public(key), skey_public(key), buf_bytes(&a), buf_bytes(&b), &root, proof.hashes,
		               proof.count, &file);
		expect(judge(buf_bytes(&file), &err), ERR_UNTRUSTED, &err, "the proof does not lead");
		buf_free(&a);
		buf_free(&b);
		buf_free(&file);
	}
}

static void only_the_log_can_contradict_itself(void **state)
{
	struct buf a = sign(key, "log.example", 0, 40), b = sign(other_key, "log.example", 1, 40), file = { 0 };
	struct hash root = root_at(1, 40);
	struct err err = { 0 };
	/* The larger one by a key that is not the log's: written as its owner would. */
	evidence_write(skey_public(key), skey_public(key), buf_bytes(&a), buf_bytes(&a), &root, NULL, 0, &file);
	struct buf forged = { 0 };
	struct evidence e;
	assert_int_equal(evidence_parse(buf_bytes(&file), &e, NULL), OK);
	buf_add(&forged, file.data, (size_t)(e.larger.data - file.data));
	buf_add_bytes(&forged, buf_bytes(&b));
	expect(judge(buf_bytes(&forged), &err), ERR_UNTRUSTED, &err, "no signature by the log's key");
	buf_free(&forged);
	/* Two logs. */
	struct buf c = sign(key, "other.example", 1, 40);
	buf_add(&forged, file.data, (size_t)(e.larger.data - file.data));
	buf_add_bytes(&forged, buf_bytes(&c));
	expect(judge(buf_bytes(&forged), &err), ERR_INVALID, &err, "checkpoints of two logs (clause 8.1)");
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
	buf_free(&file);
	buf_free(&forged);
}

static void every_flipped_bit_is_refused(void **state)
{
	static const uint64_t sizes[][2] = { { 30, 40 }, { 40, 40 } };
	size_t tried = 0;
	for (size_t k = 0; k < 2; k++) {
		struct buf file = make(sizes[k][0], sizes[k][1], 1);
		for (size_t i = 0; i < file.len; i++) {
			for (unsigned bit = 0; bit < 8; bit++, tried++) {
				struct err err = { 0 };
				file.data[i] ^= (uint8_t)(1u << bit);
				if (judge(buf_bytes(&file), &err) == OK)
					fail_msg("bit %u of byte %zu can be flipped", bit, i);
				file.data[i] ^= (uint8_t)(1u << bit);
			}
		}
		buf_free(&file);
	}
	assert_true(tried > 8 * 700);
}

static void every_prefix_and_every_addition_is_refused(void **state)
{
	struct buf file = make(30, 40, 1);
	for (size_t n = 0; n < file.len; n++)
		assert_int_not_equal(judge(bytes_of(file.data, n), &(struct err){ 0 }), OK);
	static const char *const more[] = { "\n", "x", "x\n", "\nnormlink evidence v1\n" };
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		struct buf longer = { 0 };
		buf_add_bytes(&longer, buf_bytes(&file));
		buf_add_str(&longer, more[i]);
		assert_int_not_equal(judge(buf_bytes(&longer), &(struct err){ 0 }), OK);
		buf_free(&longer);
	}
	buf_free(&file);
}

static void the_form_is_strict(void **state)
{
#define HASH_LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	static const struct {
		const char *text, *reason;
	} bad[] = {
		{ "", "the first line is not normlink evidence v1" },
		{ "normlink evidence v2\n", "the first line is not" },
		{ "normlink evidence v1", "the first line is not" },
		{ "normlink evidence v1\n", "the second line is not a root" },
		{ "normlink evidence v1\nroot\n", "the second line is not a root" },
		{ "normlink evidence v1\nroot AAAA\n", "the second line is not a root" },
		{ "normlink evidence v1\nroot  " HASH_LINE, "the second line is not a root" },
		{ "normlink evidence v1\nroot " HASH_LINE, "no empty line after the proof" },
		{ "normlink evidence v1\nroot " HASH_LINE "x\n", "line 1 of the proof" },
		{ "normlink evidence v1\nroot " HASH_LINE HASH_LINE "-\n", "line 2 of the proof" },
		{ "normlink evidence v1\nroot " HASH_LINE "\n", "no empty line between the checkpoints" },
		{ "normlink evidence v1\nroot " HASH_LINE "\na\n1\n\nb\n", "no empty line between" },
		{ "normlink evidence v1\nroot " HASH_LINE "\n\n\n", "the smaller checkpoint: signed-note" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		expect(judge(bytes_str(bad[i].text), &err), ERR_INVALID, &err, bad[i].reason);
	}
	struct buf many = { 0 };
	struct err err = { 0 };
	buf_add_str(&many, "normlink evidence v1\nroot " HASH_LINE);
	for (size_t i = 0; i <= PROOF_HASHES_MAX; i++)
		buf_add_str(&many, HASH_LINE);
	expect(judge(buf_bytes(&many), &err), ERR_LIMIT, &err, "more than 63 hashes");
	(void)buf_reserve(&many, EVIDENCE_MAX + 1);
	while (many.len <= EVIDENCE_MAX)
		buf_add_char(&many, '\n');
	expect(judge(buf_bytes(&many), &err), ERR_LIMIT, &err, "more than 270336 bytes");
	buf_free(&many);
}

static void sizes_stand_in_order(void **state)
{
	struct buf file = make(30, 40, 1), turned = { 0 };
	struct evidence e;
	struct err err = { 0 };
	assert_int_equal(evidence_parse(buf_bytes(&file), &e, NULL), OK);
	evidence_write(skey_public(key), skey_public(key), e.larger, e.smaller, &e.root, e.proof.hashes, e.proof.count,
	               &turned);
	expect(judge(buf_bytes(&turned), &err), ERR_INVALID, &err, "the first size is 0, or above the second");
	buf_free(&file);
	buf_free(&turned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_branches_are_evidence),
		cmocka_unit_test(a_file_is_what_clause_8_shows),
		cmocka_unit_test(heads_that_agree_are_no_evidence),
		cmocka_unit_test(a_root_that_nobody_proved_is_refused),
		cmocka_unit_test(only_the_log_can_contradict_itself),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(every_prefix_and_every_addition_is_refused),
		cmocka_unit_test(the_form_is_strict),
		cmocka_unit_test(sizes_stand_in_order),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
