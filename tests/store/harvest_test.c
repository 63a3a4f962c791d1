/* harvest: items as OAI-PMH lists them: the newest revision of each, in the order of arrival, as of one place in it. */
#include <sqlite3.h>

#include "crypto/encode.h"
#include "node/core/harvested.h"
#include "proto/json.h"
#include "tests/store/two_logs.h"

static struct harvest_list list;
static const struct query any;

/* One record, given as JSON, at that second; under a head. */
static void publish(struct maker *m, uint64_t time_s, const char *json)
{
	struct arena memory = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(m->tree) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &memory, &message, &err) != OK ||
	    record_encode((const Normlink__Record *)message, &record, &err) != OK)
		fail_msg("%s: %s", json, err.text);
	payload_write(buf_bytes(&record), nonce, &payload);
	struct store_write *w = maker_entries(m, &payload, 1, PAYLOAD_PRESENT);
	w->wall_ms = time_s * 1000;
	maker_sign(m, w);
	apply_one(store, w);
	buf_free(&record);
	buf_free(&payload);
	arena_free(&memory);
}

static void say(struct maker *m, uint64_t time_s, const char *subject, const char *more)
{
	char json[512];
	(void)snprintf(json, sizeof json, "{\"kind\":\"standard\",\"subject\":\"%s\"%s}", subject, more);
	publish(m, time_s, json);
}

#define PLAIN ",\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"]}"

static void redact(struct maker *m, uint64_t time_s, uint64_t index)
{
	struct arena memory = { 0 };
	struct found found;
	struct envelope envelope = { 0 };
	struct buf digest = { 0 };
	char json[512];
	assert_int_equal(view.entry(view.ctx, m->origin, index, &memory, &found, NULL), OK);
	assert_int_equal(envelope_parse(found.envelope, &envelope, NULL), OK);
	base64_add(&digest, bytes_of(envelope.payload_digest.b, HASH_SIZE));
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"redaction\",\"subject\":\"%u\",\"redaction\":{\"index\":%u,\"payload_digest\":\"%s\","
	               "\"reason\":\"a\",\"basis\":\"b\"}}",
	               (unsigned)index, (unsigned)index, buf_str(&digest));
	publish(m, time_s, json);
	buf_free(&digest);
	arena_free(&memory);
}

static struct harvest begin(const struct query *filter, size_t limit)
{
	return (struct harvest){ .filter = filter, .until_s = UINT64_MAX, .limit = limit };
}

static int page(struct harvest *h)
{
	arena_free(&arena);
	int rc = view.harvest(view.ctx, h, &arena, &list, NULL);
	h->upto = list.upto;
	h->check = list.check;
	h->seq = list.seq;
	h->index = list.index;
	return rc;
}

/* What a whole list says: "iso0@5 iso2@9! ", with ! for what is deleted. */
static const char *rest(struct harvest h)
{
	static char text[4096];
	size_t n = 0;
	text[0] = '\0';
	do {
		assert_int_equal(page(&h), OK);
		assert_true(list.count > 0 || !list.more);
		for (size_t i = 0; i < list.count; i++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%.3s%u@%u%s ", list.v[i].found.origin,
			                      (unsigned)list.v[i].first, (unsigned)list.v[i].time_s, list.v[i].deleted ? "!" : "");
	} while (list.more);
	return text;
}

static void items_come_once(void **state)
{
	assert_string_equal(rest(begin(&any, 3)), "");
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 2:2000", PLAIN);
	say(&sac, 6, "GB 1-2000", PLAIN);
	say(&iso, 9, "ISO 1:2000", ",\"standard\":{\"status\":\"withdrawn\"}");
	for (size_t limit = 1; limit < 5; limit++) {
		struct harvest h = begin(&any, limit);
		assert_string_equal(rest(h), "iso1@6 sac0@6 iso0@9 ");
		assert_int_equal(page(&h), OK);
		assert_int_equal(list.total, 3);
		assert_int_equal(list.more, limit < 3);
	}
	assert_int_equal(list.v[2].found.index, 2);
	assert_int_equal(list.v[2].status, NORMLINK__STATUS__STATUS_WITHDRAWN);
}

static void times_and_sets_choose(void **state)
{
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&sac, 7, "GB 1-2000", ",\"standard\":{\"status\":\"withdrawn\",\"ics\":[\"13.040\"]}");
	say(&iso, 9, "ISO 2:2000", ",\"standard\":{}");
	struct harvest h = begin(&any, 9);
	h.from_s = 7;
	assert_string_equal(rest(h), "sac0@7 iso1@9 ");
	h.until_s = 8;
	assert_string_equal(rest(h), "sac0@7 ");
	h.from_s = 8;
	assert_string_equal(rest(h), "");
	h.from_s = UINT64_MAX;
	assert_string_equal(rest(h), "");
	const struct query origin = { .origin = "iso.example/log" }, nobody = { .origin = "x.example/log" },
	                   ics = { .ics = "03.120" }, coded = { .ics = "" }, status = { .status = "withdrawn" },
	                   known = { .status = "" }, kind = { .kind = "review" };
	assert_string_equal(rest(begin(&origin, 1)), "iso0@5 iso1@9 ");
	assert_string_equal(rest(begin(&nobody, 1)), "");
	assert_string_equal(rest(begin(&ics, 1)), "iso0@5 ");
	assert_string_equal(rest(begin(&coded, 1)), "iso0@5 sac0@7 ");
	assert_string_equal(rest(begin(&status, 1)), "sac0@7 ");
	assert_string_equal(rest(begin(&known, 1)), "iso0@5 sac0@7 ");
	assert_string_equal(rest(begin(&kind, 1)), "");
	h = begin(&any, 1);
	h.only_kind = NORMLINK__KIND__KIND_REVIEW;
	assert_string_equal(rest(h), "");
}

/* A clock that goes back does not take the times with it. */
static void times_do_not_go_back(void **state)
{
	say(&iso, 50, "ISO 1:2000", PLAIN);
	say(&iso, 20, "ISO 2:2000", PLAIN);
	assert_string_equal(rest(begin(&any, 9)), "iso0@50 iso1@50 ");
	uint64_t earliest = 0;
	assert_int_equal(view.earliest(view.ctx, &earliest, NULL), OK);
	assert_int_equal(earliest, 50);
}

static void a_list_stays_while_the_log_grows(void **state)
{
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 2:2000", PLAIN);
	say(&iso, 7, "ISO 2:2000", ",\"standard\":{\"status\":\"withdrawn\"}");
	say(&iso, 8, "ISO 3:2000", PLAIN);
	struct harvest h = begin(&any, 1);
	assert_int_equal(page(&h), OK);
	assert_int_equal(list.total, 3);
	say(&iso, 9, "ISO 3:2000", ",\"standard\":{\"status\":\"withdrawn\"}");
	say(&iso, 9, "ISO 1:2000", ",\"standard\":{\"status\":\"withdrawn\"}");
	say(&iso, 9, "ISO 4:2000", PLAIN);
	struct harvest again = h;
	assert_string_equal(rest(h), "iso1@7 iso3@8 ");
	assert_string_equal(rest(again), "iso1@7 iso3@8 ");
	assert_int_equal(list.v[0].found.index, 3);
	assert_int_equal(list.v[0].status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_string_equal(rest(begin(&any, 2)), "iso1@7 iso3@9 iso0@9 iso6@9 ");
	/* The order outlives the view. */
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_string_equal(rest(again), "iso1@7 iso3@8 ");
	again.check++;
	assert_int_equal(page(&again), ERR_CONFLICT);
	again.upto = 77;
	assert_int_equal(page(&again), ERR_CONFLICT);
}

static void what_is_retracted_is_deleted_for_ever(void **state)
{
	const struct query ics = { .ics = "03" }, status = { .status = "current" };
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 2:2000", PLAIN);
	say(&iso, 7, "ISO 1:2000", ",\"retraction\":{\"reason\":\"never so\"},\"standard\":{}");
	assert_string_equal(rest(begin(&any, 9)), "iso1@6 iso0@7! ");
	/* In the sets that it was in. */
	assert_string_equal(rest(begin(&ics, 9)), "iso1@6 iso0@7! ");
	assert_string_equal(rest(begin(&status, 9)), "iso1@6 iso0@7! ");
	assert_string_equal(list.v[1].ics, "03.120.10");
}

static void what_is_redacted_is_deleted_for_ever(void **state)
{
	struct harvested item;
	const struct query ics = { .ics = "03" };
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 2:2000", PLAIN);
	redact(&iso, 7, 0);
	assert_string_equal(rest(begin(&any, 1)), "iso1@6 iso0@7! iso2@7 ");
	assert_string_equal(rest(begin(&ics, 1)), "iso1@6 ");
	arena_free(&arena);
	assert_int_equal(view.item(view.ctx, iso.origin, 0, &arena, &item, NULL), OK);
	assert_true(item.deleted);
	assert_int_equal(item.time_s, 7);
	assert_int_equal(item.found.payload.len, 0);
	assert_int_equal(view.item(view.ctx, iso.origin, 2, &arena, &item, NULL), OK);
	assert_int_equal(item.kind, NORMLINK__KIND__KIND_REDACTION);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_string_equal(rest(begin(&any, 9)), "iso1@6 iso0@7! iso2@7 ");
}

/* The older statement stands again, and is told; where the oldest goes, the item has another number from then on. */
static void what_a_redaction_leaves_is_told(void **state)
{
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 1:2000", ",\"standard\":{}");
	redact(&iso, 7, 1);
	struct harvest h = begin(&any, 9);
	h.from_s = 7;
	assert_string_equal(rest(h), "iso0@7 iso1@7! iso2@7 ");
	say(&iso, 8, "ISO 1:2000", ",\"standard\":{}");
	redact(&iso, 9, 0);
	h.from_s = 9;
	assert_string_equal(rest(h), "iso3@9 iso0@9! iso4@9 ");
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_string_equal(rest(h), "iso3@9 iso0@9! iso4@9 ");
	struct harvested item;
	arena_free(&arena);
	assert_int_equal(view.item(view.ctx, iso.origin, 3, &arena, &item, NULL), OK);
	assert_int_equal(item.time_s, 9);
	assert_false(item.deleted);
}

static void what_is_not_public_is_not_there(void **state)
{
	struct harvested item;
	iso.collection = "members";
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 5, "ISO 3:2000", PLAIN);
	iso.collection = NULL;
	say(&iso, 6, "ISO 2:2000", ",\"standard\":{\"ics\":[\"13\"]}");
	assert_string_equal(rest(begin(&any, 9)), "iso2@6 ");
	assert_int_equal(view.item(view.ctx, iso.origin, 0, &arena, &item, NULL), ERR_NOT_FOUND);
	redact(&iso, 7, 0);
	assert_string_equal(rest(begin(&any, 9)), "iso2@6 iso3@7 ");
	assert_int_equal(view.item(view.ctx, iso.origin, 0, &arena, &item, NULL), ERR_NOT_FOUND);
	const char **codes;
	size_t count;
	assert_int_equal(view.codes(view.ctx, "", 9, &arena, &codes, &count, NULL), OK);
	assert_int_equal(count, 1);
	assert_string_equal(codes[0], "13");
}

static void one_item(void **state)
{
	struct harvested item;
	say(&iso, 5, "ISO 1:2000", PLAIN);
	say(&iso, 6, "ISO 2:2000", PLAIN);
	say(&iso, 7, "ISO 1:2000", ",\"standard\":{}");
	assert_int_equal(view.item(view.ctx, iso.origin, 0, &arena, &item, NULL), OK);
	assert_int_equal(item.found.index, 2);
	assert_int_equal(item.first, 0);
	assert_int_equal(item.time_s, 7);
	assert_int_equal(view.item(view.ctx, iso.origin, 1, &arena, &item, NULL), OK);
	assert_int_equal(item.time_s, 6);
	assert_int_equal(view.item(view.ctx, iso.origin, 2, &arena, &item, NULL), ERR_NOT_FOUND);
	assert_int_equal(view.item(view.ctx, iso.origin, 3, &arena, &item, NULL), ERR_NOT_FOUND);
	assert_int_equal(view.item(view.ctx, sac.origin, 0, &arena, &item, NULL), ERR_NOT_FOUND);
	assert_int_equal(view.item(view.ctx, iso.origin, UINT64_MAX, &arena, &item, NULL), ERR_NOT_FOUND);
}

static void codes_in_portions(void **state)
{
	const char **codes;
	size_t count;
	say(&iso, 5, "ISO 1:2000", ",\"standard\":{\"ics\":[\"03.120.10\",\"13\"]}");
	say(&iso, 6, "ISO 2:2000", ",\"standard\":{\"ics\":[\"03.120.10\",\"03.100\"]}");
	assert_int_equal(view.codes(view.ctx, "", 2, &arena, &codes, &count, NULL), OK);
	assert_int_equal(count, 2);
	assert_string_equal(codes[0], "03.100");
	assert_string_equal(codes[1], "03.120.10");
	assert_int_equal(view.codes(view.ctx, codes[1], 2, &arena, &codes, &count, NULL), OK);
	assert_int_equal(count, 1);
	assert_string_equal(codes[0], "13");
}

/* An index that the version before did not have. */
static void an_older_database_is_brought_up(void **state)
{
	sqlite3 *raw;
	say(&iso, 5, "ISO 1:2000", PLAIN);
	store_close(store);
	assert_int_equal(sqlite3_open(scratch.db, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "DROP INDEX arrived; PRAGMA user_version = 2", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
	store = scratch_open(&scratch, STORE_WRITE);
	view = store_view(store);
	assert_string_equal(rest(begin(&any, 9)), "iso0@5 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, logs_up, logs_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(items_come_once),
		TEST(times_and_sets_choose),
		TEST(times_do_not_go_back),
		TEST(a_list_stays_while_the_log_grows),
		TEST(what_is_retracted_is_deleted_for_ever),
		TEST(what_is_redacted_is_deleted_for_ever),
		TEST(what_a_redaction_leaves_is_told),
		TEST(what_is_not_public_is_not_there),
		TEST(one_item),
		TEST(codes_in_portions),
		TEST(an_older_database_is_brought_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
