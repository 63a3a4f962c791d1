#include "proto/place.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "proto/designator.h"
#include "proto/utf8.h"

enum { PATH_MAX_BYTES = 128 };

struct place place_of(const char *field)
{
	return (struct place){ .field = field };
}

struct place place_in(const struct place *up, const char *field)
{
	return (struct place){ .up = up, .field = field };
}

/* Gives how many bytes it wrote. */
static size_t write_path(const struct place *at, char out[PATH_MAX_BYTES])
{
	size_t used = at->up != NULL ? write_path(at->up, out) : 0;
	int n = at->item
	            ? snprintf(out + used, PATH_MAX_BYTES - used, "%s%s[%zu]", used > 0 ? "." : "", at->field, at->index)
	            : snprintf(out + used, PATH_MAX_BYTES - used, "%s%s", used > 0 ? "." : "", at->field);
	used += n > 0 ? (size_t)n : 0;
	return used < PATH_MAX_BYTES ? used : PATH_MAX_BYTES - 1;
}

int place_refuse_code(struct err *err, int code, const struct place *at, const char *clause, const char *reason,
                      const char *value)
{
	char path[PATH_MAX_BYTES];
	(void)write_path(at, path);
	bool shown = value != NULL && value[0] != '\0';
	return err_set(err, code, "%s: %s%s%.80s (clause %s)", path, reason, shown ? ": " : "", shown ? value : "", clause);
}

int place_refuse(struct err *err, const struct place *at, const char *clause, const char *reason, const char *value)
{
	return place_refuse_code(err, ERR_INVALID, at, clause, reason, value);
}

int place_refuse_inner(struct err *err, const struct place *at, const struct err *inner)
{
	char path[PATH_MAX_BYTES];
	(void)write_path(at, path);
	return err_set(err, ERR_INVALID, "%s: %s", path, inner->text);
}

int place_string(const char *value, size_t max, bool lines, const struct place *at, struct err *err)
{
	size_t n = strnlen(value, max + 1);
	if (n == 0)
		return place_refuse(err, at, "2.3", "empty", NULL);
	if (n > max)
		return place_refuse_code(err, ERR_LIMIT, at, "2.3", "too long", NULL);
	if (!utf8_valid(bytes_of(value, n)))
		return place_refuse(err, at, "2.3", "not UTF-8", NULL);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)value[i] < 0x20 && !(lines && (value[i] == '\n' || value[i] == '\t'))) || value[i] == 0x7f)
			return place_refuse(err, at, "2.3", "a control character", NULL);
	return OK;
}

int place_designator(const char *value, const struct place *at, int *year, struct err *err)
{
	struct designator d;
	struct err inner = { 0 };
	size_t n = strnlen(value, SUBJECT_MAX + 1);
	if (n > SUBJECT_MAX)
		return place_refuse_code(err, ERR_LIMIT, at, "2.2", "too long", NULL);
	if (designator_parse(bytes_of(value, n), &d, &inner) != OK)
		return place_refuse_inner(err, at, &inner);
	if (strcmp(d.canonical, value) != 0)
		return place_refuse(err, at, "2.2", "not in canonical form, which is", d.canonical);
	if (year != NULL)
		*year = d.year;
	return OK;
}
