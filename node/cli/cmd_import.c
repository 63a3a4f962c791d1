#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/complete.h"
#include "node/cli/feed.h"
#include "node/cli/inside.h"
#include "node/cli/mapped.h"
#include "node/cli/tally.h"
#include "node/ingest/ingest.h"
#include "proto/entry.h"
#include "proto/record.h"

enum { EXIT_INTERRUPTED = 130 };

struct import {
	struct tally tally;
	struct feed *feed;
	struct inside *inside;     /* NULL: another process serves the folder */
	struct complete *complete; /* NULL: the source is not everything of its kind */
	bool broken;               /* the feeding failed: no use in reading on */
};

struct import_options {
	bool quiet, json;
	const char *refused;
	const char *collection;  /* NULL: public */
	struct mapping *mapping; /* of tables; NULL: by their columns */
	bool is_complete;
	struct complete complete;
};

/* The first Ctrl-C ends the import in order; the second, the process. */
static atomic_bool interrupted;

static void interrupt(int signal)
{
	(void)signal;
	atomic_store(&interrupted, true);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND };
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

/* ---- what ingest and feed tell ---- */

static int take_record(void *arg, struct bytes record, struct err *err)
{
	struct import *im = arg;
	if (atomic_load(&interrupted))
		return err_set(err, ERR_CLOSED, "interrupted");
	int rc = im->complete != NULL ? complete_record(im->complete, record, err) : OK;
	if (rc == OK)
		rc = feed_record(im->feed, record, err);
	im->broken = im->broken || rc != OK;
	return rc;
}

static void take_refusal(void *arg, const char *file, const char *reason)
{
	struct import *im = arg;
	tally_refused(&im->tally, file, reason);
}

static void take_note(void *arg, const char *file, const char *text)
{
	struct import *im = arg;
	tally_note(&im->tally, file, text);
}

static void take_progress(void *arg, const struct ingest_counts *counts, uint64_t done_bytes, uint64_t total_bytes)
{
	struct import *im = arg;
	im->tally.counts = *counts;
	im->tally.done_bytes = done_bytes;
	im->tally.total_bytes = total_bytes;
	tally_progress(&im->tally);
}

static void waiting(void *arg, const struct feed_totals *totals)
{
	struct import *im = arg;
	(void)totals;
	tally_progress(&im->tally);
}

/* ---- the work ---- */

static int start(struct import *im, const char *dir, const char *collection, struct err *err)
{
	const struct feed_sink sink = { .arg = im, .refused_cb = take_refusal, .wait_cb = waiting };
	int rc = inside_start(dir, LOG_WARN, &im->inside, err);
	return rc == OK ? feed_start(dir, collection, &sink, &im->feed, err) : rc;
}

/* A source that cannot be read does not stop the next; gives the code of the first that failed. */
static int read_sources(struct import *im, int count, char **paths, const struct mapping *mapping, struct err *err)
{
	const struct ingest_sink sink = {
		.arg = im,
		.record_cb = take_record,
		.refused_cb = take_refusal,
		.progress_cb = take_progress,
		.note_cb = take_note,
		.mapping = mapping,
	};
	struct ingest_counts counts = { 0 };
	int first = OK;
	for (int i = 0; i < count && !im->broken && !atomic_load(&interrupted); i++) {
		struct err why = { 0 };
		int rc = ingest_path(paths[i], &sink, &counts, &why);
		im->tally.counts = counts;
		if (rc == OK || im->broken || atomic_load(&interrupted))
			continue;
		if (strstr(why.text, paths[i]) == NULL)
			(void)err_wrap(&why, rc, "%s", paths[i]);
		tally_clear(&im->tally);
		(void)command_fail("import", &why, i + 1 < count ? "Going on with the next source." : NULL);
		first = first == OK ? rc : first;
	}
	int rc = feed_finish(im->feed, err);
	feed_totals(im->feed, &im->tally.totals);
	im->broken = im->broken || rc != OK;
	return rc != OK ? rc : first;
}

/* Only what was read whole tells what is no longer there. */
static int compare(struct import *im, const char *dir, const char *collection, struct err *err)
{
	if (im->complete == NULL || atomic_load(&interrupted))
		return OK;
	int rc = complete_compare(im->complete, dir, collection, &im->tally, err);
	if (rc != OK) {
		tally_clear(&im->tally);
		(void)command_fail("import", err, "What was imported is kept.");
	}
	return rc;
}

static int stop(struct import *im, int rc, struct err *err)
{
	feed_free(im->feed);
	int end = inside_stop(im->inside, rc, err);
	im->broken = im->broken || end != rc;
	return end;
}

static int finish(struct import *im, int rc, struct err *err, bool json)
{
	struct buf text = { 0 };
	struct err why = { 0 };
	int code = err_exit(rc);
	if (im->broken)
		code = command_fail("import", err, "What was acknowledged is kept.  Run the same import again for the rest.");
	if (tally_end(&im->tally, &why) != OK)
		code = command_fail("import", &why, NULL);
	tally_summary(&im->tally, json, &text);
	(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	if (atomic_load(&interrupted)) {
		(void)fputs(
		    "normlink: import: interrupted\n  Nothing acknowledged is lost.  Run the same import again for the rest.\n",
		    stderr);
		return EXIT_INTERRUPTED;
	}
	if (code == 0 && tally_unknown(&im->tally) > 0) {
		(void)err_set(&why, ERR_INTERNAL, "the counts do not add up: please report this");
		code = command_fail("import", &why, NULL);
	}
	return code;
}

static int import(const char *dir, int count, char **paths, struct import_options *options)
{
	struct import im = { .complete = options->is_complete ? &options->complete : NULL };
	struct err err = { 0 };
	int rc = tally_begin(&im.tally, options->quiet, options->refused, &err);
	if (rc != OK)
		return command_fail("import", &err, NULL);
	catch_signals();
	rc = start(&im, dir, options->collection, &err);
	if (rc != OK) {
		rc = stop(&im, rc, NULL);
		if (tally_end(&im.tally, NULL) != OK)
			im.broken = true; /* the first error is the one to tell */
		return command_fail("import", &err,
		                    rc == ERR_BUSY ? "Another process is starting or stopping there: try again." : NULL);
	}
	rc = read_sources(&im, count, paths, options->mapping, &err);
	if (rc == OK)
		rc = compare(&im, dir, options->collection, &err);
	else if (im.complete != NULL)
		tally_note(&im.tally, "--complete", "not everything could be read: nothing is compared");
	rc = stop(&im, rc, &err);
	return finish(&im, rc, &err, options->json);
}

/* ---- the command line ---- */

static bool fits_together(const struct args *args, const struct import_options *chosen)
{
	const struct complete *c = &chosen->complete;
	if (chosen->collection != NULL && !collection_valid(chosen->collection))
		(void)args_wrong(args, "--collection is 1 to %d of a-z 0-9 - .", CODE_MAX);
	else if (c->date != NULL && !date_valid(c->date))
		(void)args_wrong(args, "--withdraw-date is YYYY-MM-DD, YYYY-MM or YYYY");
	else if (c->date != NULL && !c->withdraw)
		(void)args_wrong(args, "--withdraw-date goes with --withdraw");
	else if (!chosen->is_complete && (c->withdraw || c->prefix_count > 0 || c->list != NULL))
		(void)args_wrong(args, "--withdraw, --prefix and --disappeared go with --complete");
	else
		return true;
	return false;
}

static int list_mappings(const struct args *args)
{
	struct buf text = { 0 };
	struct err err = { 0 };
	if (!args_positional(args, 0, 1))
		return ARGS_EXIT;
	int rc = mapped_list(optind < args->argc ? args->argv[optind] : NULL, &text, &err);
	(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	return rc == OK ? 0 : command_fail("import", &err, "normlink import --mapping list shows the names.");
}

static int run_with(const struct args *args, struct import_options *chosen, const char *mapping)
{
	struct err err = { 0 };
	if (mapping != NULL && mapped_load(mapping, &chosen->mapping, &err) != OK)
		return command_fail("import", &err, NULL);
	complete_begin(&chosen->complete);
	int code = import(args->argv[optind], args->argc - optind - 1, args->argv + optind + 1, chosen);
	complete_end(&chosen->complete);
	mapping_free(chosen->mapping);
	return code;
}

static int run(int argc, char **argv)
{
	static struct import_options chosen; /* large */
	struct complete *complete = &chosen.complete;
	const char *mapping = NULL;
	chosen = (struct import_options){ 0 };
	const struct args_option options[] = {
		{ "quiet", .given = &chosen.quiet },
		{ "json", .given = &chosen.json },
		{ "refused", .value = &chosen.refused },
		{ "collection", .value = &chosen.collection },
		{ "mapping", .value = &mapping },
		{ "complete", .given = &chosen.is_complete },
		{ "prefix", .value = complete->prefixes, .count = &complete->prefix_count, .max = COMPLETE_PREFIXES_MAX },
		{ "withdraw", .given = &complete->withdraw },
		{ "withdraw-date", .value = &complete->date },
		{ "disappeared", .value = &complete->list },
		{ 0 },
	};
	const struct args args = { cmd_import.name, argc, argv, options };
	if (!args_read(&args))
		return ARGS_EXIT;
	if (mapping != NULL && strcmp(mapping, "list") == 0)
		return list_mappings(&args);
	if (!fits_together(&args, &chosen) || !args_positional(&args, 2, argc))
		return ARGS_EXIT;
	return run_with(&args, &chosen, mapping);
}

const struct command cmd_import = {
	.name = "import",
	.arguments = "DIR FILE...",
	.summary = "publish records: YAML, XML, JSON, CSV, folders, archives",
	.help =
	    "Reads each FILE, and appends what is new to the node's log: through the node when it runs, else by itself,\n"
	    "after its peers were asked what they hold of it.  A FILE is Relaton YAML, NISO STS or ISOSTS XML, NDJSON of\n"
	    "this program, CSV (a table of text in UTF-8, GB 18030 or UTF-16), ISO Open Data, a folder of them, .tar,\n"
	    ".tar.gz, .tar.zst or .zip.  What cannot be read is counted and named, and never stops the rest.  What the\n"
	    "summary counts is durable, and adds up: documents read and the records beside their first are added, "
	    "revised,\n"
	    "unchanged, duplicates or refused.  An import can be repeated at any time: what the log says already is not\n"
	    "said again.\n"
	    "\n"
	    "  --mapping NAME|FILE  which column of a CSV is which field (default: found by its columns).  --mapping list\n"
	    "                       shows the included ones, --mapping list NAME one as the file that it is\n"
	    "  --complete           the source is everything of its kind: also tell what the log says and the source no\n"
	    "                       longer has.  Compared are records of the same kinds whose source has the same name\n"
	    "  --prefix PREFIX      instead: those whose reference has this prefix, as GB/T; GB means GB/T and GB/Z, too\n"
	    "  --withdraw           what disappeared is withdrawn: a standard gets that status, another is retracted\n"
	    "  --withdraw-date DATE with that date as an event\n"
	    "  --disappeared FILE   list all that disappeared\n"
	    "  --collection NAME    into a collection that only nodes named by normlink share receive (default: public)\n"
	    "  --refused FILE       list every refused document and the reason (the first 20 are shown anyway)\n"
	    "  --quiet              no progress\n"
	    "  --json               the summary for programs\n",
	.examples = "  normlink import sac records.ndjson\n"
	            "  normlink import sac drafts.ndjson --collection members\n"
	            "  normlink import din standards-in-sts.zip\n"
	            "  normlink import iso relaton-iso.tar.gz --refused refused.txt\n"
	            "  normlink import jisc folder-of-yaml more.yaml --quiet --json\n"
	            "  normlink import --mapping list gb > mine.yaml        # a mapping to begin with\n"
	            "  normlink import sac table.csv --mapping mine.yaml\n"
	            "  normlink import sac national.csv --mapping gb --complete --prefix GB --withdraw\n"
	            "  normlink import iso iso_deliverables_metadata.jsonl iso_technical_committees.jsonl\n",
	.exits = "1 no such file or folder; 130 interrupted",
	.run = run,
};
