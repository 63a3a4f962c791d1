#include "node/shell/trust.h"

#include <stdio.h>
#include <string.h>

#include "node/shell/node_conf.h"
#include "node/shell/outside.h"

static int add_peers(struct core *core, const struct node_dir *dir, struct err *err)
{
	for (size_t i = 0; i < dir->peer_count; i++) {
		uint32_t peer = 0;
		int rc = core_add_peer(core, &dir->peers[i], &peer, err);
		if (rc != OK)
			return err_wrap(err, rc, "peers/%s.card", dir->peers[i].name);
	}
	return OK;
}

static int add_logs(struct core *core, const struct node_dir *dir, struct err *err)
{
	const struct vkey *key;
	const char *url;
	for (size_t i = 0; dir->outside != NULL && policy_log(dir->outside, i, &key, &url); i++) {
		int rc = core_add_log(core, key, err);
		if (rc != OK)
			return err_wrap(err, rc, "%s/outside", dir->path);
	}
	return OK;
}

static int add_witnesses(struct core *core, const struct node_dir *dir, bool ask, struct err *err)
{
	const struct vkey *key;
	const char *name, *url;
	for (size_t i = 0; dir->outside != NULL && policy_witness(dir->outside, i, &name, &key, &url); i++) {
		int rc = core_add_witness(core, name, key, ask ? url : "", err);
		if (rc != OK)
			return err_wrap(err, rc, "%s/outside", dir->path);
	}
	return OK;
}

int trust_core(const struct node_dir *dir, bool ask, const struct guard_facts *guard, struct core **out,
               struct err *err)
{
	struct core_config config = { .log_key = dir->log_key,
		                          .witness_key = dir->witness_key,
		                          .mirror_key = dir->mirror_key,
		                          .quorum = node_conf_quorum(&dir->config) };
	(void)snprintf(config.name, sizeof config.name, "%s", dir->config.name);
	if (guard != NULL)
		config.guard = *guard;
	struct core *core = core_new(&config);
	for (size_t role = 0; role < KEY_OF_TLS; role++)
		for (size_t i = 1; i < dir->keys.count[role]; i++) /* the first came with the configuration */
			core_add_key(core, dir->keys.v[role][i]);
	int rc = add_peers(core, dir, err);
	if (rc == OK)
		rc = add_logs(core, dir, err);
	if (rc == OK)
		rc = add_witnesses(core, dir, ask, err);
	if (rc != OK) {
		core_free(core);
		return rc;
	}
	*out = core;
	return OK;
}

/* Would everything fit together?  Asked of a core of its own. */
static int try_all(const char *path, struct err *err)
{
	struct node_dir dir;
	struct core *core = NULL;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	rc = trust_core(&dir, false, NULL, &core, err);
	core_free(core);
	node_dir_close(&dir);
	return rc;
}

/* ---- one more peer ---- */

static bool trusts(const struct core *core, const struct card *card)
{
	for (uint32_t i = 0; core_peer_card(core, i) != NULL; i++)
		if (card_equal(core_peer_card(core, i), card))
			return true;
	return false;
}

static bool holds(const struct node_dir *dir, const struct card *card)
{
	for (size_t i = 0; i < dir->peer_count; i++)
		if (card_equal(&dir->peers[i], card))
			return true;
	return false;
}

int trust_peer(const char *path, struct core *core, const struct card *card, bool *known, struct err *err)
{
	struct node_dir dir;
	uint32_t peer = 0;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	bool fresh = !holds(&dir, card);
	*known = core != NULL ? trusts(core, card) : !fresh;
	if (!*known && fresh)
		rc = node_dir_add_peer(&dir, card, err);
	if (!*known && rc == OK) {
		rc = core != NULL ? core_add_peer(core, card, &peer, err) : try_all(path, err);
		if (rc != OK && fresh)
			node_dir_drop_peer(&dir, card->name);
	}
	node_dir_close(&dir);
	return rc;
}

int trust_peer_anew(const char *path, const struct card *card, struct err *err)
{
	struct node_dir dir;
	struct card before = { 0 };
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < dir.peer_count; i++)
		if (strcmp(dir.peers[i].name, card->name) == 0)
			before = dir.peers[i];
	rc = node_dir_renew_peer(&dir, card, err);
	if (rc == OK) {
		rc = try_all(path, err);
		if (rc != OK && node_dir_renew_peer(&dir, &before, NULL) != OK)
			rc = err_wrap(err, rc, "%s/peers/%s.card does not fit", path, card->name);
	}
	node_dir_close(&dir);
	return rc;
}

/* ---- one more line ---- */

/* What a line of the file names: a log, or a witness with its name. */
struct named {
	struct vkey key;
	bool is_log;
	char name[NAME_MAX_BYTES + 1];
	char url[URL_MAX_BYTES + 1];
};

static int take_named(const struct policy *policy, struct named *out, struct err *err)
{
	const struct vkey *key;
	const char *name = "", *url;
	out->is_log = policy_log(policy, 0, &key, &url);
	if (!out->is_log && !policy_witness(policy, 0, &name, &key, &url))
		return err_set(err, ERR_INVALID, "neither log <vkey> [<url>] nor witness <name> <vkey> <url>");
	if (strlen(name) >= sizeof out->name || strlen(url) >= sizeof out->url)
		return err_set(err, ERR_INVALID, "a name of more than %d bytes, or an address of more than %d", NAME_MAX_BYTES,
		               URL_MAX_BYTES);
	if (!out->is_log && strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(err, ERR_INVALID, "%s: a witness is asked at an address that begins with http:// or https://",
		               name);
	memcpy(out->name, name, strlen(name) + 1);
	memcpy(out->url, url, strlen(url) + 1);
	out->key = *key;
	return OK;
}

static int read_line(struct bytes line, struct named *out, struct err *err)
{
	struct buf text = { 0 };
	struct policy *policy = NULL;
	buf_add_bytes(&text, line);
	buf_add_str(&text, "quorum none\n");
	int rc = policy_parse(buf_bytes(&text), &policy, err);
	if (rc == OK)
		rc = take_named(policy, out, err);
	policy_free(policy);
	buf_free(&text);
	return rc;
}

static bool same_key(const struct vkey *a, const struct vkey *b)
{
	return a->id == b->id && strcmp(a->name, b->name) == 0 && memcmp(a->key, b->key, KEY_SIZE) == 0;
}

/* Is the very same there already?  A log's url means nothing here. */
static bool listed(const struct policy *policy, const struct named *n)
{
	const struct vkey *key;
	const char *name, *url;
	for (size_t i = 0; policy != NULL && policy_log(policy, i, &key, &url); i++)
		if (n->is_log && same_key(key, &n->key))
			return true;
	for (size_t i = 0; policy != NULL && policy_witness(policy, i, &name, &key, &url); i++)
		if (!n->is_log && same_key(key, &n->key) && strcmp(name, n->name) == 0 && strcmp(url, n->url) == 0)
			return true;
	return false;
}

static int add_named(struct core *core, const struct named *n, struct err *err)
{
	return n->is_log ? core_add_log(core, &n->key, err) : core_add_witness(core, n->name, &n->key, n->url, err);
}

int trust_line(const char *path, struct core *core, struct bytes line, struct vkey *key, bool *known, struct err *err)
{
	struct named named;
	struct policy *policy = NULL;
	struct buf before = { 0 };
	int rc = read_line(line, &named, err);
	if (rc == OK)
		rc = outside_read(path, &policy, err);
	*known = rc == OK && listed(policy, &named);
	policy_free(policy);
	if (rc != OK)
		return rc;
	*key = named.key;
	if (*known)
		return OK;
	rc = outside_add(path, line, &before, err);
	if (rc == OK) {
		rc = core != NULL ? add_named(core, &named, err) : try_all(path, err);
		if (rc != OK && outside_restore(path, buf_bytes(&before), NULL) != OK)
			rc = err_wrap(err, rc, "%s/outside has a line that does not fit", path);
	}
	buf_free(&before);
	return rc;
}
