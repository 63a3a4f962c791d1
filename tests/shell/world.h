/* world: nodes in one process, each on a thread of its own, on ports that the system chose, in folders that go away.
 *
 * Thread: the test's; a node's shell belongs to its thread between node_up and node_down.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "node/base/log.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"
#include "node/shell/shell.h"
#include "proto/record.h"
#include "tests/support/ask.h"

#define UNUSED __attribute__((unused))

enum { WORLD_NODES = 3, PATIENCE_MS = 60 * 1000, ASK_MS = 60 * 1000 };

struct node {
	char path[600], socket[640];
	char peer_address[NAME_MAX_BYTES + 1]; /* of its last run */
	struct node_dir dir;
	struct shell_options options;
	struct shell *shell;
	pthread_t thread;
};

struct world {
	char root[512];
	struct node nodes[WORLD_NODES];
};

/* ---- time ---- */

UNUSED static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait until a condition holds; a test that waits for what never comes says what it was. */
#define WAIT_FOR(condition)                                                                                            \
	do {                                                                                                               \
		int64_t until_ = now_ms() + PATIENCE_MS;                                                                       \
		while (!(condition)) {                                                                                         \
			if (now_ms() > until_)                                                                                     \
				fail_msg("waited in vain for %s", #condition);                                                         \
			(void)poll(NULL, 0, 3);                                                                                    \
		}                                                                                                              \
	} while (0)

/* ---- nodes ---- */

static const char *const world_names[WORLD_NODES] = { "sac", "iso", "jisc" };

UNUSED static void node_make(struct world *w, size_t i)
{
	struct node *n = &w->nodes[i];
	struct node_config config = { .readers = 2 };
	struct err err = { 0 };
	(void)snprintf(config.name, sizeof config.name, "%s", world_names[i]);
	(void)snprintf(config.origin, sizeof config.origin, "%s.example/log", world_names[i]);
	(void)snprintf(config.peer_listen, sizeof config.peer_listen, "127.0.0.1:0");
	(void)snprintf(config.http_listen, sizeof config.http_listen, "127.0.0.1:0");
	assert_int_equal(file_join(n->path, sizeof n->path, w->root, world_names[i], &err), OK);
	assert_int_equal(file_join(n->socket, sizeof n->socket, n->path, "socket", &err), OK);
	n->options.quiet = true;
	if (node_dir_init(n->path, &config, &err) != OK)
		fail_msg("%s", err.text);
}

UNUSED static void *node_thread(void *arg)
{
	struct node *n = arg;
	struct err err = { 0 };
	return shell_run(n->shell, false, &err) == OK ? NULL : n;
}

/* Start the shell of what dir holds in memory: a test may have changed it. */
UNUSED static void node_up_as_is(struct node *n)
{
	struct err err = { 0 };
	if (shell_start(&n->dir, &n->options, &n->shell, &err) != OK)
		fail_msg("%s", err.text);
	(void)snprintf(n->peer_address, sizeof n->peer_address, "%s", shell_peer_address(n->shell));
	assert_int_equal(pthread_create(&n->thread, NULL, node_thread, n), 0);
}

UNUSED static void node_up(struct node *n)
{
	struct err err = { 0 };
	if (node_dir_open(n->path, &n->dir, &err) != OK)
		fail_msg("%s", err.text);
	node_up_as_is(n);
}

/* Start it again where it listened before, so that others find it. */
UNUSED static void node_up_again(struct node *n)
{
	struct err err = { 0 };
	assert_int_equal(node_dir_open(n->path, &n->dir, &err), OK);
	(void)snprintf(n->dir.config.peer_listen, sizeof n->dir.config.peer_listen, "%s", n->peer_address);
	node_up_as_is(n);
}

/* Wait until the shell has ended, and forget it. */
UNUSED static void node_join(struct node *n)
{
	void *failed = NULL;
	assert_int_equal(pthread_join(n->thread, &failed), 0);
	assert_null(failed);
	shell_free(n->shell);
	n->shell = NULL;
	node_dir_close(&n->dir);
}

UNUSED static void node_down(struct node *n)
{
	if (n->shell == NULL)
		return;
	shell_stop(n->shell);
	node_join(n);
}

UNUSED static int world_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(w->root, sizeof w->root, "%s/shell.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(w->root));
	*state = w;
	return 0;
}

UNUSED static int world_down(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < WORLD_NODES; i++)
		node_down(&w->nodes[i]);
	file_remove_tree(w->root, 4);
	free(w);
	return 0;
}

/* ---- asking ---- */

/* One question on a connection of its own; gives the status, 0 when there was no answer. */
UNUSED static int ask_once(const char *address, const char *method, const char *target, struct bytes body,
                           struct buf *answer)
{
	struct ask ask;
	struct err err = { 0 };
	int status = 0;
	int rc = ask_open(&ask, address, ASK_MS, &err);
	if (rc == OK)
		rc = ask_send(&ask, method, target, NULL, body, &status, answer, &err);
	ask_close(&ask);
	return rc == OK ? status : 0;
}

UNUSED static int get(struct node *n, const char *target, struct buf *answer)
{
	return ask_once(shell_http_address(n->shell), "GET", target, bytes_of(NULL, 0), answer);
}

UNUSED static bool answers_with(struct node *n, const char *target, const char *what)
{
	struct buf answer = { 0 };
	bool found = get(n, target, &answer) == 200 && strstr(buf_str(&answer), what) != NULL;
	buf_free(&answer);
	return found;
}

/* Trust a peer, by its card, while both run. */
UNUSED static int trust(struct node *n, const struct card *card)
{
	struct buf text = { 0 };
	struct buf answer = { 0 };
	card_write(card, &text);
	int status = ask_once(n->socket, "POST", "/local/v1/peers", buf_bytes(&text), &answer);
	buf_free(&text);
	buf_free(&answer);
	return status;
}

UNUSED static struct card card_of(struct node *n)
{
	struct card card;
	struct err err = { 0 };
	if (node_dir_card(&n->dir, &card, &err) != OK)
		fail_msg("%s", err.text);
	return card;
}

UNUSED static void befriend(struct node *a, struct node *b)
{
	struct card of_a = card_of(a);
	struct card of_b = card_of(b);
	assert_int_equal(trust(a, &of_b), 200);
	assert_int_equal(trust(b, &of_a), 200);
}

/* ---- records ---- */

UNUSED static void text_set(Normlink__Text *t, const char *value)
{
	static char lang[] = "en";
	normlink__text__init(t);
	t->has_role = 1;
	t->role = NORMLINK__ROLE__ROLE_TITLE;
	t->lang = lang;
	t->value = (char *)(uintptr_t)value;
}

/* Append a record with its length, as POST /local/v1/records wants it. */
UNUSED static void body_add(struct buf *body, const char *subject, const char *title)
{
	Normlink__Record r = NORMLINK__RECORD__INIT;
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	Normlink__Text text;
	Normlink__Text *texts[] = { &text };
	struct buf record = { 0 };
	struct err err = { 0 };
	text_set(&text, title);
	standard.has_status = 1;
	standard.status = NORMLINK__STATUS__STATUS_CURRENT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = (char *)(uintptr_t)subject;
	r.n_texts = 1;
	r.texts = texts;
	r.standard = &standard;
	if (record_encode(&r, &record, &err) != OK)
		fail_msg("%s: %s", subject, err.text);
	buf_add_u32(body, (uint32_t)record.len);
	buf_add_bytes(body, buf_bytes(&record));
	buf_free(&record);
}

UNUSED static int post(struct node *n, const struct buf *body, struct buf *answer)
{
	return ask_once(n->socket, "POST", "/local/v1/records", buf_bytes(body), answer);
}

/* Publish count records titled "<word> <number>" about "ISO <first + i>:2015". */
UNUSED static void publish(struct node *n, const char *word, unsigned first, unsigned count)
{
	struct buf body = { 0 };
	struct buf answer = { 0 };
	for (unsigned i = 0; i < count; i++) {
		char subject[64];
		char title[64];
		(void)snprintf(subject, sizeof subject, "ISO %u:2015", first + i);
		(void)snprintf(title, sizeof title, "%s %u", word, first + i);
		body_add(&body, subject, title);
	}
	int status = post(n, &body, &answer);
	if (status != 200)
		fail_msg("%d %s", status, buf_str(&answer));
	buf_free(&body);
	buf_free(&answer);
}
