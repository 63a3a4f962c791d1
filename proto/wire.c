#include "proto/wire.h"

enum { VARINT_MAX = 10 };

static struct bytes take(struct bytes *rest, size_t n)
{
	struct bytes front = bytes_of(rest->data, n);
	*rest = bytes_of(rest->data + n, rest->len - n);
	return front;
}

/* A varint's length in bytes, 0 when it is cut short or too long; its value goes to *value. */
static size_t varint(struct bytes from, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < from.len && i < VARINT_MAX; i++) {
		*value |= (uint64_t)(from.data[i] & 0x7f) << (7 * i);
		if (from.data[i] < 0x80)
			return i + 1;
	}
	return 0;
}

static int fixed_value(struct bytes *rest, size_t n, struct wire_field *out)
{
	if (rest->len < n)
		return ERR_INVALID;
	out->raw = out->content = take(rest, n);
	return OK;
}

static int varint_value(struct bytes *rest, struct wire_field *out)
{
	uint64_t ignored;
	size_t n = varint(*rest, &ignored);
	return n == 0 ? ERR_INVALID : fixed_value(rest, n, out);
}

static int bytes_value(struct bytes *rest, struct wire_field *out)
{
	uint64_t len;
	size_t n = varint(*rest, &len);
	if (n == 0 || len > rest->len - n)
		return ERR_INVALID;
	out->raw = take(rest, n + (size_t)len);
	out->content = bytes_of(out->raw.data + n, (size_t)len);
	return OK;
}

int wire_value(struct bytes *rest, unsigned type, struct wire_field *out)
{
	out->type = (enum wire_type)type;
	switch (type) {
	case WIRE_VARINT:
		return varint_value(rest, out);
	case WIRE_64BIT:
		return fixed_value(rest, 8, out);
	case WIRE_BYTES:
		return bytes_value(rest, out);
	case WIRE_32BIT:
		return fixed_value(rest, 4, out);
	default:
		return ERR_INVALID;
	}
}

int wire_next(struct bytes *rest, struct wire_field *out)
{
	uint64_t key;
	size_t n = varint(*rest, &key);
	if (n == 0 || key >> 3 == 0 || key >> 3 > WIRE_TAG_MAX)
		return ERR_INVALID;
	(void)take(rest, n);
	out->tag = (uint32_t)(key >> 3);
	return wire_value(rest, (unsigned)(key & 7), out);
}
