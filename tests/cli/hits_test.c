/* hits: an answer of a search that holds, and what in it may not be another thing. */
#include "node/cli/hits.h"
#include "tests/api/world.h"

static struct buf policy_of(const struct world *w, const char *quorum)
{
	struct buf policy = { 0 };
	buf_add_str(&policy, "log ");
	vkey_write(skey_public(w->toy.log), &policy);
	buf_add_str(&policy, "\nwitness iso ");
	vkey_write(skey_public(w->toy.witness), &policy);
	buf_printf(&policy, "\nquorum %s\n", quorum);
	return policy;
}

/* The answer with the first occurrence of one text made another; which is there. */
static struct buf altered(const struct world *w, const char *from, const char *to)
{
	struct buf out = { 0 };
	const char *at = strstr(w->body, from);
	if (at == NULL)
		fail_msg("no %s in %s", from, w->body);
	buf_add(&out, w->body, (size_t)(at - w->body));
	buf_add_str(&out, to);
	buf_add_str(&out, at + strlen(from));
	return out;
}

static void every_hit_is_verified(void **state)
{
	struct world *w = *state;
	struct buf policy = policy_of(w, "iso"), print = { 0 };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(ask(w, "/api/v1/search?q=Quality&proofs=1"), 200);
	assert_int_equal(hits_check(buf_bytes(&policy), bytes_str(w->body), false, &hits, &print, &err), OK);
	assert_int_equal(hits.verified, 2);
	assert_int_equal(hits.failed, 0);
	assert_int_equal(hits.total, 2);
	assert_non_null(strstr(buf_str(&print), "GB/T 19001-2016           current      2016-12-30  sac.example/log #2\n"
	                                        "    verified: entry of a tree of 3, cosigned by iso (quorum: iso)\n"));
	assert_non_null(strstr(buf_str(&print), "2 verified, 0 not; the node says that it found 2 in all\n"));
	buf_reset(&print);
	assert_int_equal(hits_check(buf_bytes(&policy), bytes_str(w->body), true, &hits, &print, &err), OK);
	assert_non_null(strstr(buf_str(&print), "\"verified\":true,\"origin\":\"sac.example/log\",\"index\":2,"));
	assert_non_null(strstr(buf_str(&print), "\"verified\":2,\"failed\":0}"));
	buf_free(&policy);
	buf_free(&print);
}

static void a_lie_is_found(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *from, *to, *step;
	} lies[] = {
		{ "\"status\":\"current\"", "\"status\":\"withdrawn\"", "shown: its status" },
		{ "\"status\":\"current\",", "", "shown: its status" },
		{ "\"date\":\"2016-12-30\"", "\"date\":\"2026-12-30\"", "shown: its date" },
		{ "\"date\":\"2016-12-30\"", "\"date\":null", "shown: its date" },
		{ "\"subject\":\"GB/T 19001-2016\"", "\"subject\":\"GB/T 19001-2026\"", "shown: its subject" },
		{ "\"kind\":\"standard\"", "\"kind\":\"project\"", "shown: its kind" },
		{ "\"value\":\"Quality", "\"value\":\"Quantity", "shown: its titles" },
		{ "{\"lang\":\"zh\"", "{\"lang\":\"en\",\"value\":\"more\"},{\"lang\":\"zh\"", "shown: its titles" },
		{ "\"ics\":[", "\"ics\":[\"01\"],\"more\":[", "shown: its ics" },
		{ "\"index\":2", "\"index\":1", "shown: the proof is of another entry" },
		{ "\"index\":2", "\"index\":null", "shown: the proof is of another entry" },
		{ "\"origin\":\"sac.example/log\"", "\"origin\":\"iso.example/log\"", "shown: the proof is of another log" },
		{ "\\nindex 2\\n", "\\nindex 1\\n", "inclusion: " },
		{ "\\nsac.example/log\\n3\\n", "\\nsac.example/log\\n4\\n", "signature: " },
		{ "\"proof_file\":\"c2sp", "\"proof_file\":\"\",\"other\":\"", "proof: the answer has none for it" },
		{ "\"proof_file\":\"c2sp", "\"proof_file\":\"C2SP", "proof: " },
	};
	struct buf policy = policy_of(w, "iso");
	assert_int_equal(ask(w, "/api/v1/search?q=%E8%B4%A8%E9%87%8F&proofs=1"), 200);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct buf lie = altered(w, lies[i].from, lies[i].to), print = { 0 };
		struct hits hits;
		struct err err = { 0 };
		if (hits_check(buf_bytes(&policy), buf_bytes(&lie), false, &hits, &print, &err) != OK)
			fail_msg("%s: %s", lies[i].to, err.text);
		if (hits.failed != 1 || hits.verified != 0 || strstr(buf_str(&print), lies[i].step) == NULL)
			fail_msg("%s: not \"%s\": %s", lies[i].to, lies[i].step, buf_str(&print));
		buf_free(&lie);
		buf_free(&print);
	}
	buf_free(&policy);
}

static void the_as_of_is_the_signed_root(void **state)
{
	struct world *w = *state;
	struct buf policy = policy_of(w, "none"), print = { 0 };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(ask(w, "/api/v1/search?q=%E8%B4%A8%E9%87%8F&proofs=1"), 200);
	struct buf lie = altered(w, "\"size\":3,\"root\":\"", "\"size\":3,\"root\":\"A");
	assert_int_equal(hits_check(buf_bytes(&policy), buf_bytes(&lie), true, &hits, &print, &err), OK);
	assert_int_equal(hits.failed, 1);
	assert_non_null(strstr(buf_str(&print), "\"step\":\"as-of\""));
	buf_free(&lie);
	buf_free(&print);
	buf_free(&policy);
}

static void the_policy_decides(void **state)
{
	struct world *w = *state;
	struct buf policy = { 0 }, print = { 0 };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(ask(w, "/api/v1/search?q=Quality&proofs=1"), 200);
	buf_add_str(&policy, "quorum none\n");
	assert_int_equal(hits_check(buf_bytes(&policy), bytes_str(w->body), false, &hits, &print, &err), OK);
	assert_int_equal(hits.failed, 2);
	assert_non_null(strstr(buf_str(&print), "    signature: "));
	assert_int_equal(hits_check(bytes_str("qorum\n"), bytes_str(w->body), false, &hits, &print, &err), ERR_INVALID);
	buf_free(&policy);
	buf_free(&print);
}

static void what_is_no_answer_is_said(void **state)
{
	struct world *w = *state;
	struct buf policy = policy_of(w, "none"), print = { 0 };
	static const char *const bad[] = { "",
		                               "[]",
		                               "{}",
		                               "{\"total\":1}",
		                               "{\"total\":-1,\"records\":[]}",
		                               "{\"total\":1,\"records\":{}}",
		                               "{\"total\":1,\"records\":[]" };
	struct hits hits;
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(hits_check(buf_bytes(&policy), bytes_str(bad[i]), false, &hits, &print, &err), ERR_PROTOCOL);
	assert_int_equal(
	    hits_check(buf_bytes(&policy), bytes_str("{\"total\":1,\"records\":[1,{},[]]}"), false, &hits, &print, &err),
	    OK);
	assert_int_equal(hits.failed, 3);
	buf_free(&policy);
	buf_free(&print);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_hit_is_verified, up, down),
		cmocka_unit_test_setup_teardown(a_lie_is_found, up, down),
		cmocka_unit_test_setup_teardown(the_as_of_is_the_signed_root, up, down),
		cmocka_unit_test_setup_teardown(the_policy_decides, up, down),
		cmocka_unit_test_setup_teardown(what_is_no_answer_is_said, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
