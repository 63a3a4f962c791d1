/* verify_fork: an evidence file under a policy, as an exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/evidence.h"
#include "node/cli/verify_fork.h"

static struct skey *key;
static struct buf file, policy;

static int set_up(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 9 };
	struct hash roots[2] = { { .b = { 1 } }, { .b = { 2 } } };
	struct buf notes[2] = { { 0 } };
	assert_int_equal(skey_from_seed("sac.example/log", KEY_ED25519, seed, &key, NULL), OK);
	for (size_t i = 0; i < 2; i++) {
		struct buf text = { 0 };
		checkpoint_write("sac.example/log", 12, &roots[i], &text);
		buf_add_bytes(&notes[i], buf_bytes(&text));
		buf_add_char(&notes[i], '\n');
		note_sign(key, buf_bytes(&text), &notes[i]);
		buf_free(&text);
	}
	evidence_write(skey_public(key), skey_public(key), buf_bytes(&notes[0]), buf_bytes(&notes[1]), &roots[1], NULL, 0,
	               &file);
	buf_add_str(&policy, "log ");
	vkey_write(skey_public(key), &policy);
	buf_add_str(&policy, "\nquorum none\n");
	buf_free(&notes[0]);
	buf_free(&notes[1]);
	return 0;
}

static int tear_down(void **state)
{
	buf_free(&file);
	buf_free(&policy);
	skey_free(key);
	return 0;
}

static void evidence_that_holds_ends_with_0(void **state)
{
	assert_int_equal(verify_fork(buf_bytes(&policy), buf_bytes(&file), false), 0);
	assert_int_equal(verify_fork(buf_bytes(&policy), buf_bytes(&file), true), 0);
}

static void what_does_not_hold_ends_with_1(void **state)
{
	struct bytes nobody = bytes_str("quorum none\n");
	assert_int_equal(verify_fork(nobody, buf_bytes(&file), false), 1);
	assert_int_equal(verify_fork(buf_bytes(&policy), bytes_of(file.data, file.len - 1), false), 1);
	assert_int_equal(verify_fork(buf_bytes(&policy), bytes_str("normlink evidence v1\n"), true), 1);
	for (size_t i = strlen("normlink evidence v1\n"); i < file.len; i += 7) {
		file.data[i] ^= 1;
		assert_int_equal(verify_fork(buf_bytes(&policy), buf_bytes(&file), true), 1);
		file.data[i] ^= 1;
	}
}

static void a_policy_that_is_none_ends_with_3(void **state)
{
	assert_int_equal(verify_fork(bytes_str("log nonsense\n"), buf_bytes(&file), false), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_that_holds_ends_with_0),
		cmocka_unit_test(what_does_not_hold_ends_with_1),
		cmocka_unit_test(a_policy_that_is_none_ends_with_3),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
