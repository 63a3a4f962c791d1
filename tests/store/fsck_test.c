/* fsck: a sound store has no problem; each planted fault is found, and named. */
#include <sqlite3.h>

#include "node/store/tokenizer.h"
#include "tests/store/fixture.h"

static int set_up(void **state)
{
	scratch_make(&scratch);
	maker_init(&maker, "iso.example/log");
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&maker, 0, 700));
	struct store_write *head = write_new(maker.origin, WRITE_HEAD);
	maker_sign(&maker, head);
	apply_one(s, head);
	apply_one(s, maker_numbered(&maker, 100, 40));
	struct store_write *target = write_new(maker.origin, WRITE_TARGET);
	maker_sign(&maker, target);
	apply_one(s, target);
	store_close(s);
	return 0;
}

static int tear_down(void **state)
{
	maker_close(&maker);
	scratch_remove(&scratch);
	return 0;
}

struct told {
	uint64_t lines;
	char first[512];
	const struct vkey *key;
};

static void note_problem(void *arg, const char *line)
{
	struct told *told = arg;
	if (told->lines++ == 0)
		(void)snprintf(told->first, sizeof told->first, "%s", line);
}

static const struct vkey *find_key(void *arg, const char *origin)
{
	return strcmp(origin, maker.origin) == 0 ? ((struct told *)arg)->key : NULL;
}

static struct fsck_report check(struct told *told)
{
	struct fsck_report report;
	struct err err = { 0 };
	struct store *s = scratch_open(&scratch, STORE_READ);
	*told = (struct told){ .key = skey_public(maker.key) };
	int rc = store_fsck(s, find_key, note_problem, NULL, told, &report, &err);
	if (rc != OK)
		fail_msg("store_fsck: %s: %s", err_name(rc), err.text);
	assert_int_equal(report.problems, told->lines);
	store_close(s);
	return report;
}

static sqlite3 *raw_open(void)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(scratch.db, &db), SQLITE_OK);
	assert_int_equal(tokenizer_register(db, NULL), OK);
	return db;
}

static void raw(const char *sql)
{
	sqlite3 *db = raw_open();
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_true(sqlite3_total_changes(db) > 0);
	sqlite3_close(db);
}

static void a_sound_store_has_no_problem(void **state)
{
	struct told told;
	struct fsck_report r = check(&told);
	assert_string_equal(told.first, "");
	assert_int_equal(r.problems, 0);
	assert_int_equal(r.origins, 1);
	assert_int_equal(r.entries, 740);
	assert_int_equal(r.payloads, 740);
	assert_int_equal(r.missing, 0);
	assert_int_equal(r.tiles, 4);
	assert_int_equal(r.heads, 2);
}

/* Each leaves a database that SQLite finds well-formed. */
static const char *const faults[] = {
	"DELETE FROM payload WHERE id = (1 << 40) + 300",
	"UPDATE payload SET data = (SELECT data FROM payload WHERE id = (1 << 40) + 1) WHERE id = (1 << 40) + 2",
	"UPDATE payload SET data = substr(data, 1, 20) WHERE id = (1 << 40) + 2",
	"UPDATE payload SET state = 9 WHERE id = (1 << 40) + 739",
	"UPDATE payload SET state = 2, data = NULL WHERE id = (1 << 40) + 5",
	"UPDATE payload SET state = 3, data = NULL WHERE id = (1 << 40) + 5",
	"INSERT INTO redaction VALUES ((1 << 40) + 5, 739)",
	"UPDATE payload SET collection = 'members' WHERE id = (1 << 40) + 5",
	"UPDATE doc SET hidden = 1 WHERE id = (1 << 40) + 5",
	"UPDATE payload SET packing = 7 WHERE id = (1 << 40) + 5",
	"UPDATE payload SET packing = 0 WHERE id = (1 << 40) + 5",
	"UPDATE payload SET id = (2 << 40) + 5 WHERE id = (1 << 40) + 5",
	"INSERT INTO payload VALUES ((1 << 40) + 740, 1, 0, x'00', NULL)",
	"INSERT INTO bundle VALUES ((1 << 40) + 3, x'0000')",
	"INSERT INTO tile VALUES ((3 << 40), zeroblob(32))",
	"DELETE FROM bundle WHERE id = (1 << 40) + 1",
	"UPDATE bundle SET entries = substr(entries, 1, length(entries) - 1) WHERE id = (1 << 40) + 2",
	"UPDATE bundle SET entries = CAST(entries || x'0000' AS BLOB) WHERE id = (1 << 40) + 2",
	"DELETE FROM tile WHERE id = (1 << 40) + 1",
	"DELETE FROM tile WHERE id = (1 << 40) + (1 << 36)",
	"UPDATE tile SET hashes = substr(hashes, 1, 64) WHERE id = (1 << 40) + 2",
	"UPDATE tile SET hashes = substr(hashes, 1, 63) WHERE id = (1 << 40) + 2",
	"UPDATE tile SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE id = (1 << 40) + (1 << 36)",
	"UPDATE origin SET size = 739",
	"UPDATE origin SET size = 741",
	"UPDATE origin SET size = 1 << 50",
	"UPDATE origin SET root = zeroblob(32)",
	"UPDATE origin SET head_root = zeroblob(32)",
	"UPDATE origin SET head_size = 699",
	"UPDATE origin SET target_size = 739",
	"UPDATE origin SET name = 'other.example/log'",
	"UPDATE origin SET digest = zeroblob(32)",
	"UPDATE origin SET forks = 1",
	"INSERT INTO evidence VALUES (1 << 40, x'ff')",
	"INSERT INTO evidence VALUES (9 << 40, x'ff')",
	"DELETE FROM origin",
	"UPDATE doc SET current = 0 WHERE id = (1 << 40) + 10",
	"UPDATE doc SET year = year + 1 WHERE id = (1 << 40) + 10",
	"UPDATE doc SET digest = zeroblob(16) WHERE id = (1 << 40) + 10",
	"DELETE FROM doc WHERE id = (1 << 40) + 10",
	"INSERT INTO doc SELECT (5 << 40), current, kind, status, year, title_bytes, revision, previous, digest, ics,"
	" hidden, retracted, subject, first, title, date FROM doc LIMIT 1",
	"UPDATE doc SET title = 'another' WHERE id = (1 << 40) + 10",
	"INSERT INTO label(field, value) VALUES (16, 'of nobody')",
	"INSERT INTO label VALUES (7, 16, 'of another'); INSERT INTO term VALUES (7, (1 << 40) + 10)",
	"UPDATE subject SET doc = doc + 1 WHERE doc = (1 << 40) + 10",
	"UPDATE subject SET undated = 'ISO 1' WHERE doc = (1 << 40) + 10",
	"UPDATE subject SET supplement = 1 WHERE doc = (1 << 40) + 10",
	"DELETE FROM facet WHERE doc = (1 << 40) + 10",
	"INSERT INTO facet VALUES ('99', (1 << 40) + 10, 0)",
	"UPDATE link SET target = 'ISO 1:2000' WHERE doc = (1 << 40) + 9",
	"UPDATE tally SET invalid = invalid + 1",
	"UPDATE facet SET shared = 1 WHERE doc = (1 << 40) + 10",
	"INSERT INTO words(rowid, reference, title, abstract) VALUES ((1 << 40) + 11, 'one', 'more', 'word')",
	"INSERT INTO words(words, rowid, reference, title, abstract)"
	" VALUES ('delete', (1 << 40) + 11, 'ISO 1011:1991', '', '')",
	"INSERT INTO words(words) VALUES ('delete-all')",
};

static void planted_faults_are_found(void **state)
{
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct told told;
		raw(faults[i]);
		struct fsck_report r = check(&told);
		if (r.problems == 0)
			fail_msg("not found: %s", faults[i]);
		assert_true(tear_down(state) == 0 && set_up(state) == 0);
	}
	print_message("%zu planted faults found\n", sizeof faults / sizeof faults[0]);
}

struct place {
	const char *table, *column, *where;
};

/* One bit of a stored blob. */
static void flip(const struct place *p, int64_t seed)
{
	sqlite3 *db = raw_open();
	sqlite3_stmt *stmt = NULL;
	char sql[256];
	(void)snprintf(sql, sizeof sql, "SELECT rowid FROM %s WHERE %s", p->table, p->where);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t row = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_blob *blob = NULL;
	assert_int_equal(sqlite3_blob_open(db, "main", p->table, p->column, row, 1, &blob), SQLITE_OK);
	int at = (int)((seed * 2654435761) % sqlite3_blob_bytes(blob));
	unsigned char byte;
	assert_int_equal(sqlite3_blob_read(blob, &byte, 1, at), SQLITE_OK);
	byte ^= (unsigned char)(1 << seed % 8);
	assert_int_equal(sqlite3_blob_write(blob, &byte, 1, at), SQLITE_OK);
	assert_int_equal(sqlite3_blob_close(blob), SQLITE_OK);
	sqlite3_close(db);
}

/* Anywhere in what the log is made of, one bit shows.  Packed payloads have bits that unpack to the same bytes; those
 * are no loss, and the payload's own digest judges. */
static void flipped_bits_are_found(void **state)
{
	static const struct place places[] = { { "bundle", "entries", "id = (1 << 40) + 1" },
		                                   { "tile", "hashes", "id = (1 << 40)" },
		                                   { "tile", "hashes", "id = (1 << 40) + (1 << 36)" },
		                                   { "origin", "head", "1" },
		                                   { "origin", "target", "1" },
		                                   { "origin", "root", "1" } };
	int found = 0;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		for (int64_t seed = 1; seed <= 8; seed++, found++) {
			struct told told;
			flip(&places[i], seed);
			if (check(&told).problems == 0)
				fail_msg("not found: a bit of %s.%s, seed %d", places[i].table, places[i].column, (int)seed);
			flip(&places[i], seed);
		}
	}
	const struct place payload = { "payload", "data", "id = (1 << 40) + 77" };
	for (int64_t seed = 1; seed <= 16; seed++) {
		struct told told;
		flip(&payload, seed);
		found += check(&told).problems > 0;
		flip(&payload, seed);
	}
	assert_true(found > 48 + 8);
	struct told told;
	assert_int_equal(check(&told).problems, 0);
	print_message("%d flipped bits found\n", found);
}

/* A whole page overwritten: SQLite itself must say so, and nothing may crash. */
static void broken_pages_are_found(void **state)
{
	FILE *f = fopen(scratch.db, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	long pages = ftell(f) / 16384;
	(void)fclose(f);
	int unreadable = 0;
	for (long page = 1; page < pages; page += 3) {
		f = fopen(scratch.db, "r+b");
		assert_non_null(f);
		unsigned char kept[16384], rubbish[16384];
		assert_int_equal(fseek(f, page * 16384, SEEK_SET), 0);
		assert_int_equal(fread(kept, 1, sizeof kept, f), sizeof kept);
		for (size_t i = 0; i < sizeof rubbish; i++)
			rubbish[i] = (unsigned char)(i * 7 + (size_t)page);
		(void)fseek(f, page * 16384, SEEK_SET);
		assert_int_equal(fwrite(rubbish, 1, sizeof rubbish, f), sizeof rubbish);
		(void)fclose(f);
		struct store *s = NULL;
		struct told told;
		int rc = store_open(scratch.dir, STORE_READ, &s, NULL);
		store_close(s);
		if (rc != OK) {
			assert_true(rc == ERR_CORRUPT || rc == ERR_UNSUPPORTED);
			unreadable++;
		} else if (check(&told).problems == 0) {
			fail_msg("page %ld of rubbish was not found", page + 1);
		}
		f = fopen(scratch.db, "r+b");
		assert_non_null(f);
		(void)fseek(f, page * 16384, SEEK_SET);
		assert_int_equal(fwrite(kept, 1, sizeof kept, f), sizeof kept);
		(void)fclose(f);
	}
	struct told told;
	assert_int_equal(check(&told).problems, 0);
	print_message("%ld pages broken, %d of them refused at opening\n", (pages + 1) / 3, unreadable);
}

static void an_unknown_key_is_told(void **state)
{
	struct fsck_report report;
	struct told told = { 0 };
	struct store *s = scratch_open(&scratch, STORE_READ);
	assert_int_equal(store_fsck(s, NULL, note_problem, NULL, &told, &report, NULL), OK);
	assert_int_equal(report.problems, 2);
	assert_non_null(strstr(told.first, "key"));
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sound_store_has_no_problem, set_up, tear_down),
		cmocka_unit_test_setup_teardown(planted_faults_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(flipped_bits_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(broken_pages_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unknown_key_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
