/* Logs as tlog-tiles serves them: our own under /log/, each mirrored one under /mirror/<SHA-256 of its name>/ as
 * tlog-mirror names it (proto/PROTOCOL.md clause 7). */
#include <string.h>

#include "crypto/encode.h"
#include "crypto/note.h"
#include "node/api/answer.h"
#include "node/api/gzip.h"
#include "node/api/negotiate.h"
#include "node/api/packed.h"
#include "node/api/tile_path.h"
#include "proto/entry.h"

/* Clause 7.2.  A payload's bytes never change either, but it may be redacted, and is then to go from caches, too. */
#define CACHE_CHECKPOINT "public, max-age=2"
#define CACHE_TILE "public, max-age=31536000, immutable"
#define CACHE_PAYLOAD "public, max-age=3600"

static void nothing_here(struct answer *a)
{
	problem_set(a, 404, "no log has anything at this address");
}

/* By its name: keys change (clause 2.10), and no head is kept with a line in our name that is not ours. */
static bool is_signed_by(struct bytes head, const struct vkey *key)
{
	struct note note;
	if (key == NULL || note_parse(head, &note, NULL) != OK)
		return false;
	for (size_t i = 0; i < note.count; i++)
		if (bytes_equal(note.signatures[i].name, bytes_str(key->name)))
			return true;
	return false;
}

/* The newest signed head, or with ?head=cosigned the newest that a quorum has cosigned. */
static void send_checkpoint(struct answer *a, const struct as_of *log, bool own)
{
	const char *which = NULL;
	if (!answer_parameter(a, "head", &which))
		return;
	bool cosigned = which != NULL && strcmp(which, "cosigned") == 0;
	struct bytes head = cosigned ? log->cosigned : log->head;
	if (which != NULL && !cosigned && strcmp(which, "signed") != 0) {
		problem_parameter(a, "head", "it is signed or cosigned");
		return;
	}
	if (head.len == 0) {
		problem_set(a, 404, "%s has no checkpoint yet", log->origin);
		return;
	}
	/* tlog-mirror: "The checkpoint served from this prefix MUST include a cosignature from the mirror." */
	if (!own && !is_signed_by(head, a->context->mirror)) {
		problem_set(a, 404, "this mirror has not signed the checkpoint of %s", log->origin);
		return;
	}
	a->type = "text/plain; charset=utf-8";
	a->cache = CACHE_CHECKPOINT;
	answer_mark(a, log);
	a->vary = NULL;
	buf_add_bytes(&a->body, head);
}

/* Pack the body, bundle n of that log (NULL: something else), when the client takes that and it becomes smaller. */
static void pack(struct answer *a, const struct hash *log, uint64_t n)
{
	struct packed *kept = log != NULL ? a->context->packed : NULL;
	a->vary = "Accept-Encoding";
	if (!negotiate_gzip(a->request))
		return;
	struct buf packed = { 0 };
	if (kept == NULL || !packed_find(kept, log, n, &packed)) {
		gzip_pack(buf_bytes(&a->body), &packed);
		if (kept != NULL)
			packed_keep(kept, log, n, buf_bytes(&packed));
	}
	if (packed.len < a->body.len) {
		struct buf plain = a->body;
		a->body = buf_take(&packed);
		packed = plain;
		a->coding = "gzip";
	}
	buf_free(&packed);
}

static void send_tile(struct answer *a, const struct hash *log, const struct tile_path *path)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = path->kind == TILE_HASHES ? view->tile(view->ctx, log, path->level, path->n, path->width, &a->body, &err)
	                                   : view->bundle(view->ctx, log, path->n, path->width, &a->body, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	a->type = "application/octet-stream";
	a->cache = CACHE_TILE;
	if (path->kind == TILE_ENTRIES)
		pack(a, path->width == BUNDLE_ENTRIES ? log : NULL, path->n);
	else
		a->vary = NULL;
}

/* Clause 7.3. */
static void send_payload(struct answer *a, const struct as_of *log, uint64_t index)
{
	const struct view *view = a->context->view;
	struct found found;
	struct envelope envelope;
	struct err err = { 0 };
	int rc = index < log->head_size
	             ? view->entry(view->ctx, log->origin, index, &a->found, &found, &err)
	             : err_set(&err, ERR_NOT_FOUND, "the checkpoint of %s does not cover that entry", log->origin);
	if (rc != OK) {
		problem_err(a, rc, &err);
	} else if (envelope_parse(found.envelope, &envelope, &err) != OK) {
		problem_set(a, 404, "this entry has no payload");
	} else if (strcmp(envelope.collection, "public") != 0) {
		problem_set(a, 403, "this entry is not of the public collection");
	} else if (found.state == PAYLOAD_REDACTED) {
		problem_set(a, 410, "the payload of this entry was redacted");
	} else if (found.state != PAYLOAD_PRESENT) {
		problem_set(a, 404, "the payload of this entry is not held here");
	} else {
		a->type = "application/octet-stream";
		a->cache = CACHE_PAYLOAD;
		answer_mark(a, log);
		buf_add_bytes(&a->body, found.payload);
		pack(a, NULL, 0);
	}
}

static void send(struct answer *a, const struct hash *log, bool own, struct bytes rest)
{
	static const char *const none[] = { NULL }, *const which[] = { "head", NULL };
	const struct view *view = a->context->view;
	struct tile_path path;
	struct as_of at;
	struct err err = { 0 };
	if (!tile_path_read(rest, &path)) {
		nothing_here(a);
		return;
	}
	if (!answer_parameters_known(a, path.kind == TILE_CHECKPOINT ? which : none))
		return;
	if (view == NULL) {
		problem_set(a, 503, "the store is not open");
		return;
	}
	if (path.kind == TILE_HASHES || path.kind == TILE_ENTRIES) {
		send_tile(a, log, &path);
		return;
	}
	int rc = view->log(view->ctx, log, &a->found, &at, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	else if (path.kind == TILE_CHECKPOINT)
		send_checkpoint(a, &at, own);
	else
		send_payload(a, &at, path.n);
}

void own_log_answer(struct answer *a, struct bytes rest)
{
	if (a->context->own_log == NULL)
		nothing_here(a);
	else
		send(a, a->context->own_log, true, rest);
}

void mirror_answer(struct answer *a, struct bytes rest)
{
	enum { HEX = 2 * HASH_SIZE };
	struct buf digest = { 0 };
	struct hash log;
	bool named = rest.len > HEX && rest.data[HEX] == '/' && hex_decode(bytes_of(rest.data, HEX), &digest) == OK;
	if (named)
		memcpy(&log, digest.data, sizeof log);
	buf_free(&digest);
	/* What is ours is not mirrored here: it has one address. */
	if (!named || (a->context->own_log != NULL && hash_equal(&log, a->context->own_log)))
		nothing_here(a);
	else
		send(a, &log, false, bytes_of(rest.data + HEX + 1, rest.len - HEX - 1));
}
