/* recount: the map of a log's first entries by clause 2.18, from the entries alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/map.h"
#include "crypto/tree.h"
#include "proto/json.h"
#include "proto/record.h"
#include "proto/recount.h"

enum { MAX = 32 };

/* A log, and what is expected of it. */
struct world {
	struct hasher *hasher;
	struct buf envelopes[MAX], payloads[MAX];
	enum payload_state states[MAX];
	size_t count;
};

static int up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->hasher = hasher_new();
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < w->count; i++) {
		buf_free(&w->envelopes[i]);
		buf_free(&w->payloads[i]);
	}
	hasher_free(w->hasher);
	free(w);
	return 0;
}

static void add_payload(struct world *w, struct bytes payload, const char *collection)
{
	assert_true(w->count < MAX);
	buf_add_bytes(&w->payloads[w->count], payload);
	envelope_write(w->hasher, payload, 1700000000000, collection, &w->envelopes[w->count]);
	w->states[w->count++] = PAYLOAD_PRESENT;
}

static void add_in(struct world *w, const char *json, const char *collection)
{
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, &err) != OK ||
	    record_encode((const Normlink__Record *)message, &record, &err) != OK)
		fail_msg("%s", err.text);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ (uint8_t)w->count }, &payload);
	add_payload(w, buf_bytes(&payload), collection);
	buf_free(&record);
	buf_free(&payload);
	arena_free(&arena);
}

static void add(struct world *w, const char *subject)
{
	char json[256];
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"standard\",\"subject\":\"%s\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":"
	               "\"A title\"}],\"standard\":{\"status\":\"current\"}}",
	               subject);
	add_in(w, json, NULL);
}

/* A statement that redacts entry index, whose payload it says has the digest of that of entry named. */
static void redact_as(struct world *w, uint64_t index, uint64_t named, const char *collection)
{
	struct hash digest = hash_sum(w->hasher, buf_bytes(&w->payloads[named]));
	char number[24];
	Normlink__Redaction body = NORMLINK__REDACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	struct buf record = { 0 }, payload = { 0 };
	(void)snprintf(number, sizeof number, "%llu", (unsigned long long)index);
	r.has_kind = body.has_index = body.has_payload_digest = 1;
	r.kind = NORMLINK__KIND__KIND_REDACTION;
	r.subject = number;
	r.redaction = &body;
	body.index = index;
	body.payload_digest = message_field(bytes_of(digest.b, HASH_SIZE));
	body.reason = (char[]){ "names a person" };
	body.basis = (char[]){ "a ruling" };
	assert_int_equal(record_encode(&r, &record, NULL), OK);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ 9 }, &payload);
	add_payload(w, buf_bytes(&payload), collection);
	buf_free(&record);
	buf_free(&payload);
}

/* ---- what is found ---- */

static struct recount *recount(struct world *w, size_t size)
{
	struct recount *r = recount_new(size);
	struct err err = { 0 };
	for (size_t i = 0; i < w->count; i++)
		if (recount_add(r, buf_bytes(&w->envelopes[i]), w->states[i], buf_bytes(&w->payloads[i]), &err) != OK)
			fail_msg("%s", err.text);
	assert_int_equal(recount_entries(r), size);
	return r;
}

struct expected {
	int kind;
	const char *subject;
	uint64_t index;
};

static int by_key(const void *a, const void *b)
{
	return map_compare(&((const struct map_item *)a)->key, &((const struct map_item *)b)->key);
}

/* The map has these keys, which end with an empty subject, and no others. */
static void gives(struct world *w, size_t size, const struct expected *of)
{
	struct recount *r = recount(w, size);
	struct map_item items[MAX];
	struct err err = { 0 };
	struct hash root;
	uint64_t keys;
	size_t count = 0;
	for (; of[count].subject != NULL; count++) {
		struct hash key = map_key(w->hasher, (uint32_t)of[count].kind, bytes_str(of[count].subject));
		items[count] = (struct map_item){ key, map_leaf(w->hasher, &key, of[count].index) };
	}
	if (count > 1)
		qsort(items, count, sizeof *items, by_key);
	if (recount_map(r, &keys, &root, &err) != OK)
		fail_msg("%s", err.text);
	struct hash due = map_root(w->hasher, items, count);
	assert_int_equal(keys, count);
	assert_true(hash_equal(&root, &due));
	recount_free(r);
}

#define GIVES(w, size, ...) gives(w, size, (const struct expected[]){ __VA_ARGS__ __VA_OPT__(, ){ 0 } })

static void lacks(struct world *w, size_t size, const char *part)
{
	struct recount *r = recount(w, size);
	struct err err = { 0 };
	struct hash root;
	uint64_t keys;
	assert_int_equal(recount_map(r, &keys, &root, &err), ERR_NOT_READY);
	if (strstr(err.text, part) == NULL)
		fail_msg("%s", err.text);
	recount_free(r);
}

static void the_newest_on_each_subject(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	add(w, "ISO 2:2001");
	add(w, "ISO 1:2001");
	GIVES(w, 0);
	GIVES(w, 1, { 1, "ISO 1:2001", 0 });
	GIVES(w, 2, { 1, "ISO 1:2001", 0 }, { 1, "ISO 2:2001", 1 });
	GIVES(w, 3, { 1, "ISO 1:2001", 2 }, { 1, "ISO 2:2001", 1 });
}

static void what_does_not_count(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	add_in(w,
	       "{\"kind\":\"index\",\"subject\":\"current\",\"index\":{\"version\":1,\"size\":1,\"keys\":0,\"root\":"
	       "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}}",
	       NULL);
	add_in(w, "{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026-01-01\"}}",
	       "members");
	add_payload(w, bytes_str("no record at all"), NULL);
	GIVES(w, 4, { 1, "ISO 1:2001", 0 });
}

static void what_is_redacted(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	add(w, "ISO 1:2001");
	add(w, "ISO 2:2001");
	redact_as(w, 1, 1, NULL); /* 3: the one before it stands */
	redact_as(w, 2, 2, NULL); /* 4: nothing is said any more */
	GIVES(w, 3, { 1, "ISO 1:2001", 1 }, { 1, "ISO 2:2001", 2 });
	GIVES(w, 5, { 1, "ISO 1:2001", 0 }, { 102, "1", 3 }, { 102, "2", 4 });
	/* Their payloads gone, as they should be. */
	w->states[1] = w->states[2] = PAYLOAD_REDACTED;
	GIVES(w, 5, { 1, "ISO 1:2001", 0 }, { 102, "1", 3 }, { 102, "2", 4 });
	lacks(w, 4, "the content of entry 2 is not here");
	lacks(w, 3, "the content of entry 1 is not here");
}

static void redactions_that_say_nothing(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	add(w, "ISO 2:2001");
	redact_as(w, 0, 1, NULL); /* 2: another one's digest */
	redact_as(w, 3, 0, NULL); /* 3: itself */
	redact_as(w, 7, 0, NULL); /* 4: one to come */
	redact_as(w, 1, 1, NULL); /* 5: a right one */
	redact_as(w, 5, 5, NULL); /* 6: a log statement */
	GIVES(w, 7, { 1, "ISO 1:2001", 0 }, { 102, "1", 5 });
}

static void one_that_is_not_public_redacts(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	redact_as(w, 0, 0, "members");
	GIVES(w, 2);
}

static void what_is_withheld(void **state)
{
	struct world *w = *state;
	add(w, "ISO 1:2001");
	add_in(w, "{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026-01-01\"}}",
	       "members");
	w->states[1] = PAYLOAD_WITHHELD;
	GIVES(w, 2, { 1, "ISO 1:2001", 0 });
	w->states[0] = PAYLOAD_WITHHELD;
	lacks(w, 2, "the content of entry 0 is not here");
	GIVES(w, 0);
}

static void another_s_payload_is_refused(void **state)
{
	struct world *w = *state;
	struct recount *r = recount_new(1);
	struct err err = { 0 };
	add(w, "ISO 1:2001");
	add(w, "ISO 2:2001");
	assert_int_equal(recount_add(r, buf_bytes(&w->envelopes[0]), PAYLOAD_PRESENT, buf_bytes(&w->payloads[1]), &err),
	                 ERR_UNTRUSTED);
	assert_int_equal(recount_add(r, bytes_str("x"), PAYLOAD_PRESENT, buf_bytes(&w->payloads[1]), &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "entry 0"));
	recount_free(r);
	recount_free(NULL);
}

static void the_tree_is_the_log_s(void **state)
{
	struct world *w = *state;
	struct tree *t = tree_new(w->hasher);
	for (int i = 0; i < 5; i++)
		add(w, "ISO 1:2001");
	for (size_t i = 0; i < 5; i++) {
		struct recount *r = recount(w, i);
		struct hash leaf = hash_leaf(w->hasher, buf_bytes(&w->envelopes[i]));
		struct hash root = recount_tree(r, &leaf);
		tree_append(t, &leaf);
		struct hash due = tree_root(t);
		assert_true(hash_equal(&root, &due));
		recount_free(r);
	}
	tree_free(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_newest_on_each_subject),
		TEST(what_does_not_count),
		TEST(what_is_redacted),
		TEST(redactions_that_say_nothing),
		TEST(one_that_is_not_public_redacts),
		TEST(what_is_withheld),
		TEST(another_s_payload_is_refused),
		TEST(the_tree_is_the_log_s),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
