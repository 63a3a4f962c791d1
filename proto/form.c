#include "proto/form.h"

#include <string.h>
#include <strings.h>

#include "crypto/hash.h"
#include "crypto/key.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/decimal.h"
#include "proto/language.h"
#include "proto/record.h"
#include "proto/subject.h"

/* ---- of dates and codes (clause 2.4) ---- */

static bool digits(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static int number_of(const char *text, size_t n)
{
	int value = 0;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool date_valid(const char *text)
{
	size_t n = strnlen(text, 11);
	if ((n != 4 && n != 7 && n != 10) || !digits(text, 4) || number_of(text, 4) == 0)
		return false;
	if (n == 4)
		return true;
	if (text[4] != '-' || !digits(text + 5, 2))
		return false;
	int month = number_of(text + 5, 2);
	if (month < 1 || month > 12)
		return false;
	if (n == 7)
		return true;
	if (text[7] != '-' || !digits(text + 8, 2))
		return false;
	int day = number_of(text + 8, 2);
	return day >= 1 && day <= days_in(number_of(text, 4), month);
}

bool date_before(const char *a, const char *b)
{
	size_t left = strlen(a), right = strlen(b);
	return strncmp(a, b, left < right ? left : right) < 0;
}

bool ics_valid(const char *text)
{
	size_t n = strnlen(text, 10);
	if ((n != 2 && n != 6 && n != 9) || !digits(text, 2))
		return false;
	if (n >= 6 && (text[2] != '.' || !digits(text + 3, 3)))
		return false;
	return n < 9 || (text[6] == '.' && digits(text + 7, 2));
}

bool stage_valid(const char *text)
{
	return strnlen(text, 6) == 5 && digits(text, 2) && text[2] == '.' && digits(text + 3, 2);
}

static bool ccs_valid(const char *text)
{
	return strnlen(text, 4) == 3 && text[0] >= 'A' && text[0] <= 'Z' && digits(text + 1, 2);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_alnum(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool region_valid(const char *text)
{
	size_t n = strnlen(text, 7);
	if (n < 2 || n > 6 || n == 3 || !is_upper(text[0]) || !is_upper(text[1]))
		return false;
	if (n > 2 && text[2] != '-')
		return false;
	for (size_t i = 3; i < n; i++)
		if (!is_upper(text[i]) && !digits(text + i, 1))
			return false;
	return true;
}

/* ---- of figures and documents (clause 2.11) ---- */

/* UCUM's grammar knows many units, and new ones come: printable ASCII in which brackets match.  In [] and {} stands a
 * name, without brackets. */
static bool unit_valid(const char *text)
{
	size_t n = strnlen(text, CODE_MAX + 1), depth = 0;
	char name = '\0'; /* what ends the name that is being read */
	if (n == 0 || n > CODE_MAX)
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~')
			return false;
		if (name != '\0') {
			if (strchr("()[]{}", *c) != NULL && *c != name)
				return false;
			name = *c == name ? '\0' : name;
		} else if (*c == '[' || *c == '{') {
			name = *c == '[' ? ']' : '}';
		} else if (*c == '(') {
			depth++;
		} else if (*c == ']' || *c == '}' || (*c == ')' && depth-- == 0)) {
			return false;
		}
	}
	return name == '\0' && depth == 0;
}

/* One name of a media type (RFC 6838, 4.2); gives its length, 0: none. */
static size_t media_name(const char *text)
{
	size_t n = 0;
	while (is_alnum(text[n]) || (n > 0 && text[n] != '\0' && strchr("!#$&-^_.+", text[n]) != NULL))
		n++;
	return n <= 127 ? n : 0;
}

static bool media_valid(const char *text)
{
	size_t type = media_name(text);
	if (type == 0 || text[type] != '/')
		return false;
	size_t subtype = media_name(text + type + 1);
	return subtype > 0 && text[type + 1 + subtype] == '\0';
}

/* A scheme, and no blanks: what is behind it is between the reader and the server.  Letters of any script may stand in
 * it, as in an IRI (RFC 3987). */
static bool url_valid(const char *text)
{
	static const char *const schemes[] = { "http://", "https://", "urn:" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i]);
		if (strncasecmp(text, schemes[i], n) == 0)
			return text[n] != '\0' && text[n] != '/' && strpbrk(text, " <>\"\\^`{|}") == NULL;
	}
	return false;
}

static bool origin_valid(const char *text)
{
	return key_name_check(bytes_str(text), NULL) == OK;
}

static bool kind_valid(const char *text)
{
	int kind = kind_of_word(text);
	return kind != 0 && !kind_about_log(kind);
}

/* ---- all of them ---- */

/* clause NULL: the field's. */
static const struct {
	bool (*valid)(const char *);
	const char *reason, *clause;
} forms[] = {
	[FORM_DATE] = { date_valid, "not a date", "2.4" },
	[FORM_STAGE] = { stage_valid, "not a stage code XX.YY", "2.4" },
	[FORM_ICS] = { ics_valid, "not an ICS code", "2.4" },
	[FORM_CCS] = { ccs_valid, "not a CCS code", "2.4" },
	[FORM_LANGUAGE] = { language_valid, "not a language tag", "2.3" },
	[FORM_REGION] = { region_valid, "not an ISO 3166 code", "2.11" },
	[FORM_DECIMAL] = { decimal_valid, "not a decimal number", "2.11" },
	[FORM_UNIT] = { unit_valid, "not a unit of UCUM", "2.11" },
	[FORM_MEDIA] = { media_valid, "not a media type", "2.11" },
	[FORM_ORIGIN] = { origin_valid, "not the name of an origin", NULL },
	[FORM_KIND] = { kind_valid, "not a kind of record that others may submit", NULL },
};

static int text_check(enum form form, const char *value, const char *clause, const struct place *at, struct err *err)
{
	int year = 0, rc;
	switch ((int)form) {
	case FORM_LABEL:
		return place_string(value, LABEL_MAX, false, at, err);
	case FORM_TEXT:
		return place_string(value, TEXT_MAX, true, at, err);
	case FORM_URL:
		rc = place_string(value, LABEL_MAX, false, at, err);
		return rc != OK || url_valid(value) ? rc : place_refuse(err, at, "2.11", "not a URL", value);
	case FORM_DESIGNATOR:
		return place_designator(value, at, NULL, err);
	case FORM_DATED:
		rc = place_designator(value, at, &year, err);
		return rc != OK || year != 0 ? rc : place_refuse(err, at, "2.11", "without a year", value);
	case FORM_SUBJECT:
		return subject_check_any(value, at, err);
	default:
		must((size_t)form < sizeof forms / sizeof *forms && forms[form].valid != NULL);
		if (forms[form].valid(value))
			return OK;
		return place_refuse(err, at, forms[form].clause != NULL ? forms[form].clause : clause, forms[form].reason,
		                    value);
	}
}

static int bytes_check(enum form form, const ProtobufCBinaryData *value, const char *clause, const struct place *at,
                       struct err *err)
{
	if (form == FORM_DIGEST)
		return value->len == HASH_SIZE ? OK : place_refuse(err, at, clause, "not 32 bytes", NULL);
	return value->len >= 1 && value->len <= AUTHOR_KEY_MAX ? OK
	                                                       : place_refuse(err, at, clause, "not a public key", NULL);
}

int form_check(enum form form, const void *item, const char *clause, const struct place *at, struct err *err)
{
	switch ((int)form) {
	case FORM_KEPT:
	case FORM_WHOLE:
		return OK;
	case FORM_CODE: /* nothing writes less than 1 */
		return *(const int *)item >= 1 ? OK : place_refuse(err, at, clause, "not a code of the list", NULL);
	case FORM_INDEX:
		if (*(const uint64_t *)item <= INT64_MAX)
			return OK;
		return place_refuse(err, at, clause, "not the number of an entry", NULL);
	case FORM_DIGEST:
	case FORM_SPKI:
		return bytes_check(form, item, clause, at, err);
	default:
		return text_check(form, *(char *const *)item, clause, at, err);
	}
}
