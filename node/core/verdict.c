/* Verdicts: an operator decides about an origin that forked, as an entry of our own log.
 *
 *     EV_VERDICT ──> entry appended ──EV_STORED──> in force          restart: read again from our log
 */
#include "node/core/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/evidence.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/record.h"

const char *fork_word(enum fork_state state)
{
	switch (state) {
	case FORK_FROZEN:
		return "frozen";
	case FORK_RELEASED:
		return "released";
	case FORK_ABANDONED:
		return "abandoned";
	case FORK_NONE:
		break;
	}
	return NULL;
}

static struct fork decide(struct hasher *h, const struct evidence *e, struct bytes file, const Normlink__Verdict *v)
{
	struct fork fork = { .state = FORK_FROZEN };
	struct hash digest = hash_sum(h, file);
	if (!bytes_equal(message_bytes(v->evidence_digest), bytes_of(digest.b, HASH_SIZE)))
		return fork;
	if (v->decision == NORMLINK__DECISION__DECISION_RELEASED)
		fork = (struct fork){ .state = FORK_RELEASED, .settled = v->size > e->larger_size ? v->size : e->larger_size };
	else if (v->decision == NORMLINK__DECISION__DECISION_ABANDONED)
		fork.state = FORK_ABANDONED;
	return fork;
}

struct fork verdict_on(struct hasher *h, struct bytes evidence, struct bytes payload)
{
	struct fork fork = { .state = evidence.len > 0 ? FORK_FROZEN : FORK_NONE };
	struct arena arena = { 0 };
	Normlink__Record *record = NULL;
	struct evidence e;
	if (evidence.len == 0 || payload.len == 0)
		return fork;
	if (payload_open(payload, &arena, &record, NULL) == OK && record->kind == NORMLINK__KIND__KIND_VERDICT &&
	    evidence_parse(evidence, &e, NULL) == OK && strcmp(record->subject, e.origin) == 0)
		fork = decide(h, &e, evidence, record->verdict);
	arena_free(&arena);
	return fork;
}

/* ---- in force ---- */

static struct verdict *find(struct core *c, const char *origin)
{
	for (size_t i = 0; i < c->verdict_count; i++)
		if (strcmp(c->verdicts[i].origin, origin) == 0)
			return &c->verdicts[i];
	return NULL;
}

/* Again what was heard while nothing was done about it. */
static void resume(struct core *c, size_t log)
{
	c->logs[log]->head_revision++; /* to be announced, though it is no other than before */
	reconcile_reopen(c, log);
	peer_announce(c, log);
}

void verdict_apply(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	enum fork_state before = l->fork.state;
	const struct verdict *v = find(c, l->origin);
	/* No verdict of ours can unsay what our own key has signed twice. */
	bool judged = v != NULL && !l->own && l->evidence_durable;
	l->fork = verdict_on(c->hasher, buf_bytes(&l->evidence), judged ? buf_bytes(&v->payload) : bytes_of(NULL, 0));
	if (fork_stops(l->fork.state))
		mirror_stop(l);
	if (c->fx == NULL || before == l->fork.state)
		return; /* while it is being loaded nothing is said */
	if (l->fork.state == FORK_RELEASED || l->fork.state == FORK_ABANDONED)
		core_note(c, LOG_WARN, "fork_judged", "origin=%s decision=%s", l->origin, fork_word(l->fork.state));
	if (l->fork.state == FORK_RELEASED)
		resume(c, log);
}

bool verdict_note(struct core *c, struct bytes payload)
{
	struct arena arena = { 0 };
	Normlink__Record *record = NULL;
	if (payload_kind(payload) != NORMLINK__KIND__KIND_VERDICT || payload_open(payload, &arena, &record, NULL) != OK) {
		arena_free(&arena);
		return false;
	}
	struct verdict *v = find(c, record->subject);
	if (v == NULL) {
		c->verdicts = realloc(c->verdicts, (c->verdict_count + 1) * sizeof *c->verdicts);
		must(c->verdicts != NULL);
		v = &c->verdicts[c->verdict_count++];
		*v = (struct verdict){ 0 };
		memcpy(v->origin, record->subject, strlen(record->subject) + 1);
	}
	buf_reset(&v->payload);
	buf_add_bytes(&v->payload, payload);
	arena_free(&arena);
	return true;
}

void verdict_restore(struct core *c, const struct log *log, const struct origin_state *state)
{
	for (size_t i = 0; log->own && i < state->statement_count; i++)
		(void)verdict_note(c, state->statements[i].payload);
	for (size_t i = 0; i < c->log_count; i++)
		if (log->own || c->logs[i] == log)
			verdict_apply(c, i);
}

void verdict_close(struct core *c)
{
	for (size_t i = 0; i < c->verdict_count; i++)
		buf_free(&c->verdicts[i].payload);
	free(c->verdicts);
}

/* ---- asked for ---- */

static int write_record(struct core *c, const struct log *l, const struct event *event, struct buf *record,
                        struct err *err)
{
	struct hash digest = hash_sum(c->hasher, buf_bytes(&l->evidence));
	struct hash root = l->head.note.len > 0 ? l->head.root : hash_empty(c->hasher);
	char origin[NAME_MAX_BYTES + 1], reason[LABEL_MAX + 2];
	memcpy(origin, l->origin, sizeof origin);
	size_t len = strnlen(event->u.verdict.reason, LABEL_MAX + 1);
	memcpy(reason, event->u.verdict.reason, len);
	reason[len] = '\0';
	Normlink__Verdict verdict = NORMLINK__VERDICT__INIT;
	verdict.has_decision = verdict.has_evidence_digest = verdict.has_size = verdict.has_root = 1;
	verdict.decision =
	    event->u.verdict.abandon ? NORMLINK__DECISION__DECISION_ABANDONED : NORMLINK__DECISION__DECISION_RELEASED;
	verdict.evidence_digest = message_field(bytes_of(digest.b, HASH_SIZE));
	verdict.size = l->head.note.len > 0 ? l->head.size : 0;
	verdict.root = message_field(bytes_of(root.b, HASH_SIZE));
	verdict.reason = reason;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_VERDICT;
	r.subject = origin;
	r.verdict = &verdict;
	return record_encode(&r, record, err);
}

/* May anything be decided about this origin here? */
static int judgeable(const struct core *c, const char *origin, size_t *log, struct err *err)
{
	*log = serve_find_log(c, origin);
	if (*log == SIZE_MAX)
		return err_set(err, ERR_NOT_FOUND, "no card names the origin %s", origin);
	const struct log *l = c->logs[*log];
	if (l->evidence.len == 0)
		return err_set(err, ERR_NOT_FOUND, "no evidence of a fork of %s is held", origin);
	if (l->own)
		return err_set(err, ERR_CONFLICT,
		               "our own key has signed two histories: no verdict can unsay one; publish under a new origin");
	return l->evidence_durable ? OK : err_set(err, ERR_BUSY, "the evidence is being written: try again");
}

static void refuse(struct core *c, uint64_t op, int code, const char *text)
{
	struct effect *fx = effects_add(c->fx, FX_REPLY);
	fx->u.reply.op = op;
	fx->u.reply.code = code;
	fx->u.reply.size = c->logs[0]->stored;
	core_reason(fx->u.reply.text, sizeof fx->u.reply.text, text);
}

void verdict_ask(struct core *c, const struct event *event)
{
	size_t log;
	struct err err = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	int rc = judgeable(c, event->u.verdict.origin, &log, &err);
	if (rc == OK)
		rc = write_record(c, c->logs[log], event, &record, &err);
	if (rc != OK) {
		refuse(c, event->u.verdict.op, rc, err.text);
		buf_free(&record);
		return;
	}
	payload_write(buf_bytes(&record), event->u.verdict.nonce, &payload);
	struct bytes one = buf_bytes(&payload);
	struct event submit = { .kind = EV_SUBMIT };
	submit.u.submit.op = event->u.verdict.op;
	submit.u.submit.count = 1;
	submit.u.submit.payloads = &one;
	origin_submit(c, &submit);
	buf_free(&record);
	buf_free(&payload);
}
