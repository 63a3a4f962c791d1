#include "node/api/http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto/percent.h"

/* ---- characters ---- */

/* RFC 9110 5.6.2. */
static bool is_token_char(uint8_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

/* RFC 3986: what a path and a query may have, '%' for escapes. */
static bool is_target_char(uint8_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != 0 && strchr("-._~!$&'()*+,;=:@/?%", c) != NULL;
}

/* RFC 9110 5.5: HTAB, SP, VCHAR and obs-text. */
static bool is_value_char(uint8_t c)
{
	return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static bool is_token(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_token_char(text.data[i]))
			return false;
	return text.len > 0;
}

static struct bytes slice(struct bytes text, size_t start, size_t end)
{
	return bytes_of(text.data + start, end - start);
}

static bool equals_nocase(struct bytes text, const char *word)
{
	return text.len == strlen(word) && strncasecmp((const char *)text.data, word, text.len) == 0;
}

static struct bytes trim(struct bytes text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = slice(text, 1, text.len);
	while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* ---- where the head ends ---- */

/* RFC 9112 2.2: lines end in CRLF.  A recipient may take a bare LF and must not take a bare CR; two that choose
 * differently can be played against each other, so both are refused, and at once: nobody waits for the rest. */
static int find_end(struct bytes stream, size_t *end, struct err *err)
{
	size_t limit = stream.len < HTTP_HEAD_MAX ? stream.len : HTTP_HEAD_MAX;
	size_t line = 0; /* where the present line began */
	for (size_t i = 0; i < limit; i++) {
		uint8_t c = stream.data[i];
		if (c == '\r') {
			if (i + 1 == limit)
				break;
			if (stream.data[i + 1] != '\n')
				return err_set(err, ERR_PROTOCOL, "a CR without its LF (RFC 9112 2.2)");
			if (i == 0)
				return err_set(err, ERR_PROTOCOL, "an empty line where the request line should be (RFC 9112 2.2)");
			if (i == line) {
				*end = i + 2;
				return OK;
			}
			line = i + 2;
			i++;
		} else if (!is_value_char(c)) {
			return err_set(err, ERR_PROTOCOL,
			               c == '\n' ? "a LF without its CR (RFC 9112 2.2)"
			                         : "a control character in the head (RFC 9112 2.2)");
		}
	}
	if (stream.len >= HTTP_HEAD_MAX)
		return err_set(err, ERR_LIMIT, "the head of the request is larger than %d bytes", HTTP_HEAD_MAX);
	return ERR_NOT_READY;
}

/* The next line of head from *at, without its CRLF. */
static struct bytes next_line(struct bytes head, size_t *at)
{
	size_t start = *at;
	size_t end = start;
	while (head.data[end] != '\r')
		end++;
	*at = end + 2;
	return slice(head, start, end);
}

/* ---- the request line ---- */

/* RFC 9112 2.3. */
static int read_version(struct bytes version, struct http_request *out, struct err *err)
{
	if (bytes_equal(version, bytes_str("HTTP/1.1"))) {
		out->keep_alive = true;
		return OK;
	}
	if (bytes_equal(version, bytes_str("HTTP/1.0"))) {
		out->keep_alive = false;
		out->old = true;
		return OK;
	}
	bool shape = version.len == 8 && memcmp(version.data, "HTTP/", 5) == 0 && version.data[5] >= '0' &&
	             version.data[5] <= '9' && version.data[6] == '.' && version.data[7] >= '0' && version.data[7] <= '9';
	if (shape)
		return err_set(err, ERR_UNSUPPORTED, "only HTTP/1.1 and HTTP/1.0 are spoken here (RFC 9112 2.3)");
	return err_set(err, ERR_PROTOCOL, "the request line does not end in a version (RFC 9112 3)");
}

/* RFC 9112 3.2.2: an origin server must take the absolute form.  *authority is what stood before the path. */
static int split_absolute(struct http_request *out, struct bytes *authority, struct err *err)
{
	size_t scheme = 0;
	if (out->target.len > 7 && strncasecmp((const char *)out->target.data, "http://", 7) == 0)
		scheme = 7;
	else if (out->target.len > 8 && strncasecmp((const char *)out->target.data, "https://", 8) == 0)
		scheme = 8;
	else
		return err_set(err, ERR_PROTOCOL, "the target is neither a path nor an http URL (RFC 9112 3.2)");
	size_t path = scheme;
	while (path < out->target.len && out->target.data[path] != '/' && out->target.data[path] != '?')
		path++;
	*authority = slice(out->target, scheme, path);
	if (authority->len == 0 || path == out->target.len || out->target.data[path] != '/')
		return err_set(err, ERR_PROTOCOL, "the target's URL has no host or no path (RFC 9112 3.2.2)");
	out->path = slice(out->target, path, out->target.len);
	return OK;
}

static int read_target(struct http_request *out, struct bytes *authority, struct err *err)
{
	for (size_t i = 0; i < out->target.len; i++)
		if (!is_target_char(out->target.data[i]))
			return err_set(err, ERR_PROTOCOL,
			               "byte 0x%02x in the target must be percent-encoded (RFC 3986 2); curl does it with -G "
			               "--data-urlencode",
			               out->target.data[i]);
	if (bytes_equal(out->target, bytes_str("*")) && bytes_equal(out->method, bytes_str("OPTIONS"))) {
		out->path = out->target;
		return OK;
	}
	out->path = out->target;
	if (out->target.len == 0 || out->target.data[0] != '/') {
		int rc = split_absolute(out, authority, err);
		if (rc != OK)
			return rc;
	}
	const uint8_t *mark = memchr(out->path.data, '?', out->path.len);
	if (mark != NULL) {
		size_t at = (size_t)(mark - out->path.data);
		out->query = slice(out->path, at + 1, out->path.len);
		out->path.len = at;
	}
	return OK;
}

/* RFC 9112 3: method SP target SP version, one blank each. */
static int read_request_line(struct bytes line, struct http_request *out, struct bytes *authority, struct err *err)
{
	const uint8_t *first = memchr(line.data, ' ', line.len);
	size_t method = first != NULL ? (size_t)(first - line.data) : 0;
	if (first == NULL || !is_token(slice(line, 0, method)))
		return err_set(err, ERR_PROTOCOL, "the request line does not begin with a method (RFC 9112 3.1)");
	const uint8_t *second = memchr(first + 1, ' ', line.len - method - 1);
	if (second == NULL)
		return err_set(err, ERR_PROTOCOL, "the request line has no version (RFC 9112 3)");
	size_t target = (size_t)(second - line.data);
	out->method = slice(line, 0, method);
	out->target = slice(line, method + 1, target);
	int rc = read_version(slice(line, target + 1, line.len), out, err);
	return rc == OK ? read_target(out, authority, err) : rc;
}

/* ---- header lines ---- */

static int read_header(struct bytes line, struct http_request *out, struct err *err)
{
	if (line.data[0] == ' ' || line.data[0] == '\t')
		return err_set(err, ERR_PROTOCOL, "a folded header line (RFC 9112 5.2)");
	const uint8_t *colon = memchr(line.data, ':', line.len);
	size_t name = colon != NULL ? (size_t)(colon - line.data) : 0;
	if (colon == NULL || !is_token(slice(line, 0, name)))
		return err_set(err, ERR_PROTOCOL,
		               "a header line without a name, or with a blank before its colon (RFC 9112 5.1)");
	if (out->header_count == HTTP_HEADERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d header lines", HTTP_HEADERS_MAX);
	struct http_header *h = &out->headers[out->header_count++];
	h->name = slice(line, 0, name);
	h->value = trim(slice(line, name + 1, line.len));
	return OK;
}

static size_t count_header(const struct http_request *r, const char *name, struct bytes *value)
{
	size_t count = 0;
	for (size_t i = 0; i < r->header_count; i++) {
		if (!equals_nocase(r->headers[i].name, name))
			continue;
		if (count++ == 0)
			*value = r->headers[i].value;
	}
	return count;
}

/* RFC 9112 6.1 to 6.3.  Equal repeated lengths may be taken by the letter of it; other readers take the first, the
 * last or the list, so none is. */
static int read_length(struct http_request *out, struct err *err)
{
	struct bytes value = { 0 };
	struct bytes coding = { 0 };
	size_t lengths = count_header(out, "Content-Length", &value);
	if (count_header(out, "Transfer-Encoding", &coding) > 0) {
		if (out->old) /* RFC 9112 6.1: it is to be treated as if its framing were faulty */
			return err_set(err, ERR_PROTOCOL, "Transfer-Encoding in an HTTP/1.0 request (RFC 9112 6.1)");
		if (lengths > 0)
			return err_set(err, ERR_PROTOCOL, "Content-Length beside Transfer-Encoding (RFC 9112 6.1)");
		if (coding.len != 7 || strncasecmp((const char *)coding.data, "chunked", 7) != 0 ||
		    count_header(out, "Transfer-Encoding", &coding) > 1)
			return err_set(err, ERR_UNSUPPORTED, "a transfer coding other than one chunked (RFC 9112 6.1)");
		out->chunked = true;
		return OK;
	}
	if (lengths == 0)
		return OK;
	if (lengths > 1)
		return err_set(err, ERR_PROTOCOL, "more than one Content-Length (RFC 9112 6.3)");
	if (value.len == 0 || value.len > 18)
		return err_set(err, ERR_PROTOCOL, "Content-Length is empty or too long (RFC 9112 6.2)");
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return err_set(err, ERR_PROTOCOL, "Content-Length is not a number (RFC 9112 6.2)");
		out->content_length = out->content_length * 10 + (uint64_t)(value.data[i] - '0');
	}
	return OK;
}

/* RFC 9110 7.2, RFC 3986 3.2.2: a host and perhaps a port, nobody's name and password. */
static bool is_host(struct bytes host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!is_target_char(host.data[i]) && host.data[i] != '[' && host.data[i] != ']')
			return false;
	return host.len > 0 && memchr(host.data, '/', host.len) == NULL && memchr(host.data, '?', host.len) == NULL &&
	       memchr(host.data, '@', host.len) == NULL && memchr(host.data, ',', host.len) == NULL;
}

/* RFC 9112 3.2; the rule that the target's host wins over a different Host line (3.2.2) is how caches are
 * poisoned: different ones are refused. */
static int check_host(const struct http_request *r, bool required, struct bytes authority, struct err *err)
{
	struct bytes host = { 0 };
	size_t hosts = count_header(r, "Host", &host);
	if (hosts == 0 && !required)
		return OK;
	if (hosts != 1)
		return err_set(err, ERR_PROTOCOL, "%s (RFC 9112 3.2)", hosts == 0 ? "no Host line" : "several Host lines");
	if (!is_host(host))
		return err_set(err, ERR_PROTOCOL, "Host is not a host and port (RFC 9112 3.2)");
	bool same =
	    authority.len == host.len && strncasecmp((const char *)authority.data, (const char *)host.data, host.len) == 0;
	if (authority.len > 0 && !same)
		return err_set(err, ERR_PROTOCOL, "the target and the Host line name different hosts (RFC 9112 3.2.2)");
	return OK;
}

/* RFC 9112 9.3, 9.6: "close" anywhere in the list ends it. */
static void read_connection(struct http_request *out)
{
	for (size_t i = 0; i < out->header_count; i++) {
		if (!equals_nocase(out->headers[i].name, "Connection"))
			continue;
		struct bytes rest = out->headers[i].value;
		while (rest.len > 0) {
			const uint8_t *comma = memchr(rest.data, ',', rest.len);
			size_t len = comma != NULL ? (size_t)(comma - rest.data) : rest.len;
			if (equals_nocase(trim(slice(rest, 0, len)), "close"))
				out->keep_alive = false;
			rest = slice(rest, comma != NULL ? len + 1 : len, rest.len);
		}
	}
}

int http_read_head(struct bytes stream, struct http_request *out, size_t *used, struct err *err)
{
	size_t end = 0;
	int rc = find_end(stream, &end, err);
	if (rc != OK)
		return rc;
	*out = (struct http_request){ 0 };
	struct bytes head = slice(stream, 0, end);
	struct bytes authority = { 0 };
	size_t at = 0;
	rc = read_request_line(next_line(head, &at), out, &authority, err);
	bool required = !out->old; /* an HTTP/1.0 request may come without a Host line */
	while (rc == OK && at < end - 2)
		rc = read_header(next_line(head, &at), out, err);
	if (rc == OK)
		rc = read_length(out, err);
	if (rc == OK)
		rc = check_host(out, required, authority, err);
	if (rc != OK)
		return rc;
	read_connection(out);
	*used = end;
	return OK;
}

int http_status_of(int code)
{
	return code == ERR_LIMIT ? 431 : code == ERR_UNSUPPORTED ? 505 : 400;
}

struct bytes http_header(const struct http_request *r, const char *name)
{
	struct bytes value = { 0 };
	(void)count_header(r, name, &value);
	return value;
}

bool http_is_type(const struct http_request *r, const char *type)
{
	struct bytes given = http_header(r, "Content-Type");
	const uint8_t *end = given.len > 0 ? memchr(given.data, ';', given.len) : NULL;
	return equals_nocase(trim(end != NULL ? slice(given, 0, (size_t)(end - given.data)) : given), type);
}

/* ---- escapes and parameters ---- */

int http_decode(struct bytes text, bool query, char *out, size_t size)
{
	return percent_decode(text, query, out, size);
}

bool http_parameter_next(struct bytes *query, struct bytes *name, struct bytes *value)
{
	while (query->len > 0 && query->data[0] == '&')
		*query = slice(*query, 1, query->len);
	if (query->len == 0)
		return false;
	const uint8_t *amp = memchr(query->data, '&', query->len);
	size_t len = amp != NULL ? (size_t)(amp - query->data) : query->len;
	struct bytes pair = slice(*query, 0, len);
	*query = slice(*query, amp != NULL ? len + 1 : len, query->len);
	const uint8_t *equal = memchr(pair.data, '=', pair.len);
	size_t split = equal != NULL ? (size_t)(equal - pair.data) : pair.len;
	*name = slice(pair, 0, split);
	*value = equal != NULL ? slice(pair, split + 1, pair.len) : bytes_of(NULL, 0);
	return true;
}

bool http_parameter(const struct http_request *r, const char *name, struct bytes *value)
{
	struct bytes rest = r->query;
	struct bytes found, content;
	while (http_parameter_next(&rest, &found, &content)) {
		if (!bytes_equal(found, bytes_str(name)))
			continue;
		*value = content;
		return true;
	}
	return false;
}
