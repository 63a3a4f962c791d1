/* pattern: words that stand in a certain place or are known in part (condition.h of the core), as terms; and whether a
 * record has them.  No database: what is found through the index is checked here by the record itself.
 *
 * Thread: any.
 */
#pragma once

#include "node/core/condition.h"
#include "proto/fold.h"
#include "proto/record.h"

/* One term of the index; masked: '*' and '?' in it stand for others, and no letter is either. */
struct pattern_term {
	char text[FOLD_TERM_MAX + 8];
	bool masked;
	bool joined; /* in the text it goes on where the one before ended: pairs of one run of Han, Kana or Hangul */
};

struct pattern {
	struct pattern_term v[QUERY_TERMS_MAX];
	size_t count;
};

/* ERR_USAGE: no word at all, or a mask with no letter beside it; too many or too long words. */
CHECKED int pattern_read(const char *text, struct pattern *out, struct err *err);

/* "qual*", "m?n": does the term fit?  Both are UTF-8. */
bool pattern_fits(const char *masked, const char *term);

/* Has the record in that field what the clause, whose pattern this is (and near that of the others), asks for? */
bool pattern_in(const struct condition *clause, const struct pattern *words, const struct pattern *near,
                const Normlink__Record *record);
