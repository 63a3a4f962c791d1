/* Index roots as they are told, and files that show what is current. */
#include <stdlib.h>

#include "crypto/current.h"
#include "crypto/encode.h"
#include "crypto/proof.h"
#include "proto/index_root.h"
#include "tests/api/world.h"

/* The log says, as its next entry, what is current in it; verdict is what was found of that. */
static void add_root(struct toy *t, enum index_verdict verdict)
{
	struct index_sum sum = toy_sum(t, t->count);
	struct buf root = { 0 }, json = { 0 };
	base64_add(&root, bytes_of(sum.root.b, HASH_SIZE));
	buf_printf(&json,
	           "{\"kind\":\"index\",\"subject\":\"current\",\"index\":{\"version\":1,\"size\":%zu,\"keys\":%llu,"
	           "\"root\":\"%s\"}}",
	           t->count, (unsigned long long)sum.keys, buf_str(&root));
	t->root = (struct index_state){ .any = true, .index = t->count, .verdict = verdict, .said = sum, .found = sum };
	t->root.differing = verdict == INDEX_DIFFERS;
	t->root.newest_differing = verdict == INDEX_DIFFERS ? t->count : 0;
	toy_add(t, buf_str(&json));
	toy_sign(t);
	buf_free(&root);
	buf_free(&json);
}

/* The file that was answered: shown under the toy's root. */
static struct current *read_file(struct world *w, struct arena *arena)
{
	struct current *c = arena_get(arena, sizeof *c);
	struct err err = { 0 };
	if (current_parse(bytes_str(w->body), c, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(current_check(w->toy.hasher, c, &w->toy.root.said.root, &err), OK);
	return c;
}

static uint64_t proved_index(struct bytes proof)
{
	struct proof p;
	assert_int_equal(proof_parse(proof, &p, NULL), OK);
	uint64_t index = p.index;
	proof_free(&p);
	return index;
}

static void what_is_current_is_shown(void **state)
{
	struct world *w = *state;
	struct arena arena = { 0 };
	add_root(&w->toy, INDEX_HOLDS);
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof?current=1"), 200);
	struct current *c = read_file(w, &arena);
	assert_true(bytes_equal(c->subject, bytes_str("GB/T 19001-2016")));
	assert_int_equal(c->kind, 1);
	assert_int_equal(proved_index(c->statement), 3);
	assert_int_equal(proved_index(c->entry), 2);
	assert_non_null(strstr(buf_str(&w->answer), "record.normlink-current"));
	/* Undated it is the newest edition. */
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001/proof?current=1"), 200);
	c = read_file(w, &arena);
	assert_true(bytes_equal(c->subject, bytes_str("ISO 9001:2015")));
	assert_int_equal(proved_index(c->entry), 1);
	arena_free(&arena);
}

static void that_there_is_none_is_shown(void **state)
{
	struct world *w = *state;
	struct arena arena = { 0 };
	add_root(&w->toy, INDEX_UNCHECKED);
	assert_int_equal(ask(w, "/api/v1/records/ISO%20404:2020/proof?current=1"), 200);
	struct current *c = read_file(w, &arena);
	assert_int_equal(c->entry.len, 0);
	assert_int_equal(proved_index(c->statement), 3);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1&kind=project"), 200);
	c = read_file(w, &arena);
	assert_int_equal(c->kind, 2);
	assert_int_equal(c->entry.len, 0);
	arena_free(&arena);
}

static void nothing_is_shown_without_a_root_that_holds(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1"), 404);
	add_root(&w->toy, INDEX_DIFFERS);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1"), 409);
	SAYS(w, "it is not what the entries give");
	w->toy.root.verdict = INDEX_HOLDS;
	w->toy.covered = 3; /* the head does not reach the statement yet */
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1"), 503);
}

static void what_is_asked_is_checked(void **state)
{
	struct world *w = *state;
	add_root(&w->toy, INDEX_HOLDS);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=2"), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current="), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1&index=1"), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1&origin=nobody.example%2Flog"), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1&head=other"), 400);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?current=1&head=cosigned"), 503);
	assert_int_equal(ask(w, "/api/v1/index?x=1"), 400);
}

static void what_was_found_is_told(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/index"), 200);
	SAYS(w, "{\"logs\":[{\"origin\":\"sac.example/log\",\"index_root\":null}]");
	assert_int_equal(ask_text(w, "/api/v1/index"), 200);
	SAYS(w, "has not said what is current in it");
	add_root(&w->toy, INDEX_HOLDS);
	assert_int_equal(ask(w, "/api/v1/index"), 200);
	SAYS(w, "\"index_root\":{\"index\":3,\"found\":\"holds\",\"said\":{\"keys\":2,");
	SAYS(w, "\"differing\":0,\"newest_differing\":null,\"proof\":\"/api/v1/entries/3/proof?origin=sac.example%2Flog\","
	        "\"evidence\":null}");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "2 subjects as of entry 3: that is what its entries give\n");
	w->toy.root.verdict = INDEX_UNCHECKED;
	assert_int_equal(ask_text(w, "/api/v1/index"), 200);
	SAYS(w, "2 subjects as of entry 3: not checked");
	w->toy.root.verdict = INDEX_DIFFERS;
	w->toy.root.differing = 2;
	w->toy.root.newest_differing = 3;
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "THAT IS NOT WHAT ITS ENTRIES GIVE; FALSE before, 2 times in all, last at entry 3; normlink evidence shows "
	        "it\n");
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"found\":\"differs\"");
	SAYS(w, "\"evidence\":\"/api/v1/evidence/sac.example%2Flog?index=3\"");
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_index_mismatch{origin=\"sac.example/log\"} 2\n");
	SAYS(w, "normlink_index_root_entry{origin=\"sac.example/log\"} 3\n");
	SAYS(w, "normlink_index_root_unchecked{origin=\"sac.example/log\"} 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_current_is_shown, up, down),
		cmocka_unit_test_setup_teardown(that_there_is_none_is_shown, up, down),
		cmocka_unit_test_setup_teardown(nothing_is_shown_without_a_root_that_holds, up, down),
		cmocka_unit_test_setup_teardown(what_is_asked_is_checked, up, down),
		cmocka_unit_test_setup_teardown(what_was_found_is_told, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
