#include "node/cli/carrier.h"

#include <string.h>
#include <time.h>

#include "node/base/limits.h"
#include "node/cli/client.h"

enum { TRIES = 8, PAUSE_MS = 50 }; /* a node that is busy is asked again: 6 seconds in all */

int carrier_open(const char *dir, struct carrier *out, struct err *err)
{
	*out = (struct carrier){ 0 };
	return client_open_socket(dir, &out->client, err);
}

void carrier_close(struct carrier *c)
{
	client_close(c->client);
	buf_free(&c->body);
	*c = (struct carrier){ 0 };
}

int carrier_outcome(struct bytes text, struct err *err)
{
	struct bytes word = client_value(text, "outcome"), reason = client_value(text, "reason");
	if (bytes_equal(word, bytes_str("ok")))
		return OK;
	for (int code = OK + 1; code < ERR_CODES; code++)
		if (bytes_equal(word, bytes_str(err_name(code))))
			return err_set(err, code, "%.*s", (int)reason.len, (const char *)reason.data);
	return err_set(err, ERR_PROTOCOL, "the node's answer says nothing that is known");
}

static int post_once(struct carrier *c, struct err *err)
{
	struct reply reply = { 0 };
	int rc = client_post(c->client, "/local/v1/handover", "application/octet-stream", buf_bytes(&c->body), &reply, err);
	if (rc == OK) {
		rc = client_said(&reply, err);
		rc = rc == OK ? carrier_outcome(buf_bytes(&reply.body), err) : err_wrap(err, rc, "the node does not take it");
	}
	reply_free(&reply);
	return rc;
}

int carrier_flush(struct carrier *c, struct err *err)
{
	int rc = OK;
	for (long attempt = 0; c->parts > 0 && attempt < TRIES; attempt++) {
		struct timespec pause = { .tv_sec = (PAUSE_MS << attempt) / 1000,
			                      .tv_nsec = (PAUSE_MS << attempt) % 1000 * 1000000 };
		rc = post_once(c, err);
		if (rc != ERR_BUSY)
			break;
		(void)nanosleep(&pause, NULL);
	}
	buf_reset(&c->body);
	c->parts = 0;
	return rc;
}

int carrier_put(struct carrier *c, const Normlink__Handover *part, struct err *err)
{
	struct buf encoded = { 0 };
	message_encode(&part->base, &encoded);
	buf_add_u32(&c->body, (uint32_t)encoded.len);
	buf_add_bytes(&c->body, buf_bytes(&encoded));
	buf_free(&encoded);
	c->parts++;
	return c->parts < HANDOVER_PARTS_MAX && c->body.len < HANDOVER_BYTES_MAX ? OK : carrier_flush(c, err);
}
