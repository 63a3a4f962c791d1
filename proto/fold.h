/* fold: text to search terms (proto/README.md, clause 5), the same for what is stored and what is asked.
 *
 * NFKC, case folded, marks stripped from Latin, Greek and Cyrillic letters (never in CJK: が is not か), traditional
 * Han characters as simplified, Katakana as Hiragana (variant.h); runs of Han, Kana and Hangul give overlapping pairs
 * of characters, a single character alone gives itself; other letters and digits give words.  A change of rules changes
 * FOLD_VERSION, and stores rebuild their index. Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/utf8.h"

enum { FOLD_VERSION = 2, FOLD_TERM_MAX = 64 };

/* One term: folded UTF-8, at most FOLD_TERM_MAX bytes (longer words are cut); [start, end) is where it
 * came from in the text; run counts maximal runs of script, so that the pairs of one CJK run share a run.
 * Not OK ends the folding with that code. */
typedef int (*fold_cb)(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run);

/* Feed the terms of text, in order.  Bytes that are not UTF-8 separate words.  Gives cb's code. */
CHECKED int fold_terms(struct bytes text, fold_cb cb, void *arg);

/* How many terms that gives. */
size_t fold_count(struct bytes text);
