#include "tests/sim/rollback.h"

#include "crypto/note.h"
#include "node/base/must.h"
#include "proto/frame.h"
#include "tests/sim/node.h"
#include "tests/sim/plant.h"
#include "tests/sim/world.h"

/* ---- the mark ---- */

void rollback_init(struct node *n)
{
	n->disk.mark = n->disk.mark_synced = (struct guard_facts){ .marked = true, .here = true };
}

static void raise_to(struct node *n, uint64_t size, const struct hash *root)
{
	if (size <= n->disk.mark.size)
		return;
	n->disk.mark.size = size;
	n->disk.mark.root = *root;
}

void rollback_raise(struct node *n, const struct store_write *write)
{
	if (n->disk.mark.here && (write->kind == WRITE_ENTRIES || write->kind == WRITE_HEAD) && write->head.len > 0)
		raise_to(n, write->head_size, &write->head_root);
}

void rollback_crash(struct world *w, struct node *n)
{
	if (rng_permille(&w->rng, 300))
		n->disk.mark = n->disk.mark_synced;
}

static void say(struct node *n, enum guard_word word)
{
	n->disk.mark.marked = n->disk.mark.here = true;
	n->disk.mark.word = word;
	n->disk.mark_synced = n->disk.mark;
}

void rollback_opened(struct node *n)
{
	if (n->disk.mark.word != GUARD_ORDINARY || !n->disk.mark.here)
		say(n, GUARD_ORDINARY);
	n->put_back = false;
}

static bool hostile(const struct world *w, const struct node *n)
{
	return w->idents[n->ident].hostility != HOSTILE_NOT;
}

struct guard_facts rollback_facts(struct world *w, struct node *n)
{
	const struct disk_head *head = &n->disk.logs[n->ident].head;
	if (hostile(w, n) || (n->put_back && plant_no_guard(w, n)))
		return (struct guard_facts){ .marked = true, .here = true };
	struct guard_facts found = n->disk.mark;
	if (found.here && head->note.len > 0)
		raise_to(n, head->size, &head->root);
	n->disk.mark_synced = n->disk.mark;
	return found;
}

/* ---- deaf to what others know ---- */

static bool own_head(const struct world *w, const struct node *n, struct bytes raw)
{
	struct note note;
	struct checkpoint cp;
	return note_parse(raw, &note, NULL) == OK && checkpoint_parse(note.text, &cp, NULL) == OK &&
	       bytes_equal(cp.origin, bytes_str(w->idents[n->ident].card.origin));
}

bool rollback_blinds(struct world *w, const struct node *n, struct bytes *raw, struct arena *arena)
{
	Normlink__Frame *m = NULL;
	bool plant = w->plant == PLANT_NO_GUARD && n->put_back;
	if ((!hostile(w, n) && !plant) || frame_decode(*raw, arena, &m, NULL) != OK)
		return false;
	if (plant && m->body_case == NORMLINK__FRAME__BODY_ANNOUNCE)
		return own_head(w, n, message_bytes(m->announce->checkpoint));
	if (m->body_case != NORMLINK__FRAME__BODY_HELLO || !m->hello->has_your_checkpoint)
		return false;
	struct buf again = { 0 };
	m->hello->has_your_checkpoint = false;
	message_encode(&m->base, &again);
	*raw = arena_bytes(arena, buf_bytes(&again));
	buf_free(&again);
	return false;
}

/* ---- putting back ---- */

/* What it promised after the copy was made is gone with the disk. */
static void forget_promises(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < w->ident_count; i++) {
		const struct disk_log *log = &n->disk.logs[i];
		struct witnessed *wit = &n->witnessed[i];
		for (size_t k = wit->count_then; k < wit->count; k++)
			wit->cosigned[k].forgotten = true;
		wit->acked = log->size < wit->acked ? log->size : wit->acked;
		wit->acked_head = log->head.size < wit->acked_head ? log->head.size : wit->acked_head;
		wit->acked_evidence = log->evidence.len > 0;
	}
}

/* Would any majority of its peers have one that holds all of its log? */
static bool known_well(const struct world *w, const struct node *n)
{
	const struct ident *id = &w->idents[n->ident];
	const struct disk_log *own = &n->disk.logs[n->ident];
	size_t peers = 0, holders = 0;
	for (uint32_t i = 0; i < w->ident_count; i++) {
		if (!id->knows[i])
			continue;
		peers++;
		holders += w->idents[i].hostility == HOSTILE_NOT && w->nodes[i].disk.logs[n->ident].head.size >= own->head.size;
	}
	return peers > 0 && holders + guard_majority(peers) > peers;
}

static void resume(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->arg];
	if (n->disk.mark.here)
		return;
	w->figures.resumed++;
	trace_say(w, "%s: the operator resumes it", w->idents[n->ident].name);
	say(n, GUARD_WAS_RESUMED);
	if (n->up)
		node_resume(w, n);
}

enum way { DATABASE_ALONE, BY_HAND, BACKUP, WAYS };

static void put_back(struct world *w, struct node *n, enum way way)
{
	const struct guard_facts mark = n->disk.mark;
	static const char *const names[WAYS] = { "its database is put back", "its folder is put back by hand",
		                                     "a backup of it is restored" };
	trace_say(w, "%s: %s, from %llu to %llu entries", w->idents[n->ident].name, names[way],
	          (unsigned long long)n->disk.logs[n->ident].size, (unsigned long long)n->snapshot.logs[n->ident].size);
	w->figures.put_back++;
	n->put_back = n->was_put_back = true;
	disk_copy(&n->disk, &n->snapshot);
	forget_promises(w, n);
	if (way == DATABASE_ALONE) {
		n->disk.mark = n->disk.mark_synced = mark;
	} else if (way == BACKUP) {
		const struct disk_head *head = &n->disk.logs[n->ident].head;
		n->disk.mark.size = head->size;
		n->disk.mark.root = head->root;
		say(n, GUARD_WAS_RESTORED);
	} else {
		n->disk.mark.here = false;
		world_plan(w, rng_below(&w->rng, 30000), resume, WORLD_NOBODY, n->index);
	}
}

/* One at a time: while one asks, the others must not lose what they know of its log. */
static bool somebody_asks(const struct world *w)
{
	for (size_t i = 0; i < w->ident_count; i++)
		if (w->nodes[i].put_back)
			return true;
	return false;
}

void rollback_fault(struct world *w)
{
	struct node *n = &w->nodes[rng_below(&w->rng, w->ident_count)];
	struct disk_log *own = &n->disk.logs[n->ident];
	if (hostile(w, n) || somebody_asks(w))
		return;
	if (!n->snapshot.logs[n->ident].exists || rng_permille(&w->rng, 200)) {
		disk_copy(&n->snapshot, &n->disk);
		for (uint32_t i = 0; i < w->ident_count; i++)
			n->witnessed[i].count_then = n->witnessed[i].count;
		return;
	}
	if (n->snapshot.logs[n->ident].size >= own->size)
		return;
	if (n->up)
		node_crash(w, n);
	enum way way = (enum way)rng_below(&w->rng, WAYS);
	/* A power cut that took the mark's last values, and a database put back: both at once are beyond the guard. */
	if (way == DATABASE_ALONE ? n->disk.mark.here && n->disk.mark.size >= own->head.size : known_well(w, n))
		put_back(w, n, way);
	node_start(w, n);
}
