#include "node/store/masked.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/pattern.h"
#include "node/store/schema.h"
#include "node/store/statement.h"

#define LAST_WORD "\xf4\x8f\xbf\xbf" /* behind every word */

/* ---- the vocabulary ------------------------------------------------------------------------------------------- */

/* SQLite shows the words of the index as a table, once it is asked to; in the connection's own memory, so that a node
 * that only reads may do it, too. */
static int open_vocabulary(struct finding *f)
{
	return db_script(&f->store->db, f->err,
	                 "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, row);"
	                 "CREATE VIRTUAL TABLE IF NOT EXISTS temp.columns USING fts5vocab(main, words, col);");
}

static void put_quoted(struct buf *out, const char *term, size_t len)
{
	buf_add_char(out, '"');
	buf_add(out, term, len);
	buf_add_char(out, '"');
}

/* What stands before the first mask. */
static size_t stem_of(const char *masked)
{
	return strcspn(masked, "*?");
}

/* Every word that fits: "(a OR b OR c)"; of none a word that nobody has. */
static int spell_out(struct finding *f, const struct pattern_term *t, size_t *room, struct buf *out)
{
	static const char sql[] = "SELECT term FROM temp.vocabulary WHERE term >= ?1 AND term <= ?2";
	char low[sizeof t->text + 1], high[sizeof t->text + 8];
	size_t stem = stem_of(t->text), found = 0;
	sqlite3_stmt *stmt;
	(void)snprintf(low, sizeof low, "%.*s", (int)stem, t->text);
	(void)snprintf(high, sizeof high, "%.*s" LAST_WORD, (int)stem, t->text);
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_text(low), db_text(high));
	buf_add_char(out, '(');
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		char term[sizeof t->text + FOLD_TERM_MAX];
		struct bytes b = db_column_bytes(stmt, 0);
		rc = finding_pay(f);
		(void)snprintf(term, sizeof term, "%.*s", (int)b.len, (const char *)b.data);
		if (rc != OK || !pattern_fits(t->text, term))
			continue;
		if (*room == 0) {
			rc = err_set(f->err, ERR_LIMIT, "the masked words stand for more than %d words", PATTERN_TERMS_MAX);
			break;
		}
		--*room;
		buf_add_str(out, found++ > 0 ? " OR " : "");
		put_quoted(out, (const char *)b.data, b.len);
	}
	db_end(stmt);
	if (found == 0)
		put_quoted(out, "\xef\xbf\xbf", 3);
	buf_add_char(out, ')');
	return rc;
}

/* ---- docs that have the words --------------------------------------------------------------------------------- */

/* One character of Han, Kana or Hangul, which lie above U+1100. */
static bool is_wide(const struct pattern_term *t)
{
	unsigned char first = (unsigned char)t->text[0];
	return first >= 0xe1 && strlen(t->text) == (first >= 0xf0 ? 4 : 3);
}

static int put_term(struct finding *f, const struct pattern_term *t, size_t *room, struct buf *out)
{
	size_t stem = stem_of(t->text);
	/* "qual*" the index knows itself. */
	bool beginning = t->masked && stem > 0 && strcmp(t->text + stem, "*") == 0;
	if (t->masked && !beginning)
		return spell_out(f, t, room, out);
	put_quoted(out, t->text, t->masked ? stem : strlen(t->text));
	buf_add_str(out, beginning || is_wide(t) ? "*" : "");
	return OK;
}

static int put_terms(struct finding *f, const struct pattern *p, const char *between, size_t *room, struct buf *out)
{
	int rc = OK;
	buf_add_char(out, '(');
	for (size_t i = 0; rc == OK && i < p->count; i++) {
		buf_add_str(out, i == 0 ? "" : p->v[i].joined ? " AND " : between);
		rc = put_term(f, &p->v[i], room, out);
	}
	buf_add_char(out, ')');
	return rc;
}

static const char *column_of(enum record_field field)
{
	return field == FIELD_REFERENCE  ? "reference"
	       : field == FIELD_TITLE    ? "title"
	       : field == FIELD_ABSTRACT ? "abstract"
	                                 : NULL;
}

static int candidates(struct finding *f, const struct condition *c, const struct pattern *words,
                      const struct pattern *near, struct docs *out)
{
	static const char sql[] = "SELECT d.id, closeness(words, d.title_bytes), d.current FROM words CROSS JOIN doc AS d"
	                          " ON d.id = words.rowid WHERE words MATCH ?2" SEEN;
	struct buf expression = { 0 };
	size_t room = PATTERN_TERMS_MAX;
	sqlite3_stmt *stmt = NULL;
	if (column_of(c->field) != NULL)
		buf_printf(&expression, "{%s} : ", column_of(c->field));
	buf_add_char(&expression, '(');
	int rc = put_terms(f, words, c->relation == COMPARE_ANY ? " OR " : " AND ", &room, &expression);
	if (rc == OK && near != NULL) {
		buf_add_str(&expression, " AND ");
		rc = put_terms(f, near, " AND ", &room, &expression);
	}
	buf_add_char(&expression, ')');
	if (rc == OK)
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_textn(buf_bytes(&expression)));
	if (rc == OK)
		rc = clause_collect(f, stmt, out);
	buf_free(&expression);
	return rc;
}

/* ---- those that have them in their places --------------------------------------------------------------------- */

/* A masked word alone, or words that may stand anywhere: the index has said all. */
static bool needs_look(const struct condition *c, const struct pattern *words, const struct pattern *near)
{
	bool pairs = false;
	for (size_t i = 1; i < words->count; i++)
		pairs = pairs || words->v[i].joined;
	return near != NULL || c->pattern->begins || c->pattern->ends || pairs ||
	       (c->relation == COMPARE_PHRASE && words->count > 1);
}

static int look(struct finding *f, const struct condition *c, const struct pattern *words, const struct pattern *near,
                int64_t doc, bool *has)
{
	struct arena arena = { 0 };
	struct bytes payload;
	enum payload_state state;
	struct statement s;
	int rc = OK;
	*has = false;
	for (int i = 0; rc == OK && i < PATTERN_COST; i++)
		rc = finding_pay(f);
	if (rc == OK)
		rc = payload_read(f->store, id_slot(doc), id_index(doc), &arena, &payload, &state, f->err);
	if (rc == OK && state == PAYLOAD_PRESENT && statement_open(f->store->hasher, payload, &arena, &s) == OK)
		*has = pattern_in(c, words, near, s.record);
	arena_free(&arena);
	return rc;
}

int masked_find(struct finding *f, const struct condition *c, struct docs *out)
{
	struct pattern words, near_words;
	const struct pattern *near = c->pattern->near != NULL ? &near_words : NULL;
	struct docs found = { 0 };
	int rc = pattern_read(c->pattern->text, &words, f->err);
	/* It is searched for as the beginning of a pair. */
	if (rc == OK && c->pattern->ends && is_wide(&words.v[words.count - 1]) && !words.v[words.count - 1].joined)
		rc = err_set(f->err, ERR_USAGE, "one character alone cannot be looked for at an end");
	if (rc == OK && near != NULL)
		rc = pattern_read(c->pattern->near->text, &near_words, f->err);
	if (rc == OK)
		rc = open_vocabulary(f);
	if (rc == OK)
		rc = candidates(f, c, &words, near, &found);
	bool check = rc == OK && needs_look(c, &words, near);
	for (size_t i = 0; rc == OK && i < found.count; i++) {
		bool has = true;
		if (check)
			rc = look(f, c, &words, near, found.v[i].doc, &has);
		if (rc == OK && has)
			docs_add(out, found.v[i].doc, found.v[i].score);
	}
	docs_free(&found);
	return rc;
}

/* ---- words in order ------------------------------------------------------------------------------------------- */

struct around {
	struct finding *f;
	const char *column; /* NULL: any */
	struct arena *arena;
};

/* How many records that can be seen have the word. */
static int count_word(struct around *a, const char *term, uint64_t *count)
{
	static const char sql[] = "SELECT count(*) FROM words CROSS JOIN doc AS d ON d.id = words.rowid"
	                          " WHERE words MATCH ?2" SEEN;
	struct buf expression = { 0 };
	int64_t found = 0;
	if (a->column != NULL)
		buf_printf(&expression, "{%s} : ", a->column);
	put_quoted(&expression, term, strlen(term));
	int rc =
	    db_get_int(&a->f->store->db, a->f->err, &found, sql, db_int(a->f->public), db_textn(buf_bytes(&expression)));
	*count = (uint64_t)found;
	buf_free(&expression);
	for (int64_t i = 0; rc == OK && i <= found; i++)
		rc = finding_pay(a->f);
	return rc;
}

/* Words of the column from low on, before high, at most room of them: more is no error. */
static int list_words(struct around *a, const char *low, const char *high, size_t room, char **out, size_t *count)
{
	static const char any[] = "SELECT term FROM temp.vocabulary WHERE term >= ?1 AND term < ?2";
	static const char one[] = "SELECT term FROM temp.columns WHERE term >= ?1 AND term < ?2"
	                          " AND col = ?3";
	sqlite3_stmt *stmt;
	const char *column = a->column != NULL ? a->column : "";
	struct db_value values[] = { db_text(low), db_text(high), db_text(column) };
	bool all = a->column == NULL;
	int rc = db_query_values(&a->f->store->db, a->f->err, &stmt, all ? any : one, values, all ? 2 : 3);
	*count = 0;
	while (rc == OK && *count < room && db_next(&a->f->store->db, a->f->err, stmt, &rc)) {
		struct bytes term = db_column_bytes(stmt, 0);
		rc = finding_pay(a->f);
		out[(*count)++] = arena_strn(a->arena, term.data, term.len);
	}
	db_end(stmt);
	return rc;
}

enum { WORDS_AT_ONCE = 4096 };

static int forth(struct around *a, const char *text, size_t after, struct value_list *out)
{
	char **words = arena_array(a->arena, WORDS_AT_ONCE, sizeof *words);
	const char *low = text;
	size_t count, wanted = out->count + after;
	int rc = OK;
	do {
		rc = list_words(a, low, LAST_WORD, WORDS_AT_ONCE, words, &count);
		for (size_t i = 0; rc == OK && i < count && out->count < wanted; i++) {
			uint64_t n;
			rc = count_word(a, words[i], &n);
			if (rc == OK && n > 0)
				out->v[out->count++] = (struct value_count){ .value = words[i], .count = n };
		}
		if (rc == OK && count > 0) /* the first word behind the last */
			low = arena_printf(a->arena, "%s\x01", words[count - 1]);
	} while (rc == OK && count == WORDS_AT_ONCE && out->count < wanted);
	return rc;
}

/* The index goes one way: from the nearest beginning on, then from shorter ones, until there are enough. */
static int back(struct around *a, const char *text, size_t before, struct value_list *out)
{
	char **words = arena_array(a->arena, SELECT_WORDS_BACK_MAX, sizeof *words);
	struct value_count *found = arena_array(a->arena, before + 1, sizeof *found);
	char *low = arena_str(a->arena, text), *high = arena_str(a->arena, text);
	size_t have = 0, len = strlen(low);
	int rc = OK;
	while (rc == OK && have < before && len > 0) {
		size_t count = 0;
		do
			len--;
		while (len > 0 && ((unsigned char)low[len] & 0xc0) == 0x80);
		low[len] = '\0';
		rc = list_words(a, low, high, SELECT_WORDS_BACK_MAX, words, &count);
		for (size_t i = count; rc == OK && i > 0 && have < before; i--) {
			uint64_t n;
			rc = count_word(a, words[i - 1], &n);
			if (rc == OK && n > 0)
				found[have++] = (struct value_count){ .value = words[i - 1], .count = n };
		}
		memcpy(high, low, len + 1);
	}
	while (have > 0)
		out->v[out->count++] = found[--have];
	out->place = out->count;
	return rc;
}

static int first_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct buf *out = arg;
	(void)start, (void)end, (void)run;
	if (out->len == 0)
		buf_add(out, term, len);
	return OK;
}

int masked_around(struct finding *f, const char *column, const char *text, size_t before, size_t after,
                  struct arena *arena, struct value_list *out)
{
	struct around a = { .f = f, .column = column, .arena = arena };
	struct buf first = { 0 };
	must(fold_terms(bytes_str(text), first_term, &first) == OK); /* the callback never ends it */
	out->v = arena_array(arena, before + after + 1, sizeof *out->v);
	int rc = open_vocabulary(f);
	if (rc == OK)
		rc = back(&a, buf_str(&first), before, out);
	if (rc == OK)
		rc = forth(&a, buf_str(&first), after, out);
	buf_free(&first);
	return rc;
}
