/* figures: one walk over the measures, and the rows that come of it; declared in measures.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/core/authority.h"
#include "node/store/entries.h"
#include "node/store/graph.h"
#include "node/store/measures.h"
#include "node/store/schema.h"
#include "node/store/tags.h"
#include "proto/level.h"
#include "proto/record.h"

enum {
	YEARS = 10000,
	FIELDS = 100,
	CODES = 16, /* more than any list of codes has */
	AGES = 9,   /* the last: not known */
	AUTHORITIES = AUTHORITY_THIRD_PARTY + 1,
	ROWS_MAX = AUTHORITIES + YEARS + FIELDS + AGES + 8 * CODES + FIGURE_LANGUAGES_MAX,
};

/* What an origin says about one standard. */
struct group {
	struct buf about;
	int64_t slot;
	enum authority authority;
	bool standard;
	int64_t level, obligation, status, year, degree, started, finished, last;
	bool fields[FIELDS];
};

struct count {
	int64_t day;
	struct group group;
	const char *names[SLOT_MAX + 1]; /* of origins, by slot */
	struct claims claims;            /* none: whoever speaks counts */
	uint64_t stated[AUTHORITIES];    /* standards, also those that do not count */
	uint64_t standards, level[CODES], status[CODES], obligation[CODES];
	uint64_t field[FIELDS], fieldless, year[YEARS];
	uint64_t national, degree[DEGREES];
	uint64_t current, age[AGES];
	uint64_t measured, months;
	uint64_t translations, standing[CODES];
	struct tags languages;
	uint64_t feedback, closed, timed, days, overdue;
};

/* ---- dates, as measures.h has them ---- */

static int64_t earlier_of(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static int64_t months_of(int64_t date)
{
	return date / 10000 * 12 + date / 100 % 100;
}

/* Days since some day: the civil calendar, its years beginning in March. */
static int64_t days_of(int64_t date)
{
	int64_t month = date / 100 % 100, year = date / 10000 - (month <= 2), day = date % 100;
	int64_t months_since_march = month > 2 ? month - 3 : month + 9;
	return year * 365 + year / 4 - year / 100 + year / 400 + (153 * months_since_march + 2) / 5 + day;
}

static bool has_day(int64_t date)
{
	return date % 100 != 0;
}

/* Is that day after the date, of which a month or a year may be all that is known? */
static bool is_over(int64_t date, int64_t day)
{
	int64_t unit = date % 100 != 0 ? 1 : date % 10000 != 0 ? 100 : 10000;
	return date != 0 && date / unit < day / unit;
}

/* ---- one group, one row ---- */

static void add_code(uint64_t counts[CODES], int64_t code, const char *word)
{
	counts[word != NULL ? code : 0]++;
}

/* Whole years: 0 to 4 one by one, then 5 to 9, 10 to 19, 20 and more. */
static int age_of(int64_t last, int64_t day)
{
	if (last == 0)
		return AGES - 1;
	int64_t years = day / 10000 - last / 10000 - (day % 10000 < last % 10000);
	return years < 0 ? 0 : years < 5 ? (int)years : years < 10 ? 5 : years < 20 ? 6 : 7;
}

static void add_time(struct count *c, int64_t started, int64_t finished)
{
	if (started == 0 || finished == 0 || months_of(finished) < months_of(started))
		return;
	c->measured++;
	c->months += (uint64_t)(months_of(finished) - months_of(started));
}

static void add_standard(struct count *c, const struct group *g)
{
	bool any = false;
	c->stated[g->authority]++;
	if (!authority_plain(g->authority))
		return;
	c->standards++;
	add_code(c->level, g->level, level_word((int)g->level));
	add_code(c->status, g->status, status_word((int)g->status));
	add_code(c->obligation, g->obligation, obligation_word((int)g->obligation));
	for (int i = 0; i < FIELDS; i++) {
		c->field[i] += g->fields[i];
		any = any || g->fields[i];
	}
	c->fieldless += !any;
	c->year[g->year]++;
	add_time(c, g->started, g->finished);
	if (g->status != NORMLINK__STATUS__STATUS_CURRENT)
		return;
	c->current++;
	c->age[age_of(g->last, c->day)]++;
	if (g->level == NORMLINK__LEVEL__LEVEL_NATIONAL) {
		c->national++;
		c->degree[g->degree]++;
	}
}

/* Of a group that begins. */
static enum authority authority_now(struct count *c)
{
	struct group *g = &c->group;
	must(g->slot >= 0 && g->slot <= SLOT_MAX && c->names[g->slot] != NULL);
	if (c->claims.count == 0)
		return AUTHORITY_UNCLAIMED;
	return authority_decide(&c->claims, c->names[g->slot], NORMLINK__KIND__KIND_STANDARD, buf_str(&g->about));
}

static void group_end(struct count *c)
{
	if (c->group.standard)
		add_standard(c, &c->group);
	c->group.standard = false;
	c->group.degree = c->group.last = 0;
}

enum column {
	ABOUT,
	SLOT,
	KIND,
	REST,
	LEVEL,
	OBLIGATION,
	STATUS,
	YEAR,
	DEGREE,
	STARTED,
	FINISHED,
	LAST,
	DUE,
	STATE,
	ICS,
	MADE_STARTED,
	MADE_FINISHED,
	MADE
};

static void read_standard(struct group *g, sqlite3_stmt *row)
{
	struct bytes fields = db_column_bytes(row, ICS);
	g->standard = true;
	g->level = sqlite3_column_int64(row, LEVEL);
	g->obligation = sqlite3_column_int64(row, OBLIGATION);
	g->status = sqlite3_column_int64(row, STATUS);
	g->year = sqlite3_column_int64(row, YEAR);
	g->started = earlier_of(sqlite3_column_int64(row, STARTED), sqlite3_column_int64(row, MADE_STARTED));
	g->finished = sqlite3_column_int64(row, FINISHED);
	if (g->finished == 0)
		g->finished = sqlite3_column_int64(row, MADE_FINISHED);
	memset(g->fields, 0, sizeof g->fields);
	for (size_t i = 0; i + 1 < fields.len; i += 2)
		g->fields[(fields.data[i] - '0') * 10 + fields.data[i + 1] - '0'] = true;
	must(g->year >= 0 && g->year < YEARS);
}

static void add_feedback(struct count *c, sqlite3_stmt *row)
{
	int64_t started = sqlite3_column_int64(row, STARTED), finished = sqlite3_column_int64(row, FINISHED);
	c->feedback++;
	if (sqlite3_column_int64(row, STATE) != FEEDBACK_CLOSED) {
		c->overdue += is_over(sqlite3_column_int64(row, DUE), c->day);
		return;
	}
	c->closed++;
	if (has_day(started) && has_day(finished) && finished >= started) {
		c->timed++;
		c->days += (uint64_t)(days_of(finished) - days_of(started));
	}
}

static void add_translation(struct count *c, sqlite3_stmt *row)
{
	int64_t standing = sqlite3_column_int64(row, STATE);
	c->translations++;
	c->standing[standing >= 1 && standing <= 2 ? standing : 0]++;
	tags_add(&c->languages, db_column_bytes(row, REST));
}

static void add_row(struct count *c, sqlite3_stmt *row)
{
	struct group *g = &c->group;
	bool plain = authority_plain(g->authority);
	g->degree = earlier_of(g->degree, sqlite3_column_int64(row, DEGREE));
	if (sqlite3_column_int64(row, LAST) > g->last && sqlite3_column_int(row, KIND) != NORMLINK__KIND__KIND_PROJECT)
		g->last = sqlite3_column_int64(row, LAST);
	switch (sqlite3_column_int(row, KIND)) {
	case NORMLINK__KIND__KIND_STANDARD:
		read_standard(g, row);
		break;
	case NORMLINK__KIND__KIND_PROJECT:
		if (plain && sqlite3_column_int(row, MADE) == 0)
			add_time(c, sqlite3_column_int64(row, STARTED), sqlite3_column_int64(row, FINISHED));
		break;
	case NORMLINK__KIND__KIND_TRANSLATION:
		if (plain)
			add_translation(c, row);
		break;
	case NORMLINK__KIND__KIND_FEEDBACK:
		if (plain && db_column_bytes(row, REST).len == 0)
			add_feedback(c, row);
		break;
	default: /* adoptions and reviews are counted with their standard */
		break;
	}
}

/* What a row is about: a group of its own, unless it goes on with the one before. */
static void turn_to(struct count *c, sqlite3_stmt *row)
{
	struct group *g = &c->group;
	struct bytes about = db_column_bytes(row, ABOUT);
	int64_t slot = sqlite3_column_int64(row, SLOT);
	if (slot == g->slot && bytes_equal(about, buf_bytes(&g->about)))
		return;
	group_end(c);
	buf_reset(&g->about);
	buf_add_bytes(&g->about, about);
	g->slot = slot;
	g->authority = authority_now(c);
}

/* The newest statement of an origin on a subject, if it was not retracted. */
#define COUNTS(f)                                                                                                      \
	f ".retracted = 0 AND NOT EXISTS (SELECT 1 FROM measure AS n WHERE n.about = " f ".about AND n.slot = " f          \
	  ".slot AND n.kind = " f ".kind AND n.rest = " f ".rest AND n.doc > " f ".doc)"

static int walk(struct store *s, int64_t slot, struct count *c, struct err *err)
{
	static const char sql[] =
	    "SELECT f.about, f.slot, f.kind, f.rest, f.level, f.obligation, f.status, f.year, f.degree, f.started,"
	    " f.finished, f.last, f.due, f.state, f.fields,"
	    " CASE f.kind WHEN 1 THEN (SELECT min(p.started) FROM measure AS p WHERE p.makes = f.about AND p.slot = f.slot"
	    " AND p.started > 0 AND " COUNTS(
	        "p") ") END,"
	             " CASE f.kind WHEN 1 THEN (SELECT min(p.finished) FROM measure AS p WHERE p.makes = f.about AND "
	             "p.slot = "
	             "f.slot"
	             " AND p.finished > 0 AND " COUNTS(
	                 "p") ") END,"
	                      " CASE f.kind WHEN 2 THEN EXISTS (SELECT 1 FROM measure AS m WHERE m.about = f.makes AND "
	                      "m.slot "
	                      "= f.slot"
	                      " AND m.kind = 1 AND " COUNTS(
	                          "m") ") END"
	                               " FROM measure AS f WHERE (?1 = 0 OR f.slot = ?1) AND " COUNTS(
	                                   "f") " ORDER BY f.about, f.slot, f.kind, f.rest";
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(&s->db, err, &stmt, sql, db_int(slot));
	while (rc == OK) {
		rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		turn_to(c, stmt);
		add_row(c, stmt);
	}
	db_end(stmt);
	group_end(c);
	buf_free(&c->group.about);
	return rc;
}

/* ---- rows ---- */

static void put(struct figure_list *out, enum figure figure, const char *key, uint64_t numerator, uint64_t denominator)
{
	must(out->count < ROWS_MAX);
	out->v[out->count++] = (struct figure_row){ figure, key, numerator, denominator };
}

/* A list of codes in its order, and last what has none. */
static void put_codes(struct figure_list *out, enum figure figure, const uint64_t counts[CODES],
                      const char *(*word)(int), uint64_t of)
{
	for (int i = 1; i < CODES && word(i) != NULL; i++)
		put(out, figure, word(i), counts[i], of);
	put(out, figure, "unknown", counts[0], of);
}

static void put_standards(struct figure_list *out, const struct count *c, struct arena *arena)
{
	put_codes(out, FIGURE_LEVEL, c->level, level_word, c->standards);
	put_codes(out, FIGURE_STATUS, c->status, status_word, c->standards);
	put_codes(out, FIGURE_OBLIGATION, c->obligation, obligation_word, c->standards);
	for (int i = 0; i < FIELDS; i++)
		if (c->field[i] > 0)
			put(out, FIGURE_ICS, arena_printf(arena, "%02d", i), c->field[i], c->standards);
	put(out, FIGURE_ICS, "none", c->fieldless, c->standards);
	for (int i = 1; i < YEARS; i++)
		if (c->year[i] > 0)
			put(out, FIGURE_YEAR, arena_printf(arena, "%04d", i), c->year[i], c->standards);
	put(out, FIGURE_YEAR, "unknown", c->year[0], c->standards);
	put(out, FIGURE_MARKET, "",
	    c->level[NORMLINK__LEVEL__LEVEL_ASSOCIATION] + c->level[NORMLINK__LEVEL__LEVEL_ENTERPRISE],
	    c->standards - c->level[0]);
}

static void put_lives(struct figure_list *out, const struct count *c)
{
	static const char *const ages[AGES] = { "0", "1", "2", "3", "4", "5-9", "10-19", "20+", "unknown" };
	const uint64_t *d = c->degree;
	put(out, FIGURE_ADOPTION, "", d[NORMLINK__DEGREE__DEGREE_IDT] + d[NORMLINK__DEGREE__DEGREE_MOD] + d[DEGREE_UNTOLD],
	    c->national);
	for (int i = NORMLINK__DEGREE__DEGREE_IDT; i < DEGREE_UNTOLD; i++)
		put(out, FIGURE_DEGREE, degree_word(i), d[i], c->national);
	put(out, FIGURE_DEGREE, "unknown", d[DEGREE_UNTOLD], c->national);
	put(out, FIGURE_DEGREE, "none", d[0], c->national);
	put(out, FIGURE_DEVELOPMENT, "", c->months, c->measured);
	for (int i = 0; i < AGES; i++)
		put(out, FIGURE_AGE, ages[i], c->age[i], c->current);
}

static void put_feedback(struct figure_list *out, const struct count *c)
{
	put(out, FIGURE_FEEDBACK, "open", c->feedback - c->closed, c->feedback);
	put(out, FIGURE_FEEDBACK, "closed", c->closed, c->feedback);
	put(out, FIGURE_CLOSING, "", c->days, c->timed);
	put(out, FIGURE_OVERDUE, "", c->overdue, c->feedback - c->closed);
}

/* In the order of their tags; those beyond the limit together. */
static void put_languages(struct figure_list *out, const struct count *c, struct arena *arena)
{
	for (size_t i = 0; i < c->languages.count; i++)
		put(out, FIGURE_TRANSLATION, arena_str(arena, c->languages.v[i].tag), c->languages.v[i].count, c->translations);
	if (c->languages.others > 0)
		put(out, FIGURE_TRANSLATION, "other", c->languages.others, c->translations);
}

static void put_authorities(struct figure_list *out, const struct count *c)
{
	uint64_t all = 0;
	for (int i = 0; i < AUTHORITIES; i++)
		all += c->stated[i];
	for (int i = 0; i < AUTHORITIES; i++)
		put(out, FIGURE_AUTHORITY, authority_word((enum authority)i), c->stated[i], all);
}

static void put_all(const struct count *c, bool authorities, struct arena *arena, struct figure_list *out)
{
	out->v = arena_array(arena, ROWS_MAX, sizeof *out->v);
	if (authorities)
		put_authorities(out, c);
	put_standards(out, c, arena);
	put_lives(out, c);
	put_languages(out, c, arena);
	put(out, FIGURE_STANDING, "official", c->standing[NORMLINK__TRANSLATION__STANDING__STANDING_OFFICIAL],
	    c->translations);
	put(out, FIGURE_STANDING, "unofficial", c->standing[NORMLINK__TRANSLATION__STANDING__STANDING_UNOFFICIAL],
	    c->translations);
	put(out, FIGURE_STANDING, "unknown", c->standing[0], c->translations);
	put_feedback(out, c);
}

/* Names of logs, and what they claim; of opinions, those of the log that was chosen. */
static int prepare(struct store *s, const struct figure_question *q, struct arena *arena, struct count *c,
                   struct err *err)
{
	struct origin_row *origins;
	size_t count;
	int rc = origin_list(&s->db, arena, &origins, &count, err);
	for (size_t i = 0; rc == OK && i < count; i++) {
		must(origins[i].slot >= 0 && origins[i].slot <= SLOT_MAX);
		c->names[origins[i].slot] = origins[i].name;
	}
	if (rc != OK || q->origin != NULL)
		return rc;
	return graph_read_claims_as(s, q->opinions != NULL ? q->opinions : "", arena, &c->claims, err);
}

int measures_count(struct store *s, const struct figure_question *q, struct arena *arena, struct figure_list *out,
                   struct err *err)
{
	struct origin_row o = { 0 };
	struct arena scratch = { 0 };
	*out = (struct figure_list){ 0 };
	int rc = q->origin != NULL ? origin_find(&s->db, q->origin, &o, err) : OK;
	if (rc != OK)
		return rc;
	struct count *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->day = q->day;
	c->languages.limit = FIGURE_LANGUAGES_MAX;
	rc = prepare(s, q, &scratch, c, err);
	if (rc == OK)
		rc = walk(s, o.slot, c, err);
	if (rc == OK)
		put_all(c, q->origin == NULL, arena, out);
	tags_free(&c->languages);
	free(c);
	arena_free(&scratch);
	return rc;
}
