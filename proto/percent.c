#include "proto/percent.h"

#include <string.h>

#include "crypto/encode.h"
#include "proto/utf8.h"

int percent_decode(struct bytes text, bool blanks, char *out, size_t size)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		int c = text.data[i];
		if (blanks && c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < text.len ? hex_value(text.data[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_value(text.data[i + 2]) : -1;
			if (high < 0 || low < 0)
				return ERR_INVALID;
			c = high * 16 + low;
			i += 2;
		}
		if (c == 0)
			return ERR_INVALID;
		if (n + 1 >= size)
			return ERR_LIMIT;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return utf8_valid(bytes_of(out, n)) ? OK : ERR_INVALID;
}

void percent_add(struct buf *out, const char *text, const char *more)
{
	for (const char *c = text; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
		             strchr("-._~", *c) != NULL || strchr(more, *c) != NULL;
		if (plain)
			buf_add_char(out, *c);
		else
			buf_printf(out, "%%%02X", (unsigned char)*c);
	}
}
