/* index_log: a log whose entries this test knows, what its map is by the definition, and what the store finds.
 *
 * Thread: main's.
 */
#pragma once

#include "crypto/map.h"
#include "tests/store/fixture.h"
#include "tests/store/recounted.h"

enum { ENTRIES = 1000, SUBJECTS = 300 };

/* What the log says, as this test has it. */
static struct said {
	int kind; /* 0: nothing that is counted */
	char subject[40];
} said[ENTRIES];

UNUSED static int by_key(const void *a, const void *b)
{
	return map_compare(&((const struct map_item *)a)->key, &((const struct map_item *)b)->key);
}

/* The map of the first size entries, from the definition. */
UNUSED static size_t make_map(uint64_t size, struct map_item *items, uint64_t *values)
{
	size_t count = 0;
	for (uint64_t i = size; i-- > 0;) {
		if (said[i].kind == 0)
			continue;
		struct hash key = map_key(maker.hasher, (uint32_t)said[i].kind, bytes_str(said[i].subject));
		size_t n = 0;
		while (n < count && map_compare(&items[n].key, &key) != 0)
			n++;
		if (n < count)
			continue; /* a newer one stands */
		values[count] = i;
		items[count++] = (struct map_item){ key, map_leaf(maker.hasher, &key, i) };
	}
	if (count > 1)
		qsort(items, count, sizeof *items, by_key);
	return count;
}

UNUSED static struct index_sum expected(uint64_t size)
{
	static struct map_item items[ENTRIES];
	static uint64_t values[ENTRIES];
	size_t count = make_map(size, items, values);
	return (struct index_sum){ count, map_root(maker.hasher, items, count) };
}

/* ---- entries ---- */

UNUSED static uint64_t next_index(void)
{
	return tree_size(maker.tree);
}

UNUSED static void payload_of(const Normlink__Record *r, struct buf *payload)
{
	struct buf record = { 0 };
	struct err err = { 0 };
	if (record_encode(r, &record, &err) != OK)
		fail_msg("record_encode: %s", err.text);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 3 }, payload);
	buf_free(&record);
}

UNUSED static void root_payload(uint64_t version, uint64_t size, struct index_sum sum, struct buf *payload)
{
	Normlink__IndexRoot body = NORMLINK__INDEX_ROOT__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_INDEX;
	r.subject = (char[]){ "current" };
	r.index = &body;
	body.has_version = body.has_size = body.has_keys = body.has_root = 1;
	body.version = version;
	body.size = size;
	body.keys = sum.keys;
	body.root = message_field(bytes_of(sum.root.b, HASH_SIZE));
	payload_of(&r, payload);
}

UNUSED static void redaction_of(uint64_t index, struct hash digest, struct buf *payload)
{
	char number[24];
	Normlink__Redaction body = NORMLINK__REDACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	(void)snprintf(number, sizeof number, "%llu", (unsigned long long)index);
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_REDACTION;
	r.subject = number;
	r.redaction = &body;
	body.has_index = body.has_payload_digest = 1;
	body.index = index;
	body.payload_digest = message_field(bytes_of(digest.b, HASH_SIZE));
	body.reason = (char[]){ "names a person" };
	body.basis = (char[]){ "a ruling" };
	payload_of(&r, payload);
}

/* A payload about a standard; what it says differs with its place. */
UNUSED static void standard_of(const char *subject, uint64_t seed, struct buf *payload)
{
	const struct text texts[] = { { 1, "en", "Screw threads" }, { 0, NULL, NULL } };
	const struct sample sample = { .subject = subject, .texts = texts };
	sample_payload(&sample, seed, payload);
}

UNUSED static void note_said(uint64_t index, int kind, const char *subject)
{
	assert_true(index < ENTRIES);
	said[index].kind = kind;
	(void)snprintf(said[index].subject, sizeof said[index].subject, "%s", subject);
}

UNUSED static void put(struct buf *payload)
{
	apply_one(store, maker_entries(&maker, payload, 1, PAYLOAD_PRESENT));
	buf_free(payload);
}

UNUSED static void add(const char *subject)
{
	struct buf payload = { 0 };
	note_said(next_index(), NORMLINK__KIND__KIND_STANDARD, subject);
	standard_of(subject, next_index(), &payload);
	put(&payload);
}

UNUSED static void add_root(struct index_sum sum)
{
	struct buf payload = { 0 };
	root_payload(1, next_index(), sum, &payload);
	put(&payload);
}

UNUSED static void redact(uint64_t index)
{
	struct arena arena = { 0 };
	struct found found;
	struct envelope envelope = { 0 };
	struct buf payload = { 0 };
	struct view v = store_view(store);
	char number[24];
	assert_int_equal(v.entry(v.ctx, maker.origin, index, &arena, &found, NULL), OK);
	assert_int_equal(envelope_parse(found.envelope, &envelope, NULL), OK);
	redaction_of(index, envelope.payload_digest, &payload);
	(void)snprintf(number, sizeof number, "%llu", (unsigned long long)index);
	note_said(next_index(), NORMLINK__KIND__KIND_REDACTION, number);
	put(&payload);
	said[index].kind = 0;
	arena_free(&arena);
}

/* ---- what is found ---- */

UNUSED static struct index_state state_now(struct store *s)
{
	struct index_state out;
	struct view v = store_view(s);
	assert_int_equal(v.indexed(v.ctx, maker.origin, &out, NULL), OK);
	return out;
}

UNUSED static void found_to(struct store *s, uint64_t index, enum index_verdict verdict)
{
	struct index_state now = state_now(s);
	assert_true(now.any);
	assert_int_equal(now.index, index);
	assert_string_equal(index_word(now.verdict), index_word(verdict));
	same_recounted(s, &now);
}

UNUSED static bool is_due(void)
{
	struct index_next next;
	struct index_sum due = expected(next_index());
	assert_int_equal(store_index_next(store, maker.origin, &next, NULL), OK);
	assert_int_equal(next.size, next_index());
	assert_int_equal(next.sum.keys, due.keys);
	assert_true(hash_equal(&next.sum.root, &due.root));
	return next.due;
}

/* What the map at the newest root has for a subject: an index; -1: nothing; -2: it is not ready. */
UNUSED static int64_t current_of(struct store *s, int kind, const char *subject)
{
	static struct map_proof proof;
	struct index_state state;
	struct err err = { 0 };
	struct view v = store_view(s);
	struct hash key = map_key(maker.hasher, (uint32_t)kind, bytes_str(subject));
	bool found;
	int rc = v.current(v.ctx, maker.origin, kind, subject, &state, &proof, &err);
	if (rc == ERR_NOT_READY) {
		assert_true(err.text[0] != '\0');
		return -2;
	}
	assert_int_equal(rc, OK);
	assert_int_equal(map_verify(maker.hasher, &proof, &key, &state.said.root, &found), OK);
	return found ? (int64_t)proof.value : -1;
}

UNUSED static const struct vkey *find_key(void *arg, const char *origin)
{
	return skey_public(maker.key);
}

UNUSED static void tell(void *arg, const char *line)
{
	print_message("%s\n", line);
}

/* fsck has nothing to say, and the view made anew is the same. */
UNUSED static void sound(struct store *s, uint64_t roots, uint64_t differing)
{
	struct hash before, after;
	struct fsck_report report;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_fsck(s, find_key, tell, NULL, NULL, &report, NULL), OK);
		assert_int_equal(report.problems, 0);
		assert_int_equal(report.roots, roots);
		assert_int_equal(report.differing, differing);
		assert_int_equal(store_view_digest(s, &before, NULL), OK);
		assert_int_equal(store_reindex(s, NULL, NULL, NULL), OK);
		assert_int_equal(store_view_digest(s, &after, NULL), OK);
		assert_true(hash_equal(&before, &after));
	}
}

UNUSED static int up(void **state)
{
	memset(said, 0, sizeof said);
	return log_up(state);
}
