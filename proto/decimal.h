/* decimal: decimal numbers as text, exactly: -1.5e-3 (proto/README.md, clause 2.11).
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

/* -?digits[.digits][e[+-]digits], of at most CODE_MAX bytes and with an exponent of at most four digits? */
bool decimal_valid(const char *text);

/* -1, 0 or 1 as a is less than, equal to or more than b: 1.50 equals 15e-1.  Both are valid. */
int decimal_compare(const char *a, const char *b);
