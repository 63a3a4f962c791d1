/* records: small valid payloads, no two alike. */
#pragma once

#include <stdint.h>

#include "node/base/buf.h"

/* Append a SignedRecord; the same number gives the same bytes. */
void records_write(uint64_t number, struct buf *out);
