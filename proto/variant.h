/* variant: characters that are written in two ways and mean one: which of both stands for them in search terms
 * (proto/README.md, clause 5): the simplified form of a Han character, Hiragana for Katakana.
 *
 * A table of data with its source: han_variants.tsv.
 * Thread: any.
 */
#pragma once

#include <stdint.h>

/* The character that stands for this one, mostly itself; folded once, it stays. */
uint32_t variant_fold(uint32_t code);
