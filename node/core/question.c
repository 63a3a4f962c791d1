#include "node/core/question.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/core/question_words.h"
#include "proto/designator.h"
#include "proto/field.h"
#include "proto/percent.h"
#include "proto/record.h"

enum { FACET_LIMIT_DEFAULT = 10 };

/* What a value of a name is. */
enum shape {
	SHAPE_OTHER,     /* read by a function of its own */
	SHAPE_CODES,     /* codes with commas between, each with what lies below it */
	SHAPE_NAME,      /* one name; what is below a committee, too */
	SHAPE_REFERENCE, /* one reference */
	SHAPE_FROM,      /* a date */
	SHAPE_TO,
};

static const struct {
	const char *name;
	enum shape shape;
	enum record_field field;
	const char *form; /* what it can be */
} NAMES[] = {
	[QUESTION_Q] = { "q", SHAPE_OTHER, 0, NULL },
	[QUESTION_REF] = { "ref", SHAPE_REFERENCE, FIELD_REFERENCE, NULL },
	[QUESTION_ICS] = { "ics", SHAPE_CODES, FIELD_ICS, "an ICS code like 03, 03.120 or 03.120.10" },
	[QUESTION_CCS] = { "ccs", SHAPE_CODES, FIELD_CCS, "a CCS code like A or A00" },
	[QUESTION_STATUS] = { "status", SHAPE_CODES, FIELD_STATUS,
	                      "a status: preparation, upcoming, current, superseded, withdrawn or cancelled" },
	[QUESTION_STAGE] = { "stage", SHAPE_CODES, FIELD_STAGE, "a stage code like 60 or 60.60" },
	[QUESTION_LEVEL] = { "level", SHAPE_CODES, FIELD_LEVEL, "a level" },
	[QUESTION_BODY] = { "body", SHAPE_NAME, FIELD_PUBLISHER, NULL },
	[QUESTION_ORIGIN] = { "origin", SHAPE_CODES, FIELD_ORIGIN, NULL },
	[QUESTION_KIND] = { "kind", SHAPE_CODES, FIELD_KIND, "a kind of record" },
	[QUESTION_LANG] = { "lang", SHAPE_CODES, FIELD_LANGUAGE, "a language tag like zh or zh-Hant" },
	[QUESTION_PUBLISHED_FROM] = { "published_from", SHAPE_FROM, FIELD_DATE, NULL },
	[QUESTION_PUBLISHED_TO] = { "published_to", SHAPE_TO, FIELD_DATE, NULL },
	[QUESTION_COMMITTEE] = { "committee", SHAPE_NAME, FIELD_COMMITTEE, NULL },
	[QUESTION_ADOPTS] = { "adopts", SHAPE_REFERENCE, FIELD_ADOPTS, NULL },
	[QUESTION_REPLACES] = { "replaces", SHAPE_REFERENCE, FIELD_REPLACES, NULL },
	[QUESTION_CITES] = { "cites", SHAPE_REFERENCE, FIELD_CITES, NULL },
	[QUESTION_CITED_BY] = { "cited_by", SHAPE_REFERENCE, FIELD_CITED_BY, NULL },
	[QUESTION_DEGREE] = { "degree", SHAPE_CODES, FIELD_DEGREE, "a degree: idt, mod or neq" },
	[QUESTION_SORT] = { "sort", SHAPE_OTHER, 0, NULL },
	[QUESTION_FACETS] = { "facets", SHAPE_OTHER, 0, NULL },
	[QUESTION_FACET_LIMIT] = { "facet_limit", SHAPE_OTHER, 0, NULL },
	[QUESTION_LIMIT] = { "limit", SHAPE_OTHER, 0, NULL },
	[QUESTION_OFFSET] = { "offset", SHAPE_OTHER, 0, NULL },
	[QUESTION_CURSOR] = { "cursor", SHAPE_OTHER, 0, NULL },
	[QUESTION_ACROSS] = { "across", SHAPE_OTHER, 0, NULL },
};
_Static_assert(sizeof NAMES / sizeof *NAMES == QUESTION_NAMES, "a row for each name");

/* What can be sorted by, and counted. */
static const struct {
	const char *name;
	enum record_field field;
	bool sort, facet;
} FIELDS[] = {
	{ "relevance", FIELD_RELEVANCE, true, false },
	{ "date", FIELD_DATE, true, true },
	{ "reference", FIELD_REFERENCE, true, false },
	{ "title", FIELD_TITLE, true, false },
	{ "kind", FIELD_KIND, true, true },
	{ "status", FIELD_STATUS, true, true },
	{ "ics", FIELD_ICS, true, true },
	{ "ccs", FIELD_CCS, true, true },
	{ "stage", FIELD_STAGE, true, true },
	{ "level", FIELD_LEVEL, true, true },
	{ "origin", FIELD_ORIGIN, true, true },
	{ "body", FIELD_PUBLISHER, true, true },
	{ "committee", FIELD_COMMITTEE, true, true },
	{ "lang", FIELD_LANGUAGE, false, true },
};
enum { FIELDS_COUNT = sizeof FIELDS / sizeof *FIELDS };

struct finishing {
	struct question *q;
	struct arena *arena;
	const struct condition *where; /* so far; NULL: nothing */
	struct err *err;
};

const char *question_name(enum question_name name)
{
	return name < QUESTION_NAMES ? NAMES[name].name : NULL;
}

/* ---- pairs ---- */

static int unknown_name(const char *name, struct err *err)
{
	struct buf known = { 0 };
	for (size_t i = 0; i < QUESTION_NAMES; i++)
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", NAMES[i].name);
	int rc = err_set(err, ERR_USAGE, "parameter %.*s is not known; there are %s", CODE_MAX, name, buf_str(&known));
	buf_free(&known);
	return rc;
}

int question_add(struct question *q, const char *name, const char *value, struct err *err)
{
	size_t i = 0;
	while (i < QUESTION_NAMES && strcmp(NAMES[i].name, name) != 0)
		i++;
	q->wrong = i < QUESTION_NAMES ? NAMES[i].name : name;
	if (i == QUESTION_NAMES)
		return unknown_name(name, err);
	if (q->given[i])
		return err_set(err, ERR_USAGE, "parameter %s is given twice", name);
	if (strnlen(value, QUERY_MAX + 1) > QUERY_MAX)
		return err_set(err, ERR_USAGE, "parameter %s is longer than %d bytes", name, QUERY_MAX);
	q->wrong = NULL;
	q->given[i] = true;
	q->values[i] = value[0] != '\0' ? value : NULL;
	return OK;
}

/* ---- percent-encoded text ---- */

/* NULL: it is not percent-encoded UTF-8 text. */
static const char *decode(struct bytes text, struct arena *arena)
{
	char *out = arena_get(arena, text.len + 1);
	return percent_decode(text, true, out, text.len + 1) == OK ? out : NULL;
}

/* The bytes in front of that sign, which are taken off the text with it. */
static struct bytes take(struct bytes *text, char sign)
{
	const uint8_t *at = text->len > 0 ? memchr(text->data, sign, text->len) : NULL;
	size_t n = at != NULL ? (size_t)(at - text->data) : text->len, used = at != NULL ? n + 1 : n;
	struct bytes piece = bytes_of(text->data, n);
	*text = bytes_of(text->data + used, text->len - used);
	return piece;
}

int question_read(struct question *q, struct bytes text, struct arena *arena, struct err *err)
{
	int rc = OK;
	if (text.len > QUERY_WIRE_MAX)
		return err_set(err, ERR_USAGE, "a question of more than %d bytes", QUERY_WIRE_MAX);
	while (rc == OK && text.len > 0) {
		struct bytes pair = take(&text, '&');
		if (pair.len == 0)
			continue;
		const char *name = decode(take(&pair, '='), arena), *value = decode(pair, arena);
		q->wrong = name;
		if (name == NULL)
			return err_set(err, ERR_USAGE, "the name of a parameter is not percent-encoded UTF-8 text");
		if (value == NULL)
			return err_set(err, ERR_USAGE, "parameter %.*s is not percent-encoded UTF-8 text", CODE_MAX, name);
		rc = question_add(q, name, value, err);
	}
	return rc;
}

void question_write(const struct question *q, struct buf *out)
{
	size_t begun = out->len;
	for (size_t i = 0; i < QUESTION_FACETS; i++) {
		if (q->values[i] == NULL)
			continue;
		buf_printf(out, "%s%s=", out->len > begun ? "&" : "", NAMES[i].name);
		percent_add(out, q->values[i], "");
	}
}

/* ---- values ---- */

static int wrong(struct finishing *f, enum question_name name, const char *value, const char *form)
{
	f->q->wrong = NAMES[name].name;
	return err_set(f->err, ERR_USAGE, "parameter %s: %.*s is not %s", NAMES[name].name, CODE_MAX, value, form);
}

static void join(struct finishing *f, const struct condition *c)
{
	struct condition *both;
	if (f->where == NULL) {
		f->where = c;
		return;
	}
	both = arena_get(f->arena, sizeof *both);
	*both = (struct condition){ .op = CONDITION_AND, .left = f->where, .right = c };
	f->where = both;
}

static struct condition *clause(struct finishing *f, enum record_field field, enum compare relation, const char *text)
{
	struct condition *c = arena_get(f->arena, sizeof *c);
	*c = (struct condition){ .field = field, .relation = relation, .text = text };
	return c;
}

static bool is_code(enum record_field field, const char *text)
{
	char stage[16];
	if (strlen(text) > LABEL_MAX || text[0] == '\0')
		return false;
	switch ((int)field) {
	case FIELD_ICS:
		return ics_valid(text);
	case FIELD_STATUS:
		return status_of_word(text) != 0;
	case FIELD_KIND:
		return kind_of_word(text) != 0;
	case FIELD_DEGREE:
		return degree_of_word(text) != 0;
	case FIELD_LEVEL:
		return code_of_word(&normlink__level__descriptor, text) != 0;
	case FIELD_STAGE:
		if (strlen(text) > 5)
			return false;
		memcpy(stage, text, strlen(text) + 1);
		if (strlen(text) == 2)
			memcpy(stage + 2, ".00", 4);
		return stage_valid(stage);
	default:
		return strlen(text) <= (field == FIELD_ORIGIN ? (size_t)NAME_MAX_BYTES : (size_t)CODE_MAX);
	}
}

/* "a kind of record: standard, project, ..." */
static const char *form_of(struct finishing *f, enum question_name name)
{
	const ProtobufCEnumDescriptor *list = name == QUESTION_KIND    ? &normlink__kind__descriptor
	                                      : name == QUESTION_LEVEL ? &normlink__level__descriptor
	                                                               : NULL;
	struct buf text = { 0 };
	if (list == NULL)
		return NAMES[name].form != NULL ? NAMES[name].form : "a name";
	buf_printf(&text, "%s: ", NAMES[name].form);
	for (unsigned i = 0; i < list->n_values; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", code_word(list, list->values[i].value));
	const char *form = arena_str(f->arena, buf_str(&text));
	buf_free(&text);
	return form;
}

/* Any of the values between commas. */
static int add_codes(struct finishing *f, enum question_name name, const char *value)
{
	char *rest = arena_str(f->arena, value);
	const struct condition *any = NULL;
	size_t count = 0;
	for (char *one; (one = strsep(&rest, ",")) != NULL;) {
		enum record_field field = NAMES[name].field;
		if (!is_code(field, one))
			return wrong(f, name, one, form_of(f, name));
		if (++count > QUERY_CHOICES_MAX)
			return wrong(f, name, "that list", "so short");
		bool whole = field == FIELD_ORIGIN || field == FIELD_LEVEL;
		struct condition *c = clause(f, field, whole ? COMPARE_IS : COMPARE_BELOW, one);
		c->open = field == FIELD_CCS && strlen(one) == 1;
		if (any == NULL) {
			any = c;
			continue;
		}
		struct condition *either = arena_get(f->arena, sizeof *either);
		*either = (struct condition){ .op = CONDITION_OR, .left = any, .right = c };
		any = either;
	}
	join(f, any);
	return OK;
}

/* Both ends are one range: each alone would be half of all there is. */
static void add_date(struct finishing *f, enum question_name name, const char *value)
{
	const char *last = f->q->values[QUESTION_PUBLISHED_TO];
	bool from = name == QUESTION_PUBLISHED_FROM;
	if (!from && f->q->values[QUESTION_PUBLISHED_FROM] != NULL)
		return;
	bool both = from && last != NULL && date_valid(last);
	struct condition *c = clause(f, FIELD_DATE, both ? COMPARE_WITHIN : from ? COMPARE_FROM : COMPARE_UPTO, value);
	c->last = both ? last : NULL;
	join(f, c);
}

static int add_filter(struct finishing *f, enum question_name name)
{
	struct designator d;
	const char *value = f->q->values[name];
	enum record_field field = NAMES[name].field;
	if (value == NULL)
		return OK;
	switch (NAMES[name].shape) {
	case SHAPE_CODES:
		return add_codes(f, name, value);
	case SHAPE_NAME:
		if (strlen(value) > LABEL_MAX)
			return wrong(f, name, value, "so long in any record");
		join(f, clause(f, field, field == FIELD_COMMITTEE ? COMPARE_BELOW : COMPARE_IS, value));
		return OK;
	case SHAPE_REFERENCE:
		if (designator_parse(bytes_str(value), &d, NULL) != OK)
			return wrong(f, name, value, "a reference");
		join(f, clause(f, field, COMPARE_IS, value));
		return OK;
	case SHAPE_FROM:
	case SHAPE_TO:
		if (!date_valid(value))
			return wrong(f, name, value, "a date like 2016, 2016-12 or 2016-12-30");
		add_date(f, name, value);
		return OK;
	case SHAPE_OTHER:
		break;
	}
	return OK;
}

/* ---- how much, in which order ---- */

static int read_number(struct finishing *f, enum question_name name, size_t min, size_t max, size_t *out)
{
	const char *text = f->q->values[name];
	if (text == NULL)
		return OK;
	size_t len = strlen(text);
	unsigned long n = len <= 9 && strspn(text, "0123456789") == len ? strtoul(text, NULL, 10) : max + 1;
	f->q->wrong = NAMES[name].name;
	if (n < min || n > max)
		return err_set(f->err, ERR_USAGE, "parameter %s is a number from %zu to %zu", NAMES[name].name, min, max);
	f->q->wrong = NULL;
	*out = n;
	return OK;
}

static size_t field_named(const char *name, bool facet)
{
	size_t i = 0;
	while (i < FIELDS_COUNT && (strcmp(FIELDS[i].name, name) != 0 || (facet ? !FIELDS[i].facet : !FIELDS[i].sort)))
		i++;
	return i;
}

static int no_field(struct finishing *f, enum question_name name, const char *value)
{
	struct buf text = { 0 };
	bool facet = name == QUESTION_FACETS;
	buf_add_str(&text, facet ? "something to count by:" : "something to sort by:");
	for (size_t i = 0; i < FIELDS_COUNT; i++)
		if (facet ? FIELDS[i].facet : FIELDS[i].sort)
			buf_printf(&text, " %s", FIELDS[i].name);
	int rc = wrong(f, name, value, buf_str(&text));
	buf_free(&text);
	return rc;
}

static int read_sort(struct finishing *f)
{
	struct selection *s = &f->q->selection;
	char *rest = f->q->values[QUESTION_SORT] != NULL ? arena_str(f->arena, f->q->values[QUESTION_SORT]) : NULL;
	for (char *key; rest != NULL && (key = strsep(&rest, ",")) != NULL;) {
		bool descending = key[0] == '-';
		size_t i = field_named(key + descending, false);
		if (i == FIELDS_COUNT)
			return no_field(f, QUESTION_SORT, key);
		if (s->sort_count == SELECT_SORTS_MAX)
			return wrong(f, QUESTION_SORT, key, "among the first keys, which are all that count");
		s->sorts[s->sort_count++] = (struct sort_key){ .field = FIELDS[i].field, .descending = descending };
	}
	return OK;
}

static int read_facets(struct finishing *f)
{
	struct question *q = f->q;
	size_t limit = FACET_LIMIT_DEFAULT;
	char *rest = q->values[QUESTION_FACETS] != NULL ? arena_str(f->arena, q->values[QUESTION_FACETS]) : NULL;
	int rc = read_number(f, QUESTION_FACET_LIMIT, 1, SELECT_COUNTS_MAX, &limit);
	for (char *name; rc == OK && rest != NULL && (name = strsep(&rest, ",")) != NULL;) {
		size_t i = field_named(name, true);
		if (i == FIELDS_COUNT)
			return no_field(f, QUESTION_FACETS, name);
		if (q->selection.wish_count == SELECT_WISHES_MAX)
			return wrong(f, QUESTION_FACETS, name, "among the first fields, which are all that are counted");
		q->facets[q->selection.wish_count] = FIELDS[i].name;
		q->wishes[q->selection.wish_count++] = (struct count_wish){ .field = FIELDS[i].field, .limit = limit };
	}
	q->selection.wishes = q->wishes;
	return rc;
}

static int read_page(struct finishing *f)
{
	struct question *q = f->q;
	const char *across = q->values[QUESTION_ACROSS];
	q->selection.limit = SEARCH_LIMIT_DEFAULT;
	q->selection.cursor = q->values[QUESTION_CURSOR];
	int rc = read_number(f, QUESTION_LIMIT, 1, SEARCH_LIMIT_MAX, &q->selection.limit);
	if (rc == OK)
		rc = read_number(f, QUESTION_OFFSET, 0, SEARCH_OFFSET_MAX, &q->selection.offset);
	if (rc == OK && q->selection.cursor != NULL && q->values[QUESTION_OFFSET] != NULL)
		return wrong(f, QUESTION_OFFSET, q->values[QUESTION_OFFSET],
		             "to be given with a cursor, which is a place itself");
	if (rc == OK && across != NULL && strcmp(across, "0") != 0 && strcmp(across, "1") != 0)
		return wrong(f, QUESTION_ACROSS, across, "0 or 1");
	q->selection.across =
	    q->values[QUESTION_Q] != NULL && q->selection.sort_count == 0 && (across == NULL || across[0] == '1');
	return rc;
}

int question_finish(struct question *q, struct arena *arena, struct err *err)
{
	struct finishing f = { .q = q, .arena = arena, .err = err };
	int rc = OK;
	q->selection = (struct selection){ 0 };
	if (q->values[QUESTION_Q] != NULL) {
		q->wrong = NAMES[QUESTION_Q].name;
		rc = question_words(q->values[QUESTION_Q], arena, &f.where, err);
		if (rc != OK)
			return err_wrap(err, rc, "parameter q");
		q->wrong = NULL;
	}
	for (size_t i = 0; rc == OK && i < QUESTION_NAMES; i++)
		rc = add_filter(&f, (enum question_name)i);
	if (rc == OK)
		rc = read_sort(&f);
	if (rc == OK)
		rc = read_facets(&f);
	if (rc == OK)
		rc = read_page(&f);
	if (f.where == NULL)
		f.where = clause(&f, FIELD_EVERY, COMPARE_IS, "");
	q->selection.where = f.where;
	return rc;
}
