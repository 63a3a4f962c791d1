/* trace: what happened, for people and for comparing two runs. */
#include <stdarg.h>
#include <stdio.h>

#include "crypto/evidence.h"
#include "proto/frame.h"
#include "tests/sim/world.h"

void trace_fold(struct world *w, uint64_t value)
{
	w->trace_hash = (w->trace_hash ^ value) * UINT64_C(0x100000001b3);
	w->trace_hash ^= w->trace_hash >> 29;
}

void trace_bytes(struct world *w, struct bytes bytes)
{
	struct hash h = hash_sum(w->hasher, bytes);
	uint64_t value = 0;
	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | h.b[i];
	trace_fold(w, value);
}

void trace_say(struct world *w, const char *format, ...)
{
	if (!w->trace)
		return;
	(void)printf("%8llu  ", (unsigned long long)w->now_ms);
	va_list args;
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)printf("\n");
}

static void note_text(ProtobufCBinaryData raw, char *out, size_t size)
{
	struct note note;
	struct checkpoint cp;
	if (note_parse(message_bytes(raw), &note, NULL) != OK || checkpoint_parse(note.text, &cp, NULL) != OK)
		(void)snprintf(out, size, "no checkpoint");
	else
		(void)snprintf(out, size, "%.*s at %llu, root %02x%02x, %zu signatures", (int)cp.origin.len,
		               (const char *)cp.origin.data, (unsigned long long)cp.size, cp.root.b[0], cp.root.b[1],
		               note.count);
}

static void evidence_text(struct bytes file, char *out, size_t size)
{
	struct evidence e;
	if (evidence_parse(file, &e, NULL) != OK)
		(void)snprintf(out, size, "Evidence that is none");
	else
		(void)snprintf(out, size, "Evidence %s at %llu, root %02x%02x, and at %llu, root %02x%02x", e.origin,
		               (unsigned long long)e.smaller_size, e.smaller_root.b[0], e.smaller_root.b[1],
		               (unsigned long long)e.larger_size, e.larger_root.b[0], e.larger_root.b[1]);
}

static void frame_text(const Normlink__Frame *m, char *out, size_t size)
{
	char head[NAME_MAX_BYTES + 80];
	switch ((int)m->body_case) {
	case NORMLINK__FRAME__BODY_HELLO:
		(void)snprintf(out, size, "Hello %s", m->hello->name);
		break;
	case NORMLINK__FRAME__BODY_ANNOUNCE:
		note_text(m->announce->checkpoint, head, sizeof head);
		(void)snprintf(out, size, "Announce %s", head);
		break;
	case NORMLINK__FRAME__BODY_ACK:
		(void)snprintf(out, size, "Ack");
		break;
	case NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST:
		(void)snprintf(out, size, "ConsistencyRequest %s %llu to %llu", m->consistency_request->origin,
		               (unsigned long long)m->consistency_request->old_size,
		               (unsigned long long)m->consistency_request->new_size);
		break;
	case NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE:
		(void)snprintf(out, size, "ConsistencyResponse, %zu hashes", m->consistency_response->n_hashes);
		break;
	case NORMLINK__FRAME__BODY_ENTRIES_REQUEST:
		(void)snprintf(out, size, "EntriesRequest %s [%llu, %llu) of %llu", m->entries_request->origin,
		               (unsigned long long)m->entries_request->start, (unsigned long long)m->entries_request->end,
		               (unsigned long long)m->entries_request->size);
		break;
	case NORMLINK__FRAME__BODY_ENTRIES_RESPONSE:
		(void)snprintf(out, size, "EntriesResponse, %zu envelopes, %zu payloads, %zu hashes",
		               m->entries_response->n_envelopes, m->entries_response->n_payloads,
		               m->entries_response->n_hashes);
		break;
	case NORMLINK__FRAME__BODY_QUERY_REQUEST:
		(void)snprintf(out, size, "QueryRequest %.60s, %u ms, %u hops, %zu visited", m->query_request->query,
		               m->query_request->budget_ms, m->query_request->hops, m->query_request->n_visited);
		break;
	case NORMLINK__FRAME__BODY_QUERY_RESPONSE:
		(void)snprintf(out, size, "QueryResponse, %zu logs, %zu hits, %zu lines", m->query_response->n_logs,
		               m->query_response->n_hits, m->query_response->n_lines);
		break;
	case NORMLINK__FRAME__BODY_QUERY_GONE:
		(void)snprintf(out, size, "QueryGone %llu", (unsigned long long)m->query_gone->request);
		break;
	case NORMLINK__FRAME__BODY_EVIDENCE:
		evidence_text(message_bytes(m->evidence->file), out, size);
		break;
	case NORMLINK__FRAME__BODY_FAILURE:
		(void)snprintf(out, size, "Failure %u %s", m->failure->code, m->failure->text);
		break;
	default:
		(void)snprintf(out, size, "body %d", (int)m->body_case);
	}
}

static void say_frame(struct world *w, const struct node *n, link_id link, struct bytes raw, const char *how)
{
	char text[2 * NAME_MAX_BYTES + 256];
	struct arena arena = { 0 };
	Normlink__Frame *m = NULL;
	struct err err = { 0 };
	if (frame_decode(raw, &arena, &m, &err) == OK)
		frame_text(m, text, sizeof text);
	else
		(void)snprintf(text, sizeof text, "not a frame: %.200s", err.text);
	trace_say(w, "%s: %s link %u: #%llu %s", w->idents[n->ident].name, how, link,
	          m != NULL ? (unsigned long long)m->id : 0, text);
	arena_free(&arena);
}

void trace_frame(struct world *w, const struct node *n, link_id link, struct bytes raw)
{
	if (w->trace)
		say_frame(w, n, link, raw, "hears on");
}

void trace_said(struct world *w, const struct node *n, link_id link, struct bytes frame)
{
	struct bytes raw;
	size_t used;
	if (w->trace && frame_split(frame, &raw, &used, NULL) == OK)
		say_frame(w, n, link, raw, "lies on");
}
