/* References of ISO, IEC and those who publish with them: "ISO 9001:2015", "ISO/IEC TR 20000-10", "ISO/CD TS 1234.2",
 * "ISO/IEC/IEEE 8802-1Q:2016/Amd 3:2017", "IWA 1:2005", "ISO/IEC DIR 1 ISO SUP:2023" (clause 2.2). */
#include <string.h>

#include "proto/designator_read.h"

enum word_kind { NO_WORD, PUBLISHER, STAGE, TYPE };

static const struct {
	const char *written;
	const char *canonical;
	enum word_kind kind;
} words[] = {
	{ "ISO", "ISO", PUBLISHER },
	{ "IEC", "IEC", PUBLISHER },
	{ "IEEE", "IEEE", PUBLISHER },
	{ "ASTM", "ASTM", PUBLISHER },
	{ "ASME", "ASME", PUBLISHER },
	{ "CIE", "CIE", PUBLISHER },
	{ "SAE", "SAE", PUBLISHER },
	{ "HL7", "HL7", PUBLISHER },
	{ "OECD", "OECD", PUBLISHER },
	{ "UNDP", "UNDP", PUBLISHER },
	{ "ITU", "ITU", PUBLISHER },
	{ "IDF", "IDF", PUBLISHER },
	{ "PWI", "PWI", STAGE },
	{ "NP", "NP", STAGE },
	{ "AWI", "AWI", STAGE },
	{ "WD", "WD", STAGE },
	{ "CD", "CD", STAGE },
	{ "CDV", "CDV", STAGE },
	{ "DIS", "DIS", STAGE },
	{ "FDIS", "FDIS", STAGE },
	{ "PRF", "PRF", STAGE },
	{ "TS", "TS", TYPE },
	{ "TR", "TR", TYPE },
	{ "PAS", "PAS", TYPE },
	{ "R", "R", TYPE },
	{ "ISP", "ISP", TYPE },
	{ "GUIDE", "Guide", TYPE },
	{ "IWA", "IWA", TYPE },
	{ "TTA", "TTA", TYPE },
	{ "DATA", "DATA", TYPE },
	{ "DIR", "DIR", TYPE },
	{ "DTS", "DTS", TYPE },
	{ "DTR", "DTR", TYPE },
	{ "DPAS", "DPAS", TYPE },
	{ "DISP", "DISP", TYPE },
	{ "DGUIDE", "DGuide", TYPE },
	{ "FDTS", "FDTS", TYPE },
	{ "FDTR", "FDTR", TYPE },
	{ "PDTS", "PDTS", TYPE },
	{ "PDTR", "PDTR", TYPE },
	{ "FDGUIDE", "FDGuide", TYPE },
};

struct head {
	char publishers[24]; /* "ISO/IEC" */
	size_t count;
	const char *stage;
	const char *type;
};

static enum word_kind take_word(struct scan *s, const char **canonical)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (scan_word(s, words[i].written)) {
			*canonical = words[i].canonical;
			return words[i].kind;
		}
	return NO_WORD;
}

static bool add_publisher(struct head *h, const char *name)
{
	if (h->stage != NULL || h->type != NULL)
		return false;
	if (h->count++ > 0 && !parts_add(h->publishers, sizeof h->publishers, "/", 1))
		return false;
	return parts_add(h->publishers, sizeof h->publishers, name, strlen(name));
}

/* Words up to the number. */
static bool take_head(struct scan *s, struct head *h)
{
	const char *word;
	for (;;) {
		bool fits = false;
		switch (take_word(s, &word)) {
		case PUBLISHER:
			fits = add_publisher(h, word);
			break;
		case STAGE:
			fits = h->stage == NULL;
			h->stage = word;
			break;
		case TYPE:
			fits = h->type == NULL;
			h->type = word;
			break;
		case NO_WORD:
		default:
			return false;
		}
		if (!fits)
			return false;
		if (h->type != NULL && strcmp(h->type, "DIR") == 0)
			return scan_char(s, ' ');
		if (!scan_char(s, ' ') && !scan_char(s, '/') && scan_digits(s) == 0)
			return false;
		if (scan_digits(s) > 0)
			return true;
	}
}

/* ISO alone puts a stroke before what the document is, together with others (and IEC always) a blank; a Guide has a
 * blank everywhere. */
static bool write_prefix(const struct head *h, char *prefix, size_t size)
{
	bool workshop = h->type != NULL && strcmp(h->type, "IWA") == 0;
	bool iso_alone = strcmp(h->publishers, "ISO") == 0;
	if (workshop ? h->count > 1 || (h->count == 1 && !iso_alone) : h->count == 0)
		return false;
	const char *first = h->stage != NULL ? h->stage : h->type;
	const char *second = h->stage != NULL ? h->type : NULL;
	if (!workshop && !parts_add(prefix, size, h->publishers, strlen(h->publishers)))
		return false;
	if (first != NULL) {
		const char *sign = workshop ? "" : iso_alone && strcmp(first, "Guide") != 0 ? "/" : " ";
		if (!parts_add(prefix, size, sign, strlen(sign)) || !parts_add(prefix, size, first, strlen(first)))
			return false;
	}
	return second == NULL || (parts_add(prefix, size, " ", 1) && parts_add(prefix, size, second, strlen(second)));
}

/* "ISO 7/1-1982" is how parts were once written. */
static bool take_number(struct scan *s, struct parts *out)
{
	size_t n = scan_alnum(s);
	if (scan_digits(s) == 0 || !parts_add(out->number, sizeof out->number, s->at, n))
		return false;
	s->at += n;
	if (s->at[0] == '/' && s->at[1] >= '0' && s->at[1] <= '9') {
		s->at++;
		n = scan_alnum(s);
		if (!parts_add(out->number, sizeof out->number, "-", 1) ||
		    !parts_add(out->number, sizeof out->number, s->at, n))
			return false;
		s->at += n;
	}
	return !parts_end_like_year(out, false);
}

/* ".2" counts the drafts of one stage. */
static bool take_iteration(struct scan *s, struct parts *out)
{
	if (*s->at != '.')
		return true;
	s->at++;
	size_t n = scan_digits(s);
	bool fits = n > 0 && parts_add(out->number, sizeof out->number, s->at - 1, n + 1);
	s->at += n;
	return fits;
}

/* "1", "1 ISO SUP", "IEC SUP". */
static bool take_directive(struct scan *s, struct parts *out)
{
	size_t n = strcspn(s->at, ":");
	for (size_t i = 0; i < n; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ", s->at[i]) == NULL)
			return false;
	if (n == 0 || s->at[n - 1] == ' ' || !parts_add(out->number, sizeof out->number, s->at, n))
		return false;
	s->at += n;
	return scan_parts_and_year(s, out, false);
}

/* "ISO 9001:2015(E)", "(E/F)", "(EN)": the language of a copy, no part of the reference. */
static void skip_language(struct scan *s)
{
	const char *p = s->at;
	if (*p == ' ')
		p++;
	if (*p != '(')
		return;
	size_t letters = 0;
	for (p++; (*p >= 'A' && *p <= 'Z') || *p == '/'; p++)
		letters += *p != '/';
	if (*p == ')' && p[1] == '\0' && letters >= 1 && letters <= 4)
		s->at = p + 1;
}

bool designator_iso_read(struct scan *s, struct parts *out)
{
	struct head head = { 0 };
	if (!take_head(s, &head) || !write_prefix(&head, out->prefix, sizeof out->prefix))
		return false;
	out->year_sign = ':';
	if (head.type != NULL && strcmp(head.type, "DIR") == 0)
		return take_directive(s, out);
	if (!take_number(s, out) || !scan_parts_and_year(s, out, false))
		return false;
	if (out->year == 0 && (!take_iteration(s, out) || !scan_parts_and_year(s, out, false)))
		return false;
	if (!scan_supplements(s, out))
		return false;
	skip_language(s);
	return true;
}
