/* GET /api/v1/heads, /status, /healthz, /readyz and /: what a node says of itself. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/history.h"
#include "node/api/piece.h"
#include "node/api/text.h"

static const char *const no_parameters[] = { NULL };

/* ---- origins ---- */

/* Without a running core what the store holds is all that is known. */
static size_t origins_of(struct answer *a, struct origin_status **out)
{
	const struct core_status *status = a->context->status;
	if (status != NULL) {
		*out = status->origins;
		return status->origin_count;
	}
	struct origin_status *list = arena_array(a->arena, a->as_of_count + 1, sizeof *list);
	for (size_t i = 0; i < a->as_of_count; i++) {
		struct history_head head;
		bool read = history_head(&a->as_of[i], a->arena, &head);
		list[i] = (struct origin_status){
			.origin = a->as_of[i].origin,
			.fork = a->as_of[i].fork,
			.held = a->as_of[i].size,
			.head_size = a->as_of[i].head_size,
			.head_root = read ? head.root : a->as_of[i].root,
			.seen_size = a->as_of[i].head_size,
			.cosigned_size = a->as_of[i].cosigned_size,
			.cosignatures = head.count - head.mirrors,
			.mirrors = head.mirrors,
		};
	}
	*out = list;
	return a->as_of_count;
}

/* Of a log outside nothing is due here: it is held as far as somebody brought it. */
static uint64_t lag(const struct origin_status *o)
{
	return !o->outside && o->seen_size > o->held ? o->seen_size - o->held : 0;
}

static void put_possible(struct answer *a, struct json *j, const char *key, size_t count)
{
	json_key(j, key);
	if (a->context->status != NULL)
		json_u64(j, count);
	else
		json_nothing(j);
}

static void put_origin(struct answer *a, const struct origin_status *o, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "origin", o->origin);
	json_put_bool(j, "own", o->own);
	json_put_bool(j, "outside", o->outside);
	json_put_u64(j, "held", o->held);
	json_put_u64(j, "seen", o->seen_size);
	json_put_u64(j, "lag", lag(o));
	json_put_u64(j, "witnessed", o->witnessed_size);
	json_put_u64(j, "head_size", o->head_size);
	json_put_text(j, "head_root", o->head_size > 0 ? answer_root(a->arena, &o->head_root) : NULL);
	piece_time(a, j, "head_time", o->head_wall_ms);
	json_put_u64(j, "cosignatures", o->cosignatures);
	json_put_u64(j, "mirrors", o->mirrors);
	/* Who could have: only a running core knows whom it trusts. */
	put_possible(a, j, "witnesses", o->witnesses);
	put_possible(a, j, "mirror_peers", o->mirror_peers);
	json_key(j, "missing"); /* the witnesses that have not cosigned the head */
	json_array_begin(j);
	for (size_t i = 0; i < o->missing_count; i++)
		json_text(j, o->missing[i]);
	json_array_end(j);
	json_put_u64(j, "cosigned_size", o->cosigned_size);
	piece_time(a, j, "uncosigned_since", o->uncosigned_since_ms);
	roots_json(a, o->origin, j);
	answer_fork(o->fork, j);
	json_object_end(j);
}

static void put_origins(struct answer *a, struct json *j)
{
	struct origin_status *origins;
	size_t count = origins_of(a, &origins);
	json_key(j, "origins");
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		put_origin(a, &origins[i], j);
	json_array_end(j);
}

/* The second line of a log whose newest head too few have cosigned yet. */
static void put_uncosigned(struct answer *a, const struct origin_status *o, size_t width)
{
	buf_printf(&a->body, "  %*s  cosigned head %" PRIu64, (int)width, "", o->cosigned_size);
	if (o->uncosigned_since_ms != 0)
		buf_printf(&a->body, ", behind since %s", answer_time(a->arena, o->uncosigned_since_ms, false));
	for (size_t i = 0; i < o->missing_count; i++) {
		buf_add_str(&a->body, i == 0 ? "; missing: " : ", ");
		text_put(&a->body, o->missing[i]);
	}
	buf_add_char(&a->body, '\n');
}

/* "other.example/log  outside, witnessed at 1200": a log of which nothing is held. */
static void put_witnessed_text(struct answer *a, const struct origin_status *o, size_t width)
{
	const char *fork = answer_fork_text(o->fork);
	buf_add_str(&a->body, "  ");
	text_pad(&a->body, o->origin, width);
	if (o->witnessed_size > 0)
		buf_printf(&a->body, "  outside, witnessed at %" PRIu64, o->witnessed_size);
	else
		buf_add_str(&a->body, "  outside, nothing witnessed yet");
	buf_printf(&a->body, "%s%s\n", fork != NULL ? "  " : "", fork != NULL ? fork : "");
}

/* "sac.example/log  315 of 315  head 315  cosigned 2/2  mirrored 2/2": one line for each. */
static void put_origins_text(struct answer *a)
{
	struct origin_status *origins;
	size_t count = origins_of(a, &origins);
	size_t width = 0;
	for (size_t i = 0; i < count; i++)
		width = text_widest(width, origins[i].origin);
	for (size_t i = 0; i < count; i++) {
		const struct origin_status *o = &origins[i];
		if (o->outside && o->head_size == 0) {
			put_witnessed_text(a, o, width);
			continue;
		}
		uint64_t seen = o->seen_size > o->held ? o->seen_size : o->held;
		char held[48];
		(void)snprintf(held, sizeof held, "%" PRIu64 " of %" PRIu64, o->held, seen);
		buf_add_str(&a->body, "  ");
		text_pad(&a->body, o->origin, width);
		buf_printf(&a->body, "  %-17s head %-8" PRIu64 " cosigned %zu", held, o->head_size, o->cosignatures);
		if (a->context->status != NULL)
			buf_printf(&a->body, "/%zu", o->witnesses);
		buf_printf(&a->body, "  mirrored %zu", o->mirrors);
		if (a->context->status != NULL)
			buf_printf(&a->body, "/%zu", o->mirror_peers);
		const char *fork = answer_fork_text(o->fork);
		buf_printf(&a->body, "%s%s%s%s\n", o->own ? "  own" : "",
		           lag(o) > 0 && !fork_stops(o->fork) ? "  catching up" : "", fork != NULL ? "  " : "",
		           fork != NULL ? fork : "");
		if (!o->outside && o->cosigned_size < o->head_size)
			put_uncosigned(a, o, width);
	}
	if (count == 0)
		buf_add_str(&a->body, "  none\n");
}

/* ---- peers ---- */

/* ---- the three addresses ---- */

/* The signed note itself, for whoever checks it. */
static void put_note(struct json *j, const char *key, struct bytes note)
{
	json_key(j, key);
	if (note.len > 0)
		json_bytes(j, note);
	else
		json_nothing(j);
}

static void put_head(struct answer *a, const struct as_of *at, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "origin", at->origin);
	json_put_u64(j, "head_size", at->head_size);
	answer_fork(at->fork, j);
	put_note(j, "note", at->head);
	json_put_u64(j, "cosigned_size", at->cosigned_size);
	put_note(j, "cosigned_note", at->cosigned);
	json_object_end(j);
}

void heads_answer(struct answer *a)
{
	if (!answer_parameters_known(a, no_parameters) || !answer_begin(a))
		return;
	if (a->text) {
		for (size_t i = 0; i < a->as_of_count; i++) {
			struct bytes head = a->as_of[i].head;
			if (head.len > 0)
				buf_printf(&a->body, "%s%.*s", i > 0 ? "\n" : "", (int)head.len, (const char *)head.data);
		}
		buf_add_str(&a->body, a->body.len > 0 ? "\n" : "");
		answer_as_of_text(a);
		return;
	}
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	answer_as_of(a, &j);
	json_key(&j, "heads");
	json_array_begin(&j);
	for (size_t i = 0; i < a->as_of_count; i++)
		put_head(a, &a->as_of[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_status_json(struct answer *a, const struct view_figures *figures)
{
	const struct core_status *status = a->context->status;
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_bool(&j, "running", status != NULL);
	json_put_text(&j, "version", a->context->version);
	if (status != NULL) {
		json_put_text(&j, "name", status->name);
		piece_time(a, &j, "since", a->context->start_wall_ms);
		json_put_bool(&j, "writable", a->context->writable);
		json_put_u64(&j, "forks", status->forks);
		json_put_u64(&j, "rejected", status->rejected);
		json_key(&j, "closed"); /* why our own log is not signed now */
		json_text(&j, status->closed);
		json_put_text(&j, "closed_text", status->closed != NULL ? status->closed_text : NULL);
	}
	put_origins(a, &j);
	peers_json(a, &j);
	asked_json(a, &j);
	withheld_json(a, &j);
	json_key(&j, "figures");
	json_object_begin(&j);
	json_put_u64(&j, "records", figures->records);
	json_put_u64(&j, "entries", figures->entries);
	json_put_u64(&j, "invalid", figures->invalid);
	json_put_u64(&j, "missing", figures->missing);
	json_put_u64(&j, "db_bytes", figures->db_bytes);
	json_put_u64(&j, "wal_bytes", figures->wal_bytes);
	json_object_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_status_text(struct answer *a, const struct view_figures *figures)
{
	const struct core_status *status = a->context->status;
	struct buf *out = &a->body;
	if (status != NULL) {
		text_put(out, status->name);
		buf_printf(out, "  running since %s, version %s\n", answer_time(a->arena, a->context->start_wall_ms, false),
		           a->context->version);
	} else {
		buf_printf(out, "stopped  (normlink serve starts it), version %s\n", a->context->version);
	}
	if (status != NULL && !a->context->writable)
		buf_add_str(out, "the store takes no writes now (a full disk?)\n");
	if (status != NULL && status->closed != NULL)
		buf_printf(out, "our log is not signed now (%s): %s\n", status->closed, status->closed_text);
	buf_add_str(out, "\nlogs\n");
	put_origins_text(a);
	buf_add_str(out, "\npeers\n");
	peers_text(a);
	asked_text(a);
	roots_text(a);
	redactions_text(a, a->context->origin);
	withheld_text(a);
	buf_printf(out,
	           "\n%" PRIu64 " records searchable of %" PRIu64 " entries; %" PRIu64 " not valid, %" PRIu64
	           " without content; %.1f MB on disk\n",
	           figures->records, figures->entries, figures->invalid, figures->missing,
	           (double)(figures->db_bytes + figures->wal_bytes) / 1e6);
	if (status != NULL && (status->forks > 0 || status->rejected > 0))
		buf_printf(out, "%" PRIu64 " forks found; %" PRIu64 " things of peers refused\n", status->forks,
		           status->rejected);
}

void status_answer(struct answer *a)
{
	struct view_figures figures = { 0 };
	struct err err = { 0 };
	if (!answer_parameters_known(a, no_parameters) || !answer_begin(a))
		return;
	const struct view *view = a->context->view;
	int rc = view->figures(view->ctx, &figures, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	else if (a->text)
		put_status_text(a, &figures);
	else
		put_status_json(a, &figures);
}

/* ---- health ---- */

static void put_state(struct answer *a, const char *word)
{
	a->cache = "no-store";
	if (a->text)
		buf_printf(&a->body, "%s\n", word);
	else
		buf_printf(&a->body, "{\"status\":\"%s\"}\n", word);
}

void alive_answer(struct answer *a)
{
	put_state(a, "alive");
}

/* Closed for a reason that goes away by itself in seconds is ready enough. */
static bool closed(const struct core_status *status)
{
	return status->closed != NULL && strcmp(status->closed, guard_name(GUARD_ASKING)) != 0;
}

/* Ready: it can read, it knows itself, it can write, it can sign. */
void ready_answer(struct answer *a)
{
	if (a->context->view == NULL)
		problem_set(a, 503, "not ready: the store is not open");
	else if (a->context->status == NULL)
		problem_set(a, 503, "not ready: the node's own log has not been loaded");
	else if (!a->context->writable)
		problem_set(a, 503, "not ready: the store takes no writes (a full or read-only disk)");
	else if (closed(a->context->status))
		problem_set(a, 503, "not ready: our log is not signed now (%s): %s", a->context->status->closed,
		            a->context->status->closed_text);
	else if (answer_begin(a))
		put_state(a, "ready");
}
