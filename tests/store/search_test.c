/* search: words of four scripts, filters, references, revisions; and nothing that a person writes is syntax. */
#include "node/core/listing_at.h"
#include "tests/store/fixture.h"
#include "tests/store/seek.h"

static struct maker sac, iso, jisc;
static struct view view;
static struct arena arena;

static const struct text qms_zh[] = { { 1, "zh-Hans", "质量管理体系 要求" },
	                                  { 1, "en", "Quality management systems—Requirements" },
	                                  { 0, NULL, NULL } };
static const struct text qms_en[] = { { 1, "en", "Quality management systems — Requirements" },
	                                  { 1, "fr", "Systèmes de management de la qualité — Exigences" },
	                                  { 2, "en", "Specifies requirements for a quality management system." },
	                                  { 0, NULL, NULL } };
static const struct text qms_ja[] = { { 1, "ja", "品質マネジメントシステム－要求事項" }, { 0, NULL, NULL } };
static const struct text concrete[] = { { 1, "ja", "再生骨材コンクリートＬ" },
	                                    { 1, "en", "Recycled aggregate concrete-Class L" },
	                                    { 0, NULL, NULL } };
static const struct text korean[] = { { 1, "ko", "품질경영시스템 요구사항" }, { 0, NULL, NULL } };
static const struct text guide[] = { { 1, "en", "Guidance for auditors" },
	                                 { 2, "en", "Helps with ISO 9001 and with quality in management." },
	                                 { 0, NULL, NULL } };
static const struct text amendment[] = { { 1, "en", "Climate action changes" },
	                                     { 1, "zh", "质量管 量管理" },
	                                     { 0, NULL, NULL } };
static const struct text pipes[] = { { 1, "zh", "钢 管" }, { 1, "en", "Steel \"pipes\" OR tubes" }, { 0, NULL, NULL } };

static void add_all(void)
{
	const struct sample from_sac[] = {
		{ .subject = "GB/T 19001-2016", .texts = qms_zh, .ics = { "03.120.10" } },
		{ .subject = "GB/T 19001-2008", .texts = qms_zh, .ics = { "03.120.10" }, .status = 5 },
		{ .subject = "GB/T 3091-2015", .texts = pipes, .ics = { "77.140.75", "23.040.10" } },
	};
	const struct sample from_iso[] = {
		{ .subject = "ISO 9001:2008", .texts = qms_en, .ics = { "03.120.10" }, .status = 5 },
		{ .subject = "ISO 9001:2015", .texts = qms_en, .ics = { "03.120.10", "03.100.70" } },
		{ .subject = "ISO 9001:2015/Amd 1:2024", .texts = amendment, .ics = { "03.120.10" } },
		{ .subject = "ISO 19011:2018", .texts = guide, .ics = { "03.120.20", "03.120.10" } },
		{ .subject = "ISO 37120:2018", .texts = korean, .ics = { "03.10" } },
	};
	const struct sample from_jisc[] = {
		{ .subject = "JIS Q 9001:2015", .texts = qms_ja, .ics = { "03.120.10" } },
		{ .subject = "JIS A 5023:2024", .texts = concrete, .ics = { "91.100.30" } },
	};
	for (size_t i = 0; i < sizeof from_sac / sizeof from_sac[0]; i++)
		apply_sample(store, &sac, &from_sac[i]);
	for (size_t i = 0; i < 4; i++)
		apply_sample(store, &iso, &from_iso[i]);
	for (size_t i = 0; i < sizeof from_jisc / sizeof from_jisc[0]; i++)
		apply_sample(store, &jisc, &from_jisc[i]);
}

static int set_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	view = store_view(store);
	maker_init(&sac, "sac.example/log");
	maker_init(&iso, "iso.example/log");
	maker_init(&jisc, "jisc.example/log");
	add_all();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(&arena);
	maker_close(&sac);
	maker_close(&iso);
	maker_close(&jisc);
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

static const char *subject_of(const struct found *f)
{
	Normlink__Record *r;
	assert_int_equal(payload_open(f->payload, &arena, &r, NULL), OK);
	return r->subject;
}

static bool has(const struct found_list *list, const char *subject)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(subject_of(&list->v[i]), subject) == 0)
			return true;
	}
	return false;
}

static struct found_list ask(const struct query *query)
{
	struct found_list list;
	struct err err = { 0 };
	int rc = seek(&view, query, &arena, &list, &err);
	if (rc != OK)
		fail_msg("search: %s", err.text);
	return list;
}

static struct found_list words(const char *text)
{
	return ask(&(struct query){ .words = text, .limit = 20 });
}

static void words_of_every_script(void **state)
{
	struct found_list l = words("质量管理");
	assert_int_equal(l.total, 2);
	assert_true(has(&l, "GB/T 19001-2016") && has(&l, "GB/T 19001-2008"));
	l = words("quality management");
	assert_int_equal(l.total, 5);
	l = words("QUALITÉ");
	assert_int_equal(l.total, 2);
	l = words("qualite systemes");
	assert_int_equal(l.total, 2);
	l = words("品質マネジメント");
	assert_int_equal(l.total, 1);
	assert_true(has(&l, "JIS Q 9001:2015"));
	l = words("コンクリート");
	assert_true(l.total == 1 && has(&l, "JIS A 5023:2024"));
	l = words("ｺﾝｸﾘｰﾄ concrete");
	assert_true(l.total == 1 && has(&l, "JIS A 5023:2024"));
	l = words("품질경영");
	assert_int_equal(l.total, 0); /* not applied yet */
	const struct sample late = { .subject = "KS Q 9001:2015", .texts = korean };
	apply_sample(store, &iso, &late);
	l = words("품질경영");
	assert_int_equal(l.total, 1);
	l = words("管理体系");
	assert_int_equal(l.total, 2);
	l = words("体质"); /* both characters occur, not together */
	assert_int_equal(l.total, 0);
	l = words("钢"); /* one character alone, as it stands in the title */
	assert_true(l.total == 1 && has(&l, "GB/T 3091-2015"));
	l = words("质"); /* one that begins a pair, however it is written: 品質 */
	assert_int_equal(l.total, 4);
}

static void ranking_prefers_titles(void **state)
{
	struct found_list l = words("quality management");
	assert_int_equal(l.total, 5);
	/* It stands only in the abstract of the guide. */
	assert_string_equal(subject_of(&l.v[4]), "ISO 19011:2018");
}

static void references_come_first(void **state)
{
	static const char *const forms[] = { "GB/T 19001-2016", "GB/T19001—2016", "gb/t 19001-2016",
		                                 "ＧＢ／Ｔ　19001-2016" };
	for (size_t i = 0; i < 4; i++) {
		struct found_list l = words(forms[i]);
		assert_true(l.total >= 1);
		assert_string_equal(subject_of(&l.v[0]), "GB/T 19001-2016");
		assert_true(l.v[0].current);
		assert_string_equal(l.v[0].origin, "sac.example/log");
	}
	/* Undated: the newest edition, then the older one, then whoever speaks of it. */
	struct found_list l = words("iso 9001");
	assert_true(l.total >= 4);
	assert_string_equal(subject_of(&l.v[0]), "ISO 9001:2015");
	assert_string_equal(subject_of(&l.v[1]), "ISO 9001:2008");
	assert_true(has(&l, "ISO 19011:2018") && has(&l, "ISO 9001:2015/Amd 1:2024"));
	for (size_t i = 0; i < l.count; i++) {
		for (size_t j = i + 1; j < l.count; j++)
			assert_false(l.v[i].index == l.v[j].index && strcmp(l.v[i].origin, l.v[j].origin) == 0);
	}
	assert_int_equal(l.total, l.count);
}

static void filters(void **state)
{
	struct found_list l = ask(&(struct query){ .ics = "03.120", .limit = 20 });
	assert_int_equal(l.total, 7);
	l = ask(&(struct query){ .ics = "03.120.10", .limit = 20 });
	assert_int_equal(l.total, 7);
	l = ask(&(struct query){ .ics = "03", .limit = 20 });
	assert_int_equal(l.total, 7);
	l = ask(&(struct query){ .ics = "77", .limit = 20 });
	assert_true(l.total == 1 && has(&l, "GB/T 3091-2015"));
	l = ask(&(struct query){ .ics = "03.120", .status = "withdrawn", .limit = 20 });
	assert_int_equal(l.total, 2);
	l = ask(&(struct query){ .words = "requirements", .ics = "03.100", .limit = 20 });
	assert_true(l.total == 1 && has(&l, "ISO 9001:2015"));
	l = ask(&(struct query){ .words = "ISO 9001", .status = "current", .limit = 20 });
	assert_false(has(&l, "ISO 9001:2008"));
	l = ask(&(struct query){ .words = "requirements", .origin = "sac.example/log", .limit = 20 });
	assert_int_equal(l.total, 2);
	l = ask(&(struct query){ .origin = "jisc.example/log", .limit = 20 });
	assert_int_equal(l.total, 2);
	l = ask(&(struct query){ .origin = "nobody.example/log", .limit = 20 });
	assert_int_equal(l.total, 0);
	l = ask(&(struct query){ .kind = "standard", .limit = 20 });
	assert_int_equal(l.total, 9);
	l = ask(&(struct query){ .limit = 20 });
	assert_int_equal(l.total, 9);
	/* Without words, by origin name and index. */
	assert_string_equal(l.v[0].origin, "iso.example/log");
	assert_int_equal(l.v[0].index, 0);
	assert_string_equal(l.v[4].origin, "jisc.example/log");
	assert_string_equal(l.v[8].origin, "sac.example/log");
	assert_int_equal(l.v[8].index, 2);
}

static void pages_fit_together(void **state)
{
	struct found_list all = words("quality management"), one;
	for (size_t i = 0; i < all.count; i++) {
		one = ask(&(struct query){ .words = "quality management", .limit = 1, .offset = i });
		assert_int_equal(one.total, all.total);
		assert_int_equal(one.count, 1);
		assert_int_equal(one.v[0].index, all.v[i].index);
		assert_string_equal(one.v[0].origin, all.v[i].origin);
	}
	one = ask(&(struct query){ .words = "quality management", .limit = 10, .offset = 100 });
	assert_true(one.total == all.total && one.count == 0);
}

static void nothing_is_syntax(void **state)
{
	static const char *const hostile[] = { "steel OR quality",
		                                   "steel NOT pipes",
		                                   "NEAR(steel pipes)",
		                                   "title:steel",
		                                   "steel*",
		                                   "\"steel",
		                                   "steel\"",
		                                   "^steel",
		                                   "steel AND",
		                                   "(steel",
		                                   "{title abstract}: steel",
		                                   "-steel",
		                                   "steel + pipes",
		                                   "'; DROP TABLE doc; --",
		                                   "\xff\xfe steel",
		                                   "steel\x01" };
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		struct found_list l = words(hostile[i]);
		assert_true(l.total <= 1);
	}
	struct found_list l = words("\"Steel\" -pipes or:tubes");
	assert_int_equal(l.total, 1);
}

static void unreadable_queries_are_refused(void **state)
{
	struct found_list l;
	struct err err = { 0 };
	char *longest = calloc(1, QUERY_MAX + 2);
	assert_non_null(longest);
	memset(longest, 'a', QUERY_MAX + 1);
	struct query q = { .words = longest, .limit = 10 };
	assert_int_equal(seek(&view, &q, &arena, &l, &err), ERR_USAGE);
	for (size_t i = 0; i < QUERY_MAX; i++)
		longest[i] = i % 2 == 0 ? 'a' : ' ';
	longest[QUERY_MAX] = '\0';
	assert_int_equal(seek(&view, &q, &arena, &l, &err), ERR_USAGE);
	free(longest);
	static const struct query bad[] = {
		{ .words = "!?", .limit = 10 },         { .limit = 0 },
		{ .limit = SEARCH_LIMIT_MAX + 1 },      { .limit = 1, .offset = SEARCH_OFFSET_MAX + 1 },
		{ .limit = 1, .status = "cancelled!" }, { .limit = 1, .ics = "3" },
		{ .limit = 1, .ics = "03.120/" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(seek(&view, &bad[i], &arena, &l, &err), ERR_USAGE);
}

static void revisions_supersede(void **state)
{
	const struct sample revised = { .subject = "ISO 9001:2015", .texts = guide, .ics = { "35.020" } };
	apply_sample(store, &iso, &revised);
	apply_sample(store, &jisc, &revised); /* a third party says something of its own */
	apply_sample(store, &iso, &revised);
	struct found_list l = ask(&(struct query){ .ics = "03.100.70", .limit = 5 });
	assert_int_equal(l.total, 0); /* only the superseded statement had that code */
	l = ask(&(struct query){ .ics = "35", .limit = 5 });
	assert_int_equal(l.total, 2);
	l = words("exigences");
	assert_int_equal(l.total, 1);
	assert_true(has(&l, "ISO 9001:2008"));
	assert_int_equal(view.subject(view.ctx, 0, "ISO 9001:2015", &arena, &l, NULL), OK);
	assert_int_equal(l.total, 4);
	assert_int_equal(l.count, 4);
	const uint64_t index[] = { 5, 2, 4, 1 };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(l.v[i].index, index[i]);
		assert_int_equal(l.v[i].current, i < 2);
		assert_string_equal(l.v[i].origin, i == 1 ? "jisc.example/log" : "iso.example/log");
		assert_true(l.v[i].envelope.len > 0 && l.v[i].payload.len > 0);
	}
}

static void subjects_by_designator(void **state)
{
	struct found_list l;
	assert_int_equal(view.subject(view.ctx, 0, "ISO 9001", &arena, &l, NULL), OK);
	assert_int_equal(l.count, 2); /* editions, without the amendment */
	assert_string_equal(subject_of(&l.v[0]), "ISO 9001:2015");
	assert_string_equal(subject_of(&l.v[1]), "ISO 9001:2008");
	assert_int_equal(view.subject(view.ctx, 0, "iso9001:2015/amd 1:2024", &arena, &l, NULL), OK);
	assert_int_equal(l.count, 1);
	assert_int_equal(view.subject(view.ctx, 0, "ISO 9001:1987", &arena, &l, NULL), OK);
	assert_true(l.count == 0 && l.total == 0);
	assert_int_equal(view.subject(view.ctx, 0, "", &arena, &l, NULL), OK);
	assert_int_equal(l.count, 0);
}

static void a_snapshot_does_not_move(void **state)
{
	struct store *reader = scratch_open(&scratch, STORE_READ);
	struct view r = store_view(reader);
	struct as_of *as_of;
	size_t count;
	assert_int_equal(r.begin(r.ctx, &arena, &as_of, &count, NULL), OK);
	assert_int_equal(count, 3);
	assert_string_equal(as_of[0].origin, "iso.example/log");
	assert_int_equal(as_of[0].size, 4);
	struct hash root = tree_root(iso.tree);
	assert_true(hash_equal(&as_of[0].root, &root));
	assert_int_equal(as_of[0].head_size, 0);
	const struct sample late = { .subject = "ISO 1:2016", .texts = guide };
	apply_sample(store, &iso, &late);
	struct found_list l;
	const struct query q = { .words = "auditors", .limit = 5 };
	assert_int_equal(seek(&r, &q, &arena, &l, NULL), OK);
	assert_int_equal(l.total, 1);
	struct found f;
	assert_int_equal(r.entry(r.ctx, "iso.example/log", 4, &arena, &f, NULL), ERR_NOT_FOUND);
	r.end(r.ctx);
	assert_int_equal(seek(&r, &q, &arena, &l, NULL), OK);
	assert_int_equal(l.total, 2);
	assert_int_equal(r.entry(r.ctx, "iso.example/log", 4, &arena, &f, NULL), OK);
	assert_true(f.current && f.state == PAYLOAD_PRESENT);
	assert_string_equal(subject_of(&f), "ISO 1:2016");
	assert_int_equal(r.entry(r.ctx, "nobody.example/log", 0, &arena, &f, NULL), ERR_NOT_FOUND);
	store_close(reader);
}

static void a_log_is_listed_by_number(void **state)
{
	struct found_list list;
	const int kind = NORMLINK__KIND__KIND_STANDARD;
	assert_int_equal(view.listing(view.ctx, "iso.example/log", kind, NULL, 0, 3, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 3);
	assert_string_equal(subject_of(&list.v[0]), "ISO 9001:2008");
	assert_int_equal(list.v[2].index, 2);
	assert_string_equal(list.v[2].origin, "iso.example/log");
	assert_int_equal(view.listing(view.ctx, "iso.example/log", kind, NULL, 3, 3, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.total, 1);
	assert_string_equal(subject_of(&list.v[0]), "ISO 19011:2018");
	assert_int_equal(view.listing(view.ctx, "iso.example/log", kind, NULL, 99, 3, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(
	    view.listing(view.ctx, "iso.example/log", NORMLINK__KIND__KIND_BODY, NULL, 0, 3, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(view.listing(view.ctx, "nobody.example/log", kind, NULL, 0, 3, &arena, &list, NULL),
	                 ERR_NOT_FOUND);
}

/* The indexes of what was current then, each with a blank behind it, in pages of two. */
static const char *as_of(uint64_t size)
{
	static char text[200];
	size_t n = 0;
	struct listing_at what = { "iso.example/log", 0, 0, size, 2 };
	text[0] = '\0';
	while (what.from < size) {
		struct found_list list;
		assert_int_equal(view.listing_at(view.ctx, &what, &arena, &list, &what.from, NULL), OK);
		for (size_t i = 0; i < list.count; i++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%d ", (int)list.v[i].index);
	}
	return text;
}

static void a_log_is_listed_as_of_a_size(void **state)
{
	static const struct text title[] = { { 1, "en", "Anew" }, { 0, NULL, NULL } };
	const struct sample again = { .subject = "ISO 9001:2008", .texts = title };
	uint64_t size = tree_size(iso.tree);
	char before[200];
	(void)snprintf(before, sizeof before, "%s", as_of(size));
	assert_non_null(strstr(before, "0 1 2 3 "));
	apply_sample(store, &iso, &again);
	apply_sample(store, &iso, &again);
	assert_string_equal(as_of(size), before);
	assert_string_equal(as_of(1), "0 ");
	assert_string_equal(as_of(0), "");
	assert_non_null(strstr(as_of(size + 1), "1 2 3 "));
	assert_null(strstr(as_of(size + 1), "0 1 "));
	assert_string_equal(strstr(as_of(size + 2), "1 2 3 "), as_of(size + 2));
	const struct listing_at nobody = { "nobody.example/log", 0, 0, 1, 1 };
	struct found_list list;
	uint64_t next;
	assert_int_equal(view.listing_at(view.ctx, &nobody, &arena, &list, &next, NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_log_is_listed_by_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_log_is_listed_as_of_a_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(words_of_every_script, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranking_prefers_titles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(references_come_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(filters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_fit_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_syntax, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable_queries_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(revisions_supersede, set_up, tear_down),
		cmocka_unit_test_setup_teardown(subjects_by_designator, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_snapshot_does_not_move, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
