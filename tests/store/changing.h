/* changing: logs that grow, say things anew, take them back, redact them, and get payloads late, by a fixed seed.
 * Thread: main's.
 */
#pragma once

#include "crypto/encode.h"
#include "proto/json.h"
#include "tests/store/fixture.h"

enum { LOGS = 3, PENDING_MAX = 256, PUT_MAX = 1024 };

UNUSED static uint64_t changing_seed;

UNUSED static unsigned chance(unsigned n)
{
	changing_seed = changing_seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((changing_seed >> 33) % n);
}

/* A payload that did not come with its entry. */
struct pending {
	uint64_t index;
	struct buf payload;
};

struct changing {
	struct maker maker;
	struct pending pending[PENDING_MAX];
	size_t pending_count;
};

UNUSED static struct changing logs[LOGS];

UNUSED static void changing_up(void)
{
	static const char *const names[LOGS] = { "iso.example/log", "afnor.example/log", "sac.example/log" };
	changing_seed = 20;
	for (size_t i = 0; i < LOGS; i++)
		maker_init(&logs[i].maker, names[i]);
}

UNUSED static void changing_down(void)
{
	for (size_t i = 0; i < LOGS; i++) {
		for (size_t k = 0; k < logs[i].pending_count; k++)
			buf_free(&logs[i].pending[k].payload);
		maker_close(&logs[i].maker);
		logs[i] = (struct changing){ 0 };
	}
}

/* ---- what they say ---- */

/* The first are frequent, the last are rare; most folds to itself, some does not. */
static const char *const words[] = { "screw",   "threads",  "general", "part",   "steel", "Pipe",
	                                 "safety",  "quality",  "É",       "Müller", "test",  "method",
	                                 "plastic", "aircraft", "n7",      "Ｋ３" };
static const char *const runs[] = { "质",       "质量", "质量管理", "管理体系", "ねじ", "ボルト",
	                                "ボルト類", "管",   "體系",     "量",       "규격", "표준규격" };
static const char *const codes[] = {
	"03", "03.120", "03.120.10", "03.120.20", "21.040.10", "21.060", "21", "99.999.99"
};
enum { WORDS = sizeof words / sizeof *words, RUNS = sizeof runs / sizeof *runs, CODES = sizeof codes / sizeof *codes };

/* Some words from a vocabulary, "the" before most. */
UNUSED static void say_words(struct buf *out, unsigned count, bool cjk)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned rare = 1 + chance(WORDS);
		if (chance(8) != 0)
			buf_add_str(out, "the ");
		if (cjk)
			buf_printf(out, "%s%s ", runs[chance(RUNS)], chance(2) != 0 ? runs[chance(RUNS)] : "");
		else
			buf_printf(out, "%s ", words[chance(rare)]);
	}
}

UNUSED static void say_text(struct buf *out, const char *role, const char *lang, unsigned count)
{
	buf_printf(out, "{\"role\":\"%s\",\"lang\":\"%s\",\"value\":\"", role, lang);
	say_words(out, count, lang[0] == 'z');
	buf_add_str(out, "end\"}");
}

/* A record in JSON about one of so many subjects. */
UNUSED static void say_record(struct buf *out, unsigned subjects)
{
	static const char *const statuses[] = { "current", "withdrawn", "superseded", "upcoming" };
	static const char *const days[] = { "", "-06", "-06-30", "-12-01" };
	unsigned about = chance(subjects), kind = chance(8), count = chance(6);
	const char *body = kind == 0 ? "project" : kind == 1 ? "notice" : "standard";
	buf_printf(out, "{\"kind\":\"%s\",", body);
	if (kind > 1)
		buf_printf(out, "\"subject\":\"%s %u:%u\",", about % 3 != 0 ? "ISO" : "NF", 1 + about / 2, 2000 + about % 2);
	else
		buf_printf(out, "\"subject\":\"%s %u\",", about % 2 != 0 ? "screw" : "quality", about);
	if (chance(20) == 0)
		buf_add_str(out, "\"retraction\":{\"reason\":\"screw\"},");
	buf_add_str(out, "\"texts\":[");
	say_text(out, "title", "en", 1 + chance(5));
	buf_add_char(out, ',');
	say_text(out, "title", "zh", 1 + chance(2));
	buf_add_char(out, ',');
	say_text(out, "abstract", chance(3) != 0 ? "en" : "zh", 1 + chance(12));
	buf_printf(out, "],\"%s\":{", body);
	if (kind == 1)
		buf_add_str(out, "\"type\":\"notification\",\"date\":\"2024-08-01\",");
	else
		buf_printf(out, "\"status\":\"%s\",%s", statuses[chance(4)], kind == 0 ? "\"stage\":\"30.20\"," : "");
	if (kind > 1 && chance(4) == 0)
		buf_printf(out, "\"adopts\":[{\"target\":\"ISO %u\",\"degree\":\"idt\"}],", 1 + chance(subjects) / 2);
	if (kind > 1 && chance(3) != 0)
		buf_printf(out, "\"events\":[{\"type\":\"published\",\"date\":\"%u%s\"}],", 2018 + chance(5), days[chance(4)]);
	buf_add_str(out, "\"ics\":[");
	for (unsigned i = 0, first = chance(CODES); i < count; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", codes[(first + i) % CODES]);
	buf_add_str(out, "]}}");
}

UNUSED static void payload_of_json(const char *json, uint64_t seed, struct buf *payload)
{
	struct arena own = { 0 };
	struct buf record = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	uint8_t nonce[NONCE_SIZE] = { 0 };
	memcpy(nonce, &seed, sizeof seed);
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &own, &m, &err) != OK ||
	    record_encode((Normlink__Record *)m, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, payload);
	buf_free(&record);
	arena_free(&own);
}

/* ---- how they change ---- */

/* The next entries, under a head of their own, as a node's own log has it. */
UNUSED static void log_put(struct changing *l, const struct buf *payloads, size_t count, enum payload_state state)
{
	struct store_write *w = maker_entries(&l->maker, payloads, count, state);
	maker_sign(&l->maker, w);
	apply_one(store, w);
}

/* One record in JSON, as the next entry; late: its payload is yet to arrive. */
UNUSED static void log_say(struct changing *l, const char *json, bool late)
{
	struct buf payload = { 0 };
	uint64_t index = tree_size(l->maker.tree);
	payload_of_json(json, index, &payload);
	log_put(l, &payload, 1, late ? PAYLOAD_WITHHELD : PAYLOAD_PRESENT);
	if (late && l->pending_count < PENDING_MAX)
		l->pending[l->pending_count++] = (struct pending){ index, payload };
	else
		buf_free(&payload);
}

/* So many entries in one write; say makes the next record. */
UNUSED static void log_many(struct changing *l, size_t count, void (*say)(struct buf *json, unsigned n), unsigned n)
{
	static struct buf payloads[PUT_MAX];
	struct buf json = { 0 };
	must(count <= PUT_MAX);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&json);
		say(&json, n);
		payload_of_json(buf_str(&json), tree_size(l->maker.tree) + i, &payloads[i]);
	}
	log_put(l, payloads, count, PAYLOAD_PRESENT);
	for (size_t i = 0; i < count; i++)
		buf_free(&payloads[i]);
	buf_free(&json);
}

/* Records about some of so many subjects, all public or all not; of some the payload is yet to come. */
UNUSED static void log_grow(struct changing *l, size_t count, unsigned subjects)
{
	struct buf json = { 0 };
	l->maker.collection = chance(4) == 0 ? "members" : NULL;
	log_many(l, count, say_record, subjects);
	for (size_t i = 0; i < count / 16; i++) {
		buf_reset(&json);
		say_record(&json, subjects);
		log_say(l, buf_str(&json), true);
	}
	buf_free(&json);
}

/* One of the payloads that were missing. */
UNUSED static void log_receive(struct changing *l)
{
	if (l->pending_count == 0)
		return;
	struct pending *p = &l->pending[chance((unsigned)l->pending_count)];
	struct store_write *w = write_new(l->maker.origin, WRITE_PAYLOADS);
	w->count = 1;
	w->entries = arena_array(&w->arena, 1, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, 1, sizeof *w->indexes);
	w->indexes[0] = p->index;
	w->entries[0] =
	    (struct entry){ .payload = arena_bytes(&w->arena, buf_bytes(&p->payload)), .state = PAYLOAD_PRESENT };
	apply_one(store, w);
	buf_free(&p->payload);
	*p = l->pending[--l->pending_count];
}

/* The payload of an entry goes, whatever it was. */
UNUSED static void log_redact(struct changing *l, uint64_t index)
{
	struct arena arena = { 0 };
	struct found found;
	struct envelope envelope = { 0 };
	struct view v = store_view(store);
	struct buf json = { 0 };
	assert_int_equal(v.entry(v.ctx, l->maker.origin, index, &arena, &found, NULL), OK);
	assert_int_equal(envelope_parse(found.envelope, &envelope, NULL), OK);
	buf_printf(&json,
	           "{\"kind\":\"redaction\",\"subject\":\"%llu\",\"redaction\":{\"index\":%llu,\"payload_digest\":\"",
	           (unsigned long long)index, (unsigned long long)index);
	base64_add(&json, bytes_of(envelope.payload_digest.b, HASH_SIZE));
	buf_add_str(&json, "\",\"reason\":\"general quality\",\"basis\":\"a ruling\"}}");
	log_say(l, buf_str(&json), false);
	buf_free(&json);
	arena_free(&arena);
}
