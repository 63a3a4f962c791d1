/* The router: which file answers, in which form, and the response around what it said. */
#include "node/api/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "node/api/answer.h"
#include "node/base/must.h"

/* ---- which form (RFC 9110 12.5.1) ---- */

static struct bytes cut(struct bytes *rest, char at)
{
	const uint8_t *found = memchr(rest->data, at, rest->len);
	size_t len = found != NULL ? (size_t)(found - rest->data) : rest->len;
	struct bytes piece = bytes_of(rest->data, len);
	size_t skip = found != NULL ? len + 1 : len;
	*rest = bytes_of(rest->data + skip, rest->len - skip);
	while (piece.len > 0 && (piece.data[0] == ' ' || piece.data[0] == '\t'))
		piece = bytes_of(piece.data + 1, piece.len - 1);
	while (piece.len > 0 && (piece.data[piece.len - 1] == ' ' || piece.data[piece.len - 1] == '\t'))
		piece.len--;
	return piece;
}

static bool same_word(struct bytes a, const char *b)
{
	return a.len == strlen(b) && strncasecmp((const char *)a.data, b, a.len) == 0;
}

/* "q=0.8" in thousandths; what cannot be read is 0. */
static int quality(struct bytes value)
{
	int n = 0;
	int scale = 1000;
	bool point = false;
	for (size_t i = 0; i < value.len && i < 5; i++) {
		if (value.data[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (value.data[i] < '0' || value.data[i] > '9')
			return 0;
		if (point)
			scale /= 10;
		n += (value.data[i] - '0') * scale;
	}
	return n > 1000 ? 1000 : n;
}

/* The quality of a type in an Accept value; the most specific range counts. */
static int accepted(struct bytes accept, const char *type, const char *group)
{
	int best = 0;
	int specific = 0;
	while (accept.len > 0) {
		struct bytes item = cut(&accept, ',');
		struct bytes range = cut(&item, ';');
		int rank = same_word(range, type) ? 3 : same_word(range, group) ? 2 : same_word(range, "*/*") ? 1 : 0;
		int q = 1000;
		while (item.len > 0) {
			struct bytes parameter = cut(&item, ';');
			if (parameter.len > 2 && (parameter.data[0] | 0x20) == 'q' && parameter.data[1] == '=')
				q = quality(bytes_of(parameter.data + 2, parameter.len - 2));
		}
		if (rank > specific) {
			specific = rank;
			best = q;
		}
	}
	return best;
}

/* JSON wins a tie, and when neither is asked for. */
static bool prefers_text(const struct http_request *request)
{
	struct bytes accept = http_header(request, "Accept");
	if (accept.len == 0)
		return false;
	return accepted(accept, "text/plain", "text/*") > accepted(accept, "application/json", "application/*");
}

/* ---- which file ---- */

static const struct {
	const char *path;
	void (*answer)(struct answer *a);
} routes[] = {
	{ "/", index_answer },
	{ "/api/v1/search", search_answer },
	{ "/api/v1/heads", heads_answer },
	{ "/api/v1/peers", peers_answer },
	{ "/api/v1/status", status_answer },
	{ "/metrics", metrics_answer },
	{ "/healthz", alive_answer },
	{ "/readyz", ready_answer },
};

#define RECORDS "/api/v1/records/"

static bool ends_with(struct bytes text, const char *end)
{
	size_t len = strlen(end);
	return text.len > len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* A reference may have its slashes written as they are or as %2F: everything up to a last word of ours is it. */
static bool route_record(struct answer *a, struct bytes path)
{
	size_t prefix = strlen(RECORDS);
	if (path.len <= prefix || memcmp(path.data, RECORDS, prefix) != 0)
		return false;
	struct bytes reference = bytes_of(path.data + prefix, path.len - prefix);
	if (ends_with(reference, "/proof")) {
		reference.len -= strlen("/proof");
		proof_answer(a, reference);
	} else if (ends_with(reference, "/revisions")) {
		reference.len -= strlen("/revisions");
		revisions_answer(a, reference);
	} else {
		record_answer(a, reference);
	}
	return true;
}

static bool is_route(struct bytes path)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (bytes_equal(path, bytes_str(routes[i].path)))
			return true;
	return path.len > strlen(RECORDS) && memcmp(path.data, RECORDS, strlen(RECORDS)) == 0;
}

static void route(struct answer *a)
{
	struct bytes path = a->request->path;
	struct bytes method = a->request->method;
	if (!is_route(path)) {
		problem_set(a, 404, "nothing is at this address; / lists what there is");
		return;
	}
	if (!bytes_equal(method, bytes_str("GET")) && !bytes_equal(method, bytes_str("HEAD"))) {
		problem_set(a, 405, "this address takes GET and HEAD only");
		a->allow = "GET, HEAD";
		return;
	}
	if (a->request->query.len > 4 * QUERY_MAX) {
		problem_set(a, 400, "the query is longer than %d bytes", 4 * QUERY_MAX);
		return;
	}
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (bytes_equal(path, bytes_str(routes[i].path))) {
			routes[i].answer(a);
			return;
		}
	}
	must(route_record(a, path));
}

/* ---- the response ---- */

/* RFC 9110 5.6.7. */
static void put_date(struct buf *out, uint64_t wall_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm utc;
	if (wall_ms == 0 || wall_ms / 1000 > 253402300799u || gmtime_r(&seconds, &utc) == NULL)
		return;
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
	           utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static const char *type_of(const struct answer *a)
{
	if (a->type != NULL)
		return a->type;
	return a->text ? "text/plain; charset=utf-8" : "application/json";
}

static void put_response(const struct answer *a, bool keep_alive, bool head_only, struct buf *out)
{
	buf_printf(out, "HTTP/1.1 %d %s\r\n", a->status, problem_title(a->status));
	put_date(out, a->context->wall_ms);
	buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type_of(a), a->body.len);
	buf_printf(out, "Cache-Control: %s\r\nVary: Accept\r\nX-Content-Type-Options: nosniff\r\n", a->cache);
	if (a->allow != NULL)
		buf_printf(out, "Allow: %s\r\n", a->allow);
	if (a->retry)
		buf_add_str(out, "Retry-After: 1\r\n");
	if (a->counted)
		buf_printf(out, "Normlink-Total: %" PRIu64 "\r\n", a->total);
	if (a->file != NULL)
		buf_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", a->file);
	if (a->page)
		buf_add_str(out, "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
		                 "base-uri 'none'; frame-ancestors 'none'\r\n"
		                 "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n");
	if (!keep_alive)
		buf_add_str(out, "Connection: close\r\n");
	buf_add_str(out, "\r\n");
	if (!head_only)
		buf_add_bytes(out, buf_bytes(&a->body));
}

int api_answer(const struct http_request *request, const struct api_context *context, struct arena *arena,
               struct buf *out)
{
	must(request != NULL && context != NULL && arena != NULL && out != NULL);
	struct answer a = { .request = request, .context = context, .arena = arena, .status = 200, .cache = "no-cache" };
	a.text = prefers_text(request);
	route(&a);
	if (a.begun)
		context->view->end(context->view->ctx);
	put_response(&a, request->keep_alive, bytes_equal(request->method, bytes_str("HEAD")), out);
	arena_free(&a.found);
	buf_free(&a.body);
	return a.status;
}

static void put_problem(bool text, int http_status, const char *detail, bool close, struct buf *out)
{
	struct api_context nobody = { 0 };
	struct answer a = { .context = &nobody, .text = text };
	problem_set(&a, http_status, "%s", detail);
	put_response(&a, !close, false, out);
	buf_free(&a.body);
}

void api_refuse(const struct http_request *request, int http_status, const char *detail, bool close, struct buf *out)
{
	put_problem(prefers_text(request), http_status, detail, close, out);
}

void api_problem(int http_status, const char *detail, bool close, struct buf *out)
{
	put_problem(false, http_status, detail, close, out);
}
