/* language: language tags (RFC 5646, BCP 47).
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

/* Is text a well-formed tag of at most CODE_MAX bytes?  Well-formed means the grammar of a langtag or of private use
 * (RFC 5646, 2.1) without a repeated variant or singleton; no registry is asked.  The irregular tags of before the
 * grammar (i-klingon) are not accepted: each has a regular one. */
bool language_valid(const char *text);

/* The tag with its letters as RFC 5646, 2.1.1 has them: zh-Hans-CN.  text is valid; out has room for CODE_MAX and NUL.
 */
void language_canonical(const char *text, char *out);
