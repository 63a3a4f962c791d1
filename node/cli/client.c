#include "node/cli/client.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "node/api/http.h"
#include "node/base/must.h"
#include "node/cli/command.h"
#include "node/cli/shown.h"
#include "node/shell/node_dir.h"
#include "node/shell/shell.h"
#include "proto/percent.h"

enum { CONNECT_TIMEOUT_MS = 10 * 1000, STALL_TIMEOUT_S = 120 };

struct client {
	CURL *curl;               /* NULL: the folder is read in this process */
	char base[1024];          /* "http://host:port" */
	int folder;               /* descriptor of DIR, while its socket is used; -1 */
	struct node_dir dir;      /* when the folder is read in this process */
	struct reply *reply;      /* of the transfer that is under way */
	client_piece_cb piece_cb; /* of a stream; NULL: none */
	void *piece_arg;
	bool refused; /* a piece was not taken */
};

static bool is_url(const char *where)
{
	return strncmp(where, "http://", 7) == 0 || strncmp(where, "https://", 8) == 0;
}

static struct client *client_new(void)
{
	struct client *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->folder = -1;
	return c;
}

/* Nobody serves the folder: this process reads it itself. */
static bool stopped(const struct client *c)
{
	return c->curl == NULL;
}

static int make_curl(struct client *c, struct err *err)
{
	/* Harmless when done before. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (c->curl = curl_easy_init()) == NULL)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	return OK;
}

static int open_url(const char *where, struct client *c, struct err *err)
{
	size_t len = strlen(where);
	while (len > 0 && where[len - 1] == '/')
		len--;
	if (len >= sizeof c->base || memchr(where, '?', len) != NULL || memchr(where, '#', len) != NULL)
		return err_set(err, ERR_USAGE, "%.200s: the address of a node is like http://127.0.0.1:7080", where);
	memcpy(c->base, where, len);
	return make_curl(c, err);
}

/* A socket's path has room for 107 bytes only; through the folder's descriptor it is always short. */
static int open_socket(const char *dir, struct client *c, struct err *err)
{
	c->folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->folder < 0)
		return err_set(err, ERR_NOT_FOUND, "%s: cannot be opened", dir);
	int rc = make_curl(c, err);
	if (rc != OK)
		return rc;
	char path[64];
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d/socket", c->folder);
	(void)snprintf(c->base, sizeof c->base, "http://localhost");
	(void)curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, path);
	(void)curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
	return OK;
}

static int open_any(const char *where, struct client *c, struct err *err)
{
	if (is_url(where))
		return open_url(where, c, err);
	if (node_dir_running(where))
		return open_socket(where, c, err);
	return node_dir_open(where, &c->dir, err);
}

int client_open(const char *where, struct client **out, struct err *err)
{
	struct client *c = client_new();
	int rc = open_any(where, c, err);
	if (rc == OK)
		*out = c;
	else
		client_close(c);
	return rc;
}

int client_open_socket(const char *dir, struct client **out, struct err *err)
{
	struct client *c = client_new();
	int rc = open_socket(dir, c, err);
	if (rc == OK)
		*out = c;
	else
		client_close(c);
	return rc;
}

void client_close(struct client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	node_dir_close(&c->dir);
	if (c->folder >= 0)
		(void)close(c->folder);
	free(c);
}

void reply_free(struct reply *r)
{
	buf_free(&r->body);
	*r = (struct reply){ 0 };
}

int client_code(int http_status)
{
	if (http_status >= 200 && http_status < 300)
		return OK;
	switch (http_status) {
	case 400:
	case 414:
	case 431:
		return ERR_USAGE;
	case 404:
		return ERR_NOT_FOUND;
	case 409:
		return ERR_EXISTS;
	case 413:
		return ERR_LIMIT;
	case 503:
		return ERR_BUSY;
	default:
		return http_status >= 500 ? ERR_IO : ERR_PROTOCOL;
	}
}

int client_said(const struct reply *reply, struct err *err)
{
	int code = client_code(reply->status);
	if (code == OK)
		return OK;
	if (reply->body.len == 0)
		return err_set(err, code, "the node answered %d", reply->status);
	/* One line; err_set makes its LF harmless. */
	return err_set(err, code, "%.*s", (int)(reply->body.len - 1), (const char *)reply->body.data);
}

struct bytes client_value(struct bytes text, const char *word)
{
	size_t len = strlen(word);
	while (text.len > 0) {
		const uint8_t *lf = memchr(text.data, '\n', text.len);
		size_t line = lf != NULL ? (size_t)(lf - text.data) : text.len;
		if (line > len && memcmp(text.data, word, len) == 0 && text.data[len] == ' ')
			return bytes_of(text.data + len + 1, line - len - 1);
		size_t skip = lf != NULL ? line + 1 : line;
		text = bytes_of(text.data + skip, text.len - skip);
	}
	return bytes_of(NULL, 0);
}

void client_escape(struct buf *out, const char *text)
{
	percent_add(out, text, "");
}

void client_parameter(struct buf *target, const char *name, const char *value)
{
	if (value == NULL)
		return;
	bool first = target->len == 0 || memchr(target->data, '?', target->len) == NULL;
	buf_printf(target, "%c%s=", first ? '?' : '&', name);
	client_escape(target, value);
}

bool client_reference(struct buf *out, int count, char **words)
{
	if (count == 1 && words[0][0] == '#') {
		buf_add_str(out, "/api/v1/entries/");
		client_escape(out, words[0] + 1);
		return true;
	}
	struct buf reference = { 0 };
	args_join(count, words, &reference);
	buf_add_str(out, "/api/v1/records/");
	client_escape(out, buf_str(&reference));
	buf_free(&reference);
	return false;
}

/* ---- a folder that nobody serves ---- */

static void read_number(struct bytes line, const char *name, uint64_t *out)
{
	char digits[24] = { 0 };
	size_t start = strlen(name);
	if (line.len < start || strncasecmp((const char *)line.data, name, start) != 0)
		return;
	for (size_t i = start, n = 0; i < line.len && n + 1 < sizeof digits; i++)
		if (line.data[i] >= '0' && line.data[i] <= '9')
			digits[n++] = (char)line.data[i];
	if (!args_number(digits, UINT64_MAX / 16, out))
		*out = 0;
}

static void read_type(struct bytes line, struct reply *out)
{
	static const char name[] = "Content-Type:";
	size_t at = sizeof name - 1, n = 0;
	if (line.len < at || strncasecmp((const char *)line.data, name, at) != 0)
		return;
	while (at < line.len && line.data[at] == ' ')
		at++;
	for (; at < line.len && line.data[at] > ' ' && line.data[at] < 0x7f && n + 1 < sizeof out->type; at++)
		out->type[n++] = (char)line.data[at];
	out->type[n] = '\0';
}

static void read_header(struct bytes line, struct reply *out)
{
	read_type(line, out);
	read_number(line, "Normlink-Total:", &out->total);
	read_number(line, "Normlink-Next:", &out->next);
	read_number(line, "Retry-After:", &out->retry_s);
}

int client_split(struct bytes response, struct reply *out, struct err *err)
{
	const char *text = (const char *)response.data;
	size_t at = 0;
	uint64_t status;
	char digits[4] = { 0 };
	if (response.len < 16 || memcmp(text, "HTTP/1.1 ", 9) != 0)
		return err_set(err, ERR_PROTOCOL, "what came is not an HTTP answer");
	memcpy(digits, text + 9, 3);
	if (!args_number(digits, 599, &status))
		return err_set(err, ERR_PROTOCOL, "an HTTP answer without a status");
	for (;;) {
		const char *lf = memchr(text + at, '\n', response.len - at);
		if (lf == NULL)
			return err_set(err, ERR_PROTOCOL, "an HTTP answer that ends in its head");
		size_t end = (size_t)(lf - text);
		struct bytes line = bytes_of(text + at, end - at);
		at = end + 1;
		if (line.len <= 1)
			break;
		read_header(line, out);
	}
	out->status = (int)status;
	buf_add(&out->body, text + at, response.len - at);
	return OK;
}

static int answer_stopped(struct client *c, const char *target, const char *accept, struct reply *out, struct err *err)
{
	struct buf head = { 0 };
	struct buf response = { 0 };
	struct http_request *request = calloc(1, sizeof *request);
	must(request != NULL);
	size_t used;
	int status;
	buf_printf(&head, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n", target, accept);
	int rc = http_read_head(buf_bytes(&head), request, &used, err);
	if (rc != OK) /* an argument of enormous length */
		rc = err_set(err, ERR_USAGE, "the question is longer than %d bytes", HTTP_HEAD_MAX);
	if (rc == OK)
		rc = shell_answer_stopped(&c->dir, request, &response, &status, err);
	if (rc == OK)
		rc = client_split(buf_bytes(&response), out, err);
	free(request);
	buf_free(&head);
	buf_free(&response);
	return rc;
}

/* ---- over a connection ---- */

/* Of a stream the pieces are given away; the status is known when the first byte of a body comes. */
static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
	struct client *c = arg;
	struct reply *out = c->reply;
	long status = 0;
	(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (c->piece_cb != NULL && status == 200) {
		c->refused = !c->piece_cb(c->piece_arg, bytes_of(data, size * count));
		return c->refused ? 0 : size * count;
	}
	if (size * count > CLIENT_BODY_MAX - out->body.len)
		return 0; /* libcurl ends the transfer with CURLE_WRITE_ERROR */
	buf_add(&out->body, data, size * count);
	return size * count;
}

static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
	read_header(bytes_of(data, size * count), arg);
	return size * count;
}

static int err_curl(struct err *err, CURLcode code, const struct client *c)
{
	switch ((int)code) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, ERR_CLOSED, "%s: nobody answers there (%s)", c->folder >= 0 ? "the node's socket" : c->base,
		               curl_easy_strerror(code));
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(err, ERR_TIMEOUT, "no answer in time");
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		return err_set(err, ERR_CLOSED, "the node ended the connection (%s)", curl_easy_strerror(code));
	case CURLE_WRITE_ERROR:
		return err_set(err, ERR_LIMIT, "the answer is larger than %d bytes", CLIENT_BODY_MAX);
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return err_set(err, ERR_USAGE, "%s: not a URL", c->base);
	default:
		return err_set(err, ERR_PROTOCOL, "%s", curl_easy_strerror(code));
	}
}

static int transfer(struct client *c, const char *target, struct curl_slist *headers, struct reply *out,
                    struct err *err)
{
	struct buf url = { 0 };
	long status = 0;
	c->reply = out;
	buf_printf(&url, "%s%s", c->base, target);
	(void)curl_easy_setopt(c->curl, CURLOPT_URL, buf_str(&url));
	(void)curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c->curl, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(c->curl, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	(void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_TIMEOUT_S);
	(void)curl_easy_setopt(c->curl, CURLOPT_USERAGENT, "normlink/" SHELL_VERSION);
	(void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
	(void)curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, out);
	CURLcode code = curl_easy_perform(c->curl);
	curl_off_t retry_s = 0;
	/* Seconds, or a date. */
	if (curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &retry_s) == CURLE_OK && retry_s > 0)
		out->retry_s = (uint64_t)retry_s;
	(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, NULL);
	buf_free(&url);
	out->status = (int)status;
	return code == CURLE_OK ? OK : err_curl(err, code, c);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	char line[256];
	(void)snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *more = curl_slist_append(list, line);
	must(more != NULL);
	return more;
}

int client_get(struct client *c, const char *target, const char *accept, struct reply *out, struct err *err)
{
	*out = (struct reply){ 0 };
	if (stopped(c))
		return answer_stopped(c, target, accept, out, err);
	struct curl_slist *headers = add_header(NULL, "Accept", accept);
	(void)curl_easy_setopt(c->curl, CURLOPT_HTTPGET, 1L);
	int rc = transfer(c, target, headers, out, err);
	curl_slist_free_all(headers);
	return rc;
}

int client_stream(struct client *c, const char *target, const char *accept, client_piece_cb piece_cb, void *arg,
                  struct reply *out, struct err *err)
{
	*out = (struct reply){ 0 };
	if (c->curl == NULL)
		return err_set(err, ERR_CLOSED, "nobody serves this folder, and nothing comes: normlink serve does");
	c->piece_cb = piece_cb;
	c->piece_arg = arg;
	c->refused = false;
	struct curl_slist *headers = add_header(NULL, "Accept", accept);
	(void)curl_easy_setopt(c->curl, CURLOPT_HTTPGET, 1L);
	int rc = transfer(c, target, headers, out, err);
	curl_slist_free_all(headers);
	c->piece_cb = NULL;
	return c->refused ? OK : rc;
}

int client_post(struct client *c, const char *target, const char *type, struct bytes body, struct reply *out,
                struct err *err)
{
	must(!stopped(c));
	*out = (struct reply){ 0 };
	struct curl_slist *headers = add_header(NULL, "Accept", "text/plain");
	headers = add_header(headers, "Content-Type", type);
	/* Without this libcurl asks for leave (100-continue) before a large body, and waits a second for it. */
	struct curl_slist *more = curl_slist_append(headers, "Expect:");
	must(more != NULL);
	(void)curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, (const char *)body.data);
	int rc = transfer(c, target, more, out, err);
	(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, NULL);
	curl_slist_free_all(more);
	return rc;
}

/* ---- what most commands do ---- */

int client_print(const char *command, const struct reply *reply, bool json)
{
	int code = client_code(reply->status);
	if (code == OK || json)
		(void)shown_print(buf_bytes(&reply->body));
	if (code == OK)
		return 0;
	struct err err = { 0 };
	if (json)
		(void)err_set(&err, code, "the node answered %d", reply->status);
	else
		code = client_said(reply, &err);
	return command_fail(command, &err, NULL);
}

int client_ask(const char *command, const char *where, const char *target, bool json, struct reply *out)
{
	struct client *client = NULL;
	struct err err = { 0 };
	*out = (struct reply){ 0 };
	int rc = client_open(where, &client, &err);
	if (rc == OK)
		rc = client_get(client, target, json ? "application/json" : "text/plain", out, &err);
	client_close(client);
	return rc == OK ? 0 : command_fail(command, &err, NULL);
}

int client_answer(const char *command, const char *where, const char *target, bool json)
{
	struct reply reply;
	int code = client_ask(command, where, target, json, &reply);
	if (code == 0)
		code = client_print(command, &reply, json);
	reply_free(&reply);
	return code;
}

int client_answer_counted(const char *command, const char *where, const char *target, bool json)
{
	struct reply reply;
	int code = client_ask(command, where, target, json, &reply);
	if (code == 0)
		code = client_print(command, &reply, json);
	if (code == 0 && reply.total == 0)
		code = err_exit(ERR_NOT_FOUND);
	reply_free(&reply);
	return code;
}

void client_words(struct buf *target, const char *name, int count, char **words)
{
	struct buf all = { 0 };
	args_join(count, words, &all);
	client_parameter(target, name, all.len > 0 ? buf_str(&all) : NULL);
	buf_free(&all);
}
