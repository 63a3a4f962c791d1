/* Tables of text: cells and rows however they are cut, encodings, and what is no row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/ingest/csv.h"
#include "tests/ingest/pieces.h"

/* Rows as text: cells between [], a row a line; "!" for one that is refused, with its line. */
static struct buf rows_of(struct bytes text, size_t step, enum charset_name told, char separator)
{
	struct pieces p = { .rest = text, .step = step };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct csv c;
	struct csv_row row;
	struct buf out = { 0 };
	int rc = csv_open(&c, &stream, told, separator, NULL);
	while (rc != ERR_CLOSED) {
		rc = csv_next(&c, &row, NULL);
		if (rc == ERR_INVALID || rc == ERR_LIMIT) {
			buf_printf(&out, "!%s:%llu\n", rc == ERR_LIMIT ? "limit" : "", (unsigned long long)c.line);
			continue;
		}
		if (rc == ERR_CLOSED)
			break;
		assert_int_equal(rc, OK);
		for (size_t i = 0; i < row.count; i++) {
			buf_add_char(&out, '[');
			buf_add_bytes(&out, row.cells[i]);
			buf_add_char(&out, ']');
		}
		buf_add_char(&out, '\n');
	}
	assert_int_equal(csv_next(&c, &row, NULL), ERR_CLOSED);
	assert_int_equal(c.text.bytes, text.len);
	csv_close(&c);
	return out;
}

static void rows_are(struct bytes text, const char *expected)
{
	for (size_t step = 1; step < 40; step++) {
		struct buf out = rows_of(text, step, CHARSET_FOUND_OUT, 0);
		assert_string_equal(buf_str(&out), expected);
		buf_free(&out);
	}
}

static void cells_however_they_are_cut(void **state)
{
	rows_are(bytes_str(""), "");
	rows_are(bytes_str("a"), "[a]\n");
	rows_are(bytes_str("a,b\nc,d"), "[a][b]\n[c][d]\n");
	rows_are(bytes_str("a,b\r\nc,d\r\n"), "[a][b]\n[c][d]\n");
	rows_are(bytes_str("a,b\rc,\r"), "[a][b]\n[c][]\n");
	rows_are(bytes_str(",\n\n,,\n"), "[][]\n[]\n[][][]\n");
	rows_are(bytes_str("\"a,b\",\"c\"\"d\"\n\"e\r\nf\",\"\"\n"), "[a,b][c\"d]\n[e\r\nf][]\n");
	rows_are(bytes_str("5\" pipe,x\"y\"\n"), "[5\" pipe][x\"y\"]\n");
	rows_are(bytes_str("\xef\xbb\xbf标准号,名称\nGB 1,\"甲\"\n"), "[标准号][名称]\n[GB 1][甲]\n");
}

static void the_separator_is_found(void **state)
{
	rows_are(bytes_str("a;b,c;d\n1;2;3\n"), "[a][b,c][d]\n[1][2][3]\n");
	rows_are(bytes_str("a\tb\tc\n1\t2\t3\n"), "[a][b][c]\n[1][2][3]\n");
	rows_are(bytes_str("\"a;;;;b\",c\n1,2\n"), "[a;;;;b][c]\n[1][2]\n");
	struct buf out = rows_of(bytes_str("a;b,c;d\n"), 3, CHARSET_FOUND_OUT, ',');
	assert_string_equal(buf_str(&out), "[a;b][c;d]\n");
	buf_free(&out);
}

static void what_is_no_row_costs_a_line(void **state)
{
	rows_are(bytes_str("a,b\n\"x\"y,1\nc,d\n"), "[a][b]\n!:2\n[c][d]\n");
	rows_are(bytes_str("a,b\n\"x,1\nc,d\n"), "[a][b]\n!:2\n[c][d]\n");
	rows_are(bytes_str("a,b\nc,\""), "[a][b]\n!:2\n");
	rows_are(bytes_str("a\n\"b\nc\nd\n\"e\nf\n"), "[a]\n!:2\n[c]\n[d]\n!:5\n[f]\n");
}

static void long_rows_are_passed_over(void **state)
{
	enum { LONG = 3 * TABLE_ROW_MAX };
	struct buf text = { 0 };
	buf_add_str(&text, "a,b\n1,");
	memset(buf_reserve(&text, LONG), 'x', LONG);
	text.len += LONG;
	buf_add_str(&text, "\nc,d\n");
	struct buf out = rows_of(buf_bytes(&text), 50000, CHARSET_FOUND_OUT, 0);
	assert_string_equal(buf_str(&out), "[a][b]\n!limit:2\n[c][d]\n");
	buf_free(&out);
	buf_reset(&text);
	for (int i = 0; i <= TABLE_COLUMNS_MAX; i++)
		buf_add_str(&text, "x,");
	buf_add_str(&text, "\nc,d\n");
	out = rows_of(buf_bytes(&text), 100, CHARSET_FOUND_OUT, 0);
	assert_string_equal(buf_str(&out), "!limit:1\n[c][d]\n");
	buf_free(&out);
	buf_free(&text);
}

static void encodings(void **state)
{
	/* 标准号,名 in GB 18030, with the four-byte U+20000, found out and told. */
	static const char gb[] = "\xb1\xea\xd7\xbc\xba\xc5,\xc3\xfb\n\x95\x32\x82\x36,x\n";
	for (size_t step = 1; step < 20; step++) {
		struct buf out = rows_of(bytes_of(gb, sizeof gb - 1), step, CHARSET_FOUND_OUT, 0);
		assert_string_equal(buf_str(&out), "[标准号][名]\n[\xf0\xa0\x80\x80][x]\n");
		buf_free(&out);
		out = rows_of(bytes_of(gb, sizeof gb - 1), step, CHARSET_GB18030, 0);
		assert_string_equal(buf_str(&out), "[标准号][名]\n[\xf0\xa0\x80\x80][x]\n");
		buf_free(&out);
		static const char wide[] = "\xff\xfe\x07\x68\t\0x\0\n\0";
		out = rows_of(bytes_of(wide, sizeof wide - 1), step, CHARSET_FOUND_OUT, 0);
		assert_string_equal(buf_str(&out), "[标][x]\n");
		buf_free(&out);
		static const char broken[] = "\xb1\xea,1\n\xff\xff,2\na,3\n\xb1";
		out = rows_of(bytes_of(broken, sizeof broken - 1), step, CHARSET_GB18030, 0);
		assert_string_equal(buf_str(&out), "[标][1]\n[\xff\xff][2]\n[a][3]\n[\xff]\n");
		buf_free(&out);
	}
	assert_int_equal(charset_of_word("GBK"), CHARSET_GB18030);
	assert_int_equal(charset_of_word("koi8-r"), CHARSET_FOUND_OUT);
}

static void what_the_stream_says_is_passed_on(void **state)
{
	struct pieces p = { .rest = bytes_str("a,b\n1"), .step = 4, .end = ERR_CORRUPT };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct csv c;
	assert_int_equal(csv_open(&c, &stream, CHARSET_FOUND_OUT, 0, NULL), ERR_CORRUPT);
	csv_close(&c);
}

/* A file that goes on past what is read ahead, cut at every length: all rows but the last are the same. */
static void every_prefix(void **state)
{
	static const char whole[] = "a,b\r\n\"1\",\"x\"\"y\"\r\n标,\"甲\n乙\"\r\nz,\r\n";
	for (size_t n = 0; n < sizeof whole; n++)
		for (size_t step = 1; step < 4; step++) {
			struct buf out = rows_of(bytes_of(whole, n), step, CHARSET_UTF8, ',');
			buf_free(&out);
		}
	rows_are(bytes_of(whole, sizeof whole - 1), "[a][b]\n[1][x\"y]\n[标][甲\n乙]\n[z][]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_however_they_are_cut),
		cmocka_unit_test(the_separator_is_found),
		cmocka_unit_test(what_is_no_row_costs_a_line),
		cmocka_unit_test(long_rows_are_passed_over),
		cmocka_unit_test(encodings),
		cmocka_unit_test(what_the_stream_says_is_passed_on),
		cmocka_unit_test(every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
