/* bundle_write: the parts of a bundle file, written by the exporter of bundle_kit.h, honest or not.
 *
 * Include after cmocka.h.
 */
#pragma once

#include "tests/proto/bundle_kit.h"

static inline void kit_start(struct bundle_kit *k, const struct skey *exporter, unsigned logs, struct buf *out)
{
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__BundleStart start = NORMLINK__BUNDLE_START__INIT;
	struct buf vkey = { 0 };
	vkey_write(skey_public(exporter), &vkey);
	start.exporter = (char *)(uintptr_t)buf_str(&vkey);
	start.node = (char[]){ "b" };
	start.has_time_ms = start.has_logs = 1;
	start.time_ms = 1700000000000;
	start.logs = logs;
	part.part_case = NORMLINK__BUNDLE_PART__PART_START;
	part.start = &start;
	buf_add_str(out, BUNDLE_MAGIC);
	bundle_part_write(&part, out);
	buf_free(&vkey);
}

static inline void kit_root(struct bundle_kit *k, struct made_log *l, size_t size, struct hash *root)
{
	struct tree *t = tree_new(k->hasher);
	for (size_t i = 0; i < size; i++)
		tree_append(t, &l->leaves[i]);
	*root = tree_root(t);
	tree_free(t);
}

static inline void kit_head_of(struct made_log *l, size_t size, const struct hash *root, struct buf *out)
{
	struct buf text = { 0 };
	checkpoint_write(l->origin, size, root, &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_char(out, '\n');
	note_sign(l->key, buf_bytes(&text), out);
	buf_free(&text);
}

static inline int kit_leaf(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct made_log *l = ctx;
	struct tree_bundle_source s = { l->tree, (index << level) / BUNDLE_ENTRIES, NULL, 0 };
	uint64_t first = s.bundle_index * BUNDLE_ENTRIES;
	s.leaves = l->leaves + first;
	s.count = l->count - first < BUNDLE_ENTRIES ? l->count - first : BUNDLE_ENTRIES;
	struct tree_source source = tree_bundle_as_source(&s);
	return source.read(source.ctx, level, index, out);
}

static inline void kit_log(struct bundle_kit *k, struct made_log *l, size_t since, size_t size, struct bytes evidence,
                           struct buf *out)
{
	struct tree_frontier frontier;
	struct buf head = { 0 };
	struct hash root;
	assert_int_equal(tree_frontier((struct tree_source){ kit_leaf, l }, since, &frontier), OK);
	kit_root(k, l, size, &root);
	kit_head_of(l, size, &root, &head);
	bundle_log_write(l->origin, &frontier, buf_bytes(&head), bytes_of(NULL, 0), evidence, out);
	buf_free(&head);
}

/* One part: the envelopes of [start, end), payloads of the first count, those not public as state says. */
static inline void kit_part(struct made_log *l, size_t start, size_t end, size_t count, int members_state,
                            struct buf *out)
{
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__EntriesResponse body = NORMLINK__ENTRIES_RESPONSE__INIT;
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES];
	Normlink__Payload payloads[BUNDLE_ENTRIES], *pointers[BUNDLE_ENTRIES];
	for (size_t i = start; i < end; i++)
		envelopes[i - start] = message_field(buf_bytes(&l->envelopes[i]));
	for (size_t i = 0; i < count; i++) {
		bool present = (start + i) % 50 != 49 || members_state == PAYLOAD_PRESENT;
		normlink__payload__init(&payloads[i]);
		payloads[i].has_state = 1;
		payloads[i].state = (Normlink__Payload__State)(present ? PAYLOAD_PRESENT : members_state);
		payloads[i].has_data = present;
		if (present)
			payloads[i].data = message_field(buf_bytes(&l->payloads[start + i]));
		pointers[i] = &payloads[i];
	}
	body.envelopes = envelopes;
	body.n_envelopes = end - start;
	body.payloads = pointers;
	body.n_payloads = count;
	part.part_case = NORMLINK__BUNDLE_PART__PART_ENTRIES;
	part.entries = &body;
	bundle_part_write(&part, out);
}

static inline void kit_entries(struct made_log *l, size_t since, size_t size, int members_state, struct buf *out)
{
	while (since < size) {
		size_t end = (since / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
		end = end < size ? end : size;
		kit_part(l, since, end, end - since, members_state, out);
		since = end;
	}
}

static inline void kit_end(struct bundle_kit *k, const struct skey *key, struct buf *out)
{
	struct hash digest = hash_sum(k->hasher, buf_bytes(out));
	bundle_end_write(key, &digest, out);
}

/* Log 0 from since to size, whole file. */
static inline void kit_file(struct bundle_kit *k, size_t since, size_t size, struct buf *out)
{
	kit_start(k, k->exporter, 1, out);
	kit_log(k, &k->logs[0], since, size, bytes_of(NULL, 0), out);
	kit_entries(&k->logs[0], since, size, PAYLOAD_PRESENT, out);
	kit_end(k, k->exporter, out);
}
