/* The real archives of ISO's and JISC's data, where they are at hand: every document is accounted for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/ingest/ingest.h"

struct tally {
	uint64_t links[NORMLINK__LINK_TYPE__LINK_CITES + 1];
	uint64_t status[NORMLINK__STATUS__STATUS_CANCELLED + 1];
	uint64_t texts;
	bool seen; /* the record asked for below */
};

static const char *data_file(const char *name)
{
	static char path[1024];
	const char *folder = getenv("NORMLINK_DATA");
	(void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/data", name);
	if (access(path, R_OK) == 0)
		return path;
	printf("skipped: %s is not there\n", path);
	return NULL;
}

static void look_at_iso_9001(const Normlink__Record *r)
{
	const Normlink__Standard *s = r->standard;
	assert_string_equal(record_text(r, NORMLINK__ROLE__ROLE_TITLE, "en"), "Quality management systems - Requirements");
	assert_string_equal(record_text(r, NORMLINK__ROLE__ROLE_TITLE, "fr"),
	                    "Systèmes de management de la qualité - Exigences");
	assert_string_equal(s->stage, "90.92");
	assert_string_equal(record_date(r, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED), "2015-09");
	assert_int_equal(s->n_links, 4);
	assert_int_equal(s->links[0]->type, NORMLINK__LINK_TYPE__LINK_REPLACES);
	assert_string_equal(s->links[0]->target, "ISO 9001:2008");
	assert_int_equal(s->links[2]->type, NORMLINK__LINK_TYPE__LINK_REPLACED_BY);
	assert_string_equal(s->links[2]->target, "ISO/CD 9001.2");
	assert_int_equal(s->links[3]->type, NORMLINK__LINK_TYPE__LINK_AMENDED_BY);
}

static int take_record(void *arg, struct bytes raw, struct err *err)
{
	struct tally *t = arg;
	struct arena arena = { 0 };
	Normlink__Record *r;
	assert_int_equal(record_decode(raw, &arena, &r, err), OK);
	t->texts += r->n_texts;
	t->status[r->standard->has_status ? r->standard->status : 0]++;
	for (size_t i = 0; i < r->standard->n_links; i++)
		t->links[r->standard->links[i]->type]++;
	if (strcmp(r->subject, "ISO 9001:2015") == 0) {
		look_at_iso_9001(r);
		t->seen = true;
	}
	arena_free(&arena);
	return OK;
}

static void take_refusal(void *arg, const char *file, const char *reason)
{
	printf("refused: %s: %s\n", file, reason);
}

static void import(const char *path, int expected, struct tally *t, struct ingest_counts *counts)
{
	struct ingest_sink sink = { .arg = t, .record_cb = take_record, .refused_cb = take_refusal };
	struct err err = { 0 };
	if (ingest_path(path, &sink, counts, &err) != expected)
		fail_msg("%s: %s", path, err.text);
	printf("read %llu = records %llu + duplicates %llu + refused %llu; warnings %llu\n",
	       (unsigned long long)counts->read, (unsigned long long)counts->records,
	       (unsigned long long)counts->duplicates, (unsigned long long)counts->refused,
	       (unsigned long long)counts->warnings);
	assert_int_equal(counts->read, counts->records + counts->duplicates + counts->refused);
}

static void iso_is_accounted_for(void **state)
{
	const char *path = data_file("relaton-iso.tar.gz");
	struct tally t = { 0 };
	struct ingest_counts counts = { 0 };
	if (path == NULL)
		skip();
	import(path, OK, &t, &counts);
	assert_int_equal(counts.read, 71267);
	assert_int_equal(counts.records, 61638);
	assert_int_equal(counts.duplicates, 9629);
	assert_int_equal(counts.refused, 0);
	assert_int_equal(counts.bytes, 266240508);
	assert_true(t.seen);
	assert_int_equal(t.links[NORMLINK__LINK_TYPE__LINK_REPLACES], 29902);
	assert_int_equal(t.links[NORMLINK__LINK_TYPE__LINK_REPLACED_BY], 27117);
	assert_int_equal(t.links[NORMLINK__LINK_TYPE__LINK_AMENDED_BY], 3005);
	assert_int_equal(t.links[NORMLINK__LINK_TYPE__LINK_CORRECTED_BY], 2181);
	assert_int_equal(t.status[0], 19); /* the directives, which have no stage */
	assert_int_equal(t.status[NORMLINK__STATUS__STATUS_WITHDRAWN], 26506);
}

static void jis_is_accounted_for(void **state)
{
	const char *path = data_file("relaton-jis.tar.gz");
	struct tally t = { 0 };
	struct ingest_counts counts = { 0 };
	if (path == NULL)
		skip();
	import(path, OK, &t, &counts);
	assert_int_equal(counts.read, 21327);
	assert_int_equal(counts.records, 21327);
	assert_int_equal(counts.refused, 0);
	assert_int_equal(counts.bytes, 43526557);
	/* 3,418 empty titles, 3,263 dates without a value, 3,820 committees without a name */
	assert_int_equal(counts.warnings, 3418 + 3263 + 3820);
	assert_int_equal(t.texts, 2 * 21327 - 3418 + 16961);
	assert_int_equal(t.status[NORMLINK__STATUS__STATUS_CURRENT], 11993);
	assert_int_equal(t.status[NORMLINK__STATUS__STATUS_WITHDRAWN], 9334);
}

static void half_of_an_archive_gives_half_of_the_records(void **state)
{
	const char *path = data_file("relaton-jis.tar.gz");
	if (path == NULL)
		skip();
	struct buf half = { 0 };
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	enum { HALF = 1600 * 1000 };
	half.len = fread(buf_reserve(&half, HALF), 1, HALF, file);
	assert_int_equal(fclose(file), 0);
	char cut[] = "/tmp/normlink-XXXXXX";
	int fd = mkstemp(cut);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, half.data, half.len), half.len);
	assert_int_equal(close(fd), 0);
	struct tally t = { 0 };
	struct ingest_counts counts = { 0 };
	import(cut, ERR_CORRUPT, &t, &counts);
	assert_true(counts.records > 8000 && counts.records < 13000);
	assert_int_equal(counts.refused, 1);
	assert_int_equal(unlink(cut), 0);
	buf_free(&half);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iso_is_accounted_for),
		cmocka_unit_test(jis_is_accounted_for),
		cmocka_unit_test(half_of_an_archive_gives_half_of_the_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
