/* The pure parts of the command line: names, numbers, options, what is asked of a node and what it answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/policy.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/feed.h"
#include "node/cli/roster.h"
#include "node/cli/tally.h"

static void a_slip_of_the_finger(void **state)
{
	(void)state;
	static const struct {
		const char *word, *name;
	} cases[] = {
		{ "serch", "search" },   { "sreve", "serve" },
		{ "improt", "import" },  { "verfy", "verify" },
		{ "fcsk", "fsck" },      { "stat", "status" },
		{ "reindx", "reindex" }, { "shwo", "show" },
		{ "frobnicate", NULL },  { "", NULL },
		{ "restor", "restore" }, { "bakcup", "backup" },
		{ "x", NULL },           { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *near = command_nearest(cases[i].word);
		if (cases[i].name == NULL)
			assert_null(near);
		else
			assert_string_equal(near != NULL ? near : "", cases[i].name);
	}
}

static void numbers(void **state)
{
	(void)state;
	uint64_t n = 77;
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1", "1.0", "99999999999999999999", "101", "a" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(args_number(bad[i], 100, &n));
	assert_int_equal(n, 77);
	assert_true(args_number("100", 100, &n));
	assert_int_equal(n, 100);
	assert_true(args_number("007", 100, &n));
	assert_int_equal(n, 7);
}

/* A command line, its words between blanks. */
static bool read_line(const char *line, const struct args_option *options, struct args *args)
{
	static char text[200], *words[16];
	char *rest = text, *word;
	(void)snprintf(text, sizeof text, "%s", line);
	*args = (struct args){ "x", 0, words, options };
	while ((word = strsep(&rest, " ")) != NULL)
		words[args->argc++] = word;
	words[args->argc] = NULL;
	optind = 0;
	return args_read(args);
}

static void options_go_where_they_are_declared(void **state)
{
	(void)state;
	const char *one = NULL, *many[2];
	size_t count = 0;
	bool flag = false, other = false;
	const struct args_option options[] = {
		{ "one", .value = &one },
		{ "many", .value = many, .count = &count, .max = 2 },
		{ "flag", .given = &flag },
		{ "other", .given = &other },
		{ 0 },
	};
	struct args args;
	assert_true(read_line("x --one=a first --flag --many b --one c second --many=d", options, &args));
	assert_string_equal(one, "c");
	assert_int_equal(count, 2);
	assert_string_equal(many[0], "b");
	assert_string_equal(many[1], "d");
	assert_true(flag && !other);
	assert_true(args_positional(&args, 2, 2));
	assert_string_equal(args.argv[optind], "first");
	assert_string_equal(args.argv[optind + 1], "second");
	/* A list that is full, what there is not, what lacks its value, what takes none. */
	static const char *const bad[] = { "x --many e", "x --none", "x --one", "x --flag=1", "x -z" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(read_line(bad[i], options, &args));
	assert_true(read_line("x word", NULL, &args));
	assert_false(args_positional(&args, 2, 3));
	assert_false(args_positional(&args, 0, 0));
}

/* The whole command line, with its words on standard error out of the way. */
static int run(int count, ...)
{
	char *argv[8] = { NULL };
	va_list args;
	va_start(args, count);
	for (int i = 0; i < count; i++)
		argv[i] = (char *)(uintptr_t)va_arg(args, const char *);
	va_end(args);
	return command_main(count, argv);
}

static void exit_codes_of_wrong_usage(void **state)
{
	(void)state;
	assert_int_equal(run(1, "normlink"), 2);
	assert_int_equal(run(2, "normlink", "frobnicate"), 2);
	assert_int_equal(run(2, "normlink", "peer"), 2);
	assert_int_equal(run(3, "normlink", "peer", "remove"), 2);
	assert_int_equal(run(2, "normlink", "search"), 2);
	assert_int_equal(run(3, "normlink", "search", "dir"), 2);
	assert_int_equal(run(4, "normlink", "show", "dir", "--nonsense"), 2);
	assert_int_equal(run(3, "normlink", "init", "dir"), 2);
	assert_int_equal(run(5, "normlink", "init", "dir", "--name", "a"), 2);
	assert_int_equal(run(4, "normlink", "init", "dir", "--name"), 2);
	assert_int_equal(run(3, "normlink", "verify", "proof"), 2);
	assert_int_equal(run(5, "normlink", "serve", "dir", "--log", "loud"), 2);
	assert_int_equal(run(4, "normlink", "card", "a", "b"), 2);
	assert_int_equal(run(3, "normlink", "help", "frobnicate"), 2);
	assert_int_equal(run(3, "normlink", "backup", "dir"), 2);
	assert_int_equal(run(5, "normlink", "restore", "a", "b", "c"), 2);
	assert_int_equal(run(4, "normlink", "resume", "dir", "--force"), 2);
	assert_int_equal(run(4, "normlink", "backup", "/nonexistent/normlink", "/nonexistent/copy"), 1);
	assert_int_equal(run(3, "normlink", "resume", "/nonexistent/normlink"), 1);
	assert_int_equal(run(3, "normlink", "card", "/nonexistent/normlink"), 1);
	assert_int_equal(run(4, "normlink", "search", "/nonexistent/normlink", "x"), 1);
	assert_int_equal(run(4, "normlink", "search", "http://127.0.0.1:1/?x", "x"), 2);
}

static void help_is_there_for_all(void **state)
{
	(void)state;
	static const char *const names[] = { "init",   "card",   "policy", "serve",   "import", "search",
		                                 "show",   "proof",  "verify", "status",  "fsck",   "reindex",
		                                 "export", "ingest", "backup", "restore", "resume" };
	assert_int_equal(run(2, "normlink", "help"), 0);
	assert_int_equal(run(2, "normlink", "--version"), 0);
	assert_int_equal(run(4, "normlink", "peer", "add", "--help"), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(run(3, "normlink", names[i], "--help"), 0);
		assert_int_equal(run(3, "normlink", "help", names[i]), 0);
	}
}

/* ---- client ---- */

static void references_are_escaped(void **state)
{
	(void)state;
	struct buf out = { 0 };
	char *words[] = { (char[]){ "GB/T" }, (char[]){ "19001-2016" }, (char[]){ "质?&#%" } };
	client_reference(&out, 3, words);
	assert_string_equal(buf_str(&out), "/api/v1/records/GB%2FT%2019001-2016%20%E8%B4%A8%3F%26%23%25");
	buf_free(&out);
}

static void responses_are_split(void **state)
{
	(void)state;
	struct reply r = { 0 };
	struct err err = { 0 };
	static const char good[] = "HTTP/1.1 404 Not Found\r\nnormlink-total: 12\r\nContent-Length: 3\r\n\r\nno\n";
	assert_int_equal(client_split(bytes_str(good), &r, &err), OK);
	assert_int_equal(r.status, 404);
	assert_int_equal(r.total, 12);
	assert_string_equal(buf_str(&r.body), "no\n");
	reply_free(&r);
	for (size_t len = 0; len < sizeof good - 1 - 3; len++) {
		assert_int_equal(client_split(bytes_of(good, len), &r, &err), ERR_PROTOCOL);
		reply_free(&r);
	}
	assert_int_equal(client_split(bytes_str("HTTP/1.1 abc x\r\n\r\n"), &r, &err), ERR_PROTOCOL);
	assert_int_equal(client_split(bytes_str("SMTP ready for you\r\n\r\n"), &r, &err), ERR_PROTOCOL);
	reply_free(&r);
}

static void statuses_become_exit_codes(void **state)
{
	(void)state;
	static const struct {
		int status, exit;
	} cases[] = { { 200, 0 }, { 204, 0 }, { 400, 2 }, { 404, 1 }, { 405, 5 }, { 409, 1 },
		          { 413, 3 }, { 500, 4 }, { 503, 4 }, { 301, 5 }, { 0, 5 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(err_exit(client_code(cases[i].status)), cases[i].exit);
}

/* ---- feed ---- */

struct refusals {
	size_t count;
	uint64_t last;
	char reason[64];
};

static void note_refusal(void *arg, uint64_t number, const char *reason)
{
	struct refusals *r = arg;
	r->count++;
	r->last = number;
	(void)snprintf(r->reason, sizeof r->reason, "%s", reason);
}

static void answers_to_a_batch(void **state)
{
	(void)state;
	struct feed_totals t = { .added = 1 };
	struct refusals r = { 0 };
	struct err err = { 0 };
	static const char good[] = "added 12\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\nrefusal 0 subject: empty\n"
	                           "refusal 17 too large\n";
	assert_int_equal(feed_read_answer(bytes_str(good), 18, &t, note_refusal, &r, &err), OK);
	assert_int_equal(t.added, 13);
	assert_int_equal(t.revised, 3);
	assert_int_equal(t.unchanged, 1);
	assert_int_equal(t.refused, 2);
	assert_int_equal(t.size, 4711);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.last, 17);
	assert_string_equal(r.reason, "too large");
	static const char *const bad[] = {
		"",
		"added 12\n",
		"added 12\nrevised 3\nunchanged 1\nrefused 2\n",
		"added 12\nrevised 3\nunchanged 1\nrefused 3\nsize 4711\n",
		"added 12\nadded 12\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\n",
		"added -12\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\n",
		"added\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\n",
		"added 12\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\nrefusal x y\n",
		"added 99999999999999999999\nrevised 3\nunchanged 1\nrefused 2\nsize 4711\n",
		"{\"added\":12}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct feed_totals untouched = { 0 };
		assert_int_equal(feed_read_answer(bytes_str(bad[i]), 18, &untouched, note_refusal, &r, &err), ERR_PROTOCOL);
		assert_int_equal(untouched.added, 0);
	}
}

static void tallies_add_up(void **state)
{
	(void)state;
	struct tally t;
	struct err err = { 0 };
	struct buf out = { 0 };
	assert_int_equal(tally_begin(&t, true, NULL, &err), OK);
	t.counts = (struct ingest_counts){ .read = 20, .records = 17, .duplicates = 2, .refused = 1 };
	t.totals = (struct feed_totals){ .added = 10, .revised = 3, .unchanged = 2, .refused = 2 };
	assert_int_equal(tally_unknown(&t), 0);
	t.counts.extra = 5;
	assert_int_equal(tally_unknown(&t), 5);
	t.totals.added = 9;
	assert_int_equal(tally_unknown(&t), 6);
	assert_int_equal(tally_end(&t, &err), OK);
	tally_summary(&t, true, &out);
	assert_non_null(strstr(buf_str(&out), "\"read\":20,\"added\":9,\"revised\":3,\"unchanged\":2,\"duplicates\":2,"
	                                      "\"refused\":3,\"not_sent\":6,\"extra\":5,"));
	buf_reset(&out);
	tally_summary(&t, false, &out);
	assert_non_null(strstr(buf_str(&out), "         5 more records in documents that hold several\n"));
	assert_non_null(strstr(buf_str(&out), "refused             3"));
	assert_non_null(strstr(buf_str(&out), "not sent            6"));
	buf_free(&out);
	assert_int_equal(tally_begin(&t, true, "/nonexistent/list", &err), ERR_NOT_FOUND);
}

/* ---- roster ---- */

static struct card make_card(const char *name, uint8_t number)
{
	struct card card = { 0 };
	uint8_t seed[KEY_SIZE] = { number };
	struct skey *key = NULL;
	char key_name[64];
	(void)snprintf(card.name, sizeof card.name, "%s", name);
	(void)snprintf(card.origin, sizeof card.origin, "%s.example/log", name);
	assert_int_equal(skey_from_seed(card.origin, KEY_ED25519, seed, &key, NULL), OK);
	card.log = *skey_public(key);
	skey_free(key);
	seed[1] = 1;
	(void)snprintf(key_name, sizeof key_name, "%s.example/witness", name);
	assert_int_equal(skey_from_seed(key_name, KEY_COSIGNATURE, seed, &key, NULL), OK);
	card.witness = *skey_public(key);
	skey_free(key);
	seed[1] = 2;
	(void)snprintf(key_name, sizeof key_name, "%s.example/mirror", name);
	assert_int_equal(skey_from_seed(key_name, KEY_COSIGNATURE, seed, &key, NULL), OK);
	card.mirror = *skey_public(key);
	skey_free(key);
	return card;
}

static void policies_can_be_read_back(void **state)
{
	(void)state;
	const struct card cards[] = { make_card("sac", 1), make_card("none", 2), make_card("witnesses", 3) };
	static const char *const good[] = { NULL, "none", "any", "all", "1", "2" };
	static const char *const bad[] = { "", "0", "3", "-1", "some", "ANY", "1x" };
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct buf text = { 0 };
		struct policy *policy = NULL;
		assert_int_equal(roster_policy(cards, 3, &(struct keyring){ 0 }, 0, good[i], i % 2 == 0, &text, &err), OK);
		if (policy_parse(buf_bytes(&text), &policy, &err) != OK)
			fail_msg("%s:\n%s", err.text, buf_str(&text));
		policy_free(policy);
		buf_free(&text);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf text = { 0 };
		assert_int_equal(roster_policy(cards, 3, &(struct keyring){ 0 }, 0, bad[i], false, &text, &err), ERR_USAGE);
		assert_int_equal(text.len, 0);
	}
	/* All of three can only be two: a log's own witness does not cosign it. */
	struct buf text = { 0 };
	assert_int_equal(roster_policy(cards, 3, &(struct keyring){ 0 }, 0, "all", false, &text, &err), OK);
	assert_non_null(strstr(buf_str(&text), "\ngroup Witnesses 2 sac None witnesses\nquorum Witnesses\n"));
	buf_reset(&text);
	assert_int_equal(roster_policy(cards, 3, &(struct keyring){ 0 }, 0, "1", true, &text, &err), OK);
	assert_non_null(
	    strstr(buf_str(&text), "\ngroup Mirrors any sac/mirror None/mirror witnesses/mirror\nquorum Mirrors\n"));
	buf_reset(&text);
	assert_int_equal(roster_policy(cards, 1, &(struct keyring){ 0 }, 0, NULL, false, &text, &err), OK);
	assert_non_null(strstr(buf_str(&text), "\nquorum none\n"));
	assert_int_equal(roster_policy(cards, 1, &(struct keyring){ 0 }, 0, "any", false, &text, &err), ERR_USAGE);
	buf_free(&text);
}

static void times_that_are_left(void **state)
{
	(void)state;
	char out[32];
	assert_string_equal(meter_eta(0.5, 1, 10, out), "");
	assert_string_equal(meter_eta(10, 0, 10, out), "");
	assert_string_equal(meter_eta(10, 10, 10, out), "");
	assert_string_equal(meter_eta(10, 11, 10, out), "");
	assert_string_equal(meter_eta(10, 1, 0, out), "");
	assert_string_equal(meter_eta(10, 1, 2, out), "10 s");
	assert_string_equal(meter_eta(10, 1, 10, out), "1 min 30 s");
	assert_string_equal(meter_eta(10, 1, 373, out), "1 h 02 min");
	assert_string_equal(meter_eta(1e9, 1, UINT64_MAX, out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_finger),
		cmocka_unit_test(numbers),
		cmocka_unit_test(options_go_where_they_are_declared),
		cmocka_unit_test(exit_codes_of_wrong_usage),
		cmocka_unit_test(help_is_there_for_all),
		cmocka_unit_test(references_are_escaped),
		cmocka_unit_test(responses_are_split),
		cmocka_unit_test(statuses_become_exit_codes),
		cmocka_unit_test(answers_to_a_batch),
		cmocka_unit_test(tallies_add_up),
		cmocka_unit_test(policies_can_be_read_back),
		cmocka_unit_test(times_that_are_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
