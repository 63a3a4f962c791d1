/* iso_text: a text with the markup of a web page to lines of plain text.
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/bytes.h"

/* Tags go, those of paragraphs, lists and breaks leave a line end; entities become their characters; the rest is
 * cleaned as clean_lines() does.  What only looks like markup ("a < b") stays. */
struct bytes iso_text_plain(struct arena *arena, struct bytes text);
