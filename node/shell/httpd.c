#include "node/shell/httpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/client_of.h"
#include "node/shell/http_conn.h"
#include "node/shell/listener.h"
#include "node/shell/loop.h"

/* ---- accepting ---- */

static uint64_t key_of(const char *address)
{
	uint8_t bytes[CLIENT_KEY_SIZE] = { 0 };
	uint64_t key;
	(void)client_key_of(address, bytes);
	memcpy(&key, bytes, sizeof key);
	return key;
}

static void accept_public(void *shell, int fd)
{
	struct shell *s = shell;
	const char *trusted = s->dir->config.trusted_proxy;
	char address[CLIENT_ADDRESS_MAX];
	client_address(fd, address);
	uint64_t key = key_of(address);
	struct client *client = clients_join(&s->httpd->clients, key, trusted[0] != '\0' && key == key_of(trusted));
	if (client != NULL) {
		http_conn_open(s, fd, client);
		return;
	}
	s->counters.refused++;
	s->counters.limited += s->httpd->clients.connections < HTTP_CONNECTIONS_MAX;
	(void)close(fd);
}

static void accept_local(void *shell, int fd)
{
	struct shell *s = shell;
	if (s->httpd->local_count < HTTP_CONNECTIONS_MAX) {
		http_conn_open(s, fd, NULL);
		return;
	}
	s->counters.refused++;
	(void)close(fd);
}

int httpd_start(struct shell *s, struct err *err)
{
	const char *address = s->dir->config.http_listen;
	struct httpd *h = calloc(1, sizeof *h);
	must(h != NULL);
	s->httpd = h;
	int rc = listener_open_local(&s->uv, s->dir->path, accept_local, s, &h->local_listener, err);
	if (rc != OK || s->options.local_only || strcmp(address, "none") == 0)
		return rc;
	rc = listener_open(&s->uv, address, accept_public, s, &h->public_listener, err);
	if (rc == OK)
		(void)snprintf(s->http_address, sizeof s->http_address, "%s", listener_address(h->public_listener));
	return rc;
}

/* ---- stopping ---- */

void httpd_drain(struct shell *s)
{
	if (s->httpd == NULL)
		return;
	listener_close(&s->httpd->local_listener);
	listener_close(&s->httpd->public_listener);
	for (struct http_conn *c = s->httpd->first; c != NULL; c = http_conn_next(c))
		http_conn_end(c);
}

bool httpd_quiet(const struct shell *s)
{
	for (const struct http_conn *c = s->httpd->first; c != NULL; c = http_conn_next(c))
		if (http_conn_owes(c))
			return false;
	return true;
}

void httpd_drop_all(struct shell *s)
{
	for (struct http_conn *c = s->httpd != NULL ? s->httpd->first : NULL; c != NULL; c = http_conn_next(c))
		http_conn_drop(c);
}

void httpd_free(struct shell *s)
{
	must(s->httpd == NULL || s->httpd->first == NULL);
	free(s->httpd);
	s->httpd = NULL;
}
