/* GET /api/v1/peers, and what the status tells of peers and of witnesses outside. */
#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/piece.h"
#include "node/api/text.h"

static void put_peer(struct answer *a, const struct peer_status *p, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "name", p->name);
	json_put_text(j, "origin", p->origin);
	json_put_text(j, "state", p->state);
	piece_time(a, j, "last_seen", p->last_seen_ms);
	json_put_u64(j, "entries_in", p->entries_in);
	json_put_u64(j, "confirmed_size", p->confirmed_size);
	if (a->context->local) { /* addresses and troubles are the operator's business */
		json_put_text(j, "address", p->address);
		piece_time(a, j, "next_try", p->next_try_ms);
		json_put_text(j, "last_error", p->last_error[0] != '\0' ? p->last_error : NULL);
		json_put_u64(j, "frames_in", p->frames_in);
		json_put_u64(j, "frames_out", p->frames_out);
		json_put_u64(j, "bytes_in", p->bytes_in);
		json_put_u64(j, "bytes_out", p->bytes_out);
	}
	json_object_end(j);
}

/* Witnesses outside that are asked; where they are and what went wrong is the operator's business. */
void asked_json(struct answer *a, struct json *j)
{
	const struct core_status *status = a->context->status;
	json_key(j, "witnesses");
	json_array_begin(j);
	for (size_t i = 0; status != NULL && i < status->asked_count; i++) {
		const struct witness_status *w = &status->asked[i];
		json_object_begin(j);
		json_put_text(j, "name", w->name);
		json_put_u64(j, "cosigned", w->known_size);
		piece_time(a, j, "last_success", w->last_ok_ms);
		if (a->context->local) {
			json_put_text(j, "url", w->url);
			piece_time(a, j, "next_try", w->next_try_ms);
			json_put_text(j, "last_error", w->last_error[0] != '\0' ? w->last_error : NULL);
		}
		json_object_end(j);
	}
	json_array_end(j);
}

void asked_text(struct answer *a)
{
	const struct core_status *status = a->context->status;
	struct buf *out = &a->body;
	uint64_t now = a->context->wall_ms;
	if (status == NULL || status->asked_count == 0)
		return;
	buf_add_str(out, "\nwitnesses outside\n");
	for (size_t i = 0; i < status->asked_count; i++) {
		const struct witness_status *w = &status->asked[i];
		buf_add_str(out, "  ");
		text_put(out, w->name);
		buf_printf(out, "  at %" PRIu64, w->known_size);
		if (w->last_ok_ms != 0)
			buf_printf(out, "  cosigned %s", answer_time(a->arena, w->last_ok_ms, false));
		if (a->context->local && w->last_error[0] != '\0') {
			buf_add_str(out, "  last error: ");
			text_put(out, w->last_error);
			if (w->next_try_ms > now)
				buf_printf(out, "; next try in %" PRIu64 " s", (w->next_try_ms - now + 999) / 1000);
		}
		buf_add_char(out, '\n');
	}
}

void peers_json(struct answer *a, struct json *j)
{
	const struct core_status *status = a->context->status;
	json_key(j, "peers");
	json_array_begin(j);
	for (size_t i = 0; status != NULL && i < status->peer_count; i++)
		put_peer(a, &status->peers[i], j);
	json_array_end(j);
}

static void put_peer_text(struct answer *a, const struct peer_status *p, size_t name_width, size_t origin_width)
{
	struct buf *out = &a->body;
	uint64_t now = a->context->wall_ms;
	buf_add_str(out, "  ");
	text_pad(out, p->name, name_width);
	buf_add_str(out, "  ");
	text_pad(out, p->origin, origin_width);
	buf_printf(out, "  %s", p->state);
	int room = 9 - (int)strlen(p->state); /* "connected" is the longest */
	if (a->context->local && p->address[0] != '\0') {
		buf_printf(out, "%*s  ", room > 0 ? room : 0, "");
		text_put(out, p->address);
		room = 0;
	}
	if (p->last_seen_ms != 0)
		buf_printf(out, "%*s  seen %s", room > 0 ? room : 0, "", answer_time(a->arena, p->last_seen_ms, false));
	buf_add_char(out, '\n');
	if (a->context->local && p->last_error[0] != '\0') {
		buf_printf(out, "  %*s  last error: ", (int)name_width, "");
		text_put(out, p->last_error);
		if (p->next_try_ms > now)
			buf_printf(out, "; next try in %" PRIu64 " s", (p->next_try_ms - now + 999) / 1000);
		buf_add_char(out, '\n');
	}
}

void peers_text(struct answer *a)
{
	const struct core_status *status = a->context->status;
	size_t name_width = 0;
	size_t origin_width = 0;
	if (status == NULL) {
		buf_add_str(&a->body, "  not known while the node is stopped\n");
		return;
	}
	for (size_t i = 0; i < status->peer_count; i++) {
		name_width = text_widest(name_width, status->peers[i].name);
		origin_width = text_widest(origin_width, status->peers[i].origin);
	}
	for (size_t i = 0; i < status->peer_count; i++)
		put_peer_text(a, &status->peers[i], name_width, origin_width);
	if (status->peer_count == 0)
		buf_add_str(&a->body, "  none; normlink peer add trusts one\n");
}

void peers_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	if (!answer_parameters_known(a, known) || !answer_begin(a))
		return;
	if (a->text) {
		peers_text(a);
		return;
	}
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	peers_json(a, &j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}
