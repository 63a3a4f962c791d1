/* statistics: the forms of the figures, the day, the heads, and the history that says what changed. */
#include "tests/api/world.h"

static void asks_for_what_is_not_there(void **state)
{
	struct world *w = *state;
	static const char *const bad[][2] = {
		{ "/api/v1/statistics?by=size", "by" },
		{ "/api/v1/statistics?date=2026", "date" },
		{ "/api/v1/statistics?date=2026-02-30", "date" },
		{ "/api/v1/statistics?format=xml", "format" },
		{ "/api/v1/statistics?origin=nobody.example/log", "origin" },
		{ "/api/v1/statistics?opinions=nobody.example/log", "opinions" },
		{ "/api/v1/statistics?opinions=sac.example/log&origin=sac.example/log", "opinions" },
		{ "/api/v1/statistics?limit=1", "limit" },
		{ "/api/v1/statuses?scheme=nobody", "scheme" },
		{ "/api/v1/statuses?word=x", "word" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char member[64];
		(void)snprintf(member, sizeof member, "\"parameter\":\"%s\"", bad[i][1]);
		assert_int_equal(ask(w, bad[i][0]), 400);
		SAYS(w, member);
	}
	w->toy.fail = ERR_CORRUPT;
	assert_true(ask(w, "/api/v1/statistics") >= 500);
}

/* Three entries; the newest is of the first day of 2026. */
static void as_json(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	SAYS(w, "Content-Type: application/json\r\n");
	SAYS(w, "\r\n\r\n{\"day\":\"2026-01-01\",\"origin\":null,\"opinions\":null,\"figures\":[{\"figure\":\"authority\","
	        "\"numerator\":\"standards "
	        "stated by logs of this authority\",\"denominator\":\"standards "
	        "stated\",\"rows\":[{\"key\":\"20260101\",\"numerator\":3,"
	        "\"denominator\":6,\"value\":\"0.5000\"}]},{\"figure\":\"level\",");
	SAYS(w, "{\"figure\":\"overdue\",");
	SAYS(w, "\"as_of\":[{\"origin\":\"sac.example/log\",\"size\":3,\"root\":\"");
	SAYS(w, "\"}]}\n");
	assert_int_equal(ask(w, "/api/v1/statistics?by=market&date=1999-12-31&origin=sac.example/log"), 200);
	SAYS(w, "{\"day\":\"1999-12-31\",\"origin\":\"sac.example/"
	        "log\",\"opinions\":null,\"figures\":[{\"figure\":\"market\",");
	SAYS(w, "\"key\":\"19991231\",\"numerator\":2,\"denominator\":4,");
	assert_null(strstr(w->body, "overdue"));
}

static void as_csv(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/statistics?format=csv"), 200);
	SAYS(w, "Content-Type: text/csv; charset=utf-8; header=present\r\n");
	SAYS(w, "\r\n\r\nfigure,key,numerator,denominator,value,counted,of\r\nauthority,20260101,3,6,0.5000,standards "
	        "stated by "
	        "logs of this authority,standards stated\r\nlevel,20260101,3,6,0.5000,standards of this "
	        "level,standards\r\n");
	assert_int_equal(ask(w, "/api/v1/statistics?format=csv&opinions=sac.example/log"), 200);
	SAYS(w, "\r\nopinions,sac.example/log,,,,what this log says");
	assert_int_equal(ask(w, "/api/v1/statistics?format=csv"), 200);
	SAYS(w, "\r\nadoption,20260101,3,6,0.5000,\"current national standards that adopt an international one, not as "
	        "NEQ\",current national standards\r\n");
	SAYS(w, "\r\nday,2026-01-01,,,,the day of ages and deadlines,\r\nas-of,sac.example/log,3,,");
	assert_int_equal(ask_as(w, "GET", "/api/v1/statistics", "text/csv"), 200);
	SAYS(w, "Content-Type: text/csv");
	assert_int_equal(ask_as(w, "GET", "/api/v1/statistics", "text/csv;q=0.5, application/json"), 200);
	SAYS(w, "Content-Type: application/json");
	assert_int_equal(ask_as(w, "GET", "/api/v1/statistics?format=text", "application/json"), 200);
	SAYS(w, "Content-Type: text/plain");
}

static void as_text(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/statistics?by=level"), 200);
	SAYS(w,
	     "\r\n\r\nlevel: standards of this level / standards\n  20260101                     3 / 6         0.5000\n\n"
	     "day    2026-01-01\nas of  sac.example/log  size 3  root ");
}

/* A log that forked is told of in the header, so that the body stays the same. */
static void a_fork_is_marked(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	char *before = strdup(w->body);
	toy_fork(&w->toy);
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	SAYS(w, "Normlink-Frozen: sac.example/log\r\n");
	assert_string_equal(w->body, before);
	free(before);
}

/* Records that are not here are said to be missing; a log without any is not counted. */
static void what_is_not_here(void **state)
{
	struct world *w = *state;
	w->toy.hides = true;
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	assert_null(strstr(w->body, "missing")); /* what is not public counts nowhere */
	w->toy.lost = true;
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	SAYS(w, "\",\"missing\":7}]}\n");
	assert_int_equal(ask_text(w, "/api/v1/statistics"), 200);
	SAYS(w, "  without 7 public records that are not here\n");
	assert_int_equal(ask(w, "/api/v1/statistics?format=csv"), 200);
	SAYS(w, "\r\nmissing,sac.example/log,7,,,");
	w->toy.v[2].state = PAYLOAD_NONE;
	assert_int_equal(ask(w, "/api/v1/statistics"), 200);
	SAYS(w, "{\"day\":null,");
	SAYS(w, "\"as_of\":[]}\n");
	assert_int_equal(ask_text(w, "/api/v1/statistics"), 200);
	SAYS(w, "day    no entry yet\n");
}

static void statuses(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/statuses"), 200);
	SAYS(w, "{\"statuses\":[{\"scheme\":\"iso\",\"word\":\"00.00\",\"status\":\"preparation\",\"certain\":true,"
	        "\"note\":\"");
	SAYS(w, "{\"scheme\":\"gb\",\"word\":\"即将实施\",\"status\":\"upcoming\",\"certain\":true,");
	assert_int_equal(ask_text(w, "/api/v1/statuses?scheme=jis"), 200);
	SAYS(w, "  廃止                      withdrawn     withdrawn\n");
	assert_null(strstr(w->body, "DELPUB"));
}

/* ---- history ---- */

static void what_changed(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy,
	        "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"correction\":{\"index\":2,\"reason\":\"a "
	        "slip\"},\"standard\":{\"status\":\"withdrawn\"}}");
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"retraction\":{\"reason\":\"all "
	                 "wrong\"},\"standard\":{}}");
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "\"index\":4,\"time\":\"2026-01-01T00:00:04Z\",\"what\":\"retracted\",\"state\":\"present\",\"current\":"
	        "true,\"kind\":\"standard\","
	        "\"authors\":[],\"correction\":null,\"retraction\":{\"reason\":\"all wrong\"},\"since\":3,\"changes\":[");
	SAYS(w, "{\"path\":\"standard.status\",\"before\":\"withdrawn\",\"after\":null}");
	SAYS(w, "\"what\":\"revised\",\"state\":\"present\",\"current\":false,\"kind\":\"standard\",\"authors\":[],"
	        "\"correction\":{\"index\":2,"
	        "\"reason\":\"a "
	        "slip\"},\"retraction\":null,\"since\":2,\"changes\":[");
	SAYS(w, "{\"path\":\"standard.status\",\"before\":\"current\",\"after\":\"withdrawn\"}");
	SAYS(w, "\"what\":\"added\",\"state\":\"present\",\"current\":false,\"kind\":\"standard\",\"authors\":[],"
	        "\"correction\":null,"
	        "\"retraction\":null,"
	        "\"since\":null,\"changes\":[]}");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "retracted  current\n          retracted: all wrong\n");
	SAYS(w, "          corrects entry 2: a slip\n");
	SAYS(w, "          ~ standard.status  \"current\" -> \"withdrawn\"\n");
	SAYS(w, "          - standard.status  \"withdrawn\"\n");
}

/* Of what cannot be read nothing is compared; the next one is compared with what was there before it. */
static void a_gap_in_the_history(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"standard\":{\"edition\":\"5\"}}");
	w->toy.v[2].state = PAYLOAD_REDACTED;
	w->toy.v[2].redacted_by = 3;
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "\"state\":\"redacted\",\"current\":false,\"kind\":null,\"authors\":null,\"correction\":null,"
	        "\"retraction\":null,"
	        "\"since\":null,"
	        "\"changes\":null}");
	SAYS(w, "\"since\":0,\"changes\":[");
	SAYS(w, "{\"path\":\"standard.edition\",\"before\":null,\"after\":\"5\"}");
}

/* The names that the payload carries; the terminal obeys nothing in them. */
static void who_signed(void **state)
{
	struct world *w = *state;
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf *payload = &w->toy.v[2].payload;
	assert_int_equal(message_decode(&normlink__signed_record__descriptor, buf_bytes(payload), &arena, &message, NULL),
	                 OK);
	Normlink__SignedRecord *s = (Normlink__SignedRecord *)message;
	Normlink__AuthorSignature signature = NORMLINK__AUTHOR_SIGNATURE__INIT, *list[1] = { &signature };
	char author[] = "agency\033[31m of Beijing", byte[1] = { 1 };
	signature.has_algorithm = signature.has_key_id = signature.has_signature = true;
	signature.algorithm = NORMLINK__AUTHOR_SIGNATURE__ALGORITHM__ALGORITHM_ED25519;
	signature.author = author;
	signature.key_id = signature.signature = message_field(bytes_of(byte, 1));
	s->signatures = list;
	s->n_signatures = 1;
	struct buf signed_payload = { 0 };
	message_encode(&s->base, &signed_payload);
	buf_free(payload);
	*payload = buf_take(&signed_payload);
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "\"authors\":[\"agency\\u001b[31m of Beijing\"],\"correction\"");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "          signed by agency\xef\xbf\xbd[31m of Beijing\n");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(asks_for_what_is_not_there, up, down),
		cmocka_unit_test_setup_teardown(as_json, up, down),
		cmocka_unit_test_setup_teardown(as_csv, up, down),
		cmocka_unit_test_setup_teardown(as_text, up, down),
		cmocka_unit_test_setup_teardown(a_fork_is_marked, up, down),
		cmocka_unit_test_setup_teardown(what_is_not_here, up, down),
		cmocka_unit_test_setup_teardown(statuses, up, down),
		cmocka_unit_test_setup_teardown(what_changed, up, down),
		cmocka_unit_test_setup_teardown(who_signed, up, down),
		cmocka_unit_test_setup_teardown(a_gap_in_the_history, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
