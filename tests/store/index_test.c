/* index: the map of what is current is the entries'; index roots are found to hold or not. */
#include <signal.h>
#include <sys/resource.h>

#include "tests/store/index_log.h"

static void nothing_is_said_before_there_is_anything(void **state)
{
	struct index_next next;
	assert_int_equal(store_index_next(store, maker.origin, &next, NULL), ERR_NOT_FOUND);
	add("ISO 1:2001");
	assert_false(state_now(store).any);
	struct index_state unused;
	static struct map_proof proof;
	struct view v = store_view(store);
	assert_int_equal(v.current(v.ctx, maker.origin, 1, "ISO 1:2001", &unused, &proof, NULL), ERR_NOT_FOUND);
	assert_true(is_due());
}

static void a_root_is_found_to_hold(void **state)
{
	add("ISO 1:2001");
	add("ISO 2:2001");
	add("ISO 1:2001");
	add_root(expected(3));
	found_to(store, 3, INDEX_HOLDS);
	assert_false(is_due()); /* its own statement is nothing new */
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 2);
	assert_int_equal(current_of(store, 1, "ISO 2:2001"), 1);
	assert_int_equal(current_of(store, 2, "ISO 2:2001"), -1);
	assert_int_equal(current_of(store, 1, "ISO 3:2001"), -1);
	add("ISO 3:2001");
	add("ISO 1:2001");
	assert_true(is_due());
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 2); /* as of the root */
	add_root(expected(6));
	found_to(store, 6, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 5);
	assert_int_equal(current_of(store, 1, "ISO 3:2001"), 4);
	sound(store, 2, 0);
	found_to(store, 6, INDEX_HOLDS);
}

static void an_empty_map_has_a_root(void **state)
{
	add_root(expected(0));
	found_to(store, 0, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), -1);
	sound(store, 1, 0);
}

static void a_false_root_is_found_and_kept(void **state)
{
	struct index_sum wrong = { .keys = 1 };
	add("ISO 1:2001");
	add_root(expected(0));
	found_to(store, 1, INDEX_DIFFERS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), -2);
	assert_true(is_due());
	add_root(wrong);
	wrong = expected(3);
	wrong.keys++;
	add_root(wrong);
	found_to(store, 3, INDEX_DIFFERS);
	struct index_state now = state_now(store);
	assert_int_equal(now.differing, 3);
	assert_int_equal(now.newest_differing, 3);
	assert_int_equal(now.said.keys, 2);
	assert_int_equal(now.found.keys, 1);
	/* The next one is looked at by itself. */
	add_root(expected(4));
	found_to(store, 4, INDEX_HOLDS);
	assert_int_equal(state_now(store).differing, 3);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 0);
	sound(store, 4, 3);
	assert_int_equal(state_now(store).differing, 3);
}

/* Each is told once, and listed from then on. */
static void what_differs_is_told_and_listed(void **state)
{
	struct index_false_list list;
	struct index_false f;
	struct view v = store_view(store);
	char origin[NAME_MAX_BYTES + 1];
	add("ISO 1:2001");
	assert_false(store_found_false(store, 0, origin, &f));
	add_root(expected(0));
	assert_true(store_found_false(store, 0, origin, &f));
	assert_string_equal(origin, maker.origin);
	assert_int_equal(f.index, 1);
	assert_int_equal(f.said.keys, 0);
	assert_int_equal(f.found.keys, 1);
	struct hash root = expected(1).root;
	assert_true(hash_equal(&f.found.root, &root));
	assert_false(store_found_false(store, 1, origin, &f));
	add_root(expected(2)); /* a true one */
	assert_false(store_found_false(store, 0, origin, &f));
	add_root(expected(0));
	assert_int_equal(v.false_roots(v.ctx, maker.origin, UINT64_MAX, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.v[0].index, 3);
	assert_int_equal(list.v[1].index, 1);
	assert_int_equal(v.false_roots(v.ctx, maker.origin, 2, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.v[0].index, 1);
	assert_int_equal(v.false_roots(v.ctx, maker.origin, 0, &list, NULL), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(v.false_roots(v.ctx, "nobody.example/log", 0, &list, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(v.false_roots(v.ctx, maker.origin, UINT64_MAX, &list, NULL), OK);
	assert_int_equal(list.count, 2);
}

static void a_liar_fills_no_answer(void **state)
{
	struct index_false_list list;
	struct buf payloads[FORKS_SHOWN_MAX + 9] = { { 0 } };
	struct index_false f;
	struct view v = store_view(store);
	char origin[NAME_MAX_BYTES + 1];
	size_t told = 0, count = sizeof payloads / sizeof *payloads;
	for (size_t i = 0; i < count; i++)
		root_payload(1, i, (struct index_sum){ .keys = 5 }, &payloads[i]);
	apply_one(store, maker_entries(&maker, payloads, count, PAYLOAD_PRESENT));
	while (store_found_false(store, told, origin, &f))
		told++;
	assert_int_equal(told, FORKS_SHOWN_MAX);
	assert_int_equal(v.false_roots(v.ctx, maker.origin, UINT64_MAX, &list, NULL), OK);
	assert_int_equal(list.count, FORKS_SHOWN_MAX);
	assert_int_equal(list.v[0].index, count - 1);
	for (size_t i = 0; i < count; i++)
		buf_free(&payloads[i]);
}

static void what_is_not_public_does_not_count(void **state)
{
	add("ISO 1:2001");
	maker.collection = "members";
	add("ISO 1:2001");
	add("ISO 2:2001");
	maker.collection = NULL;
	said[1].kind = said[2].kind = 0;
	add_root(expected(3));
	found_to(store, 3, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 0);
	assert_int_equal(current_of(store, 1, "ISO 2:2001"), -1);
	/* Nor does a root that is not. */
	maker.collection = "members";
	add_root(expected(4));
	maker.collection = NULL;
	found_to(store, 3, INDEX_HOLDS);
	sound(store, 1, 0);
}

static void statements_that_say_nothing(void **state)
{
	struct buf payload = { 0 };
	add("ISO 1:2001");
	root_payload(1, 0, expected(0), &payload); /* another index than its own */
	put(&payload);
	root_payload(2, 2, expected(2), &payload); /* other rules */
	put(&payload);
	assert_false(state_now(store).any);
	add_root(expected(3));
	found_to(store, 3, INDEX_HOLDS);
	sound(store, 1, 0);
}

/* ---- redaction ---- */

static void what_is_redacted_is_not_current(void **state)
{
	add("ISO 1:2001");
	add("ISO 1:2001");
	add("ISO 2:2001");
	add_root(expected(3));
	redact(1); /* 4: the one before it stands */
	redact(2); /* 5: nothing is said any more */
	found_to(store, 3, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), -2); /* nothing is proved by what is gone */
	assert_true(is_due());
	add_root(expected(6));
	found_to(store, 6, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), 0);
	assert_int_equal(current_of(store, 1, "ISO 2:2001"), -1);
	assert_int_equal(current_of(store, NORMLINK__KIND__KIND_REDACTION, "2"), 5);
	sound(store, 2, 0); /* that the first one was found to hold stays */
	redact(0);
	add_root(expected(8));
	found_to(store, 8, INDEX_HOLDS);
	assert_int_equal(current_of(store, 1, "ISO 1:2001"), -1);
	sound(store, 3, 0);
}

/* A redaction and the root after it, in one write. */
static void a_redaction_counts_at_the_root_after_it(void **state)
{
	struct buf payloads[4] = { { 0 } };
	struct envelope envelope = { 0 };
	struct buf raw = { 0 };
	standard_of("ISO 1:2001", 0, &payloads[0]);
	standard_of("ISO 2:2001", 1, &payloads[1]);
	envelope_write(maker.hasher, buf_bytes(&payloads[1]), 1, NULL, &raw);
	assert_int_equal(envelope_parse(buf_bytes(&raw), &envelope, NULL), OK);
	redaction_of(1, envelope.payload_digest, &payloads[2]);
	note_said(0, 1, "ISO 1:2001");
	note_said(2, NORMLINK__KIND__KIND_REDACTION, "1");
	root_payload(1, 3, expected(3), &payloads[3]);
	apply_one(store, maker_entries(&maker, payloads, 4, PAYLOAD_PRESENT));
	found_to(store, 3, INDEX_HOLDS);
	sound(store, 1, 0);
	for (int i = 0; i < 4; i++)
		buf_free(&payloads[i]);
	buf_free(&raw);
}

/* A transaction that is not kept leaves the map as it was. */
static void a_write_that_fails_changes_nothing(void **state)
{
	struct hash before, after;
	add("ISO 1:2001");
	add_root(expected(1));
	assert_int_equal(store_view_digest(store, &before, NULL), OK);
	struct buf payloads[2] = { { 0 } };
	standard_of("ISO 2:2001", 2, &payloads[0]);
	note_said(2, 1, "ISO 2:2001");
	root_payload(1, 3, expected(3), &payloads[1]);
	struct store_write *good = maker_entries(&maker, payloads, 2, PAYLOAD_PRESENT);
	struct rlimit limit, tight;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	tight = limit;
	tight.rlim_cur = 4096; /* no file may grow: the disk is full */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int code = OK, rc = store_apply(store, &good, 1, &code, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_not_equal(rc, OK);
	assert_int_equal(store_view_digest(store, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
	found_to(store, 1, INDEX_HOLDS);
	apply_one(store, good);
	found_to(store, 3, INDEX_HOLDS);
	for (int i = 0; i < 2; i++)
		buf_free(&payloads[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_said_before_there_is_anything, up, log_down),
		cmocka_unit_test_setup_teardown(a_root_is_found_to_hold, up, log_down),
		cmocka_unit_test_setup_teardown(an_empty_map_has_a_root, up, log_down),
		cmocka_unit_test_setup_teardown(a_false_root_is_found_and_kept, up, log_down),
		cmocka_unit_test_setup_teardown(what_differs_is_told_and_listed, up, log_down),
		cmocka_unit_test_setup_teardown(a_liar_fills_no_answer, up, log_down),
		cmocka_unit_test_setup_teardown(what_is_not_public_does_not_count, up, log_down),
		cmocka_unit_test_setup_teardown(statements_that_say_nothing, up, log_down),
		cmocka_unit_test_setup_teardown(what_is_redacted_is_not_current, up, log_down),
		cmocka_unit_test_setup_teardown(a_redaction_counts_at_the_root_after_it, up, log_down),
		cmocka_unit_test_setup_teardown(a_write_that_fails_changes_nothing, up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
