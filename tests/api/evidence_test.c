/* A log that forked: every answer that touches it says so, and gives the proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/index_evidence.h"
#include "crypto/proof.h"
#include "tests/api/world.h"

static void say_verdict(struct toy *t, const char *decision, enum fork_state fork)
{
	static const uint8_t nonce[NONCE_SIZE] = { 3 };
	struct arena arena = { 0 };
	struct buf raw = { 0 };
	ProtobufCMessage *message = NULL;
	const char *json =
	    arena_printf(&arena,
	                 "{\"kind\":\"verdict\",\"subject\":\"sac.example/log\",\"verdict\":{\"decision\":\"%s\","
	                 "\"evidence_digest\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"size\":3,"
	                 "\"root\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"reason\":\"they explained it\"}}",
	                 decision);
	assert_int_equal(json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, NULL), OK);
	assert_int_equal(record_encode((const Normlink__Record *)message, &raw, NULL), OK);
	buf_reset(&t->verdict);
	payload_write(buf_bytes(&raw), nonce, &t->verdict);
	t->fork = fork;
	buf_free(&raw);
	arena_free(&arena);
}

static void nothing_is_said_of_a_sound_log(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	SAYS(w, "{\"evidence\":[],\"as_of\":[{\"origin\":\"sac.example/log\"");
	assert_int_equal(ask_text(w, "/api/v1/evidence"), 200);
	SAYS(w, "no evidence of a fork is held, nor of a false index root\n");
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log"), 404);
	SAYS(w, "no evidence of a fork is held");
	assert_int_equal(ask(w, "/api/v1/evidence/nobody"), 404);
	assert_int_equal(ask(w, "/api/v1/evidence/%ff"), 400);
	assert_int_equal(ask(w, "/api/v1/evidence/"), 404);
	assert_int_equal(ask(w, "/api/v1/evidence?x=1"), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof"), 200);
	assert_false(says(w, "Normlink-Frozen"));
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	assert_false(says(w, "\"fork\""));
}

static void the_file_is_given_as_it_is_kept(void **state)
{
	struct world *w = *state;
	toy_fork(&w->toy);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example%2Flog"), 200);
	SAYS(w, "Content-Type: text/plain; charset=utf-8\r\n");
	SAYS(w, "Normlink-Frozen: sac.example/log\r\n");
	SAYS(w, "attachment; filename=\"fork.normlink-evidence\"");
	assert_string_equal(w->body, buf_str(&w->toy.evidence));
	struct evidence e;
	assert_int_equal(evidence_parse(bytes_str(w->body), &e, NULL), OK);
	assert_int_equal(evidence_verify(w->toy.hasher, &e, skey_public(w->toy.log), NULL), OK);
	/* By its digest, as the list names it. */
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	const char *href = strstr(w->body, "/api/v1/evidence/sac.example%2Flog?sha256=");
	assert_non_null(href);
	char address[256];
	(void)snprintf(address, sizeof address, "%.*s", (int)strcspn(href, "\""), href);
	assert_int_equal(ask(w, address), 200);
	assert_string_equal(w->body, buf_str(&w->toy.evidence));
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?sha256=00"), 404);
	SAYS(w, "no evidence of a fork is held with that SHA-256");
}

static void a_list_names_what_was_signed(void **state)
{
	struct world *w = *state;
	toy_fork(&w->toy);
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	SAYS(w, "{\"origin\":\"sac.example/log\",\"frozen\":true,\"fork\":\"frozen\",\"files\":[{\"sha256\":\"");
	SAYS(w, "\"smaller\":{\"size\":3,\"root\":\"");
	SAYS(w, "\"index_roots\":[],\"verdict\":null}]");
	assert_int_equal(ask_text(w, "/api/v1/evidence"), 200);
	SAYS(w, "sac.example/log  FROZEN: two signed heads contradict each other\n  signed        3 entries with root ");
	SAYS(w, "  and signed    3 entries with root ");
	SAYS(w, "  verdict       none yet");
	say_verdict(&w->toy, "released", FORK_RELEASED);
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	SAYS(w, "\"frozen\":false,\"fork\":\"released\"");
	SAYS(w, "\"verdict\":{\"origin\":\"iso.example/log\",\"index\":7,\"decision\":\"released\","
	        "\"reason\":\"they explained it\"}");
	assert_int_equal(ask_text(w, "/api/v1/evidence"), 200);
	SAYS(w, "  verdict       released: they explained it\n                entry 7 of iso.example/log\n");
}

static void every_answer_says_that_it_is_frozen(void **state)
{
	struct world *w = *state;
	toy_fork(&w->toy);
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "{\"origin\":\"sac.example/log\",\"index\":1,\"frozen\":true,");
	SAYS(w, "\"frozen\":true,\"fork\":\"frozen\"}]");
	assert_int_equal(ask_text(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "sac.example/log #1  FROZEN\n");
	SAYS(w, "  FROZEN: two signed heads contradict each other\n");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015"), 200);
	SAYS(w,
	     "\"subject\":\"ISO "
	     "9001:2015\",\"origin\":\"sac.example/log\",\"authority\":\"unclaimed\",\"frozen\":true,\"fork\":\"frozen\"");
	assert_int_equal(ask_text(w, "/api/v1/records/ISO%209001:2015"), 200);
	SAYS(w, "               FROZEN: two signed heads contradict each other\n");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/revisions"), 200);
	SAYS(w, "\"origin\":\"sac.example/log\",\"authority\":\"unclaimed\",\"frozen\":true,\"index\":1");
	assert_int_equal(ask_text(w, "/api/v1/records/ISO%209001:2015/revisions"), 200);
	SAYS(w, "current  FROZEN\n");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof"), 200);
	SAYS(w, "Normlink-Frozen: sac.example/log\r\n");
	assert_int_equal(ask(w, "/api/v1/heads"), 200);
	SAYS(w, "\"head_size\":3,\"frozen\":true,\"fork\":\"frozen\",\"note\":");
	assert_int_equal(ask_text(w, "/api/v1/heads"), 200);
	SAYS(w, "  FROZEN: two signed heads contradict each other\n");
	w->origin.fork = FORK_FROZEN;
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"frozen\":true,\"fork\":\"frozen\"}],\"peers\"");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "  own  FROZEN: two signed heads contradict each other\n");
}

static void abandoned_and_released_are_told_apart(void **state)
{
	struct world *w = *state;
	toy_fork(&w->toy);
	say_verdict(&w->toy, "abandoned", FORK_ABANDONED);
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "\"frozen\":true,\"fork\":\"abandoned\"}]");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof"), 200);
	SAYS(w, "Normlink-Frozen: sac.example/log\r\n");
	assert_int_equal(ask_text(w, "/api/v1/heads"), 200);
	SAYS(w, "  ABANDONED: two signed heads contradicted each other\n");
	say_verdict(&w->toy, "released", FORK_RELEASED);
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "\"index\":1,\"frozen\":false,");
	SAYS(w, "\"frozen\":false,\"fork\":\"released\"}]");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof"), 200);
	assert_false(says(w, "Normlink-Frozen"));
	assert_int_equal(ask_text(w, "/api/v1/heads"), 200);
	SAYS(w, "  forked before, and was released by an operator\n");
}

static void a_monitor_sees_it(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_origin_frozen{origin=\"sac.example/log\"} 0\n");
	w->origin.fork = FORK_FROZEN;
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_origin_frozen{origin=\"sac.example/log\"} 1\n");
	SAYS(w, "normlink_equivocation_total 1\n");
	w->origin.fork = FORK_RELEASED;
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_origin_frozen{origin=\"sac.example/log\"} 0\n");
	SAYS(w, "normlink_origin_released{origin=\"sac.example/log\"} 1\n");
}

/* ---- index roots ---- */

/* The newest entry states one that is not what the others give. */
static void say_false(struct world *w)
{
	struct toy *t = &w->toy;
	struct buf root = { 0 }, json = { 0 };
	t->root = (struct index_state){ .any = true, .index = t->count, .verdict = INDEX_DIFFERS, .differing = 1 };
	t->root.newest_differing = t->count;
	t->root.said = (struct index_sum){ 9, { { 9 } } };
	t->root.found = toy_sum(t, t->count);
	base64_add(&root, bytes_of(t->root.said.root.b, HASH_SIZE));
	buf_printf(&json,
	           "{\"kind\":\"index\",\"subject\":\"current\",\"index\":{\"version\":1,\"size\":%zu,\"keys\":9,\"root\":"
	           "\"%s\"}}",
	           t->count, buf_str(&root));
	toy_add(t, buf_str(&json));
	buf_free(&root);
	buf_free(&json);
}

static void a_false_root_is_listed_once_a_head_covers_it(void **state)
{
	struct world *w = *state;
	say_false(w);
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	SAYS(w, "{\"evidence\":[],");
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example%2Flog"), 404);
	toy_sign(&w->toy);
	assert_int_equal(ask(w, "/api/v1/evidence"), 200);
	SAYS(w, "{\"origin\":\"sac.example/"
	        "log\",\"frozen\":false,\"files\":[],\"index_roots\":[{\"index\":3,\"said\":{\"keys\":9,"
	        "\"root\":\"CQAAAA");
	SAYS(w, "\"computed\":{\"keys\":2,\"root\":\"");
	SAYS(w, "\"href\":\"/api/v1/evidence/sac.example%2Flog?index=3\"}],\"verdict\":null}]");
	assert_int_equal(ask_text(w, "/api/v1/evidence"), 200);
	SAYS(w, "sac.example/log  SIGNED A FALSE INDEX ROOT\n  index root    entry 3 says 9 subjects, root CQAAAA");
	SAYS(w, "  but           the 3 before it give 2, root ");
	assert_false(says(w, "verdict"));
	assert_int_equal(ask(w, "/api/v1/index"), 200);
	SAYS(w, "\"evidence\":\"/api/v1/evidence/sac.example%2Flog?index=3\"");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "THAT IS NOT WHAT ITS ENTRIES GIVE; normlink evidence shows it\n");
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_index_mismatch{origin=\"sac.example/log\"} 1\n");
}

static void its_file_holds_claim_and_proof(void **state)
{
	struct world *w = *state;
	struct index_evidence e;
	struct proof proof;
	say_false(w);
	toy_sign(&w->toy);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example%2Flog"), 200);
	SAYS(w, "attachment; filename=\"index-root.normlink-evidence\"");
	assert_int_equal(index_evidence_parse(bytes_str(w->body), &e, NULL), OK);
	assert_string_equal(e.origin, "sac.example/log");
	assert_int_equal(e.keys, 2);
	assert_memory_equal(&e.root, &w->toy.root.found.root, sizeof e.root);
	assert_int_equal(proof_parse(e.proof, &proof, NULL), OK);
	assert_int_equal(proof.index, 3);
	struct hash root = tree_root(w->toy.tree);
	assert_int_equal(proof_includes(w->toy.hasher, &proof, buf_bytes(&w->toy.v[3].envelope), 4, &root, NULL), OK);
	proof_free(&proof);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=3"), 200);
	assert_int_equal(index_evidence_parse(bytes_str(w->body), &e, NULL), OK);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=4"), 404);
	SAYS(w, "no index root at that entry is known to be false");
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=18446744073709551619"), 400);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=x"), 400);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=3&sha256=00"), 400);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?sha256=00"), 404);
}

static void a_fork_comes_first(void **state)
{
	struct world *w = *state;
	say_false(w);
	toy_sign(&w->toy);
	toy_fork(&w->toy);
	assert_int_equal(ask_text(w, "/api/v1/evidence"), 200);
	SAYS(w, "sac.example/log  FROZEN: two signed heads contradict each other; SIGNED A FALSE INDEX ROOT\n  signed      "
	        "  4");
	SAYS(w, "  verdict       none yet");
	SAYS(w, "  index root    entry 3 says 9 subjects");
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log"), 200);
	assert_true(evidence_begins(bytes_str(w->body)));
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=3"), 200);
	assert_true(index_evidence_begins(bytes_str(w->body)));
	SAYS(w, "Normlink-Frozen: sac.example/log\r\n");
}

static void a_store_that_fails_is_told(void **state)
{
	struct world *w = *state;
	say_false(w);
	toy_sign(&w->toy);
	w->toy.fail = ERR_IO;
	assert_int_equal(ask(w, "/api/v1/evidence"), 500);
	assert_int_equal(ask(w, "/api/v1/evidence/sac.example/log?index=3"), 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_said_of_a_sound_log),
		TEST(the_file_is_given_as_it_is_kept),
		TEST(a_list_names_what_was_signed),
		TEST(every_answer_says_that_it_is_frozen),
		TEST(abandoned_and_released_are_told_apart),
		TEST(a_monitor_sees_it),
		TEST(a_false_root_is_listed_once_a_head_covers_it),
		TEST(its_file_holds_claim_and_proof),
		TEST(a_fork_comes_first),
		TEST(a_store_that_fails_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
