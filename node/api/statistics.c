/* GET /api/v1/statistics: figures that anybody can count again; proto/STATISTICS.md says what each is.
 *
 * The same heads and day give the same bytes on every node, so nothing is said here of the node, of the time, of what
 * else it holds, or of who has cosigned. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/csv.h"
#include "node/api/etag.h"
#include "node/api/negotiate.h"
#include "node/api/text.h"
#include "proto/entry.h"
#include "proto/record.h"

enum { KEY_WIDTH = 20, NUMBER_WIDTH = 10, VALUE_MAX = 32 };

/* What stands above and below the line. */
static const struct {
	const char *name, *numerator, *denominator;
} figures[FIGURES] = {
	[FIGURE_AUTHORITY] = { "authority", "standards stated by logs of this authority", "standards stated" },
	[FIGURE_LEVEL] = { "level", "standards of this level", "standards" },
	[FIGURE_STATUS] = { "status", "standards of this status", "standards" },
	[FIGURE_OBLIGATION] = { "obligation", "standards of this obligation", "standards" },
	[FIGURE_ICS] = { "ics", "standards with a code of this ICS field", "standards" },
	[FIGURE_YEAR] = { "year", "standards published in this year", "standards" },
	[FIGURE_MARKET] = { "market", "standards of associations and enterprises", "standards whose level is known" },
	[FIGURE_ADOPTION] = { "adoption", "current national standards that adopt an international one, not as NEQ",
	                      "current national standards" },
	[FIGURE_DEGREE] = { "degree", "current national standards by their nearest degree to an international one",
	                    "current national standards" },
	[FIGURE_DEVELOPMENT] = { "development", "months from proposal to publication",
	                         "standards of which both months are known" },
	[FIGURE_AGE] = { "age", "current standards by full years since publication, confirmation or review",
	                 "current standards" },
	[FIGURE_TRANSLATION] = { "translation", "translations into this language", "translations" },
	[FIGURE_STANDING] = { "standing", "translations of this standing", "translations" },
	[FIGURE_FEEDBACK] = { "feedback", "feedback in this state", "feedback" },
	[FIGURE_CLOSING] = { "closing", "days from receipt to closing", "closed feedback of which both days are known" },
	[FIGURE_OVERDUE] = { "overdue", "open feedback whose deadline is before the day", "open feedback" },
};

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };

/* A log that is counted. */
struct head {
	const struct as_of *at;
	uint64_t missing; /* public entries of which the record is not here, as a whole mirror's would be */
};

struct statistics {
	const char *origin;   /* NULL: all */
	const char *opinions; /* whose opinions about other logs count; NULL: nobody's */
	const char *day;      /* YYYY-MM-DD; NULL: there is no entry */
	const char *by;       /* one figure; NULL: all */
	enum form form;
	struct head *heads;
	size_t head_count;
	struct figure_list list;
};

/* ---- the question ---- */

static bool read_form(struct answer *a, struct statistics *s)
{
	static const char *const words[] = { [FORM_TEXT] = "text", [FORM_JSON] = "json", [FORM_CSV] = "csv" };
	const char *word;
	if (!answer_parameter(a, "format", &word))
		return false;
	s->form = negotiate_csv(a->request) ? FORM_CSV : a->text ? FORM_TEXT : FORM_JSON;
	if (word == NULL)
		return true;
	for (int i = FORM_TEXT; i <= FORM_CSV; i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		s->form = (enum form)i;
		a->text = i == FORM_CSV ? a->text : i == FORM_TEXT;
		return true;
	}
	problem_parameter(a, "format", "parameter format is text, json or csv");
	return false;
}

static bool read_by(struct answer *a, struct statistics *s)
{
	if (!answer_parameter(a, "by", &s->by))
		return false;
	struct buf names = { 0 };
	bool known = s->by == NULL;
	for (int i = 0; i < FIGURES; i++) {
		known = known || strcmp(s->by, figures[i].name) == 0;
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", figures[i].name);
	}
	if (!known)
		problem_parameter(a, "by", "parameter by is one of %s", buf_str(&names));
	buf_free(&names);
	return known;
}

static bool read_question(struct answer *a, struct statistics *s)
{
	static const char *const known[] = { "origin", "opinions", "by", "date", "format", NULL };
	if (!answer_parameters_known(a, known) || !read_form(a, s) || !read_by(a, s) ||
	    !answer_parameter(a, "origin", &s->origin) || !answer_parameter(a, "opinions", &s->opinions) ||
	    !answer_parameter(a, "date", &s->day))
		return false;
	if (s->origin != NULL && s->opinions != NULL) {
		problem_parameter(a, "opinions", "parameter opinions: with origin it is not asked who speaks for what");
		return false;
	}
	if (s->day == NULL || (date_valid(s->day) && strlen(s->day) == 10))
		return true;
	problem_parameter(a, "date", "parameter date is a day like 2026-03-01");
	return false;
}

/* ---- heads, and the day ---- */

/* Public entries without a record here: what is counted then is less than it would be elsewhere, and says so. */
static uint64_t missing_of(const struct withheld *list, size_t count, const char *origin)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].origin, origin) == 0 && strcmp(list[i].collection, COLLECTION_PUBLIC) == 0)
			return list[i].count;
	return 0;
}

/* The last entry of a log: its time is in the log, and so everybody's.  *held: records come with its entries; those of
 * logs outside do not. */
static bool read_last(struct answer *a, const struct as_of *at, bool *held, uint64_t *time_ms)
{
	const struct view *view = a->context->view;
	struct arena arena = { 0 };
	struct found last;
	struct envelope e;
	struct err err = { 0 };
	int rc = view->entry(view->ctx, at->origin, at->size - 1, &arena, &last, &err);
	*held = rc == OK && last.state != PAYLOAD_NONE;
	*time_ms = *held && envelope_parse(last.envelope, &e, NULL) == OK ? e.time_ms : 0;
	arena_free(&arena);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

static bool read_heads(struct answer *a, struct statistics *s, uint64_t *newest_ms)
{
	const struct view *view = a->context->view;
	struct withheld *withheld = NULL;
	size_t withheld_count = 0;
	struct err err = { 0 };
	int rc = view->withheld(view->ctx, &a->found, &withheld, &withheld_count, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	s->heads = arena_array(a->arena, a->as_of_count + 1, sizeof *s->heads);
	for (size_t i = 0; i < a->as_of_count; i++) {
		const struct as_of *at = &a->as_of[i];
		uint64_t time_ms;
		bool held;
		if (at->size == 0 || (s->origin != NULL && strcmp(s->origin, at->origin) != 0))
			continue;
		if (!read_last(a, at, &held, &time_ms))
			return false;
		if (!held)
			continue;
		s->heads[s->head_count++] =
		    (struct head){ .at = at, .missing = missing_of(withheld, withheld_count, at->origin) };
		*newest_ms = time_ms > *newest_ms ? time_ms : *newest_ms;
		answer_mark(a, at);
	}
	return true;
}

static bool find_heads(struct answer *a, struct statistics *s)
{
	uint64_t newest_ms = 0;
	if (!read_heads(a, s, &newest_ms))
		return false;
	if (s->day == NULL && newest_ms > 0)
		s->day = arena_strn(a->arena, answer_time(a->arena, newest_ms, true), strlen("2026-03-01"));
	return true;
}

static int64_t day_number(const char *day)
{
	int64_t n = 0;
	for (; day != NULL && *day != '\0'; day++)
		n = *day == '-' ? n : n * 10 + (*day - '0');
	return n;
}

/* numerator / denominator with four decimals, half rounded up; "" where nothing is divided. */
static const char *value_of(const struct figure_row *r, char out[VALUE_MAX])
{
	out[0] = '\0';
	if (r->denominator == 0)
		return out;
	uint64_t whole = r->numerator / r->denominator, rest = r->numerator % r->denominator;
	uint64_t parts = (rest * 20000 + r->denominator) / (2 * r->denominator);
	(void)snprintf(out, VALUE_MAX, "%" PRIu64 ".%04" PRIu64, whole + parts / 10000, parts % 10000);
	return out;
}

static bool shown(const struct statistics *s, int figure)
{
	return s->by == NULL || strcmp(s->by, figures[figure].name) == 0;
}

/* ---- JSON ---- */

static void put_row(const struct figure_row *r, struct json *j)
{
	char value[VALUE_MAX];
	json_object_begin(j);
	json_key(j, "key");
	json_text(j, r->key);
	json_key(j, "numerator");
	json_u64(j, r->numerator);
	json_key(j, "denominator");
	json_u64(j, r->denominator);
	json_key(j, "value");
	json_text(j, r->denominator > 0 ? value_of(r, value) : NULL);
	json_object_end(j);
}

static void put_figure(const struct statistics *s, int figure, struct json *j)
{
	json_object_begin(j);
	json_key(j, "figure");
	json_text(j, figures[figure].name);
	json_key(j, "numerator");
	json_text(j, figures[figure].numerator);
	json_key(j, "denominator");
	json_text(j, figures[figure].denominator);
	json_key(j, "rows");
	json_array_begin(j);
	for (size_t i = 0; i < s->list.count; i++)
		if ((int)s->list.v[i].figure == figure)
			put_row(&s->list.v[i], j);
	json_array_end(j);
	json_object_end(j);
}

static void put_head(struct answer *a, const struct head *h, struct json *j)
{
	json_object_begin(j);
	json_key(j, "origin");
	json_text(j, h->at->origin);
	json_key(j, "size");
	json_u64(j, h->at->size);
	json_key(j, "root");
	json_text(j, answer_root(a->arena, &h->at->root));
	if (h->missing > 0) {
		json_key(j, "missing");
		json_u64(j, h->missing);
	}
	json_object_end(j);
}

static void put_json(struct answer *a, const struct statistics *s)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "day");
	json_text(&j, s->day);
	json_key(&j, "origin");
	json_text(&j, s->origin);
	json_key(&j, "opinions");
	json_text(&j, s->opinions);
	json_key(&j, "figures");
	json_array_begin(&j);
	for (int i = 0; i < FIGURES; i++)
		if (shown(s, i))
			put_figure(s, i, &j);
	json_array_end(&j);
	json_key(&j, "as_of");
	json_array_begin(&j);
	for (size_t i = 0; i < s->head_count; i++)
		put_head(a, &s->heads[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- CSV (RFC 4180) ---- */

/* A log is a row like any other: its name, its size, and its root as the value. */
static void put_csv(struct answer *a, const struct statistics *s)
{
	struct buf *out = &a->body;
	char value[VALUE_MAX];
	buf_add_str(out, "figure,key,numerator,denominator,value,counted,of\r\n");
	for (size_t i = 0; i < s->list.count; i++) {
		const struct figure_row *r = &s->list.v[i];
		if (!shown(s, (int)r->figure))
			continue;
		buf_printf(out, "%s,", figures[r->figure].name);
		csv_put(out, r->key);
		buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%s,", r->numerator, r->denominator, value_of(r, value));
		csv_put(out, figures[r->figure].numerator);
		buf_add_char(out, ',');
		csv_put(out, figures[r->figure].denominator);
		buf_add_str(out, "\r\n");
	}
	buf_printf(out, "day,%s,,,,the day of ages and deadlines,\r\n", s->day != NULL ? s->day : "");
	if (s->opinions != NULL) {
		buf_add_str(out, "opinions,");
		csv_put(out, s->opinions);
		buf_add_str(out, ",,,,what this log says of who speaks for what counts,\r\n");
	}
	for (size_t i = 0; i < s->head_count; i++) {
		const struct head *h = &s->heads[i];
		buf_add_str(out, "as-of,");
		csv_put(out, h->at->origin);
		buf_printf(out, ",%" PRIu64 ",,%s,entries of this log and their root,\r\n", h->at->size,
		           answer_root(a->arena, &h->at->root));
		if (h->missing == 0)
			continue;
		buf_add_str(out, "missing,");
		csv_put(out, h->at->origin);
		buf_printf(out, ",%" PRIu64 ",,,public records that are not here and not counted,\r\n", h->missing);
	}
}

/* ---- text ---- */

static void put_text_row(struct buf *out, const struct figure_row *r)
{
	char value[VALUE_MAX];
	buf_add_str(out, "  ");
	text_pad(out, r->key[0] != '\0' ? r->key : "all", KEY_WIDTH);
	buf_printf(out, "%*" PRIu64 " / %-*" PRIu64 "%s\n", NUMBER_WIDTH, r->numerator, NUMBER_WIDTH, r->denominator,
	           r->denominator > 0 ? value_of(r, value) : "-");
}

static void put_text(struct answer *a, const struct statistics *s)
{
	struct buf *out = &a->body;
	for (int i = 0; i < FIGURES; i++) {
		if (!shown(s, i))
			continue;
		buf_printf(out, "%s: %s / %s\n", figures[i].name, figures[i].numerator, figures[i].denominator);
		for (size_t k = 0; k < s->list.count; k++)
			if ((int)s->list.v[k].figure == i)
				put_text_row(out, &s->list.v[k]);
		buf_add_char(out, '\n');
	}
	buf_printf(out, "day    %s\n", s->day != NULL ? s->day : "no entry yet");
	if (s->opinions != NULL) {
		buf_add_str(out, "who speaks for what, as ");
		text_put(out, s->opinions);
		buf_add_str(out, " says\n");
	}
	for (size_t i = 0; i < s->head_count; i++) {
		const struct head *h = &s->heads[i];
		buf_add_str(out, "as of  ");
		text_put(out, h->at->origin);
		buf_printf(out, "  size %" PRIu64 "  root %s", h->at->size, answer_root(a->arena, &h->at->root));
		if (h->missing > 0)
			buf_printf(out, "  without %" PRIu64 " public records that are not here", h->missing);
		buf_add_char(out, '\n');
	}
}

static bool log_held(struct answer *a, const char *parameter, const char *name)
{
	if (name == NULL || answer_origin(a, name) != NULL)
		return true;
	problem_parameter(a, parameter, "parameter %s: this node holds no log of that name; /api/v1/heads lists them",
	                  parameter);
	return false;
}

void statistics_answer(struct answer *a)
{
	struct statistics s = { 0 };
	struct err err = { 0 };
	if (!read_question(a, &s) || !etag_begin(a))
		return;
	if (!log_held(a, "origin", s.origin) || !log_held(a, "opinions", s.opinions))
		return;
	if (!find_heads(a, &s))
		return;
	const struct view *view = a->context->view;
	const struct figure_question question = { .origin = s.origin, .opinions = s.opinions, .day = day_number(s.day) };
	int rc = view->statistics(view->ctx, &question, &a->found, &s.list, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	if (s.form == FORM_CSV)
		a->type = "text/csv; charset=utf-8; header=present";
	if (s.form == FORM_CSV)
		put_csv(a, &s);
	else if (s.form == FORM_TEXT)
		put_text(a, &s);
	else
		put_json(a, &s);
}
