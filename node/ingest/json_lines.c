#include "node/ingest/json_lines.h"

#include <string.h>

enum { READ_CHUNK = 64 * 1024 };

static void end_value(struct json_lines *j)
{
	buf_add_char(&j->out, '\n');
	j->value = false;
	j->depth = 0;
}

/* A byte between values; false: it begins one. */
static bool between(struct json_lines *j, char c)
{
	static const char bom[] = "\xef\xbb\xbf";
	if (strchr(" \t\r\n", c) != NULL && c != '\0')
		return true;
	if (!j->begun && j->mark < 3 && c == bom[j->mark]) {
		j->mark++;
		return true;
	}
	bool opens = !j->begun && c == '[', parts = j->list && !j->after_list && (c == ',' || c == ']');
	j->begun = true;
	j->list |= opens;
	j->after_list |= parts && c == ']';
	return opens || parts;
}

static void inside(struct json_lines *j, char c)
{
	if (j->string) {
		j->string = c != '"' || j->escape;
		j->escape = c == '\\' && !j->escape;
		buf_add_char(&j->out, c);
		return;
	}
	if (j->depth == 0 && j->list && (c == ',' || c == ']')) { /* the end of a number or word of the list */
		end_value(j);
		j->after_list |= c == ']';
		return;
	}
	j->string = c == '"';
	j->depth += c == '{' || c == '[';
	j->depth -= (c == '}' || c == ']') && j->depth > 0;
	buf_add_char(&j->out, c == '\n' || c == '\r' ? ' ' : c);
	if ((c == '}' || c == ']') && j->depth == 0)
		end_value(j);
}

static void take(struct json_lines *j, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		char c = (char)bytes.data[i];
		if (!j->value && between(j, c))
			continue;
		j->value = true;
		inside(j, c);
	}
}

static int fill(struct json_lines *j, struct err *err)
{
	uint8_t chunk[READ_CHUNK];
	size_t got = 0;
	buf_reset(&j->out);
	j->given = 0;
	int rc = j->under->read_cb(j->under->arg, chunk, sizeof chunk, &got, err);
	if (rc != OK)
		return rc;
	take(j, bytes_of(chunk, got));
	j->ended = got == 0;
	j->stream.done = j->under->done;
	if (j->ended && ((j->list && !j->after_list) || (j->value && (j->depth > 0 || j->string))))
		return err_set(err, ERR_CORRUPT, "the JSON text ends in its middle");
	return OK;
}

static int read_lines(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct json_lines *j = arg;
	int rc = OK;
	while (rc == OK && j->given == j->out.len && !j->ended)
		rc = fill(j, err);
	size_t n = j->out.len - j->given < room ? j->out.len - j->given : room;
	if (n > 0)
		memcpy(place, j->out.data + j->given, n);
	j->given += n;
	*got = n;
	return rc;
}

void json_lines_open(struct json_lines *j, struct stream *under)
{
	*j = (struct json_lines){ .under = under };
	j->stream = (struct stream){ .arg = j, .read_cb = read_lines, .done = under->done, .total = under->total };
}

void json_lines_close(struct json_lines *j)
{
	buf_free(&j->out);
}
