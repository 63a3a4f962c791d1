/* check_end: what must have come to pass once nothing goes wrong any more. */
#pragma once

#include <stdbool.h>

struct world;

/* Is everything as it must be in the end?  When not and why is not NULL, *why says what is missing (static). */
bool check_settled(struct world *w, const char **why);

/* Time is up: breaks an invariant unless everything is settled; counts what was reached. */
void check_end(struct world *w);
