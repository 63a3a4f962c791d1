/* What is believed of an answer to a question that was passed on: nothing but what can be checked.
 *
 * For each log that it names once: is its head signed by the key that is due?  For each hit: does the entry lie in that
 * tree, is the payload the entry's, is it a public and valid record, and what was asked for?  How well it fits is
 * judged anew.  A head that contradicts one that was seen here is evidence, as if it had been announced.
 */
#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/record.h"

enum trust { TRUST_GOOD, TRUST_LIE, TRUST_UNKNOWN };

struct checked_log {
	enum trust trust;
	size_t log; /* of the answer */
	uint64_t size;
	struct hash root;
};

struct checking {
	struct core *c;
	struct federated *f;
	const char *peer;
	struct checked_log logs[ORIGINS_MAX + 1];
};

bool federate_read_head(struct bytes raw, uint64_t *size, struct hash *root)
{
	struct note note;
	struct checkpoint cp;
	if (note_parse(raw, &note, NULL) != OK || checkpoint_parse(note.text, &cp, NULL) != OK)
		return false;
	*size = cp.size;
	*root = cp.root;
	return true;
}

/* ---- heads ---- */

/* Has this log signed another head of that size? */
static bool contradicts(struct core *c, size_t log, struct bytes raw, const struct checkpoint *cp,
                        const struct keys *known)
{
	struct head head = { 0 };
	bool ours = false;
	head_set(&head, raw, cp->size, &cp->root);
	keys_pack(known, KEY_OF_LOG, &c->logs[log]->keys, &head.keys);
	const struct head *other = reconcile_clashing(c, NULL, log, &head, &ours);
	if (other != NULL)
		(void)evidence_found(c, log, &head, other, &other->root, NULL, 0);
	head_clear(&head);
	return other != NULL;
}

/* Of a head, and of all that decides whether it is signed by the key that is due. */
static struct hash digest_of(struct core *c, size_t log, const Normlink__QueryLog *m)
{
	const struct log *l = c->logs[log];
	struct buf all = { 0 };
	buf_printf(&all, "%s\n%zu %zu %u\n", l->origin, l->keys.count, m->n_keys, (unsigned)l->fork.state);
	for (size_t i = 0; i < m->n_keys; i++) {
		buf_add_u32(&all, (uint32_t)m->keys[i].len);
		buf_add_bytes(&all, message_bytes(m->keys[i]));
	}
	buf_add_bytes(&all, message_bytes(m->checkpoint));
	struct hash digest = hash_sum(c->hasher, buf_bytes(&all));
	buf_free(&all);
	return digest;
}

/* One signature check for each head, not for each time that it is heard of. */
static bool recall(const struct core *c, const struct log *l, struct bytes raw, const struct hash *digest,
                   struct checkpoint *cp)
{
	const struct federation *f = &c->federation;
	if (bytes_equal(raw, buf_bytes(&l->head.note))) {
		cp->size = l->head.size;
		cp->root = l->head.root;
		return true;
	}
	for (size_t i = 0; i < FEDERATED_HEADS_REMEMBERED && i < f->head_count; i++) {
		if (!hash_equal(&f->heads[i].digest, digest))
			continue;
		cp->size = f->heads[i].size;
		cp->root = f->heads[i].root;
		return !hash_equal(&cp->root, &l->unfounded);
	}
	return false;
}

static enum trust judge_head(struct core *c, size_t log, const Normlink__QueryLog *m, struct checkpoint *cp)
{
	struct log *l = c->logs[log];
	struct bytes raw = message_bytes(m->checkpoint);
	struct keys known = { 0 };
	struct note note;
	struct hash digest = digest_of(c, log, m);
	if (recall(c, l, raw, &digest, cp))
		return TRUST_GOOD;
	int rc = ring_open(c, log, raw, m->keys, m->n_keys, &note, cp, &known, NULL);
	enum trust trust = TRUST_GOOD;
	if (rc == ERR_NOT_FOUND || (rc == OK && hash_equal(&cp->root, &l->unfounded)))
		trust = TRUST_UNKNOWN;
	else if (rc != OK || cp->size == 0 || cp->size > INT64_MAX)
		trust = TRUST_LIE;
	else if (contradicts(c, log, raw, cp, &known))
		trust = TRUST_UNKNOWN;
	keys_free(&known);
	if (trust == TRUST_GOOD)
		c->federation.heads[c->federation.head_count++ % FEDERATED_HEADS_REMEMBERED] =
		    (struct checked_head){ .digest = digest, .size = cp->size, .root = cp->root };
	return trust;
}

static void keep_log(struct checking *k, const Normlink__QueryLog *m, struct checked_log *out)
{
	struct bytes keys[KEY_CHANGES_MAX];
	for (size_t i = 0; i < m->n_keys; i++)
		keys[i] = message_bytes(m->keys[i]);
	struct federated_log log = { .origin = m->origin,
		                         .head = message_bytes(m->checkpoint),
		                         .size = out->size,
		                         .root = out->root,
		                         .keys = keys,
		                         .key_count = m->n_keys };
	out->log = federated_add_log(k->f->answer, &log);
}

static void check_log(struct checking *k, const Normlink__QueryLog *m, struct checked_log *out)
{
	size_t log = serve_find_log(k->c, m->origin);
	struct checkpoint cp = { 0 };
	*out = (struct checked_log){ .trust = TRUST_UNKNOWN };
	if (log == SIZE_MAX || fork_stops(k->c->logs[log]->fork.state))
		return;
	if (k->f->answer->arena.used > FEDERATED_KEPT_BYTES) {
		k->f->answer->cut = true;
		return;
	}
	out->trust = judge_head(k->c, log, m, &cp);
	if (out->trust != TRUST_GOOD)
		return;
	out->size = cp.size;
	out->root = cp.root;
	keep_log(k, m, out);
}

/* ---- hits ---- */

static bool proved(struct core *c, const struct checked_log *log, const Normlink__QueryHit *m, struct tree_proof *proof)
{
	struct hash leaf = hash_leaf(c->hasher, message_bytes(m->envelope));
	for (size_t i = 0; i < m->n_hashes; i++)
		memcpy(proof->hashes[i].b, m->hashes[i].data, HASH_SIZE);
	proof->count = m->n_hashes;
	return m->index < log->size && tree_verify(c->hasher, proof->hashes, proof->count, m->index, m->index + 1,
	                                           log->size, &leaf, &log->root) == OK;
}

static bool owns_payload(struct core *c, const Normlink__QueryHit *m)
{
	struct envelope envelope;
	return envelope_parse(message_bytes(m->envelope), &envelope, NULL) == OK &&
	       strcmp(envelope.collection, COLLECTION_PUBLIC) == 0 &&
	       envelope_check(c->hasher, &envelope, message_bytes(m->payload), NULL) == OK;
}

static const char *path_of(const char *peer, size_t count, char *const *via, struct buf *out)
{
	buf_reset(out);
	buf_add_str(out, peer);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "/%s", via[i]);
	return buf_str(out);
}

/* Did it come on another way already?  Then it was read, and is what was asked for. */
static bool take_again(struct checking *k, struct federated_line *line, const Normlink__QueryHit *m,
                       const struct tree_proof *proof)
{
	struct federated_hit hit = { .log = k->logs[m->log].log,
		                         .index = m->index,
		                         .envelope = message_bytes(m->envelope),
		                         .payload = message_bytes(m->payload) };
	struct buf path = { 0 };
	bool known = federated_find_hit(k->f->answer, &hit) != NULL &&
	             federated_add_hit(k->f->answer, &hit, proof, path_of(k->peer, m->n_via, m->via, &path));
	line->hits += known;
	buf_free(&path);
	return known;
}

/* A record that holds: is it what was asked for? */
static void take_record(struct checking *k, struct federated_line *line, const Normlink__QueryHit *m,
                        const struct tree_proof *proof, const Normlink__Record *record)
{
	struct buf path = { 0 };
	const struct checked_log *log = &k->logs[m->log];
	struct federated_hit hit = { .log = log->log,
		                         .index = m->index,
		                         .envelope = message_bytes(m->envelope),
		                         .payload = message_bytes(m->payload),
		                         .kind = (int)record->kind,
		                         .subject = record->subject,
		                         .direct = true };
	if (!wanted_fits(&k->f->wanted, k->f->answer->logs[log->log].origin, hit.index, record, &hit.score))
		line->unmatched++;
	else if (federated_add_hit(k->f->answer, &hit, proof, path_of(k->peer, m->n_via, m->via, &path)))
		line->hits++;
	buf_free(&path);
}

static void check_hit(struct checking *k, struct federated_line *line, const Normlink__QueryHit *m)
{
	const struct checked_log *log = &k->logs[m->log];
	struct tree_proof proof;
	struct arena arena = { 0 };
	Normlink__Record *record;
	if (log->trust == TRUST_UNKNOWN)
		line->unverifiable++;
	else if (log->trust == TRUST_LIE || !proved(k->c, log, m, &proof) || !owns_payload(k->c, m))
		line->lied++;
	else if (take_again(k, line, m, &proof))
		;
	else if (payload_open(message_bytes(m->payload), &arena, &record, NULL) != OK)
		line->unverifiable++; /* as its origin signed it; a later version may be able to read it */
	else
		take_record(k, line, m, &proof, record);
	arena_free(&arena);
}

/* ---- all of it ---- */

static void take_lines(struct checking *k, const Normlink__QueryResponse *m)
{
	struct federated_answer *a = k->f->answer;
	struct buf via = { 0 };
	for (size_t i = 0; i < m->n_lines && a->line_count < FEDERATED_LINES_KEPT_MAX; i++) {
		const Normlink__QueryLine *l = m->lines[i];
		int outcome = l->has_outcome ? (int)l->outcome : 0;
		(void)path_of(k->peer, l->n_via - 1, l->via, &via);
		struct federated_line *line = federated_add_line(a, l->via[l->n_via - 1], buf_str(&via));
		line->outcome = outcome >= FEDERATED_ANSWERED && outcome < FEDERATED_OUTCOMES ? (enum federated_outcome)outcome
		                                                                              : FEDERATED_REFUSED;
		line->hits = l->hits;
		line->text = l->text != NULL && l->text[0] != '\0' ? arena_str(&a->arena, l->text) : NULL;
	}
	buf_free(&via);
}

/* Its own log stands first, if it has one. */
static void take_own_head(struct checking *k, struct federated_line *line, const struct asked_peer *asked,
                          const Normlink__QueryResponse *m)
{
	if (m->n_logs == 0 || strcmp(m->logs[0]->origin, k->c->peers[asked->peer]->card.origin) != 0)
		return;
	if (k->logs[0].trust == TRUST_GOOD) {
		line->size = k->logs[0].size;
		line->root = k->logs[0].root;
	}
}

void federate_check(struct core *c, struct federated *f, const struct asked_peer *asked,
                    const Normlink__QueryResponse *m)
{
	struct checking *k = calloc(1, sizeof *k);
	must(k != NULL);
	k->c = c;
	k->f = f;
	k->peer = c->peers[asked->peer]->card.name;
	struct federated_line *line = &f->answer->lines[asked->line];
	for (size_t i = 0; i < m->n_logs; i++)
		check_log(k, m->logs[i], &k->logs[i]);
	line->outcome = m->late ? FEDERATED_LATE : FEDERATED_ANSWERED;
	line->text = m->late ? "its own store did not answer in time" : NULL;
	line->total = m->total;
	for (size_t i = 0; i < m->n_hits && i < f->limit; i++)
		check_hit(k, line, m->hits[i]);
	take_own_head(k, line, asked, m);
	if (line->lied > 0) {
		c->rejected++;
		c->federation.lied += line->lied;
		core_note(c, LOG_WARN, "peer_lied", "peer=%s hits=%llu", k->peer, (unsigned long long)line->lied);
	}
	take_lines(k, m);
	free(k);
}

/* ---- our own ---- */

/* What our own store found although the record alone does not say why comes after what it says, in the store's order;
 * where nothing else comes, its order is the order. */
static void take_own(struct federated *f, const struct search_hit *found, size_t place, size_t log)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	struct federated_hit hit = {
		.log = log, .index = found->index, .envelope = found->envelope, .payload = found->payload
	};
	if (f->from != 0 && f->asked_count == 0) {
		hit.score = (int64_t)place;
		hit.direct = true;
		(void)federated_add_hit(f->answer, &hit, &found->proof, NULL);
	} else if (payload_open(found->payload, &arena, &record, NULL) == OK) {
		hit.kind = (int)record->kind;
		hit.subject = record->subject;
		hit.direct = wanted_fits(&f->wanted, f->answer->logs[log].origin, hit.index, record, &hit.score);
		if (!hit.direct)
			hit.score = INT64_MAX / 2 + (int64_t)place;
		(void)federated_add_hit(f->answer, &hit, &found->proof, NULL);
	}
	arena_free(&arena);
}

static size_t keep_own_log(struct core *c, struct federated *f, const struct search_log *found)
{
	ProtobufCBinaryData fields[KEY_CHANGES_MAX];
	struct bytes keys[KEY_CHANGES_MAX];
	struct federated_log log = { .origin = found->origin, .head = found->head, .keys = keys };
	size_t known = serve_find_log(c, found->origin);
	const struct log *l = known != SIZE_MAX ? c->logs[known] : NULL;
	if (l != NULL && bytes_equal(found->head, buf_bytes(&l->head.note))) {
		log.size = l->head.size;
		log.root = l->head.root;
	} else if (!federate_read_head(found->head, &log.size, &log.root)) {
		return SIZE_MAX;
	}
	if (l != NULL)
		log.key_count = ring_fields(&l->keys, log.size, fields);
	for (size_t i = 0; i < log.key_count; i++)
		keys[i] = message_bytes(fields[i]);
	return federated_add_log(f->answer, &log);
}

void federate_take_found(struct core *c, struct federated *f, const struct search_answer *found)
{
	struct own_log {
		bool kept;
		size_t log; /* of the answer; SIZE_MAX: it cannot be read */
	} *logs = calloc(found->log_count + 1, sizeof *logs);
	must(logs != NULL);
	for (size_t i = 0; i < found->hit_count; i++) {
		struct own_log *l = &logs[found->hits[i].log];
		if (!l->kept)
			*l = (struct own_log){ true, keep_own_log(c, f, &found->logs[found->hits[i].log]) };
		if (l->log != SIZE_MAX)
			take_own(f, &found->hits[i], i, l->log);
	}
	free(logs);
}
