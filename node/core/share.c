/* Statements that a node obeys as they become durable, wherever they came from; what sharing means for an answer. */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/entry.h"
#include "proto/record.h"

/* ---- statements ---- */

void share_note(struct pending_store *s, const struct store_write *w)
{
	bool payloads = w->kind == WRITE_PAYLOADS;
	struct said **end = &s->said;
	for (size_t i = 0; (payloads || w->kind == WRITE_ENTRIES) && i < w->count; i++) {
		const struct entry *e = &w->entries[i];
		int kind = e->state == PAYLOAD_PRESENT ? payload_kind(e->payload) : 0;
		if (kind != NORMLINK__KIND__KIND_SHARING && (kind != NORMLINK__KIND__KIND_VERDICT || !s->own))
			continue;
		struct said *said = calloc(1, sizeof *said);
		must(said != NULL);
		said->index = payloads ? w->indexes[i] : w->start + i;
		buf_add_bytes(&said->payload, e->payload);
		*end = said;
		end = &said->next;
	}
}

void share_forget(struct pending_store *s)
{
	for (struct said *said = s->said, *next; said != NULL; said = next) {
		next = said->next;
		buf_free(&said->payload);
		free(said);
	}
	s->said = NULL;
}

void share_stored(struct core *c, struct pending_store *s, int code)
{
	struct log *l = c->logs[s->log];
	bool news = false, judged = false;
	for (const struct said *said = s->said; code == OK && said != NULL; said = said->next) {
		news |= sharing_take(&l->sharing, c->hasher, said->index, buf_bytes(&said->payload));
		judged |= verdict_note(c, buf_bytes(&said->payload));
	}
	share_forget(s);
	/* Of several verdicts on one log the last alone is carried out. */
	for (size_t i = 0; judged && i < c->log_count; i++)
		verdict_apply(c, i);
	if (news) {
		l->backfill.wanted = true;
		backfill_wake(c, s->log);
	}
}

void share_restore(struct core *c, struct log *l, const struct origin_state *state)
{
	sharing_close(&l->sharing);
	for (size_t i = 0; i < state->statement_count; i++)
		(void)sharing_take(&l->sharing, c->hasher, state->statements[i].index, state->statements[i].payload);
	l->backfill.wanted = state->size > 0;
}

/* ---- answers ---- */

static uint64_t index_of(const struct job *job, size_t i)
{
	return job->kind == JOB_SERVE_PAYLOADS ? job->indexes[i] : job->start + i;
}

static void note_entry(struct store_write *w, uint64_t index, const struct entry *e, bool given)
{
	w->indexes[w->count] = index;
	w->entries[w->count++] = (struct entry){ .envelope = arena_bytes(&w->arena, e->envelope),
		                                     .state = given ? PAYLOAD_PRESENT : PAYLOAD_WITHHELD };
}

struct store_write *share_screen(struct core *c, struct job *job, const struct link *link)
{
	struct log *l = c->logs[job->log];
	struct read_answer *a = job->answer;
	const char *reader = c->peers[link->peer]->card.origin;
	struct store_write *w = NULL;
	for (size_t i = 0; i < a->payloads; i++) {
		struct entry *e = &a->entries[i];
		struct bytes collection;
		if (e->state != PAYLOAD_PRESENT || !envelope_collection(e->envelope, &collection))
			continue;
		if (w == NULL) {
			w = write_new(l, WRITE_AUDIT);
			w->entries = arena_array(&w->arena, a->payloads, sizeof *w->entries);
			w->indexes = arena_array(&w->arena, a->payloads, sizeof *w->indexes);
			memcpy(w->peer, reader, strlen(reader) + 1);
			w->wall_ms = c->wall_ms;
		}
		bool given = sharing_allows(&l->sharing, c->hasher, collection, l->origin, reader);
		note_entry(w, index_of(job, i), e, given);
		if (!given) {
			e->state = PAYLOAD_WITHHELD;
			e->payload = (struct bytes){ 0 };
		}
	}
	return w;
}
