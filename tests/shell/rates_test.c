/* rates: buckets that fill as time goes; client_of: whom a request is counted for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/shell/client_of.h"
#include "node/shell/rates.h"

static const struct rate rate = { 3, 1000000 };

static void a_burst_and_then_one_each_interval(void **state)
{
	struct rates *r = rates_new(7);
	struct bytes a = bytes_str("a"), b = bytes_str("b");
	unsigned wait_s = 0;
	for (int i = 0; i < 3; i++)
		assert_true(rates_take(r, &rate, a, 1, 5000000, NULL));
	assert_false(rates_take(r, &rate, a, 1, 5000000, &wait_s));
	assert_int_equal(wait_s, 1);
	assert_true(rates_take(r, &rate, b, 3, 5000000, NULL)); /* others are not concerned */
	assert_false(rates_take(r, &rate, a, 1, 5999000, &wait_s));
	assert_true(rates_take(r, &rate, a, 1, 6000000, NULL));
	assert_false(rates_take(r, &rate, a, 1, 6000000, NULL));
	assert_false(rates_take(r, &rate, a, 3, 7000000, &wait_s));
	assert_int_equal(wait_s, 2);
	for (int i = 0; i < 3; i++)
		assert_true(rates_take(r, &rate, a, 1, 60000000, NULL)); /* no more than a burst was saved */
	assert_false(rates_take(r, &rate, a, 1, 60000000, NULL));
	rates_free(r);
}

/* What turned out to cost more is paid back, up to a burst of it. */
static void a_debt_is_paid_back(void **state)
{
	struct rates *r = rates_new(7);
	struct bytes a = bytes_str("a");
	unsigned wait_s = 0;
	assert_true(rates_take(r, &rate, a, 1, 5000000, NULL));
	rates_owe(r, &rate, a, 4, 5000000); /* 5 of 3 */
	assert_false(rates_take(r, &rate, a, 1, 5000000, &wait_s));
	assert_int_equal(wait_s, 3);
	assert_true(rates_take(r, &rate, a, 1, 8000000, NULL));
	rates_owe(r, &rate, a, UINT64_MAX, 8000000);
	rates_owe(r, &rate, a, UINT64_MAX, 8000000);
	assert_false(rates_take(r, &rate, a, 1, 8000000, &wait_s));
	assert_int_equal(wait_s, 4);
	assert_true(rates_take(r, &rate, a, 1, 12000000, NULL));
	rates_free(r);
}

/* Whoever comes when there is no room gets some; what is kept of a flooder is not lost to a crowd at once. */
static void more_keys_than_room(void **state)
{
	struct rates *r = rates_new(7);
	char key[32];
	for (int i = 0; i < 4 * RATES_MAX; i++) {
		int len = snprintf(key, sizeof key, "key %d", i);
		assert_true(rates_take(r, &rate, bytes_of(key, (size_t)len), 1, 1000000, NULL));
	}
	for (int i = 0; i < 3; i++)
		assert_true(rates_take(r, &rate, bytes_str("flooder"), 1, 1000000, NULL));
	for (int i = 0; i < 1000; i++) {
		int len = snprintf(key, sizeof key, "other %d", i);
		(void)rates_take(r, &rate, bytes_of(key, (size_t)len), 1, 1000000, NULL);
	}
	assert_false(rates_take(r, &rate, bytes_str("flooder"), 1, 1000000, NULL));
	rates_free(r);
}

static void expect(const char *address, const char *proxy, const char *forwarded, const char *same_as)
{
	struct http_request request = { 0 };
	uint8_t key[CLIENT_KEY_SIZE], expected[CLIENT_KEY_SIZE];
	if (forwarded != NULL) {
		request.headers[0] = (struct http_header){ bytes_str("x-forwarded-for"), bytes_str("192.0.2.250") };
		request.headers[1] = (struct http_header){ bytes_str("X-FORWARDED-FOR"), bytes_str(forwarded) };
		request.header_count = 2;
	}
	client_key(&request, address, proxy, key);
	assert_true(client_key_of(same_as, expected));
	if (memcmp(key, expected, sizeof key) != 0)
		fail_msg("%s %s %s is not %s", address, proxy, forwarded != NULL ? forwarded : "", same_as);
}

static void whom_it_is_counted_for(void **state)
{
	uint8_t unused[CLIENT_KEY_SIZE];
	expect("192.0.2.1", "", NULL, "192.0.2.1");
	expect("192.0.2.1", "", "198.51.100.9", "192.0.2.1"); /* nobody is believed */
	expect("127.0.0.1", "127.0.0.1", "198.51.100.9", "198.51.100.9");
	expect("127.0.0.1", "127.0.0.1", "203.0.113.5, 198.51.100.9",
	       "198.51.100.9"); /* what the client wrote first is not */
	expect("127.0.0.1", "127.0.0.1", "203.0.113.5,junk", "127.0.0.1");
	expect("127.0.0.1", "127.0.0.1", "", "127.0.0.1");
	expect("192.0.2.1", "127.0.0.1", "198.51.100.9", "192.0.2.1");
	expect("2001:db8:1:2:3:4:5:6", "", NULL, "2001:db8:1:2::1"); /* the same /64 */
	expect("::ffff:192.0.2.1", "", NULL, "192.0.2.1");
	expect("::ffff:127.0.0.1", "127.0.0.1", "2001:db8::7", "2001:db8::");
	assert_false(client_key_of("", unused));
	assert_false(client_key_of("localhost", unused));
	assert_false(client_key_of("192.0.2.1:80", unused));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_and_then_one_each_interval),
		cmocka_unit_test(a_debt_is_paid_back),
		cmocka_unit_test(more_keys_than_room),
		cmocka_unit_test(whom_it_is_counted_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
