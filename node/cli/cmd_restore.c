#include <inttypes.h>
#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/meter.h"
#include "node/shell/node_copy.h"

static bool show_copied(void *arg, uint64_t done, uint64_t total)
{
	meter_work(arg, "pages copied", done, total);
	return true;
}

static bool show_checked(void *arg, uint64_t done, uint64_t total)
{
	meter_work(arg, "entries checked", done, total);
	return true;
}

static void print_problem(void *arg, const char *line)
{
	meter_clear(arg);
	(void)printf("problem: %s\n", line);
}

static int restore(const char *backup, const char *dir, bool quiet)
{
	struct meter meter;
	struct node_copy copy;
	struct err err = { 0 };
	const struct node_copy_watch watch = { show_copied, show_checked, print_problem, &meter };
	meter_start(&meter, quiet);
	int rc = node_copy_restore(backup, dir, &watch, &copy, &err);
	meter_clear(&meter);
	if (rc == ERR_EXISTS)
		return command_fail("restore", &err, "Choose another folder; what is there was not touched.");
	if (rc != OK)
		return command_fail("restore", &err, "Nothing was restored.");
	(void)printf("%s: %zu logs with %" PRIu64 " entries, checked whole\n%s: head of %" PRIu64 " entries\n", dir,
	             copy.logs, copy.entries, copy.origin, copy.head_size);
	(void)fprintf(
	    stderr,
	    "If the node of before still runs anywhere, stop it for good: two with one key fork the log.\n"
	    "Then: normlink serve %s.  It asks its peers for what was published since, takes that back, and only\n"
	    "then serves and signs; normlink status %s says how far it is.\n",
	    dir, dir);
	return 0;
}

static int run(int argc, char **argv)
{
	bool quiet = false;
	const struct args_option options[] = { { "quiet", .given = &quiet }, { 0 } };
	const struct args args = { cmd_restore.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	return restore(argv[optind], argv[optind + 1], quiet);
}

const struct command cmd_restore = {
	.name = "restore",
	.arguments = "BACKUP DIR",
	.summary = "make a node from a backup, checked whole",
	.help =
	    "DIR must not exist, or be empty.  Every byte of the copy is read again: hashes, trees, signatures, and "
	    "whether\n"
	    "the keys are those of the log.  A damaged backup leaves nothing behind.\n"
	    "\n"
	    "A backup is older than what was signed after it, and a log that is signed twice from one point is forked for\n"
	    "good.  So the node first asks its peers, a majority of them, what they hold of its log, and takes back what\n"
	    "it lacks; until then it signs nothing and answers 503 over HTTP.  The local socket and status work.\n"
	    "\n"
	    "  --quiet   no progress, only what was restored\n",
	.examples = "  normlink restore /backup/sac-2026-03-01 /var/lib/normlink/sac\n"
	            "  normlink restore /mnt/vault/sac sac --quiet\n",
	.exits = "1 DIR exists and is not empty; 4 the backup is damaged",
	.run = run,
};
