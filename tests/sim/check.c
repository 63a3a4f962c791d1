#include "tests/sim/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/note.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "tests/sim/check_send.h"
#include "tests/sim/classes.h"
#include "tests/sim/keys.h"
#include "tests/sim/world.h"

/* Bounds on what one body may have under way: generous, but of the right order. */
enum {
	EFFECTS_PER_STEP_MAX = 4096,
	WRITES_WAITING_MAX = 512,
	HEALTHY_AFTER_MS = 2 * DEAD_AFTER_MS, /* half-open links have been found by then */
};

void check_fail(struct world *w, const char *invariant, const char *format, ...)
{
	if (w->failed)
		return;
	w->failed = true;
	(void)snprintf(w->invariant, sizeof w->invariant, "%s", invariant);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(w->text, sizeof w->text, format, args);
	va_end(args);
	trace_say(w, "BROKEN: %s: %s", w->invariant, w->text);
}

static const char *name_of(const struct world *w, const struct node *n)
{
	return w->idents[n->ident].name;
}

/* ---- heads ---- */

bool check_line_holds(struct world *w, const struct note *note, const struct note_signature *s, const struct vkey *key)
{
	struct bytes parts[] = { note->text, s->line };
	struct hash digest = hash_sum_parts(w->hasher, parts, 2);
	for (size_t i = 0; i < w->verified_count; i++)
		if (hash_equal(&w->verified[i], &digest))
			return true;
	if (note_verify(note, key, NULL) != OK)
		return false;
	w->verified[w->verified_count++ % WORLD_VERIFIED] = digest;
	if (w->verified_count > WORLD_VERIFIED)
		w->verified_count = WORLD_VERIFIED;
	return true;
}

static uint64_t time_of(const struct note_signature *s)
{
	uint64_t time_s = 0;
	for (unsigned i = 0; i < 8; i++)
		time_s = time_s << 8 | s->payload[i];
	return time_s;
}

/* An old line, which is no new cosignature wherever it turns up. */
static bool witness_knows(struct witnessed *wit, uint64_t size, const struct hash *root, uint64_t time_s, bool mirror)
{
	for (size_t i = 0; i < wit->count; i++) {
		struct cosigned *c = &wit->cosigned[i];
		if (c->size != size || c->time_s != time_s || c->mirror != mirror || !hash_equal(&c->root, root))
			continue;
		c->forgotten = false; /* a peer's note has brought it back */
		return true;
	}
	return false;
}

static void witness_add(struct world *w, struct node *n, uint32_t ident, uint64_t size, const struct hash *root,
                        uint64_t time_s, bool mirror)
{
	struct witnessed *wit = &n->witnessed[ident];
	uint64_t latest_s = 0;
	if (witness_knows(wit, size, root, time_s, mirror))
		return;
	for (size_t i = 0; i < wit->count; i++) {
		struct cosigned *c = &wit->cosigned[i];
		if (c->forgotten)
			continue;
		latest_s = c->time_s > latest_s ? c->time_s : latest_s;
		if (n->checked && !mirror && !c->mirror && c->size > size)
			check_fail(w, "a witness never goes back", "%s cosigned %s at %llu and then at %llu", name_of(w, n),
			           w->idents[ident].name, (unsigned long long)c->size, (unsigned long long)size);
		/* The empty tree is the beginning of every other. */
		if (n->checked && c->size > 0 && size > 0 &&
		    truth_both(&w->idents[ident].truth, c->size, &c->root, size, root) == NULL)
			check_fail(w, "a witness cosigns only what is consistent", "%s cosigned %s at %llu and at %llu",
			           name_of(w, n), w->idents[ident].name, (unsigned long long)c->size, (unsigned long long)size);
	}
	if (n->checked && time_s < latest_s)
		check_fail(w, "cosignatures are not dated back", "%s cosigned %s at time %llu and then at %llu", name_of(w, n),
		           w->idents[ident].name, (unsigned long long)latest_s, (unsigned long long)time_s);
	if (wit->count == wit->cap) {
		wit->cap = wit->cap == 0 ? 8 : wit->cap * 2;
		wit->cosigned = realloc(wit->cosigned, wit->cap * sizeof *wit->cosigned);
		must(wit->cosigned != NULL);
	}
	wit->cosigned[wit->count++] = (struct cosigned){ .size = size, .root = *root, .time_s = time_s, .mirror = mirror };
	w->figures.cosigned += !mirror;
	w->figures.mirrored += mirror;
}

/* A line of n's own, or of somebody else. */
static bool check_line(struct world *w, struct node *n, uint32_t ident, const struct note *note,
                       const struct note_signature *s, bool complete)
{
	for (uint32_t i = 0; i < w->ident_count; i++) {
		const struct ident *by = &w->idents[i];
		const struct skey *key = keys_of_line(by, s);
		struct checkpoint cp;
		if (key == NULL)
			continue;
		bool logs = i == ident && skey_public(key)->type == KEY_ED25519;
		if (!check_line_holds(w, note, s, skey_public(key))) {
			/* In the log's name, by a key that this member need not know: keys_due_signed asks for the one that counts.
			 */
			if (logs)
				continue;
			check_fail(w, "cosignatures kept are real", "%s keeps a false one of %s on %s", name_of(w, n), by->name,
			           w->idents[ident].name);
			return false;
		}
		if (i != n->ident || skey_public(key)->type != KEY_COSIGNATURE)
			continue;
		bool mirror = keys_of_mirror(by, key);
		if (n->checked && mirror && !complete)
			check_fail(w, "a mirror signs only what is held whole", "%s, %s", name_of(w, n), w->idents[ident].name);
		must(checkpoint_parse(note->text, &cp, NULL) == OK);
		witness_add(w, n, ident, cp.size, &cp.root, time_of(s), mirror);
	}
	return true;
}

static bool check_lines(struct world *w, struct node *n, uint32_t ident, const struct note *note, uint64_t size,
                        bool complete)
{
	const struct disk_log *log = &n->disk.logs[ident];
	const struct branch *b = ident == n->ident ? n->own : log->branch;
	for (size_t i = 0; i < note->count; i++)
		if (!check_line(w, n, ident, note, &note->signatures[i], complete))
			return false;
	/* What is held whole tells every key. */
	if (!keys_due_signed(w, ident, b, complete ? size : log->size, size, note))
		check_fail(w, "heads kept are signed by the key that is due", "%s keeps a head of %s at %llu without it",
		           name_of(w, n), w->idents[ident].name, (unsigned long long)size);
	return !w->failed;
}

/* A target proved to rest on a key that its log does not bear out, and is dropped: what was promised about it binds
 * nobody, and after a restart nobody knows at which time. */
static void forget_targets(struct node *n, uint32_t ident)
{
	struct witnessed *wit = &n->witnessed[ident];
	for (size_t i = 0; i < wit->count; i++)
		if (wit->cosigned[i].size > n->disk.logs[ident].head.size)
			wit->cosigned[i].forgotten = true;
}

bool check_head(struct world *w, struct node *n, uint32_t ident, struct bytes raw, uint64_t size,
                const struct hash *root, bool complete)
{
	struct note note;
	struct checkpoint cp;
	struct err err = { 0 };
	int rc = note_parse(raw, &note, &err);
	if (rc == OK)
		rc = checkpoint_parse(note.text, &cp, &err);
	if (rc != OK || !bytes_equal(cp.origin, bytes_str(w->idents[ident].card.origin)) || cp.size != size ||
	    !hash_equal(&cp.root, root)) {
		check_fail(w, "heads kept are signed", "%s keeps a head of %s that says something else: %s", name_of(w, n),
		           w->idents[ident].name, err.text);
		return false;
	}
	return check_lines(w, n, ident, &note, size, complete);
}

/* ---- writes becoming durable ---- */

static const struct branch *own_entries(struct world *w, struct node *n, const struct store_write *write)
{
	struct ident *id = &w->idents[n->ident];
	if (n->own->size != write->start) {
		check_fail(w, "an honest member never forks", "%s signs entries from %llu, and had signed %llu", id->name,
		           (unsigned long long)write->start, (unsigned long long)n->own->size);
		return NULL;
	}
	for (size_t i = 0; i < write->count; i++) {
		const struct entry *e = &write->entries[i];
		struct envelope envelope;
		struct err err = { 0 };
		int rc = envelope_parse(e->envelope, &envelope, &err);
		if (rc == OK)
			rc = e->state == PAYLOAD_PRESENT ? envelope_check(w->hasher, &envelope, e->payload, &err) : ERR_INVALID;
		if (rc != OK) {
			check_fail(w, "an origin's own entries are sound", "%s, entry %llu: %s", id->name,
			           (unsigned long long)(write->start + i), err.text);
			return NULL;
		}
		branch_append(&id->truth, w->hasher, n->own, e);
		classes_read(w, n->own);
		truth_hide(w, n->ident, n->own, classes_of(e->envelope));
	}
	w->figures.own_entries += write->count;
	return n->own;
}

/* The branch that the log is the beginning of once these entries are in it. */
static const struct branch *mirror_entries(struct world *w, const struct node *n, uint32_t ident,
                                           const struct store_write *write)
{
	const struct disk_log *log = &n->disk.logs[ident];
	const struct truth *truth = &w->idents[ident].truth;
	for (size_t i = 0; i < truth->count; i++) {
		const struct branch *b = truth->branches[i];
		if (!branch_head(b, log->size, &log->branch->roots[log->size]))
			continue;
		size_t same = 0;
		while (same < write->count && branch_has(b, write->start + same, &write->entries[same]))
			same++;
		if (same == write->count) {
			w->figures.entries += write->count;
			return classes_check_kept(w, n, ident, b, write) ? b : NULL;
		}
	}
	check_fail(w, "nothing is kept that its origin did not sign", "%s keeps entries [%llu, %llu) of %s", name_of(w, n),
	           (unsigned long long)write->start, (unsigned long long)(write->start + write->count),
	           w->idents[ident].name);
	return NULL;
}

static bool hashes_hold(struct world *w, const struct node *n, const struct branch *b, const struct store_write *write)
{
	bool good = hash_equal(&write->root, &b->roots[write->start + write->count]);
	for (size_t i = 0; good && i < write->count; i++)
		good = hash_equal(&write->leaves[i], &b->leaves[write->start + i]);
	if (!good)
		check_fail(w, "stored hashes are those of the entries", "%s, %s from %llu", name_of(w, n), write->origin,
		           (unsigned long long)write->start);
	return good;
}

/* More than half of those whom this member trusts, itself among them, but for the log's own operator. */
static bool cosigned_kept(struct world *w, struct node *n, uint32_t ident, const struct store_write *write)
{
	size_t witnesses = 0, lines = 0;
	struct note note;
	must(note_parse(write->head, &note, NULL) == OK);
	for (uint32_t i = 0; i < w->ident_count; i++) {
		witnesses += i != n->ident && w->idents[n->ident].knows[i];
		lines += i != ident && keys_has_cosigned(&w->idents[i], &note, false);
	}
	if (n->checked && witnesses > 0 && lines < witnesses / 2 + 1) {
		check_fail(w, "a cosigned head has its quorum", "%s: %s at %llu: %zu of %zu", name_of(w, n),
		           w->idents[ident].name, (unsigned long long)write->head_size, lines, witnesses);
		return false;
	}
	w->figures.quorums++;
	w->figures.late_quorums += write->kind == WRITE_COSIGNED;
	return true;
}

static bool head_kept(struct world *w, struct node *n, uint32_t ident, const struct branch *b, uint64_t held,
                      const struct store_write *write)
{
	const struct disk_log *log = &n->disk.logs[ident];
	if (write->head_size > held || !branch_head(b, write->head_size, &write->head_root)) {
		check_fail(w, "a head is kept only when it is held whole", "%s, %s at %llu, holds %llu", name_of(w, n),
		           w->idents[ident].name, (unsigned long long)write->head_size, (unsigned long long)held);
		return false;
	}
	if (n->checked && write->head_size < log->head.size) {
		check_fail(w, "a head never goes back", "%s, %s from %llu to %llu", name_of(w, n), w->idents[ident].name,
		           (unsigned long long)log->head.size, (unsigned long long)write->head_size);
		return false;
	}
	return check_head(w, n, ident, write->head, write->head_size, &write->head_root, true) &&
	       (!write->head_cosigned || cosigned_kept(w, n, ident, write));
}

static const struct branch *entries_kept(struct world *w, struct node *n, uint32_t ident,
                                         const struct store_write *write)
{
	uint64_t held = n->disk.logs[ident].size;
	if (write->start != held) {
		check_fail(w, "mirrors are prefixes", "%s, %s: entries from %llu where %llu are held", name_of(w, n),
		           w->idents[ident].name, (unsigned long long)write->start, (unsigned long long)held);
		return NULL;
	}
	/* What an origin fetches back of its own log comes without a head, as a mirror's entries do. */
	bool appended = ident == n->ident && write->head.len > 0;
	const struct branch *b = appended ? own_entries(w, n, write) : mirror_entries(w, n, ident, write);
	w->figures.fetched_back += ident == n->ident && !appended ? write->count : 0;
	if (b == NULL || !hashes_hold(w, n, b, write))
		return NULL;
	if (write->head.len > 0 && !head_kept(w, n, ident, b, held + write->count, write))
		return NULL;
	return b;
}

static bool payloads_kept(struct world *w, struct node *n, uint32_t ident, const struct store_write *write)
{
	const struct disk_log *log = &n->disk.logs[ident];
	for (size_t i = 0; i < write->count; i++) {
		uint64_t index = write->indexes[i];
		if (index < log->size && bytes_equal(write->entries[i].payload, log->branch->entries[index].payload))
			continue;
		check_fail(w, "nothing is kept that its origin did not sign", "%s keeps a payload for entry %llu of %s",
		           name_of(w, n), (unsigned long long)index, w->idents[ident].name);
		return false;
	}
	return classes_check_kept(w, n, ident, log->branch, write);
}

const struct branch *check_kept(struct world *w, struct node *n, uint32_t ident, const struct store_write *write)
{
	const struct disk_log *log = &n->disk.logs[ident];
	bool good = true;
	switch (write->kind) {
	case WRITE_ENTRIES:
		return entries_kept(w, n, ident, write);
	case WRITE_HEAD:
		good = head_kept(w, n, ident, log->branch, log->size, write);
		break;
	case WRITE_TARGET:
		if (write->head.len == 0)
			forget_targets(n, ident);
		good = write->head.len == 0 || check_head(w, n, ident, write->head, write->head_size, &write->head_root, false);
		break;
	case WRITE_COSIGNED:
		good = branch_head(log->branch, write->head_size, &write->head_root) &&
		       check_head(w, n, ident, write->head, write->head_size, &write->head_root, true) &&
		       cosigned_kept(w, n, ident, write);
		break;
	case WRITE_EVIDENCE:
		good = check_evidence(w, n, ident, write->evidence);
		break;
	case WRITE_PAYLOADS:
		good = payloads_kept(w, n, ident, write);
		break;
	case WRITE_AUDIT:
		break;
	}
	return good ? log->branch : NULL;
}

/* ---- promises ---- */

void check_acked(struct world *w, struct node *n, const struct store_write *write)
{
	uint32_t ident = 0;
	while (ident < w->ident_count && strcmp(w->idents[ident].card.origin, write->origin) != 0)
		ident++;
	must(ident < w->ident_count);
	struct witnessed *wit = &n->witnessed[ident];
	if (write->kind == WRITE_ENTRIES && write->start + write->count > wit->acked)
		wit->acked = write->start + write->count;
	if (write->kind == WRITE_HEAD || (write->kind == WRITE_ENTRIES && write->head.len > 0))
		wit->acked_head = write->head_size > wit->acked_head ? write->head_size : wit->acked_head;
	if (write->kind == WRITE_EVIDENCE)
		wit->acked_evidence = true;
}

/* What the disk says is done about an origin: evidence, and the newest verdict among the first entries of the node's
 * own log. */
static enum fork_state fork_on_disk(const struct world *w, const struct node *n, uint32_t ident, uint64_t entries)
{
	const struct disk_log *own = &n->disk.logs[n->ident];
	struct bytes evidence = buf_bytes(&n->disk.logs[ident].evidence);
	for (uint64_t i = entries; evidence.len > 0 && ident != n->ident && i-- > 0;) {
		struct bytes payload = own->branch->entries[i].payload;
		struct arena arena = { 0 };
		Normlink__Record *r = NULL;
		bool about = payload_kind(payload) == NORMLINK__KIND__KIND_VERDICT &&
		             payload_open(payload, &arena, &r, NULL) == OK &&
		             strcmp(r->subject, w->idents[ident].card.origin) == 0;
		arena_free(&arena);
		if (about)
			return verdict_on(w->hasher, evidence, payload).state;
	}
	return verdict_on(w->hasher, evidence, bytes_of(NULL, 0)).state;
}

void check_store(struct world *w, struct node *n, const struct store_write *write)
{
	static const char *const kinds[] = {
		[WRITE_ENTRIES] = "entries",       [WRITE_HEAD] = "head",         [WRITE_TARGET] = "target",
		[WRITE_EVIDENCE] = "evidence",     [WRITE_PAYLOADS] = "payloads", [WRITE_AUDIT] = "audit",
		[WRITE_COSIGNED] = "cosigned head"
	};
	trace_say(w, "    store op %llu: %s of %s, from %llu, %zu entries, head %llu", (unsigned long long)write->op,
	          kinds[write->kind], write->origin, (unsigned long long)write->start, write->count,
	          (unsigned long long)write->head_size);
	for (uint32_t i = 0; i < w->ident_count; i++) {
		const struct witnessed *wit = &n->witnessed[i];
		if (!n->checked || !wit->acked_evidence || strcmp(w->idents[i].card.origin, write->origin) != 0)
			continue;
		bool goes_on = write->kind == WRITE_ENTRIES || write->kind == WRITE_TARGET ||
		               (write->kind == WRITE_HEAD && write->head_size > n->disk.logs[i].head.size);
		/* A verdict may be durable, and the core not yet told so. */
		uint64_t held = n->disk.logs[n->ident].size, told = n->witnessed[n->ident].acked;
		if (goes_on && fork_stops(fork_on_disk(w, n, i, held)) &&
		    fork_stops(fork_on_disk(w, n, i, told < held ? told : held)))
			check_fail(w, "what is frozen stays", "%s goes on with %s", name_of(w, n), w->idents[i].name);
	}
}

static const struct submit *submit_find(const struct node *n, uint64_t op)
{
	for (size_t i = 0; i < WORLD_SUBMITS; i++)
		if (op != 0 && n->submits[i].op == op)
			return &n->submits[i];
	return NULL;
}

void check_reply(struct world *w, struct node *n, const struct effect *fx)
{
	const struct submit *s = submit_find(n, fx->u.reply.op);
	const struct disk_log *log = &n->disk.logs[n->ident];
	if (s == NULL) {
		check_fail(w, "one reply for each submission", "%s replies to op %llu", name_of(w, n),
		           (unsigned long long)fx->u.reply.op);
		return;
	}
	w->figures.replied++;
	if (fx->u.reply.code != OK)
		return;
	uint64_t end = fx->u.reply.first + fx->u.reply.count;
	bool good = fx->u.reply.count == s->count && end <= log->size && end <= log->head.size && fx->u.reply.size >= end;
	for (size_t i = 0; good && !s->verdict && i < s->count; i++) {
		struct hash digest = hash_sum(w->hasher, log->branch->entries[fx->u.reply.first + i].payload);
		good = hash_equal(&digest, &s->digests[i]);
	}
	if (!good)
		check_fail(w, "what was replied OK is durable", "%s, op %llu: [%llu, %llu), holds %llu, head %llu",
		           name_of(w, n), (unsigned long long)fx->u.reply.op, (unsigned long long)fx->u.reply.first,
		           (unsigned long long)end, (unsigned long long)log->size, (unsigned long long)log->head.size);
}

/* Honest members never break the protocol towards one another, and in a healthy network they answer in time. */
void check_close(struct world *w, struct node *n, const struct effect *fx)
{
	struct conn *c;
	const struct end *e = net_end(w, n, fx->u.close.link, &c);
	int code = fx->u.close.code;
	if (e == NULL || !n->checked)
		return;
	const struct node *other = &w->nodes[c->end[1 - (e - c->end)].node];
	if (!other->checked)
		return;
	bool late = w->quiet && w->now_ms > w->quiet_ms + HEALTHY_AFTER_MS;
	if (code == ERR_PROTOCOL || code == ERR_UNTRUSTED || code == ERR_LIMIT || (code == ERR_TIMEOUT && late))
		check_fail(w, "honest members get along", "%s ends its link with %s: %s", name_of(w, n), name_of(w, other),
		           fx->u.close.text);
}

static void check_promises(struct world *w, const struct node *n)
{
	for (uint32_t i = 0; n->checked && i < w->ident_count; i++) {
		const struct witnessed *wit = &n->witnessed[i];
		const struct disk_log *log = &n->disk.logs[i];
		if (log->size < wit->acked || log->head.size < wit->acked_head ||
		    (wit->acked_evidence && log->evidence.len == 0))
			check_fail(w, "nothing acknowledged is lost", "%s, %s: %llu of %llu entries, head %llu of %llu",
			           name_of(w, n), w->idents[i].name, (unsigned long long)log->size, (unsigned long long)wit->acked,
			           (unsigned long long)log->head.size, (unsigned long long)wit->acked_head);
	}
}

void check_step(struct world *w, struct node *n)
{
	check_promises(w, n);
	const struct disk *d = &n->disk;
	size_t reads_max = (size_t)REQUESTS_IN_FLIGHT_MAX * (n->links_up + 1) + 4 * w->ident_count;
	if (n->read_count > reads_max || d->waiting.count + d->done.count > WRITES_WAITING_MAX ||
	    d->bytes > STORE_QUEUE_BYTES_MAX + FRAME_MAX || n->fx.count > EFFECTS_PER_STEP_MAX)
		check_fail(w, "what is under way is bounded", "%s: %zu reads on %zu links, %zu writes, %zu bytes, %zu effects",
		           name_of(w, n), n->read_count, n->links_up, d->waiting.count + d->done.count, d->bytes, n->fx.count);
}

void check_crash(struct world *w, struct node *n)
{
	for (size_t i = 0; i < WORLD_SUBMITS; i++)
		n->submits[i].op = 0; /* nobody is there to be told */
	for (uint32_t i = 0; i < w->ident_count; i++)
		n->witnessed[i].acked_evidence |= n->disk.logs[i].evidence.len > 0;
	check_promises(w, n);
}
