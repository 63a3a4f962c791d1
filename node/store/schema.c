#include "node/store/schema.h"

#include <stdio.h>

#include "node/store/tokenizer.h"
#include "proto/fold.h"

/* "nrml": tells our files from other SQLite databases. */
enum { APPLICATION_ID = 0x6e726d6c };

/* bundle.entries and tile.hashes are byte for byte what tlog-tiles serves; the last row of each level is partial and
 * is rewritten until it is full.  origin.digest is the SHA-256 of its name, by which mirrors are asked for it.  A
 * target is kept while it is newer than the head; cosigned is the newest head that enough witnesses have signed, at
 * most as large as the head.  forks counts the origin's rows in evidence, whose id is slot << SLOT_SHIFT | number; own
 * is 1 for the origin whose key this node has.  target_keys: what the target's key rests on (keys.h of the core);
 * key_statement: the entries that are some.
 * dictionary.id: slot << SLOT_SHIFT | the packing of the payloads that it is for (pack.h); stale: one of the payloads
 * that it was trained from has been redacted.  payload.collection: NULL is public.  missing: payloads that are not here
 * and not redacted (2: withheld); redacted (3).  delivered, refused: what peers got of collections that are not public,
 * and did not.
 */
#define REDACTED_INDEX "CREATE INDEX IF NOT EXISTS redacted ON payload(id) WHERE state = 3;"
#define ARRIVED_INDEX "CREATE INDEX arrived ON arrival(slot, last);"
#define ARRIVAL_TABLE                                                                                                  \
	"CREATE TABLE arrival(seq INTEGER PRIMARY KEY, slot INTEGER NOT NULL, first INTEGER NOT NULL,"                     \
	" last INTEGER NOT NULL, time_s INTEGER NOT NULL);" ARRIVED_INDEX

static const char log_tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE origin(slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest BLOB NOT NULL UNIQUE,"
    " size INTEGER NOT NULL, root BLOB NOT NULL, head_size INTEGER NOT NULL, head BLOB, head_root BLOB,"
    " own INTEGER NOT NULL, forks INTEGER NOT NULL, target_size INTEGER NOT NULL, target BLOB, target_keys BLOB,"
    " cosigned_size INTEGER NOT NULL, cosigned BLOB);"
    "CREATE TABLE key_statement(id INTEGER PRIMARY KEY);"
    "CREATE TABLE evidence(id INTEGER PRIMARY KEY, file BLOB NOT NULL);"
    "CREATE TABLE bundle(id INTEGER PRIMARY KEY, entries BLOB NOT NULL);"
    "CREATE TABLE tile(id INTEGER PRIMARY KEY, hashes BLOB NOT NULL);"
    "CREATE TABLE payload(id INTEGER PRIMARY KEY, state INTEGER NOT NULL, packing INTEGER NOT NULL, data BLOB,"
    " collection TEXT);"
    "CREATE INDEX missing ON payload(collection, id) WHERE state = 2;" REDACTED_INDEX
    "CREATE TABLE delivered(peer TEXT NOT NULL, id INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT "
    "NULL,"
    " times INTEGER NOT NULL, PRIMARY KEY(peer, id)) WITHOUT ROWID;"
    "CREATE TABLE refused(peer TEXT NOT NULL, slot INTEGER NOT NULL, collection TEXT NOT NULL, last_ms INTEGER NOT "
    "NULL,"
    " times INTEGER NOT NULL, PRIMARY KEY(peer, slot, collection)) WITHOUT ROWID;"
    "CREATE TABLE dictionary(id INTEGER PRIMARY KEY, data BLOB NOT NULL, stale INTEGER NOT NULL);" ARRIVAL_TABLE;

/* doc: one row for each valid record.  first is the index of the oldest statement on its subject, previous that of the
 * statement that it supersedes (-1: none), revision how many there are with it, title_bytes is for ranking, ics its
 * codes with blanks between, digest the first bytes of its SHA-256. subject: the newest statement of each origin on
 * each subject; undated first, so that one range gives all editions; supplement as chain_part() has it; an index of its
 * own finds the few that speak about logs. facet: the ICS codes of current docs alone; shared is how many parts of the
 * code an earlier one of the same doc has, too, so that a subtree counts each doc once, and FACET_HIDDEN more for a doc
 * that is hidden: not in the public collection.  link: what a doc points at (edges.h of proto); by doc, for rows are
 * only added, and by target.  label, term: values, and the docs, superseded ones too, that can be asked for by them
 * (terms.h). title: to sort by. date: record_day(). retracted: the statement takes back what was said; it has no codes,
 * no links; subject again, for who has the doc and asks who may speak for it. tally.changes: docs that came late,
 * behind ones that were there, or left. redaction: an entry, and the index of the newest statement that redacts it.
 * measure: measures.h; by what projects make, for few have it.  words: full-text, without a copy of the text.
 * index_map, index_bucket: index.h; tops are numbers of buckets, 2 bytes, and the hashes of what lies in them, leaves
 * keys and values of 8 bytes, both ascending; a bucket's id is slot << SLOT_SHIFT | its number.  index_check: what was
 * found of each index root, by its entry; the one table here that is not dropped (index_check.h). */
static const char view_tables[] =
    "CREATE TABLE doc(id INTEGER PRIMARY KEY, current INTEGER NOT NULL, kind INTEGER NOT NULL, status INTEGER NOT NULL,"
    " year INTEGER NOT NULL, title_bytes INTEGER NOT NULL, revision INTEGER NOT NULL, previous INTEGER NOT NULL,"
    " digest BLOB NOT NULL, ics TEXT, hidden INTEGER NOT NULL, retracted INTEGER NOT NULL,"
    " subject TEXT NOT NULL, first INTEGER NOT NULL, title TEXT, date TEXT);"
    "CREATE TABLE subject(undated TEXT NOT NULL, supplement INTEGER NOT NULL, subject TEXT NOT NULL,"
    " kind INTEGER NOT NULL, slot INTEGER NOT NULL, doc INTEGER NOT NULL,"
    " PRIMARY KEY(undated, supplement, subject, kind, slot)) WITHOUT ROWID;"
    "CREATE INDEX statement ON subject(slot, kind, doc) WHERE kind > 100;"
    "CREATE INDEX feedback ON subject(slot, doc) WHERE kind = 12;"
    "CREATE TABLE facet(code TEXT NOT NULL, doc INTEGER NOT NULL, shared INTEGER NOT NULL, PRIMARY KEY(code, doc))"
    " WITHOUT ROWID;"
    "CREATE TABLE link(doc INTEGER NOT NULL, n INTEGER NOT NULL, type INTEGER NOT NULL, detail INTEGER NOT NULL,"
    " target TEXT NOT NULL, PRIMARY KEY(doc, n)) WITHOUT ROWID;"
    "CREATE INDEX pointing ON link(target);"
    "CREATE TABLE label(id INTEGER PRIMARY KEY, field INTEGER NOT NULL, value TEXT NOT NULL COLLATE NOCASE);"
    "CREATE UNIQUE INDEX labelled ON label(field, value, value COLLATE BINARY);"
    "CREATE TABLE term(label INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY(label, doc)) WITHOUT ROWID;"
    "CREATE TABLE tally(slot INTEGER PRIMARY KEY, current INTEGER NOT NULL, invalid INTEGER NOT NULL,"
    " missing INTEGER NOT NULL, changes INTEGER NOT NULL);"
    "CREATE TABLE redaction(id INTEGER PRIMARY KEY, statement INTEGER NOT NULL);"
    "CREATE TABLE index_map(slot INTEGER PRIMARY KEY, size INTEGER NOT NULL, keys INTEGER NOT NULL, tops BLOB);"
    "CREATE TABLE index_bucket(id INTEGER PRIMARY KEY, leaves BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS index_check(id INTEGER PRIMARY KEY, verdict INTEGER NOT NULL, said_keys INTEGER NOT "
    "NULL,"
    " said_root BLOB NOT NULL, found_keys INTEGER NOT NULL, found_root BLOB NOT NULL);"
    "CREATE INDEX IF NOT EXISTS index_differs ON index_check(id) WHERE verdict = 2;"
    "CREATE TABLE measure(about TEXT NOT NULL, slot INTEGER NOT NULL, kind INTEGER NOT NULL, rest TEXT NOT NULL,"
    " doc INTEGER NOT NULL, retracted INTEGER NOT NULL, level INTEGER NOT NULL, obligation INTEGER NOT NULL,"
    " status INTEGER NOT NULL, year INTEGER NOT NULL, degree INTEGER NOT NULL, started INTEGER NOT NULL,"
    " finished INTEGER NOT NULL, last INTEGER NOT NULL, due INTEGER NOT NULL, state INTEGER NOT NULL, fields TEXT,"
    " makes TEXT, PRIMARY KEY(about, slot, kind, rest, doc)) WITHOUT ROWID;"
    "CREATE INDEX made ON measure(makes, slot) WHERE makes IS NOT NULL;"
    "CREATE VIRTUAL TABLE words USING fts5(reference, title, abstract, content='', columnsize=0, detail=full, "
    "tokenize='" TOKENIZER_NAME "');"
    /* Four times the usual memory before a segment is written, and no merging but that of merge.c: a third more records
     * a second. */
    "INSERT INTO words(words, rank) VALUES ('hashsize', 4194304), ('automerge', 0), ('crisismerge', 1000),"
    " ('usermerge', 16);";

static const char view_drops[] =
    "DROP TABLE IF EXISTS doc; DROP TABLE IF EXISTS subject; DROP TABLE IF EXISTS facet;"
    "DROP TABLE IF EXISTS link; DROP TABLE IF EXISTS label; DROP TABLE IF EXISTS term; DROP TABLE IF EXISTS tally;"
    "DROP TABLE IF EXISTS redaction; DROP TABLE IF EXISTS measure; DROP TABLE IF EXISTS words;"
    "DROP TABLE IF EXISTS index_map; DROP TABLE IF EXISTS index_bucket;";

int schema_create_view(struct db *db, struct err *err)
{
	return db_script(db, err, view_tables);
}

int schema_drop_view(struct db *db, struct err *err)
{
	return db_script(db, err, view_drops);
}

int schema_stamp_view(struct db *db, struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO meta(key, value) VALUES (?1, ?2)";
	int rc = db_run(db, err, sql, db_text("view_version"), db_int(VIEW_VERSION));
	if (rc == OK)
		rc = db_run(db, err, sql, db_text("fold_version"), db_int(FOLD_VERSION));
	if (rc == OK)
		rc = db_run_values(db, err,
		                   "INSERT INTO meta(key, value) VALUES ('view_builds', 1)"
		                   " ON CONFLICT(key) DO UPDATE SET value = value + 1",
		                   NULL, 0);
	return rc;
}

int schema_create(struct db *db, struct err *err)
{
	char sql[128];
	(void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d;", APPLICATION_ID,
	               SCHEMA_VERSION);
	int rc = db_begin_write(db, err);
	if (rc == OK)
		rc = db_script(db, err, sql);
	if (rc == OK)
		rc = db_script(db, err, log_tables);
	if (rc == OK)
		rc = schema_create_view(db, err);
	if (rc == OK)
		rc = schema_stamp_view(db, err);
	if (rc == OK)
		rc = db_commit(db, err);
	if (rc != OK)
		db_rollback(db);
	return rc;
}

/* Each version's step to the next.  What came before arrivals were noted came at once. */
static const char *const migrations[SCHEMA_VERSION] = {
	[1] = ARRIVAL_TABLE "INSERT INTO arrival(slot, first, last, time_s)"
	                    " SELECT slot, 0, head_size - 1, unixepoch() FROM origin WHERE head_size > 0 ORDER BY slot;",
	/* The first step makes the index, too. */
	[2] = "CREATE INDEX IF NOT EXISTS arrived ON arrival(slot, last);",
	[3] = REDACTED_INDEX,
};

int schema_migrate(struct db *db, struct err *err)
{
	int64_t version = 0;
	int rc = db_get_int_values(db, err, &version, "PRAGMA user_version", NULL, 0);
	if (rc != OK || version < 1 || version >= SCHEMA_VERSION)
		return rc;
	char sql[64];
	(void)snprintf(sql, sizeof sql, "PRAGMA user_version=%d;", SCHEMA_VERSION);
	rc = db_begin_write(db, err);
	for (; rc == OK && version < SCHEMA_VERSION; version++)
		rc = db_script(db, err, migrations[version]);
	if (rc == OK)
		rc = db_script(db, err, sql);
	if (rc == OK)
		rc = db_commit(db, err);
	if (rc != OK)
		db_rollback(db);
	return rc;
}

static int meta(struct db *db, const char *key, int64_t *out, struct err *err)
{
	*out = 0;
	int rc = db_get_int(db, err, out, "SELECT value FROM meta WHERE key = ?1", db_text(key));
	return rc == ERR_NOT_FOUND ? OK : rc;
}

int schema_check(struct db *db, bool *view_fits, struct err *err)
{
	int64_t application = 0, version = 0, view = 0, fold = 0;
	int rc = db_get_int_values(db, err, &application, "PRAGMA application_id", NULL, 0);
	if (rc == OK)
		rc = db_get_int_values(db, err, &version, "PRAGMA user_version", NULL, 0);
	if (rc != OK)
		return rc;
	if (application != APPLICATION_ID || version < 1)
		return err_set(err, ERR_CORRUPT, "normlink.db is not a database that normlink made");
	if (version > SCHEMA_VERSION)
		return err_set(err, ERR_UNSUPPORTED,
		               "normlink.db has format %lld, this program knows up to %d: use a newer normlink",
		               (long long)version, SCHEMA_VERSION);
	if (version < SCHEMA_VERSION)
		return err_set(err, ERR_UNSUPPORTED,
		               "normlink.db has the older format %lld: `normlink reindex` brings it up to %d",
		               (long long)version, SCHEMA_VERSION);
	rc = meta(db, "view_version", &view, err);
	if (rc == OK)
		rc = meta(db, "fold_version", &fold, err);
	*view_fits = view == VIEW_VERSION && fold == FOLD_VERSION;
	return rc;
}
