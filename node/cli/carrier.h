/* carrier: parts of a bundle file to a node's local socket, several at once, each answer awaited.
 *
 * What was answered is durable.
 *
 * Thread: the owner's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/err.h"
#include "proto/message.h"

struct client;

struct carrier {
	struct client *client;
	struct buf body; /* parts that wait to be sent */
	size_t parts;
};

/* To the node that listens on DIR/socket.  ERR_NOT_FOUND: no such folder; whether a node is there is seen when
 * something is sent.  Close it in any case. */
CHECKED int carrier_open(const char *dir, struct carrier *out, struct err *err);
void carrier_close(struct carrier *c);

/* Add a part (copied); what has come together is sent when it is enough.  Not OK: as the node says (ERR_CONFLICT,
 * ERR_EXISTS, ERR_UNTRUSTED, ...), or why it was not reached (as client_post); what was not sent is forgotten. */
CHECKED int carrier_put(struct carrier *c, const Normlink__Handover *part, struct err *err);
/* Send what has come together; a node that is busy is asked again for some seconds. */
CHECKED int carrier_flush(struct carrier *c, struct err *err);

/* The node's answer ("outcome ok" or "outcome CODE" and "reason ..."), as a code and its reason.  ERR_PROTOCOL: it is
 * neither. */
CHECKED int carrier_outcome(struct bytes text, struct err *err);
