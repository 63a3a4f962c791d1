/* fold: text to terms, the same whoever wrote it. */
#include "proto/fold.h"
#include "proto/variant.h"
#include "tests/proto/kit.h"

/* The terms, each with '|' after it; '/' where another run begins. */
struct seen {
	struct buf out;
	unsigned run;
	size_t count, text_len, last_start;
};

static int note(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct seen *s = arg;
	assert_true(len >= 1 && len <= FOLD_TERM_MAX);
	assert_true(utf8_valid(bytes_of(term, len)));
	assert_true(start < end && end <= s->text_len && start >= s->last_start);
	assert_true(s->count == 0 ? run == 0 : run == s->run || run == s->run + 1);
	if (s->count > 0 && run != s->run)
		buf_add_char(&s->out, '/');
	buf_add(&s->out, term, len);
	buf_add_char(&s->out, '|');
	s->run = run;
	s->last_start = start;
	s->count++;
	return OK;
}

static void fold(struct bytes text, struct buf *out)
{
	struct seen s = { .text_len = text.len };
	assert_int_equal(fold_terms(text, note, &s), OK);
	*out = s.out;
}

static void expect_terms(const char *text, const char *terms)
{
	struct buf out = { 0 };
	fold(bytes_str(text), &out);
	if (strcmp(buf_str(&out), terms) != 0)
		fail_msg("\"%s\" gives %s, expected %s", text, buf_str(&out), terms);
	buf_free(&out);
}

static void expect_same(const char *a, const char *b)
{
	struct buf terms = { 0 };
	fold(bytes_str(a), &terms);
	expect_terms(b, buf_str(&terms));
	buf_free(&terms);
}

static void expect_different(const char *a, const char *b)
{
	struct buf x = { 0 }, y = { 0 };
	fold(bytes_str(a), &x);
	fold(bytes_str(b), &y);
	if (bytes_equal(buf_bytes(&x), buf_bytes(&y)))
		fail_msg("%s and %s both give %s", a, b, buf_str(&x));
	buf_free(&x);
	buf_free(&y);
}

static void words_of_latin_letters(void **state)
{
	expect_terms("", "");
	expect_terms(" .,-/()", "");
	expect_terms("Quality management", "quality|/management|");
	expect_terms("ISO 9001:2015/Amd 1", "iso|/9001|/2015|/amd|/1|");
	expect_terms("3-D_printing", "3|/d|/printing|");
	expect_terms("don't", "don|/t|");
	expect_terms("Systèmes à façon", "systemes|/a|/facon|");
	expect_terms("STRASSE Straße", "strasse|/strasse|");
	expect_terms("Łódź øre", "łodz|/øre|");
	expect_terms("İstanbul", "istanbul|");
	expect_terms("ﬁlter", "filter|");
	expect_terms("Nº5 m² ½", "no5|/m2|/1|/2|");
	expect_terms("Việt Nam", "viet|/nam|");
}

static void words_of_other_alphabets(void **state)
{
	expect_terms("Качество ЁЛКА", "качество|/елка|");
	expect_terms("Ποιότητα ΟΔΟΣ", "ποιοτητα|/οδοσ|");
	expect_terms("Հայ", "հայ|");
	expect_terms("क्षेत्र", "क्षेत्र|");
	expect_terms("ชั้น", "ชั้น|");
	expect_terms("עִבְרִית", "עִבְרִית|");
	expect_different("กา", "ก่า");
}

static void marks_do_not_depend_on_how_they_were_written(void **state)
{
	expect_same("é", "e\u0301");
	expect_same("é", "e");
	expect_same("Å", "\u212b");
	expect_same("ệ", "e\u0323\u0302");
	expect_same("ệ", "e\u0302\u0323");
	expect_same("й", "и\u0306");
	expect_same("ά", "α\u0301");
	expect_same("\u0958", "\u0915\u093c");                   /* a Devanagari letter with its nukta */
	expect_same("\u05d0\u05b7\u05bc", "\u05d0\u05bc\u05b7"); /* points in either order */
	expect_same(
	    "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f\u0310\u0311"
	    "b",
	    "ab");
	expect_same("\u0301abc", "abc");
	expect_same("a \u0301b", "a b");
}

static void runs_of_han_give_pairs(void **state)
{
	expect_terms("质", "质|");
	expect_terms("质量", "质量|");
	expect_terms("质量管理", "质量|量管|管理|");
	expect_terms("质量 管理", "质量|/管理|");
	expect_terms("质量，管理。", "质量|/管理|");
	expect_terms("GB质量T", "gb|/质量|/t|");
	expect_terms("a质b", "a|/质|/b|");
	expect_terms("人々", "人々|");
	expect_terms("〇一", "〇一|");
	expect_terms("\xf0\xa0\x80\x80\xf0\xa0\x80\x81", "\xf0\xa0\x80\x80\xf0\xa0\x80\x81|");
	expect_same("\uf900", "\u8c48");       /* a form for compatibility */
	expect_same("⼀", "一");               /* a radical */
	expect_same("葛\U000E0100城", "葛城"); /* a choice of glyph */
	expect_terms("㈱", "株|");
	expect_terms("㌔", "きろ|");
}

static void kana_keep_their_voicing(void **state)
{
	expect_terms("が", "が|");
	expect_different("が", "か");
	expect_different("ぱ", "ば");
	expect_same("か", "カ");
	expect_different("つ", "っ");
	expect_same("か\u3099", "が");
	expect_same("ハ\u309a", "パ");
	expect_terms("ｶﾞｽ", "がす|");
	expect_terms("ﾊﾟｲﾌﾟ", "ぱい|いぷ|");
	expect_same("ｺﾝｸﾘｰﾄ", "コンクリート");
	expect_terms("コンクリート", "こん|んく|くり|りー|ーと|");
	expect_terms("再生コンクリートの", "再生|生こ|こん|んく|くり|りー|ーと|との|");
	expect_terms("ア・イ", "あ|/い|");
	expect_same("ア･イ", "ア・イ");
}

static void hangul_is_composed(void **state)
{
	expect_terms("품질경영", "품질|질경|경영|");
	expect_terms("값", "값|");
	expect_same("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국");
	expect_same("하\u11ab국", "한국");
	expect_same("ﾡￂ", "가");
	expect_same("가\u200b\u11a8", "각");
}

static void width_does_not_matter(void **state)
{
	expect_same("ＩＳＯ　９００１：２０１５", "ISO 9001:2015");
	expect_same("ｇｂ／ｔ", "GB/T");
}

static void what_is_not_seen_does_not_count(void **state)
{
	expect_same("qua\u00adli\u200bty", "quality");
	expect_same("质\u200d量", "质量");
	expect_same("质\ufe00量", "质量");
	expect_same("\ufeffISO", "ISO");
}

static void bad_bytes_separate(void **state)
{
	expect_terms("ab\xff"
	             "cd",
	             "ab|/cd|");
	expect_terms("质\xe9\x87量", "质|/量|");
	expect_terms("\xed\xa0\x80", "");
	expect_terms("\x80\x80\x80", "");
	struct buf out = { 0 };
	fold(bytes_of("a\0b", 3), &out);
	assert_string_equal(buf_str(&out), "a|/b|");
	buf_free(&out);
}

static void long_words_are_cut_between_characters(void **state)
{
	struct buf text = { 0 }, terms = { 0 };
	for (int i = 0; i < 5000; i++)
		buf_add_char(&text, 'x');
	buf_add_str(&text, " y");
	fold(buf_bytes(&text), &terms);
	assert_int_equal(terms.len, FOLD_TERM_MAX + 1 + 1 + 2);
	buf_free(&text);
	buf_free(&terms);
	buf_add_char(&text, 'x');
	for (int i = 0; i < 100; i++)
		buf_add_str(&text, "ж");
	fold(buf_bytes(&text), &terms);
	assert_int_equal(terms.len, FOLD_TERM_MAX);
	buf_free(&text);
	buf_free(&terms);
}

/* The long way: 18 characters out of one, and again, and a great many marks. */
static void expansions_stay_within_bounds(void **state)
{
	struct buf text = { 0 }, terms = { 0 };
	for (int i = 0; i < 100; i++)
		buf_add_str(&text, "\ufdfa");
	for (int i = 0; i < 10000; i++)
		buf_add_str(&text, i % 2 ? "\u0315" : "\u1dfa");
	for (int i = 0; i < 1000; i++)
		buf_add_str(&text, "\u1100\u3131\uffa1");
	fold(buf_bytes(&text), &terms);
	assert_true(terms.len > 0);
	buf_free(&text);
	buf_free(&terms);
}

static int stop_at_three(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	int *count = arg;
	return ++*count == 3 ? ERR_LIMIT : OK;
}

static void the_callback_ends_it(void **state)
{
	static const char *const texts[] = { "a b c d e", "质量管理体系", "质 量 管", "é è ê ë", "a 质 é d" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int count = 0;
		assert_int_equal(fold_terms(bytes_str(texts[i]), stop_at_three, &count), ERR_LIMIT);
		assert_int_equal(count, 3);
	}
}

struct span {
	size_t start[8], end[8];
	size_t count;
};

static int note_span(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct span *s = arg;
	assert_true(s->count < 8);
	s->start[s->count] = start;
	s->end[s->count++] = end;
	return OK;
}

static void places_are_those_of_the_text(void **state)
{
	/*                    0   1234  567  8-10 11-13 14 15-17 18-20 */
	static const char text[] = "\xc3\x89t\xc3\xa9 質量 \xef\xbd\xb6\xef\xbe\x9e";
	static const size_t expected[][2] = { { 0, 5 }, { 6, 12 }, { 13, 19 } };
	struct span s = { 0 };
	assert_int_equal(fold_terms(bytes_str(text), note_span, &s), OK);
	assert_int_equal(s.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(s.start[i], expected[i][0]);
		assert_int_equal(s.end[i], expected[i][1]);
	}
}

/* The terms of a text folded once more are themselves: what is stored and what is asked meet. */
static void folding_is_stable(void **state)
{
	uint64_t seed = 11;
	for (int i = 0; i < 20000; i++) {
		char text[64];
		size_t n = 0;
		while (n < 40) {
			static const uint32_t starts[] = {
				0x20, 0xc0, 0x370, 0x400, 0x900, 0x4e00, 0x1e00, 0x3040, 0xac00, 0xff00
			};
			n += utf8_write(starts[kit_below(&seed, 10)] + (uint32_t)kit_below(&seed, 0xa0), text + n);
		}
		struct buf once = { 0 }, twice = { 0 }, plain = { 0 };
		fold(bytes_of(text, n), &once);
		for (size_t k = 0; k < once.len; k++)
			buf_add_char(&plain, once.data[k] == '|' || once.data[k] == '/' ? ' ' : (char)once.data[k]);
		fold(buf_bytes(&plain), &twice);
		for (size_t a = 0, b = 0; a < once.len || b < twice.len; a++, b++) {
			a += a < once.len && once.data[a] == '/';
			b += b < twice.len && twice.data[b] == '/';
			if (a >= once.len || b >= twice.len || once.data[a] != twice.data[b])
				fail_msg("round %d: %s then %s", i, buf_str(&once), buf_str(&twice));
		}
		buf_free(&once);
		buf_free(&twice);
		buf_free(&plain);
	}
}

static void ways_of_writing_are_one(void **state)
{
	expect_same("質量管理體系", "质量管理体系");
	expect_same("電氣設備檢測", "电气设备检测");
	expect_terms("國際標準", "国际|际标|标准|");
	expect_same("カタカナ ヷヸ", "かたかな ヷヸ");
	expect_same("ヽヾ", "ゝゞ");
	expect_same("ＩＳＯ　９００１", "iso 9001");
	expect_different("か", "が");
	expect_different("質", "贡");
	/* What stands for others stands for itself. */
	size_t moved = 0;
	for (uint32_t code = 0x80; code < 0x30000; code++) {
		uint32_t folded = variant_fold(code);
		moved += folded != code;
		if (variant_fold(folded) != folded)
			fail_msg("U+%04X goes on from U+%04X", (unsigned)code, (unsigned)folded);
	}
	assert_true(moved > 2500 && moved < 3500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_latin_letters),
		cmocka_unit_test(words_of_other_alphabets),
		cmocka_unit_test(marks_do_not_depend_on_how_they_were_written),
		cmocka_unit_test(runs_of_han_give_pairs),
		cmocka_unit_test(kana_keep_their_voicing),
		cmocka_unit_test(ways_of_writing_are_one),
		cmocka_unit_test(hangul_is_composed),
		cmocka_unit_test(width_does_not_matter),
		cmocka_unit_test(what_is_not_seen_does_not_count),
		cmocka_unit_test(bad_bytes_separate),
		cmocka_unit_test(long_words_are_cut_between_characters),
		cmocka_unit_test(expansions_stay_within_bounds),
		cmocka_unit_test(the_callback_ends_it),
		cmocka_unit_test(places_are_those_of_the_text),
		cmocka_unit_test(folding_is_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
