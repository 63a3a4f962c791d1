/* graph: editions, equivalents, drift over small worlds: circles, joint documents, contested prefixes, deep adoptions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/core/drift.h"
#include "node/core/equivalents.h"
#include "node/core/impact.h"
#include "tests/core/graph_world.h"

#define ISO "iso.example/log"
#define SAC "sac.example/log"
#define DIN "din.example/log"
#define JISC "jisc.example/log"
#define EVIL "evil.example/log"

static struct graph_world world;
static struct view view;
static struct graph graph;
static struct err err;
static struct equivalents found;
static struct editions editions;

static int up(void **state)
{
	view = graph_world_view(&world);
	return 0;
}

static int down(void **state)
{
	graph_close(&graph);
	graph = (struct graph){ 0 };
	graph_world_free(&world);
	return 0;
}

/* body: the members of the standard. */
static void add(const char *origin, const char *subject, const char *body)
{
	char json[2048];
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"standard\",\"subject\":\"%s\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	               "\"value\":\"About %s\"}],\"standard\":{%s}}",
	               subject, subject, body);
	graph_world_add(&world, origin, json);
}

#define CURRENT "\"status\":\"current\""
#define SUPERSEDED "\"status\":\"superseded\""
#define WITHDRAWN "\"status\":\"withdrawn\""
#define ADOPTS(target, degree) "\"adopts\":[{\"target\":\"" target "\",\"degree\":\"" degree "\"}]"
#define LINK(type, target) "\"links\":[{\"type\":\"" type "\",\"target\":\"" target "\"}]"

static void open_graph(void)
{
	struct fact_question q = { 0 };
	graph_close(&graph);
	assert_int_equal(graph_open(&graph, &view, &q, &err), OK);
}

static void equivalents(const char *reference)
{
	open_graph();
	if (equivalents_find(&graph, reference, EQUIVALENTS_ALL, &found) != OK)
		fail_msg("%s: %s", reference, err.text);
}

/* "ISO 9001:2015 idt GB/T 19001-2016>ISO 9001:2015": name, degree, marks, path. */
static void tell(const struct equivalent *e, char *out, size_t size)
{
	int n = snprintf(out, size, "%s %s%s%s ", e->node->name, relation_word(e->relation), e->undated ? " undated" : "",
	                 authority_plain(e->authority) ? "" : " others");
	for (size_t i = 0; i < e->path_count; i++)
		n += snprintf(out + n, size - (size_t)n, "%s%s", i == 0 ? e->path[i]->from->name : "",
		              e->path[i]->type == STEP_ADOPTED_BY ? "<"
		              : e->path[i]->type == STEP_ADOPTS   ? ">"
		              : e->path[i]->type == STEP_EDITION  ? "~"
		                                                  : "="),
		    n += snprintf(out + n, size - (size_t)n, "%s", e->path[i]->to->name);
}

/* All that was found, in order; the list ends with NULL. */
static void found_are(const char *const *expected)
{
	char line[1024];
	size_t i = 0;
	for (; i < found.count && expected[i] != NULL; i++) {
		tell(&found.v[i], line, sizeof line);
		assert_string_equal(line, expected[i]);
	}
	if (i < found.count)
		tell(&found.v[i], line, sizeof line);
	if (expected[i] != NULL || i < found.count)
		fail_msg("expected: %s, found: %s", expected[i] != NULL ? expected[i] : "no more",
		         i < found.count ? line : "no more");
}

#define FOUND(...) found_are((const char *const[]){ __VA_ARGS__, NULL })

static void everybodys_quality_management(void)
{
	add(ISO, "ISO 9001:2008", SUPERSEDED "," LINK("replaced-by", "ISO 9001:2015"));
	add(ISO, "ISO 9001:2015", CURRENT ",\"events\":[{\"type\":\"published\",\"date\":\"2015-09-15\"}]");
	add(SAC, "GB/T 19001-2008", SUPERSEDED "," ADOPTS("ISO 9001:2008", "idt"));
	add(SAC, "GB/T 19001-2016", CURRENT "," ADOPTS("ISO 9001:2015", "idt"));
	add(JISC, "JIS Q 9001:2015", CURRENT "," ADOPTS("ISO 9001:2015", "mod"));
	/* No record of EN here, and three deep. */
	add(DIN, "DIN EN ISO 9001:2015", CURRENT "," ADOPTS("EN ISO 9001:2015", "idt"));
	add(DIN, "EN ISO 9001:2015", "\"links\":[]," ADOPTS("ISO 9001:2015", "idt"));
}

static void up_to_the_source_and_down_to_all(void **state)
{
	everybodys_quality_management();
	equivalents("gb/t19001-2016");
	FOUND("ISO 9001:2015 idt GB/T 19001-2016>ISO 9001:2015",
	      "EN ISO 9001:2015 idt GB/T 19001-2016>ISO 9001:2015<EN ISO 9001:2015",
	      "JIS Q 9001:2015 mod GB/T 19001-2016>ISO 9001:2015<JIS Q 9001:2015",
	      "DIN EN ISO 9001:2015 idt GB/T 19001-2016>ISO 9001:2015<EN ISO 9001:2015<DIN EN ISO 9001:2015");
	equivalents("DIN EN ISO 9001:2015");
	FOUND("EN ISO 9001:2015 idt DIN EN ISO 9001:2015>EN ISO 9001:2015",
	      "ISO 9001:2015 idt DIN EN ISO 9001:2015>EN ISO 9001:2015>ISO 9001:2015",
	      "GB/T 19001-2016 idt DIN EN ISO 9001:2015>EN ISO 9001:2015>ISO 9001:2015<GB/T 19001-2016",
	      "JIS Q 9001:2015 mod DIN EN ISO 9001:2015>EN ISO 9001:2015>ISO 9001:2015<JIS Q 9001:2015");
	/* An undated reference covers all its editions. */
	equivalents("GB/T 19001");
	assert_int_equal(found.asked_count, 3);
	assert_int_equal(found.count, 5);
	assert_string_equal(found.v[0].node->name, "ISO 9001:2008");
	/* Nobody has heard of it. */
	equivalents("ISO 4711:1900");
	FOUND(NULL);
	assert_string_equal(found.asked[0]->name, "ISO 4711:1900");
}

static void the_fact_and_the_statement_of_each_step(void **state)
{
	everybodys_quality_management();
	equivalents("GB/T 19001-2016");
	const struct equivalent *jis = &found.v[2];
	assert_string_equal(jis->said->title, "About JIS Q 9001:2015");
	assert_int_equal(jis->said->status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_int_equal(jis->path_count, 2);
	const struct step *s = jis->path[0];
	assert_int_equal(s->said_count, 1);
	assert_int_equal(s->needed, 1);
	assert_string_equal(s->said[0].fact->origin, SAC);
	assert_int_equal(s->said[0].fact->index, 1);
	assert_string_equal(jis->path[1]->said[0].fact->origin, JISC);
}

static void degrees_are_composed(void **state)
{
	assert_int_equal(relation_compose(RELATION_IDT, RELATION_IDT), RELATION_IDT);
	assert_int_equal(relation_compose(RELATION_SAME, RELATION_IDT), RELATION_IDT);
	assert_int_equal(relation_compose(RELATION_MOD, RELATION_IDT), RELATION_MOD);
	assert_int_equal(relation_compose(RELATION_MOD, RELATION_NEQ), RELATION_NEQ);
	assert_int_equal(relation_compose(RELATION_UNKNOWN, RELATION_IDT), RELATION_UNKNOWN);
	assert_int_equal(relation_compose(RELATION_UNKNOWN, RELATION_MOD), RELATION_UNKNOWN);
	assert_int_equal(relation_compose(RELATION_UNKNOWN, RELATION_NEQ), RELATION_NEQ);
	add(SAC, "GB/T 1-2020", ADOPTS("ISO 1:2016", "neq"));
	add(JISC, "JIS B 1:2018", "\"adopts\":[{\"target\":\"ISO 1:2016\"}]");
	equivalents("GB/T 1-2020");
	FOUND("ISO 1:2016 neq GB/T 1-2020>ISO 1:2016", "JIS B 1:2018 neq GB/T 1-2020>ISO 1:2016<JIS B 1:2018");
	equivalents("ISO 1:2016");
	FOUND("JIS B 1:2018 unknown ISO 1:2016<JIS B 1:2018", "GB/T 1-2020 neq ISO 1:2016<GB/T 1-2020");
}

static void circles_end(void **state)
{
	add(SAC, "GB/T 1-2020", CURRENT "," ADOPTS("ISO 1:2016", "idt") "," LINK("replaced-by", "GB/T 2-2020"));
	add(SAC, "GB/T 2-2020", CURRENT "," ADOPTS("GB/T 1-2020", "idt") "," LINK("replaced-by", "GB/T 1-2020"));
	add(ISO, "ISO 1:2016", CURRENT "," ADOPTS("GB/T 2-2020", "mod") "," LINK("identical", "ISO 1:2016"));
	equivalents("GB/T 1-2020");
	FOUND("GB/T 2-2020 idt GB/T 1-2020<GB/T 2-2020", "ISO 1:2016 idt GB/T 1-2020>ISO 1:2016");
	open_graph();
	assert_int_equal(edition_find(&graph, "GB/T 1-2020", &editions), OK);
	assert_int_equal(editions.in_force_count, 1);
	assert_string_equal(editions.in_force[0].node->name, "GB/T 2-2020");
}

static void an_undated_source_means_every_edition(void **state)
{
	add(ISO, "ISO 9001:2008", SUPERSEDED);
	add(ISO, "ISO 9001:2015", CURRENT);
	add(SAC, "GB/T 19001-2016", CURRENT "," ADOPTS("ISO 9001", "idt"));
	add(JISC, "JIS Q 9001:2015", CURRENT "," ADOPTS("ISO 9001:2015", "idt"));
	equivalents("GB/T 19001-2016");
	FOUND("ISO 9001 idt GB/T 19001-2016>ISO 9001", "ISO 9001:2008 idt undated GB/T 19001-2016>ISO 9001~ISO 9001:2008",
	      "ISO 9001:2015 idt undated GB/T 19001-2016>ISO 9001~ISO 9001:2015",
	      "JIS Q 9001:2015 idt undated GB/T 19001-2016>ISO 9001<JIS Q 9001:2015");
	equivalents("ISO 9001:2015");
	FOUND("JIS Q 9001:2015 idt ISO 9001:2015<JIS Q 9001:2015",
	      "GB/T 19001-2016 idt undated ISO 9001:2015<GB/T 19001-2016");
}

static void joint_documents_are_one(void **state)
{
	add(ISO, "ISO/IEC 27002:2022 | ITU-T X.1054", CURRENT);
	add(ISO, "ISO/IEC 7498-1:1994", CURRENT "," LINK("identical", "ITU-T X.200"));
	add(SAC, "GB/T 22081-2024", CURRENT "," ADOPTS("ITU-T X.1054", "idt"));
	add(SAC, "GB/T 9387.1-1998", CURRENT "," ADOPTS("ITU-T X.200", "idt"));
	add(JISC, "JIS Q 27002:2024", CURRENT "," ADOPTS("ISO/IEC 27002:2022 | ITU-T X.1054", "mod"));
	equivalents("ISO/IEC 27002:2022");
	FOUND("ISO/IEC 27002:2022 | ITU-T X.1054 same ISO/IEC 27002:2022=ISO/IEC 27002:2022 | ITU-T X.1054",
	      "JIS Q 27002:2024 mod ISO/IEC 27002:2022<JIS Q 27002:2024",
	      "ITU-T X.1054 same ISO/IEC 27002:2022=ISO/IEC 27002:2022 | ITU-T X.1054=ITU-T X.1054",
	      "GB/T 22081-2024 idt ISO/IEC 27002:2022=ISO/IEC 27002:2022 | ITU-T X.1054=ITU-T X.1054<GB/T 22081-2024");
	equivalents("GB/T 9387.1-1998");
	FOUND("ITU-T X.200 idt GB/T 9387.1-1998>ITU-T X.200",
	      "ISO/IEC 7498-1:1994 idt GB/T 9387.1-1998>ITU-T X.200=ISO/IEC 7498-1:1994");
}

static void third_parties_come_last_and_marked(void **state)
{
	static const char *const gb[] = { "GB/T", NULL }, *const iso[] = { "ISO", NULL };
	everybodys_quality_management();
	add(EVIL, "GB/T 19001-2016",
	    WITHDRAWN ",\"adopts\":[{\"target\":\"ISO 4711:1999\",\"degree\":\"mod\"},"
	              "{\"target\":\"ISO 9001:2015\",\"degree\":\"neq\"}]");
	add(EVIL, "EVIL 1", CURRENT ",\"links\":[{\"type\":\"replaces\",\"target\":\"ISO 9001:2015\"}]");
	graph_world_claim(&world, ISO, iso);
	graph_world_claim(&world, SAC, gb);
	equivalents("GB/T 19001-2016");
	assert_int_equal(found.count, 5);
	char line[256];
	tell(&found.v[4], line, sizeof line);
	assert_string_equal(line, "ISO 4711:1999 mod others GB/T 19001-2016>ISO 4711:1999");
	assert_string_equal(graph_best(found.asked[0])->origin, SAC);
	/* What they say about a step is shown beside. */
	const struct step *step = found.v[0].path[0];
	assert_int_equal(step->relation, RELATION_IDT);
	assert_int_equal(step->said_count, 2);
	assert_int_equal(step->needed, 1);
	assert_string_equal(step->said[1].fact->origin, EVIL);
	assert_int_equal(step->said[1].authority, AUTHORITY_THIRD_PARTY);
	/* Who replaces what is not theirs is not followed. */
	assert_int_equal(edition_find(&graph, "ISO 9001:2008", &editions), OK);
	assert_int_equal(editions.in_force_count, 1);
	assert_string_equal(editions.in_force[0].node->name, "ISO 9001:2015");
	/* Contested: both are marked alike. */
	graph_world_claim(&world, EVIL, gb);
	equivalents("GB/T 19001-2016");
	assert_string_equal(found.v[0].node->name, "ISO 4711:1999");
	assert_string_equal(found.v[1].node->name, "ISO 9001:2015");
	assert_int_equal(found.v[1].path[0]->said_count, 2);
	assert_int_equal(found.v[0].authority, AUTHORITY_CONTESTED);
	assert_int_equal(found.v[1].authority, AUTHORITY_CONTESTED);
}

static void the_edition_in_force(void **state)
{
	everybodys_quality_management();
	add(ISO, "ISO 9001:2015/Amd 1:2024", CURRENT);
	add(ISO, "ISO 9001:2015/Cor 1:2016", CURRENT);
	add(ISO, "ISO 9001:2026", "\"status\":\"upcoming\"," LINK("replaces", "ISO 9001:2015"));
	static const char *const references[] = { "ISO 9001", "ISO 9001:2008", "ISO 9001:2015" };
	for (size_t i = 0; i < 3; i++) {
		open_graph();
		assert_int_equal(edition_find(&graph, references[i], &editions), OK);
		assert_int_equal(editions.in_force_count, 1);
		const struct edition *e = &editions.in_force[0];
		assert_string_equal(e->node->name, "ISO 9001:2015");
		assert_int_equal(e->path_count, i < 2 ? 1 : 0);
		assert_int_equal(e->supplements.count, 2);
		assert_int_equal(e->supplements.v[0].type, STEP_AMENDED_BY);
		assert_int_equal(e->supplements.v[1].type, STEP_CORRECTED_BY);
		assert_int_equal(editions.coming_count, 1);
	}
	/* Nobody says what replaces it: the next of the same number. */
	open_graph();
	assert_int_equal(edition_find(&graph, "GB/T 19001-2008", &editions), OK);
	assert_int_equal(editions.in_force_count, 1);
	assert_int_equal(editions.in_force[0].path[0]->type, STEP_NEWER);
}

static void nothing_in_force_and_split(void **state)
{
	add(ISO, "ISO 1:1990",
	    SUPERSEDED ",\"links\":[{\"type\":\"replaced-by\",\"target\":\"ISO 2:2000\"},"
	               "{\"type\":\"replaced-by\",\"target\":\"ISO 3:2000\"}]");
	add(ISO, "ISO 2:2000", CURRENT);
	add(ISO, "ISO 4:1990", WITHDRAWN);
	open_graph();
	assert_int_equal(edition_find(&graph, "ISO 1:1990", &editions), OK);
	assert_int_equal(editions.in_force_count, 2);
	assert_string_equal(editions.in_force[1].node->name, "ISO 3:2000");
	assert_null(editions.in_force[1].said);
	open_graph();
	assert_int_equal(edition_find(&graph, "ISO 4", &editions), OK);
	assert_int_equal(editions.in_force_count, 0);
	assert_int_equal(editions.ends_count, 1);
	assert_int_equal(graph_status(editions.ends[0].node), NORMLINK__STATUS__STATUS_WITHDRAWN);
	open_graph();
	assert_int_equal(edition_find(&graph, "", &editions), ERR_INVALID);
}

/* ---- drift ---- */

static char drifted[1024];

static int note_drift(void *arg, const struct drift *d)
{
	size_t n = strlen(drifted);
	(void)snprintf(drifted + n, sizeof drifted - n, "%s>%s:%s:%s;", d->adopts->from->name, d->adopts->to->name,
	               d->now->in_force_count > 0 ? d->now->in_force[0].node->name : "-",
	               d->since != NULL ? d->since : "-");
	return OK;
}

static void adoptions_drift(void **state)
{
	struct drift_sum sum;
	struct fact_question q = { 0 };
	everybodys_quality_management();
	add(JISC, "JIS Q 9100:2016",
	    CURRENT ",\"adopts\":[{\"target\":\"ISO 9001:2008\"},{\"target\":\"ISO 9001\"},"
	            "{\"target\":\"ISO 4:1990\"},{\"target\":\"ISO 5:1990\"}]");
	add(ISO, "ISO 4:1990", WITHDRAWN ",\"events\":[{\"type\":\"withdrawn\",\"date\":\"2001-02\"}]");
	assert_int_equal(drift_find(&view, &q, JISC, 0, SIZE_MAX, &sum, note_drift, NULL, &err), OK);
	assert_string_equal(drifted, "JIS Q 9100:2016>ISO 4:1990:-:2001-02;"
	                             "JIS Q 9100:2016>ISO 9001:2008:ISO 9001:2015:2015-09-15;");
	assert_int_equal(sum.adoptions, 5);
	assert_int_equal(sum.drifted, 2);
	assert_int_equal(sum.next, 0);
	assert_false(sum.cut);
	/* Statement by statement it comes to the same. */
	uint64_t from = 0, adoptions = 0, parts = 0;
	char all[sizeof drifted];
	memcpy(all, drifted, sizeof all);
	drifted[0] = '\0';
	do {
		assert_int_equal(drift_find(&view, &q, JISC, from, 1, &sum, note_drift, NULL, &err), OK);
		assert_true(sum.next == 0 || sum.next > from);
		from = sum.next;
		adoptions += sum.adoptions;
		parts++;
	} while (from > 0);
	assert_string_equal(drifted, all);
	assert_int_equal(adoptions, 5);
	assert_true(parts > 1);
	/* What is superseded itself has no source to keep up with. */
	drifted[0] = '\0';
	assert_int_equal(drift_find(&view, &q, SAC, 0, SIZE_MAX, &sum, note_drift, NULL, &err), OK);
	assert_string_equal(drifted, "");
	assert_int_equal(sum.adoptions, 1);
}

/* ---- impact ---- */

#define RECORD(kind, subject, body) "{\"kind\":\"" kind "\",\"subject\":\"" subject "\",\"" kind "\":{" body "}}"

static void add_dependents(void)
{
	graph_world_add(&world, SAC,
	                RECORD("citation", "Act 7",
	                       "\"type\":\"law\",\"jurisdiction\":\"CN\",\"date\":\"2018\",\"cited\":["
	                       "{\"target\":\"GB/T 19001\",\"effect\":\"mandatory\"}]"));
	graph_world_add(&world, ISO,
	                RECORD("citation", "Act 8",
	                       "\"type\":\"law\",\"jurisdiction\":\"CH\",\"date\":\"2018\",\"cited\":["
	                       "{\"target\":\"ISO 9001:2008\"},{\"target\":\"ISO 9001:2015\"}]"));
	graph_world_add(&world, DIN,
	                RECORD("patent", "P-1",
	                       "\"holder\":\"ACME\",\"standards\":[\"ISO 9001:2015\"],"
	                       "\"commitment\":\"rand\",\"date\":\"2019\""));
	graph_world_add(&world, JISC, RECORD("translation", "ISO 9001:2015#ja", "\"standing\":\"official\""));
	graph_world_add(&world, SAC,
	                RECORD("feedback", "F-1",
	                       "\"type\":\"question\",\"about\":[\"ISO 9001:2015\"],\"date\":\"2020\","
	                       "\"steps\":[{\"type\":\"received\",\"date\":\"2020\"}]"));
	graph_world_add(&world, SAC,
	                RECORD("feedback", "F-2",
	                       "\"type\":\"question\",\"about\":[\"ISO 9001:2015\"],\"date\":\"2020\","
	                       "\"steps\":[{\"type\":\"received\",\"date\":\"2020\"},{\"type\":"
	                       "\"closed\",\"date\":\"2021\"}],\"result\":\"answered\""));
	graph_world_add(&world, ISO,
	                RECORD("project", "ISO/CD 9001",
	                       "\"reference\":\"ISO 9001:2026\",\"status\":"
	                       "\"preparation\",\"stage\":\"30.00\",\"links\":[{\"type\":\"replaces\","
	                       "\"target\":\"ISO 9001:2015\"}]"));
	add(ISO, "ISO 19011:2018", CURRENT "," LINK("cites", "ISO 9001:2015"));
}

static const struct fact_list *group_of(const struct impact *impact, const char *standard, enum impact_group group)
{
	for (size_t i = 0; i < impact->count; i++)
		if (strcmp(impact->v[i].node->name, standard) == 0)
			return &impact->v[i].groups[group];
	fail_msg("%s is not there", standard);
	return NULL;
}

static void what_depends_on_a_standard(void **state)
{
	struct impact impact;
	everybodys_quality_management();
	add_dependents();
	open_graph();
	assert_int_equal(impact_find(&graph, "ISO 9001:2015", 10, &impact), OK);
	assert_int_equal(impact.asked, 1);
	assert_int_equal(impact.count, 5);
	static const uint64_t counts[IMPACT_GROUPS] = {
		[IMPACT_CITATIONS] = 1,    [IMPACT_RECOGNITIONS] = 0, [IMPACT_DECLARATIONS] = 0, [IMPACT_PATENTS] = 1,
		[IMPACT_TRANSLATIONS] = 1, [IMPACT_FEEDBACK] = 1,     [IMPACT_PROJECTS] = 1,     [IMPACT_CITED_BY] = 1,
	};
	for (int i = 0; i < IMPACT_GROUPS; i++)
		if (impact.v[0].groups[i].total != counts[i])
			fail_msg("%s: %d", impact_word((enum impact_group)i), (int)impact.v[0].groups[i].total);
	assert_string_equal(impact.v[0].groups[IMPACT_FEEDBACK].v[0].subject, "F-1");
	/* Through an adoption: the act cites all its editions. */
	const struct fact_list *acts = group_of(&impact, "GB/T 19001-2016", IMPACT_CITATIONS);
	assert_int_equal(acts->total, 1);
	assert_string_equal(acts->v[0].subject, "Act 7");
	assert_true(impact_any(&impact));
	/* An edition that nobody adopts any more but in its time. */
	open_graph();
	assert_int_equal(impact_find(&graph, "ISO 9001:2008", 10, &impact), OK);
	assert_int_equal(group_of(&impact, "ISO 9001:2008", IMPACT_CITATIONS)->total, 1);
	assert_int_equal(group_of(&impact, "GB/T 19001-2008", IMPACT_CITATIONS)->total, 1);
	/* All editions: what means all of them is listed once. */
	open_graph();
	assert_int_equal(impact_find(&graph, "GB/T 19001", 10, &impact), OK);
	assert_int_equal(group_of(&impact, "GB/T 19001", IMPACT_CITATIONS)->total, 1);
	assert_int_equal(group_of(&impact, "GB/T 19001-2016", IMPACT_CITATIONS)->total, 0);
	open_graph();
	assert_int_equal(impact_find(&graph, "ISO 4711:1999", 10, &impact), OK);
	assert_false(impact_any(&impact));
}

static void what_was_taken_back_says_nothing(void **state)
{
	add(ISO, "ISO 1:2016", CURRENT);
	graph_world_add(&world, SAC,
	                "{\"kind\":\"standard\",\"subject\":\"GB/T 1-2020\",\"standard\":{\"adopts\":[{\"target\":"
	                "\"ISO 1:2016\"}]},\"retraction\":{\"reason\":\"never published\"}}");
	equivalents("ISO 1:2016");
	FOUND(NULL);
	equivalents("GB/T 1-2020");
	FOUND(NULL);
	assert_null(graph_best(found.asked[0]));
}

static void limits_are_told(void **state)
{
	everybodys_quality_management();
	world.limit = 1;
	equivalents("GB/T 19001-2016");
	assert_true(graph.cut);
	/* What was found before stays found. */
	equivalents("DIN EN ISO 9001:2015");
	assert_true(graph.cut);
	assert_string_equal(found.v[0].node->name, "EN ISO 9001:2015");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(up_to_the_source_and_down_to_all, up, down),
		cmocka_unit_test_setup_teardown(the_fact_and_the_statement_of_each_step, up, down),
		cmocka_unit_test_setup_teardown(degrees_are_composed, up, down),
		cmocka_unit_test_setup_teardown(circles_end, up, down),
		cmocka_unit_test_setup_teardown(an_undated_source_means_every_edition, up, down),
		cmocka_unit_test_setup_teardown(joint_documents_are_one, up, down),
		cmocka_unit_test_setup_teardown(third_parties_come_last_and_marked, up, down),
		cmocka_unit_test_setup_teardown(the_edition_in_force, up, down),
		cmocka_unit_test_setup_teardown(nothing_in_force_and_split, up, down),
		cmocka_unit_test_setup_teardown(adoptions_drift, up, down),
		cmocka_unit_test_setup_teardown(what_depends_on_a_standard, up, down),
		cmocka_unit_test_setup_teardown(what_was_taken_back_says_nothing, up, down),
		cmocka_unit_test_setup_teardown(limits_are_told, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
