#include "proto/designator.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "node/base/must.h"
#include "proto/designator_read.h"
#include "proto/utf8.h"

enum { TEXT_IN_MAX = 8 * SUBJECT_MAX }; /* before folding: full-width letters are three times as long */

/* ---- folding ------------------------------------------------------------------------------------------------------
 */

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static bool is_blank(uint32_t c)
{
	if (c < 0x80)
		return c == ' ';
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

/* Controls are refused, blanks folded to one and trimmed.  out has room for SUBJECT_MAX and the NUL. */
static int fold_blanks(struct bytes text, char *out, struct err *err)
{
	size_t used = 0;
	bool pending = false;
	for (size_t at = 0, n; at < text.len; at += n) {
		uint32_t c;
		n = utf8_read(bytes_of(text.data + at, text.len - at), &c);
		must(n > 0);
		if (is_control(c))
			return err_set(err, ERR_INVALID, "a control character (clause 2.2)");
		if (is_blank(c)) {
			pending = used > 0;
			continue;
		}
		if (used + n + (pending ? 1 : 0) > SUBJECT_MAX)
			return err_set(err, ERR_INVALID, "longer than %d bytes (clause 2.2)", SUBJECT_MAX);
		if (pending)
			out[used++] = ' ';
		pending = false;
		memcpy(out + used, text.data + at, n);
		used += n;
	}
	out[used] = '\0';
	return used > 0 ? OK : err_set(err, ERR_INVALID, "empty (clause 2.2)");
}

static bool is_ascii(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] >= 0x80)
			return false;
	return true;
}

/* NFKC, without what is not seen (soft hyphens, marks of direction), blanks folded. */
int designator_fold(struct bytes text, char out[SUBJECT_MAX + 1], struct err *err)
{
	if (text.len > TEXT_IN_MAX)
		return err_set(err, ERR_INVALID, "longer than %d bytes (clause 2.2)", SUBJECT_MAX);
	if (!utf8_valid(text))
		return err_set(err, ERR_INVALID, "not UTF-8, or holds a NUL (clause 2.2)");
	if (is_ascii(text))
		return fold_blanks(text, out, err);
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n = utf8proc_map(text.data, (utf8proc_ssize_t)text.len, &mapped,
	                                  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE);
	must(n >= 0);
	int rc = fold_blanks(bytes_of(mapped, (size_t)n), out, err);
	free(mapped);
	return rc;
}

/* The ASCII sign that a sign of this kind stands for; 0 when it is none. */
static char sign_of(uint32_t c)
{
	switch (c) {
	case 0x2010: /* hyphen, dashes, horizontal bar */
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212: /* minus */
	case 0x2500: /* a line of a box, often typed for a dash */
		return '-';
	case 0x2236: /* ratio */
		return ':';
	case 0x2044: /* fraction, division */
	case 0x2215:
		return '/';
	default:
		return 0;
	}
}

static bool is_sign(char c)
{
	return c == '-' || c == ':' || c == '/';
}

/* For the readers: one sign for each kind, no run of dashes, no blank beside a sign.  It only gets shorter. */
static void fold_signs(const char *text, char out[SUBJECT_MAX + 1])
{
	struct bytes rest = bytes_str(text);
	size_t used = 0;
	while (rest.len > 0) {
		uint32_t c;
		size_t n = utf8_read(rest, &c);
		char sign = c < 0x80 && is_sign((char)c) ? (char)c : sign_of(c);
		if (sign != 0) {
			while (used > 0 && (out[used - 1] == ' ' || (sign == '-' && out[used - 1] == '-')))
				used--;
			out[used++] = sign;
		} else if (c != ' ' || used == 0 || !is_sign(out[used - 1])) {
			memcpy(out + used, rest.data, n);
			used += n;
		}
		rest = bytes_of(rest.data + n, rest.len - n);
	}
	out[used] = '\0';
}

static void raise(const char *plain, char upper[SUBJECT_MAX + 1])
{
	size_t i = 0;
	for (; plain[i] != '\0'; i++)
		upper[i] = plain[i] >= 'a' && plain[i] <= 'z' ? (char)(plain[i] - 'a' + 'A') : plain[i];
	upper[i] = '\0';
}

/* ---- writing ------------------------------------------------------------------------------------------------------
 */

/* Behind what is there; false: there is no room for it. */
static bool append(char out[SUBJECT_MAX + 1], size_t *used, const char *text)
{
	size_t len = strlen(text);
	if (len > SUBJECT_MAX - *used)
		return false;
	memcpy(out + *used, text, len + 1);
	*used += len;
	return true;
}

/* A year has at most four digits. */
static void write_year(const struct parts *p, char out[8])
{
	int n = p->year;
	*out++ = p->year_sign;
	for (int unit = n >= 1000 ? 1000 : n >= 100 ? 100 : n >= 10 ? 10 : 1; unit > 0; unit /= 10)
		*out++ = (char)('0' + n / unit % 10);
	*out = '\0';
}

static bool write_known(const struct parts *p, struct designator *out)
{
	const char between[] = { p->number_sign != '\0' ? p->number_sign : ' ', '\0' };
	char year[8] = "";
	size_t used = 0;
	if (p->year != 0)
		write_year(p, year);
	bool fits = append(out->undated, &used, p->prefix) && append(out->undated, &used, between) &&
	            append(out->undated, &used, p->number);
	used = 0;
	fits = fits && append(out->canonical, &used, out->undated) && append(out->canonical, &used, year) &&
	       (p->year == 0 || append(out->canonical, &used, p->year_mark)) && append(out->canonical, &used, p->tail);
	memcpy(out->prefix, p->prefix, sizeof out->prefix);
	memcpy(out->number, p->number, sizeof out->number);
	out->year = p->year;
	out->supplement = p->supplement;
	return fits;
}

static bool read_known(const char *plain, struct designator *out)
{
	static bool (*const families[])(struct scan *, struct parts *) = {
		designator_iso_read,
		designator_jis_read,
		designator_gb_read,
	};
	char upper[SUBJECT_MAX + 1];
	raise(plain, upper);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct scan s = { .at = upper, .upper = upper, .plain = plain };
		struct parts parts = { 0 };
		if (families[i](&s, &parts) && *s.at == '\0')
			return write_known(&parts, out);
	}
	return false;
}

int designator_parse(struct bytes text, struct designator *out, struct err *err)
{
	char folded[SUBJECT_MAX + 1], plain[SUBJECT_MAX + 1];
	int rc = designator_fold(text, folded, err);
	if (rc != OK)
		return rc;
	fold_signs(folded, plain);
	*out = (struct designator){ 0 };
	if (read_known(plain, out))
		return OK;
	*out = (struct designator){ 0 };
	memcpy(out->canonical, folded, strlen(folded) + 1);
	memcpy(out->undated, folded, strlen(folded) + 1);
	return OK;
}
