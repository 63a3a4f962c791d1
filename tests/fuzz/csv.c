/* Tables of text: any bytes in any encoding, cut into pieces of any size; it ends, and what is given was there. */
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/csv.h"
#include "tests/ingest/pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char separators[] = { 0, ',', ';', '\t' };
	if (size < 2)
		return 0;
	struct pieces p = { .rest = bytes_of(data + 2, size - 2), .step = (size_t)data[0] + 1 };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	struct csv c;
	struct csv_row row;
	size_t total = 0;
	int rc = csv_open(&c, &stream, (enum charset_name)(data[1] % 5), separators[(data[1] / 5) % 4], NULL);
	must(rc == OK);
	while ((rc = csv_next(&c, &row, NULL)) != ERR_CLOSED) {
		must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
		for (size_t i = 0; rc == OK && i < row.count; i++)
			total += row.cells[i].len;
	}
	must(c.text.bytes == size - 2 && total <= 3 * size + 16 && c.lines <= 3 * size + 16);
	csv_close(&c);
	return 0;
}
