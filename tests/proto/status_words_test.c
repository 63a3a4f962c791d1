/* status_words: every row says something, and the words mean what their bodies mean. */
#include "proto/record.h"
#include "proto/status_words.h"
#include "tests/proto/kit.h"

static void expect(const char *scheme, const char *word, const char *status)
{
	int found = status_of_body_word(scheme, word);
	const char *name = found != 0 ? status_word(found) : "nothing";
	if (strcmp(name, status) != 0)
		fail_msg("%s %s is %s, expected %s", scheme, word, name, status);
}

static void rows_are_whole(void **state)
{
	size_t count;
	const struct status_word_row *rows = status_word_rows(&count);
	assert_true(count > 200);
	for (size_t i = 0; i < count; i++) {
		const struct status_word_row *r = &rows[i];
		if (status_of_word(r->status) == 0)
			fail_msg("%s %s: %s is no status", r->scheme, r->word, r->status);
		if (strcmp(r->certain, "yes") != 0 && strcmp(r->certain, "no") != 0)
			fail_msg("%s %s: certain is %s", r->scheme, r->word, r->certain);
		if (r->note == NULL || r->note[0] == '\0' || r->source == NULL || r->source[0] == '\0')
			fail_msg("%s %s: no note or no source", r->scheme, r->word);
		/* The first row counts: a second one would never be seen. */
		assert_ptr_equal(status_word_find(r->scheme, r->word), r);
	}
}

static void stages_of_iso(void **state)
{
	expect("iso", "00.00", "preparation");
	expect("iso", "10.99", "preparation");
	expect("iso", "60.00", "preparation"); /* under publication, not published */
	expect("iso", "60.60", "current");
	expect("iso", "90.20", "current");
	expect("iso", "90.92", "current");
	expect("iso", "95.92", "current"); /* decided not to withdraw */
	expect("iso", "95.99", "withdrawn");
	expect("iso", "20.98", "cancelled");
	expect("iso", "50.98", "cancelled");
	expect("iso", "40.95", "preparation"); /* of IEC's matrix: of its stage */
	expect("iso", "99.60", "nothing");
	expect("iso", "60", "nothing");
	expect("iso", "", "nothing");
}

static void words_of_others(void **state)
{
	expect("iec", "PPUB", "current");
	expect("iec", "cdv", "preparation");
	expect("iec", "DELPUB", "withdrawn");
	expect("iec", "DREJ", "cancelled");
	expect("jis", "制定", "current");
	expect("jis", "改正", "current");
	expect("jis", "確認", "current");
	expect("jis", "廃止", "withdrawn");
	expect("gb", "起草", "preparation");
	expect("gb", "征求意见", "preparation");
	expect("gb", "即将实施", "upcoming");
	expect("gb", "现行", "current");
	expect("gb", "废止", "withdrawn");
	expect("gb", "被代替", "superseded");
	expect("en", "prEN", "preparation");
	expect("en", "DAV", "current");
	expect("ieee", "Inactive-Reserved", "withdrawn");
	expect("astm", "Active", "current");
	expect("relaton", "VALID", "current");
	expect("iso", "现行", "nothing"); /* a word of another scheme */
	expect("nobody", "current", "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(stages_of_iso),
		cmocka_unit_test(words_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
