/* graph_limits: what a log can say at most makes no walk too long or too large.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "node/core/equivalents.h"
#include "tests/core/graph_world.h"

#define ISO "iso.example/log"
#define SAC "sac.example/log"

/* Forty groups of 199 editions of the node: each gives the 198 others of its group, by two logs, and six of them say
 * so. */
static void a_recognition_of_one_family_ends_soon(void **state)
{
	static struct graph_world world;
	static struct graph graph;
	struct view view = graph_world_view(&world);
	struct equivalents found;
	struct err err = { 0 };
	struct buf json = { 0 };
	(void)state;
	buf_add_str(&json,
	            "{\"kind\":\"recognition\",\"subject\":\"R 1A\",\"recognition\":{\"type\":\"mutual\",\"parties\":["
	            "{\"origin\":\"" ISO "\"},{\"origin\":\"" SAC "\"}],\"groups\":[");
	for (int group = 0; group < 40; group++) {
		buf_printf(&json, "%s{\"standards\":[", group > 0 ? "," : "");
		for (int year = 1900; year < 2099; year++)
			buf_printf(&json, "%s\"ISO 9001:%d\"", year > 1900 ? "," : "", year);
		buf_add_str(&json, "]}");
	}
	buf_add_str(&json, "]}}");
	for (int i = 0; i < 12; i++) {
		char *name = strstr(buf_str(&json), "R 1"); /* R 1A, R 1B... */
		name[3] = (char)('A' + i / 2);
		graph_world_add(&world, i % 2 == 0 ? ISO : SAC, buf_str(&json));
	}
	buf_free(&json);
	clock_t began = clock();
	assert_int_equal(graph_open(&graph, &view, &(struct fact_question){ 0 }, &err), OK);
	assert_int_equal(equivalents_find(&graph, "ISO 9001", EQUIVALENTS_ALL, &found), OK);
	assert_true(graph.cut);
	assert_true((clock() - began) / CLOCKS_PER_SEC < 5);
	graph_close(&graph);
	graph_world_free(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recognition_of_one_family_ends_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
