/* link_state: what link.c (a link's life) and link_io.c (its bytes) share.  Nobody else includes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "crypto/tls.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/shell/link.h"

enum link_state {
	LINK_RESOLVING,
	LINK_CONNECTING,
	LINK_HANDSHAKE,
	LINK_UP,
	LINK_FLUSHING,
	LINK_LINGERING,
	LINK_CLOSED,
	LINK_STATES
};

/* Frames that wait to be encrypted, oldest first; small ones share a buffer.  Owned by the link. */
struct frame_queue {
	struct buf *v; /* a ring */
	size_t cap, first, count;
	size_t sent;  /* of v[first] */
	size_t bytes; /* that wait in all */
};

enum { LINK_MAGIC = 0x4c494e4b };

struct link {
	uint32_t magic;
	enum link_state state;
	struct shell *shell;
	struct link *prev, *next;
	struct link *id_next, *dirty_next;
	bool dirty;

	link_id id; /* 0 until UP */
	uint32_t peer;
	bool peer_known; /* always for dialed links; for accepted ones once the pin was found */
	bool dialed;

	uv_tcp_t tcp;
	uv_timer_t timer; /* dial, handshake, flushing, lingering */
	uv_getaddrinfo_t resolve;
	uv_connect_t connect;
	uv_write_t write;
	uv_shutdown_t shutdown;
	int holds; /* handles and name lookups that libuv still has; freed at 0 */
	bool reading, writing;

	struct tls *tls;
	bool tls_broken; /* nothing more can be encrypted */
	struct buf in;   /* decrypted, not yet a whole frame; or whole ones while reading pauses */
	struct frame_queue out;
	struct buf flight; /* what uv_write has */
	bool full;         /* out passed SERVE_BYTES_MAX, and is not below half of it yet */

	bool tell; /* the core must hear that it ended */
	int code;
	char text[ERR_TEXT_MAX];
};

/* Change state; the arrows are in link.h. */
void link_to(struct link *l, enum link_state state);

/* Look at it in loop_settle(). */
void link_mark(struct link *l);

/* End it: the core and the log get the reason.  In order: what is queued goes out first. */
void link_end(struct link *l, bool in_order, int code, const char *text);

/* Close its handles now. */
void link_drop(struct link *l);

/* The handshake is done. */
void link_established(struct link *l);

/* ---- link_io.c ---- */

/* libuv's callbacks for reading. */
void link_read_start(struct link *l);
void link_read_stop(struct link *l);

void link_queue(struct link *l, struct buf *frame);

/* Encrypt and write what the socket takes. */
void link_pump(struct link *l);

/* Deliver the whole frames at hand to the core, until reading must pause. */
void link_deliver(struct link *l);

/* Must reading pause? */
bool link_paused(const struct link *l);

void link_io_free(struct link *l);
