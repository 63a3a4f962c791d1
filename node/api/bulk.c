#include "node/api/bulk.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/csv.h"
#include "node/api/etag.h"
#include "node/api/negotiate.h"
#include "node/api/statement.h"
#include "node/core/listing_at.h"
#include "proto/edges.h"
#include "proto/entry.h"
#include "proto/field.h"

struct bulk {
	const char *origin;
	int kind; /* 0: of any */
	uint64_t from, at;
	bool csv, packed;
};

/* ---- the question ---- */

static bool read_form(struct answer *a, struct bulk *b)
{
	const char *form;
	if (!answer_parameter(a, "format", &form))
		return false;
	b->csv = form != NULL ? strcmp(form, "csv") == 0 : negotiate_csv(a->request);
	if (form == NULL || b->csv || strcmp(form, "ndjson") == 0)
		return true;
	problem_parameter(a, "format", "parameter format is ndjson or csv");
	return false;
}

static bool read_question(struct answer *a, struct bulk *b)
{
	static const char *const known[] = { "origin", "at", "kind", "format", "from", NULL };
	b->at = UINT64_MAX;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &b->origin) ||
	    !answer_number(a, "at", 0, INT64_MAX, &b->at) || !answer_kind(a, &b->kind) || !read_form(a, b) ||
	    !answer_number(a, "from", 0, INT64_MAX, &b->from))
		return false;
	b->origin = b->origin != NULL ? b->origin : a->context->origin;
	return true;
}

/* Public records of that log that are not here: others would give more. */
static bool is_whole(struct answer *a, const char *origin)
{
	const struct view *view = a->context->view;
	struct withheld *list;
	size_t count;
	struct err err = { 0 };
	int rc = view->withheld(view->ctx, &a->found, &list, &count, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].origin, origin) != 0 || strcmp(list[i].collection, COLLECTION_PUBLIC) != 0)
			continue;
		problem_set(a, 503, "%" PRIu64 " public records of %s are not here yet: ask another node, or later",
		            list[i].count, origin);
		return false;
	}
	return true;
}

/* The log at the snapshot, and the size asked for.  NULL: the answer is a problem. */
static const struct as_of *find_log(struct answer *a, struct bulk *b)
{
	const struct as_of *at = b->origin != NULL ? answer_origin(a, b->origin) : NULL;
	if (at == NULL) {
		problem_parameter(a, "origin",
		                  "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
		return NULL;
	}
	if (b->at == UINT64_MAX)
		b->at = at->head_size < at->size ? at->head_size : at->size;
	if (b->at <= at->size)
		return at;
	problem_parameter(a, "at", "parameter at: this node holds %" PRIu64 " entries of %s", at->size, b->origin);
	return NULL;
}

/* ---- CSV (RFC 4180) ---- */

static void put_next(struct buf *out, const char *text)
{
	buf_add_char(out, ',');
	if (text != NULL)
		csv_put(out, text);
}

/* Several in one cell, with "; " between. */
static void put_list(struct buf *out, char *const *values, size_t count)
{
	struct buf all = { 0 };
	for (size_t i = 0; i < count; i++)
		buf_printf(&all, "%s%s", i > 0 ? "; " : "", values[i]);
	put_next(out, buf_str(&all));
	buf_free(&all);
}

struct targets {
	int type;
	struct buf text;
};

static int add_target(void *arg, const struct edge *edge, struct err *err)
{
	struct targets *t = arg;
	(void)err;
	if (edge->type != t->type)
		return OK;
	buf_printf(&t->text, "%s%s", t->text.len > 0 ? "; " : "", edge->target);
	if (edge->type == EDGE_ADOPTS && degree_word(edge->detail) != NULL)
		buf_printf(&t->text, " (%s)", degree_word(edge->detail));
	return OK;
}

static void put_targets(struct buf *out, const Normlink__Record *r, int type)
{
	struct targets t = { .type = type };
	struct err err = { 0 };
	int rc = record_edges(r, add_target, &t, &err);
	put_next(out, rc == OK ? buf_str(&t.text) : "");
	buf_free(&t.text);
}

static const char csv_head[] = "index,kind,subject,title,title_en,status,stage,level,published,implemented,withdrawn,"
                               "publisher,committees,ics,ccs,languages,adopts,replaces,replaced_by\r\n";

static void put_standard(struct buf *out, const Normlink__Record *r)
{
	const Normlink__Standard *s = r->standard;
	put_next(out, s != NULL ? s->stage : NULL);
	put_next(out, s != NULL && s->has_level ? code_word(&normlink__level__descriptor, (int)s->level) : NULL);
	put_next(out, record_date(r, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED));
	put_next(out, record_date(r, NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED));
	put_next(out, record_date(r, NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN));
	put_next(out, s != NULL ? s->publisher : NULL);
	put_list(out, s != NULL ? s->committees : NULL, s != NULL ? s->n_committees : 0);
}

/* NULL: it has none in that language. */
static const char *title_in(const Normlink__Record *r, const char *lang)
{
	size_t len = strlen(lang);
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		if (t->role == NORMLINK__ROLE__ROLE_TITLE && t->lang != NULL && strncmp(t->lang, lang, len) == 0 &&
		    (t->lang[len] == '\0' || t->lang[len] == '-'))
			return t->value;
	}
	return NULL;
}

static void put_row(struct buf *out, uint64_t index, const struct statement *s)
{
	const Normlink__Record *r = s->record;
	size_t ics_count = 0;
	char *const *ics = record_ics(r, &ics_count);
	buf_printf(out, "%" PRIu64, index);
	put_next(out, statement_kind(s));
	put_next(out, r->subject);
	put_next(out, record_text(r, NORMLINK__ROLE__ROLE_TITLE, ""));
	put_next(out, title_in(r, "en"));
	put_next(out, statement_status(s));
	put_standard(out, r);
	put_list(out, ics, ics_count);
	put_list(out, r->standard != NULL ? r->standard->ccs : NULL, r->standard != NULL ? r->standard->n_ccs : 0);
	put_list(out, r->standard != NULL ? r->standard->languages : NULL,
	         r->standard != NULL ? r->standard->n_languages : 0);
	put_targets(out, r, EDGE_ADOPTS);
	put_targets(out, r, NORMLINK__LINK_TYPE__LINK_REPLACES);
	put_targets(out, r, NORMLINK__LINK_TYPE__LINK_REPLACED_BY);
	buf_add_str(out, "\r\n");
}

/* ---- a portion ---- */

static void put_line(struct buf *out, uint64_t index, const struct statement *s)
{
	struct json j = { .out = out };
	json_object_begin(&j);
	json_put_u64(&j, "index", index);
	statement_json(s, &j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

/* The records from *next on, as many as one part of a listing has. */
static int put_records(struct answer *a, const struct bulk *b, uint64_t *next, struct buf *out, struct err *err)
{
	const struct view *view = a->context->view;
	const struct listing_at what = { b->origin, b->kind, *next, b->at, SEARCH_LIMIT_MAX };
	struct arena found = { 0 };
	struct found_list list;
	int rc = view->listing_at(view->ctx, &what, &found, &list, next, err);
	for (size_t i = 0; rc == OK && i < list.count; i++) {
		struct statement s;
		statement_read(&s, &list.v[i], "");
		if (s.record != NULL && b->csv)
			put_row(out, list.v[i].index, &s);
		else if (s.record != NULL)
			put_line(out, list.v[i].index, &s);
		statement_free(&s);
	}
	arena_free(&found);
	return rc;
}

/* What it is of, so that another node's can be told to be the same: nothing of this node, nor of the time.  redacted:
 * payloads that were taken away from the log, by which alone the same question may have another answer. */
static const char *tag_of(const struct answer *a, const struct bulk *b, uint64_t redacted)
{
	struct hasher *h = hasher_new();
	struct buf text = { 0 };
	buf_printf(&text, "%s %s %" PRIu64 " %" PRIu64 " %d %d %" PRIu64 "%s",
	           a->context->version != NULL ? a->context->version : "", b->origin, b->at, b->from, b->kind, b->csv,
	           redacted, b->packed ? " gzip" : "");
	struct hash sum = hash_sum(h, buf_bytes(&text));
	hasher_free(h);
	buf_free(&text);
	return arena_printf(a->arena, "\"%s\"", answer_hex(a->arena, bytes_of(sum.b, 16)));
}

static const char *file_name(const struct answer *a, const struct bulk *b)
{
	char *name = arena_str(a->arena, answer_escaped(a->arena, b->origin, "/"));
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '/' || *c == '%' || *c == ':' ? '-' : *c;
	return arena_printf(a->arena, "%s-%" PRIu64 ".%s", name, b->at, b->csv ? "csv" : "ndjson");
}

/* Everything but the body.  False: the answer is a problem, or 304. */
static bool begin(struct answer *a, struct bulk *b)
{
	if (!read_question(a, b) || !answer_begin(a))
		return false;
	const struct as_of *log = find_log(a, b);
	if (log == NULL || !is_whole(a, b->origin))
		return false;
	const struct view *view = a->context->view;
	struct redacted_list redacted = { 0 };
	struct err err = { 0 };
	int rc = view->redactions(view->ctx, b->origin, 1, 0, &a->found, &redacted, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	a->type = b->csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
	a->headers = arena_printf(a->arena, "Normlink-Origin: %s\r\nNormlink-Size: %" PRIu64 "\r\n",
	                          answer_escaped(a->arena, b->origin, "/"), b->at);
	a->file = file_name(a, b);
	a->etag = tag_of(a, b, redacted.total);
	a->vary = "Accept, Accept-Encoding";
	a->coding = b->packed ? "gzip" : NULL;
	answer_mark(a, log);
	if (!etag_is_known(a))
		return true;
	a->status = 304;
	return false;
}

/* Not in chunks: for who asks for its head alone, or knows no chunks, and of a node that nobody serves. */
void bulk_answer(struct answer *a)
{
	struct bulk b = { 0 };
	struct err err = { 0 };
	bool head = bytes_equal(a->request->method, bytes_str("HEAD"));
	b.packed = head && negotiate_gzip(a->request);
	if (!begin(a, &b))
		return;
	a->unmeasured = head;
	if (head)
		return;
	if (b.csv && b.from == 0)
		buf_add_str(&a->body, csv_head);
	uint64_t next = b.from;
	int rc = OK;
	while (rc == OK && next < b.at && a->body.len <= BULK_BODY_MAX)
		rc = put_records(a, &b, &next, &a->body, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	else if (a->body.len > BULK_BODY_MAX)
		problem_set(a, 503, "it is larger than %d bytes: ask a node that is running, by HTTP/1.1", BULK_BODY_MAX);
}

bool bulk_is_stream(const struct http_request *request)
{
	return bytes_equal(request->path, bytes_str("/api/v1/bulk")) && bytes_equal(request->method, bytes_str("GET")) &&
	       !request->old && request->query.len <= 4 * QUERY_MAX;
}

static void add_chunk(struct buf *out, struct bytes data)
{
	if (data.len == 0)
		return;
	buf_printf(out, "%zx\r\n", data.len);
	buf_add_bytes(out, data);
	buf_add_str(out, "\r\n");
}

/* The next of what the client unpacks, or takes as it is; last: and the end of it. */
static void add_data(struct bulk_place *place, struct bytes data, bool last, struct buf *out)
{
	struct buf piece = { 0 };
	if (place->packed)
		gzip_piece(&place->member, data, last, &piece);
	add_chunk(out, place->packed ? buf_bytes(&piece) : data);
	buf_add_str(out, last ? "0\r\n\r\n" : "");
	buf_free(&piece);
}

/* The first portion is the head and, of CSV, the line of names. */
static bool put_head(struct answer *a, struct bulk *b, struct bulk_place *place, struct buf *body, struct buf *out)
{
	b->packed = negotiate_gzip(a->request);
	if (!begin(a, b)) {
		answer_response(a, out);
		return false;
	}
	a->headers = arena_printf(a->arena, "%sTransfer-Encoding: chunked\r\n", a->headers);
	answer_stream(a, a->type, out);
	if (b->csv && b->from == 0)
		buf_add_str(body, csv_head);
	*place = (struct bulk_place){ .begun = true, .at = b->at, .next = b->from, .packed = b->packed };
	return true;
}

int bulk_portion(const struct http_request *request, const struct api_context *context, struct arena *arena,
                 struct bulk_place *place, bool *more, struct buf *out)
{
	struct answer a = answer_new(request, context, arena);
	struct bulk b = { 0 };
	struct buf body = { 0 };
	struct err err = { 0 };
	*more = false;
	bool good = true;
	if (!place->begun && answer_withheld(&a)) {
		answer_response(&a, out);
		good = false;
	} else if (!place->begun) {
		good = put_head(&a, &b, place, &body, out);
	} else {
		good = read_question(&a, &b) && answer_begin(&a);
		b.at = place->at;
	}
	if (good && place->next < place->at)
		good = put_records(&a, &b, &place->next, &body, &err) == OK;
	answer_end(&a);
	if (good) {
		*more = place->next < place->at;
		add_data(place, buf_bytes(&body), !*more, out);
	}
	int status = good ? 200 : a.status != 200 ? a.status : 500;
	buf_free(&body);
	answer_free(&a);
	return status;
}
