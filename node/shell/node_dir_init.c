/* How a data directory is made: whole, or not at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "node/shell/file.h"
#include "node/shell/high_water.h"
#include "node/shell/node_conf.h"
#include "node/shell/node_dir.h"
#include "node/store/store.h"

enum {
	PATH_SIZE = sizeof((struct node_dir *)0)->path,
	CERTIFICATE_DAYS = 3653, /* ten years: peers pin the key, so nothing but the clock ends it */
	TREE_DEPTH = 2,          /* DIR, DIR/keys and DIR/peers */
};

/* tlog-witness, tlog-mirror: a log, a witness and a mirror must not share a name.  "sac.example/log" gives
 * "sac.example/witness". */
static int cosigner_name(const char *origin, const char *what, char out[NAME_MAX_BYTES + 1], struct err *err)
{
	size_t len = strlen(origin);
	if (len > 4 && strcmp(origin + len - 4, "/log") == 0)
		len -= 4;
	int n = snprintf(out, NAME_MAX_BYTES + 1, "%.*s/%s", (int)len, origin, what);
	if (n < 0 || n > NAME_MAX_BYTES)
		return err_set(err, ERR_USAGE, "origin: longer than %d bytes", NAME_MAX_BYTES - (int)strlen("/witness"));
	return OK;
}

static int write_in(const char *folder, const char *name, struct bytes content, mode_t mode, struct err *err)
{
	char path[PATH_SIZE];
	int rc = file_join(path, sizeof path, folder, name, err);
	return rc == OK ? file_write(path, content, mode, err) : rc;
}

static int make_folder(const char *folder, const char *name, struct err *err)
{
	char path[PATH_SIZE];
	int rc = file_join(path, sizeof path, folder, name, err);
	if (rc == OK && mkdir(path, 0700) != 0)
		rc = err_errno(err, errno, "%s", path);
	return rc;
}

static int write_signing_key(const char *folder, const char *file, const char *name, enum key_type type,
                             struct err *err)
{
	struct skey *key = NULL;
	struct buf text = { 0 };
	int rc = skey_generate(name, type, &key, err);
	if (rc == OK) {
		skey_write(key, &text);
		buf_add_char(&text, '\n');
		rc = write_in(folder, file, buf_bytes(&text), 0600, err);
	}
	file_wipe(&text);
	skey_free(key);
	return rc;
}

static int write_identity(const char *folder, const struct node_config *config, struct err *err)
{
	struct buf key = { 0 };
	struct buf cert = { 0 };
	int rc = tls_identity_new(config->name, (int64_t)time(NULL), CERTIFICATE_DAYS, &key, &cert, err);
	if (rc == OK)
		rc = write_in(folder, "keys/tls.key", buf_bytes(&key), 0600, err);
	if (rc == OK)
		rc = write_in(folder, "keys/tls.crt", buf_bytes(&cert), 0644, err);
	file_wipe(&key);
	buf_free(&cert);
	return rc;
}

static int write_keys(const char *folder, const struct node_config *config, struct err *err)
{
	char witness[NAME_MAX_BYTES + 1];
	char mirror[NAME_MAX_BYTES + 1];
	int rc = cosigner_name(config->origin, "witness", witness, err);
	if (rc == OK)
		rc = cosigner_name(config->origin, "mirror", mirror, err);
	if (rc == OK)
		rc = make_folder(folder, "keys", err);
	if (rc == OK)
		rc = write_signing_key(folder, "keys/log.key", config->origin, KEY_ED25519, err);
	if (rc == OK)
		rc = write_signing_key(folder, "keys/witness.key", witness, KEY_COSIGNATURE, err);
	if (rc == OK)
		rc = write_signing_key(folder, "keys/mirror.key", mirror, KEY_COSIGNATURE, err);
	if (rc == OK)
		rc = write_identity(folder, config, err);
	return rc;
}

/* Everything in its order: node.conf, which makes a folder a node's, comes last. */
static int fill(const char *folder, const struct node_config *config, struct err *err)
{
	struct store *store = NULL;
	struct buf conf = { 0 };
	int rc = write_keys(folder, config, err);
	if (rc == OK)
		rc = make_folder(folder, "peers", err);
	if (rc == OK)
		rc = store_open(folder, STORE_CREATE, &store, err);
	store_close(store);
	struct hash nothing = { { 0 } };
	if (rc == OK)
		rc = high_water_write(folder, GUARD_ORDINARY, 0, &nothing, err);
	if (rc == OK) {
		node_conf_write(config, &conf);
		rc = write_in(folder, "node.conf", buf_bytes(&conf), 0644, err);
	}
	buf_free(&conf);
	return rc;
}

/* What fill made in a folder that was there before us. */
static void unfill(const char *folder)
{
	static const char *const files[] = { "node.conf", "high-water", "normlink.db", "normlink.db-wal",
		                                 "normlink.db-shm" };
	static const char *const folders[] = { "keys", "peers" };
	char path[PATH_SIZE];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (file_join(path, sizeof path, folder, files[i], NULL) == OK)
			(void)unlink(path);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (file_join(path, sizeof path, folder, folders[i], NULL) == OK)
			file_remove_tree(path, 0);
}

/* A new folder appears whole, by one rename. */
static int init_new(const char *path, const struct node_config *config, struct err *err)
{
	char stage[PATH_SIZE];
	int n = snprintf(stage, sizeof stage, "%s.new-XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof stage)
		return err_set(err, ERR_USAGE, "%.200s...: the path is too long", path);
	if (mkdtemp(stage) == NULL)
		return err_errno(err, errno, "cannot make %s", path);
	int rc = fill(stage, config, err);
	if (rc == OK && rename(stage, path) != 0)
		rc = err_errno(err, errno, "%s", path);
	if (rc != OK) {
		file_remove_tree(stage, TREE_DEPTH);
		return rc;
	}
	return file_sync_parent(path, err);
}

/* An empty folder that is there may be a mount point, which cannot be renamed onto: it is filled in place. */
static int init_inside(const char *path, const struct node_config *config, struct err *err)
{
	int rc = fill(path, config, err);
	if (rc != OK)
		unfill(path);
	return rc;
}

static int trim_slashes(const char *path, char out[PATH_SIZE], struct err *err)
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0 || len >= PATH_SIZE)
		return err_set(err, ERR_USAGE, "the folder's path is %s", len == 0 ? "empty" : "too long");
	memcpy(out, path, len);
	out[len] = '\0';
	return OK;
}

int node_dir_init(const char *path, const struct node_config *config, struct err *err)
{
	char folder[PATH_SIZE];
	int rc = node_conf_check(config, err);
	if (rc == OK)
		rc = trim_slashes(path, folder, err);
	if (rc != OK)
		return rc;
	struct err why = { 0 };
	rc = file_folder_empty(folder, &why);
	if (rc == OK)
		return init_inside(folder, config, err);
	if (rc == ERR_NOT_FOUND)
		return init_new(folder, config, err);
	return err_set(err, rc, "%s", why.text);
}
