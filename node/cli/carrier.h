/* carrier: parts of a bundle file to a node's local socket, several at once, each answer awaited.
 *
 * What was answered is durable.  Thread: the owner's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/err.h"
#include "proto/message.h"

struct carrier {
	struct client *client;
	struct buf body;
	size_t parts;
};

CHECKED int carrier_open(const char *dir, struct carrier *out, struct err *err);
void carrier_close(struct carrier *c);

/* Add a part; what has come together is sent when it is enough.  Not OK: as the node says (ERR_CONFLICT, ERR_EXISTS,
 * ERR_UNTRUSTED, ...), or why it was not reached; what was not sent is forgotten. */
CHECKED int carrier_put(struct carrier *c, const Normlink__Handover *part, struct err *err);
CHECKED int carrier_flush(struct carrier *c, struct err *err);

/* The node's answer ("outcome ok" or "outcome CODE" and "reason ..."), as a code and its reason. */
CHECKED int carrier_outcome(struct bytes text, struct err *err);
