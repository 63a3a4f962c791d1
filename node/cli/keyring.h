/* keyring: the key statements that a node holds, asked for and checked: they count by their signatures.
 *
 * Thread: any.
 */
#pragma once

#include "node/base/err.h"
#include "node/core/keys.h"
#include "proto/card.h"

struct keyring_log {
	char origin[NAME_MAX_BYTES + 1];
	struct keys keys;
};

struct keyring {
	struct keyring_log *v;
	size_t count;
};

/* Ask the node at DIR (running or stopped) or URL.  *out is to be freed in any case.  ERR_PROTOCOL: it answers
 * something else; others as the client. */
CHECKED int keyring_ask(const char *where, struct keyring *out, struct err *err);
/* The answer's text alone.  Statements that do not hold are left out. */
CHECKED int keyring_read(struct bytes text, struct keyring *out, struct err *err);
void keyring_free(struct keyring *k);

/* The keys of a role of whoever this card is of, oldest first; borrowed from both, and of the role tls until the next
 * call on this thread. */
void keyring_line(const struct keyring *k, const struct card *card, enum key_role role, struct key_line *out);

/* The card with the newest keys in place of those that it had. */
void keyring_renew(const struct keyring *k, struct card *card);
