/* indexing: a quiet log says what is current in it, by itself, once; its peers find the same. */
#include "tests/shell/talk.h"

static void make_two(struct world *w)
{
	for (size_t i = 0; i < 2; i++) {
		node_make(w, i);
		w->nodes[i].options.index_quiet_ms = 200;
	}
}

static bool has_root(struct node *n, const char *origin, unsigned index, unsigned keys)
{
	char text[200];
	(void)snprintf(text, sizeof text,
	               "{\"origin\":\"%s\",\"index_root\":{\"index\":%u,\"found\":\"holds\",\"said\":{\"keys\":%u,", origin,
	               index, keys);
	return answers_with(n, "/api/v1/index", text);
}

static bool holds(struct node *n, const char *origin, unsigned size)
{
	char text[160];
	(void)snprintf(text, sizeof text, "\"origin\":\"%s\",\"own\":true,\"outside\":false,\"held\":%u,", origin, size);
	return answers_with(n, "/api/v1/status", text);
}

static void a_quiet_log_says_what_is_current(void **state)
{
	struct world *w = *state;
	struct node *sac = &w->nodes[0], *iso = &w->nodes[1];
	make_two(w);
	node_up(sac);
	node_up(iso);
	befriend(sac, iso);
	publish(sac, "first", 1, 3);
	publish(sac, "second", 2, 3);
	WAIT_FOR(has_root(sac, "sac.example/log", 6, 4));
	WAIT_FOR(has_root(iso, "sac.example/log", 6, 4));
	publish(sac, "third", 9, 1);
	WAIT_FOR(has_root(sac, "sac.example/log", 8, 5));
	WAIT_FOR(has_root(iso, "sac.example/log", 8, 5));
	/* A log of which nothing was published says nothing. */
	assert_true(answers_with(iso, "/api/v1/status",
	                         "\"origin\":\"iso.example/log\",\"own\":true,\"outside\":false,"
	                         "\"held\":0,"));
	/* A start alone is nothing new: what comes next is the next record, and its root. */
	node_down(sac);
	node_up_again(sac);
	WAIT_FOR(holds(sac, "sac.example/log", 9));
	publish(sac, "fourth", 9, 1);
	WAIT_FOR(has_root(sac, "sac.example/log", 10, 5));
	WAIT_FOR(has_root(iso, "sac.example/log", 10, 5));
}

static void not_where_the_operator_does_not_want_it(void **state)
{
	struct world *w = *state;
	struct node *sac = &w->nodes[0];
	struct buf answer = { 0 };
	make_two(w);
	assert_int_equal(node_dir_open(sac->path, &sac->dir, NULL), OK);
	assert_string_equal(sac->dir.config.index, "on");
	(void)snprintf(sac->dir.config.index, sizeof sac->dir.config.index, "off");
	sac->options.index_quiet_ms = 20;
	node_up_as_is(sac);
	publish(sac, "first", 1, 2);
	/* Ten times as long as it would take. */
	int64_t until = now_ms() + 200;
	WAIT_FOR(now_ms() > until);
	assert_true(holds(sac, "sac.example/log", 2));
	/* Who asks for it gets it. */
	assert_int_equal(ask_once(sac->socket, "POST", "/local/v1/index", bytes_str(""), &answer), 200);
	assert_string_equal(buf_str(&answer), "index 2\nkeys 2\n");
	buf_reset(&answer);
	assert_int_equal(ask_once(sac->socket, "POST", "/local/v1/index", bytes_str(""), &answer), 200);
	assert_string_equal(buf_str(&answer), "unchanged\n");
	assert_true(has_root(sac, "sac.example/log", 2, 2));
	buf_free(&answer);
}

/* A record that is one cannot be brought in. */
static void nobody_imports_one(void **state)
{
	struct world *w = *state;
	struct node *sac = &w->nodes[0];
	Normlink__IndexRoot body = NORMLINK__INDEX_ROOT__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	struct buf record = { 0 }, request = { 0 }, answer = { 0 };
	uint8_t root[32] = { 1 };
	make_two(w);
	node_up(sac);
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_INDEX;
	r.subject = (char[]){ "current" };
	r.index = &body;
	body.has_version = body.has_size = body.has_keys = body.has_root = 1;
	body.version = 1;
	body.root = message_field(bytes_of(root, sizeof root));
	assert_int_equal(record_encode(&r, &record, NULL), OK);
	buf_add_u32(&request, (uint32_t)record.len);
	buf_add_bytes(&request, buf_bytes(&record));
	assert_int_equal(post(sac, &request, &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "refusal 0 index roots are made by the node itself"));
	buf_free(&record);
	buf_free(&request);
	buf_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_quiet_log_says_what_is_current, world_up, world_down),
		cmocka_unit_test_setup_teardown(not_where_the_operator_does_not_want_it, world_up, world_down),
		cmocka_unit_test_setup_teardown(nobody_imports_one, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
