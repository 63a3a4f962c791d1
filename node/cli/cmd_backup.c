#include <inttypes.h>
#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/meter.h"
#include "node/shell/node_copy.h"

static bool show_progress(void *arg, uint64_t done, uint64_t total)
{
	meter_work(arg, "pages", done, total);
	return true;
}

static int backup(const char *dir, const char *dest, bool quiet)
{
	struct meter meter;
	struct node_copy copy;
	struct err err = { 0 };
	const struct node_copy_watch watch = { .copied_cb = show_progress, .arg = &meter };
	meter_start(&meter, quiet);
	int rc = node_copy_backup(dir, dest, &watch, &copy, &err);
	meter_clear(&meter);
	if (rc != OK)
		return command_fail("backup", &err,
		                    rc == ERR_EXISTS ? "Choose another folder; what is there was not touched." : NULL);
	(void)printf("%s: configuration, keys, %zu cards of peers, %zu logs with %" PRIu64 " entries\n"
	             "%s: head of %" PRIu64 " entries\n",
	             dest, copy.peers, copy.logs, copy.entries, copy.origin, copy.head_size);
	(void)fprintf(stderr,
	              "It holds the node's secret keys.  Keep it where the node itself cannot be lost with it, and\n"
	              "bring it back with normlink restore only: it is not to be served as it is.\n");
	return 0;
}

static int run(int argc, char **argv)
{
	bool quiet = false;
	const struct args_option options[] = { { "quiet", .given = &quiet }, { 0 } };
	const struct args args = { cmd_backup.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	return backup(argv[optind], argv[optind + 1], quiet);
}

const struct command cmd_backup = {
	.name = "backup",
	.arguments = "DIR DEST",
	.summary = "copy a node, running or stopped, to a folder",
	.help =
	    "DEST must not exist, or be empty; it is made for its owner alone.  Copied are the configuration, the keys, "
	    "the\n"
	    "cards of peers and the database as of one moment, while the node goes on.  What is published after that is "
	    "in\n"
	    "no backup: after a restore it comes back from the peers that have it.\n"
	    "\n"
	    "  --quiet   no progress, only what was copied\n",
	.examples = "  normlink backup sac /backup/sac-2026-03-01\n"
	            "  normlink backup /var/lib/normlink/sac /mnt/vault/sac --quiet\n",
	.exits = "1 DEST exists and is not empty, or DIR is no node's folder",
	.run = run,
};
