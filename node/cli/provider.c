#include "node/cli/provider.h"

#include <string.h>
#include <strings.h>
#include <time.h>

enum { PATIENCE_S = 600 };

int provider_open(struct provider *p, const char *url, unsigned tries, struct err *err)
{
	*p = (struct provider){ .url = url, .tries = tries };
	return client_open(url, &p->client, err);
}

void provider_close(struct provider *p)
{
	client_close(p->client);
	*p = (struct provider){ 0 };
}

static void make_target(const struct provider_question *q, struct buf *out)
{
	client_parameter(out, "verb", q->verb);
	client_parameter(out, "resumptionToken", q->token);
	if (q->token != NULL)
		return;
	client_parameter(out, "metadataPrefix", q->prefix);
	client_parameter(out, "set", q->set);
	client_parameter(out, "from", q->from);
}

/* Ctrl-C ends it. */
static void wait_for_it(uint64_t asked_s, unsigned tries)
{
	uint64_t seconds = asked_s > 0 ? asked_s : UINT64_C(1) << (tries < 10 ? tries : 10);
	struct timespec left = { .tv_sec = (time_t)(seconds < PATIENCE_S ? seconds : PATIENCE_S) };
	(void)nanosleep(&left, NULL);
}

static bool may_try_again(const struct provider *p, int rc, int status)
{
	if (rc != OK)
		return p->known && (rc == ERR_CLOSED || rc == ERR_TIMEOUT);
	return status == 429 || status >= 500;
}

static int said(const struct provider *p, const struct reply *reply, struct err *err)
{
	static const char *const others[] = { "text/html", "application/json", "application/xhtml" };
	if (reply->status >= 300 && reply->status < 400)
		return err_set(err, ERR_PROTOCOL, "%s answered %d: it has another address now", p->url, reply->status);
	if (reply->status != 200)
		return err_set(err, reply->status == 503 || reply->status == 429 ? ERR_BUSY : ERR_PROTOCOL, "%s answered %d",
		               p->url, reply->status);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strncasecmp(reply->type, others[i], strlen(others[i])) == 0)
			return err_set(err, ERR_INVALID, "%s: not an answer of OAI-PMH: %s", p->url, reply->type);
	return OK;
}

static int fetch(struct provider *p, const char *target, struct reply *reply, struct err *err)
{
	int rc = OK;
	for (unsigned tries = 0; tries < p->tries; tries++) {
		if (tries > 0) {
			wait_for_it(rc == OK ? reply->retry_s : 0, tries - 1);
			reply_free(reply);
		}
		rc = client_get(p->client, target, "text/xml", reply, err);
		p->bytes += reply->body.len;
		if (!may_try_again(p, rc, reply->status))
			break;
	}
	if (rc == OK)
		rc = said(p, reply, err);
	p->known = p->known || rc == OK;
	return rc;
}

int provider_ask(struct provider *p, const struct provider_question *question, const struct pmh_source *source,
                 struct arena *arena, struct pmh_page *out, struct err *err)
{
	struct buf target = { 0 };
	struct reply reply = { 0 };
	make_target(question, &target);
	int rc = fetch(p, buf_str(&target), &reply, err);
	if (rc == OK) {
		rc = pmh_read(buf_bytes(&reply.body), source, arena, out, err);
		if (rc != OK)
			rc = err_wrap(err, rc, "%s: not an answer of OAI-PMH", p->url);
	}
	reply_free(&reply);
	buf_free(&target);
	return rc;
}
