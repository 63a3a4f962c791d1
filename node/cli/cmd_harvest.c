#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/feed.h"
#include "node/cli/inside.h"
#include "node/cli/tally.h"
#include "node/ingest/pmh.h"
#include "node/shell/file.h"
#include "proto/entry.h"
#include "proto/record.h"

enum { TRIES = 5, PATIENCE_S = 600, STATE_MAX = 16 * 1024 };

struct harvest {
	struct tally tally;
	struct feed *feed;
	struct inside *inside;
	struct client *client;
	struct pmh_source source;
	const char *url, *set, *state;
	char from[CODE_MAX + 1];  /* of the next whole list */
	char token[STATE_MAX];    /* where this one goes on; "": from its beginning */
	char began[CODE_MAX + 1]; /* when this list began, by the provider's clock */
	uint64_t deleted;
	bool broken; /* the feeding failed */
};

/* ---- where it stopped ---- */

static void take_line(struct bytes text, const char *word, char *out, size_t size)
{
	struct bytes value = client_value(text, word);
	if (value.len < size)
		memcpy(out, value.data != NULL ? value.data : (const uint8_t *)"", value.len);
}

/* "url ...", "set ...", "from ...", "began ...", "token ...". */
static int read_state(struct harvest *h, struct err *err)
{
	struct buf text = { 0 };
	char url[1024] = "", set[1024] = "";
	int rc = h->state != NULL ? file_read(h->state, STATE_MAX, &text, err) : ERR_NOT_FOUND;
	if (rc == OK) {
		take_line(buf_bytes(&text), "url", url, sizeof url);
		take_line(buf_bytes(&text), "set", set, sizeof set);
		take_line(buf_bytes(&text), "from", h->from, sizeof h->from);
		take_line(buf_bytes(&text), "began", h->began, sizeof h->began);
		take_line(buf_bytes(&text), "token", h->token, sizeof h->token);
		if (strcmp(url, h->url) != 0 || strcmp(set, h->set != NULL ? h->set : "") != 0)
			rc = err_set(err, ERR_USAGE, "%s: holds the state of another harvest", h->state);
	}
	buf_free(&text);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

static int write_state(const struct harvest *h, struct err *err)
{
	struct buf text = { 0 };
	buf_printf(&text, "url %s\n", h->url);
	if (h->set != NULL)
		buf_printf(&text, "set %s\n", h->set);
	if (h->from[0] != '\0')
		buf_printf(&text, "from %s\n", h->from);
	if (h->token[0] != '\0')
		buf_printf(&text, "began %s\ntoken %s\n", h->began, h->token);
	int rc = h->state != NULL ? file_write(h->state, buf_bytes(&text), 0644, err) : OK;
	buf_free(&text);
	return rc;
}

/* ---- the provider ---- */

static void make_target(const struct harvest *h, struct buf *out)
{
	client_parameter(out, "verb", "ListRecords");
	if (h->token[0] != '\0') {
		client_parameter(out, "resumptionToken", h->token);
		return;
	}
	client_parameter(out, "metadataPrefix", "oai_dc");
	client_parameter(out, "set", h->set);
	client_parameter(out, "from", h->from[0] != '\0' ? h->from : NULL);
}

/* As long as the provider asks for, and longer each time; Ctrl-C ends it. */
static void wait_for_it(uint64_t asked_s, int tries)
{
	uint64_t seconds = asked_s > 0 ? asked_s : 1u << tries;
	struct timespec left = { .tv_sec = (time_t)(seconds < PATIENCE_S ? seconds : PATIENCE_S) };
	(void)nanosleep(&left, NULL);
}

/* A provider that is busy (429, 503) is asked again later. */
static int fetch(struct harvest *h, struct reply *reply, struct err *err)
{
	struct buf target = { 0 };
	int rc = OK;
	make_target(h, &target);
	for (int tries = 0; tries < TRIES; tries++) {
		rc = client_get(h->client, buf_str(&target), "text/xml", reply, err);
		if (rc != OK || (reply->status != 503 && reply->status != 429))
			break;
		if (tries + 1 < TRIES)
			wait_for_it(reply->retry_s, tries);
	}
	buf_free(&target);
	if (rc == OK && reply->status != 200)
		rc = err_set(err, reply->status == 503 || reply->status == 429 ? ERR_BUSY : ERR_PROTOCOL, "%s answered %d",
		             h->url, reply->status);
	return rc;
}

/* ---- what it says ---- */

static int take_item(struct harvest *h, const struct pmh_item *item, struct err *err)
{
	if (item->deleted) {
		h->deleted++;
		return OK;
	}
	h->tally.counts.read++;
	if (item->refused != NULL) {
		h->tally.counts.refused++;
		tally_refused(&h->tally, item->identifier, item->refused);
		return OK;
	}
	h->tally.counts.records++;
	h->tally.counts.warnings += item->warnings;
	int rc = feed_record(h->feed, item->record, err);
	h->broken = h->broken || rc != OK;
	return rc;
}

static void keep(char *field, size_t size, const char *text)
{
	(void)snprintf(field, size, "%s", text);
}

/* *more: another page follows. */
static int take_page(struct harvest *h, const struct pmh_page *page, bool *more, struct err *err)
{
	*more = false;
	if (page->error != NULL && strcmp(page->error, "noRecordsMatch") != 0)
		return err_set(err, ERR_PROTOCOL, "%s says %s: %s", h->url, page->error, page->error_words);
	if (strlen(page->token) >= sizeof h->token || strlen(page->date) >= sizeof h->began)
		return err_set(err, ERR_LIMIT, "a resumption token or a date that is longer than is kept");
	if (h->token[0] != '\0' && strcmp(h->token, page->token) == 0)
		return err_set(err, ERR_PROTOCOL, "%s goes round in a circle: it gave the same token again", h->url);
	int rc = OK;
	for (size_t i = 0; rc == OK && i < page->count; i++)
		rc = take_item(h, &page->v[i], err);
	if (rc != OK)
		return rc;
	if (h->token[0] == '\0')
		keep(h->began, sizeof h->began, page->date);
	keep(h->token, sizeof h->token, page->token);
	*more = page->token[0] != '\0';
	/* Whole: what changes from now on is asked for next time; whole days, for some know no more. */
	if (!*more && h->began[0] != '\0') {
		h->began[strcspn(h->began, "T")] = '\0';
		keep(h->from, sizeof h->from, h->began);
	}
	return OK;
}

static int read_page(const struct harvest *h, const struct reply *reply, struct arena *arena, struct pmh_page *out,
                     struct err *err)
{
	int rc = pmh_read(buf_bytes(&reply->body), &h->source, arena, out, err);
	return rc == OK ? OK : err_wrap(err, rc, "%s: not an answer of OAI-PMH", h->url);
}

static int take_pages(struct harvest *h, struct err *err)
{
	bool more = true;
	int rc = OK;
	while (rc == OK && more) {
		struct arena arena = { 0 };
		struct reply reply = { 0 };
		struct pmh_page page;
		rc = fetch(h, &reply, err);
		if (rc == OK)
			rc = read_page(h, &reply, &arena, &page, err);
		if (rc == OK)
			rc = take_page(h, &page, &more, err);
		h->tally.counts.bytes += reply.body.len;
		tally_progress(&h->tally);
		reply_free(&reply);
		arena_free(&arena);
	}
	return rc;
}

/* ---- the work ---- */

static void refused(void *arg, const char *subject, const char *reason)
{
	struct harvest *h = arg;
	tally_refused(&h->tally, subject, reason);
}

static void waiting(void *arg, const struct feed_totals *totals)
{
	struct harvest *h = arg;
	(void)totals;
	tally_progress(&h->tally);
}

/* The place is kept once what came before it is durable; what fails later is begun again there. */
static int work(struct harvest *h, const char *dir, const char *collection, struct err *err)
{
	const struct feed_sink sink = { .arg = h, .refused_cb = refused, .wait_cb = waiting };
	struct err why = { 0 };
	int rc = inside_start(dir, LOG_WARN, &h->inside, err);
	if (rc == OK)
		rc = feed_start(dir, collection, &sink, &h->feed, err);
	if (rc != OK)
		return rc;
	rc = take_pages(h, err);
	int end = h->broken ? rc : feed_finish(h->feed, &why);
	feed_totals(h->feed, &h->tally.totals);
	if (end == OK)
		end = write_state(h, &why);
	if (rc == OK && end != OK) {
		*err = why;
		rc = end;
	}
	return rc;
}

static int finish(struct harvest *h, int rc, struct err *err, bool json)
{
	struct buf text = { 0 };
	struct err why = { 0 };
	int code = 0;
	feed_free(h->feed);
	rc = inside_stop(h->inside, rc, err);
	client_close(h->client);
	if (rc != OK)
		code = command_fail("harvest", err, "What was acknowledged is kept.  Run the same harvest again for the rest.");
	if (h->deleted > 0) {
		char note[96];
		(void)snprintf(note, sizeof note, "%llu deleted there: normlink retract takes back what was said of them",
		               (unsigned long long)h->deleted);
		tally_note(&h->tally, h->url, note);
	}
	if (tally_end(&h->tally, &why) != OK)
		code = command_fail("harvest", &why, NULL);
	tally_summary(&h->tally, json, &text);
	(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	return code;
}

static int run(int argc, char **argv)
{
	static struct harvest h; /* large */
	const char *into = NULL, *collection = NULL, *from = NULL, *list = NULL;
	bool quiet = false, json = false;
	struct err err = { 0 };
	h = (struct harvest){ 0 };
	const struct args_option options[] = {
		{ "into", .value = &into },
		{ "set", .value = &h.set },
		{ "from", .value = &from },
		{ "state", .value = &h.state },
		{ "name", .value = &h.source.name },
		{ "licence", .value = &h.source.licence },
		{ "collection", .value = &collection },
		{ "refused", .value = &list },
		{ "quiet", .given = &quiet },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_harvest.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (strncmp(argv[optind], "http://", 7) != 0 && strncmp(argv[optind], "https://", 8) != 0)
		return args_wrong(&args, "%s: the base URL of a provider is like https://library.example/oai", argv[optind]);
	if (into == NULL)
		return args_wrong(&args, "--into DIR is missing: the node that is to publish the records");
	if (from != NULL && !date_valid(from))
		return args_wrong(&args, "--from is YYYY-MM-DD");
	if (collection != NULL && !collection_valid(collection))
		return args_wrong(&args, "--collection is 1 to %d of a-z 0-9 - .", CODE_MAX);
	h.url = h.source.url = argv[optind];
	if (from != NULL)
		keep(h.from, sizeof h.from, from);
	int rc = read_state(&h, &err);
	if (rc == OK)
		rc = client_open(h.url, &h.client, &err);
	if (rc == OK)
		rc = tally_begin(&h.tally, quiet, list, &err);
	if (rc != OK) {
		client_close(h.client);
		return command_fail("harvest", &err, NULL);
	}
	rc = work(&h, into, collection, &err);
	return finish(&h, rc, &err, json);
}

const struct command cmd_harvest = {
	.name = "harvest",
	.arguments = "URL --into DIR",
	.summary = "publish what an OAI-PMH provider lists about standards",
	.help =
	    "Asks the provider at URL, its base URL, for all its records in simple Dublin Core, and appends what is new "
	    "to\n"
	    "the log of the node, as facts of a third party: each says where it is from.  What is not about a standard is\n"
	    "counted and named.  A provider that is busy is asked again when it says so.  Repeating a harvest adds "
	    "nothing\n"
	    "twice.\n"
	    "\n"
	    "  --set SETSPEC    one set alone\n"
	    "  --from DATE      what changed since\n"
	    "  --state FILE     keep the place in FILE: where a harvest stopped, and since when the next has to ask\n"
	    "  --name TEXT      whose facts these are (default: the URL alone says it)\n"
	    "  --licence TEXT   under which licence, where the records do not say\n"
	    "  --collection NAME, --refused FILE, --quiet, --json   as for normlink import\n",
	.examples = "  normlink harvest https://library.example/oai --into sac --name 'A library'\n"
	            "  normlink harvest https://library.example/oai --into sac --set standards --state library.state\n",
	.exits = "3 what came is not OAI-PMH 2.0; 5 the provider says no",
	.run = run,
};
