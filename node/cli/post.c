#include "node/cli/post.h"

int post_begin(struct post *p, const char *dir, enum log_level level, struct err *err)
{
	*p = (struct post){ 0 };
	int rc = inside_start(dir, level, &p->inside, err);
	return rc == OK ? client_open_socket(dir, &p->client, err) : rc;
}

int post_ask(struct post *p, const char *target, const char *type, struct bytes body, struct reply *out,
             struct err *err)
{
	int rc = client_post(p->client, target, type, body, out, err);
	return rc == OK ? client_said(out, err) : rc;
}

int post_end(struct post *p, int rc, struct err *err)
{
	client_close(p->client);
	rc = inside_stop(p->inside, rc, err);
	*p = (struct post){ 0 };
	return rc;
}

int post_entry(const char *dir, enum log_level level, const char *target, struct bytes body, struct reply *out,
               struct bytes *index, struct err *err)
{
	struct post post;
	*out = (struct reply){ 0 };
	int rc = post_begin(&post, dir, level, err);
	if (rc == OK)
		rc = post_ask(&post, target, POST_TEXT, body, out, err);
	*index = client_value(buf_bytes(&out->body), "index");
	if (rc == OK && index->len == 0)
		rc = err_set(err, ERR_PROTOCOL, "the node answers something else than where it recorded it");
	return post_end(&post, rc, err);
}

int post_running(const char *dir, const char *target, struct bytes body, struct reply *out, struct err *err)
{
	struct post post = { 0 };
	*out = (struct reply){ 0 };
	int rc = client_open_socket(dir, &post.client, err);
	if (rc == OK)
		rc = post_ask(&post, target, POST_TEXT, body, out, err);
	return post_end(&post, rc, err);
}

/* The lines of the answer: "unchanged 1", "refused 0", and below them "refusal 0 REASON". */
static int read_outcome(struct bytes answer, bool *unchanged, struct err *err)
{
	struct bytes reason = client_value(answer, "refusal 0");
	*unchanged = bytes_equal(client_value(answer, "unchanged"), bytes_str("1"));
	return reason.len == 0 ? OK : err_set(err, ERR_INVALID, "%.*s", (int)reason.len, (const char *)reason.data);
}

int post_record(const char *dir, const char *collection, struct bytes record, bool revise, bool *unchanged,
                struct err *err)
{
	struct post post;
	struct reply reply = { 0 };
	struct buf body = { 0 }, target = { 0 };
	buf_add_str(&target, "/local/v1/records");
	client_parameter(&target, "collection", collection);
	client_parameter(&target, "revise", revise ? "1" : NULL);
	buf_add_u32(&body, (uint32_t)record.len);
	buf_add_bytes(&body, record);
	int rc = post_begin(&post, dir, LOG_WARN, err);
	if (rc == OK)
		rc = post_ask(&post, buf_str(&target), POST_BYTES, buf_bytes(&body), &reply, err);
	if (rc == OK)
		rc = read_outcome(buf_bytes(&reply.body), unchanged, err);
	rc = post_end(&post, rc, err);
	buf_free(&body);
	buf_free(&target);
	reply_free(&reply);
	return rc;
}
