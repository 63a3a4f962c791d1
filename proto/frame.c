#include "proto/frame.h"

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/card.h"
#include "proto/entry.h"

void frame_write(const Normlink__Frame *frame, struct buf *out)
{
	size_t n = protobuf_c_message_get_packed_size(&frame->base);
	must(n >= 1 && n <= FRAME_MAX);
	buf_add_u32(out, (uint32_t)n);
	message_encode(&frame->base, out);
}

int frame_split(struct bytes stream, struct bytes *frame, size_t *used, struct err *err)
{
	if (stream.len < FRAME_PREFIX)
		return ERR_NOT_READY;
	const uint8_t *p = stream.data;
	uint32_t n = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	if (n == 0 || n > FRAME_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.1: a frame of %u bytes, allowed are 1 to %d", (unsigned)n,
		               FRAME_MAX);
	if (stream.len - FRAME_PREFIX < n)
		return ERR_NOT_READY;
	*frame = bytes_of(p + FRAME_PREFIX, n);
	*used = FRAME_PREFIX + (size_t)n;
	return OK;
}

/* ---- what must hold of each body ----------------------------------------------------------------------------------
 */

static int broken(struct err *err, const char *clause, const char *what)
{
	return err_set(err, ERR_PROTOCOL, "clause %s: %s", clause, what);
}

static bool note_fits(ProtobufCBinaryData note)
{
	return note.len >= 1 && note.len <= NOTE_MAX;
}

static int hashes_check(size_t count, const ProtobufCBinaryData *hashes, const char *what, struct err *err)
{
	if (count > PROOF_HASHES_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: %s.hashes: %zu, at most %d", what, count, PROOF_HASHES_MAX);
	for (size_t i = 0; i < count; i++)
		if (hashes[i].len != HASH_SIZE)
			return err_set(err, ERR_PROTOCOL, "clause 4.5: %s.hashes[%zu]: not %d bytes", what, i, HASH_SIZE);
	return OK;
}

static bool origin_fits(const char *origin)
{
	return origin != NULL && key_name_check(bytes_str(origin), NULL) == OK;
}

static int keys_check(size_t count, const ProtobufCBinaryData *keys, const char *what, struct err *err)
{
	if (count > KEY_CHANGES_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.4: %s: too many", what);
	for (size_t i = 0; i < count; i++)
		if (keys[i].len == 0 || keys[i].len > KEY_STATEMENT_MAX)
			return err_set(err, ERR_PROTOCOL, "clause 4.4: %s[%zu]: %zu bytes", what, i, keys[i].len);
	return OK;
}

static int hello_check(const Normlink__Hello *m, struct err *err)
{
	if (!m->has_version || m->version == 0)
		return broken(err, "4.3", "Hello.version: missing");
	if (m->name == NULL || node_name_check(m->name, NULL) != OK)
		return broken(err, "4.3", "Hello.name: not a node's name");
	if (!m->has_requests_in_flight || m->requests_in_flight == 0)
		return broken(err, "4.3", "Hello.requests_in_flight: missing");
	if (m->has_your_checkpoint && !note_fits(m->your_checkpoint))
		return broken(err, "4.3", "Hello.your_checkpoint: empty or too large");
	return keys_check(m->n_your_keys, m->your_keys, "Hello.your_keys", err);
}

static int announce_check(const Normlink__Announce *m, struct err *err)
{
	if (!note_fits(m->checkpoint))
		return broken(err, "4.4", "Announce.checkpoint: missing or too large");
	return keys_check(m->n_keys, m->keys, "Announce.keys", err);
}

static int consistency_request_check(const Normlink__ConsistencyRequest *m, struct err *err)
{
	if (!origin_fits(m->origin))
		return broken(err, "4.5", "ConsistencyRequest.origin: missing or not an origin");
	if (!m->has_old_size || !m->has_new_size || m->old_size > m->new_size || m->new_size > INT64_MAX)
		return broken(err, "4.5", "ConsistencyRequest: sizes missing or out of order");
	return OK;
}

static int consistency_response_check(const Normlink__ConsistencyResponse *m, struct err *err)
{
	if (m->old_root.len != HASH_SIZE)
		return broken(err, "4.5", "ConsistencyResponse.old_root: not 32 bytes");
	return hashes_check(m->n_hashes, m->hashes, "ConsistencyResponse", err);
}

static int entries_request_check(const Normlink__EntriesRequest *m, struct err *err)
{
	if (!origin_fits(m->origin))
		return broken(err, "4.5", "EntriesRequest.origin: missing or not an origin");
	if (!m->has_start || !m->has_end || !m->has_size || m->start >= m->end || m->end > m->size || m->size > INT64_MAX)
		return broken(err, "4.5", "EntriesRequest: start, end and size missing or out of order");
	if (m->start / BUNDLE_ENTRIES != (m->end - 1) / BUNDLE_ENTRIES)
		return broken(err, "4.5", "EntriesRequest: not within one bundle");
	return OK;
}

static int payload_check(const Normlink__Payload *p, const char *what, size_t i, struct err *err)
{
	int state = p->has_state ? (int)p->state : 0;
	if (state != PAYLOAD_PRESENT && state != PAYLOAD_WITHHELD && state != PAYLOAD_REDACTED)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: %s.payloads[%zu].state: missing or unknown", what, i);
	bool present = state == PAYLOAD_PRESENT;
	if (present ? p->data.len == 0 || p->data.len > PAYLOAD_MAX : p->data.len != 0)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: %s.payloads[%zu].data: %zu bytes%s", what, i, p->data.len,
		               present ? "" : " where there is none");
	return OK;
}

int frame_check_entries(const Normlink__EntriesResponse *m, struct err *err)
{
	if (m->n_envelopes == 0 || m->n_envelopes > BUNDLE_ENTRIES)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: EntriesResponse.envelopes: %zu, allowed are 1 to %d",
		               m->n_envelopes, BUNDLE_ENTRIES);
	for (size_t i = 0; i < m->n_envelopes; i++)
		if (m->envelopes[i].len == 0 || m->envelopes[i].len > ENVELOPE_MAX)
			return err_set(err, ERR_PROTOCOL, "clause 4.5: EntriesResponse.envelopes[%zu]: %zu bytes", i,
			               m->envelopes[i].len);
	if (m->n_payloads == 0 || m->n_payloads > m->n_envelopes)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: EntriesResponse.payloads: %zu for %zu envelopes", m->n_payloads,
		               m->n_envelopes);
	for (size_t i = 0; i < m->n_payloads; i++) {
		int rc = payload_check(m->payloads[i], "EntriesResponse", i, err);
		if (rc != OK)
			return rc;
	}
	return hashes_check(m->n_hashes, m->hashes, "EntriesResponse", err);
}

static int payloads_request_check(const Normlink__PayloadsRequest *m, struct err *err)
{
	if (!origin_fits(m->origin))
		return broken(err, "4.8", "PayloadsRequest.origin: missing or not an origin");
	if (m->n_indexes == 0 || m->n_indexes > PAYLOADS_ASKED_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.8: PayloadsRequest.indexes: %zu, allowed are 1 to %d", m->n_indexes,
		               PAYLOADS_ASKED_MAX);
	for (size_t i = 0; i < m->n_indexes; i++)
		if (m->indexes[i] >= INT64_MAX || (i > 0 && m->indexes[i] <= m->indexes[i - 1]))
			return broken(err, "4.8", "PayloadsRequest.indexes: not ascending");
	return OK;
}

static int payloads_response_check(const Normlink__PayloadsResponse *m, struct err *err)
{
	int rc = OK;
	if (m->n_payloads == 0 || m->n_payloads > PAYLOADS_ASKED_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.8: PayloadsResponse.payloads: %zu, allowed are 1 to %d",
		               m->n_payloads, PAYLOADS_ASKED_MAX);
	for (size_t i = 0; rc == OK && i < m->n_payloads; i++)
		rc = payload_check(m->payloads[i], "PayloadsResponse", i, err);
	return rc;
}

int frame_check_evidence(const Normlink__Evidence *m, struct err *err)
{
	return m->file.len >= 1 && m->file.len <= EVIDENCE_MAX ? OK
	                                                       : broken(err, "4.5", "Evidence.file: missing or too large");
}

/* ---- queries ---- */

static bool node_named(const char *name)
{
	return name != NULL && node_name_check(name, NULL) == OK;
}

static int names_check(size_t count, char *const *names, size_t most, const char *what, struct err *err)
{
	if (count > most)
		return err_set(err, ERR_PROTOCOL, "clause 4.9: %s: %zu, at most %zu", what, count, most);
	for (size_t i = 0; i < count; i++)
		if (!node_named(names[i]))
			return err_set(err, ERR_PROTOCOL, "clause 4.9: %s[%zu]: not a node's name", what, i);
	return OK;
}

static int query_request_check(const Normlink__QueryRequest *m, struct err *err)
{
	if (m->ask.len != QUERY_ID_SIZE)
		return err_set(err, ERR_PROTOCOL, "clause 4.9: QueryRequest.ask: not %d bytes", QUERY_ID_SIZE);
	if (m->query == NULL || m->query[0] == '\0' || strlen(m->query) > QUERY_WIRE_MAX)
		return broken(err, "4.9", "QueryRequest.query: missing or too long");
	if (m->limit == 0 || m->limit > FEDERATED_HITS_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.9: QueryRequest.limit: %u, allowed are 1 to %d", m->limit,
		               FEDERATED_HITS_MAX);
	if (m->budget_ms == 0 || m->budget_ms > FEDERATED_DEADLINE_MAX_MS)
		return err_set(err, ERR_PROTOCOL, "clause 4.9: QueryRequest.budget_ms: %u, allowed are 1 to %d", m->budget_ms,
		               FEDERATED_DEADLINE_MAX_MS);
	if (m->hops > FEDERATED_HOPS_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.9: QueryRequest.hops: %u, at most %d", m->hops, FEDERATED_HOPS_MAX);
	return names_check(m->n_visited, m->visited, FEDERATED_VISITED_MAX, "QueryRequest.visited", err);
}

static int query_log_check(const Normlink__QueryLog *m, struct err *err)
{
	if (!origin_fits(m->origin))
		return broken(err, "4.9", "QueryLog.origin: missing or not an origin");
	if (!note_fits(m->checkpoint))
		return broken(err, "4.9", "QueryLog.checkpoint: missing or too large");
	return keys_check(m->n_keys, m->keys, "QueryLog.keys", err);
}

static int query_hit_check(const Normlink__QueryHit *m, size_t logs, struct err *err)
{
	if (!m->has_log || m->log >= logs)
		return broken(err, "4.9", "QueryHit.log: missing or none of the logs");
	if (!m->has_index || m->index >= INT64_MAX)
		return broken(err, "4.9", "QueryHit.index: missing or too large");
	if (m->envelope.len == 0 || m->envelope.len > ENVELOPE_MAX)
		return broken(err, "4.9", "QueryHit.envelope: missing or too large");
	if (m->payload.len == 0 || m->payload.len > PAYLOAD_MAX)
		return broken(err, "4.9", "QueryHit.payload: missing or too large");
	int rc = names_check(m->n_via, m->via, FEDERATED_HOPS_MAX, "QueryHit.via", err);
	return rc == OK ? hashes_check(m->n_hashes, m->hashes, "QueryHit", err) : rc;
}

static int query_line_check(const Normlink__QueryLine *m, struct err *err)
{
	if (m->n_via == 0)
		return broken(err, "4.9", "QueryLine.via: missing");
	if (m->text != NULL && strlen(m->text) > LABEL_MAX)
		return broken(err, "4.9", "QueryLine.text: too long");
	return names_check(m->n_via, m->via, FEDERATED_HOPS_MAX, "QueryLine.via", err);
}

static int query_response_check(const Normlink__QueryResponse *m, struct err *err)
{
	int rc = OK;
	if (m->n_logs > ORIGINS_MAX + 1 || m->n_hits > FEDERATED_HITS_MAX || m->n_lines > FEDERATED_LINES_MAX)
		return broken(err, "4.9", "QueryResponse: too many logs, hits or lines");
	for (size_t i = 0; rc == OK && i < m->n_logs; i++)
		rc = query_log_check(m->logs[i], err);
	for (size_t i = 0; rc == OK && i < m->n_hits; i++)
		rc = query_hit_check(m->hits[i], m->n_logs, err);
	for (size_t i = 0; rc == OK && i < m->n_lines; i++)
		rc = query_line_check(m->lines[i], err);
	return rc;
}

static int failure_check(const Normlink__Failure *m, struct err *err)
{
	if (!m->has_code || m->code == 0)
		return broken(err, "4.6", "Failure.code: missing");
	if (m->text != NULL && strlen(m->text) > LABEL_MAX)
		return broken(err, "4.6", "Failure.text: too long");
	return OK;
}

static int body_check(const Normlink__Frame *f, struct err *err)
{
	switch (f->body_case) {
	case NORMLINK__FRAME__BODY_HELLO:
		return hello_check(f->hello, err);
	case NORMLINK__FRAME__BODY_ANNOUNCE:
		return announce_check(f->announce, err);
	case NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST:
		return consistency_request_check(f->consistency_request, err);
	case NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE:
		return consistency_response_check(f->consistency_response, err);
	case NORMLINK__FRAME__BODY_ENTRIES_REQUEST:
		return entries_request_check(f->entries_request, err);
	case NORMLINK__FRAME__BODY_ENTRIES_RESPONSE:
		return frame_check_entries(f->entries_response, err);
	case NORMLINK__FRAME__BODY_PAYLOADS_REQUEST:
		return payloads_request_check(f->payloads_request, err);
	case NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE:
		return payloads_response_check(f->payloads_response, err);
	case NORMLINK__FRAME__BODY_EVIDENCE:
		return frame_check_evidence(f->evidence, err);
	case NORMLINK__FRAME__BODY_QUERY_REQUEST:
		return query_request_check(f->query_request, err);
	case NORMLINK__FRAME__BODY_QUERY_RESPONSE:
		return query_response_check(f->query_response, err);
	case NORMLINK__FRAME__BODY_QUERY_GONE:
		return f->query_gone->has_request ? OK : broken(err, "4.9", "QueryGone.request: missing");
	case NORMLINK__FRAME__BODY_FAILURE:
		return failure_check(f->failure, err);
	case NORMLINK__FRAME__BODY_ACK:
	case NORMLINK__FRAME__BODY_PING:
	case NORMLINK__FRAME__BODY_PONG:
		return OK;
	case NORMLINK__FRAME__BODY__NOT_SET:
	case _NORMLINK__FRAME__BODY__CASE_IS_INT_SIZE:
	default:
		if (f->base.n_unknown_fields > 0)
			return err_set(err, ERR_UNSUPPORTED, "clause 4.2: a body that this version does not know");
		return broken(err, "4.2", "Frame: no body");
	}
}

int frame_decode(struct bytes raw, struct arena *arena, Normlink__Frame **out, struct err *err)
{
	struct err inner = { 0 };
	ProtobufCMessage *message = NULL;
	if (message_decode(&normlink__frame__descriptor, raw, arena, &message, &inner) != OK)
		return err_set(err, ERR_PROTOCOL, "clause 4.1: %s", inner.text);
	*out = (Normlink__Frame *)message;
	return body_check(*out, err);
}
