/* island: folders of nodes that nobody serves, filled by hand, and commands run on them in this process.
 *
 * Include after cmocka.h.
 */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/cli/command.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"
#include "node/store/store.h"

enum { ISLANDS = 4 };

struct island {
	char root[256];
	char dirs[ISLANDS][300];
	struct hasher *hasher;
};

static const char *const island_names[ISLANDS] = { "anna", "bert", "cleo", "dora" };

static inline char *island_path(const struct island *w, const char *name)
{
	static char paths[8][400];
	static size_t next;
	char *path = paths[next++ % 8];
	(void)snprintf(path, sizeof paths[0], "%s/%s", w->root, name);
	return path;
}

static inline void island_open(const struct island *w, size_t i, struct node_dir *out)
{
	struct err err = { 0 };
	if (node_dir_open(w->dirs[i], out, &err) != OK)
		fail_msg("%s", err.text);
}

/* Node a knows node b's card. */
static inline void island_trust(const struct island *w, size_t a, size_t b)
{
	struct node_dir from, to;
	struct card card;
	struct err err = { 0 };
	island_open(w, a, &to);
	island_open(w, b, &from);
	node_dir_card(&from, &card);
	if (node_dir_add_peer(&to, &card, &err) != OK)
		fail_msg("%s", err.text);
	node_dir_close(&from);
	node_dir_close(&to);
}

static inline int island_up(void **state)
{
	struct island *w = calloc(1, sizeof *w);
	assert_non_null(w);
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(w->root, sizeof w->root, "%s/island.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(w->root));
	w->hasher = hasher_new();
	for (size_t i = 0; i < ISLANDS; i++) {
		struct node_config config = { .readers = 1, .peer_listen = "none", .http_listen = "none" };
		struct err err = { 0 };
		(void)snprintf(config.name, sizeof config.name, "%s", island_names[i]);
		(void)snprintf(config.origin, sizeof config.origin, "%s.example/log", island_names[i]);
		(void)snprintf(w->dirs[i], sizeof w->dirs[i], "%s/%s", w->root, island_names[i]);
		if (node_dir_init(w->dirs[i], &config, &err) != OK)
			fail_msg("%s", err.text);
	}
	*state = w;
	return 0;
}

static inline int island_down(void **state)
{
	struct island *w = *state;
	file_remove_tree(w->root, 4);
	hasher_free(w->hasher);
	free(w);
	return 0;
}

/* ---- what a node holds ---- */

static inline void island_load(const struct island *w, size_t i, size_t origin, struct origin_state *out)
{
	struct store *store = NULL;
	struct err err = { 0 };
	char name[64];
	(void)snprintf(name, sizeof name, "%s.example/log", island_names[origin]);
	assert_int_equal(store_open(w->dirs[i], STORE_READ, &store, &err), OK);
	int rc = store_load(store, name, out, &err);
	assert_true(rc == OK || rc == ERR_NOT_FOUND);
	store_close(store);
}

static inline uint64_t island_held(const struct island *w, size_t i, size_t origin)
{
	struct origin_state s = { 0 };
	island_load(w, i, origin, &s);
	uint64_t size = s.size;
	origin_state_free(&s);
	return size;
}

static inline bool island_frozen(const struct island *w, size_t i, size_t origin)
{
	struct origin_state s = { 0 };
	island_load(w, i, origin, &s);
	bool frozen = s.evidence.len > 0;
	origin_state_free(&s);
	return frozen;
}

static inline struct hash island_view(const struct island *w, size_t i)
{
	struct store *store = NULL;
	struct hash out;
	assert_int_equal(store_open(w->dirs[i], STORE_READ, &store, NULL), OK);
	assert_int_equal(store_view_digest(store, &out, NULL), OK);
	store_close(store);
	return out;
}

/* Everything that a node holds: the view, and the size, heads and evidence of every log. */
static inline struct hash island_digest(const struct island *w, size_t i)
{
	struct buf all = { 0 };
	struct hash view = island_view(w, i);
	buf_add(&all, view.b, HASH_SIZE);
	for (size_t k = 0; k < ISLANDS; k++) {
		struct origin_state s = { 0 };
		island_load(w, i, k, &s);
		buf_add_u64(&all, s.size);
		buf_add_bytes(&all, s.head);
		buf_add_char(&all, '|');
		buf_add_bytes(&all, s.target);
		buf_add_char(&all, '|');
		buf_add_bytes(&all, s.evidence);
		origin_state_free(&s);
	}
	struct hash out = hash_sum(w->hasher, buf_bytes(&all));
	buf_free(&all);
	return out;
}

/* ---- commands ---- */

/* The whole command line, as many words as are not NULL; what it says goes to ROOT/said. */
static inline int island_run(const struct island *w, const char *const *words)
{
	char *argv[24] = { (char *)(uintptr_t) "normlink" };
	int count = 1;
	for (; words[count - 1] != NULL; count++)
		argv[count] = (char *)(uintptr_t)words[count - 1];
	int said = open(island_path(w, "said"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(said >= 0);
	(void)fflush(stdout);
	(void)fflush(stderr);
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	assert_true(dup2(said, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0);
	int code = command_main(count, argv);
	(void)fflush(stdout);
	(void)fflush(stderr);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	(void)close(out);
	(void)close(err);
	(void)close(said);
	return code;
}
#define RUN(w, ...) island_run(w, (const char *const[]){ __VA_ARGS__, NULL })

static inline void island_said(const struct island *w, const char *part)
{
	struct buf text = { 0 };
	assert_int_equal(file_read(island_path(w, "said"), 1 << 20, &text, NULL), OK);
	if (strstr(buf_str(&text), part) == NULL)
		fail_msg("expected \"%s\" in: %s", part, buf_str(&text));
	buf_free(&text);
}
