/* Sort keys and counts, as the parameters of a request ask for them beside the query. */
#include <stdlib.h>
#include <string.h>

#include "node/api/sru_wish.h"

/* ---- sortKeys: path,schema,ascending,caseSensitive,missingValue (SRU 1.1), blanks between keys ---- */

/* Paths are names of our indexes, and lie in no schema.  Where titles stand in order, case does not count; of other
 * values there is one spelling.  What has no value stands last, in either direction, which YAZ asks for as highValue.
 */
static bool read_key(struct sru *s, char *key, struct sort_key *out)
{
	enum { PATH, SCHEMA, DIRECTION, CASE, MISSING, PARTS };
	int diagnostic;
	char *parts[PARTS];
	for (size_t i = 0; i < PARTS; i++) {
		char *part = key != NULL ? strsep(&key, ",") : NULL;
		parts[i] = part != NULL ? part : arena_str(s->answer->arena, "");
	}
	const struct sru_index *index = sru_index_find(parts[PATH], NULL, &diagnostic);
	bool down = strcmp(parts[DIRECTION], "0") == 0, titles = index != NULL && index->field == FIELD_TITLE;
	if (key != NULL)
		return sru_fault(s, 6, sru_name(SRU_SORT_KEYS));
	if (index == NULL || !index->sort)
		return sru_fault(s, 88, parts[PATH]);
	if (parts[SCHEMA][0] != '\0')
		return sru_fault(s, 87, parts[SCHEMA]);
	if (parts[DIRECTION][0] != '\0' && !down && strcmp(parts[DIRECTION], "1") != 0)
		return sru_fault(s, 90, parts[DIRECTION]);
	if (parts[CASE][0] != '\0' && strcmp(parts[CASE], "0") != 0 && (titles || strcmp(parts[CASE], "1") != 0))
		return sru_fault(s, 91, parts[CASE]);
	if (parts[MISSING][0] != '\0' && strcmp(parts[MISSING], "highValue") != 0 &&
	    !(down && strcmp(parts[MISSING], "lowValue") == 0))
		return sru_fault(s, 92, parts[MISSING]);
	*out = (struct sort_key){ .field = index->field, .descending = down };
	return true;
}

bool sru_wish_sort(struct sru *s, struct selection *selection)
{
	const char *text = s->values[SRU_SORT_KEYS];
	char *rest = text != NULL ? arena_str(s->answer->arena, text) : NULL;
	/* What the query itself says counts. */
	if (rest == NULL || selection->sort_count > 0)
		return true;
	for (char *key; (key = strsep(&rest, " ")) != NULL;) {
		if (key[0] == '\0')
			continue;
		if (selection->sort_count == SELECT_SORTS_MAX)
			return sru_too_many(s, 84, SELECT_SORTS_MAX);
		if (!read_key(s, key, &selection->sorts[selection->sort_count++]))
			return false;
	}
	return true;
}

/* ---- facetLimit: 10:std.ics,5:dc.date; 10 alone: of each that is usual; facetStart: of each from there on ---- */

static bool add_wish(struct sru *s, struct sru_wishes *w, size_t limit, const char *name)
{
	int diagnostic;
	const struct sru_index *index = sru_index_find(name, NULL, &diagnostic);
	if (index == NULL || !index->facet)
		return sru_fault(s, 16, name);
	if (limit < 1 || limit > SELECT_COUNTS_MAX || w->count == SELECT_WISHES_MAX)
		return sru_fault(s, 6, sru_name(SRU_FACET_LIMIT));
	if (w->skip + limit > SELECT_COUNTS_MAX)
		return sru_fault(s, 6, sru_name(SRU_FACET_START));
	w->indexes[w->count] = index;
	w->v[w->count++] = (struct count_wish){ .field = index->field, .limit = w->skip + limit };
	return true;
}

static bool read_wish(struct sru *s, char *item, size_t *usual, struct sru_wishes *w)
{
	char *name = item, *end = NULL;
	const char *number = strsep(&name, ":");
	if (number[0] < '0' || number[0] > '9')
		return sru_fault(s, 6, sru_name(SRU_FACET_LIMIT));
	unsigned long limit = strtoul(number, &end, 10);
	if (*end != '\0' || limit > SELECT_COUNTS_MAX)
		return sru_fault(s, 6, sru_name(SRU_FACET_LIMIT));
	if (name != NULL)
		return add_wish(s, w, limit, name);
	*usual = limit;
	return true;
}

bool sru_wish_counts(struct sru *s, struct sru_wishes *out)
{
	static const char *const usual[] = { "std.kind", "std.status", "std.ics", "std.origin" };
	const char *text = s->values[SRU_FACET_LIMIT], *sort = s->values[SRU_FACET_SORT];
	char *rest = text != NULL ? arena_str(s->answer->arena, text) : NULL;
	size_t each = 0;
	uint64_t start = 1;
	if (!sru_number(s, SRU_FACET_START, 1, &start))
		return false;
	if (sort != NULL && strcmp(sort, "recordCount") != 0 && strcmp(sort, "recordCount,descending") != 0)
		return sru_fault(s, 6, sru_name(SRU_FACET_SORT));
	out->skip = (size_t)start - 1;
	for (char *item; rest != NULL && (item = strsep(&rest, ",")) != NULL;)
		if (!read_wish(s, item, &each, out))
			return false;
	bool alone = each > 0 && out->count == 0;
	for (size_t i = 0; alone && i < sizeof usual / sizeof *usual; i++)
		if (!add_wish(s, out, each, usual[i]))
			return false;
	return true;
}

/* ---- the counts in an answer ---- */

static void put_term(struct sru *s, const struct sru_index *index, const struct value_count *v)
{
	struct xml *x = &s->xml;
	struct buf query = { 0 };
	buf_printf(&query, "%s.%s == \"", index->set, index->name);
	for (const char *c = v->value; *c != '\0'; c++) {
		if (strchr("*?^\"\\", *c) != NULL)
			buf_add_char(&query, '\\');
		buf_add_char(&query, *c);
	}
	buf_add_char(&query, '"');
	xml_begin(x, "fr:term");
	xml_put(x, "fr:actualTerm", v->value);
	xml_put(x, "fr:query", buf_str(&query));
	xml_put_u64(x, "fr:count", v->count);
	xml_end(x);
	buf_free(&query);
}

void sru_wish_answer(struct sru *s, const struct sru_wishes *w)
{
	struct xml *x = &s->xml;
	if (w->count == 0)
		return;
	xml_begin(x, "fr:facetedResults");
	xml_attribute(x, "xmlns:fr", "http://docs.oasis-open.org/ns/search-ws/facetedResults");
	for (size_t i = 0; i < w->count; i++) {
		const struct sru_index *index = w->indexes[i];
		xml_begin(x, "fr:facet");
		xml_put(x, "fr:facetDisplayLabel", index->title);
		xml_put(x, "fr:index", arena_printf(s->answer->arena, "%s.%s", index->set, index->name));
		xml_begin(x, "fr:terms");
		for (size_t k = w->skip; k < w->v[i].count; k++)
			put_term(s, index, &w->v[i].v[k]);
		xml_end(x);
		xml_end(x);
	}
	xml_end(x);
}
