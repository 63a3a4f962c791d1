#include "node/store/recent.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/memo.h"
#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/forks.h"
#include "node/store/index_check.h"
#include "node/store/rows.h"

struct recent {
	bool filled; /* something below is set, of this version: */
	unsigned version;
	bool has_as_of;
	struct arena arena; /* of: */
	struct as_of *as_of;
	size_t as_of_count;
	struct memo *payloads; /* by the number of the entry; NULL: this handle writes */
};

static void forget(struct recent *r)
{
	struct memo *payloads = r->payloads;
	if (!r->filled)
		return;
	arena_free(&r->arena);
	if (payloads != NULL)
		memo_forget(payloads);
	*r = (struct recent){ .payloads = payloads };
}

void recent_begin(struct store *s)
{
	unsigned version = 0;
	if (s->recent == NULL) {
		s->recent = calloc(1, sizeof *s->recent);
		must(s->recent != NULL);
		s->recent->payloads = s->mode == STORE_READ ? memo_new(RECENT_BYTES_MAX, RECENT_PAYLOAD_MAX) : NULL;
	}
	bool known = s->mode == STORE_READ &&
	             sqlite3_file_control(s->db.conn, "main", SQLITE_FCNTL_DATA_VERSION, &version) == SQLITE_OK;
	if (!known || version != s->recent->version) {
		forget(s->recent);
		rows_forget(s->rows);
	}
	s->recent->version = version;
}

void recent_close(struct store *s)
{
	struct recent *r = s->recent;
	s->recent = NULL;
	if (r == NULL)
		return;
	arena_free(&r->arena);
	memo_free(r->payloads);
	free(r);
}

static int list_as_of(struct store *s, struct recent *r, struct err *err)
{
	struct origin_row *rows;
	size_t count;
	bool differs[SLOT_MAX + 1];
	int rc = origin_list(&s->db, &r->arena, &rows, &count, err);
	if (rc == OK)
		rc = index_differing(&s->db, differs, err);
	r->as_of = arena_array(&r->arena, count + 1, sizeof *r->as_of);
	r->as_of_count = 0;
	for (size_t i = 0; rc == OK && i < count; i++) {
		struct origin_heads heads;
		struct fork fork = { 0 };
		rc = origin_heads(&s->db, rows[i].slot, &r->arena, &heads, err);
		if (rc == OK)
			rc = forks_state(s, &rows[i], &r->arena, &fork, err);
		if (rows[i].size == 0 && heads.head.len == 0 && fork.state == FORK_NONE)
			continue; /* only witnessed, or not begun: no answer comes from it */
		r->as_of[r->as_of_count++] = (struct as_of){
			.origin = rows[i].name,
			.size = rows[i].size,
			.root = rows[i].root,
			.head = heads.head,
			.head_size = rows[i].head_size,
			.cosigned = heads.cosigned,
			.cosigned_size = rows[i].cosigned_size,
			.index_differs = differs[rows[i].slot],
			.fork = fork.state,
		};
	}
	return rc;
}

int recent_as_of(struct store *s, const struct as_of **out, size_t *count, struct err *err)
{
	struct recent *r = s->recent;
	must(s->reading > 0);
	r->filled = true;
	int rc = r->has_as_of ? OK : list_as_of(s, r, err);
	r->has_as_of = rc == OK;
	*out = r->as_of;
	*count = rc == OK ? r->as_of_count : 0;
	return rc;
}

bool recent_payload(struct store *s, int64_t id, struct bytes *out)
{
	return s->reading > 0 && s->recent->payloads != NULL && memo_find(s->recent->payloads, (uint64_t)id, out);
}

void recent_keep(struct store *s, int64_t id, struct bytes payload)
{
	if (s->reading == 0 || s->recent->payloads == NULL)
		return;
	s->recent->filled = true;
	memo_keep(s->recent->payloads, (uint64_t)id, &payload, 1);
}
