/* note: signed notes, checkpoints and cosignatures, from the specifications' own examples to forged ones. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/note.h"

#define DASH "\xe2\x80\x94 "

/* signed-note, "Example". */
static const char example_vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example[] =
    "This is an example message.\n\n" DASH "example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/* tlog-cosignature's example. */
static const char cosigned[] =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" DASH
    "example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH
    "witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

static const char text[] = "log.example\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

static struct note note; /* some kilobytes: once is enough */
static struct skey *log_key, *witness;

static int make_keys(void **state)
{
	assert_int_equal(skey_generate("log.example", KEY_ED25519, &log_key, NULL), OK);
	assert_int_equal(skey_generate("witness.example/w1", KEY_COSIGNATURE, &witness, NULL), OK);
	return 0;
}

static int free_keys(void **state)
{
	skey_free(log_key);
	skey_free(witness);
	return 0;
}

/* A copy of exactly the note's size, so that a sanitizer sees a read past it; the note borrows the copy. */
static uint8_t *parse_copy(struct bytes raw, int *rc, struct err *err)
{
	uint8_t *copy = malloc(raw.len + (raw.len == 0));
	assert_non_null(copy);
	if (raw.len > 0)
		memcpy(copy, raw.data, raw.len);
	*rc = note_parse(bytes_of(copy, raw.len), &note, err);
	return copy;
}

static void assert_refused(struct bytes raw, int code, const char *words)
{
	struct err err = { 0 };
	int rc;
	free(parse_copy(raw, &rc, &err));
	assert_int_equal(rc, code);
	if (strstr(err.text, words) == NULL)
		fail_msg("expected '%s', got '%s'", words, err.text);
	assert_non_null(strstr(err.text, "signed-note: "));
}

/* text, signed by the log and whoever else. */
static struct buf signed_note(void)
{
	struct buf b = { 0 };
	buf_add_str(&b, text);
	buf_add_char(&b, '\n');
	note_sign(log_key, bytes_str(text), &b);
	return b;
}

/* ---- the specifications' examples ---- */

static void the_example_of_signed_note(void **state)
{
	struct vkey k;
	assert_int_equal(vkey_parse(bytes_str(example_vkey), &k, NULL), OK);
	assert_int_equal(note_parse(bytes_str(example), &note, NULL), OK);
	assert_true(bytes_equal(note.text, bytes_str("This is an example message.\n")));
	assert_int_equal(note.count, 1);
	assert_true(bytes_equal(note.signatures[0].name, bytes_str("example.com/foo")));
	assert_int_equal(note.signatures[0].id, 0x530d903a);
	assert_int_equal(note.signatures[0].payload_len, SIGNATURE_SIZE);
	assert_int_equal(note_verify(&note, &k, NULL), OK);
}

/* Every bit of the text, and every character of the signature. */
static void a_changed_example_fails(void **state)
{
	struct vkey k;
	uint8_t copy[sizeof example - 1];
	assert_int_equal(vkey_parse(bytes_str(example_vkey), &k, NULL), OK);
	memcpy(copy, example, sizeof copy);
	for (size_t at = 0; at < sizeof copy; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			copy[at] ^= (uint8_t)(1u << bit);
			if (note_parse(bytes_of(copy, sizeof copy), &note, NULL) == OK)
				assert_int_not_equal(note_verify(&note, &k, NULL), OK);
			copy[at] ^= (uint8_t)(1u << bit);
		}
	}
	for (size_t n = 0; n < sizeof copy; n++) {
		int rc;
		free(parse_copy(bytes_of(copy, n), &rc, NULL));
		assert_int_equal(rc, ERR_INVALID);
	}
}

static void the_example_of_tlog_cosignature(void **state)
{
	struct checkpoint c;
	assert_int_equal(note_parse(bytes_str(cosigned), &note, NULL), OK);
	assert_int_equal(note.count, 2);
	const struct note_signature *s = &note.signatures[1];
	assert_true(bytes_equal(s->name, bytes_str("witness.example.com/w1")));
	assert_int_equal(4 + s->payload_len, 76);
	uint64_t time_s = 0;
	for (size_t i = 0; i < 8; i++)
		time_s = time_s << 8 | s->payload[i];
	assert_int_equal(time_s, 1679315147);
	assert_int_equal(checkpoint_parse(note.text, &c, NULL), OK);
	assert_true(bytes_equal(c.origin, bytes_str("example.com/behind-the-sofa")));
	assert_int_equal(c.size, 20852163);
	assert_int_equal(c.extensions, 0);
	struct buf again = { 0 };
	checkpoint_write("example.com/behind-the-sofa", c.size, &c.root, &again);
	assert_true(bytes_equal(buf_bytes(&again), note.text));
	buf_free(&again);
}

/* The text may hold empty lines and dashes: the last empty line parts it from the signatures. */
static void the_last_empty_line_splits(void **state)
{
	static const char *const texts[] = { "a\n\nb\n", "\n", "\n\n\n", "a\n\n" DASH "n AAAAAAA=\n",
		                                 "ed è subito sera.\n" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf b = { 0 };
		buf_printf(&b, "%s\n", texts[i]);
		note_sign(log_key, bytes_str(texts[i]), &b);
		assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
		assert_true(bytes_equal(note.text, bytes_str(texts[i])));
		assert_int_equal(note_verify(&note, skey_public(log_key), NULL), OK);
		buf_free(&b);
	}
}

/* ---- form ---- */

static void notes_that_are_refused(void **state)
{
	static const struct {
		const char *raw, *words;
	} bad[] = {
		{ "", "does not end" },
		{ "\n", "no empty line" },
		{ "\n\n", "no signature" },
		{ "text\n", "no empty line" },
		{ "text\n\n", "no signature" },
		{ "text\n" DASH "n AAAAAAA=\n", "no empty line" },
		{ "text\n\n" DASH "n AAAAAAA=", "does not end" },
		{ "text\n\n" DASH "n AAAAAAA=\n\n", "no signature" },
		{ "text\n\n- n AAAAAAA=\n", "dash" },
		{ "text\n\n\xe2\x80\x93 n AAAAAAA=\n", "dash" }, /* an en dash */
		{ "text\n\n\xe2\x80\x94n AAAAAAA=\n", "dash" },
		{ "text\n\n " DASH "n AAAAAAA=\n", "dash" },
		{ "text\n\n" DASH "n\n", "second space" },
		{ "text\n\n" DASH " AAAAAAA=\n", "empty" },
		{ "text\n\n" DASH "a+b AAAAAAA=\n", "'+'" },
		{ "text\n\n" DASH "a\xc2\xa0z AAAAAAA=\n", "space" },
		{ "text\n\n" DASH "n  AAAAAAA=\n", "base64" },
		{ "text\n\n" DASH "n AAAAAAA= \n", "base64" },
		{ "text\n\n" DASH "n AAAAAAA= x\n", "base64" },
		{ "text\n\n" DASH "n AAAAAAB=\n", "base64" }, /* not canonical */
		{ "text\n\n" DASH "n AAAAAAA\n", "base64" },
		{ "text\n\n" DASH "n \n", "base64" },
		{ "text\n\n" DASH "n AAAAAA==\n", "base64" }, /* a key ID and nothing more */
		{ "text\n\n" DASH "n AAAAAAA=\nrubbish\n", "dash" },
		{ "text\r\n\r\n" DASH "n AAAAAAA=\r\n", "control" },
		{ "te\txt\n\n" DASH "n AAAAAAA=\n", "control" },
		{ "te\x1bxt\n\n" DASH "n AAAAAAA=\n", "control" },
		{ "te\xffxt\n\n" DASH "n AAAAAAA=\n", "UTF-8" },
		{ "te\xc0\x8axt\n\n" DASH "n AAAAAAA=\n", "UTF-8" },
		{ "te\xed\xa0\x80xt\n\n" DASH "n AAAAAAA=\n", "UTF-8" },
		{ "text\n\n" DASH "n\xc3 AAAAAAA=\n", "UTF-8" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(bytes_str(bad[i].raw), ERR_INVALID, bad[i].words);
	assert_refused(bytes_of("te\0t\n\n" DASH "n AAAAAAA=\n", 20), ERR_INVALID, "control");
	assert_refused(bytes_of(NULL, 0), ERR_INVALID, "does not end");
}

static void add_lines(struct buf *b, size_t count, size_t payload)
{
	struct buf data = { 0 };
	for (size_t i = 0; i < 4 + payload; i++)
		buf_add_char(&data, (char)i);
	for (size_t i = 0; i < count; i++) {
		buf_printf(b, DASH "other%zu.example ", i);
		base64_add(b, buf_bytes(&data));
		buf_add_char(b, '\n');
	}
	buf_free(&data);
}

static void limits(void **state)
{
	struct buf b = signed_note();
	add_lines(&b, NOTE_SIGNATURES_MAX - 1, 100);
	assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
	assert_int_equal(note.count, NOTE_SIGNATURES_MAX);
	assert_int_equal(note_verify(&note, skey_public(log_key), NULL), OK);
	add_lines(&b, 1, 100);
	assert_refused(buf_bytes(&b), ERR_LIMIT, "more than 64 signatures");
	buf_free(&b);
	/* signed-note: at least 16, and they can be nearly 5 kB each. */
	b = signed_note();
	add_lines(&b, 15, 8 + 4627);
	assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
	assert_int_equal(note.signatures[1].payload_len, 8 + 4627);
	assert_int_equal(note_verify(&note, skey_public(log_key), NULL), OK);
	while (b.len <= NOTE_MAX)
		add_lines(&b, 1, 4000);
	assert_refused(buf_bytes(&b), ERR_LIMIT, "bytes");
	buf_free(&b);
}

/* ---- who signed ---- */

/* The same key's line with one bit of its signature flipped. */
static void add_broken_line(struct buf *b)
{
	struct buf good = { 0 }, data = { 0 };
	note_sign(log_key, bytes_str(text), &good);
	const char *name = skey_public(log_key)->name;
	size_t skip = strlen(DASH) + strlen(name) + 1;
	assert_int_equal(base64_decode(bytes_of(good.data + skip, good.len - skip - 1), &data), OK);
	data.data[20] ^= 4;
	buf_printf(b, DASH "%s ", name);
	base64_add(b, buf_bytes(&data));
	buf_add_char(b, '\n');
	buf_free(&good);
	buf_free(&data);
}

static void add_line(struct buf *b, const char *name, uint32_t id, size_t payload)
{
	struct buf data = { 0 };
	buf_add_u32(&data, id);
	for (size_t i = 0; i < payload; i++)
		buf_add_char(&data, 'x');
	buf_printf(b, DASH "%s ", name);
	base64_add(b, buf_bytes(&data));
	buf_add_char(b, '\n');
	buf_free(&data);
}

static int verify(struct buf *b, const struct skey *key)
{
	assert_int_equal(note_parse(buf_bytes(b), &note, NULL), OK);
	int rc = note_verify(&note, skey_public(key), NULL);
	buf_free(b);
	return rc;
}

static void strangers_are_ignored(void **state)
{
	const struct vkey *k = skey_public(log_key);
	struct buf b = signed_note();
	add_line(&b, k->name, k->id + 1, SIGNATURE_SIZE);    /* the name with another ID */
	add_line(&b, "else.example", k->id, SIGNATURE_SIZE); /* the ID with another name */
	add_line(&b, "log.exampl", k->id, SIGNATURE_SIZE);
	add_line(&b, "log.example/", k->id, SIGNATURE_SIZE);
	assert_int_equal(verify(&b, log_key), OK);
	buf_add_str(&b, text);
	buf_add_char(&b, '\n');
	add_line(&b, k->name, k->id + 1, SIGNATURE_SIZE);
	add_line(&b, "else.example", k->id, SIGNATURE_SIZE);
	assert_int_equal(verify(&b, log_key), ERR_NOT_FOUND);
	b = signed_note();
	assert_int_equal(verify(&b, witness), ERR_NOT_FOUND);
}

/* signed-note: a known key's signature that fails spoils the note, wherever it stands. */
static void one_false_line_spoils_the_note(void **state)
{
	const struct vkey *k = skey_public(log_key);
	struct buf b = signed_note();
	add_broken_line(&b);
	assert_int_equal(verify(&b, log_key), ERR_UNTRUSTED);
	buf_add_str(&b, text);
	buf_add_char(&b, '\n');
	add_broken_line(&b);
	note_sign(log_key, bytes_str(text), &b);
	assert_int_equal(verify(&b, log_key), ERR_UNTRUSTED);
	/* Too short, too long, and of the other kind's length. */
	static const size_t lengths[] = { 1, 63, 65, 72, 73, 2428 };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		b = signed_note();
		add_line(&b, k->name, k->id, lengths[i]);
		assert_int_equal(verify(&b, log_key), ERR_UNTRUSTED);
	}
	/* A signature over another text. */
	buf_add_str(&b, "other text\n\n");
	note_sign(log_key, bytes_str(text), &b);
	assert_int_equal(verify(&b, log_key), ERR_UNTRUSTED);
}

static void the_same_line_again_is_no_harm(void **state)
{
	struct buf b = signed_note();
	for (size_t i = 1; i < NOTE_SIGNATURES_MAX; i++)
		note_sign(log_key, bytes_str(text), &b); /* Ed25519 is deterministic */
	assert_int_equal(verify(&b, log_key), OK);
}

/* A key of a type that is not done here says nothing, for or against. */
static void keys_of_other_types_find_nothing(void **state)
{
	struct buf b = signed_note();
	struct vkey other = *skey_public(log_key);
	other.type = (enum key_type)0x06;
	assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
	assert_int_equal(note_verify(&note, &other, NULL), ERR_NOT_FOUND);
	buf_free(&b);
}

/* ---- cosignatures ---- */

static void cosignatures_carry_their_time(void **state)
{
	static const uint64_t times[] = { 0, 1, 1679315147, INT64_MAX };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct buf b = signed_note();
		uint64_t time_s = 99;
		note_cosign(witness, bytes_str(text), times[i], &b);
		assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
		assert_int_equal(note.signatures[1].payload_len, 72);
		assert_int_equal(note_verify(&note, skey_public(witness), &time_s), OK);
		assert_int_equal(time_s, times[i]);
		assert_int_equal(note_verify(&note, skey_public(witness), NULL), OK);
		assert_int_equal(note_verify(&note, skey_public(log_key), NULL), OK);
		buf_free(&b);
	}
}

/* tlog-cosignature, "Ed25519 signed message", put together by hand. */
static void a_cosignature_signs_the_message_of_the_text(void **state)
{
	static const char message[] = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
	                              "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	struct buf b = { 0 };
	assert_int_equal(note_parse(bytes_str(cosigned), &note, NULL), OK);
	buf_add_bytes(&b, note.text);
	buf_add_char(&b, '\n');
	note_cosign(witness, note.text, 1679315147, &b);
	assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
	assert_int_equal(vkey_verify(skey_public(witness), bytes_str(message), note.signatures[0].payload + 8), OK);
	buf_free(&b);
}

/* tlog-cosignature: a time above 2^63 - 1 is no time, even when it is signed. */
static void a_time_beyond_the_limit_fails(void **state)
{
	struct buf b = { 0 }, message = { 0 }, data = { 0 };
	uint64_t time_s = (uint64_t)INT64_MAX + 1;
	buf_printf(&message, "cosignature/v1\ntime %" PRIu64 "\n%s", time_s, text);
	buf_add_u32(&data, skey_public(witness)->id);
	buf_add_u64(&data, time_s);
	skey_sign(witness, buf_bytes(&message), buf_reserve(&data, SIGNATURE_SIZE));
	data.len += SIGNATURE_SIZE;
	buf_printf(&b, "%s\n" DASH "%s ", text, skey_public(witness)->name);
	base64_add(&b, buf_bytes(&data));
	buf_add_char(&b, '\n');
	assert_int_equal(verify(&b, witness), ERR_UNTRUSTED);
	buf_free(&message);
	buf_free(&data);
}

static void a_false_time_fails(void **state)
{
	struct buf b = { 0 };
	buf_add_str(&b, text);
	buf_add_char(&b, '\n');
	note_cosign(witness, bytes_str(text), 1000, &b);
	assert_int_equal(note_parse(buf_bytes(&b), &note, NULL), OK);
	for (size_t bit = 0; bit < 8 * 72; bit++) {
		note.signatures[0].payload[bit / 8] ^= (uint8_t)(1 << bit % 8);
		uint64_t time_s = 7;
		assert_int_equal(note_verify(&note, skey_public(witness), &time_s), ERR_UNTRUSTED);
		assert_int_equal(time_s, 7);
		note.signatures[0].payload[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	/* Without the time it is no cosignature, and with one it is no plain signature. */
	note.signatures[0].payload_len = SIGNATURE_SIZE;
	assert_int_equal(note_verify(&note, skey_public(witness), NULL), ERR_UNTRUSTED);
	buf_free(&b);
}

/* ---- checkpoints ---- */

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void assert_opens(struct buf *b, int code, const char *words)
{
	struct checkpoint c;
	struct err err = { 0 };
	assert_int_equal(checkpoint_open(buf_bytes(b), skey_public(log_key), &note, &c, &err), code);
	if (strstr(err.text, words) == NULL)
		fail_msg("expected '%s', got '%s'", words, err.text);
	buf_free(b);
}

static void checkpoints_are_opened_with_the_logs_key(void **state)
{
	struct buf b = signed_note();
	assert_opens(&b, OK, "");
	b = signed_note();
	note_cosign(witness, bytes_str(text), 1, &b);
	assert_opens(&b, OK, "");
	b = signed_note();
	add_broken_line(&b);
	assert_opens(&b, ERR_UNTRUSTED, "does not verify");
	buf_printf(&b, "%s\n", text);
	note_cosign(witness, bytes_str(text), 1, &b);
	assert_opens(&b, ERR_UNTRUSTED, "no signature by the log's key");
	/* The right key under another origin: what it signed for one log is nothing for another. */
	static const char other[] = "else.example\n5\n" ROOT;
	buf_printf(&b, "%s\n", other);
	note_sign(log_key, bytes_str(other), &b);
	assert_opens(&b, ERR_UNTRUSTED, "origin");
	static const char no_checkpoint[] = "log.example\nfive\n" ROOT;
	buf_printf(&b, "%s\n", no_checkpoint);
	note_sign(log_key, bytes_str(no_checkpoint), &b);
	assert_opens(&b, ERR_INVALID, "size");
	buf_add_str(&b, text);
	assert_opens(&b, ERR_INVALID, "signed-note");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_signed_note),
		cmocka_unit_test(a_changed_example_fails),
		cmocka_unit_test(the_example_of_tlog_cosignature),
		cmocka_unit_test(the_last_empty_line_splits),
		cmocka_unit_test(notes_that_are_refused),
		cmocka_unit_test(limits),
		cmocka_unit_test(strangers_are_ignored),
		cmocka_unit_test(one_false_line_spoils_the_note),
		cmocka_unit_test(the_same_line_again_is_no_harm),
		cmocka_unit_test(keys_of_other_types_find_nothing),
		cmocka_unit_test(cosignatures_carry_their_time),
		cmocka_unit_test(a_cosignature_signs_the_message_of_the_text),
		cmocka_unit_test(a_time_beyond_the_limit_fails),
		cmocka_unit_test(a_false_time_fails),
		cmocka_unit_test(checkpoints_are_opened_with_the_logs_key),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
