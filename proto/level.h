/* level: who issues a standard, and whether it must be followed, by the code that its designator begins with; for
 * records that do not say so themselves (proto/README.md, clause 2.4).
 *
 * The rules are data with their sources, in levels.tsv.
 * Thread: any.
 */
#pragma once

#include "proto/designator.h"

/* The values of enum Level and enum Obligation; 0: the designator does not tell. */
struct level {
	int level;
	int obligation;
};

struct level level_of_designator(const struct designator *d);

/* The words of the two lists, lower case: "national", "voluntary"; NULL for a value that is not on the list. */
const char *level_word(int level);
const char *obligation_word(int obligation);
