/* linked data: a record as JSON-LD, and the name of a standard that leads to it. */
#include "proto/json_tree.h"
#include "tests/api/world.h"

#define RECORD "/api/v1/records/GB%2FT%2019001-2016"

/* The object of the graph with that @id, or of that @type when id is NULL; and a text below it. */
static const struct json_node *node_of(const struct json_node *root, const char *id, const char *type)
{
	const struct json_node *graph = json_tree_get(root, "@graph");
	assert_non_null(graph);
	for (const struct json_node *n = graph->child; n != NULL; n = n->next)
		if (bytes_equal(json_tree_text(json_tree_get(n, id != NULL ? "@id" : "@type")),
		                bytes_str(id != NULL ? id : type)))
			return n;
	fail_msg("no node %s", id != NULL ? id : type);
	return NULL;
}

static void says_text(const struct json_node *node, const char *key, const char *text)
{
	if (!bytes_equal(json_tree_text(json_tree_get(node, key)), bytes_str(text)))
		fail_msg("%s is not %s", key, text);
}

static void a_record_as_json_ld(void **state)
{
	struct world *w = *state;
	struct arena arena = { 0 };
	const struct json_node *root;
	assert_int_equal(ask_as(w, "GET", RECORD, "application/ld+json"), 200);
	SAYS(w, "Content-Type: application/ld+json\r\n");
	assert_int_equal(json_tree_parse(bytes_str(w->body), &arena, &root, NULL), OK);
	const struct json_node *topic = node_of(root, "/id/GB/T%2019001-2016", NULL);
	says_text(topic, "dcterms:identifier", "GB/T 19001-2016");
	assert_true(bytes_equal(json_tree_text(json_tree_get(topic, "@type")->child), bytes_str("dcterms:Standard")));
	says_text(json_tree_get(topic, "dcterms:title")->child, "@language", "zh");
	says_text(json_tree_get(topic, "dcterms:title")->child->next, "@language", "en");
	says_text(json_tree_get(topic, "dcterms:issued"), "@value", "2016-12-30");
	says_text(json_tree_get(topic, "dcterms:issued"), "@type", "xsd:date");
	says_text(json_tree_get(topic, "dcterms:isVersionOf"), "@id", "/id/GB/T%2019001");
	says_text(json_tree_get(topic, "schema:isBasedOn")->child, "@id", "/id/ISO%209001:2015");
	says_text(json_tree_get(topic, "normlink:adoption")->child, "normlink:degree", "idt");
	const struct json_node *entry = node_of(root, NULL, "dcat:CatalogRecord");
	says_text(entry, "@id", "/api/v1/entries/2?origin=sac.example/log");
	says_text(json_tree_get(entry, "foaf:primaryTopic"), "@id", "/id/GB/T%2019001-2016");
	says_text(json_tree_get(entry, "normlink:proof"), "@id", "/api/v1/entries/2/proof?origin=sac.example/log");
	says_text(entry, "normlink:authority", "unclaimed");
	const struct json_node *log = node_of(root, NULL, "dcat:Catalog");
	says_text(log, "normlink:size", "3");
	says_text(json_tree_get(log, "dcat:record")->child, "@id", "/api/v1/entries/2?origin=sac.example/log");
	w->context.base_url = "https://node.example";
	assert_int_equal(ask(w, RECORD "?format=jsonld"), 200);
	SAYS(w, "\"@id\":\"https://node.example/id/GB/T%2019001-2016\"");
	arena_free(&arena);
}

static void every_edge_has_its_term(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy,
	        "{\"kind\":\"standard\",\"subject\":\"ISO 1:2022\",\"texts\":[{\"role\":\"abstract\",\"lang\":\"und\","
	        "\"value\":\"Long\"}],\"standard\":{\"events\":[{\"type\":\"issued\",\"date\":\"2022-04\"}],"
	        "\"edition\":\"4\",\"ccs\":[\"A00\"],\"committees\":[\"ISO/TC 213\"],\"publisher\":\"ISO\","
	        "\"languages\":[\"en\",\"fr\"],\"links\":[{\"type\":\"replaces\",\"target\":\"ISO 1:2016\"},"
	        "{\"type\":\"replaced-by\",\"target\":\"ISO 1:2030\"},{\"type\":\"cites\",\"target\":\"ISO 2\"},"
	        "{\"type\":\"cites\",\"target\":\"ISO 3:1999\"},{\"type\":\"amends\",\"target\":\"ISO 4\"}]}}");
	toy_add(&w->toy, "{\"kind\":\"translation\",\"subject\":\"ISO 1:2022#ru\",\"texts\":[{\"role\":\"title\",\"lang\":"
	                 "\"ru\",\"value\":\"Перевод\"}],\"translation\":{\"standing\":\"official\"}}");
	toy_sign(&w->toy);
	assert_int_equal(ask(w, "/api/v1/records/ISO%201:2022?format=jsonld"), 200);
	SAYS(w, "\"dcterms:replaces\":[{\"@id\":\"/id/ISO%201:2016\"}]");
	SAYS(w, "\"dcterms:isReplacedBy\":[{\"@id\":\"/id/ISO%201:2030\"}]");
	SAYS(w, "\"dcterms:references\":[{\"@id\":\"/id/ISO%202\"},{\"@id\":\"/id/ISO%203:1999\"}]");
	SAYS(w, "\"normlink:amends\":[{\"@id\":\"/id/ISO%204\"}]");
	SAYS(w, "\"dcterms:abstract\":[{\"@value\":\"Long\"}]");
	SAYS(w, "\"dcterms:issued\":{\"@value\":\"2022-04\",\"@type\":\"xsd:gYearMonth\"}");
	SAYS(w, "\"dcterms:publisher\":[{\"@type\":\"schema:Organization\",\"foaf:name\":\"ISO\"}]");
	SAYS(w, "\"schema:inLanguage\":[\"en\",\"fr\"]");
	SAYS(w, "\"skos:notation\":\"A00\",\"skos:inScheme\":{\"@id\":\"normlink:ccs\"}");
	SAYS(w, "{\"@id\":\"/id/ISO%201:2022%23ru?kind=translation\",\"@type\":[\"schema:CreativeWork\"]");
	SAYS(w, "\"schema:translationOfWork\":[{\"@id\":\"/id/ISO%201:2022\"}]");
}

/* What somebody else says is not said of the standard. */
static void third_parties_are_never_mixed_in(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"authority\",\"subject\":\"iso.example/log\",\"authority\":{\"prefixes\":[\"ISO\"]}}");
	toy_sign(&w->toy);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015?format=jsonld"), 200);
	SAYS(w, "\"normlink:authority\":\"third-party\"");
	SAYS(w, "\"foaf:primaryTopic\":{\"@id\":\"/api/v1/entries/1?origin=sac.example/log#said\"}");
	SAYS(w, "\"@id\":\"/api/v1/entries/1?origin=sac.example/log#said\",\"@type\":[\"dcterms:Standard\",");
	SAYS(w, "\"normlink:about\":{\"@id\":\"/id/ISO%209001:2015\"}");
	assert_false(says(w, "{\"@id\":\"/id/ISO%209001:2015\",\"@type\""));
}

static void forms_are_negotiated(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *accept, *type;
	} cases[] = {
		{ "application/ld+json", "application/ld+json" },
		{ "application/ld+json, application/json;q=0.9", "application/ld+json" },
		{ "application/ld+json;q=0.5, application/json", "application/json" },
		{ "application/ld+json;q=0", "application/json" },
		{ "*/*", "application/json" },
		{ "text/plain, application/ld+json;q=0.9", "text/plain; charset=utf-8" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char line[80];
		assert_int_equal(ask_as(w, "GET", RECORD, cases[i].accept), 200);
		(void)snprintf(line, sizeof line, "\r\nContent-Type: %s\r\n", cases[i].type);
		SAYS(w, line);
		SAYS(w, "Vary: Accept, Accept-Encoding\r\n");
	}
	assert_int_equal(ask_as(w, "GET", RECORD "?format=text", "application/ld+json"), 200);
	SAYS(w, "Content-Type: text/plain");
	assert_int_equal(ask_as(w, "GET", RECORD "?format=json", "text/plain"), 200);
	SAYS(w, "Content-Type: application/json\r\n");
	assert_int_equal(ask(w, RECORD "?format=rdf"), 400);
	SAYS(w, "\"parameter\":\"format\"");
}

static void a_name_leads_to_the_record(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *to;
	} cases[] = {
		{ "GB/T%2019001-2016", "GB%2FT%2019001-2016" },
		{ "GB%2FT%2019001-2016", "GB%2FT%2019001-2016" },
		{ "gbt19001-2016", "GB%2FT%2019001-2016" },
		{ "GB/T%2019001", "GB%2FT%2019001-2016" },
		{ "%EF%BC%A9%EF%BC%B3%EF%BC%AF%EF%BC%99%EF%BC%90%EF%BC%90%EF%BC%91", "ISO%209001:2015" },
		{ "iso9001:2015?format=jsonld", "ISO%209001:2015?format=jsonld" },
		{ "iso9001:2015?kind=standard", "ISO%209001:2015?kind=standard" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char target[160], line[200];
		(void)snprintf(target, sizeof target, "/id/%s", cases[i].name);
		if (ask(w, target) != 303)
			fail_msg("%s: %d", target, w->status_code);
		(void)snprintf(line, sizeof line, "\r\nLocation: /api/v1/records/%s\r\n", cases[i].to);
		SAYS(w, line);
		assert_false(says(w, "ETag"));
	}
	assert_int_equal(ask_as(w, "GET", "/id/iso9001", "text/html,application/xhtml+xml,*/*;q=0.8"), 303);
	SAYS(w, "Location: /api/v1/records/ISO%209001:2015?format=text\r\n");
	assert_int_equal(ask(w, "/id/ISO%201"), 404);
	SAYS(w, "Content-Type: application/problem+json\r\n");
	assert_int_equal(ask(w, "/id/%ff"), 400);
	assert_int_equal(ask(w, "/id/"), 404);
	assert_int_equal(ask(w, "/id/ISO%209001?x=1"), 400);
	assert_int_equal(ask_as(w, "POST", "/id/ISO%209001", NULL), 405);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_record_as_json_ld, up, down),
		cmocka_unit_test_setup_teardown(every_edge_has_its_term, up, down),
		cmocka_unit_test_setup_teardown(third_parties_are_never_mixed_in, up, down),
		cmocka_unit_test_setup_teardown(forms_are_negotiated, up, down),
		cmocka_unit_test_setup_teardown(a_name_leads_to_the_record, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
