#include "node/api/filters.h"

#include <inttypes.h>

#include "node/api/text.h"

/* ---- the question ---- */

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

/* ---- a record that was found ---- */

static void put_word(struct json *j, const char *key, const char *value)
{
	json_put_text(j, key, value != NULL && value[0] != '\0' ? value : NULL);
}

static void put_strings(struct json *j, const char *key, char *const *values, size_t count)
{
	json_key(j, key);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		json_text(j, values[i]);
	json_array_end(j);
}

/* Several kinds may share a subject; and that of a log statement stands as it is (clause 2.7). */
static const char *href_of(const struct answer *a, const struct statement *s)
{
	int kind = s->record != NULL ? (int)s->record->kind : 0;
	const char *word = kind != NORMLINK__KIND__KIND_STANDARD ? kind_word(kind) : NULL;
	return arena_printf(a->arena, "/api/v1/records/%s%s%s", answer_escaped(a->arena, s->subject, ""),
	                    word != NULL ? "?kind=" : "", word != NULL ? word : "");
}

static enum authority authority_of_hit(const struct answer *a, const struct statement *s)
{
	return answer_authority(a, s->found->origin, s->record != NULL ? (int)s->record->kind : 0, s->subject);
}

void filters_hit(struct answer *a, const struct statement *s, struct json *j)
{
	size_t ics_count = 0;
	char *const *ics = s->record != NULL ? record_ics(s->record, &ics_count) : NULL;
	json_put_text(j, "origin", s->found->origin);
	json_put_u64(j, "index", s->found->index);
	json_put_bool(j, "frozen", answer_frozen(a, s->found->origin));
	if (s->record != NULL)
		json_put_text(j, "authority", authority_word(authority_of_hit(a, s)));
	put_word(j, "kind", statement_kind(s));
	json_put_text(j, "subject", s->subject);
	statement_titles(s, j);
	put_word(j, "status", statement_status(s));
	put_word(j, "date", statement_date(s));
	put_strings(j, "ics", ics, ics_count);
	json_put_text(j, "href", href_of(a, s));
}

void filters_hit_text(struct answer *a, const struct found *found, size_t width, struct buf *out)
{
	struct statement hit;
	statement_read(&hit, found, "");
	text_pad(out, hit.subject, width);
	/* What kind it is says more than its status, but for the two that people look for by that. */
	bool by_status = hit.record != NULL && (hit.record->standard != NULL || hit.record->verdict != NULL);
	buf_printf(out, "  %-11s  %-10s  ", by_status ? statement_gist(&hit) : statement_kind(&hit), statement_date(&hit));
	text_put(out, found->origin);
	buf_printf(out, " #%" PRIu64 "%s%s\n", found->index, answer_frozen(a, found->origin) ? "  FROZEN" : "",
	           answer_authority_mark(authority_of_hit(a, &hit)));
	statement_titles_text(&hit, 4, out);
	statement_free(&hit);
}
