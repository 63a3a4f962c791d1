/* check_current: a file about what is current holds, and no other one does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/proof.h"
#include "node/cli/check_current.h"
#include "tests/api/toy_view.h"

struct world {
	struct toy toy;
	struct buf policy, file;
	struct current c; /* what the file is made from */
	struct buf statement, entry;
};

static void write_proof(struct world *w, uint64_t index, struct buf *out)
{
	struct tree_proof path;
	struct buf extra = { 0 };
	assert_int_equal(toy_prove(&w->toy, TOY_ORIGIN, index, w->toy.covered, &path, NULL), OK);
	proof_extra_write(buf_bytes(&w->toy.v[index].envelope), PAYLOAD_PRESENT, buf_bytes(&w->toy.v[index].payload),
	                  &extra);
	buf_reset(out);
	proof_write(buf_bytes(&extra), index, &path, buf_bytes(&w->toy.head), out);
	buf_free(&extra);
}

/* The next entry: a root of that many entries, of that version. */
static void add_root(struct world *w, unsigned version, uint64_t size, uint64_t covers)
{
	struct index_sum sum = toy_sum(&w->toy, covers);
	struct buf root = { 0 }, json = { 0 };
	base64_add(&root, bytes_of(sum.root.b, HASH_SIZE));
	buf_printf(&json,
	           "{\"kind\":\"index\",\"subject\":\"current\",\"index\":{\"version\":%u,\"size\":%llu,\"keys\":%llu,"
	           "\"root\":\"%s\"}}",
	           version, (unsigned long long)size, (unsigned long long)sum.keys, buf_str(&root));
	toy_add(&w->toy, buf_str(&json));
	toy_sign(&w->toy);
	buf_free(&root);
	buf_free(&json);
}

/* The file that shows what the root at that entry has on a subject; the map is that of covers entries. */
static void write_current(struct world *w, uint64_t root, uint64_t covers, const char *subject)
{
	struct index_state unused;
	struct hash key = map_key(w->toy.hasher, 1, bytes_str(subject));
	w->toy.root = (struct index_state){ .any = true, .index = covers };
	w->c = (struct current){ .kind = 1, .subject = bytes_str(subject) };
	assert_int_equal(toy_current(&w->toy, TOY_ORIGIN, 1, subject, &unused, &w->c.map, NULL), OK);
	write_proof(w, root, &w->statement);
	w->c.statement = buf_bytes(&w->statement);
	if (map_compare(&key, &w->c.map.key) == 0) {
		write_proof(w, w->c.map.value, &w->entry);
		w->c.entry = buf_bytes(&w->entry);
	}
	buf_reset(&w->file);
	current_write(&w->c, &w->file);
}

static int up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	toy_open(&w->toy);
	toy_fill(&w->toy);
	add_root(w, 1, 3, 3);
	toy_add(&w->toy,
	        "{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026-01-01\"}}");
	toy_sign(&w->toy);
	buf_add_str(&w->policy, "log ");
	vkey_write(skey_public(w->toy.log), &w->policy);
	buf_add_str(&w->policy, "\nquorum none\n");
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	toy_close(&w->toy);
	buf_free(&w->policy);
	buf_free(&w->file);
	buf_free(&w->statement);
	buf_free(&w->entry);
	free(w);
	return 0;
}

/* The step that fails; NULL: it holds. */
static const char *failing(const struct world *w, struct err *err)
{
	static struct check_current c;
	int rc = check_current(&c, buf_bytes(&w->policy), buf_bytes(&w->file), err);
	const char *step = rc == OK ? NULL : c.step;
	check_current_close(&c);
	return step;
}

static void fails(const struct world *w, const char *step, const char *text)
{
	struct err err = { 0 };
	const char *found = failing(w, &err);
	assert_non_null(found);
	assert_string_equal(found, step);
	if (strstr(err.text, text) == NULL)
		fail_msg("%s", err.text);
}

static void what_is_current_holds(void **state)
{
	struct world *w = *state;
	static struct check_current c;
	struct err err = { 0 };
	write_current(w, 3, 3, "GB/T 19001-2016");
	if (check_current(&c, buf_bytes(&w->policy), buf_bytes(&w->file), &err) != OK)
		fail_msg("%s: %s", c.step, err.text);
	assert_int_equal(c.size, 3);
	assert_int_equal(c.later, 1);
	assert_int_equal(c.entry.proof.index, 2);
	assert_string_equal(c.entry.record->subject, "GB/T 19001-2016");
	check_current_close(&c);
	write_current(w, 3, 3, "GB/T 19002-2016");
	if (check_current(&c, buf_bytes(&w->policy), buf_bytes(&w->file), &err) != OK)
		fail_msg("%s: %s", c.step, err.text);
	assert_int_equal(c.file.entry.len, 0);
	check_current_close(&c);
}

static void every_flipped_bit_is_refused(void **state)
{
	struct world *w = *state;
	for (int which = 0; which < 2; which++) {
		write_current(w, 3, 3, which == 0 ? "GB/T 19001-2016" : "GB/T 19002-2016");
		for (size_t i = 0; i < w->file.len; i++) {
			w->file.data[i] ^= (uint8_t)(1 << i % 8);
			struct err err = { 0 };
			/* Another subject that is not there either, on the same way, is another true statement. */
			if (failing(w, &err) == NULL && which == 0)
				fail_msg("byte %zu was accepted", i);
			w->file.data[i] ^= (uint8_t)(1 << i % 8);
		}
		assert_null(failing(w, NULL));
	}
}

static void every_shorter_file_is_refused(void **state)
{
	struct world *w = *state;
	write_current(w, 3, 3, "GB/T 19001-2016");
	size_t whole = w->file.len;
	for (w->file.len = 0; w->file.len < whole; w->file.len++)
		assert_non_null(failing(w, NULL));
	assert_null(failing(w, NULL));
}

static void an_older_entry_is_not_the_newest(void **state)
{
	struct world *w = *state;
	write_current(w, 3, 3, "GB/T 19001-2016");
	write_proof(w, 0, &w->entry); /* an older statement on the same subject */
	w->c.entry = buf_bytes(&w->entry);
	buf_reset(&w->file);
	current_write(&w->c, &w->file);
	fails(w, "entry", "is not the one that the map names");
	w->c.map.value = 0;
	buf_reset(&w->file);
	current_write(&w->c, &w->file);
	fails(w, "way", "does not lead from the root");
}

static void a_root_that_counts_is_asked_for(void **state)
{
	struct world *w = *state;
	write_current(w, 2, 3, "GB/T 19001-2016"); /* a standard's entry in its place */
	fails(w, "root", "is no index root");
	add_root(w, 1, 4, 4); /* 5: it names entry 4 */
	write_current(w, 5, 4, "GB/T 19001-2016");
	fails(w, "root", "says nothing");
	add_root(w, 2, 6, 6); /* 6: other rules */
	write_current(w, 6, 6, "GB/T 19001-2016");
	fails(w, "root", "of version 2");
	add_root(w, 1, 7, 7);
	write_current(w, 7, 7, "GB/T 19001-2016");
	assert_null(failing(w, NULL));
}

static void both_stand_under_one_head(void **state)
{
	struct world *w = *state;
	struct buf older = { 0 };
	write_current(w, 3, 3, "GB/T 19001-2016");
	buf_add_bytes(&older, buf_bytes(&w->entry));
	add_root(w, 1, 5, 5);
	write_current(w, 3, 3, "GB/T 19001-2016");
	assert_null(failing(w, NULL));
	w->c.entry = buf_bytes(&older);
	buf_reset(&w->file);
	current_write(&w->c, &w->file);
	fails(w, "entry", "under one head");
	buf_free(&older);
}

static void the_policy_decides(void **state)
{
	struct world *w = *state;
	write_current(w, 3, 3, "GB/T 19001-2016");
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "quorum none\n");
	fails(w, "signature", "");
	buf_reset(&w->policy);
	buf_add_str(&w->policy, "nonsense\n");
	fails(w, "policy", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_current_holds, up, down),
		cmocka_unit_test_setup_teardown(every_flipped_bit_is_refused, up, down),
		cmocka_unit_test_setup_teardown(every_shorter_file_is_refused, up, down),
		cmocka_unit_test_setup_teardown(an_older_entry_is_not_the_newest, up, down),
		cmocka_unit_test_setup_teardown(a_root_that_counts_is_asked_for, up, down),
		cmocka_unit_test_setup_teardown(both_stand_under_one_head, up, down),
		cmocka_unit_test_setup_teardown(the_policy_decides, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
