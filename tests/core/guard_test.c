/* guard: the decision alone, from values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/core/guard.h"

/* A node that goes on where it stopped, with nobody to ask. */
static const struct guard_facts here = { .marked = true, .here = true, .size = 50, .root.b = { 50 } };
static const struct guard_view holds = { .held = 50, .stored = 50, .root.b = { 50 } };

static struct guard_facts facts;
static struct guard_view view;

static int set_up(void **state)
{
	facts = here;
	view = holds;
	return 0;
}

static void expect(enum guard_state due)
{
	enum guard_state found = guard_decide(&facts, &view);
	if (found != due)
		fail_msg("%s, and not %s", guard_name(found), guard_name(due));
}

static void a_node_alone_goes_on(void **state)
{
	expect(GUARD_OPEN);
	facts.size = 40; /* a power cut took the mark's last values */
	expect(GUARD_OPEN);
	facts.size = view.held = view.stored = 0; /* a new node */
	expect(GUARD_OPEN);
}

static void peers_in_reach_are_waited_for(void **state)
{
	view.peers = 3;
	view.unheard = 1;
	expect(GUARD_ASKING);
	view.waited_ms = GUARD_WAIT_MS - 1;
	expect(GUARD_ASKING);
	view.waited_ms = GUARD_WAIT_MS;
	expect(GUARD_OPEN);
	view.waited_ms = 0;
	view.unheard = 0;
	expect(GUARD_OPEN);
	view.unheard = 1;
	view.open = true; /* a peer that was trusted later is not waited for */
	expect(GUARD_OPEN);
}

static void a_copy_is_not_signed(void **state)
{
	facts.here = false;
	expect(GUARD_MOVED);
	facts.word = GUARD_WAS_RESTORED; /* a restored folder that was copied is a copy */
	expect(GUARD_MOVED);
	facts.word = GUARD_WAS_RESUMED;
	expect(GUARD_MOVED);
	view.held = view.stored = facts.size = 0; /* two new nodes with one key are as bad */
	expect(GUARD_MOVED);
	facts = (struct guard_facts){ 0 };
	expect(GUARD_MOVED);
	assert_true(guard_resumable(GUARD_MOVED));
}

static void an_older_database_is_not_signed(void **state)
{
	view.held = view.stored = 49;
	expect(GUARD_OLDER);
	view.waited_ms = UINT64_MAX / 2;
	view.peers = view.asked = 3;
	expect(GUARD_OLDER);
	facts.word = GUARD_WAS_RESUMED; /* no word makes it newer */
	expect(GUARD_OLDER);
	assert_false(guard_resumable(GUARD_OLDER));
}

static void another_history_is_never_signed(void **state)
{
	facts.root.b[0] = 51;
	for (int word = GUARD_ORDINARY; word <= GUARD_WAS_RESUMED; word++) {
		facts.word = (enum guard_word)word;
		expect(GUARD_OTHER);
		view.known = 60;
		expect(GUARD_OTHER);
	}
	assert_false(guard_resumable(GUARD_OTHER));
}

static void what_this_place_signed_is_fetched_back(void **state)
{
	view.held = view.stored = 40;
	view.known = 45;
	expect(GUARD_BEHIND);
	view.known = 50;
	expect(GUARD_BEHIND);
	view.known = 51; /* nobody here signed that */
	expect(GUARD_TWICE);
	facts.word = GUARD_WAS_RESUMED;
	expect(GUARD_BEHIND);
	facts.word = GUARD_WAS_RESTORED;
	expect(GUARD_BEHIND);
	view.known = 0; /* entries whose head is not there yet: the fetching was cut off */
	view.stored = 45;
	expect(GUARD_BEHIND);
}

static void somebody_else_with_our_key_closes_an_open_log(void **state)
{
	view.open = true;
	view.known = 51;
	expect(GUARD_TWICE);
	assert_true(guard_resumable(GUARD_TWICE));
	view.known = 50;
	expect(GUARD_OPEN);
}

static void restored_and_resumed_logs_want_a_majority(void **state)
{
	static const struct {
		size_t peers, need;
	} cases[] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 2 }, { 4, 3 }, { 5, 3 }, { 256, 129 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(guard_majority(cases[i].peers), cases[i].need);
		for (int word = GUARD_WAS_RESTORED; word <= GUARD_WAS_RESUMED; word++) {
			enum guard_state asks = word == GUARD_WAS_RESTORED ? GUARD_RESTORED : GUARD_RESUMED;
			facts.word = (enum guard_word)word;
			view.peers = cases[i].peers;
			view.waited_ms = UINT64_MAX / 2;
			view.unheard = cases[i].peers - cases[i].need;
			view.asked = cases[i].need;
			expect(GUARD_OPEN);
			if (view.unheard > 0) { /* the others have their time too */
				view.waited_ms = GUARD_WAIT_MS - 1;
				expect(asks);
			}
			if (view.asked > 0) {
				view.asked--;
				view.waited_ms = UINT64_MAX / 2;
				expect(asks);
			}
		}
	}
}

static void a_fork_ends_it(void **state)
{
	view.forked = true;
	expect(GUARD_FORKED);
	view.open = true;
	expect(GUARD_FORKED);
	facts.here = false;
	expect(GUARD_FORKED);
	assert_false(guard_resumable(GUARD_FORKED));
}

static void each_state_has_a_word_and_a_text(void **state)
{
	char text[GUARD_TEXT_MAX];
	const struct guard_facts large = { .size = UINT64_MAX };
	const struct guard_view most = { .held = UINT64_MAX, .known = UINT64_MAX, .peers = 256, .asked = 128 };
	char who[CODE_MAX + 1] = { 0 };
	memset(who, 'w', CODE_MAX);
	for (int s = GUARD_OPEN; s < GUARD_STATES; s++) {
		guard_explain((enum guard_state)s, &facts, &view, "iso", text);
		assert_true(strlen(text) > 0 || s == GUARD_OPEN);
		for (int k = 0; k < s; k++)
			assert_string_not_equal(guard_name((enum guard_state)s), guard_name((enum guard_state)k));
		if (guard_resumable((enum guard_state)s)) { /* also with the longest of names and numbers */
			guard_explain((enum guard_state)s, &large, &most, "iso", text);
			assert_non_null(strstr(text, "normlink resume DIR"));
		}
		guard_explain((enum guard_state)s, &large, &most, who, text);
		assert_true(strlen(text) < GUARD_TEXT_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_node_alone_goes_on, set_up),
		cmocka_unit_test_setup(peers_in_reach_are_waited_for, set_up),
		cmocka_unit_test_setup(a_copy_is_not_signed, set_up),
		cmocka_unit_test_setup(an_older_database_is_not_signed, set_up),
		cmocka_unit_test_setup(another_history_is_never_signed, set_up),
		cmocka_unit_test_setup(what_this_place_signed_is_fetched_back, set_up),
		cmocka_unit_test_setup(somebody_else_with_our_key_closes_an_open_log, set_up),
		cmocka_unit_test_setup(restored_and_resumed_logs_want_a_majority, set_up),
		cmocka_unit_test_setup(a_fork_ends_it, set_up),
		cmocka_unit_test_setup(each_state_has_a_word_and_a_text, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
