/* NDJSON: lines however they are cut, and the records in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/ingest/ingest.h"
#include "node/ingest/ndjson.h"
#include "proto/json.h"

/* ---- lines ---------------------------------------------------------------------------------------------------- */

/* Gives text in pieces of at most step bytes; then the end, or a failure. */
struct pieces {
	struct bytes rest;
	size_t step;
	int end;
};

static int read_piece(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct pieces *p = arg;
	*got = p->rest.len < p->step ? p->rest.len : p->step;
	assert_true(*got <= room);
	if (*got == 0)
		return p->end == OK ? OK : err_set(err, p->end, "broken");
	memcpy(place, p->rest.data, *got);
	p->rest = bytes_of(p->rest.data + *got, p->rest.len - *got);
	return OK;
}

static void lines_are(struct bytes text, size_t step, const char *const *expected, size_t count)
{
	struct pieces p = { .rest = text, .step = step };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct ndjson n = { .stream = &stream };
	struct bytes line;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(ndjson_next(&n, &line, NULL), OK);
		assert_true(bytes_equal(line, bytes_str(expected[i])));
		assert_int_equal(n.number, i + 1);
	}
	assert_int_equal(ndjson_next(&n, &line, NULL), ERR_CLOSED);
	assert_int_equal(ndjson_next(&n, &line, NULL), ERR_CLOSED);
	assert_int_equal(n.bytes, text.len);
	ndjson_close(&n);
}

static void lines_however_they_are_cut(void **state)
{
	static const char *const expected[] = { "one", "", "three", "\r", "last" };
	for (size_t step = 1; step < 24; step++) {
		lines_are(bytes_str("one\n\nthree\r\n\r\r\nlast"), step, expected, 5);
		lines_are(bytes_str("one\n\nthree\r\n\r\r\nlast\n"), step, expected, 5);
		lines_are(bytes_str(""), step, expected, 0);
	}
}

static void long_lines_are_passed_over(void **state)
{
	enum { LONG = NDJSON_LINE_MAX + 1 };
	struct buf text = { 0 };
	for (int i = 0; i < 2; i++) {
		memset(buf_reserve(&text, LONG), 'x', LONG);
		text.len += LONG;
		buf_add_str(&text, "\nshort\n");
	}
	memset(buf_reserve(&text, 3 * LONG), 'y', 3 * LONG);
	text.len += 3 * LONG;
	struct pieces p = { .rest = buf_bytes(&text), .step = 60000 };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct ndjson n = { .stream = &stream };
	struct bytes line;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ndjson_next(&n, &line, NULL), ERR_LIMIT);
		assert_int_equal(ndjson_next(&n, &line, NULL), OK);
		assert_true(bytes_equal(line, bytes_str("short")));
	}
	assert_int_equal(ndjson_next(&n, &line, NULL), ERR_LIMIT);
	assert_int_equal(n.number, 5);
	assert_int_equal(ndjson_next(&n, &line, NULL), ERR_CLOSED);
	assert_true(n.held.cap <= 4 * NDJSON_LINE_MAX); /* not all that was there */
	ndjson_close(&n);
	buf_free(&text);
}

static void what_the_stream_says_is_passed_on(void **state)
{
	struct pieces p = { .rest = bytes_str("one\ntw"), .step = 4, .end = ERR_CORRUPT };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct ndjson n = { .stream = &stream };
	struct bytes line;
	assert_int_equal(ndjson_next(&n, &line, NULL), OK);
	assert_int_equal(ndjson_next(&n, &line, NULL), ERR_CORRUPT);
	ndjson_close(&n);
}

/* ---- records -------------------------------------------------------------------------------------------------- */

static const char GOOD[] =
    "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\","
    "\"texts\":[{\"role\":\"title\",\"lang\":\"zh\",\"value\":\"质量管理体系 要求\"}],"
    "\"standard\":{\"status\":\"current\",\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]}}";

static void a_record_and_back(void **state)
{
	struct buf record = { 0 }, again = { 0 };
	struct err err = { 0 };
	struct arena arena = { 0 };
	Normlink__Record *r;
	assert_int_equal(ndjson_record(bytes_str(GOOD), &record, &err), OK);
	assert_int_equal(record_decode(buf_bytes(&record), &arena, &r, &err), OK);
	json_of_message(&r->base, &again);
	assert_string_equal(buf_str(&again), GOOD);
	arena_free(&arena);
	buf_free(&record);
	buf_free(&again);
}

static void bad_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"kind\":\"standard\"}",
		"{\"kind\":\"poem\",\"subject\":\"X 1\",\"standard\":{}}",
		"{\"kind\":\"standard\",\"subject\":\"gb/t 19001-2016\",\"standard\":{}}",
		"{\"kind\":\"standard\",\"subject\":\"X 1\",\"standard\":{\"ics\":[\"1\"]}}",
		"{\"kind\":\"standard\",\"subject\":\"X 1\",\"standard\":{},\"colour\":\"red\"}",
		"{\"kind\":\"standard\",\"subject\":\"X 1\",\"subject\":\"X 2\",\"standard\":{}}",
		"{\"kind\":\"standard\",\"subject\":\"X 1\",\"standard\":{}} x",
		"{\"kind\":\"standard\",\"subject\":\"X \xff\",\"standard\":{}}",
	};
	struct buf record = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err err = { 0 };
		assert_int_equal(ndjson_record(bytes_str(bad[i]), &record, &err), ERR_INVALID);
		assert_int_equal(record.len, 0);
		assert_true(err.text[0] != '\0');
	}
	for (size_t n = 0; n < sizeof GOOD - 1; n++)
		assert_int_equal(ndjson_record(bytes_of(GOOD, n), &record, NULL), ERR_INVALID);
	buf_free(&record);
}

/* ---- a file --------------------------------------------------------------------------------------------------- */

static int count_record(void *arg, struct bytes record, struct err *err)
{
	return OK;
}

static void keep_refusal(void *arg, const char *file, const char *reason)
{
	buf_printf(arg, "%s\n", file);
}

static void a_file_of_lines(void **state)
{
	char path[] = "/tmp/normlink-XXXXXX.ndjson";
	int fd = mkstemps(path, 7);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "wb");
	assert_true(fprintf(file, "%s\n\n  \nnot json\r\n%s\r\n{}\n%s", GOOD, GOOD, GOOD) > 0);
	assert_int_equal(fclose(file), 0);
	struct buf refused = { 0 };
	struct ingest_sink sink = { .arg = &refused, .record_cb = count_record, .refused_cb = keep_refusal };
	struct ingest_counts counts = { 0 };
	assert_int_equal(ingest_path(path, &sink, &counts, NULL), OK);
	(void)unlink(path);
	/* The same subject again is a later revision, not a duplicate. */
	assert_int_equal(counts.read, 5);
	assert_int_equal(counts.records, 3);
	assert_int_equal(counts.duplicates, 0);
	assert_int_equal(counts.refused, 2);
	char expected[128];
	(void)snprintf(expected, sizeof expected, "%s:4\n%s:6\n", path + 5, path + 5);
	assert_string_equal(buf_str(&refused), expected);
	buf_free(&refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_however_they_are_cut),
		cmocka_unit_test(long_lines_are_passed_over),
		cmocka_unit_test(what_the_stream_says_is_passed_on),
		cmocka_unit_test(a_record_and_back),
		cmocka_unit_test(bad_lines_are_refused),
		cmocka_unit_test(a_file_of_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
