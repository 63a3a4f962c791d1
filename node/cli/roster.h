/* roster: whom a folder's node trusts, written as a C2SP tlog-policy.
 *
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/cli/keyring.h"
#include "proto/card.h"

/* Append the policy made of cards (the node's own first): a log line and two witness lines each, for its witness and
 * its mirror ("sac/mirror"), and a quorum over all the witnesses, or over all the mirrors: "none", "any", "all" (all
 * but the log's own, which never cosigns it), or a number; NULL: any, or none when there is no peer.  ERR_USAGE: a
 * quorum that is none of these, or that no head could ever meet.  Of a role whose key has changed the newest is listed,
 * and those before it that count at now_ms; two of one cosigner are a group, so that they count once. */
CHECKED int roster_policy(const struct card *cards, size_t count, const struct keyring *keys, uint64_t now_ms,
                          const char *quorum, bool mirrors, struct buf *out, struct err *err);
