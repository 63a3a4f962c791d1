/* recent: what a reader keeps between questions is what a reader without memory would see. */
#include "tests/store/fixture.h"
#include "tests/store/seek.h"

static void add(const char *subject, const char *title)
{
	const struct text texts[] = { { 1, "en", title }, { 0, NULL, NULL } };
	const struct sample sample = { .subject = subject, .texts = texts };
	apply_sample(store, &maker, &sample);
}

/* Hits, each with its payload, at a snapshot that has as many entries as the log. */
static uint64_t hits(struct store *s)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct as_of *as_of;
	size_t count;
	struct view v = store_view(s);
	const struct query query = { .words = "wood", .limit = 10 };
	assert_int_equal(v.begin(v.ctx, &arena, &as_of, &count, NULL), OK);
	assert_int_equal(seek(&v, &query, &arena, &list, NULL), OK);
	v.end(v.ctx);
	assert_int_equal(count, 1);
	assert_int_equal(as_of[0].size, tree_size(maker.tree));
	for (size_t i = 0; i < list.count; i++)
		assert_true(list.v[i].state == PAYLOAD_PRESENT && list.v[i].payload.len > 0);
	arena_free(&arena);
	return list.total;
}

static void a_reader_sees_what_came(void **state)
{
	add("ISO 1:2000", "Wood");
	struct store *reader = scratch_open(&scratch, STORE_READ);
	for (uint64_t n = 1; n < 5; n++) {
		char subject[24];
		assert_int_equal(hits(reader), n);
		assert_int_equal(hits(reader), n);
		assert_int_equal(hits(store), n);
		(void)snprintf(subject, sizeof subject, "ISO %d:2000", (int)n + 1);
		add(subject, "More wood");
	}
	store_close(reader);
}

/* What was found once is another's revision now, and then is taken up again. */
static void a_reader_sees_what_was_revised(void **state)
{
	add("ISO 1:2000", "Wood");
	add("ISO 2:2000", "Wood");
	struct store *reader = scratch_open(&scratch, STORE_READ);
	assert_int_equal(hits(reader), 2);
	add("ISO 1:2000", "Timber");
	assert_int_equal(hits(reader), 1);
	add("ISO 1:2000", "Wood and timber");
	assert_int_equal(hits(reader), 2);
	store_close(reader);
}

/* The last tile is kept, and grows. */
static void a_reader_proves_what_came(void **state)
{
	static const size_t sizes[] = { 1, 5, 6, 7, 8, 255, 256, 257, 300, 513 };
	struct store *reader = NULL;
	struct arena arena = { 0 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint64_t size = sizes[i], held = tree_size(maker.tree);
		apply_one(store, maker_numbered(&maker, (unsigned)held, size - held));
		struct store_write *head = write_new(maker.origin, WRITE_HEAD);
		maker_sign(&maker, head);
		struct hash root = head->head_root;
		apply_one(store, head);
		if (reader == NULL)
			reader = scratch_open(&scratch, STORE_READ);
		struct view v = store_view(reader);
		for (uint64_t at = size; at-- > 0;) {
			struct found f;
			struct tree_proof proof;
			assert_int_equal(v.entry(v.ctx, maker.origin, at, &arena, &f, NULL), OK);
			struct hash leaf = hash_leaf(maker.hasher, f.envelope);
			assert_int_equal(v.prove(v.ctx, maker.origin, at, size, &proof, NULL), OK);
			assert_int_equal(tree_verify(maker.hasher, proof.hashes, proof.count, at, at + 1, size, &leaf, &root), OK);
		}
	}
	arena_free(&arena);
	store_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_sees_what_came, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_reader_sees_what_was_revised, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_reader_proves_what_came, log_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
