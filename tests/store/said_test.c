/* said: what an origin said on a subject before an entry, the same record again in somebody's name, and what it says of
 * one kind. */
#include "proto/author.h"
#include "proto/json.h"
#include "tests/store/fixture.h"

/* A record about a subject, told apart by its title, as if author had signed it; NULL: nobody. */
static void say(const char *subject, const char *title, const char *author, struct buf *record)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	const struct text texts[] = { { 1, "en", title }, { 0, NULL, NULL } };
	const struct sample sample = { .subject = subject, .texts = texts };
	const struct author_line line = { 1, author, bytes_str("id"), bytes_str("signature") };
	struct buf payload = { 0 };
	struct arena arena = { 0 };
	struct bytes bytes;
	sample_payload(&sample, tree_size(maker.tree), &payload);
	assert_int_equal(payload_record(buf_bytes(&payload), &arena, &bytes, NULL), OK);
	buf_reset(record);
	buf_add_bytes(record, bytes);
	buf_reset(&payload);
	author_payload_write(buf_bytes(record), nonce, &line, author != NULL ? 1 : 0, &payload);
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&payload);
	arena_free(&arena);
}

static int said(const char *subject, uint64_t before, uint64_t *index, bool *current)
{
	struct arena arena = { 0 };
	struct found f = { 0 };
	struct err err = { 0 };
	struct view v = store_view(store);
	int rc = v.said(v.ctx, "iso.example/log", NORMLINK__KIND__KIND_STANDARD, subject, before, &arena, &f, &err);
	*index = f.index;
	*current = f.current;
	assert_true(rc != OK || (f.state == PAYLOAD_PRESENT && f.payload.len > 0 && f.envelope.len > 0));
	arena_free(&arena);
	return rc;
}

static void revisions_by_their_place(void **state)
{
	struct buf record = { 0 };
	uint64_t index;
	bool current;
	assert_int_equal(said("ISO 1", UINT64_MAX, &index, &current), ERR_NOT_FOUND);
	say("ISO 1", "first", NULL, &record);  /* 0 */
	say("ISO 2", "other", NULL, &record);  /* 1 */
	say("ISO 1", "second", NULL, &record); /* 2 */
	assert_int_equal(said("ISO 1", UINT64_MAX, &index, &current), OK);
	assert_true(index == 2 && current);
	assert_int_equal(said("ISO 1", 2, &index, &current), OK);
	assert_true(index == 0 && !current);
	assert_int_equal(said("ISO 1", 0, &index, &current), ERR_NOT_FOUND);
	assert_int_equal(said("ISO 2", 1, &index, &current), ERR_NOT_FOUND);
	assert_int_equal(said("", UINT64_MAX, &index, &current), ERR_NOT_FOUND);
	assert_int_equal(said("ISO 1:2000", UINT64_MAX, &index, &current), ERR_NOT_FOUND); /* that very subject */
	buf_free(&record);
}

static int find(const struct buf *record, const char *author, uint64_t *index, bool *current)
{
	struct err err = { 0 };
	return store_find_signed(store, "iso.example/log", NORMLINK__KIND__KIND_STANDARD, "ISO 1", buf_bytes(record),
	                         author, index, current, &err);
}

static void the_same_record_again(void **state)
{
	struct buf first = { 0 }, second = { 0 }, plain = { 0 };
	uint64_t index;
	bool current;
	say("ISO 1", "first", "a", &first);
	say("ISO 1", "second", "b", &second);
	say("ISO 1", "third", NULL, &plain);
	assert_int_equal(find(&first, "a", &index, &current), OK);
	assert_true(index == 0 && !current);
	assert_int_equal(find(&second, "b", &index, &current), OK);
	assert_true(index == 1 && !current);
	assert_int_equal(find(&first, "b", &index, &current), ERR_NOT_FOUND); /* another's */
	assert_int_equal(find(&plain, "a", &index, &current), ERR_NOT_FOUND); /* nobody's */
	say("ISO 1", "first", NULL, &plain); /* the operator says the very same: it is not a's */
	assert_int_equal(find(&first, "a", &index, &current), OK);
	assert_true(index == 0 && !current);
	/* The same after it was closed, opened, and the view made anew. */
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(find(&second, "b", &index, &current), OK);
	assert_true(index == 1 && !current);
	buf_free(&first);
	buf_free(&second);
	buf_free(&plain);
}

static void put(const char *json)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	assert_int_equal(json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, NULL), OK);
	if (record_encode((const Normlink__Record *)message, &record, &err) != OK)
		fail_msg("%s", err.text);
	payload_write(buf_bytes(&record), nonce, &payload);
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&arena);
}

#define FEEDBACK(number)                                                                                               \
	"{\"kind\":\"feedback\",\"subject\":\"" number "\",\"feedback\":{\"type\":\"report\",\"about\":[\"GB 1\"],"        \
	"\"date\":\"2026-01-01\"}}"

static void one_kind(void **state)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct buf record = { 0 };
	struct view v = store_view(store);
	say("ISO 1", "first", NULL, &record);                                 /* 0 */
	put(FEEDBACK("a-1"));                                                 /* 1 */
	put(FEEDBACK("a-2"));                                                 /* 2 */
	put("{\"kind\":\"sharing\",\"subject\":\"members\",\"sharing\":{}}"); /* 3 */
	put("{\"kind\":\"feedback\",\"subject\":\"a-1\",\"feedback\":{\"type\":\"report\",\"about\":[\"GB 2\"],"
	    "\"date\":\"2026-01-01\"}}"); /* 4: instead of 1 */
	const char *o = "iso.example/log";
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_FEEDBACK, 0, 10, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_true(list.v[0].index == 2 && list.v[1].index == 4 && list.v[1].current);
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_FEEDBACK, 3, 10, &arena, &list, NULL), OK);
	assert_true(list.count == 1 && list.v[0].index == 4);
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_FEEDBACK, 0, 1, &arena, &list, NULL), OK);
	assert_true(list.count == 1 && list.v[0].index == 2);
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_SHARING, 0, 10, &arena, &list, NULL), OK);
	assert_true(list.count == 1 && list.v[0].index == 3);
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_SUBMITTER, 0, 10, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(v.of_kind(v.ctx, o, NORMLINK__KIND__KIND_STANDARD, 0, 10, &arena, &list, NULL), ERR_UNSUPPORTED);
	assert_int_equal(v.of_kind(v.ctx, "b/log", NORMLINK__KIND__KIND_FEEDBACK, 0, 10, &arena, &list, NULL),
	                 ERR_NOT_FOUND);
	buf_free(&record);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(revisions_by_their_place, log_up, log_down),
		cmocka_unit_test_setup_teardown(the_same_record_again, log_up, log_down),
		cmocka_unit_test_setup_teardown(one_kind, log_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
