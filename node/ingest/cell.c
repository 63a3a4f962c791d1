#include "node/ingest/cell.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto/record.h"

/* ---- dates ---------------------------------------------------------------------------------------------------- */

/* The digits of one pattern letter: "MM" two, "M" one or two. */
static bool take_number(struct bytes *text, size_t letters, unsigned *out)
{
	size_t max = letters == 1 ? 2 : letters, n = 0;
	for (*out = 0; n < max && n < text->len && text->data[n] >= '0' && text->data[n] <= '9'; n++)
		*out = *out * 10 + (unsigned)(text->data[n] - '0');
	if (n == 0 || (letters > 1 && n != letters))
		return false;
	*text = bytes_of(text->data + n, text->len - n);
	return true;
}

static bool match_date(struct bytes text, const char *pattern, char out[DATE_TEXT_MAX + 1])
{
	unsigned year = 0, month = 0, day = 0, other;
	while (*pattern != '\0') {
		size_t run = 1;
		while (pattern[run] == *pattern)
			run++;
		unsigned *number = *pattern == 'Y' ? &year : *pattern == 'M' ? &month : *pattern == 'D' ? &day : NULL;
		if (number == NULL && (*pattern == 'h' || *pattern == 'm' || *pattern == 's'))
			number = &other;
		if (number != NULL) {
			if (!take_number(&text, run, number))
				return false;
			pattern += run;
			continue;
		}
		if (text.len == 0 || text.data[0] != (uint8_t)*pattern)
			return false;
		text = bytes_of(text.data + 1, text.len - 1);
		pattern++;
	}
	if (text.len > 0 || year > 9999)
		return false;
	int n = snprintf(out, DATE_TEXT_MAX + 1, "%04u", year);
	if (month != 0 && month <= 99)
		n += snprintf(out + n, DATE_TEXT_MAX + 1 - (size_t)n, "-%02u", month);
	if (month != 0 && day != 0 && day <= 99)
		(void)snprintf(out + n, DATE_TEXT_MAX + 1 - (size_t)n, "-%02u", day);
	return date_valid(out);
}

bool cell_date(struct bytes text, const struct mapping_names *patterns, char out[DATE_TEXT_MAX + 1])
{
	/* All begin with the year: in those that do not, day and month cannot be told apart without being told. */
	static const char *const usual[] = {
		"YYYY-M-D",     "YYYY/M/D",           "YYYY.M.D",          "YYYYMMDD", "YYYY-M",
		"YYYY年M月D日", "YYYY-M-D h:mm:ss",   "YYYY/M/D h:mm:ss",  "YYYY",     "YYYY-M-DTh:mm:ss",
		"YYYY年M月",    "YYYY-M-D h:mm:ss.s", "YYYY-M-DTh:mm:ssZ", "YYYY年",   "YYYY/M/D h:mm",
	};
	for (size_t i = 0; i < patterns->count; i++)
		if (match_date(text, patterns->v[i], out))
			return true;
	for (size_t i = 0; patterns->count == 0 && i < sizeof usual / sizeof *usual; i++)
		if (match_date(text, usual[i], out))
			return true;
	return false;
}

/* ---- references ----------------------------------------------------------------------------------------------- */

/* What no reference of letters has: characters beyond ASCII. */
static bool looks_like_one(const char *text)
{
	bool letter = false, digit = false;
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
		letter = letter || (*text >= 'A' && *text <= 'Z');
		digit = digit || (*text >= '0' && *text <= '9');
	}
	return letter && digit;
}

bool cell_reference(struct bytes text, bool any, struct designator *out)
{
	if (designator_parse(text, out, NULL) != OK)
		return false;
	return out->prefix[0] != '\0' || (any && looks_like_one(out->canonical));
}

static bool ends_with(struct bytes text, const char *end)
{
	size_t n = strlen(end);
	return text.len >= n && memcmp(text.data + text.len - n, end, n) == 0;
}

static struct bytes trim(struct bytes text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\n'))
		text = bytes_of(text.data + 1, text.len - 1);
	while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\n'))
		text.len--;
	return text;
}

static struct bytes trim_stop(struct bytes text)
{
	text = trim(text);
	if (ends_with(text, "。"))
		text = trim(bytes_of(text.data, text.len - strlen("。")));
	return text;
}

static size_t begins_with_any(struct bytes text, const struct mapping_names *separators)
{
	for (size_t i = 0; i < separators->count; i++) {
		size_t n = strlen(separators->v[i]);
		if (text.len >= n && memcmp(text.data, separators->v[i], n) == 0)
			return n;
	}
	return 0;
}

/* Where the first of the separators stands; text.len when none does.  It looks no further: a cell of nothing but commas
 * is asked for its next part as often as it has bytes. */
static size_t find_separator(struct bytes text, const struct mapping_names *separators, size_t *len)
{
	*len = 0;
	for (size_t at = 0; at < text.len; at++) {
		*len = begins_with_any(bytes_of(text.data + at, text.len - at), separators);
		if (*len > 0)
			return at;
	}
	return text.len;
}

bool cell_next(struct bytes *rest, const struct mapping_names *separators, struct bytes *part)
{
	while (rest->len > 0) {
		size_t len, at = find_separator(*rest, separators, &len);
		*part = separators->count > 0 ? trim_stop(bytes_of(rest->data, at)) : *rest;
		*rest = bytes_of(rest->data + at + len, rest->len - at - len);
		if (part->len > 0)
			return true;
	}
	return false;
}

/* ---- adoptions ------------------------------------------------------------------------------------------------ */

/* EQV, "equivalent", ended with Guide 21 of 1999. */
static const struct {
	const char *word, *degree;
} degrees[] = {
	{ "非等效采用", "neq" }, { "等同采用", "idt" }, { "修改采用", "mod" }, { "等效采用", "" },
	{ "非等效", "neq" },     { "等同", "idt" },     { "修改", "mod" },     { "等效", "" },
	{ "IDT", "idt" },        { "MOD", "mod" },      { "NEQ", "neq" },      { "EQV", "" },
};

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool same_word(const uint8_t *text, const char *word, size_t len)
{
	return strncasecmp((const char *)text, word, len) == 0;
}

/* A word in letters must not be the part of a longer one. */
static const char *take_degree(struct bytes *text)
{
	*text = trim(*text);
	if (text->len > 2 && text->data[text->len - 1] == ')') {
		const uint8_t *open = memrchr(text->data, '(', text->len);
		struct bytes inner =
		    open == NULL ? bytes_of(NULL, 0) : bytes_of(open + 1, (size_t)(text->data + text->len - 2 - open));
		const char *degree = inner.len > 0 ? take_degree(&inner) : NULL;
		if (degree != NULL && inner.len == 0) {
			*text = trim(bytes_of(text->data, (size_t)(open - text->data)));
			return degree;
		}
		return NULL;
	}
	for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
		size_t n = strlen(degrees[i].word);
		bool letters = is_letter((uint8_t)degrees[i].word[0]);
		if (text->len < n)
			continue;
		if (same_word(text->data, degrees[i].word, n) && !(letters && text->len > n && is_letter(text->data[n]))) {
			*text = bytes_of(text->data + n, text->len - n);
			*text = trim(text->len > 0 && text->data[0] == ':' ? bytes_of(text->data + 1, text->len - 1) : *text);
			return degrees[i].degree;
		}
		size_t before = text->len - n;
		if (same_word(text->data + before, degrees[i].word, n) && !(letters && is_letter(text->data[before - 1]))) {
			*text = trim(bytes_of(text->data, before));
			return degrees[i].degree;
		}
	}
	return NULL;
}

/* A degree alone belongs to the standard before it, else to the next. */
size_t cell_adoptions(struct bytes text, struct cell_adoption *out, size_t max)
{
	static const char *separators[] = { ",", ";", "、", "\n", "，", "；" };
	const struct mapping_names names = { separators, sizeof separators / sizeof *separators };
	const char *waiting = NULL;
	size_t count = 0;
	struct bytes part;
	while (count < max && cell_next(&text, &names, &part)) {
		struct bytes name = part;
		const char *degree = take_degree(&name);
		if (name.len == 0) {
			if (count > 0 && out[count - 1].degree == NULL && out[count - 1].target.canonical[0] != '\0')
				out[count - 1].degree = degree;
			else
				waiting = degree;
			continue;
		}
		struct cell_adoption *a = &out[count++];
		*a = (struct cell_adoption){ .degree = degree != NULL ? degree : waiting, .found = part };
		waiting = NULL;
		if (!cell_reference(name, true, &a->target))
			a->target = (struct designator){ 0 };
	}
	return count;
}
