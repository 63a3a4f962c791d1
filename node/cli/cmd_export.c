#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/exporter.h"
#include "node/cli/meter.h"
#include "node/shell/file.h"

enum { LIST_MAX = ORIGINS_MAX, PATH_BYTES = 4096 };

struct options {
	const char *origins[LIST_MAX], *collections[LIST_MAX];
	struct export_wish wish;
	const char *output; /* NULL: standard output */
	bool quiet, json;
};

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
	meter_work(arg, "entries", done, total);
}

static uint64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Where nothing else belongs on standard output, the summary goes there. */
static void print_summary(const struct export_counts *c, double seconds, const struct options *o)
{
	FILE *out = o->output != NULL ? stdout : stderr;
	if (o->json)
		(void)fprintf(out,
		              "{\"origins\":%" PRIu64 ",\"entries\":%" PRIu64 ",\"present\":%" PRIu64 ",\"withheld\":%" PRIu64
		              ",\"redacted\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.2f}\n",
		              c->origins, c->entries, c->present, c->withheld, c->redacted, c->bytes, seconds);
	else if (!o->quiet || o->output != NULL)
		(void)fprintf(out,
		              "exported %" PRIu64 " %s: %" PRIu64 " entries, %" PRIu64 " contents, %" PRIu64
		              " left out, %" PRIu64 " redacted; %.1f MB in %.1f s\n",
		              c->origins, c->origins == 1 ? "log" : "logs", c->entries, c->present, c->withheld, c->redacted,
		              (double)c->bytes / 1e6, seconds);
	if (c->missing > 0)
		(void)fprintf(stderr, "  %" PRIu64 " contents of public entries are not here: the receiver will be told\n",
		              c->missing);
}

static int write_to(const struct node_dir *dir, FILE *out, const struct options *o, struct err *err)
{
	struct meter meter;
	struct export_counts counts;
	meter_start(&meter, o->quiet);
	int rc = exporter_run(dir, &o->wish, now_ms(), out, show_progress, &meter, &counts, err);
	meter_clear(&meter);
	if (rc == OK)
		print_summary(&counts, meter_seconds(&meter), o);
	return rc;
}

/* Through a file beside it, so that a file by that name is always a whole one. */
static int write_file(const struct node_dir *dir, const struct options *o, struct err *err)
{
	char path[PATH_BYTES];
	if ((size_t)snprintf(path, sizeof path, "%s.part", o->output) >= sizeof path)
		return err_set(err, ERR_LIMIT, "%s: the path is too long", o->output);
	FILE *out = fopen(path, "wbe");
	if (out == NULL)
		return err_errno(err, errno, "%s", path);
	int rc = write_to(dir, out, o, err);
	if (rc == OK && fsync(fileno(out)) != 0)
		rc = err_errno(err, errno, "%s", path);
	if (fclose(out) != 0 && rc == OK)
		rc = err_errno(err, errno, "%s", path);
	if (rc == OK && rename(path, o->output) != 0)
		rc = err_errno(err, errno, "%s", o->output);
	if (rc == OK)
		rc = file_sync_parent(o->output, err);
	else
		(void)unlink(path);
	return rc;
}

static int export(const char *path, const struct options *o)
{
	struct node_dir dir;
	struct err err = { 0 };
	int rc = node_dir_open(path, &dir, &err);
	if (rc != OK)
		return command_fail("export", &err, NULL);
	rc = o->output != NULL ? write_file(&dir, o, &err) : write_to(&dir, stdout, o, &err);
	node_dir_close(&dir);
	return rc == OK
	           ? 0
	           : command_fail("export", &err, rc == ERR_NOT_FOUND ? "normlink status DIR lists what is held." : NULL);
}

static int run(int argc, char **argv)
{
	static struct options o;
	const char *since = NULL;
	o = (struct options){ .wish = { .origins = o.origins, .collections = o.collections } };
	const struct args_option options[] = {
		{ "origin", .value = o.origins, .count = &o.wish.origin_count, .max = LIST_MAX },
		{ "cosigned", .given = &o.wish.cosigned },
		{ "since", .value = &since },
		{ "collection", .value = o.collections, .count = &o.wish.collection_count, .max = LIST_MAX },
		{ "output", .value = &o.output },
		{ "quiet", .given = &o.quiet },
		{ "json", .given = &o.json },
		{ 0 },
	};
	const struct args args = { cmd_export.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (since != NULL && !args_number(since, INT64_MAX, &o.wish.since))
		return args_wrong(&args, "--since is a number of entries");
	if (o.wish.since > 0 && o.wish.origin_count != 1)
		return args_wrong(&args, "--since counts the entries of one log: name it with --origin");
	if (o.output == NULL && isatty(STDOUT_FILENO) == 1)
		return args_wrong(&args, "a bundle is no text for a terminal: redirect it, or name a file with --output");
	return export(argv[optind], &o);
}

const struct command cmd_export = {
	.name = "export",
	.arguments = "DIR",
	.summary = "logs as one file, for a node without a network",
	.help =
	    "Writes a bundle: one file with the signed heads, entries and contents of every log that the node holds, or "
	    "of\n"
	    "those named.  It verifies itself, is signed by this node, and can be carried over a one-way link or on a "
	    "disk;\n"
	    "normlink ingest takes it at the other end.  The node may be running.\n"
	    "\n"
	    "  --origin ORIGIN     only this log; may be repeated\n"
	    "  --since N           with one --origin: only what comes after its first N entries\n"
	    "  --cosigned          up to the newest head that a quorum of witnesses has cosigned, not to the newest one\n"
	    "  --collection NAME   contents of this collection too; may be repeated.  Else only public ones go along,\n"
	    "                      and of the others the entries alone\n"
	    "  --output FILE       write it there, durably (default: standard output)\n"
	    "  --quiet             no progress, no summary\n"
	    "  --json              the summary for programs\n",
	.examples = "  normlink export sac > all.bundle\n"
	            "  normlink export sac --origin iso.example/log --output iso.bundle\n"
	            "  normlink export sac --origin iso.example/log --since 92575 --output iso-delta.bundle\n",
	.exits = "1 such a log is not held",
	.run = run,
};
