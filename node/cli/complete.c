#include "node/cli/complete.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/feed.h"
#include "node/cli/listing.h"
#include "node/ingest/ingest.h"
#include "proto/utf8.h"

/* A comparison while it runs. */
struct compare {
	struct complete *complete;
	struct tally *tally;
	struct feed *feed; /* NULL: nothing is withdrawn */
	FILE *list;
};

void complete_begin(struct complete *c)
{
	pairs_init(&c->seen);
}

void complete_end(struct complete *c)
{
	pairs_close(&c->seen);
	arena_free(&c->names);
}

/* ---- what the source has -------------------------------------------------------------------------------------- */

static int is_fresh(struct complete *c, const Normlink__Record *r, bool *fresh, struct err *err)
{
	char key[SUBJECT_MAX + 16];
	(void)snprintf(key, sizeof key, "%d %s", (int)r->kind, r->subject);
	return pairs_add(&c->seen, key, fresh, err);
}

static bool has_source(const struct complete *c, const Normlink__Record *r)
{
	for (size_t i = 0; r->source != NULL && r->source->name != NULL && i < c->source_count; i++)
		if (strcmp(c->sources[i], r->source->name) == 0)
			return true;
	return false;
}

static void keep_source(struct complete *c, const Normlink__Record *r)
{
	if (has_source(c, r))
		return;
	if (r->source == NULL || r->source->name == NULL || c->source_count == COMPLETE_SOURCES_MAX)
		c->unnamed = true;
	else
		c->sources[c->source_count++] = arena_str(&c->names, r->source->name);
}

int complete_record(struct complete *c, struct bytes record, struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *r;
	bool fresh;
	int rc = record_decode(record, &arena, &r, err);
	if (rc == OK && !kind_about_log((int)r->kind)) {
		c->records++;
		c->kinds[r->kind] = true;
		keep_source(c, r);
		rc = is_fresh(c, r, &fresh, err);
	}
	arena_free(&arena);
	return rc;
}

/* ---- what the log has ----------------------------------------------------------------------------------------- */

bool complete_covers(const char *prefix, const char *subject)
{
	struct designator d;
	size_t n = strlen(prefix);
	if (designator_parse(bytes_str(subject), &d, NULL) != OK)
		return false;
	const char *own = d.prefix[0] != '\0' ? d.prefix : d.canonical;
	return strncasecmp(own, prefix, n) == 0 && (own[n] == '\0' || own[n] == '/' || own[n] == ' ');
}

static bool is_covered(const struct complete *c, const Normlink__Record *r)
{
	for (size_t i = 0; i < c->prefix_count; i++)
		if (complete_covers(c->prefixes[i], r->subject))
			return true;
	return c->prefix_count == 0 && has_source(c, r);
}

static bool is_gone_already(const Normlink__Record *r)
{
	return r->retraction != NULL || (r->standard != NULL && r->standard->has_status &&
	                                 r->standard->status == NORMLINK__STATUS__STATUS_WITHDRAWN);
}

/* The body's own words and stage for a status that is no longer so go with it. */
static void withdraw_standard(const struct complete *c, Normlink__Standard *s, struct arena *arena)
{
	s->has_status = true;
	s->status = NORMLINK__STATUS__STATUS_WITHDRAWN;
	s->status_word = NULL;
	if (s->stage != NULL)
		s->stage = arena_str(arena, "95.99");
	if (c->date == NULL || s->n_events == RECORD_LIST_MAX)
		return;
	Normlink__Event *event = arena_get(arena, sizeof *event);
	Normlink__Event **events = arena_array(arena, s->n_events + 1, sizeof(Normlink__Event *));
	normlink__event__init(event);
	event->has_type = true;
	event->type = NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN;
	event->date = arena_str(arena, c->date);
	if (s->n_events > 0)
		memcpy(events, s->events, s->n_events * sizeof(Normlink__Event *));
	events[s->n_events++] = event;
	s->events = events;
}

static void retract(Normlink__Record *r, struct arena *arena)
{
	const char *name = r->source != NULL && r->source->name != NULL ? r->source->name : "its source";
	r->retraction = arena_get(arena, sizeof *r->retraction);
	normlink__retraction__init(r->retraction);
	r->retraction->reason = arena_printf(arena, "no longer in %.*s", (int)utf8_cut(bytes_str(name), 200), name);
}

static int withdraw(struct compare *c, Normlink__Record *r, struct arena *arena, struct err *err)
{
	struct buf record = { 0 };
	if (r->standard != NULL)
		withdraw_standard(c->complete, r->standard, arena);
	else
		retract(r, arena);
	r->correction = NULL; /* it was about the revision before */
	int rc = record_encode(r, &record, err);
	if (rc == OK)
		rc = feed_record(c->feed, buf_bytes(&record), err);
	buf_free(&record);
	return rc;
}

static int compare_record(struct compare *c, struct bytes raw, struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *r;
	bool fresh = false;
	int rc = record_decode(raw, &arena, &r, err);
	if (rc == OK && is_covered(c->complete, r) && !is_gone_already(r))
		rc = is_fresh(c->complete, r, &fresh, err);
	if (rc == OK && fresh) {
		tally_disappeared(c->tally, r->subject, c->list);
		if (c->feed != NULL)
			rc = withdraw(c, r, &arena, err);
	}
	arena_free(&arena);
	return rc;
}

static int compare_line(void *arg, struct bytes line, struct err *err)
{
	struct buf record = { 0 };
	int rc = ndjson_record(line, &record, err);
	if (rc == OK)
		rc = compare_record(arg, buf_bytes(&record), err);
	buf_free(&record);
	return rc;
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static int may_compare(const struct complete *c, struct err *err)
{
	if (c->records == 0)
		return err_set(err, ERR_USAGE, "--complete: the source has no record, and so nothing is compared with it");
	if (c->unnamed && c->prefix_count == 0)
		return err_set(err, ERR_USAGE,
		               "--complete: records of this source do not name it, and so it is not known what else is of it: "
		               "say so with --prefix, or let the mapping set source.name");
	return OK;
}

static void take_refusal(void *arg, const char *subject, const char *reason)
{
	struct compare *c = arg;
	tally_refused(c->tally, subject, reason);
}

static int compare_all(struct compare *c, const char *dir, const char *collection, struct err *err)
{
	struct client *client = NULL;
	int rc = client_open_socket(dir, &client, err);
	for (int kind = 1; rc == OK && kind < KIND_LOG_FIRST; kind++) {
		const struct listing listing = { .kind = kind_word(kind), .collection = collection };
		if (c->complete->kinds[kind])
			rc = listing_walk(client, &listing, compare_line, c, err);
	}
	client_close(client);
	return rc;
}

int complete_compare(struct complete *c, const char *dir, const char *collection, struct tally *tally, struct err *err)
{
	struct compare compare = { .complete = c, .tally = tally };
	const struct feed_sink sink = { .arg = &compare, .refused_cb = take_refusal };
	int rc = may_compare(c, err);
	if (rc != OK)
		return rc;
	if (c->list != NULL && (compare.list = fopen(c->list, "we")) == NULL)
		return err_errno(err, errno, "%s", c->list);
	tally->complete = true;
	bool refused = tally->counts.refused + tally->totals.refused > 0;
	if (c->withdraw && refused)
		tally_note(tally, "--withdraw",
		           "documents were refused, and what they are about is not known: nothing is "
		           "withdrawn");
	if (c->withdraw && !refused)
		rc = feed_start(dir, collection, &sink, &compare.feed, err);
	if (rc == OK)
		rc = compare_all(&compare, dir, collection, err);
	if (compare.feed != NULL) {
		struct feed_totals totals;
		struct err why = { 0 };
		int end = feed_finish(compare.feed, &why);
		feed_totals(compare.feed, &totals);
		tally->withdrawn = totals.revised;
		tally->totals.size = totals.size > 0 ? totals.size : tally->totals.size;
		feed_free(compare.feed);
		if (rc == OK && end != OK)
			rc = err_set(err, end, "%s", why.text);
	}
	if (compare.list != NULL && fclose(compare.list) != 0 && rc == OK)
		rc = err_errno(err, errno, "%s", c->list);
	return rc;
}
