/* witness_request: what is asked of a witness, and what of its answers counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/foreign.h"

static const char hash_line[] = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";

static int parse(const char *text, struct witness_request *out)
{
	struct err err = { 0 };
	int rc = witness_request_parse(bytes_str(text), out, &err);
	if (rc != OK)
		assert_non_null(strstr(err.text, "tlog-witness"));
	return rc;
}

static void requests_go_out_and_in(void **state)
{
	static struct witness_request request;
	struct foreign f;
	struct buf body = { 0 }, again = { 0 };
	foreign_open(&f, "log.example", 1);
	foreign_request(&f, 100, 200, &body);
	assert_int_equal(witness_request_parse(buf_bytes(&body), &request, NULL), OK);
	assert_int_equal(request.old_size, 100);
	assert_true(request.proof.count > 0);
	witness_request_write(request.old_size, &request.proof, request.checkpoint, &again);
	assert_true(bytes_equal(buf_bytes(&body), buf_bytes(&again)));
	/* Every beginning of it is refused, or read as a shorter checkpoint: nothing else of it may differ. */
	for (size_t n = 0; n < body.len; n++) {
		static struct witness_request part;
		if (witness_request_parse(bytes_of(body.data, n), &part, NULL) == OK)
			assert_true(part.proof.count == request.proof.count && part.checkpoint.len < request.checkpoint.len);
	}
	buf_free(&body);
	buf_free(&again);
	foreign_close(&f);
}

static void bad_requests_are_refused(void **state)
{
	static struct witness_request request;
	static const char *const bad[] = {
		"",           "old",         "old \n\n",   "old -1\n\n", "old 00\n\n",
		"old 01\n\n", "old 1 \n\n",  " old 1\n\n", "Old 1\n\n",  "old 18446744073709551616\n\n",
		"old 1",      "old 1\nAAAA", "old 1\r\n\n"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(parse(bad[i], &request), ERR_INVALID);
	assert_int_equal(parse("old 0\n\n", &request), OK);
	assert_int_equal(request.checkpoint.len, 0);
	struct buf text = { 0 };
	buf_add_str(&text, "old 1\n");
	for (size_t i = 0; i < 63; i++)
		buf_add_str(&text, hash_line);
	buf_add_str(&text, "\nx");
	assert_int_equal(parse(buf_str(&text), &request), OK);
	assert_int_equal(request.proof.count, 63);
	buf_reset(&text);
	buf_add_str(&text, "old 1\n");
	for (size_t i = 0; i < 64; i++)
		buf_add_str(&text, hash_line);
	buf_add_str(&text, "\nx");
	assert_int_equal(parse(buf_str(&text), &request), ERR_LIMIT);
	buf_free(&text);
}

static void only_the_witness_own_line_counts(void **state)
{
	struct foreign f;
	struct buf text = { 0 }, lines = { 0 }, out = { 0 };
	struct skey *witness = NULL, *other = NULL;
	uint64_t time_s = 0;
	foreign_open(&f, "log.example", 1);
	foreign_text(&f, 7, &text);
	assert_int_equal(skey_generate("w.example", KEY_COSIGNATURE, &witness, NULL), OK);
	assert_int_equal(skey_generate("w.example", KEY_COSIGNATURE, &other, NULL), OK);
	note_cosign(other, buf_bytes(&text), 5, &lines);
	assert_int_equal(
	    witness_lines_parse(buf_bytes(&lines), buf_bytes(&text), skey_public(witness), &out, &time_s, NULL),
	    ERR_NOT_FOUND);
	note_cosign(witness, buf_bytes(&text), 6, &lines);
	assert_int_equal(
	    witness_lines_parse(buf_bytes(&lines), buf_bytes(&text), skey_public(witness), &out, &time_s, NULL), OK);
	assert_int_equal(time_s, 6);
	assert_true(out.len < lines.len && memmem(lines.data, lines.len, out.data, out.len) != NULL);
	/* Over another text it is a signature that fails. */
	assert_int_equal(witness_lines_parse(buf_bytes(&lines), bytes_str("log.example\n7\nx\n"), skey_public(witness),
	                                     &out, &time_s, NULL),
	                 ERR_UNTRUSTED);
	assert_int_equal(witness_lines_parse(bytes_str("\n"), buf_bytes(&text), skey_public(witness), &out, &time_s, NULL),
	                 ERR_INVALID);
	/* An answer cannot bring text of its own: the last empty line would end what is signed. */
	struct buf more = { 0 };
	buf_add_str(&more, "more\n\n");
	buf_add_bytes(&more, buf_bytes(&lines));
	assert_int_equal(witness_lines_parse(buf_bytes(&more), buf_bytes(&text), skey_public(witness), &out, &time_s, NULL),
	                 ERR_INVALID);
	foreign_close(&f);
	skey_free(witness);
	skey_free(other);
	buf_free(&text);
	buf_free(&lines);
	buf_free(&out);
	buf_free(&more);
}

static void sizes_of_a_conflict(void **state)
{
	uint64_t size = 0;
	assert_int_equal(witness_size_parse(bytes_str("20852014\n"), &size, NULL), OK);
	assert_int_equal(size, 20852014);
	assert_int_equal(witness_size_parse(bytes_str("0\n"), &size, NULL), OK);
	static const char *const bad[] = { "", "\n", "1", "01\n", "1\n\n", "1\n2\n", " 1\n", "1\r\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(witness_size_parse(bytes_str(bad[i]), &size, NULL), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_go_out_and_in),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(only_the_witness_own_line_counts),
		cmocka_unit_test(sizes_of_a_conflict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
