/* federate: questions that go from node to node: who answered, who did not, how far it goes. */
#include "tests/core/federate_world.h"

/* ---- who answered ---- */

static void duplicates_are_folded(void **state)
{
	star();
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	const struct federated_hit *bobs = hit(a, "ISO 1002:2002"), *own = hit(a, "ISO 1001:2001");
	assert_int_equal(a->hit_count, 3); /* dave's and erin's are nowhere to be had */
	assert_non_null(bobs);
	assert_int_equal(bobs->path_count, 2); /* mirrored here, and from bob */
	assert_true(bobs->here);
	assert_int_equal(own->path_count, 3);
	assert_null(hit(a, "ISO 2002:2002"));
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_ANSWERED);
	assert_int_equal(line(a, "bob")->size, 2);
	assert_int_equal(line(a, "bob")->lied, 0);
	assert_int_equal(a->here_total, 3);
}

static void who_is_away_is_told(void **state)
{
	star();
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "dave")->outcome, FEDERATED_UNREACHABLE);
	assert_true(federated_partial(a));
	const char *some[] = { "bob", "carol" };
	w = wish("q=pumps");
	w.peers = some;
	w.peer_count = 2;
	a = ask(ALICE, &w);
	assert_int_equal(a->line_count, 2);
	assert_false(federated_partial(a));
	some[1] = "mallory";
	w = wish("q=pumps");
	w.peers = some;
	w.peer_count = 2;
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_NOT_FOUND);
	w = wish("q=pumps&nonsense=1");
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_USAGE);
}

static void who_is_late_is_told(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	w.deadline_ms = 400;
	begin(ALICE, &w);
	run();
	assert_int_equal(nodes[ALICE].queried, 0);
	assert_true(core_next_tick(nodes[ALICE].core) <= now_ms + 400);
	wait_ms(300);
	assert_int_equal(nodes[ALICE].queried, 0);
	/* Bob's own time is over a little earlier: he says what he has, which is nothing but his head. */
	wait_ms(99);
	assert_int_equal(nodes[ALICE].queried, 1);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_int_equal(a->hit_count, 3);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_ANSWERED);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_LATE);
	assert_int_equal(line(a, "bob")->hits, 0);
	assert_int_equal(nodes[ALICE].closes, 0);
}

static int drop_responses(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = peek(frame, &arena);
	bool drop = f->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	arena_free(&arena);
	return drop;
}

static void silence_is_late(void **state)
{
	star();
	tamper = drop_responses;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	wait_ms(2000);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_int_equal(nodes[ALICE].queried, 1);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_LATE);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_LATE);
	assert_int_equal(a->hit_count, 3);
	assert_true(federated_partial(a));
	assert_int_equal(nodes[ALICE].closes, 0);
}

static void a_store_that_does_not_answer_is_late(void **state)
{
	star();
	nodes[ALICE].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	assert_int_equal(nodes[ALICE].queried, 0);
	wait_ms(2000);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_true(a->here_late);
	assert_int_equal(a->hit_count, 3); /* from bob and carol */
	assert_false(a->hits[0].here);
}

static void a_broken_link_is_told_at_once(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	cut(ALICE, BOB, ALICE);
	run();
	assert_int_equal(nodes[ALICE].queried, 1);
	assert_int_equal(line(nodes[ALICE].found, "bob")->outcome, FEDERATED_UNREACHABLE);
}

static void too_many_are_refused(void **state)
{
	star();
	nodes[BOB].searches_late = nodes[ALICE].searches_late = true;
	for (size_t i = 0; i < FEDERATED_PER_PEER_MAX; i++) {
		struct federated_wish w = wish("q=pumps");
		begin(ALICE, &w);
	}
	run();
	struct federated_wish w = wish("q=pumps");
	nodes[ALICE].searches_late = false;
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_REFUSED);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_ANSWERED);
	for (size_t i = FEDERATED_PER_PEER_MAX; i < FEDERATED_OWN_MAX; i++) {
		nodes[ALICE].searches_late = true;
		w = wish("q=pumps");
		begin(ALICE, &w);
	}
	run();
	w = wish("q=pumps");
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_BUSY);
}

static int to_failure(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = peek(frame, &arena);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE) {
		Normlink__Frame answer_frame = NORMLINK__FRAME__INIT;
		Normlink__Failure failure = NORMLINK__FAILURE__INIT;
		failure.has_code = answer_frame.has_id = 1;
		failure.code = 1; /* what an older version says to a body that it does not know */
		answer_frame.id = f->id;
		answer_frame.body_case = NORMLINK__FRAME__BODY_FAILURE;
		answer_frame.failure = &failure;
		buf_reset(frame);
		frame_write(&answer_frame, frame);
	}
	arena_free(&arena);
	return 0;
}

static void an_older_version_is_left_alone(void **state)
{
	star();
	tamper = to_failure;
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_REFUSED);
	assert_non_null(strstr(line(a, "bob")->text, "version"));
	assert_int_equal(nodes[ALICE].closes, 0);
	tamper = NULL;
	say_record(BOB, "ISO 1006:2006", "Pumps for oil");
	w = wish("q=oil");
	assert_int_equal(ask(ALICE, &w)->hit_count, 1);
}

static void go_away(void)
{
	struct event gone = { .kind = EV_QUERY_GONE, .u.gone.op = 7 };
	step(ALICE, &gone);
	run();
}

static void whoever_goes_is_not_answered(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	go_away();
	assert_int_equal(nodes[BOB].searches_gone, 1);
	wait_ms(3000);
	assert_int_equal(nodes[ALICE].queried, 0);
	assert_int_equal(nodes[BOB].searches_gone, 1);
	assert_int_equal(nodes[ALICE].closes + nodes[BOB].closes, 0);
}

/* carol is asked by bob, who is asked by alice. */
static void who_was_asked_is_told(void **state)
{
	chain();
	nodes[CAROL].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	w.hops = 2;
	begin(ALICE, &w);
	run();
	assert_int_equal(searches[BOB], 1);
	go_away();
	assert_int_equal(nodes[BOB].searches_gone, 0); /* it had answered */
	assert_int_equal(nodes[CAROL].searches_gone, 1);
	assert_int_equal(nodes[BOB].closes + nodes[CAROL].closes, 0);
}

static void who_goes_leaves_room(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w;
	for (size_t i = 0; i < FEDERATED_PER_PEER_MAX; i++) {
		w = wish("q=pumps");
		begin(ALICE, &w);
	}
	run();
	for (size_t i = 0; i < FEDERATED_PER_PEER_MAX; i++)
		go_away();
	nodes[BOB].searches_late = false;
	w = wish("q=pumps");
	assert_int_equal(line(ask(ALICE, &w), "bob")->outcome, FEDERATED_ANSWERED);
}

/* Only whoever asked can say so. */
static void others_do_not_end_it(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryGone body = NORMLINK__QUERY_GONE__INIT;
	struct buf frame = { 0 };
	f.has_id = body.has_request = 1;
	f.id = 99;
	f.body_case = NORMLINK__FRAME__BODY_QUERY_GONE;
	f.query_gone = &body;
	for (body.request = 0; body.request < 20; body.request++) {
		buf_reset(&frame);
		frame_write(&f, &frame);
		struct work *work = push(ALICE, WORK_FRAME);
		work->link = nodes[ALICE].links[BOB];
		buf_add_bytes(&work->frame, buf_bytes(&frame));
	}
	run();
	buf_free(&frame);
	assert_int_equal(nodes[ALICE].searches_gone, 0);
	assert_int_equal(nodes[ALICE].closes, 0);
	wait_ms(2000);
	assert_int_equal(nodes[ALICE].queried, 1);
}

/* ---- how far it goes ---- */

static uint32_t budgets[NODES_MAX];

static int note_budget(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = peek(frame, &arena);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_REQUEST)
		budgets[to] = f->query_request->budget_ms;
	arena_free(&arena);
	return 0;
}

static void it_goes_as_far_as_it_may(void **state)
{
	chain();
	memset(budgets, 0, sizeof budgets);
	tamper = note_budget;
	for (unsigned hops = 1; hops <= FEDERATED_HOPS_MAX; hops++) {
		struct federated_wish w = wish("q=pumps");
		w.hops = hops;
		memset(searches, 0, sizeof searches);
		const struct federated_answer *a = ask(ALICE, &w);
		assert_int_equal(searches[CAROL], hops >= 2);
		assert_int_equal(searches[DAVE], hops >= 3);
		assert_int_equal(searches[ERIN], 0);
		/* carol's log is mirrored at bob's already, dave's at carol's, erin's at dave's */
		assert_int_equal(hit(a, "ISO 1003:2003") != NULL, 1);
		assert_int_equal(hit(a, "ISO 1004:2004") != NULL, hops >= 2);
		assert_int_equal(hit(a, "ISO 1005:2005") != NULL, hops >= 3);
		assert_false(federated_partial(a));
	}
	const struct federated_answer *a = nodes[ALICE].found;
	assert_string_equal(hit(a, "ISO 1005:2005")->paths[0].via, "bob/carol/dave");
	assert_string_equal(line(a, "dave")->via, "bob/carol");
	assert_true(budgets[BOB] < 2000 && budgets[CAROL] < budgets[BOB] && budgets[DAVE] < budgets[CAROL]);
}

/* bob, carol and dave all know one another: each is asked once, and by alice those that she reaches. */
static void it_does_not_go_round(void **state)
{
	know(ALICE, BOB);
	know(BOB, CAROL);
	know(CAROL, DAVE);
	know(DAVE, BOB);
	for (size_t i = 2; i < 4; i++)
		assert_int_equal(core_add_log(nodes[ALICE].core, &nodes[i].card.log, NULL), OK);
	wait_to_sign();
	connect_nodes(ALICE, BOB);
	connect_nodes(BOB, CAROL);
	connect_nodes(CAROL, DAVE);
	connect_nodes(DAVE, BOB);
	everybody_speaks();
	struct federated_wish w = wish("q=pumps");
	w.hops = 3;
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(a->hit_count, 4);
	assert_int_equal(searches[ALICE], 1);
	assert_int_equal(searches[BOB], 1);
	assert_int_equal(searches[CAROL], 1);
	assert_int_equal(searches[DAVE], 1);
	assert_false(federated_partial(a));
	/* The same number once more is known, by whatever way it comes. */
	begin(ALICE, &w);
	run();
	assert_int_equal(searches[BOB], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(duplicates_are_folded),
		IN_WORLD(who_is_away_is_told),
		IN_WORLD(who_is_late_is_told),
		IN_WORLD(silence_is_late),
		IN_WORLD(a_store_that_does_not_answer_is_late),
		IN_WORLD(a_broken_link_is_told_at_once),
		IN_WORLD(too_many_are_refused),
		IN_WORLD(an_older_version_is_left_alone),
		IN_WORLD(whoever_goes_is_not_answered),
		IN_WORLD(who_was_asked_is_told),
		IN_WORLD(who_goes_leaves_room),
		IN_WORLD(others_do_not_end_it),
		IN_WORLD(it_goes_as_far_as_it_may),
		IN_WORLD(it_does_not_go_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
