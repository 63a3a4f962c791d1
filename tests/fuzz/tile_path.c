/* tile_path: what stands behind a log's prefix in anybody's request.  What is taken has one spelling: writing it gives
 * the same bytes. */
#include <stdio.h>

#include "node/api/tile_path.h"
#include "node/base/buf.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_index(struct buf *out, uint64_t n)
{
	char groups[8][8];
	size_t count = 0;
	do {
		(void)snprintf(groups[count], sizeof groups[count], "%s%03u", count > 0 ? "x" : "", (unsigned)(n % 1000));
		n /= 1000;
		count++;
	} while (n > 0);
	while (count-- > 0)
		buf_printf(out, "%s%s", groups[count], count > 0 ? "/" : "");
}

static void write_path(struct buf *out, const struct tile_path *p)
{
	if (p->kind == TILE_CHECKPOINT) {
		buf_add_str(out, "checkpoint");
		return;
	}
	if (p->kind == TILE_HASHES)
		buf_printf(out, "tile/%u/", p->level);
	else
		buf_add_str(out, p->kind == TILE_ENTRIES ? "tile/entries/" : "payload/");
	write_index(out, p->n);
	if (p->kind != TILE_PAYLOAD && p->width < 256)
		buf_printf(out, ".p/%u", p->width);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tile_path path;
	struct buf written = { 0 };
	if (!tile_path_read(bytes_of(data, size), &path))
		return 0;
	must(path.level <= 63 && path.n < UINT64_C(1000000000000000000) && path.width <= 256);
	must((path.kind == TILE_HASHES || path.kind == TILE_ENTRIES) == (path.width > 0));
	write_path(&written, &path);
	must(bytes_equal(buf_bytes(&written), bytes_of(data, size)));
	buf_free(&written);
	return 0;
}
