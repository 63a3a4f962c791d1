#include "proto/variant.h"

#include <stddef.h>

/* Each is three bytes of UTF-8. */
static const struct row {
	const char *from, *to;
} rows[] = {
#include "proto/han_variants.inc"
};
enum { ROWS = sizeof rows / sizeof *rows, HAN_FIRST = 0x3400, HAN_LAST = 0x9fff, TO_HIRAGANA = 0x60 };

static uint32_t code_of(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	return (uint32_t)(c[0] & 0x0f) << 12 | (uint32_t)(c[1] & 0x3f) << 6 | (uint32_t)(c[2] & 0x3f);
}

static uint32_t fold_han(uint32_t code)
{
	size_t low = 0, high = ROWS;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t from = code_of(rows[middle].from);
		if (from == code)
			return code_of(rows[middle].to);
		if (from < code)
			low = middle + 1;
		else
			high = middle;
	}
	return code;
}

uint32_t variant_fold(uint32_t code)
{
	if (code >= HAN_FIRST && code <= HAN_LAST)
		return fold_han(code);
	/* Those that Hiragana has, too, and both iteration marks. */
	if ((code >= 0x30a1 && code <= 0x30f6) || code == 0x30fd || code == 0x30fe)
		return code - TO_HIRAGANA;
	return code;
}
