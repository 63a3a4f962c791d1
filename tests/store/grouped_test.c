/* grouped: what a reader finds in the lists that it keeps is what the full-text index finds, whatever is asked and
 * whatever becomes of the logs meanwhile. */
#include "node/base/limits.h"
#include "tests/store/changing.h"
#include "tests/store/same.h"

enum { ROUNDS = 16, ASKED = 200, CURSORS = 12 };

static int up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	changing_up();
	readers_open();
	return 0;
}

static int down(void **state)
{
	readers_close();
	changing_down();
	store_close(store);
	store = NULL;
	scratch_remove(&scratch);
	return 0;
}

/* ---- selections ---- */

static struct condition *clause(struct arena *a, enum record_field field, enum compare relation, const char *text)
{
	struct condition *c = arena_get(a, sizeof *c);
	*c = (struct condition){ .field = field, .relation = relation, .text = text };
	return c;
}

static struct condition *join(struct arena *a, int op, const struct condition *left, const struct condition *right)
{
	struct condition *c = arena_get(a, sizeof *c);
	*c = (struct condition){ .op = op, .left = left, .right = right };
	return c;
}

static const char *a_word(void)
{
	static const char *const others[] = { "the", "end", "iso", "nf", "2001", "12", "nowhere", "screw-threads" };
	unsigned which = chance(8);
	return which < 2 ? others[chance(8)] : which < 4 ? runs[chance(RUNS)] : words[chance(1 + chance(WORDS))];
}

static struct condition *about_words(struct arena *a)
{
	static const enum record_field fields[] = { FIELD_ANY, FIELD_TITLE, FIELD_ABSTRACT, FIELD_REFERENCE };
	static const enum compare relations[] = { COMPARE_ALL, COMPARE_ANY, COMPARE_PHRASE };
	struct buf text = { 0 };
	unsigned count = 1 + chance(3);
	if (chance(20) == 0)
		return clause(a, FIELD_REFERENCE, COMPARE_IS, arena_printf(a, "ISO %u", 1 + chance(200)));
	for (unsigned i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", a_word());
	struct condition *c = clause(a, fields[chance(2) * chance(4)], relations[chance(3)], arena_str(a, buf_str(&text)));
	c->open = chance(12) == 0;
	buf_free(&text);
	return c;
}

static struct condition *about_rows(struct arena *a)
{
	static const char *const statuses[] = { "current", "withdrawn", "superseded" };
	static const char *const kinds[] = { "standard", "notice", "project", "redaction" };
	static const char *const days[] = { "2019", "2020-06", "2021", "1999" };
	static const char *const no_codes[] = { "3", "03.12", "03.120.1", "03.", "1x", "003", "21.04", "77" };
	switch (chance(7)) {
	case 6:
		return clause(a, FIELD_DATE, chance(2) == 0 ? COMPARE_FROM : COMPARE_BELOW, days[chance(4)]);
	case 0:
		return clause(a, FIELD_STATUS, COMPARE_IS, statuses[chance(3)]);
	case 1:
		return clause(a, FIELD_KIND, COMPARE_IS, kinds[chance(4)]);
	case 2:
		return clause(a, FIELD_ORIGIN, COMPARE_IS, chance(4) != 0 ? logs[chance(LOGS)].maker.origin : "no.example");
	case 3:
		return clause(a, FIELD_ICS, COMPARE_BELOW, no_codes[chance(8)]);
	default:
		return clause(a, FIELD_ICS, chance(3) != 0 ? COMPARE_BELOW : COMPARE_IS, codes[chance(CODES)]);
	}
}

static struct condition *any_tree(struct arena *a, unsigned depth)
{
	static const int ops[] = { CONDITION_AND, CONDITION_AND, CONDITION_OR, CONDITION_NOT };
	if (depth == 0 || chance(5) == 0)
		return chance(4) == 0 ? about_rows(a) : about_words(a);
	const struct condition *left = any_tree(a, depth - 1);
	return join(a, ops[chance(4)], left, any_tree(a, depth - 1));
}

static void any_selection(struct arena *a, struct selection *q)
{
	static const enum record_field keys[] = { FIELD_REFERENCE, FIELD_DATE, FIELD_KIND, FIELD_STATUS, FIELD_RELEVANCE };
	*q = (struct selection){ .where = any_tree(a, chance(4)), .limit = 1 + chance(chance(8) == 0 ? 200 : 20) };
	q->public_only = chance(2) == 0;
	q->offset = chance(8) == 0 ? chance(400) : 0;
	q->sort_count = chance(3) == 0 ? 1 + chance(2) : 0;
	for (size_t i = 0; i < q->sort_count; i++)
		q->sorts[i] = (struct sort_key){ .field = keys[chance(5)], .descending = chance(2) == 0 };
	q->wish_count = chance(4) == 0 ? COUNTED : 0;
	q->across = q->sort_count == 0 && chance(4) == 0;
}

/* ---- a life ---- */

/* Where a list was left. */
struct left {
	struct arena arena;
	struct selection selection;
};

static struct left left[CURSORS];

/* Go on, in what may be a list of another time; from now on from there. */
static void go_on(struct left *l)
{
	struct said said;
	if (l->selection.cursor == NULL)
		return;
	same_everywhere(&l->selection, &l->arena, &said);
	l->selection.cursor = said.rc == OK ? said.list.next : NULL;
}

/* What is asked of all; gives whether something was found. */
static bool ask_any(void)
{
	struct left now = { .selection = { 0 } }, *place = &left[chance(CURSORS)];
	struct said said;
	any_selection(&now.arena, &now.selection);
	same_everywhere(&now.selection, &now.arena, &said);
	bool found = said.rc == OK && said.list.total > 0;
	if (said.rc != OK || said.list.next == NULL || chance(4) != 0) {
		arena_free(&now.arena);
		return found;
	}
	now.selection.cursor = said.list.next;
	now.selection.offset = 0;
	if (chance(2) == 0)
		go_on(&now);
	arena_free(&place->arena);
	*place = now;
	return found;
}

static void change(unsigned round)
{
	struct changing *l = &logs[round < 2 ? 0 : round < 5 ? chance(2) : chance(LOGS)];
	/* From a size on, lists are read in parts. */
	log_grow(l, round < 2 ? 700 : 20 + chance(100), round < 2 ? 900 : 300);
	for (unsigned i = 0; i < 3; i++) {
		l = &logs[chance(LOGS)];
		if (chance(2) == 0)
			log_receive(l);
		if (round % 2 == 1 && tree_size(l->maker.tree) > 0)
			log_redact(l, chance((unsigned)tree_size(l->maker.tree)));
	}
	/* What is redacted since goes from lists that are made again, not from those that are remembered. */
	for (size_t i = 0; i < CURSORS && round % 2 == 1; i++)
		left[i].selection.cursor = NULL;
	if (round % 5 == 4) {
		store_close(store);
		store = scratch_open(&scratch, STORE_WRITE);
		assert_int_equal(store_purge(store, NULL), OK);
	}
	if (round % 4 == 3) {
		store_close(readers[1]);
		readers[1] = scratch_open(&scratch, STORE_READ);
	}
	if (round == 8)
		assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
}

static void the_same_is_found(void **state)
{
	size_t found = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		change(round);
		for (size_t i = 0; i < CURSORS; i++)
			go_on(&left[i]);
		for (size_t i = 0; i < ASKED; i++)
			found += ask_any();
	}
	print_message("%d selections, %zu of them found something\n", ROUNDS * ASKED, found);
	assert_true(found > ROUNDS * ASKED / 2);
	for (size_t i = 0; i < CURSORS; i++)
		arena_free(&left[i].arena);
}

/* ---- one thing at a time ---- */

/* A clause on words, asked of all; gives how many it finds. */
static uint64_t found_by(enum record_field field, enum compare relation, const char *text)
{
	struct arena arena = { 0 };
	struct said said;
	const struct selection q = { .where = clause(&arena, field, relation, text), .wish_count = COUNTED, .limit = 200 };
	same_everywhere(&q, &arena, &said);
	if (said.rc != OK)
		fail_msg("%s", said.err.text);
	arena_free(&arena);
	return said.list.total;
}

static void say_titled(struct changing *l, unsigned n, const char *title, bool late)
{
	struct buf json = { 0 };
	buf_printf(&json,
	           "{\"kind\":\"standard\",\"subject\":\"ISO %u\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	           "\"%s\"}],\"standard\":{}}",
	           n, title);
	log_say(l, buf_str(&json), late);
	buf_free(&json);
}

/* As often as a posting can count, and once more. */
static void too_often_to_be_counted(void **state)
{
	struct buf title = { 0 };
	for (unsigned i = 0; i < 1023; i++)
		buf_add_str(&title, "brimful ");
	say_titled(&logs[0], 1, buf_str(&title), false);
	for (unsigned i = 0; i < 1024; i++)
		buf_add_str(&title, "surplus ");
	say_titled(&logs[0], 2, buf_str(&title), false);
	say_titled(&logs[0], 3, "brimful surplus", false);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, i % 2 == 0 ? "brimful" : "Brimful"), 3);
		assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, i % 2 == 0 ? "surplus" : "Surplus"), 2);
		assert_int_equal(found_by(FIELD_ABSTRACT, COMPARE_ANY, "surplus brimful"), 0);
		assert_int_equal(found_by(FIELD_ANY, COMPARE_ALL, "surplus brimful"), 2);
		say_titled(&logs[0], 4 + i, "others", false);
	}
	buf_free(&title);
}

/* A title of the words w0 to w<count - 1>. */
static void number_words(struct buf *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		buf_printf(out, "%sw%u", i > 0 ? " " : "", i);
}

static void say_numbered(struct buf *json, unsigned count)
{
	static unsigned subject;
	buf_printf(
	    json,
	    "{\"kind\":\"standard\",\"subject\":\"ISO %u\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"",
	    ++subject);
	number_words(json, count);
	buf_add_str(json, "\"}],\"standard\":{}}");
}

/* So many terms in so many docs of two logs that one question does not read them all; and one term more than groups can
 * have, in two clauses, for one may not have them. */
static void lists_are_read_in_parts(void **state)
{
	struct buf text = { 0 };
	struct arena arena = { 0 };
	struct said said;
	log_many(&logs[0], 900, say_numbered, QUERY_TERMS_MAX);
	log_many(&logs[1], 500, say_numbered, QUERY_TERMS_MAX);
	log_many(&logs[1], 100, say_numbered, QUERY_TERMS_MAX / 2);
	number_words(&text, QUERY_TERMS_MAX);
	struct condition *most = clause(&arena, FIELD_TITLE, COMPARE_ALL, arena_str(&arena, buf_str(&text)));
	struct condition *more = clause(&arena, FIELD_TITLE, COMPARE_ANY, "w0 nowhere");
	for (unsigned i = 0, all = 1400; i < 4; i++) {
		struct selection q = { .where = most, .limit = 1 + i };
		most->relation = i % 2 == 0 ? COMPARE_ALL : COMPARE_ANY;
		same_everywhere(&q, &arena, &said);
		assert_int_equal(said.list.total, i % 2 == 0 ? all : all + 100);
		q.where = join(&arena, CONDITION_AND, most, more);
		same_everywhere(&q, &arena, &said);
		assert_int_equal(said.rc, OK);
		if (i % 2 == 1)
			log_many(&logs[0], 1, say_numbered, QUERY_TERMS_MAX);
		all += i % 2;
	}
	arena_free(&arena);
	buf_free(&text);
}

/* Lists that nobody remembers any more are made again as they were, without what was redacted. */
static void lists_of_before(void **state)
{
	struct left list = { .selection = { .limit = 40 } };
	struct said said;
	log_grow(&logs[0], 400, 2000);
	log_grow(&logs[1], 200, 2000);
	list.selection.where = clause(&list.arena, FIELD_ANY, COMPARE_ALL, "the end");
	same_everywhere(&list.selection, &list.arena, &said);
	list.selection.cursor = said.list.next;
	for (unsigned i = 0; i < 30; i++) {
		log_redact(&logs[0], chance(400));
		log_receive(&logs[i % 2]);
	}
	log_grow(&logs[0], 100, 2000);
	for (unsigned i = 0; i <= RESULTS_KEPT_MAX; i++)
		assert_true(found_by(i % 2 == 0 ? FIELD_ANY : FIELD_TITLE, COMPARE_ANY,
		                     arena_printf(&list.arena, "the end of x%u", i)) > 400);
	unsigned pages = 0;
	for (; list.selection.cursor != NULL; pages++)
		go_on(&list);
	assert_true(pages > 8);
	arena_free(&list.arena);
}

/* As many things happened to the log after it was built anew as had happened before. */
static void a_view_built_anew(void **state)
{
	say_titled(&logs[0], 1, "zylindrisch", true);
	say_titled(&logs[0], 2, "zylindrisch", true);
	say_titled(&logs[0], 3, "zylindrisch", false);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch"), 1);
	log_receive(&logs[0]);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch"), 2);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	log_receive(&logs[0]);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch"), 3);
	log_redact(&logs[0], 2);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch"), 2);
}

/* The log that is known first comes last. */
static void a_log_that_comes_last(void **state)
{
	struct store_write *target = write_new(logs[2].maker.origin, WRITE_TARGET);
	struct buf payload = { 0 };
	payload_of_json("{\"kind\":\"standard\",\"subject\":\"ISO 9\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	                "\"value\":\"konisch zylindrisch\"}],\"standard\":{}}",
	                1, &payload);
	struct store_write *entries = maker_entries(&logs[2].maker, &payload, 1, PAYLOAD_PRESENT);
	maker_sign(&logs[2].maker, target);
	apply_one(store, target);
	say_titled(&logs[0], 1, "konisch zylindrisch", false);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch"), 1);
	apply_one(store, entries);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ALL, "zylindrisch konisch"), 2);
	assert_int_equal(found_by(FIELD_TITLE, COMPARE_ANY, "konisch zylindrisch"), 2);
	buf_free(&payload);
}

/* ---- what it costs ---- */

/* OK, or ERR_LIMIT. */
static int ask_within(struct store *s, const char *text, bool open, uint64_t work)
{
	struct arena arena = { 0 };
	struct view v = store_view(s);
	struct found_list list;
	struct condition *c = clause(&arena, FIELD_TITLE, COMPARE_ALL, text);
	const struct selection q = { .where = c, .limit = 10 };
	c->open = open;
	store_budget(s, work, NULL, NULL);
	int rc = v.select(v.ctx, &q, &arena, &list, NULL);
	if (rc != OK && rc != ERR_LIMIT)
		fail_msg("%s", err_name(rc));
	store_budget(s, 0, NULL, NULL);
	arena_free(&arena);
	return rc;
}

/* An answer that is ended anywhere leaves lists that are right when the next one goes on with them. */
static void ended_anywhere(void **state)
{
	unsigned ended = 0;
	log_grow(&logs[0], 900, 2000);
	log_grow(&logs[1], 500, 2000);
	for (uint64_t work = 1; work < 40000; work += work / 5 + 1) {
		store_close(readers[0]);
		readers[0] = scratch_open(&scratch, STORE_READ);
		ended += ask_within(readers[0], "the screw", false, work) == ERR_LIMIT;
		if (ended % 4 == 1)
			log_receive(&logs[0]);
		if (ended % 4 == 2)
			log_redact(&logs[0], chance(900));
		ended += ask_within(readers[0], "the screw", false, work) == ERR_LIMIT;
		(void)found_by(FIELD_TITLE, COMPARE_ALL, "the screw");
		(void)found_by(FIELD_ABSTRACT, COMPARE_ALL, "screw the");
	}
	print_message("%u were ended\n", ended);
	assert_true(ended > 20);
}

/* The least work, to a tenth, that is enough.  The lists that a handle remembers do not tell: each asks in other
 * letters.  open: for words of which the last is a beginning, which no kept list can answer. */
static uint64_t least(struct store *s, bool open)
{
	uint64_t work = 100;
	unsigned letters = 0;
	for (int rc = ERR_LIMIT; rc != OK; work += work / 10) {
		char text[] = "the threads end";
		for (size_t i = 0; i < sizeof text - 1; i++)
			if (text[i] != ' ' && (letters >> i & 1) != 0)
				text[i] = (char)(text[i] - 'a' + 'A');
		letters++;
		rc = ask_within(s, text, open, work);
	}
	return work;
}

/* Else everything here would hold of readers that keep nothing. */
static void kept_lists_cost_less(void **state)
{
	log_grow(&logs[0], 900, 2000);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(ask_within(readers[0], i == 0 ? "the threads end" : "end threads the", i == 2, 0), OK);
	uint64_t kept = least(readers[0], false), index = least(readers[0], true);
	print_message("%llu of kept lists, %llu of the index\n", (unsigned long long)kept, (unsigned long long)index);
	assert_true(kept < index);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_is_found), TEST(too_often_to_be_counted), TEST(lists_are_read_in_parts),
		TEST(lists_of_before),   TEST(a_view_built_anew),       TEST(a_log_that_comes_last),
		TEST(ended_anywhere),    TEST(kept_lists_cost_less),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
