#include "proto/decimal.h"

#include <stddef.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { EXPONENT_DIGITS_MAX = 4 };

/* 0.digits times ten to the power, without zeros at either end; no digits: zero. */
struct decimal {
	bool negative;
	char digits[CODE_MAX];
	size_t count;
	long power;
};

static size_t span(const char *text)
{
	return strspn(text, "0123456789");
}

bool decimal_valid(const char *text)
{
	const char *at = text;
	if (strnlen(text, CODE_MAX + 1) > CODE_MAX)
		return false;
	at += *at == '-';
	size_t n = span(at);
	if (n == 0)
		return false;
	at += n;
	if (*at == '.') {
		n = span(++at);
		if (n == 0)
			return false;
		at += n;
	}
	if (*at == 'e') {
		at++;
		at += *at == '-' || *at == '+';
		n = span(at);
		if (n == 0 || n > EXPONENT_DIGITS_MAX)
			return false;
		at += n;
	}
	return *at == '\0';
}

static long read_exponent(const char *at)
{
	bool negative = *at == '-';
	long value = 0;
	at += *at == '-' || *at == '+';
	for (; *at != '\0'; at++)
		value = value * 10 + (*at - '0');
	return negative ? -value : value;
}

static struct decimal read(const char *text)
{
	struct decimal d = { .negative = text[0] == '-' };
	bool point = false;
	const char *at = text + d.negative;
	for (; *at != '\0' && *at != 'e'; at++) {
		if (*at == '.') {
			point = true;
			continue;
		}
		bool leading = d.count == 0 && *at == '0';
		if (!leading)
			d.digits[d.count++] = *at;
		d.power += (point ? 0 : !leading) - (point && leading);
	}
	if (*at == 'e')
		d.power += read_exponent(at + 1);
	while (d.count > 0 && d.digits[d.count - 1] == '0')
		d.count--;
	if (d.count == 0)
		d.negative = false;
	return d;
}

/* Of two that are not negative. */
static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
	if (a->count == 0 || b->count == 0)
		return (a->count > 0) - (b->count > 0);
	if (a->power != b->power)
		return a->power < b->power ? -1 : 1;
	int order = memcmp(a->digits, b->digits, a->count < b->count ? a->count : b->count);
	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

int decimal_compare(const char *left, const char *right)
{
	must(decimal_valid(left) && decimal_valid(right));
	struct decimal a = read(left), b = read(right);
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? compare_sizes(&b, &a) : compare_sizes(&a, &b);
}
