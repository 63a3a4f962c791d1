/* sru_world: requests of SRU to the node of world.h. */
#pragma once

#include "tests/api/world.h"

/* Percent-encode all but letters and digits of a value; '=' and '&' of the parameters are written as they are. */
static inline void put_escaped(struct buf *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '-';
		if (plain)
			buf_add_char(out, (char)*c);
		else
			buf_printf(out, "%%%02X", *c);
	}
}

/* GET /sru?parameters&name=value. */
static inline int get(struct world *w, const char *parameters, const char *name, const char *value)
{
	struct buf target = { 0 };
	buf_printf(&target, "/sru?%s&%s=", parameters, name);
	put_escaped(&target, value);
	int status = ask(w, buf_str(&target));
	buf_free(&target);
	return status;
}

static inline int find(struct world *w, const char *parameters, const char *query)
{
	return get(w, parameters, "query", query);
}

static inline int post(struct world *w, const char *type, const char *body)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct arena arena = { 0 };
	char head[256];
	size_t used;
	(void)snprintf(head, sizeof head,
	               "POST /sru HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type,
	               strlen(body));
	assert_int_equal(http_read_head(bytes_str(head), r, &used, NULL), OK);
	r->body = bytes_str(body);
	buf_reset(&w->answer);
	w->status_code = api_answer(r, &w->context, &arena, &w->answer);
	w->body = strstr(buf_str(&w->answer), "\r\n\r\n") + 4;
	arena_free(&arena);
	free(r);
	return w->status_code;
}

static inline size_t count(const char *text, const char *part)
{
	size_t n = 0;
	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}
