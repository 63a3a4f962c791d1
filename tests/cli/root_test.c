/* check_root: evidence of a false index root holds when the log has signed it and its entries give something else, and
 * no other file does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "node/cli/check_root.h"
#include "tests/api/toy_view.h"

#define SPECIFICATION "proto/PROTOCOL.md"

struct world {
	struct toy toy;
	struct buf policy, file;
};

/* The next entry: an index root of that version that names entry size and says this. */
static void add_root(struct world *w, unsigned version, uint64_t size, struct index_sum said)
{
	struct buf root = { 0 }, json = { 0 };
	base64_add(&root, bytes_of(said.root.b, HASH_SIZE));
	buf_printf(&json,
	           "{\"kind\":\"index\",\"subject\":\"current\",\"index\":{\"version\":%u,\"size\":%llu,\"keys\":%llu,"
	           "\"root\":\"%s\"}}",
	           version, (unsigned long long)size, (unsigned long long)said.keys, buf_str(&root));
	toy_add(&w->toy, buf_str(&json));
	toy_sign(&w->toy);
	buf_free(&root);
	buf_free(&json);
}

/* w->file: that entry as evidence, with whatever was found, and whatever stands on the extra line. */
static void write_with(struct world *w, uint64_t index, struct index_sum found, struct bytes extra)
{
	struct tree_proof path;
	assert_int_equal(toy_prove(&w->toy, TOY_ORIGIN, index, w->toy.covered, &path, NULL), OK);
	buf_reset(&w->file);
	assert_int_equal(
	    index_evidence_write(found.keys, &found.root, extra, index, &path, buf_bytes(&w->toy.head), &w->file, NULL),
	    OK);
}

static void write_file(struct world *w, uint64_t index, struct index_sum found)
{
	struct buf extra = { 0 };
	proof_extra_write(buf_bytes(&w->toy.v[index].envelope), PAYLOAD_PRESENT, buf_bytes(&w->toy.v[index].payload),
	                  &extra);
	write_with(w, index, found, buf_bytes(&extra));
	buf_free(&extra);
}

static void write_policy(struct world *w)
{
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(w->toy.log), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
}

/* Three records, a root that is false at entry 3, one that is true at 4, a record. */
static int up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	toy_open(&w->toy);
	toy_fill(&w->toy);
	add_root(w, 1, 3, toy_sum(&w->toy, 2));
	add_root(w, 1, 4, toy_sum(&w->toy, 4));
	toy_add(&w->toy,
	        "{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026-01-01\"}}");
	toy_sign(&w->toy);
	write_policy(w);
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	toy_close(&w->toy);
	buf_free(&w->policy);
	buf_free(&w->file);
	free(w);
	return 0;
}

/* Its first entries, as somebody else holds them: of the one that lacks the payload is not here. */
static struct recount *log_at_hand(const struct world *w, uint64_t size, uint64_t lacks)
{
	struct recount *r = recount_new(size);
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(recount_add(r, buf_bytes(&w->toy.v[i].envelope),
		                             i == lacks ? PAYLOAD_WITHHELD : PAYLOAD_PRESENT, buf_bytes(&w->toy.v[i].payload),
		                             NULL),
		                 OK);
	return r;
}

/* The step that fails, with the log or without; NULL: it holds. */
static const char *failing_with(const struct world *w, bool log, uint64_t lacks, struct err *err)
{
	struct check_root c;
	int rc = check_root(&c, buf_bytes(&w->policy), buf_bytes(&w->file), err);
	if (rc == OK && log) {
		struct recount *r = log_at_hand(w, c.statement.proof.index, lacks);
		rc = check_root_recounted(&c, r, err);
		recount_free(r);
	}
	const char *step = rc == OK ? NULL : c.step;
	assert_int_equal(c.recounted, rc == OK && log);
	check_root_close(&c);
	return step;
}

static const char *failing(const struct world *w, bool log)
{
	struct err err = { 0 };
	return failing_with(w, log, UINT64_MAX, &err);
}

static void fails(const struct world *w, bool log, const char *step, const char *text)
{
	struct err err = { 0 };
	const char *found = failing_with(w, log, UINT64_MAX, &err);
	assert_non_null(found);
	assert_string_equal(found, step);
	if (strstr(err.text, text) == NULL)
		fail_msg("%s", err.text);
}

static void a_false_root_is_found_false(void **state)
{
	struct world *w = *state;
	struct check_root c;
	write_file(w, 3, toy_sum(&w->toy, 3));
	assert_null(failing(w, false));
	assert_null(failing(w, true));
	assert_int_equal(check_root(&c, buf_bytes(&w->policy), buf_bytes(&w->file), NULL), OK);
	assert_string_equal(c.file.origin, TOY_ORIGIN);
	assert_int_equal(c.statement.proof.index, 3);
	assert_int_equal(c.statement.verdict.size, 6);
	check_root_close(&c);
}

static void a_true_root_is_no_evidence(void **state)
{
	struct world *w = *state;
	write_file(w, 4, toy_sum(&w->toy, 2));
	assert_null(failing(w, false)); /* the log has said it: that is all that the file can show */
	fails(w, true, "claim", "the index root at entry 4 is true");
	write_file(w, 4, toy_sum(&w->toy, 4));
	fails(w, false, "claim", "says what the file says was found");
}

static void what_was_found_must_be_right(void **state)
{
	struct world *w = *state;
	struct index_sum found = toy_sum(&w->toy, 3);
	found.keys++;
	write_file(w, 3, found);
	assert_null(failing(w, false));
	fails(w, true, "found", "do not give what the file says");
}

static void the_entries_must_be_the_log_s(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	write_file(w, 3, toy_sum(&w->toy, 3));
	assert_string_equal(failing_with(w, true, 1, &err), "log");
	assert_non_null(strstr(err.text, "the content of entry 1 is not here"));
	/* Other entries, however little they differ. */
	for (uint64_t i = 0; i < 3; i++) {
		struct toy_entry kept = w->toy.v[i];
		w->toy.v[i].envelope = (struct buf){ 0 };
		envelope_write(w->toy.hasher, buf_bytes(&kept.payload), 1, NULL, &w->toy.v[i].envelope);
		fails(w, true, "log", "are not those that the log has signed before entry 3");
		buf_free(&w->toy.v[i].envelope);
		w->toy.v[i] = kept;
	}
	assert_null(failing(w, true));
}

static void a_root_that_counts_is_asked_for(void **state)
{
	struct world *w = *state;
	struct index_sum wrong = { .keys = 77 };
	write_file(w, 5, wrong); /* another record in its place */
	fails(w, false, "root", "is no index root");
	add_root(w, 1, 4, wrong); /* 6: it names entry 4 */
	write_file(w, 6, toy_sum(&w->toy, 6));
	fails(w, false, "root", "says nothing");
	add_root(w, 2, 7, wrong); /* 7: other rules */
	write_file(w, 7, toy_sum(&w->toy, 7));
	fails(w, false, "root", "of version 2");
	struct buf bare = { 0 };
	proof_extra_write(buf_bytes(&w->toy.v[3].envelope), PAYLOAD_REDACTED, bytes_of(NULL, 0), &bare);
	write_with(w, 3, toy_sum(&w->toy, 3), buf_bytes(&bare));
	fails(w, false, "root", "is no index root");
	buf_free(&bare);
}

static void nothing_stands_beside_the_entry(void **state)
{
	struct world *w = *state;
	struct buf extra = { 0 };
	proof_extra_write(buf_bytes(&w->toy.v[3].envelope), PAYLOAD_PRESENT, buf_bytes(&w->toy.v[3].payload), &extra);
	buf_add(&extra, (const uint8_t[]){ 0x78, 1 }, 2); /* field 15: 1 */
	write_with(w, 3, toy_sum(&w->toy, 3), buf_bytes(&extra));
	fails(w, false, "content", "more than the entry");
	buf_free(&extra);
}

static void the_policy_decides(void **state)
{
	struct world *w = *state;
	struct skey *stranger = NULL;
	write_file(w, 3, toy_sum(&w->toy, 3));
	/* Witnesses are not asked for, and their lines not in the file. */
	w->policy.len = 0;
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(w->toy.log), &w->policy);
	buf_add_str(&w->policy, "\nwitness iso ");
	vkey_write(skey_public(w->toy.witness), &w->policy);
	buf_add_str(&w->policy, "\nquorum iso\n");
	assert_null(failing(w, true));
	assert_null(strstr(buf_str(&w->file), "iso.example"));
	assert_int_equal(skey_generate(TOY_ORIGIN, KEY_ED25519, &stranger, NULL), OK);
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(stranger), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
	fails(w, false, "signature", "another key of that log");
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "quorum\n");
	fails(w, false, "policy", "");
	skey_free(stranger);
}

static void every_flipped_bit_is_refused(void **state)
{
	struct world *w = *state;
	write_file(w, 3, toy_sum(&w->toy, 3));
	/* The second line is the word of whoever made the file, until the log shows it. */
	const char *first = memchr(w->file.data, '\n', w->file.len);
	size_t second = (size_t)(first - (const char *)w->file.data) + 1;
	size_t third = second + (size_t)((const char *)memchr(first + 1, '\n', w->file.len - second) - first);
	for (size_t i = 0; i < w->file.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			w->file.data[i] ^= (uint8_t)(1 << bit);
			if ((i < second || i >= third) && failing(w, false) == NULL)
				fail_msg("byte %zu was accepted", i);
			if (failing(w, true) == NULL)
				fail_msg("byte %zu was accepted with the log", i);
			w->file.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_null(failing(w, true));
}

static void every_shorter_file_is_refused(void **state)
{
	struct world *w = *state;
	write_file(w, 3, toy_sum(&w->toy, 3));
	size_t whole = w->file.len;
	for (w->file.len = 0; w->file.len < whole; w->file.len++)
		assert_non_null(failing(w, false));
	assert_null(failing(w, false));
}

/* ---- the specification's example ---- */

/* A log that says in its first entry that it has a subject. */
static void make_example(struct world *w)
{
	struct hash key = map_key(w->toy.hasher, 1, bytes_str("GB/T 1-2020"));
	toy_close(&w->toy);
	toy_open(&w->toy);
	add_root(w, 1, 0, (struct index_sum){ 1, map_leaf(w->toy.hasher, &key, 0) });
	toy_add(&w->toy,
	        "{\"kind\":\"standard\",\"subject\":\"GB/T 1-2020\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	        "\"value\":\"First edition\"}],\"standard\":{\"status\":\"current\"}}");
	toy_sign(&w->toy);
	write_file(w, 0, toy_sum(&w->toy, 0));
}

/* The first indented block after this line, without its indent. */
static void read_block(const char *after, struct buf *out)
{
	char line[2048];
	bool passed = false;
	FILE *file = fopen(SPECIFICATION, "rb");
	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		bool inside = strncmp(line, "    ", 4) == 0;
		if (passed && inside)
			buf_add_str(out, line + 4);
		else if (passed && out->len > 0 && strcmp(line, "\n") != 0)
			break;
		else if (passed && out->len > 0)
			buf_add_char(out, '\n');
		passed = passed || strcmp(line, after) == 0;
	}
	(void)fclose(file);
	while (out->len > 1 && out->data[out->len - 2] == '\n')
		out->len--;
}

static void the_specification_shows_one(void **state)
{
	struct world *w = *state;
	struct buf shown = { 0 }, policy = { 0 };
	make_example(w);
	read_block("and the file\n", &shown);
	read_block("SHA-256(0x12). The policy\n", &policy);
	if (!bytes_equal(buf_bytes(&shown), buf_bytes(&w->file)) || !bytes_equal(buf_bytes(&policy), buf_bytes(&w->policy)))
		fail_msg("shown:\n%s%s\nmade:\n%s%s", buf_str(&policy), buf_str(&shown), buf_str(&w->policy),
		         buf_str(&w->file));
	assert_null(failing(w, true));
	buf_free(&shown);
	buf_free(&policy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_false_root_is_found_false),
		TEST(a_true_root_is_no_evidence),
		TEST(what_was_found_must_be_right),
		TEST(the_entries_must_be_the_log_s),
		TEST(a_root_that_counts_is_asked_for),
		TEST(nothing_stands_beside_the_entry),
		TEST(the_policy_decides),
		TEST(every_flipped_bit_is_refused),
		TEST(every_shorter_file_is_refused),
		TEST(the_specification_shows_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
