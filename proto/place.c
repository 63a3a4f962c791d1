#include "proto/place.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "proto/designator.h"
#include "proto/record.h"
#include "proto/utf8.h"

struct place place_of(const char *field)
{
	return (struct place){ .field = field };
}

static int refuse(struct err *err, int code, const struct place *at, const char *clause, const char *reason,
                  const char *value)
{
	char path[128] = "";
	if (at->list != NULL)
		(void)snprintf(path, sizeof path, "%s[%zu]%s", at->list, at->index, at->field != NULL ? "." : "");
	return err_set(err, code, "%s%s: %s%s%.80s (clause %s)", path, at->field != NULL ? at->field : "", reason,
	               value != NULL ? ": " : "", value != NULL ? value : "", clause);
}

int place_refuse(struct err *err, const struct place *at, const char *clause, const char *reason, const char *value)
{
	return refuse(err, ERR_INVALID, at, clause, reason, value);
}

int place_string(const char *value, size_t max, bool lines, const struct place *at, struct err *err)
{
	if (value == NULL)
		return place_refuse(err, at, "2.3", "missing", NULL);
	size_t n = strnlen(value, max + 1);
	if (n == 0)
		return place_refuse(err, at, "2.3", "empty", NULL);
	if (n > max)
		return refuse(err, ERR_LIMIT, at, "2.3", "too long", NULL);
	if (!utf8_valid(bytes_of(value, n)))
		return place_refuse(err, at, "2.3", "not UTF-8", NULL);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)value[i] < 0x20 && !(lines && (value[i] == '\n' || value[i] == '\t'))) || value[i] == 0x7f)
			return place_refuse(err, at, "2.3", "a control character", NULL);
	return OK;
}

int place_label(const char *value, const struct place *at, struct err *err)
{
	return value == NULL ? OK : place_string(value, LABEL_MAX, false, at, err);
}

int place_designator(const char *value, const struct place *at, struct err *err)
{
	struct designator d;
	struct err inner = { 0 };
	if (value == NULL)
		return place_refuse(err, at, "2.2", "missing", NULL);
	size_t n = strnlen(value, SUBJECT_MAX + 1);
	if (n > SUBJECT_MAX)
		return refuse(err, ERR_LIMIT, at, "2.2", "too long", NULL);
	if (designator_parse(bytes_of(value, n), &d, &inner) != OK)
		return place_refuse(err, at, "2.2", inner.text, NULL);
	if (strcmp(d.canonical, value) != 0)
		return place_refuse(err, at, "2.2", "not in canonical form, which is", d.canonical);
	return OK;
}

int place_date(const char *value, const struct place *at, struct err *err)
{
	if (value == NULL)
		return place_refuse(err, at, "2.4", "missing", NULL);
	return date_valid(value) ? OK : place_refuse(err, at, "2.4", "not a date", value);
}

/* Nothing writes less than 1. */
int place_code(bool present, int value, const char *clause, const struct place *at, struct err *err)
{
	if (!present)
		return place_refuse(err, at, clause, "missing", NULL);
	return value >= 1 ? OK : place_refuse(err, at, clause, "not a code of the list", NULL);
}

int place_list(size_t count, size_t max, const char *field, struct err *err)
{
	struct place at = place_of(field);
	return count <= max ? OK : refuse(err, ERR_LIMIT, &at, "2.1", "too many items", NULL);
}
