#include "node/shell/node_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/file.h"
#include "node/shell/node_conf.h"
#include "node/shell/outside.h"

enum {
	PATH_SIZE = sizeof((struct node_dir *)0)->path,
	ADDRESSES_MAX = 2048,
};

/* ---- open ---- */

static int read_conf(struct node_dir *dir, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	int rc = file_join(path, sizeof path, dir->path, "node.conf", err);
	if (rc == OK)
		rc = file_read(path, CARD_MAX, &text, err);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(err, rc, "%s: not a node's folder (no node.conf); normlink init makes one", dir->path);
	if (rc == OK) {
		rc = node_conf_parse(buf_bytes(&text), &dir->config, err);
		if (rc != OK)
			rc = err_wrap(err, rc, "%s", path);
	}
	buf_free(&text);
	return rc;
}

static int read_keys(struct node_dir *dir, struct err *err)
{
	int rc = node_keys_read(dir->path, &dir->keys, err);
	if (rc != OK)
		return rc;
	dir->log_key = dir->keys.v[KEY_OF_LOG][0];
	dir->witness_key = dir->keys.v[KEY_OF_WITNESS][0];
	dir->mirror_key = dir->keys.v[KEY_OF_MIRROR][0];
	dir->pin = dir->keys.identities[0].pin;
	for (size_t i = 0; i < dir->keys.count[KEY_OF_LOG]; i++) {
		const struct vkey *key = skey_public(dir->keys.v[KEY_OF_LOG][i]);
		if (strcmp(key->name, dir->config.origin) != 0)
			return err_set(err, ERR_INVALID, "%s/keys: a log key of %s, but node.conf says origin: %s", dir->path,
			               key->name, dir->config.origin);
	}
	return OK;
}

static int is_card(const struct dirent *item)
{
	size_t len = strlen(item->d_name);
	return len > 5 && item->d_name[0] != '.' && strcmp(item->d_name + len - 5, ".card") == 0;
}

static int read_card(const struct node_dir *dir, const char *name, struct card *out, struct err *err)
{
	char folder[PATH_SIZE];
	char path[PATH_SIZE];
	struct buf text = { 0 };
	int rc = file_join(folder, sizeof folder, dir->path, "peers", err);
	if (rc == OK)
		rc = file_join(path, sizeof path, folder, name, err);
	if (rc == OK)
		rc = file_read(path, CARD_MAX, &text, err);
	if (rc == OK) {
		rc = card_parse(buf_bytes(&text), out, err);
		if (rc != OK)
			rc = err_wrap(err, ERR_INVALID, "%s", path);
		else if (strlen(out->name) != strlen(name) - 5 || strncmp(out->name, name, strlen(out->name)) != 0)
			rc = err_set(err, ERR_INVALID, "%s: is the card of %s; its file must be %s.card", path, out->name,
			             out->name);
	}
	buf_free(&text);
	return rc;
}

static int read_peers(struct node_dir *dir, struct err *err)
{
	char folder[PATH_SIZE];
	struct dirent **items = NULL;
	int rc = file_join(folder, sizeof folder, dir->path, "peers", err);
	if (rc != OK)
		return rc;
	int count = scandir(folder, &items, is_card, alphasort);
	if (count < 0)
		return errno == ENOENT ? OK : err_errno(err, errno, "%s", folder);
	if (count > PEERS_MAX)
		rc = err_set(err, ERR_INVALID, "%s: %d cards; at most %d", folder, count, PEERS_MAX);
	if (rc == OK && count > 0)
		dir->peers = calloc((size_t)count, sizeof *dir->peers);
	must(rc != OK || count == 0 || dir->peers != NULL);
	for (int i = 0; i < count; i++) {
		if (rc == OK)
			rc = read_card(dir, items[i]->d_name, &dir->peers[dir->peer_count], err);
		if (rc == OK)
			dir->peer_count++;
		free(items[i]);
	}
	free(items);
	return rc;
}

static struct hash digest_of(const char *origin)
{
	struct hasher *hasher = hasher_new();
	struct hash digest = hash_sum(hasher, bytes_str(origin));
	hasher_free(hasher);
	return digest;
}

static struct hash secret_of(const struct skey *key)
{
	struct hasher *hasher = hasher_new();
	struct hash secret = skey_derive(key, hasher, "normlink tokens");
	hasher_free(hasher);
	return secret;
}

int node_dir_open(const char *path, struct node_dir *out, struct err *err)
{
	*out = (struct node_dir){ 0 };
	char *real = realpath(path, NULL);
	if (real == NULL)
		return err_errno(err, errno, "%s", path);
	int rc = strlen(real) < sizeof out->path ? OK : err_set(err, ERR_USAGE, "%.200s...: the path is too long", real);
	if (rc == OK)
		memcpy(out->path, real, strlen(real) + 1);
	free(real);
	if (rc == OK)
		rc = read_conf(out, err);
	if (rc == OK)
		out->log_digest = digest_of(out->config.origin);
	if (rc == OK)
		rc = read_keys(out, err);
	if (rc == OK)
		out->secret = secret_of(out->log_key);
	if (rc == OK)
		rc = read_peers(out, err);
	if (rc == OK)
		rc = outside_read(out->path, &out->outside, err);
	if (rc != OK)
		node_dir_close(out);
	return rc;
}

void node_dir_close(struct node_dir *dir)
{
	if (dir == NULL)
		return;
	node_keys_free(&dir->keys);
	free(dir->peers);
	policy_free(dir->outside);
	*dir = (struct node_dir){ 0 };
}

const struct vkey *node_dir_log_key(const struct node_dir *dir, const char *origin)
{
	if (strcmp(origin, dir->config.origin) == 0)
		return skey_public(dir->log_key);
	for (size_t i = 0; i < dir->peer_count; i++)
		if (strcmp(origin, dir->peers[i].origin) == 0)
			return &dir->peers[i].log;
	const struct vkey *key;
	const char *url;
	for (size_t i = 0; dir->outside != NULL && policy_log(dir->outside, i, &key, &url); i++)
		if (strcmp(origin, key->name) == 0)
			return key;
	return NULL;
}

/* ---- cards ---- */

struct addresses {
	char peer[NAME_MAX_BYTES + 1];
};

static int take_address(void *arg, const char *key, const char *value, struct err *err)
{
	struct addresses *a = arg;
	(void)err;
	if (strcmp(key, "peer") == 0 && strlen(value) < sizeof a->peer)
		memcpy(a->peer, value, strlen(value) + 1);
	return OK;
}

/* An address that another machine can dial: not "every interface", and with a real port. */
static bool dialable(const char *address)
{
	char host[NAME_MAX_BYTES + 1];
	uint16_t port;
	if (address_split(address, host, &port, NULL) != OK || port == 0)
		return false;
	return strcmp(host, "0.0.0.0") != 0 && strcmp(host, "::") != 0;
}

static void find_address(const struct node_dir *dir, char out[NAME_MAX_BYTES + 1])
{
	char path[PATH_SIZE];
	struct addresses real = { 0 };
	struct buf text = { 0 };
	const char *found = dir->config.peer_listen;
	if (node_dir_running(dir->path) && file_join(path, sizeof path, dir->path, "addresses", NULL) == OK &&
	    file_read(path, ADDRESSES_MAX, &text, NULL) == OK &&
	    fields_parse(buf_bytes(&text), take_address, &real, NULL) == OK)
		found = real.peer;
	if (dir->config.advertise[0] != '\0')
		found = dir->config.advertise;
	(void)snprintf(out, NAME_MAX_BYTES + 1, "%s", dialable(found) ? found : "");
	buf_free(&text);
}

void node_dir_card(const struct node_dir *dir, struct card *out)
{
	*out = (struct card){ .log = *skey_public(dir->log_key),
		                  .witness = *skey_public(dir->witness_key),
		                  .mirror = *skey_public(dir->mirror_key),
		                  .pin = dir->pin };
	memcpy(out->name, dir->config.name, sizeof out->name);
	memcpy(out->origin, dir->config.origin, sizeof out->origin);
	find_address(dir, out->address);
}

/* What two nodes must not share, as a word; NULL: nothing. */
static const char *shared(const struct card *a, const struct card *b)
{
	if (strcmp(a->name, b->name) == 0)
		return "name";
	if (strcmp(a->origin, b->origin) == 0)
		return "origin";
	if (hash_equal(&a->pin, &b->pin))
		return "pin";
	if (memcmp(a->log.key, b->log.key, KEY_SIZE) == 0)
		return "log key";
	if (memcmp(a->witness.key, b->witness.key, KEY_SIZE) == 0)
		return "witness key";
	if (memcmp(a->mirror.key, b->mirror.key, KEY_SIZE) == 0)
		return "mirror key";
	return NULL;
}

/* May it stand among the others?  instead: the peer whose card it replaces; peer_count: none. */
static int check_card(const struct node_dir *dir, const struct card *card, size_t instead, struct err *err)
{
	struct card own;
	int rc = node_name_check(card->name, err); /* it becomes a file's name */
	if (rc != OK)
		return rc;
	node_dir_card(dir, &own);
	const char *what = shared(&own, card);
	if (what != NULL)
		return err_set(err, ERR_EXISTS, "the card of %s has the %s of this node itself", card->name, what);
	for (size_t i = 0; i < dir->peer_count; i++) {
		const struct card *peer = &dir->peers[i];
		what = i != instead ? shared(peer, card) : NULL;
		if (what != NULL && card_equal(peer, card))
			return err_set(err, ERR_EXISTS, "this card of %s is trusted already; nothing to do", card->name);
		if (what != NULL)
			return err_set(err, ERR_EXISTS, "the card of %s has the %s of peer %s (peers/%s.card)", card->name, what,
			               peer->name, peer->name);
	}
	if (instead == dir->peer_count && dir->peer_count >= PEERS_MAX)
		return err_set(err, ERR_LIMIT, "%d peers already; no more are possible", PEERS_MAX);
	return OK;
}

static int card_path(const struct node_dir *dir, const char *name, char out[PATH_SIZE], struct err *err)
{
	char folder[PATH_SIZE];
	char file[CODE_MAX + 8];
	(void)snprintf(file, sizeof file, "%s.card", name);
	int rc = file_join(folder, sizeof folder, dir->path, "peers", err);
	if (rc == OK && mkdir(folder, 0700) != 0 && errno != EEXIST)
		rc = err_errno(err, errno, "%s", folder);
	return rc == OK ? file_join(out, PATH_SIZE, folder, file, err) : rc;
}

int node_dir_add_peer(struct node_dir *dir, const struct card *card, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	int rc = check_card(dir, card, dir->peer_count, err);
	if (rc == OK)
		rc = card_path(dir, card->name, path, err);
	if (rc != OK)
		return rc;
	card_write(card, &text);
	rc = file_write_new(path, buf_bytes(&text), 0644, err);
	buf_free(&text);
	if (rc != OK)
		return rc;
	struct card *more = realloc(dir->peers, (dir->peer_count + 1) * sizeof *more);
	must(more != NULL);
	dir->peers = more;
	dir->peers[dir->peer_count++] = *card;
	return OK;
}

int node_dir_renew_peer(struct node_dir *dir, const struct card *card, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	size_t at = 0;
	while (at < dir->peer_count &&
	       (strcmp(dir->peers[at].name, card->name) != 0 || strcmp(dir->peers[at].origin, card->origin) != 0))
		at++;
	if (at == dir->peer_count)
		return err_set(err, ERR_NOT_FOUND, "no peer %s with the log %s is trusted", card->name, card->origin);
	int rc = check_card(dir, card, at, err);
	if (rc == OK)
		rc = card_path(dir, card->name, path, err);
	if (rc != OK)
		return rc;
	card_write(card, &text);
	rc = file_write(path, buf_bytes(&text), 0644, err);
	buf_free(&text);
	if (rc == OK)
		dir->peers[at] = *card;
	return rc;
}

void node_dir_drop_peer(struct node_dir *dir, const char *name)
{
	char path[PATH_SIZE];
	if (card_path(dir, name, path, NULL) == OK)
		(void)unlink(path);
	size_t kept = 0;
	for (size_t i = 0; i < dir->peer_count; i++)
		if (strcmp(dir->peers[i].name, name) != 0)
			dir->peers[kept++] = dir->peers[i];
	dir->peer_count = kept;
}

/* ---- running ---- */

bool node_dir_running(const char *path)
{
	/* A socket's path has room for 107 bytes only; through the folder's descriptor it is always short. */
	int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return false;
	bool running = false;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	(void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/socket", folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		running = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
		(void)close(fd);
	}
	(void)close(folder);
	return running;
}
