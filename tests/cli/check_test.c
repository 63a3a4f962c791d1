/* check: a proof that holds, and every byte of it that may not be another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/proof.h"
#include "node/cli/check.h"
#include "tests/api/toy_view.h"

struct world {
	struct toy toy;
	struct buf proof, policy;
};

static void write_policy(struct world *w, const char *quorum)
{
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(w->toy.log), &w->policy);
	buf_add_str(&w->policy, "\nwitness iso ");
	vkey_write(skey_public(w->toy.witness), &w->policy);
	buf_printf(&w->policy, "\nquorum %s\n", quorum);
}

/* The proof of one entry with whatever envelope and payload. */
static void write_proof(struct world *w, uint64_t index, struct bytes envelope, struct bytes payload)
{
	struct tree_proof path;
	struct buf extra = { 0 };
	assert_int_equal(toy_prove(&w->toy, TOY_ORIGIN, index, w->toy.covered, &path, NULL), OK);
	proof_extra_write(envelope, payload.len > 0 ? PAYLOAD_PRESENT : PAYLOAD_REDACTED, payload, &extra);
	buf_reset(&w->proof);
	proof_write(buf_bytes(&extra), index, &path, buf_bytes(&w->toy.head), &w->proof);
	buf_free(&extra);
}

static int up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	toy_open(&w->toy);
	toy_fill(&w->toy);
	write_policy(w, "iso");
	write_proof(w, 2, buf_bytes(&w->toy.v[2].envelope), buf_bytes(&w->toy.v[2].payload));
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	toy_close(&w->toy);
	buf_free(&w->proof);
	buf_free(&w->policy);
	free(w);
	return 0;
}

/* Gives the step that failed, NULL when everything held. */
static const char *failing(const struct world *w, struct bytes proof, struct err *err)
{
	struct check c;
	int rc = check_proof(&c, buf_bytes(&w->policy), proof, err);
	const char *step = rc == OK ? NULL : c.step;
	check_close(&c);
	return step;
}

static void a_good_proof_holds(void **state)
{
	struct world *w = *state;
	struct check c;
	struct err err = { 0 };
	if (check_proof(&c, buf_bytes(&w->policy), buf_bytes(&w->proof), &err) != OK)
		fail_msg("%s: %s", c.step, err.text);
	assert_string_equal(c.record->subject, "GB/T 19001-2016");
	assert_string_equal(c.verdict.log->name, TOY_ORIGIN);
	assert_int_equal(c.verdict.size, 3);
	assert_int_equal(c.verdict.seen_count, 1);
	assert_string_equal(c.verdict.seen[0].name, "iso");
	assert_int_equal(c.verdict.seen[0].time_s, 1767225600);
	assert_int_equal(c.signatures, 2);
	assert_int_equal(c.proof.index, 2);
	check_close(&c);
}

/* The policy is from before the log's key changed. */
static void another_key_of_the_log_is_told_as_that(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	struct skey *older = NULL;
	uint8_t seed[KEY_SIZE] = { 99 };
	assert_int_equal(skey_from_seed(TOY_ORIGIN, KEY_ED25519, seed, &older, NULL), OK);
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(older), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "signature");
	assert_non_null(strstr(err.text, "the policy has another key of that log"));
	skey_free(older);
	assert_int_equal(skey_from_seed("iso.example/log", KEY_ED25519, seed, &older, NULL), OK);
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(older), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "signature");
	assert_null(strstr(err.text, "another key of that log"));
	skey_free(older);
}

static void every_flipped_bit_is_refused(void **state)
{
	struct world *w = *state;
	size_t tried = 0;
	for (size_t i = 0; i < w->proof.len; i++) {
		for (int bit = 0; bit < 8; bit++, tried++) {
			struct err err = { 0 };
			w->proof.data[i] ^= (uint8_t)(1 << bit);
			const char *step = failing(w, buf_bytes(&w->proof), &err);
			if (step == NULL)
				fail_msg("byte %zu, bit %d was accepted", i, bit);
			assert_true(err.text[0] != '\0');
			w->proof.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_true(tried > 1000);
	assert_null(failing(w, buf_bytes(&w->proof), NULL));
}

static void every_shorter_file_is_refused(void **state)
{
	struct world *w = *state;
	for (size_t len = 0; len < w->proof.len; len++)
		assert_non_null(failing(w, bytes_of(w->proof.data, len), NULL));
	buf_add_char(&w->proof, '\n');
	assert_non_null(failing(w, buf_bytes(&w->proof), NULL));
}

static void the_step_is_named(void **state)
{
	struct world *w = *state;
	struct bytes envelope = buf_bytes(&w->toy.v[2].envelope);
	struct bytes payload = buf_bytes(&w->toy.v[2].payload);
	struct err err = { 0 };
	/* Another entry's envelope, another entry's payload, rubbish, nothing. */
	write_proof(w, 2, buf_bytes(&w->toy.v[1].envelope), payload);
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "inclusion");
	write_proof(w, 2, envelope, buf_bytes(&w->toy.v[1].payload));
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "payload");
	write_proof(w, 2, bytes_str("rubbish"), payload);
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "envelope");
	struct tree_proof path;
	assert_int_equal(toy_prove(&w->toy, TOY_ORIGIN, 2, w->toy.covered, &path, NULL), OK);
	buf_reset(&w->proof);
	proof_write(bytes_of(NULL, 0), 2, &path, buf_bytes(&w->toy.head), &w->proof);
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "content");
	buf_reset(&w->proof);
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "proof");
}

/* Of what was redacted the entry is proved, and no record. */
static void an_entry_is_proved_without_its_payload(void **state)
{
	struct world *w = *state;
	struct check c;
	struct err err = { 0 };
	write_proof(w, 2, buf_bytes(&w->toy.v[2].envelope), bytes_of(NULL, 0));
	assert_int_equal(check_proof(&c, buf_bytes(&w->policy), buf_bytes(&w->proof), &err), OK);
	assert_int_equal(c.state, PAYLOAD_REDACTED);
	assert_null(c.record);
	assert_int_equal(c.envelope.payload_size, w->toy.v[2].payload.len);
	check_close(&c);
	write_proof(w, 2, buf_bytes(&w->toy.v[1].envelope), bytes_of(NULL, 0));
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "inclusion");
}

static void policies_decide(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	write_policy(w, "none");
	assert_null(failing(w, buf_bytes(&w->proof), &err));
	write_policy(w, "nobody");
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "policy");
	/* A log that is not listed; a witness that is asked for and did not sign. */
	static const uint8_t seed[KEY_SIZE] = { 9 };
	struct skey *other = NULL;
	assert_int_equal(skey_from_seed("other.example/log", KEY_ED25519, seed, &other, NULL), OK);
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(other), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "signature");
	skey_free(other);
	assert_int_equal(skey_from_seed("other.example/witness", KEY_COSIGNATURE, seed, &other, NULL), OK);
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(w->toy.log), &w->policy);
	buf_add_str(&w->policy, "\nwitness other ");
	vkey_write(skey_public(other), &w->policy);
	buf_add_str(&w->policy, "\nquorum other\n");
	assert_string_equal(failing(w, buf_bytes(&w->proof), &err), "signature");
	assert_non_null(strstr(err.text, "other"));
	skey_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_good_proof_holds, up, down),
		cmocka_unit_test_setup_teardown(another_key_of_the_log_is_told_as_that, up, down),
		cmocka_unit_test_setup_teardown(every_flipped_bit_is_refused, up, down),
		cmocka_unit_test_setup_teardown(every_shorter_file_is_refused, up, down),
		cmocka_unit_test_setup_teardown(the_step_is_named, up, down),
		cmocka_unit_test_setup_teardown(an_entry_is_proved_without_its_payload, up, down),
		cmocka_unit_test_setup_teardown(policies_decide, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
