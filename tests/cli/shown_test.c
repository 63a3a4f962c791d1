/* shown: what a node far away says does not reach a terminal as a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/cli/shown.h"

static void shows(struct bytes text, const char *as)
{
	struct buf out = { 0 };
	shown_put(text, &out);
	assert_string_equal(buf_str(&out), as);
	buf_free(&out);
}

static void lines_stay_and_commands_do_not(void **state)
{
	(void)state;
	shows(bytes_of(NULL, 0), "");
	shows(bytes_str("\n"), "\n");
	shows(bytes_str("质量\n\n  a, b\nc"), "质量\n\n  a, b\nc");
	shows(bytes_str("a\r\nb\tc\n"), "a \nb c\n");
	shows(bytes_str("\x1b]0;x\a\n\xc2\x9b"
	                "2J"),
	      "\xef\xbf\xbd]0;x\xef\xbf\xbd\n\xef\xbf\xbd"
	      "2J");
	shows(bytes_str("\xe2\x80\xae"
	                "a\xff\xe0\x82\x9b"),
	      "\xef\xbf\xbd"
	      "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	shows(bytes_of("a\0b\n", 4), "a\xef\xbf\xbd"
	                             "b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stay_and_commands_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
