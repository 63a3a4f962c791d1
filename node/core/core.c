#include "node/core/core.h"

#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

enum { RETRY_MIN_MS = 1000, RETRY_MAX_MS = 60000 };

/* ---- writes, links ---- */

struct store_write *write_new(const struct log *log, enum store_write_kind kind)
{
	struct store_write *w = calloc(1, sizeof *w);
	must(w != NULL);
	w->kind = kind;
	memcpy(w->origin, log->origin, sizeof w->origin);
	w->arena.cap = SIZE_MAX; /* what goes in was bounded where it came from */
	return w;
}

struct pending_store *core_store(struct core *c, size_t log, struct store_write **w)
{
	struct log *l = c->logs[log];
	if (c->store_count == c->store_cap) {
		c->store_cap = c->store_cap == 0 ? 64 : c->store_cap * 2;
		c->stores = realloc(c->stores, c->store_cap * sizeof *c->stores);
		must(c->stores != NULL);
	}
	(*w)->op = ++c->next_op;
	(*w)->weight = (*w)->arena.used;
	(*w)->wall_ms = c->wall_ms;
	if ((*w)->kind == WRITE_HEAD || (*w)->kind == WRITE_ENTRIES)
		(*w)->head_cosigned = (*w)->head.len > 0 && cosigned_enough(c, log, (*w)->head);
	struct pending_store *s = &c->stores[c->store_count++];
	*s = (struct pending_store){ .op = (*w)->op,
		                         .log = log,
		                         .generation = l->generation,
		                         .kind = (*w)->kind,
		                         .own = l->own,
		                         .size = (*w)->start + (*w)->count,
		                         .weight = (*w)->weight };
	share_note(s, *w);
	if ((*w)->head.len > 0)
		head_set(&s->head, (*w)->head, (*w)->head_size, &(*w)->head_root);
	buf_add_bytes(&s->head.keys, (*w)->head_keys);
	l->stores_in_flight++;
	l->store_bytes += (*w)->weight;
	effects_add(c->fx, FX_STORE)->u.store = *w;
	*w = NULL;
	return s;
}

struct link *core_link(struct core *c, link_id id)
{
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL && c->peers[i]->link->id == id)
			return c->peers[i]->link;
	return NULL;
}

/* ---- making one ---- */

struct log *log_new(struct core *c, const struct vkey *key, bool own)
{
	struct log *l = calloc(1, sizeof *l);
	must(l != NULL);
	memcpy(l->origin, key->name, sizeof l->origin);
	l->key = key;
	l->own = own;
	l->peer = UINT32_MAX;
	l->tree = tree_new(c->hasher);
	return l;
}

void log_free(struct log *l)
{
	if (l == NULL)
		return;
	mirror_stop(l);
	backfill_stop(l);
	sharing_close(&l->sharing);
	tree_free(l->tree);
	head_clear(&l->head);
	head_clear(&l->target);
	head_clear(&l->goal);
	cosigned_free(l);
	for (size_t i = 0; i < l->recent_count; i++)
		head_clear(&l->recent[i]);
	buf_free(&l->evidence);
	keys_free(&l->keys);
	free(l);
}

struct core *core_new(const struct core_config *config)
{
	struct core *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->config = *config;
	c->hasher = hasher_new();
	c->gate.facts = config->guard;
	c->gate.state = GUARD_ASKING;
	c->logs[c->log_count++] = log_new(c, skey_public(config->log_key), true);
	core_add_key(c, config->log_key);
	core_add_key(c, config->witness_key);
	core_add_key(c, config->mirror_key);
	return c;
}

static void free_submissions(struct submission *s)
{
	for (struct submission *next; s != NULL; s = next) {
		next = s->next;
		arena_free(&s->arena);
		free(s);
	}
}

void core_free(struct core *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->peer_count; i++) {
		if (c->peers[i]->link != NULL)
			peer_free_link(c, c->peers[i]->link);
		free(c->peers[i]);
	}
	for (struct job *j = c->jobs, *next; j != NULL; j = next) {
		next = j->next;
		serve_free_job(j);
	}
	for (uint32_t i = 0; i < c->asked_count; i++)
		ask_free(c->asked[i]);
	for (struct visit *v = c->visits, *next; v != NULL; v = next) {
		next = v->next;
		door_free_visit(v);
	}
	for (struct carry *u = c->carries, *next; u != NULL; u = next) {
		next = u->next;
		upload_free_carry(u);
	}
	for (size_t i = 0; i < c->store_count; i++) {
		head_clear(&c->stores[i].head);
		share_forget(&c->stores[i]);
	}
	handover_free_all(c);
	federate_free_all(c);
	free_submissions(c->waiting);
	free_submissions(c->appending);
	verdict_close(c);
	for (size_t i = 0; i < c->log_count; i++)
		log_free(c->logs[i]);
	head_clear(&c->gate.known);
	free(c->stores);
	free(c->ring);
	hasher_free(c->hasher);
	free(c);
}

/* ---- what the store holds ---- */

static int restore_head(struct log *log, struct bytes raw, struct bytes keys, struct head *out, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	struct keys known;
	head_clear(out);
	if (raw.len == 0)
		return OK;
	keys_copy(&log->keys, &known);
	keys_unpack(&known, KEY_OF_LOG, log->key, keys);
	int rc = keys_open_head(&known, log->key, raw, &note, &cp, NULL, err);
	keys_free(&known);
	if (rc != OK) {
		err_wrap(err, ERR_CORRUPT, "the stored head of %s", log->origin);
		return ERR_CORRUPT;
	}
	head_set(out, raw, cp.size, &cp.root);
	buf_add_bytes(&out->keys, keys);
	return OK;
}

/* The tree and the head must agree where the tree alone can tell. */
static int check_restored(struct core *c, struct log *log, struct err *err)
{
	struct hash root;
	if (log->head.size > log->stored)
		return err_set(err, ERR_CORRUPT, "%s: the head covers more entries than are held", log->origin);
	if (log->cosigned.size > log->head.size)
		return err_set(err, ERR_CORRUPT, "%s: the cosigned head is larger than the signed one", log->origin);
	if (log->head.note.len > 0 && tree_root_at(c->hasher, tree_as_source(log->tree), log->head.size, &root) == OK &&
	    !hash_equal(&root, &log->head.root))
		return err_set(err, ERR_CORRUPT, "%s: the entries do not have the root of the head", log->origin);
	return OK;
}

int log_restore(struct core *c, struct log *log, const struct origin_state *state, struct err *err)
{
	mirror_stop(log);
	tree_free(log->tree);
	log->tree = tree_restore(c->hasher, state->size, state->roots, state->tail);
	log->stored = state->size;
	keys_free(&log->keys);
	for (size_t i = 0; i < state->key_count; i++)
		(void)keys_add(&log->keys, state->keys[i].index, state->keys[i].payload);
	int rc = log->own ? ring_complete(c, err) : OK;
	if (rc == OK)
		rc = restore_head(log, state->head, bytes_of(NULL, 0), &log->head, err);
	if (rc == OK)
		rc = restore_head(log, state->target, state->target_keys, &log->target, err);
	if (rc == OK)
		rc = restore_head(log, state->cosigned, bytes_of(NULL, 0), &log->cosigned, err);
	if (rc == OK)
		rc = check_restored(c, log, err);
	if (rc != OK)
		return rc;
	if (log->head.note.len > 0 && log->target.size <= log->head.size)
		head_clear(&log->target);
	if (log->own)
		gate_loaded(c);
	evidence_restore(log, state->evidence);
	log->strayed = log->target.note.len > 0;
	witness_restore_time(c, log);
	log->head_revision++;
	share_restore(c, log, state);
	if (log->own)
		status_confirmed(c);
	if (log->head.size > log->cosigned.size && log->uncosigned_since_ms == 0)
		log->uncosigned_since_ms = c->wall_ms;
	verdict_restore(c, log, state);
	return OK;
}

int core_load(struct core *c, const struct origin_state *state, struct err *err)
{
	size_t log = serve_find_log(c, state->origin);
	if (log == SIZE_MAX)
		return err_set(err, ERR_NOT_FOUND, "no card names the origin %s", state->origin);
	return log_restore(c, c->logs[log], state, err);
}

void core_reload(struct core *c, size_t log, const char *why)
{
	struct log *l = c->logs[log];
	if (l->loading)
		return;
	l->loading = true;
	l->generation++;
	l->stores_in_flight = l->store_bytes = 0;
	l->head_in_flight = l->target_in_flight = l->evidence_in_flight = false;
	mirror_stop(l);
	backfill_stop(l);
	uint64_t wait = (uint64_t)RETRY_MIN_MS << (l->store_failures < 6 ? l->store_failures : 6);
	l->store_failures++;
	l->retry_ms = c->mono_ms + (wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS);
	if (c->wake_ms > l->retry_ms)
		c->wake_ms = l->retry_ms;
	handover_fail(c, log, why);
	core_note(c, LOG_WARN, "store_retry", "origin=%s reason=\"%s\"", l->origin, why != NULL ? why : "");
	struct effect *fx = effects_add(c->fx, FX_RELOAD);
	memcpy(fx->u.reload.origin, l->origin, sizeof l->origin);
}

static void loaded(struct core *c, const struct event *event)
{
	struct err err = { .text = "unreadable" };
	size_t log = serve_find_log(c, event->u.loaded.origin);
	if (log == SIZE_MAX || !c->logs[log]->loading)
		return;
	struct log *l = c->logs[log];
	static const struct origin_state empty;
	int rc = event->u.loaded.code;
	l->loading = false;
	if (rc == OK)
		rc = log_restore(c, l, event->u.loaded.state, &err);
	else if (rc == ERR_NOT_FOUND) /* nothing was ever stored for it */
		rc = log_restore(c, l, &empty, &err);
	if (rc != OK) {
		core_note(c, LOG_ERROR, "store_unreadable", "origin=%s code=%s reason=\"%s\"", l->origin, err_name(rc),
		          err.text);
		core_reload(c, log, err.text);
		return;
	}
	if (l->evidence_durable)
		evidence_stored(c, log); /* a write that was told to have failed may have been kept */
	if (l->own)
		origin_continue(c);
	reconcile_wake(c, log);
	door_wake(c, log);
	upload_wake(c, log);
	peer_announce(c, log);
	backfill_pump(c, log);
	handover_settle(c, log);
}

/* ---- the step ---- */

static void tick(struct core *c)
{
	peer_tick(c);
	federate_tick(c);
	if (c->mono_ms < c->wake_ms)
		return;
	c->wake_ms = UINT64_MAX;
	origin_continue(c);
	for (size_t i = 0; i < c->log_count; i++) {
		if (c->logs[i]->retry_ms <= c->mono_ms)
			evidence_store(c, i);
		else if (c->wake_ms > c->logs[i]->retry_ms)
			c->wake_ms = c->logs[i]->retry_ms;
		reconcile_wake(c, i);
		backfill_pump(c, i);
		evidence_remind(c, i);
	}
	ask_wake(c);
	upload_tick(c);
}

void core_step(struct core *c, struct event *event, struct effects *fx)
{
	c->fx = fx;
	c->mono_ms = event->mono_ms;
	c->wall_ms = event->wall_ms;
	c->random = event->random;
	if (!c->gate.begun)
		gate_judge(c);
	switch (event->kind) {
	case EV_TICK:
		tick(c);
		break;
	case EV_LINK_UP:
		peer_link_up(c, event);
		break;
	case EV_LINK_DOWN:
		peer_link_down(c, event);
		break;
	case EV_DIAL_FAILED:
		peer_dial_failed(c, event);
		break;
	case EV_FRAME:
		peer_frame(c, event);
		break;
	case EV_SUBMIT:
		origin_submit(c, event);
		break;
	case EV_VERDICT:
		verdict_ask(c, event);
		break;
	case EV_CHECKPOINT:
		door_checkpoint(c, event);
		break;
	case EV_UPLOAD:
		upload_take(c, event);
		break;
	case EV_ASKED:
		ask_answered(c, event);
		break;
	case EV_HANDOVER:
		handover_event(c, event);
		break;
	case EV_QUERY:
		federate_query(c, event);
		break;
	case EV_QUERY_GONE:
		federate_gone(c, event->u.gone.op);
		break;
	case EV_SEARCHED:
		federate_searched(c, event);
		break;
	case EV_STORED:
		core_stored(c, event);
		break;
	case EV_READ:
		serve_read(c, event);
		break;
	case EV_LOADED:
		loaded(c, event);
		break;
	case EV_RESUME:
		gate_resume(c);
		break;
	}
	gate_look(c);
	c->fx = NULL;
}

uint64_t core_next_tick(const struct core *c)
{
	uint64_t peers = peer_next_tick(c), queries = federate_next_tick(c);
	uint64_t next = peers < c->wake_ms ? peers : c->wake_ms;
	return queries < next ? queries : next;
}
