/* Writes that are done: what a durable one means, and what a failed one. */
#include "node/core/parts.h"

static void entries_stored(struct core *c, const struct pending_store *s)
{
	struct log *l = c->logs[s->log];
	l->stored = s->size;
	mirror_pump(c, s->log);
}

static void head_stored(struct core *c, struct pending_store *s)
{
	struct log *l = c->logs[s->log];
	l->head_in_flight = false;
	if (s->head.size > l->head.size || l->head.note.len == 0)
		l->head_wall_ms = c->wall_ms;
	struct head was = l->head;
	l->head = (struct head){ 0 };
	head_set(&l->head, buf_bytes(&s->head.note), s->head.size, &s->head.root);
	cosigned_head(c, s->log, &was);
	head_clear(&was);
	if (l->target.size <= l->head.size)
		head_clear(&l->target);
	l->head_revision++;
	if (l->own)
		status_confirmed(c);
	peer_announce(c, s->log);
	/* What was fetched back of our own log may name other keys. */
	for (size_t i = 0; i < c->log_count; i++)
		if (l->own || i == s->log)
			witness_renew(c, i);
	reconcile_wake(c, s->log);
	backfill_head(c, s->log);
}

static void target_stored(struct core *c, struct pending_store *s)
{
	struct log *l = c->logs[s->log];
	l->target_in_flight = false;
	if (s->head.note.len == 0)
		return; /* there is none any more */
	if (s->head.size >= l->target.size && (l->head.note.len == 0 || s->head.size > l->head.size))
		head_copy(&l->target, &s->head);
	if (l->outside)
		upload_remember(l, &s->head);
	reconcile_wake(c, s->log);
	mirror_pump(c, s->log);
}

static void stored_ok(struct core *c, struct pending_store *s)
{
	c->logs[s->log]->store_failures = 0;
	switch (s->kind) {
	case WRITE_ENTRIES:
		entries_stored(c, s);
		break;
	case WRITE_HEAD:
		head_stored(c, s);
		break;
	case WRITE_TARGET:
		target_stored(c, s);
		break;
	case WRITE_EVIDENCE:
		evidence_stored(c, s->log);
		break;
	case WRITE_COSIGNED:
		cosigned_stored(c, s->log, &s->head);
		break;
	case WRITE_PAYLOADS:
		backfill_stored(c, s->log);
		break;
	case WRITE_AUDIT:
		break;
	}
}

/* An append of ours, and not entries of our log that were fetched back. */
static bool appended(const struct pending_store *s)
{
	return s->kind == WRITE_ENTRIES && s->own && s->head.note.len > 0;
}

void core_stored(struct core *c, const struct event *event)
{
	size_t i = 0;
	while (i < c->store_count && c->stores[i].op != event->u.stored.op)
		i++;
	if (i == c->store_count)
		return;
	struct pending_store s = c->stores[i];
	memmove(&c->stores[i], &c->stores[i + 1], (--c->store_count - i) * sizeof *c->stores);
	struct log *l = c->logs[s.log];
	share_stored(c, &s, event->u.stored.code);
	if (s.generation == l->generation) {
		l->stores_in_flight--;
		l->store_bytes -= s.weight;
		if (s.kind == WRITE_AUDIT)
			serve_audited(c, s.op, event->u.stored.code);
		else if (appended(&s))
			origin_stored(c, &s, event->u.stored.code, event->u.stored.text);
		else if (event->u.stored.code == OK)
			stored_ok(c, &s);
		else
			core_reload(c, s.log, event->u.stored.text);
	} else if (s.kind == WRITE_AUDIT) {
		serve_audited(c, s.op, event->u.stored.code);
	} else if (s.kind == WRITE_EVIDENCE && event->u.stored.code == OK) {
		evidence_stored(c, s.log);
	} else if (appended(&s)) {
		origin_overtaken(c, event->u.stored.code, event->u.stored.text);
	}
	door_stored(c, s.op, event->u.stored.code);
	door_wake(c, s.log);
	upload_stored(c, s.op, event->u.stored.code);
	upload_wake(c, s.log);
	if (s.log == 0)
		ask_wake(c);
	handover_settle(c, s.log);
	head_clear(&s.head);
}
