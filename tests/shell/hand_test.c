/* hand: parts of a bundle file on the local socket, well and badly made. */
#include "proto/message.h"
#include "tests/shell/world.h"
#include "tests/support/ask.h"

/* What the node answers to this body. */
static int post(const char *address, const char *method, struct bytes body, struct buf *answer)
{
	struct ask a = { 0 };
	struct err err = { 0 };
	int status = 0;
	if (ask_open(&a, address, PATIENCE_MS, &err) != OK ||
	    ask_send(&a, method, "/local/v1/handover", NULL, body, &status, answer, &err) != OK)
		fail_msg("%s", err.text);
	ask_close(&a);
	return status;
}

static void add_part(struct buf *body, const char *origin, bool with_head)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedHead head = NORMLINK__HANDED_HEAD__INIT;
	struct buf raw = { 0 };
	part.origin = (char *)(uintptr_t)origin;
	if (with_head) {
		head.has_checkpoint = 1;
		head.checkpoint = message_field(bytes_str("no note"));
		part.body_case = NORMLINK__HANDOVER__BODY_HEAD;
		part.head = &head;
	}
	message_encode(&part.base, &raw);
	buf_add_u32(body, (uint32_t)raw.len);
	buf_add_bytes(body, buf_bytes(&raw));
	buf_free(&raw);
}

static void bodies_that_are_none(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 }, many = { 0 };
	static const struct bytes bad[] = { { (const uint8_t *)"", 0 },
		                                { (const uint8_t *)"\0\0\0", 3 },
		                                { (const uint8_t *)"\0\0\0\0", 4 },
		                                { (const uint8_t *)"\0\0\0\2x", 5 },
		                                { (const uint8_t *)"\xff\xff\xff\xffxxxx", 8 },
		                                { (const uint8_t *)"\0\0\0\1xy", 6 } };
	node_make(w, 0);
	node_up(n);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(post(n->socket, "POST", bad[i], &answer), 400);
	for (size_t i = 0; i < HANDOVER_PARTS_MAX + 1; i++)
		add_part(&many, "sac.example/log", true);
	assert_int_equal(post(n->socket, "POST", buf_bytes(&many), &answer), 400);
	assert_int_equal(post(n->socket, "GET", bytes_str(""), &answer), 405);
	/* only the owner of the folder may: from elsewhere there is no such thing */
	assert_int_not_equal(post(shell_http_address(n->shell), "POST", bytes_str(""), &answer), 200);
	buf_free(&answer);
	buf_free(&many);
}

static void parts_that_say_nothing(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	static const struct {
		const char *origin;
		bool with_head;
		const char *outcome;
	} cases[] = {
		{ "nobody.example/log", true, "outcome not-found\nreason no card names that origin\n" },
		{ NULL, true, "outcome not-found\n" },
		{ "sac.example/log", false, "outcome protocol\nreason clause 9.4" },
		{ "sac.example/log", true, "outcome invalid\nreason " },
	};
	node_make(w, 0);
	node_up(n);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf body = { 0 }, answer = { 0 };
		add_part(&body, cases[i].origin, cases[i].with_head);
		assert_int_equal(post(n->socket, "POST", buf_bytes(&body), &answer), 200);
		if (strncmp(buf_str(&answer), cases[i].outcome, strlen(cases[i].outcome)) != 0)
			fail_msg("%zu: %s", i, buf_str(&answer));
		buf_free(&body);
		buf_free(&answer);
	}
	struct buf answer = { 0 };
	assert_int_equal(post(n->socket, "POST", bytes_of("\0\0\0\2\xff\xff", 6), &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "outcome protocol\n"));
	buf_free(&answer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
	const struct CMUnitTest tests[] = {
		TEST(bodies_that_are_none),
		TEST(parts_that_say_nothing),
	};
	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
