#include "node/ingest/peek.h"

#include <string.h>

static int read_peeked(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct peek *p = arg;
	size_t left = p->head.len - p->at;
	*got = 0;
	if (left == 0 && p->rc != OK)
		return err_set(err, p->rc, "%s", p->err.text);
	if (left == 0)
		return p->under->read_cb(p->under->arg, place, room, got, err);
	*got = left < room ? left : room;
	memcpy(place, p->head.data + p->at, *got);
	p->at += *got;
	return OK;
}

void peek_open(struct peek *p, struct stream *under, size_t max)
{
	*p = (struct peek){ .under = under };
	p->stream = (struct stream){ .arg = p, .read_cb = read_peeked, .done = under->done, .total = under->total };
	for (size_t got = 1; p->rc == OK && got > 0 && p->head.len < max; p->head.len += got) {
		size_t room = max - p->head.len;
		got = 0;
		p->rc = under->read_cb(under->arg, buf_reserve(&p->head, room), room, &got, &p->err);
	}
}

void peek_close(struct peek *p)
{
	buf_free(&p->head);
}
