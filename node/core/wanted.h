/* wanted: what a question asks for, as far as one record can answer it.
 *
 * The store answers a question from its indexes; this says of one record whether it is what is asked for and how well
 * it fits, with the same numbers, so that what came from elsewhere is put in order as if it had been here.  What only
 * other records can tell (who cites it) is believed.
 * Thread: any; a struct wanted its owner's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/err.h"
#include "node/core/query.h"
#include "node/core/question.h"
#include "proto/record.h"

struct wanted {
	struct question *question;
	struct arena arena; /* owns it, and what it points to */
};

/* From the text of question.h.  ERR_USAGE: not such a text; ERR_UNSUPPORTED: in an order other than by relevance, or
 * counted, which cannot be merged. */
CHECKED int wanted_read(struct wanted *w, struct bytes text, struct err *err);
void wanted_free(struct wanted *w);

/* The one log that it is about; NULL: any, or several. */
const char *wanted_origin(const struct wanted *w);

/* Is a valid record, an entry of that number of that origin's log, what is asked for?  *score: how well it fits,
 * smaller is better. */
bool wanted_fits(const struct wanted *w, const char *origin, uint64_t index, const Normlink__Record *record,
                 int64_t *score);

/* What a view has of it, in the arena: the best limit of them, public ones that fit by themselves alone.  As query.h
 * says of select. */
CHECKED int wanted_search(const struct wanted *w, const struct view *view, size_t limit, struct arena *arena,
                          struct found_list *out, struct err *err);

/* ---- wanted_words.c ---- */

/* The words of a record, read once for all clauses about them. */
struct record_terms;
struct record_terms *wanted_terms(const Normlink__Record *record);
void wanted_terms_free(struct record_terms *r);

/* Do these words stand in the record as the clause says?  With what closeness (the store's rank.h). */
bool wanted_words(const struct condition *c, const char *words, const struct record_terms *have, int64_t *score);
