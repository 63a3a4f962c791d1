/* The frames that every file of this room sends. */
#include "node/base/must.h"
#include "node/core/parts.h"

void peer_send(struct core *c, struct link *l, Normlink__Frame *frame)
{
	struct effect *fx = effects_add(c->fx, FX_SEND);
	struct peer *p = c->peers[l->peer];
	fx->u.send.link = l->id;
	frame_write(frame, &fx->u.send.frame);
	must(fx->u.send.frame.len <= FRAME_MAX + FRAME_PREFIX);
	p->frames_out++;
	p->bytes_out += fx->u.send.frame.len;
}

void peer_ack(struct core *c, struct link *l, uint64_t id)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Ack ack = NORMLINK__ACK__INIT;
	frame.has_id = 1;
	frame.id = id;
	frame.body_case = NORMLINK__FRAME__BODY_ACK;
	frame.ack = &ack;
	peer_send(c, l, &frame);
}

void peer_fail_query(struct core *c, struct link *l, uint64_t id, unsigned code, const char *text)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Failure failure = NORMLINK__FAILURE__INIT;
	char copy[160];
	core_reason(copy, sizeof copy, text);
	failure.has_code = 1;
	failure.code = code;
	failure.text = copy;
	frame.has_id = 1;
	frame.id = id;
	frame.body_case = NORMLINK__FRAME__BODY_FAILURE;
	frame.failure = &failure;
	peer_send(c, l, &frame);
}

void peer_fail(struct core *c, struct link *l, uint64_t id, unsigned code, const char *text)
{
	if (l->serving > 0)
		l->serving--;
	peer_fail_query(c, l, id, code, text);
}
