/* fork release, fork abandon: an operator decides about an origin that signed two histories. */
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/post.h"

static int run_either(const struct command *command, bool abandon, int argc, char **argv)
{
	const char *reason = NULL;
	const struct args_option options[] = { { "reason", .value = &reason }, { 0 } };
	const struct args args = { command->name, argc, argv, options };
	struct buf body = { 0 };
	struct reply reply = { 0 };
	struct bytes index;
	struct err err = { 0 };
	int code = 0;
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (reason == NULL)
		return args_wrong(&args, "--reason is missing: the decision is recorded, and so is why");
	if (reason[0] == '\0' || strchr(reason, '\n') != NULL || strlen(reason) > LABEL_MAX)
		return args_wrong(&args, "--reason is one line of 1 to %d bytes", LABEL_MAX);
	const char *dir = argv[optind], *origin = argv[optind + 1];
	buf_printf(&body, "decision %s\norigin %s\nreason %s\n", abandon ? "abandon" : "release", origin, reason);
	/* Of a node of our own nothing is logged: that the log is frozen is why we are here. */
	int rc = post_entry(dir, LOG_NONE, "/local/v1/verdicts", buf_bytes(&body), &reply, &index, &err);
	if (rc == OK)
		(void)printf("%s is %s; entry %.*s of this node's log says so\n", origin, abandon ? "abandoned" : "released",
		             (int)index.len, (const char *)index.data);
	else
		code = command_fail(command->name, &err,
		                    rc == ERR_NOT_FOUND ? "normlink evidence DIR lists the logs that forked." : NULL);
	reply_free(&reply);
	buf_free(&body);
	return code;
}

static int run_release(int argc, char **argv)
{
	return run_either(&cmd_fork_release, false, argc, argv);
}

static int run_abandon(int argc, char **argv)
{
	return run_either(&cmd_fork_abandon, true, argc, argv);
}

const struct command cmd_fork_release = {
	.name = "fork release",
	.arguments = "DIR ORIGIN --reason TEXT",
	.summary = "follow a log on that signed two histories",
	.help =
	    "The node goes on along the branch that it holds.  Heads of the other are refused; the evidence stays kept\n"
	    "and shown.  It freezes the log again when that signs two more heads that contradict each other.  The\n"
	    "decision is an entry of the node's own log, for everybody to find (normlink search --kind verdict), and\n"
	    "holds once that entry is durable.  A later one may say otherwise.\n"
	    "\n"
	    "  --reason TEXT   one line, recorded with it\n",
	.examples =
	    "  normlink evidence sac\n"
	    "  normlink fork release sac iso.example/log --reason 'a backup was restored; ISO confirmed by telephone'\n"
	    "  normlink search sac --kind verdict\n",
	.exits = "1 no evidence about that log is held, or it is this node's own",
	.run = run_release,
};

const struct command cmd_fork_abandon = {
	.name = "fork abandon",
	.arguments = "DIR ORIGIN --reason TEXT",
	.summary = "give up a log that signed two histories",
	.help =
	    "Nothing more is fetched from the log or cosigned.  What is held stays searchable, and every answer says that\n"
	    "it is abandoned.  The decision is an entry of the node's own log, and holds once that entry is durable;\n"
	    "normlink fork release takes the log up again.\n"
	    "\n"
	    "  --reason TEXT   one line, recorded with it\n",
	.examples =
	    "  normlink fork abandon sac iso.example/log --reason 'the key was stolen; ISO publishes elsewhere now'\n",
	.exits = "1 no evidence about that log is held, or it is this node's own",
	.run = run_abandon,
};
