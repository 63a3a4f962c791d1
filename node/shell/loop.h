/* loop: what the loop thread owns, and the order in which a turn of it ends.
 *
 * Every libuv callback of this room that fed the core or touched a link ends with loop_settle(): only there are frames
 * encrypted and written (so that what one step or one read produces travels together), broken links reported to the
 * core, readers woken for what was asked of them, reading paused or resumed, the next tick planned, and a stop carried
 * on.  Nothing inside a core step calls
 * back into the core.
 *
 * Life of a shell:
 *
 *     RUNNING --stop--> DRAINING --answers given, writes durable--> GOODBYE --links gone--> CLOSED
 *                           `-------- too slow (SHUTDOWN_MS) ----------^
 *
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "crypto/tls.h"
#include "node/api/api.h"
#include "node/core/core.h"
#include "node/shell/indexing.h"
#include "node/shell/listener.h"
#include "node/shell/lock.h"
#include "node/shell/readers.h"
#include "node/shell/rotate.h"
#include "node/shell/shell.h"
#include "node/shell/writer.h"

struct link;
struct httpd;
struct submits;
struct doors;
struct asker;
struct hands;
struct askings;
struct core_search;
struct streams;
struct rates;

enum { READ_CHUNK = 256 * 1024, LINK_BUCKETS = 256 };

enum shell_phase { SHELL_RUNNING, SHELL_DRAINING, SHELL_GOODBYE, SHELL_CLOSED };

/* All links, and those that this turn of the loop must still look at. */
struct link_table {
	struct link *first;
	struct link *by_id[LINK_BUCKETS];
	struct link *dirty_first, *dirty_last;
	size_t count;
	size_t unauthenticated; /* accepted, and never up */
	link_id last_id;
	bool store_behind; /* no reading: the writer's queue is long */
	uint64_t refused_logged_ms;
};

enum { SHELL_RANDOM = 64 };

struct shell {
	const struct node_dir *dir; /* borrowed */
	struct shell_options options;
	struct lock lock;
	enum shell_phase phase;

	uv_loop_t uv;
	uv_async_t wake; /* shell_stop, from any thread */
	uv_timer_t tick;
	uv_timer_t deadline; /* of a stop */
	uv_timer_t index_timer;
	uv_signal_t signals[2];
	bool loop_open, handles_open, signals_open;
	uint8_t *read_buffer; /* READ_CHUNK bytes; every socket reads into it, one at a time */
	struct buf wire;      /* a link's bytes on their way from TLS to the socket, one link at a time */

	struct core *core;
	struct effects fx;
	bool stepping;
	uint64_t random[SHELL_RANDOM]; /* for events to come: */
	size_t random_left;
	uint64_t start_wall_ms;
	uint64_t dial_logged_ms[PEERS_MAX]; /* mono; 0: the next failure is news */
	unsigned dials[PEERS_MAX];

	struct own_keys own;
	struct link_table links;
	struct listener *peer_listener;
	char peer_address[NAME_MAX_BYTES + 16];
	char http_address[NAME_MAX_BYTES + 16];

	struct high_water *high_water;
	struct writer *writer;
	struct readers *readers;
	struct httpd *httpd;
	struct submits *submits;
	struct indexing indexing;
	struct doors *doors;
	struct asker *asker;
	size_t uploads; /* requests whose body is larger than HTTP_PUBLIC_BODY_MAX, under way */
	struct hands *hands;
	struct askings *askings;
	struct core_search *searches; /* of the core, under way */
	struct streams *streams;
	struct rates *rates;    /* public.h; NULL: nobody came yet */
	struct rates *admitted; /* admit.h; likewise */
	struct api_counters counters;
};

uint64_t loop_mono_ms(void);
uint64_t loop_wall_ms(void);

/* Finish a turn: see above. */
void loop_settle(struct shell *s);

/* uv_alloc_cb: the shared read buffer.  handle->data is whatever; the shell is found through the loop. */
void loop_read_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out);

/* Begin to stop; harmless when it has begun. */
void loop_stop(struct shell *s);

/* Close what is left at once and run the loop until nothing is.  For the end, and for a start that failed. */
void loop_close(struct shell *s);
