/* export, ingest, verify of bundle files: nodes without any network between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/cli/carrier.h"
#include "proto/bundle_file.h"
#include "tests/cli/island_log.h"

enum { ANNA, BERT, CLEO, DORA };

#define EXPORT(w, i, file, ...) RUN(w, "export", (w)->dirs[i], "--output", island_path(w, file), "--quiet", __VA_ARGS__)
#define INGEST(w, i, file) RUN(w, "ingest", (w)->dirs[i], island_path(w, file), "--quiet")

static void expect(struct island *w, int got, int code)
{
	if (got == code)
		return;
	island_said(w, "\x01"); /* shows what was said */
}

static void same_digest(const struct hash *a, struct hash b)
{
	assert_memory_equal(a->b, b.b, HASH_SIZE);
}

static void a_log_travels_by_file(void **state)
{
	struct island *w = *state;
	island_trust(w, BERT, ANNA);
	island_publish(w, ANNA, 700, "first", NULL);
	expect(w, EXPORT(w, ANNA, "a1", NULL), 0);
	expect(w, INGEST(w, BERT, "a1"), 0);
	island_said(w, "anna.example/log: 700 entries more, 700 in all");
	assert_int_equal(island_held(w, BERT, ANNA), 700);
	struct hash anna = island_view(w, ANNA);
	same_digest(&anna, island_view(w, BERT));
	/* what comes after, from the middle of a bundle */
	island_publish(w, ANNA, 400, "second", NULL);
	expect(w, EXPORT(w, ANNA, "a2", "--origin", "anna.example/log", "--since", "700"), 0);
	expect(w, INGEST(w, BERT, "a2"), 0);
	island_said(w, "400 entries more, 1100 in all");
	anna = island_view(w, ANNA);
	same_digest(&anna, island_view(w, BERT));
	/* again, and the older one: nothing */
	struct hash bert = island_digest(w, BERT);
	expect(w, INGEST(w, BERT, "a2"), 0);
	island_said(w, "nothing new: all 1100 entries are held");
	expect(w, INGEST(w, BERT, "a1"), 0);
	island_said(w, "nothing new: the bundle's head has 700 entries, 1100 are held");
	same_digest(&bert, island_digest(w, BERT));
	assert_int_equal(RUN(w, "fsck", w->dirs[BERT], "--quiet"), 0);
	/* found, with a proof */
	assert_int_equal(RUN(w, "search", w->dirs[BERT], "second1099"), 0);
	island_said(w, "ISO 1100:2020");
}

/* Deltas that overlap, and one that begins too late. */
static void a_chain_of_deltas(void **state)
{
	struct island *w = *state;
	static const size_t steps[] = { 1, 254, 1, 1, 255, 300, 5 };
	uint64_t size = 0;
	char since[24], file[8];
	island_trust(w, BERT, ANNA);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		(void)snprintf(since, sizeof since, "%llu", (unsigned long long)(i % 2 == 0 ? size : size / 2));
		(void)snprintf(file, sizeof file, "d%zu", i);
		island_publish(w, ANNA, steps[i], "x", NULL);
		size += steps[i];
		expect(w, EXPORT(w, ANNA, file, "--origin", "anna.example/log", "--since", since), 0);
		expect(w, INGEST(w, BERT, file), 0);
		assert_int_equal(island_held(w, BERT, ANNA), size);
	}
	struct hash anna = island_view(w, ANNA);
	same_digest(&anna, island_view(w, BERT));
	island_trust(w, CLEO, ANNA);
	struct hash cleo = island_digest(w, CLEO);
	expect(w, INGEST(w, CLEO, "d1"), 0); /* since 0 */
	assert_int_equal(island_held(w, CLEO, ANNA), 255);
	cleo = island_digest(w, CLEO);
	assert_int_equal(INGEST(w, CLEO, "d6"), 1);
	island_said(w, "Ask for: normlink export DIR --origin anna.example/log --since 255");
	same_digest(&cleo, island_digest(w, CLEO));
}

static void a_stranger_changes_nothing(void **state)
{
	struct island *w = *state;
	island_trust(w, BERT, ANNA);
	island_trust(w, CLEO, ANNA);
	island_publish(w, ANNA, 3, "x", NULL);
	expect(w, EXPORT(w, ANNA, "a", NULL), 0);
	expect(w, INGEST(w, BERT, "a"), 0);
	expect(w, EXPORT(w, BERT, "b", NULL), 0);
	struct hash cleo = island_digest(w, CLEO);
	assert_int_equal(INGEST(w, CLEO, "b"), 1); /* cleo knows anna's log, and not bert */
	island_said(w, "from a stranger");
	island_said(w, "Nothing was changed");
	same_digest(&cleo, island_digest(w, CLEO));
	island_trust(w, CLEO, BERT);
	expect(w, INGEST(w, CLEO, "b"), 0);
	assert_int_equal(island_held(w, CLEO, ANNA), 3);
	/* the other way round: bert is known, and the log is not */
	island_trust(w, DORA, BERT);
	struct hash dora = island_digest(w, DORA);
	assert_int_equal(INGEST(w, DORA, "b"), 1);
	island_said(w, "no card of this node names it");
	same_digest(&dora, island_digest(w, DORA));
}

/* Every byte changed, every length: whatever it is, the node says no and holds what it held. */
static void altered_or_cut_changes_nothing(void **state)
{
	struct island *w = *state;
	struct buf file = { 0 };
	island_trust(w, BERT, ANNA);
	island_publish(w, ANNA, 2, "x", NULL);
	expect(w, EXPORT(w, ANNA, "a", NULL), 0);
	expect(w, INGEST(w, BERT, "a"), 0);
	island_publish(w, ANNA, 2, "y", NULL);
	expect(w, EXPORT(w, ANNA, "b", "--origin", "anna.example/log", "--since", "2"), 0);
	assert_int_equal(file_read(island_path(w, "b"), 1 << 20, &file, NULL), OK);
	struct hash bert = island_digest(w, BERT);
	for (size_t i = 0; i < 2 * file.len; i++) {
		bool flip = i < file.len;
		size_t at = i % file.len;
		file.data[at] ^= flip ? (uint8_t)(1 << i % 8) : 0;
		FILE *out = fopen(island_path(w, "bad"), "wb");
		assert_non_null(out);
		assert_int_equal(fwrite(file.data, 1, flip ? file.len : at, out), flip ? file.len : at);
		assert_int_equal(fclose(out), 0);
		file.data[at] ^= flip ? (uint8_t)(1 << i % 8) : 0;
		int code = INGEST(w, BERT, "bad");
		if (code != 1 && code != 3)
			fail_msg("byte %zu %s: exit code %d", at, flip ? "changed" : "cut", code);
		if (i % 8 == 0)
			same_digest(&bert, island_digest(w, BERT));
	}
	same_digest(&bert, island_digest(w, BERT));
	expect(w, INGEST(w, BERT, "b"), 0);
	assert_int_equal(island_held(w, BERT, ANNA), 4);
	buf_free(&file);
}

static void many_logs_in_one_file(void **state)
{
	struct island *w = *state;
	island_trust(w, BERT, ANNA);
	island_trust(w, CLEO, ANNA);
	island_trust(w, CLEO, BERT);
	island_publish(w, ANNA, 600, "a", NULL);
	island_publish(w, BERT, 5, "b", NULL);
	expect(w, EXPORT(w, ANNA, "a", NULL), 0);
	expect(w, INGEST(w, BERT, "a"), 0);
	expect(w, EXPORT(w, BERT, "both", NULL), 0);
	island_said(w, "exported 2 logs: 605 entries");
	expect(w, EXPORT(w, BERT, "own", "--origin", "bert.example/log"), 0);
	island_said(w, "exported 1 log: 5 entries");
	expect(w, INGEST(w, CLEO, "own"), 0);
	assert_int_equal(island_held(w, CLEO, ANNA), 0);
	expect(w, INGEST(w, CLEO, "both"), 0);
	island_said(w, "bert.example/log: nothing new");
	struct hash bert = island_view(w, BERT);
	same_digest(&bert, island_view(w, CLEO));
	/* bert's cosignature comes home to anna */
	island_trust(w, ANNA, BERT);
	expect(w, INGEST(w, ANNA, "both"), 0);
	struct origin_state s = { 0 };
	island_load(w, ANNA, ANNA, &s);
	assert_non_null(memmem(s.head.data, s.head.len, "bert.example/witness", 20));
	origin_state_free(&s);
}

/* What is not public stays at home, unless it is sent along. */
static void withheld_payloads(void **state)
{
	struct island *w = *state;
	island_trust(w, BERT, ANNA);
	island_trust(w, CLEO, ANNA);
	island_publish(w, ANNA, 3, "open", NULL);
	island_publish(w, ANNA, 4, "closed", "members");
	expect(w, EXPORT(w, ANNA, "open", NULL), 0);
	island_said(w, "7 entries, 3 contents, 4 left out");
	expect(w, EXPORT(w, ANNA, "all", "--collection", "members"), 0);
	island_said(w, "7 entries, 7 contents, 0 left out");
	expect(w, INGEST(w, BERT, "open"), 0);
	expect(w, INGEST(w, CLEO, "all"), 0);
	assert_int_equal(island_held(w, BERT, ANNA), 7);
	assert_int_equal(RUN(w, "search", w->dirs[BERT], "closed5"), 1);
	island_said(w, "nothing found");
	assert_int_equal(RUN(w, "search", w->dirs[CLEO], "closed5"), 0);
	island_said(w, "ISO 6:2020");
	struct buf file = { 0 };
	assert_int_equal(file_read(island_path(w, "open"), 1 << 20, &file, NULL), OK);
	assert_null(memmem(file.data, file.len, "closed", 6));
	buf_free(&file);
	assert_int_equal(RUN(w, "fsck", w->dirs[BERT], "--quiet"), 0);
}

/* Anna's folder as it was, beside it. */
static void copy_anna(struct island *w)
{
	struct buf content = { 0 };
	assert_int_equal(file_read(island_path(w, "anna/normlink.db"), 64 << 20, &content, NULL), OK);
	assert_int_equal(file_write(island_path(w, "kept.db"), buf_bytes(&content), 0600, NULL), OK);
	buf_free(&content);
}

static void restore_anna(struct island *w)
{
	struct buf content = { 0 };
	assert_int_equal(file_read(island_path(w, "kept.db"), 64 << 20, &content, NULL), OK);
	assert_int_equal(file_write(island_path(w, "anna/normlink.db"), buf_bytes(&content), 0600, NULL), OK);
	buf_free(&content);
}

/* One log, two histories, after n entries that both have. */
static void two_histories(struct island *w, size_t n, size_t one, size_t other)
{
	island_publish(w, ANNA, n, "x", NULL);
	copy_anna(w);
	island_publish(w, ANNA, one, "one", NULL);
	expect(w, EXPORT(w, ANNA, "one", NULL), 0);
	restore_anna(w);
	island_publish(w, ANNA, other, "other", NULL);
	expect(w, EXPORT(w, ANNA, "other", NULL), 0);
}

static void a_fork(struct island *w, size_t n, size_t one, size_t other)
{
	island_trust(w, BERT, ANNA);
	two_histories(w, n, one, other);
	expect(w, INGEST(w, BERT, "one"), 0);
	assert_int_equal(INGEST(w, BERT, "other"), 1);
	island_said(w, "anna.example/log: FORK: ");
	assert_true(island_frozen(w, BERT, ANNA));
	assert_int_equal(island_held(w, BERT, ANNA), n + one);
	/* frozen: nothing more of it, and no alarm either */
	struct hash bert = island_digest(w, BERT);
	expect(w, INGEST(w, BERT, "other"), 0);
	island_said(w, "it has forked, and is frozen or abandoned here");
	same_digest(&bert, island_digest(w, BERT));
	/* who has one history only learns of the other one by the evidence that travels along */
	island_trust(w, CLEO, ANNA);
	island_trust(w, CLEO, BERT);
	expect(w, EXPORT(w, BERT, "frozen", NULL), 0);
	assert_int_equal(INGEST(w, CLEO, "frozen"), 1);
	assert_int_equal(island_held(w, CLEO, ANNA), n + one);
	assert_true(island_frozen(w, CLEO, ANNA));
	assert_int_equal(RUN(w, "fsck", w->dirs[CLEO], "--quiet"), 0);
}

static void a_fork_of_one_size(void **state)
{
	a_fork(*state, 10, 2, 2);
}

static void a_fork_that_is_longer(void **state)
{
	a_fork(*state, 300, 2, 700);
}

static void a_fork_that_is_shorter(void **state)
{
	a_fork(*state, 300, 700, 3);
}

/* The origin finds more of its own log in a bundle than it holds. */
static void a_restored_backup_is_noticed(void **state)
{
	struct island *w = *state;
	island_publish(w, ANNA, 5, "x", NULL);
	copy_anna(w);
	island_publish(w, ANNA, 5, "y", NULL);
	expect(w, EXPORT(w, ANNA, "a", NULL), 0);
	restore_anna(w);
	assert_int_equal(INGEST(w, ANNA, "a"), 1);
	island_said(w, "holds more of our own log than we do");
	assert_int_equal(island_held(w, ANNA, ANNA), 5);
	assert_false(island_frozen(w, ANNA, ANNA));
}

static void verified_by_a_policy(void **state)
{
	struct island *w = *state;
	island_trust(w, ANNA, BERT);
	island_trust(w, BERT, ANNA);
	island_publish(w, ANNA, 300, "x", NULL);
	expect(w, EXPORT(w, ANNA, "a", NULL), 0);
	expect(w, INGEST(w, BERT, "a"), 0);
	expect(w, EXPORT(w, BERT, "b", NULL), 0);
	expect(w, EXPORT(w, BERT, "d", "--origin", "anna.example/log", "--since", "299"), 0);
	assert_int_equal(RUN(w, "policy", w->dirs[ANNA]), 0);
	assert_int_equal(rename(island_path(w, "said"), island_path(w, "policy")), 0);
	expect(w, RUN(w, "verify", "--policy", island_path(w, "policy"), island_path(w, "b")), 0);
	island_said(w, "verified offline: bundle of 1 log, 300 entries");
	island_said(w, "a witness of the policy: bert");
	island_said(w, "cosigned by  bert");
	expect(w, RUN(w, "verify", "--policy", island_path(w, "policy"), island_path(w, "d"), "--json"), 0);
	island_said(w, "\"verified\":true");
	island_said(w, "\"since\":299,\"tree_size\":300");
	/* nobody has cosigned this one */
	assert_int_equal(RUN(w, "verify", "--policy", island_path(w, "policy"), island_path(w, "a")), 1);
	island_said(w, "anna.example/log: the quorum");
	struct buf file = { 0 };
	assert_int_equal(file_read(island_path(w, "b"), 1 << 20, &file, NULL), OK);
	file.data[file.len / 2] ^= 1;
	assert_int_equal(file_write(island_path(w, "bad"), buf_bytes(&file), 0600, NULL), OK);
	assert_int_equal(RUN(w, "verify", "--policy", island_path(w, "policy"), island_path(w, "bad"), "--json"), 1);
	island_said(w, "\"verified\":false");
	buf_free(&file);
}

static void wrong_usage(void **state)
{
	struct island *w = *state;
	assert_int_equal(EXPORT(w, ANNA, "a", NULL), 1);
	island_said(w, "nothing to export");
	island_publish(w, ANNA, 3, "x", NULL);
	assert_int_equal(EXPORT(w, ANNA, "a", "--since", "1"), 2);
	assert_int_equal(EXPORT(w, ANNA, "a", "--origin", "anna.example/log", "--since", "x"), 2);
	assert_int_equal(EXPORT(w, ANNA, "a", "--origin", "anna.example/log", "--since", "4"), 2);
	island_said(w, "has 3 entries");
	assert_int_equal(EXPORT(w, ANNA, "a", "--origin", "nobody.example/log"), 1);
	island_said(w, "nobody.example/log is not held here");
	assert_int_equal(access(island_path(w, "a"), F_OK), -1);
	assert_int_equal(INGEST(w, BERT, "a"), 1);
	assert_int_equal(RUN(w, "ingest", w->dirs[BERT]), 2);
	assert_int_equal(RUN(w, "ingest", w->dirs[BERT], "/dev/null"), 3);
	island_said(w, "not a bundle file");
	expect(w, EXPORT(w, ANNA, "a", "--origin", "anna.example/log", "--since", "3"), 0); /* the head alone */
}

static void outcomes_are_read(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(carrier_outcome(bytes_str("outcome ok\n"), &err), OK);
	assert_int_equal(carrier_outcome(bytes_str("outcome conflict\nreason two heads\n"), &err), ERR_CONFLICT);
	assert_string_equal(err.text, "two heads");
	static const char *const bad[] = { "", "outcome", "outcome \n", "outcome nonsense\n", "reason ok\n", "ok\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(carrier_outcome(bytes_str(bad[i]), &err), ERR_PROTOCOL);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, island_up, island_down)
	const struct CMUnitTest tests[] = {
		CASE(a_log_travels_by_file),      CASE(a_chain_of_deltas),
		CASE(a_stranger_changes_nothing), CASE(altered_or_cut_changes_nothing),
		CASE(many_logs_in_one_file),      CASE(withheld_payloads),
		CASE(a_fork_of_one_size),         CASE(a_fork_that_is_longer),
		CASE(a_fork_that_is_shorter),     CASE(a_restored_backup_is_noticed),
		CASE(verified_by_a_policy),       CASE(wrong_usage),
		CASE(outcomes_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
