/* feedback: what is sent as JSON or as a form, the records made of it, and how far it has come (clause 2.17). */
#include "node/base/limits.h"
#include "proto/feedback.h"
#include "tests/proto/kit.h"

static const struct feedback_dates dates = { "2026-03-01", "2026-03-31" };

static Normlink__FeedbackRequest *read_ok(const char *text, bool json, struct arena *arena)
{
	Normlink__FeedbackRequest *q = NULL;
	struct err err = { 0 };
	if (feedback_read(bytes_str(text), json, arena, &q, &err) != OK)
		fail_msg("%s\n%s", err.text, text);
	return q;
}

static void a_form_says_the_same_as_json(void **state)
{
	static const struct {
		const char *text;
		bool json;
	} given[] = {
		{ "{\"type\":\"complaint\",\"about\":[\"gb/t19001—2016\",\"ISO 1\"],\"text\":\"第一\\nb & c\",\"lang\":\"zh\","
		  "\"name\":\"Li\"}",
		  true },
		{ "type=complaint&about=gb%2Ft19001%E2%80%942016&about=ISO+1&text=%E7%AC%AC%E4%B8%80%0D%0Ab+%26+c&lang=zh&name="
		  "Li"
		  "&contact=",
		  false },
	};
	for (size_t i = 0; i < 2; i++) {
		struct arena arena = { 0 };
		const Normlink__FeedbackRequest *q = read_ok(given[i].text, given[i].json, &arena);
		assert_int_equal(q->type, NORMLINK__FEEDBACK__FEEDBACK_TYPE__FEEDBACK_COMPLAINT);
		assert_int_equal(q->n_about, 2);
		assert_string_equal(q->about[0], "GB/T 19001-2016");
		assert_string_equal(q->about[1], "ISO 1");
		assert_string_equal(q->text, "第一\nb & c");
		assert_string_equal(q->lang, "zh");
		assert_string_equal(q->name, "Li");
		assert_null(q->contact);
		arena_free(&arena);
	}
}

static const struct {
	const char *text;
	bool json;
	const char *why;
} bad[] = {
	{ "", false, "text: missing" },
	{ "", true, "" },
	{ "{}", true, "text: missing" },
	{ "type=praise&text=x", false, "question, proposal, complaint or report" },
	{ "type=&text=x", false, "question, proposal, complaint or report" },
	{ "type=report&type=report&text=x", false, "type: given twice" },
	{ "text=a&text=b", false, "text: given twice" },
	{ "text=a&submit=1", false, "submit: not a field" },
	{ "text=%0", false, "not percent-encoded" },
	{ "text=%zz", false, "not percent-encoded" },
	{ "text=%00", false, "not percent-encoded" },
	{ "text=%ff", false, "not percent-encoded" },
	{ "{\"text\":\"x\",\"about\":\"GB 1\"}", true, "about" },
	{ "{\"text\":\"x\",\"who\":\"me\"}", true, "who" },
};

static void what_is_no_feedback(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena arena = { 0 };
		Normlink__FeedbackRequest *q;
		struct err err = { 0 };
		assert_int_equal(feedback_read(bytes_str(bad[i].text), bad[i].json, &arena, &q, &err), ERR_INVALID);
		kit_expect_text(&err, bad[i].why);
		arena_free(&arena);
	}
	struct arena arena = { 0 };
	struct buf many = { 0 };
	Normlink__FeedbackRequest *q;
	buf_add_str(&many, "text=x");
	for (int i = 0; i <= FEEDBACK_ABOUT_MAX; i++)
		buf_add_str(&many, "&about=GB+1");
	assert_int_equal(feedback_read(buf_bytes(&many), false, &arena, &q, NULL), ERR_LIMIT);
	while (many.len <= FEEDBACK_BODY_MAX)
		buf_add_char(&many, 'x');
	assert_int_equal(feedback_read(buf_bytes(&many), false, &arena, &q, NULL), ERR_LIMIT);
	buf_free(&many);
	arena_free(&arena);
}

/* Who it was, and a text that is withheld, are in no byte of the public record. */
static void the_public_record_names_nobody(void **state)
{
	for (int text_public = 0; text_public < 2; text_public++) {
		struct arena arena = { 0 };
		struct buf public = { 0 }, personal = { 0 };
		struct err err = { 0 };
		Normlink__Record *r = NULL, *p = NULL;
		const Normlink__FeedbackRequest *q =
		    read_ok("type=complaint&about=GB+1&text=It+leaks&name=Somebody&contact=there", false, &arena);
		assert_int_equal(feedback_records(q, "sac-2026-000007", &dates, text_public, &public, &personal, &err), OK);
		assert_int_equal(record_decode(buf_bytes(&public), &arena, &r, &err), OK);
		assert_int_equal(record_decode(buf_bytes(&personal), &arena, &p, &err), OK);
		assert_string_equal(r->subject, "sac-2026-000007");
		assert_string_equal(p->subject, "sac-2026-000007#personal");
		assert_int_equal(r->feedback->n_steps, 1);
		assert_string_equal(r->feedback->steps[0]->deadline, "2026-03-31");
		assert_null(memmem(public.data, public.len, "Somebody", 8));
		assert_null(memmem(public.data, public.len, "there", 5));
		assert_int_equal(memmem(public.data, public.len, "leaks", 5) != NULL, text_public);
		assert_int_equal(memmem(personal.data, personal.len, "leaks", 5) != NULL, !text_public);
		assert_string_equal(p->feedback->person->name, "Somebody");
		buf_free(&public);
		buf_free(&personal);
		arena_free(&arena);
	}
}

static void without_a_person(void **state)
{
	struct arena arena = { 0 };
	struct buf public = { 0 }, personal = { 0 };
	const Normlink__FeedbackRequest *q = read_ok("type=report&about=GB+1&text=x", false, &arena);
	assert_int_equal(feedback_records(q, "sac-2026-000007", &dates, true, &public, &personal, NULL), OK);
	assert_int_equal(personal.len, 0);
	buf_reset(&public);
	assert_int_equal(feedback_records(q, "sac-2026-000007", &dates, false, &public, &personal, NULL), OK);
	assert_int_not_equal(personal.len, 0); /* the text is there */
	q = read_ok("type=report&text=x", false, &arena);
	struct err err = { 0 };
	buf_reset(&public);
	assert_int_equal(feedback_records(q, "sac-2026-000007", &dates, true, &public, &personal, &err), ERR_INVALID);
	kit_expect_text(&err, "feedback.about");
	buf_free(&public);
	buf_free(&personal);
	arena_free(&arena);
}

#define STEPS(steps)                                                                                                   \
	"{\"kind\":\"feedback\",\"subject\":\"a-1\",\"feedback\":{\"type\":\"report\",\"about\":[\"GB 1\"],"               \
	"\"date\":\"2026-01-01\",\"steps\":[" steps "]}}"
#define STEP(type, more) "{\"type\":\"" type "\",\"date\":\"2026-01-01\"" more "}"

static void how_far_it_has_come(void **state)
{
	static const struct {
		const char *json;
		bool open, overdue;
	} given[] = {
		{ STEPS(""), true, false },
		{ STEPS(STEP("received", "")), true, false },
		{ STEPS(STEP("received", ",\"deadline\":\"2026-03-01\"")), true, false }, /* today */
		{ STEPS(STEP("received", ",\"deadline\":\"2026-02-28\"")), true, true },
		{ STEPS(STEP("received", ",\"deadline\":\"2026-03\"")), true, false },
		{ STEPS(STEP("received", ",\"deadline\":\"2026-02\"")), true, true },
		{ STEPS(STEP("received", ",\"deadline\":\"2026\"")), true, false },
		{ STEPS(STEP("received", ",\"deadline\":\"2026-02-28\"") "," STEP("accepted", "")), true, false },
		{ STEPS(STEP("received", "") "," STEP("closed", "")), false, false },
		{ STEPS(STEP("closed", "") "," STEP("reopened", ",\"deadline\":\"2026-01-02\"")), true, true },
	};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		struct arena arena = { 0 };
		struct feedback_state s;
		feedback_state(kit_record(&arena, given[i].json)->feedback, "2026-03-01", &s);
		if (s.open != given[i].open || s.overdue != given[i].overdue)
			fail_msg("%s", given[i].json);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_says_the_same_as_json),
		cmocka_unit_test(what_is_no_feedback),
		cmocka_unit_test(the_public_record_names_nobody),
		cmocka_unit_test(without_a_person),
		cmocka_unit_test(how_far_it_has_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
