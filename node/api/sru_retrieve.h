/* sru_retrieve: a searchRetrieve between its request and its response, whoever finds the records: the view
 * (sru_search.c), or peers, too (sru_peers.c).  Private to them.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/federated_choice.h"
#include "node/api/formats.h"
#include "node/api/sru_wish.h"

struct retrieve {
	struct sru *s;
	struct selection selection;
	struct sru_wishes wishes;
	struct cql_query query;
	const struct format *format;
	const char *form; /* of a record, for written.h: its format, and where its links lead */
	bool escaped;     /* records as text, not as elements */
	uint64_t start;
	struct found_list list;
	bool at_least; /* there may be more than list.total */
	/* Of one that peers were asked for; else NULL: */
	const struct federated_question *asked;
	const struct federated_answer *came;
	const struct federated_choice *chosen;
};

/* Read the parameters, s and nothing else being set.  False: what is wrong is noted. */
bool retrieve_read(struct retrieve *r);
/* Into the body: records and all else, or the diagnostics. */
void retrieve_put(struct retrieve *r);
