#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/cli/feed.h"
#include "node/cli/harvested.h"
#include "node/cli/inside.h"
#include "node/cli/place.h"
#include "node/cli/provider.h"
#include "node/cli/tally.h"
#include "node/ingest/pairs.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "proto/retraction.h"
#include "proto/utf8.h"

enum { TRIES = 5 };

struct harvest {
	struct tally tally;
	struct feed *feed, *retractions;
	struct inside *inside;
	struct provider provider;
	struct pmh_source source;
	struct harvested *held;
	struct place place;
	struct pairs tokens; /* that came in this run */
	struct arena arena;  /* what the provider said of itself */
	const char *set, *prefix, *from;
	enum pmh_format wanted;
	uint64_t empty; /* pages without a record, one after another */
	bool seconds;   /* the provider's datestamps have them */
	bool replace, whole, restarted;
};

/* ---- one page: what it says ---- */

static int take_record(struct harvest *h, const struct pmh_item *item, const struct pmh_record *r, struct err *err)
{
	enum harvested_right right = harvested_right(h->held, item->identifier, r->kind, r->subject);
	if (right == RIGHT_OTHER_ITEM) {
		h->tally.counts.duplicates++;
		return OK;
	}
	if (right == RIGHT_OTHERS && !h->replace) {
		char what[SUBJECT_MAX + 64];
		(void)snprintf(what, sizeof what, "%s: the log says it from elsewhere (--replace)", r->subject);
		h->tally.counts.refused++;
		tally_refused(&h->tally, item->identifier, what);
		return OK;
	}
	h->tally.counts.records++;
	harvested_say(h->held, item->identifier, r->kind, r->subject);
	return feed_record(h->feed, r->record, err);
}

static void item_gone(struct harvest *h, const struct pmh_item *item, const char *how)
{
	char reason[LABEL_MAX];
	(void)snprintf(reason, sizeof reason, "%s at %.*s: %.*s", how, (int)utf8_cut(bytes_str(h->provider.url), 400),
	               h->provider.url, (int)utf8_cut(bytes_str(item->identifier), 400), item->identifier);
	harvested_gone(h->held, item->identifier, reason);
}

static int take_item(struct harvest *h, const struct pmh_item *item, struct err *err)
{
	int rc = OK;
	h->tally.counts.read++;
	harvested_round(h->held);
	if (item->deleted) {
		h->tally.deleted++;
		item_gone(h, item, "deleted");
		return OK;
	}
	if (item->refused != NULL) {
		h->tally.counts.refused++;
		tally_refused(&h->tally, item->identifier, item->refused);
		return OK;
	}
	h->tally.counts.extra += item->count - 1;
	h->tally.counts.warnings += item->warnings;
	for (size_t i = 0; rc == OK && i < item->count; i++)
		rc = take_record(h, item, &item->v[i], err);
	item_gone(h, item, "no longer said");
	return rc;
}

/* ---- one page: made durable ---- */

static int retract_all(struct harvest *h, struct err *err)
{
	struct harvested_gone gone;
	struct buf record = { 0 };
	int rc = OK;
	while (rc == OK && harvested_next(h->held, &gone)) {
		buf_reset(&record);
		rc = retraction_write(gone.kind, gone.subject, gone.reason, &record, err);
		if (rc == OK)
			rc = feed_record(h->retractions, buf_bytes(&record), err);
	}
	buf_free(&record);
	return rc;
}

/* The place is kept once what came before it is durable: whatever stops us, the page is begun again. */
static int keep_page(struct harvest *h, struct err *err)
{
	struct feed_totals retracted;
	int rc = feed_finish(h->feed, err);
	if (rc == OK)
		rc = retract_all(h, err);
	if (rc == OK)
		rc = feed_finish(h->retractions, err);
	feed_totals(h->feed, &h->tally.totals);
	feed_totals(h->retractions, &retracted);
	h->tally.retracted = retracted.revised;
	if (retracted.size > h->tally.totals.size)
		h->tally.totals.size = retracted.size;
	return rc == OK ? place_write(&h->place, err) : rc;
}

/* ---- the list ---- */

/* A provider that sends us in a circle, or on without end, is left. */
static int check_way(struct harvest *h, const struct pmh_page *page, struct err *err)
{
	bool fresh = true;
	h->empty = page->count > 0 ? 0 : h->empty + 1;
	if (page->token[0] == '\0')
		return OK;
	if (h->empty > HARVEST_EMPTY_MAX)
		return err_set(err, ERR_PROTOCOL, "%s: %d pages without a record, and another token", h->provider.url,
		               HARVEST_EMPTY_MAX);
	if (h->tokens.used >= HARVEST_PAGES_MAX)
		return err_set(err, ERR_LIMIT, "%s: more than %d pages", h->provider.url, HARVEST_PAGES_MAX);
	int rc = pairs_add(&h->tokens, page->token, &fresh, err);
	if (rc == OK && !fresh)
		rc = err_set(err, ERR_PROTOCOL, "%s goes round in a circle: it gave the same token again", h->provider.url);
	return rc;
}

static int provider_says_no(struct harvest *h, const struct pmh_page *page, struct err *err)
{
	bool forgotten = strcmp(page->error, "badResumptionToken") == 0 && h->place.token[0] != '\0' && !h->restarted;
	if (strcmp(page->error, "noRecordsMatch") == 0)
		return OK;
	if (!forgotten)
		return err_set(err, ERR_PROTOCOL, "%s says %s: %s", h->provider.url, page->error, page->error_words);
	/* Tokens do not live for ever.  What is here already is met again as unchanged. */
	char from[sizeof h->place.from];
	(void)snprintf(from, sizeof from, "%s", h->place.from);
	place_begin(&h->place, from);
	h->restarted = true;
	pairs_close(&h->tokens);
	pairs_init(&h->tokens);
	tally_note(&h->tally, h->provider.url, "it has forgotten where we stopped: its list is read from the beginning");
	return ERR_BUSY;
}

/* *more: another page follows. */
static int take_page(struct harvest *h, const struct pmh_page *page, bool *more, struct err *err)
{
	int rc = page->error != NULL ? provider_says_no(h, page, err) : OK;
	*more = true;
	if (rc == ERR_BUSY)
		return OK;
	if (rc == OK)
		rc = check_way(h, page, err);
	for (size_t i = 0; rc == OK && i < page->count; i++)
		rc = take_item(h, &page->v[i], err);
	if (rc == OK)
		rc = place_go_on(&h->place, page->date, page->token, err);
	*more = rc == OK && page->token[0] != '\0';
	if (rc == OK && !*more)
		place_finish(&h->place, h->seconds);
	return rc == OK ? keep_page(h, err) : rc;
}

static int take_pages(struct harvest *h, struct err *err)
{
	bool more = true;
	int rc = OK;
	while (rc == OK && more) {
		struct arena arena = { 0 };
		struct pmh_page page;
		const struct provider_question question = {
			.verb = "ListRecords",
			.token = h->place.token[0] != '\0' ? h->place.token : NULL,
			.prefix = h->place.prefix,
			.set = h->set,
			.from = h->place.from[0] != '\0' ? h->place.from : NULL,
		};
		rc = provider_ask(&h->provider, &question, &h->source, &arena, &page, err);
		if (rc == OK)
			rc = take_page(h, &page, &more, err);
		h->tally.counts.bytes = h->provider.bytes;
		tally_progress(&h->tally);
		arena_free(&arena);
	}
	return rc;
}

/* ---- what the provider can do ---- */

static int ask(struct harvest *h, const char *verb, struct pmh_page *page, struct err *err)
{
	const struct provider_question question = { .verb = verb };
	int rc = provider_ask(&h->provider, &question, &h->source, &h->arena, page, err);
	if (rc == OK && page->error != NULL)
		rc = err_set(err, ERR_PROTOCOL, "%s says %s to %s: %s", h->provider.url, page->error, verb, page->error_words);
	return rc;
}

static int choose_format(struct harvest *h, const struct pmh_page *page, struct err *err)
{
	const char *prefix = pmh_choose(page, h->prefix, h->wanted, &h->source.format);
	struct buf names = { 0 };
	int rc = OK;
	for (size_t i = 0; i < page->offer_count && names.len < 200; i++)
		buf_printf(&names, "%s%.40s", i > 0 ? ", " : "", page->offers[i].prefix);
	if (prefix == NULL && h->prefix != NULL)
		rc = err_set(err, ERR_USAGE, "%s: no format %s that can be read; it has %s (--format says how to read one)",
		             h->provider.url, h->prefix, buf_str(&names));
	else if (prefix == NULL)
		rc = err_set(err, ERR_UNSUPPORTED, "%s: no format that can be read; it has %s", h->provider.url,
		             buf_str(&names));
	else if (strlen(prefix) >= sizeof h->place.prefix)
		rc = err_set(err, ERR_LIMIT, "%s: a metadataPrefix that is longer than is kept", h->provider.url);
	buf_free(&names);
	if (rc != OK)
		return rc;
	/* In another format than last time all is asked for again. */
	if (strcmp(prefix, h->place.prefix) != 0)
		place_forget(&h->place);
	(void)snprintf(h->place.prefix, sizeof h->place.prefix, "%s", prefix);
	if (h->from != NULL || h->whole)
		place_begin(&h->place, h->from != NULL ? h->from : "");
	return OK;
}

static int meet(struct harvest *h, struct err *err)
{
	struct pmh_page says, formats;
	int rc = ask(h, "Identify", &says, err);
	if (rc == OK)
		rc = ask(h, "ListMetadataFormats", &formats, err);
	if (rc != OK)
		return rc;
	h->seconds = says.seconds;
	if (h->source.name == NULL && says.repository[0] != '\0' && strlen(says.repository) <= LABEL_MAX)
		h->source.name = says.repository;
	if (says.forgets)
		tally_note(&h->tally, h->provider.url,
		           "it does not promise to tell what it deletes: --whole looks at all again");
	return choose_format(h, &formats, err);
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

static int work(struct harvest *h, const char *dir, const char *collection, struct err *err)
{
	const struct feed_sink sink = { .arg = h, .refused_cb = refused, .wait_cb = waiting };
	int rc = meet(h, err);
	if (rc == OK)
		rc = inside_start(dir, LOG_WARN, &h->inside, err);
	if (rc == OK)
		rc = harvested_open(dir, collection, h->provider.url, &h->held, err);
	if (rc == OK)
		rc = feed_start(dir, collection, &sink, &h->feed, err);
	if (rc == OK)
		rc = feed_start(dir, collection, &sink, &h->retractions, err);
	return rc == OK ? take_pages(h, err) : rc;
}

static int finish(struct harvest *h, int rc, struct err *err, bool json)
{
	struct buf text = { 0 };
	struct err why = { 0 };
	int code = 0;
	feed_free(h->feed);
	feed_free(h->retractions);
	rc = inside_stop(h->inside, rc, err);
	provider_close(&h->provider);
	harvested_close(h->held);
	pairs_close(&h->tokens);
	if (rc != OK)
		code = command_fail("harvest", err, "What was acknowledged is kept.  Run the same harvest again for the rest.");
	if (tally_end(&h->tally, &why) != OK)
		code = command_fail("harvest", &why, NULL);
	tally_summary(&h->tally, json, &text);
	(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	arena_free(&h->arena);
	return code;
}

/* ---- the command ---- */

struct wishes {
	const char *into, *collection, *list, *state, *format;
	uint64_t tries;
	bool quiet, json;
};

static int check_wishes(const struct args *args, struct harvest *h, struct wishes *w, const char *url,
                        const char *tries)
{
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return args_wrong(args, "%s: the base URL of a provider is like https://library.example/oai", url);
	if (w->into == NULL)
		return args_wrong(args, "--into DIR is missing: the node that is to publish the records");
	if (h->from != NULL && !date_valid(h->from))
		return args_wrong(args, "--from is YYYY-MM-DD");
	if (w->collection != NULL && !collection_valid(w->collection))
		return args_wrong(args, "--collection is 1 to %d of a-z 0-9 - .", CODE_MAX);
	if (w->format != NULL && (h->wanted = pmh_format_of_word(w->format)) == PMH_NO_FORMAT)
		return args_wrong(args, "--format is relaton, marc21, niso_sts or oai_dc");
	w->tries = TRIES;
	if (tries != NULL && (!args_number(tries, 100, &w->tries) || w->tries == 0))
		return args_wrong(args, "--tries is a number, 1 to 100");
	return 0;
}

static int begin(struct harvest *h, const struct wishes *w, const char *url, struct err *err)
{
	h->source.url = h->place.url = url;
	h->place.set = h->set;
	pairs_init(&h->tokens);
	int rc = place_read(&h->place, w->state, w->into, h->prefix != NULL ? h->prefix : w->format, err);
	if (rc == OK)
		rc = provider_open(&h->provider, url, (unsigned)w->tries, err);
	if (rc == OK)
		rc = tally_begin(&h->tally, w->quiet, w->list, err);
	h->tally.harvest = true;
	return rc;
}

static int run(int argc, char **argv)
{
	static struct harvest h; /* large */
	struct wishes w = { 0 };
	const char *tries = NULL;
	struct err err = { 0 };
	h = (struct harvest){ 0 };
	const struct args_option options[] = {
		{ "into", .value = &w.into },
		{ "set", .value = &h.set },
		{ "prefix", .value = &h.prefix },
		{ "format", .value = &w.format },
		{ "from", .value = &h.from },
		{ "whole", .given = &h.whole },
		{ "replace", .given = &h.replace },
		{ "state", .value = &w.state },
		{ "tries", .value = &tries },
		{ "name", .value = &h.source.name },
		{ "licence", .value = &h.source.licence },
		{ "collection", .value = &w.collection },
		{ "refused", .value = &w.list },
		{ "quiet", .given = &w.quiet },
		{ "json", .given = &w.json },
		{ 0 },
	};
	const struct args args = { cmd_harvest.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	int code = check_wishes(&args, &h, &w, argv[optind], tries);
	if (code != 0)
		return code;
	int rc = begin(&h, &w, argv[optind], &err);
	if (rc != OK) {
		provider_close(&h.provider);
		pairs_close(&h.tokens);
		return command_fail("harvest", &err, NULL);
	}
	rc = work(&h, w.into, w.collection, &err);
	return finish(&h, rc, &err, w.json);
}

const struct command cmd_harvest = {
	.name = "harvest",
	.arguments = "URL --into DIR",
	.summary = "publish what an OAI-PMH provider lists about standards",
	.help =
	    "Asks the provider at URL, its base URL, for all its records, in the format that says most of those it has\n"
	    "(relaton, marc21, niso_sts, oai_dc), and appends what is new to the log of the node, as facts of a third\n"
	    "party: each says from which repository it is, and under which identifier there.  What is not about a\n"
	    "standard is counted and named.  What is deleted there is retracted here, where this command said it.  What\n"
	    "the log says from elsewhere stays as it is.\n"
	    "\n"
	    "The place is kept after each page, in DIR/harvests: a harvest that was cut off goes on there, and the next\n"
	    "one asks only for what changed.  Repeating one adds nothing twice.  A provider that is busy is asked again\n"
	    "when it says so.\n"
	    "\n"
	    "  --set SETSPEC    one set alone\n"
	    "  --prefix NAME    in the format that the provider calls so;\n"
	    "  --format NAME    in the one that is relaton, marc21, niso_sts or oai_dc; with --prefix: read it as that\n"
	    "  --from DATE      what changed since, whatever was harvested before\n"
	    "  --whole          all of it, likewise\n"
	    "  --replace        also what the log says from elsewhere\n"
	    "  --state FILE     keep the place in FILE instead\n"
	    "  --tries N        ask so often for one page (default: 5)\n"
	    "  --name TEXT      whose facts these are (default: what the provider calls itself)\n"
	    "  --licence TEXT   under which licence, whatever the records say\n"
	    "  --collection NAME, --refused FILE, --quiet, --json   as for normlink import\n",
	.examples = "  normlink harvest https://library.example/oai --into sac --name 'A library'\n"
	            "  normlink harvest https://library.example/oai --into sac --set standards --prefix marcxml\n",
	.exits = "3 what came is not OAI-PMH 2.0; 5 the provider says no",
	.run = run,
};
