#include "node/api/piece.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/proof.h"
#include "node/api/history.h"
#include "node/api/text.h"

/* Of a file's name, without its ending. */
enum { NAME_BYTES = 200 };

void piece_time(struct answer *a, struct json *j, const char *key, uint64_t wall_ms)
{
	json_key(j, key);
	const char *text = answer_time(a->arena, wall_ms, true);
	json_text(j, text[0] != '\0' ? text : NULL);
}

void piece_head(struct answer *a, const char *origin, struct json *j)
{
	struct history_head head;
	json_key(j, "head");
	if (!history_head(answer_origin(a, origin), a->arena, &head)) {
		json_nothing(j);
		return;
	}
	json_object_begin(j);
	json_put_u64(j, "size", head.size);
	json_put_text(j, "root", answer_root(a->arena, &head.root));
	json_key(j, "cosignatures");
	json_array_begin(j);
	for (size_t i = 0; i < head.count; i++) {
		json_object_begin(j);
		json_put_text(j, "name", head.cosigners[i].name);
		piece_time(a, j, "time", head.cosigners[i].time_s < UINT64_MAX / 1000 ? head.cosigners[i].time_s * 1000 : 0);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void piece_envelope(struct answer *a, const struct envelope *e, struct json *j)
{
	json_key(j, "envelope");
	if (e->payload_size == 0) {
		json_nothing(j);
		return;
	}
	json_object_begin(j);
	piece_time(a, j, "time", e->time_ms);
	json_put_text(j, "collection", e->collection);
	json_put_text(j, "payload_digest", answer_hex(a->arena, bytes_of(e->payload_digest.b, HASH_SIZE)));
	json_put_u64(j, "payload_size", e->payload_size);
	json_object_end(j);
}

void piece_head_text(struct answer *a, const char *origin, uint64_t index)
{
	struct buf *out = &a->body;
	struct history_head head;
	const struct as_of *at = answer_origin(a, origin);
	if (!history_head(at, a->arena, &head)) {
		buf_add_str(out, "  head         none yet\n");
		return;
	}
	buf_printf(out, "  head         size %" PRIu64 "  root %s\n", head.size, answer_root(a->arena, &head.root));
	if (index >= head.size)
		buf_add_str(out, "               it does not reach this entry yet\n");
	if (answer_fork_text(at->fork) != NULL)
		buf_printf(out, "               %s\n", answer_fork_text(at->fork));
	size_t width = 0;
	for (size_t i = 0; i < head.count; i++) {
		size_t own = text_width(bytes_str(head.cosigners[i].name));
		width = own > width ? own : width;
	}
	for (size_t i = 0; i < head.count; i++) {
		uint64_t time_s = head.cosigners[i].time_s;
		buf_add_str(out, i == 0 ? "  cosigned by  " : "               ");
		text_pad(out, head.cosigners[i].name, width);
		buf_printf(out, "  %s\n", answer_time(a->arena, time_s < UINT64_MAX / 1000 ? time_s * 1000 : 0, false));
	}
	if (head.count == 0)
		buf_add_str(out, "  cosigned by  nobody yet\n");
}

/* ---- the proof ---- */

const char *piece_proof_name(struct arena *arena, const char *subject)
{
	char name[NAME_BYTES + 1];
	size_t n = 0;
	for (const char *c = subject; *c != '\0' && n < NAME_BYTES; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');
		if (plain)
			name[n++] = *c;
		else if (n > 0 && name[n - 1] != '-')
			name[n++] = '-';
	}
	name[n] = '\0';
	return arena_printf(arena, "%s.tlog-proof", n > 0 ? name : "record");
}

int piece_proof_file(struct answer *a, const struct found *chosen, bool cosigned, struct buf *out, struct err *err)
{
	const struct view *view = a->context->view;
	const struct as_of *at = answer_origin(a, chosen->origin);
	struct bytes head = at == NULL ? (struct bytes){ 0 } : cosigned ? at->cosigned : at->head;
	struct found entry;
	struct tree_proof path;
	struct buf extra = { 0 };
	int rc = view->entry(view->ctx, chosen->origin, chosen->index, &a->found, &entry, err);
	if (rc == OK)
		answer_mask(a, &entry);
	if (rc == OK && head.len == 0)
		rc = err_set(err, ERR_NOT_READY, "%s has no %s head yet", chosen->origin, cosigned ? "cosigned" : "signed");
	if (rc == OK)
		rc = view->prove(view->ctx, chosen->origin, chosen->index, cosigned ? at->cosigned_size : at->head_size, &path,
		                 err);
	if (rc != OK)
		return rc;
	proof_extra_write(entry.envelope, entry.state, entry.payload, &extra);
	proof_write(buf_bytes(&extra), chosen->index, &path, head, out);
	buf_free(&extra);
	return OK;
}

void piece_proof(struct answer *a, const char *subject, const struct found *chosen, bool cosigned)
{
	struct err err = { 0 };
	int rc = piece_proof_file(a, chosen, cosigned, &a->body, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	answer_mark(a, answer_origin(a, chosen->origin));
	a->type = "application/octet-stream";
	a->file = piece_proof_name(a->arena, subject);
}

bool piece_proof_head(struct answer *a, bool *cosigned)
{
	const char *head;
	if (!answer_parameter(a, "head", &head))
		return false;
	*cosigned = head != NULL && strcmp(head, "cosigned") == 0;
	if (head == NULL || *cosigned || strcmp(head, "signed") == 0)
		return true;
	problem_parameter(a, "head", "it is signed or cosigned");
	return false;
}
