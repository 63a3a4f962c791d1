/* store: what is applied is read back, whatever the sizes, and what is refused leaves no trace. */
#include "tests/store/fixture.h"

static void read_range(struct store *s, const char *origin, uint64_t start, uint64_t end, struct read_answer *out)
{
	struct store_read read = { .start = start, .end = end, .payload_bytes = SIZE_MAX };
	struct err err = { 0 };
	(void)snprintf(read.origin, sizeof read.origin, "%s", origin);
	int rc = store_read(s, &read, out, &err);
	if (rc != OK)
		fail_msg("store_read: %s", err.text);
}

static void open_says_what_is_wrong(void **state)
{
	struct store *s = NULL;
	struct err err = { 0 };
	assert_int_equal(store_open("/nonexistent/folder", STORE_READ, &s, &err), ERR_NOT_FOUND);
	assert_int_equal(store_open(scratch.dir, STORE_WRITE, &s, &err), ERR_NOT_FOUND);
	store_close(scratch_open(&scratch, STORE_CREATE));
	assert_int_equal(store_open(scratch.dir, STORE_CREATE, &s, &err), ERR_EXISTS);
	assert_null(s);
	store_close(scratch_open(&scratch, STORE_READ));
	store_close(scratch_open(&scratch, STORE_WRITE));
	store_close(NULL);
}

static void open_refuses_what_is_no_store(void **state)
{
	struct store *s = NULL;
	struct err err = { 0 };
	FILE *f = fopen(scratch.db, "wb");
	assert_non_null(f);
	for (int i = 0; i < 5000; i++)
		(void)fputs("not a database ", f);
	(void)fclose(f);
	assert_int_equal(store_open(scratch.dir, STORE_READ, &s, &err), ERR_CORRUPT);
	assert_int_equal(store_open(scratch.dir, STORE_WRITE, &s, &err), ERR_CORRUPT);
	/* Empty: a creation that was cut short. */
	assert_int_equal(truncate(scratch.db, 0), 0);
	assert_int_equal(store_open(scratch.dir, STORE_WRITE, &s, &err), ERR_CORRUPT);
	assert_int_equal(store_open(scratch.dir, STORE_READ, &s, &err), ERR_CORRUPT);
}

static void sizes_round_trip_over_bundle_borders(void **state)
{
	static const size_t steps[] = { 1, 2, 252, 1, 1, 255, 256, 257, 513, 3 };
	struct maker m, twin;
	maker_init(&m, "iso.example/log");
	maker_init(&twin, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	unsigned n = 0;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		apply_one(s, maker_numbered(&m, n, steps[i]));
		n += (unsigned)steps[i];
	}
	struct store_write *all = maker_numbered(&twin, 0, n);
	for (int restart = 0; restart < 2; restart++) {
		struct read_answer answer;
		read_range(s, m.origin, 0, n, &answer);
		assert_int_equal(answer.count, n);
		assert_int_equal(answer.payloads, n);
		for (size_t i = 0; i < n; i++) {
			assert_true(bytes_equal(answer.entries[i].envelope, all->entries[i].envelope));
			assert_true(bytes_equal(answer.entries[i].payload, all->entries[i].payload));
			assert_int_equal(answer.entries[i].state, PAYLOAD_PRESENT);
		}
		arena_free(&answer.arena);
		for (uint64_t at = 0; at < n; at += 101) {
			read_range(s, m.origin, at, at + 1, &answer);
			assert_true(bytes_equal(answer.entries[0].envelope, all->entries[at].envelope));
			arena_free(&answer.arena);
		}
		store_close(s);
		s = scratch_open(&scratch, restart == 0 ? STORE_READ : STORE_WRITE);
	}
	store_close(s);
	write_free(all);
	maker_close(&m);
	maker_close(&twin);
}

static void load_gives_the_tree(void **state)
{
	static const size_t sizes[] = { 1, 255, 256, 257, 512, 1000 };
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint64_t held = tree_size(m.tree);
		apply_one(s, maker_numbered(&m, (unsigned)held, sizes[i] - held));
		struct origin_state o;
		assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
		assert_string_equal(o.origin, m.origin);
		assert_int_equal(o.size, sizes[i]);
		assert_int_equal(o.head.len, 0);
		struct tree *t = tree_restore(m.hasher, o.size, o.roots, o.tail);
		struct hash expected = tree_root(m.tree), found = tree_root(t);
		assert_true(hash_equal(&expected, &found));
		tree_free(t);
		arena_free(&o.arena);
	}
	struct origin_state none;
	assert_int_equal(store_load(s, "other.example/log", &none, NULL), ERR_NOT_FOUND);
	store_close(s);
	maker_close(&m);
}

static void read_stops_at_its_payload_bytes_and_gives_leaves(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&m, 0, 300));
	struct store_read read = { .origin = "iso.example/log",
		                       .start = 250,
		                       .end = 300,
		                       .payload_bytes = 0,
		                       .want_leaves = true,
		                       .leaves_bundle = 1 };
	struct read_answer answer;
	assert_int_equal(store_read(s, &read, &answer, NULL), OK);
	assert_int_equal(answer.count, 50);
	assert_int_equal(answer.payloads, 1);
	assert_int_equal(answer.leaf_count, 44);
	size_t count;
	assert_memory_equal(answer.leaves, tree_tail(m.tree, &count), 44 * sizeof(struct hash));
	arena_free(&answer.arena);
	read.payload_bytes = 1000;
	assert_int_equal(store_read(s, &read, &answer, NULL), OK);
	assert_true(answer.payloads > 1 && answer.payloads < 50);
	arena_free(&answer.arena);
	read.start = read.end = 300;
	assert_int_equal(store_read(s, &read, &answer, NULL), OK);
	assert_int_equal(answer.count, 0);
	assert_int_equal(answer.leaf_count, 44);
	arena_free(&answer.arena);
	read.leaves_bundle = 2;
	assert_int_equal(store_read(s, &read, &answer, NULL), ERR_NOT_FOUND);
	read.leaves_bundle = 0;
	read.end = 301;
	assert_int_equal(store_read(s, &read, &answer, NULL), ERR_NOT_FOUND);
	read.end = UINT64_MAX;
	assert_int_equal(store_read(s, &read, &answer, NULL), ERR_NOT_FOUND);
	read.start = 10;
	read.end = 5;
	assert_int_equal(store_read(s, &read, &answer, NULL), ERR_NOT_FOUND);
	(void)snprintf(read.origin, sizeof read.origin, "other.example/log");
	assert_int_equal(store_read(s, &read, &answer, NULL), ERR_NOT_FOUND);
	store_close(s);
	maker_close(&m);
}

/* One refused write spoils neither its neighbours nor the other origins. */
static void refused_writes_leave_no_trace(void **state)
{
	struct maker a, b, c;
	maker_init(&a, "a.example/log");
	maker_init(&b, "b.example/log");
	maker_init(&c, "c.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct store_write *w[] = { maker_numbered(&a, 0, 10), maker_numbered(&b, 0, 10),  maker_numbered(&a, 10, 10),
		                        maker_numbered(&a, 20, 5), maker_numbered(&b, 10, 10), maker_numbered(&c, 0, 1) };
	w[2]->start = 11; /* a gap: refused, and with it what follows for this origin */
	w[5]->start = 7;  /* the first write of an origin must begin at 0 */
	int codes[6];
	assert_int_equal(store_apply(s, w, 6, codes, NULL), OK);
	const int expected[] = { OK, OK, ERR_CORRUPT, ERR_CORRUPT, OK, ERR_CORRUPT };
	assert_memory_equal(codes, expected, sizeof expected);
	struct origin_state o;
	assert_int_equal(store_load(s, a.origin, &o, NULL), OK);
	assert_int_equal(o.size, 10);
	arena_free(&o.arena);
	assert_int_equal(store_load(s, b.origin, &o, NULL), OK);
	assert_int_equal(o.size, 20);
	arena_free(&o.arena);
	assert_int_equal(store_load(s, c.origin, &o, NULL), ERR_NOT_FOUND);
	/* The same again: refused, too. */
	assert_int_equal(store_apply(s, w, 1, codes, NULL), OK);
	assert_int_equal(codes[0], ERR_CORRUPT);
	for (size_t i = 0; i < 6; i++)
		write_free(w[i]);
	struct arena arena = { 0 };
	const char **names;
	size_t count;
	assert_int_equal(store_origins(s, &arena, &names, &count, NULL), OK);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "a.example/log");
	assert_string_equal(names[1], "b.example/log");
	arena_free(&arena);
	store_close(s);
	maker_close(&a);
	maker_close(&b);
	maker_close(&c);
}

static void too_large_is_refused(void **state)
{
	struct maker m;
	maker_init(&m, "a.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct store_write *w = maker_numbered(&m, 0, 2);
	struct bytes kept = w->entries[1].envelope;
	int code;
	w->entries[1].envelope = bytes_of(arena_get(&w->arena, ENVELOPE_MAX + 1), ENVELOPE_MAX + 1);
	assert_int_equal(store_apply(s, &w, 1, &code, NULL), OK);
	assert_int_equal(code, ERR_LIMIT);
	w->entries[1].envelope = kept;
	w->entries[0].payload = bytes_of(arena_get(&w->arena, PAYLOAD_MAX + 1), PAYLOAD_MAX + 1);
	assert_int_equal(store_apply(s, &w, 1, &code, NULL), OK);
	assert_int_equal(code, ERR_LIMIT);
	write_free(w);
	w = write_new("", WRITE_TARGET);
	assert_int_equal(store_apply(s, &w, 1, &code, NULL), OK);
	assert_int_equal(code, ERR_LIMIT);
	write_free(w);
	store_close(s);
	maker_close(&m);
}

static struct store_write *head_of(struct maker *m, enum store_write_kind kind)
{
	struct store_write *w = write_new(m->origin, kind);
	maker_sign(m, w);
	return w;
}

/* One head that counts as cosigned, a newer that does not, then an older that was cosigned late: the largest stays. */
static void the_newest_cosigned_head_is_kept_beside_the_head(void **state)
{
	struct maker m;
	struct origin_state o;
	int code;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct store_write *heads[3];
	for (size_t i = 0; i < 3; i++) {
		apply_one(s, maker_numbered(&m, (unsigned)(10 * i), 10));
		heads[i] = head_of(&m, WRITE_HEAD);
	}
	heads[0]->head_cosigned = true;
	heads[1]->kind = WRITE_COSIGNED;
	struct store_write *order[] = { heads[0], heads[2], heads[1], heads[0] };
	const struct store_write *expected[] = { heads[0], heads[0], heads[1], heads[1] };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(store_apply(s, &order[i], 1, &code, NULL), OK);
		assert_int_equal(code, OK);
		assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
		assert_true(bytes_equal(o.cosigned, expected[i]->head));
		arena_free(&o.arena);
		if (i == 1)
			heads[0]->kind = WRITE_COSIGNED;
	}
	heads[1]->head_size = 31;
	assert_int_equal(store_apply(s, &heads[1], 1, &code, NULL), OK);
	assert_int_equal(code, ERR_CORRUPT);
	for (size_t i = 0; i < 3; i++)
		write_free(heads[i]);
	store_close(s);
	maker_close(&m);
}

static void heads_targets_and_evidence_are_kept(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct store_write *entries = maker_numbered(&m, 0, 300);
	struct store_write *w[] = { head_of(&m, WRITE_TARGET), entries, head_of(&m, WRITE_HEAD) };
	int codes[3];
	/* A head of what is not held yet is refused; as a target it is kept. */
	assert_int_equal(store_apply(s, &w[2], 1, codes, NULL), OK);
	assert_int_equal(codes[0], ERR_CORRUPT);
	assert_int_equal(store_apply(s, &w[0], 1, codes, NULL), OK);
	assert_int_equal(codes[0], OK);
	struct origin_state o;
	assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
	assert_int_equal(o.size, 0);
	assert_true(bytes_equal(o.target, w[0]->head));
	arena_free(&o.arena);
	assert_int_equal(store_apply(s, &w[1], 2, codes, NULL), OK);
	assert_int_equal(codes[1], OK);
	store_close(s);
	s = scratch_open(&scratch, STORE_WRITE);
	assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
	assert_true(bytes_equal(o.head, w[2]->head));
	assert_int_equal(o.target.len, 0); /* the head is the newest seen */
	assert_int_equal(o.evidence.len, 0);
	arena_free(&o.arena);
	/* A head with another root than the entries give. */
	w[2]->head_root.b[0] ^= 1;
	assert_int_equal(store_apply(s, &w[2], 1, codes, NULL), OK);
	assert_int_equal(codes[0], ERR_CORRUPT);
	struct store_write *evidence = write_new(m.origin, WRITE_EVIDENCE);
	evidence->evidence = arena_bytes(&evidence->arena, bytes_str("two heads"));
	struct bytes kept = bytes_str("two heads");
	apply_one(s, evidence);
	assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
	assert_true(bytes_equal(o.evidence, kept));
	arena_free(&o.arena);
	for (size_t i = 0; i < 3; i++)
		write_free(w[i]);
	store_close(s);
	maker_close(&m);
}

/* What a mirror cannot read it keeps as bytes, counts, and leaves out of the view. */
static void invalid_and_missing_payloads_are_counted(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct buf rubbish[2] = { 0 };
	buf_add_str(&rubbish[0], "no protobuf at all");
	payload_write(bytes_str("no record"), (const uint8_t[NONCE_SIZE]){ 1 }, &rubbish[1]);
	apply_one(s, maker_numbered(&m, 0, 3));
	apply_one(s, maker_entries(&m, rubbish, 2, PAYLOAD_PRESENT));
	apply_one(s, maker_entries(&m, rubbish, 1, PAYLOAD_WITHHELD));
	apply_one(s, maker_entries(&m, rubbish, 2, PAYLOAD_REDACTED));
	struct view v = store_view(s);
	struct view_figures f;
	assert_int_equal(v.figures(v.ctx, &f, NULL), OK);
	assert_int_equal(f.records, 3);
	assert_int_equal(f.entries, 8);
	assert_int_equal(f.invalid, 2);
	assert_int_equal(f.missing, 3);
	assert_true(f.db_bytes + f.wal_bytes > 0);
	struct read_answer answer;
	read_range(s, m.origin, 0, 8, &answer);
	assert_true(bytes_equal(answer.entries[3].payload, buf_bytes(&rubbish[0])));
	assert_int_equal(answer.entries[5].state, PAYLOAD_WITHHELD);
	assert_int_equal(answer.entries[5].payload.len, 0);
	/* Somebody's word; no statement says so. */
	assert_int_equal(answer.entries[7].state, PAYLOAD_WITHHELD);
	arena_free(&answer.arena);
	struct hash before, after;
	assert_int_equal(store_view_digest(s, &before, NULL), OK);
	assert_int_equal(store_reindex(s, NULL, NULL, NULL), OK);
	assert_int_equal(store_view_digest(s, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
	assert_int_equal(v.figures(v.ctx, &f, NULL), OK);
	assert_int_equal(f.invalid, 2);
	buf_free(&rubbish[0]);
	buf_free(&rubbish[1]);
	store_close(s);
	maker_close(&m);
}

static const struct text screw[] = { { 1, "en", "Screw" }, { 0, NULL, NULL } };
static const struct text bolt[] = { { 1, "en", "Bolt" }, { 0, NULL, NULL } };

static void says_compares_with_the_current_statement(void **state)
{
	struct maker m;
	struct arena arena = { 0 };
	maker_init(&m, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	const struct sample one = { .subject = "ISO 1:2016", .texts = screw },
	                    two = { .subject = "ISO 1:2016", .texts = bolt };
	struct buf first = { 0 }, second = { 0 };
	struct bytes record_one, record_two;
	sample_payload(&one, 0, &first);
	sample_payload(&two, 1, &second);
	assert_int_equal(payload_record(buf_bytes(&first), &arena, &record_one, NULL), OK);
	assert_int_equal(payload_record(buf_bytes(&second), &arena, &record_two, NULL), OK);
	bool same, exists;
	int kind = NORMLINK__KIND__KIND_STANDARD;
	assert_int_equal(store_says(s, m.origin, kind, "ISO 1:2016", record_one, &same, &exists, NULL), OK);
	assert_false(same || exists);
	apply_sample(s, &m, &one);
	assert_int_equal(store_says(s, m.origin, kind, "ISO 1:2016", record_one, &same, &exists, NULL), OK);
	assert_true(same && exists);
	assert_int_equal(store_says(s, m.origin, kind, "ISO 1:2016", record_two, &same, &exists, NULL), OK);
	assert_true(!same && exists);
	assert_int_equal(store_says(s, "b.example/log", kind, "ISO 1:2016", record_one, &same, &exists, NULL), OK);
	assert_false(same || exists);
	assert_int_equal(store_says(s, m.origin, kind + 1, "ISO 1:2016", record_one, &same, &exists, NULL), OK);
	assert_false(same || exists);
	apply_sample(s, &m, &two);
	assert_int_equal(store_says(s, m.origin, kind, "ISO 1:2016", record_one, &same, &exists, NULL), OK);
	assert_true(!same && exists);
	buf_free(&first);
	buf_free(&second);
	arena_free(&arena);
	store_close(s);
	maker_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open_says_what_is_wrong, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(open_refuses_what_is_no_store, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(sizes_round_trip_over_bundle_borders, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(load_gives_the_tree, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(read_stops_at_its_payload_bytes_and_gives_leaves, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(refused_writes_leave_no_trace, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(too_large_is_refused, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(heads_targets_and_evidence_are_kept, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(the_newest_cosigned_head_is_kept_beside_the_head, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(invalid_and_missing_payloads_are_counted, folder_up, folder_down),
		cmocka_unit_test_setup_teardown(says_compares_with_the_current_statement, folder_up, folder_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
