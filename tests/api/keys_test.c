/* Key statements as they are told: whole, so that whoever asks can check them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "proto/key_change.h"
#include "tests/api/world.h"

static void make_statement(struct toy *t)
{
	struct skey *keys[2];
	uint8_t nonce[NONCE_SIZE] = { 5 };
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t seed[KEY_SIZE] = { (uint8_t)(20 + i) };
		assert_int_equal(skey_from_seed("sac.example/log", KEY_ED25519, seed, &keys[i], NULL), OK);
	}
	struct key_change k = {
		.old = *skey_public(keys[0]), .new = *skey_public(keys[1]), .until_ms = 1767225600000, .index = 3
	};
	buf_reset(&t->key_statement);
	assert_int_equal(key_change_write(&k, &(struct key_signer){ .key = keys[0] },
	                                  &(struct key_signer){ .key = keys[1] }, nonce, &t->key_statement, NULL),
	                 OK);
	skey_free(keys[0]);
	skey_free(keys[1]);
}

static void a_log_without_changes_has_no_statements(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/keys"), 200);
	SAYS(w, "{\"keys\":[],\"as_of\":[{\"origin\":\"sac.example/log\",");
	assert_int_equal(ask_text(w, "/api/v1/keys"), 200);
	assert_string_equal(w->body, "");
	assert_int_equal(ask(w, "/api/v1/keys?origin=x"), 400);
	w->toy.fail = ERR_BUSY;
	assert_int_equal(ask(w, "/api/v1/keys"), 503);
}

static void a_statement_is_told_whole(void **state)
{
	struct world *w = *state;
	struct buf line = { 0 };
	make_statement(&w->toy);
	buf_add_str(&line, "sac.example/log 3 ");
	base64_add(&line, buf_bytes(&w->toy.key_statement));
	buf_add_char(&line, '\n');
	assert_int_equal(ask_text(w, "/api/v1/keys"), 200);
	assert_string_equal(w->body, buf_str(&line));
	assert_int_equal(ask(w, "/api/v1/keys"), 200);
	SAYS(w, "{\"keys\":[{\"origin\":\"sac.example/log\",\"index\":3,\"role\":\"log\",\"old\":\"sac.example/log+");
	SAYS(w, "\"until\":\"2026-01-01T00:00:00Z\",\"payload\":\"");
	buf_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_log_without_changes_has_no_statements, up, down),
		cmocka_unit_test_setup_teardown(a_statement_is_told_whole, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
