#include "node/shell/screen.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/base/arena.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"

enum {
	PREFIX = 4,       /* the length before each record */
	SLOTS = 2 * 4096, /* of the table of subjects: a power of two, at most half full */
	WRAPPING = 64,    /* what a payload may add to its record */
};

/* What the batch itself says of a subject so far: a later record in it is compared with that, not with the store. */
struct said {
	int kind;            /* 0: an empty slot */
	const char *subject; /* in the batch's arena */
	struct bytes record; /* in the body */
};

struct work {
	struct store *store;
	const char *origin;
	bool public;
	struct screen *out;
	struct arena subjects;
	struct said *table;
	uint8_t *nonces;
	size_t *ends; /* of each payload in out->packed */
};

static uint64_t slot_hash(int kind, const char *subject)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)(unsigned)kind; /* FNV-1a; only our own user chooses */
	for (const char *c = subject; *c != '\0'; c++)
		h = (h ^ (uint8_t)*c) * UINT64_C(1099511628211);
	return h;
}

static struct said *find_slot(struct work *w, int kind, const char *subject)
{
	for (uint64_t h = slot_hash(kind, subject);; h++) {
		struct said *slot = &w->table[h % SLOTS];
		if (slot->kind == 0 || (slot->kind == kind && strcmp(slot->subject, subject) == 0))
			return slot;
	}
}

static void refuse(struct screen *out, size_t number, const char *reason)
{
	out->refused++;
	buf_printf(&out->refusals, "refusal %zu %s\n", number, reason);
}

/* Wrap the record as a payload at the end of packed. */
static void keep(struct work *w, struct bytes record)
{
	struct screen *out = w->out;
	payload_write(record, w->nonces + out->count * NONCE_SIZE, &out->packed);
	w->ends[out->count++] = out->packed.len;
}

/* Clause 2.13: what is corrected is an earlier entry of this log, about the same thing as far as it can still be read.
 * *fault: why it is not. */
static int check_corrected(struct work *w, const Normlink__Record *r, struct arena *arena, const char **fault,
                           struct err *err)
{
	struct view view = store_view(w->store);
	struct found found;
	Normlink__Record *old = NULL;
	struct err why = { 0 };
	unsigned long long index = (unsigned long long)r->correction->index;
	int rc = view.entry(view.ctx, w->origin, r->correction->index, arena, &found, &why);
	if (rc == ERR_NOT_FOUND) {
		*fault = arena_printf(arena, "correction.index: this log has no entry %llu (clause 2.13)", index);
		return OK;
	}
	if (rc != OK)
		return err_set(err, rc, "%s", why.text);
	if (found.state == PAYLOAD_PRESENT && payload_open(found.payload, arena, &old, NULL) == OK &&
	    (old->kind != r->kind || strcmp(old->subject, r->subject) != 0))
		*fault = arena_printf(arena, "correction.index: entry %llu is about %s (clause 2.13)", index, old->subject);
	return OK;
}

static int weigh(struct work *w, const Normlink__Record *r, struct bytes record, struct err *err)
{
	int kind = (int)r->kind;
	const char *subject = r->subject;
	struct said *slot = find_slot(w, kind, subject);
	bool same = false;
	bool exists = true;
	int rc = OK;
	if (slot->kind != 0)
		same = bytes_equal(slot->record, record);
	else
		rc = store_says(w->store, w->origin, kind, subject, record, &same, &exists, err);
	if (rc != OK)
		return rc;
	if (same) {
		w->out->unchanged++;
		return OK;
	}
	if (exists)
		w->out->revised++;
	else
		w->out->added++;
	*slot = (struct said){ .kind = kind, .subject = arena_str(&w->subjects, subject), .record = record };
	keep(w, record);
	return OK;
}

static int take(struct work *w, size_t number, struct bytes record, struct err *err)
{
	struct arena arena = { 0 };
	struct err why = { 0 };
	Normlink__Record *r = NULL;
	const char *fault = NULL;
	uint64_t refused = w->out->refused;
	int rc = OK;
	if (record.len > PAYLOAD_MAX - WRAPPING)
		refuse(w->out, number, "larger than a payload may be (clause 1.2)");
	else if (record_decode(record, &arena, &r, &why) != OK)
		refuse(w->out, number, why.text);
	else if (r->kind == NORMLINK__KIND__KIND_KEY)
		refuse(w->out, number, "key statements are made by normlink key rotate (clause 2.10)");
	else if (r->kind == NORMLINK__KIND__KIND_INDEX)
		refuse(w->out, number, "index roots are made by the node itself (clause 2.18)");
	else if (r->kind == NORMLINK__KIND__KIND_REDACTION)
		refuse(w->out, number, "a redaction is asked for with normlink redact");
	else if (kind_about_log((int)r->kind) && !w->public)
		refuse(w->out, number, "what is said about a log is public");
	else if (record_personal(r) && w->public)
		refuse(w->out, number, "the personal part of feedback is not for the public collection (clause 2.11)");
	else if (r->correction != NULL)
		rc = check_corrected(w, r, &arena, &fault, err);
	if (fault != NULL)
		refuse(w->out, number, fault);
	else if (rc == OK && refused == w->out->refused)
		rc = weigh(w, r, record, err);
	arena_free(&arena);
	return rc;
}

static size_t read_length(const uint8_t *at)
{
	return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | (size_t)at[3];
}

/* Check the form of the whole body before anything is done with a part of it. */
static int count_records(struct bytes body, size_t *count, struct err *err)
{
	size_t n = 0;
	for (size_t at = 0; at < body.len; n++) {
		if (body.len - at < PREFIX)
			return err_set(err, ERR_INVALID, "record %zu: the body ends inside its length", n);
		size_t len = read_length(body.data + at);
		if (len == 0 || len > body.len - at - PREFIX)
			return err_set(err, ERR_INVALID, "record %zu: length %zu, but %zu bytes follow", n, len,
			               body.len - at - PREFIX);
		if (n == SUBMIT_ENTRIES_MAX)
			return err_set(err, ERR_LIMIT, "more than %d records", SUBMIT_ENTRIES_MAX);
		at += PREFIX + len;
	}
	*count = n;
	return OK;
}

static int take_all(struct work *w, struct bytes body, struct err *err)
{
	size_t number = 0;
	int rc = OK;
	for (size_t at = 0; rc == OK && at < body.len; number++) {
		size_t len = read_length(body.data + at);
		rc = take(w, number, bytes_of(body.data + at + PREFIX, len), err);
		at += PREFIX + len;
	}
	return rc;
}

/* packed grew while payloads were added: only now do they stand still. */
static void point_at_payloads(struct work *w)
{
	struct screen *out = w->out;
	size_t start = 0;
	for (size_t i = 0; i < out->count; i++) {
		out->payloads[i] = bytes_of(out->packed.data + start, w->ends[i] - start);
		start = w->ends[i];
	}
}

int screen_run(struct store *store, const char *origin, bool public, struct bytes body, struct screen *out,
               struct err *err)
{
	struct work w = { .store = store, .origin = origin, .public = public, .out = out };
	size_t count = 0;
	*out = (struct screen){ 0 };
	int rc = count_records(body, &count, err);
	if (rc != OK || count == 0)
		return rc;
	must(SLOTS >= 2 * SUBMIT_ENTRIES_MAX);
	w.table = calloc(SLOTS, sizeof *w.table);
	w.nonces = malloc(count * NONCE_SIZE);
	w.ends = calloc(count, sizeof *w.ends);
	out->payloads = calloc(count, sizeof *out->payloads);
	must(w.table != NULL && w.nonces != NULL && w.ends != NULL && out->payloads != NULL);
	random_fill(w.nonces, count * NONCE_SIZE);
	(void)buf_reserve(&out->packed, body.len + count * WRAPPING);
	rc = take_all(&w, body, err);
	point_at_payloads(&w);
	free(w.table);
	free(w.nonces);
	free(w.ends);
	arena_free(&w.subjects);
	return rc;
}

void screen_free(struct screen *s)
{
	free(s->payloads);
	buf_free(&s->packed);
	buf_free(&s->refusals);
	*s = (struct screen){ 0 };
}
