/* keyring, roster: what a node tells of its keys is read, checked, and made into cards and policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/policy.h"
#include "node/cli/keyring.h"
#include "node/cli/roster.h"

enum { OVERLAP_END_MS = 5000 };

struct world {
	struct skey *log[2], *witness[2], *mirror;
	struct card card;
	struct buf text; /* as a node answers */
};

static struct skey *make(const char *name, enum key_type type, uint8_t number)
{
	uint8_t seed[KEY_SIZE] = { number };
	struct skey *key = NULL;
	assert_int_equal(skey_from_seed(name, type, seed, &key, NULL), OK);
	return key;
}

static void tell(struct world *w, enum key_role role, const struct skey *old, const struct skey *new, uint64_t index)
{
	struct key_change k = {
		.role = role, .old = *skey_public(old), .new = *skey_public(new), .until_ms = OVERLAP_END_MS, .index = index
	};
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)index };
	struct buf payload = { 0 };
	assert_int_equal(key_change_write(&k, &(struct key_signer){ .key = old }, &(struct key_signer){ .key = new }, nonce,
	                                  &payload, NULL),
	                 OK);
	buf_printf(&w->text, "%s %llu ", w->card.origin, (unsigned long long)index);
	base64_add(&w->text, buf_bytes(&payload));
	buf_add_char(&w->text, '\n');
	buf_free(&payload);
}

static int set_up(void **state)
{
	static struct world w;
	w = (struct world){ 0 };
	for (uint8_t i = 0; i < 2; i++) {
		w.log[i] = make("sac.example/log", KEY_ED25519, (uint8_t)(1 + i));
		w.witness[i] = make("sac.example/witness", KEY_COSIGNATURE, (uint8_t)(3 + i));
	}
	w.mirror = make("sac.example/mirror", KEY_COSIGNATURE, 5);
	(void)snprintf(w.card.name, sizeof w.card.name, "sac");
	(void)snprintf(w.card.origin, sizeof w.card.origin, "sac.example/log");
	w.card.log = *skey_public(w.log[0]);
	w.card.witness = *skey_public(w.witness[0]);
	w.card.mirror = *skey_public(w.mirror);
	tell(&w, KEY_OF_LOG, w.log[0], w.log[1], 7);
	tell(&w, KEY_OF_WITNESS, w.witness[0], w.witness[1], 9);
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 2; i++) {
		skey_free(w->log[i]);
		skey_free(w->witness[i]);
	}
	skey_free(w->mirror);
	buf_free(&w->text);
	return 0;
}

static void a_card_is_renewed(void **state)
{
	struct world *w = *state;
	struct keyring keys;
	assert_int_equal(keyring_read(buf_bytes(&w->text), &keys, NULL), OK);
	keyring_renew(&keys, &w->card);
	assert_memory_equal(w->card.log.key, skey_public(w->log[1])->key, KEY_SIZE);
	assert_memory_equal(w->card.witness.key, skey_public(w->witness[1])->key, KEY_SIZE);
	assert_memory_equal(w->card.mirror.key, skey_public(w->mirror)->key, KEY_SIZE);
	keyring_free(&keys);
}

static void what_does_not_hold_does_not_count(void **state)
{
	struct world *w = *state;
	struct keyring keys;
	static const char *const bad[] = {
		"x\n",          "sac.example/log\n",        "sac.example/log 7\n", "sac.example/log 7 !\n",
		"a+b 7 AAAA\n", "sac.example/log -1 AAAA\n"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(keyring_read(bytes_str(bad[i]), &keys, NULL), ERR_PROTOCOL);
		keyring_free(&keys);
	}
	/* A statement moved to another entry. */
	w->text.data[strlen("sac.example/log ")] = '8';
	assert_int_equal(keyring_read(buf_bytes(&w->text), &keys, NULL), OK);
	keyring_renew(&keys, &w->card);
	assert_memory_equal(w->card.log.key, skey_public(w->log[0])->key, KEY_SIZE);
	assert_memory_equal(w->card.witness.key, skey_public(w->witness[1])->key, KEY_SIZE);
	keyring_free(&keys);
}

static bool has(struct buf *text, const char *part)
{
	return strstr(buf_str(text), part) != NULL;
}

/* During the overlap both keys are there, and a witness with two of them counts once; afterwards the newest alone. */
static void a_policy_has_the_keys_that_count(void **state)
{
	struct world *w = *state;
	struct card cards[2] = { w->card, w->card };
	struct skey *log = make("iso.example/log", KEY_ED25519, 11),
	            *witness = make("iso.example/witness", KEY_COSIGNATURE, 12),
	            *mirror = make("iso.example/mirror", KEY_COSIGNATURE, 13);
	(void)snprintf(cards[1].name, sizeof cards[1].name, "iso");
	(void)snprintf(cards[1].origin, sizeof cards[1].origin, "iso.example/log");
	cards[1].log = *skey_public(log);
	cards[1].witness = *skey_public(witness);
	cards[1].mirror = *skey_public(mirror);
	struct keyring keys;
	assert_int_equal(keyring_read(buf_bytes(&w->text), &keys, NULL), OK);
	for (int after = 0; after < 2; after++) {
		struct buf text = { 0 }, old = { 0 }, new = { 0 };
		struct policy *policy = NULL;
		struct err err = { 0 };
		uint64_t now = after ? OVERLAP_END_MS : OVERLAP_END_MS - 1;
		assert_int_equal(roster_policy(cards, 2, &keys, now, "all", false, &text, &err), OK);
		buf_add_str(&old, "\nlog ");
		buf_add_str(&new, "\nlog ");
		vkey_write(skey_public(w->log[0]), &old);
		vkey_write(skey_public(w->log[1]), &new);
		assert_int_equal(has(&text, buf_str(&old)), !after);
		assert_true(has(&text, buf_str(&new)));
		assert_int_equal(has(&text, "\ngroup sac any sac/"), !after);
		assert_int_equal(has(&text, "\nwitness sac "), after);
		assert_true(has(&text, "\ngroup Witnesses any sac iso\n"));
		if (policy_parse(buf_bytes(&text), &policy, &err) != OK)
			fail_msg("%s:\n%s", err.text, buf_str(&text));
		policy_free(policy);
		buf_free(&text);
		buf_free(&old);
		buf_free(&new);
	}
	keyring_free(&keys);
	skey_free(log);
	skey_free(witness);
	skey_free(mirror);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_card_is_renewed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_does_not_hold_does_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_policy_has_the_keys_that_count, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
