#include <stdio.h>
#include <string.h>

#include "node/base/log.h"
#include "node/cli/command.h"
#include "node/shell/node_dir.h"
#include "node/shell/shell.h"

static bool set_level(const char *word)
{
	static const char *const words[] = { "debug", "info", "warn", "error", "none" };
	for (int i = LOG_DEBUG; i <= LOG_NONE; i++) {
		if (strcmp(word, words[i]) == 0) {
			log_set_level((enum log_level)i);
			return true;
		}
	}
	return false;
}

static int serve(const char *path, struct err *err)
{
	struct node_dir dir;
	struct shell_options options = { 0 };
	struct shell *shell = NULL;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	rc = shell_start(&dir, &options, &shell, err);
	if (rc == OK)
		rc = shell_run(shell, true, err);
	shell_free(shell);
	node_dir_close(&dir);
	return rc;
}

static int run(int argc, char **argv)
{
	const char *level = NULL;
	const struct args_option options[] = { { "log", .value = &level }, { 0 } };
	const struct args args = { cmd_serve.name, argc, argv, options };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (level != NULL && !set_level(level))
		return args_wrong(&args, "--log: %s: it is debug, info, warn, error or none", level);
	int rc = serve(argv[optind], &err);
	if (rc == OK)
		return 0;
	return command_fail("serve", &err,
	                    rc == ERR_BUSY ? "One process at a time serves a folder; normlink status asks it." : NULL);
}

const struct command cmd_serve = {
	.name = "serve",
	.arguments = "DIR",
	.summary = "run the node",
	.help = "Runs in the foreground until SIGTERM or SIGINT, then ends in order.  When it serves, one line goes to "
	        "standard\n"
	        "output: ready, with the real addresses.  The log goes to standard error, one line for each event.\n"
	        "\n"
	        "  --log LEVEL   debug, info (the default), warn, error or none\n",
	.examples = "  normlink serve sac\n"
	            "  normlink serve /var/lib/normlink/sac --log warn\n",
	.exits = "1 no node's folder, or a key that others may read; 4 another process serves it",
	.run = run,
};
