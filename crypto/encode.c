#include "crypto/encode.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "node/base/must.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, struct bytes data)
{
	uint8_t *to = buf_reserve(out, (data.len + 2) / 3 * 4);
	for (size_t i = 0; i < data.len; i += 3) {
		size_t left = data.len - i;
		uint32_t bits = (uint32_t)data.data[i] << 16;
		bits |= left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0;
		bits |= left > 2 ? data.data[i + 2] : 0;
		*to++ = (uint8_t)alphabet[bits >> 18];
		*to++ = (uint8_t)alphabet[bits >> 12 & 63];
		*to++ = left > 1 ? (uint8_t)alphabet[bits >> 6 & 63] : '=';
		*to++ = left > 2 ? (uint8_t)alphabet[bits & 63] : '=';
	}
	out->len += (data.len + 2) / 3 * 4;
}

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four characters to 1..3 bytes at to; 0 when it is not canonical. */
static size_t decode_group(const uint8_t *in, bool last, uint8_t *to)
{
	size_t pad = last && in[3] == '=' ? (in[2] == '=' ? 2 : 1) : 0;
	uint32_t bits = 0;
	for (size_t k = 0; k < 4; k++) {
		int v = k >= 4 - pad ? 0 : sextet(in[k]);
		if (v < 0)
			return 0;
		bits = bits << 6 | (uint32_t)v;
	}
	/* RFC 4648 3.5: bits that carry nothing are zero, or two texts would mean the same. */
	if ((pad == 1 && (bits & 0xff) != 0) || (pad == 2 && (bits & 0xffff) != 0))
		return 0;
	to[0] = (uint8_t)(bits >> 16);
	to[1] = (uint8_t)(bits >> 8);
	to[2] = (uint8_t)bits;
	return 3 - pad;
}

int base64_decode(struct bytes text, struct buf *out)
{
	if (text.len % 4 != 0)
		return ERR_INVALID;
	uint8_t *to = buf_reserve(out, text.len / 4 * 3);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t got = decode_group(text.data + i, i + 4 == text.len, to + n);
		if (got == 0)
			return ERR_INVALID;
		n += got;
	}
	out->len += n;
	return OK;
}

void hex_add(struct buf *out, struct bytes data)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < data.len; i++) {
		buf_add_char(out, digits[data.data[i] >> 4]);
		buf_add_char(out, digits[data.data[i] & 15]);
	}
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_value(uint8_t c)
{
	return nibble(c >= 'A' && c <= 'F' ? c | 0x20 : c);
}

int hex_decode(struct bytes text, struct buf *out)
{
	if (text.len % 2 != 0)
		return ERR_INVALID;
	uint8_t *to = buf_reserve(out, text.len / 2);
	for (size_t i = 0; i < text.len; i += 2) {
		int high = nibble(text.data[i]), low = nibble(text.data[i + 1]);
		if (high < 0 || low < 0)
			return ERR_INVALID;
		to[i / 2] = (uint8_t)(high << 4 | low);
	}
	out->len += text.len / 2;
	return OK;
}

/* The length of the well-formed sequence at p (RFC 3629 section 4), 0 when there is none. */
static size_t sequence_length(const uint8_t *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
	bool outside = (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf4 && p[1] >= 0x90);
	return overlong || outside ? 0 : n;
}

bool text_is_utf8(struct bytes text)
{
	for (size_t i = 0, n; i < text.len; i += n) {
		n = sequence_length(text.data + i, text.len - i);
		if (n == 0)
			return false;
	}
	return true;
}

void secret_free(struct buf *b)
{
	if (b != NULL && b->data != NULL)
		OPENSSL_cleanse(b->data, b->cap);
	buf_free(b);
}

void random_fill(void *out, size_t len)
{
	must(len <= 1 << 20);
	must(RAND_bytes(out, (int)len) == 1);
}
