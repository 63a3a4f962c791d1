#include "node/cli/submitting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/proof.h"
#include "node/base/must.h"
#include "node/cli/check.h"
#include "node/shell/file.h"
#include "proto/entry.h"
#include "proto/json.h"
#include "proto/record.h"

enum { BATCH_BYTES = SUBMISSION_BODY_MAX / 2, WAIT_MAX_S = 30 };

/* ---- a batch ---- */

static void sign(struct submitting *s, struct bytes record, struct buf *line)
{
	uint8_t id[AUTHOR_KEY_ID_SIZE];
	struct buf message = { 0 }, signature = { 0 };
	author_key_id(author_secret_public(s->secret), id);
	author_message(record, &message);
	author_sign(s->secret, buf_bytes(&message), &signature);
	const struct author_line signed_by = { (int)author_secret_algorithm(s->secret), s->author, bytes_of(id, sizeof id),
		                                   buf_bytes(&signature) };
	author_sent_json(record, &signed_by, line);
	buf_add_char(line, '\n');
	buf_free(&message);
	buf_free(&signature);
}

static void forget(struct submitting *s)
{
	for (size_t i = 0; i < s->count; i++)
		buf_free(&s->lines[i]);
	arena_free(&s->arena);
	s->count = s->bytes = 0;
}

/* ---- receipts ---- */

/* Is it a proof of this very record, and under the policy where there is one? */
static int check_receipt(const struct submitting *s, struct bytes record, struct bytes receipt, struct err *err)
{
	struct arena arena = { 0 };
	struct proof proof = { 0 };
	struct bytes envelope, payload, said = { 0 };
	struct author_line *lines;
	size_t count;
	enum payload_state state;
	int rc = proof_parse(receipt, &proof, err);
	bool parsed = rc == OK;
	if (rc == OK)
		rc = proof_extra_parse(buf_bytes(&proof.extra), &arena, &envelope, &state, &payload, err);
	if (rc == OK)
		rc = author_payload_read(payload, &arena, &said, &lines, &count, err);
	if (rc == OK && !bytes_equal(said, record))
		rc = err_set(err, ERR_UNTRUSTED, "it is for another record");
	if (parsed)
		proof_free(&proof);
	arena_free(&arena);
	if (rc != OK || s->policy.len == 0)
		return rc;
	struct check check;
	rc = check_proof(&check, s->policy, receipt, err);
	check_close(&check);
	return rc;
}

static int keep_receipt(const struct submitting *s, struct bytes record, const Normlink__SubmissionResult *r,
                        struct err *err)
{
	char name[48], path[4096];
	struct bytes receipt = message_bytes(r->receipt);
	int rc = check_receipt(s, record, receipt, err);
	if (rc != OK)
		return err_wrap(err, ERR_UNTRUSTED, "the node's receipt for entry %" PRIu64, r->index);
	if (s->receipts == NULL)
		return OK;
	(void)snprintf(name, sizeof name, "entry-%" PRIu64 ".tlog-proof", r->index);
	rc = file_join(path, sizeof path, s->receipts, name, err);
	return rc == OK ? file_write(path, receipt, 0644, err) : rc;
}

/* ---- answers ---- */

static const char *subject_of(struct arena *arena, struct bytes record)
{
	Normlink__Record *r = NULL;
	return record_decode(record, arena, &r, NULL) == OK ? r->subject : "a record";
}

/* *later: this one is to be sent again. */
static int take_result(struct submitting *s, size_t at, const Normlink__SubmissionResult *r, bool *later,
                       struct err *err)
{
	*later = false;
	switch (r->has_outcome ? (int)r->outcome : 0) {
	case NORMLINK__SUBMISSION_RESULT__OUTCOME__OUTCOME_ADDED:
		s->added++;
		return keep_receipt(s, s->records[at], r, err);
	case NORMLINK__SUBMISSION_RESULT__OUTCOME__OUTCOME_REVISED:
		s->revised++;
		return keep_receipt(s, s->records[at], r, err);
	case NORMLINK__SUBMISSION_RESULT__OUTCOME__OUTCOME_KNOWN:
		s->known++;
		return keep_receipt(s, s->records[at], r, err);
	case NORMLINK__SUBMISSION_RESULT__OUTCOME__OUTCOME_REFUSED:
		*later = r->status == 429 || r->status == 503;
		if (*later)
			return OK;
		s->refused++;
		s->refused_cb(s->arg, subject_of(&s->arena, s->records[at]), r->reason != NULL ? r->reason : "");
		return OK;
	default:
		return err_set(err, ERR_PROTOCOL, "an outcome that is none");
	}
}

/* What the node answered for leaves the batch. */
static int take_answer(struct submitting *s, struct bytes body, struct err *err)
{
	ProtobufCMessage *message = NULL;
	struct arena arena = { 0 };
	int rc = json_to_message(&normlink__submission_answer__descriptor, body, &arena, &message, err);
	const Normlink__SubmissionAnswer *answer = (const Normlink__SubmissionAnswer *)message;
	if (rc == OK && answer->n_results != s->count)
		rc =
		    err_set(err, ERR_PROTOCOL, "%zu records were sent and the node speaks of %zu", s->count, answer->n_results);
	size_t left = 0, count = s->count;
	for (size_t i = 0; rc == OK && i < count; i++) {
		bool later;
		rc = take_result(s, i, answer->results[i], &later, err);
		if (rc == OK && later) {
			s->records[left] = s->records[i];
			struct buf line = s->lines[left];
			s->lines[left++] = s->lines[i];
			s->lines[i] = line;
		}
	}
	for (size_t i = left; rc == OK && i < count; i++)
		buf_free(&s->lines[i]);
	if (rc == OK)
		s->count = left;
	arena_free(&arena);
	return rc;
}

static bool has_results(const struct reply *reply)
{
	static const char begin[] = "{\"results\":";
	return reply->body.len > sizeof begin && memcmp(reply->body.data, begin, sizeof begin - 1) == 0;
}

/* Not OK: no use in trying again.  *wait_s: when to, if something is left. */
static int send_once(struct submitting *s, uint64_t *wait_s, struct err *err)
{
	struct reply reply = { 0 };
	struct buf body = { 0 };
	for (size_t i = 0; i < s->count; i++)
		buf_add_bytes(&body, buf_bytes(&s->lines[i]));
	int rc = client_post(s->client, "/api/v1/submissions", "application/x-ndjson", buf_bytes(&body), &reply, err);
	*wait_s = reply.retry_s > 0 ? reply.retry_s : 1;
	if (rc == ERR_CLOSED || rc == ERR_TIMEOUT) {
		rc = OK; /* it may have arrived: sent again, it is known */
	} else if (rc == OK && has_results(&reply)) {
		rc = take_answer(s, buf_bytes(&reply.body), err);
	} else if (rc == OK && reply.status != 429 && reply.status != 503) {
		int len = reply.body.len > 0 ? (int)reply.body.len - 1 : 0;
		rc = err_set(err, client_code(reply.status) == OK ? ERR_PROTOCOL : client_code(reply.status), "%d: %.*s",
		             reply.status, len, len > 0 ? (const char *)reply.body.data : "");
	} else if (rc == OK) {
		int len = reply.body.len > 0 ? (int)reply.body.len - 1 : 0;
		(void)err_set(err, ERR_BUSY, "%.*s", len, len > 0 ? (const char *)reply.body.data : "");
	}
	reply_free(&reply);
	buf_free(&body);
	return rc;
}

static int send_batch(struct submitting *s, struct err *err)
{
	uint64_t waited_s = 0, pause_s = 1;
	while (s->count > 0) {
		uint64_t wait_s;
		size_t before = s->count;
		int rc = send_once(s, &wait_s, err);
		if (rc != OK)
			return rc;
		if (s->count == 0)
			break;
		pause_s = s->count < before ? 1 : pause_s * 2 < WAIT_MAX_S ? pause_s * 2 : WAIT_MAX_S;
		wait_s = wait_s > pause_s ? wait_s : pause_s;
		if (waited_s + wait_s > s->patience_s)
			return err_set(err, ERR_BUSY, "the node did not take %zu records in %u s; try again later", s->count,
			               s->patience_s);
		const struct timespec pause = { .tv_sec = (time_t)wait_s };
		(void)nanosleep(&pause, NULL);
		waited_s += wait_s;
	}
	forget(s);
	return OK;
}

int submitting_record(struct submitting *s, struct bytes record, struct err *err)
{
	struct buf line = { 0 };
	sign(s, record, &line);
	int rc = s->count == SUBMISSION_RECORDS_MAX || (s->count > 0 && s->bytes + line.len > BATCH_BYTES)
	             ? send_batch(s, err)
	             : OK;
	if (rc != OK) {
		buf_free(&line);
		return rc;
	}
	s->records[s->count] = arena_bytes(&s->arena, record);
	s->bytes += line.len;
	s->lines[s->count++] = line;
	return OK;
}

int submitting_finish(struct submitting *s, struct err *err)
{
	return send_batch(s, err);
}

void submitting_free(struct submitting *s)
{
	forget(s);
}
