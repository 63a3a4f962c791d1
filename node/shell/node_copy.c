#include "node/shell/node_copy.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/note.h"
#include "node/base/limits.h"
#include "node/core/keys.h"
#include "node/shell/file.h"
#include "node/shell/high_water.h"

enum { PATH_SIZE = 1024, TREE_DEPTH = 2, SMALL_FILE_MAX = POLICY_MAX };

/* ---- small files ---- */

/* Made with the mode that it has: a key stays its owner's alone. */
static int copy_file(const char *from, const char *to, const char *name, bool needed, struct err *err)
{
	char source[PATH_SIZE];
	char target[PATH_SIZE];
	struct buf content = { 0 };
	struct stat st;
	int rc = file_join(source, sizeof source, from, name, err);
	if (rc == OK)
		rc = file_join(target, sizeof target, to, name, err);
	if (rc != OK)
		return rc;
	if (stat(source, &st) != 0)
		return errno == ENOENT && !needed ? OK : err_errno(err, errno, "%s", source);
	rc = file_read(source, SMALL_FILE_MAX, &content, err);
	if (rc == OK)
		rc = file_write(target, buf_bytes(&content), st.st_mode & 0777, err);
	file_wipe(&content);
	return rc;
}

static int is_file(const struct dirent *item)
{
	return item->d_name[0] != '.';
}

/* Everything in a folder of small files; subfolders are not ours and stay behind. */
static int copy_folder(const char *from, const char *to, const char *name, struct err *err)
{
	char source[PATH_SIZE];
	char target[PATH_SIZE];
	struct dirent **items = NULL;
	struct stat st;
	int rc = file_join(source, sizeof source, from, name, err);
	if (rc == OK)
		rc = file_join(target, sizeof target, to, name, err);
	if (rc == OK && mkdir(target, 0700) != 0)
		rc = err_errno(err, errno, "%s", target);
	if (rc != OK)
		return rc;
	int count = scandir(source, &items, is_file, alphasort);
	if (count < 0)
		return errno == ENOENT ? OK : err_errno(err, errno, "%s", source);
	for (int i = 0; i < count; i++) {
		char path[PATH_SIZE];
		if (rc == OK)
			rc = file_join(path, sizeof path, source, items[i]->d_name, err);
		if (rc == OK && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			rc = copy_file(source, target, items[i]->d_name, true, err);
		free(items[i]);
	}
	free(items);
	return rc;
}

static int copy_database(const char *from, const char *to, const struct node_copy_watch *watch, struct err *err)
{
	struct store *store = NULL;
	int rc = store_open(from, STORE_READ, &store, err);
	if (rc == OK)
		rc = store_backup(store, to, watch->copied_cb, watch->arg, err);
	store_close(store);
	return rc;
}

/* Everything in its order: node.conf, which makes a folder a node's, comes last. */
static int copy_all(const char *from, const char *to, const struct node_copy_watch *watch, struct err *err)
{
	int rc = copy_folder(from, to, "keys", err);
	if (rc == OK)
		rc = copy_folder(from, to, "peers", err);
	if (rc == OK)
		rc = copy_file(from, to, "outside", false, err);
	if (rc == OK)
		rc = copy_database(from, to, watch, err);
	return rc == OK ? copy_file(from, to, "node.conf", true, err) : rc;
}

/* ---- what a copy holds ---- */

static int read_own_head(struct store *store, const struct node_dir *dir, struct node_copy *out, struct hash *root,
                         struct err *err)
{
	struct origin_state state = { 0 };
	struct note note;
	struct checkpoint cp;
	int rc = store_load(store, dir->config.origin, &state, err);
	if (rc == OK && state.head.len > 0) {
		struct keys keys = { 0 };
		for (size_t i = 0; i < state.key_count; i++)
			(void)keys_add(&keys, state.keys[i].index, state.keys[i].payload);
		rc = keys_open_head(&keys, skey_public(dir->log_key), state.head, &note, &cp, NULL, err);
		keys_free(&keys);
		if (rc == OK) {
			out->head_size = cp.size;
			*root = cp.root;
		} else {
			rc = err_wrap(err, ERR_CORRUPT, "the head of %s is not signed by the log key in keys/", dir->config.origin);
		}
	}
	origin_state_free(&state);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

static int count_logs(struct store *store, struct node_copy *out, struct err *err)
{
	struct arena arena = { 0 };
	const char **names = NULL;
	int rc = store_origins(store, &arena, &names, &out->logs, err);
	for (size_t i = 0; rc == OK && i < out->logs; i++) {
		struct origin_state state = { 0 };
		rc = store_load(store, names[i], &state, err);
		out->entries += state.size;
		origin_state_free(&state);
	}
	arena_free(&arena);
	return rc;
}

struct checking {
	const struct node_dir *dir;
	const struct node_copy_watch *watch;
};

static const struct vkey *find_key(void *arg, const char *origin)
{
	return node_dir_log_key(((const struct checking *)arg)->dir, origin);
}

static void tell_problem(void *arg, const char *line)
{
	const struct checking *c = arg;
	if (c->watch->problem_cb != NULL)
		c->watch->problem_cb(c->watch->arg, line);
}

static bool tell_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct checking *c = arg;
	return c->watch->checked_cb == NULL || c->watch->checked_cb(c->watch->arg, done, total);
}

static int check_whole(struct store *store, const struct node_dir *dir, const struct node_copy_watch *watch,
                       struct node_copy *out, struct err *err)
{
	struct checking c = { dir, watch };
	int rc = store_fsck(store, find_key, tell_problem, tell_progress, &c, &out->fsck, err);
	/* The log of a peer whose card was taken away is kept, and cannot be checked: no damage. */
	uint64_t problems = out->fsck.problems - out->fsck.unknown;
	if (rc == OK && problems > 0)
		rc = err_set(err, ERR_CORRUPT, "the backup is damaged: %llu problems", (unsigned long long)problems);
	return rc;
}

/* What a reader of the database leaves behind, with nothing in it. */
static void tidy(const char *path)
{
	static const char *const names[] = { "normlink.db-wal", "normlink.db-shm" };
	char inner[PATH_SIZE];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (file_join(inner, sizeof inner, path, names[i], NULL) == OK)
			(void)unlink(inner);
}

/* Is what was copied a node's folder, and what is in it? */
static int look(const char *path, bool whole, const struct node_copy_watch *watch, struct node_copy *out,
                struct hash *root, struct err *err)
{
	struct node_dir dir;
	struct store *store = NULL;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	out->peers = dir.peer_count;
	(void)snprintf(out->origin, sizeof out->origin, "%s", dir.config.origin);
	rc = store_open(path, STORE_READ, &store, err);
	if (rc == OK && whole)
		rc = check_whole(store, &dir, watch, out, err);
	if (rc == OK)
		rc = count_logs(store, out, err);
	if (rc == OK)
		rc = read_own_head(store, &dir, out, root, err);
	store_close(store);
	tidy(path);
	node_dir_close(&dir);
	return rc;
}

/* ---- whole or not at all ---- */

static int fill(const char *from, const char *to, bool restore, const struct node_copy_watch *watch,
                struct node_copy *out, struct err *err)
{
	struct hash root = { { 0 } };
	int rc = copy_all(from, to, watch, err);
	if (rc == OK)
		rc = look(to, restore, watch, out, &root, err);
	if (rc == OK && restore)
		rc = high_water_write(to, GUARD_WAS_RESTORED, out->head_size, &root, err);
	return rc == OK ? file_sync_folder(to, err) : rc;
}

/* What fill made in a folder that was there before us: all that is in it. */
static void empty(const char *path)
{
	static const char *const names[] = { "keys", "peers" };
	static const char *const files[] = { "node.conf",   "outside",         "high-water",
		                                 "normlink.db", "normlink.db-wal", "normlink.db-shm" };
	char inner[PATH_SIZE];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (file_join(inner, sizeof inner, path, names[i], NULL) == OK)
			file_remove_tree(inner, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (file_join(inner, sizeof inner, path, files[i], NULL) == OK)
			(void)unlink(inner);
}

/* A new folder appears by one rename; an empty one that is there may be a mount point, and is filled in place. */
static int copy(const char *from, const char *to, bool restore, const struct node_copy_watch *watch,
                struct node_copy *out, struct err *err)
{
	char target[PATH_SIZE];
	char stage[PATH_SIZE];
	struct err why = { 0 };
	size_t len = strlen(to);
	*out = (struct node_copy){ 0 };
	while (len > 1 && to[len - 1] == '/')
		len--;
	if (len == 0 || len + sizeof ".new-XXXXXX" > PATH_SIZE)
		return err_set(err, ERR_USAGE, "the folder's path is %s", len == 0 ? "empty" : "too long");
	(void)snprintf(target, sizeof target, "%.*s", (int)len, to);
	int rc = file_folder_empty(target, &why);
	if (rc == OK) {
		rc = fill(from, target, restore, watch, out, err);
		if (rc != OK)
			empty(target);
		return rc;
	}
	if (rc != ERR_NOT_FOUND)
		return err_set(err, rc, "%s", why.text);
	(void)snprintf(stage, sizeof stage, "%.*s.new-XXXXXX", (int)len, target);
	if (mkdtemp(stage) == NULL)
		return err_errno(err, errno, "cannot make %s", target);
	rc = fill(from, stage, restore, watch, out, err);
	if (rc == OK && rename(stage, target) != 0)
		rc = err_errno(err, errno, "%s", target);
	if (rc != OK) {
		file_remove_tree(stage, TREE_DEPTH);
		return rc;
	}
	return file_sync_parent(target, err);
}

int node_copy_backup(const char *dir, const char *dest, const struct node_copy_watch *watch, struct node_copy *out,
                     struct err *err)
{
	return copy(dir, dest, false, watch, out, err);
}

int node_copy_restore(const char *backup, const char *dir, const struct node_copy_watch *watch, struct node_copy *out,
                      struct err *err)
{
	return copy(backup, dir, true, watch, out, err);
}
