/* forks: evidence and verdicts, kept and read back; statements about logs among many others. */
#include "crypto/evidence.h"
#include "proto/record.h"
#include "tests/store/fixture.h"
#include "tests/store/seek.h"

static struct maker iso, own;

static int set_up(void **state)
{
	scratch_make(&scratch);
	maker_init(&iso, "iso.example/log");
	maker_init(&own, "sac.example/log");
	store = scratch_open(&scratch, STORE_CREATE);
	apply_one(store, maker_numbered(&iso, 0, 40));
	struct store_write *w = maker_numbered(&own, 0, 20);
	w->own = true;
	apply_one(store, w);
	return 0;
}

static int tear_down(void **state)
{
	store_close(store);
	maker_close(&iso);
	maker_close(&own);
	scratch_remove(&scratch);
	return 0;
}

/* ISO signed one size twice. */
static struct buf fork_file(uint64_t size)
{
	struct buf text[2] = { { 0 } }, note[2] = { { 0 } }, file = { 0 };
	struct hash roots[2] = { { .b = { 1 } }, { .b = { 2 } } };
	for (size_t i = 0; i < 2; i++) {
		checkpoint_write(iso.origin, size, &roots[i], &text[i]);
		buf_add_bytes(&note[i], buf_bytes(&text[i]));
		buf_add_char(&note[i], '\n');
		note_sign(iso.key, buf_bytes(&text[i]), &note[i]);
	}
	evidence_write(skey_public(iso.key), skey_public(iso.key), buf_bytes(&note[0]), buf_bytes(&note[1]), &roots[1],
	               NULL, 0, &file);
	for (size_t i = 0; i < 2; i++) {
		buf_free(&text[i]);
		buf_free(&note[i]);
	}
	return file;
}

static void keep(const struct buf *file)
{
	struct store_write *w = write_new(iso.origin, WRITE_EVIDENCE);
	w->evidence = arena_bytes(&w->arena, buf_bytes(file));
	apply_one(store, w);
}

static void judge(struct maker *by, bool is_own, const struct buf *file, int decision)
{
	struct buf record = { 0 }, payload = { 0 };
	struct hash digest = hash_sum(iso.hasher, buf_bytes(file));
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(by->tree) };
	Normlink__Verdict v = NORMLINK__VERDICT__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	v.has_decision = v.has_evidence_digest = v.has_size = v.has_root = r.has_kind = 1;
	v.decision = (Normlink__Decision)decision;
	v.evidence_digest = v.root = message_field(bytes_of(digest.b, HASH_SIZE));
	v.reason = (char *)(uintptr_t) "because of the flood";
	r.kind = NORMLINK__KIND__KIND_VERDICT;
	r.subject = (char *)(uintptr_t)iso.origin;
	r.verdict = &v;
	assert_int_equal(record_encode(&r, &record, NULL), OK);
	payload_write(buf_bytes(&record), nonce, &payload);
	struct store_write *w = maker_entries(by, &payload, 1, PAYLOAD_PRESENT);
	w->own = is_own;
	apply_one(store, w);
	buf_free(&record);
	buf_free(&payload);
}

static enum fork_state state_of(const char *origin)
{
	struct view v = store_view(store);
	struct arena arena = { 0 };
	struct as_of *as_of;
	size_t count;
	enum fork_state fork = FORK_NONE;
	assert_int_equal(v.begin(v.ctx, &arena, &as_of, &count, NULL), OK);
	for (size_t i = 0; i < count; i++)
		if (strcmp(as_of[i].origin, origin) == 0)
			fork = as_of[i].fork;
	v.end(v.ctx);
	arena_free(&arena);
	return fork;
}

static void all_evidence_is_kept_and_the_newest_counts(void **state)
{
	struct buf first = fork_file(30), second = fork_file(50);
	struct origin_state o;
	struct arena arena = { 0 };
	struct fork_evidence kept;
	struct view v = store_view(store);
	assert_int_equal(state_of(iso.origin), FORK_NONE);
	assert_int_equal(v.evidence(v.ctx, iso.origin, &arena, &kept, NULL), OK);
	assert_int_equal(kept.count, 0);
	keep(&first);
	keep(&first); /* a write that was told to have failed, and was kept */
	assert_int_equal(store_load(store, iso.origin, &o, NULL), OK);
	assert_true(bytes_equal(o.evidence, buf_bytes(&first)));
	origin_state_free(&o);
	keep(&second);
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	v = store_view(store);
	assert_int_equal(store_load(store, iso.origin, &o, NULL), OK);
	assert_true(bytes_equal(o.evidence, buf_bytes(&second)));
	origin_state_free(&o);
	assert_int_equal(v.evidence(v.ctx, iso.origin, &arena, &kept, NULL), OK);
	assert_int_equal(kept.count, 2);
	assert_true(bytes_equal(kept.files[0], buf_bytes(&second)));
	assert_true(bytes_equal(kept.files[1], buf_bytes(&first)));
	assert_null(kept.verdict.origin);
	assert_int_equal(v.evidence(v.ctx, "nobody", &arena, &kept, NULL), ERR_NOT_FOUND);
	assert_int_equal(state_of(iso.origin), FORK_FROZEN);
	assert_int_equal(state_of(own.origin), FORK_NONE);
	buf_free(&first);
	buf_free(&second);
	arena_free(&arena);
}

static void our_own_verdict_on_the_newest_counts(void **state)
{
	struct buf first = fork_file(30), second = fork_file(50);
	struct arena arena = { 0 };
	struct fork_evidence kept;
	keep(&first);
	judge(&iso, false, &first, NORMLINK__DECISION__DECISION_RELEASED); /* of itself */
	assert_int_equal(state_of(iso.origin), FORK_FROZEN);
	judge(&own, true, &second, NORMLINK__DECISION__DECISION_RELEASED); /* of something else */
	assert_int_equal(state_of(iso.origin), FORK_FROZEN);
	judge(&own, true, &first, 9); /* a decision of a later version */
	assert_int_equal(state_of(iso.origin), FORK_FROZEN);
	judge(&own, true, &first, NORMLINK__DECISION__DECISION_RELEASED);
	assert_int_equal(state_of(iso.origin), FORK_RELEASED);
	judge(&own, true, &first, NORMLINK__DECISION__DECISION_ABANDONED);
	assert_int_equal(state_of(iso.origin), FORK_ABANDONED);
	struct view v = store_view(store);
	assert_int_equal(v.evidence(v.ctx, iso.origin, &arena, &kept, NULL), OK);
	assert_string_equal(kept.verdict.origin, own.origin);
	assert_int_equal(kept.verdict.index, 23);
	keep(&second);
	assert_int_equal(state_of(iso.origin), FORK_FROZEN);
	/* The view is made anew from the entries, and says the same. */
	judge(&own, true, &second, NORMLINK__DECISION__DECISION_RELEASED);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(state_of(iso.origin), FORK_RELEASED);
	buf_free(&first);
	buf_free(&second);
	arena_free(&arena);
}

static void statements_are_found_among_many_records(void **state)
{
	struct buf file = fork_file(30);
	struct origin_state o;
	assert_int_equal(store_load(store, own.origin, &o, NULL), OK);
	assert_int_equal(o.statement_count, 0);
	origin_state_free(&o);
	judge(&own, true, &file, NORMLINK__DECISION__DECISION_RELEASED);
	apply_one(store, maker_numbered(&own, 100, 300));
	judge(&own, true, &file, NORMLINK__DECISION__DECISION_ABANDONED);
	assert_int_equal(store_load(store, own.origin, &o, NULL), OK);
	assert_int_equal(o.statement_count, 1); /* the newest on this subject */
	assert_int_equal(o.statements[0].index, 321);
	assert_int_equal(payload_kind(o.statements[0].payload), NORMLINK__KIND__KIND_VERDICT);
	origin_state_free(&o);
	buf_free(&file);
}

static void a_verdict_is_found_by_kind_words_and_subject(void **state)
{
	struct buf file = fork_file(30);
	struct arena arena = { 0 };
	struct found_list found;
	struct view v = store_view(store);
	judge(&own, true, &file, NORMLINK__DECISION__DECISION_RELEASED);
	const struct query by_kind = { .kind = "verdict", .limit = 10 }, by_words = { .words = "flood", .limit = 10 };
	assert_int_equal(seek(&v, &by_kind, &arena, &found, NULL), OK);
	assert_int_equal(found.total, 1);
	assert_int_equal(found.v[0].index, 20);
	assert_int_equal(seek(&v, &by_words, &arena, &found, NULL), OK);
	assert_int_equal(found.total, 1);
	assert_int_equal(v.subject(v.ctx, 0, iso.origin, &arena, &found, NULL), OK);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.v[0].origin, own.origin);
	buf_free(&file);
	arena_free(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_evidence_is_kept_and_the_newest_counts),
		TEST(our_own_verdict_on_the_newest_counts),
		TEST(statements_are_found_among_many_records),
		TEST(a_verdict_is_found_by_kind_words_and_subject),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
