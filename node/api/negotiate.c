#include "node/api/negotiate.h"

#include <string.h>
#include <strings.h>

enum { UNSAID = -1, QUALITY_ONE = 1000 };

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
	int scale = QUALITY_ONE;
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
	return n > QUALITY_ONE ? QUALITY_ONE : n;
}

static int quality_of_item(struct bytes parameters)
{
	int q = QUALITY_ONE;
	while (parameters.len > 0) {
		struct bytes parameter = cut(&parameters, ';');
		if (parameter.len > 2 && (parameter.data[0] | 0x20) == 'q' && parameter.data[1] == '=')
			q = quality(bytes_of(parameter.data + 2, parameter.len - 2));
	}
	return q;
}

/* What one header line says of a form, from its most specific name to its least; the most specific one counts. */
static void look(struct bytes list, const char *const names[3], int *specific, int *best)
{
	while (list.len > 0) {
		struct bytes item = cut(&list, ',');
		struct bytes range = cut(&item, ';');
		int rank = 0;
		for (int i = 0; i < 3 && rank == 0; i++)
			rank = names[i] != NULL && same_word(range, names[i]) ? 3 - i : 0;
		if (rank > *specific) {
			*specific = rank;
			*best = quality_of_item(item);
		}
	}
}

/* The quality of a form in all lines by that header's name (RFC 9110 5.2: they are one list); UNSAID when none is of
 * it. */
static int accepted(const struct http_request *r, const char *header, const char *const names[3])
{
	int specific = 0;
	int best = UNSAID;
	for (size_t i = 0; i < r->header_count; i++)
		if (same_word(r->headers[i].name, header))
			look(r->headers[i].value, names, &specific, &best);
	return best;
}

bool negotiate_text(const struct http_request *request)
{
	static const char *const text[3] = { "text/plain", "text/*", "*/*" };
	static const char *const json[3] = { "application/json", "application/*", "*/*" };
	int q = accepted(request, "Accept", text);
	return q > 0 && q > accepted(request, "Accept", json);
}

bool negotiate_events(const struct http_request *request)
{
	static const char *const events[3] = { "text/event-stream", NULL, NULL };
	return accepted(request, "Accept", events) > 0;
}

/* A form that is asked for by its own name, and liked no less than text and JSON. */
static bool by_name(const struct http_request *request, const char *name)
{
	const char *const own[3] = { name, NULL, NULL };
	static const char *const text[3] = { "text/plain", "text/*", "*/*" };
	static const char *const json[3] = { "application/json", "application/*", "*/*" };
	int q = accepted(request, "Accept", own);
	return q > 0 && q >= accepted(request, "Accept", text) && q >= accepted(request, "Accept", json);
}

bool negotiate_csv(const struct http_request *request)
{
	return by_name(request, "text/csv");
}

bool negotiate_ld(const struct http_request *request)
{
	return by_name(request, "application/ld+json");
}

bool negotiate_html(const struct http_request *request)
{
	return by_name(request, "text/html");
}

/* RFC 9110 12.5.3. */
bool negotiate_gzip(const struct http_request *request)
{
	static const char *const packed[3] = { "gzip", NULL, "*" };
	static const char *const as_it_is[3] = { "identity", NULL, NULL };
	int q = accepted(request, "Accept-Encoding", packed);
	return q > 0 && q >= accepted(request, "Accept-Encoding", as_it_is);
}
