/* proof: tlog-proof files, written, read, and verified against an entry and a policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/proof.h"

enum { SIZE = 37, INDEX = 21 };

static struct hasher *h;
static struct skey *log_key, *witness;
static struct policy *policy;
static struct tree *tree;
static struct buf checkpoint; /* of size SIZE, cosigned */
static struct tree_proof path;

static struct bytes entry_of(unsigned index, char out[32])
{
	int n = snprintf(out, 32, "entry %u", index);
	return bytes_of(out, (size_t)n);
}

static void sign_checkpoint(const char *origin, uint64_t size, const struct hash *root, bool cosign, struct buf *out)
{
	struct buf text = { 0 };
	checkpoint_write(origin, size, root, &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_char(out, '\n');
	note_sign(log_key, buf_bytes(&text), out);
	if (cosign)
		note_cosign(witness, buf_bytes(&text), 1700000000, out);
	buf_free(&text);
}

static int make_log(void **state)
{
	struct buf text = { 0 };
	h = hasher_new();
	tree = tree_new(h);
	for (unsigned i = 0; i < SIZE; i++) {
		char entry[32];
		struct hash leaf = hash_leaf(h, entry_of(i, entry));
		tree_append(tree, &leaf);
	}
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &log_key, NULL), OK);
	assert_int_equal(skey_generate("w.example", KEY_COSIGNATURE, &witness, NULL), OK);
	buf_add_str(&text, "log ");
	vkey_write(skey_public(log_key), &text);
	buf_add_str(&text, "\nwitness w ");
	vkey_write(skey_public(witness), &text);
	buf_add_str(&text, "\nquorum w\n");
	assert_int_equal(policy_parse(buf_bytes(&text), &policy, NULL), OK);
	buf_free(&text);
	struct hash root = tree_root(tree);
	sign_checkpoint("log.example", SIZE, &root, true, &checkpoint);
	assert_int_equal(tree_prove(h, tree_as_source(tree), INDEX, INDEX + 1, SIZE, &path), OK);
	return 0;
}

static int free_log(void **state)
{
	tree_free(tree);
	hasher_free(h);
	skey_free(log_key);
	skey_free(witness);
	policy_free(policy);
	buf_free(&checkpoint);
	return 0;
}

static struct buf make_file(const char *extra)
{
	struct buf file = { 0 };
	proof_write(bytes_str(extra), INDEX, &path, buf_bytes(&checkpoint), &file);
	return file;
}

/* Parse and verify; the first that fails. */
static int judge(struct bytes file, struct bytes entry, struct err *err)
{
	struct proof p;
	struct policy_verdict v;
	int rc = proof_parse(file, &p, err);
	if (rc != OK)
		return rc;
	rc = proof_verify(h, &p, entry, policy, &v, err);
	proof_free(&p);
	return rc;
}

/* ---- the form ---- */

static void a_file_is_what_the_specification_shows(void **state)
{
	struct buf file = make_file("out of band"), expected = { 0 };
	buf_add_str(&expected, "c2sp.org/tlog-proof@v1\nextra b3V0IG9mIGJhbmQ=\nindex 21\n");
	for (size_t i = 0; i < path.count; i++) {
		base64_add(&expected, bytes_of(path.hashes[i].b, HASH_SIZE));
		buf_add_char(&expected, '\n');
	}
	buf_add_char(&expected, '\n');
	buf_add_bytes(&expected, buf_bytes(&checkpoint));
	assert_string_equal(buf_str(&file), buf_str(&expected));
	buf_free(&file);
	buf_free(&expected);
}

static void what_is_written_is_read(void **state)
{
	static const char *const extras[] = { "", "x", "some extra data\nwith lines\n" };
	for (size_t i = 0; i < 3; i++) {
		struct buf file = make_file(extras[i]);
		struct proof p;
		assert_int_equal(proof_parse(buf_bytes(&file), &p, NULL), OK);
		assert_true(bytes_equal(buf_bytes(&p.extra), bytes_str(extras[i])));
		assert_int_equal(p.index, INDEX);
		assert_int_equal(p.path.count, path.count);
		assert_memory_equal(p.path.hashes, path.hashes, path.count * sizeof *path.hashes);
		assert_true(bytes_equal(p.checkpoint, buf_bytes(&checkpoint)));
		proof_free(&p);
		buf_free(&file);
	}
	proof_free(NULL);
}

#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define NOTE "text\n\n\xe2\x80\x94 n AAAAAAA=\n"

static void files_that_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "first line" },
		{ "c2sp.org/tlog-proof@v1", "first line" },
		{ "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE, "first line" },
		{ " " HEAD "index 0\n\n" NOTE, "first line" },
		{ "c2sp.org/tlog-proof@v1\r\nindex 0\n\n" NOTE, "first line" },
		{ "\n" HEAD "index 0\n\n" NOTE, "first line" },
		{ HEAD, "no index" },
		{ HEAD "\n", "no index" },
		{ HEAD "index\n\n" NOTE, "no index" },
		{ HEAD "Index 0\n\n" NOTE, "no index" },
		{ HEAD "index \n\n" NOTE, "decimal" },
		{ HEAD "index 00\n\n" NOTE, "decimal" },
		{ HEAD "index 01\n\n" NOTE, "decimal" },
		{ HEAD "index  1\n\n" NOTE, "decimal" },
		{ HEAD "index 1 \n\n" NOTE, "decimal" },
		{ HEAD "index -1\n\n" NOTE, "decimal" },
		{ HEAD "index 18446744073709551616\n\n" NOTE, "decimal" },
		{ HEAD "extra eA==\n", "no index" },
		{ HEAD "extra eA==\n\n" NOTE, "no index" },
		{ HEAD "extra eA==\nextra eA==\nindex 0\n\n" NOTE, "no index" },
		{ HEAD "extra\nindex 0\n\n" NOTE, "no index" },
		{ HEAD "extra \nindex 0\n\n" NOTE, "extra" },
		{ HEAD "extra eA\nindex 0\n\n" NOTE, "extra" },
		{ HEAD "extra eB==\nindex 0\n\n" NOTE, "extra" },
		{ HEAD "extra eA== \nindex 0\n\n" NOTE, "extra" },
		{ HEAD "index 0\nextra eA==\n\n" NOTE, "line 1 of the path" },
		{ HEAD "index 0\n" HASH, "no empty line" },
		{ HEAD "index 0\n" HASH HASH "x\n\n" NOTE, "line 3 of the path" },
		{ HEAD "index 0\n " HASH "\n" NOTE, "line 1 of the path" },
		{ HEAD "index 0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\n" NOTE, "line 1 of the path" },
		{ HEAD "index 0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n\n" NOTE, "line 1 of the path" },
		{ HEAD "index 0\n\n", "signed-note" },
		{ HEAD "index 0\n\ntext\n", "signed-note" },
		{ HEAD "index 0\n" NOTE, "line 1 of the path" },
		{ HEAD "index 0\n\n" NOTE "trailing", "signed-note" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct proof p;
		struct err err = { 0 };
		int rc = proof_parse(bytes_str(bad[i].text), &p, &err);
		if (rc != ERR_INVALID || strstr(err.text, bad[i].words) == NULL)
			fail_msg("expected '%s', got %s '%s'", bad[i].words, err_name(rc), err.text);
		proof_free(&p);
	}
	struct proof p;
	assert_int_equal(proof_parse(bytes_of(NULL, 0), &p, NULL), ERR_INVALID);
	assert_int_equal(proof_parse(bytes_str(HEAD "index 18446744073709551615\n\n" NOTE), &p, NULL), OK);
	assert_int_equal(p.index, UINT64_MAX);
	proof_free(&p);
}

static void limits(void **state)
{
	struct buf file = { 0 };
	struct proof p;
	struct err err;
	buf_add_str(&file, HEAD "index 0\n");
	for (int i = 0; i < PROOF_HASHES_MAX; i++)
		buf_add_str(&file, HASH);
	size_t full = file.len;
	buf_add_str(&file, "\n" NOTE);
	assert_int_equal(proof_parse(buf_bytes(&file), &p, &err), OK);
	assert_int_equal(p.path.count, PROOF_HASHES_MAX);
	proof_free(&p);
	file.len = full;
	buf_add_str(&file, HASH "\n" NOTE);
	assert_int_equal(proof_parse(buf_bytes(&file), &p, &err), ERR_LIMIT);
	buf_reset(&file);
	/* The largest extra that one file of this project carries: a payload and its envelope. */
	struct buf extra = { 0 };
	for (int i = 0; i < PAYLOAD_MAX + ENVELOPE_MAX; i++)
		buf_add_char(&extra, 'e');
	proof_write(buf_bytes(&extra), INDEX, &path, buf_bytes(&checkpoint), &file);
	assert_int_equal(proof_parse(buf_bytes(&file), &p, &err), OK);
	assert_true(bytes_equal(buf_bytes(&p.extra), buf_bytes(&extra)));
	proof_free(&p);
	while (file.len <= PROOF_FILE_MAX)
		buf_add_str(&file, HASH);
	assert_int_equal(proof_parse(buf_bytes(&file), &p, &err), ERR_LIMIT);
	buf_free(&file);
	buf_free(&extra);
}

/* ---- what is proved ---- */

static void an_entry_is_proved(void **state)
{
	struct buf file = make_file("");
	struct proof p;
	struct policy_verdict v;
	char entry[32];
	assert_int_equal(proof_parse(buf_bytes(&file), &p, NULL), OK);
	assert_int_equal(proof_verify(h, &p, entry_of(INDEX, entry), policy, &v, NULL), OK);
	assert_string_equal(v.log->name, "log.example");
	assert_string_equal(v.quorum, "w");
	assert_int_equal(v.size, SIZE);
	assert_int_equal(v.seen_count, 1);
	assert_int_equal(v.seen[0].time_s, 1700000000);
	proof_free(&p);
	buf_free(&file);
}

/* One flipped bit anywhere in the file is either refused or lies in what nobody signed: the extra line. */
static void every_flipped_bit_is_found(void **state)
{
	char entry[32];
	struct bytes leaf = entry_of(INDEX, entry);
	struct buf file = make_file("abc");
	size_t extra = strlen(HEAD "extra "), survivors = 0;
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (judge(buf_bytes(&file), leaf, NULL) == OK) {
			assert_true(bit / 8 >= extra && bit / 8 < extra + 4);
			survivors++;
		}
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(survivors > 0);
	for (size_t n = 0; n < file.len; n++) {
		/* Cut before the cosignature's line, the quorum is missing; cut anywhere else, the form is broken. */
		int rc = judge(bytes_of(file.data, n), leaf, NULL);
		assert_true(rc == ERR_INVALID || rc == ERR_UNTRUSTED);
	}
	buf_free(&file);
}

static void another_entry_or_index_is_not_proved(void **state)
{
	for (unsigned i = 0; i < SIZE + 3; i++) {
		struct buf file = { 0 };
		struct err err = { 0 };
		char entry[32], right[32];
		proof_write(bytes_of(NULL, 0), i, &path, buf_bytes(&checkpoint), &file);
		if (i != INDEX) {
			assert_int_equal(judge(buf_bytes(&file), entry_of(INDEX, right), &err), ERR_UNTRUSTED);
			assert_non_null(strstr(err.text, i < SIZE ? "does not lead" : "outside the tree of 37"));
			assert_int_equal(judge(buf_bytes(&file), entry_of(i, entry), NULL), ERR_UNTRUSTED);
		}
		buf_free(&file);
	}
	struct buf file = make_file("");
	assert_int_equal(judge(buf_bytes(&file), bytes_str("entry 2"), NULL), ERR_UNTRUSTED);
	assert_int_equal(judge(buf_bytes(&file), bytes_of(NULL, 0), NULL), ERR_UNTRUSTED);
	buf_free(&file);
}

/* The head must satisfy the policy, whatever the path says. */
static void an_untrusted_head_proves_nothing(void **state)
{
	static const struct {
		const char *origin;
		bool cosign, other_root;
		uint64_t size;
		const char *words;
	} bad[] = {
		{ "log.example", false, false, SIZE, "quorum w is not met" },
		{ "else.example", true, false, SIZE, "no log of the policy" },
		{ "log.example", true, true, SIZE, "does not lead" },
		{ "log.example", true, false, INDEX, "outside the tree of 21" },
		{ "log.example", true, false, 0, "outside the tree of 0" },
		{ "log.example", true, false, 16 * SIZE, "does not lead" },
		{ "log.example", true, false, UINT64_MAX, "does not lead" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf head = { 0 }, file = { 0 };
		struct err err = { 0 };
		struct hash root = tree_root(tree);
		char entry[32];
		root.b[31] ^= bad[i].other_root;
		sign_checkpoint(bad[i].origin, bad[i].size, &root, bad[i].cosign, &head);
		proof_write(bytes_of(NULL, 0), INDEX, &path, buf_bytes(&head), &file);
		assert_int_equal(judge(buf_bytes(&file), entry_of(INDEX, entry), &err), ERR_UNTRUSTED);
		if (strstr(err.text, bad[i].words) == NULL)
			fail_msg("expected '%s', got '%s'", bad[i].words, err.text);
		buf_free(&head);
		buf_free(&file);
	}
}

static void the_only_entry_needs_no_hashes(void **state)
{
	struct tree_proof empty = { .count = 0 };
	struct buf head = { 0 }, file = { 0 };
	struct hash root = hash_leaf(h, bytes_str("alone"));
	sign_checkpoint("log.example", 1, &root, true, &head);
	proof_write(bytes_of(NULL, 0), 0, &empty, buf_bytes(&head), &file);
	assert_int_equal(judge(buf_bytes(&file), bytes_str("alone"), NULL), OK);
	assert_int_equal(judge(buf_bytes(&file), bytes_str("a lone"), NULL), ERR_UNTRUSTED);
	buf_free(&head);
	buf_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_what_the_specification_shows),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(files_that_are_refused),
		cmocka_unit_test(limits),
		cmocka_unit_test(an_entry_is_proved),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(another_entry_or_index_is_not_proved),
		cmocka_unit_test(an_untrusted_head_proves_nothing),
		cmocka_unit_test(the_only_entry_needs_no_hashes),
	};
	return cmocka_run_group_tests(tests, make_log, free_log);
}
