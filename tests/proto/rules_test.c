/* rules: every field of every message of a record has its rule; the forms; edges and words of each kind. */
#include "proto/decimal.h"
#include "proto/edges.h"
#include "proto/field.h"
#include "proto/rules.h"
#include "tests/proto/kit.h"

/* ---- the tables ---- */

static size_t checked;

static void check_table(const struct rules *rules)
{
	assert_true(rules->count == rules->type->n_fields || rules == &rules_record);
	for (unsigned i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->fields[i];
		const ProtobufCFieldDescriptor *field = &rules->type->fields[i];
		assert_string_equal(rule->name, field->name);
		assert_int_equal(rule->form == FORM_MESSAGE, field->type == PROTOBUF_C_TYPE_MESSAGE);
		if (rule->form == FORM_CODE)
			assert_int_equal(field->type, PROTOBUF_C_TYPE_ENUM);
		if (rule->form == FORM_WHOLE || rule->form == FORM_INDEX)
			assert_int_equal(field->type, PROTOBUF_C_TYPE_UINT64);
		if (rule->form == FORM_DIGEST || rule->form == FORM_SPKI)
			assert_int_equal(field->type, PROTOBUF_C_TYPE_BYTES);
		if (rule->form >= FORM_LABEL)
			assert_int_equal(field->type, PROTOBUF_C_TYPE_STRING);
		if (rule->words != WORDS_NONE && rule->form != FORM_MESSAGE)
			assert_true(rule->form >= FORM_LABEL);
		checked++;
		if (rule->form == FORM_MESSAGE) {
			assert_ptr_equal(rule->below->type, field->descriptor);
			check_table(rule->below);
		}
	}
}

static void every_field_has_its_rule(void **state)
{
	const ProtobufCMessageDescriptor *type = &normlink__record__descriptor;
	check_table(&rules_record);
	for (unsigned i = rules_record.count; i < type->n_fields; i++) {
		const struct rules *body = rules_bodies[i - rules_record.count];
		assert_non_null(body);
		assert_ptr_equal(body->type, type->fields[i].descriptor);
		check_table(body);
	}
	assert_null(rules_bodies[type->n_fields - rules_record.count]);
	assert_true(checked > 200);
}

static void every_kind_has_its_body(void **state)
{
	const ProtobufCEnumDescriptor *kinds = &normlink__kind__descriptor;
	for (unsigned i = 0; i < kinds->n_values; i++) {
		const ProtobufCFieldDescriptor *body = protobuf_c_message_descriptor_get_field(
		    &normlink__record__descriptor, RECORD_BODY_FIRST + (unsigned)kinds->values[i].value - 1);
		assert_non_null(body);
		assert_string_equal(body->name, kind_word(kinds->values[i].value));
	}
}

/* ---- decimals ---- */

static void decimals_have_their_form(void **state)
{
	static const char *const good[] = { "0", "-0", "1", "007", "1.5", "-1.50e-3", "2e10", "2e+10", "0.000" };
	static const char *const bad[] = { "",    "-",  "+1", ".5",      "1.",   "1.e3", "1e", "1e-", "1E3",
		                               "1,5", " 1", "1 ", "1e12345", "0x10", "NaN",  "１", "--1" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(decimal_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(decimal_valid(bad[i]));
	char longest[CODE_MAX + 2];
	memset(longest, '9', sizeof longest);
	longest[CODE_MAX + 1] = '\0';
	assert_false(decimal_valid(longest));
	longest[CODE_MAX] = '\0';
	assert_true(decimal_valid(longest));
}

/* Each line in ascending order, what is equal side by side. */
static void decimals_are_compared_exactly(void **state)
{
	static const char *const order[][3] = {
		{ "-1e9999", "-10e9998", NULL },
		{ "-1.51", "-151e-2", NULL },
		{ "-1.5", "-1.500", "-15e-1" },
		{ "-0.001", "-1e-3", NULL },
		{ "0", "-0.00", "0e9999" },
		{ "1e-9999", "0.1e-9998", NULL },
		{ "0.05", "5e-2", "00.050" },
		{ "0.1", "1e-1", NULL },
		{ "1", "1.0", "100e-2" },
		{ "1.0000000000000000000000000000000000000001", NULL, NULL },
		{ "9.99", NULL, NULL },
		{ "10", "1e1", "010" },
		{ "123456789012345678901234567890", NULL, NULL },
		{ "123456789012345678901234567891", NULL, NULL },
		{ "1e9999", NULL, NULL },
	};
	size_t count = sizeof order / sizeof *order;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			for (size_t a = 0; a < 3 && order[i][a] != NULL; a++)
				for (size_t b = 0; b < 3 && order[j][b] != NULL; b++)
					assert_int_equal(decimal_compare(order[i][a], order[j][b]), i < j ? -1 : i > j);
}

/* ---- subjects ---- */

static void subjects_in_canonical_form(void **state)
{
	static const struct {
		int kind;
		const char *text, *canonical, *undated;
	} good[] = {
		{ 1, "gb/t19001-2016", "GB/T 19001-2016", "GB/T 19001" },
		{ 1, "GB/T 19001-2016#x", "GB/T 19001-2016#x", "GB/T 19001-2016#x" },
		{ 4, "gb/t19001-2016# Ｍ 1 ", "GB/T 19001-2016#M 1", "GB/T 19001" },
		{ 4, "ISO 1:2022#iso 1#2", "ISO 1:2022#iso 1#2", "ISO 1" },
		{ 5, "gb/t 1-2000#iso1:2022", "GB/T 1-2000#ISO 1:2022", "GB/T 1" },
		{ 7, "ISO 9001:2015#ZH-hans-cn", "ISO 9001:2015#zh-Hans-CN", "ISO 9001" },
		{ 7, "ISO 9001:2015#X-AB-cdef", "ISO 9001:2015#x-ab-cdef", "ISO 9001" },
		{ 12, "FB-2026-17", "FB-2026-17", "FB-2026-17" },
		{ 12, "FB-2026-17#personal", "FB-2026-17#personal", "FB-2026-17" },
		{ 14, "ISO/TC 176", "ISO/TC 176", "ISO/TC 176" },
		{ 105, "A b#c", "A b#c", "A b#c" },
	};
	static const struct {
		int kind;
		const char *text, *problem;
	} bad[] = {
		{ 4, "GB/T 19001-2016", "without #" },
		{ 4, "GB/T 19001-2016#", "empty" },
		{ 4, "#M1", "empty" },
		{ 5, "ISO 1:2022", "without #" },
		{ 7, "ISO 1:2022#english", NULL },
		{ 7, "ISO 1:2022#e", "not a language tag behind #: e" },
		{ 12, "FB-1#other", "something else" },
		{ 105, "", "1 to" },
	};
	struct designator d;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(record_subject(good[i].kind, good[i].text, &d, NULL), OK);
		assert_string_equal(d.canonical, good[i].canonical);
		assert_string_equal(d.undated, good[i].undated);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		int rc = record_subject(bad[i].kind, bad[i].text, &d, &err);
		assert_int_equal(rc, bad[i].problem != NULL ? ERR_INVALID : OK);
		if (bad[i].problem != NULL)
			kit_expect_text(&err, bad[i].problem);
	}
}

static void a_fragment_counts_for_the_length(void **state)
{
	char text[SUBJECT_MAX + 3] = "ISO 1:2022#";
	struct designator d;
	memset(text + strlen(text), 'x', SUBJECT_MAX + 1 - strlen(text));
	assert_int_equal(record_subject(4, text, &d, NULL), ERR_INVALID);
	text[SUBJECT_MAX] = '\0';
	assert_int_equal(record_subject(4, text, &d, NULL), OK);
	assert_string_equal(d.canonical, text);
}

/* ---- edges ---- */

static int note_edge(void *arg, const struct edge *edge, struct err *err)
{
	buf_printf(arg, "%s %d %s\n", edge_word(edge->type), edge->detail, edge->target);
	return OK;
}

static int stop_at_once(void *arg, const struct edge *edge, struct err *err)
{
	(*(int *)arg)++;
	return err_set(err, ERR_LIMIT, "enough");
}

static const struct {
	const char *json, *edges;
} edges[] = {
	{ "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"standard\":{\"links\":[{\"type\":\"replaces\","
	  "\"target\":\"GB/T 19001-2008\"},{\"type\":\"identical\",\"target\":\"X 1\"}],\"adopts\":[{\"target\":\"ISO "
	  "9001:2015\","
	  "\"degree\":\"mod\"},{\"target\":\"ISO 1\"}]}}",
	  "replaces 0 GB/T 19001-2008\nidentical 0 X 1\nadopts 2 ISO 9001:2015\nadopts 0 ISO 1\n" },
	{ "{\"kind\":\"project\",\"subject\":\"P 1\",\"project\":{\"reference\":\"GB/T 1\",\"stage\":\"20.00\",\"links\":["
	  "{\"type\":\"amends\",\"target\":\"GB/T 2\"}],\"adopts\":[{\"target\":\"ISO 1:2022\",\"degree\":\"idt\"}]}}",
	  "makes 0 GB/T 1\namends 0 GB/T 2\nmay-adopt 1 ISO 1:2022\n" },
	{ "{\"kind\":\"adoption\",\"subject\":\"GB/T 1-2000\",\"adoption\":{\"sources\":[{\"target\":\"ISO 1:2022\","
	  "\"degree\":\"neq\"},{\"target\":\"ISO 2\"}]}}",
	  "adopts 3 ISO 1:2022\nadopts 0 ISO 2\n" },
	{ "{\"kind\":\"indicator\",\"subject\":\"GB/T 1-2000#M1\",\"indicator\":{\"quantity\":{\"value\":\"1\"},"
	  "\"method\":\"GB/T 2-2000\"}}",
	  "indicates 0 GB/T 1-2000\ntested-by 0 GB/T 2-2000\n" },
	{ "{\"kind\":\"comparison\",\"subject\":\"GB/T 1-2000#ISO 1:2022\",\"comparison\":{\"items\":["
	  "{\"indicator\":\"M1\",\"outcome\":\"same\"}]}}",
	  "compares 1 GB/T 1-2000\ncompares 2 ISO 1:2022\n" },
	{ "{\"kind\":\"recognition\",\"subject\":\"MRA 1\",\"recognition\":{\"type\":\"mutual\",\"parties\":["
	  "{\"origin\":\"a.example/log\"},{\"origin\":\"b.example/log\"}],\"groups\":[{\"standards\":[\"A 1\",\"B 1\"]},"
	  "{\"standards\":[\"A 2\",\"B 2\"]}]}}",
	  "recognises 1 A 1\nrecognises 1 B 1\nrecognises 2 A 2\nrecognises 2 B 2\n" },
	{ "{\"kind\":\"translation\",\"subject\":\"GB/T 1#en\",\"translation\":{\"standing\":\"official\",\"edition\":"
	  "\"GB/T 1-2000\"}}",
	  "translates 0 GB/T 1\ntranslates 1 GB/T 1-2000\n" },
	{ "{\"kind\":\"patent\",\"subject\":\"PD 1\",\"patent\":{\"holder\":\"h\",\"standards\":[\"ISO 1\"],"
	  "\"commitment\":\"rand\"}}",
	  "bears-on 0 ISO 1\n" },
	{ "{\"kind\":\"citation\",\"subject\":\"Act 1\",\"citation\":{\"jurisdiction\":\"EU\",\"cited\":[{\"target\":"
	  "\"ISO 1\",\"effect\":\"presumed\"},{\"target\":\"ISO 2\"}]}}",
	  "regulates 2 ISO 1\nregulates 0 ISO 2\n" },
	{ "{\"kind\":\"declaration\",\"subject\":\"D 1\",\"declaration\":{\"enterprise\":\"e\",\"product\":\"p\","
	  "\"standards\":[\"ISO 1\",\"ISO 2\"]}}",
	  "declares 0 ISO 1\ndeclares 0 ISO 2\n" },
	{ "{\"kind\":\"review\",\"subject\":\"ISO 1:2022#2026\",\"review\":{\"type\":\"periodic\",\"conclusion\":"
	  "\"confirm\"}}",
	  "reviews 0 ISO 1:2022\n" },
	{ "{\"kind\":\"feedback\",\"subject\":\"F 1\",\"feedback\":{\"type\":\"question\",\"about\":[\"ISO 1\","
	  "\"GB/T 1-2000#M1\"],\"date\":\"2026\"}}",
	  "about 0 ISO 1\nabout 0 GB/T 1-2000#M1\n" },
	{ "{\"kind\":\"deposit\",\"subject\":\"ISO 1:2022#pdf\",\"deposit\":{\"digest\":"
	  "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}}",
	  "holds 0 ISO 1:2022\n" },
	{ "{\"kind\":\"body\",\"subject\":\"ISO/TC 176\",\"body\":{\"roles\":[\"committee\"],\"parent\":\"ISO\"}}",
	  "part-of 0 ISO\n" },
	{ "{\"kind\":\"notice\",\"subject\":\"N 1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026\",\"concerns\":["
	  "\"ISO 1\"]}}",
	  "concerns 0 ISO 1\n" },
	{ "{\"kind\":\"notice\",\"subject\":\"N 1\",\"retraction\":{\"reason\":\"r\"},\"notice\":{\"concerns\":[\"ISO "
	  "1\"]}}",
	  "" },
	{ "{\"kind\":\"authority\",\"subject\":\"a.example/log\",\"authority\":{\"prefixes\":[\"GB\"]}}", "" },
};

static void each_kind_has_its_edges(void **state)
{
	unsigned kinds = 0;
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		struct arena arena = { 0 };
		struct buf seen = { 0 };
		struct err err = { 0 };
		const Normlink__Record *r = kit_record(&arena, edges[i].json);
		if (record_validate(r, &err) != OK)
			fail_msg("%s\n%s", err.text, edges[i].json);
		assert_int_equal(record_edges(r, note_edge, &seen, &err), OK);
		assert_string_equal(buf_str(&seen), edges[i].edges);
		if ((int)r->kind < KIND_LOG_FIRST)
			kinds |= 1u << r->kind;
		int calls = 0;
		assert_int_equal(record_edges(r, stop_at_once, &calls, &err), seen.len > 0 ? ERR_LIMIT : OK);
		assert_int_equal(calls, seen.len > 0);
		buf_free(&seen);
		arena_free(&arena);
	}
	assert_int_equal(kinds, 0xfffe);
}

static void edges_have_words(void **state)
{
	for (int i = EDGE_FIRST; i <= EDGE_LAST; i++)
		assert_non_null(edge_word(i));
	assert_string_equal(edge_word(NORMLINK__LINK_TYPE__LINK_IDENTICAL), "identical");
	assert_null(edge_word(0));
	assert_null(edge_word(EDGE_FIRST - 1));
	assert_null(edge_word(EDGE_LAST + 1));
}

/* ---- words to search for ---- */

static void note_words(void *arg, enum record_words where, const char *text)
{
	buf_printf(arg, "%d %s\n", (int)where, text);
}

static void what_people_may_search_for(void **state)
{
	struct arena arena = { 0 };
	struct buf seen = { 0 };
	record_words(
	    kit_record(&arena,
	               "{\"kind\":\"declaration\",\"subject\":\"D 1\",\"texts\":[{\"role\":\"note\",\"lang\":\"en\","
	               "\"value\":\"n\"},{\"role\":\"title\",\"lang\":\"en\",\"value\":\"t\"}],\"declaration\":{"
	               "\"enterprise\":\"Kettles Ltd\",\"product\":\"kettle K1\",\"standards\":[\"ISO 1\"],"
	               "\"claims\":[{\"indicator\":\"noise\",\"quantity\":{\"text\":\"quiet\"}}],\"date\":\"2026\"}}"),
	    note_words, &seen);
	assert_string_equal(buf_str(&seen), "0 D 1\n2 n\n1 t\n2 Kettles Ltd\n2 kettle K1\n2 ISO 1\n2 noise\n2 quiet\n");
	buf_reset(&seen);
	record_words(kit_record(&arena, kit_good), note_words, &seen);
	assert_non_null(strstr(buf_str(&seen), "0 GB/T 19001-2016\n"));
	assert_non_null(strstr(buf_str(&seen), "0 GB/T19001—2016\n"));
	assert_null(strstr(buf_str(&seen), "SAC"));
	buf_free(&seen);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_has_its_rule),   cmocka_unit_test(every_kind_has_its_body),
		cmocka_unit_test(decimals_have_their_form),   cmocka_unit_test(decimals_are_compared_exactly),
		cmocka_unit_test(subjects_in_canonical_form), cmocka_unit_test(a_fragment_counts_for_the_length),
		cmocka_unit_test(each_kind_has_its_edges),    cmocka_unit_test(edges_have_words),
		cmocka_unit_test(what_people_may_search_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
