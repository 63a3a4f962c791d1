/* sru_peers: CQL that peers can be asked, as the text of a question: of every record it says what the tree says; and
 * what cannot be put so is refused, never answered from here alone. */
#include "tests/api/world.h"

#include "node/api/sru_map.h"
#include "node/api/sru_peers.h"
#include "node/core/question_tree.h"
#include "node/core/wanted.h"
#include "proto/json.h"

static const char *const texts[] = {
	"{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2008\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh\",\"value\":"
	"\"质量管理体系 要求\"}],\"standard\":{\"status\":\"superseded\",\"ics\":[\"03.120.10\"],\"ccs\":[\"A00\"],"
	"\"events\":[{\"type\":\"published\",\"date\":\"2008-12-30\"}]}}",
	"{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	"\"Quality management systems - Requirements\"},{\"role\":\"abstract\",\"lang\":\"en\",\"value\":\"What a system "
	"for quality needs\"}],\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"],\"ccs\":[\"A00\"],"
	"\"publisher\":\"SAC\",\"languages\":[\"zh\"],\"events\":[{\"type\":\"published\",\"date\":\"2016-12-30\"}],"
	"\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}],\"links\":[{\"type\":\"replaces\",\"target\":"
	"\"GB/T 19001-2008\"}]}}",
	"{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	"\"Management of quality: systems\"}],\"standard\":{\"status\":\"current\",\"level\":\"international\",\"ics\":["
	"\"03.120.10\",\"03.100.70\"],\"stage\":\"90.93\",\"languages\":[\"zh-Hans\"],\"committees\":[\"ISO/TC 176/SC "
	"2\"],\"events\":[{\"type\":\"published\",\"date\":\"2015-09\"}]}}",
	"{\"kind\":\"standard\",\"subject\":\"ISO 3:1973\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	"\"Preferred numbers\"}],\"standard\":{\"status\":\"withdrawn\",\"ics\":[\"17.020\"],\"ccs\":[\"B10\"],"
	"\"events\":[{\"type\":\"published\",\"date\":\"1973\"}]}}",
	"{\"kind\":\"citation\",\"subject\":\"Regulation (EU) 305\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	"\"value\":\"Construction products\"}],\"citation\":{\"type\":\"regulation\",\"jurisdiction\":\"EU\",\"cited\":[{"
	"\"target\":\"ISO 9001\"}]}}",
};
enum { RECORDS = sizeof texts / sizeof *texts };

/* The query as a tree and, where it can be said, as text. */
static int said(const char *cql, struct arena *arena, const struct condition **tree, struct buf *out, struct err *err)
{
	struct cql_query query;
	struct cql_fault wrong;
	struct sru_fault fault = { 0 };
	struct selection s = { 0 };
	assert_int_equal(cql_parse(bytes_str(cql), arena, &query, &wrong), OK);
	if (!sru_map(&query, arena, &s, &fault))
		fail_msg("%s: %d %s", cql, fault.code, fault.details);
	*tree = s.where;
	return question_tree(s.where, arena, out, err);
}

static unsigned selected(const struct wanted *w, struct arena *arena)
{
	unsigned bits = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		struct err err = { 0 };
		ProtobufCMessage *message;
		int64_t score;
		if (json_to_message(&normlink__record__descriptor, bytes_str(texts[i]), arena, &message, &err) != OK)
			fail_msg("%s", err.text);
		const char *origin = i % 2 == 0 ? "sac.example/log" : "iso.example/log";
		bits |= (unsigned)wanted_fits(w, origin, i, (Normlink__Record *)message, &score) << i;
	}
	return bits;
}

/* The text is this one, and selects so many records, those that the tree selects. */
static void asks(const char *cql, const char *expected, int count)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 };
	struct question tree = { 0 };
	struct wanted by_tree = { .question = &tree }, by_text;
	if (said(cql, &arena, &tree.selection.where, &text, &err) != OK)
		fail_msg("%s: %s", cql, err.text);
	assert_string_equal(buf_str(&text), expected);
	assert_int_equal(wanted_read(&by_text, buf_bytes(&text), &err), OK);
	assert_false(by_text.question->selection.across);
	unsigned bits = selected(&by_text, &arena);
	if (bits != selected(&by_tree, &arena))
		fail_msg("%s: %x by the text, %x by the tree", cql, bits, selected(&by_tree, &arena));
	if (__builtin_popcount(bits) != count)
		fail_msg("%s: %x", cql, bits);
	wanted_free(&by_text);
	buf_free(&text);
	arena_free(&arena);
}

static void words(void **state)
{
	(void)state;
	asks("cql.allRecords=1", "across=0", 5);
	asks("quality", "q=%22quality%22&across=0", 2);
	asks("\"quality management\"", "q=%22quality%20management%22&across=0", 1);
	asks("\"gb/t19001\"", "q=%22gb%2Ft19001%22&across=0", 2);
	asks("dc.title = 质量管理", "q=title%3A%22%E8%B4%A8%E9%87%8F%E7%AE%A1%E7%90%86%22&across=0", 1);
	asks("dc.title = \"quality manag*\"", "q=title%3A%22quality%20manag%22%2A&across=0", 1);
	asks("dc.title all \"systems quality\"", "q=title%3Asystems%20title%3Aquality&across=0", 2);
	asks("dc.title all \"- sys*\"", "q=title%3Asys%2A&across=0", 2);
	asks("cql.anywhere all \"systems quality\"", "q=systems%20quality&across=0", 2);
	asks("cql.anywhere all \"iso 9001\"", "q=iso%209001&across=0", 2);
	asks("cql.anywhere all \"systems quality\" and cql.anywhere all needs",
	     "q=systems%20quality%20%22needs%22&across=0", 1);
	asks("cql.anywhere all qual*", "q=qual%2A&across=0", 2);
	asks("dc.description = needs and dc.title adj \"quality management\"",
	     "q=abstract%3A%22needs%22%20title%3A%22quality%20management%22&across=0", 1);
	asks("std.number = 19001", "q=reference%3A%2219001%22&across=0", 2);
	asks("std.number == \"ISO 9001\"", "ref=ISO%209001&across=0", 1);
}

static void values(void **state)
{
	(void)state;
	asks("std.ics = 03", "ics=03&across=0", 3);
	asks("std.ics == 03.120.10 and std.status = current", "ics=03.120.10&status=current&across=0", 2);
	asks("std.ics = 03.100 or std.ics = 17", "ics=03.100%2C17&across=0", 2);
	asks("std.ics any \"03.100 17\" and numbers", "q=%22numbers%22&ics=03.100%2C17&across=0", 1);
	asks("std.ccs = A", "ccs=A&across=0", 2);
	asks("std.ccs = A00", "ccs=A00&across=0", 2);
	asks("std.stage = 90", "stage=90&across=0", 1);
	asks("std.stage == 90.93", "stage=90.93&across=0", 1);
	asks("std.level = international", "level=international&across=0", 1);
	asks("std.kind any \"citation standard\" and std.origin = \"sac.example/log\"",
	     "origin=sac.example%2Flog&kind=citation%2Cstandard&across=0", 3);
	asks("dc.language = zh", "lang=zh&across=0", 2);
	asks("dc.publisher = SAC", "body=SAC&across=0", 1);
	asks("std.committee = \"ISO/TC 176\"", "committee=ISO%2FTC%20176&across=0", 1);
	asks("std.adopts = \"ISO 9001\" and std.degree = IDT", "adopts=ISO%209001&degree=idt&across=0", 1);
	asks("std.replaces == \"GB/T 19001-2008\"", "replaces=GB%2FT%2019001-2008&across=0", 1);
}

static void dates(void **state)
{
	(void)state;
	asks("dc.date = 2015", "published_from=2015&published_to=2015&across=0", 1);
	asks("dc.date >= 2015-09 and dc.date <= 2016", "published_from=2015-09&published_to=2016&across=0", 2);
	asks("dc.date within \"1973 2015\"", "published_from=1973&published_to=2015&across=0", 3);
	asks("dc.date > 2008", "published_from=2009&across=0", 2);
	asks("dc.date < 2008", "published_to=2007&across=0", 1);
}

static void cannot(const char *cql, const char *why)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 };
	const struct condition *tree;
	buf_add_str(&text, "kept");
	if (said(cql, &arena, &tree, &text, &err) != ERR_UNSUPPORTED)
		fail_msg("%s is %s", cql, buf_str(&text));
	assert_string_equal(buf_str(&text), "kept");
	if (strstr(err.text, why) == NULL)
		fail_msg("%s: %s", cql, err.text);
	buf_free(&text);
	arena_free(&arena);
}

static void what_cannot_be_said(void **state)
{
	(void)state;
	cannot("a not b", "NOT");
	cannot("std.status <> current", "NOT");
	cannot("a or b", "OR");
	cannot("std.ics = 03 or std.ccs = A", "OR");
	cannot("std.ics = 03 or (std.ics = 17 and fish)", "OR");
	cannot("dc.publisher = a or dc.publisher = b", "OR");
	cannot("dc.title any \"a b\"", "one of several words");
	cannot("a prox b", "proximity");
	cannot("dc.title = \"q*y\"", "masks");
	cannot("dc.title = ^a", "anchors");
	cannot("dc.title == \"a b\"", "anchors");
	cannot("dc.title = \"a \\\"b\\\" c\"", "marks");
	cannot("dc.title all \"title:a\"", "marks");
	cannot("dc.title all \"a\\*\"", "marks");
	cannot("std.number all \"iso 9001\"", "several words of a reference");
	cannot("cql.anywhere all \"a b\" and cql.anywhere all \"c d\"", "several words twice");
	cannot("std.ics == 03", "ics");
	cannot("std.ics = 03*", "ics");
	cannot("std.ccs = A0*", "ccs");
	cannot("dc.language == zh", "lang");
	cannot("std.ics = 03 and std.ics = 17", "two conditions on ics");
	cannot("dc.date > 2008 and dc.date >= 2015", "two conditions on published_from");
	cannot("dc.date > 2008-12", "before or after a day");
	cannot("dc.date == 2008", "relation of a date");
	cannot("std.origin = \"a,b\"", "comma");
	cannot("std.regulation = \"Regulation (EU) 305\"", "index");
	cannot("rec.id = \"sac.example/log#3\"", "index");
}

/* ---- the door ---- */

static int read_request(const char *head_of, const char *body, struct federated_question *q)
{
	struct http_request r;
	struct buf head = { 0 };
	size_t used;
	*q = (struct federated_question){ 0 };
	buf_printf(&head, "%s HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n\r\n", head_of);
	assert_int_equal(http_read_head(buf_bytes(&head), &r, &used, NULL), OK);
	r.body = bytes_str(body);
	assert_true(federated_is_door(&r));
	int rc = federated_question_read(q, &r, NULL);
	buf_free(&head);
	return rc;
}

static int read_of(const char *target, struct federated_question *q)
{
	char head[256];
	(void)snprintf(head, sizeof head, "GET %s", target);
	return read_request(head, "", q);
}

#define ENVELOPE(extra)                                                                                                \
	"<E:Envelope xmlns:E=\"http://schemas.xmlsoap.org/soap/envelope/\"><E:Body><s:searchRetrieveRequest "              \
	"xmlns:s=\"http://www.loc.gov/zing/srw/\"><s:version>1.1</s:version><s:query>dc.title=fish</s:query>"              \
	"<s:startRecord>11</s:startRecord><s:extraRequestData>" extra                                                      \
	"</s:extraRequestData></s:searchRetrieveRequest></E:Body></E:Envelope>"

/* The same out of an envelope. */
static void the_wish_in_an_envelope(void **state)
{
	struct federated_question q;
	(void)state;
	assert_int_equal(read_request("POST /sru",
	                              ENVELOPE("<n:peers xmlns:n=\"urn:normlink:sru\">bob,carol</n:peers>"
	                                       "<n:deadline-ms xmlns:n=\"urn:normlink:sru\">700</n:deadline-ms>"),
	                              &q),
	                 OK);
	assert_true(q.sru);
	assert_int_equal(q.offset, 10);
	assert_int_equal(q.wish.deadline_ms, 700);
	assert_int_equal(q.wish.peer_count, 2);
	assert_string_equal(q.wish.peers[0], "bob");
	assert_true(bytes_equal(q.wish.text, bytes_str("q=title%3A%22fish%22&across=0")));
	federated_question_free(&q);
	/* It is read, and found to be none. */
	static const char *const none[] = {
		ENVELOPE("<o:peers xmlns:o=\"urn:other\">all</o:peers>"),
		ENVELOPE("<n:x>peers</n:x>"),
		ENVELOPE("<s:peers>a,,b</s:peers>"),
		ENVELOPE("<s:peers>all</s:peers><s:peers>all</s:peers>"),
		ENVELOPE("<s:peers>all</s:peers><s:deadline-ms>1</s:deadline-ms>"),
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(read_request("POST /sru", none[i], &q), ERR_USAGE);
		assert_true(q.sru);
		federated_question_free(&q);
	}
}

static void the_wish(void **state)
{
	struct federated_question q;
	(void)state;
	assert_int_equal(read_of("/sru?query=dc.title%3Dfish&x-peers=bob,carol&x-deadline-ms=700&startRecord=11", &q), OK);
	assert_true(q.sru);
	assert_int_equal(q.offset, 10);
	assert_int_equal(q.limit, SEARCH_LIMIT_DEFAULT);
	assert_int_equal(q.wish.limit, 31); /* one more: is there a next page? */
	assert_int_equal(q.wish.deadline_ms, 700);
	assert_int_equal(q.wish.hops, 1);
	assert_int_equal(q.wish.peer_count, 2);
	assert_string_equal(q.wish.peers[1], "carol");
	assert_true(bytes_equal(q.wish.text, bytes_str("q=title%3A%22fish%22&across=0")));
	federated_question_free(&q);
	assert_int_equal(read_of("/sru?query=fish&x-peers=all&maximumRecords=1000", &q), OK);
	assert_null(q.wish.peers);
	assert_int_equal(q.wish.limit, FEDERATED_HITS_MAX);
	federated_question_free(&q);
	assert_int_equal(read_of("/sru?query=a%20or%20b&x-peers=all", &q), ERR_USAGE);
	assert_true(q.sru);
	federated_question_free(&q);
}

/* No local answer stands for one that peers were to be asked for. */
static void refuses(struct world *w, const char *parameters, int code, const char *details)
{
	char uri[64];
	struct buf text = { 0 };
	(void)snprintf(uri, sizeof uri, "info:srw/diagnostic/1/%d<", code);
	buf_printf(&text, "/sru?%s", parameters);
	assert_int_equal(ask(w, buf_str(&text)), 200);
	if (strstr(w->body, uri) == NULL || strstr(w->body, details) == NULL || strstr(w->body, "<zs:records>") != NULL)
		fail_msg("%s: %s", parameters, w->body);
	buf_free(&text);
}

static void what_is_refused(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/sru?query=cql.allRecords%3D1"), 200);
	assert_non_null(strstr(w->body, "<zs:records>"));
	refuses(w, "query=cql.allRecords%3D1&x-peers=all", 2, "does not run");
	refuses(w, "query=cql.allRecords%3D1&x%2Dpeers=all", 6, "x-peers");
	refuses(w, "query=a%20or%20b&x-peers=all", 48, "conjunctions");
	refuses(w, "query=a%20or%20b&x-peers=all&version=1.1&operation=searchRetrieve", 48, "conjunctions");
	refuses(w, "query=a&x-peers=all&facetLimit=5", 48, "facets");
	refuses(w, "query=a%20sortBy%20dc.date&x-peers=all", 80, "relevance");
	refuses(w, "query=a&x-peers=all&startRecord=182", 61, "200");
	refuses(w, "query=a&x-peers=all&x-deadline-ms=1", 6, "x-deadline-ms");
	refuses(w, "query=a&x-peers=all&x-deadline-ms=10001", 6, "x-deadline-ms");
	refuses(w, "query=a&x-peers=", 6, "x-peers");
	refuses(w, "query=a&x-peers=a,,b", 6, "x-peers");
	refuses(w, "query=a&x-peers=a&x-peers=b", 6, "x-peers");
	refuses(w, "scanClause=a&x-peers=all", 48, "searchRetrieve");
	assert_int_equal(ask(w, "/sru?x-peers=all"), 200);
	assert_non_null(strstr(w->body, "<supports type=\"extraSearchData\">x-peers<"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(values),
		cmocka_unit_test(dates),
		cmocka_unit_test(what_cannot_be_said),
		cmocka_unit_test(the_wish),
		cmocka_unit_test(the_wish_in_an_envelope),
		cmocka_unit_test_setup_teardown(what_is_refused, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
