/* http_head: the first bytes of anybody who connects. */
#include <strings.h>

#include "node/api/http.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(struct bytes part, const uint8_t *data, size_t size)
{
	return part.len == 0 || (part.data >= data && part.data + part.len <= data + size);
}

/* What was taken has one meaning: one end, no body length said twice, no line that another reader would fold. */
static void check(const struct http_request *r, const uint8_t *data, size_t used)
{
	size_t lengths = 0;
	must(used >= 4 && memcmp(data + used - 4, "\r\n\r\n", 4) == 0);
	must(inside(r->method, data, used) && inside(r->target, data, used));
	must(inside(r->path, data, used) && inside(r->query, data, used));
	must(r->method.len > 0 && r->path.len > 0 && r->header_count <= HTTP_HEADERS_MAX);
	for (size_t i = 0; i < r->header_count; i++) {
		struct bytes name = r->headers[i].name;
		must(inside(name, data, used) && inside(r->headers[i].value, data, used));
		must(memchr(name.data, ' ', name.len) == NULL && memchr(name.data, ':', name.len) == NULL);
		lengths += name.len == 14 && strncasecmp((const char *)name.data, "Content-Length", 14) == 0;
	}
	must(lengths <= 1 && (http_header(r, "Transfer-Encoding").len > 0) == r->chunked && (lengths == 0 || !r->chunked));
	must(lengths == 1 || r->content_length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request r;
	struct err err = { 0 };
	size_t used = 0;
	int rc = http_read_head(bytes_of(data, size), &r, &used, &err);
	if (rc == ERR_NOT_READY)
		must(size < HTTP_HEAD_MAX);
	else if (rc != OK)
		must(err.text[0] != '\0' && http_status_of(rc) >= 400);
	if (rc != OK)
		return 0;
	must(used <= size);
	check(&r, data, used);
	char decoded[256];
	struct bytes query = r.query, name, value;
	while (http_parameter_next(&query, &name, &value))
		if (http_decode(value, true, decoded, sizeof decoded) == OK)
			must(strlen(decoded) <= value.len);
	return 0;
}
