#include "node/shell/http_take.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/loop.h"

enum { TURN_MAX = 4 * HTTP_PIPELINE_MAX };

static struct exchange *add_exchange(struct http_conn *c)
{
	struct exchange *x = exchange_new(c->shell, c, c->local);
	memcpy(x->address, c->address, sizeof x->address);
	if (c->last != NULL)
		c->last->next = x;
	else
		c->first = x;
	c->last = x;
	c->exchanges++;
	c->need = 0;
	c->served = true;
	c->wait = WAIT_NONE;
	return x;
}

void http_take_refuse(struct http_conn *c, int http_status, const char *detail)
{
	struct exchange *x = add_exchange(c);
	c->state = CONN_ENDING;
	c->shell->counters.refused++;
	x->ends = true;
	exchange_problem(x, http_status, detail);
}

/* RFC 9110 10.1.1: a client that waits for our word before it sends its body gets it, unless older answers come first
 * (it then sends without). */
static void say_continue(struct http_conn *c, const struct http_request *request)
{
	struct bytes expect = http_header(request, "Expect");
	if (request->old || expect.len != 12 || strncasecmp((const char *)expect.data, "100-continue", 12) != 0)
		return;
	if (c->exchanges == 0 && http_conn_unsent(c) == 0)
		buf_add_str(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	http_conn_write_out(c);
}

/* raw holds the request, which is whole: its exchange begins.  read: its head, where that was read from the very same
 * bytes; else NULL. */
static void hand_over(struct http_conn *c, struct exchange *x, const struct http_request *read, size_t head)
{
	x->large = c->large;
	c->large = false;
	if (read != NULL)
		x->request = *read;
	else
		must(http_read_head(buf_bytes(&x->raw), &x->request, &head, NULL) == OK);
	x->request.body = bytes_of(x->raw.data + head, x->raw.len - head);
	x->request.keep_alive = x->request.keep_alive && !x->cut;
	if (!x->request.keep_alive)
		c->state = CONN_ENDING;
	exchange_begin(x);
}

static void begin(struct http_conn *c, const struct http_request *request, size_t head, bool cut)
{
	size_t whole = c->need;
	struct exchange *x = add_exchange(c);
	x->cut = cut;
	bool alone = c->used == 0 && c->in.len == whole;
	if (alone) {
		x->raw = buf_take(&c->in);
	} else {
		buf_add(&x->raw, c->in.data + c->used, whole);
		c->used += whole;
	}
	hand_over(c, x, alone ? request : NULL, head);
}

bool http_take_cut(struct http_conn *c)
{
	struct http_request request;
	size_t head = 0;
	bool in_chunks = c->chunked.len > 0;
	struct bytes have = in_chunks ? buf_bytes(&c->chunked) : bytes_of(c->in.data + c->used, c->in.len - c->used);
	if (c->state != CONN_OPEN || c->need == 0 || http_read_head(have, &request, &head, NULL) != OK ||
	    !http_body_may_be_cut(c->local, &request))
		return false;
	struct exchange *x = add_exchange(c);
	x->cut = true;
	if (!in_chunks)
		buf_drop(&c->in, c->used);
	x->raw = buf_take(in_chunks ? &c->chunked : &c->in);
	c->used = c->in.len;
	hand_over(c, x, NULL, head);
	return true;
}

/* Refuse what can be refused before it is whole; false: it cannot. */
static bool refuse_early(struct http_conn *c, const struct http_request *request, struct bytes begun)
{
	const char *why;
	int status = http_body_early(c->shell, c->local, request, begun, &why);
	if (status != 0)
		http_take_refuse(c, status, why);
	return status != 0;
}

/* A request whose body comes in chunks: its head is put aside, and the body behind it as it arrives. */
static bool take_chunks(struct http_conn *c)
{
	struct err err = { 0 };
	struct http_request request;
	size_t head = 0, used = 0;
	must(http_read_head(buf_bytes(&c->chunked), &request, &head, NULL) == OK);
	struct bytes have = bytes_of(c->in.data + c->used, c->in.len - c->used);
	int rc = chunks_take(&c->chunks, have, http_body_max(c->local, &request), &c->chunked, &used, &err);
	c->used += used;
	must(http_read_head(buf_bytes(&c->chunked), &request, &head, NULL) == OK); /* it has moved */
	if (rc == ERR_NOT_READY)
		return refuse_early(c, &request, bytes_of(c->chunked.data + head, c->chunked.len - head));
	if (rc == ERR_LIMIT && c->chunks.total > 0 && http_take_cut(c))
		return true;
	if (rc != OK) {
		http_take_refuse(c, rc == ERR_LIMIT ? 413 : 400, err.text);
		return true;
	}
	struct exchange *x = add_exchange(c);
	x->raw = buf_take(&c->chunked);
	hand_over(c, x, NULL, head);
	return true;
}

static void begin_chunks(struct http_conn *c, struct bytes head)
{
	buf_reset(&c->chunked);
	buf_add_bytes(&c->chunked, head);
	c->chunks = (struct chunks){ 0 };
	c->used += head.len;
	c->need = 1; /* until the last chunk */
}

/* Take one request off the input; false: there is no whole one. */
static bool take_request(struct http_conn *c)
{
	struct http_request request;
	struct err err = { 0 };
	size_t head = 0;
	if (c->in.len == c->used || (c->in.len - c->used < c->need && !c->undecided))
		return false;
	if (c->chunked.len > 0)
		return take_chunks(c);
	struct bytes have = bytes_of(c->in.data + c->used, c->in.len - c->used);
	int rc = http_read_head(have, &request, &head, &err);
	if (rc == ERR_NOT_READY)
		return false;
	if (rc != OK) {
		http_take_refuse(c, http_status_of(rc), err.text);
		return true;
	}
	const char *why;
	int status = http_body_check(c->shell, c->local, &request, &c->large, &why);
	if (status != 0) {
		http_take_refuse(c, status, why);
		return true;
	}
	bool first_look = c->need == 0;
	size_t most = http_body_max(c->local, &request);
	bool cut = request.content_length > most;
	c->need = head + (cut ? most : (size_t)request.content_length);
	if (request.chunked || have.len < c->need) {
		if (first_look)
			say_continue(c, &request);
	}
	if (request.chunked) {
		begin_chunks(c, bytes_of(have.data, head));
		return c->in.len > c->used && take_chunks(c);
	}
	c->undecided = have.len < c->need && have.len - head < 2 + NAME_MAX_BYTES;
	if (have.len < c->need)
		return refuse_early(c, &request, bytes_of(have.data + head, have.len - head));
	begin(c, &request, head, cut);
	return true;
}

bool http_take_has_room(const struct http_conn *c)
{
	return !c->rests && c->exchanges < HTTP_PIPELINE_MAX && http_conn_unsent(c) <= HTTP_UNSENT_MAX;
}

bool http_take_requests(struct http_conn *c)
{
	bool took = false;
	while (c->state == CONN_OPEN && http_take_has_room(c) && take_request(c)) {
		took = true;
		/* Others have their turn, too. */
		c->rests = c->rests || (!c->local && ++c->taken >= TURN_MAX);
	}
	if (c->used > 0) {
		buf_drop(&c->in, c->used);
		c->used = 0;
	}
	return took;
}
