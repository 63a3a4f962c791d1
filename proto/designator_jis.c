/* References of the Japanese standards: "JIS Q 9001:2015", "TR X 0005:1998", "TS C 0019-1:2000",
 * "JIS Z 8210:2017 SYMBOL 52600" (one symbol out of a standard), (clause 2.2). */
#include <string.h>

#include "proto/designator_read.h"

/* "JIS", "TR", "TS", or "JIS TR" for the last two. */
static const char *take_series(struct scan *s)
{
	static const char *const reports[] = { "TR", "TS" };
	bool jis = strncmp(s->at, "JIS", 3) == 0;
	struct scan after = *s;
	if (jis) {
		after.at += 3;
		if (!scan_char(&after, ' '))
			(void)scan_char(&after, '/');
	}
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
		if (scan_word(&after, reports[i])) {
			*s = after;
			return reports[i];
		}
	if (!jis)
		return NULL;
	s->at += 3;
	return "JIS";
}

static void skip_sign(struct scan *s)
{
	if (!scan_char(s, ' '))
		(void)scan_char(s, '-');
}

static bool take_symbol(struct scan *s, struct parts *out)
{
	static const char word[] = " SYMBOL ";
	size_t skip = sizeof word - 1;
	if (strncmp(s->at, word, skip) != 0 || s->at[skip] == '\0')
		return true;
	const char *name = s->plain + (s->at - s->upper) + skip;
	out->supplement = true;
	s->at += strlen(s->at);
	return parts_add(out->tail, sizeof out->tail, word, skip) &&
	       parts_add(out->tail, sizeof out->tail, name, strlen(name));
}

bool designator_jis_read(struct scan *s, struct parts *out)
{
	const char *series = take_series(s);
	if (series == NULL)
		return false;
	skip_sign(s);
	char division = *s->at;
	if (division < 'A' || division > 'Z')
		return false;
	s->at++;
	skip_sign(s);
	size_t n = scan_digits(s);
	if (n == 0 || !parts_add(out->number, sizeof out->number, s->at, n))
		return false;
	s->at += n;
	bool fits = parts_add(out->prefix, sizeof out->prefix, series, strlen(series)) &&
	            parts_add(out->prefix, sizeof out->prefix, " ", 1) &&
	            parts_add(out->prefix, sizeof out->prefix, &division, 1);
	out->year_sign = ':';
	return fits && scan_parts_and_year(s, out, false) && scan_supplements(s, out) && take_symbol(s, out);
}
