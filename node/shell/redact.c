#include "node/shell/redact.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/designator.h"
#include "proto/entry.h"
#include "proto/record.h"

/* What was asked for. */
struct request {
	char reference[4 * SUBJECT_MAX + 1]; /* empty: by index */
	char index[24];
	char reason[LABEL_MAX + 1], basis[LABEL_MAX + 1];
	char dry[2];
};

struct work {
	struct view view;
	const char *origin;
	const struct request *request;
	struct screen *out;
	struct arena arena;
	struct err *err;
	size_t *ends;
	size_t cap;
};

static int read_one(const struct http_request *http, const char *name, char *out, size_t size, struct err *err)
{
	struct bytes raw;
	out[0] = '\0';
	if (!http_parameter(http, name, &raw))
		return OK;
	if (http_decode(raw, true, out, size) != OK)
		return err_set(err, ERR_INVALID, "%s is not text of at most %zu bytes", name, size - 1);
	return OK;
}

static int read_request(const struct http_request *http, struct request *r, struct err *err)
{
	int rc = read_one(http, "reference", r->reference, sizeof r->reference, err);
	if (rc == OK)
		rc = read_one(http, "index", r->index, sizeof r->index, err);
	if (rc == OK)
		rc = read_one(http, "reason", r->reason, sizeof r->reason, err);
	if (rc == OK)
		rc = read_one(http, "basis", r->basis, sizeof r->basis, err);
	if (rc == OK)
		rc = read_one(http, "dry", r->dry, sizeof r->dry, err);
	if (rc == OK && (r->reference[0] == '\0') == (r->index[0] == '\0'))
		rc = err_set(err, ERR_INVALID, "what is to be redacted: a reference, or the number of an entry");
	if (rc == OK && (r->reason[0] == '\0' || r->basis[0] == '\0'))
		rc = err_set(err, ERR_INVALID, "a redaction needs a reason and a basis");
	return rc;
}

/* ---- the statements ---- */

static int write_statement(struct work *w, uint64_t index, const struct envelope *envelope, struct buf *record)
{
	char subject[24], reason[LABEL_MAX + 1], basis[LABEL_MAX + 1];
	Normlink__Redaction body = NORMLINK__REDACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	(void)snprintf(subject, sizeof subject, "%" PRIu64, index);
	memcpy(reason, w->request->reason, sizeof reason);
	memcpy(basis, w->request->basis, sizeof basis);
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_REDACTION;
	r.subject = subject;
	r.redaction = &body;
	body.has_index = body.has_payload_digest = 1;
	body.index = index;
	body.payload_digest = message_field(bytes_of(envelope->payload_digest.b, HASH_SIZE));
	body.reason = reason;
	body.basis = basis;
	return record_encode(&r, record, w->err);
}

static void grow(struct work *w)
{
	if (w->out->count < w->cap)
		return;
	w->cap = w->cap == 0 ? 16 : w->cap * 2;
	w->ends = realloc(w->ends, w->cap * sizeof *w->ends);
	must(w->ends != NULL);
}

static int add(struct work *w, const struct found *f, const char *subject)
{
	struct envelope envelope;
	struct buf record = { 0 };
	uint8_t nonce[NONCE_SIZE];
	int rc = envelope_parse(f->envelope, &envelope, w->err);
	if (rc == OK)
		rc = write_statement(w, f->index, &envelope, &record);
	if (rc == OK) {
		random_fill(nonce, sizeof nonce);
		payload_write(buf_bytes(&record), nonce, &w->out->packed);
		grow(w);
		w->ends[w->out->count++] = w->out->packed.len;
		buf_printf(&w->out->refusals, "entry %" PRIu64 " %s\n", f->index, subject);
	}
	buf_free(&record);
	return rc;
}

static void point_at_payloads(struct work *w)
{
	struct screen *out = w->out;
	size_t start = 0;
	out->payloads = calloc(out->count + 1, sizeof *out->payloads);
	must(out->payloads != NULL);
	for (size_t i = 0; i < out->count; i++) {
		out->payloads[i] = bytes_of(out->packed.data + start, w->ends[i] - start);
		start = w->ends[i];
	}
	free(w->ends);
}

/* ---- the entries ---- */

static int by_index(struct work *w)
{
	struct found f;
	Normlink__Record *record = NULL;
	char *end = NULL;
	uint64_t index = strtoull(w->request->index, &end, 10);
	if (*end != '\0' || w->request->index[0] < '0' || w->request->index[0] > '9')
		return err_set(w->err, ERR_INVALID, "%s is not the number of an entry", w->request->index);
	int rc = w->view.entry(w->view.ctx, w->origin, index, &w->arena, &f, w->err);
	if (rc != OK)
		return rc;
	if (f.state == PAYLOAD_REDACTED)
		return err_set(w->err, ERR_EXISTS, "entry %" PRIu64 " is redacted already", index);
	bool read = f.state == PAYLOAD_PRESENT && payload_open(f.payload, &w->arena, &record, NULL) == OK;
	if (read && kind_about_log((int)record->kind))
		return err_set(w->err, ERR_INVALID, "entry %" PRIu64 " speaks about this log: such statements stay", index);
	return add(w, &f, read ? record->subject : "(not readable)");
}

/* Of an undated reference the view gives all editions; only what is asked for by its very name is meant. */
static int by_reference(struct work *w)
{
	struct designator d;
	struct found_list list;
	if (designator_parse(bytes_str(w->request->reference), &d, w->err) != OK)
		return err_wrap(w->err, ERR_INVALID, "the reference");
	int rc = w->view.subject(w->view.ctx, 0, d.canonical, &w->arena, &list, w->err);
	if (rc == OK && list.count < list.total)
		rc = err_set(w->err, ERR_LIMIT, "more than %d statements: redact them by their numbers", REVISIONS_MAX);
	for (size_t i = 0; rc == OK && i < list.count; i++) {
		const struct found *f = &list.v[i];
		Normlink__Record *record = NULL;
		if (strcmp(f->origin, w->origin) == 0 && payload_open(f->payload, &w->arena, &record, NULL) == OK &&
		    !kind_about_log((int)record->kind) && strcmp(record->subject, d.canonical) == 0)
			rc = add(w, f, record->subject);
	}
	if (rc == OK && w->out->count == 0)
		rc = err_set(w->err, ERR_NOT_FOUND, "%s: our own log says nothing about it", d.canonical);
	return rc;
}

int redact_screen(struct store *store, const char *origin, const struct http_request *request, struct screen *out,
                  struct err *err)
{
	struct request r;
	struct work w = { .view = store_view(store), .origin = origin, .request = &r, .out = out, .err = err };
	*out = (struct screen){ 0 };
	int rc = read_request(request, &r, err);
	if (rc == OK)
		rc = r.index[0] != '\0' ? by_index(&w) : by_reference(&w);
	out->dry = r.dry[0] == '1';
	if (rc == OK && out->count > SUBMIT_ENTRIES_MAX)
		rc = err_set(err, ERR_LIMIT, "more than %d entries", SUBMIT_ENTRIES_MAX);
	point_at_payloads(&w);
	arena_free(&w.arena);
	return rc;
}
