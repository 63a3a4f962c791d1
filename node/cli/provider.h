/* provider: an OAI-PMH 2.0 provider, asked patiently.
 *
 * One that is busy (429, 503), that fails, or that ends the connection once it has answered before, is asked again:
 * after as long as it says (Retry-After), else longer each time.
 *
 * Knows: requests of the protocol.  Must not know: what becomes of the answers.
 * Thread: main's.
 */
#pragma once

#include <stdint.h>

#include "node/cli/client.h"
#include "node/ingest/pmh.h"

struct provider {
	struct client *client;
	const char *url; /* borrowed */
	unsigned tries;  /* for one answer */
	bool known;      /* it has answered once */
	uint64_t bytes;  /* of all answers */
};

/* ERR_USAGE: no such URL. */
CHECKED int provider_open(struct provider *p, const char *url, unsigned tries, struct err *err);
void provider_close(struct provider *p);

struct provider_question {
	const char *verb;
	const char *token; /* NULL, or instead of all that follow, each NULL where it is not asked for */
	const char *prefix, *set, *from;
};

/* Ask, and read the answer into the arena.  ERR_PROTOCOL: it is none of the protocol, or not XML; ERR_BUSY; ERR_LIMIT;
 * others as client_get. */
CHECKED int provider_ask(struct provider *p, const struct provider_question *question, const struct pmh_source *source,
                         struct arena *arena, struct pmh_page *out, struct err *err);
