/* query: what a person types becomes a full-text expression that SQLite accepts, always.
 *
 * Input: words, then after a NUL each an ICS code and a subject; on a small store that is made once. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/tree.h"
#include "node/base/must.h"
#include "node/core/question.h"
#include "node/store/store.h"
#include "proto/entry.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64] = "/tmp/normlink-fuzz-XXXXXX";
static struct store *store;

static const struct {
	const char *subject, *title;
} records[] = {
	{ "GB/T 19001-2016", "质量管理体系 要求" },
	{ "ISO 9001:2015", "Quality management systems — Requirements" },
	{ "JIS Q 9001:2015", "品質マネジメントシステム－要求事項" },
	{ "ISO 37120:2018", "지속가능한 도시" },
	{ "ISO 1:2016", "Système a b c and or not near" },
};
enum { RECORDS = sizeof records / sizeof records[0] };

static void make_entry(struct hasher *h, size_t n, struct arena *arena, struct entry *out, struct hash *leaf)
{
	Normlink__Record r = NORMLINK__RECORD__INIT;
	Normlink__Text title = NORMLINK__TEXT__INIT, *titles[] = { &title };
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	char ics[] = "03.120.10", *codes[] = { ics };
	struct buf record = { 0 }, payload = { 0 }, envelope = { 0 };
	title.has_role = standard.has_status = r.has_kind = 1;
	title.role = NORMLINK__ROLE__ROLE_TITLE;
	title.lang = arena_str(arena, "und");
	title.value = arena_str(arena, records[n].title);
	standard.status = NORMLINK__STATUS__STATUS_CURRENT;
	standard.ics = codes;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = arena_str(arena, records[n].subject);
	r.standard = &standard;
	r.texts = titles;
	standard.n_ics = r.n_texts = 1;
	must(record_encode(&r, &record, NULL) == OK);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ (uint8_t)n }, &payload);
	envelope_write(h, buf_bytes(&payload), 1700000000000, NULL, &envelope);
	*out = (struct entry){ .envelope = arena_bytes(arena, buf_bytes(&envelope)),
		                   .payload = arena_bytes(arena, buf_bytes(&payload)),
		                   .state = PAYLOAD_PRESENT };
	*leaf = hash_leaf(h, out->envelope);
	buf_free(&record);
	buf_free(&payload);
	buf_free(&envelope);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	return remove(path);
}

static void close_store(void)
{
	store_close(store);
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void open_store(void)
{
	struct store_write write = { .kind = WRITE_ENTRIES, .origin = "iso.example/log", .count = RECORDS }, *w = &write;
	struct entry entries[RECORDS];
	struct hash leaves[RECORDS];
	struct hasher *h = hasher_new();
	int code;
	must(mkdtemp(dir) != NULL);
	must(store_open(dir, STORE_CREATE, &store, NULL) == OK);
	for (size_t i = 0; i < RECORDS; i++)
		make_entry(h, i, &write.arena, &entries[i], &leaves[i]);
	write.entries = entries;
	write.leaves = leaves;
	write.root = tree_hash_leaves(h, leaves, RECORDS);
	must(store_apply(store, &w, 1, &code, NULL) == OK && code == OK);
	arena_free(&write.arena);
	hasher_free(h);
	must(atexit(close_store) == 0);
}

/* The text up to the next NUL, as a string of its own. */
static char *take(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, 0, *size);
	size_t len = end != NULL ? (size_t)(end - *data) : *size;
	char *text = calloc(1, len + 1);
	must(text != NULL);
	memcpy(text, *data, len);
	*data += end != NULL ? len + 1 : len;
	*size -= end != NULL ? len + 1 : len;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (store == NULL)
		open_store();
	if (size == 0)
		return 0;
	struct arena arena = { 0 };
	struct found_list list;
	struct view v = store_view(store);
	char *words = take(&data, &size);
	char *ics = take(&data, &size);
	char *subject = take(&data, &size);
	struct question q = { 0 };
	must(question_add(&q, "limit", "3", NULL) == OK);
	int rc = question_add(&q, "q", words, NULL);
	if (rc == OK)
		rc = question_add(&q, "ics", ics, NULL);
	if (rc == OK)
		rc = question_finish(&q, &arena, NULL);
	if (rc == OK)
		rc = v.select(v.ctx, &q.selection, &arena, &list, NULL);
	must(rc == OK || rc == ERR_USAGE);
	must(rc != OK || (list.count <= 3 && list.count <= list.total && list.total <= RECORDS));
	/* Any text is a cursor or is refused. */
	q.selection.cursor = subject;
	must(rc != OK || v.select(v.ctx, &q.selection, &arena, &list, NULL) == ERR_CONFLICT);
	static const int kinds[] = { 0, NORMLINK__KIND__KIND_STANDARD, NORMLINK__KIND__KIND_SHARING };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		must(v.subject(v.ctx, kinds[i], subject, &arena, &list, NULL) == OK && list.count <= RECORDS);
	free(words);
	free(ics);
	free(subject);
	arena_free(&arena);
	return 0;
}
