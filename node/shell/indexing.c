#include "node/shell/indexing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/submit.h"
#include "proto/entry.h"
#include "proto/index_root.h"

enum { LOOKS = 4 }; /* while it is quiet */

struct rooting {
	struct submit_task task; /* first */
	const char *origin;
	struct index_next next;
	struct buf payload;
	struct bytes payloads[1];
	const char *collections[1];
};

/* ---- the task ---- */

static int screen(struct submit_task *task, struct store *store, struct err *err)
{
	struct rooting *r = (struct rooting *)task;
	int rc = store_index_next(store, r->origin, &r->next, err);
	return rc == OK || rc == ERR_NOT_FOUND ? OK : 503; /* not found: nothing is published yet */
}

static int make(struct submit_task *task, struct shell *s, uint64_t next, struct err *err)
{
	struct rooting *r = (struct rooting *)task;
	(void)s;
	if (!r->next.due)
		return OK;
	if (next != r->next.size) {
		(void)err_set(err, ERR_CONFLICT, "the log has grown meanwhile: try again");
		return 409;
	}
	uint8_t nonce[NONCE_SIZE];
	struct buf record = { 0 };
	random_fill(nonce, sizeof nonce);
	if (index_root_encode(r->next.size, r->next.sum.keys, &r->next.sum.root, &record, err) != OK)
		return 503;
	payload_write(buf_bytes(&record), nonce, &r->payload);
	buf_free(&record);
	r->payloads[0] = buf_bytes(&r->payload);
	r->collections[0] = COLLECTION_PUBLIC;
	task->count = 1;
	return OK;
}

static void answer(struct submit_task *task, struct exchange *x)
{
	const struct rooting *r = (const struct rooting *)task;
	struct buf text = { 0 };
	if (r->next.due)
		buf_printf(&text, "index %" PRIu64 "\nkeys %" PRIu64 "\n", task->first, r->next.sum.keys);
	else
		buf_add_str(&text, "unchanged\n");
	exchange_text(x, buf_bytes(&text));
	buf_free(&text);
}

/* Nobody waits for an answer.  Whatever failed is tried again after the same time. */
static void done(struct submit_task *task, struct shell *s, int http_status, const char *text)
{
	const struct rooting *r = (const struct rooting *)task;
	struct indexing *i = &s->indexing;
	i->asking = false;
	if (http_status != 200) {
		char line[ERR_TEXT_MAX];
		log_line(LOG_WARN, "index_failed", "reason=%s", log_value(text, line, sizeof line));
		i->grown_ms = i->since_ms = loop_mono_ms();
		return;
	}
	i->done = r->next.due ? r->next.size + 1 : r->next.size;
	if (r->next.due)
		log_line(LOG_INFO, "index_root", "index=%" PRIu64 " keys=%" PRIu64, task->first, r->next.sum.keys);
}

static void rooting_free(struct submit_task *task)
{
	struct rooting *r = (struct rooting *)task;
	buf_free(&r->payload);
	free(r);
}

static struct submit_task *rooting_new(struct shell *s)
{
	struct rooting *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->origin = s->dir->config.origin;
	r->task = (struct submit_task){ .screen_cb = screen,
		                            .make_cb = make,
		                            .answer_cb = answer,
		                            .own_cb = done,
		                            .free_cb = rooting_free,
		                            .payloads = r->payloads,
		                            .collections = r->collections };
	return &r->task;
}

void indexing_push(struct exchange *x)
{
	submit_task(x, rooting_new(x->shell));
}

/* ---- when ---- */

static uint64_t quiet_ms(const struct shell *s)
{
	return s->options.index_quiet_ms > 0 ? (uint64_t)s->options.index_quiet_ms : INDEX_QUIET_MS;
}

static void look(struct shell *s)
{
	struct indexing *i = &s->indexing;
	uint64_t now = loop_mono_ms(), size = core_next_index(s->core);
	if (size != i->seen || !i->known) {
		if (i->seen == i->done || !i->known)
			i->since_ms = now;
		i->grown_ms = now;
	}
	i->seen = size;
	i->known = true;
	bool ripe = now - i->grown_ms >= quiet_ms(s) || now - i->since_ms >= INDEX_LATEST_MS;
	if (size == i->done || !ripe || i->asking || core_guard(s->core) != GUARD_OPEN)
		return;
	i->asking = submit_own(s, rooting_new(s));
}

static void on_look(uv_timer_t *timer)
{
	struct shell *s = timer->data;
	look(s);
	loop_settle(s);
}

void indexing_start(struct shell *s)
{
	if (s->options.local_only || strcmp(s->dir->config.index, "on") != 0)
		return;
	(void)uv_timer_start(&s->index_timer, on_look, quiet_ms(s) / LOOKS, quiet_ms(s) / LOOKS);
}
