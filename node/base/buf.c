#include "node/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"

enum { PRINTED_MIN = 64 };

void buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	*b = (struct buf){ 0 };
}

void buf_reset(struct buf *b)
{
	b->len = 0;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	must(n <= SIZE_MAX / 4 && b->len <= SIZE_MAX / 4);
	if (b->cap - b->len < n || b->data == NULL) {
		size_t cap = b->cap < 128 ? 128 : b->cap;
		while (cap - b->len < n)
			cap *= 2;
		b->data = realloc(b->data, cap);
		must(b->data != NULL);
		b->cap = cap;
	}
	return b->data + b->len;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_reserve(b, len), data, len);
	b->len += len;
}

void buf_add_bytes(struct buf *b, struct bytes bytes)
{
	buf_add(b, bytes.data, bytes.len);
}

void buf_add_str(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	/* Most fit at once; what does not is written again. */
	uint8_t *place = buf_reserve(b, PRINTED_MIN);
	int n = vsnprintf((char *)place, b->cap - b->len, format, args);
	va_end(args);
	must(n >= 0);
	if ((size_t)n >= b->cap - b->len) {
		place = buf_reserve(b, (size_t)n + 1);
		va_start(args, format);
		(void)vsnprintf((char *)place, (size_t)n + 1, format, args);
		va_end(args);
	}
	b->len += (size_t)n;
}

void buf_add_decimal(struct buf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	buf_add(b, digits + at, sizeof digits - at);
}

static void add_be(struct buf *b, uint64_t value, size_t width)
{
	uint8_t *place = buf_reserve(b, width);
	for (size_t i = 0; i < width; i++)
		place[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
	b->len += width;
}

void buf_add_u16(struct buf *b, uint16_t value)
{
	add_be(b, value, 2);
}

void buf_add_u32(struct buf *b, uint32_t value)
{
	add_be(b, value, 4);
}

void buf_add_u64(struct buf *b, uint64_t value)
{
	add_be(b, value, 8);
}

void buf_drop(struct buf *b, size_t n)
{
	must(n <= b->len);
	if (n == 0)
		return;
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

struct bytes buf_bytes(const struct buf *b)
{
	return bytes_of(b->data, b->len);
}

const char *buf_str(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return (const char *)b->data;
}

struct buf buf_take(struct buf *from)
{
	struct buf taken = *from;
	*from = (struct buf){ 0 };
	return taken;
}
