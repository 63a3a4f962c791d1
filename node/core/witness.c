/* Cosignatures: ours on heads that we hold whole, others' as they come.  tlog-witness: cosign only what is consistent
 * with every head seen before, and persist it before anybody hears of it.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

/* The log's whole signed note as a write, and on its way. */
static void store_head(struct core *c, size_t log, struct bytes note, uint64_t size, const struct hash *root)
{
	struct log *l = c->logs[log];
	struct store_write *w = write_new(l, WRITE_HEAD);
	w->head = arena_bytes(&w->arena, note);
	w->head_size = size;
	w->head_root = *root;
	l->head_in_flight = true;
	(void)core_store(c, log, &w);
}

static bool has_line(const struct note *n, struct bytes name, uint32_t id)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->signatures[i].id == id && bytes_equal(n->signatures[i].name, name))
			return true;
	return false;
}

/* The verifier key of a witness that we know, ourselves among them, by what a signature line says of it; NULL. */
static const struct vkey *known_witness(const struct core *c, const struct note_signature *s)
{
	const struct vkey *own = skey_public(c->config.witness_key);
	if (own->id == s->id && bytes_equal(s->name, bytes_str(own->name)))
		return own;
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct vkey *k = &c->peers[i]->card.witness;
		if (k->id == s->id && bytes_equal(s->name, bytes_str(k->name)))
			return k;
	}
	return NULL;
}

void witness_clean(const struct core *c, size_t log, const struct note *note, struct buf *out)
{
	const struct vkey *key = c->logs[log]->key;
	buf_add_bytes(out, note->text);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *s = &note->signatures[i];
		const struct vkey *witness = known_witness(c, s);
		bool by_log = s->id == key->id && bytes_equal(s->name, bytes_str(key->name));
		if (!by_log && (witness == NULL || note_verify(note, witness, NULL) != OK))
			continue;
		buf_add_bytes(out, s->line);
		buf_add_char(out, '\n');
	}
}

/* Seconds that never go back, whatever the clock does. */
static uint64_t cosign_time(const struct core *c, struct log *l)
{
	uint64_t now = c->wall_ms / 1000;
	l->last_cosign_s = now > l->last_cosign_s ? now : l->last_cosign_s;
	return l->last_cosign_s > 0 ? l->last_cosign_s : 1;
}

void witness_complete(struct core *c, size_t log, struct head *done)
{
	struct log *l = c->logs[log];
	struct note note;
	const struct vkey *own = skey_public(c->config.witness_key);
	must(note_parse(buf_bytes(&done->note), &note, NULL) == OK);
	if (!has_line(&note, bytes_str(own->name), own->id) && note.count < NOTE_SIGNATURES_MAX) {
		struct buf text = { 0 };
		buf_add_bytes(&text, note.text);
		note_cosign(c->config.witness_key, buf_bytes(&text), cosign_time(c, l), &done->note);
		buf_free(&text);
	}
	store_head(c, log, buf_bytes(&done->note), done->size, &done->root);
	head_clear(done);
}

bool witness_merge(struct core *c, size_t log, const struct head *seen)
{
	struct log *l = c->logs[log];
	struct note ours, theirs;
	if (l->head_in_flight || l->loading || (l->own && c->appending != NULL))
		return false;
	if (note_parse(buf_bytes(&l->head.note), &ours, NULL) != OK ||
	    note_parse(buf_bytes(&seen->note), &theirs, NULL) != OK || !bytes_equal(ours.text, theirs.text))
		return true;
	struct buf merged = { 0 };
	buf_add_bytes(&merged, buf_bytes(&l->head.note));
	size_t count = ours.count;
	for (size_t i = 0; i < theirs.count && count < NOTE_SIGNATURES_MAX; i++) {
		const struct note_signature *s = &theirs.signatures[i];
		const struct vkey *key = known_witness(c, s);
		if (key == NULL || has_line(&ours, s->name, s->id) || note_verify(&theirs, key, NULL) != OK)
			continue;
		buf_add_bytes(&merged, s->line);
		buf_add_char(&merged, '\n');
		count++;
	}
	if (count > ours.count)
		store_head(c, log, buf_bytes(&merged), l->head.size, &l->head.root);
	buf_free(&merged);
	return true;
}

bool witness_forgotten(const struct core *c, size_t log, const struct head *seen)
{
	const struct log *l = c->logs[log];
	const struct vkey *own = skey_public(c->config.witness_key);
	struct note ours, theirs;
	if (l->head.note.len == 0 || seen->size != l->head.size || !hash_equal(&seen->root, &l->head.root) ||
	    note_parse(buf_bytes(&l->head.note), &ours, NULL) != OK ||
	    note_parse(buf_bytes(&seen->note), &theirs, NULL) != OK)
		return false;
	return has_line(&ours, bytes_str(own->name), own->id) && !has_line(&theirs, bytes_str(own->name), own->id);
}
