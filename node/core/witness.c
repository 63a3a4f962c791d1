/* Cosignatures: our witness's on what is consistent, our mirror's on what is held whole, others' as they come.
 *
 * tlog-witness (draft, C2SP commit 5ba5ee8): cosign only what is consistent with every head seen before, and persist it
 * before anybody hears of it.  tlog-mirror (likewise): sign no head before its entries are durable.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

/* Others' lines leave room for both of ours. */
enum { OTHERS_MAX = NOTE_SIGNATURES_MAX - 2, UNKNOWN_MAX = 2 };

/* The log's whole signed note as a write, and on its way. */
static uint64_t store_head(struct core *c, size_t log, struct bytes note, uint64_t size, const struct hash *root)
{
	struct log *l = c->logs[log];
	struct store_write *w = write_new(l, WRITE_HEAD);
	w->head = arena_bytes(&w->arena, note);
	w->head_size = size;
	w->head_root = *root;
	l->head_in_flight = true;
	return core_store(c, log, &w)->op;
}

uint64_t witness_store_head(struct core *c, size_t log, const struct head *h)
{
	return store_head(c, log, buf_bytes(&h->note), h->size, &h->root);
}

/* ---- lines of a note, and whose they are ---- */

static bool is_by(const struct note_signature *s, const struct vkey *key)
{
	return s->id == key->id && bytes_equal(s->name, bytes_str(key->name));
}

static const struct note_signature *find_line(const struct note *n, const struct vkey *key)
{
	for (size_t i = 0; i < n->count; i++)
		if (is_by(&n->signatures[i], key))
			return &n->signatures[i];
	return NULL;
}

static void add_line(struct buf *out, struct bytes line)
{
	buf_add_bytes(out, line);
	buf_add_char(out, '\n');
}

/* A line by the log: of the keys that we know each that verifies, and some in its name by keys that we may know later.
 */
static bool is_logs(const struct note *note, const struct note_signature *s, const struct key_line *line,
                    size_t *unknown)
{
	if (!bytes_equal(s->name, bytes_str(line->v[0].key->name)))
		return false;
	for (size_t i = 0; i < line->count; i++)
		if (is_by(s, line->v[i].key))
			return note_verify(note, line->v[i].key, NULL) == OK;
	return s->payload_len == SIGNATURE_SIZE && (*unknown)++ < UNKNOWN_MAX;
}

void witness_clean(const struct core *c, size_t log, const struct keys *known, bool cosigners, const struct note *note,
                   struct buf *out)
{
	size_t count = 0, unknown = 0;
	struct key_line line;
	struct vkey cosigner;
	keys_line(known, KEY_OF_LOG, c->logs[log]->key, &line);
	add_line(out, note->text);
	for (size_t i = 0; i < note->count && count < OTHERS_MAX; i++) {
		const struct note_signature *s = &note->signatures[i];
		if (!is_logs(note, s, &line, &unknown) &&
		    (!cosigners || !ring_cosigner(c, s, &cosigner) || note_verify(note, &cosigner, NULL) != OK))
			continue;
		add_line(out, s->line);
		count++;
	}
}

/* ---- ours ---- */

/* Lines of ours say how late we have signed already: on the disk, or in a note of a peer when the disk lost them. */
static void raise_time(const struct core *c, struct log *l, const struct note *note)
{
	for (size_t i = 0; i < note->count; i++) {
		uint64_t time_s = note_time(&note->signatures[i]);
		if (ring_owns(c, &note->signatures[i]) && time_s <= INT64_MAX && time_s > l->last_cosign_s)
			l->last_cosign_s = time_s;
	}
}

void witness_restore_time(const struct core *c, struct log *l)
{
	const struct head *heads[] = { &l->head, &l->target };
	struct note note;
	for (size_t i = 0; i < 2; i++)
		if (heads[i]->note.len > 0 && note_parse(buf_bytes(&heads[i]->note), &note, NULL) == OK)
			raise_time(c, l, &note);
}

/* Seconds that never go back, whatever the clock does.  tlog-witness: never zero. */
static uint64_t cosign_time(const struct core *c, struct log *l)
{
	uint64_t now = c->wall_ms / 1000;
	l->last_cosign_s = now > l->last_cosign_s ? now : l->last_cosign_s;
	return l->last_cosign_s > 0 ? l->last_cosign_s : 1;
}

void witness_sign(struct core *c, size_t log, struct bytes raw, bool as_witness, bool as_mirror, struct buf *out)
{
	const struct skey *keys[] = { core_key(c, KEY_OF_WITNESS), core_key(c, KEY_OF_MIRROR) };
	/* Our own log, when it is fetched back, has no cosignature of ours. */
	const bool others = !c->logs[log]->own;
	const bool wanted[] = { others && as_witness, others && as_mirror };
	struct note note;
	must(note_parse(raw, &note, NULL) == OK);
	raise_time(c, c->logs[log], &note);
	add_line(out, note.text);
	for (size_t i = 0; i < note.count; i++)
		if (as_mirror || !ring_cosigns(c, 0, KEY_OF_MIRROR, &note.signatures[i]))
			add_line(out, note.signatures[i].line);
	for (size_t i = 0; i < 2; i++)
		if (wanted[i] && find_line(&note, skey_public(keys[i])) == NULL)
			note_cosign(keys[i], note.text, cosign_time(c, c->logs[log]), out);
}

/* A larger head may be on its way to the disk as the target, with our witness's line already. */
static bool is_newest(const struct core *c, size_t log, const struct head *done)
{
	const struct log *l = c->logs[log];
	for (size_t i = 0; i < c->store_count; i++)
		if (c->stores[i].log == log && c->stores[i].kind == WRITE_TARGET && c->stores[i].head.size > done->size)
			return false;
	return l->target.note.len == 0 || done->size >= l->target.size;
}

void witness_complete(struct core *c, size_t log, const struct head *done)
{
	struct log *l = c->logs[log];
	struct buf note = { 0 };
	must(l->stored >= done->size);
	if (!ring_founded(c, log, done))
		return;
	/* tlog-cosignature: a cosignature says that nothing larger was seen. */
	bool newest = is_newest(c, log, done);
	/* The target may have got a newer cosignature of ours since it became the goal. */
	const struct head *from = l->target.note.len > 0 && l->target.size == done->size ? &l->target : done;
	witness_sign(c, log, buf_bytes(&from->note), newest, newest || !l->strayed, &note);
	(void)store_head(c, log, buf_bytes(&note), done->size, &done->root);
	buf_free(&note);
}

static bool signed_in(const struct core *c, size_t log, enum key_role role, const struct note *n)
{
	for (size_t i = 0; i < n->count; i++)
		if (ring_cosigns(c, log, role, &n->signatures[i]))
			return true;
	return false;
}

/* By any key of ours in that role, whether it counts for that time or not: one of a log that lost its newest entries
 * may not. */
static bool signed_ever(const struct core *c, enum key_role role, const struct note *n)
{
	const char *name = skey_public(core_key(c, role))->name;
	for (size_t i = 0; i < n->count; i++)
		if (ring_owns(c, &n->signatures[i]) && bytes_equal(n->signatures[i].name, bytes_str(name)))
			return true;
	return false;
}

void witness_renew(struct core *c, size_t log)
{
	const struct log *l = c->logs[log];
	static const enum key_role roles[] = { KEY_OF_WITNESS, KEY_OF_MIRROR };
	struct note note;
	if (l->own || l->head_in_flight || l->target_in_flight || l->loading || fork_stops(l->fork.state) ||
	    l->target.note.len > 0 || l->head.note.len == 0 || note_parse(buf_bytes(&l->head.note), &note, NULL) != OK)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (signed_ever(c, roles[i], &note) && find_line(&note, skey_public(core_key(c, roles[i]))) == NULL) {
			witness_complete(c, log, &l->head);
			return;
		}
	}
}

/* ---- others' ---- */

bool witness_union(const struct core *c, struct bytes raw_ours, struct bytes raw_theirs, struct buf *out)
{
	struct note ours, theirs;
	if (note_parse(raw_ours, &ours, NULL) != OK || note_parse(raw_theirs, &theirs, NULL) != OK ||
	    !bytes_equal(ours.text, theirs.text))
		return false;
	size_t count = ours.count;
	for (size_t i = 0; i < theirs.count && count < OTHERS_MAX; i++) {
		const struct note_signature *s = &theirs.signatures[i];
		struct vkey key;
		if (!ring_cosigner(c, s, &key) || find_line(&ours, &key) != NULL || note_verify(&theirs, &key, NULL) != OK)
			continue;
		if (count++ == ours.count)
			buf_add_bytes(out, raw_ours);
		add_line(out, s->line);
	}
	return count > ours.count;
}

bool witness_merge(struct core *c, size_t log, const struct head *seen)
{
	struct log *l = c->logs[log];
	struct buf merged = { 0 };
	struct note theirs;
	if (l->head_in_flight || l->loading || (l->own && c->appending != NULL))
		return false;
	if (note_parse(buf_bytes(&seen->note), &theirs, NULL) == OK)
		raise_time(c, l, &theirs);
	if (witness_union(c, buf_bytes(&l->head.note), buf_bytes(&seen->note), &merged))
		(void)store_head(c, log, buf_bytes(&merged), l->head.size, &l->head.root);
	buf_free(&merged);
	return true;
}

bool witness_forgotten(const struct core *c, size_t log, const struct head *seen)
{
	const struct log *l = c->logs[log];
	const struct vkey *own[] = { skey_public(core_key(c, KEY_OF_WITNESS)), skey_public(core_key(c, KEY_OF_MIRROR)) };
	struct note ours, theirs;
	if (l->head.note.len == 0 || seen->size != l->head.size || !hash_equal(&seen->root, &l->head.root) ||
	    note_parse(buf_bytes(&l->head.note), &ours, NULL) != OK ||
	    note_parse(buf_bytes(&seen->note), &theirs, NULL) != OK)
		return false;
	for (size_t i = 0; i < 2; i++)
		if (find_line(&ours, own[i]) != NULL && find_line(&theirs, own[i]) == NULL)
			return true;
	return false;
}

void witness_count(const struct core *c, size_t log, struct bytes raw, size_t *witnesses, size_t *mirrors)
{
	struct note note;
	*witnesses = *mirrors = 0;
	if (raw.len == 0 || note_parse(raw, &note, NULL) != OK)
		return;
	/* Lines enter a head only after they were verified; here they are counted by name and ID, each operator once, the
	 * log's own never. */
	for (size_t i = 0; i < c->log_count; i++) {
		if (i == log || c->logs[i]->outside)
			continue;
		*witnesses += signed_in(c, i, KEY_OF_WITNESS, &note);
		*mirrors += signed_in(c, i, KEY_OF_MIRROR, &note);
	}
	for (size_t i = 0; c->logs[log]->own && i < c->asked_count; i++)
		*witnesses += find_line(&note, &c->asked[i]->key) != NULL;
}

size_t witness_all(const struct core *c, size_t log)
{
	/* Whoever is a peer, except the log's own operator, and we ourselves for others' logs: as many as peers. */
	return c->peer_count + (c->logs[log]->own ? c->asked_count : 0);
}

void witness_missing(const struct core *c, size_t log, struct arena *arena, const char ***names, size_t *count)
{
	const struct log *l = c->logs[log];
	struct note note;
	*count = 0;
	*names = arena_array(arena, witness_all(c, log), sizeof **names);
	if (l->head.note.len == 0 || note_parse(buf_bytes(&l->head.note), &note, NULL) != OK)
		return;
	for (uint32_t i = 0; i < c->peer_count; i++)
		if (i != l->peer && !signed_in(c, ring_log_of(c, i), KEY_OF_WITNESS, &note))
			(*names)[(*count)++] = arena_str(arena, c->peers[i]->card.name);
	for (size_t i = 0; l->own && i < c->asked_count; i++)
		if (find_line(&note, &c->asked[i]->key) == NULL)
			(*names)[(*count)++] = arena_str(arena, c->asked[i]->name);
}
