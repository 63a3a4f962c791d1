/* cluster: one base character with what follows it and changes it, normalised.
 *
 * The slow but complete way from text to folded characters (proto/README.md, clause 5): NFKC with full case folding,
 * marks stripped where letters shed them, invisible characters dropped.  No memory of its own, whatever the text.
 * Thread: any.  Inside proto/ only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

enum {
	CLUSTER_CHARS_MAX = 16,  /* of the text; what follows begins another cluster */
	CLUSTER_CODES_MAX = 512, /* one character becomes at most 18 */
};

struct cluster {
	size_t used;  /* bytes taken from the text */
	size_t count; /* may be 0: an invisible character */
	int32_t codes[CLUSTER_CODES_MAX];
};

enum char_class {
	CHAR_OTHER, /* separates */
	CHAR_WORD,  /* letters and digits that make words */
	CHAR_CJK,   /* Han, Kana, Hangul, Bopomofo */
	CHAR_MARK,  /* belongs to what stands before it */
};

/* Read the cluster at the front of text, whose first character, of the given code and size, was read already. */
void cluster_read(struct bytes text, uint32_t code, size_t size, struct cluster *out);

enum char_class char_class_of(uint32_t code);

/* Latin, Greek, Cyrillic: letters whose marks are stripped. */
bool char_sheds_marks(uint32_t code);

/* Would the character at the front of text, after one of this code, change it?  For Kana and Hangul only. */
bool char_joined_next(uint32_t code, struct bytes text);
