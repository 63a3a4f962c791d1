/* tile_path: one spelling for each thing, and nothing for every other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/tile_path.h"

static void good_paths(void **state)
{
	static const struct {
		const char *path;
		struct tile_path is;
	} good[] = {
		{ "checkpoint", { TILE_CHECKPOINT, 0, 0, 0 } },
		{ "tile/0/000", { TILE_HASHES, 0, 0, 256 } },
		{ "tile/0/273", { TILE_HASHES, 0, 273, 256 } },
		{ "tile/0/999", { TILE_HASHES, 0, 999, 256 } },
		{ "tile/0/x001/000", { TILE_HASHES, 0, 1000, 256 } },
		{ "tile/1/x001/x234/067", { TILE_HASHES, 1, 1234067, 256 } },
		{ "tile/63/000", { TILE_HASHES, 63, 0, 256 } },
		{ "tile/10/000", { TILE_HASHES, 10, 0, 256 } },
		{ "tile/0/000.p/1", { TILE_HASHES, 0, 0, 1 } },
		{ "tile/0/x001/x234/067.p/255", { TILE_HASHES, 0, 1234067, 255 } },
		{ "tile/2/000.p/10", { TILE_HASHES, 2, 0, 10 } },
		{ "tile/entries/000", { TILE_ENTRIES, 0, 0, 256 } },
		{ "tile/entries/x012/345.p/100", { TILE_ENTRIES, 0, 12345, 100 } },
		{ "payload/000", { TILE_PAYLOAD, 0, 0, 0 } },
		{ "payload/x001/x234/067", { TILE_PAYLOAD, 0, 1234067, 0 } },
		{ "tile/0/x999/x999/x999/x999/x999/999", { TILE_HASHES, 0, UINT64_C(999999999999999999), 256 } },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct tile_path path;
		if (!tile_path_read(bytes_str(good[i].path), &path))
			fail_msg("refused: %s", good[i].path);
		if (path.kind != good[i].is.kind || path.level != good[i].is.level || path.n != good[i].is.n ||
		    path.width != good[i].is.width)
			fail_msg("%s was read as kind %d level %u n %llu width %u", good[i].path, (int)path.kind, path.level,
			         (unsigned long long)path.n, path.width);
	}
}

static const char *const bad[] = {
	"",
	"/",
	"checkpoint/",
	"/checkpoint",
	"Checkpoint",
	"checkpoints",
	"checkpoin",
	"checkpoint.p/1",
	/* levels */
	"tile",
	"tile/",
	"tile/0",
	"tile/0/",
	"tile/00/000",
	"tile/01/000",
	"tile/64/000",
	"tile/063/000",
	"tile/100/000",
	"tile/-1/000",
	"tile/+1/000",
	"tile//000",
	"tile/x/000",
	"tile/0x1/000",
	"tile/ 0/000",
	"tile/data/000",
	"tile/8/0/000",
	"tile/1e1/000",
	"tile/18446744073709551616/000",
	/* indexes */
	"tile/0/0",
	"tile/0/00",
	"tile/0/1",
	"tile/0/0000",
	"tile/0/1000",
	"tile/0/x000/001",
	"tile/0/x000/x000/001",
	"tile/0/x000/x001/000",
	"tile/0/x001",
	"tile/0/x001/",
	"tile/0/x001/x002",
	"tile/0/001/000",
	"tile/0/x001000",
	"tile/0/X001/000",
	"tile/0/x01/000",
	"tile/0/x0001/000",
	"tile/0/x001/00",
	"tile/0/x001/0000",
	"tile/0/x001//000",
	"tile/0/00a",
	"tile/0/-01",
	"tile/0/ 01",
	"tile/0/000/",
	"tile/0/000/000",
	"tile/0/%30%30%30",
	"tile/0/00%30",
	"tile/0/x001/x000/x000/x000/x000/x000/000",
	"tile/0/x999/x999/x999/x999/x999/x999/999",
	/* widths */
	"tile/0/000.p",
	"tile/0/000.p/",
	"tile/0/000.p/0",
	"tile/0/000.p/00",
	"tile/0/000.p/01",
	"tile/0/000.p/256",
	"tile/0/000.p/257",
	"tile/0/000.p/1000",
	"tile/0/000.p/999",
	"tile/0/000.p/-1",
	"tile/0/000.p/+1",
	"tile/0/000.p/1/",
	"tile/0/000.p/1.p/1",
	"tile/0/000.P/1",
	"tile/0/000p/1",
	"tile/0/000/.p/1",
	"tile/0/000..p/1",
	"tile/0/000.p/1a",
	"tile/0/000.p/%31",
	"tile/0/x001.p/1/000",
	"tile/0/.p/1",
	/* entries */
	"tile/entries",
	"tile/entries/",
	"tile/entries/0",
	"tile/entries/0000",
	"tile/entries/x000/001",
	"tile/entries/000.p/0",
	"tile/entries/000.p/256",
	"tile/entries/0/000",
	"tile/Entries/000",
	"tile/entries//000",
	"entries/000",
	"tile/entries/../0/000",
	"tile/0/../../checkpoint",
	"./checkpoint",
	"tile/./0/000",
	/* payloads */
	"payload",
	"payload/",
	"payload/0",
	"payload/1000",
	"payload/x000/001",
	"payload/000.p/1",
	"payload/000/",
	"payloads/000",
	"payload/x001",
	"tile/payload/000",
};

static void other_spellings(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tile_path path;
		if (tile_path_read(bytes_str(bad[i]), &path))
			fail_msg("taken: %s", bad[i]);
	}
}

/* Any byte put in place of any other makes another path, or none. */
static void every_byte_counts(void **state)
{
	static const char path[] = "tile/0/x001/234.p/15";
	struct tile_path is;
	assert_true(tile_path_read(bytes_str(path), &is));
	for (size_t at = 0; path[at] != '\0'; at++) {
		for (int c = 0; c < 256; c++) {
			char changed[sizeof path];
			struct tile_path read;
			memcpy(changed, path, sizeof path);
			if (changed[at] == (char)c)
				continue;
			changed[at] = (char)c;
			if (tile_path_read(bytes_of(changed, sizeof path - 1), &read) && read.kind == is.kind &&
			    read.level == is.level && read.n == is.n && read.width == is.width)
				fail_msg("byte %zu as 0x%02x says the same", at, c);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_paths),
		cmocka_unit_test(other_spellings),
		cmocka_unit_test(every_byte_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
