/* Questions and answers as frames (clause 4.9). */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"

uint64_t federate_send_request(struct core *c, struct link *link, const struct federated *f, struct bytes text,
                               const char **names, size_t count, bool pass_on)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__QueryRequest body = NORMLINK__QUERY_REQUEST__INIT;
	struct arena arena = { 0 };
	uint64_t left = f->deadline_ms > c->mono_ms ? f->deadline_ms - c->mono_ms : 1;
	body.has_ask = body.has_limit = body.has_budget_ms = body.has_hops = 1;
	body.ask = message_field(bytes_of(f->id, sizeof f->id));
	body.query = arena_strn(&arena, text.data, text.len);
	body.limit = (uint32_t)f->limit;
	/* A part of the time is for the ways there and back. */
	body.budget_ms = (uint32_t)(left > 8 ? left - left / 8 : left);
	body.hops = pass_on && f->hops > 0 ? f->hops - 1 : 0;
	body.visited = arena_array(&arena, count + 1, sizeof *body.visited);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], c->peers[link->peer]->card.name) != 0)
			body.visited[body.n_visited++] = arena_str(&arena, names[i]);
	frame.has_id = 1;
	frame.id = ++link->next_id;
	frame.body_case = NORMLINK__FRAME__BODY_QUERY_REQUEST;
	frame.query_request = &body;
	peer_send(c, link, &frame);
	arena_free(&arena);
	return frame.id;
}

void federate_send_gone(struct core *c, struct link *link, uint64_t request)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__QueryGone body = NORMLINK__QUERY_GONE__INIT;
	body.has_request = 1;
	body.request = request;
	frame.has_id = 1;
	frame.id = ++link->next_id;
	frame.body_case = NORMLINK__FRAME__BODY_QUERY_GONE;
	frame.query_gone = &body;
	peer_send(c, link, &frame);
}

/* ---- the answer ---- */

/* What goes into one, and what room is left; everything lives in the arena or is borrowed from the answer. */
struct filling {
	const struct federated_answer *from;
	struct arena arena;
	Normlink__QueryResponse body;
	size_t left;
	size_t *logs; /* place in the body of each log of the answer; SIZE_MAX: not in it */
};

enum { FIELD_COST = 8 }; /* tag and length, of any field */

static size_t cost_of_log(const struct federated_log *log)
{
	size_t cost = strlen(log->origin) + log->head.len + 3 * FIELD_COST;
	for (size_t i = 0; i < log->key_count; i++)
		cost += log->keys[i].len + FIELD_COST;
	return cost;
}

static void put_log(struct filling *f, size_t log)
{
	const struct federated_log *from = &f->from->logs[log];
	Normlink__QueryLog *m = arena_get(&f->arena, sizeof *m);
	normlink__query_log__init(m);
	m->origin = arena_str(&f->arena, from->origin);
	m->has_checkpoint = 1;
	m->checkpoint = message_field(from->head);
	m->keys = arena_array(&f->arena, from->key_count + 1, sizeof *m->keys);
	for (size_t i = 0; i < from->key_count; i++)
		m->keys[m->n_keys++] = message_field(from->keys[i]);
	f->left -= cost_of_log(from);
	f->logs[log] = f->body.n_logs;
	f->body.logs[f->body.n_logs++] = m;
}

/* "bob/carol" as names. */
static char **names_of(struct arena *arena, const char *via, size_t *count)
{
	char **names = arena_array(arena, FEDERATED_HOPS_MAX + 1, sizeof *names);
	*count = 0;
	while (via != NULL && *via != '\0' && *count < FEDERATED_HOPS_MAX) {
		size_t len = strcspn(via, "/");
		names[(*count)++] = arena_strn(arena, via, len);
		via += len + (via[len] == '/');
	}
	return names;
}

static size_t cost_of_hit(const struct filling *f, const struct federated_hit *h)
{
	size_t cost = h->envelope.len + h->payload.len + h->proof->count * (HASH_SIZE + 2) + 8 * FIELD_COST +
	              FEDERATED_HOPS_MAX * (CODE_MAX + FIELD_COST);
	return cost + (f->logs[h->log] == SIZE_MAX ? cost_of_log(&f->from->logs[h->log]) : 0);
}

/* It came on several ways: our own store's, or else the first, is told. */
static const char *way_of(const struct federated_hit *h)
{
	return h->here || h->path_count == 0 ? NULL : h->paths[0].via;
}

static void put_hit(struct filling *f, const struct federated_hit *h)
{
	if (cost_of_hit(f, h) > f->left || (f->logs[h->log] == SIZE_MAX && f->body.n_logs > ORIGINS_MAX))
		return;
	f->left -= cost_of_hit(f, h);
	if (f->logs[h->log] == SIZE_MAX) {
		f->left += cost_of_log(&f->from->logs[h->log]);
		put_log(f, h->log);
	}
	Normlink__QueryHit *m = arena_get(&f->arena, sizeof *m);
	normlink__query_hit__init(m);
	m->has_log = m->has_index = m->has_envelope = m->has_payload = 1;
	m->log = (uint32_t)f->logs[h->log];
	m->index = h->index;
	m->envelope = message_field(h->envelope);
	m->payload = message_field(h->payload);
	m->n_hashes = h->proof->count;
	m->hashes = arena_array(&f->arena, h->proof->count + 1, sizeof *m->hashes);
	for (size_t i = 0; i < h->proof->count; i++)
		m->hashes[i] = message_field(bytes_of(h->proof->hashes[i].b, HASH_SIZE));
	m->via = names_of(&f->arena, way_of(h), &m->n_via);
	f->body.hits[f->body.n_hits++] = m;
}

static void put_lines(struct filling *f)
{
	const struct federated_answer *a = f->from;
	f->body.lines = arena_array(&f->arena, FEDERATED_LINES_MAX, sizeof *f->body.lines);
	for (size_t i = 0; i < a->line_count && f->body.n_lines < FEDERATED_LINES_MAX; i++) {
		const struct federated_line *line = &a->lines[i];
		Normlink__QueryLine *m = arena_get(&f->arena, sizeof *m);
		normlink__query_line__init(m);
		m->via = names_of(&f->arena, line->via, &m->n_via);
		if (m->n_via == FEDERATED_HOPS_MAX)
			continue; /* nobody goes so far */
		m->via[m->n_via++] = arena_str(&f->arena, line->name);
		m->has_outcome = m->has_hits = 1;
		m->outcome = (Normlink__QueryLine__Outcome)line->outcome;
		m->hits = (uint32_t)line->hits;
		m->text = line->text != NULL ? arena_str(&f->arena, line->text) : NULL;
		f->body.lines[f->body.n_lines++] = m;
	}
}

/* Our own log's head first: it says how fresh the answer is. */
static void put_own_head(struct core *c, struct federated *f)
{
	const struct log *l = c->logs[0];
	ProtobufCBinaryData fields[KEY_CHANGES_MAX];
	struct bytes keys[KEY_CHANGES_MAX];
	if (l->head.note.len == 0 || l->head.size == 0)
		return;
	struct federated_log log = {
		.origin = l->origin, .head = buf_bytes(&l->head.note), .size = l->head.size, .root = l->head.root, .keys = keys
	};
	log.key_count = ring_fields(&l->keys, l->head.size, fields);
	for (size_t i = 0; i < log.key_count; i++)
		keys[i] = message_bytes(fields[i]);
	(void)federated_add_log(f->answer, &log);
}

void federate_send_response(struct core *c, struct link *link, struct federated *f)
{
	struct federated_answer *a = f->answer;
	put_own_head(c, f);
	federated_sort(a, NULL, NULL);
	struct filling fill = { .from = a, .body = NORMLINK__QUERY_RESPONSE__INIT, .left = FEDERATED_ANSWER_BYTES };
	fill.logs = arena_array(&fill.arena, a->log_count + 1, sizeof *fill.logs);
	for (size_t i = 0; i < a->log_count; i++)
		fill.logs[i] = SIZE_MAX;
	fill.body.logs = arena_array(&fill.arena, ORIGINS_MAX + 1, sizeof *fill.body.logs);
	fill.body.hits = arena_array(&fill.arena, FEDERATED_HITS_MAX, sizeof *fill.body.hits);
	fill.body.has_total = 1;
	fill.body.total = a->here_total;
	fill.body.has_late = a->here_late;
	fill.body.late = a->here_late;
	for (size_t i = 0; i < a->log_count; i++)
		if (strcmp(a->logs[i].origin, c->logs[0]->origin) == 0 && a->logs[i].size == c->logs[0]->head.size)
			put_log(&fill, i);
	for (size_t i = 0; i < a->hit_count && fill.body.n_hits < f->limit; i++)
		if (a->hits[i].direct && !a->hits[i].superseded)
			put_hit(&fill, &a->hits[i]);
	put_lines(&fill);
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	frame.has_id = 1;
	frame.id = f->request;
	frame.body_case = NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	frame.query_response = &fill.body;
	peer_send(c, link, &frame);
	arena_free(&fill.arena);
}
