/* Problem documents (RFC 9457), or one line for a terminal. */
#include <stdarg.h>
#include <stdio.h>

#include "node/api/answer.h"
#include "node/api/text.h"
#include "node/base/must.h"

const char *problem_title(int http_status)
{
	switch (http_status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 202:
		return "Accepted";
	case 303:
		return "See Other";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 409:
		return "Conflict";
	case 410:
		return "Gone";
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	case 431:
		return "Request Header Fields Too Large";
	case 500:
		return "Internal Server Error";
	case 501:
		return "Not Implemented";
	case 503:
		return "Service Unavailable";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return http_status >= 500 ? "Server Error" : http_status >= 400 ? "Client Error" : "OK";
	}
}

/* RFC 9457 3.1: type about:blank says that the title is the status code's own. */
static void write_problem(struct answer *a, int http_status, const char *parameter, const char *detail)
{
	must(http_status >= 400);
	a->status = http_status;
	a->allow = NULL;
	a->file = NULL;
	a->page = false;
	a->counted = false;
	a->retry_s = http_status == 503 || http_status == 429 ? 1 : 0;
	a->coding = NULL;
	a->etag = NULL;
	a->cache = "no-store";
	a->vary = "Accept";
	buf_reset(&a->body);
	if (a->text) {
		a->type = NULL;
		text_put(&a->body, detail);
		buf_add_char(&a->body, '\n');
		return;
	}
	a->type = "application/problem+json";
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "type", "about:blank");
	json_put_text(&j, "title", problem_title(http_status));
	json_put_u64(&j, "status", (uint64_t)http_status);
	json_put_text(&j, "detail", detail);
	if (parameter != NULL) {
		json_put_text(&j, "parameter", parameter);
	}
	if (a->begun)
		answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

void problem_set(struct answer *a, int http_status, const char *format, ...)
{
	char detail[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	write_problem(a, http_status, NULL, detail);
}

void problem_parameter(struct answer *a, const char *name, const char *format, ...)
{
	char detail[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	write_problem(a, 400, name, detail);
}

void problem_err(struct answer *a, int code, const struct err *err)
{
	switch (code) {
	case ERR_USAGE:
	case ERR_INVALID:
		problem_set(a, 400, "%s", err->text);
		return;
	case ERR_NOT_FOUND:
		problem_set(a, 404, "%s", err->text);
		return;
	case ERR_LIMIT: /* whatever the load: it is for who asks to ask for less */
		problem_set(a, 422, "%s", err->text);
		return;
	case ERR_NOT_READY:
	case ERR_BUSY:
	case ERR_TIMEOUT:
		problem_set(a, 503, "%s", err->text);
		return;
	default:
		problem_set(a, 500, "the store could not answer: %s", err->text[0] != '\0' ? err->text : err_name(code));
	}
}
