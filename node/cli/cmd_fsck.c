#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/cli/meter.h"
#include "node/shell/lock.h"
#include "node/shell/node_dir.h"
#include "node/store/store.h"

struct fsck {
	const struct node_dir *dir;
	struct meter meter;
	struct fsck_report report;
	double seconds;
};

static const struct vkey *find_key(void *arg, const char *origin)
{
	return node_dir_log_key(((const struct fsck *)arg)->dir, origin);
}

static void print_problem(void *arg, const char *line)
{
	struct fsck *f = arg;
	meter_clear(&f->meter);
	(void)printf("problem: %s\n", line);
}

static bool show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct fsck *f = arg;
	meter_work(&f->meter, "checked", done, total);
	return true;
}

static int check(struct fsck *f, struct err *err)
{
	struct lock lock;
	struct store *store = NULL;
	int rc = lock_take(f->dir->path, &lock, err);
	if (rc != OK)
		return rc;
	rc = store_open(f->dir->path, STORE_READ, &store, err);
	if (rc == OK)
		rc = store_fsck(store, find_key, print_problem, show_progress, f, &f->report, err);
	store_close(store);
	lock_release(&lock);
	meter_clear(&f->meter);
	f->seconds = meter_seconds(&f->meter);
	return rc;
}

static void print_report(const struct fsck *f, bool json)
{
	const struct fsck_report *r = &f->report;
	if (json) {
		(void)printf("{\"clean\":%s,\"problems\":%" PRIu64 ",\"origins\":%" PRIu64 ",\"entries\":%" PRIu64
		             ",\"payloads\":%" PRIu64 ",\"missing\":%" PRIu64 ",\"tiles\":%" PRIu64 ",\"heads\":%" PRIu64
		             ",\"index_roots\":%" PRIu64 ",\"index_roots_differing\":%" PRIu64 ",\"seconds\":%.1f}\n",
		             r->problems == 0 ? "true" : "false", r->problems, r->origins, r->entries, r->payloads, r->missing,
		             r->tiles, r->heads, r->roots, r->differing, f->seconds);
		return;
	}
	(void)printf("%s: %" PRIu64 " problems\n", r->problems == 0 ? "clean" : "DAMAGED", r->problems);
	(void)printf("  logs       %" PRIu64 "\n  heads      %" PRIu64 " (root and signatures)\n  entries    %" PRIu64
	             "\n  contents   %" PRIu64 ", and %" PRIu64 " withheld or redacted\n  tiles      %" PRIu64 "\n",
	             r->origins, r->heads, r->entries, r->payloads, r->missing, r->tiles);
	if (r->roots > 0)
		(void)printf("  indexes    %" PRIu64 " (recomputed), and %" PRIu64
		             " that are not what their log's entries give\n",
		             r->roots, r->differing);
	(void)printf("  %.1f s\n", f->seconds);
}

static int fsck(const char *path, bool quiet, bool json)
{
	struct node_dir dir;
	struct err err = { 0 };
	int rc = node_dir_open(path, &dir, &err);
	if (rc != OK)
		return command_fail("fsck", &err, NULL);
	struct fsck f = { .dir = &dir };
	meter_start(&f.meter, quiet);
	rc = check(&f, &err);
	node_dir_close(&dir);
	if (rc == ERR_BUSY)
		return command_fail("fsck", &err, "A running node cannot be checked: stop it first.");
	if (rc != OK)
		return command_fail("fsck", &err, NULL);
	print_report(&f, json);
	return f.report.problems == 0 ? 0 : err_exit(ERR_UNTRUSTED);
}

static int run(int argc, char **argv)
{
	bool quiet = false, json = false;
	const struct args_option options[] = { { "quiet", .given = &quiet }, { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_fsck.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return fsck(argv[optind], quiet, json);
}

const struct command cmd_fsck = {
	.name = "fsck",
	.arguments = "DIR",
	.summary = "re-read every byte and check every hash and signature",
	.help = "Reads the whole store of a stopped node: pages, envelopes, contents, tiles, the tree against the signed "
	        "heads,\n"
	        "and the search tables against the log.  Changes nothing.  Each problem is a line on standard output.\n"
	        "When only the search tables are damaged, normlink reindex makes them anew.\n"
	        "\n"
	        "  --quiet   no progress\n"
	        "  --json    the summary for programs\n",
	.examples = "  normlink fsck sac\n"
	            "  normlink fsck /var/lib/normlink/sac --quiet --json\n",
	.exits = "1 problems were found; 4 the node is running",
	.run = run,
};
