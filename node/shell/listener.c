#include "node/shell/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "proto/card.h"

enum {
	BACKLOG = 511,
	ACCEPTS_A_TURN = 64, /* then the other sockets get their turn */
};

struct listener {
	uv_poll_t poll;
	uv_timer_t pause;
	int handles; /* not yet closed */
	int fd;
	bool starved; /* no descriptors left; logged */
	char address[NAME_MAX_BYTES + 16];
	listener_accept_cb accept_cb;
	void *arg;
};

static void on_ready(uv_poll_t *poll, int status, int events);

static void on_pause_over(uv_timer_t *timer)
{
	struct listener *l = timer->data;
	(void)uv_poll_start(&l->poll, UV_READABLE, on_ready);
}

static void wait_for_descriptors(struct listener *l, int error)
{
	if (!l->starved)
		log_line(LOG_ERROR, "accept_paused", "address=%s reason=\"%s\"", l->address, strerror(error));
	l->starved = true;
	(void)uv_poll_stop(&l->poll);
	(void)uv_timer_start(&l->pause, on_pause_over, ACCEPT_PAUSE_MS, 0);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN && l->fd >= 0; i++) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			l->starved = false;
			l->accept_cb(l->arg, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			wait_for_descriptors(l, errno);
		/* EAGAIN: nobody waits.  Anything else concerns a connection that is gone already. */
		if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;
	if (--l->handles == 0)
		free(l);
}

void listener_close(struct listener **l)
{
	struct listener *gone = *l;
	*l = NULL;
	if (gone == NULL)
		return;
	uv_close((uv_handle_t *)&gone->poll, on_closed);
	uv_close((uv_handle_t *)&gone->pause, on_closed);
	(void)close(gone->fd);
	gone->fd = -1;
}

const char *listener_address(const struct listener *l)
{
	return l->address;
}

/* The descriptor is the listener's from here on, also when this fails. */
static int start(uv_loop_t *loop, int fd, const char *address, listener_accept_cb accept_cb, void *arg,
                 struct listener **out, struct err *err)
{
	if (listen(fd, BACKLOG) != 0) {
		int rc = err_errno(err, errno, "%s: cannot listen", address);
		(void)close(fd);
		return rc;
	}
	struct listener *l = calloc(1, sizeof *l);
	must(l != NULL);
	l->fd = fd;
	l->accept_cb = accept_cb;
	l->arg = arg;
	(void)snprintf(l->address, sizeof l->address, "%s", address);
	int rc = uv_poll_init(loop, &l->poll, fd);
	must(rc == 0); /* a fresh, non-blocking socket */
	must(uv_timer_init(loop, &l->pause) == 0);
	l->handles = 2;
	l->poll.data = l;
	l->pause.data = l;
	must(uv_poll_start(&l->poll, UV_READABLE, on_ready) == 0);
	*out = l;
	return OK;
}

/* ---- TCP ---- */

static void write_address(int fd, char *out, size_t size)
{
	struct sockaddr_storage name = { 0 };
	socklen_t len = sizeof name;
	char host[INET6_ADDRSTRLEN] = "";
	must(getsockname(fd, (struct sockaddr *)&name, &len) == 0);
	if (name.ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&name;
		must(inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host) != NULL);
		(void)snprintf(out, size, "[%s]:%u", host, (unsigned)ntohs(six->sin6_port));
	} else {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&name;
		must(inet_ntop(AF_INET, &four->sin_addr, host, sizeof host) != NULL);
		(void)snprintf(out, size, "%s:%u", host, (unsigned)ntohs(four->sin_port));
	}
}

static int bind_tcp(const struct addrinfo *where, const char *address, int *out, struct err *err)
{
	int fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(err, errno, "%s", address);
	int on = 1;
	int rc = OK;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, where->ai_addr, where->ai_addrlen) != 0)
		rc = errno == EADDRINUSE ? err_set(err, ERR_BUSY, "%s: another program listens there", address)
		                         : err_errno(err, errno, "%s: cannot listen", address);
	if (rc != OK)
		(void)close(fd);
	else
		*out = fd;
	return rc;
}

int listener_open(uv_loop_t *loop, const char *address, listener_accept_cb accept_cb, void *arg, struct listener **out,
                  struct err *err)
{
	char host[NAME_MAX_BYTES + 1];
	char service[8];
	char real[NAME_MAX_BYTES + 16];
	uint16_t port = 0;
	if (address_split(address, host, &port, err) != OK)
		return err_wrap(err, ERR_USAGE, "%s", address);
	(void)snprintf(service, sizeof service, "%u", (unsigned)port);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	int failed = getaddrinfo(host, service, &hints, &found);
	if (failed != 0)
		return err_set(err, ERR_USAGE, "%s: %s", address, gai_strerror(failed));
	int fd = -1;
	int rc = bind_tcp(found, address, &fd, err);
	freeaddrinfo(found);
	if (rc != OK)
		return rc;
	write_address(fd, real, sizeof real);
	return start(loop, fd, real, accept_cb, arg, out, err);
}

/* ---- the unix socket ---- */

/* A socket's path has room for 107 bytes only; through the folder's descriptor it is always short. */
static int bind_local(int fd, const char *dir, struct err *err)
{
	int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return err_errno(err, errno, "%s", dir);
	int rc = OK;
	if (unlinkat(folder, "socket", 0) != 0 && errno != ENOENT)
		rc = err_errno(err, errno, "%s/socket: cannot remove the old one", dir);
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	(void)snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d/socket", folder);
	/* The file takes its mode from the socket, so that it is never open to others, not even at first. */
	if (rc == OK && (fchmod(fd, 0600) != 0 || bind(fd, (const struct sockaddr *)&name, sizeof name) != 0))
		rc = err_errno(err, errno, "%s/socket: cannot listen", dir);
	(void)close(folder);
	return rc;
}

int listener_open_local(uv_loop_t *loop, const char *dir, listener_accept_cb accept_cb, void *arg,
                        struct listener **out, struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(err, errno, "%s/socket", dir);
	int rc = bind_local(fd, dir, err);
	if (rc != OK) {
		(void)close(fd);
		return rc;
	}
	return start(loop, fd, "", accept_cb, arg, out, err);
}
