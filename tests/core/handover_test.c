/* core: what an operator hands over from a bundle file is checked like a peer's. */
#include "tests/core/world.h"

/* ---- a bundle's content, made from what alice's store holds ---- */

static struct hasher *h;

static int read_leaves(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct toy_log *l = ctx;
	if ((index + 1) << level > l->count)
		return ERR_NOT_FOUND;
	*out = tree_hash_leaves(h, l->leaves + (index << level), (size_t)1 << level);
	return OK;
}

static struct tree_source source_of(struct toy_log *l)
{
	return (struct tree_source){ read_leaves, l };
}

/* One event with one part; the outcome is in handed_code. */
static void hand(size_t to, Normlink__Handover *part)
{
	struct buf raw = { 0 };
	struct event e = { .kind = EV_HANDOVER };
	unsigned before = nodes[to].handed;
	part->origin = (char *)(uintptr_t)alices;
	message_encode(&part->base, &raw);
	struct bytes bytes = buf_bytes(&raw);
	e.u.handover.op = 7;
	e.u.handover.count = 1;
	e.u.handover.parts = &bytes;
	step(to, &e);
	buf_free(&raw);
	run();
	assert_int_equal(nodes[to].handed, before + 1);
}

static struct buf told; /* key statements that come with a head */

static int hand_head(size_t to, struct toy_log *l, uint64_t base)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedHead head = NORMLINK__HANDED_HEAD__INIT;
	Normlink__HandedProof proof = NORMLINK__HANDED_PROOF__INIT, *pointer = &proof;
	ProtobufCBinaryData data[PROOF_HASHES_MAX];
	struct tree_proof p;
	struct hash root;
	head.has_checkpoint = 1;
	head.checkpoint = message_field(buf_bytes(&l->head));
	head.has_keys = told.len > 0;
	head.keys = message_field(buf_bytes(&told));
	if (base > 0) {
		assert_int_equal(tree_root_at(h, source_of(l), base, &root), OK);
		assert_int_equal(tree_prove(h, source_of(l), 0, base, l->head_size, &p), OK);
		for (size_t i = 0; i < p.count; i++)
			data[i] = message_field(bytes_of(p.hashes[i].b, HASH_SIZE));
		proof.has_size = proof.has_root = 1;
		proof.size = base;
		proof.root = message_field(bytes_of(root.b, HASH_SIZE));
		proof.hashes = data;
		proof.n_hashes = p.count;
		head.proofs = &pointer;
		head.n_proofs = 1;
	}
	part.body_case = NORMLINK__HANDOVER__BODY_HEAD;
	part.head = &head;
	hand(to, &part);
	return nodes[to].handed_code;
}

/* Entries from start to the end of their bundle, with payloads of the first count; spoil: another payload for entry 0.
 */
static int hand_entries(size_t to, struct toy_log *l, uint64_t start, size_t count, const char *spoil)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__HandedEntries entries = NORMLINK__HANDED_ENTRIES__INIT;
	Normlink__EntriesResponse a = NORMLINK__ENTRIES_RESPONSE__INIT;
	Normlink__Payload payloads[BUNDLE_ENTRIES], *pointers[BUNDLE_ENTRIES];
	ProtobufCBinaryData envelopes[BUNDLE_ENTRIES], hashes[PROOF_HASHES_MAX];
	uint64_t first = start / BUNDLE_ENTRIES * BUNDLE_ENTRIES, end = first + BUNDLE_ENTRIES;
	struct tree_proof p;
	end = end < l->head_size ? end : l->head_size;
	assert_int_equal(tree_prove(h, source_of(l), first, end, l->head_size, &p), OK);
	for (size_t i = 0; i < p.count; i++)
		hashes[i] = message_field(bytes_of(p.hashes[i].b, HASH_SIZE));
	for (size_t i = 0; i < end - start; i++) {
		envelopes[i] = message_field(l->entries[start + i].envelope);
		normlink__payload__init(&payloads[i]);
		payloads[i].has_state = payloads[i].has_data = 1;
		payloads[i].state = NORMLINK__PAYLOAD__STATE__STATE_PRESENT;
		payloads[i].data = message_field(spoil != NULL && i == 0 ? bytes_str(spoil) : l->entries[start + i].payload);
		pointers[i] = &payloads[i];
	}
	a.envelopes = envelopes;
	a.n_envelopes = end - start;
	a.payloads = pointers;
	a.n_payloads = count < end - start ? count : end - start;
	a.hashes = hashes;
	a.n_hashes = p.count;
	entries.has_start = entries.has_size = 1;
	entries.start = start;
	entries.size = l->head_size;
	entries.entries = &a;
	part.body_case = NORMLINK__HANDOVER__BODY_ENTRIES;
	part.entries = &entries;
	hand(to, &part);
	return nodes[to].handed_code;
}

static void hand_all(size_t to, struct toy_log *l, uint64_t base)
{
	assert_int_equal(hand_head(to, l, base), OK);
	for (uint64_t at = base; at < l->head_size; at = (at / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES)
		assert_int_equal(hand_entries(to, l, at, BUNDLE_ENTRIES, NULL), OK);
}

static struct toy_log *alice(void)
{
	return toy_log(&nodes[0], alices);
}

/* ---- tests ---- */

static void a_log_comes_without_a_link(void **state)
{
	publish(0, 700, "x");
	hand_all(2, alice(), 0);
	struct origin_status s = status_of(2, alices);
	assert_int_equal(s.head_size, 700);
	assert_int_equal(s.cosignatures, 1);
	/* the rest of it later, from the middle of a bundle */
	publish(0, 400, "y");
	hand_all(2, alice(), 700);
	assert_int_equal(status_of(2, alices).head_size, 1100);
	assert_memory_equal(toy_log(&nodes[2], alices)->leaves, alice()->leaves, 1100 * HASH_SIZE);
	/* again: nothing happens */
	assert_int_equal(hand_head(2, alice(), 0), OK);
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), OK);
	assert_int_equal(toy_log(&nodes[2], alices)->count, 1100);
	/* and it is served to others */
	connect_nodes(1, 2);
	assert_int_equal(status_of(1, alices).head_size, 1100);
}

static void entries_overlap_what_is_held(void **state)
{
	publish(0, 300, "x");
	hand_all(2, alice(), 0);
	publish(0, 300, "y");
	assert_int_equal(hand_head(2, alice(), 300), OK);
	/* the whole bundle that entry 300 lies in, in two parts */
	assert_int_equal(hand_entries(2, alice(), 256, 100, NULL), OK);
	assert_int_equal(status_of(2, alices).held, 356);
	assert_int_equal(hand_entries(2, alice(), 320, 256, NULL), OK);
	assert_int_equal(status_of(2, alices).held, 512);
	assert_int_equal(hand_entries(2, alice(), 512, 256, NULL), OK);
	assert_int_equal(status_of(2, alices).head_size, 600);
}

static void nothing_is_kept_unproved(void **state)
{
	publish(0, 600, "x");
	assert_int_equal(hand_entries(2, alice(), 0, 256, NULL), ERR_CONFLICT); /* no head yet */
	assert_int_equal(hand_head(2, alice(), 0), OK);
	assert_int_equal(hand_entries(2, alice(), 0, 256, "another"), ERR_UNTRUSTED);
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), ERR_PROTOCOL); /* a gap */
	alice()->leaves[3].b[0] ^= 1;
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), ERR_PROTOCOL);
	alice()->leaves[3].b[0] ^= 1;
	alice()->leaves[300].b[0] ^= 1; /* a proof that does not hold */
	assert_int_equal(hand_entries(2, alice(), 0, 256, NULL), ERR_UNTRUSTED);
	alice()->leaves[300].b[0] ^= 1;
	assert_int_equal(status_of(2, alices).held, 0);
	hand_all(2, alice(), 0);
	assert_int_equal(status_of(2, alices).head_size, 600);
}

static void a_head_must_go_on_from_what_is_held(void **state)
{
	publish(0, 300, "x");
	hand_all(2, alice(), 0);
	publish(0, 300, "y");
	assert_int_equal(hand_head(2, alice(), 0), ERR_NOT_FOUND);
	assert_int_equal(hand_head(2, alice(), 299), ERR_NOT_FOUND);
	struct buf *head = &alice()->head;
	head->data[head->len - 8] ^= 1;
	assert_int_not_equal(hand_head(2, alice(), 300), OK);
	head->data[head->len - 8] ^= 1;
	assert_int_equal(status_of(2, alices).seen_size, 300);
	assert_int_equal(hand_head(2, alice(), 300), OK);
	assert_int_equal(status_of(2, alices).seen_size, 600);
}

static void a_fork_is_kept_as_evidence(void **state)
{
	for (size_t more = 0; more < 2; more++) {
		if (more > 0) {
			assert_int_equal(tear_down(state), 0);
			assert_int_equal(set_up(state), 0);
		}
		publish(0, 5, "one");
		hand_all(2, alice(), 0);
		replace_alice();
		wait_ms(0);
		wait_ms(GUARD_WAIT_MS);
		publish(0, 5 + more, "another");
		assert_int_equal(hand_head(2, alice(), more > 0 ? 5 : 0), ERR_CONFLICT);
		assert_int_equal(status_of(2, alices).fork, FORK_FROZEN);
		assert_true(toy_log(&nodes[2], alices)->evidence.len > 0);
		assert_int_equal(status_of(2, alices).head_size, 5);
		assert_int_equal(hand_head(2, alice(), 0), ERR_NOT_READY);
		/* and who is told of it believes it */
		connect_nodes(1, 2);
		assert_int_equal(status_of(1, alices).fork, FORK_FROZEN);
	}
}

static void evidence_is_handed_over(void **state)
{
	Normlink__Handover part = NORMLINK__HANDOVER__INIT;
	Normlink__Evidence evidence = NORMLINK__EVIDENCE__INIT;
	publish(0, 5, "one");
	hand_all(2, alice(), 0);
	hand_all(1, alice(), 0);
	replace_alice();
	wait_ms(0);
	wait_ms(GUARD_WAIT_MS); /* out of everybody's reach, for as long as it asks */
	publish(0, 6, "another");
	assert_int_equal(hand_head(2, alice(), 5), ERR_CONFLICT);
	struct buf *raw = &toy_log(&nodes[2], alices)->evidence;
	evidence.has_file = 1;
	evidence.file = message_field(buf_bytes(raw));
	part.body_case = NORMLINK__HANDOVER__BODY_EVIDENCE;
	part.evidence = &evidence;
	raw->data[30] ^= 1; /* of the root */
	hand(1, &part);
	assert_int_not_equal(nodes[1].handed_code, OK);
	assert_int_equal(status_of(1, alices).fork, FORK_NONE);
	raw->data[30] ^= 1;
	hand(1, &part);
	assert_int_equal(nodes[1].handed_code, OK);
	assert_int_equal(status_of(1, alices).fork, FORK_FROZEN);
}

static void a_full_disk_is_told_and_tried_again(void **state)
{
	publish(0, 600, "x");
	nodes[2].disk_full = true;
	assert_int_equal(hand_head(2, alice(), 0), ERR_IO);
	assert_int_equal(hand_head(2, alice(), 0), ERR_BUSY);
	nodes[2].disk_full = false;
	wait_ms(2000);
	assert_int_equal(hand_head(2, alice(), 0), OK);
	assert_int_equal(hand_entries(2, alice(), 0, 256, NULL), OK);
	nodes[2].disk_full = true;
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), ERR_IO);
	nodes[2].disk_full = false;
	wait_ms(5000);
	assert_int_equal(status_of(2, alices).held, 256);
	assert_int_equal(hand_head(2, alice(), 0), ERR_NOT_FOUND); /* the very head that is seen, but what is held? */
	assert_int_equal(hand_head(2, alice(), 256), OK);
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), OK);
	assert_int_equal(hand_entries(2, alice(), 512, 256, NULL), OK);
	assert_int_equal(status_of(2, alices).head_size, 600);
}

/* A log of ours that is longer elsewhere was restored from an old copy. */
static void our_own_log_is_not_overtaken(void **state)
{
	publish(0, 5, "x");
	hand_all(1, alice(), 0);
	replace_alice();
	struct toy_log *kept = toy_log(&nodes[1], alices);
	assert_int_equal(hand_head(0, kept, 0), ERR_CONFLICT);
	publish(0, 1, "y");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
}

static int drop_large(size_t to, struct buf *frame)
{
	return frame->len > 3000;
}

/* Peers that were asked already and do not answer are overtaken. */
static void it_mixes_with_a_link(void **state)
{
	publish(0, 1500, "x");
	tamper = drop_large;
	connect_nodes(0, 2);
	assert_int_equal(status_of(2, alices).held, 0);
	assert_int_equal(hand_entries(2, alice(), 0, 256, NULL), OK);
	assert_int_equal(hand_entries(2, alice(), 256, 256, NULL), OK);
	assert_int_equal(status_of(2, alices).held, 512);
	tamper = NULL;
	cut(0, 2, 2);
	run();
	connect_nodes(0, 2);
	assert_int_equal(status_of(2, alices).head_size, 1500);
}

static int group_up(void **state)
{
	h = hasher_new();
	return 0;
}

static int group_down(void **state)
{
	hasher_free(h);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Its key rests on a statement that the log does not hold, which shows when all of the log is there. */
static void a_head_that_proves_unfounded_is_answered(void **state)
{
	const struct skey *first = core_key(nodes[0].core, KEY_OF_LOG);
	const struct vkey *public = skey_public(first);
	struct skey *second = NULL;
	struct buf statement = { 0 };
	struct note note;
	publish(0, 5, "x");
	assert_int_equal(skey_from_seed(public->name, public->type, (const uint8_t[KEY_SIZE]){ 66 }, &second, NULL), OK);
	struct key_change change = { .role = KEY_OF_LOG, .old = *public, .new = *skey_public(second), .index = 2 };
	assert_int_equal(key_change_write(&change, &(struct key_signer){ .key = first },
	                                  &(struct key_signer){ .key = second }, (const uint8_t[NONCE_SIZE]){ 7 },
	                                  &statement, NULL),
	                 OK);
	buf_add_u32(&told, (uint32_t)statement.len);
	buf_add_bytes(&told, buf_bytes(&statement));
	struct toy_log false_log = *alice();
	assert_int_equal(note_parse(buf_bytes(&alice()->head), &note, NULL), OK);
	false_log.head = (struct buf){ 0 };
	buf_add_bytes(&false_log.head, note.text);
	buf_add_char(&false_log.head, '\n');
	note_sign(second, note.text, &false_log.head);
	assert_int_equal(hand_head(2, &false_log, 0), OK);
	assert_int_equal(hand_entries(2, &false_log, 0, 5, NULL), ERR_UNTRUSTED);
	assert_int_equal(status_of(2, alices).head_size, 0);
	buf_free(&told);
	buf_free(&statement);
	buf_free(&false_log.head);
	skey_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_comes_without_a_link),
		TEST(entries_overlap_what_is_held),
		TEST(nothing_is_kept_unproved),
		TEST(a_head_must_go_on_from_what_is_held),
		TEST(a_fork_is_kept_as_evidence),
		TEST(evidence_is_handed_over),
		TEST(a_full_disk_is_told_and_tried_again),
		TEST(our_own_log_is_not_overtaken),
		TEST(it_mixes_with_a_link),
		TEST(a_head_that_proves_unfounded_is_answered),
	};
	return cmocka_run_group_tests(tests, group_up, group_down);
}
