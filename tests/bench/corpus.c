/* The records that a benchmark works on: made from a seed, or read from a folder of real ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/ingest.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "tests/bench/bench.h"

static const char *const words[] = {
	"quality",       "management",  "systems",       "requirements", "guidance",
	"test",          "methods",     "determination", "steel",        "pipes",
	"plastics",      "safety",      "electrical",    "equipment",    "part",
	"general",       "principles",  "vocabulary",    "information",  "technology",
	"security",      "techniques",  "measurement",   "of",           "for",
	"and",           "the",         "water",         "soil",         "air",
	"emission",      "sampling",    "analysis",      "chemical",     "composition",
	"mechanical",    "properties",  "fasteners",     "bolts",        "threads",
	"aircraft",      "ships",       "road",          "vehicles",     "tyres",
	"wheels",        "rubber",      "textiles",      "paper",        "board",
	"paints",        "varnishes",   "corrosion",     "metals",       "alloys",
	"aluminium",     "copper",      "welding",       "joints",       "inspection",
	"radiography",   "medical",     "devices",       "implants",     "dentistry",
	"materials",     "laboratory",  "glassware",     "volumetric",   "instruments",
	"calibration",   "uncertainty", "geometrical",   "product",      "specifications",
	"tolerances",    "surface",     "texture",       "documents",    "identifiers",
	"coding",        "audio",       "video",         "interchange",  "protocols",
	"interfaces",    "software",    "engineering",   "process",      "assessment",
	"environmental", "life",        "cycle",         "energy",       "performance",
	"buildings",     "concrete",    "timber",        "food",         "milk",
	"cereals",       "meat",        "fruit",         "oils",
};
static const char *const han[] = { "质量", "管理", "体系", "要求", "安全", "技术", "信息", "测量",
	                               "方法", "试验", "钢管", "塑料", "环境", "食品", "电气", "设备" };
enum { WORDS = sizeof words / sizeof words[0], HAN = sizeof han / sizeof han[0], RARE_WORDS = 20000 };

/* splitmix64: a seed gives the same records on every machine. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* Small numbers are more frequent, as words of real titles are. */
static size_t skewed(uint64_t *state, size_t n)
{
	uint64_t r = next(state);
	return (size_t)((r % n) * ((r >> 32) % n) / n);
}

/* A word of the long tail that real texts have: made of syllables, the same for the same number. */
static void add_rare_word(struct buf *text, uint64_t *seed)
{
	static const char *const syllables[] = { "ba", "cor", "den", "fi",  "gral", "hy", "lo", "men",
		                                     "no", "pul", "ra",  "sto", "ter",  "um", "ve", "xi" };
	size_t number = skewed(seed, RARE_WORDS) + 16;
	for (; number > 0; number /= 16)
		buf_add_str(text, syllables[number % 16]);
}

static char *phrase(struct arena *a, uint64_t *seed, size_t count, const char *const *from, size_t n, const char *gap)
{
	struct buf text = { 0 };
	for (size_t i = 0; i < count; i++) {
		buf_add_str(&text, i > 0 ? gap : "");
		if (gap[0] != '\0' && next(seed) % 10 < 7)
			add_rare_word(&text, seed);
		else
			buf_add_str(&text, from[skewed(seed, n)]);
		if (next(seed) % 40 == 0)
			buf_printf(&text, "%s%u", gap, (unsigned)(next(seed) % 5000));
	}
	char *copy = arena_str(a, buf_str(&text));
	buf_free(&text);
	return copy;
}

static Normlink__Text *text_of(struct arena *a, Normlink__Role role, const char *lang, const char *value)
{
	Normlink__Text *t = arena_get(a, sizeof *t);
	normlink__text__init(t);
	t->has_role = 1;
	t->role = role;
	t->lang = arena_str(a, lang);
	t->value = arena_str(a, value);
	return t;
}

static struct item *item_new(struct corpus *c)
{
	if (c->count == c->cap) {
		c->cap = c->cap == 0 ? 1024 : c->cap * 2;
		c->v = realloc(c->v, c->cap * sizeof *c->v);
		must(c->v != NULL);
	}
	struct item *item = &c->v[c->count++];
	*item = (struct item){ 0 };
	return item;
}

/* Keep the serialised record, the payload around it, and the texts that the index will see. */
static void item_fill(struct corpus *c, struct item *item, const Normlink__Record *r, struct bytes record)
{
	static const uint8_t nonce[NONCE_SIZE];
	struct buf payload = { 0 }, title = { 0 }, abstract = { 0 };
	payload_write(record, nonce, &payload);
	for (size_t i = 0; i < r->n_texts; i++) {
		struct buf *into = r->texts[i]->role == NORMLINK__ROLE__ROLE_TITLE ? &title : &abstract;
		buf_printf(into, "%s\n", r->texts[i]->value);
	}
	item->record = arena_bytes(&c->arena, record);
	item->payload = arena_bytes(&c->arena, buf_bytes(&payload));
	item->reference = arena_str(&c->arena, r->subject);
	item->title = arena_str(&c->arena, buf_str(&title));
	item->abstract = arena_str(&c->arena, buf_str(&abstract));
	c->bytes += payload.len;
	buf_free(&payload);
	buf_free(&title);
	buf_free(&abstract);
}

static void generate_one(struct corpus *c, struct arena *a, size_t number, uint64_t *seed)
{
	Normlink__Record r = NORMLINK__RECORD__INIT;
	Normlink__Standard s = NORMLINK__STANDARD__INIT;
	Normlink__Event e = NORMLINK__EVENT__INIT;
	Normlink__Text *texts[4];
	char *ics[1], *committees[1];
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = arena_printf(a, "ISO %zu:%u", 10000 + number, 1970 + (unsigned)(next(seed) % 55));
	texts[0] = text_of(a, NORMLINK__ROLE__ROLE_TITLE, "en", phrase(a, seed, 8, words, WORDS, " "));
	texts[1] = text_of(a, NORMLINK__ROLE__ROLE_TITLE, "zh", phrase(a, seed, 5, han, HAN, ""));
	texts[2] = text_of(a, NORMLINK__ROLE__ROLE_ABSTRACT, "en", phrase(a, seed, 90, words, WORDS, " "));
	texts[3] = text_of(a, NORMLINK__ROLE__ROLE_ABSTRACT, "fr", phrase(a, seed, 60, words, WORDS, " "));
	r.texts = texts;
	r.n_texts = 4;
	s.has_status = 1;
	s.status = NORMLINK__STATUS__STATUS_CURRENT;
	s.stage = arena_str(a, "60.60");
	e.has_type = 1;
	e.type = NORMLINK__EVENT_TYPE__EVENT_PUBLISHED;
	e.date = arena_printf(a, "%u-%02u", 1970 + (unsigned)(next(seed) % 55), 1 + (unsigned)(next(seed) % 12));
	s.events = (Normlink__Event *[]){ &e };
	s.n_events = 1;
	ics[0] = arena_printf(a, "%02u.%03u", 1 + (unsigned)(next(seed) % 97), (unsigned)(next(seed) % 20) * 20);
	s.ics = ics;
	s.n_ics = 1;
	committees[0] = arena_printf(a, "ISO/TC %u", 1 + (unsigned)(next(seed) % 330));
	s.committees = committees;
	s.n_committees = 1;
	r.standard = &s;
	struct buf record = { 0 };
	struct err err = { 0 };
	if (record_encode(&r, &record, &err) != OK)
		bench_fail("generated record", &err);
	item_fill(c, item_new(c), &r, buf_bytes(&record));
	buf_free(&record);
}

void corpus_generate(struct corpus *c, size_t count, uint64_t seed)
{
	*c = (struct corpus){ .name = "generated", .arena = { .cap = SIZE_MAX } };
	uint64_t state = seed;
	for (size_t i = 0; i < count; i++) {
		struct arena a = { 0 };
		generate_one(c, &a, i, &state);
		arena_free(&a);
	}
}

static int keep_record(void *arg, struct bytes record, struct err *err)
{
	struct corpus *c = arg;
	struct arena a = { 0 };
	Normlink__Record *r;
	int rc = record_decode(record, &a, &r, err);
	if (rc == OK)
		item_fill(c, item_new(c), r, record);
	arena_free(&a);
	return rc;
}

static void ignore_refused(void *arg, const char *file, const char *reason)
{
	fprintf(stderr, "refused: %s: %s\n", file, reason);
}

int corpus_read(struct corpus *c, const char *path, struct err *err)
{
	struct ingest_sink sink = { .arg = c, .record_cb = keep_record, .refused_cb = ignore_refused };
	struct ingest_counts counts = { 0 };
	if (c->name == NULL)
		*c = (struct corpus){ .name = "real", .arena = { .cap = SIZE_MAX } };
	return ingest_path(path, &sink, &counts, err);
}

void corpus_free(struct corpus *c)
{
	free(c->v);
	arena_free(&c->arena);
	*c = (struct corpus){ 0 };
}
