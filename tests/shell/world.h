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
#include <time.h>
#include <unistd.h>

#include "node/base/log.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"
#include "node/shell/shell.h"

#define UNUSED __attribute__((unused))

enum { WORLD_NODES = 3, PATIENCE_MS = 60 * 1000 };

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
