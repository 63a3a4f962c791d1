/* events: a stream from a node that may be anybody's: read at once and byte by byte it says the same. */
#include "node/cli/events.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *arg, const struct event_block *block, struct err *err)
{
	struct buf *out = arg;
	buf_printf(out, "%s|%s|", block->id, block->event);
	buf_add_bytes(out, block->data);
	(void)err;
	return OK;
}

static void hear(void *arg, const char *text)
{
	buf_add_str(arg, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, single = { 0 };
	struct event_reader r = { .block_cb = take, .comment_cb = hear, .arg = &whole };
	struct event_reader s = { .block_cb = take, .comment_cb = hear, .arg = &single };
	must(events_read(&r, bytes_of(data, size), NULL) == OK);
	for (size_t i = 0; i < size; i++)
		must(events_read(&s, bytes_of(data + i, 1), NULL) == OK);
	must(bytes_equal(buf_bytes(&whole), buf_bytes(&single)));
	events_free(&r);
	events_free(&s);
	buf_free(&whole);
	buf_free(&single);
	return 0;
}
