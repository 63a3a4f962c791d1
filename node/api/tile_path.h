/* tile_path: the paths of tlog-tiles below a log's prefix, read strictly: each thing has one path, and every other
 * spelling is nothing (proto/PROTOCOL.md clause 7.1).
 *
 *     checkpoint    tile/<L>/<N>[.p/<W>]    tile/entries/<N>[.p/<W>]    payload/<N>
 *
 * Knows: C2SP tlog-tiles, "Merkle Tree", "Partial Tiles", "Log entries".  Must not know: what a log holds.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"

enum tile_kind { TILE_CHECKPOINT, TILE_HASHES, TILE_ENTRIES, TILE_PAYLOAD };

struct tile_path {
	enum tile_kind kind;
	unsigned level; /* TILE_HASHES: 0 to 63 */
	uint64_t n;     /* of the tile or bundle; TILE_PAYLOAD: of the entry.  Less than 10^18 */
	unsigned width; /* hashes or entries: 1 to 255 of a partial one, 256 of a full one; 0 for the other kinds */
};

/* Read what follows the prefix and its slash, as it came in the request: an escape is no canonical spelling either.
 * False: there is nothing by that path.  Borrows nothing. */
bool tile_path_read(struct bytes path, struct tile_path *out);
