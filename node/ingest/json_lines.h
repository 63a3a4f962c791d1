/* json_lines: JSON as people write it, a list of objects or objects over many lines, as a stream of one object a line.
 *
 * Only blanks between tokens are changed, and the list's own brackets and commas go: what is no JSON stays so, and is
 * refused by who reads the lines.  Their numbers count values, not the file's lines.
 * Knows: strings and brackets.  Must not know: what a value says.
 * Thread: the caller's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"
#include "node/ingest/source.h"

struct json_lines {
	struct stream stream; /* what to read; ERR_CORRUPT at the end of a text that ends in its middle */
	struct stream *under; /* borrowed */
	struct buf out;
	size_t given;                 /* of out */
	bool begun, list, after_list; /* a value or bracket was met; it is a list's; the list has ended */
	bool value, string, escape;   /* inside which the next byte stands */
	size_t depth;                 /* brackets that are open inside the value */
	size_t mark;                  /* bytes of a byte order mark that were met */
	bool ended;
};

void json_lines_open(struct json_lines *j, struct stream *under);
void json_lines_close(struct json_lines *j);
