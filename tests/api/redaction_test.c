/* entries by their number and redactions: what is shown of what is gone, who has confirmed it, what the network sees.
 */
#include "tests/api/world.h"

static void entries_are_shown_by_number(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/entries/1"), 200);
	SAYS(w, "\"state\":\"present\"");
	SAYS(w, "\"redaction\":null");
	SAYS(w, "\"subject\":\"ISO 9001:2015\"");
	assert_int_equal(ask(w, "/api/v1/entries/1?origin=sac.example%2Flog"), 200);
	assert_int_equal(ask_text(w, "/api/v1/entries/1"), 200);
	SAYS(w, "ISO 9001:2015");
	assert_int_equal(ask(w, "/api/v1/entries/9"), 404);
	assert_int_equal(ask(w, "/api/v1/entries/x"), 400);
	assert_int_equal(ask(w, "/api/v1/entries/-1"), 400);
	assert_int_equal(ask(w, "/api/v1/entries/99999999999999999999"), 400);
	assert_int_equal(ask(w, "/api/v1/entries/1?origin=x.example"), 400);
	assert_int_equal(ask(w, "/api/v1/entries/1?what=2"), 400);
	assert_int_equal(ask(w, "/api/v1/entries/"), 404);
	assert_int_equal(ask(w, "/api/v1/entries/1/proof"), 200);
	SAYS(w, "entry-1.tlog-proof");
	w->context.origin = NULL;
	assert_int_equal(ask(w, "/api/v1/entries/1"), 400);
}

static void what_is_redacted_says_why(void **state)
{
	struct world *w = *state;
	toy_redact(&w->toy, 1);
	assert_int_equal(ask(w, "/api/v1/entries/1"), 200);
	SAYS(w, "\"state\":\"redacted\"");
	SAYS(w, "\"record\":null");
	SAYS(w, "\"statement\":3");
	SAYS(w, "\"reason\":\"names a person\"");
	SAYS(w, "\"basis\":\"GDPR, article 17\"");
	SAYS(w, "\"waiting\":[\"iso\"]");
	assert_int_equal(ask_text(w, "/api/v1/entries/1"), 200);
	SAYS(w, "names a person");
	SAYS(w, "not yet by   iso");
	assert_int_equal(ask(w, "/api/v1/entries/1/proof"), 200);
	SAYS(w, "c2sp.org/tlog-proof@v1");
	/* The peer's cosignature reaches the statement. */
	w->peer.confirmed_size = 3;
	assert_int_equal(ask(w, "/api/v1/redactions"), 200);
	SAYS(w, "\"confirmed\":[],\"waiting\":[\"iso\"]");
	w->peer.confirmed_size = 4;
	assert_int_equal(ask(w, "/api/v1/redactions"), 200);
	SAYS(w, "\"total\":1");
	SAYS(w, "\"confirmed\":[\"iso\"],\"waiting\":[]");
	SAYS(w, "Normlink-Total: 1");
	assert_int_equal(ask_text(w, "/api/v1/redactions?origin=sac.example/log&limit=5"), 200);
	SAYS(w, "sac.example/log #1");
	SAYS(w, "confirmed    iso");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "redactions of our log");
	assert_int_equal(ask_text(w, "/api/v1/redactions?origin=x.example"), 200);
	SAYS(w, "nothing was redacted");
	assert_int_equal(ask(w, "/api/v1/redactions?limit=0"), 400);
	/* Nobody runs: nobody knows who has confirmed. */
	w->context.status = NULL;
	assert_int_equal(ask(w, "/api/v1/redactions"), 200);
	SAYS(w, "\"confirmed\":null,\"waiting\":null");
}

/* The network sees that a withheld entry is there, and nothing of what is in it. */
static void the_network_sees_public_collections_alone(void **state)
{
	struct world *w = *state;
	struct buf *envelope = &w->toy.v[2].envelope;
	buf_reset(envelope);
	envelope_write(w->toy.hasher, buf_bytes(&w->toy.v[2].payload), 1767225600000, "members", envelope);
	assert_int_equal(ask(w, "/api/v1/entries/2"), 200);
	SAYS(w, "Requirements");
	w->context.local = false;
	static const char *const addresses[] = { "/api/v1/entries/2", "/api/v1/entries/2/proof",
		                                     "/api/v1/records/GB%2FT%2019001-2016",
		                                     "/api/v1/records/GB%2FT%2019001-2016/revisions",
		                                     "/api/v1/records/GB%2FT%2019001-2016/proof?index=2" };
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		(void)ask(w, addresses[i]);
		assert_false(says(w, "Requirements"));
		assert_false(says(w, "UmVxdWlyZW1lbnRz")); /* in base64, wherever it begins */
		assert_false(says(w, "JlcXVpcmVtZW50"));
		assert_false(says(w, "SZXF1aXJlbWVudH"));
		(void)ask_text(w, addresses[i]);
		assert_false(says(w, "Requirements"));
	}
	assert_int_equal(ask(w, "/api/v1/entries/2"), 200);
	SAYS(w, "\"state\":\"withheld\"");
	SAYS(w, "\"collection\":\"members\"");
	assert_int_equal(ask(w, "/api/v1/entries/2/proof"), 200);
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	assert_false(says(w, "\"index\":2"));
	SAYS(w, "\"index\":0");
}

static void who_received_what_is_told_to_the_operator(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/audit"), 200);
	SAYS(w, "nobody asked");
	w->toy.hides = true;
	assert_int_equal(ask(w, "/api/v1/audit?peer=b.example&since=1000"), 200);
	SAYS(w, "{\"peer\":\"b.example\",\"origin\":\"sac.example/log\",\"index\":2,\"first\":\"1970-01-01T00:00:01Z\",");
	SAYS(w, "\"collection\":\"drafts\",\"last\":\"1970-01-01T00:00:02Z\",\"entries\":5}");
	assert_int_equal(ask_text(w, "/api/v1/audit"), 200);
	SAYS(w, "b.example  received  sac.example/log #2  (3 times since");
	assert_int_equal(ask(w, "/api/v1/audit?since=x"), 400);
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"withheld\":[{\"origin\":\"sac.example/log\",\"collection\":\"members\",\"entries\":7}]");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "sac.example/log  members  7 entries");
	w->context.local = false;
	assert_int_equal(ask(w, "/api/v1/audit"), 404);
	assert_false(says(w, "b.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_are_shown_by_number, up, down),
		cmocka_unit_test_setup_teardown(what_is_redacted_says_why, up, down),
		cmocka_unit_test_setup_teardown(the_network_sees_public_collections_alone, up, down),
		cmocka_unit_test_setup_teardown(who_received_what_is_told_to_the_operator, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
