/* events: a stream of Server-Sent Events, whole and in pieces of every length; lines, fields and limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/cli/events.h"

static struct buf seen;
static int answer;

static int take(void *arg, const struct event_block *block, struct err *err)
{
	buf_printf(&seen, "[%s|%s|", block->id, block->event);
	buf_add_bytes(&seen, block->data);
	buf_add_char(&seen, ']');
	return answer == OK ? OK : err_set(err, answer, "not taken");
}

static void hear(void *arg, const char *text)
{
	buf_printf(&seen, "(%s)", text);
}

static struct event_reader reader(void)
{
	buf_reset(&seen);
	answer = OK;
	return (struct event_reader){ .block_cb = take, .comment_cb = hear };
}

static const char stream[] = "retry: 2000\n\n: more\nid: 1.2\nevent: added\ndata: one\ndata:two\ndata:  three\n\n"
                             "data: x\r\n\r\nid\ndata\n\n:\nid: 9\n\nother: field\ndata: last\r\rdata: lost";
static const char expected[] = "[||](more)[1.2|added|one\ntwo\n three][1.2||x][||]()[9||][9||last]";

static void it_reads_what_the_standard_says(void **state)
{
	struct event_reader r = reader();
	assert_int_equal(events_read(&r, bytes_str(stream), NULL), OK);
	assert_string_equal(buf_str(&seen), expected);
	/* What did not end is not told, and forgotten with its connection. */
	events_again(&r);
	assert_int_equal(events_read(&r, bytes_str("\n"), NULL), OK);
	assert_string_equal(buf_str(&seen) + sizeof expected - 1, "[9||]");
	events_free(&r);
}

static void pieces_of_every_length_read_the_same(void **state)
{
	for (size_t step = 1; step < sizeof stream; step++) {
		struct event_reader r = reader();
		for (size_t at = 0; at < sizeof stream - 1; at += step) {
			size_t n = sizeof stream - 1 - at < step ? sizeof stream - 1 - at : step;
			assert_int_equal(events_read(&r, bytes_of(stream + at, n), NULL), OK);
		}
		assert_string_equal(buf_str(&seen), expected);
		events_free(&r);
	}
}

static void limits_hold(void **state)
{
	struct buf line = { 0 };
	struct err err = { 0 };
	struct event_reader r = reader();
	buf_add_str(&line, "data: ");
	memset(buf_reserve(&line, EVENT_BYTES_MAX / 2), 'x', EVENT_BYTES_MAX / 2);
	line.len += EVENT_BYTES_MAX / 2;
	buf_add_char(&line, '\n');
	assert_int_equal(events_read(&r, buf_bytes(&line), &err), OK);
	assert_int_equal(events_read(&r, buf_bytes(&line), &err), ERR_LIMIT);
	events_free(&r);
	r = reader();
	line.len--;
	assert_int_equal(events_read(&r, buf_bytes(&line), &err), OK);
	assert_int_equal(events_read(&r, buf_bytes(&line), &err), ERR_LIMIT);
	events_free(&r);
	buf_free(&line);
}

static void a_refusal_ends_the_reading(void **state)
{
	struct err err = { 0 };
	struct event_reader r = reader();
	answer = ERR_IO;
	assert_int_equal(events_read(&r, bytes_str("data: 1\n\ndata: 2\n\n"), &err), ERR_IO);
	assert_string_equal(buf_str(&seen), "[||1]");
	events_free(&r);
	buf_free(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_reads_what_the_standard_says),
		cmocka_unit_test(pieces_of_every_length_read_the_same),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(a_refusal_ends_the_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
