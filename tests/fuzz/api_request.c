/* api_request: whole requests to the api, over a toy view: an answer every time, and one that says how long it is. */
#include "node/api/api.h"
#include "tests/api/toy_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct toy toy;
static struct view view;

static void check(struct buf *answer, int status, bool head_only)
{
	const char *text = buf_str(answer);
	const char *body = strstr(text, "\r\n\r\n");
	const char *length = strstr(text, "Content-Length: ");
	must(status >= 200 && status < 600 && strtol(text + 9, NULL, 10) == status);
	bool measured = length != NULL && body != NULL && length < body;
	must(body != NULL && (measured || head_only || status == 304));
	must(head_only || !measured || strtoul(length + 16, NULL, 10) == answer->len - (size_t)(body + 4 - text));
	must(toy.begun == toy.ended);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request r;
	size_t used;
	if (toy.count == 0) {
		toy_open(&toy);
		toy_fill(&toy);
		view = toy_view(&toy);
	}
	if (http_read_head(bytes_of(data, size), &r, &used, NULL) != OK)
		return 0;
	const struct api_context context = { .view = &view,
		                                 .own_log = &toy.digest,
		                                 .mirror = skey_public(toy.witness),
		                                 .version = "0",
		                                 .wall_ms = 1767225600000,
		                                 .writable = true };
	struct arena arena = { 0 };
	struct buf answer = { 0 };
	int status = api_answer(&r, &context, &arena, &answer);
	check(&answer, status, bytes_equal(r.method, bytes_str("HEAD")));
	arena_free(&arena);
	buf_free(&answer);
	return 0;
}
