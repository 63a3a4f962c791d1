#include "node/shell/node_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/core/core.h"
#include "node/shell/client_of.h"
#include "proto/card.h"

#define DEFAULT_PEER_LISTEN "0.0.0.0:7443"
#define DEFAULT_HTTP_LISTEN "127.0.0.1:7080"
#define DEFAULT_QUORUM "majority"
#define DEFAULT_FEEDBACK "off"
#define DEFAULT_FEEDBACK_TEXT "withheld"
#define DEFAULT_INDEX "on"

enum { DEFAULT_READERS = 2 };

static void put_default(char *field, size_t size, const char *value)
{
	if (field[0] == '\0')
		(void)snprintf(field, size, "%s", value);
}

/* Put the default into every field that is empty or 0, except name, origin and advertise. */
static void set_defaults(struct node_config *config)
{
	put_default(config->peer_listen, sizeof config->peer_listen, DEFAULT_PEER_LISTEN);
	put_default(config->http_listen, sizeof config->http_listen, DEFAULT_HTTP_LISTEN);
	put_default(config->quorum, sizeof config->quorum, DEFAULT_QUORUM);
	put_default(config->feedback, sizeof config->feedback, DEFAULT_FEEDBACK);
	put_default(config->feedback_text, sizeof config->feedback_text, DEFAULT_FEEDBACK_TEXT);
	put_default(config->index, sizeof config->index, DEFAULT_INDEX);
	if (config->readers == 0)
		config->readers = DEFAULT_READERS;
}

static int check_listen(const char *what, const char *value, struct err *err)
{
	struct err why = { 0 };
	if (value[0] == '\0' || strcmp(value, "none") == 0 || address_check(value, &why) == OK)
		return OK;
	return err_set(err, ERR_USAGE, "%s: %s (it is host:port, [v6]:port or none)", what, why.text);
}

int node_conf_quorum(const struct node_config *config)
{
	const char *value = config->quorum;
	char *end;
	if (strcmp(value, "majority") == 0)
		return QUORUM_MAJORITY;
	if (strcmp(value, "all") == 0)
		return QUORUM_ALL;
	long n = strtol(value, &end, 10);
	return value[0] < '0' || value[0] > '9' || *end != '\0' || n > PEERS_MAX ? QUORUM_NONSENSE : (int)n;
}

/* tlog-checkpoint: the origin SHOULD be a schema-less URL; signed-note: and it is the name of the log's key. */
static int check_origin(const char *origin, struct err *err)
{
	struct err why = { 0 };
	if (strstr(origin, "://") != NULL)
		return err_set(err, ERR_USAGE, "origin: %s: write it without the scheme, like sac.example/log", origin);
	if (key_name_check(bytes_str(origin), &why) != OK)
		return err_set(err, ERR_USAGE, "origin: %s (it is a name like sac.example/log)", why.text);
	for (const char *c = origin; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return err_set(err, ERR_USAGE, "origin: %s: has a control character", origin);
	return OK;
}

/* Empty, or one of two words. */
static int check_word(const char *what, const char *value, const char *one, const char *other, struct err *err)
{
	if (value[0] == '\0' || strcmp(value, one) == 0 || strcmp(value, other) == 0)
		return OK;
	return err_set(err, ERR_USAGE, "%s: %s: it is %s or %s", what, value, one, other);
}

static int check_public(const struct node_config *config, struct err *err)
{
	uint8_t unused[CLIENT_KEY_SIZE];
	if (config->trusted_proxy[0] != '\0' && !client_key_of(config->trusted_proxy, unused))
		return err_set(err, ERR_USAGE, "trusted-proxy: %s: it is an address like 127.0.0.1", config->trusted_proxy);
	int rc = check_word("feedback", config->feedback, "on", "off", err);
	if (rc == OK)
		rc = check_word("feedback-text", config->feedback_text, "withheld", "public", err);
	return rc == OK ? check_word("index", config->index, "on", "off", err) : rc;
}

/* As the schema of OAI-PMH has it: something, a sign, something with a dot in it; no blanks. */
static bool is_address_of_mail(const char *text)
{
	const char *at = strchr(text, '@');
	return at != NULL && at != text && strchr(at + 1, '@') == NULL && strchr(at + 1, '.') > at + 1 &&
	       text[strcspn(text, " \t\"<>&")] == '\0';
}

static bool is_url(const char *text)
{
	bool web = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
	return web && text[strcspn(text, " \t\"<>?#")] == '\0' && text[strlen(text) - 1] != '/';
}

int node_conf_check(const struct node_config *config, struct err *err)
{
	struct err why = { 0 };
	if (node_name_check(config->name, &why) != OK)
		return err_set(err, ERR_USAGE, "name: %s", why.text);
	int rc = check_origin(config->origin, err);
	if (rc == OK)
		rc = check_listen("peer-listen", config->peer_listen, err);
	if (rc == OK)
		rc = check_listen("http-listen", config->http_listen, err);
	if (rc != OK)
		return rc;
	if (config->advertise[0] != '\0' && address_check(config->advertise, &why) != OK)
		return err_set(err, ERR_USAGE, "advertise: %s", why.text);
	if (config->quorum[0] != '\0' && node_conf_quorum(config) == QUORUM_NONSENSE)
		return err_set(err, ERR_USAGE, "quorum: %s: it is majority, all, or a number up to %d", config->quorum,
		               PEERS_MAX);
	if (config->admin_email[0] != '\0' && !is_address_of_mail(config->admin_email))
		return err_set(err, ERR_USAGE, "admin-email: %s: it is like name@host", config->admin_email);
	if (config->base_url[0] != '\0' && !is_url(config->base_url))
		return err_set(err, ERR_USAGE, "base-url: %s: it is like https://node.example, without a slash at its end",
		               config->base_url);
	if (config->readers < 0 || config->readers > READERS_MAX)
		return err_set(err, ERR_USAGE, "readers: %d: it is 1 to %d", config->readers, READERS_MAX);
	return check_public(config, err);
}

static void write_setting(struct buf *out, const char *comment, const char *key, const char *value, bool is_default)
{
	buf_printf(out, "\n# %s\n%s%s: %s\n", comment, is_default ? "#" : "", key, value);
}

void node_conf_write(const struct node_config *config, struct buf *out)
{
	struct node_config c = *config;
	set_defaults(&c);
	char readers[16];
	(void)snprintf(readers, sizeof readers, "%d", c.readers);
	buf_printf(out,
	           "# normlink: the configuration of one node.\n"
	           "# A line that begins with # is a comment; the commented settings show their defaults.\n"
	           "\n"
	           "# Whose node this is, and the name of its log.  Both are fixed: peers know the node by them.\n"
	           "name: %s\n"
	           "origin: %s\n",
	           c.name, c.origin);
	write_setting(out, "Where peers connect (TLS 1.3, both sides with certificates); none: we only dial.",
	              "peer-listen", c.peer_listen, strcmp(c.peer_listen, DEFAULT_PEER_LISTEN) == 0);
	write_setting(out, "Where people and programs ask (HTTP); none: only the local socket.", "http-listen",
	              c.http_listen, strcmp(c.http_listen, DEFAULT_HTTP_LISTEN) == 0);
	write_setting(out, "The address on this node's card, where it differs from the one above.", "advertise",
	              c.advertise[0] != '\0' ? c.advertise : "node.example:7443", c.advertise[0] == '\0');
	write_setting(out, "How many witnesses make a head count as cosigned: majority, all, or a number.", "quorum",
	              c.quorum, strcmp(c.quorum, DEFAULT_QUORUM) == 0);
	write_setting(out, "A TLS proxy in front of http-listen, believed what it puts into X-Forwarded-For.",
	              "trusted-proxy", c.trusted_proxy[0] != '\0' ? c.trusted_proxy : "127.0.0.1",
	              c.trusted_proxy[0] == '\0');
	write_setting(out, "Feedback from the public (POST /api/v1/feedback): on or off.", "feedback", c.feedback,
	              strcmp(c.feedback, DEFAULT_FEEDBACK) == 0);
	write_setting(out, "What people write there: withheld until the operator publishes it, or public at once.",
	              "feedback-text", c.feedback_text, strcmp(c.feedback_text, DEFAULT_FEEDBACK_TEXT) == 0);
	write_setting(out, "State in the log, when it was quiet for a minute, what is current in it: on or off.", "index",
	              c.index, strcmp(c.index, DEFAULT_INDEX) == 0);
	write_setting(out, "Whom harvesters (OAI-PMH) may write to; else postmaster at the host of the origin.",
	              "admin-email", c.admin_email[0] != '\0' ? c.admin_email : "standards@node.example",
	              c.admin_email[0] == '\0');
	write_setting(out, "Where the world sees http-listen, behind a proxy; else as each request names it.", "base-url",
	              c.base_url[0] != '\0' ? c.base_url : "https://node.example", c.base_url[0] == '\0');
	write_setting(out, "Threads that answer questions, 1 to 16.", "readers", readers, c.readers == DEFAULT_READERS);
	char rate[16];
	(void)snprintf(rate, sizeof rate, "%d", c.client_rate > 0 ? c.client_rate : CLIENT_RATE_DEFAULT);
	write_setting(
	    out,
	    "Milliseconds of their time that one address (IPv6: one /64) may use in a second, 1 to 16000, or off.\n"
	    "# As long as this is a comment, addresses of this machine itself may use all.",
	    "client-rate", c.client_rate == CLIENT_RATE_OFF ? "off" : rate, c.client_rate == 0);
}

static int take_text(char *field, size_t size, const char *key, const char *value, struct err *err)
{
	if (field[0] != '\0')
		return err_set(err, ERR_INVALID, "%s: given twice", key);
	if (value[0] == '\0')
		return err_set(err, ERR_INVALID, "%s: empty", key);
	if (strlen(value) >= size)
		return err_set(err, ERR_INVALID, "%s: longer than %zu bytes", key, size - 1);
	memcpy(field, value, strlen(value) + 1);
	return OK;
}

static int take_readers(struct node_config *c, const char *value, struct err *err)
{
	char *end;
	long n = strtol(value, &end, 10);
	if (c->readers != 0)
		return err_set(err, ERR_INVALID, "readers: given twice");
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < 1 || n > READERS_MAX)
		return err_set(err, ERR_INVALID, "readers: %s: it is 1 to %d", value, READERS_MAX);
	c->readers = (int)n;
	return OK;
}

static int take_rate(struct node_config *c, const char *value, struct err *err)
{
	char *end;
	long n = strtol(value, &end, 10);
	if (c->client_rate != 0)
		return err_set(err, ERR_INVALID, "client-rate: given twice");
	if (strcmp(value, "off") == 0)
		n = CLIENT_RATE_OFF;
	else if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < 1 || n > CLIENT_RATE_MAX)
		return err_set(err, ERR_INVALID, "client-rate: %s: it is 1 to %d, or off", value, CLIENT_RATE_MAX);
	c->client_rate = (int)n;
	return OK;
}

static int take_field(void *arg, const char *key, const char *value, struct err *err)
{
	struct node_config *c = arg;
	if (strcmp(key, "name") == 0)
		return take_text(c->name, sizeof c->name, key, value, err);
	if (strcmp(key, "origin") == 0)
		return take_text(c->origin, sizeof c->origin, key, value, err);
	if (strcmp(key, "peer-listen") == 0)
		return take_text(c->peer_listen, sizeof c->peer_listen, key, value, err);
	if (strcmp(key, "http-listen") == 0)
		return take_text(c->http_listen, sizeof c->http_listen, key, value, err);
	if (strcmp(key, "advertise") == 0)
		return take_text(c->advertise, sizeof c->advertise, key, value, err);
	if (strcmp(key, "quorum") == 0)
		return take_text(c->quorum, sizeof c->quorum, key, value, err);
	if (strcmp(key, "trusted-proxy") == 0)
		return take_text(c->trusted_proxy, sizeof c->trusted_proxy, key, value, err);
	if (strcmp(key, "feedback") == 0)
		return take_text(c->feedback, sizeof c->feedback, key, value, err);
	if (strcmp(key, "feedback-text") == 0)
		return take_text(c->feedback_text, sizeof c->feedback_text, key, value, err);
	if (strcmp(key, "index") == 0)
		return take_text(c->index, sizeof c->index, key, value, err);
	if (strcmp(key, "admin-email") == 0)
		return take_text(c->admin_email, sizeof c->admin_email, key, value, err);
	if (strcmp(key, "base-url") == 0)
		return take_text(c->base_url, sizeof c->base_url, key, value, err);
	if (strcmp(key, "readers") == 0)
		return take_readers(c, value, err);
	if (strcmp(key, "client-rate") == 0)
		return take_rate(c, value, err);
	return err_set(err, ERR_INVALID, "%s: not a setting of node.conf", key);
}

int node_conf_parse(struct bytes text, struct node_config *out, struct err *err)
{
	*out = (struct node_config){ 0 };
	if (text.len > CARD_MAX)
		return err_set(err, ERR_INVALID, "larger than %d bytes", CARD_MAX);
	int rc = fields_parse(text, take_field, out, err);
	if (rc != OK)
		return rc;
	if (out->name[0] == '\0' || out->origin[0] == '\0')
		return err_set(err, ERR_INVALID, "%s: missing", out->name[0] == '\0' ? "name" : "origin");
	set_defaults(out);
	struct err why = { 0 };
	if (node_conf_check(out, &why) != OK)
		return err_set(err, ERR_INVALID, "%s", why.text);
	return OK;
}
