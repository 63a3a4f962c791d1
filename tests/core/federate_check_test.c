/* federate: what is believed of a peer's answer, and what the replica says differently. */
#include "tests/core/federate_world.h"

/* ---- lies ---- */

static void (*lie_cb)(Normlink__QueryResponse *m);
static const char *liar;

static int lie(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	Normlink__Frame *f = peek(frame, &arena);
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
	static char bolts[] = "q=bolts";
	Normlink__Frame *f = peek(frame, &arena);
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
	struct event e = { .kind = EV_SUBMIT,
		               .u.submit = { .op = 1, .count = 1, .payloads = &one, .collection = "members" } };
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
	Normlink__Frame *f = peek(frame, &arena);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(lies_are_not_shown),
		IN_WORLD(what_was_not_asked_for_is_not_shown),
		IN_WORLD(a_broken_answer_ends_the_link_alone),
		IN_WORLD(unknown_origins_are_counted),
		IN_WORLD(only_public_records_go_out),
		IN_WORLD(answers_fit_into_a_frame),
		IN_WORLD(differences_are_told),
		IN_WORLD(later_words_replace_earlier_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
