/* link: one connection with a peer: TCP, TLS, frames.
 *
 *     RESOLVING -> CONNECTING -> HANDSHAKE -> UP -> FLUSHING -> LINGERING -> CLOSED
 *      (dialed, by name) (dialed)  (accepted begin here)
 *
 * Any state may fall to FLUSHING (what is queued and our last word still go out), and from anywhere to CLOSED.  The
 * core hears of a link between UP and what follows it, once each way.
 *
 * Knows: sockets, pins, frame boundaries.  Must not know: what a frame says.
 * Owner: the shell's link table; a link frees itself after its last handle has closed.
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/core/effect.h"
#include "node/shell/loop.h"

/* Take an accepted connection (listener_accept_cb with the shell). */
void link_accept(void *shell, int fd);

/* Connect to a peer's address.  Ends in one EV_LINK_UP or one EV_DIAL_FAILED, never within this call. */
void link_dial(struct shell *s, uint32_t peer);

/* Queue a frame; takes its bytes.  A link that is not up any more drops it. */
void link_send(struct shell *s, link_id id, struct buf *frame);

/* End a link after what was sent; the core is not told. */
void link_close(struct shell *s, link_id id, int code, const char *text);

/* ---- for loop.c ---- */

/* Look at every link that something happened to since the last time: send, report, read on. */
void link_settle_all(struct shell *s);

/* Reading from every link may have to pause, or may go on. */
void link_review_reading(struct shell *s);

/* Say goodbye on every link; close every link at once. */
void link_goodbye_all(struct shell *s);
void link_drop_all(struct shell *s);
