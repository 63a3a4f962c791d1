#include "node/store/harvest.h"

#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/filter.h"
#include "node/store/schema.h"
#include "proto/record.h"

enum { ANY_STATUS = -1 };

/* A row of the table arrival. */
struct step {
	int64_t seq, slot, first, last, time_s;
};

/* A row of the view, as far as it is looked at here. */
struct row {
	int64_t id, kind, status, first;
	bool current, hidden, retracted;
	struct bytes ics; /* borrowed from the statement */
};

struct harvesting {
	struct store *store;
	const struct harvest *harvest;
	struct filter filter;
	struct origin_row *origins;
	size_t origin_count;
	int64_t upto;
	struct arena *arena;
	struct harvest_list *out;
	bool counting, full; /* full: one more only says that there is more */
	uint64_t counted, looked_at;
	struct step step; /* that is being read, */
	int64_t held;     /* entries of its log that were under a head at upto, and */
	bool grown;       /* there are more now */
	struct err *err;
};

static const struct origin_row *origin_of(const struct harvesting *h, int64_t slot)
{
	for (size_t i = 0; i < h->origin_count; i++)
		if (h->origins[i].slot == slot)
			return &h->origins[i];
	return NULL;
}

/* ---- the order of arrival ---- */

static int read_step(struct harvesting *h, int64_t seq, bool *found)
{
	sqlite3_stmt *stmt;
	struct step *out = &h->step;
	int rc = db_query(&h->store->db, h->err, &stmt,
	                  "SELECT seq, slot, first, last, time_s FROM arrival WHERE seq >= ?1 AND seq <= ?2"
	                  " ORDER BY seq LIMIT 1",
	                  db_int(seq), db_int(h->upto));
	*found = false;
	if (rc == OK)
		rc = db_step(&h->store->db, h->err, stmt, found);
	if (rc == OK && *found)
		*out =
		    (struct step){ sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2),
			               sqlite3_column_int64(stmt, 3), sqlite3_column_int64(stmt, 4) };
	db_end(stmt);
	return rc;
}

/* How much of the step's log was there at upto. */
static int measure(struct harvesting *h)
{
	const struct origin_row *o = origin_of(h, h->step.slot);
	int rc = db_get_int(&h->store->db, h->err, &h->held,
	                    "SELECT last + 1 FROM arrival WHERE slot = ?1 AND seq <= ?2 ORDER BY last DESC LIMIT 1",
	                    db_int(h->step.slot), db_int(h->upto));
	h->grown = o != NULL && (uint64_t)h->held < o->head_size;
	return rc;
}

/* Did the entry come again, after that step and not after upto?  It is an item of the later one then. */
static int comes_again(struct harvesting *h, int64_t index, bool *again)
{
	int64_t there = 0;
	int rc = db_get_int(&h->store->db, h->err, &there,
	                    "SELECT EXISTS(SELECT 1 FROM arrival WHERE slot = ?1 AND last = ?2 AND first = ?2"
	                    " AND seq > ?3 AND seq <= ?4)",
	                    db_int(h->step.slot), db_int(index), db_int(h->step.seq), db_int(h->upto));
	*again = there != 0;
	return rc;
}

/* Tells this node's order from another's, and from that of a database put back. */
static int check_of(struct store *s, int64_t seq, uint32_t *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	struct buf text = { 0 };
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT o.name, a.first, a.last, a.time_s FROM arrival AS a JOIN origin AS o USING (slot)"
	                  " WHERE a.seq = ?1",
	                  db_int(seq));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	if (rc == OK && row) {
		buf_add_bytes(&text, db_column_bytes(stmt, 0));
		for (int i = 1; i < 4; i++)
			buf_add_u64(&text, (uint64_t)sqlite3_column_int64(stmt, i));
	}
	db_end(stmt);
	struct hash sum = hash_sum(s->hasher, buf_bytes(&text));
	buf_free(&text);
	*out = row ? (uint32_t)sum.b[0] << 24 | (uint32_t)sum.b[1] << 16 | (uint32_t)sum.b[2] << 8 | sum.b[3] : 0;
	return rc;
}

/* ---- which docs are items ---- */

/* The newest doc of the subject that this one is about. */
static int newest_of(struct store *s, int64_t id, int64_t *newest, struct err *err)
{
	sqlite3_stmt *stmt;
	struct designator subject;
	bool row = false;
	char text[SUBJECT_MAX + 1] = "";
	int rc = db_query(&s->db, err, &stmt, "SELECT kind, subject FROM doc WHERE id = ?1", db_int(id));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	int kind = row ? sqlite3_column_int(stmt, 0) : 0;
	struct bytes found = row ? db_column_bytes(stmt, 1) : bytes_of(NULL, 0);
	if (found.len > 0 && found.len < sizeof text)
		memcpy(text, found.data, found.len);
	db_end(stmt);
	if (rc == OK && !row)
		return err_set(err, ERR_NOT_FOUND, "no record");
	if (rc == OK)
		rc = record_subject(kind, text, &subject, err);
	return rc == OK ? chain_current(&s->db, id_slot(id), kind, &subject, newest, err) : rc;
}

/* The same as of the time when its log had held entries. */
static int newest_then(struct harvesting *h, int64_t id, int64_t *newest)
{
	int64_t at = 0, previous = 0;
	int rc = newest_of(h->store, id, &at, h->err);
	while (rc == OK && (int64_t)id_index(at) >= h->held && at > id) {
		rc = db_get_int(&h->store->db, h->err, &previous, "SELECT previous FROM doc WHERE id = ?1", db_int(at));
		at = previous == PREVIOUS_NONE ? 0 : entry_id(id_slot(id), (uint64_t)previous);
	}
	*newest = at;
	return rc;
}

static bool fits(const struct harvesting *h, const struct row *r)
{
	const struct filter *f = &h->filter;
	bool status = f->status == 0 || (f->status == ANY_STATUS ? r->status != 0 : f->status == r->status);
	bool kind = h->harvest->only_kind == 0 || h->harvest->only_kind == r->kind;
	return !r->hidden && kind && (f->kind == 0 || f->kind == r->kind) && status &&
	       (f->ics == NULL || (f->ics[0] == '\0' ? r->ics.len > 0 : filter_ics(r->ics, f)));
}

/* Is this doc its subject's newest at upto, and the step the last in which it came? */
static int is_item(struct harvesting *h, const struct row *r, bool *yes)
{
	bool again = false;
	int64_t newest = r->id;
	int rc = OK;
	*yes = fits(h, r) && (r->current || h->grown);
	if (*yes && !r->current)
		rc = newest_then(h, r->id, &newest);
	if (rc == OK && *yes)
		rc = comes_again(h, (int64_t)id_index(r->id), &again);
	*yes = *yes && newest == r->id && !again;
	return rc;
}

/* ---- what was found ---- */

/* NULL: it is only counted, or there is no room. */
static struct harvested *add(struct harvesting *h, uint64_t index)
{
	h->counted++;
	h->out->more = h->out->more || h->full;
	if (h->counting || h->full)
		return NULL;
	struct harvested *item = &h->out->v[h->out->count++];
	const struct origin_row *o = origin_of(h, h->step.slot);
	*item = (struct harvested){ .first = index, .time_s = (uint64_t)h->step.time_s };
	item->found.origin = arena_str(h->arena, o != NULL ? o->name : "");
	item->found.index = index;
	item->ics = "";
	return item;
}

static int add_row(struct harvesting *h, const struct row *r)
{
	uint64_t index = id_index(r->id);
	struct harvested *item = add(h, index);
	if (item == NULL)
		return OK;
	item->found.current = true;
	item->first = (uint64_t)r->first;
	item->deleted = r->retracted;
	item->kind = (int)r->kind;
	item->status = (int)r->status;
	item->ics = arena_strn(h->arena, r->ics.data, r->ics.len);
	int rc = envelope_read(h->store, h->step.slot, index, h->arena, &item->found.envelope, h->err);
	if (rc == OK)
		rc = payload_read(h->store, h->step.slot, index, h->arena, &item->found.payload, &item->found.state, h->err);
	return rc;
}

/* What that statement took away of what was public, where nothing is asked that nobody knows of it any more. */
static int add_redacted(struct harvesting *h, int64_t index)
{
	sqlite3_stmt *stmt;
	const struct filter *f = &h->filter;
	if (f->kind != 0 || f->status != 0 || f->ics != NULL)
		return OK;
	int rc =
	    db_query(&h->store->db, h->err, &stmt,
	             "SELECT r.id FROM redaction AS r CROSS JOIN payload AS p ON p.id = r.id WHERE r.id >= ?1"
	             " AND r.id < ?2 AND r.statement = ?3 AND p.collection IS NULL",
	             db_int(entry_id(h->step.slot, 0)), db_int(entry_id(h->step.slot, (uint64_t)index)), db_int(index));
	/* A statement names one entry. */
	if (rc == OK && db_next(&h->store->db, h->err, stmt, &rc)) {
		struct harvested *item = add(h, id_index(sqlite3_column_int64(stmt, 0)));
		if (item != NULL) {
			item->found.state = PAYLOAD_REDACTED;
			item->deleted = true;
		}
	}
	db_end(stmt);
	return rc;
}

/* ---- one step, one row after another ---- */

static struct row read_row(sqlite3_stmt *stmt)
{
	return (struct row){
		.id = sqlite3_column_int64(stmt, 0),
		.kind = sqlite3_column_int64(stmt, 1),
		.status = sqlite3_column_int64(stmt, 2),
		.ics = db_column_bytes(stmt, 3),
		.current = sqlite3_column_int(stmt, 4) != 0,
		.hidden = sqlite3_column_int(stmt, 5) != 0,
		.retracted = sqlite3_column_int(stmt, 6) != 0,
		.first = sqlite3_column_int64(stmt, 7),
	};
}

static int look_at(struct harvesting *h, const struct row *r)
{
	bool yes = false;
	int rc = OK;
	h->looked_at++;
	if (r->kind == NORMLINK__KIND__KIND_REDACTION)
		rc = add_redacted(h, (int64_t)id_index(r->id));
	if (rc == OK)
		rc = is_item(h, r, &yes);
	return rc == OK && yes ? add_row(h, r) : rc;
}

/* The docs from index on.  Both items that a redaction makes come together, so that a place is an index. */
static int scan(struct harvesting *h, int64_t from)
{
	sqlite3_stmt *stmt;
	struct harvest_list *out = h->out;
	int rc = db_query(&h->store->db, h->err, &stmt,
	                  "SELECT d.id, d.kind, iif(d.retracted AND p.id IS NOT NULL AND d.status = 0, p.status, d.status),"
	                  " iif(d.retracted AND d.ics IS NULL, p.ics, d.ics), d.current, d.hidden, d.retracted, d.first"
	                  " FROM doc AS d LEFT JOIN doc AS p ON d.retracted AND d.previous >= 0 AND p.id = ?3 + d.previous"
	                  " WHERE d.id >= ?1 AND d.id <= ?2 ORDER BY d.id",
	                  db_int(entry_id(h->step.slot, (uint64_t)from)),
	                  db_int(entry_id(h->step.slot, (uint64_t)h->step.last)), db_int(entry_id(h->step.slot, 0)));
	while (rc == OK && !out->more && db_next(&h->store->db, h->err, stmt, &rc)) {
		struct row r = read_row(stmt);
		rc = look_at(h, &r);
		if (rc != OK || h->full || h->counting)
			continue;
		out->seq = (uint64_t)h->step.seq;
		out->index = id_index(r.id) + 1;
		h->full = out->count >= h->harvest->limit;
	}
	db_end(stmt);
	return rc;
}

/* Steps from that place on, until there is no room, or enough was counted. */
static int walk(struct harvesting *h, int64_t seq, int64_t index)
{
	bool found = true;
	int rc = OK;
	while (rc == OK && !h->out->more) {
		rc = read_step(h, seq, &found);
		if (rc != OK || !found || (h->counting && h->looked_at > HARVEST_COUNT_MAX) ||
		    (uint64_t)h->step.time_s > h->harvest->until_s)
			break;
		int64_t from = h->step.seq == seq && index > h->step.first ? index : h->step.first;
		if ((h->filter.slot == 0 || h->filter.slot == h->step.slot) && from <= h->step.last) {
			rc = measure(h);
			if (rc == OK)
				rc = scan(h, from);
		}
		seq = h->step.seq + 1;
		index = 0;
	}
	return rc;
}

/* ---- the questions ---- */

/* The first step of that time or later. */
static int first_step(struct harvesting *h, int64_t *seq)
{
	uint64_t from = h->harvest->from_s < INT64_MAX ? h->harvest->from_s : INT64_MAX;
	return db_get_int(&h->store->db, h->err, seq,
	                  "SELECT ifnull((SELECT seq FROM arrival WHERE time_s >= ?1 ORDER BY seq LIMIT 1), ?2)",
	                  db_int((int64_t)from), db_int(h->upto + 1));
}

static int pin(struct harvesting *h)
{
	int rc = h->upto == 0 ? db_get_int_values(&h->store->db, h->err, &h->upto,
	                                          "SELECT ifnull(max(seq), 0) FROM arrival", NULL, 0)
	                      : OK;
	if (rc == OK)
		rc = check_of(h->store, h->upto, &h->out->check, h->err);
	if (rc == OK && h->harvest->upto != 0 && h->out->check != h->harvest->check)
		return err_set(h->err, ERR_CONFLICT, "this list is another node's, or of a database that was put back since");
	h->out->upto = (uint64_t)h->upto;
	return rc;
}

static int take(struct harvesting *h)
{
	int64_t seq = (int64_t)h->harvest->seq;
	bool begins = seq == 0;
	int rc = pin(h);
	if (rc == OK && begins)
		rc = first_step(h, &seq);
	if (rc == OK && begins) {
		h->counting = true;
		rc = walk(h, seq, 0);
		h->counting = false;
		h->out->total = h->looked_at > HARVEST_COUNT_MAX ? 0 : h->counted;
		if (h->counted == 0 && h->looked_at <= HARVEST_COUNT_MAX)
			return rc;
	}
	return rc == OK ? walk(h, seq, (int64_t)h->harvest->index) : rc;
}

static int begin(struct harvesting *h)
{
	int rc = origin_list(&h->store->db, h->arena, &h->origins, &h->origin_count, h->err);
	struct query q = *h->harvest->filter;
	q.words = NULL;
	q.status = q.status != NULL && q.status[0] != '\0' ? q.status : NULL;
	q.ics = q.ics != NULL && q.ics[0] != '\0' ? q.ics : NULL;
	if (rc == OK)
		rc = filter_read(&q, h->origins, h->origin_count, &h->filter, h->err);
	if (h->harvest->filter->ics != NULL)
		h->filter.ics = h->harvest->filter->ics;
	if (h->harvest->filter->status != NULL && q.status == NULL)
		h->filter.status = ANY_STATUS;
	return rc;
}

int harvest_list(void *ctx, const struct harvest *harvest, struct arena *arena, struct harvest_list *out,
                 struct err *err)
{
	struct store *s = ctx;
	must(harvest->limit >= 1);
	/* A statement that redacts is two items. */
	*out = (struct harvest_list){ .v = arena_array(arena, harvest->limit + 1, sizeof *out->v) };
	struct harvesting h = {
		.store = s, .harvest = harvest, .upto = (int64_t)harvest->upto, .arena = arena, .out = out, .err = err
	};
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = begin(&h);
	if (rc == OK && !h.filter.nothing)
		rc = take(&h);
	store_end_read(s);
	return rc;
}

/* ---- one item ---- */

/* When an entry came last. */
static int time_of(struct store *s, int64_t slot, uint64_t index, struct step *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT seq, time_s FROM arrival WHERE slot = ?1 AND last >= ?2 AND first <= ?2"
	                  " ORDER BY last, seq DESC LIMIT 1",
	                  db_int(slot), db_int((int64_t)index));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	if (rc == OK && row)
		*out = (struct step){ .seq = sqlite3_column_int64(stmt, 0),
			                  .slot = slot,
			                  .first = (int64_t)index,
			                  .last = (int64_t)index,
			                  .time_s = sqlite3_column_int64(stmt, 1) };
	db_end(stmt);
	return rc == OK && !row ? err_set(err, ERR_NOT_FOUND, "no head covers it yet") : rc;
}

/* All heads count, as in a list of now. */
static int find_item(struct harvesting *h, const struct origin_row *o, uint64_t first, const struct harvested **found)
{
	struct store *s = h->store;
	int64_t at = 0, statement = 0;
	struct harvest_list *out = h->out;
	int rc = db_get_int(&s->db, h->err, &statement, "SELECT statement FROM redaction WHERE id = ?1",
	                    db_int(entry_id(o->slot, first)));
	bool redacted = rc == OK;
	rc = rc == ERR_NOT_FOUND ? OK : rc;
	if (rc == OK && !redacted)
		rc = newest_of(s, entry_id(o->slot, first), &at, h->err);
	if (rc == OK)
		rc = time_of(s, o->slot, redacted ? (uint64_t)statement : id_index(at), &h->step, h->err);
	if (rc == OK && redacted)
		rc = add_redacted(h, statement);
	else if (rc == OK) {
		h->upto = h->step.seq;
		rc = scan(h, h->step.first);
	}
	/* A statement that redacts comes with what it took away. */
	for (size_t i = 0; rc == OK && i < out->count; i++)
		if (out->v[i].first == first)
			*found = &out->v[i];
	return rc;
}

int harvest_item(void *ctx, const char *origin, uint64_t first, struct arena *arena, struct harvested *out,
                 struct err *err)
{
	struct store *s = ctx;
	const struct query any = { 0 };
	const struct harvest harvest = { .filter = &any, .until_s = UINT64_MAX, .limit = 1 };
	struct harvested items[2];
	struct harvest_list list = { .v = items };
	struct harvesting h = { .store = s, .harvest = &harvest, .arena = arena, .out = &list, .err = err };
	struct origin_row o;
	const struct harvested *found = NULL;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = begin(&h);
	if (rc == OK)
		rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK && first < o.size)
		rc = find_item(&h, &o, first, &found);
	store_end_read(s);
	if (rc == OK && found == NULL)
		return err_set(err, ERR_NOT_FOUND, "no such item");
	if (rc == OK)
		*out = *found;
	return rc;
}

/* ---- what there is ---- */

int harvest_codes(void *ctx, const char *after, size_t limit, struct arena *arena, const char ***out, size_t *count,
                  struct err *err)
{
	struct store *s = ctx;
	sqlite3_stmt *stmt;
	*out = arena_array(arena, limit, sizeof **out);
	*count = 0;
	/* From one code to the next, so that how many records have it does not matter. */
	int rc = db_query(&s->db, err, &stmt,
	                  "WITH RECURSIVE next(code) AS (SELECT (SELECT code FROM facet WHERE code > ?1 AND shared < ?2"
	                  " ORDER BY code LIMIT 1) UNION ALL SELECT (SELECT code FROM facet WHERE code > next.code"
	                  " AND shared < ?2 ORDER BY code LIMIT 1) FROM next WHERE next.code IS NOT NULL)"
	                  " SELECT code FROM next WHERE code IS NOT NULL LIMIT ?3",
	                  db_text(after), db_int(FACET_HIDDEN), db_int((int64_t)limit));
	while (rc == OK && *count < limit && db_next(&s->db, err, stmt, &rc)) {
		struct bytes code = db_column_bytes(stmt, 0);
		(*out)[(*count)++] = arena_strn(arena, code.data, code.len);
	}
	db_end(stmt);
	return rc;
}

int harvest_earliest(void *ctx, uint64_t *time_s, struct err *err)
{
	struct store *s = ctx;
	int64_t value = 0;
	int rc = db_get_int_values(&s->db, err, &value,
	                           "SELECT ifnull((SELECT time_s FROM arrival ORDER BY seq LIMIT 1), 0)", NULL, 0);
	*time_s = (uint64_t)value;
	return rc;
}
