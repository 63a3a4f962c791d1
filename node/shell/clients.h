/* clients: who is connected to the public side, and what is kept for each: its connections, and answers not yet sent.
 *
 * Of either a client may have as much as is left for everybody together, so that there is always some left for who
 * comes next: one alone half, two a third each.  A proxy that node.conf trusts stands for many, and may have all.
 * Knows: clients as keys (client_of.h).  Must not know: sockets.
 * Owner: the httpd.  Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client {
	uint64_t key;
	bool proxy;
	size_t connections, unsent; /* bytes */
	struct client *next;
};

struct clients {
	struct client *v[256];
	size_t connections, unsent;
};

/* May somebody who has own of what there may be most of, and everybody together all, have one more? */
bool clients_share(size_t own, size_t all, size_t most);

/* One connection more; NULL: there is no room for it.  It must leave in the end; the client is freed with its last. */
struct client *clients_join(struct clients *c, uint64_t key, bool proxy);
void clients_leave(struct clients *c, struct client *client);

/* Its connections have so many bytes more to send, or less. */
void clients_unsent(struct clients *c, struct client *client, size_t before, size_t now);
/* May it have more of them? */
bool clients_may_send(const struct clients *c, const struct client *client);
