#include "node/store/pinned.h"

#include <inttypes.h>

#include "node/store/chain.h"
#include "proto/record.h"

void pin_of(const struct snapshot *s, struct pin *out)
{
	*out = (struct pin){ .seq = s->seq };
	for (size_t i = 0; i < s->origin_count; i++)
		out->held[s->origins[i].slot] = s->origins[i].size;
}

/* The step of arrival belongs to this database alone; slots do, too, so that names stand for them. */
int pin_check(struct store *s, const struct snapshot *n, const struct pin *pin, uint64_t *out, struct err *err)
{
	struct buf text = { 0 };
	int64_t time_s = 0;
	*out = 0;
	int rc = pin->seq > 0
	             ? db_get_int(&s->db, err, &time_s, "SELECT time_s FROM arrival WHERE seq = ?1", db_int(pin->seq))
	             : OK;
	buf_printf(&text, "%" PRId64 " %" PRId64, pin->seq, time_s);
	for (size_t slot = 1; slot <= SLOT_MAX; slot++) {
		const struct origin_row *o = n->by_slot[slot];
		if (pin->held[slot] > (o != NULL ? o->size : 0))
			rc = ERR_NOT_FOUND;
		else if (pin->held[slot] > 0)
			buf_printf(&text, "\n%s %" PRIu64, o->name, pin->held[slot]);
	}
	struct hash sum = hash_sum(s->hasher, buf_bytes(&text));
	buf_free(&text);
	for (size_t i = 0; i < 8; i++)
		*out = *out << 8 | sum.b[i];
	return rc == ERR_NOT_FOUND ? err_set(err, ERR_CONFLICT, "it is of entries that are not held here") : rc;
}

static bool is_late(const struct pinned *p, int64_t doc)
{
	return docs_find(&p->late, doc) != NULL;
}

/* The newest of its chain before that doc that was in the list, if any was. */
static int add_stood(struct store *s, struct pinned *p, int64_t doc, int64_t previous, struct err *err)
{
	int64_t slot = id_slot(doc);
	int rc = OK;
	while (rc == OK && previous != PREVIOUS_NONE) {
		int64_t id = entry_id(slot, (uint64_t)previous);
		if ((uint64_t)previous < p->pin.held[slot] && !is_late(p, id)) {
			docs_add(&p->stood, id, 0);
			return OK;
		}
		rc = db_get_int(&s->db, err, &previous, "SELECT previous FROM doc WHERE id = ?1", db_int(id));
	}
	return rc == ERR_NOT_FOUND ? err_set(err, ERR_CORRUPT, "the view names a record that it does not hold") : rc;
}

/* Docs first to last that superseded something. */
static int look(struct store *s, struct pinned *p, int64_t first, int64_t last, struct err *err)
{
	sqlite3_stmt *stmt;
	size_t looked = 0;
	int rc = db_query(&s->db, err, &stmt, "SELECT id, previous FROM doc WHERE id BETWEEN ?1 AND ?2", db_int(first),
	                  db_int(last));
	while (rc == OK && db_next(&s->db, err, stmt, &rc)) {
		if (++looked > SELECT_COST_MAX)
			rc = err_set(err, ERR_LIMIT, "too much has come since that cursor was given");
		else
			rc = add_stood(s, p, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), err);
	}
	db_end(stmt);
	return rc;
}

/* A late one may stand anywhere in its chain: what stood is looked for from the newest on. */
static int look_around(struct store *s, struct pinned *p, int64_t doc, struct err *err)
{
	sqlite3_stmt *stmt;
	struct designator subject;
	bool row = false;
	char text[SUBJECT_MAX + 1] = "";
	int64_t newest = doc;
	int rc = db_query(&s->db, err, &stmt, "SELECT kind, subject FROM doc WHERE id = ?1", db_int(doc));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	int kind = row ? sqlite3_column_int(stmt, 0) : 0;
	struct bytes found = row ? db_column_bytes(stmt, 1) : bytes_of(NULL, 0);
	if (found.len > 0 && found.len < sizeof text)
		memcpy(text, found.data, found.len);
	db_end(stmt);
	if (rc != OK || !row)
		return rc; /* redacted since */
	rc = record_subject(kind, text, &subject, err);
	if (rc == OK)
		rc = chain_current(&s->db, id_slot(doc), kind, &subject, &newest, err);
	return rc == OK ? add_stood(s, p, newest, (int64_t)id_index(newest), err) : rc;
}

/* Payloads that arrived since, and what stands again. */
static int find_late(struct store *s, struct pinned *p, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, err, &stmt, "SELECT slot, first, last FROM arrival WHERE seq > ?1 AND first = last",
	                  db_int(p->pin.seq));
	while (rc == OK && db_next(&s->db, err, stmt, &rc)) {
		int64_t slot = sqlite3_column_int64(stmt, 0), index = sqlite3_column_int64(stmt, 1);
		if (slot >= 1 && slot <= SLOT_MAX && (uint64_t)index < p->pin.held[slot])
			docs_add(&p->late, entry_id(slot, (uint64_t)index), 0);
	}
	db_end(stmt);
	docs_settle(&p->late);
	return rc;
}

int pinned_make(struct store *s, const struct pin *pin, struct pinned *out, struct err *err)
{
	*out = (struct pinned){ .pin = *pin };
	int rc = find_late(s, out, err);
	for (size_t i = 0; rc == OK && i < out->late.count; i++)
		rc = look_around(s, out, out->late.v[i].doc, err);
	for (int64_t slot = 1; rc == OK && slot <= SLOT_MAX; slot++)
		rc = look(s, out, entry_id(slot, pin->held[slot]), entry_id(slot + 1, 0) - 1, err);
	docs_settle(&out->stood);
	return rc;
}

void pinned_free(struct pinned *p)
{
	docs_free(&p->stood);
	docs_free(&p->late);
}

bool pinned_has(const struct pinned *p, int64_t doc, bool current)
{
	int64_t slot = id_slot(doc);
	if (slot < 1 || slot > SLOT_MAX || id_index(doc) >= p->pin.held[slot] || is_late(p, doc))
		return false;
	return current || docs_find(&p->stood, doc) != NULL;
}
