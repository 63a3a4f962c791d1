/* buf: a growing run of bytes with one owner.
 *
 * A zeroed struct buf is an empty one.  Out of memory aborts: what an outsider can make us
 * collect has a limit (limits.h) and is checked by the caller before it is added.
 * Thread: the owner's.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

struct buf {
	uint8_t *data; /* NULL when nothing was ever added */
	size_t len;
	size_t cap;
};

/* Give the memory back; *b is then empty and may be used again.  NULL is fine. */
void buf_free(struct buf *b);

/* Forget the content, keep the memory. */
void buf_reset(struct buf *b);

/* Make room for n more bytes and give the place where they go; add n to b->len when
 * written. */
uint8_t *buf_reserve(struct buf *b, size_t n);

/* Append; each copies. */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_bytes(struct buf *b, struct bytes bytes);
void buf_add_str(struct buf *b, const char *text);
static inline void buf_add_char(struct buf *b, char c)
{
	uint8_t *place = b->len < b->cap ? b->data + b->len : buf_reserve(b, 1);
	*place = (uint8_t)c;
	b->len++;
}
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number as decimal digits. */
void buf_add_decimal(struct buf *b, uint64_t value);

/* Big-endian numbers. */
void buf_add_u16(struct buf *b, uint16_t value);
void buf_add_u32(struct buf *b, uint32_t value);
void buf_add_u64(struct buf *b, uint64_t value);

/* Drop the first n bytes (n <= b->len), moving the rest down. */
void buf_drop(struct buf *b, size_t n);

/* The content, borrowed until the next change. */
struct bytes buf_bytes(const struct buf *b);

/* The content as a terminated string (the NUL is not counted), borrowed likewise. */
const char *buf_str(struct buf *b);

/* Move: what *from owned is given, and *from is empty. */
struct buf buf_take(struct buf *from);
