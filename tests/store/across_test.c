/* across: what is written in another way, and what only an edition in another language leads to. */
#include "node/core/question.h"
#include "proto/edges.h"
#include "proto/json.h"
#include "tests/store/fixture.h"

static struct maker iso, sac, jisc;
static struct arena arena;
static struct found_list list;
static struct question question;

static void say(struct maker *m, const char *json)
{
	struct arena own = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *message = NULL;
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(m->tree) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &own, &message, &err) != OK ||
	    record_encode((Normlink__Record *)message, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	apply_one(store, maker_entries(m, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&own);
}

#define STANDARD(reference, lang, title, more)                                                                         \
	"{\"kind\":\"standard\",\"subject\":\"" reference "\",\"texts\":[{\"role\":\"title\",\"lang\":\"" lang             \
	"\",\"value\":\"" title "\"}],\"standard\":{\"status\":\"current\"" more "}}"
#define ADOPTS(reference) ",\"adopts\":[{\"target\":\"" reference "\",\"degree\":\"idt\"}]"

static int set_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	maker_init(&iso, "iso.example/log");
	maker_init(&sac, "sac.example/log");
	maker_init(&jisc, "jisc.example/log");
	say(&iso, STANDARD("ISO 9001:2008", "en", "Quality management", ",\"ics\":[\"03.120.10\"]"));
	say(&iso, STANDARD("ISO 9001:2015", "en", "Quality management", ",\"ics\":[\"03.120.10\"]"));
	say(&iso, STANDARD("ISO 3:1973", "en", "Preferred numbers", ""));
	say(&sac, STANDARD("GB/T 19001-2016", "zh", "质量管理体系 要求", ADOPTS("ISO 9001:2015")));
	say(&sac, STANDARD("GB/T 1-2020", "zh", "电气设备", ADOPTS("ISO 3")));
	say(&jisc, STANDARD("JIS Q 9001:2015", "ja", "品質マネジメントシステム", ADOPTS("ISO 9001:2015")));
	say(&sac, "{\"kind\":\"adoption\",\"subject\":\"GB/T 2-2021\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh\","
	          "\"value\":\"建筑\"}],\"adoption\":{\"sources\":[{\"target\":\"JIS Q 9001:2015\",\"degree\":\"mod\"}]}}");
	return 0;
}

static int tear_down(void **state)
{
	maker_close(&iso);
	maker_close(&sac);
	maker_close(&jisc);
	arena_free(&arena);
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

/* What is found, in order, what is found through another with that: "sac#0 iso#1<sac#0". */
static void finds(const char *words, const char *more, const char *expected)
{
	struct view v = store_view(store);
	struct err err = { 0 };
	struct buf text = { 0 };
	question = (struct question){ 0 };
	int rc = question_add(&question, "q", words, &err);
	if (rc == OK)
		rc = question_read(&question, bytes_str(more), &arena, &err);
	if (rc == OK)
		rc = question_finish(&question, &arena, &err);
	if (rc == OK)
		rc = v.select(v.ctx, &question.selection, &arena, &list, &err);
	if (rc != OK)
		fail_msg("%s %s: %s", words, more, err.text);
	for (size_t i = 0; i < list.count; i++) {
		const struct found *f = &list.v[i];
		buf_printf(&text, "%s%.*s#%d", i > 0 ? " " : "", (int)strcspn(f->origin, "."), f->origin, (int)f->index);
		if (f->through != NULL)
			buf_printf(&text, "<%.*s#%d", (int)strcspn(f->through->origin, "."), f->through->origin,
			           (int)f->through->index);
	}
	if (strcmp(buf_str(&text), expected) != 0)
		fail_msg("%s %s finds %s, not %s", words, more, buf_str(&text), expected);
	buf_free(&text);
}

static void ways_of_writing_are_one(void **state)
{
	finds("质量管理", "across=0", "sac#0");
	finds("質量管理", "across=0", "sac#0");
	finds("電氣設備", "across=0", "sac#1");
	finds("まねじめんと", "across=0", "jisc#0");
	finds("ﾏﾈｼﾞﾒﾝﾄ", "across=0", "jisc#0");
	finds("ＱＵＡＬＩＴＹ　ｍａｎａｇｅｍｅｎｔ", "across=0", "iso#0 iso#1");
	finds("ＩＳＯ９００１：２０１５", "across=0", "iso#1");
	say(&sac, STANDARD("CNS 12681:2017", "zh-Hant", "品質管理系統", ""));
	finds("品质管理系统", "across=0", "sac#3");
}

static void an_edition_leads_to_what_it_adopts(void **state)
{
	finds("质量管理", "", "sac#0 iso#1<sac#0");
	assert_int_equal(list.total, 2);
	assert_int_equal(list.linked, 1);
	const struct through *t = list.v[1].through;
	assert_string_equal(t->ref, "GB/T 19001-2016");
	assert_int_equal(t->type, EDGE_ADOPTS);
	assert_int_equal(t->degree, NORMLINK__DEGREE__DEGREE_IDT);
	/* Of an undated reference every edition; a record of an adoption leads on, too. */
	finds("电气设备", "", "sac#1 iso#2<sac#1");
	finds("建筑", "", "sac#2 jisc#0<sac#2");
	assert_int_equal(list.v[1].through->degree, NORMLINK__DEGREE__DEGREE_MOD);
	finds("建筑", "across=0", "sac#2");
	/* The filters hold for what is found, not for what it is found by. */
	finds("质量管理", "origin=iso.example/log", "iso#1<sac#0");
	finds("质量管理", "ics=03", "iso#1<sac#0");
	finds("质量管理", "ics=17", "");
	finds("质量管理", "status=withdrawn", "");
	finds("质量管理", "published_from=1990", "");
}

static void nothing_is_found_twice(void **state)
{
	say(&iso, STANDARD("ISO 9001:2015", "zh", "质量管理体系", ""));
	finds("质量管理", "", "iso#3 sac#0");
	assert_int_equal(list.linked, 0);
	/* Two editions of one lead there once, by the better hit. */
	say(&sac, STANDARD("GB/T 7-2001", "zh", "管理", ADOPTS("ISO 3:1973")));
	say(&sac, STANDARD("GB/T 8-2001", "zh", "管理 一个很长很长很长很长的题目", ADOPTS("ISO 3:1973")));
	finds("管理", "origin=iso.example/log", "iso#3 iso#2<sac#3");
}

static void pages_go_on_into_what_is_linked(void **state)
{
	finds("质量管理", "limit=1", "sac#0");
	assert_non_null(list.next);
	struct question q = { 0 };
	struct view v = store_view(store);
	const char *cursor = list.next;
	say(&iso, STANDARD("ISO 9001:2015", "zh", "质量管理体系", ""));
	assert_int_equal(question_add(&q, "q", "质量管理", NULL), OK);
	assert_int_equal(question_add(&q, "cursor", cursor, NULL), OK);
	assert_int_equal(question_finish(&q, &arena, NULL), OK);
	assert_int_equal(v.select(v.ctx, &q.selection, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.v[0].index, 1);
	assert_non_null(list.v[0].through);
	assert_null(list.next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ways_of_writing_are_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_edition_leads_to_what_it_adopts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_found_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_go_on_into_what_is_linked, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
