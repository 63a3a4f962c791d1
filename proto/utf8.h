/* utf8: strict UTF-8 in and out: no overlong forms, no surrogates, nothing above U+10FFFF.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

enum { UTF8_MAX = 4 }; /* bytes of one character */

/* Is text UTF-8 without NUL? */
bool utf8_valid(struct bytes text);

/* The bytes of the character at the front of text, its code to *code; 0 when there is none (empty, or bad bytes). */
size_t utf8_read(struct bytes text, uint32_t *code);

/* How many bytes of text to keep: at most max, and no part of a character at the end. */
size_t utf8_cut(struct bytes text, size_t max);

/* Write the character (a valid code); gives its length. */
size_t utf8_write(uint32_t code, char out[UTF8_MAX]);
