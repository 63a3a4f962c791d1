#include "node/api/filters.h"

#include "proto/record.h"

static bool read_code(struct answer *a, const char *name, const char **value, bool (*good)(const char *),
                      const char *form)
{
	if (!answer_parameter(a, name, value))
		return false;
	if (*value == NULL || good(*value))
		return true;
	problem_parameter(a, name, "parameter %s: %.*s is not %s", name, CODE_MAX, *value, form);
	return false;
}

static bool is_status(const char *word)
{
	return status_of_word(word) != 0;
}

bool filters_read(struct answer *a, struct query *q)
{
	uint64_t limit = SEARCH_LIMIT_DEFAULT;
	int kind = 0;
	bool good = answer_parameter(a, "q", &q->words) &&
	            read_code(a, "ics", &q->ics, ics_valid, "an ICS code like 03, 03.120 or 03.120.10") &&
	            read_code(a, "status", &q->status, is_status,
	                      "a status: preparation, upcoming, current, superseded, withdrawn or cancelled") &&
	            answer_kind(a, &kind) && answer_parameter(a, "origin", &q->origin) &&
	            answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &limit);
	q->kind = kind_word(kind);
	q->limit = (size_t)limit;
	q->public_only = !a->context->local;
	return good;
}

bool filters_origin(struct answer *a, const struct query *q)
{
	if (q->origin == NULL || answer_origin(a, q->origin) != NULL)
		return true;
	problem_parameter(a, "origin", "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
	return false;
}
