/* peer add, on nodes that nobody serves: cards that are new, newer, and of nobody who should have one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/cli/island.h"

enum { ANNA, BERT, CLEO, DORA };

/* The card as the command line prints it. */
static struct card card_of(const struct island *w, size_t i)
{
	struct card card;
	struct buf text = { 0 };
	assert_int_equal(RUN(w, "card", w->dirs[i]), 0);
	assert_int_equal(file_read(island_path(w, "said"), CARD_MAX, &text, NULL), OK);
	const char *begin = strstr(buf_str(&text), "normlink-card:"); /* behind the note that it has no address */
	assert_non_null(begin);
	assert_int_equal(card_parse(bytes_str(begin), &card, NULL), OK);
	buf_free(&text);
	return card;
}

static const char *put(const struct island *w, const char *name, const struct card *card)
{
	struct buf text = { 0 };
	const char *path = island_path(w, name);
	card_write(card, &text);
	assert_int_equal(file_write(path, buf_bytes(&text), 0644, NULL), OK);
	buf_free(&text);
	return path;
}

/* How many peers anna trusts; the card of the first. */
static size_t peers(const struct island *w, struct card *first)
{
	struct node_dir dir;
	island_open(w, ANNA, &dir);
	size_t count = dir.peer_count;
	if (count > 0)
		*first = dir.peers[0];
	node_dir_close(&dir);
	return count;
}

static void a_peer_that_moved(void **state)
{
	struct island *w = *state;
	struct card card = card_of(w, BERT), held;
	const char *path = put(w, "card", &card);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path, "--replace"), 1);
	island_said(w, "no peer bert");
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path), 0);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path), 0);
	island_said(w, "nothing was done");
	(void)snprintf(card.address, sizeof card.address, "bert.example:7443");
	path = put(w, "card", &card);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path), 1);
	island_said(w, "peer add --replace");
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path, "--replace"), 0);
	assert_int_equal(peers(w, &held), 1);
	assert_true(card_equal(&held, &card));
	/* Another's key is nobody's. */
	card.mirror = card_of(w, ANNA).mirror;
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], put(w, "card", &card), "--replace"), 1);
	island_said(w, "mirror key of this node itself");
	assert_int_equal(peers(w, &held), 1);
	assert_string_equal(held.address, "bert.example:7443");
	assert_false(card_equal(&held, &card));
}

/* A newer log key must follow from the one that is known, by what is held of the log. */
static void a_log_key_follows(void **state)
{
	struct island *w = *state;
	struct card first = card_of(w, BERT), held;
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], put(w, "card", &first)), 0);
	assert_int_equal(RUN(w, "key", "rotate", w->dirs[BERT], "log"), 0);
	struct card second = card_of(w, BERT);
	assert_memory_not_equal(first.log.key, second.log.key, KEY_SIZE);
	const char *path = put(w, "card", &second);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path, "--replace"), 1);
	island_said(w, "no key statement");
	assert_int_equal(RUN(w, "export", w->dirs[BERT], "--output", island_path(w, "bundle"), "--quiet"), 0);
	assert_int_equal(RUN(w, "ingest", w->dirs[ANNA], island_path(w, "bundle"), "--quiet"), 0);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], path, "--replace"), 0);
	assert_int_equal(peers(w, &held), 1);
	assert_true(card_equal(&held, &second));
	/* The statement itself, by its kind; and by the new card the log goes on. */
	assert_int_equal(RUN(w, "show", w->dirs[ANNA], "log", "--kind", "key"), 0);
	island_said(w, "new key");
	assert_int_equal(RUN(w, "ingest", w->dirs[ANNA], island_path(w, "bundle"), "--quiet"), 0);
	island_said(w, "nothing new");
	assert_int_equal(RUN(w, "fsck", w->dirs[ANNA], "--quiet"), 0);
}

/* What fits the cards alone is not enough: whoever serves the folder would refuse to start. */
static void a_card_that_clashes_with_a_log_outside(void **state)
{
	struct island *w = *state;
	struct card card = card_of(w, DORA), held;
	struct buf key = { 0 };
	vkey_write(&card.log, &key);
	assert_int_equal(RUN(w, "log", "add", w->dirs[ANNA], buf_str(&key)), 0);
	assert_int_equal(RUN(w, "peer", "add", w->dirs[ANNA], put(w, "card", &card)), 1);
	island_said(w, "dora");
	assert_int_equal(peers(w, &held), 0);
	buf_free(&key);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, island_up, island_down)
	const struct CMUnitTest tests[] = {
		CASE(a_peer_that_moved),
		CASE(a_log_key_follows),
		CASE(a_card_that_clashes_with_a_log_outside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
