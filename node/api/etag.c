#include "node/api/etag.h"

#include <string.h>
#include <strings.h>

#include "crypto/encode.h"
#include "node/api/heads.h"
#include "node/api/kept.h"

enum { TAG_BYTES = 16 };

/* Each with its length before it, so that nothing runs into its neighbour. */
static void add(struct hasher *h, struct bytes part)
{
	uint64_t len = part.len;
	hash_more(h, bytes_of(&len, sizeof len));
	hash_more(h, part);
}

/* RFC 9110 5.2: lines by one name are one list. */
static void add_header(struct hasher *h, const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (r->headers[i].name.len == strlen(name) &&
		    strncasecmp((const char *)r->headers[i].name.data, name, r->headers[i].name.len) == 0)
			add(h, r->headers[i].value);
}

static const char *make_tag(const struct answer *a, uint64_t moment)
{
	struct hasher *h = a->context->hasher != NULL ? a->context->hasher : hasher_new();
	struct hash heads = heads_digest(a->context->heads, h, a->as_of, a->as_of_count);
	hash_begin(h);
	add(h, bytes_str(a->context->version != NULL ? a->context->version : ""));
	add(h, a->request->target);
	add_header(h, a->request, "Host"); /* addresses in the answer begin with it */
	add_header(h, a->request, "Accept");
	add(h, bytes_of(&moment, sizeof moment));
	add(h, bytes_str(a->context->local ? "local" : ""));
	add(h, bytes_of(heads.b, HASH_SIZE));
	struct hash sum = hash_end(h);
	struct buf tag = { 0 };
	if (a->context->hasher == NULL)
		hasher_free(h);
	buf_add_str(&tag, "W/\"");
	hex_add(&tag, bytes_of(sum.b, TAG_BYTES));
	buf_add_char(&tag, '"');
	const char *text = arena_strn(a->arena, tag.data, tag.len);
	buf_free(&tag);
	return text;
}

/* Weak comparison (RFC 9110 8.8.3.2) with each tag of a list: a tag has no quote inside. */
static bool is_listed(struct bytes list, const char *tag)
{
	struct bytes opaque = bytes_str(tag[0] == 'W' ? tag + strlen("W/") : tag);
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma != NULL ? (size_t)(comma - list.data) : list.len, skip = len + (comma != NULL);
		struct bytes one = bytes_of(list.data, len);
		while (one.len > 0 && (one.data[0] == ' ' || one.data[0] == '\t'))
			one = bytes_of(one.data + 1, one.len - 1);
		while (one.len > 0 && (one.data[one.len - 1] == ' ' || one.data[one.len - 1] == '\t'))
			one.len--;
		if (one.len > 2 && memcmp(one.data, "W/", 2) == 0)
			one = bytes_of(one.data + 2, one.len - 2);
		if (bytes_equal(one, opaque) || bytes_equal(one, bytes_str("*")))
			return true;
		list = bytes_of(list.data + skip, list.len - skip);
	}
	return false;
}

bool etag_is_known(const struct answer *a)
{
	static const char name[] = "If-None-Match";
	const struct http_request *r = a->request;
	for (size_t i = 0; i < r->header_count; i++)
		if (r->headers[i].name.len == strlen(name) &&
		    strncasecmp((const char *)r->headers[i].name.data, name, strlen(name)) == 0 &&
		    is_listed(r->headers[i].value, a->etag))
			return true;
	return false;
}

bool etag_begin(struct answer *a)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	uint64_t moment;
	if (!answer_begin(a))
		return false;
	int rc = view->moment(view->ctx, &moment, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	a->etag = make_tag(a, moment);
	if (!etag_is_known(a))
		return !kept_find(a);
	a->status = 304;
	return false;
}
