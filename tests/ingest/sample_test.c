/* The sample records: each line is a valid record in exactly the form in which the program writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/ingest/ingest.h"
#include "proto/json.h"

enum { RECORDS_MIN = 300, LINE_SIZE = 64 * 1024 };

struct sample {
	unsigned lines;
	unsigned quality_zh; /* titles that the demo's searches must find */
	unsigned quality_en;
	unsigned adoptions;
	struct buf subjects; /* each between two LF */
};

static void check_line(struct sample *s, const char *file, const char *line)
{
	struct buf record = { 0 }, again = { 0 }, mark = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *r;
	s->lines++;
	if (ndjson_record(bytes_str(line), &record, &err) != OK)
		fail_msg("%s:%u: %s", file, s->lines, err.text);
	assert_int_equal(record_decode(buf_bytes(&record), &arena, &r, &err), OK);
	json_of_message(&r->base, &again);
	if (strcmp(buf_str(&again), line) != 0)
		fail_msg("%s:%u: would be written as %s", file, s->lines, buf_str(&again));
	buf_printf(&mark, "\n%s\n", r->subject);
	if (strstr(buf_str(&s->subjects), buf_str(&mark)) != NULL)
		fail_msg("%s:%u: %s is there twice", file, s->lines, r->subject);
	buf_printf(&s->subjects, "%s\n", r->subject);
	assert_true(r->n_texts > 0);
	for (size_t i = 0; i < r->n_texts; i++) {
		assert_int_equal(r->texts[i]->role, NORMLINK__ROLE__ROLE_TITLE);
		s->quality_zh += strstr(r->texts[i]->value, "质量管理") != NULL;
		s->quality_en += strcasestr(r->texts[i]->value, "quality management") != NULL;
	}
	s->adoptions += r->standard->n_adopts > 0;
	arena_free(&arena);
	buf_free(&record);
	buf_free(&again);
	buf_free(&mark);
}

static struct sample check_file(const char *file)
{
	static char line[LINE_SIZE];
	struct sample s = { 0 };
	buf_add_str(&s.subjects, "\n");
	FILE *stream = fopen(file, "rb");
	if (stream == NULL)
		fail_msg("%s cannot be opened: run from the root of the repository", file);
	while (fgets(line, sizeof line, stream) != NULL) {
		size_t len = strlen(line);
		assert_true(len > 1 && line[len - 1] == '\n');
		line[len - 1] = '\0';
		check_line(&s, file, line);
	}
	assert_int_equal(fclose(stream), 0);
	buf_free(&s.subjects);
	printf("%s: %u records\n", file, s.lines);
	return s;
}

static void every_line_is_a_record(void **state)
{
	struct sample sac = check_file("deploy/sample/sac.ndjson");
	struct sample iso = check_file("deploy/sample/iso.ndjson");
	struct sample jisc = check_file("deploy/sample/jisc.ndjson");
	assert_true(sac.lines + iso.lines + jisc.lines >= RECORDS_MIN);
	assert_true(sac.lines >= 60);
	assert_true(sac.quality_zh >= 12);
	assert_true(iso.quality_en >= 5);
	assert_true(jisc.quality_en >= 5);
	assert_true(sac.adoptions >= 50);
	assert_true(jisc.adoptions >= 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
