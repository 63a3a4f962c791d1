#include "node/cli/exporter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/cli/known.h"
#include "node/store/store.h"
#include "proto/bundle_verify.h"
#include "proto/entry.h"

/* One origin as it was when the export began. */
struct source {
	struct origin_state state;
	struct bytes note; /* the head that goes out; in the state's arena */
	struct checkpoint head;
};

struct exporter {
	const struct node_dir *dir;
	const struct export_wish *wish;
	struct store *store;
	struct hasher *hasher;
	struct hasher *digest; /* of the file so far */
	struct bundle_verify *verify;
	FILE *out;
	struct buf part;
	struct source *sources;
	size_t count;
	uint64_t total;
	export_progress_cb progress_cb;
	void *arg;
	struct export_counts *counts;
	struct keys keys;       /* statements in our own log */
	const struct skey *key; /* that signs the file */
	struct vkey due;        /* that signed the head of the log at hand */
};

/* Our mirror key of now is the newest that our log names, of those at hand. */
static int find_key(struct exporter *x, struct err *err)
{
	const struct node_keys *at_hand = &x->dir->keys;
	struct key_line line;
	int rc = known_keys(x->store, x->dir->config.origin, &x->keys, err);
	keys_line(&x->keys, KEY_OF_MIRROR, skey_public(x->dir->mirror_key), &line);
	x->key = x->dir->mirror_key;
	for (size_t i = 0; i < line.count; i++)
		for (size_t k = 0; k < at_hand->count[KEY_OF_MIRROR]; k++)
			if (memcmp(skey_public(at_hand->v[KEY_OF_MIRROR][k])->key, line.v[i].key->key, KEY_SIZE) == 0)
				x->key = at_hand->v[KEY_OF_MIRROR][k];
	return rc;
}

/* ---- what to write ---- */

/* Those that were named; else those of our own and of peers. */
static bool wished(const struct exporter *x, const char *origin)
{
	for (size_t i = 0; i < x->wish->origin_count; i++)
		if (strcmp(x->wish->origins[i], origin) == 0)
			return true;
	return x->wish->origin_count == 0 && known_log(x->dir, origin) != NULL;
}

/* Load one origin; one without a head is left out unless it was named. */
static int add_source(struct exporter *x, const char *origin, struct err *err)
{
	struct source *s = &x->sources[x->count];
	struct note note;
	int rc = store_load(x->store, origin, &s->state, err);
	if (rc != OK)
		return rc;
	x->count++;
	s->note = x->wish->cosigned ? s->state.cosigned : s->state.head;
	if (s->note.len == 0) {
		if (x->wish->origin_count > 0)
			return err_set(err, ERR_NOT_FOUND, "%s has no %s head here yet", origin,
			               x->wish->cosigned ? "cosigned" : "complete");
		origin_state_free(&x->sources[--x->count].state);
		return OK;
	}
	rc = checkpoint_read(s->note, &note, &s->head, err);
	if (rc == OK && s->head.size < x->wish->since)
		rc = err_set(err, ERR_USAGE, "%s has %llu entries: nothing can be exported since %llu", origin,
		             (unsigned long long)s->head.size, (unsigned long long)x->wish->since);
	if (rc == OK)
		x->total += s->head.size - x->wish->since;
	return rc;
}

static int choose(struct exporter *x, struct err *err)
{
	struct arena arena = { 0 };
	const char **names;
	size_t count;
	int rc = store_origins(x->store, &arena, &names, &count, err);
	x->sources = calloc(count + 1, sizeof *x->sources);
	must(x->sources != NULL);
	for (size_t k = 0; rc == OK && k < x->wish->origin_count; k++) {
		bool held = false;
		for (size_t i = 0; i < count; i++)
			held = held || strcmp(names[i], x->wish->origins[k]) == 0;
		if (!held)
			rc = err_set(err, ERR_NOT_FOUND, "%s is not held here", x->wish->origins[k]);
	}
	for (size_t i = 0; rc == OK && i < count; i++)
		if (wished(x, names[i]))
			rc = add_source(x, names[i], err);
	if (rc == OK && x->count == 0)
		rc = err_set(err, ERR_NOT_FOUND, "nothing to export: no log here has such a head yet");
	arena_free(&arena);
	return rc;
}

/* ---- writing ---- */

/* The part goes out when a receiver would take it. */
static int put(struct exporter *x, bool last, struct err *err)
{
	struct err why = { 0 };
	if (bundle_verify_part(x->verify, buf_bytes(&x->part), &why) != OK)
		return err_set(err, ERR_CORRUPT, "the store gives what does not verify: %s", why.text);
	if (!last)
		hash_more(x->digest, buf_bytes(&x->part));
	if (fwrite(x->part.data, 1, x->part.len, x->out) != x->part.len)
		return err_errno(err, errno, "cannot write the bundle");
	x->counts->bytes += x->part.len;
	buf_reset(&x->part);
	return OK;
}

static int put_start(struct exporter *x, uint64_t time_ms, struct err *err)
{
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__BundleStart start = NORMLINK__BUNDLE_START__INIT;
	struct buf key = { 0 }, keys = { 0 };
	char node[CODE_MAX + 1];
	memcpy(node, x->dir->config.name, sizeof node);
	vkey_write(skey_public(x->key), &key);
	start.exporter = (char *)(uintptr_t)buf_str(&key);
	start.node = node;
	start.has_time_ms = start.has_logs = 1;
	start.time_ms = time_ms;
	start.logs = (uint32_t)x->count;
	keys_pack(&x->keys, KEY_OF_MIRROR, &(struct keys){ 0 }, &keys);
	start.has_keys = keys.len > 0;
	start.keys = message_field(buf_bytes(&keys));
	part.part_case = NORMLINK__BUNDLE_PART__PART_START;
	part.start = &start;
	hash_begin(x->digest);
	hash_more(x->digest, bytes_str(BUNDLE_MAGIC));
	bundle_part_write(&part, &x->part);
	buf_free(&key);
	buf_free(&keys);
	if (fputs(BUNDLE_MAGIC, x->out) == EOF)
		return err_errno(err, errno, "cannot write the bundle");
	x->counts->bytes = sizeof BUNDLE_MAGIC - 1;
	return put(x, false, err);
}

/* The right edge of the first size entries: from the tree, and the leaves of one bundle. */
static int read_frontier(struct exporter *x, const struct source *s, uint64_t size, struct tree_frontier *out,
                         struct err *err)
{
	struct store_read read = { .want_leaves = true };
	struct read_answer answer = { 0 };
	memcpy(read.origin, s->state.origin, sizeof read.origin);
	int rc = OK;
	if (tree_edge_bundle(size, &read.leaves_bundle))
		rc = store_read(x->store, &read, &answer, err);
	if (rc != OK)
		return rc;
	struct tree *tree = tree_restore(x->hasher, s->state.size, s->state.roots, s->state.tail);
	struct tree_bundle_source edge = { tree, read.leaves_bundle, answer.leaves, answer.leaf_count };
	if (tree_frontier(tree_bundle_as_source(&edge), size, out) != OK)
		rc = err_set(err, ERR_CORRUPT, "%s: the hashes of the tree are not all there", s->state.origin);
	tree_free(tree);
	arena_free(&answer.arena);
	return rc;
}

static int put_log(struct exporter *x, const struct source *s, struct err *err)
{
	struct tree_frontier since;
	int rc = read_frontier(x, s, x->wish->since, &since, err);
	if (rc != OK)
		return rc;
	struct keys none = { 0 }, covered = { 0 };
	struct buf keys = { 0 };
	for (size_t i = 0; i < s->state.key_count && s->state.keys[i].index < s->head.size; i++)
		(void)keys_add(&covered, s->state.keys[i].index, s->state.keys[i].payload);
	keys_pack(&covered, KEY_OF_LOG, &none, &keys);
	bundle_log_write(s->state.origin, &since, s->note, buf_bytes(&keys), s->state.evidence, &x->part);
	keys_free(&covered);
	buf_free(&keys);
	return put(x, false, err);
}

/* ---- entries ---- */

static bool goes_along(const struct export_wish *wish, const char *collection)
{
	for (size_t i = 0; i < wish->collection_count; i++)
		if (strcmp(wish->collections[i], collection) == 0)
			return true;
	return strcmp(collection, "public") == 0;
}

static int put_payload(struct exporter *x, const struct source *s, const struct entry *e, Normlink__Payload *out,
                       struct err *err)
{
	struct envelope envelope;
	int rc = envelope_parse(e->envelope, &envelope, err);
	if (rc != OK)
		return err_wrap(err, ERR_CORRUPT, "%s: a stored envelope", s->state.origin);
	enum payload_state state = e->state;
	if (state == PAYLOAD_PRESENT && !goes_along(x->wish, envelope.collection))
		state = PAYLOAD_WITHHELD;
	normlink__payload__init(out);
	out->has_state = 1;
	out->state = (Normlink__Payload__State)state;
	out->has_data = state == PAYLOAD_PRESENT;
	if (state == PAYLOAD_PRESENT)
		out->data = message_field(e->payload);
	x->counts->present += state == PAYLOAD_PRESENT;
	x->counts->withheld += state == PAYLOAD_WITHHELD;
	x->counts->redacted += state == PAYLOAD_REDACTED;
	x->counts->missing += state != PAYLOAD_PRESENT && strcmp(envelope.collection, "public") == 0;
	return OK;
}

static int put_answer(struct exporter *x, const struct source *s, const struct read_answer *a, struct err *err)
{
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__EntriesResponse body = NORMLINK__ENTRIES_RESPONSE__INIT;
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES];
	Normlink__Payload payloads[BUNDLE_ENTRIES], *pointers[BUNDLE_ENTRIES];
	must(a->count <= BUNDLE_ENTRIES && a->payloads >= 1 && a->payloads <= a->count);
	for (size_t i = 0; i < a->count; i++)
		envelopes[i] = message_field(a->entries[i].envelope);
	for (size_t i = 0; i < a->payloads; i++) {
		int rc = put_payload(x, s, &a->entries[i], &payloads[i], err);
		if (rc != OK)
			return rc;
		pointers[i] = &payloads[i];
	}
	body.envelopes = envelopes;
	body.n_envelopes = a->count;
	body.payloads = pointers;
	body.n_payloads = a->payloads;
	part.part_case = NORMLINK__BUNDLE_PART__PART_ENTRIES;
	part.entries = &body;
	bundle_part_write(&part, &x->part);
	return put(x, false, err);
}

static int put_entries(struct exporter *x, const struct source *s, struct err *err)
{
	struct store_read read = { .start = x->wish->since, .payload_bytes = BUNDLE_PART_PAYLOADS };
	memcpy(read.origin, s->state.origin, sizeof read.origin);
	while (read.start < s->head.size) {
		struct read_answer answer;
		read.end = (read.start / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
		read.end = read.end < s->head.size ? read.end : s->head.size;
		int rc = store_read(x->store, &read, &answer, err);
		if (rc != OK)
			return rc;
		rc = put_answer(x, s, &answer, err);
		read.start += answer.payloads;
		x->counts->entries += answer.payloads;
		arena_free(&answer.arena);
		if (rc != OK)
			return rc;
		x->progress_cb(x->arg, x->counts->entries, x->total);
	}
	x->counts->origins++;
	return OK;
}

static int put_all(struct exporter *x, uint64_t time_ms, struct err *err)
{
	int rc = put_start(x, time_ms, err);
	for (size_t i = 0; rc == OK && i < x->count; i++) {
		rc = put_log(x, &x->sources[i], err);
		if (rc == OK)
			rc = put_entries(x, &x->sources[i], err);
	}
	if (rc != OK)
		return rc;
	struct hash digest = hash_end(x->digest);
	bundle_end_write(x->key, &digest, &x->part);
	rc = put(x, true, err);
	if (rc == OK && fflush(x->out) != 0)
		rc = err_errno(err, errno, "cannot write the bundle");
	return rc == OK ? bundle_verify_finish(x->verify, err) : rc;
}

/* ---- the export's own reader ---- */

/* A log whose card has been taken away goes out all the same: the receiver decides whom it knows. */
static int own_head(void *arg, const char *origin, struct bytes raw, const struct vkey **key, struct err *err)
{
	struct exporter *x = arg;
	const struct bundle *file = bundle_verify_result(x->verify);
	(void)origin;
	*key = &x->due;
	return known_head(x->dir, x->store, file->logs[file->count - 1], raw, &x->due, err);
}

static int own_evidence(void *arg, const char *origin, const struct evidence *e, struct err *err)
{
	const struct exporter *x = arg;
	const struct bundle *file = bundle_verify_result(x->verify);
	(void)origin;
	return known_evidence(x->dir, x->store, file->logs[file->count - 1], e, err);
}

static int own_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	(void)arg, (void)exporter, (void)err;
	return OK;
}

int exporter_run(const struct node_dir *dir, const struct export_wish *wish, uint64_t time_ms, FILE *out,
                 export_progress_cb progress_cb, void *arg, struct export_counts *counts, struct err *err)
{
	struct exporter x = { .dir = dir, .wish = wish, .out = out, .progress_cb = progress_cb, .arg = arg };
	const struct bundle_trust trust = {
		.arg = &x, .head_cb = own_head, .exporter_cb = own_exporter, .evidence_cb = own_evidence
	};
	x.counts = counts;
	*counts = (struct export_counts){ 0 };
	int rc = store_open(dir->path, STORE_READ, &x.store, err);
	if (rc != OK)
		return rc;
	x.hasher = hasher_new();
	x.digest = hasher_new();
	x.verify = bundle_verify_new(&trust);
	rc = find_key(&x, err);
	if (rc == OK)
		rc = choose(&x, err);
	if (rc == OK)
		rc = put_all(&x, time_ms, err);
	for (size_t i = 0; i < x.count; i++)
		origin_state_free(&x.sources[i].state);
	free(x.sources);
	keys_free(&x.keys);
	buf_free(&x.part);
	bundle_verify_free(x.verify);
	hasher_free(x.hasher);
	hasher_free(x.digest);
	store_close(x.store);
	return rc;
}
