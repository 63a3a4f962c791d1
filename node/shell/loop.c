#include "node/shell/loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/addresses.h"
#include "node/shell/asker.h"
#include "node/shell/doors.h"
#include "node/shell/federate.h"
#include "node/shell/hand.h"
#include "node/shell/httpd.h"
#include "node/shell/interpret.h"
#include "node/shell/link.h"
#include "node/shell/streams.h"
#include "node/shell/submit.h"

enum {
	TICK_MAX_MS = 60 * 1000,
	GOODBYE_MS = 1500, /* of SHUTDOWN_MS: kept for the links */
};

uint64_t loop_mono_ms(void)
{
	return uv_hrtime() / 1000000;
}

uint64_t loop_wall_ms(void)
{
	struct timespec now;
	must(clock_gettime(CLOCK_REALTIME, &now) == 0);
	return now.tv_sec < 0 ? 0 : (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void loop_read_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	const struct shell *s = handle->loop->data;
	(void)suggested;
	*out = uv_buf_init((char *)s->read_buffer, READ_CHUNK);
}

/* ---- the end of a turn ---- */

static void on_tick(uv_timer_t *timer)
{
	struct shell *s = timer->data;
	interpret_tick(s);
	loop_settle(s);
}

static void plan_tick(struct shell *s)
{
	uint64_t next = core_next_tick(s->core);
	uint64_t now = loop_mono_ms();
	if (next == UINT64_MAX) {
		(void)uv_timer_stop(&s->tick);
		return;
	}
	uint64_t wait = next > now ? next - now : 0;
	/* A timer counts from the start of this turn of the loop; the event is only ever late, by less than a turn. */
	uv_update_time(&s->uv);
	(void)uv_timer_start(&s->tick, on_tick, wait < TICK_MAX_MS ? wait : TICK_MAX_MS, 0);
}

/* Reading from peers pauses while the writer has too much, and goes on below half of it. */
static void watch_writer(struct shell *s)
{
	size_t bytes = writer_bytes(s->writer);
	bool behind = bytes > (s->links.store_behind ? STORE_QUEUE_BYTES_MAX / 2 : STORE_QUEUE_BYTES_MAX);
	if (behind == s->links.store_behind)
		return;
	s->links.store_behind = behind;
	link_review_reading(s);
}

static void carry_on_stopping(struct shell *s);

static void settle_parts(struct shell *s)
{
	submits_settle(s);
	doors_settle(s);
	hands_settle(s);
	federate_settle(s);
	streams_settle(s);
	watch_writer(s);
	link_settle_all(s);
}

void loop_settle(struct shell *s)
{
	if (s->phase == SHELL_CLOSED)
		return;
	must(!s->stepping);
	settle_parts(s);
	if (readers_answer(s->readers))
		settle_parts(s);
	readers_wake(s->readers);
	if (s->phase == SHELL_RUNNING)
		plan_tick(s);
	else
		carry_on_stopping(s);
}

/* ---- stopping ---- */

static void close_all(struct shell *s)
{
	s->phase = SHELL_CLOSED;
	link_drop_all(s);
	httpd_drop_all(s);
	/* Readers first: the last store handle to close tidies up, and that should be the writing one. */
	readers_stop(&s->readers);
	writer_stop(&s->writer);
	asker_stop(&s->asker);
	streams_close(s);
	if (s->handles_open) {
		uv_close((uv_handle_t *)&s->tick, NULL);
		uv_close((uv_handle_t *)&s->deadline, NULL);
		uv_close((uv_handle_t *)&s->index_timer, NULL);
	}
	s->handles_open = false;
	for (int i = 0; i < 2 && s->signals_open; i++)
		uv_close((uv_handle_t *)&s->signals[i], NULL);
	s->signals_open = false;
}

static void on_too_late(uv_timer_t *timer)
{
	close_all(timer->data);
}

static void say_goodbye(struct shell *s)
{
	s->phase = SHELL_GOODBYE;
	link_goodbye_all(s);
	link_settle_all(s);
	(void)uv_timer_start(&s->deadline, on_too_late, GOODBYE_MS, 0);
}

static void on_drained_too_slowly(uv_timer_t *timer)
{
	struct shell *s = timer->data;
	log_line(LOG_WARN, "stop_hurried", "writes=%zu reads=%zu", writer_pending(s->writer), readers_pending(s->readers));
	say_goodbye(s);
	loop_settle(s);
}

static void carry_on_stopping(struct shell *s)
{
	if (s->phase == SHELL_DRAINING && httpd_quiet(s) && writer_pending(s->writer) == 0 &&
	    readers_pending(s->readers) == 0)
		say_goodbye(s);
	if (s->phase == SHELL_GOODBYE && s->links.count == 0)
		close_all(s);
}

void loop_stop(struct shell *s)
{
	if (s->phase != SHELL_RUNNING)
		return;
	log_line(LOG_INFO, "stopping", "name=%s", s->dir->config.name);
	s->phase = SHELL_DRAINING;
	(void)uv_timer_stop(&s->tick);
	(void)uv_timer_stop(&s->index_timer);
	listener_close(&s->peer_listener);
	addresses_remove(s->dir->path);
	httpd_drain(s);
	link_review_reading(s);
	(void)uv_timer_start(&s->deadline, on_drained_too_slowly, SHUTDOWN_MS - GOODBYE_MS, 0);
	loop_settle(s);
}

void loop_close(struct shell *s)
{
	if (s->phase != SHELL_CLOSED) {
		listener_close(&s->peer_listener);
		httpd_drain(s);
		close_all(s);
	}
	uv_close((uv_handle_t *)&s->wake, NULL);
	(void)uv_run(&s->uv, UV_RUN_DEFAULT);
}
