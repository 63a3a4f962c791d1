#include "node/store/key_statements.h"

#include "node/core/keys.h"
#include "node/store/schema.h"

enum { STATEMENTS = KEY_CHANGES_MAX * KEY_ROLES };

int key_statements_put(struct db *db, int64_t slot, uint64_t index, struct err *err)
{
	return db_run(db, err, "INSERT INTO key_statement(id) VALUES (?1)", db_int(entry_id(slot, index)));
}

static int read_indexes(struct db *db, const struct origin_row *o, struct log_statement *list, size_t *count,
                        struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(db, err, &stmt, "SELECT id FROM key_statement WHERE id >= ?1 AND id < ?2 ORDER BY id",
	                  db_int(entry_id(o->slot, 0)), db_int(entry_id(o->slot + 1, 0)));
	while (rc == OK && db_next(db, err, stmt, &rc)) {
		if (*count == STATEMENTS)
			rc = err_set(err, ERR_CORRUPT, "%s: more key statements than can count", o->name);
		else
			list[(*count)++].index = id_index(sqlite3_column_int64(stmt, 0));
	}
	db_end(stmt);
	return rc;
}

int key_statements_read(struct store *s, const struct origin_row *o, struct arena *arena, struct log_statement **out,
                        size_t *count, struct err *err)
{
	enum payload_state state;
	*out = arena_array(arena, STATEMENTS, sizeof **out);
	*count = 0;
	int rc = read_indexes(&s->db, o, *out, count, err);
	for (size_t i = 0; rc == OK && i < *count; i++)
		rc = payload_read(s, o->slot, (*out)[i].index, arena, &(*out)[i].payload, &state, err);
	return rc;
}
