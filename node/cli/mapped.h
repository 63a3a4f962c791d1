/* mapped: the mapping that a person names: one that the program brings along, or a file.
 * Thread: main's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/ingest/mapping.h"

/* An included mapping by its name, else a file.  *out is NULL for one that needs none (ISO Open Data is recognised).
 * ERR_NOT_FOUND, ERR_INVALID with what is wrong where, ERR_LIMIT, ERR_IO. */
CHECKED int mapped_load(const char *name, struct mapping **out, struct err *err);

/* "--mapping list": their names and titles; with a name, what its file says.  ERR_NOT_FOUND. */
CHECKED int mapped_list(const char *name, struct buf *out, struct err *err);
