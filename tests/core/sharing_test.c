/* sharing: the newest statement on a collection counts; nobody else may have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "node/core/sharing.h"
#include "proto/entry.h"
#include "proto/record.h"

#define AUTHOR "sac.example/log"

static struct hasher *hasher;
static struct sharing sharing;

static int set_up(void **state)
{
	hasher = hasher_new();
	return 0;
}

static int tear_down(void **state)
{
	sharing_close(&sharing);
	hasher_free(hasher);
	return 0;
}

static bool say(uint64_t index, const char *collection, char **origins, size_t count)
{
	Normlink__Sharing body = NORMLINK__SHARING__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	struct buf record = { 0 }, payload = { 0 };
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_SHARING;
	r.subject = (char *)(uintptr_t)collection;
	r.sharing = &body;
	body.n_origins = count;
	body.origins = origins;
	assert_int_equal(record_encode(&r, &record, NULL), OK);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 3 }, &payload);
	bool news = sharing_take(&sharing, hasher, index, buf_bytes(&payload));
	buf_free(&record);
	buf_free(&payload);
	return news;
}

static bool allows(const char *collection, const char *reader)
{
	return sharing_allows(&sharing, hasher, bytes_str(collection), AUTHOR, reader);
}

static void nobody_without_a_statement(void **state)
{
	assert_true(allows("public", "iso.example/log"));
	assert_true(allows("members", AUTHOR));
	assert_false(allows("members", "iso.example/log"));
	assert_false(sharing_take(&sharing, hasher, 0, bytes_str("rubbish")));
	assert_false(sharing_take(&sharing, hasher, 0, bytes_str("")));
}

static void the_newest_counts(void **state)
{
	char *both[] = { (char[]){ "iso.example/log" }, (char[]){ "jisc.example/log" } };
	assert_true(say(5, "members", both, 2));
	assert_true(allows("members", "iso.example/log"));
	assert_true(allows("members", "jisc.example/log"));
	assert_false(allows("members", "iso.example/lo"));
	assert_false(allows("drafts", "iso.example/log"));
	assert_false(say(4, "members", both, 1)); /* older: it came late */
	assert_false(say(5, "members", both, 1)); /* the same again */
	assert_true(allows("members", "jisc.example/log"));
	assert_true(say(6, "members", both, 1));
	assert_false(allows("members", "jisc.example/log"));
	assert_true(say(7, "members", NULL, 0));
	assert_false(allows("members", "iso.example/log"));
	assert_true(allows("members", AUTHOR));
}

static void what_is_shared_with_one_is_walked(void **state)
{
	char *iso[] = { (char[]){ "iso.example/log" } }, *jisc[] = { (char[]){ "jisc.example/log" } };
	size_t at = 0;
	assert_true(say(1, "a", iso, 1) && say(2, "b", jisc, 1) && say(3, "c", iso, 1));
	assert_string_equal(sharing_next(&sharing, hasher, "iso.example/log", &at), "a");
	assert_string_equal(sharing_next(&sharing, hasher, "iso.example/log", &at), "c");
	assert_null(sharing_next(&sharing, hasher, "iso.example/log", &at));
	at = 0;
	assert_null(sharing_next(&sharing, hasher, "bsi.example/log", &at));
}

/* An origin cannot make a node hold more: the collections whose statements are oldest are shared with nobody, in
 * whatever order the statements came. */
static void there_is_room_for_so_many(void **state)
{
	char *iso[] = { (char[]){ "iso.example/log" } };
	char name[16];
	for (uint64_t i = 0; i < SHARING_COLLECTIONS_MAX + 3; i++) {
		(void)snprintf(name, sizeof name, "c%u", (unsigned)i);
		assert_true(say(100 + i, name, iso, 1));
	}
	assert_int_equal(sharing.count, SHARING_COLLECTIONS_MAX);
	assert_false(allows("c0", "iso.example/log"));
	assert_false(allows("c2", "iso.example/log"));
	assert_true(allows("c3", "iso.example/log"));
	assert_true(allows(name, "iso.example/log"));
	assert_false(say(50, "old", iso, 1));
	assert_false(allows("old", "iso.example/log"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_without_a_statement, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_newest_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_shared_with_one_is_walked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_is_room_for_so_many, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
