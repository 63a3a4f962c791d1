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

/* What stands behind a word and a blank at the beginning of a line. */
static struct bytes value_of(struct bytes text, const char *word)
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

int carrier_outcome(struct bytes text, struct err *err)
{
	struct bytes word = value_of(text, "outcome"), reason = value_of(text, "reason");
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
	if (rc == OK && reply.status == 200)
		rc = carrier_outcome(buf_bytes(&reply.body), err);
	else if (rc == OK)
		rc = err_set(err, client_code(reply.status), "the node does not take it: %.*s",
		             (int)(reply.body.len > 0 ? reply.body.len - 1 : 0), (const char *)reply.body.data);
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
