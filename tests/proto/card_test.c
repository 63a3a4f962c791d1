/* card: a node's card, and the documents of lines in general. */
#include "proto/card.h"
#include "tests/proto/kit.h"

static struct buf log_key, witness_key, mirror_key, other_key;
static char pin[2 * HASH_SIZE + 1];

static void make_key(struct buf *out, const char *name, enum key_type type, uint8_t fill)
{
	uint8_t seed[KEY_SIZE];
	struct skey *key = NULL;
	memset(seed, fill, sizeof seed);
	assert_int_equal(skey_from_seed(name, type, seed, &key, NULL), OK);
	vkey_write(skey_public(key), out);
	skey_free(key);
}

static int set_up(void **state)
{
	make_key(&log_key, "sac.example/log", KEY_ED25519, 1);
	make_key(&witness_key, "sac.example/witness", KEY_COSIGNATURE, 2);
	make_key(&mirror_key, "sac.example/mirror", KEY_COSIGNATURE, 4);
	make_key(&other_key, "jisc.example/log", KEY_ED25519, 3);
	memset(pin, 'a', sizeof pin - 1);
	return 0;
}

static int tear_down(void **state)
{
	buf_free(&log_key);
	buf_free(&witness_key);
	buf_free(&mirror_key);
	buf_free(&other_key);
	return 0;
}

/* A card whose line of that key is replaced (NULL: left out); extra goes to its end. */
static struct buf card_with(const char *key, const char *value, const char *extra)
{
	const char *lines[][2] = {
		{ "normlink-card", "1" },
		{ "name", "sac" },
		{ "origin", "sac.example/log" },
		{ "log", buf_str(&log_key) },
		{ "witness", buf_str(&witness_key) },
		{ "mirror", buf_str(&mirror_key) },
		{ "pin", pin },
		{ "address", "node.sac.example:7443" },
	};
	struct buf out = { 0 };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		bool changed = key != NULL && strcmp(key, lines[i][0]) == 0;
		if (!changed || value != NULL)
			buf_printf(&out, "%s: %s\n", lines[i][0], changed ? value : lines[i][1]);
	}
	buf_add_str(&out, extra);
	return out;
}

static void expect(struct buf text, int code, const char *part)
{
	struct card card;
	struct err err = { 0 };
	int rc = card_parse(buf_bytes(&text), &card, &err);
	if (rc != code)
		fail_msg("%s instead of %s: %s\n%s", err_name(rc), err_name(code), err.text, buf_str(&text));
	if (code != OK)
		kit_expect_text(&err, part);
	buf_free(&text);
}

static void a_card_goes_out_and_in(void **state)
{
	struct buf text = card_with(NULL, NULL, ""), again = { 0 };
	struct card card;
	assert_int_equal(card_parse(buf_bytes(&text), &card, NULL), OK);
	assert_string_equal(card.name, "sac");
	assert_string_equal(card.origin, "sac.example/log");
	assert_string_equal(card.witness.name, "sac.example/witness");
	assert_string_equal(card.mirror.name, "sac.example/mirror");
	assert_int_equal(card.pin.b[31], 0xaa);
	assert_string_equal(card.address, "node.sac.example:7443");
	card_write(&card, &again);
	assert_true(bytes_equal(buf_bytes(&text), buf_bytes(&again)));
	buf_free(&text);
	buf_free(&again);
}

static void comments_blanks_and_a_missing_end_are_fine(void **state)
{
	expect(card_with(NULL, NULL, "# a comment: with a colon\n\n   \n\t# another\n"), OK, "");
	struct buf text = card_with(NULL, NULL, "");
	text.len--;
	expect(text, OK, "");
	expect(card_with("name", "   sac\t ", ""), OK, "");
	expect(card_with("address", NULL, ""), OK, "");
	expect(card_with("address", "", ""), OK, "");
}

static void a_bad_card_is_refused_with_its_line(void **state)
{
	expect(card_with("normlink-card", "2", ""), ERR_UNSUPPORTED, "line 1: normlink-card");
	expect(card_with("normlink-card", NULL, ""), ERR_INVALID, "line 1: a card begins");
	static const char *const required[] = { "name", "origin", "log", "witness", "mirror", "pin" };
	for (size_t i = 0; i < sizeof required / sizeof *required; i++)
		expect(card_with(required[i], NULL, ""), ERR_INVALID, "missing");
	expect(card_with(NULL, NULL, "name: sac\n"), ERR_INVALID, "line 9: name: given twice");
	expect(card_with(NULL, NULL, "colour: red\n"), ERR_INVALID, "line 9: colour: not a field");
	expect(card_with(NULL, NULL, "just words\n"), ERR_INVALID, "line 9: not of the form");
	expect(card_with(NULL, NULL, ": value\n"), ERR_INVALID, "line 9: a key has");
	expect(card_with(NULL, NULL, "a\rb: c\n"), ERR_INVALID, "line 9: not UTF-8, or a control character");
	expect(card_with(NULL, NULL, "# \xff\n"), ERR_INVALID, "line 9: not UTF-8");
	expect(card_with("name", "SAC", ""), ERR_INVALID, "line 2: a name is");
	expect(card_with("origin", "two words", ""), ERR_INVALID, "line 3: origin");
	expect(card_with("origin", "jisc.example/log", ""), ERR_INVALID, "not the origin");
	expect(card_with("log", buf_str(&other_key), ""), ERR_INVALID, "not the origin");
	expect(card_with("log", buf_str(&witness_key), ""), ERR_INVALID, "line 4: log: a key of type 4");
	expect(card_with("witness", buf_str(&log_key), ""), ERR_INVALID, "line 5: witness: a key of type 1");
	expect(card_with("log", "nonsense", ""), ERR_INVALID, "line 4: log");
	expect(card_with("address", "nowhere", ""), ERR_INVALID, "line 8");
}

static void a_pin_is_64_lower_case_digits(void **state)
{
	char text[2 * HASH_SIZE + 2];
	for (size_t n = 0; n < sizeof text; n++) {
		memset(text, '0', n);
		text[n] = '\0';
		expect(card_with("pin", text, ""), n == 64 ? OK : ERR_INVALID, "line 7: pin");
	}
	memset(text, 'A', 64);
	text[64] = '\0';
	expect(card_with("pin", text, ""), ERR_INVALID, "line 7: pin");
	memset(text, 'g', 64);
	expect(card_with("pin", text, ""), ERR_INVALID, "line 7: pin");
}

static void one_key_cannot_do_both(void **state)
{
	struct buf same = { 0 };
	make_key(&same, "sac.example/witness", KEY_COSIGNATURE, 1);
	expect(card_with("witness", buf_str(&same), ""), ERR_INVALID, "the same key");
	buf_reset(&same);
	make_key(&same, "sac.example/mirror", KEY_COSIGNATURE, 1);
	expect(card_with("mirror", buf_str(&same), ""), ERR_INVALID, "mirror: the same key as the log's");
	buf_reset(&same);
	make_key(&same, "sac.example/mirror", KEY_COSIGNATURE, 2);
	expect(card_with("mirror", buf_str(&same), ""), ERR_INVALID, "mirror: the same key as the witness's");
	buf_reset(&same);
	make_key(&same, "sac.example/witness", KEY_COSIGNATURE, 4);
	expect(card_with("mirror", buf_str(&same), ""), ERR_INVALID, "mirror: the same name");
	expect(card_with("mirror", buf_str(&log_key), ""), ERR_INVALID, "line 6: mirror: a key of type 1");
	buf_free(&same);
}

static void a_long_card_is_over_the_limit(void **state)
{
	struct buf text = card_with(NULL, NULL, "#");
	while (text.len <= CARD_MAX)
		buf_add_char(&text, 'x');
	expect(text, ERR_LIMIT, "at most");
}

static void every_prefix_of_a_card_is_refused(void **state)
{
	struct buf text = card_with("address", NULL, "");
	struct card card;
	for (size_t n = 0; n < text.len - 1; n++)
		assert_int_not_equal(card_parse(bytes_of(text.data, n), &card, NULL), OK);
	buf_free(&text);
}

/* ---- lines in general ---- */

static int collect(void *arg, const char *key, const char *value, struct err *err)
{
	if (strcmp(key, "stop") == 0)
		return err_set(err, ERR_USAGE, "told to");
	buf_printf(arg, "[%s=%s]", key, value);
	return OK;
}

static void lines_are_given_in_order(void **state)
{
	struct buf seen = { 0 };
	struct err err = { 0 };
	assert_int_equal(fields_parse(bytes_str("a:1\n  b : x: y  \n#c:3\nd:\n质量:管理"), collect, &seen, &err), OK);
	assert_string_equal(buf_str(&seen), "[a=1][b=x: y][d=][质量=管理]");
	assert_int_equal(fields_parse(bytes_str("e: 1\nstop: now\nf: 2\n"), collect, &seen, &err), ERR_USAGE);
	assert_string_equal(err.text, "line 2: told to");
	assert_int_equal(fields_parse(bytes_of(NULL, 0), collect, &seen, &err), OK);
	assert_int_equal(fields_parse(bytes_of("a\0b: c", 6), collect, &seen, &err), ERR_INVALID);
	buf_free(&seen);
}

static void names_are_checked(void **state)
{
	static const char *const good[] = { "a", "9", "sac", "node-1.sac", "a.", "a-" };
	static const char *const bad[] = { "",
		                               "-a",
		                               ".a",
		                               "A",
		                               "a b",
		                               "a_b",
		                               "a/b",
		                               "质",
		                               "a\n",
		                               "a\t",
		                               "sac+",
		                               "..",
		                               "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(node_name_check(good[i], NULL), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (node_name_check(bad[i], NULL) != ERR_INVALID)
			fail_msg("%s", bad[i]);
}

static void addresses_are_split(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} good[] = { { "127.0.0.1:7443", "127.0.0.1", 7443 },
		         { "node.sac.example:0", "node.sac.example", 0 },
		         { "localhost:65535", "localhost", 65535 },
		         { "[::1]:80", "::1", 80 },
		         { "[2001:db8::7]:1", "2001:db8::7", 1 },
		         { "[::ffff:1.2.3.4]:5", "::ffff:1.2.3.4", 5 },
		         { "Host_A:9", "Host_A", 9 } };
	static const char *const bad[] = {
		"",         ":",         "host",     "host:",     ":80",       "host:65536",     "host:99999999999",
		"host:080", "host:-1",   "host:8a",  "::1:80",    "[::1]",     "[::1:80",        "::1]:80",
		"[]:80",    "[host]:80", "[::g]:80", "ho st:80",  "host:80 ",  "http://host:80", "-host:80",
		".host:80", "a..b:80",   "host/:80", "host\n:80", "[[::1]]:80"
	};
	char host[NAME_MAX_BYTES + 1];
	uint16_t port;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err err = { 0 };
		if (address_split(good[i].text, host, &port, &err) != OK)
			fail_msg("%s: %s", good[i].text, err.text);
		assert_string_equal(host, good[i].host);
		assert_int_equal(port, good[i].port);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (address_check(bad[i], NULL) != ERR_INVALID)
			fail_msg("%s", bad[i]);
	char longest[NAME_MAX_BYTES + 2];
	memset(longest, 'h', sizeof longest);
	memcpy(longest + sizeof longest - 4, ":80", 4);
	assert_int_equal(address_check(longest + 1, NULL), OK);
	longest[0] = 'h';
	assert_int_equal(strlen(longest), NAME_MAX_BYTES + 1);
	assert_int_equal(address_check(longest, NULL), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_goes_out_and_in),
		cmocka_unit_test(comments_blanks_and_a_missing_end_are_fine),
		cmocka_unit_test(a_bad_card_is_refused_with_its_line),
		cmocka_unit_test(a_pin_is_64_lower_case_digits),
		cmocka_unit_test(one_key_cannot_do_both),
		cmocka_unit_test(a_long_card_is_over_the_limit),
		cmocka_unit_test(every_prefix_of_a_card_is_refused),
		cmocka_unit_test(lines_are_given_in_order),
		cmocka_unit_test(names_are_checked),
		cmocka_unit_test(addresses_are_split),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
