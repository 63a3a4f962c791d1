/* Cosignatures: our witness's on what is consistent, our mirror's on what is held whole, others' as they come.
 *
 * tlog-witness (draft, C2SP commit 5ba5ee8): cosign only what is consistent with every head seen before, and persist it
 * before anybody hears of it.  tlog-mirror (likewise): sign no head before its entries are durable.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

/* Others' lines leave room for both of ours. */
enum { OTHERS_MAX = NOTE_SIGNATURES_MAX - 2 };

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

/* The cosigner that we know, ourselves among them, by what a signature line says of it; NULL. */
static const struct vkey *known_cosigner(const struct core *c, const struct note_signature *s)
{
	const struct vkey *own[] = { skey_public(c->config.witness_key), skey_public(c->config.mirror_key) };
	for (size_t i = 0; i < 2; i++)
		if (is_by(s, own[i]))
			return own[i];
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct card *card = &c->peers[i]->card;
		if (is_by(s, &card->witness))
			return &card->witness;
		if (is_by(s, &card->mirror))
			return &card->mirror;
	}
	for (uint32_t i = 0; i < c->asked_count; i++)
		if (is_by(s, &c->asked[i]->key))
			return &c->asked[i]->key;
	return NULL;
}

static void add_line(struct buf *out, struct bytes line)
{
	buf_add_bytes(out, line);
	buf_add_char(out, '\n');
}

void witness_clean(const struct core *c, size_t log, const struct note *note, struct buf *out)
{
	size_t count = 0;
	add_line(out, note->text);
	for (size_t i = 0; i < note->count && count < OTHERS_MAX; i++) {
		const struct note_signature *s = &note->signatures[i];
		const struct vkey *cosigner = known_cosigner(c, s);
		if (!is_by(s, c->logs[log]->key) && (cosigner == NULL || note_verify(note, cosigner, NULL) != OK))
			continue;
		add_line(out, s->line);
		count++;
	}
}

/* ---- ours ---- */

static uint64_t time_of(const struct note_signature *s)
{
	uint64_t time_s = 0;
	for (size_t i = 0; i < 8; i++)
		time_s = time_s << 8 | s->payload[i];
	return time_s;
}

/* Lines of ours say how late we have signed already: on the disk, or in a note of a peer when the disk lost them. */
static void raise_time(const struct core *c, struct log *l, const struct note *note)
{
	const struct vkey *own[] = { skey_public(c->config.witness_key), skey_public(c->config.mirror_key) };
	for (size_t i = 0; i < 2; i++) {
		const struct note_signature *s = find_line(note, own[i]);
		if (s != NULL && s->payload_len > 8 && time_of(s) <= INT64_MAX && time_of(s) > l->last_cosign_s)
			l->last_cosign_s = time_of(s);
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
	const struct skey *keys[] = { c->config.witness_key, c->config.mirror_key };
	/* Our own log, when it is fetched back, has no cosignature of ours. */
	const bool others = !c->logs[log]->own;
	const bool wanted[] = { others && as_witness, others && as_mirror };
	struct note note;
	must(note_parse(raw, &note, NULL) == OK);
	raise_time(c, c->logs[log], &note);
	add_line(out, note.text);
	for (size_t i = 0; i < note.count; i++)
		if (as_mirror || !is_by(&note.signatures[i], skey_public(c->config.mirror_key)))
			add_line(out, note.signatures[i].line);
	for (size_t i = 0; i < 2; i++)
		if (wanted[i] && find_line(&note, skey_public(keys[i])) == NULL)
			note_cosign(keys[i], note.text, cosign_time(c, c->logs[log]), out);
}

void witness_complete(struct core *c, size_t log, const struct head *done)
{
	struct log *l = c->logs[log];
	struct buf note = { 0 };
	must(l->stored >= done->size);
	/* tlog-cosignature: a cosignature says that nothing larger was seen. */
	bool newest = l->target.note.len == 0 || done->size >= l->target.size;
	/* The target may have got a newer cosignature of ours since it became the goal. */
	const struct head *from = l->target.note.len > 0 && l->target.size == done->size ? &l->target : done;
	witness_sign(c, log, buf_bytes(&from->note), newest, newest || !l->strayed, &note);
	(void)store_head(c, log, buf_bytes(&note), done->size, &done->root);
	buf_free(&note);
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
		const struct vkey *key = known_cosigner(c, s);
		if (key == NULL || find_line(&ours, key) != NULL || note_verify(&theirs, key, NULL) != OK)
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
	const struct vkey *own[] = { skey_public(c->config.witness_key), skey_public(c->config.mirror_key) };
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
	/* Lines enter a head only after they were verified; here they are counted by name and ID. */
	if (log != 0) {
		*witnesses += find_line(&note, skey_public(c->config.witness_key)) != NULL;
		*mirrors += find_line(&note, skey_public(c->config.mirror_key)) != NULL;
	}
	for (size_t i = 0; i < c->peer_count; i++) {
		if (i == c->logs[log]->peer)
			continue;
		*witnesses += find_line(&note, &c->peers[i]->card.witness) != NULL;
		*mirrors += find_line(&note, &c->peers[i]->card.mirror) != NULL;
	}
}

bool witness_misses(const struct core *c, uint32_t peer, struct bytes raw)
{
	struct note note;
	return raw.len == 0 || note_parse(raw, &note, NULL) != OK ||
	       find_line(&note, &c->peers[peer]->card.witness) == NULL;
}
