#include "node/cli/listing.h"

#include <inttypes.h>
#include <string.h>

#include "node/base/buf.h"

static void put_target(const struct listing *what, uint64_t from, struct buf *out)
{
	buf_reset(out);
	buf_printf(out, "/api/v1/records?from=%" PRIu64, from);
	client_parameter(out, "kind", what->kind);
	client_parameter(out, "origin", what->origin);
	client_parameter(out, "collection", what->collection);
}

static int give_lines(struct bytes body, listing_cb line_cb, void *arg, struct err *err)
{
	int rc = OK;
	while (rc == OK && body.len > 0) {
		const uint8_t *lf = memchr(body.data, '\n', body.len);
		size_t len = lf != NULL ? (size_t)(lf - body.data) : body.len;
		if (len > 0)
			rc = line_cb(arg, bytes_of(body.data, len), err);
		len += lf != NULL;
		body = bytes_of(body.data + len, body.len - len);
	}
	return rc;
}

static int read_part(struct client *client, const char *target, const struct listing *what, listing_cb line_cb,
                     void *arg, uint64_t *next, struct err *err)
{
	struct reply reply;
	int rc = client_get(client, target, "application/x-ndjson", &reply, err);
	if (rc == OK && reply.status == 400)
		rc = err_set(err, ERR_NOT_FOUND, "%s: the node holds no log of that name",
		             what->origin != NULL ? what->origin : "its own");
	else if (rc == OK && reply.status != 200)
		rc = err_set(err, client_code(reply.status), "the node answered %d", reply.status);
	if (rc == OK)
		rc = give_lines(buf_bytes(&reply.body), line_cb, arg, err);
	/* One that does not move on would never end. */
	if (rc == OK && reply.next != 0 && reply.next <= *next)
		rc = err_set(err, ERR_PROTOCOL, "the node's listing does not go on");
	*next = reply.next;
	reply_free(&reply);
	return rc;
}

int listing_walk(struct client *client, const struct listing *what, listing_cb line_cb, void *arg, struct err *err)
{
	struct buf target = { 0 };
	uint64_t next = 0;
	int rc;
	do {
		put_target(what, next, &target);
		rc = read_part(client, buf_str(&target), what, line_cb, arg, &next, err);
	} while (rc == OK && next != 0);
	buf_free(&target);
	return rc;
}
