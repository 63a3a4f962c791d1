/* sharing: what is not public is hidden from who may not see it; payloads that come late; who was given what. */
#include "node/core/listing_at.h"
#include "tests/store/fixture.h"
#include "tests/store/seek.h"

static const struct text screw[] = { { 1, "en", "Screw threads" }, { 0, NULL, NULL } };
static const struct text newer[] = { { 1, "en", "Screw threads, revised" }, { 0, NULL, NULL } };

static void add(const char *subject, const struct text *texts, const char *collection, struct buf *payload,
                enum payload_state state)
{
	const struct sample sample = { .subject = subject, .texts = texts, .ics = { "21.040.10", "21.040" } };
	buf_reset(payload);
	sample_payload(&sample, tree_size(maker.tree), payload);
	maker.collection = collection;
	apply_one(store, maker_entries(&maker, payload, 1, state));
}

static uint64_t found(const struct query *query)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(store);
	assert_int_equal(seek(&v, query, &arena, &list, NULL), OK);
	assert_true(list.count <= list.total);
	arena_free(&arena);
	return list.total;
}

/* Every way of searching: by words, by reference, by code alone, by code and status, by filters alone. */
static void expect(uint64_t local, uint64_t public)
{
	const struct query asked[] = {
		{ .words = "screw", .limit = 10 },   { .words = "ISO 1", .limit = 10 },
		{ .ics = "21", .limit = 10 },        { .ics = "21.040", .status = "current", .limit = 10 },
		{ .kind = "standard", .limit = 10 }, { .words = "screw", .ics = "21.040.10", .limit = 10 },
	};
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct query q = asked[i];
		if (found(&q) != local)
			fail_msg("query %zu: %llu", i, (unsigned long long)found(&q));
		q.public_only = true;
		if (found(&q) != public)
			fail_msg("query %zu, public: %llu", i, (unsigned long long)found(&q));
	}
}

static const struct vkey *find_key(void *arg, const char *origin)
{
	return skey_public(maker.key);
}

static void tell(void *arg, const char *line)
{
	print_message("%s\n", line);
}

static void sound(void)
{
	struct hash before, after;
	struct fsck_report report;
	assert_int_equal(store_view_digest(store, &before, NULL), OK);
	assert_int_equal(store_fsck(store, find_key, tell, NULL, NULL, &report, NULL), OK);
	assert_int_equal(report.problems, 0);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(store_view_digest(store, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
}

static void what_is_not_public_is_hidden(void **state)
{
	struct buf payload = { 0 };
	add("ISO 1:2001", screw, NULL, &payload, PAYLOAD_PRESENT);
	add("ISO 1:2002", screw, "members", &payload, PAYLOAD_PRESENT);
	add("ISO 1:2003", screw, "public", &payload, PAYLOAD_PRESENT);
	expect(3, 2);
	/* A newer statement that is not public takes the place of a public one. */
	add("ISO 1:2001", newer, "members", &payload, PAYLOAD_PRESENT);
	expect(3, 1);
	struct view view = store_view(store);
	struct arena arena = { 0 };
	struct found_list list;
	assert_int_equal(
	    view.listing(view.ctx, maker.origin, NORMLINK__KIND__KIND_STANDARD, NULL, 0, 9, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.v[0].index, 2);
	assert_int_equal(
	    view.listing(view.ctx, maker.origin, NORMLINK__KIND__KIND_STANDARD, "members", 0, 9, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.v[0].index, 1);
	assert_int_equal(list.v[1].index, 3);
	/* As of a size: what everybody has, whoever asks, and whatever came after. */
	const struct listing_at at = { maker.origin, 0, 0, 4, 9 };
	uint64_t next;
	assert_int_equal(view.listing_at(view.ctx, &at, &arena, &list, &next, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.v[0].index, 0);
	assert_int_equal(list.v[1].index, 2);
	assert_int_equal(next, 4);
	arena_free(&arena);
	sound();
	buf_free(&payload);
}

/* ---- late ---- */

static void arrive(uint64_t index, const struct buf *payload)
{
	struct store_write *w = write_new(maker.origin, WRITE_PAYLOADS);
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->indexes[0] = index;
	w->entries[0] = (struct entry){ .payload = arena_bytes(&w->arena, buf_bytes(payload)), .state = PAYLOAD_PRESENT };
	apply_one(store, w);
}

static size_t missing(const char *collection, uint64_t start, uint64_t *first)
{
	struct store_read read = { .want_missing = true, .start = start };
	struct read_answer answer;
	(void)snprintf(read.origin, sizeof read.origin, "%s", maker.origin);
	(void)snprintf(read.collection, sizeof read.collection, "%s", collection);
	assert_int_equal(store_read(store, &read, &answer, NULL), OK);
	*first = answer.indexes[0];
	for (size_t i = 0; i < answer.count; i++) {
		assert_true(answer.entries[i].envelope.len > 0);
		assert_int_equal(answer.entries[i].state, PAYLOAD_WITHHELD);
	}
	size_t count = answer.count;
	arena_free(&answer.arena);
	return count;
}

static void payloads_come_late_and_in_any_order(void **state)
{
	struct buf p[5] = { 0 };
	uint64_t first;
	add("ISO 1:2001", screw, "members", &p[0], PAYLOAD_WITHHELD);
	add("ISO 1:2001", newer, NULL, &p[1], PAYLOAD_PRESENT);
	add("ISO 1:2001", screw, NULL, &p[2], PAYLOAD_WITHHELD);
	add("ISO 1:2002", screw, "drafts", &p[3], PAYLOAD_WITHHELD);
	add("ISO 1:2001", newer, "members", &p[4], PAYLOAD_WITHHELD);
	expect(1, 1);
	assert_int_equal(missing("", 0, &first), 1);
	assert_int_equal(first, 2);
	assert_int_equal(missing("members", 0, &first), 2);
	assert_int_equal(missing("members", 1, &first), 1);
	assert_int_equal(first, 4);
	assert_int_equal(missing("others", 0, &first), 0);
	sound();
	static const unsigned order[] = { 4, 0, 2, 3 };
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		arrive(order[i], &p[order[i]]);
		sound();
	}
	expect(2, 0);
	assert_int_equal(missing("members", 0, &first) + missing("", 0, &first) + missing("drafts", 0, &first), 0);
	arrive(0, &p[0]); /* again: nothing happens */
	sound();
	/* The very same log, whose payloads came in order, gives the same view. */
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(store);
	assert_int_equal(v.subject(v.ctx, 0, "ISO 1:2001", &arena, &list, NULL), OK);
	assert_int_equal(list.count, 4);
	assert_int_equal(list.v[0].index, 4);
	assert_int_equal(list.v[1].index, 2);
	assert_int_equal(list.v[2].index, 1);
	assert_int_equal(list.v[3].index, 0);
	arena_free(&arena);
	for (size_t i = 0; i < 5; i++)
		buf_free(&p[i]);
}

static void what_is_refused_changes_nothing(void **state)
{
	struct buf payload = { 0 };
	add("ISO 1:2001", screw, "members", &payload, PAYLOAD_WITHHELD);
	struct store_write *w = write_new(maker.origin, WRITE_PAYLOADS);
	struct err err = { 0 };
	int code;
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->indexes[0] = 1;
	w->entries[0] = (struct entry){ .payload = buf_bytes(&payload), .state = PAYLOAD_PRESENT };
	assert_int_equal(store_apply(store, &w, 1, &code, &err), OK);
	assert_int_equal(code, ERR_LIMIT);
	write_free(w);
	sound();
	buf_free(&payload);
}

/* Entries by number, with the payloads that are here. */
static void entries_are_read_by_number(void **state)
{
	struct buf payload = { 0 };
	add("ISO 1:2001", screw, NULL, &payload, PAYLOAD_PRESENT);
	add("ISO 1:2002", screw, "members", &payload, PAYLOAD_WITHHELD);
	add("ISO 1:2003", screw, "members", &payload, PAYLOAD_PRESENT);
	struct store_read read = { .index_count = 2, .indexes = { 1, 2 }, .payload_bytes = 100000 };
	struct read_answer answer;
	(void)snprintf(read.origin, sizeof read.origin, "%s", maker.origin);
	assert_int_equal(store_read(store, &read, &answer, NULL), OK);
	assert_int_equal(answer.count, 2);
	assert_int_equal(answer.payloads, 2);
	assert_int_equal(answer.entries[0].state, PAYLOAD_WITHHELD);
	assert_true(bytes_equal(answer.entries[1].payload, buf_bytes(&payload)));
	arena_free(&answer.arena);
	read.indexes[1] = 3;
	assert_int_equal(store_read(store, &read, &answer, NULL), ERR_NOT_FOUND);
	buf_free(&payload);
}

/* ---- statements, and the audit ---- */

static void add_sharing(const char *collection, const char *origin)
{
	Normlink__Sharing body = NORMLINK__SHARING__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char *origins[] = { (char *)(uintptr_t)origin };
	struct buf record = { 0 }, payload = { 0 };
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_SHARING;
	r.subject = (char *)(uintptr_t)collection;
	r.sharing = &body;
	body.n_origins = 1;
	body.origins = origins;
	assert_int_equal(record_encode(&r, &record, NULL), OK);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 3 }, &payload);
	maker.collection = NULL;
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
}

static void the_newest_statements_are_loaded(void **state)
{
	struct buf payload = { 0 };
	struct origin_state loaded;
	add_sharing("members", "a.example/log");
	add("ISO 1:2001", screw, NULL, &payload, PAYLOAD_PRESENT);
	add_sharing("drafts", "a.example/log");
	add_sharing("members", "b.example/log");
	assert_int_equal(store_load(store, maker.origin, &loaded, NULL), OK);
	assert_int_equal(loaded.statement_count, 2);
	assert_int_equal(loaded.statements[0].index, 2);
	assert_int_equal(loaded.statements[1].index, 3);
	assert_int_equal(payload_kind(loaded.statements[1].payload), NORMLINK__KIND__KIND_SHARING);
	origin_state_free(&loaded);
	buf_free(&payload);
}

/* The subject of a log statement stands as it is, though it may look like a reference to a standard. */
static void a_statement_is_found_by_its_kind(void **state)
{
	struct buf payload = { 0 };
	struct arena arena = { 0 };
	struct found_list list;
	add_sharing("iso9001", "a.example/log");
	add("ISO 9001", screw, NULL, &payload, PAYLOAD_PRESENT);
	add_sharing("iso9001", "b.example/log");
	struct view v = store_view(store);
	assert_int_equal(v.subject(v.ctx, NORMLINK__KIND__KIND_SHARING, "iso9001", &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.v[0].index, 2);
	assert_int_equal(list.v[1].index, 0);
	assert_int_equal(v.subject(v.ctx, NORMLINK__KIND__KIND_STANDARD, "iso9001", &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.v[0].index, 1);
	assert_int_equal(v.subject(v.ctx, NORMLINK__KIND__KIND_VERDICT, "iso9001", &arena, &list, NULL), OK);
	assert_int_equal(list.count, 0);
	arena_free(&arena);
	buf_free(&payload);
}

static void audit(const char *peer, uint64_t wall_ms, uint64_t index, enum payload_state state)
{
	struct arena arena = { 0 };
	struct found entry;
	struct view v = store_view(store);
	assert_int_equal(v.entry(v.ctx, maker.origin, index, &arena, &entry, NULL), OK);
	struct store_write *w = write_new(maker.origin, WRITE_AUDIT);
	(void)snprintf(w->peer, sizeof w->peer, "%s", peer);
	w->wall_ms = wall_ms;
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->indexes[0] = index;
	w->entries[0] = (struct entry){ .envelope = arena_bytes(&w->arena, entry.envelope), .state = state };
	apply_one(store, w);
	arena_free(&arena);
}

static void who_got_what_is_kept(void **state)
{
	struct buf payload = { 0 };
	struct arena arena = { 0 };
	struct audit_list list;
	struct withheld *withheld;
	size_t count;
	struct view v = store_view(store);
	add("ISO 1:2001", screw, "members", &payload, PAYLOAD_PRESENT);
	add("ISO 1:2002", screw, "drafts", &payload, PAYLOAD_WITHHELD);
	add("ISO 1:2003", screw, NULL, &payload, PAYLOAD_WITHHELD);
	audit("a.example/log", 1000, 0, PAYLOAD_PRESENT);
	audit("b.example/log", 2000, 0, PAYLOAD_PRESENT);
	audit("a.example/log", 3000, 0, PAYLOAD_PRESENT);
	audit("a.example/log", 4000, 1, PAYLOAD_WITHHELD);
	audit("a.example/log", 5000, 1, PAYLOAD_WITHHELD);
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	v = store_view(store);
	assert_int_equal(v.audit(v.ctx, NULL, 0, 10, 0, &arena, &list, NULL), OK);
	assert_int_equal(list.total, 2);
	assert_string_equal(list.v[0].peer, "a.example/log");
	assert_int_equal(list.v[0].times, 2);
	assert_int_equal(list.v[0].first_ms, 1000);
	assert_int_equal(list.v[0].last_ms, 3000);
	assert_int_equal(list.refused_count, 1);
	assert_string_equal(list.refused[0].collection, "drafts");
	assert_int_equal(list.refused[0].times, 2);
	assert_int_equal(v.audit(v.ctx, "b.example/log", 0, 10, 0, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.refused_count, 0);
	assert_int_equal(v.audit(v.ctx, NULL, 2500, 10, 0, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(v.withheld(v.ctx, &arena, &withheld, &count, NULL), OK);
	assert_int_equal(count, 2);
	assert_string_equal(withheld[0].collection, "drafts");
	assert_string_equal(withheld[1].collection, "public");
	assert_int_equal(withheld[1].count, 1);
	arena_free(&arena);
	buf_free(&payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_not_public_is_hidden, log_up, log_down),
		cmocka_unit_test_setup_teardown(payloads_come_late_and_in_any_order, log_up, log_down),
		cmocka_unit_test_setup_teardown(what_is_refused_changes_nothing, log_up, log_down),
		cmocka_unit_test_setup_teardown(entries_are_read_by_number, log_up, log_down),
		cmocka_unit_test_setup_teardown(the_newest_statements_are_loaded, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_statement_is_found_by_its_kind, log_up, log_down),
		cmocka_unit_test_setup_teardown(who_got_what_is_kept, log_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
