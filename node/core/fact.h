/* fact: what walking from record to record needs of one statement, and no more, so that thousands fit into memory.
 *
 * Whoever answers struct view (query.h) makes facts of payloads with fact_read; graph.h walks over them.
 * Thread: any; everything lives in the arena that it was read into.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/core/authority.h"

/* What is asked for, by whom. */
struct fact_question {
	const char *lang; /* of titles, BCP 47; NULL: any */
	bool public_only; /* nothing of another collection, nor a sign of it */
};

struct fact_edge {
	int type, detail; /* proto/edges.h */
	const char *target;
};

struct fact {
	const char *origin;
	uint64_t index;
	int kind;
	const char *subject;
	const char *about; /* the part of it before a '#': what the statement is filed under */
	const char *undated;
	int year; /* of about; 0: undated */
	bool supplement;
	enum authority authority; /* set by graph.h */
	int status;               /* of a standard or a project; 0: not said */
	const char *date;         /* by which people know it: of publication, of the act; NULL */
	const char *withdrawn;    /* NULL */
	const char *title; /* in the language asked for if there is one; where there are none, what names it best; NULL */
	const char *lang;  /* of the title; NULL */
	bool open;         /* feedback that is not closed */
	bool retracted;
	int type;             /* of a recognition */
	struct bytes body;    /* of a recognition, as it is encoded: parties must agree on every byte */
	const char **parties; /* of a recognition: origins */
	size_t party_count;
	struct fact_edge *edges;
	size_t edge_count;
};

struct fact_list {
	struct fact *v;
	size_t count;
	uint64_t total; /* in all; more than count when they were cut off */
};

/* Everything about one standard and its editions that a walk goes along: a family is named by an undated reference. */
struct family {
	const char *undated;
	struct fact_list about;    /* statements on it, its editions, their amendments: of every kind */
	struct fact_list pointing; /* standards, adoptions and recognitions that point at one of these, or at the whole */
};

/* Read the payload of a statement.  Copies what it keeps.  ERR_INVALID: no valid record; ERR_LIMIT: the arena's cap, or
 * more than ANSWER_RECORD_MAX for the record alone. */
CHECKED int fact_read(const char *origin, uint64_t index, struct bytes payload, const struct fact_question *question,
                      struct arena *arena, struct fact *out, struct err *err);

/* Does it point along one of the edges that belong to a family: succession, amendments, identity, adoption,
 * recognition? */
bool fact_edge_walked(int type);
