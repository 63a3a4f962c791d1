#include "node/store/labels.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/memo.h"
#include "node/base/must.h"

struct labels {
	struct db *db;
	/* What is asked for again and again, days, classes and committees of a log: by number_of(), the number, the field,
	 * the value. */
	struct memo *known;
};

struct labels *labels_new(struct db *db)
{
	struct labels *l = calloc(1, sizeof *l);
	must(l != NULL);
	l->db = db;
	l->known = memo_new(LABELS_BYTES_MAX, sizeof(int64_t) + 1 + LABELS_VALUE_MAX);
	return l;
}

void labels_free(struct labels *l)
{
	if (l == NULL)
		return;
	memo_free(l->known);
	free(l);
}

void labels_forget(struct labels *l)
{
	memo_forget(l->known);
}

/* ---- known ones ---- */

static bool is_known(struct labels *l, uint8_t field, const char *value, int64_t *id)
{
	struct bytes piece;
	size_t len = strlen(value);
	if (!memo_find(l->known, bytes_hash(bytes_str(value), field), &piece) || piece.len != sizeof *id + 1 + len ||
	    piece.data[sizeof *id] != field || memcmp(piece.data + sizeof *id + 1, value, len) != 0)
		return false;
	memcpy(id, piece.data, sizeof *id);
	return true;
}

static void note(struct labels *l, uint8_t field, const char *value, int64_t id)
{
	const struct bytes parts[] = { bytes_of(&id, sizeof id), bytes_of(&field, 1), bytes_str(value) };
	memo_keep(l->known, bytes_hash(bytes_str(value), field), parts, sizeof parts / sizeof parts[0]);
}

/* ---- the table ---- */

int labels_find(struct labels *l, enum record_field field, const char *value, int64_t *id, struct err *err)
{
	if (is_known(l, (uint8_t)field, value, id))
		return OK;
	int rc =
	    db_get_int(l->db, err, id, "SELECT id FROM label WHERE field = ?1 AND value = ?2 AND value COLLATE BINARY = ?2",
	               db_int(field), db_text(value));
	if (rc == OK)
		note(l, (uint8_t)field, value, *id);
	return rc;
}

int labels_make(struct labels *l, enum record_field field, const char *value, int64_t *id, struct err *err)
{
	int rc = labels_find(l, field, value, id, err);
	if (rc != ERR_NOT_FOUND)
		return rc;
	rc = db_run(l->db, err, "INSERT INTO label(field, value) VALUES (?1, ?2)", db_int(field), db_text(value));
	if (rc == OK) {
		*id = sqlite3_last_insert_rowid(l->db->conn);
		note(l, (uint8_t)field, value, *id);
	}
	return rc;
}

int labels_released(struct labels *l, int64_t id, struct err *err)
{
	labels_forget(l);
	return db_run(l->db, err, "DELETE FROM label WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM term WHERE label = ?1)",
	              db_int(id));
}
