/* listener: a listening socket on the loop that hands out accepted descriptors.
 *
 * Accepts by itself, and not through libuv, because a process that has run out of descriptors must stop asking for
 * more: accepting pauses for ACCEPT_PAUSE_MS, and one line is logged until it works again.
 * Thread: the loop's.
 */
#pragma once

#include <uv.h>

#include "node/base/err.h"

struct listener;

/* Takes fd: a connected, non-blocking socket. */
typedef void (*listener_accept_cb)(void *arg, int fd);

/* Listen on host:port (port 0: the system chooses; a name is resolved here and now).  Gives *out.
 * ERR_USAGE: the address cannot be read or resolved; ERR_BUSY: it is taken; ERR_IO. */
CHECKED int listener_open(uv_loop_t *loop, const char *address, listener_accept_cb accept_cb, void *arg,
                          struct listener **out, struct err *err);

/* Listen on the unix socket DIR/socket, for the owner alone (0600).  What stands there is removed first: whoever
 * calls holds the folder's lock. */
CHECKED int listener_open_local(uv_loop_t *loop, const char *dir, listener_accept_cb accept_cb, void *arg,
                                struct listener **out, struct err *err);

/* The real address as host:port or [v6]:port; empty for a unix socket.  Lives as long as the listener. */
const char *listener_address(const struct listener *l);

/* Stop listening and null *l; the memory goes in a later turn of the loop. */
void listener_close(struct listener **l);
