#include "node/cli/events.h"

#include <string.h>

#include "node/base/limits.h"

/* The value of a field: what follows the colon, and one blank. */
static struct bytes value_of(struct bytes line, size_t colon)
{
	size_t skip = colon < line.len ? colon + 1 : line.len;
	if (skip < line.len && line.data[skip] == ' ')
		skip++;
	return bytes_of(line.data + skip, line.len - skip);
}

static void set(struct buf *field, struct bytes value)
{
	buf_reset(field);
	buf_add_bytes(field, value);
}

static int end_block(struct event_reader *r, struct err *err)
{
	struct event_block block = { buf_str(&r->id), buf_str(&r->event), buf_bytes(&r->data) };
	if (block.data.len > 0)
		block.data.len--; /* each line of it ended with LF */
	int rc = r->block_cb(r->arg, &block, err);
	buf_reset(&r->event);
	buf_reset(&r->data);
	return rc;
}

static int take_line(struct event_reader *r, struct err *err)
{
	struct bytes line = buf_bytes(&r->line);
	if (line.len == 0)
		return end_block(r, err);
	const uint8_t *at = memchr(line.data, ':', line.len);
	size_t colon = at != NULL ? (size_t)(at - line.data) : line.len;
	struct bytes name = bytes_of(line.data, colon), value = value_of(line, colon);
	if (colon == 0) {
		struct buf text = { 0 };
		set(&text, value);
		r->comment_cb(r->arg, buf_str(&text));
		buf_free(&text);
	} else if (bytes_equal(name, bytes_str("data"))) {
		if (r->data.len + value.len >= EVENT_BYTES_MAX)
			return err_set(err, ERR_LIMIT, "an event of more than %d bytes", EVENT_BYTES_MAX);
		buf_add_bytes(&r->data, value);
		buf_add_char(&r->data, '\n');
	} else if (bytes_equal(name, bytes_str("event"))) {
		set(&r->event, value);
	} else if (bytes_equal(name, bytes_str("id")) && memchr(value.data, '\0', value.len) == NULL) {
		set(&r->id, value);
	}
	return OK;
}

int events_read(struct event_reader *r, struct bytes piece, struct err *err)
{
	for (size_t i = 0; i < piece.len; i++) {
		char c = (char)piece.data[i];
		bool second = c == '\n' && r->after_cr; /* CR LF is one end of a line */
		r->after_cr = c == '\r';
		if (second)
			continue;
		if (c != '\n' && c != '\r') {
			if (r->line.len == EVENT_BYTES_MAX)
				return err_set(err, ERR_LIMIT, "a line of more than %d bytes", EVENT_BYTES_MAX);
			buf_add_char(&r->line, c);
			continue;
		}
		int rc = take_line(r, err);
		buf_reset(&r->line);
		if (rc != OK)
			return rc;
	}
	return OK;
}

void events_again(struct event_reader *r)
{
	buf_reset(&r->line);
	buf_reset(&r->event);
	buf_reset(&r->data);
	r->after_cr = false;
}

void events_free(struct event_reader *r)
{
	events_again(r);
	buf_free(&r->line);
	buf_free(&r->id);
	buf_free(&r->event);
	buf_free(&r->data);
}
