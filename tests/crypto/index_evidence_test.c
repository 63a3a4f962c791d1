/* index_evidence: what is written is read, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/index_evidence.h"
#include "crypto/note.h"
#include "crypto/proof.h"

static struct hasher *h;
static struct skey *key, *older, *witness;
static struct buf head; /* cosigned, and in the overlap of two keys */
static const struct hash root = { { 7, 7 } };
static struct tree_proof path = { .count = 2 };

static int set_up(void **state)
{
	struct buf text = { 0 };
	h = hasher_new();
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &key, NULL), OK);
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &older, NULL), OK);
	assert_int_equal(skey_generate("w.example", KEY_COSIGNATURE, &witness, NULL), OK);
	checkpoint_write("log.example", 3, &root, &text);
	buf_add_bytes(&head, buf_bytes(&text));
	buf_add_char(&head, '\n');
	note_cosign(witness, buf_bytes(&text), 1700000000, &head);
	note_sign(older, buf_bytes(&text), &head);
	note_sign(key, buf_bytes(&text), &head);
	path.hashes[0].b[3] = 1;
	buf_free(&text);
	return 0;
}

static int tear_down(void **state)
{
	hasher_free(h);
	skey_free(key);
	skey_free(older);
	skey_free(witness);
	buf_free(&head);
	return 0;
}

static struct buf make(uint64_t keys, struct bytes extra)
{
	struct buf file = { 0 };
	assert_int_equal(index_evidence_write(keys, &root, extra, 1, &path, buf_bytes(&head), &file, NULL), OK);
	return file;
}

static void what_is_written_is_read(void **state)
{
	static const uint64_t keys[] = { 0, 9, 10, UINT64_MAX };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct buf file = make(keys[i], bytes_str("the entry"));
		struct index_evidence e;
		struct proof proof;
		struct note note;
		struct err err = { 0 };
		if (index_evidence_parse(buf_bytes(&file), &e, &err) != OK)
			fail_msg("%s", err.text);
		assert_true(index_evidence_begins(buf_bytes(&file)));
		assert_string_equal(e.origin, "log.example");
		assert_true(e.keys == keys[i]);
		assert_true(hash_equal(&e.root, &root));
		assert_int_equal(proof_parse(e.proof, &proof, NULL), OK);
		assert_int_equal(proof.index, 1);
		assert_true(bytes_equal(buf_bytes(&proof.extra), bytes_str("the entry")));
		/* Of the lines under the head the log's own are left, each as it was. */
		assert_int_equal(note_parse(proof.checkpoint, &note, NULL), OK);
		assert_int_equal(note.count, 2);
		assert_int_equal(note_verify(&note, skey_public(key), NULL), OK);
		assert_int_equal(note_verify(&note, skey_public(older), NULL), OK);
		assert_null(strstr(buf_str(&file), "w.example"));
		proof_free(&proof);
		buf_free(&file);
	}
}

static void no_head_no_file(void **state)
{
	struct buf file = { 0 };
	assert_int_equal(index_evidence_write(1, &root, bytes_str("x"), 1, &path, bytes_str("no note"), &file, NULL),
	                 ERR_INVALID);
	assert_int_equal(file.len, 0);
	buf_free(&file);
}

/* The file with its n-th line (from 0) in other words. */
static void refused_as(unsigned n, const char *line, const char *part)
{
	struct buf file = make(5, bytes_str("the entry")), other = { 0 };
	struct index_evidence e;
	struct err err = { 0 };
	const char *rest = buf_str(&file);
	for (unsigned i = 0; *rest != '\0'; i++) {
		size_t len = strcspn(rest, "\n") + 1;
		if (i == n)
			buf_add_str(&other, line);
		else
			buf_add(&other, (const uint8_t *)rest, len);
		rest += len;
	}
	assert_int_equal(index_evidence_parse(buf_bytes(&other), &e, &err), ERR_INVALID);
	if (strstr(err.text, part) == NULL)
		fail_msg("%s: %s", line, err.text);
	buf_free(&other);
	buf_free(&file);
}

#define HASH "BwcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void every_line_has_one_form(void **state)
{
	refused_as(0, "", "the first line");
	refused_as(0, "normlink index evidence v2\n", "the first line");
	refused_as(0, "normlink evidence v1\n", "the first line");
	refused_as(0, "normlink index evidence v1 \n", "the first line");
	static const char *const found[] = {
		"",
		"found\n",
		"found 5\n",
		"found  " HASH "\n",
		"found 05 " HASH "\n",
		"found -5 " HASH "\n",
		"found 18446744073709551616 " HASH "\n",
		"found 5  " HASH "\n",
		"found 5 " HASH " \n",
		"found 5 " HASH " 6\n",
		"found 5 BwcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n",
		"found 5 BwcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
		"Found 5 " HASH "\n",
	};
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		refused_as(1, found[i], "the second line");
	refused_as(2, "c2sp.org/tlog-proof@v2\n", "tlog-proof");
	refused_as(3, "", "the entry is not in the file");
	refused_as(4, "index 01\n", "tlog-proof");
	refused_as(9, "03\n", "the head");
}

static void nobody_else_signs(void **state)
{
	struct buf file = make(5, bytes_str("the entry"));
	struct index_evidence e;
	struct err err = { 0 };
	struct note note;
	assert_int_equal(note_parse(buf_bytes(&head), &note, NULL), OK);
	buf_add_bytes(&file, note.signatures[0].line);
	buf_add_char(&file, '\n');
	assert_int_equal(index_evidence_parse(buf_bytes(&file), &e, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "not in the log's own name"));
	buf_free(&file);
}

static void too_large_and_too_small(void **state)
{
	struct buf file = make(5, bytes_str("the entry"));
	struct index_evidence e;
	size_t len = file.len;
	(void)buf_reserve(&file, PROOF_FILE_MAX + 1 - len);
	memset(file.data + len, '\n', PROOF_FILE_MAX + 1 - len);
	assert_int_equal(index_evidence_parse(bytes_of(file.data, PROOF_FILE_MAX + 1), &e, NULL), ERR_LIMIT);
	assert_int_not_equal(index_evidence_parse(bytes_of(file.data, PROOF_FILE_MAX), &e, NULL), OK);
	/* Shorter ones: without the second signature it is a file with one. */
	size_t line = 1;
	while (file.data[len - line - 1] != '\n')
		line++;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(index_evidence_parse(bytes_of(file.data, n), &e, NULL), n == len - line ? OK : ERR_INVALID);
	buf_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(no_head_no_file),
		cmocka_unit_test(every_line_has_one_form), cmocka_unit_test(nobody_else_signs),
		cmocka_unit_test(too_large_and_too_small),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
