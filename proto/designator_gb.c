/* References of the Chinese standards: national "GB/T 19001-2016", sector "YY/T 0316-2016", local "DB11/T 1234-2020",
 * association "T/CECS 700-2020", enterprise "Q/ABC 001-2020" (clause 2.2). */
#include <string.h>

#include "proto/designator_read.h"

/* Codes of sectors, and the older or special series that are numbered like them. */
static const char codes[] =
    " GB GBJ GBN GBZ GJB GSB"
    " AQ BB CB CH CJ CY DA DL DZ EJ FZ GA GC GD GF GH GM GY HB HG HJ HS HY JB JC JG JR JT JY KA LB LD LS"
    " LY MH MR MT MZ NB NY QB QC QJ QX RB RF SB SC SD SF SH SJ SL SN SW SY TB TD TY WB WH WJ WM WS WW XB"
    " XF YB YC YD YJ YS YY YZ ZB ZY"
    " CJJ JGJ JJF JJG JTG JTJ JTS TSG YBB CECS ";

static bool known_code(const char *code, size_t len)
{
	char wanted[8] = " ";
	if (len < 2 || len > 4)
		return false;
	memcpy(wanted + 1, code, len);
	wanted[len + 1] = ' ';
	return strstr(codes, wanted) != NULL;
}

/* "/T" recommended, "/Z" guidance. */
static bool take_nature(struct scan *s, struct parts *out)
{
	if (s->at[0] != '/' || (s->at[1] != 'T' && s->at[1] != 'Z') || (s->at[2] >= 'A' && s->at[2] <= 'Z'))
		return true;
	bool fits = parts_add(out->prefix, sizeof out->prefix, s->at, 2);
	s->at += 2;
	return fits;
}

/* "GB/T", and "GBT" as it is often typed. */
static bool take_national(struct scan *s, struct parts *out)
{
	size_t n = scan_letters(s);
	if (known_code(s->at, n)) {
		bool fits = parts_add(out->prefix, sizeof out->prefix, s->at, n);
		s->at += n;
		return fits && take_nature(s, out);
	}
	if (n < 3 || s->at[n - 1] != 'T' || !known_code(s->at, n - 1))
		return false;
	bool fits =
	    parts_add(out->prefix, sizeof out->prefix, s->at, n - 1) && parts_add(out->prefix, sizeof out->prefix, "/T", 2);
	s->at += n;
	return fits;
}

/* "DB11/T 1234", and "DB11/501" where compliance is mandatory.  The digits are a region's. */
static bool take_local(struct scan *s, struct parts *out)
{
	if (!scan_char(s, 'D') || !scan_char(s, 'B'))
		return false;
	size_t n = scan_digits(s);
	if (n != 2 && n != 4 && n != 6)
		return false;
	bool fits = parts_add(out->prefix, sizeof out->prefix, s->at - 2, n + 2);
	s->at += n;
	if (!fits || !take_nature(s, out))
		return false;
	if (strchr(out->prefix, '/') != NULL)
		return true;
	out->number_sign = '/';
	if (!scan_char(s, '/'))
		(void)scan_char(s, ' ');
	return scan_digits(s) > 0; /* a letter would be read as the nature, once written behind the stroke */
}

/* "T/CECS 700", "Q/ABC 001": the code is up to the blank, or up to the first digit when there is none. */
static bool take_body(struct scan *s, struct parts *out)
{
	if ((s->at[0] != 'T' && s->at[0] != 'Q') || s->at[1] != '/')
		return false;
	struct scan after = { .at = s->at + 2 };
	size_t n = scan_alnum(&after);
	if (after.at[n] != ' ')
		n = scan_letters(&after);
	bool fits = n >= 2 && parts_add(out->prefix, sizeof out->prefix, s->at, n + 2);
	s->at += n + 2;
	return fits;
}

static bool take_prefix(struct scan *s, struct parts *out)
{
	bool body = s->at[1] == '/';
	bool local = s->at[0] == 'D' && s->at[1] == 'B' && s->at[2] >= '0' && s->at[2] <= '9';
	if (body ? !take_body(s, out) : local ? !take_local(s, out) : !take_national(s, out))
		return false;
	(void)scan_char(s, ' ');
	return true;
}

/* "19001", "5606.1", "B02", "0001S". */
static bool take_number(struct scan *s, struct parts *out)
{
	struct scan ahead = *s;
	if (scan_letters(&ahead) <= 1)
		ahead.at += scan_letters(&ahead);
	if (scan_digits(&ahead) == 0)
		return false;
	size_t n = 0;
	while (true) {
		struct scan run = { .at = s->at + n };
		size_t more = scan_alnum(&run);
		if (more == 0)
			return false;
		n += more;
		if (s->at[n] != '.')
			break;
		n++;
	}
	bool fits = parts_add(out->number, sizeof out->number, s->at, n);
	s->at += n;
	return fits;
}

/* "/XG1-2018": amendment sheets. */
static bool take_sheet(struct scan *s, struct parts *out)
{
	size_t at = strlen("/XG");
	if (strncmp(s->at, "/XG", at) != 0)
		return true;
	struct scan number = { .at = s->at + at };
	size_t n = scan_digits(&number);
	struct scan year = { .at = number.at + n + 1 };
	if (n == 0)
		return false;
	size_t len = at + n;
	if (number.at[n] == '-' || number.at[n] == ':') {
		if (scan_digits(&year) != 4 || scan_year(year.at, 4, false) == 0)
			return false;
		len += 5;
	}
	size_t start = strlen(out->tail);
	if (!parts_add(out->tail, sizeof out->tail, s->at, len))
		return false;
	if (len > at + n)
		out->tail[start + at + n] = '-';
	s->at += len;
	out->supplement = true;
	return true;
}

/* "GB/T 19001-2016/ISO 9001:2015" names one document twice: ours is the first name. */
static bool skip_second_name(struct scan *s)
{
	if (strncmp(s->at, "/ISO", 4) != 0 && strncmp(s->at, "/IEC", 4) != 0)
		return true;
	struct scan second = *s;
	struct parts ignored = { 0 };
	second.at++;
	if (!designator_iso_read(&second, &ignored) || *second.at != '\0')
		return false;
	*s = second;
	return true;
}

bool designator_gb_read(struct scan *s, struct parts *out)
{
	if (s->at[0] == '\0' || !take_prefix(s, out))
		return false;
	out->year_sign = '-';
	return take_number(s, out) && scan_parts_and_year(s, out, true) && take_sheet(s, out) && skip_second_name(s);
}
