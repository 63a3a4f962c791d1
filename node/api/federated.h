/* federated: GET /api/v1/search that peers are asked for, too (proto/PROTOCOL.md clause 4.9).
 *
 * Besides the parameters of a search (question.h; no facets, cursor, or order but by relevance):
 *
 *     peers=all | NAME,NAME   whom to ask; with this, or compare, the search is federated
 *     deadline_ms=            until when an answer is wanted, FEDERATED_DEADLINE_MIN_MS to _MAX_MS (2000)
 *     hops=                   how far the question goes: 1 (peers alone, the default) to FEDERATED_HOPS_MAX
 *     compare=live            ask each peer about its own log, and say what the replica here says differently
 *     proofs=1                each hit with its proof
 *
 * offset and limit together are at most FEDERATED_HITS_MAX: so much is asked of each peer.  The answer, beside what a
 * search has:
 *
 *     records[].paths    on which ways it came: node "bob", or "bob/carol" for what carol told bob; null: held here.
 *                        size: of the log, as that node had it
 *     total              different records that came (each node's own total is in its line)
 *     partial            true: somebody did not answer, or there was no room for all that came
 *     ms, deadline_ms
 *     here               the node's own store: total, late
 *     peers[]            name, via (whom it was asked through; null: by us), outcome: answered, late, refused or
 *                        unreachable; text: why; ms; total; hits (checked, and shown if there is room); lied: not what
 *                        their origin signed; unverifiable: of origins whose key is not known here, or that forked;
 *                        unmatched: not what was asked for; head: of its own log, size and root
 *     live[]             the heads that hits from peers are proved under: origin, size, root
 *     compare[]          peer, origin, here and there (size, root, total), behind: entries that the replica lacks,
 *                        differences[]: subject, kind, here and there: the entry's index, or null
 *
 * GET /sru?x-peers= asks the same way and answers in SRU's form (sru_peers.h); here is the door of both.
 *
 * Thread: any.
 */
#pragma once

#include "node/api/api.h"
#include "node/core/federate.h"

struct federated_question {
	struct federated_wish wish; /* borrows from what follows; op and id are the caller's to set */
	size_t offset, limit;
	bool sru; /* asked and answered in SRU's form */
	struct buf text;
	struct arena arena;
};

/* Is this a search that peers are to be asked for? */
bool federated_is_door(const struct http_request *request);

/* Read a zeroed one.  ERR_USAGE: a parameter that is wrong; the text names it.  If sru is set then, there is none:
 * api_answer says what is wrong in diagnostics.  In any case federated_question_free. */
CHECKED int federated_question_read(struct federated_question *q, const struct http_request *request, struct err *err);
void federated_question_free(struct federated_question *q);

/* Whom to ask: "all", or names with commas between.  ERR_USAGE: neither. */
CHECKED int federated_peers_read(struct federated_question *q, const char *value, struct err *err);

/* Append the whole response, made from what came and the view here; sorts what came.  Gives the status code. */
int federated_respond(const struct http_request *request, const struct api_context *context,
                      const struct federated_question *q, struct federated_answer *answer, struct arena *arena,
                      struct buf *out);

/* Likewise the answer to one of SRU whose peers the core would not ask, and why; context needs no view. */
int federated_refuse(const struct http_request *request, const struct api_context *context, const char *text,
                     struct arena *arena, struct buf *out);
