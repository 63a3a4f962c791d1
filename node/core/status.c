/* What a node says of itself. */
#include "node/core/parts.h"

/* A mirror signs what it holds whole and durably: what is in there was carried out (clause 2.8). */
static uint64_t confirmed_size(const struct core *c, const struct note *note, const struct peer *p)
{
	const struct vkey *key = &p->card.mirror;
	uint64_t size = p->confirmed_size;
	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *s = &note->signatures[i];
		if (s->id == key->id && bytes_equal(s->name, bytes_str(key->name)) && c->logs[0]->head.size > size)
			size = c->logs[0]->head.size;
	}
	return size;
}

void status_confirmed(struct core *c)
{
	struct note note;
	if (c->logs[0]->head.note.len == 0 || note_parse(buf_bytes(&c->logs[0]->head.note), &note, NULL) != OK)
		return;
	for (size_t i = 0; i < c->peer_count; i++)
		c->peers[i]->confirmed_size = confirmed_size(c, &note, c->peers[i]);
}

static void fill_origin(const struct core *c, size_t log, struct arena *arena, struct origin_status *out)
{
	const struct log *l = c->logs[log];
	size_t witnesses, mirrors;
	witness_count(c, log, buf_bytes(&l->head.note), &witnesses, &mirrors);
	uint64_t seen = l->head.size > l->target.size ? l->head.size : l->target.size;
	if (l->own && c->gate.known.size > seen)
		seen = c->gate.known.size;
	*out = (struct origin_status){
		.origin = arena_str(arena, l->origin),
		.own = l->own,
		.outside = l->outside,
		.fork = l->fork.state,
		.held = l->stored,
		.head_size = l->head.size,
		.head_root = l->head.root,
		.witnessed_size = !l->own && door_latest(l) != NULL ? door_latest(l)->size : 0,
		.seen_size = seen > l->stored ? seen : l->stored,
		.cosignatures = witnesses,
		.mirrors = mirrors,
		.witnesses = witness_all(c, log),
		.mirror_peers = c->peer_count,
		.head_wall_ms = l->head_wall_ms,
		.cosigned_size = l->cosigned.size,
		.uncosigned_since_ms = l->uncosigned_since_ms,
	};
	if (!l->outside)
		witness_missing(c, log, arena, &out->missing, &out->missing_count);
}

static void fill_peer(const struct peer *p, struct arena *arena, struct peer_status *out)
{
	bool up = p->link != NULL && p->link->hello;
	*out = (struct peer_status){
		.name = arena_str(arena, p->card.name),
		.origin = arena_str(arena, p->card.origin),
		.address = arena_str(arena, p->card.address),
		.state = up                              ? "connected"
		         : p->dialing || p->link != NULL ? "dialing"
		         : p->card.address[0] == '\0'    ? "passive"
		                                         : "waiting",
		.last_seen_ms = p->last_seen_ms,
		.next_try_ms = p->link == NULL && !p->dialing && p->card.address[0] != '\0' ? p->next_dial_wall_ms : 0,
		.last_error = arena_str(arena, p->last_error),
		.frames_in = p->frames_in,
		.frames_out = p->frames_out,
		.bytes_in = p->bytes_in,
		.bytes_out = p->bytes_out,
		.entries_in = p->entries_in,
		.confirmed_size = p->confirmed_size,
	};
}

static void fill_asked(const struct asked *w, struct arena *arena, struct witness_status *out)
{
	*out = (struct witness_status){
		.name = arena_str(arena, w->name),
		.url = arena_str(arena, w->url),
		.known_size = w->known,
		.last_ok_ms = w->last_ok_ms,
		.next_try_ms = w->state == ASK_IDLE && w->failures > 0 ? w->next_wall_ms : 0,
		.last_error = arena_str(arena, w->last_error),
	};
}

enum guard_state core_guard(const struct core *c)
{
	return c->gate.state;
}

bool core_withheld(const struct core *c)
{
	return c->gate.state != GUARD_OPEN && c->gate.facts.word == GUARD_WAS_RESTORED;
}

void core_status(const struct core *c, uint64_t mono_ms, uint64_t wall_ms, struct arena *arena, struct core_status *out)
{
	*out = (struct core_status){
		.name = c->config.name,
		.witness = skey_public(c->config.witness_key)->name,
		.origin = c->logs[0]->origin,
		.origin_count = c->log_count,
		.peer_count = c->peer_count,
		.forks = c->forks,
		.rejected = c->rejected,
		.closed = c->gate.state == GUARD_OPEN ? NULL : guard_name(c->gate.state),
	};
	char why[GUARD_TEXT_MAX];
	gate_explain(c, mono_ms, why);
	out->closed_text = arena_str(arena, why);
	out->origins = arena_array(arena, c->log_count, sizeof *out->origins);
	out->peers = arena_array(arena, c->peer_count, sizeof *out->peers);
	for (size_t i = 0; i < c->log_count; i++)
		fill_origin(c, i, arena, &out->origins[i]);
	out->asked_count = c->asked_count;
	out->asked = arena_array(arena, c->asked_count, sizeof *out->asked);
	for (uint32_t i = 0; i < c->asked_count; i++)
		fill_asked(c->asked[i], arena, &out->asked[i]);
	for (size_t i = 0; i < c->peer_count; i++)
		fill_peer(c->peers[i], arena, &out->peers[i]);
}
