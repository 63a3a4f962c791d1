#include "node/shell/interpret.h"

#include <stdlib.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/asker.h"
#include "node/shell/doors.h"
#include "node/shell/federate.h"
#include "node/shell/hand.h"
#include "node/shell/high_water.h"
#include "node/shell/link.h"
#include "node/shell/streams.h"
#include "node/shell/submit.h"

/* ---- what readers do for the core ---- */

struct core_read {
	struct reader_job job;
	struct shell *shell;
	struct store_read read;
	struct read_answer answer;
	int code;
};

static void step(struct shell *s, struct event *event);

static void read_run(struct reader_job *job, struct store *store)
{
	struct core_read *r = (struct core_read *)job;
	struct err err = { 0 };
	r->code = store_read(store, &r->read, &r->answer, &err);
	if (r->code != OK && r->code != ERR_NOT_FOUND)
		log_line(LOG_ERROR, "store_read_failed", "code=%s reason=\"%s\"", err_name(r->code), err.text);
}

static void read_done(struct reader_job *job)
{
	struct core_read *r = (struct core_read *)job;
	struct event event = { .kind = EV_READ };
	event.u.read.op = r->read.op;
	event.u.read.code = r->code;
	event.u.read.answer = r->code == OK ? &r->answer : NULL;
	if (!job->cancelled)
		step(r->shell, &event);
	arena_free(&r->answer.arena);
	free(r);
}

static void start_read(struct shell *s, const struct store_read *read)
{
	struct core_read *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->job.run_cb = read_run;
	r->job.done_cb = read_done;
	r->shell = s;
	r->read = *read;
	readers_push(s->readers, &r->job, READ_CORE);
}

/* What our own store finds for a question, of our callers or of peers'.  It waits with the questions of people, in a
 * lane of its own, and may cost no more than theirs. */
#define PEERS_LANE UINT64_MAX /* of our own callers; less the number of its link: of a peer */

struct core_search {
	struct reader_job job; /* first: see readers.h */
	struct core_search *next;
	bool gone; /* nobody waits for it */
	struct shell *shell;
	struct search_wish wish;
	struct search_answer answer;
	int code;
	struct err err;
};

static void search_run(struct reader_job *job, struct store *store)
{
	struct core_search *r = (struct core_search *)job;
	struct view view = store_view(store);
	r->code = federate_search(&view, &r->wish, &r->answer, &r->err);
}

static void search_done(struct reader_job *job)
{
	struct core_search *r = (struct core_search *)job;
	struct shell *s = r->shell;
	struct event event = { .kind = EV_SEARCHED };
	struct core_search **p = &s->searches;
	while (*p != r)
		p = &(*p)->next;
	*p = r->next;
	event.u.searched.op = r->wish.op;
	event.u.searched.code = r->code;
	event.u.searched.text = r->err.text;
	if (job->cancelled)
		event.u.searched.code = err_set(&r->err, ERR_TIMEOUT, "there was no time for it");
	event.u.searched.answer = event.u.searched.code == OK ? &r->answer : NULL;
	if (!r->gone)
		step(s, &event);
	arena_free(&r->answer.arena);
	buf_free(&r->wish.text);
	free(r);
}

static void start_search(struct shell *s, struct search_wish *wish)
{
	struct core_search *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->job.run_cb = search_run;
	r->job.done_cb = search_done;
	r->shell = s;
	r->wish = *wish;
	r->wish.text = buf_take(&wish->text);
	/* A lane for each peer: none of them keeps the others, or the public, waiting. */
	r->job.client = PEERS_LANE - wish->asker;
	r->job.work_max = QUESTION_WORK_MAX;
	r->job.until_ns = uv_hrtime() + wish->budget_ms * UINT64_C(1000000);
	r->next = s->searches;
	s->searches = r;
	readers_push(s->readers, &r->job, READ_PUBLIC);
}

static void stop_search(struct shell *s, uint64_t op)
{
	struct core_search *r = s->searches;
	while (r != NULL && r->wish.op != op)
		r = r->next;
	if (r == NULL)
		return;
	r->gone = true;
	readers_give_up(s->readers, &r->job);
}

/* ---- effects ---- */

/* A mark that still says more than need be: the next start asks peers once more. */
static void opened(struct shell *s)
{
	struct err err = { 0 };
	if (high_water_say(s->high_water, GUARD_ORDINARY, &err) != OK)
		log_line(LOG_ERROR, "high_water_failed", "reason=\"%s\"", err.text);
}

static void carry_out(struct shell *s, struct effect *fx)
{
	switch (fx->kind) {
	case FX_SEND:
		link_send(s, fx->u.send.link, &fx->u.send.frame);
		break;
	case FX_CLOSE:
		link_close(s, fx->u.close.link, fx->u.close.code, fx->u.close.text);
		break;
	case FX_DIAL:
		if (s->phase == SHELL_RUNNING)
			link_dial(s, fx->u.dial.peer);
		break;
	case FX_STORE:
		writer_store(s->writer, &fx->u.store);
		break;
	case FX_READ:
		writer_give_way(s->writer);
		start_read(s, &fx->u.read);
		break;
	case FX_RELOAD:
		writer_reload(s->writer, fx->u.reload.origin);
		break;
	case FX_REPLY:
		submit_reply(s, fx);
		break;
	case FX_ANSWER:
		doors_answer(s, fx);
		break;
	case FX_ASK:
		asker_ask(s->asker, fx->u.ask.op, fx->u.ask.url, &fx->u.ask.body);
		break;
	case FX_HANDED:
		hand_outcome(s, fx);
		break;
	case FX_SEARCH:
		start_search(s, &fx->u.search);
		break;
	case FX_SEARCH_GONE:
		stop_search(s, fx->u.search_gone.op);
		break;
	case FX_QUERIED:
		federate_outcome(s, fx);
		break;
	case FX_NOTE:
		log_line((enum log_level)fx->u.note.level, fx->u.note.event, "%s", fx->u.note.text);
		break;
	case FX_OPENED:
		opened(s);
		break;
	}
}

/* Nothing secret: many are drawn at once, which costs what one does. */
static uint64_t next_random(struct shell *s)
{
	if (s->random_left == 0) {
		random_fill(s->random, sizeof s->random);
		s->random_left = SHELL_RANDOM;
	}
	return s->random[--s->random_left];
}

static void step(struct shell *s, struct event *event)
{
	must(!s->stepping);
	if (s->phase >= SHELL_GOODBYE)
		return;
	s->stepping = true;
	event->mono_ms = loop_mono_ms();
	event->wall_ms = loop_wall_ms();
	event->random = next_random(s);
	core_step(s->core, event, &s->fx);
	for (size_t i = 0; i < s->fx.count; i++)
		carry_out(s, &s->fx.v[i]);
	effects_clear(&s->fx);
	s->stepping = false;
}

/* ---- events ---- */

void interpret_tick(struct shell *s)
{
	struct event event = { .kind = EV_TICK };
	step(s, &event);
}

static void link_event(struct shell *s, enum event_kind kind, link_id link, uint32_t peer, bool dialed, int code,
                       const char *text)
{
	struct event event = { .kind = kind };
	event.u.link.link = link;
	event.u.link.peer = peer;
	event.u.link.dialed = dialed;
	event.u.link.code = code;
	event.u.link.text = text;
	step(s, &event);
}

void interpret_link_up(struct shell *s, link_id link, uint32_t peer, bool dialed)
{
	link_event(s, EV_LINK_UP, link, peer, dialed, OK, "");
}

void interpret_link_down(struct shell *s, link_id link, uint32_t peer, bool dialed, int code, const char *text)
{
	link_event(s, EV_LINK_DOWN, link, peer, dialed, code, text);
}

void interpret_dial_failed(struct shell *s, uint32_t peer, int code, const char *text)
{
	link_event(s, EV_DIAL_FAILED, 0, peer, true, code, text);
}

void interpret_frame(struct shell *s, link_id link, struct bytes raw)
{
	struct event event = { .kind = EV_FRAME };
	event.u.frame.link = link;
	event.u.frame.raw = raw;
	step(s, &event);
}

void interpret_submit(struct shell *s, uint64_t op, const struct bytes *payloads, size_t count, const char *collection)
{
	struct event event = { .kind = EV_SUBMIT };
	event.u.submit.op = op;
	event.u.submit.payloads = payloads;
	event.u.submit.count = count;
	event.u.submit.collection = collection;
	step(s, &event);
}

void interpret_submit_each(struct shell *s, uint64_t op, const struct bytes *payloads, const char *const *collections,
                           size_t count)
{
	struct event event = { .kind = EV_SUBMIT };
	event.u.submit.op = op;
	event.u.submit.payloads = payloads;
	event.u.submit.count = count;
	event.u.submit.collections = collections;
	step(s, &event);
}

void interpret_checkpoint(struct shell *s, uint64_t op, uint64_t old_size, const struct tree_proof *proof,
                          struct bytes note)
{
	struct event event = { .kind = EV_CHECKPOINT };
	event.u.checkpoint.op = op;
	event.u.checkpoint.old_size = old_size;
	event.u.checkpoint.proof = proof;
	event.u.checkpoint.note = note;
	step(s, &event);
}

void interpret_upload(struct shell *s, uint64_t op, const struct upload *upload)
{
	struct event event = { .kind = EV_UPLOAD };
	event.u.upload.op = op;
	event.u.upload.upload = upload;
	step(s, &event);
}

void interpret_asked(void *shell, const struct asker_done *done)
{
	struct event event = { .kind = EV_ASKED };
	event.u.asked.op = done->op;
	event.u.asked.code = done->code;
	event.u.asked.status = done->status;
	event.u.asked.body = done->body;
	event.u.asked.text = done->text;
	step(shell, &event);
	loop_settle(shell);
}

void interpret_verdict(struct shell *s, uint64_t op, const struct verdict_request *verdict)
{
	struct event event = { .kind = EV_VERDICT };
	event.u.verdict.op = op;
	event.u.verdict.origin = verdict->origin;
	event.u.verdict.reason = verdict->reason;
	event.u.verdict.abandon = verdict->abandon;
	random_fill(event.u.verdict.nonce, sizeof event.u.verdict.nonce);
	step(s, &event);
}

void interpret_handover(struct shell *s, uint64_t op, const struct bytes *parts, size_t count)
{
	struct event event = { .kind = EV_HANDOVER };
	event.u.handover.op = op;
	event.u.handover.parts = parts;
	event.u.handover.count = count;
	step(s, &event);
}

void interpret_query(struct shell *s, const struct federated_wish *wish)
{
	struct event event = { .kind = EV_QUERY };
	event.u.query = wish;
	step(s, &event);
}

void interpret_query_gone(struct shell *s, uint64_t op)
{
	struct event event = { .kind = EV_QUERY_GONE };
	event.u.gone.op = op;
	step(s, &event);
}

void interpret_resume(struct shell *s)
{
	struct event event = { .kind = EV_RESUME };
	step(s, &event);
}

static void loaded(struct shell *s, const struct writer_done *done)
{
	struct event event = { .kind = EV_LOADED };
	event.u.loaded.origin = done->origin;
	event.u.loaded.code = done->code;
	event.u.loaded.state = done->state;
	step(s, &event);
}

void interpret_stored(void *shell, const struct writer_done *done)
{
	struct shell *s = shell;
	if (done->purged) {
		submit_purged(s, done->code, done->text);
		return;
	}
	if (done->write == NULL) {
		loaded(s, done);
		return;
	}
	enum store_write_kind kind = done->write->kind;
	if (done->code == OK && (kind == WRITE_ENTRIES || kind == WRITE_HEAD || kind == WRITE_PAYLOADS))
		streams_wake(s);
	struct event event = { .kind = EV_STORED };
	event.u.stored.op = done->write->op;
	event.u.stored.code = done->code;
	event.u.stored.text = done->text;
	step(s, &event);
}
