#include "proto/subject.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/language.h"

/* What may stand behind '#'. */
enum fragment { FRAGMENT_NONE, FRAGMENT_TEXT, FRAGMENT_DESIGNATOR, FRAGMENT_LANGUAGE, FRAGMENT_PERSONAL };

static enum fragment fragment_of(int kind)
{
	switch (kind) {
	case NORMLINK__KIND__KIND_INDICATOR:
	case NORMLINK__KIND__KIND_REVIEW:
	case NORMLINK__KIND__KIND_DEPOSIT:
		return FRAGMENT_TEXT;
	case NORMLINK__KIND__KIND_COMPARISON:
		return FRAGMENT_DESIGNATOR;
	case NORMLINK__KIND__KIND_TRANSLATION:
		return FRAGMENT_LANGUAGE;
	case NORMLINK__KIND__KIND_FEEDBACK:
		return FRAGMENT_PERSONAL;
	default:
		return FRAGMENT_NONE;
	}
}

static int read_language(const char *text, char out[SUBJECT_MAX + 1], struct err *err)
{
	if (!language_valid(text))
		return err_set(err, ERR_INVALID, "not a language tag behind #: %.80s (clause 2.11)", text);
	language_canonical(text, out);
	return OK;
}

static int read_fragment(enum fragment fragment, const char *text, char out[SUBJECT_MAX + 1], struct err *err)
{
	struct designator d;
	int rc;
	switch (fragment) {
	case FRAGMENT_LANGUAGE:
		return read_language(text, out, err);
	case FRAGMENT_DESIGNATOR:
		rc = designator_parse(bytes_str(text), &d, err);
		if (rc == OK)
			memcpy(out, d.canonical, sizeof d.canonical);
		return rc;
	case FRAGMENT_PERSONAL:
		if (strcmp(text, SUBJECT_PERSONAL) != 0)
			return err_set(err, ERR_INVALID, "something else than " SUBJECT_PERSONAL " behind # (clause 2.11)");
		memcpy(out, SUBJECT_PERSONAL, sizeof SUBJECT_PERSONAL);
		return OK;
	case FRAGMENT_NONE:
	case FRAGMENT_TEXT:
		break;
	}
	return designator_fold(bytes_str(text), out, err);
}

/* text is not longer than SUBJECT_MAX. */
static int read_subject(enum fragment fragment, const char *text, struct designator *out, struct err *err)
{
	const char *mark = fragment == FRAGMENT_NONE ? NULL : strchr(text, '#');
	char behind[SUBJECT_MAX + 1];
	if (mark == NULL && fragment != FRAGMENT_NONE && fragment != FRAGMENT_PERSONAL)
		return err_set(err, ERR_INVALID, "without # and what tells one from another (clause 2.11)");
	size_t front = mark != NULL ? (size_t)(mark - text) : strlen(text);
	int rc = designator_parse(bytes_of(text, front), out, err);
	if (rc != OK || mark == NULL)
		return rc;
	rc = read_fragment(fragment, mark + 1, behind, err);
	if (rc != OK)
		return rc;
	size_t used = strlen(out->canonical), more = strlen(behind);
	if (used + 1 + more > SUBJECT_MAX)
		return err_set(err, ERR_INVALID, "longer than %d bytes (clause 2.2)", SUBJECT_MAX);
	out->fragment = true;
	out->canonical[used] = '#';
	memcpy(out->canonical + used + 1, behind, more + 1);
	return OK;
}

static int check(enum fragment fragment, const char *subject, const struct place *at, struct err *err)
{
	struct designator d;
	struct err inner = { 0 };
	if (strnlen(subject, SUBJECT_MAX + 1) > SUBJECT_MAX)
		return place_refuse_code(err, ERR_LIMIT, at, "2.2", "too long", NULL);
	if (read_subject(fragment, subject, &d, &inner) != OK)
		return place_refuse_inner(err, at, &inner);
	return strcmp(d.canonical, subject) == 0
	           ? OK
	           : place_refuse(err, at, "2.2", "not in canonical form, which is", d.canonical);
}

int subject_check(int kind, const char *subject, const struct place *at, struct err *err)
{
	must(!kind_about_log(kind));
	return check(fragment_of(kind), subject, at, err);
}

int subject_check_any(const char *subject, const struct place *at, struct err *err)
{
	if (strchr(subject, '#') != NULL && check(FRAGMENT_TEXT, subject, at, NULL) == OK)
		return OK;
	return check(FRAGMENT_NONE, subject, at, err);
}

const char *subject_split(int kind, const char *subject, char *out)
{
	const char *mark = fragment_of(kind) == FRAGMENT_NONE ? NULL : strchr(subject, '#');
	size_t n = mark != NULL ? (size_t)(mark - subject) : strlen(subject);
	must(n <= SUBJECT_MAX);
	memcpy(out, subject, n);
	out[n] = '\0';
	return mark != NULL ? mark + 1 : "";
}

int record_subject(int kind, const char *text, struct designator *out, struct err *err)
{
	size_t n = strnlen(text, 8 * SUBJECT_MAX + 1); /* what people write may be longer than its canonical form */
	if (!kind_about_log(kind) && n > 8 * SUBJECT_MAX)
		return err_set(err, ERR_INVALID, "longer than %d bytes (clause 2.2)", SUBJECT_MAX);
	if (!kind_about_log(kind))
		return read_subject(fragment_of(kind), text, out, err);
	if (n == 0 || n > SUBJECT_MAX)
		return err_set(err, ERR_INVALID, "the subject of a log statement has 1 to %d bytes (clause 2.7)", SUBJECT_MAX);
	*out = (struct designator){ 0 };
	memcpy(out->canonical, text, n);
	memcpy(out->undated, text, n);
	return OK;
}
