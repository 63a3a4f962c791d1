#include "node/shell/clients.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

bool clients_share(size_t own, size_t all, size_t most)
{
	return all < most && own < most - all;
}

static bool has_share(size_t own, bool proxy, size_t all, size_t most)
{
	return clients_share(proxy ? 0 : own, all, most);
}

/* A chosen collision costs a longer list, of at most HTTP_CONNECTIONS_MAX. */
static struct client **place(struct clients *c, uint64_t key)
{
	struct client **p = &c->v[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 56];
	while (*p != NULL && (*p)->key != key)
		p = &(*p)->next;
	return p;
}

struct client *clients_join(struct clients *c, uint64_t key, bool proxy)
{
	struct client **p = place(c, key), *client = *p;
	size_t own = client != NULL ? client->connections : 0;
	if (!has_share(own, proxy, c->connections, HTTP_CONNECTIONS_MAX))
		return NULL;
	if (client == NULL) {
		client = calloc(1, sizeof *client);
		must(client != NULL);
		client->key = key;
		client->proxy = proxy;
		*p = client;
	}
	client->connections++;
	c->connections++;
	return client;
}

void clients_leave(struct clients *c, struct client *client)
{
	must(client->connections > 0);
	client->connections--;
	c->connections--;
	if (client->connections > 0)
		return;
	must(client->unsent == 0);
	struct client **p = place(c, client->key);
	must(*p == client);
	*p = client->next;
	free(client);
}

void clients_unsent(struct clients *c, struct client *client, size_t before, size_t now)
{
	must(client->unsent >= before);
	client->unsent = client->unsent - before + now;
	c->unsent = c->unsent - before + now;
}

bool clients_may_send(const struct clients *c, const struct client *client)
{
	return has_share(client->unsent, client->proxy, c->unsent, HTTP_UNSENT_ALL_MAX);
}
