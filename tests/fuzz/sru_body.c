/* sru_body: bodies of POST /sru, as a form (first byte even) or as SOAP: an answer every time, and XML. */
#include "node/api/api.h"
#include "tests/api/toy_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct toy toy;
static struct view view;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const heads[] = {
		"POST /sru HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n",
		"POST /sru HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n\r\n",
	};
	static struct http_request r;
	size_t used;
	if (toy.count == 0) {
		toy_open(&toy);
		toy_fill(&toy);
		view = toy_view(&toy);
	}
	if (size == 0)
		return 0;
	must(http_read_head(bytes_str(heads[data[0] & 1]), &r, &used, NULL) == OK);
	r.body = bytes_of(data + 1, size - 1);
	const struct api_context context = { .view = &view, .version = "0", .wall_ms = 1767225600000, .writable = true };
	struct arena arena = { 0 };
	struct buf answer = { 0 };
	int status = api_answer(&r, &context, &arena, &answer);
	must(status == 200 || status == 500);
	must(strstr(buf_str(&answer), "\r\n\r\n<?xml ") != NULL && toy.begun == toy.ended);
	arena_free(&arena);
	buf_free(&answer);
	return 0;
}
