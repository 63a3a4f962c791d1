#include "node/store/arrival.h"

#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/filter.h"
#include "node/store/match.h"
#include "node/store/schema.h"

int arrival_put(struct db *db, int64_t slot, uint64_t first, uint64_t last, uint64_t wall_ms, struct err *err)
{
	return db_run(db, err,
	              "INSERT INTO arrival(slot, first, last, time_s) VALUES (?1, ?2, ?3,"
	              " max(?4, ifnull((SELECT time_s FROM arrival ORDER BY seq DESC LIMIT 1), 0)))",
	              db_int(slot), db_int((int64_t)first), db_int((int64_t)last), db_int((int64_t)(wall_ms / 1000)));
}

/* ---- what is new ---- */

/* A row of the table: so many entries came at once. */
struct step {
	uint64_t seq;
	int64_t slot;
	uint64_t first, last;
	uint32_t check;
};

struct looking {
	struct store *store;
	const struct query *query;
	struct filter filter;
	struct buf expression; /* empty: no words */
	struct origin_row *origins;
	size_t origin_count;
	const struct known_size *known;
	size_t known_count;
	struct arena *arena;
	struct change_list *out;
	uint64_t budget; /* entries that may still be looked at */
	struct err *err;
};

static const struct origin_row *origin_of(const struct looking *l, int64_t slot)
{
	for (size_t i = 0; i < l->origin_count; i++)
		if (l->origins[i].slot == slot)
			return &l->origins[i];
	return NULL;
}

/* Slots are this database's affair: the origin's name stands for it. */
static uint32_t check_of(const struct looking *l, const struct step *step, int64_t time_s)
{
	const struct origin_row *o = origin_of(l, step->slot);
	struct buf text = { 0 };
	buf_printf(&text, "%s %llu %llu %lld", o != NULL ? o->name : "", (unsigned long long)step->first,
	           (unsigned long long)step->last, (long long)time_s);
	struct hash sum = hash_sum(l->store->hasher, buf_bytes(&text));
	buf_free(&text);
	return (uint32_t)sum.b[0] << 24 | (uint32_t)sum.b[1] << 16 | (uint32_t)sum.b[2] << 8 | sum.b[3];
}

static void read_step(const struct looking *l, sqlite3_stmt *stmt, struct step *out)
{
	*out = (struct step){
		.seq = (uint64_t)sqlite3_column_int64(stmt, 0),
		.slot = sqlite3_column_int64(stmt, 1),
		.first = (uint64_t)sqlite3_column_int64(stmt, 2),
		.last = (uint64_t)sqlite3_column_int64(stmt, 3),
	};
	out->check = check_of(l, out, sqlite3_column_int64(stmt, 4));
}

/* Steps from that number on, at most CHANGES_STEPS_MAX, in the arena. */
static int read_steps(struct looking *l, uint64_t seq, struct step **out, size_t *count)
{
	sqlite3_stmt *stmt;
	bool row = true;
	*count = 0;
	*out = arena_array(l->arena, CHANGES_STEPS_MAX, sizeof **out);
	int rc = db_query(&l->store->db, l->err, &stmt,
	                  "SELECT seq, slot, first, last, time_s FROM arrival WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
	                  db_int((int64_t)seq), db_int(CHANGES_STEPS_MAX));
	while (rc == OK && *count < CHANGES_STEPS_MAX) {
		rc = db_step(&l->store->db, l->err, stmt, &row);
		if (rc != OK || !row)
			break;
		read_step(l, stmt, &(*out)[(*count)++]);
	}
	db_end(stmt);
	return rc;
}

static struct change_cursor cursor_at(const struct step *step, uint64_t index)
{
	return (struct change_cursor){ .seq = step->seq, .index = index, .check = step->check };
}

static int add_change(struct looking *l, const struct step *step, int64_t doc, int64_t previous, bool current)
{
	struct change *c = &l->out->v[l->out->count];
	uint64_t index = id_index(doc);
	const struct origin_row *o = origin_of(l, step->slot);
	if (o == NULL)
		return err_set(l->err, ERR_CORRUPT, "an arrival names an origin that is not stored");
	c->found = (struct found){ .origin = arena_str(l->arena, o->name), .index = index, .current = current };
	c->first = previous == PREVIOUS_NONE;
	c->after = cursor_at(step, index + 1);
	int rc = envelope_read(l->store, step->slot, index, l->arena, &c->found.envelope, l->err);
	if (rc == OK)
		rc = payload_read(l->store, step->slot, index, l->arena, &c->found.payload, &c->found.state, l->err);
	if (rc == OK)
		l->out->count++;
	return rc;
}

/* The docs of entries [from, to) of the step that the query asks for, as many as there is room for. */
static int scan(struct looking *l, const struct step *step, uint64_t from, uint64_t to)
{
	static const char by_words[] =
	    "SELECT d.id, d.previous, d.current, d.ics FROM words CROSS JOIN doc AS d ON d.id = words.rowid"
	    " WHERE words MATCH ?6 AND words.rowid >= ?1 AND words.rowid < ?2 AND (?3 = 0 OR d.status = ?3)"
	    " AND (?4 = 0 OR d.kind = ?4) AND (?5 = 0 OR d.hidden = 0) ORDER BY words.rowid";
	static const char by_number[] = "SELECT id, previous, current, ics FROM doc WHERE id >= ?1 AND id < ?2"
	                                " AND (?3 = 0 OR status = ?3) AND (?4 = 0 OR kind = ?4)"
	                                " AND (?5 = 0 OR hidden = 0) AND ?6 IS NULL ORDER BY id";
	const struct filter *f = &l->filter;
	bool words = l->expression.len > 0, row = true;
	sqlite3_stmt *stmt;
	int rc = db_query(&l->store->db, l->err, &stmt, words ? by_words : by_number, db_int(entry_id(step->slot, from)),
	                  db_int(entry_id(step->slot, to)), db_int(f->status), db_int(f->kind), db_int(f->public),
	                  words ? db_textn(buf_bytes(&l->expression)) : (struct db_value){ 0 });
	while (rc == OK && l->out->count < l->query->limit) {
		rc = db_step(&l->store->db, l->err, stmt, &row);
		if (rc != OK || !row)
			break;
		if (f->ics == NULL || filter_ics(db_column_bytes(stmt, 3), f))
			rc = add_change(l, step, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
			                sqlite3_column_int64(stmt, 2) != 0);
	}
	db_end(stmt);
	return rc;
}

static uint64_t known_of(const struct looking *l, int64_t slot)
{
	const struct origin_row *o = origin_of(l, slot);
	for (size_t i = 0; o != NULL && i < l->known_count; i++)
		if (strcmp(l->known[i].origin, o->name) == 0)
			return l->known[i].size;
	return 0;
}

/* One step, from that entry on.  *all: nothing of it is left. */
static int take_step(struct looking *l, const struct step *step, uint64_t from, bool *all)
{
	uint64_t known = known_of(l, step->slot), end = step->last + 1;
	from = from > known ? from : known;
	*all = true;
	if (l->filter.nothing || (l->filter.slot != 0 && l->filter.slot != step->slot) || from >= end) {
		l->out->next = cursor_at(step, end);
		return OK;
	}
	uint64_t to = end - from > l->budget ? from + l->budget : end;
	size_t before = l->out->count;
	int rc = scan(l, step, from, to);
	l->budget -= to - from;
	*all = to == end && l->out->count < l->query->limit;
	if (l->out->count == l->query->limit && l->out->count > before)
		l->out->next = l->out->v[l->out->count - 1].after;
	else
		l->out->next = cursor_at(step, to);
	return rc;
}

static int take_steps(struct looking *l, const struct step *steps, size_t count, const struct change_cursor *from)
{
	bool all = true;
	int rc = OK;
	for (size_t i = 0; rc == OK && all && i < count; i++) {
		const struct step *s = &steps[i];
		rc = take_step(l, s, s->seq == from->seq ? from->index : s->first, &all);
		all = all && l->budget > 0;
		l->out->more = !all || (i + 1 == count && count == CHANGES_STEPS_MAX);
	}
	return rc;
}

/* The cursor's own step must be the one that it was made from. */
static int check_cursor(struct looking *l, const struct change_cursor *from, const struct step *steps, size_t count)
{
	if (from->seq == 0 || (count > 0 && steps[0].seq == from->seq && steps[0].check == from->check &&
	                       from->index >= steps[0].first && from->index <= steps[0].last + 1))
		return OK;
	return err_set(l->err, ERR_CONFLICT, "this cursor is another node's, or of a database that was put back since");
}

/* The number of the newest row; 0: there is none. */
static int last_step(struct store *s, uint64_t *out, struct err *err)
{
	int64_t seq = 0;
	int rc = db_get_int_values(&s->db, err, &seq, "SELECT ifnull(max(seq), 0) FROM arrival", NULL, 0);
	*out = (uint64_t)seq;
	return rc;
}

static int find_end(struct looking *l)
{
	uint64_t seq = 0;
	struct step *steps;
	size_t count;
	l->out->next = (struct change_cursor){ 0 };
	int rc = last_step(l->store, &seq, l->err);
	if (rc == OK && seq > 0)
		rc = read_steps(l, seq, &steps, &count);
	if (rc == OK && seq > 0 && count > 0)
		l->out->next = cursor_at(&steps[0], steps[0].last + 1);
	return rc;
}

static int look(struct looking *l, const struct change_cursor *from)
{
	struct step *steps;
	size_t count, terms = 0;
	if (from->seq == UINT64_MAX)
		return find_end(l);
	int rc = l->query->words != NULL ? match_build(l->query->words, &l->expression, &terms, l->err) : OK;
	if (rc == OK && l->query->words != NULL && l->query->words[0] != '\0' && terms == 0)
		rc = err_set(l->err, ERR_USAGE, "there is no word to search for in the query");
	if (rc == OK)
		rc = read_steps(l, from->seq, &steps, &count);
	if (rc == OK)
		rc = check_cursor(l, from, steps, count);
	return rc == OK ? take_steps(l, steps, count, from) : rc;
}

int arrival_changes(struct store *s, const struct query *query, const struct change_cursor *from,
                    const struct known_size *known, size_t known_count, struct arena *arena, struct change_list *out,
                    struct err *err)
{
	must(query->limit >= 1);
	*out = (struct change_list){ .v = arena_array(arena, query->limit, sizeof *out->v), .next = *from };
	struct looking l = { .store = s,
		                 .query = query,
		                 .known = known,
		                 .known_count = known_count,
		                 .arena = arena,
		                 .out = out,
		                 .budget = CHANGES_SCAN_MAX,
		                 .err = err };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = origin_list(&s->db, arena, &l.origins, &l.origin_count, err);
	if (rc == OK)
		rc = filter_read(query, l.origins, l.origin_count, &l.filter, err);
	if (rc == OK)
		rc = look(&l, from);
	buf_free(&l.expression);
	store_end_read(s);
	return rc;
}
