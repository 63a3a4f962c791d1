#include "proto/designator_read.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2099, SHORT_YEAR_MIN = 50 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

size_t scan_letters(const struct scan *s)
{
	size_t n = 0;
	while (is_letter(s->at[n]))
		n++;
	return n;
}

size_t scan_digits(const struct scan *s)
{
	size_t n = 0;
	while (is_digit(s->at[n]))
		n++;
	return n;
}

size_t scan_alnum(const struct scan *s)
{
	size_t n = 0;
	while (is_digit(s->at[n]) || is_letter(s->at[n]))
		n++;
	return n;
}

bool scan_word(struct scan *s, const char *word)
{
	if (*s->at != *word)
		return false;
	size_t n = strlen(word);
	if (strncmp(s->at, word, n) != 0 || is_letter(s->at[n]))
		return false;
	s->at += n;
	return true;
}

bool scan_char(struct scan *s, char c)
{
	if (*s->at != c)
		return false;
	s->at++;
	return true;
}

bool parts_add(char *field, size_t size, const char *text, size_t len)
{
	size_t used = strlen(field);
	if (len >= size - used)
		return false;
	memcpy(field + used, text, len);
	field[used + len] = '\0';
	return true;
}

int scan_year(const char *digits, size_t count, bool short_years)
{
	int value = 0;
	for (size_t i = 0; i < count && i < 4; i++)
		value = value * 10 + (digits[i] - '0');
	if (count == 4)
		return value >= YEAR_MIN && value <= YEAR_MAX ? value : 0;
	return short_years && count == 2 && value >= SHORT_YEAR_MIN ? YEAR_MIN + value : 0;
}

/* A year ends the number: behind it stands nothing, a supplement, a blank, a bracket, or R and one of these. */
static bool ends_number(const char *p)
{
	if (*p == 'R')
		p++;
	return *p == '\0' || *p == '/' || *p == ' ' || *p == '(';
}

/* ":2015-09" is the edition of 2015: the month says when it came out. */
static void skip_month(struct scan *s)
{
	if (s->at[0] == '-' && is_digit(s->at[1]) && is_digit(s->at[2]) && ends_number(s->at + 3))
		s->at += 3;
}

bool parts_end_like_year(const struct parts *p, bool short_years)
{
	const char *dash = strrchr(p->number, '-');
	if (dash == NULL)
		return false;
	struct scan last = { .at = dash + 1 };
	size_t n = scan_digits(&last);
	const char *end = last.at + n + (last.at[n] == 'R');
	return *end == '\0' && scan_year(last.at, n, short_years) != 0;
}

static bool take_year(struct scan *s, struct parts *out, bool short_years)
{
	size_t n = scan_digits(s);
	if (parts_end_like_year(out, short_years))
		return false;
	out->year = scan_year(s->at, n, short_years);
	if (out->year == 0)
		return false;
	s->at += n;
	skip_month(s);
	if (scan_char(s, 'R'))
		out->year_mark[0] = 'R';
	return true;
}

static bool year_stands(const struct scan *s, bool short_years)
{
	size_t n = scan_digits(s);
	return scan_year(s->at, n, short_years) != 0 && ends_number(s->at + n);
}

bool scan_parts_and_year(struct scan *s, struct parts *out, bool short_years)
{
	for (;;) {
		if (scan_char(s, ':'))
			return take_year(s, out, short_years);
		if (*s->at != '-')
			return true;
		s->at++;
		if (year_stands(s, short_years))
			return take_year(s, out, short_years);
		size_t n = scan_alnum(s);
		if (n == 0 || !parts_add(out->number, sizeof out->number, s->at - 1, n + 1))
			return false;
		s->at += n;
	}
}

/* ---- supplements --------------------------------------------------------------------------------------------------
 */

static const struct {
	const char *written;
	const char *canonical;
} supplement_words[] = {
	{ "AMENDMENT", "Amd" },   { "AMD", "Amd" },          { "AM", "Amd" },      { "TECHNICAL CORRIGENDUM", "Cor" },
	{ "CORRIGENDUM", "Cor" }, { "CORR", "Cor" },         { "COR", "Cor" },     { "ADDENDUM", "Add" },
	{ "ADD", "Add" },         { "SUPPLEMENT", "Suppl" }, { "SUPPL", "Suppl" }, { "SUP", "Suppl" },
	{ "EXT", "Ext" },         { "DAMD", "DAM" },         { "DAM", "DAM" },     { "FDAMD", "FDAM" },
	{ "FDAM", "FDAM" },       { "PDAMD", "PDAM" },       { "PDAM", "PDAM" },   { "DCOR", "DCOR" },
	{ "FDCOR", "FDCOR" },     { "EXPLANATION", "EXPL" }, { "EXPL", "EXPL" },
};

static const char *const supplement_stages[] = { "PWI", "NP", "AWI", "WD", "CD" };

static const char *take_stage(struct scan *s)
{
	for (size_t i = 0; i < sizeof supplement_stages / sizeof *supplement_stages; i++)
		if (scan_word(s, supplement_stages[i]))
			return scan_char(s, ' ') ? supplement_stages[i] : NULL;
	return "";
}

static const char *take_supplement_word(struct scan *s)
{
	for (size_t i = 0; i < sizeof supplement_words / sizeof *supplement_words; i++)
		if (scan_word(s, supplement_words[i].written))
			return supplement_words[i].canonical;
	return NULL;
}

/* "1", "1.2" (the second draft of the first). */
static bool take_supplement_number(struct scan *s, char *out, size_t size)
{
	(void)scan_char(s, '.');
	(void)scan_char(s, ' ');
	size_t n = scan_digits(s);
	if (n == 0)
		return true;
	if (!parts_add(out, size, " ", 1) || !parts_add(out, size, s->at, n))
		return false;
	s->at += n;
	if (s->at[0] != '.' || !is_digit(s->at[1]))
		return true;
	s->at++;
	n = scan_digits(s);
	bool fits = parts_add(out, size, s->at - 1, n + 1);
	s->at += n;
	return fits;
}

static bool take_supplement(struct scan *s, struct parts *out)
{
	char number[32] = "";
	struct parts dated = { 0 };
	const char *stage = take_stage(s);
	if (stage == NULL)
		return false;
	const char *word = take_supplement_word(s);
	if (word == NULL || !take_supplement_number(s, number, sizeof number))
		return false;
	if ((scan_char(s, ':') || scan_char(s, '-')) && !take_year(s, &dated, false))
		return false;
	char text[80], year[16] = "";
	if (dated.year != 0)
		(void)snprintf(year, sizeof year, ":%d%s", dated.year, dated.year_mark);
	int n = snprintf(text, sizeof text, "/%s%s%s%s%s", stage, stage[0] != '\0' ? " " : "", word, number, year);
	out->supplement = true;
	return parts_add(out->tail, sizeof out->tail, text, (size_t)n);
}

bool scan_supplements(struct scan *s, struct parts *out)
{
	while (scan_char(s, '/'))
		if (!take_supplement(s, out))
			return false;
	return true;
}
