/* The router: which file answers, in which form, and the response around what it said. */
#include "node/api/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/api/add_entries.h"
#include "node/api/answer.h"
#include "node/api/federated.h"
#include "node/api/gzip.h"
#include "node/api/kept.h"
#include "node/api/negotiate.h"
#include "node/api/openapi.h"
#include "node/api/schemas.h"
#include "node/api/sru.h"
#include "node/base/must.h"

/* ---- which file ---- */

/* A reference may have its slashes written as they are or as %2F: everything up to a last word of ours is it. */
static bool ends_with(struct bytes text, const char *end)
{
	size_t len = strlen(end);
	return text.len > len && memcmp(text.data + text.len - len, end, len) == 0;
}

static void answer_reference(struct answer *a, struct bytes reference)
{
	if (ends_with(reference, "/proof")) {
		reference.len -= strlen("/proof");
		proof_answer(a, reference);
	} else if (ends_with(reference, "/revisions")) {
		reference.len -= strlen("/revisions");
		revisions_answer(a, reference);
	} else {
		record_answer(a, reference);
	}
}

static void answer_number_of(struct answer *a, struct bytes index)
{
	if (ends_with(index, "/proof")) {
		index.len -= strlen("/proof");
		entry_proof_answer(a, index);
	} else {
		entry_answer(a, index);
	}
}

/* The first that fits counts: a path of its own stands before the folder that it lies in. */
static const struct route {
	const char *path;                 /* with a slash at its end: what is below it, but not itself */
	const char *methods;              /* as in Allow */
	bool status;                      /* tells what the node says of itself */
	void (*answer)(struct answer *a); /* one of these two */
	void (*answer_below)(struct answer *a, struct bytes rest); /* rest: what follows path, as it was sent */
} routes[] = {
	{ "/", "GET, HEAD", false, index_answer, NULL },
	{ "/openapi.json", "GET, HEAD", false, openapi_answer, NULL },
	{ "/api/v1/openapi.json", "GET, HEAD", false, openapi_answer, NULL },
	{ "/api/v1/search", "GET, HEAD", false, search_answer, NULL },
	{ "/api/v1/suggest", "GET, HEAD", false, suggest_answer, NULL },
	{ "/api/v1/changes", "GET, HEAD", false, changes_answer, NULL },
	{ "/api/v1/records", "GET, HEAD", false, records_answer, NULL },
	{ "/api/v1/bulk", "GET, HEAD", false, bulk_answer, NULL },
	{ "/api/v1/records/", "GET, HEAD", false, NULL, answer_reference },
	{ "/id/", "GET, HEAD", false, NULL, id_answer },
	{ "/api/v1/entries/", "GET, HEAD", true, NULL, answer_number_of },
	{ "/api/v1/redactions", "GET, HEAD", true, redactions_answer, NULL },
	{ "/api/v1/audit", "GET, HEAD", false, audit_answer, NULL },
	{ "/api/v1/heads", "GET, HEAD", true, heads_answer, NULL },
	{ "/api/v1/evidence", "GET, HEAD", false, evidence_answer, NULL },
	{ "/api/v1/index", "GET, HEAD", false, roots_answer, NULL },
	{ "/api/v1/keys", "GET, HEAD", false, keys_answer, NULL },
	{ "/api/v1/statuses", "GET, HEAD", false, statuses_answer, NULL },
	{ "/api/v1/statistics", "GET, HEAD", false, statistics_answer, NULL },
	{ "/api/v1/feedback", "GET, HEAD, POST", false, feedback_list_answer, NULL },
	{ "/api/v1/feedback/", "GET, HEAD", false, NULL, feedback_answer },
	{ "/api/v1/submitters", "GET, HEAD", false, submitters_answer, NULL },
	{ "/api/v1/evidence/", "GET, HEAD", false, NULL, evidence_file_answer },
	{ "/api/v1/authority", "GET, HEAD", false, authority_answer, NULL },
	{ "/api/v1/equivalents", "GET, HEAD", false, equivalents_answer, NULL },
	{ "/api/v1/current", "GET, HEAD", false, current_answer, NULL },
	{ "/api/v1/drift", "GET, HEAD", false, drift_answer, NULL },
	{ "/api/v1/impact", "GET, HEAD", false, impact_answer, NULL },
	{ "/api/v1/peers", "GET, HEAD", true, peers_answer, NULL },
	{ "/api/v1/status", "GET, HEAD", true, status_answer, NULL },
	{ "/sru", "GET, HEAD, POST", false, sru_answer, NULL },
	{ "/sru/", "GET, HEAD, POST", false, sru_answer, NULL },
	{ "/sru/", "GET, HEAD, POST", false, NULL, sru_below },
	{ "/oai", "GET, HEAD, POST", false, oai_answer, NULL },
	{ "/schemas/", "GET, HEAD", false, NULL, schemas_answer },
	{ "/log/", "GET, HEAD", false, NULL, own_log_answer },
	{ "/mirror/", "GET, HEAD", false, NULL, mirror_answer },
	{ "/witness/", "GET, HEAD", true, NULL, witness_answer },
	{ "/metrics", "GET, HEAD", true, metrics_answer, NULL },
	{ "/healthz", "GET, HEAD", false, alive_answer, NULL },
	{ "/readyz", "GET, HEAD", true, ready_answer, NULL },
};

const char *api_route(size_t i)
{
	return i < sizeof routes / sizeof *routes ? routes[i].path : NULL;
}

static const struct route *find_route(struct bytes path)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		const struct route *r = &routes[i];
		size_t len = strlen(r->path);
		bool fits = r->answer != NULL ? path.len == len : path.len > len;
		if (fits && memcmp(path.data, r->path, len) == 0)
			return r;
	}
	return NULL;
}

/* Is it one of "GET, HEAD"? */
static bool takes(const struct route *r, struct bytes method)
{
	for (const char *at = r->methods; *at != '\0'; at += strspn(at, ", ")) {
		size_t len = strcspn(at, ",");
		if (bytes_equal(method, bytes_of(at, len)))
			return true;
		at += len;
	}
	return false;
}

bool api_wants_status(const struct http_request *request)
{
	const struct route *r = find_route(request->path);
	return r != NULL && r->status;
}

/* What a restored node holds may be less than what it once showed: until peers were asked, only its operator sees it.
 */
bool answer_withheld(struct answer *a)
{
	if (!a->context->withheld || a->context->local)
		return false;
	problem_set(a, 503, "this node was restored from a backup, and its peers are asked first: try again later");
	a->retry_s = 1;
	return true;
}

static bool about_health(const struct route *r)
{
	return r != NULL && (r->answer == metrics_answer || r->answer == alive_answer || r->answer == ready_answer);
}

bool api_about_health(const struct http_request *request)
{
	return about_health(find_route(request->path));
}

static void route(struct answer *a)
{
	struct bytes path = a->request->path;
	const struct route *r = find_route(path);
	if (!about_health(r) && answer_withheld(a))
		return;
	if (r == NULL) {
		problem_set(a, 404, "nothing is at this address; / lists what there is");
	} else if (!takes(r, a->request->method)) {
		problem_set(a, 405, "this address takes %s only", r->methods);
		a->allow = r->methods;
	} else if (r->answer == search_answer && federated_is_door(a->request)) { /* else the shell has taken it */
		problem_set(a, 503, "this node does not run: nobody asks its peers");
	} else if (a->request->query.len > 4 * QUERY_MAX) {
		problem_set(a, 400, "the query is longer than %d bytes", 4 * QUERY_MAX);
	} else if (r->answer != NULL) {
		r->answer(a);
	} else {
		size_t len = strlen(r->path);
		r->answer_below(a, bytes_of(path.data + len, path.len - len));
	}
}

/* ---- the response ---- */

/* RFC 9110 5.6.7. */
static void put_date(struct buf *out, uint64_t wall_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm utc;
	if (wall_ms == 0 || wall_ms / 1000 > 253402300799u || gmtime_r(&seconds, &utc) == NULL)
		return;
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
	           utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static const char *type_of(const struct answer *a)
{
	if (a->type != NULL)
		return a->type;
	return a->text ? "text/plain; charset=utf-8" : "application/json";
}

static void put_field(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_add_str(out, name);
	buf_add_str(out, ": ");
	buf_add_str(out, value);
	buf_add_str(out, "\r\n");
}

static void put_count(struct buf *out, const char *name, uint64_t value)
{
	buf_add_str(out, name);
	buf_add_str(out, ": ");
	buf_add_decimal(out, value);
	buf_add_str(out, "\r\n");
}

static void put_begin(const struct answer *a, struct buf *out)
{
	buf_add_str(out, "HTTP/1.1 ");
	buf_add_decimal(out, (uint64_t)a->status);
	buf_add_char(out, ' ');
	buf_add_str(out, problem_title(a->status));
	buf_add_str(out, "\r\n");
	put_date(out, a->context->wall_ms);
}

/* ends: the body has no length, and the connection's end is its end. */
static void put_fields(const struct answer *a, bool ends, struct buf *out)
{
	if (a->status != 304) /* RFC 9110 15.4.5: it has no body */
		put_field(out, "Content-Type", type_of(a));
	if (!ends && !a->unmeasured && a->status != 304)
		put_count(out, "Content-Length", a->body.len);
	put_field(out, "Cache-Control", a->cache);
	put_field(out, "X-Content-Type-Options", "nosniff");
	put_field(out, "ETag", a->etag);
	put_field(out, "Vary", a->vary);
	put_field(out, "Content-Encoding", a->coding);
	put_field(out, "Allow", a->allow);
	if (a->retry_s > 0)
		put_count(out, "Retry-After", a->retry_s);
	put_field(out, "Normlink-Frozen", a->frozen);
	if (a->counted)
		put_count(out, "Normlink-Total", a->total);
	if (a->file != NULL)
		buf_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", a->file);
	if (a->page)
		buf_add_str(out, "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
		                 "base-uri 'none'; frame-ancestors 'none'\r\n"
		                 "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n");
	if (a->headers != NULL)
		buf_add_str(out, a->headers);
}

static void put_end(bool keep_alive, struct buf *out)
{
	buf_add_str(out, keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

static void put_response(const struct answer *a, bool keep_alive, bool head_only, struct buf *out)
{
	bool recalled = a->fields.len > 0;
	struct bytes body = recalled ? a->recalled : buf_bytes(&a->body);
	put_begin(a, out);
	size_t begin = out->len;
	if (recalled)
		buf_add_bytes(out, a->fields);
	else
		put_fields(a, false, out);
	if (!recalled)
		kept_keep(a, bytes_of(out->data + begin, out->len - begin), body);
	put_end(keep_alive, out);
	if (!head_only)
		buf_add_bytes(out, body);
}

void answer_response(const struct answer *a, struct buf *out)
{
	put_response(a, false, false, out);
}

void answer_stream(struct answer *a, const char *type, struct buf *out)
{
	a->type = type;
	put_begin(a, out);
	put_fields(a, true, out);
	put_end(false, out);
}

/* Is it of a type that packs well?  Else its maker has packed it, or it is not worth it. */
static bool packs(const struct answer *a)
{
	const char *type = type_of(a);
	return a->coding == NULL && (a->status == 200 || a->status == 304) &&
	       (strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL || strstr(type, "xml") != NULL);
}

/* The cost of packing is bounded by the size of what is packed. */
static void pack(struct answer *a)
{
	struct buf packed = { 0 };
	if (a->fields.len > 0 || !packs(a))
		return;
	a->vary = a->vary != NULL ? "Accept, Accept-Encoding" : "Accept-Encoding";
	bool exact = a->etag != NULL && a->etag[0] == '"'; /* a strong validator is of these very bytes */
	if (exact || a->body.len < PACK_BODY_MIN || a->body.len > PACK_BODY_MAX || !negotiate_gzip(a->request))
		return;
	gzip_pack(buf_bytes(&a->body), &packed);
	buf_free(&a->body);
	a->body = buf_take(&packed);
	a->coding = "gzip";
}

struct answer answer_new(const struct http_request *request, const struct api_context *context, struct arena *arena)
{
	return (struct answer){
		.request = request,
		.context = context,
		.arena = arena,
		.status = 200,
		.cache = "no-cache",
		.vary = "Accept",
		.text = negotiate_text(request),
	};
}

void answer_end(struct answer *a)
{
	if (a->begun)
		a->context->view->end(a->context->view->ctx);
	a->begun = false;
}

void answer_free(struct answer *a)
{
	arena_free(&a->found);
	arena_free(&a->claimed);
	buf_free(&a->body);
}

int answer_finish(struct answer *a, struct buf *out)
{
	answer_end(a);
	pack(a);
	put_response(a, a->request->keep_alive, bytes_equal(a->request->method, bytes_str("HEAD")), out);
	int status = a->status;
	answer_free(a);
	return status;
}

int api_answer(const struct http_request *request, const struct api_context *context, struct arena *arena,
               struct buf *out)
{
	must(request != NULL && context != NULL && arena != NULL && out != NULL);
	struct answer a = answer_new(request, context, arena);
	route(&a);
	return answer_finish(&a, out);
}

static void put_problem(const struct http_request *request, int http_status, const char *detail, unsigned retry_s,
                        bool close, struct buf *out)
{
	struct api_context nobody = { 0 };
	struct answer a = { .context = &nobody };
	bool head_only = false;
	if (request != NULL) {
		a.text = negotiate_text(request);
		a.headers = add_entries_headers(request->path);
		head_only = bytes_equal(request->method, bytes_str("HEAD"));
	}
	problem_set(&a, http_status, "%s", detail);
	if (retry_s > 0)
		a.retry_s = retry_s;
	else if (http_status == 503)
		a.retry_s = 1;
	if (http_status == 405) /* what is answered elsewhere than here takes nothing else */
		a.allow = "POST";
	put_response(&a, !close, head_only, out);
	buf_free(&a.body);
}

void api_text(int http_status, const char *type, const char *headers, struct bytes body, bool close, struct buf *out)
{
	struct api_context nobody = { 0 };
	struct answer a = {
		.context = &nobody, .status = http_status, .type = type, .cache = "no-store", .headers = headers
	};
	buf_add_bytes(&a.body, body);
	put_response(&a, !close, false, out);
	buf_free(&a.body);
}

void api_refuse(const struct http_request *request, int http_status, const char *detail, bool close, struct buf *out)
{
	put_problem(request, http_status, detail, 0, close, out);
}

void api_refuse_until(const struct http_request *request, int http_status, const char *detail, unsigned retry_s,
                      bool close, struct buf *out)
{
	put_problem(request, http_status, detail, retry_s, close, out);
}

void api_problem(int http_status, const char *detail, bool close, struct buf *out)
{
	put_problem(NULL, http_status, detail, 0, close, out);
}
