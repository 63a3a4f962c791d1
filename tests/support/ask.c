#include "tests/support/ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ_CHUNK = 64 * 1024 };

static int connect_unix(struct ask *a, const char *path, struct err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof to.sun_path)
		return err_set(err, ERR_USAGE, "socket path too long");
	memcpy(to.sun_path, path, strlen(path));
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (a->fd < 0 || connect(a->fd, (struct sockaddr *)&to, sizeof to) != 0)
		return err_errno(err, errno, "connect %s", path);
	return OK;
}

static int connect_tcp(struct ask *a, const char *address, struct err *err)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	const char *colon = strrchr(address, ':');
	char host[64] = { 0 };
	if (colon == NULL || (size_t)(colon - address) >= sizeof host)
		return err_set(err, ERR_USAGE, "not host:port: %s", address);
	memcpy(host, address, (size_t)(colon - address));
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return err_set(err, ERR_USAGE, "not an IPv4 address: %s", host);
	a->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (a->fd < 0 || connect(a->fd, (struct sockaddr *)&to, sizeof to) != 0)
		return err_errno(err, errno, "connect %s", address);
	(void)setsockopt(a->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	return OK;
}

int ask_open(struct ask *a, const char *address, int timeout_ms, struct err *err)
{
	*a = (struct ask){ .fd = -1 };
	int rc = strchr(address, '/') != NULL ? connect_unix(a, address, err) : connect_tcp(a, address, err);
	if (rc != OK) {
		ask_close(a);
		return rc;
	}
	struct timeval limit = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
	(void)setsockopt(a->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(a->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	return OK;
}

void ask_close(struct ask *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	buf_free(&a->in);
}

static int send_all(struct ask *a, struct bytes data, struct err *err)
{
	while (data.len > 0) {
		ssize_t n = send(a->fd, data.data, data.len, MSG_NOSIGNAL);
		if (n <= 0)
			return err_errno(err, n < 0 ? errno : EPIPE, "send");
		data = bytes_of(data.data + n, data.len - (size_t)n);
	}
	return OK;
}

static int receive_more(struct ask *a, struct err *err)
{
	ssize_t n = recv(a->fd, buf_reserve(&a->in, READ_CHUNK), READ_CHUNK, 0);
	if (n == 0)
		return err_set(err, ERR_CLOSED, "the node closed the connection");
	if (n < 0)
		return err_errno(err, errno, "receive");
	a->in.len += (size_t)n;
	return OK;
}

/* The head's end, the status and the length of the body, once the head is whole. */
static int read_head(struct ask *a, size_t *head, int *status, size_t *length, struct err *err)
{
	const char *end;
	while (a->in.len == 0 || (end = memmem(a->in.data, a->in.len, "\r\n\r\n", 4)) == NULL) {
		int rc = receive_more(a, err);
		if (rc != OK)
			return rc;
	}
	const char *text = buf_str(&a->in);
	*head = (size_t)(end - text) + 4;
	if (strncmp(text, "HTTP/1.1 ", 9) != 0)
		return err_set(err, ERR_PROTOCOL, "not an HTTP/1.1 answer");
	*status = (int)strtol(text + 9, NULL, 10);
	const char *field = strcasestr(text, "\r\ncontent-length:");
	*length = field != NULL && field < end ? strtoul(field + 17, NULL, 10) : 0;
	return OK;
}

int ask_put(struct ask *a, const char *method, const char *target, const char *accept, struct bytes body,
            struct err *err)
{
	struct buf request = { 0 };
	buf_printf(&request, "%s %s HTTP/1.1\r\nHost: node\r\n", method, target);
	if (accept != NULL)
		buf_printf(&request, "Accept: %s\r\n", accept);
	if (body.len > 0)
		buf_printf(&request, "Content-Length: %zu\r\n", body.len);
	buf_add_str(&request, "\r\n");
	buf_add_bytes(&request, body);
	int rc = send_all(a, buf_bytes(&request), err);
	buf_free(&request);
	return rc;
}

int ask_get(struct ask *a, int *status, struct buf *answer, struct err *err)
{
	size_t head = 0, length = 0;
	int rc = read_head(a, &head, status, &length, err);
	while (rc == OK && a->in.len - head < length)
		rc = receive_more(a, err);
	if (rc != OK)
		return rc;
	buf_reset(answer);
	buf_add(answer, a->in.data + head, length);
	buf_drop(&a->in, head + length);
	return OK;
}

int ask_send(struct ask *a, const char *method, const char *target, const char *accept, struct bytes body, int *status,
             struct buf *answer, struct err *err)
{
	int rc = ask_put(a, method, target, accept, body, err);
	return rc == OK ? ask_get(a, status, answer, err) : rc;
}
