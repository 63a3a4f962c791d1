/* frame: queries and their answers (clause 4.9). */
#include <stdlib.h>

#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/frame.h"
#include "tests/proto/kit.h"

static uint8_t zeros[1024];
static char origin[] = "sac.example/log";
static char name[] = "sac";

static ProtobufCBinaryData some(size_t n)
{
	return message_field(bytes_of(zeros, n));
}

static int decode(const Normlink__Frame *f, struct err *err)
{
	struct buf raw = { 0 };
	struct arena arena = { 0 };
	Normlink__Frame *out;
	message_encode(&f->base, &raw);
	int rc = frame_decode(buf_bytes(&raw), &arena, &out, err);
	arena_free(&arena);
	buf_free(&raw);
	return rc;
}

static void expect_good(const Normlink__Frame *f)
{
	struct err err = { 0 };
	if (decode(f, &err) != OK)
		fail_msg("%s", err.text);
}

static void expect_bad(const Normlink__Frame *f, const char *part)
{
	struct err err = { 0 };
	assert_int_equal(decode(f, &err), ERR_PROTOCOL);
	kit_expect_text(&err, part);
}

static void queries_are_within_limits(void **state)
{
	static char query[QUERY_WIRE_MAX + 2];
	static char *names[FEDERATED_VISITED_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryRequest m = NORMLINK__QUERY_REQUEST__INIT;
	f.body_case = NORMLINK__FRAME__BODY_QUERY_REQUEST;
	f.query_request = &m;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		names[i] = name;
	memset(query, 'q', sizeof query - 1);
	m.has_ask = m.has_limit = m.has_budget_ms = m.has_hops = 1;
	m.ask = some(QUERY_ID_SIZE);
	m.limit = FEDERATED_HITS_MAX;
	m.budget_ms = FEDERATED_DEADLINE_MAX_MS;
	m.hops = FEDERATED_HOPS_MAX;
	m.visited = names;
	m.n_visited = FEDERATED_VISITED_MAX;
	m.query = query;
	expect_bad(&f, "QueryRequest.query");
	query[QUERY_WIRE_MAX] = '\0';
	expect_good(&f);
	m.ask.len--;
	expect_bad(&f, "QueryRequest.ask");
	m.ask.len++;
	m.limit++;
	expect_bad(&f, "QueryRequest.limit: 201");
	m.limit = 1;
	m.budget_ms++;
	expect_bad(&f, "QueryRequest.budget_ms");
	m.budget_ms = 1;
	m.hops++;
	expect_bad(&f, "QueryRequest.hops");
	m.hops = 0;
	m.n_visited++;
	expect_bad(&f, "QueryRequest.visited: 257");
	m.n_visited = 1;
	names[0] = query;
	expect_bad(&f, "QueryRequest.visited[0]: not a node's name");
	query[0] = '\0';
	m.n_visited = 0;
	expect_bad(&f, "QueryRequest.query");
}

static void answers_to_queries_are_whole(void **state)
{
	static Normlink__QueryHit *many[FEDERATED_HITS_MAX + 1];
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryResponse m = NORMLINK__QUERY_RESPONSE__INIT;
	Normlink__QueryLog log = NORMLINK__QUERY_LOG__INIT, *logs[] = { &log };
	Normlink__QueryHit hit = NORMLINK__QUERY_HIT__INIT;
	Normlink__QueryLine line = NORMLINK__QUERY_LINE__INIT, *lines[] = { &line };
	ProtobufCBinaryData hash = some(HASH_SIZE);
	char *via[] = { name, name, name, name };
	f.body_case = NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	f.query_response = &m;
	expect_good(&f);
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		many[i] = &hit;
	m.logs = logs;
	m.n_logs = 1;
	expect_bad(&f, "QueryLog.origin");
	log.origin = origin;
	expect_bad(&f, "QueryLog.checkpoint");
	log.has_checkpoint = 1;
	log.checkpoint = some(100);
	expect_good(&f);
	m.hits = many;
	m.n_hits = 1;
	expect_bad(&f, "QueryHit.log");
	hit.has_log = hit.has_index = hit.has_envelope = hit.has_payload = 1;
	hit.envelope = some(10);
	expect_bad(&f, "QueryHit.payload");
	hit.payload = some(10);
	hit.hashes = &hash;
	hit.n_hashes = 1;
	hit.via = via;
	hit.n_via = FEDERATED_HOPS_MAX;
	expect_good(&f);
	hit.n_via++;
	expect_bad(&f, "QueryHit.via: 4, at most 3");
	hit.n_via = 0;
	hit.log = 1;
	expect_bad(&f, "QueryHit.log");
	hit.log = 0;
	hash.len--;
	expect_bad(&f, "QueryHit.hashes[0]");
	hash.len++;
	m.n_hits = FEDERATED_HITS_MAX + 1;
	expect_bad(&f, "too many logs, hits or lines");
	m.n_hits = FEDERATED_HITS_MAX;
	m.lines = lines;
	m.n_lines = 1;
	expect_bad(&f, "QueryLine.via: missing");
	line.via = via;
	line.n_via = 1;
	expect_good(&f);
}

static void who_goes_says_from_what(void **state)
{
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryGone m = NORMLINK__QUERY_GONE__INIT;
	f.body_case = NORMLINK__FRAME__BODY_QUERY_GONE;
	f.query_gone = &m;
	m.request = UINT64_MAX;
	expect_bad(&f, "QueryGone.request");
	m.has_request = 1;
	expect_good(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_are_within_limits),
		cmocka_unit_test(answers_to_queries_are_whole),
		cmocka_unit_test(who_goes_says_from_what),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
