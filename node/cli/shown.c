#include "node/cli/shown.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/api/text.h"

void shown_put(struct bytes text, struct buf *out)
{
	while (text.len > 0) {
		const uint8_t *lf = memchr(text.data, '\n', text.len);
		size_t len = lf != NULL ? (size_t)(lf - text.data) : text.len, used = lf != NULL ? len + 1 : len;
		text_put_bytes(out, bytes_of(text.data, len));
		if (lf != NULL)
			buf_add_char(out, '\n');
		text = bytes_of(text.data + used, text.len - used);
	}
}

bool shown_print(struct bytes text)
{
	struct buf shown = { 0 };
	if (isatty(STDOUT_FILENO) == 1) {
		shown_put(text, &shown);
		text = buf_bytes(&shown);
	}
	bool good = text.len == 0 || fwrite(text.data, 1, text.len, stdout) == text.len;
	buf_free(&shown);
	return good;
}
