#include "node/shell/shell.h"
#include "node/shell/public.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/addresses.h"
#include "node/shell/admit.h"
#include "node/shell/asker.h"
#include "node/shell/doors.h"
#include "node/shell/federate.h"
#include "node/shell/hand.h"
#include "node/shell/high_water.h"
#include "node/shell/httpd.h"
#include "node/shell/interpret.h"
#include "node/shell/link.h"
#include "node/shell/loop.h"
#include "node/shell/streams.h"
#include "node/shell/submit.h"
#include "node/shell/trust.h"
#include "node/store/store.h"

/* ---- starting, in the order of shell_start ---- */

static void on_wake(uv_async_t *async)
{
	loop_stop(async->data);
}

static int open_loop(struct shell *s, struct err *err)
{
	int rc = uv_loop_init(&s->uv);
	if (rc != 0)
		return err_set(err, ERR_IO, "event loop: %s", uv_strerror(rc));
	s->loop_open = true;
	s->uv.data = s;
	rc = uv_async_init(&s->uv, &s->wake, on_wake);
	must(rc == 0 && uv_timer_init(&s->uv, &s->tick) == 0 && uv_timer_init(&s->uv, &s->deadline) == 0 &&
	     uv_timer_init(&s->uv, &s->index_timer) == 0);
	s->handles_open = true;
	s->wake.data = s->tick.data = s->deadline.data = s->index_timer.data = s;
	/* It must not keep the loop running: it stays open until shell_free, so that shell_stop may come at any time. */
	uv_unref((uv_handle_t *)&s->wake);
	s->read_buffer = malloc(READ_CHUNK);
	must(s->read_buffer != NULL);
	return OK;
}

static int load_origin(struct shell *s, struct store *store, const char *origin, struct err *err)
{
	struct origin_state state = { 0 };
	char quoted[NAME_MAX_BYTES * 2];
	int rc = store_load(store, origin, &state, err);
	if (rc == OK)
		rc = core_load(s->core, &state, err);
	origin_state_free(&state);
	if (rc == ERR_NOT_FOUND) {
		log_line(LOG_WARN, "origin_unknown", "origin=%s reason=\"no card names it; it stays as it is\"",
		         log_value(origin, quoted, sizeof quoted));
		return OK;
	}
	return rc == OK ? OK : err_wrap(err, rc, "%s", origin);
}

static int load_origins(struct shell *s, struct store *store, struct err *err)
{
	struct arena arena = { 0 };
	const char **names = NULL;
	size_t count = 0;
	int rc = store_origins(store, &arena, &names, &count, err);
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = load_origin(s, store, names[i], err);
	arena_free(&arena);
	return rc;
}

/* A head that was made durable in the moment before the last process died is announced soon: it is below the mark
 * first. */
static void raise_mark(struct shell *s)
{
	struct arena arena = { 0 };
	struct core_status status;
	core_status(s->core, loop_mono_ms(), loop_wall_ms(), &arena, &status);
	high_water_raise(s->high_water, status.origins[0].head_size, &status.origins[0].head_root);
	arena_free(&arena);
}

static int make_core(struct shell *s, struct store *store, struct err *err)
{
	struct guard_facts guard;
	int rc = high_water_read(s->dir->path, &guard, err);
	if (rc != OK)
		return rc;
	guard.deaf = s->options.local_only || strcmp(s->dir->config.peer_listen, "none") == 0;
	high_water_open(s->dir->path, &guard, &s->high_water);
	rc = trust_core(s->dir, !s->options.local_only, &guard, &s->core, err);
	if (rc == OK)
		rc = load_origins(s, store, err);
	if (rc == OK)
		raise_mark(s);
	return rc;
}

static void on_told(void *shell)
{
	loop_settle(shell);
}

/* The store is open for writing until the writer takes it. */
static int start_threads(struct shell *s, struct store **store, struct err *err)
{
	int rc = writer_start(&s->uv, store, interpret_stored, on_told, s, &s->writer, err);
	if (rc == OK)
		writer_mark(s->writer, s->high_water, s->dir->config.origin);
	if (rc == OK)
		rc = readers_start(&s->uv, s->dir->path, s->dir->config.readers, writer_turns(s->writer), on_told, s,
		                   &s->readers, err);
	if (rc == OK)
		rc = asker_start(&s->uv, interpret_asked, s, &s->asker, err);
	return rc;
}

static int start_store(struct shell *s, struct err *err)
{
	struct store *store = NULL;
	int rc = store_open(s->dir->path, STORE_WRITE, &store, err);
	if (rc == OK)
		rc = make_core(s, store, err);
	if (rc == OK)
		rc = start_threads(s, &store, err);
	if (store != NULL)
		store_close(store);
	return rc;
}

static int start_listening(struct shell *s, struct err *err)
{
	const char *address = s->dir->config.peer_listen;
	int rc = rotate_start(s, err);
	if (rc == OK && !s->options.local_only && strcmp(address, "none") != 0) {
		rc = listener_open(&s->uv, address, link_accept, s, &s->peer_listener, err);
		if (rc == OK)
			(void)snprintf(s->peer_address, sizeof s->peer_address, "%s", listener_address(s->peer_listener));
	}
	if (rc == OK)
		rc = httpd_start(s, err);
	if (rc == OK && !s->options.local_only)
		rc = addresses_write(s->dir->path, s->peer_address, s->http_address, err);
	return rc;
}

/* Sockets are most of what a node opens; the usual soft limit is less than limits.h allows. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void say_ready(const struct shell *s)
{
	const char *peer = s->peer_address[0] != '\0' ? s->peer_address : "none";
	const char *http = s->http_address[0] != '\0' ? s->http_address : "none";
	log_line(LOG_INFO, "ready", "name=%s peer=%s http=%s peers=%zu", s->dir->config.name, peer, http,
	         s->dir->peer_count);
	if (s->options.quiet)
		return;
	(void)printf("ready name=%s peer=%s http=%s\n", s->dir->config.name, peer, http);
	(void)fflush(stdout);
}

int shell_start(const struct node_dir *dir, const struct shell_options *options, struct shell **out, struct err *err)
{
	struct shell *s = calloc(1, sizeof *s);
	must(s != NULL);
	s->dir = dir;
	if (options != NULL)
		s->options = *options;
	s->start_wall_ms = loop_wall_ms();
	(void)signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
	int rc = lock_take(dir->path, &s->lock, err);
	if (rc == OK) {
		addresses_remove(dir->path); /* of a process that did not end well */
		rc = open_loop(s, err);
	}
	if (rc == OK)
		rc = start_store(s, err);
	if (rc == OK)
		rc = start_listening(s, err);
	if (rc != OK) {
		shell_free(s);
		return rc;
	}
	indexing_start(s);
	say_ready(s);
	*out = s;
	return OK;
}

/* ---- running ---- */

static void on_signal(uv_signal_t *handle, int number)
{
	struct shell *s = handle->data;
	log_line(LOG_INFO, "signal", "number=%d", number);
	loop_stop(s);
}

static int handle_signals(struct shell *s, struct err *err)
{
	static const int numbers[] = { SIGTERM, SIGINT };
	for (int i = 0; i < 2; i++) {
		must(uv_signal_init(&s->uv, &s->signals[i]) == 0);
		s->signals[i].data = s;
	}
	s->signals_open = true;
	for (int i = 0; i < 2; i++) {
		int rc = uv_signal_start(&s->signals[i], on_signal, numbers[i]);
		if (rc != 0)
			return err_set(err, ERR_IO, "signal %d: %s", numbers[i], uv_strerror(rc));
	}
	return OK;
}

int shell_run(struct shell *shell, bool with_signals, struct err *err)
{
	must(shell->phase == SHELL_RUNNING);
	int rc = with_signals ? handle_signals(shell, err) : OK;
	if (rc != OK)
		return rc;
	interpret_tick(shell);
	loop_settle(shell);
	(void)uv_run(&shell->uv, UV_RUN_DEFAULT);
	must(shell->phase == SHELL_CLOSED);
	log_line(LOG_INFO, "stopped", "name=%s", shell->dir->config.name);
	return OK;
}

void shell_stop(struct shell *shell)
{
	(void)uv_async_send(&shell->wake);
}

void shell_free(struct shell *shell)
{
	if (shell == NULL)
		return;
	if (shell->loop_open) {
		loop_close(shell);
		addresses_remove(shell->dir->path);
		submits_free(shell);
		doors_free(shell);
		streams_free(shell);
		public_free(shell);
		admit_free(shell);
		hands_free(shell);
		federate_free(shell);
		httpd_free(shell);
		must(uv_loop_close(&shell->uv) == 0);
	}
	high_water_close(shell->high_water);
	effects_free(&shell->fx);
	core_free(shell->core);
	rotate_close(shell);
	buf_free(&shell->wire);
	free(shell->read_buffer);
	lock_release(&shell->lock);
	free(shell);
}

const char *shell_peer_address(const struct shell *shell)
{
	return shell->peer_address;
}

const char *shell_http_address(const struct shell *shell)
{
	return shell->http_address;
}
