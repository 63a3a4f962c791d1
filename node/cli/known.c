#include "node/cli/known.h"

#include <string.h>

#include "crypto/evidence.h"

const struct vkey *known_log(const struct node_dir *dir, const char *origin)
{
	if (strcmp(origin, dir->config.origin) == 0)
		return skey_public(dir->log_key);
	for (size_t i = 0; i < dir->peer_count; i++)
		if (strcmp(origin, dir->peers[i].origin) == 0)
			return &dir->peers[i].log;
	return NULL;
}

int known_keys(struct store *store, const char *origin, struct keys *out, struct err *err)
{
	struct origin_state state = { 0 };
	*out = (struct keys){ 0 };
	int rc = store_load(store, origin, &state, err);
	for (size_t i = 0; rc == OK && i < state.key_count; i++)
		(void)keys_add(out, state.keys[i].index, state.keys[i].payload);
	origin_state_free(&state);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

/* ERR_NOT_FOUND is for origins that nobody knows. */
static int open_head(const struct keys *keys, const struct vkey *anchor, struct bytes raw, struct vkey *key,
                     struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = keys_open_head(keys, anchor, raw, &note, &cp, key, err);
	return rc == ERR_NOT_FOUND ? err_wrap(err, ERR_UNTRUSTED, "not by the key that is due") : rc;
}

int known_head(const struct node_dir *dir, struct store *store, const struct bundle_log *log, struct bytes raw,
               struct vkey *key, struct err *err)
{
	const struct vkey *anchor = known_log(dir, log->origin);
	struct keys keys;
	if (anchor == NULL)
		return ERR_NOT_FOUND;
	int rc = known_keys(store, log->origin, &keys, err);
	keys_unpack(&keys, KEY_OF_LOG, anchor, buf_bytes(&log->keys));
	if (rc == OK)
		rc = open_head(&keys, anchor, raw, key, err);
	keys_free(&keys);
	return rc;
}

int known_evidence(const struct node_dir *dir, struct store *store, const struct bundle_log *log,
                   const struct evidence *e, struct err *err)
{
	struct vkey unused;
	int rc = known_head(dir, store, log, e->smaller, &unused, err);
	if (rc == OK)
		rc = known_head(dir, store, log, e->larger, &unused, err);
	if (rc != OK)
		return rc;
	struct hasher *hasher = hasher_new();
	rc = evidence_contradicts(hasher, e, err);
	hasher_free(hasher);
	return rc;
}

static bool same(const struct vkey *a, const struct vkey *b)
{
	return a->type == b->type && memcmp(a->key, b->key, KEY_SIZE) == 0 && strcmp(a->name, b->name) == 0;
}

/* Is the key one that signs bundle files for the operator of that log now? */
static bool exports(struct store *store, const char *origin, const struct vkey *anchor, const struct vkey *key,
                    struct bytes told, uint64_t now_ms)
{
	struct keys keys;
	struct key_line line;
	bool found = false;
	if (known_keys(store, origin, &keys, NULL) == OK) {
		keys_unpack(&keys, KEY_OF_MIRROR, anchor, told);
		keys_line(&keys, KEY_OF_MIRROR, anchor, &line);
		for (size_t i = 0; i < line.count; i++)
			found = found || (same(line.v[i].key, key) && now_ms <= line.v[i].until_ms);
	}
	keys_free(&keys);
	return found;
}

const char *known_exporter(const struct node_dir *dir, struct store *store, const struct vkey *key, struct bytes told,
                           uint64_t now_ms)
{
	for (size_t i = 0; i < dir->peer_count; i++)
		if (exports(store, dir->peers[i].origin, &dir->peers[i].mirror, key, told, now_ms))
			return dir->peers[i].name;
	return exports(store, dir->config.origin, skey_public(dir->mirror_key), key, told, now_ms) ? dir->config.name
	                                                                                           : NULL;
}
