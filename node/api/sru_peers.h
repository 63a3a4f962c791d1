/* sru_peers: a searchRetrieve that peers are asked for, too: GET /sru?...&x-peers=all, a form with that, or an
 * envelope with <extraRequestData><peers>all</peers></extraRequestData>, deadline-ms beside it if wanted (soap.c).
 *
 * What is asked must be one that can be put as the text of node/core/question_tree.h: conjunctions of words, phrases,
 * values, a range of dates; no NOT, no OR but of values of one code, no proximity, masks inside of words or anchors, no
 * facets: diagnostic 48 says which; 80: in an order other than by relevance; 61: startRecord and maximumRecords reach
 * beyond FEDERATED_HITS_MAX; 6: there is no such peer.  It is never answered from here alone instead.
 *
 * The answer is as any, of all that came and held (federated.h).  Beside the records diagnostic 59 stands where not
 * everybody answered, with who did not; extraResponseData has behind nl:asOf what each peer did:
 *
 *     <nl:peers ms= deadline= partial=><nl:peer name= outcome= ms= total= hits= lied= unverifiable=
 * unmatched=>why</nl:peer>
 *
 * and extraRecordData the ways on which the record came: <nl:path node= size=/>, without node: held here.
 * numberOfRecords counts the different records that came; where a node has more than it was asked for, there are at
 * least so many (resultCountPrecision: minimum).
 *
 * Thread: any.
 */
#pragma once

#include "node/api/federated.h"

struct retrieve;

/* Is it one, or an envelope that may be?  Of one that is not, sru_peers_read fails. */
bool sru_peers_door(const struct http_request *request);

/* As federated_question_read and federated_respond. */
CHECKED int sru_peers_read(struct federated_question *q, const struct http_request *request, struct err *err);
int sru_peers_respond(const struct http_request *request, const struct api_context *context,
                      const struct federated_question *q, struct federated_answer *answer, struct arena *arena,
                      struct buf *out);

/* ---- for sru_search.c ---- */

/* One with x-peers that nobody has asked peers for: note why. */
void sru_peers_missed(struct retrieve *r);
/* Into the response's and the record's extra data; nothing where peers were not asked. */
void sru_peers_put(struct retrieve *r);
void sru_peers_put_paths(struct retrieve *r, size_t i);
