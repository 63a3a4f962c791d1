/* federate: questions that go from node to node: who answered, who did not, what is believed, how far it goes. */
#define NODES_MAX 5
#include "tests/core/world.h"

#include "node/core/federate.h"
#include "node/core/wanted.h"
#include "proto/record.h"

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
	*hit = (struct search_hit){ .log = log,
		                        .index = index,
		                        .envelope = l->entries[index].envelope,
		                        .payload = l->entries[index].payload };
	assert_int_equal(
	    tree_prove(h, (struct tree_source){ read_node, l }, index, index + 1, l->head_size, &hit->proof), OK);
	hasher_free(h);
}

static bool fits(const struct wanted *w, const struct toy_log *l, uint64_t index)
{
	struct arena arena = { 0 };
	Normlink__Record *record;
	struct bytes collection;
	int64_t score;
	bool good = !envelope_collection(l->entries[index].envelope, &collection) &&
	            payload_open(l->entries[index].payload, &arena, &record, NULL) == OK &&
	            wanted_fits(w, l->origin, index, record, &score);
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
	return (struct federated_wish){ .op = 7,
		                            .text = bytes_str(text),
		                            .limit = 20,
		                            .deadline_ms = 2000,
		                            .hops = 1,
		                            .id = { ++number, 1 } };
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

/* ---- who answered ---- */

static void duplicates_are_folded(void **state)
{
	star();
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	const struct federated_hit *bobs = hit(a, "ISO 1002:2002"), *own = hit(a, "ISO 1001:2001");
	assert_int_equal(a->hit_count, 3); /* dave's and erin's are nowhere to be had */
	assert_non_null(bobs);
	assert_int_equal(bobs->path_count, 2); /* mirrored here, and from bob */
	assert_true(bobs->here);
	assert_int_equal(own->path_count, 3);
	assert_null(hit(a, "ISO 2002:2002"));
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_ANSWERED);
	assert_int_equal(line(a, "bob")->size, 2);
	assert_int_equal(line(a, "bob")->lied, 0);
	assert_int_equal(a->here_total, 3);
}

static void who_is_away_is_told(void **state)
{
	star();
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "dave")->outcome, FEDERATED_UNREACHABLE);
	assert_true(federated_partial(a));
	const char *some[] = { "bob", "carol" };
	w = wish("q=pumps");
	w.peers = some;
	w.peer_count = 2;
	a = ask(ALICE, &w);
	assert_int_equal(a->line_count, 2);
	assert_false(federated_partial(a));
	some[1] = "mallory";
	w = wish("q=pumps");
	w.peers = some;
	w.peer_count = 2;
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_NOT_FOUND);
	w = wish("q=pumps&nonsense=1");
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_USAGE);
}

static void who_is_late_is_told(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	w.deadline_ms = 400;
	begin(ALICE, &w);
	run();
	assert_int_equal(nodes[ALICE].queried, 0);
	assert_true(core_next_tick(nodes[ALICE].core) <= now_ms + 400);
	wait_ms(300);
	assert_int_equal(nodes[ALICE].queried, 0);
	/* Bob's own time is over a little earlier: he says what he has, which is nothing but his head. */
	wait_ms(99);
	assert_int_equal(nodes[ALICE].queried, 1);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_int_equal(a->hit_count, 3);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_ANSWERED);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_LATE);
	assert_int_equal(line(a, "bob")->hits, 0);
	assert_int_equal(nodes[ALICE].closes, 0);
}

static int drop_responses(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	bool drop = f->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	arena_free(&arena);
	return drop;
}

static void silence_is_late(void **state)
{
	star();
	tamper = drop_responses;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	wait_ms(2000);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_int_equal(nodes[ALICE].queried, 1);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_LATE);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_LATE);
	assert_int_equal(a->hit_count, 3);
	assert_true(federated_partial(a));
	assert_int_equal(nodes[ALICE].closes, 0);
}

static void a_store_that_does_not_answer_is_late(void **state)
{
	star();
	nodes[ALICE].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	assert_int_equal(nodes[ALICE].queried, 0);
	wait_ms(2000);
	const struct federated_answer *a = nodes[ALICE].found;
	assert_true(a->here_late);
	assert_int_equal(a->hit_count, 3); /* from bob and carol */
	assert_false(a->hits[0].here);
}

static void a_broken_link_is_told_at_once(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	cut(ALICE, BOB, ALICE);
	run();
	assert_int_equal(nodes[ALICE].queried, 1);
	assert_int_equal(line(nodes[ALICE].found, "bob")->outcome, FEDERATED_UNREACHABLE);
}

static void too_many_are_refused(void **state)
{
	star();
	nodes[BOB].searches_late = nodes[ALICE].searches_late = true;
	for (size_t i = 0; i < FEDERATED_PER_PEER_MAX; i++) {
		struct federated_wish w = wish("q=pumps");
		begin(ALICE, &w);
	}
	run();
	struct federated_wish w = wish("q=pumps");
	nodes[ALICE].searches_late = false;
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_REFUSED);
	assert_int_equal(line(a, "carol")->outcome, FEDERATED_ANSWERED);
	for (size_t i = FEDERATED_PER_PEER_MAX; i < FEDERATED_OWN_MAX; i++) {
		nodes[ALICE].searches_late = true;
		w = wish("q=pumps");
		begin(ALICE, &w);
	}
	run();
	w = wish("q=pumps");
	begin(ALICE, &w);
	assert_int_equal(nodes[ALICE].queried_code, ERR_BUSY);
}

static int to_failure(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE) {
		Normlink__Frame answer_frame = NORMLINK__FRAME__INIT;
		Normlink__Failure failure = NORMLINK__FAILURE__INIT;
		failure.has_code = answer_frame.has_id = 1;
		failure.code = 1; /* what an older version says to a body that it does not know */
		answer_frame.id = f->id;
		answer_frame.body_case = NORMLINK__FRAME__BODY_FAILURE;
		answer_frame.failure = &failure;
		buf_reset(frame);
		frame_write(&answer_frame, frame);
	}
	arena_free(&arena);
	return 0;
}

static void an_older_version_is_left_alone(void **state)
{
	star();
	tamper = to_failure;
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->outcome, FEDERATED_REFUSED);
	assert_non_null(strstr(line(a, "bob")->text, "version"));
	assert_int_equal(nodes[ALICE].closes, 0);
	tamper = NULL;
	say_record(BOB, "ISO 1006:2006", "Pumps for oil");
	w = wish("q=oil");
	assert_int_equal(ask(ALICE, &w)->hit_count, 1);
}

static void whoever_goes_is_not_answered(void **state)
{
	star();
	nodes[BOB].searches_late = true;
	struct federated_wish w = wish("q=pumps");
	begin(ALICE, &w);
	run();
	struct event gone = { .kind = EV_QUERY_GONE, .u.gone.op = 7 };
	step(ALICE, &gone);
	wait_ms(3000);
	assert_int_equal(nodes[ALICE].queried, 0);
}

/* ---- lies ---- */

static void (*lie_cb)(Normlink__QueryResponse *m);
static const char *liar;

static int lie(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE && to == ALICE &&
	    strcmp(f->query_response->logs[0]->origin, liar) == 0) {
		lie_cb(f->query_response);
		buf_reset(frame);
		frame_write(f, frame);
	}
	arena_free(&arena);
	return 0;
}

static void wrong_proof(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		m->hits[i]->hashes[0].data[3] ^= 1;
}

static void wrong_payload(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		m->hits[i]->payload.data[m->hits[i]->payload.len - 1] ^= 1;
}

static void wrong_envelope(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		m->hits[i]->envelope.data[m->hits[i]->envelope.len - 1] ^= 1;
}

static void wrong_index(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		m->hits[i]->index ^= 1;
}

static void no_proof(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		m->hits[i]->n_hashes = 0;
}

/* One byte of the signature, or of what is signed. */
static void wrong_head(Normlink__QueryResponse *m)
{
	for (size_t i = 0; i < m->n_logs; i++) {
		struct bytes note = message_bytes(m->logs[i]->checkpoint);
		uint8_t *size = memchr(note.data, '\n', note.len);
		size[1] = '3';
	}
}

static void lies_are_not_shown(void **state)
{
	static void (*const lies[])(Normlink__QueryResponse *) = { wrong_proof, wrong_payload, wrong_envelope,
		                                                       wrong_index, no_proof,      wrong_head };
	star();
	tamper = lie;
	liar = "bob.example/log";
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct federated_wish w = wish("q=pumps");
		lie_cb = lies[i];
		const struct federated_answer *a = ask(ALICE, &w);
		assert_int_equal(a->hit_count, 3);
		assert_int_equal(line(a, "bob")->outcome, FEDERATED_ANSWERED);
		assert_int_equal(line(a, "bob")->hits, 0);
		assert_int_equal(line(a, "bob")->lied, 2);
		assert_int_equal(line(a, "carol")->lied, 0);
		assert_int_equal(line(a, "carol")->hits, 2);
		assert_int_equal(hit(a, "ISO 1002:2002")->path_count, 1); /* our own mirror */
		assert_int_equal(nodes[ALICE].closes, 0);
	}
}

/* What it answered holds, and is not what was asked for: the question was another on its way. */
static int ask_for_bolts(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	static char bolts[] = "q=bolts";
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_REQUEST) {
		f->query_request->query = bolts;
		buf_reset(frame);
		frame_write(f, frame);
	}
	arena_free(&arena);
	return 0;
}

static void what_was_not_asked_for_is_not_shown(void **state)
{
	star();
	tamper = ask_for_bolts;
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->hits, 0);
	assert_int_equal(line(a, "bob")->unmatched, 2);
	assert_int_equal(line(a, "bob")->lied, 0);
	assert_null(hit(a, "ISO 2002:2002"));
}

static void a_broken_answer_ends_the_link_alone(void **state)
{
	star();
	struct federated_wish w = wish("q=pumps");
	nodes[ALICE].searches_late = true;
	begin(ALICE, &w);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__QueryResponse m = NORMLINK__QUERY_RESPONSE__INIT;
	Normlink__QueryHit h = NORMLINK__QUERY_HIT__INIT, *hits[] = { &h };
	struct buf frame = { 0 };
	m.hits = hits;
	m.n_hits = 1;
	f.has_id = 1;
	f.id = 99;
	f.body_case = NORMLINK__FRAME__BODY_QUERY_RESPONSE;
	f.query_response = &m;
	frame_write(&f, &frame);
	struct event e = { .kind = EV_FRAME };
	e.u.frame.link = nodes[ALICE].links[BOB];
	e.u.frame.raw = bytes_of(frame.data + FRAME_PREFIX, frame.len - FRAME_PREFIX);
	step(ALICE, &e);
	run();
	buf_free(&frame);
	assert_int_equal(nodes[ALICE].refusals, 1);
	wait_ms(2000);
	assert_int_equal(line(nodes[ALICE].found, "bob")->outcome, FEDERATED_UNREACHABLE);
	assert_int_equal(line(nodes[ALICE].found, "carol")->outcome, FEDERATED_ANSWERED);
}

/* ---- how far it goes ---- */

static uint32_t budgets[NODES_MAX];

static int note_budget(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (f->body_case == NORMLINK__FRAME__BODY_QUERY_REQUEST)
		budgets[to] = f->query_request->budget_ms;
	arena_free(&arena);
	return 0;
}

static void it_goes_as_far_as_it_may(void **state)
{
	chain();
	memset(budgets, 0, sizeof budgets);
	tamper = note_budget;
	for (unsigned hops = 1; hops <= FEDERATED_HOPS_MAX; hops++) {
		struct federated_wish w = wish("q=pumps");
		w.hops = hops;
		memset(searches, 0, sizeof searches);
		const struct federated_answer *a = ask(ALICE, &w);
		assert_int_equal(searches[CAROL], hops >= 2);
		assert_int_equal(searches[DAVE], hops >= 3);
		assert_int_equal(searches[ERIN], 0);
		/* carol's log is mirrored at bob's already, dave's at carol's, erin's at dave's */
		assert_int_equal(hit(a, "ISO 1003:2003") != NULL, 1);
		assert_int_equal(hit(a, "ISO 1004:2004") != NULL, hops >= 2);
		assert_int_equal(hit(a, "ISO 1005:2005") != NULL, hops >= 3);
		assert_false(federated_partial(a));
	}
	const struct federated_answer *a = nodes[ALICE].found;
	assert_string_equal(hit(a, "ISO 1005:2005")->paths[0].via, "bob/carol/dave");
	assert_string_equal(line(a, "dave")->via, "bob/carol");
	assert_true(budgets[BOB] < 2000 && budgets[CAROL] < budgets[BOB] && budgets[DAVE] < budgets[CAROL]);
}

/* bob, carol and dave all know one another: each is asked once, and by alice those that she reaches. */
static void it_does_not_go_round(void **state)
{
	know(ALICE, BOB);
	know(BOB, CAROL);
	know(CAROL, DAVE);
	know(DAVE, BOB);
	for (size_t i = 2; i < 4; i++)
		assert_int_equal(core_add_log(nodes[ALICE].core, &nodes[i].card.log, NULL), OK);
	wait_to_sign();
	connect_nodes(ALICE, BOB);
	connect_nodes(BOB, CAROL);
	connect_nodes(CAROL, DAVE);
	connect_nodes(DAVE, BOB);
	everybody_speaks();
	struct federated_wish w = wish("q=pumps");
	w.hops = 3;
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(a->hit_count, 4);
	assert_int_equal(searches[ALICE], 1);
	assert_int_equal(searches[BOB], 1);
	assert_int_equal(searches[CAROL], 1);
	assert_int_equal(searches[DAVE], 1);
	assert_false(federated_partial(a));
	/* The same number once more is known, by whatever way it comes. */
	begin(ALICE, &w);
	run();
	assert_int_equal(searches[BOB], 1);
}

static void unknown_origins_are_counted(void **state)
{
	know(ALICE, BOB);
	know(BOB, CAROL);
	wait_to_sign();
	connect_nodes(ALICE, BOB);
	connect_nodes(BOB, CAROL);
	everybody_speaks();
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_null(hit(a, "ISO 1003:2003"));
	assert_int_equal(line(a, "bob")->unverifiable, 1);
	assert_int_equal(line(a, "bob")->lied, 0);
}

static void only_public_records_go_out(void **state)
{
	struct buf payload = { 0 };
	star();
	write_payload("ISO 1007:2007", "Pumps for members", 9, &payload);
	struct bytes one = buf_bytes(&payload);
	struct event e = {
		.kind = EV_SUBMIT, .u.submit = { .op = 1, .count = 1, .payloads = &one, .collection = "members" }
	};
	step(BOB, &e);
	run();
	buf_free(&payload);
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	assert_null(hit(a, "ISO 1007:2007"));
	assert_int_equal(line(a, "bob")->lied, 0);
}

/* ---- what stays in a frame ---- */

static void answers_fit_into_a_frame(void **state)
{
	static char title[60 * 1024];
	char subject[32];
	know(ALICE, BOB);
	wait_to_sign();
	connect_nodes(ALICE, BOB);
	memset(title, 'x', sizeof title - 1);
	memcpy(title, "pumps ", 6);
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(subject, sizeof subject, "ISO %u:2001", 3000 + i);
		say_record(BOB, subject, title);
	}
	struct federated_wish w = wish("q=pumps");
	w.limit = FEDERATED_HITS_MAX;
	const struct federated_answer *a = ask(ALICE, &w);
	assert_int_equal(line(a, "bob")->total, 40);
	assert_true(line(a, "bob")->hits >= 10 && line(a, "bob")->hits < 40);
	assert_int_equal(line(a, "bob")->lied, 0);
}

/* ---- the replica and the living log ---- */

static int no_entries(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = NULL;
	struct bytes raw;
	size_t used;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	bool drop = f->body_case == NORMLINK__FRAME__BODY_ENTRIES_RESPONSE && to == ALICE;
	arena_free(&arena);
	return drop;
}

static void differences_are_told(void **state)
{
	star();
	tamper = no_entries; /* alice's replica stays behind */
	say_record(BOB, "ISO 1002:2002", "Pumps for clean water");
	say_record(BOB, "ISO 1008:2008", "Pumps for fire");
	struct federated_wish w = wish("q=pumps");
	w.compare = true;
	struct federated_answer *a = ask(ALICE, &w);
	const struct federated_line *bob = line(a, "bob");
	struct federated_difference *d;
	size_t count;
	assert_true(bob->compared);
	assert_int_equal(bob->size, 4);
	assert_int_equal(bob->here_size, 2);
	federated_compare(a, bob, &d, &count);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++) {
		bool revised = strcmp(d[i].there->subject, "ISO 1002:2002") == 0;
		assert_int_equal(d[i].there->index, revised ? 2 : 3);
		assert_true(revised ? d[i].here != NULL && d[i].here->index == 0 : d[i].here == NULL);
	}
	assert_true(hit(a, "ISO 1008:2008") != NULL && !hit(a, "ISO 1008:2008")->here);
	federated_compare(a, line(a, "carol"), &d, &count);
	assert_int_equal(count, 0);
}

static void later_words_replace_earlier_ones(void **state)
{
	star();
	tamper = no_entries;
	say_record(BOB, "ISO 1002:2002", "Pumps for clean water");
	struct federated_wish w = wish("q=pumps");
	const struct federated_answer *a = ask(ALICE, &w);
	unsigned current = 0;
	for (size_t i = 0; i < a->hit_count; i++)
		if (strcmp(a->hits[i].subject, "ISO 1002:2002") == 0 && !a->hits[i].superseded) {
			assert_int_equal(a->hits[i].index, 2);
			current++;
		}
	assert_int_equal(current, 1);
}

#define IN_WORLD(name) cmocka_unit_test_setup_teardown(name, set_up_strangers, tear_down_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(duplicates_are_folded),
		IN_WORLD(who_is_away_is_told),
		IN_WORLD(who_is_late_is_told),
		IN_WORLD(silence_is_late),
		IN_WORLD(a_store_that_does_not_answer_is_late),
		IN_WORLD(a_broken_link_is_told_at_once),
		IN_WORLD(too_many_are_refused),
		IN_WORLD(an_older_version_is_left_alone),
		IN_WORLD(whoever_goes_is_not_answered),
		IN_WORLD(lies_are_not_shown),
		IN_WORLD(what_was_not_asked_for_is_not_shown),
		IN_WORLD(a_broken_answer_ends_the_link_alone),
		IN_WORLD(it_goes_as_far_as_it_may),
		IN_WORLD(it_does_not_go_round),
		IN_WORLD(unknown_origins_are_counted),
		IN_WORLD(only_public_records_go_out),
		IN_WORLD(answers_fit_into_a_frame),
		IN_WORLD(differences_are_told),
		IN_WORLD(later_words_replace_earlier_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
