/* select: clauses of each field, joined; order, counts, pages; values around one; what is refused, and never empty. */
#include "proto/json.h"
#include "tests/store/fixture.h"

static struct arena arena;

/* The record that this JSON describes, as the next entry. */
static void say(const char *json, const char *collection)
{
	struct arena own = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(maker.tree) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &own, &m, &err) != OK ||
	    record_encode((Normlink__Record *)m, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	maker.collection = collection;
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&own);
}

#define TITLE(lang, text) "\"texts\":[{\"role\":\"title\",\"lang\":\"" lang "\",\"value\":\"" text "\"}],"

static const char *const records[] = {
	/* 0 */ "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2008\"," TITLE(
	    "zh", "质量管理体系 要求") "\"standard\":{\"status\":\"superseded\",\"ics\":[\"03.120.10\"],\"ccs\":[\"A00\"],"
	                               "\"events\":[{\"type\":\"published\",\"date\":\"2008-12-30\"}]}}",
	/* 1 */
	"{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\"," TITLE(
	    "en",
	    "Quality management "
	    "systems") "\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\",\"03.100.70\"],\"ccs\":[\"A00\"],"
	               "\"publisher\":\"SAC\",\"languages\":[\"zh\",\"en\"],\"stage\":\"60.60\",\"committees\":[\"SAC/TC "
	               "151\"],"
	               "\"level\":\"national\",\"events\":[{\"type\":\"published\",\"date\":\"2016-12-30\"}],"
	               "\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}],\"links\":[{\"type\":\"replaces\","
	               "\"target\":\"GB/T 19001-2008\"}]}}",
	/* 2 */
	"{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\"," TITLE(
	    "en",
	    "Systems of quality") "\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"],"
	                          "\"events\":[{\"type\":\"published\",\"date\":\"2015-09\"}],"
	                          "\"level\":\"international\",\"committees\":[\"ISO/TC 176/SC 2\"],\"publisher\":\"ISO\","
	                          "\"links\":[{\"type\":\"cites\",\"target\":\"ISO 3:1973\"}]}}",
	/* 3 */
	"{\"kind\":\"standard\",\"subject\":\"ISO 3:1973\"," TITLE(
	    "en", "Preferred numbers") "\"standard\":{\"status\":\"withdrawn\",\"ics\":[\"17.020\"]}}",
	/* 4 */
	"{\"kind\":\"citation\",\"subject\":\"Regulation (EU) 305\"," TITLE(
	    "en", "Quality of buildings") "\"citation\":{\"type\":\"regulation\",\"jurisdiction\":\"EU\",\"cited\":[{"
	                                  "\"target\":\"ISO 9001\"}]}}",
};

static int set_up(void **state)
{
	int rc = log_up(state);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		say(records[i], NULL);
	say("{\"kind\":\"standard\",\"subject\":\"ISO 99:2020\"," TITLE(
	        "en", "Quality of secrets") "\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"]}}",
	    "members");
	return rc;
}

static int tear_down(void **state)
{
	arena_free(&arena);
	return log_down(state);
}

/* ---- asking ---- */

static struct condition clause(enum record_field field, enum compare relation, const char *text)
{
	return (struct condition){ .field = field, .relation = relation, .text = text };
}

static int ask(struct selection *s, struct found_list *out, struct err *err)
{
	struct view v = store_view(store);
	s->limit = s->limit == 0 ? 20 : s->limit;
	return v.select(v.ctx, s, &arena, out, err);
}

/* The entries found, in order: "3 1". */
static const char *list_of(struct selection s)
{
	static char text[128];
	struct found_list list;
	struct err err = { 0 };
	size_t used = 0;
	if (ask(&s, &list, &err) != OK)
		fail_msg("%s", err.text);
	text[0] = '\0';
	for (size_t i = 0; i < list.count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", i > 0 ? " " : "", (int)list.v[i].index);
	return text;
}

static void finds(enum record_field field, enum compare relation, const char *text, const char *expected)
{
	struct condition c = clause(field, relation, text);
	/* By entry, whatever the score. */
	struct selection s = { .where = &c, .public_only = true, .sorts = { { .field = FIELD_KIND } }, .sort_count = 1 };
	const char *found = list_of(s);
	char sorted[32] = "";
	size_t used = 0;
	for (char digit = '0'; digit < '8'; digit++) {
		if (strchr(found, digit) == NULL)
			continue;
		if (used > 0)
			sorted[used++] = ' ';
		sorted[used++] = digit;
	}
	if (strcmp(sorted, expected) != 0)
		fail_msg("field %d relation %d %s: %s, not %s", field, relation, text, sorted, expected);
}

static void words_are_found(void **state)
{
	(void)state;
	finds(FIELD_EVERY, COMPARE_PHRASE, "", "0 1 2 3 4");
	finds(FIELD_ANY, COMPARE_PHRASE, "quality management", "1");
	finds(FIELD_ANY, COMPARE_PHRASE, "management quality", "");
	finds(FIELD_ANY, COMPARE_ALL, "management quality", "1");
	finds(FIELD_TITLE, COMPARE_ANY, "management numbers", "1 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "质量管理", "0");
	finds(FIELD_ABSTRACT, COMPARE_PHRASE, "quality", "");
	finds(FIELD_REFERENCE, COMPARE_PHRASE, "quality", "");
	finds(FIELD_REFERENCE, COMPARE_PHRASE, "gb/t19001", "0 1");
	finds(FIELD_REFERENCE, COMPARE_IS, "GB/T 19001-2016", "1");
	finds(FIELD_REFERENCE, COMPARE_IS, "GB/T 19001", "0 1");
	finds(FIELD_ENTRY, COMPARE_IS, "iso.example/log#2", "2");
	finds(FIELD_ENTRY, COMPARE_IS, "iso.example/log#9", "");
	finds(FIELD_ENTRY, COMPARE_IS, "other.example#2", "");
	struct condition open = clause(FIELD_TITLE, COMPARE_PHRASE, "quality man");
	open.open = true;
	assert_string_equal(list_of((struct selection){ .where = &open }), "1");
}

static void values_are_found(void **state)
{
	(void)state;
	finds(FIELD_ICS, COMPARE_BELOW, "03", "0 1 2");
	finds(FIELD_ICS, COMPARE_BELOW, "03.100", "1");
	finds(FIELD_ICS, COMPARE_IS, "03", "");
	finds(FIELD_ICS, COMPARE_IS, "03.120.10", "0 1 2");
	finds(FIELD_CCS, COMPARE_IS, "a00", "0 1");
	finds(FIELD_STATUS, COMPARE_IS, "current", "1 2");
	finds(FIELD_STAGE, COMPARE_BELOW, "60", "1");
	finds(FIELD_LEVEL, COMPARE_IS, "national", "1");
	finds(FIELD_KIND, COMPARE_IS, "citation", "4");
	finds(FIELD_ORIGIN, COMPARE_IS, "iso.example/log", "0 1 2 3 4");
	finds(FIELD_ORIGIN, COMPARE_IS, "nobody.example", "");
	finds(FIELD_LANGUAGE, COMPARE_BELOW, "zh", "1");
	finds(FIELD_PUBLISHER, COMPARE_IS, "iso", "2");
	finds(FIELD_COMMITTEE, COMPARE_BELOW, "ISO/TC 176", "2");
	finds(FIELD_COMMITTEE, COMPARE_BELOW, "ISO/TC 17", "");
	finds(FIELD_ADOPTS, COMPARE_IS, "ISO 9001", "1");
	finds(FIELD_ADOPTS, COMPARE_IS, "ISO 9001:2008", "");
	finds(FIELD_DEGREE, COMPARE_IS, "idt", "1");
	finds(FIELD_REPLACES, COMPARE_IS, "GB/T 19001", "1");
	finds(FIELD_REGULATION, COMPARE_IS, "Regulation (EU) 305", "2");
	finds(FIELD_CITED_BY, COMPARE_IS, "Regulation (EU) 305", "2");
	finds(FIELD_CITED_BY, COMPARE_IS, "ISO 9001", "3");
	finds(FIELD_REGULATION, COMPARE_IS, "ISO 9001", "");
	finds(FIELD_CITES, COMPARE_IS, "ISO 9001", "4");
	finds(FIELD_CITES, COMPARE_IS, "iso3", "2");
}

static void dates_have_an_order(void **state)
{
	(void)state;
	finds(FIELD_DATE, COMPARE_BELOW, "2015", "2");
	finds(FIELD_DATE, COMPARE_IS, "2016-12-30", "1");
	finds(FIELD_DATE, COMPARE_BEFORE, "2015", "0");
	finds(FIELD_DATE, COMPARE_UPTO, "2015", "0 2");
	finds(FIELD_DATE, COMPARE_AFTER, "2015", "1");
	finds(FIELD_DATE, COMPARE_FROM, "2015", "1 2");
	struct condition within = clause(FIELD_DATE, COMPARE_WITHIN, "2008");
	within.last = "2015";
	assert_string_equal(list_of((struct selection){ .where = &within }), "0 2");
}

static void joined(int op, const struct condition *left, const struct condition *right, const char *expected)
{
	struct condition c = { .op = op, .left = left, .right = right };
	struct selection s = { .where = &c, .public_only = true, .sorts = { { .field = FIELD_KIND } }, .sort_count = 1 };
	assert_string_equal(list_of(s), expected);
}

/* Where others say what may be found, dates are read from the rows. */
static void dates_beside_others(void **state)
{
	struct condition quality = clause(FIELD_ANY, COMPARE_ALL, "quality"),
	                 below = clause(FIELD_ICS, COMPARE_BELOW, "03"), other = clause(FIELD_ICS, COMPARE_BELOW, "17"),
	                 is = clause(FIELD_STATUS, COMPARE_IS, "current"), from = clause(FIELD_DATE, COMPARE_FROM, "2015"),
	                 upto = clause(FIELD_DATE, COMPARE_UPTO, "2015"),
	                 within = clause(FIELD_DATE, COMPARE_WITHIN, "2008-12-30"),
	                 month = clause(FIELD_DATE, COMPARE_BELOW, "2015-09"), day = clause(FIELD_DATE, COMPARE_IS, "2015");
	(void)state;
	within.last = "2015-08";
	joined(CONDITION_AND, &quality, &from, "1 2");
	joined(CONDITION_NOT, &quality, &from, "4");
	joined(CONDITION_AND, &below, &upto, "0 2");
	joined(CONDITION_AND, &upto, &below, "0 2");
	joined(CONDITION_NOT, &below, &upto, "1");
	joined(CONDITION_OR, &from, &other, "1 2 3");
	joined(CONDITION_OR, &from, &is, "1 2");
	joined(CONDITION_AND, &is, &from, "1 2");
	joined(CONDITION_AND, &within, &below, "0");
	joined(CONDITION_AND, &below, &month, "2");
	joined(CONDITION_AND, &below, &day, "");
	joined(CONDITION_AND, &from, &upto, "2");
}

static void clauses_are_joined(void **state)
{
	(void)state;
	struct condition quality = clause(FIELD_ANY, COMPARE_PHRASE, "quality");
	struct condition status = clause(FIELD_STATUS, COMPARE_IS, "current");
	struct condition both = { .op = CONDITION_AND, .left = &quality, .right = &status };
	struct condition either = { .op = CONDITION_OR, .left = &status, .right = &quality };
	struct condition without = { .op = CONDITION_NOT, .left = &quality, .right = &status };
	struct sort_key by_reference = { .field = FIELD_REFERENCE };
	assert_string_equal(
	    list_of((struct selection){ .where = &both, .public_only = true, .sorts = { by_reference }, .sort_count = 1 }),
	    "1 2");
	assert_string_equal(list_of((struct selection){
	                        .where = &either, .public_only = true, .sorts = { by_reference }, .sort_count = 1 }),
	                    "1 2 4");
	assert_string_equal(list_of((struct selection){ .where = &without, .public_only = true }), "4");
	/* The operator sees what is not public. */
	assert_string_equal(list_of((struct selection){ .where = &both, .sorts = { by_reference }, .sort_count = 1 }),
	                    "1 2 5");
}

/* A tree of as many clauses as CQL may have: (((a OR b) AND a) OR b), or the other way round; every leaf the same two
 * words in turn. */
static const struct condition *chain_of(size_t count, int first, int second, bool right)
{
	struct condition *leaves = arena_array(&arena, count, sizeof *leaves);
	struct condition *joins = arena_array(&arena, count, sizeof *joins);
	const struct condition *tree = NULL;
	for (size_t i = 0; i < count; i++) {
		leaves[i] = clause(FIELD_TITLE, COMPARE_PHRASE, i % 2 == 0 ? "quality" : "systems");
		joins[i].op = i % 2 == 0 ? first : second;
		joins[i].left = right ? &leaves[i] : tree;
		joins[i].right = right ? tree : &leaves[i];
		tree = tree == NULL ? &leaves[i] : &joins[i];
	}
	return tree;
}

/* Which of the entries it is true of, a bit each. */
static unsigned means(const struct condition *c)
{
	if (c->op == CONDITION_CLAUSE)
		return strcmp(c->text, "quality") == 0 ? 1u << 1 | 1u << 2 | 1u << 4 : 1u << 1 | 1u << 2;
	unsigned left = means(c->left), right = means(c->right);
	return c->op == CONDITION_AND ? left & right : c->op == CONDITION_OR ? left | right : left & ~right;
}

static void trees_of_words_may_be_deep(void **state)
{
	(void)state;
	static const int operators[] = { CONDITION_AND, CONDITION_OR, CONDITION_NOT };
	for (int i = 0; i < 2 * 9 * 7; i++) {
		size_t count = 2u << i % 7;
		const struct condition *tree = chain_of(count, operators[i / 7 % 3], operators[i / 21 % 3], i / 63 != 0);
		struct selection s = { .where = tree, .public_only = true, .limit = 20 };
		struct found_list list;
		struct err err = { 0 };
		unsigned found = 0;
		if (ask(&s, &list, &err) != OK)
			fail_msg("%d: %s", i, err.text);
		for (size_t k = 0; k < list.count; k++)
			found |= 1u << list.v[k].index;
		if (found != means(tree))
			fail_msg("%d: %x, not %x", i, found, means(tree));
	}
}

static void order_and_pages(void **state)
{
	(void)state;
	struct condition every = clause(FIELD_EVERY, COMPARE_PHRASE, "");
	struct selection s = {
		.where = &every, .public_only = true, .sorts = { { .field = FIELD_DATE } }, .sort_count = 1
	};
	/* What has no date comes last, either way. */
	assert_string_equal(list_of(s), "0 2 1 3 4");
	s.sorts[0].descending = true;
	assert_string_equal(list_of(s), "1 2 0 3 4");
	s.sorts[0] = (struct sort_key){ .field = FIELD_STATUS };
	s.sorts[1] = (struct sort_key){ .field = FIELD_REFERENCE, .descending = true };
	s.sort_count = 2;
	assert_string_equal(list_of(s), "2 1 0 3 4");
	s.limit = 2;
	s.offset = 1;
	assert_string_equal(list_of(s), "1 0");
	/* A reference that the words are comes first. */
	struct condition named = clause(FIELD_ANY, COMPARE_PHRASE, "gb/t 19001");
	assert_string_equal(list_of((struct selection){ .where = &named, .public_only = true }), "1 0");
}

static void counts_are_given(void **state)
{
	(void)state;
	struct condition every = clause(FIELD_EVERY, COMPARE_PHRASE, "");
	struct count_wish wishes[] = { { .field = FIELD_ICS, .limit = 2 }, { .field = FIELD_STATUS, .limit = 10 } };
	struct selection s = { .where = &every, .public_only = true, .wishes = wishes, .wish_count = 2 };
	struct found_list list;
	assert_int_equal(ask(&s, &list, NULL), OK);
	assert_int_equal(list.total, 5);
	assert_int_equal(wishes[0].count, 2);
	assert_string_equal(wishes[0].v[0].value, "03.120.10");
	assert_int_equal(wishes[0].v[0].count, 3);
	assert_int_equal(wishes[0].v[1].count, 1);
	assert_string_equal(wishes[1].v[0].value, "current");
	assert_int_equal(wishes[1].v[0].count, 2);
	assert_int_equal(wishes[1].count, 3);
}

static void values_around(void **state)
{
	(void)state;
	struct view v = store_view(store);
	struct value_list list;
	assert_int_equal(v.values(v.ctx, FIELD_ICS, "03.120", 1, 5, true, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.place, 1);
	assert_string_equal(list.v[0].value, "03.100.70");
	assert_string_equal(list.v[1].value, "03.120.10");
	assert_int_equal(list.v[1].count, 3);
	assert_string_equal(list.v[2].value, "17.020");
	assert_int_equal(v.values(v.ctx, FIELD_REFERENCE, "GB/T 19001-2016", 1, 2, true, &arena, &list, NULL), OK);
	assert_string_equal(list.v[0].value, "GB/T 19001-2008");
	assert_string_equal(list.v[1].value, "GB/T 19001-2016");
	assert_string_equal(list.v[2].value, "ISO 3:1973");
	assert_int_equal(v.values(v.ctx, FIELD_RELEVANCE, "a", 1, 2, true, &arena, &list, NULL), ERR_UNSUPPORTED);
}

/* The values are these, with blanks between. */
static void lists(enum record_field field, const char *text, size_t before, size_t after, bool public_only,
                  const char *expected)
{
	struct view v = store_view(store);
	struct value_list list;
	struct err err = { 0 };
	struct buf said = { 0 };
	if (v.values(v.ctx, field, text, before, after, public_only, &arena, &list, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&said, "%s%s %llu", i > 0 ? ", " : "", list.v[i].value, (unsigned long long)list.v[i].count);
	assert_string_equal(buf_str(&said), expected);
	assert_true(list.place <= before);
	buf_free(&said);
}

#define LOG "iso.example/log"

/* Acts are listed by what searching for them finds; entries by the name of their log, then by number. */
static void acts_and_entries_around(void **state)
{
	(void)state;
	lists(FIELD_REGULATION, "", 1, 9, true, "Regulation (EU) 305 1");
	lists(FIELD_REGULATION, "Regulation (EU) 305", 1, 9, true, "Regulation (EU) 305 1");
	lists(FIELD_REGULATION, "Regulation (EU) 306", 1, 9, true, "Regulation (EU) 305 1");
	lists(FIELD_REGULATION, "Regulation (EU) 306", 0, 9, true, "");
	lists(FIELD_ADOPTS, "ISO 9001", 1, 9, true, "ISO 9001:2015 1");
	lists(FIELD_CITES, "ISO 9001", 0, 9, true, "ISO 9001 1");
	lists(FIELD_ENTRY, "", 1, 2, true, LOG "#0 1, " LOG "#1 1");
	lists(FIELD_ENTRY, LOG "#2", 1, 2, true, LOG "#1 1, " LOG "#2 1, " LOG "#3 1");
	lists(FIELD_ENTRY, LOG, 5, 1, true, LOG "#0 1");
	lists(FIELD_ENTRY, "zzz", 2, 9, true, LOG "#3 1, " LOG "#4 1");
	lists(FIELD_ENTRY, "zzz", 2, 9, false, LOG "#4 1, " LOG "#5 1");
	lists(FIELD_ENTRY, LOG "#999999999999", 1, 9, true, LOG "#4 1");
	lists(FIELD_ENTRY, LOG "#9999999999999", 1, 9, true, LOG "#4 1"); /* no number: a name behind all */
}

static void spellings_are_one_value(void **state)
{
	struct view v = store_view(store);
	struct value_list list;
	(void)state;
	say("{\"kind\":\"standard\",\"subject\":\"ISO 7:2021\"," TITLE(
	        "en", "Threads") "\"standard\":{\"status\":\"current\",\"publisher\":\"sac\","
	                         "\"committees\":[\"iso/TC 1\",\"ISO/TC 1\"]}}",
	    NULL);
	assert_int_equal(v.values(v.ctx, FIELD_PUBLISHER, "", 0, 5, true, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.v[1].value, "SAC");
	assert_int_equal(list.v[1].count, 2);
	assert_int_equal(v.values(v.ctx, FIELD_PUBLISHER, "t", 5, 0, true, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.v[1].value, "sac");
	assert_int_equal(list.v[1].count, 2);
	assert_int_equal(v.values(v.ctx, FIELD_COMMITTEE, "ISO/TC 1", 0, 1, true, &arena, &list, NULL), OK);
	assert_string_equal(list.v[0].value, "iso/TC 1");
	assert_int_equal(list.v[0].count, 1);
	finds(FIELD_PUBLISHER, COMPARE_IS, "Sac", "1 6");
}

static void refuses(enum record_field field, enum compare relation, const char *text, int code)
{
	struct condition c = clause(field, relation, text);
	struct selection s = { .where = &c };
	struct found_list list;
	assert_int_equal(ask(&s, &list, NULL), code);
}

static void others_are_refused(void **state)
{
	(void)state;
	refuses(FIELD_TITLE, COMPARE_IS, "Quality", ERR_UNSUPPORTED);
	refuses(FIELD_ANY, COMPARE_BEFORE, "Quality", ERR_UNSUPPORTED);
	refuses(FIELD_ICS, COMPARE_ANY, "03 17", ERR_UNSUPPORTED);
	refuses(FIELD_STATUS, COMPARE_BEFORE, "current", ERR_UNSUPPORTED);
	refuses(FIELD_STATUS, COMPARE_IS, "fine", ERR_USAGE);
	refuses(FIELD_KIND, COMPARE_IS, "fish", ERR_USAGE);
	refuses(FIELD_ENTRY, COMPARE_IS, "iso.example/log", ERR_USAGE);
	refuses(FIELD_ENTRY, COMPARE_IS, "#1", OK);
	refuses(FIELD_TITLE, COMPARE_PHRASE, "—", ERR_USAGE);
	refuses(FIELD_RELEVANCE, COMPARE_IS, "1", ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found),     cmocka_unit_test(values_are_found),
		cmocka_unit_test(dates_have_an_order), cmocka_unit_test(dates_beside_others),
		cmocka_unit_test(clauses_are_joined),  cmocka_unit_test(trees_of_words_may_be_deep),
		cmocka_unit_test(order_and_pages),     cmocka_unit_test(counts_are_given),
		cmocka_unit_test(values_around),       cmocka_unit_test(acts_and_entries_around),
		cmocka_unit_test(others_are_refused),  cmocka_unit_test(spellings_are_one_value), /* adds to the log */
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
