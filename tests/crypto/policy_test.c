/* policy: tlog-policy to the letter: what a file may say, and which checkpoints are enough for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/policy.h"

enum { LOGS = 2, WITNESSES = 6 };

static struct skey *logs[LOGS], *witnesses[WITNESSES];
static char log_vkey[LOGS][128], witness_vkey[WITNESSES][128];

static void write_vkey(const struct skey *k, char out[128])
{
	struct buf b = { 0 };
	vkey_write(skey_public(k), &b);
	(void)snprintf(out, 128, "%s", buf_str(&b));
	buf_free(&b);
}

static int make_keys(void **state)
{
	char name[32];
	for (unsigned i = 0; i < LOGS; i++) {
		(void)snprintf(name, sizeof name, "log%u.example", i);
		uint8_t seed[KEY_SIZE] = { 1, (uint8_t)i };
		assert_int_equal(skey_from_seed(name, KEY_ED25519, seed, &logs[i], NULL), OK);
		write_vkey(logs[i], log_vkey[i]);
	}
	for (unsigned i = 0; i < WITNESSES; i++) {
		(void)snprintf(name, sizeof name, "w%u.example", i);
		uint8_t seed[KEY_SIZE] = { 2, (uint8_t)i };
		assert_int_equal(skey_from_seed(name, KEY_COSIGNATURE, seed, &witnesses[i], NULL), OK);
		write_vkey(witnesses[i], witness_vkey[i]);
	}
	return 0;
}

static int free_keys(void **state)
{
	for (size_t i = 0; i < LOGS; i++)
		skey_free(logs[i]);
	for (size_t i = 0; i < WITNESSES; i++)
		skey_free(witnesses[i]);
	return 0;
}

/* A policy's text with the keys filled in: %L0 and %L1 are the logs' vkeys, %W0 to %W5 the witnesses'. */
static struct buf fill_in(const char *format)
{
	struct buf b = { 0 };
	for (const char *p = format; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 'L') {
			buf_add_str(&b, log_vkey[p[2] - '0']);
			p += 2;
		} else if (p[0] == '%' && p[1] == 'W') {
			buf_add_str(&b, witness_vkey[p[2] - '0']);
			p += 2;
		} else {
			buf_add_char(&b, *p);
		}
	}
	return b;
}

static struct policy *parse(const char *format)
{
	struct buf text = fill_in(format);
	struct policy *p = NULL;
	struct err err = { 0 };
	/* A copy that is gone at once: a policy keeps no pointer into its text. */
	if (policy_parse(buf_bytes(&text), &p, &err) != OK)
		fail_msg("%s", err.text);
	memset(text.data, 'x', text.len);
	buf_free(&text);
	return p;
}

static void assert_refused(struct buf *text, int code, const char *words)
{
	struct policy *p = NULL;
	struct err err = { 0 };
	uint8_t *copy = malloc(text->len + 1);
	assert_non_null(copy);
	if (text->len > 0)
		memcpy(copy, text->data, text->len);
	int rc = policy_parse(bytes_of(copy, text->len), &p, &err);
	if (rc != code || strstr(err.text, words) == NULL)
		fail_msg("expected %s '%s', got %s '%s' for: %s", err_name(code), words, err_name(rc), err.text, buf_str(text));
	assert_memory_equal(err.text, "line ", 5);
	assert_null(p);
	free(copy);
	buf_free(text);
}

/* A checkpoint of log by, signed by it and by each witness whose bit is set. */
static struct buf make_checkpoint(const char *origin, const struct skey *by, unsigned witness_bits)
{
	struct buf text = { 0 }, note = { 0 };
	struct hash root = { { 9 } };
	checkpoint_write(origin, 42, &root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	if (by != NULL)
		note_sign(by, buf_bytes(&text), &note);
	for (unsigned i = 0; i < WITNESSES; i++)
		if (witness_bits >> i & 1)
			note_cosign(witnesses[i], buf_bytes(&text), 1000 + i, &note);
	buf_free(&text);
	return note;
}

static int check(const struct policy *p, unsigned witness_bits)
{
	struct policy_verdict verdict;
	struct buf note = make_checkpoint("log0.example", logs[0], witness_bits);
	int rc = policy_check(p, buf_bytes(&note), &verdict, NULL);
	assert_int_equal(verdict.seen_count, __builtin_popcount(witness_bits));
	assert_true(rc == OK || rc == ERR_UNTRUSTED);
	buf_free(&note);
	return rc;
}

/* ---- what a file may say ---- */

static void files_that_are_read(void **state)
{
	static const char *const good[] = {
		"quorum none\n",
		"log %L0\nquorum none\n",
		"\n  \t \n# a comment with \xff\xfe bytes\n \t# another\nlog\t%L0 \t https://x.example/ \n quorum  none\t\n",
		"quorum none\nlog %L0\nlog %L1 url\nwitness w %W0\n",
		"witness w %W0 https://w.example/\nquorum w\n",
		"witness \xe6\xad\xa6 %W0\nwitness \xff\xfe %W1\ngroup \xe6 all \xe6\xad\xa6 \xff\xfe\nquorum \xe6\n",
		"witness all %W0\nwitness any %W1\nwitness 2 %W2\ngroup group 2 all any 2\nquorum group\n",
		"witness NONE %W0\nquorum NONE\n",
		"witness a %W0\ngroup g 1 a\ngroup h all g\nquorum h\n",
		"witness a %W0\nquorum a\nwitness b %W1\ngroup unused any b\n",
		/* The same key bytes as a log and, under its own type, as nothing else: logs and witnesses are counted apart.
		 */
		"log %L0\nwitness a %W0\nquorum a\n",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		policy_free(parse(good[i]));
	policy_free(NULL);
	/* Comments are ignored whatever they hold. */
	struct buf text = { 0 };
	struct policy *p;
	buf_add_str(&text, "#");
	for (int i = 0; i < 1000; i++)
		buf_add_str(&text, " word");
	buf_add_str(&text, "\nquorum none\n");
	assert_int_equal(policy_parse(buf_bytes(&text), &p, NULL), OK);
	policy_free(p);
	buf_free(&text);
}

static void files_that_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "line 1: the file ends without a quorum" },
		{ "log %L0\n", "line 2: the file ends without a quorum" },
		{ "quorum none", "line 1: does not end" },
		{ "log %L0\nquorum non", "line 2: does not end" },
		{ "quorum none\nquorum none\n", "line 2: a second quorum" },
		{ "quorum\n", "quorum <name>|none" },
		{ "quorum none none\n", "quorum <name>|none" },
		{ "quorum g\n", "not defined" },
		{ "quorum g\nwitness g %W0\n", "line 1: " },
		{ "Quorum none\n", "neither" },
		{ "loq %L0\nquorum none\n", "neither" },
		{ "log\nquorum none\n", "log <vkey>" },
		{ "log %L0 url more\nquorum none\n", "log <vkey>" },
		{ "log %L0x\nquorum none\n", "line 1: signed-note" },
		{ "log rubbish\nquorum none\n", "signed-note" },
		{ "log %W0\nquorum none\n", "0x04" },
		{ "log %L0\nlog %L0\nquorum none\n", "line 2: the same log key" },
		{ "witness a\nquorum none\n", "witness <name>" },
		{ "witness %W0\nquorum none\n", "witness <name>" },
		{ "witness a %W0 url more\nquorum none\n", "witness <name>" },
		{ "witness a %L0\nquorum none\n", "0x01" },
		{ "witness a %W0\nwitness a %W1\nquorum none\n", "line 2: the name is defined twice" },
		{ "witness a %W0\nwitness b %W0\nquorum none\n", "line 2: the same witness key" },
		{ "witness none %W0\nquorum none\n", "none is taken" },
		{ "witness a %W0\ngroup none any a\nquorum none\n", "none is taken" },
		{ "group g any\nquorum none\n", "group <name>" },
		{ "group g\nquorum none\n", "group <name>" },
		{ "group g any a\nquorum none\n", "not defined" },
		{ "group g any none\nquorum none\n", "not defined" },
		{ "group g any g\nquorum none\n", "not defined" },
		{ "group g any a\nwitness a %W0\nquorum g\n", "line 1: " },
		{ "witness a %W0\ngroup g any a a\nquorum g\n", "a is a group's member already" },
		{ "witness a %W0\ngroup g any a\ngroup h any a\nquorum g\n", "line 3: a is a group's member already" },
		{ "witness a %W0\ngroup a any a\nquorum a\n", "defined twice" },
		{ "witness a %W0\ngroup g 0 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g 2 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g 01 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g +1 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g -1 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g 1x a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g ALL a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g 18446744073709551617 a\nquorum g\n", "threshold" },
		{ "witness a %W0\ngroup g 4294967297 a\nquorum g\n", "threshold" },
		{ "quorum none\r\n", "line 1: a control character" },
		{ "log %L0\n# \x01\nquorum none\n", "line 2: a control character" },
		{ "quorum\vnone\n", "control" },
		{ "quorum none\x7f\n", "control" },
		{ "quorum\xc2\xa0none\n", "neither" }, /* only space and tab separate */
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf text = fill_in(bad[i].text);
		assert_refused(&text, ERR_INVALID, bad[i].words);
	}
	struct buf nul = { 0 };
	buf_add(&nul, "quorum none\n\0\n", 14);
	assert_refused(&nul, ERR_INVALID, "line 2: a control character");
}

/* A valid vkey of its own for each number. */
static void add_vkey(struct buf *text, enum key_type type, unsigned number)
{
	struct skey *k;
	uint8_t seed[KEY_SIZE] = { 3, (uint8_t)number, (uint8_t)(number >> 8) };
	assert_int_equal(skey_from_seed("many.example", type, seed, &k, NULL), OK);
	vkey_write(skey_public(k), text);
	skey_free(k);
}

static void limits(void **state)
{
	struct buf text = { 0 };
	struct policy *p;
	/* All that the specification wants, and what we promise. */
	for (unsigned i = 0; i < POLICY_ITEMS_MAX; i++) {
		buf_add_str(&text, "log ");
		add_vkey(&text, KEY_ED25519, i);
		buf_printf(&text, "\nwitness w%u ", i);
		add_vkey(&text, KEY_COSIGNATURE, i);
		buf_add_char(&text, '\n');
	}
	buf_add_str(&text, "group g all");
	for (unsigned i = 0; i < POLICY_ITEMS_MAX; i++)
		buf_printf(&text, " w%u", i);
	buf_add_str(&text, "\n");
	for (unsigned i = 1; i < POLICY_ITEMS_MAX; i++) {
		if (i == 1)
			buf_add_str(&text, "group g1 any g\n");
		else
			buf_printf(&text, "group g%u any g%u\n", i, i - 1);
	}
	size_t good = text.len;
	buf_printf(&text, "quorum g%u\n", POLICY_ITEMS_MAX - 1);
	assert_int_equal(policy_parse(buf_bytes(&text), &p, NULL), OK);
	/* A chain of groups as long as it may be is judged like any other. */
	struct policy_verdict verdict;
	struct err err;
	struct buf note = make_checkpoint("log0.example", logs[0], 0);
	assert_int_equal(policy_check(p, buf_bytes(&note), &verdict, &err), ERR_UNTRUSTED);
	buf_free(&note);
	policy_free(p);

	text.len = good;
	buf_add_str(&text, "log ");
	add_vkey(&text, KEY_ED25519, POLICY_ITEMS_MAX);
	buf_add_str(&text, "\nquorum none\n");
	struct buf copy = { 0 };
	buf_add_bytes(&copy, buf_bytes(&text));
	assert_refused(&copy, ERR_LIMIT, "more than 256 logs");
	text.len = good;
	buf_add_str(&text, "group last any g255\nquorum last\n");
	buf_add_bytes(&copy, buf_bytes(&text));
	assert_refused(&copy, ERR_LIMIT, "more than");
	text.len = good;
	buf_add_str(&text, "group last any");
	for (unsigned i = 0; i <= POLICY_ITEMS_MAX; i++)
		buf_add_str(&text, " x");
	buf_add_str(&text, "\nquorum last\n");
	assert_refused(&text, ERR_LIMIT, "words");
	buf_add_str(&text, "quorum none\n");
	while (text.len <= POLICY_MAX)
		buf_add_str(&text, "# ....................................................................................\n");
	assert_refused(&text, ERR_LIMIT, "bytes");
}

/* ---- which checkpoints are enough ---- */

static void without_a_quorum_the_log_is_enough(void **state)
{
	struct policy *p = parse("log %L0 https://log0.example/\nwitness a %W0\nquorum none\n");
	struct policy_verdict v;
	struct buf note = make_checkpoint("log0.example", logs[0], 1);
	assert_int_equal(policy_check(p, buf_bytes(&note), &v, NULL), OK);
	buf_free(&note);
	assert_string_equal(v.log->name, "log0.example");
	assert_string_equal(v.quorum, "none");
	assert_int_equal(v.size, 42);
	assert_int_equal(v.root.b[0], 9);
	assert_int_equal(v.seen_count, 1);
	assert_string_equal(v.seen[0].name, "a");
	assert_string_equal(v.seen[0].key_name, "w0.example");
	assert_int_equal(v.seen[0].time_s, 1000);
	assert_int_equal(check(p, 0), OK);
	policy_free(p);
}

static void assert_untrusted(const struct policy *p, struct buf *note, const char *words)
{
	struct policy_verdict v;
	struct err err = { 0 };
	assert_int_equal(policy_check(p, buf_bytes(note), &v, &err), ERR_UNTRUSTED);
	if (strstr(err.text, words) == NULL)
		fail_msg("expected '%s', got '%s'", words, err.text);
	buf_free(note);
}

static void only_a_listed_log_counts_for_its_own_origin(void **state)
{
	struct policy *p = parse("log %L0\nquorum none\n");
	struct buf note = make_checkpoint("log1.example", logs[1], 0);
	assert_untrusted(p, &note, "no log of the policy has signed this checkpoint of log1.example");
	note = make_checkpoint("log0.example", logs[1], 0);
	assert_untrusted(p, &note, "no log of the policy");
	/* A listed log's signature on another's head is no head of that other. */
	note = make_checkpoint("log1.example", logs[0], 0);
	assert_untrusted(p, &note, "no log of the policy");
	note = make_checkpoint("log0.example", NULL, 1);
	assert_untrusted(p, &note, "no log of the policy");
	policy_free(p);
	p = parse("quorum none\n");
	note = make_checkpoint("log0.example", logs[0], 0);
	assert_untrusted(p, &note, "lists no log");
	policy_free(p);
}

/* signed-note: a known key's line that fails spoils the checkpoint, needed or not. */
static void a_false_line_of_a_listed_key_spoils_it(void **state)
{
	struct policy *p = parse("log %L0\nlog %L1\nwitness a %W0\nwitness b %W1\ngroup g any a b\nquorum g\n");
	const struct skey *keys[] = { logs[0], logs[1], witnesses[0], witnesses[1], witnesses[2] };
	for (size_t i = 0; i < 5; i++) {
		struct buf note = make_checkpoint("log0.example", logs[0], 1), data = { 0 };
		const struct vkey *k = skey_public(keys[i]);
		buf_add_u32(&data, k->id);
		for (int n = 0; n < (k->type == KEY_COSIGNATURE ? 72 : 64); n++)
			buf_add_char(&data, 1);
		buf_printf(&note, "\xe2\x80\x94 %s ", k->name);
		base64_add(&note, buf_bytes(&data));
		buf_add_char(&note, '\n');
		buf_free(&data);
		if (i < 4) {
			assert_untrusted(p, &note, "does not verify");
			continue;
		}
		struct policy_verdict v; /* a stranger's is ignored */
		assert_int_equal(policy_check(p, buf_bytes(&note), &v, NULL), OK);
		buf_free(&note);
	}
	policy_free(p);
}

static void a_checkpoint_must_be_one(void **state)
{
	struct policy *p = parse("log %L0\nquorum none\n");
	struct policy_verdict v;
	struct err err;
	struct buf note = { 0 };
	buf_add_str(&note, "no checkpoint\n\n");
	note_sign(logs[0], bytes_str("no checkpoint\n"), &note);
	assert_int_equal(policy_check(p, buf_bytes(&note), &v, &err), ERR_INVALID);
	assert_int_equal(policy_check(p, bytes_str("rubbish"), &v, &err), ERR_INVALID);
	assert_int_equal(policy_check(p, bytes_of(NULL, 0), &v, &err), ERR_INVALID);
	while (note.len <= NOTE_MAX)
		buf_add_str(&note, "x\n");
	assert_int_equal(policy_check(p, buf_bytes(&note), &v, &err), ERR_LIMIT);
	buf_free(&note);
	policy_free(p);
}

static bool at_least(unsigned bits, unsigned k)
{
	return (unsigned)__builtin_popcount(bits) >= k;
}

/* The example of tlog-policy, and the others: every set of witnesses, against the sentence that the group says. */
static void every_set_of_witnesses(void **state)
{
	struct policy *example = parse("log %L0\n\nwitness X1 %W0\nwitness X2 %W1\nwitness X3 %W2\n"
	                               "group X-witnesses 2 X1 X2 X3\n\nwitness Y1 %W3\nwitness Y2 %W4\nwitness Y3 %W5\n"
	                               "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\n"
	                               "quorum X-and-Y\n");
	struct policy *one = parse("log %L0\nwitness a %W0\nwitness b %W1\nwitness c %W2\nwitness d %W3\nwitness e %W4\n"
	                           "witness f %W5\nquorum c\n");
	struct policy *mixed =
	    parse("log %L0\nwitness a %W0\nwitness b %W1\ngroup ab all a b\nwitness c %W2\nwitness d %W3\n"
	          "witness e %W4\nwitness f %W5\ngroup efab 2 e f ab\ngroup any any c efab\nquorum any\n");
	for (unsigned bits = 0; bits < 1u << WITNESSES; bits++) {
		bool x = at_least(bits & 7, 2), y = at_least(bits >> 3, 1);
		assert_int_equal(check(example, bits), x && y ? OK : ERR_UNTRUSTED);
		assert_int_equal(check(one, bits), bits >> 2 & 1 ? OK : ERR_UNTRUSTED);
		unsigned ab = (bits & 3) == 3, efab = ab + (bits >> 4 & 1) + (bits >> 5 & 1) >= 2;
		assert_int_equal(check(mixed, bits), efab || (bits >> 2 & 1) ? OK : ERR_UNTRUSTED);
	}
	struct buf note = make_checkpoint("log0.example", logs[0], 1);
	assert_untrusted(example, &note, "the quorum X-and-Y is not met: 1 of the policy's witnesses has cosigned");
	policy_free(example);
	policy_free(one);
	policy_free(mixed);
}

/* Two policy names cannot share a key, and one witness's two lines are one vote. */
static void a_witness_votes_once(void **state)
{
	struct policy *p = parse("log %L0\nwitness a %W0\nwitness b %W1\ngroup g 2 a b\nquorum g\n");
	struct buf note = make_checkpoint("log0.example", logs[0], 1), text = { 0 };
	struct hash root = { { 9 } };
	checkpoint_write("log0.example", 42, &root, &text);
	note_cosign(witnesses[0], buf_bytes(&text), 5000, &note);
	buf_free(&text);
	assert_untrusted(p, &note, "1 of the policy's witnesses has");
	policy_free(p);
}

/* Type 0x06 (ML-DSA-44) cannot be verified here: such a witness never counts, and does no harm. */
static void keys_of_other_types_never_count(void **state)
{
	struct buf vkey = { 0 }, text = { 0 }, data = { 0 }, again = { 0 };
	struct policy *p;
	struct policy_verdict v;
	struct err err = { 0 };
	buf_add_char(&data, 0x06);
	for (int i = 0; i < 1312; i++)
		buf_add_char(&data, (char)i);
	buf_add_str(&vkey, "pq.example+01020304+");
	base64_add(&vkey, buf_bytes(&data));
	buf_printf(&text, "log %s\nlog %s\nwitness pq %s\nwitness a %s\ngroup g any pq a\nquorum g\n", log_vkey[0],
	           buf_str(&vkey), buf_str(&vkey), witness_vkey[0]);
	assert_int_equal(policy_parse(buf_bytes(&text), &p, &err), OK);
	/* A line of its name, ID and real length stands in the note; it is neither counted nor held against it. */
	struct buf note = make_checkpoint("log0.example", logs[0], 1);
	data.len = 0;
	buf_add_u32(&data, 0x01020304);
	for (int i = 0; i < 2428; i++)
		buf_add_char(&data, 'p');
	buf_add_str(&note, "\xe2\x80\x94 pq.example ");
	base64_add(&note, buf_bytes(&data));
	buf_add_char(&note, '\n');
	assert_int_equal(policy_check(p, buf_bytes(&note), &v, &err), OK);
	assert_int_equal(v.seen_count, 1);
	policy_free(p);
	buf_free(&note);
	/* Duplicates are found among them too, under whatever name. */
	buf_printf(&again, "witness one %s\nwitness two q%s\nquorum none\n", buf_str(&vkey), buf_str(&vkey));
	assert_refused(&again, ERR_INVALID, "line 2: the same witness key");
	buf_free(&vkey);
	buf_free(&text);
	buf_free(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_are_read),
		cmocka_unit_test(files_that_are_refused),
		cmocka_unit_test(limits),
		cmocka_unit_test(without_a_quorum_the_log_is_enough),
		cmocka_unit_test(only_a_listed_log_counts_for_its_own_origin),
		cmocka_unit_test(a_false_line_of_a_listed_key_spoils_it),
		cmocka_unit_test(a_checkpoint_must_be_one),
		cmocka_unit_test(every_set_of_witnesses),
		cmocka_unit_test(a_witness_votes_once),
		cmocka_unit_test(keys_of_other_types_never_count),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
