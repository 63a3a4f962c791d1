/* json_map: what writing and reading a message as JSON share (proto/README.md, clause 3).
 * Thread: any.  Inside proto/ only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"

/* Whole numbers above this are written as decimal strings: many readers of JSON keep numbers as doubles. */
#define JSON_WHOLE_MAX UINT64_C(9007199254740991)

#define JSON_UNKNOWN "_unknown"

/* jansson goes down as deep as its text does: are there more than JSON_DEPTH_MAX levels? */
bool json_too_deep(struct bytes text);
