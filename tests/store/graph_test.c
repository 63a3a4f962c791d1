/* graph: what walks ask of a real store: claims, families in an order of names, dependents counted, adoptions page by
 * page; what is hidden stays so, what was superseded or retracted says nothing. */
#include "node/core/equivalents.h"
#include "proto/edges.h"
#include "proto/json.h"
#include "tests/store/kit.h"
#include "tests/store/seek.h"

static struct scratch scratch;
static struct maker sac, iso, eu;
static struct store *store;
static struct view view;
static struct arena arena;
static struct err err;
static struct graph graph;

/* The record that the JSON is, as the next entry of the log. */
static void add(struct maker *m, const char *json)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct arena scratch_arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf raw = { 0 }, payload = { 0 };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &scratch_arena, &message, &err) != OK ||
	    record_encode((const Normlink__Record *)message, &raw, &err) != OK)
		fail_msg("%s: %s", json, err.text);
	payload_write(buf_bytes(&raw), nonce, &payload);
	apply_one(store, maker_entries(m, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&raw);
	buf_free(&payload);
	arena_free(&scratch_arena);
}

#define STANDARD(subject, body) "{\"kind\":\"standard\",\"subject\":\"" subject "\",\"standard\":{" body "}}"

static int set_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	view = store_view(store);
	maker_init(&sac, "sac.example/log");
	maker_init(&iso, "iso.example/log");
	maker_init(&eu, "eu.example/log");
	return 0;
}

static int tear_down(void **state)
{
	graph_close(&graph);
	arena_free(&arena);
	maker_close(&sac);
	maker_close(&iso);
	maker_close(&eu);
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

static struct family family(const char *undated, bool public_only)
{
	struct family f;
	if (view.family(view.ctx, undated, &(struct fact_question){ .public_only = public_only }, &arena, &f, &err) != OK)
		fail_msg("%s: %s", undated, err.text);
	return f;
}

static void a_family_and_what_points_at_it(void **state)
{
	add(&sac, STANDARD("GB/T 19001-2016", "\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]"));
	add(&sac, STANDARD("GB/T 1-2016", "\"adopts\":[{\"target\":\"ISO 9001-1:2015\"},{\"target\":\"ISO 90010:2015\"}]"));
	add(&sac, STANDARD("GB/T 2-2016", "\"adopts\":[{\"target\":\"ISO 9001\"}]"));
	add(&sac, STANDARD("GB/T 3-2016", "\"links\":[{\"type\":\"cites\",\"target\":\"ISO 9001:2015\"}]"));
	add(&iso, STANDARD("ISO 9001:2015", "\"status\":\"current\""));
	add(&iso, STANDARD("ISO 9001:2008", "\"status\":\"current\""));
	add(&iso, STANDARD("ISO 9001:2008", "\"status\":\"superseded\""));
	add(&iso, STANDARD("ISO 9001:2015/Amd 1:2024", "\"links\":[{\"type\":\"amends\",\"target\":\"ISO 9001:2015\"}]"));
	add(&iso, STANDARD("ISO 9001-1:2015", ""));
	add(&eu, STANDARD("ISO 9001:2015", "\"status\":\"withdrawn\""));
	struct family f = family("ISO 9001", true);
	assert_string_equal(f.undated, "ISO 9001");
	assert_int_equal(f.about.count, 4);
	assert_int_equal(f.about.total, 4);
	assert_string_equal(f.about.v[0].subject, "ISO 9001:2008");
	assert_int_equal(f.about.v[0].status, NORMLINK__STATUS__STATUS_SUPERSEDED);
	assert_string_equal(f.about.v[1].subject, "ISO 9001:2015");
	assert_string_equal(f.about.v[1].origin, "eu.example/log");
	assert_string_equal(f.about.v[2].origin, "iso.example/log");
	assert_true(f.about.v[3].supplement);
	/* By origin and index: the amendment, then two adoptions; not the part, not another number, not a citation. */
	assert_int_equal(f.pointing.count, 3);
	assert_string_equal(f.pointing.v[0].subject, "ISO 9001:2015/Amd 1:2024");
	assert_string_equal(f.pointing.v[1].subject, "GB/T 19001-2016");
	assert_int_equal(f.pointing.v[1].edges[0].detail, NORMLINK__DEGREE__DEGREE_IDT);
	assert_string_equal(f.pointing.v[2].subject, "GB/T 2-2016");
	assert_int_equal(family("ISO 4711", true).about.count, 0);
}

static void what_is_hidden_or_taken_back(void **state)
{
	sac.collection = "members";
	add(&sac, STANDARD("GB/T 19001-2016", "\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]"));
	sac.collection = NULL;
	assert_int_equal(family("ISO 9001", true).pointing.count, 0);
	assert_int_equal(family("ISO 9001", false).pointing.count, 1);
	assert_int_equal(family("GB/T 19001", true).about.count, 0);
	struct fact_list list;
	struct fact_question public = { .public_only = true }, all = { 0 };
	struct dependents of = { .target = "ISO 9001:2015", .kind = NORMLINK__KIND__KIND_STANDARD, .limit = 10 };
	assert_int_equal(view.dependents(view.ctx, &of, &public, &arena, &list, &err), OK);
	assert_int_equal(list.total, 0);
	assert_int_equal(view.dependents(view.ctx, &of, &all, &arena, &list, &err), OK);
	assert_int_equal(list.total, 1);
	assert_int_equal(view.adopting(view.ctx, "sac.example/log", 0, 10, &public, &arena, &list, &err), OK);
	assert_int_equal(list.count, 0);
	add(&sac, "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"standard\":{},\"retraction\":{\"reason\":"
	          "\"a mistake\"}}");
	assert_int_equal(family("ISO 9001", false).pointing.count, 0);
}

static void dependents_are_counted_and_paged(void **state)
{
	char json[512];
	for (int i = 0; i < 30; i++) {
		(void)snprintf(
		    json, sizeof json,
		    "{\"kind\":\"citation\",\"subject\":\"Act "
		    "%d\",\"citation\":{\"type\":\"law\",\"jurisdiction\":\"CN\",\"cited\":[{\"target\":"
		    "\"ISO 9001:2015\",\"effect\":\"mandatory\"},{\"target\":\"ISO 9001\"},{\"target\":\"ISO 2:2001\"}]}}",
		    i);
		add(i % 2 == 0 ? &sac : &eu, json);
	}
	struct fact_list list;
	struct fact_question q = { .public_only = true };
	struct dependents of = {
		.target = "ISO 9001:2015", .kind = NORMLINK__KIND__KIND_CITATION, .limit = 10, .offset = 10
	};
	assert_int_equal(view.dependents(view.ctx, &of, &q, &arena, &list, &err), OK);
	assert_int_equal(list.total, 30);
	assert_int_equal(list.count, 10);
	assert_string_equal(list.v[0].subject, "Act 21");
	assert_string_equal(list.v[4].subject, "Act 29");
	assert_string_equal(list.v[5].subject, "Act 0");
	assert_string_equal(list.v[5].origin, "sac.example/log");
	/* Each counts once, however often it points. */
	of.or = "ISO 9001";
	assert_int_equal(view.dependents(view.ctx, &of, &q, &arena, &list, &err), OK);
	assert_int_equal(list.total, 30);
	of.kind = NORMLINK__KIND__KIND_PATENT;
	assert_int_equal(view.dependents(view.ctx, &of, &q, &arena, &list, &err), OK);
	assert_int_equal(list.total, 0);
	of.kind = NORMLINK__KIND__KIND_CITATION;
	of.type = EDGE_ADOPTS;
	assert_int_equal(view.dependents(view.ctx, &of, &q, &arena, &list, &err), OK);
	assert_int_equal(list.total, 0);
}

static void adoptions_of_one_origin(void **state)
{
	add(&iso, STANDARD("ISO 1:2001", ""));
	add(&sac, STANDARD("GB/T 1-2001", "\"adopts\":[{\"target\":\"ISO 1:2001\"},{\"target\":\"ISO 2:2001\"}]"));
	add(&sac, STANDARD("GB/T 2-2001", ""));
	add(&sac, STANDARD("GB/T 3-2001", "\"adopts\":[{\"target\":\"ISO 3:2001\"}]"));
	add(&sac,
	    "{\"kind\":\"adoption\",\"subject\":\"GB/T 2-2001\",\"adoption\":{\"sources\":[{\"target\":\"ISO 2:2001\","
	    "\"degree\":\"mod\"}]}}");
	add(&eu, STANDARD("EN 1:2001", "\"adopts\":[{\"target\":\"ISO 1:2001\"}]"));
	struct fact_list list;
	struct fact_question q = { .public_only = true };
	assert_int_equal(view.adopting(view.ctx, "sac.example/log", 0, 2, &q, &arena, &list, &err), OK);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.v[0].subject, "GB/T 1-2001");
	assert_int_equal(list.v[1].index, 2);
	assert_int_equal(view.adopting(view.ctx, "sac.example/log", 3, 2, &q, &arena, &list, &err), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.v[0].kind, NORMLINK__KIND__KIND_ADOPTION);
	assert_int_equal(view.adopting(view.ctx, "sac.example/log", 4, 2, &q, &arena, &list, &err), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(view.adopting(view.ctx, "nobody.example/log", 0, 2, &q, &arena, &list, &err), ERR_NOT_FOUND);
}

static void claims_of_all_logs(void **state)
{
	struct claims claims;
	assert_int_equal(view.claims(view.ctx, &arena, &claims, &err), OK);
	assert_int_equal(claims.count, 0);
	add(&sac, "{\"kind\":\"authority\",\"subject\":\"sac.example/log\",\"authority\":{\"prefixes\":[\"GB\"]}}");
	add(&sac, "{\"kind\":\"authority\",\"subject\":\"sac.example/log\",\"authority\":{\"prefixes\":[\"GB\",\"GB/T\"],"
	          "\"bodies\":[\"SAC\"]}}");
	/* About another: that operator's opinion alone. */
	add(&sac, "{\"kind\":\"authority\",\"subject\":\"iso.example/log\",\"authority\":{\"prefixes\":[\"ISO\"]}}");
	add(&iso, "{\"kind\":\"authority\",\"subject\":\"iso.example/log\",\"authority\":{\"prefixes\":[\"ISO\"]}}");
	eu.collection = "members";
	add(&eu, "{\"kind\":\"authority\",\"subject\":\"eu.example/log\",\"authority\":{\"prefixes\":[\"EN\"]}}");
	assert_int_equal(view.claims(view.ctx, &arena, &claims, &err), OK);
	assert_int_equal(claims.count, 2);
	assert_string_equal(claims.v[0].said_by, "iso.example/log");
	assert_int_equal(claims.v[1].index, 1);
	assert_int_equal(claims.v[1].prefix_count, 2);
	assert_string_equal(claims.v[1].prefixes[1], "GB/T");
	assert_string_equal(claims.v[1].bodies[0], "SAC");
	assert_string_equal(claims.v[1].about, "sac.example/log");
	assert_false(claims.v[1].ours);
}

/* A joint reference is found under each of its parts. */
static void joint_references(void **state)
{
	add(&iso, STANDARD("ISO/IEC 27002:2022 | ITU-T X.1054", "\"status\":\"current\""));
	add(&sac, STANDARD("GB/T 22081-2024", "\"adopts\":[{\"target\":\"ISO/IEC 27002:2022 | ITU-T X.1054\"}]"));
	struct family f = family("ITU-T X.1054", true);
	assert_int_equal(f.pointing.count, 2);
	f = family("ISO/IEC 27002", true);
	assert_int_equal(f.pointing.count, 2);
	assert_string_equal(f.pointing.v[0].subject, "ISO/IEC 27002:2022 | ITU-T X.1054");
	assert_string_equal(f.pointing.v[1].subject, "GB/T 22081-2024");
}

#define AGREEMENT(type)                                                                                                \
	"{\"kind\":\"recognition\",\"subject\":\"CN-EU-1\",\"recognition\":{\"type\":\"" type                              \
	"\",\"parties\":[{\"origin\":"                                                                                     \
	"\"sac.example/log\"},{\"origin\":\"eu.example/log\"}],\"groups\":[{\"standards\":[\"GB/T 1-2001\",\"EN "          \
	"1:2001\"]}]}}"

static size_t equivalents_of(const char *reference, struct equivalents *out)
{
	graph_close(&graph);
	assert_int_equal(graph_open(&graph, &view, &(struct fact_question){ .public_only = true }, &err), OK);
	assert_int_equal(equivalents_find(&graph, reference, EQUIVALENTS_ALL, out), OK);
	return out->count;
}

/* In effect when every party has said the very same. */
static void recognition_by_all_parties(void **state)
{
	struct equivalents e;
	add(&iso, AGREEMENT("mutual")); /* no party */
	add(&sac, AGREEMENT("mutual"));
	assert_int_equal(equivalents_of("GB/T 1-2001", &e), 0);
	add(&eu, AGREEMENT("joint"));
	assert_int_equal(equivalents_of("GB/T 1-2001", &e), 0);
	add(&eu, AGREEMENT("mutual"));
	assert_int_equal(equivalents_of("GB/T 1-2001", &e), 1);
	assert_string_equal(e.v[0].node->name, "EN 1:2001");
	assert_int_equal(e.v[0].relation, RELATION_RECOGNISED);
	assert_int_equal(e.v[0].path[0]->needed, 2);
	assert_int_equal(e.v[0].path[0]->said_count, 2);
	add(&sac, AGREEMENT("joint"));
	assert_int_equal(equivalents_of("GB/T 1-2001", &e), 0);
	add(&eu, AGREEMENT("joint"));
	assert_int_equal(equivalents_of("EN 1:2001", &e), 1);
	assert_int_equal(e.v[0].relation, RELATION_SAME);
}

/* The origins of what a search gives, first to last. */
static void found_by(const struct query *query, const char *first, const char *second)
{
	struct found_list list;
	struct query q = *query;
	q.limit = 20;
	assert_int_equal(seek(&view, &q, &arena, &list, &err), OK);
	assert_int_equal(list.total, 2);
	assert_string_equal(list.v[0].origin, first);
	assert_string_equal(list.v[1].origin, second);
	/* A page of one cuts at the same place. */
	q.limit = 1;
	assert_int_equal(seek(&view, &q, &arena, &list, &err), OK);
	assert_string_equal(list.v[0].origin, first);
}

static void of_equal_hits_who_may_speak_comes_first(void **state)
{
	static const char *const said = "{\"kind\":\"standard\",\"subject\":\"GB/T "
	                                "19001-2016\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	                                "\"Quality\"}],\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"]}}";
	const struct query queries[] = {
		{ .words = "GB/T 19001" }, { .words = "quality" }, { .ics = "03.120" }, { .kind = "standard" }
	};
	add(&eu, said);
	add(&sac, said);
	for (size_t i = 0; i < 4; i++)
		found_by(&queries[i], "eu.example/log", "sac.example/log");
	add(&sac, "{\"kind\":\"authority\",\"subject\":\"sac.example/log\",\"authority\":{\"prefixes\":[\"GB/T\"]}}");
	for (size_t i = 0; i < 4; i++)
		found_by(&queries[i], "sac.example/log", "eu.example/log");
	/* Contested: as before. */
	add(&eu, "{\"kind\":\"authority\",\"subject\":\"eu.example/log\",\"authority\":{\"prefixes\":[\"GB/T\"]}}");
	for (size_t i = 0; i < 4; i++)
		found_by(&queries[i], "eu.example/log", "sac.example/log");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_family_and_what_points_at_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_hidden_or_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dependents_are_counted_and_paged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(adoptions_of_one_origin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(claims_of_all_logs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(joint_references, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_equal_hits_who_may_speak_comes_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(recognition_by_all_parties, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
