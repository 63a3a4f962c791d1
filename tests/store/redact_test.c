/* redact: a statement takes the payload out of the log, the view and, after a purge, out of the files. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/store/fixture.h"
#include "tests/store/seek.h"

/* The payload of a statement that redacts an entry. */
static void redaction_payload(uint64_t index, struct hash digest, const char *reason, struct buf *payload)
{
	char subject[24];
	(void)snprintf(subject, sizeof subject, "%llu", (unsigned long long)index);
	Normlink__Redaction body = NORMLINK__REDACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_REDACTION;
	r.subject = subject;
	r.redaction = &body;
	body.has_index = body.has_payload_digest = 1;
	body.index = index;
	body.payload_digest = message_field(bytes_of(digest.b, HASH_SIZE));
	body.reason = (char *)(uintptr_t)reason;
	body.basis = (char[]){ "a ruling" };
	struct buf record = { 0 };
	struct err err = { 0 };
	int rc = record_encode(&r, &record, &err);
	if (rc != OK)
		fail_msg("record_encode: %s", err.text);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 9 }, payload);
	buf_free(&record);
}

/* ---- what is asked of the store ---- */

static struct hash digest_of(struct store *s, uint64_t index)
{
	struct arena arena = { 0 };
	struct found found;
	struct envelope envelope = { 0 };
	struct view v = store_view(s);
	assert_int_equal(v.entry(v.ctx, maker.origin, index, &arena, &found, NULL), OK);
	assert_int_equal(envelope_parse(found.envelope, &envelope, NULL), OK);
	arena_free(&arena);
	return envelope.payload_digest;
}

static enum payload_state state_of(struct store *s, uint64_t index)
{
	struct arena arena = { 0 };
	struct found found;
	struct view v = store_view(s);
	assert_int_equal(v.entry(v.ctx, maker.origin, index, &arena, &found, NULL), OK);
	enum payload_state state = found.state;
	assert_true((state == PAYLOAD_PRESENT) == (found.payload.len > 0));
	arena_free(&arena);
	return state;
}

static uint64_t matches(struct store *s, const char *words)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(s);
	const struct query query = { .words = words, .limit = 10 };
	assert_int_equal(seek(&v, &query, &arena, &list, NULL), OK);
	arena_free(&arena);
	return list.total;
}

static uint64_t below(struct store *s, const char *ics)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(s);
	const struct query query = { .ics = ics, .limit = 10 };
	assert_int_equal(seek(&v, &query, &arena, &list, NULL), OK);
	arena_free(&arena);
	return list.total;
}

static struct view_figures figures(struct store *s)
{
	struct view_figures f;
	struct view v = store_view(s);
	assert_int_equal(v.figures(v.ctx, &f, NULL), OK);
	return f;
}

static const struct vkey *find_key(void *arg, const char *origin)
{
	return skey_public(maker.key);
}

static void tell(void *arg, const char *line)
{
	print_message("%s\n", line);
}

/* The view is the one that the entries give, and fsck has nothing to say. */
static void sound(struct store *s)
{
	struct hash before, after;
	struct fsck_report report;
	assert_int_equal(store_view_digest(s, &before, NULL), OK);
	assert_int_equal(store_fsck(s, find_key, tell, NULL, NULL, &report, NULL), OK);
	assert_int_equal(report.problems, 0);
	assert_int_equal(store_reindex(s, NULL, NULL, NULL), OK);
	assert_int_equal(store_view_digest(s, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
}

static void redact_as(struct store *s, uint64_t index, struct hash digest)
{
	struct buf payload = { 0 };
	redaction_payload(index, digest, "names a person", &payload);
	apply_one(s, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&payload);
}

static void redact(struct store *s, uint64_t index)
{
	redact_as(s, index, digest_of(s, index));
}

static void add(struct store *s, const char *subject, const char *title, const char *ics, const char *ics2)
{
	const struct text texts[] = { { 1, "en", title }, { 0, NULL, NULL } };
	const struct sample sample = {
		.subject = subject, .texts = texts, .ics = { ics, ics2 }, .link = "ISO 1:2000", .publisher = title
	};
	apply_sample(s, &maker, &sample);
}

/* ---- the log and the view ---- */

static void the_only_statement_goes(void **state)
{
	add(store, "ISO 1:2001", "Zylindrisch", "03.120.10", NULL);
	add(store, "ISO 2:2001", "Konisch", "03.120.20", NULL);
	redact(store, 0);
	assert_int_equal(state_of(store, 0), PAYLOAD_REDACTED);
	assert_int_equal(state_of(store, 1), PAYLOAD_PRESENT);
	assert_int_equal(matches(store, "Zylindrisch"), 0);
	assert_int_equal(matches(store, "Konisch"), 1);
	assert_int_equal(matches(store, "person"), 1);
	assert_int_equal(below(store, "03.120"), 1);
	struct view_figures f = figures(store);
	assert_int_equal(f.records, 2); /* the other, and the statement */
	assert_int_equal(f.missing, 1);
	assert_int_equal(f.entries, 3);
	sound(store);
	assert_true(store_purge_due(store));
	assert_int_equal(store_purge(store, NULL), OK);
	assert_false(store_purge_due(store));
	sound(store);
}

struct expected {
	uint64_t index;
	bool current;
};

static void revisions_are(struct store *s, const struct expected *expected, size_t count)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(s);
	assert_int_equal(v.subject(v.ctx, 0, "ISO 1:2001", &arena, &list, NULL), OK);
	assert_int_equal(list.count, count);
	assert_int_equal(list.total, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(list.v[i].index, expected[i].index);
		assert_int_equal(list.v[i].current, expected[i].current);
	}
	arena_free(&arena);
}

/* The newest goes, one in the middle, the oldest: what is left hangs together as if they had never been. */
static void revisions_close_up(void **state)
{
	for (unsigned i = 0; i < 5; i++) {
		char title[32];
		(void)snprintf(title, sizeof title, "Version q%u", i);
		add(store, "ISO 1:2001", title, i % 2 == 0 ? "03.120.10" : "25.040", "03.120");
	}
	redact(store, 4);
	revisions_are(store, (const struct expected[]){ { 3, true }, { 2, false }, { 1, false }, { 0, false } }, 4);
	assert_int_equal(matches(store, "q3"), 1);
	assert_int_equal(below(store, "25.040"), 1);
	sound(store);
	redact(store, 1);
	revisions_are(store, (const struct expected[]){ { 3, true }, { 2, false }, { 0, false } }, 3);
	sound(store);
	redact(store, 0);
	revisions_are(store, (const struct expected[]){ { 3, true }, { 2, false } }, 2);
	sound(store);
	add(store, "ISO 1:2001", "Version q9", NULL, NULL);
	revisions_are(store, (const struct expected[]){ { 8, true }, { 3, false }, { 2, false } }, 3);
	assert_int_equal(below(store, "25.040"), 0);
	redact(store, 8);
	redact(store, 3);
	redact(store, 2);
	revisions_are(store, NULL, 0);
	assert_int_equal(below(store, "03"), 0);
	sound(store);
}

/* A mirror that comes late gets entry and statement in one write, or finds the payload gone already. */
static void a_mirror_comes_to_the_same(void **state)
{
	struct buf payloads[4] = { 0 };
	const struct text texts[] = { { 1, "en", "Zylindrisch" }, { 0, NULL, NULL } };
	const struct sample sample = { .subject = "ISO 1:2001", .texts = texts, .ics = { "03.120" } };
	for (unsigned i = 0; i < 3; i++)
		sample_payload(&sample, i, &payloads[i]);
	redaction_payload(1, hash_sum(maker.hasher, buf_bytes(&payloads[1])), "r", &payloads[3]);
	struct store_write *w = maker_entries(&maker, payloads, 4, PAYLOAD_PRESENT);
	w->entries[2].state = PAYLOAD_REDACTED; /* so a neighbour says; nothing in the log does */
	w->entries[2].payload = (struct bytes){ 0 };
	apply_one(store, w);
	assert_int_equal(state_of(store, 0), PAYLOAD_PRESENT);
	assert_int_equal(state_of(store, 1), PAYLOAD_REDACTED);
	assert_int_equal(state_of(store, 2), PAYLOAD_WITHHELD);
	revisions_are(store, (const struct expected[]){ { 0, true } }, 1);
	sound(store);
	/* A statement about it comes after all. */
	redact(store, 2);
	assert_int_equal(state_of(store, 2), PAYLOAD_REDACTED);
	sound(store);
	for (unsigned i = 0; i < 4; i++)
		buf_free(&payloads[i]);
}

static void statements_that_say_nothing(void **state)
{
	add(store, "ISO 1:2001", "Zylindrisch", "03.120", NULL);
	struct hash wrong = { { 1 } };
	redact_as(store, 0, wrong);
	redact_as(store, 7, digest_of(store, 0)); /* a later entry */
	redact_as(store, 3, digest_of(store, 0)); /* itself */
	assert_int_equal(figures(store).invalid, 3);
	assert_int_equal(matches(store, "Zylindrisch"), 1);
	redact(store, 0);
	redact(store, 4); /* the statement itself */
	redact(store, 1); /* one that says nothing */
	assert_int_equal(figures(store).invalid, 5);
	assert_int_equal(state_of(store, 4), PAYLOAD_PRESENT);
	assert_int_equal(state_of(store, 0), PAYLOAD_REDACTED);
	sound(store);
	redact(store, 0); /* said again: nothing more happens, and the newer one counts */
	assert_int_equal(figures(store).missing, 1);
	sound(store);
}

/* What a mirror cannot read can be redacted as well. */
static void an_invalid_record_goes_too(void **state)
{
	struct buf rubbish = { 0 };
	buf_add_str(&rubbish, "no protobuf at all, but a name: Zylindrisch");
	apply_one(store, maker_entries(&maker, &rubbish, 1, PAYLOAD_PRESENT));
	redact(store, 0);
	assert_int_equal(figures(store).invalid, 0);
	assert_int_equal(figures(store).missing, 1);
	sound(store);
	buf_free(&rubbish);
}

/* ---- the files ---- */

static bool file_holds(const char *path, const char *text)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	assert_int_equal(fstat(fd, &info), 0);
	bool found = false;
	if (info.st_size > 0) {
		void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		assert_ptr_not_equal(data, MAP_FAILED);
		found = memmem(data, (size_t)info.st_size, text, strlen(text)) != NULL;
		(void)munmap(data, (size_t)info.st_size);
	}
	(void)close(fd);
	return found;
}

static bool files_hold(const char *text)
{
	char wal[320];
	(void)snprintf(wal, sizeof wal, "%s-wal", scratch.db);
	return file_holds(scratch.db, text) || file_holds(wal, text);
}

/* Half of them alike, so that a dictionary is worth it, with names that occur in a few of them, so that the dictionary
 * holds those too. */
static void fill(unsigned from, unsigned count, unsigned named)
{
	struct buf *payloads = calloc(count, sizeof *payloads);
	must(payloads != NULL);
	for (unsigned i = 0; i < count; i++) {
		char subject[32], abstract[256];
		(void)snprintf(subject, sizeof subject, "ISO %u:2001", 1000 + from + i);
		(void)snprintf(abstract, sizeof abstract,
		               "Drafted by Wolpertinger-Habersaat of the committee on screw threads, number n%u%s.", i * 7919u,
		               from + i < named ? ", and translated by Xanthippe-Quastenflosser for the members" : "");
		const struct text texts[] = { { 1, "en", "Screw threads" }, { 2, "en", abstract }, { 0, NULL, NULL } };
		const struct sample sample = { .subject = subject, .texts = texts };
		sample_payload(&sample, from + i, &payloads[i]);
	}
	apply_one(store, maker_entries(&maker, payloads, count, PAYLOAD_PRESENT));
	for (unsigned i = 0; i < count; i++)
		buf_free(&payloads[i]);
	free(payloads);
}

static void every_trace_goes(void **state)
{
	const char *const names[] = { "Xanthippe-Quastenflosser", "Quastenflosser", "quastenflosser", "Xanthippe" };
	fill(0, 2100, 40);
	fill(2100, 200, 0);
	add(store, "ISO 7:2001", "Oberforstratswitwenpension", "03.120", NULL);
	assert_true(files_hold(names[0])); /* in the dictionary, at least */
	assert_true(files_hold("oberforstratswitwenpension"));
	assert_true(files_hold("wolpertinger"));
	for (uint64_t i = 0; i < 40; i++)
		redact(store, i);
	redact(store, 2300);
	assert_true(store_purge_due(store));
	/* Not even a crash in between makes it forget. */
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	assert_true(store_purge_due(store));
	struct err err = { 0 };
	if (store_purge(store, &err) != OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (files_hold(names[i]))
			fail_msg("%s is still there", names[i]);
	assert_false(files_hold("Oberforstratswitwenpension"));
	assert_false(files_hold("oberforstratswitwenpension"));
	assert_true(files_hold("wolpertinger"));
	assert_int_equal(matches(store, "Wolpertinger"), 2260);
	sound(store);
	/* The new dictionary packs and unpacks. */
	fill(2400, 300, 0);
	assert_int_equal(matches(store, "Wolpertinger"), 2560);
	sound(store);
	store_close(store);
	store = scratch_open(&scratch, STORE_WRITE);
	assert_false(store_purge_due(store));
}

/* A reader beside it: its snapshot is waited for, and its next question is answered from the new file. */
static void a_reader_goes_on(void **state)
{
	fill(0, 2100, 40);
	struct store *reader = scratch_open(&scratch, STORE_READ);
	assert_int_equal(matches(reader, "Xanthippe"), 40);
	redact(store, 5);
	assert_int_equal(store_purge(store, NULL), OK);
	assert_int_equal(matches(reader, "Xanthippe"), 39);
	assert_int_equal(state_of(reader, 5), PAYLOAD_REDACTED);
	assert_int_equal(state_of(reader, 6), PAYLOAD_PRESENT);
	store_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_only_statement_goes, log_up, log_down),
		cmocka_unit_test_setup_teardown(revisions_close_up, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_mirror_comes_to_the_same, log_up, log_down),
		cmocka_unit_test_setup_teardown(statements_that_say_nothing, log_up, log_down),
		cmocka_unit_test_setup_teardown(an_invalid_record_goes_too, log_up, log_down),
		cmocka_unit_test_setup_teardown(every_trace_goes, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_reader_goes_on, log_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
