/* federate_world: five nodes that ask one another, each with a store that answers. */
#pragma once

#define NODES_MAX 5
#include "node/core/federate.h"
#include "node/core/wanted.h"
#include "proto/record.h"
#include "tests/core/world.h"

/* No test program uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { ALICE, BOB, CAROL, DAVE, ERIN };

/* ---- a store that answers ---- */

static unsigned searches[NODES_MAX];

static int read_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct toy_log *l = ctx;
	struct hasher *h = hasher_new();
	if (level <= TILE_HEIGHT && (index + 1) << level <= l->count)
		*out = tree_hash_leaves(h, &l->leaves[index << level], (size_t)1 << level);
	hasher_free(h);
	return level <= TILE_HEIGHT && (index + 1) << level <= l->count ? OK : ERR_NOT_FOUND;
}

static void add_hit(struct search_answer *a, size_t log, struct toy_log *l, uint64_t index)
{
	struct hasher *h = hasher_new();
	struct search_hit *hit = &a->hits[a->hit_count++];
	*hit = (struct search_hit){
		.log = log, .index = index, .envelope = l->entries[index].envelope, .payload = l->entries[index].payload
	};
	assert_int_equal(tree_prove(h, (struct tree_source){ read_node, l }, index, index + 1, l->head_size, &hit->proof),
	                 OK);
	hasher_free(h);
}

static bool overtaken(const struct toy_log *l, uint64_t index, const Normlink__Record *record, struct arena *arena)
{
	Normlink__Record *later;
	while (++index < l->head_size)
		if (payload_open(l->entries[index].payload, arena, &later, NULL) == OK && later->kind == record->kind)
			if (strcmp(later->subject, record->subject) == 0)
				return true;
	return false;
}

static bool fits(const struct wanted *w, const struct toy_log *l, uint64_t index)
{
	struct arena arena = { .cap = SIZE_MAX };
	Normlink__Record *record;
	struct bytes collection;
	int64_t score;
	bool good = !envelope_collection(l->entries[index].envelope, &collection) &&
	            payload_open(l->entries[index].payload, &arena, &record, NULL) == OK &&
	            wanted_fits(w, l->origin, index, record, &score) && !overtaken(l, index, record, &arena);
	arena_free(&arena);
	return good;
}

static struct search_answer answer;

static void search_toy(size_t node, const struct search_wish *wish, struct event *out)
{
	struct toy *t = &nodes[node];
	struct wanted w;
	arena_free(&answer.arena);
	answer = (struct search_answer){ .arena.cap = SIZE_MAX };
	searches[node]++;
	assert_int_equal(wanted_read(&w, buf_bytes(&wish->text), NULL), OK);
	answer.logs = arena_array(&answer.arena, LOGS_MAX, sizeof *answer.logs);
	answer.hits = arena_array(&answer.arena, wish->limit, sizeof *answer.hits);
	for (size_t i = 0; i < t->log_count; i++) {
		struct toy_log *l = &t->logs[i];
		if (l->head.len == 0)
			continue;
		for (uint64_t k = 0; k < l->head_size; k++) {
			if (!fits(&w, l, k))
				continue;
			answer.total++;
			if (answer.hit_count < wish->limit)
				add_hit(&answer, answer.log_count, l, k);
		}
		answer.logs[answer.log_count++] =
		    (struct search_log){ .origin = l->origin, .head = buf_bytes(&l->head), .size = l->head_size };
	}
	wanted_free(&w);
	out->u.searched.answer = &answer;
}

/* ---- worlds ---- */

static void know(size_t a, size_t b)
{
	assert_int_equal(core_add_peer(nodes[a].core, &nodes[b].card, &nodes[a].peers[b], NULL), OK);
	assert_int_equal(core_add_peer(nodes[b].core, &nodes[a].card, &nodes[b].peers[a], NULL), OK);
}

static int set_up_strangers(void **state)
{
	static const char *const names[] = { "alice", "bob", "carol", "dave", "erin" };
	now_ms = 1000;
	queue_head = queue_tail = 0;
	tamper = NULL;
	search_cb = search_toy;
	memset(searches, 0, sizeof searches);
	for (size_t i = 0; i < NODES_MAX; i++)
		node_make(i, names[i]);
	return 0;
}

static int tear_down_all(void **state)
{
	arena_free(&answer.arena);
	answer = (struct search_answer){ 0 };
	return tear_down(state);
}

static void write_payload(const char *subject, const char *title, uint8_t nonce, struct buf *out)
{
	struct buf record = { 0 };
	char lang[] = "en";
	Normlink__Text text = NORMLINK__TEXT__INIT, *texts[] = { &text };
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = text.has_role = 1;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	text.role = NORMLINK__ROLE__ROLE_TITLE;
	text.lang = lang;
	text.value = (char *)(uintptr_t)title;
	r.subject = (char *)(uintptr_t)subject;
	r.texts = texts;
	r.n_texts = 1;
	r.standard = &standard;
	struct err err = { 0 };
	if (record_encode(&r, &record, &err) != OK)
		fail_msg("%s", err.text);
	payload_write(buf_bytes(&record), (const uint8_t[NONCE_SIZE]){ nonce }, out);
	buf_free(&record);
}

static void say_record(size_t node, const char *subject, const char *title)
{
	static uint8_t nonce;
	struct buf payload = { 0 };
	write_payload(subject, title, ++nonce, &payload);
	struct bytes one = buf_bytes(&payload);
	struct event e = { .kind = EV_SUBMIT, .u.submit = { .op = 1, .count = 1, .payloads = &one } };
	step(node, &e);
	run();
	buf_free(&payload);
}

/* Each node says one record about pumps, and one about something else. */
static void everybody_speaks(void)
{
	static const char *const subjects[][2] = { { "ISO 1001:2001", "ISO 2001:2001" },
		                                       { "ISO 1002:2002", "ISO 2002:2002" },
		                                       { "ISO 1003:2003", "ISO 2003:2003" },
		                                       { "ISO 1004:2004", "ISO 2004:2004" },
		                                       { "ISO 1005:2005", "ISO 2005:2005" } };
	for (size_t i = 0; i < NODES_MAX; i++) {
		say_record(i, subjects[i][0], "Pumps for water");
		say_record(i, subjects[i][1], "Bolts");
	}
}

static struct federated_wish wish(const char *text)
{
	static uint8_t number;
	return (struct federated_wish){
		.op = 7, .text = bytes_str(text), .limit = 20, .deadline_ms = 2000, .hops = 1, .id = { ++number, 1 }
	};
}

static void begin(size_t node, const struct federated_wish *w)
{
	struct event e = { .kind = EV_QUERY, .u.query = w };
	nodes[node].queried = 0;
	step(node, &e);
}

static struct federated_answer *ask(size_t node, const struct federated_wish *w)
{
	begin(node, w);
	run();
	assert_int_equal(nodes[node].queried, 1);
	assert_int_equal(nodes[node].queried_code, OK);
	federated_sort(nodes[node].found, NULL, NULL);
	return nodes[node].found;
}

static const struct federated_line *line(const struct federated_answer *a, const char *name)
{
	for (size_t i = 0; i < a->line_count; i++)
		if (strcmp(a->lines[i].name, name) == 0)
			return &a->lines[i];
	fail_msg("no line for %s", name);
	return NULL;
}

static const struct federated_hit *hit(const struct federated_answer *a, const char *subject)
{
	for (size_t i = 0; i < a->hit_count; i++)
		if (strcmp(a->hits[i].subject, subject) == 0)
			return &a->hits[i];
	return NULL;
}

static void star(void)
{
	for (size_t i = 1; i < NODES_MAX; i++)
		know(ALICE, i);
	wait_to_sign();
	for (size_t i = 1; i < 3; i++)
		connect_nodes(ALICE, i);
	everybody_speaks();
}

/* alice - bob - carol - dave - erin, and alice can check what carol, dave and erin sign. */
static void chain(void)
{
	for (size_t i = 1; i < NODES_MAX; i++)
		know(i - 1, i);
	for (size_t i = 2; i < NODES_MAX; i++)
		assert_int_equal(core_add_log(nodes[ALICE].core, &nodes[i].card.log, NULL), OK);
	for (size_t i = 3; i < NODES_MAX; i++)
		assert_int_equal(core_add_log(nodes[BOB].core, &nodes[i].card.log, NULL), OK);
	assert_int_equal(core_add_log(nodes[CAROL].core, &nodes[ERIN].card.log, NULL), OK);
	wait_to_sign();
	for (size_t i = 1; i < NODES_MAX; i++)
		connect_nodes(i - 1, i);
	everybody_speaks();
}

/* A frame on its way, decoded into the arena. */
static Normlink__Frame *peek(struct buf *frame, struct arena *arena)
{
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, arena, &f, NULL), OK);
	return f;
}

#define IN_WORLD(name) cmocka_unit_test_setup_teardown(name, set_up_strangers, tear_down_all)
