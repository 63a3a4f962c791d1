/* Records as Relaton documents, and back. */
#include <stdlib.h>
#include <unistd.h>

#include "node/ingest/relaton_write.h"
#include "proto/json.h"
#include "tests/ingest/reading.h"

enum { EACH = 97 };

static void decode(struct arena *arena, const char *json, Normlink__Record **out)
{
	struct buf bytes = { 0 };
	struct err err = { 0 };
	if (ndjson_record(bytes_str(json), &bytes, &err) != OK || record_decode(buf_bytes(&bytes), arena, out, &err) != OK)
		fail_msg("%s: %s", json, err.text);
	buf_free(&bytes);
}

/* What is written of a record and read again. */
static void again(const Normlink__Record *record, struct buf *out)
{
	struct buf yaml = { 0 }, bytes = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *back;
	uint64_t warnings = 0;
	relaton_write(record, NULL, &yaml);
	if (relaton_record(buf_bytes(&yaml), &bytes, &warnings, NULL, &err) != OK)
		fail_msg("refused: %s:\n%s", err.text, buf_str(&yaml));
	assert_int_equal(warnings, 0);
	assert_int_equal(record_decode(buf_bytes(&bytes), &arena, &back, &err), OK);
	json_of_message(&back->base, out);
	arena_free(&arena);
	buf_free(&bytes);
	buf_free(&yaml);
}

static void comes_back(const Normlink__Record *record)
{
	struct buf before = { 0 }, after = { 0 };
	json_of_message(&record->base, &before);
	again(record, &after);
	assert_string_equal(buf_str(&after), buf_str(&before));
	buf_free(&before);
	buf_free(&after);
}

static const char WHOLE[] =
    "{\"kind\":\"standard\",\"subject\":\"JB/T 4242-2015\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh\",\"value\":"
    "\"茶壶: 壶嘴\"},{\"role\":\"title\",\"lang\":\"no\",\"value\":\"no\"},{\"role\":\"title\",\"lang\":\"sr-Latn-RS\","
    "\"value\":\"- 'Čajnik' #1\"},{\"role\":\"title\",\"lang\":\"und\",\"value\":\"1994\"},{\"role\":\"abstract\","
    "\"lang\":\"en\",\"value\":\"Spouts: of \\\"teapots\\\".\\nAnd lids.\"},{\"role\":\"note\",\"lang\":\"ja-Latn\","
    "\"value\":\"true\"}],\"valid_from\":\"2016-01-01\",\"valid_until\":\"2030\",\"source\":{\"url\":"
    "\"https://example.org/?a=1&b=#2\",\"licence\":\"CC0: 1.0\"},\"standard\":{\"reference\":\"JB/T4242—2015\","
    "\"status\":\"current\",\"events\":[{\"type\":\"published\",\"date\":\"2015\"},{\"type\":\"implemented\",\"date\":"
    "\"2016-01-01\"},{\"type\":\"withdrawn\",\"date\":\"2030-01\"}],\"edition\":\"1\",\"ics\":[\"97.040.60\"],\"ccs\":["
    "\"A12\"],\"committees\":[\"SAC/TC 1\",\"null\"],\"languages\":[\"zh\",\"en\"],\"publisher\":\"工信部/国标委\","
    "\"links\":[{\"type\":\"replaces\",\"target\":\"JB/T 4242-2005\"},{\"type\":\"replaced-by\",\"target\":"
    "\"JB/T 4242-2025\"},{\"type\":\"amends\",\"target\":\"JB/T 1-2000\"},{\"type\":\"amended-by\",\"target\":"
    "\"JB/T 2-2000\"},{\"type\":\"corrects\",\"target\":\"JB/T 3-2000\"},{\"type\":\"corrected-by\",\"target\":"
    "\"JB/T 4-2000\"},{\"type\":\"cites\",\"target\":\"ISO 1:2016\"},{\"type\":\"identical\",\"target\":"
    "\"T/ABC 1-2015\"}],\"adopts\":[{\"target\":\"ISO 4242:2012\",\"degree\":\"mod\"},{\"target\":\"IEC 1:2012\"}],"
    "\"level\":\"sector\",\"obligation\":\"voluntary\",\"region\":\"CN\",\"status_word\":\"现行有效\"}}";

static void every_fact_with_a_place_comes_back(void **state)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	decode(&arena, WHOLE, &record);
	/* A word that its reader does not know gives way to the status. */
	struct buf yaml = { 0 };
	relaton_write(record, NULL, &yaml);
	assert_non_null(strstr(buf_str(&yaml), "content: current\n"));
	buf_free(&yaml);
	record->standard->status_word = NULL;
	comes_back(record);
	arena_free(&arena);
}

static void a_stage_tells_the_status(void **state)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	decode(&arena,
	       "{\"kind\":\"standard\",\"subject\":\"ISO/IEC "
	       "9:2010\",\"standard\":{\"status\":\"current\",\"stage\":\"90.92\","
	       "\"publisher\":\"ISO/IEC\",\"level\":\"international\"}}",
	       &record);
	comes_back(record);
	arena_free(&arena);
	decode(&arena,
	       "{\"kind\":\"standard\",\"subject\":\"JIS Z 9:2010\",\"standard\":{\"status\":\"current\",\"publisher\":"
	       "\"JISC\",\"level\":\"national\",\"region\":\"JP\",\"status_word\":\"valid\"}}",
	       &record);
	comes_back(record);
	arena_free(&arena);
	decode(&arena,
	       "{\"kind\":\"standard\",\"subject\":\"JIS Z 9:2010\",\"standard\":{\"status\":\"withdrawn\",\"publisher\":"
	       "\"JSA\",\"level\":\"national\",\"region\":\"JP\"}}",
	       &record);
	comes_back(record);
	arena_free(&arena);
}

static const char EXPECTED[] = "---\n"
                               "schema_version: v1.5.6\n"
                               "id: GBT92010\n"
                               "type: standard\n"
                               "docidentifier:\n"
                               "- content: GB/T 9-2010\n"
                               "  type: GB\n"
                               "  primary: true\n"
                               "docnumber: '9'\n"
                               "title:\n"
                               "- content: 'Teapots: all'\n"
                               "  language: en\n"
                               "  type: main\n"
                               "status:\n"
                               "  stage:\n"
                               "    content: current\n"
                               "relation:\n"
                               "- type: adoptedFrom\n"
                               "  description:\n"
                               "    content: IDT\n"
                               "  bibitem:\n"
                               "    docidentifier:\n"
                               "    - content: ISO 9:2009\n"
                               "      primary: true\n"
                               "- type: adoptedFrom\n"
                               "  bibitem:\n"
                               "    docidentifier:\n"
                               "    - content: ISO 10:2009\n"
                               "      primary: true\n"
                               "ext:\n"
                               "  gbtype:\n"
                               "    gbmandate: recommended\n";

static void an_adoption_stands_inside_as_a_relation(void **state)
{
	struct arena arena = { 0 };
	struct buf yaml = { 0 };
	Normlink__Record *record, *adoption;
	decode(
	    &arena,
	    "{\"kind\":\"standard\",\"subject\":\"GB/T 9-2010\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	    "\"Teapots: all\"}],\"standard\":{\"status\":\"current\",\"adopts\":[{\"target\":\"ISO 9:2009\",\"degree\":"
	    "\"idt\"}],\"level\":\"national\",\"obligation\":\"voluntary\",\"region\":\"CN\"}}",
	    &record);
	decode(&arena,
	       "{\"kind\":\"adoption\",\"subject\":\"GB/T 9-2010\",\"adoption\":{\"sources\":[{\"target\":\"ISO 9:2009\","
	       "\"degree\":\"idt\"},{\"target\":\"ISO 10:2009\"}]}}",
	       &adoption);
	relaton_write(record, adoption, &yaml);
	assert_string_equal(buf_str(&yaml), EXPECTED);
	buf_free(&yaml);
	arena_free(&arena);
}

/* ---- the public data sets ------------------------------------------------------------------------------------- */

struct sample {
	size_t met, checked;
};

static int check_record(void *arg, struct bytes bytes, struct err *err)
{
	struct sample *s = arg;
	struct arena arena = { 0 };
	Normlink__Record *record;
	if (s->met++ % EACH != 0)
		return OK;
	assert_int_equal(record_decode(bytes, &arena, &record, err), OK);
	comes_back(record);
	s->checked++;
	arena_free(&arena);
	return OK;
}

static void no_refusal(void *arg, const char *file, const char *reason)
{
	fail_msg("%s: %s", file, reason);
}

static void real_documents_come_back(void **state)
{
	static const char *const names[] = { "relaton-iso.tar.gz", "relaton-jis.tar.gz" };
	const char *data = getenv("NORMLINK_DATA");
	struct sample sample = { 0 };
	const struct ingest_sink sink = { .arg = &sample, .record_cb = check_record, .refused_cb = no_refusal };
	for (size_t i = 0; i < 2; i++) {
		char path[512];
		struct ingest_counts counts = { 0 };
		struct err err = { 0 };
		(void)snprintf(path, sizeof path, "%s/%s", data != NULL ? data : "../shared/data", names[i]);
		if (access(path, R_OK) != 0) {
			printf("skipped: %s is not there\n", path);
			skip();
		}
		if (ingest_path(path, &sink, &counts, &err) != OK)
			fail_msg("%s", err.text);
	}
	printf("%zu of %zu records written and read again\n", sample.checked, sample.met);
	assert_true(sample.checked > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_with_a_place_comes_back),
		cmocka_unit_test(a_stage_tells_the_status),
		cmocka_unit_test(an_adoption_stands_inside_as_a_relation),
		cmocka_unit_test(real_documents_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
