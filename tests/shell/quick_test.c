/* quick: which requests have one shape, and which shapes are quick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/shell/quick.h"

static uint32_t shape_of(const char *method, const char *target)
{
	char head[512];
	struct http_request r;
	size_t used;
	int n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: a\r\n\r\n", method, target);
	assert_int_equal(http_read_head(bytes_of(head, (size_t)n), &r, &used, NULL), OK);
	return quick_shape(&r);
}

static void one_shape(const char *a, const char *b)
{
	assert_int_equal(shape_of("GET", a), shape_of("GET", b));
}

static void two_shapes(const char *a, const char *b)
{
	assert_int_not_equal(shape_of("GET", a), shape_of("GET", b));
}

static void shapes(void **state)
{
	one_shape("/api/v1/search?ref=ISO%209001&limit=10", "/api/v1/search?ref=GB/T%2019001-2016&limit=10");
	two_shapes("/api/v1/search?ref=ISO%209001&limit=10", "/api/v1/search?ref=ISO%209001&limit=200");
	two_shapes("/api/v1/search?ref=ISO%209001", "/api/v1/search?ref=ISO%209001&proofs=1");
	two_shapes("/api/v1/search?ref=ISO%209001", "/api/v1/search?q=ISO%209001");
	one_shape("/sru?query=dc.identifier%3Da", "/sru?query=dc.identifier%20%3D%20b");
	two_shapes("/sru?query=dc.identifier%3Da", "/sru?query=dc.title%3Da");
	one_shape("/id/ISO%209001", "/id/GB%2019001");
	two_shapes("/id/ISO%209001", "/healthz");
}

static void never_quick(void **state)
{
	assert_int_equal(shape_of("POST", "/sru?query=a"), 0);
	assert_int_equal(shape_of("GET", "/api/v1/bulk"), 0);
	assert_int_equal(shape_of("GET", "/healthz/"), 0);
	assert_int_equal(shape_of("GET", "/oai?verb=Identify"), 0);
	assert_int_not_equal(shape_of("HEAD", "/healthz"), 0);
}

static void by_what_they_took(void **state)
{
	struct quick q = { 0 };
	assert_false(quick_is(&q, 1));
	for (int i = 0; i < 100; i++)
		quick_note(&q, 1, 10000);
	assert_true(quick_is(&q, 1));
	assert_false(quick_is(&q, 1 + QUICK_SHAPES)); /* whose place it has */
	/* One that was kept waiting a minute changes nothing, */
	quick_note(&q, 1, UINT64_C(60000000000));
	assert_true(quick_is(&q, 1));
	/* nor does what is a little slower than what is found to be quick; */
	for (int i = 0; i < 100; i++)
		quick_note(&q, 1, 60000);
	assert_true(quick_is(&q, 1));
	/* once it was slow, that is not enough. */
	for (int i = 0; i < 100; i++)
		quick_note(&q, 1, 1000000);
	assert_false(quick_is(&q, 1));
	for (int i = 0; i < 100; i++)
		quick_note(&q, 1, 60000);
	assert_false(quick_is(&q, 1));
	for (int i = 0; i < 100; i++)
		quick_note(&q, 1, 10000);
	assert_true(quick_is(&q, 1));
	/* No shape at all is none. */
	for (int i = 0; i < 100; i++)
		quick_note(&q, 0, 10);
	assert_false(quick_is(&q, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(never_quick),
		cmocka_unit_test(by_what_they_took),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
