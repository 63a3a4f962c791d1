/* admit: whose questions are taken, how many at once, how much of the readers' time, and what one of them may cost.
 *
 * A client (client_of.h) has a bucket of readers' time (rates.h): node.conf's client-rate is how many milliseconds of
 * it it gets back each second, and it may save up CLIENT_BURST_S seconds' worth.  A question takes a little before, and
 * what it has cost after.  Clients on this machine have none unless node.conf says so.  Who has used it up gets 429,
 * who comes when the queue is full 503, both with Retry-After.
 *
 * Questions through the local socket are the operator's: they may take their time, and stand before the public's
 * (readers.h), as does one question about health of each client.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/shell/exchange.h"

/* May this question be asked?  Then its job's client, budget and end are set, and *rank.  False: it was refused. */
bool admit_question(struct exchange *x, enum reader_rank *rank);

/* May its client, which has own of what there may be most of, and everybody together all, have one more?  So that there
 * is always one left for who comes next (clients.h); the operator may have the last.  False: it was refused; what: "too
 * many ..." of what. */
bool admit_share(struct exchange *x, size_t own, size_t all, size_t most, const char *what);

/* Its client pays for what a job of it has cost: what admit_answer does of exchanges that are one question. */
void admit_pay(struct exchange *x, uint64_t spent_ns);

/* It was answered: its client pays for what it has cost.  May its answer be kept until it is sent?  False: its client
 * takes none of those it has. */
bool admit_answer(struct exchange *x);

void admit_free(struct shell *s);
