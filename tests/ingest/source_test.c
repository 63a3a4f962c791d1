/* Folders, files and archives: what is walked, in which order, and what happens when something is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/ingest/ingest.h"

struct fixture {
	char dir[64];
	struct ingest_counts counts;
	struct ingest_sink sink;
	struct err err;
	struct buf subjects; /* of the records given, each with a LF */
	struct buf refused;  /* "file: reason" likewise */
	unsigned progress;
	uint64_t done, total;
	int answer; /* of record_cb */
};

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static int take_record(void *arg, struct bytes raw, struct err *err)
{
	struct fixture *f = arg;
	struct arena arena = { 0 };
	Normlink__Record *record;
	assert_int_equal(record_decode(raw, &arena, &record, err), OK);
	if (f->answer == OK)
		buf_printf(&f->subjects, "%s\n", record->subject);
	arena_free(&arena);
	return f->answer == OK ? OK : err_set(err, f->answer, "not wanted");
}

static void take_refusal(void *arg, const char *file, const char *reason)
{
	struct fixture *f = arg;
	buf_printf(&f->refused, "%s: %s\n", file, reason);
}

static void take_progress(void *arg, const struct ingest_counts *counts, uint64_t done, uint64_t total)
{
	struct fixture *f = arg;
	f->progress++;
	f->done = done;
	f->total = total;
}

static int setup(void **state)
{
	static struct fixture f;
	f = (struct fixture){
		.sink = { .arg = &f, .record_cb = take_record, .refused_cb = take_refusal, .progress_cb = take_progress }
	};
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(f.dir, sizeof f.dir, "%.40s/normlink-XXXXXX", tmp != NULL ? tmp : "/tmp");
	*state = &f;
	return mkdtemp(f.dir) == NULL;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	buf_free(&f->subjects);
	buf_free(&f->refused);
	return nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- making sources ------------------------------------------------------------------------------------------- */

static const char *in_dir(const struct fixture *f, const char *name)
{
	static char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", f->dir, name);
	return path;
}

static void write_file(const struct fixture *f, const char *name, struct bytes content)
{
	FILE *file = fopen(in_dir(f, name), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(content.data, 1, content.len, file), content.len);
	assert_int_equal(fclose(file), 0);
}

static void write_document(const struct fixture *f, const char *name, const char *reference, const char *more)
{
	char text[512];
	(void)snprintf(text, sizeof text, "---\ntype: standard\ndocid: {id: '%s', primary: true}\n%s", reference, more);
	write_file(f, name, bytes_str(text));
}

static struct buf read_all(const struct fixture *f, const char *name)
{
	struct buf content = { 0 };
	FILE *file = fopen(in_dir(f, name), "rb");
	assert_non_null(file);
	for (size_t n; (n = fread(buf_reserve(&content, 65536), 1, 65536, file)) > 0;)
		content.len += n;
	assert_int_equal(fclose(file), 0);
	return content;
}

static void add_entry(struct archive *a, const char *name, const char *text)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)strlen(text));
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, text, strlen(text)), strlen(text));
	archive_entry_free(entry);
}

/* A document of some kilobytes that do not compress to nothing. */
static struct buf long_document(int i)
{
	struct buf text = { 0 };
	buf_printf(&text, "---\ntype: standard\ndocid: {id: 'ISO %d:2000', primary: true}\nabstract:\n  content: ", i + 1);
	for (unsigned n = 0, x = (unsigned)i * 7919 + 1; n < 600; n++) {
		x = x * 1103515245 + 12345;
		buf_printf(&text, "%x ", x >> 8);
	}
	buf_add_str(&text, "\n");
	return text;
}

static void add_documents(struct archive *a, int count)
{
	for (int i = 0; i < count; i++) {
		struct buf text = long_document(i);
		char name[32];
		(void)snprintf(name, sizeof name, "iso/%d.yaml", i);
		add_entry(a, name, buf_str(&text));
		buf_free(&text);
	}
}

/* The kind is the name's ending. */
static void make_archive(const struct fixture *f, const char *name, int count)
{
	struct archive *a = archive_write_new();
	if (strstr(name, ".zip") != NULL)
		assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
	else
		assert_int_equal(archive_write_set_format_pax_restricted(a), ARCHIVE_OK);
	if (strstr(name, ".gz") != NULL)
		assert_int_equal(archive_write_add_filter_gzip(a), ARCHIVE_OK);
	if (strstr(name, ".zst") != NULL)
		assert_int_equal(archive_write_add_filter_zstd(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(a, in_dir(f, name)), ARCHIVE_OK);
	add_entry(a, "iso/README.md", "not a document");
	add_entry(a, "iso/._1.yaml", "a shadow of another system");
	add_documents(a, count);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

/* ---- asking --------------------------------------------------------------------------------------------------- */

static int import(struct fixture *f, const char *name)
{
	f->counts = (struct ingest_counts){ 0 };
	f->err = (struct err){ 0 };
	buf_reset(&f->subjects);
	buf_reset(&f->refused);
	f->progress = 0;
	int rc = ingest_path(in_dir(f, name), &f->sink, &f->counts, &f->err);
	if (f->answer == OK || f->answer == ERR_INVALID)
		assert_int_equal(f->counts.read + f->counts.extra,
		                 f->counts.records + f->counts.duplicates + f->counts.refused);
	return rc;
}

static void counts_are(const struct fixture *f, uint64_t read, uint64_t records, uint64_t duplicates, uint64_t refused)
{
	assert_int_equal(f->counts.read, read);
	assert_int_equal(f->counts.records, records);
	assert_int_equal(f->counts.duplicates, duplicates);
	assert_int_equal(f->counts.refused, refused);
}

static void says(struct buf *text, const char *part)
{
	if (strstr(buf_str(text), part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", buf_str(text), part);
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

static void a_folder_is_walked_in_order(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(in_dir(f, "b"), 0755), 0);
	assert_int_equal(mkdir(in_dir(f, ".git"), 0755), 0);
	write_document(f, "c.YML", "ISO 3:2000", "");
	write_document(f, "b/z.yaml", "ISO 2:2000", "");
	write_document(f, "a.yaml", "ISO 1:2000", "");
	write_document(f, ".git/x.yaml", "ISO 4:2000", "");
	write_document(f, "notes.txt", "ISO 5:2000", "");
	assert_int_equal(symlink("a.yaml", in_dir(f, "link.yaml")), 0);
	assert_int_equal(symlink("..", in_dir(f, "b/loop")), 0);
	assert_int_equal(import(f, ""), OK);
	assert_string_equal(buf_str(&f->subjects), "ISO 1:2000\nISO 2:2000\nISO 3:2000\n");
	counts_are(f, 3, 3, 0, 0);
	assert_true(f->progress > 0);
	assert_int_equal(f->done, f->total);
	assert_int_equal(f->counts.bytes, f->total);
}

static void the_newer_crawl_is_kept(void **state)
{
	static const char fetched[] = "fetched: '2024-01-16'\n";
	struct fixture *f = *state;
	write_document(f, "1.yaml", "ISO 1:2000", fetched);
	write_document(f, "2.yaml", "ISO 1:2000", "edition: 7\n");
	write_document(f, "3.yaml", "ISO 2:2000", "");
	write_document(f, "4.yaml", "ISO  2:2000", fetched);
	write_document(f, "5.yaml", "ISO 3:2000", fetched);
	write_document(f, "6.yaml", "iso 3:2000", fetched);
	write_document(f, "7.yaml", "ISO 4:2000", "");
	write_document(f, "8.yaml", "ISO 4:2000", "");
	assert_int_equal(import(f, ""), OK);
	assert_string_equal(buf_str(&f->subjects), "ISO 1:2000\nISO 2:2000\nISO 4:2000\nISO 3:2000\n");
	counts_are(f, 8, 4, 4, 0);
}

static void a_document_may_make_several_records(void **state)
{
	static const char around[] = "<adoption><adoption-front><std-meta><std-ref>%s</std-ref></std-meta></adoption-front>"
	                             "<standard><front><std-meta><std-ref>EN ISO 1:2000</std-ref></std-meta><iso-meta>"
	                             "<std-ref>ISO 1:2000</std-ref></iso-meta></front></standard></adoption>";
	struct fixture *f = *state;
	char xml[512];
	(void)snprintf(xml, sizeof xml, around, "DIN EN ISO 1:2001");
	write_file(f, "1.xml", bytes_str(xml));
	(void)snprintf(xml, sizeof xml, around, "BS EN ISO 1:2001");
	write_file(f, "2.XML", bytes_str(xml));
	write_file(f, "3.xml",
	           bytes_str("<standard><front><iso-meta><std-ref>ISO 1:2000</std-ref></iso-meta></front></standard>"));
	write_file(f, "4.xml", bytes_str("<standard><front>"));
	write_file(f, "5.xml", bytes_str("<html/>"));
	assert_int_equal(import(f, ""), OK);
	/* Five records each: their own outer two at once; the inner three wait, and the innermost for its own document. */
	counts_are(f, 5, 7, 4, 2);
	assert_int_equal(f->counts.extra, 8);
	assert_string_equal(buf_str(&f->subjects), "DIN EN ISO 1:2001\nDIN EN ISO 1:2001\nBS EN ISO 1:2001\n"
	                                           "BS EN ISO 1:2001\nISO 1:2000\nEN ISO 1:2000\nEN ISO 1:2000\n");
	says(&f->refused, "4.xml: line 1: ");
	says(&f->refused, "5.xml: neither a standard nor an adoption");
}

static void a_file_may_hold_several_documents(void **state)
{
	struct fixture *f = *state;
	write_file(f, "1.yaml",
	           bytes_str("---\ndocid: {id: 'ISO 1:2000'}\n---\ndocid: {id: ''}\n---\n"
	                     "docid: {id: 'ISO 2:2000'}\n"));
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 3, 2, 0, 1);
	says(&f->refused, "1.yaml:3: docid");
}

static void a_collection_is_many_documents(void **state)
{
	struct fixture *f = *state;
	write_file(f, "1.yaml",
	           bytes_str("root:\n  title: all\n  items:\n  - docid: {id: 'ISO 1:2000'}\n"
	                     "  - docid: {id: ''}\n  - docid: {id: 'ISO 2:2000'}\n"));
	write_file(f, "2.yaml", bytes_str("- docid: {id: 'ISO 3:2000'}\n- word\n"));
	write_file(f, "3.yaml", bytes_str("items: []\n"));
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 6, 3, 0, 3);
	says(&f->refused, "1.yaml#2: docid");
	says(&f->refused, "2.yaml#2: not a Relaton document: not a mapping");
	says(&f->refused, "3.yaml: a collection without a document");
}

static void bad_documents_do_not_stop_the_rest(void **state)
{
	struct fixture *f = *state;
	write_file(f, "1.yaml", bytes_str("docid: [\n"));
	write_file(f, "2.yaml", bytes_str(""));
	write_document(f, "3.yaml", "ISO 3:2000", "");
	write_file(f, "4.yaml", bytes_str("a: \xff\n"));
	write_document(f, "5\n.yaml", "", "");
	struct buf large = { 0 };
	memset(buf_reserve(&large, DOCUMENT_MAX + 1), 'a', DOCUMENT_MAX + 1);
	write_file(f, "6.yaml", bytes_of(large.data, DOCUMENT_MAX + 1));
	buf_free(&large);
	write_document(f, "7.yaml", "ISO 7:2000", "");
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 7, 2, 0, 5);
	says(&f->refused, "1.yaml: line ");
	says(&f->refused, "2.yaml: not a Relaton document: empty");
	says(&f->refused, "UTF-8");
	says(&f->refused, "5?.yaml: docid: no identifier");
	says(&f->refused, "6.yaml: larger than 2097152 bytes");
}

static void what_cannot_be_opened_is_refused_by_name(void **state)
{
	struct fixture *f = *state;
	if (geteuid() == 0) {
		printf("skipped: root can open everything\n");
		skip();
	}
	write_document(f, "1.yaml", "ISO 1:2000", "");
	write_document(f, "2.yaml", "ISO 2:2000", "");
	assert_int_equal(chmod(in_dir(f, "1.yaml"), 0), 0);
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 2, 1, 0, 1);
	says(&f->refused, "1.yaml: open");
}

static void folders_have_a_depth(void **state)
{
	struct fixture *f = *state;
	struct buf path = { 0 };
	for (int i = 0; i < FOLDER_DEPTH_MAX + 1; i++) {
		buf_add_str(&path, "d/");
		assert_int_equal(mkdir(in_dir(f, buf_str(&path)), 0755), 0);
	}
	buf_add_str(&path, "x.yaml");
	write_document(f, buf_str(&path), "ISO 1:2000", "");
	buf_free(&path);
	write_document(f, "y.yaml", "ISO 2:2000", "");
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 2, 1, 0, 1);
}

static void one_file_is_a_source(void **state)
{
	struct fixture *f = *state;
	write_document(f, "a.yaml", "ISO 1:2000", "");
	assert_int_equal(import(f, "a.yaml"), OK);
	counts_are(f, 1, 1, 0, 0);
	write_document(f, "bad.yaml", "", "");
	assert_int_equal(import(f, "bad.yaml"), OK);
	says(&f->refused, "bad.yaml: docid");
}

static void what_is_no_source_is_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(import(f, ""), ERR_UNSUPPORTED);
	assert_int_equal(import(f, "nothing.yaml"), ERR_NOT_FOUND);
	write_file(f, "a.txt", bytes_str("words"));
	assert_int_equal(import(f, "a.txt"), ERR_UNSUPPORTED);
	write_file(f, "b.tar.gz", bytes_str("\x1f\x8b\x08 and no more"));
	assert_int_equal(import(f, "b.tar.gz"), ERR_UNSUPPORTED);
	assert_int_equal(mkfifo(in_dir(f, "pipe.yaml"), 0600), 0);
	assert_int_equal(import(f, "pipe.yaml"), ERR_UNSUPPORTED);
	make_archive(f, "empty.tar", 0);
	assert_int_equal(import(f, "empty.tar"), ERR_UNSUPPORTED);
}

static const char *const ARCHIVES[] = { "a.tar", "a.tar.gz", "a.tar.zst", "a.zip" };
enum { ARCHIVE_KINDS = sizeof ARCHIVES / sizeof ARCHIVES[0], DOCUMENTS = 30 };

static void archives_of_each_kind(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < ARCHIVE_KINDS; i++) {
		make_archive(f, ARCHIVES[i], DOCUMENTS);
		assert_int_equal(import(f, ARCHIVES[i]), OK);
		counts_are(f, DOCUMENTS, DOCUMENTS, 0, 0);
		says(&f->subjects, "ISO 1:2000\nISO 2:2000\n");
		assert_int_equal(f->done, f->total);
	}
}

/* Cut at many places: never "fine", never more than there was, and all of what came before is given. */
static void cut_archives_are_never_whole(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < ARCHIVE_KINDS; i++) {
		make_archive(f, ARCHIVES[i], DOCUMENTS);
		struct buf whole = read_all(f, ARCHIVES[i]);
		uint64_t before = 0;
		for (size_t n = 512; n + 1024 < whole.len; n += 512 * 7) {
			write_file(f, "cut", bytes_of(whole.data, n));
			int rc = import(f, "cut");
			assert_true(rc == ERR_CORRUPT || (rc == ERR_UNSUPPORTED && f->counts.read == 0));
			assert_true(f->counts.records >= before);
			before = f->counts.records;
		}
		assert_true(strcmp(ARCHIVES[i], "a.zip") == 0 || before > DOCUMENTS / 2);
		buf_free(&whole);
	}
}

/* A byte changed anywhere is noticed, though libarchive itself would not look at gzip's checksum. */
static void altered_archives_are_noticed(void **state)
{
	struct fixture *f = *state;
	make_archive(f, "a.tar.gz", DOCUMENTS);
	struct buf whole = read_all(f, "a.tar.gz");
	for (size_t at = 64; at < whole.len; at += 1511) {
		whole.data[at] ^= 0x10;
		write_file(f, "altered", buf_bytes(&whole));
		if (import(f, "altered") != ERR_CORRUPT)
			fail_msg("byte %zu of %zu", at, whole.len);
		whole.data[at] ^= 0x10;
	}
	buf_free(&whole);
}

static void one_packed_file(void **state)
{
	struct fixture *f = *state;
	struct archive *a = archive_write_new();
	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter_gzip(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(a, in_dir(f, "one.yaml.gz")), ARCHIVE_OK);
	struct buf text = long_document(0);
	add_entry(a, "x", buf_str(&text));
	buf_free(&text);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
	assert_int_equal(import(f, "one.yaml.gz"), OK);
	assert_string_equal(buf_str(&f->subjects), "ISO 1:2000\n");
	struct buf whole = read_all(f, "one.yaml.gz");
	write_file(f, "cut.yaml.gz", bytes_of(whole.data, whole.len - 12));
	assert_int_equal(import(f, "cut.yaml.gz"), ERR_CORRUPT);
	assert_int_equal(f->counts.records, 0);
	whole.data[whole.len - 8] ^= 1;
	write_file(f, "sum.yaml.gz", buf_bytes(&whole));
	assert_int_equal(import(f, "sum.yaml.gz"), ERR_CORRUPT);
	buf_free(&whole);
}

static void the_sink_can_refuse_and_stop(void **state)
{
	struct fixture *f = *state;
	write_document(f, "1.yaml", "ISO 1:2000", "fetched: x\n");
	write_document(f, "2.yaml", "ISO 2:2000", "");
	write_document(f, "3.yaml", "ISO 3:2000", "");
	f->answer = ERR_INVALID;
	assert_int_equal(import(f, ""), OK);
	counts_are(f, 3, 0, 0, 3);
	says(&f->refused, "1.yaml: not wanted");
	f->answer = ERR_FULL;
	assert_int_equal(import(f, ""), ERR_FULL);
	assert_string_equal(f->err.text, "not wanted");
	assert_int_equal(f->counts.read, 2);
}

static void counts_add_up_over_calls(void **state)
{
	struct fixture *f = *state;
	write_document(f, "1.yaml", "ISO 1:2000", "");
	assert_int_equal(import(f, "1.yaml"), OK);
	assert_int_equal(ingest_path(in_dir(f, "1.yaml"), &f->sink, &f->counts, &f->err), OK);
	counts_are(f, 2, 2, 0, 0); /* two sources: the second may be a later state */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_folder_is_walked_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(the_newer_crawl_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_document_may_make_several_records, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_may_hold_several_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(a_collection_is_many_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_documents_do_not_stop_the_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_refused_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(folders_have_a_depth, setup, teardown),
		cmocka_unit_test_setup_teardown(one_file_is_a_source, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_source_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(archives_of_each_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_archives_are_never_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(altered_archives_are_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(one_packed_file, setup, teardown),
		cmocka_unit_test_setup_teardown(the_sink_can_refuse_and_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_add_up_over_calls, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
