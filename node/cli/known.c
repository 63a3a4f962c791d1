#include "node/cli/known.h"

#include <string.h>

#include "node/cli/exporter.h"

const struct vkey *known_log(const struct node_dir *dir, const char *origin)
{
	if (strcmp(origin, dir->config.origin) == 0)
		return skey_public(dir->log_key);
	for (size_t i = 0; i < dir->peer_count; i++)
		if (strcmp(origin, dir->peers[i].origin) == 0)
			return &dir->peers[i].log;
	return NULL;
}

static bool same(const struct vkey *a, const struct vkey *b)
{
	return a->type == b->type && memcmp(a->key, b->key, KEY_SIZE) == 0 && strcmp(a->name, b->name) == 0;
}

static const struct card *exporting_peer(const struct node_dir *dir, const struct vkey *key)
{
	for (size_t i = 0; i < dir->peer_count; i++)
		if (same(&dir->peers[i].mirror, key))
			return &dir->peers[i];
	return NULL;
}

const char *known_exporter(const struct node_dir *dir, const struct vkey *key)
{
	const struct card *peer = exporting_peer(dir, key);
	if (peer != NULL)
		return peer->name;
	return same(skey_public(exporter_key(dir)), key) ? dir->config.name : NULL;
}
