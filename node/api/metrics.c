/* GET /metrics: Prometheus text format 0.0.4.
 *
 * Base units; counters end in _total; the only labels are names that this node's operator configured and words of this
 * file: what a stranger sends or asks never becomes a label. */
#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/counted.h"
#include "node/api/feedback_walk.h"
#include "node/api/witness.h"

struct metric {
	const char *name; /* after normlink_ */
	const char *type;
	const char *help;
};

static void put_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP normlink_%s %s\n# TYPE normlink_%s %s\n", name, help, name, type);
}

static void put_plain(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	put_head(out, name, type, help);
	buf_printf(out, "normlink_%s %" PRIu64 "\n", name, value);
}

/* Label values escape backslash, quote and LF. */
static void put_label(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			buf_add_str(out, "\\n");
		else if (*value == '\\' || *value == '"')
			buf_printf(out, "\\%c", *value);
		else
			buf_add_char(out, *value);
	}
}

static void put_labelled(struct buf *out, const char *name, const char *label, const char *value, uint64_t n)
{
	buf_printf(out, "normlink_%s{%s=\"", name, label);
	put_label(out, value);
	buf_printf(out, "\"} %" PRIu64 "\n", n);
}

static void put_seconds(struct buf *out, const char *name, const char *label, const char *value, uint64_t wall_ms)
{
	buf_printf(out, "normlink_%s{%s=\"", name, label);
	put_label(out, value);
	buf_printf(out, "\"} %" PRIu64 ".%03" PRIu64 "\n", wall_ms / 1000, wall_ms % 1000);
}

/* ---- logs ---- */

static uint64_t signed_size(const struct origin_status *o)
{
	return o->seen_size > o->head_size ? o->seen_size : o->head_size;
}
static uint64_t held_size(const struct origin_status *o)
{
	return o->held;
}
static uint64_t cosignatures(const struct origin_status *o)
{
	return o->cosignatures;
}
static uint64_t mirrors(const struct origin_status *o)
{
	return o->mirrors;
}
static uint64_t witnesses(const struct origin_status *o)
{
	return o->witnesses;
}
static uint64_t mirror_peers(const struct origin_status *o)
{
	return o->mirror_peers;
}
static uint64_t witnessed(const struct origin_status *o)
{
	return o->witnessed_size;
}
static uint64_t frozen(const struct origin_status *o)
{
	return fork_stops(o->fork) ? 1 : 0;
}
static uint64_t released(const struct origin_status *o)
{
	return o->fork == FORK_RELEASED ? 1 : 0;
}

static uint64_t cosigned_size(const struct origin_status *o)
{
	return o->cosigned_size;
}

static uint64_t missing(const struct origin_status *o)
{
	return o->missing_count;
}

static void put_logs(struct buf *out, const struct core_status *status)
{
	static const struct {
		struct metric metric;
		uint64_t (*value)(const struct origin_status *o);
	} gauges[] = {
		{ { "log_size", "gauge", "Entries under the newest signed head seen." }, signed_size },
		{ { "log_held_size", "gauge", "Entries held here, durable." }, held_size },
		{ { "cosignatures", "gauge", "Verified cosignatures by witnesses on the head." }, cosignatures },
		{ { "mirror_cosignatures", "gauge", "Verified cosignatures by mirrors: they hold all of it." }, mirrors },
		{ { "witnesses", "gauge", "Witnesses that could have cosigned it." }, witnesses },
		{ { "mirrors", "gauge", "Mirrors that could have." }, mirror_peers },
		{ { "log_cosigned_size", "gauge", "Entries under the newest head that a quorum has cosigned." },
		  cosigned_size },
		{ { "cosignatures_missing", "gauge", "Witnesses that have not cosigned the head." }, missing },
		{ { "log_witnessed_size", "gauge", "Entries under the head that was cosigned here last." }, witnessed },
		{ { "origin_frozen", "gauge", "1: it forked; nothing more is taken from it." }, frozen },
		{ { "origin_released", "gauge", "1: it forked, and an operator released it." }, released },
	};
	for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++) {
		const struct metric *m = &gauges[i].metric;
		put_head(out, m->name, m->type, m->help);
		for (size_t k = 0; k < status->origin_count; k++)
			put_labelled(out, m->name, "origin", status->origins[k].origin, gauges[i].value(&status->origins[k]));
	}
	put_head(out, "log_signed_timestamp_seconds", "gauge", "When the head became complete here.");
	for (size_t k = 0; k < status->origin_count; k++)
		if (status->origins[k].head_wall_ms != 0)
			put_seconds(out, "log_signed_timestamp_seconds", "origin", status->origins[k].origin,
			            status->origins[k].head_wall_ms);
	put_head(out, "log_uncosigned_since_timestamp_seconds", "gauge", "Since when the head lacks its quorum.");
	for (size_t k = 0; k < status->origin_count; k++)
		if (status->origins[k].uncosigned_since_ms != 0)
			put_seconds(out, "log_uncosigned_since_timestamp_seconds", "origin", status->origins[k].origin,
			            status->origins[k].uncosigned_since_ms);
}

/* One line for each reason, so that an alert can name it before it was ever met. */
static void put_closed(struct buf *out, const struct core_status *status)
{
	put_head(out, "log_closed", "gauge", "1: our own log is not signed now, for this reason.");
	for (int state = GUARD_OPEN + 1; state < GUARD_STATES; state++) {
		const char *name = guard_name((enum guard_state)state);
		put_labelled(out, "log_closed", "reason", name,
		             status->closed != NULL && strcmp(status->closed, name) == 0 ? 1 : 0);
	}
}

/* ---- peers ---- */

static void put_peers(struct buf *out, const struct core_status *status)
{
	uint64_t entries = 0;
	uint64_t bytes = 0;
	put_head(out, "peer_up", "gauge", "1: an authenticated link is up.");
	for (size_t i = 0; i < status->peer_count; i++) {
		const struct peer_status *p = &status->peers[i];
		put_labelled(out, "peer_up", "peer", p->name, strcmp(p->state, "connected") == 0 ? 1 : 0);
		entries += p->entries_in;
		bytes += p->bytes_in;
	}
	put_head(out, "peer_last_success_timestamp_seconds", "gauge", "When the peer was last heard.");
	for (size_t i = 0; i < status->peer_count; i++)
		if (status->peers[i].last_seen_ms != 0)
			put_seconds(out, "peer_last_success_timestamp_seconds", "peer", status->peers[i].name,
			            status->peers[i].last_seen_ms);
	put_head(out, "witness_outside_size", "gauge", "Entries of our log that a witness outside has cosigned last.");
	for (size_t i = 0; i < status->asked_count; i++)
		put_labelled(out, "witness_outside_size", "witness", status->asked[i].name, status->asked[i].known_size);
	put_head(out, "witness_outside_last_success_timestamp_seconds", "gauge", "When it cosigned last.");
	for (size_t i = 0; i < status->asked_count; i++)
		if (status->asked[i].last_ok_ms != 0)
			put_seconds(out, "witness_outside_last_success_timestamp_seconds", "witness", status->asked[i].name,
			            status->asked[i].last_ok_ms);
	put_head(out, "witness_outside_failing", "gauge", "1: the last request to it failed.");
	for (size_t i = 0; i < status->asked_count; i++)
		put_labelled(out, "witness_outside_failing", "witness", status->asked[i].name,
		             status->asked[i].last_error[0] != '\0' ? 1 : 0);
	put_plain(out, "sync_entries_total", "counter", "Entries received from peers and kept.", entries);
	put_plain(out, "sync_bytes_total", "counter", "Bytes received from peers.", bytes);
	put_plain(out, "equivocation_total", "counter", "Forks found or received as evidence, and kept.", status->forks);
	put_head(out, "rejected_entries_total", "counter", "Bundles, heads and frames of peers refused.");
	put_labelled(out, "rejected_entries_total", "reason", "peer", status->rejected);
}

/* ---- queries, connections, the store ---- */

static void put_queries(struct buf *out, const struct api_counters *c)
{
	static const char *const bounds[] = { "0.001", "0.002", "0.005", "0.01", "0.05", "0.1", "1" };
	uint64_t below = 0;
	put_head(out, "query_seconds", "histogram", "Time to answer a request.");
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		below += c->query_buckets[i];
		put_labelled(out, "query_seconds_bucket", "le", bounds[i], below);
	}
	/* The last bucket must equal the count, also while another thread counts. */
	below += c->query_buckets[7];
	put_labelled(out, "query_seconds_bucket", "le", "+Inf", below);
	buf_printf(out, "normlink_query_seconds_sum %" PRIu64 ".%06" PRIu64 "\nnormlink_query_seconds_count %" PRIu64 "\n",
	           c->query_us_sum / 1000000, c->query_us_sum % 1000000, below);
}

static void put_counters(struct buf *out, const struct api_counters *c)
{
	static const char *const classes[] = { "", "1xx", "2xx", "3xx", "4xx", "5xx" };
	put_head(out, "http_requests_total", "counter", "Requests answered.");
	for (size_t i = 1; i < sizeof classes / sizeof *classes; i++)
		put_labelled(out, "http_requests_total", "class", classes[i], c->requests[i]);
	put_plain(out, "http_in_flight_requests", "gauge", "Requests being answered now.", c->in_flight);
	put_plain(out, "http_refused_total", "counter", "Connections and requests over a limit.", c->refused);
	put_plain(out, "http_limited_total", "counter", "Of those, of a client that had more than its share.", c->limited);
	put_plain(out, "http_late_total", "counter", "Questions not answered in the time that they have.", c->late);
	put_plain(out, "http_left_total", "counter", "Questions whose client was gone before the answer.", c->left);
	put_queries(out, c);
	put_head(out, "add_checkpoint_requests_total", "counter", "Checkpoints brought to be witnessed.");
	for (size_t i = 0; i < sizeof c->checkpoints / sizeof *c->checkpoints; i++)
		put_labelled(out, "add_checkpoint_requests_total", "outcome", witness_outcome_word((enum answer_outcome)i),
		             c->checkpoints[i]);
	put_head(out, "add_entries_requests_total", "counter", "Uploads of entries to be mirrored.");
	for (size_t i = 0; i < sizeof c->uploads / sizeof *c->uploads; i++)
		put_labelled(out, "add_entries_requests_total", "outcome", witness_outcome_word((enum answer_outcome)i),
		             c->uploads[i]);
	put_head(out, "federated_query_peers_total", "counter", "Peers asked for searches, by what came of it.");
	for (int i = FEDERATED_ANSWERED; i < FEDERATED_OUTCOMES; i++)
		put_labelled(out, "federated_query_peers_total", "outcome", federated_word((enum federated_outcome)i),
		             c->asked[i]);
	put_plain(out, "federated_query_lies_total", "counter", "Hits of peers that were not what their origin signed.",
	          c->lied);
	put_plain(out, "store_entries_total", "counter", "Entries made durable.", c->entries_stored);
	put_plain(out, "store_bytes_total", "counter", "Bytes made durable.", c->bytes_stored);
	put_plain(out, "store_batches_total", "counter", "Transactions made durable.", c->batches_stored);
	put_head(out, "sync_errors_total", "counter", "What failed while entries were taken in.");
	put_labelled(out, "sync_errors_total", "reason", "store", c->store_errors);
	counted_put(out, c);
}

static void put_figures(struct buf *out, const struct view_figures *f)
{
	put_plain(out, "view_records", "gauge", "Current records that can be searched.", f->records);
	put_plain(out, "view_entries", "gauge", "Entries in all logs.", f->entries);
	put_plain(out, "view_invalid_entries", "gauge", "Entries kept whose record is not valid.", f->invalid);
	put_plain(out, "view_missing_payloads", "gauge", "Entries whose content is withheld or redacted.", f->missing);
	put_plain(out, "db_bytes", "gauge", "Size of the database.", f->db_bytes);
	put_plain(out, "wal_bytes", "gauge", "Size of its write-ahead log.", f->wal_bytes);
}

/* What each log says is current in it, beside what its entries give. */
static void put_roots(struct answer *a)
{
	const struct view *view = a->context->view;
	struct buf *out = &a->body;
	struct index_state *states = arena_array(a->arena, a->as_of_count + 1, sizeof *states);
	for (size_t i = 0; i < a->as_of_count; i++)
		if (view->indexed(view->ctx, a->as_of[i].origin, &states[i], NULL) != OK)
			states[i] = (struct index_state){ 0 };
	put_head(out, "index_root_entry", "gauge", "The log's newest statement of what is current in it.");
	for (size_t i = 0; i < a->as_of_count; i++)
		if (states[i].any)
			put_labelled(out, "index_root_entry", "origin", a->as_of[i].origin, states[i].index);
	put_head(out, "index_root_unchecked", "gauge", "1: what it covers is not all here, so that it cannot be checked.");
	for (size_t i = 0; i < a->as_of_count; i++)
		if (states[i].any)
			put_labelled(out, "index_root_unchecked", "origin", a->as_of[i].origin,
			             states[i].verdict == INDEX_UNCHECKED ? 1 : 0);
	put_head(out, "index_mismatch", "gauge",
	         "Such statements of the log that are not what its entries give: normlink evidence.");
	for (size_t i = 0; i < a->as_of_count; i++)
		put_labelled(out, "index_mismatch", "origin", a->as_of[i].origin, states[i].differing);
}

static void put_feedback(struct buf *out, const struct feedback_counts *f)
{
	put_plain(out, "feedback_open", "gauge", "Pieces of feedback that are not closed.", f->open);
	put_plain(out, "feedback_overdue", "gauge", "Of those, past the deadline of their next step.", f->overdue);
}

/* Answers also when the store does not: a monitor needs the figures most when something is wrong. */
void metrics_answer(struct answer *a)
{
	const struct api_context *c = a->context;
	struct buf *out = &a->body;
	struct view_figures figures = { 0 };
	struct feedback_counts feedback;
	bool open = c->view != NULL && c->view->begin(c->view->ctx, &a->found, &a->as_of, &a->as_of_count, NULL) == OK;
	a->begun = open;
	a->type = "text/plain; version=0.0.4; charset=utf-8";
	a->cache = "no-store";
	put_head(out, "build_info", "gauge", "1; the version is the label.");
	put_labelled(out, "build_info", "version", c->version != NULL ? c->version : "", 1);
	put_plain(out, "start_time_seconds", "gauge", "When this process began to serve.", c->start_wall_ms / 1000);
	put_plain(out, "store_open", "gauge", "1: the store answers.", open ? 1 : 0);
	put_plain(out, "store_writable", "gauge", "1: the store takes writes.", c->writable ? 1 : 0);
	if (open && c->view->figures(c->view->ctx, &figures, NULL) == OK)
		put_figures(out, &figures);
	if (open)
		put_roots(a);
	if (open && c->origin != NULL && feedback_count(c->view, c->origin, c->wall_ms, &feedback, NULL) == OK)
		put_feedback(out, &feedback);
	if (c->status != NULL) {
		put_logs(out, c->status);
		put_closed(out, c->status);
		put_peers(out, c->status);
	}
	if (c->counters != NULL)
		put_counters(out, c->counters);
}
