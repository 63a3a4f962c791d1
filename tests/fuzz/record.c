/* record: serialised records; a valid one goes through its encoding and through JSON unchanged, and has a subject,
 * edges and words. */
#include "proto/record.h"
#include "node/base/must.h"
#include "proto/joint.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_edge(void *arg, const struct edge *edge, struct err *err)
{
	struct designator d;
	must(edge->target[0] != '\0' && strlen(edge->target) <= SUBJECT_MAX);
	must(edge_word(edge->type) != NULL && designator_parse(bytes_str(edge->target), &d, NULL) == OK);
	return OK;
}

static void on_words(void *arg, enum record_words where, const char *text)
{
	must(text[0] != '\0' && where >= RECORD_WORDS_REFERENCE && where <= RECORD_WORDS_BODY);
}

static void check_what_is_made_of_it(const Normlink__Record *r)
{
	struct designator d;
	struct err err;
	must(record_subject((int)r->kind, r->subject, &d, &err) == OK);
	must(strcmp(d.canonical, r->subject) == 0);
	must(joint_edges(r, on_edge, NULL, &err) == OK);
	must(record_body(r) != NULL);
	must(record_day(r) == NULL || date_valid(record_day(r)));
	record_words(r, on_words, NULL);
}

static void check_valid(const Normlink__Record *r, struct arena *arena)
{
	struct buf raw = { 0 }, json = { 0 }, again = { 0 };
	struct err err;
	check_what_is_made_of_it(r);
	Normlink__Record *second;
	ProtobufCMessage *third;
	must(record_encode(r, &raw, &err) == OK);
	must(record_decode(buf_bytes(&raw), arena, &second, &err) == OK);
	json_of_message(&r->base, &json);
	must(json_to_message(&normlink__record__descriptor, buf_bytes(&json), arena, &third, &err) == OK);
	message_encode(third, &again);
	must(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	buf_free(&raw);
	buf_free(&json);
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .cap = 16 * 1024 * 1024 };
	struct err err = { 0 };
	Normlink__Record *r = NULL;
	int rc = record_decode(bytes_of(data, size), &arena, &r, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || err.text[0] != '\0');
	if (rc == OK && size < 100 * 1000)
		check_valid(r, &arena);
	arena_free(&arena);
	return 0;
}
