/* keys: an operator's keys change while its log goes on: for who is there, for who was away, and for a thief. */
#include "crypto/note.h"
#include "crypto/tls.h"
#include "node/core/keys.h"
#include "tests/core/world.h"

enum { HOUR_MS = 3600 * 1000 };

static uint8_t last_key = 100; /* no two of a test are the same */

static struct skey *spare(const struct skey *like, uint8_t number)
{
	uint8_t seed[KEY_SIZE] = { number, 99 };
	struct skey *key = NULL;
	const struct vkey *public = skey_public(like);
	assert_int_equal(skey_from_seed(public->name, public->type, seed, &key, NULL), OK);
	return key;
}

static void statement(size_t node, enum key_role role, const struct skey *new, uint64_t index, uint64_t until_ms,
                      struct buf *out)
{
	const struct skey *old = core_key(nodes[node].core, role);
	struct key_change change = {
		.role = role, .old = *skey_public(old), .new = *skey_public(new), .until_ms = until_ms, .index = index
	};
	uint8_t nonce[NONCE_SIZE] = { 7 };
	assert_int_equal(key_change_write(&change, &(struct key_signer){ .key = old }, &(struct key_signer){ .key = new },
	                                  nonce, out, NULL),
	                 OK);
}

static void submit_payload(size_t node, const struct buf *payload)
{
	struct event e = { .kind = EV_SUBMIT };
	struct bytes one = buf_bytes(payload);
	e.u.submit.op = 1;
	e.u.submit.count = 1;
	e.u.submit.payloads = &one;
	step(node, &e);
	run();
}

/* A new key in place of the one in force, from the next entry on. */
static struct skey *rotate(size_t node, enum key_role role, uint64_t overlap_ms)
{
	struct toy *t = &nodes[node];
	struct skey *new = spare(core_key(t->core, role), ++last_key);
	struct buf payload = { 0 };
	t->ring[t->ring_count++] = new;
	core_add_key(t->core, new);
	statement(node, role, new, core_next_index(t->core), wall_base_ms + now_ms + overlap_ms, &payload);
	submit_payload(node, &payload);
	assert_int_equal(t->reply_code, OK);
	assert_ptr_equal(core_key(t->core, role), new);
	buf_free(&payload);
	return new;
}

static int signed_by(const struct buf *head, const struct skey *key)
{
	struct note note;
	assert_int_equal(note_parse(buf_bytes(head), &note, NULL), OK);
	return note_verify(&note, skey_public(key), NULL);
}

/* ---- the pure part ---- */

static void a_line_is_found_from_any_of_its_keys(void **state)
{
	struct keys k = { 0 };
	struct key_line line;
	struct skey *v[4] = { nodes[0].log_key };
	struct buf payload[3] = { { 0 } };
	uint8_t nonce[NONCE_SIZE] = { 1 };
	for (size_t i = 0; i < 3; i++) {
		v[i + 1] = spare(v[0], (uint8_t)(i + 1));
		struct key_change c = { .old = *skey_public(v[i]), .new = *skey_public(v[i + 1]), .index = 10 * (i + 1) };
		assert_int_equal(key_change_write(&c, &(struct key_signer){ .key = v[i] },
		                                  &(struct key_signer){ .key = v[i + 1] }, nonce, &payload[i], NULL),
		                 OK);
		assert_false(keys_add(&k, 10 * (i + 1) + 1, buf_bytes(&payload[i]))); /* it names another entry */
		assert_true(keys_add(&k, 10 * (i + 1), buf_bytes(&payload[i])));
		assert_false(keys_add(&k, 10 * (i + 1), buf_bytes(&payload[i])));
	}
	for (size_t i = 0; i < 4; i++) {
		keys_line(&k, KEY_OF_LOG, skey_public(v[i]), &line);
		assert_int_equal(line.count, 4);
		static const uint64_t sizes[] = { 0, 10, 11, 20, 21, 30, 31, UINT64_MAX };
		for (size_t n = 0; n < 8; n++)
			assert_int_equal(keys_of_head(&line, sizes[n])->id, skey_public(v[n / 2])->id);
		keys_line(&k, KEY_OF_WITNESS, skey_public(v[i]), &line);
		assert_int_equal(line.count, 1);
	}
	/* Told by a peer: from either end, in any order that hangs together, and never against what is known. */
	struct keys told = { 0 };
	assert_false(keys_claim(&told, KEY_OF_LOG, skey_public(v[0]), buf_bytes(&payload[1])));
	assert_true(keys_claim(&told, KEY_OF_LOG, skey_public(v[1]), buf_bytes(&payload[1])));
	assert_true(keys_claim(&told, KEY_OF_LOG, skey_public(v[1]), buf_bytes(&payload[0])));
	assert_true(keys_claim(&told, KEY_OF_LOG, skey_public(v[1]), buf_bytes(&payload[2])));
	assert_false(keys_claim(&told, KEY_OF_LOG, skey_public(v[1]), buf_bytes(&payload[2])));
	struct buf packed = { 0 };
	struct keys first = { 0 }, again = { 0 };
	assert_true(keys_add(&first, 10, buf_bytes(&payload[0])));
	keys_pack(&told, KEY_OF_LOG, &first, &packed);
	keys_copy(&first, &again);
	keys_unpack(&again, KEY_OF_LOG, skey_public(v[0]), buf_bytes(&packed));
	assert_int_equal(again.count, 3);
	buf_free(&packed);
	keys_free(&first);
	keys_free(&again);
	keys_free(&told);
	keys_free(&k);
	for (size_t i = 0; i < 3; i++) {
		buf_free(&payload[i]);
		skey_free(v[i + 1]);
	}
}

/* ---- the log's key ---- */

static void a_log_key_changes_between_two_entries(void **state)
{
	connect_nodes(0, 1);
	publish(0, 3, "x");
	const struct skey *second = rotate(0, KEY_OF_LOG, HOUR_MS);
	const struct buf *own = &toy_log(&nodes[0], alices)->head, *theirs = &toy_log(&nodes[1], alices)->head;
	assert_int_equal(status_of(1, alices).head_size, 4);
	assert_int_equal(signed_by(own, second), OK);
	assert_int_equal(signed_by(own, nodes[0].log_key), OK); /* for who does not know yet */
	assert_int_equal(signed_by(theirs, nodes[0].log_key), OK);
	wait_ms(HOUR_MS + 1);
	connect_nodes(0, 1);
	publish(0, 2, "y");
	assert_int_equal(signed_by(own, nodes[0].log_key), ERR_NOT_FOUND);
	assert_int_equal(status_of(1, alices).head_size, 6);
	const struct skey *third = rotate(0, KEY_OF_LOG, 0);
	assert_int_equal(status_of(1, alices).head_size, 7);
	restart(0);
	restart(1);
	wait_to_sign();
	assert_ptr_equal(core_key(nodes[0].core, KEY_OF_LOG), third);
	connect_nodes(0, 1);
	publish(0, 1, "z");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(status_of(1, alices).head_size, 8);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_int_equal(nodes[0].refusals + nodes[1].refusals, 0);
}

static void who_was_away_follows_the_statements(void **state)
{
	publish(0, 300, "x");
	connect_nodes(0, 1);
	cut(0, 1, 0);
	run();
	rotate(0, KEY_OF_LOG, 0);
	publish(0, 10, "y");
	const struct skey *third = rotate(0, KEY_OF_LOG, 0);
	publish(0, 600, "z");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 912);
	assert_int_equal(signed_by(&toy_log(&nodes[1], alices)->head, third), OK);
	/* And from the second node a third one, that has never met the first. */
	cut(0, 1, 0);
	run();
	connect_nodes(1, 2);
	assert_int_equal(status_of(2, alices).head_size, 912);
	assert_int_equal(nodes[1].refusals + nodes[2].refusals, 0);
}

static int lose_entries(size_t to, struct buf *frame)
{
	return frame->len > 5000;
}

static void a_target_keeps_what_its_key_rests_on(void **state)
{
	rotate(0, KEY_OF_LOG, 0);
	publish(0, 256, "x");
	tamper = lose_entries;
	connect_nodes(0, 1);
	assert_int_equal(toy_log(&nodes[1], alices)->count, 0);
	assert_true(toy_log(&nodes[1], alices)->target_keys.len > 0);
	restart(1);
	tamper = NULL;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 257);
}

/* Another core with alice's first key: a thief. */
static void steal_alice(struct toy *kept)
{
	*kept = nodes[0];
	nodes[0] = (struct toy){ 0 };
	node_make(0, "alice");
	for (size_t k = 1; k < NODES_MAX; k++)
		assert_int_equal(core_add_peer(nodes[0].core, &nodes[k].card, &nodes[0].peers[k], NULL), OK);
	wait_to_sign();
}

static void give_back(struct toy *kept)
{
	node_free(&nodes[0]);
	nodes[0] = *kept;
}

static void a_thief_with_the_old_key_is_not_believed(void **state)
{
	struct toy real;
	publish(0, 5, "x");
	rotate(0, KEY_OF_LOG, 0);
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 6);
	cut(0, 1, 0);
	run();
	for (int i = 0; i < 2; i++) {
		steal_alice(&real);
		if (i == 1) /* nor does a statement of his own help: the key was replaced already */
			rotate(0, KEY_OF_LOG, 0);
		publish(0, 20, "false");
		connect_nodes(0, 1);
		assert_int_equal(status_of(1, alices).head_size, 6);
		assert_int_equal(status_of(1, alices).seen_size, 6);
		assert_int_equal(status_of(1, alices).fork, FORK_NONE);
		assert_non_null(strstr(nodes[1].last_note, "_refused")); /* the head, and what the thief calls evidence */
		assert_int_equal(nodes[1].refusals, 0);                  /* who passes such a head on may know no better */
		cut(0, 1, 1);
		run();
		give_back(&real);
	}
	publish(0, 1, "y");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 7);
}

static void a_thief_and_the_owner_together_are_evidence(void **state)
{
	struct toy real;
	publish(0, 5, "x");
	rotate(0, KEY_OF_LOG, 0);
	publish(0, 50, "y");
	connect_nodes(0, 2);
	cut(0, 2, 0);
	run();
	steal_alice(&real);
	publish(0, 20, "false");
	connect_nodes(0, 1); /* who was away, and cannot tell */
	assert_int_equal(status_of(1, alices).head_size, 20);
	cut(0, 1, 0);
	run();
	give_back(&real);
	connect_nodes(1, 2);
	assert_int_equal(status_of(1, alices).fork, FORK_FROZEN);
	assert_int_equal(status_of(2, alices).fork,
	                 FORK_NONE); /* it knows that the old key's word is worth nothing any more */
	assert_int_equal(nodes[1].refusals + nodes[2].refusals, 0);
	connect_nodes(0, 1);
	assert_int_equal(status_of(0, alices).fork, FORK_NONE);
	publish(0, 1, "z");
	assert_int_equal(nodes[0].reply_code, OK);
}

/* What a liar says instead of an announcement of alice's log; NULL: without its key statements. */
static const struct skey *liar;
static struct buf lie;

static int lie_about_alice(size_t to, struct buf *frame)
{
	struct bytes raw;
	size_t used;
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct note note;
	struct buf text = { 0 };
	ProtobufCBinaryData keys = { .len = lie.len, .data = lie.data };
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_ANNOUNCE &&
	    note_parse(message_bytes(f->announce->checkpoint), &note, NULL) == OK &&
	    memcmp(note.text.data, alices, strlen(alices)) == 0) {
		f->announce->keys = &keys;
		f->announce->n_keys = liar != NULL ? 1 : 0;
		buf_add_bytes(&text, note.text);
		buf_add_char(&text, '\n');
		if (liar != NULL) {
			note_sign(liar, note.text, &text);
			f->announce->checkpoint = message_field(buf_bytes(&text));
		}
		buf_reset(frame);
		frame_write(f, frame);
	}
	buf_free(&text);
	arena_free(&arena);
	return 0;
}

static void a_statement_that_the_tree_does_not_hold_is_worth_nothing(void **state)
{
	struct skey *second = spare(nodes[0].log_key, 66);
	publish(0, 5, "x");
	statement(0, KEY_OF_LOG, second, 2, 0, &lie);
	liar = second;
	tamper = lie_about_alice;
	connect_nodes(0, 1);
	assert_string_equal(nodes[1].last_note, "head_unfounded");
	assert_int_equal(status_of(1, alices).head_size, 0);
	assert_int_equal(toy_log(&nodes[1], alices)->target.len, 0);
	cut(0, 1, 0);
	run();
	connect_nodes(0, 1); /* the same once more */
	assert_string_equal(nodes[1].last_note, "head_refused");
	assert_int_equal(status_of(1, alices).head_size, 0);
	restart(1);
	tamper = NULL;
	publish(0, 1, "y");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 6);
	assert_int_equal(status_of(1, alices).fork, FORK_NONE);
	buf_free(&lie);
	skey_free(second);
}

static void statements_that_were_left_out_are_found_in_the_log(void **state)
{
	publish(0, 5, "x");
	const struct skey *second = rotate(0, KEY_OF_LOG, HOUR_MS);
	liar = NULL;
	tamper = lie_about_alice;
	connect_nodes(0, 1);
	tamper = NULL;
	assert_int_equal(status_of(1, alices).head_size, 6);
	assert_int_equal(signed_by(&toy_log(&nodes[1], alices)->head, second), OK);
}

static void a_statement_must_become_the_entry_that_it_names(void **state)
{
	struct buf payload = { 0 };
	struct skey *new = spare(nodes[0].log_key, 77);
	statement(0, KEY_OF_LOG, new, 0, 0, &payload);
	submit_payload(0, &payload);
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT); /* the new key is not at hand */
	core_add_key(nodes[0].core, new);
	publish(0, 1, "x");
	submit_payload(0, &payload);
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT); /* another entry was first */
	assert_ptr_equal(core_key(nodes[0].core, KEY_OF_LOG), nodes[0].log_key);
	buf_reset(&payload);
	statement(0, KEY_OF_LOG, new, 1, 0, &payload);
	nodes[0].disk_full = true;
	submit_payload(0, &payload);
	assert_int_equal(nodes[0].reply_code, ERR_FULL);
	assert_ptr_equal(core_key(nodes[0].core, KEY_OF_LOG), nodes[0].log_key); /* the log did not take it */
	nodes[0].disk_full = false;
	wait_ms(2000);
	submit_payload(0, &payload);
	assert_int_equal(nodes[0].reply_code, OK);
	assert_ptr_equal(core_key(nodes[0].core, KEY_OF_LOG), new);
	/* Without its file the log cannot be loaded. */
	struct origin_state s;
	struct err err = { 0 };
	struct core_config config = { .log_key = nodes[0].log_key,
		                          .witness_key = nodes[0].witness_key,
		                          .mirror_key = nodes[0].mirror_key };
	core_free(nodes[0].core);
	nodes[0].core = core_new(&config);
	load_state(&nodes[0], alices, &s);
	assert_int_equal(core_load(nodes[0].core, &s, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "no such key is at hand"));
	core_add_key(nodes[0].core, new);
	assert_int_equal(core_load(nodes[0].core, &s, &err), OK);
	origin_state_free(&s);
	core_free(nodes[0].core);
	nodes[0].core = NULL;
	skey_free(new);
	buf_free(&payload);
}

/* ---- cosigners and pins ---- */

static void a_witness_is_counted_once_whatever_its_key(void **state)
{
	connect_nodes(0, 1);
	publish(0, 1, "x");
	const struct skey *witness = rotate(1, KEY_OF_WITNESS, 0), *mirror = rotate(1, KEY_OF_MIRROR, 0);
	const struct buf *head = &toy_log(&nodes[0], alices)->head;
	assert_int_equal(signed_by(head, witness), OK); /* again, with the new keys */
	assert_int_equal(signed_by(head, mirror), OK);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_int_equal(status_of(0, alices).mirrors, 1);
	wait_ms(2000);
	publish(0, 1, "y");
	assert_int_equal(signed_by(head, witness), OK);
	assert_int_equal(signed_by(head, nodes[1].witness_key), ERR_NOT_FOUND);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	restart(1);
	assert_ptr_equal(core_key(nodes[1].core, KEY_OF_WITNESS), witness);
}

static uint64_t late_s; /* when the retired witness of bob says that it has cosigned */

static int add_late_line(size_t to, struct buf *frame)
{
	struct bytes raw;
	size_t used;
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct note note;
	struct buf text = { 0 };
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_ANNOUNCE && to == 0 &&
	    note_parse(message_bytes(f->announce->checkpoint), &note, NULL) == OK) {
		buf_add_bytes(&text, message_bytes(f->announce->checkpoint));
		note_cosign(nodes[1].witness_key, note.text, late_s, &text);
		f->announce->checkpoint = message_field(buf_bytes(&text));
		buf_reset(frame);
		frame_write(f, frame);
	}
	buf_free(&text);
	arena_free(&arena);
	return 0;
}

static void a_retired_witness_cosigns_in_vain(void **state)
{
	connect_nodes(0, 1);
	rotate(1, KEY_OF_WITNESS, 0);
	uint64_t end_s = (wall_base_ms + now_ms) / 1000;
	for (uint64_t after = 0; after < 2; after++) {
		late_s = end_s + after;
		tamper = add_late_line;
		publish(0, 1, "x");
		tamper = NULL;
		assert_int_equal(signed_by(&toy_log(&nodes[0], alices)->head, nodes[1].witness_key),
		                 after ? ERR_NOT_FOUND : OK);
		assert_int_equal(status_of(0, alices).cosignatures, 1);
	}
}

static void a_pin_counts_to_the_end_of_the_overlap(void **state)
{
	struct buf keys[2] = { { 0 } }, certs[2] = { { 0 } }, payload = { 0 };
	struct hash pins[2];
	struct key_change change = { .role = KEY_OF_TLS, .until_ms = 5000 };
	uint8_t nonce[NONCE_SIZE] = { 1 };
	uint32_t peer;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(tls_identity_new("bob", 1700000000, 100, &keys[i], &certs[i], NULL), OK);
		assert_int_equal(tls_pin_of(buf_bytes(&certs[i]), &pins[i], NULL), OK);
		memcpy(i == 0 ? change.old.key : change.new.key, pins[i].b, HASH_SIZE);
	}
	struct card card = nodes[1].card;
	struct core_config config = { .log_key = nodes[0].log_key,
		                          .witness_key = nodes[0].witness_key,
		                          .mirror_key = nodes[0].mirror_key };
	card.pin = pins[0];
	memcpy(config.name, "alice", 6);
	core_free(nodes[0].core);
	nodes[0].core = core_new(&config);
	assert_int_equal(core_add_peer(nodes[0].core, &card, &nodes[0].peers[1], NULL), OK);
	connect_nodes(0, 1);
	assert_int_equal(core_find_pin(nodes[0].core, &pins[1], 1, &peer), ERR_NOT_FOUND);
	assert_int_equal(key_change_write(&change, &(struct key_signer){ .tls_pem = buf_bytes(&keys[0]) },
	                                  &(struct key_signer){ .tls_pem = buf_bytes(&keys[1]) }, nonce, &payload, NULL),
	                 OK);
	submit_payload(1, &payload);
	assert_int_equal(nodes[1].reply_code, OK);
	assert_int_equal(core_find_pin(nodes[0].core, &pins[1], 9999, &peer), OK);
	assert_true(core_pin_fits(nodes[0].core, peer, &pins[0], 5000));
	assert_false(core_pin_fits(nodes[0].core, peer, &pins[0], 5001));
	struct hash newest = core_peer_pin(nodes[0].core, peer);
	assert_true(hash_equal(&newest, &pins[1]));
	for (size_t i = 0; i < 2; i++) {
		buf_free(&keys[i]);
		buf_free(&certs[i]);
	}
	buf_free(&payload);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_found_from_any_of_its_keys),
		TEST(a_log_key_changes_between_two_entries),
		TEST(who_was_away_follows_the_statements),
		TEST(a_target_keeps_what_its_key_rests_on),
		TEST(a_thief_with_the_old_key_is_not_believed),
		TEST(a_thief_and_the_owner_together_are_evidence),
		TEST(a_statement_that_the_tree_does_not_hold_is_worth_nothing),
		TEST(statements_that_were_left_out_are_found_in_the_log),
		TEST(a_statement_must_become_the_entry_that_it_names),
		TEST(a_witness_is_counted_once_whatever_its_key),
		TEST(a_retired_witness_cosigns_in_vain),
		TEST(a_pin_counts_to_the_end_of_the_overlap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
