/* current: what is written is read, and nothing else; and what a file says follows from the root or does not count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/current.h"
#include "node/base/limits.h"

static struct hasher *h;

static int begin(void **state)
{
	h = hasher_new();
	return 0;
}

static int end(void **state)
{
	hasher_free(h);
	return 0;
}

enum { SUBJECTS = 9 };

static int by_key(const void *a, const void *b)
{
	return map_compare(&((const struct map_item *)a)->key, &((const struct map_item *)b)->key);
}

/* A file about one of "S 0" to "S 8", whose values are their numbers, or about another. */
static struct hash write_file(const char *subject, bool with_entry, struct buf *out)
{
	struct map_item items[SUBJECTS];
	uint64_t values[SUBJECTS];
	struct current c = { .kind = 1, .subject = bytes_str(subject), .statement = bytes_str("the statement\n") };
	for (size_t i = 0; i < SUBJECTS; i++) {
		char text[8] = { 'S', ' ', (char)('0' + i) };
		items[i].key = map_key(h, 1, bytes_str(text));
		items[i].hash = map_leaf(h, &items[i].key, i);
	}
	qsort(items, SUBJECTS, sizeof *items, by_key);
	for (size_t i = 0; i < SUBJECTS; i++)
		for (values[i] = 0;; values[i]++) {
			struct hash leaf = map_leaf(h, &items[i].key, values[i]);
			if (hash_equal(&leaf, &items[i].hash))
				break;
		}
	struct hash key = map_key(h, 1, c.subject);
	size_t at = map_prove(h, items, SUBJECTS, &key, &c.map);
	c.map.key = items[at].key;
	c.map.value = values[at];
	if (with_entry)
		c.entry = bytes_str("the entry\n");
	current_write(&c, out);
	return map_root(h, items, SUBJECTS);
}

static void what_is_written_is_read(void **state)
{
	static struct current c;
	struct buf file = { 0 }, again = { 0 };
	struct err err = { 0 };
	struct hash root = write_file("S 4", true, &file);
	assert_true(current_begins(buf_bytes(&file)));
	assert_int_equal(current_parse(buf_bytes(&file), &c, &err), OK);
	assert_int_equal(c.kind, 1);
	assert_true(bytes_equal(c.subject, bytes_str("S 4")) && bytes_equal(c.entry, bytes_str("the entry\n")));
	assert_int_equal(c.map.value, 4);
	assert_int_equal(current_check(h, &c, &root, &err), OK);
	current_write(&c, &again);
	assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&file)));
	buf_free(&file);
	buf_free(&again);
}

static void there_is_none(void **state)
{
	static struct current c;
	struct buf file = { 0 };
	struct err err = { 0 };
	struct hash root = write_file("S 9", false, &file);
	assert_int_equal(current_parse(buf_bytes(&file), &c, &err), OK);
	assert_int_equal(current_check(h, &c, &root, &err), OK);
	buf_reset(&file);
	root = write_file("S 9", true, &file); /* an entry, where there is none */
	assert_int_equal(current_parse(buf_bytes(&file), &c, &err), OK);
	assert_int_equal(current_check(h, &c, &root, &err), ERR_INVALID);
	buf_reset(&file);
	root = write_file("S 3", false, &file); /* none, where there is one */
	assert_int_equal(current_parse(buf_bytes(&file), &c, &err), OK);
	assert_int_equal(current_check(h, &c, &root, &err), ERR_INVALID);
	root.b[5] ^= 4;
	assert_int_equal(current_check(h, &c, &root, &err), ERR_UNTRUSTED);
	buf_free(&file);
}

static void an_empty_map_has_no_way(void **state)
{
	static struct current c;
	static const char file[] = "normlink current v1\nkind 15\nsubject x\nstatement 2\ns\n";
	struct hash root = map_empty(h);
	struct err err = { 0 };
	assert_int_equal(current_parse(bytes_str(file), &c, &err), OK);
	assert_true(c.map.empty && c.map.count == 0 && c.entry.len == 0);
	assert_int_equal(current_check(h, &c, &root, &err), OK);
}

/* Every prefix, and every byte changed: refused, or about something else, or it proves nothing. */
static void nothing_near_it_holds(void **state)
{
	static struct current c;
	struct buf file = { 0 };
	struct err err = { 0 };
	struct hash root = write_file("S 4", true, &file);
	size_t body = file.len - strlen("statement 14\nthe statement\nentry 10\nthe entry\n");
	for (size_t len = 0; len < file.len; len++) {
		int rc = current_parse(bytes_of(file.data, len), &c, &err);
		if (rc == OK) /* the statement is whole, and the entry is not there */
			assert_int_equal(current_check(h, &c, &root, &err), ERR_INVALID);
	}
	for (size_t i = 0; i < body; i++)
		for (int bit = 0; bit < 8; bit++) {
			file.data[i] ^= (uint8_t)(1 << bit);
			if (current_parse(buf_bytes(&file), &c, &err) == OK)
				assert_int_not_equal(current_check(h, &c, &root, &err), OK);
			file.data[i] ^= (uint8_t)(1 << bit);
		}
	buf_free(&file);
}

static void other_forms_are_refused(void **state)
{
	static struct current c;
	static const char *const bad[] = {
		"normlink current v2\nkind 1\nsubject x\nstatement 2\ns\n",
		"normlink current v1\nkind 0\nsubject x\nstatement 2\ns\n",
		"normlink current v1\nkind 01\nsubject x\nstatement 2\ns\n",
		"normlink current v1\nkind 1 1\nsubject x\nstatement 2\ns\n",
		"normlink current v1\nkind 2147483648\nsubject x\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject \nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject a\tb\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject \xff\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject x\nstatement 0\n",
		"normlink current v1\nkind 1\nsubject x\nstatement 3\ns\n",
		"normlink current v1\nkind 1\nsubject x\nstatement 1\ns\n",
		"normlink current v1\nkind 1\nsubject x\nstatement 2\ns\nentry 0\n",
		"normlink current v1\nkind 1\nsubject x\nstatement 2\ns\nentry 2\ne\nx",
		"normlink current v1\nkind 1\nsubject x\nentry 2\ne\n",
		"normlink current v1\nkind 1\nsubject x\nstep 0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject x\nleaf 1 AAAA\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject x\nleaf 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
		"step 256 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nstatement 2\ns\n",
		"normlink current v1\nkind 1\nsubject x\nleaf 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
		"step 3 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nstep 3 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
		"statement 2\ns\n",
	};
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(current_parse(bytes_str(bad[i]), &c, &err), ERR_INVALID);
		assert_non_null(strstr(err.text, "(clause 10)"));
	}
	struct buf large = { 0 };
	buf_printf(&large, "normlink current v1\nkind 1\nsubject x\nstatement %d\n", PROOF_FILE_MAX);
	for (int i = 0; i < PROOF_FILE_MAX; i++)
		buf_add_char(&large, 's');
	assert_int_equal(current_parse(buf_bytes(&large), &c, &err), ERR_LIMIT);
	buf_free(&large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(there_is_none),
		cmocka_unit_test(an_empty_map_has_no_way), cmocka_unit_test(nothing_near_it_holds),
		cmocka_unit_test(other_forms_are_refused),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
