#include "proto/cluster.h"

#include <utf8proc.h>

#include "node/base/must.h"
#include "proto/utf8.h"

struct range {
	uint32_t first, last;
};

static bool within(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

#define WITHIN(ranges, code) within(ranges, sizeof(ranges) / sizeof *(ranges), code)

static const struct range cjk[] = {
	{ 0x1100, 0x11ff },   { 0x2e80, 0x2fdf },   /* Hangul letters; radicals */
	{ 0x3005, 0x3007 },   { 0x3021, 0x3029 },   /* iteration mark, zero; numerals */
	{ 0x3031, 0x3035 },   { 0x303b, 0x303b },   /* repeat marks */
	{ 0x3041, 0x3096 },   { 0x309d, 0x309f },   /* Hiragana */
	{ 0x30a1, 0x30fa },   { 0x30fc, 0x30ff },   /* Katakana, without the middle dot */
	{ 0x3105, 0x312f },   { 0x3131, 0x318e },   /* Bopomofo; Hangul letters */
	{ 0x31a0, 0x31bf },   { 0x31f0, 0x31ff },   /* more of both */
	{ 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },   /* Han */
	{ 0xa960, 0xa97f },   { 0xac00, 0xd7ff },   /* Hangul */
	{ 0xf900, 0xfaff },   { 0x1aff0, 0x1b16f }, /* Han by compatibility; historic Kana */
	{ 0x20000, 0x323af },                       /* Han */
};

static const struct range shedding[] = {
	{ 'A', 'Z' },       { 'a', 'z' },       { 0xaa, 0xaa },     { 0xba, 0xba },     { 0xc0, 0x2af },
	{ 0x370, 0x52f },   { 0x1c80, 0x1c8f }, { 0x1d00, 0x1dbf }, { 0x1e00, 0x1fff }, { 0x2c60, 0x2c7f },
	{ 0x2de0, 0x2dff }, { 0xa640, 0xa69f }, { 0xa720, 0xa7ff }, { 0xab30, 0xab6f },
};

/* Jamo, also those for compatibility and at half width, which normalise to them. */
static const struct range jamo[] = { { 0x1100, 0x11ff }, { 0x3131, 0x318e }, { 0xffa0, 0xffdc } };
static const struct range syllables[] = { { 0xac00, 0xd7a3 } };
static const struct range kana[] = { { 0x3041, 0x3096 }, { 0x309d, 0x309e }, { 0x30a1, 0x30fe }, { 0xff66, 0xff9d } };

static bool is_voicing(uint32_t code)
{
	return code == 0x3099 || code == 0x309a || code == 0xff9e || code == 0xff9f;
}

bool char_sheds_marks(uint32_t code)
{
	return WITHIN(shedding, code);
}

enum char_class char_class_of(uint32_t code)
{
	if (WITHIN(cjk, code))
		return CHAR_CJK;
	switch (utf8proc_category((utf8proc_int32_t)code)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return CHAR_WORD;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return CHAR_MARK;
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	default:
		return CHAR_OTHER;
	}
}

static bool is_invisible(uint32_t code)
{
	return utf8proc_get_property((utf8proc_int32_t)code)->ignorable;
}

static bool joins(uint32_t before, uint32_t code)
{
	if (WITHIN(jamo, code))
		return WITHIN(jamo, before) || WITHIN(syllables, before);
	return is_voicing(code) ? WITHIN(kana, before) : char_class_of(code) == CHAR_MARK;
}

bool char_joined_next(uint32_t code, struct bytes text)
{
	uint32_t next;
	if (text.len == 0 || text.data[0] < 0xe1 || utf8_read(text, &next) == 0)
		return false;
	if (is_invisible(next))
		return true;
	return WITHIN(syllables, code) ? WITHIN(jamo, next) : is_voicing(next);
}

static void add_folded(struct cluster *out, uint32_t code)
{
	int last_boundclass = UTF8PROC_BOUNDCLASS_START;
	size_t room = CLUSTER_CODES_MAX - out->count;
	utf8proc_ssize_t n = utf8proc_decompose_char(
	    (utf8proc_int32_t)code, out->codes + out->count, (utf8proc_ssize_t)room,
	    UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE, &last_boundclass);
	must(n >= 0 && (size_t)n <= room);
	out->count += (size_t)n;
}

static int class_at(const struct cluster *c, size_t i)
{
	return utf8proc_get_property(c->codes[i])->combining_class;
}

/* Unicode, 3.11: marks in the order of their classes. */
static void order_marks(struct cluster *c)
{
	for (size_t i = 1; i < c->count; i++) {
		int class = class_at(c, i);
		for (size_t j = i; class > 0 && j > 0 && class_at(c, j - 1) > class; j--) {
			int32_t moved = c->codes[j];
			c->codes[j] = c->codes[j - 1];
			c->codes[j - 1] = moved;
		}
	}
}

/* Before composing, so that "é" is two codes here however it was written. */
static void strip_marks(struct cluster *c)
{
	size_t kept = 0;
	bool sheds = false;
	for (size_t i = 0; i < c->count; i++) {
		bool mark = char_class_of((uint32_t)c->codes[i]) == CHAR_MARK;
		if (mark && sheds)
			continue;
		sheds = !mark && char_sheds_marks((uint32_t)c->codes[i]);
		c->codes[kept++] = c->codes[i];
	}
	c->count = kept;
}

void cluster_read(struct bytes text, uint32_t code, size_t size, struct cluster *out)
{
	out->used = size;
	out->count = 0;
	add_folded(out, code);
	for (int i = 1; i < CLUSTER_CHARS_MAX && out->used < text.len; i++) {
		struct bytes rest = bytes_of(text.data + out->used, text.len - out->used);
		uint32_t next;
		size_t n = rest.data[0] < 0x80 ? 0 : utf8_read(rest, &next);
		if (n == 0 || (!is_invisible(next) && !joins(code, next)))
			break;
		out->used += n;
		if (is_invisible(next))
			continue;
		add_folded(out, next);
		code = next;
	}
	if (out->count < 2)
		return;
	order_marks(out);
	strip_marks(out);
	utf8proc_ssize_t n = utf8proc_normalize_utf32(out->codes, (utf8proc_ssize_t)out->count,
	                                              (utf8proc_option_t)(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
	must(n >= 0 && (size_t)n <= out->count);
	out->count = (size_t)n;
}
