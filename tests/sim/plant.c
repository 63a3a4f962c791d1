#include "tests/sim/plant.h"

#include "crypto/evidence.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "tests/sim/check.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

const char *plant_name(int plant)
{
	static const char *const names[PLANTS] = {
		[PLANT_NONE] = "nothing",
		[PLANT_ACK_LOST] = "a write is acknowledged and not kept",
		[PLANT_CRASH_FORGETS] = "a crash loses what was acknowledged",
		[PLANT_ORDER] = "writes are carried out in another order",
		[PLANT_ACK_EARLY] = "a write is acknowledged before it is durable",
		[PLANT_BYTE] = "a byte of an entry changes on its way to the disk",
		[PLANT_NO_HEAL] = "a partition never ends",
		[PLANT_NO_REPLY] = "a reply is swallowed",
		[PLANT_ACCUSE] = "evidence appears against an honest origin",
		[PLANT_HEAD_BACK] = "an older head takes the place of a newer",
		[PLANT_COSIGN] = "a witness cosigns two heads that cannot both be true",
		[PLANT_WITHHELD] = "a payload that was kept is gone",
		[PLANT_LEAK] = "a collection is shared with everybody",
		[PLANT_AUDIT] = "who gets what is not noted",
		[PLANT_KEPT] = "a redacted payload is kept",
		[PLANT_LATE] = "payloads that came later are lost again and again",
		[PLANT_OLD_KEY] = "a head is kept that only a key signed that was replaced",
		[PLANT_QUORUM] = "a head counts as cosigned before its quorum is there",
		[PLANT_NO_GUARD] = "a log whose disk was put back is signed unguarded",
	};
	return plant > PLANT_NONE && plant < PLANTS ? names[plant] : NULL;
}

/* Not at the first chance, so that the fault stands in the middle of a world's life. */
static bool chance(struct world *w, const struct node *n, enum plant plant, unsigned permille)
{
	if (w->plant != plant || (n != NULL && !n->checked) || !rng_permille(&w->rng, permille))
		return false;
	w->planted = true;
	trace_say(w, "PLANTED: %s", plant_name(plant));
	return true;
}

bool plant_accept(struct world *w, const struct node *n, const struct store_write *write)
{
	return write->kind == WRITE_ENTRIES && chance(w, n, PLANT_ORDER, 1000);
}

bool plant_lose(struct world *w, const struct node *n, const struct store_write *write)
{
	return write->kind == WRITE_ENTRIES && chance(w, n, PLANT_ACK_LOST, 200);
}

void plant_byte(struct world *w, const struct node *n, struct store_write *write)
{
	if (write->kind != WRITE_ENTRIES || w->idents[n->ident].card.origin[0] == '\0' ||
	    strcmp(write->origin, w->idents[n->ident].card.origin) == 0 || !chance(w, n, PLANT_BYTE, 300))
		return;
	struct entry *e = &write->entries[rng_below(&w->rng, write->count)];
	struct bytes copy = arena_bytes(&write->arena, e->envelope);
	((uint8_t *)(uintptr_t)copy.data)[copy.len - 1] ^= 1;
	e->envelope = copy;
}

void plant_quorum(struct world *w, const struct node *n, struct store_write *write)
{
	if (write->kind == WRITE_HEAD && !write->head_cosigned && chance(w, n, PLANT_QUORUM, 300))
		write->head_cosigned = true;
}

/* A head signed with the origin's own key, which the simulator has. */
static void sign(struct world *w, const struct node *n, uint32_t ident, uint64_t size, const struct hash *root,
                 struct buf *text, struct buf *note)
{
	checkpoint_write(w->idents[ident].card.origin, size, root, text);
	buf_add_bytes(note, buf_bytes(text));
	buf_add_char(note, '\n');
	note_sign(keys_to_sign(&w->idents[ident], n->disk.logs[ident].branch, size), buf_bytes(text), note);
}

/* What a broken witness would keep: another root, cosigned. */
static void cosign_other(struct world *w, struct node *n, uint32_t ident)
{
	const struct disk_head *head = &n->disk.logs[ident].head;
	struct hash root = head->root;
	struct buf text = { 0 }, note = { 0 };
	root.b[0] ^= 1;
	sign(w, n, ident, head->size, &root, &text, &note);
	note_cosign(w->idents[n->ident].witness_key, buf_bytes(&text), w->wall_ms / 1000, &note);
	(void)check_head(w, n, ident, buf_bytes(&note), head->size, &root, true);
	buf_free(&text);
	buf_free(&note);
}

/* What a core that accuses somebody wrongly would keep: perfect evidence, against one who did not fork. */
static void accuse(struct world *w, struct node *n, uint32_t ident)
{
	const struct disk_head *head = &n->disk.logs[ident].head;
	struct hash root = head->root;
	struct buf text = { 0 }, note = { 0 }, raw = { 0 };
	root.b[0] ^= 1;
	sign(w, n, ident, head->size, &root, &text, &note);
	const struct vkey *key = skey_public(keys_to_sign(&w->idents[ident], n->disk.logs[ident].branch, head->size));
	evidence_write(key, key, buf_bytes(&note), buf_bytes(&head->note), &head->root, NULL, 0, &raw);
	(void)check_kept(w, n, ident, &(struct store_write){ .kind = WRITE_EVIDENCE, .evidence = buf_bytes(&raw) });
	buf_free(&text);
	buf_free(&note);
	buf_free(&raw);
}

/* The head that is held, but by the first key. */
static void old_key(struct world *w, struct node *n, uint32_t ident)
{
	const struct disk_head *head = &n->disk.logs[ident].head;
	struct buf text = { 0 }, note = { 0 };
	checkpoint_write(w->idents[ident].card.origin, head->size, &head->root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_sign(w->idents[ident].log_key, buf_bytes(&text), &note);
	(void)check_head(w, n, ident, buf_bytes(&note), head->size, &head->root, true);
	buf_free(&text);
	buf_free(&note);
}

static void go_back(struct world *w, struct node *n, uint32_t ident)
{
	const struct disk_log *log = &n->disk.logs[ident];
	struct store_write write = { .kind = WRITE_HEAD, .head_size = log->head.size - 1 };
	struct buf text = { 0 }, note = { 0 };
	write.head_root = log->branch->roots[write.head_size];
	sign(w, n, ident, write.head_size, &write.head_root, &text, &note);
	write.head = buf_bytes(&note);
	(void)check_kept(w, n, ident, &write);
	buf_free(&text);
	buf_free(&note);
}

void plant_after(struct world *w, struct node *n, uint32_t ident)
{
	struct disk_log *log = &n->disk.logs[ident];
	if (w->idents[ident].hostility != HOSTILE_NOT || log->head.size < 2)
		return;
	if (chance(w, n, PLANT_ACCUSE, 200))
		accuse(w, n, ident);
	if (chance(w, n, PLANT_HEAD_BACK, 200))
		go_back(w, n, ident);
	if (ident != n->ident && n->witnessed[ident].count > 0 && chance(w, n, PLANT_COSIGN, 200))
		cosign_other(w, n, ident);
	if (keys_replaced(w, ident, log->branch, log->head.size) && chance(w, n, PLANT_OLD_KEY, 500))
		old_key(w, n, ident);
	if (ident != n->ident && chance(w, n, PLANT_WITHHELD, 200))
		log->states.data[log->size - 1] = PAYLOAD_WITHHELD;
}

void plant_crash(struct world *w, struct node *n)
{
	struct disk_log *log = &n->disk.logs[n->ident];
	if (log->size == 0 || log->size > n->witnessed[n->ident].acked || !chance(w, n, PLANT_CRASH_FORGETS, 1000))
		return;
	log->size--;
}

void plant_order(struct world *w, struct disk_queue *waiting)
{
	struct disk_job *a = waiting->first, *b = a != NULL ? a->next : NULL;
	if (b == NULL || a->write == NULL || b->write == NULL || a->write->kind != WRITE_ENTRIES ||
	    b->write->kind != WRITE_ENTRIES || strcmp(a->write->origin, b->write->origin) != 0 ||
	    !chance(w, NULL, PLANT_ORDER, 1000))
		return;
	a->next = b->next;
	b->next = a;
	waiting->first = b;
	if (waiting->last == b)
		waiting->last = a;
}

static void told_early(struct world *w, const struct happening *h)
{
	node_stored(w, &w->nodes[h->node], h->arg, OK);
}

bool plant_early(struct world *w, struct node *n, const struct store_write *write)
{
	if (write->kind != WRITE_HEAD || n->disk.waiting.count > 0 || !chance(w, n, PLANT_ACK_EARLY, 300))
		return false;
	world_plan(w, 0, told_early, n->index, write->op);
	return true;
}

bool plant_no_guard(struct world *w, const struct node *n)
{
	return chance(w, n, PLANT_NO_GUARD, 1000);
}

bool plant_no_reply(struct world *w, const struct node *n)
{
	return chance(w, n, PLANT_NO_REPLY, 300);
}

void plant_leak(struct world *w, const struct node *n, struct origin_state *state)
{
	Normlink__Sharing body = NORMLINK__SHARING__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char *origins[WORLD_IDENTS];
	struct buf record = { 0 }, payload = { 0 };
	if (state->size == 0 || !chance(w, n, PLANT_LEAK, 500))
		return;
	for (uint32_t i = 0; i < w->ident_count; i++)
		origins[body.n_origins++] = w->idents[i].card.origin;
	body.origins = origins;
	r.has_kind = true;
	r.kind = NORMLINK__KIND__KIND_SHARING;
	r.subject = (char[]){ "members" };
	r.sharing = &body;
	must(record_encode(&r, &record, NULL) == OK);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 1 }, &payload);
	state->statements[state->statement_count++] =
	    (struct log_statement){ .index = state->size, .payload = arena_bytes(&state->arena, buf_bytes(&payload)) };
	buf_free(&record);
	buf_free(&payload);
}

bool plant_audit(struct world *w, const struct node *n)
{
	return chance(w, n, PLANT_AUDIT, 200);
}

bool plant_kept(struct world *w, const struct node *n)
{
	return chance(w, n, PLANT_KEPT, 1000);
}

bool plant_late(struct world *w, const struct node *n, const struct store_write *write)
{
	return write->kind == WRITE_PAYLOADS && chance(w, n, PLANT_LATE, 1000);
}

bool plant_divided(struct world *w)
{
	if (w->plant != PLANT_NO_HEAL)
		return false;
	w->planted = true;
	for (uint32_t i = 0; i < NET_NODES; i++)
		w->net.group[i] = i;
	return true;
}
