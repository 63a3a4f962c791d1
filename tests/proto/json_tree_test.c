/* JSON of somebody else's as a tree; names made comparable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "proto/json_tree.h"
#include "proto/name.h"

static void text_is(const struct json_node *node, const char *expected)
{
	assert_true(bytes_equal(json_tree_text(node), bytes_str(expected)));
}

static void a_tree(void **state)
{
	struct arena arena = { 0 };
	const struct json_node *root;
	static const char text[] =
	    "{\"a\":1,\"b\":[true,\"\\u6807\\ud83d\\ude00\",null,{\"c\":-2.5}],\"d\":null,\"e\":\"\"}";
	assert_int_equal(json_tree_parse(bytes_str(text), &arena, &root, NULL), OK);
	assert_int_equal(root->shape, JSON_MEMBERS);
	text_is(json_tree_get(root, "a"), "1");
	const struct json_node *list = json_tree_get(root, "b");
	assert_int_equal(list->shape, JSON_ITEMS);
	text_is(list, "");
	text_is(list->child, "true");
	text_is(list->child->next, "标😀");
	text_is(json_tree_get(list->child->next->next, "c"), "-2.5");
	assert_null(list->child->next->next->next);
	assert_null(json_tree_get(root, "d"));
	text_is(json_tree_get(root, "e"), "");
	assert_null(json_tree_get(root, "f"));
	assert_null(json_tree_get(list, "a"));
	assert_null(json_tree_get(NULL, "a"));
	arena_free(&arena);
	assert_int_equal(json_tree_parse(bytes_str("9007199254740993"), &arena, &root, NULL), OK);
	text_is(root, "9007199254740993");
	assert_int_equal(json_tree_parse(bytes_str("null"), &arena, &root, NULL), OK);
	assert_null(root);
	arena_free(&arena);
}

static void what_is_no_json(void **state)
{
	static const char *const bad[] = { "", "{", "[1,]", "{\"a\":1,\"a\":2}", "{a:1}", "1 2", "\"\xff\"", "NaN", "'a'" };
	struct arena arena = { 0 };
	const struct json_node *root;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(json_tree_parse(bytes_str(bad[i]), &arena, &root, NULL), ERR_INVALID);
	struct buf deep = { 0 };
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		buf_add_char(&deep, '[');
	assert_int_equal(json_tree_parse(buf_bytes(&deep), &arena, &root, NULL), ERR_LIMIT);
	buf_free(&deep);
	struct arena small = { .cap = 100 };
	assert_int_equal(json_tree_parse(bytes_str("[1,2,3,4,5,6,7,8,9]"), &small, &root, NULL), ERR_LIMIT);
	arena_free(&small);
	arena_free(&arena);
}

static void names_are_folded(void **state)
{
	static const char *const same[][2] = {
		{ "中国标准分类号（CCS）", "中国标准分类号(ccs)" },
		{ "ＩＣＳ 分类号", "ics分类号" },
		{ " Title\n(EN) ", "title(en)" },
		{ "标\u3000准\u00a0号", "标准号" },
		{ "\ufeff标准号", "标准号" },
		{ "", "" },
		{ "\xff", "" },
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct arena arena = { 0 };
		assert_string_equal(name_fold(bytes_str(same[i][0]), &arena), same[i][1]);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree),
		cmocka_unit_test(what_is_no_json),
		cmocka_unit_test(names_are_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
