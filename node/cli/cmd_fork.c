/* fork release, fork abandon: an operator decides about an origin that signed two histories. */
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/inside.h"
#include "node/shell/node_dir.h"

static int post(const char *dir, struct bytes body, struct reply *reply, struct err *err)
{
	struct client *client = NULL;
	int rc = client_open_socket(dir, &client, err);
	if (rc == OK)
		rc = client_post(client, "/local/v1/verdicts", "text/plain; charset=utf-8", body, reply, err);
	if (rc == OK && reply->status == 200 && strncmp(buf_str(&reply->body), "index ", 6) != 0)
		rc = err_set(err, ERR_PROTOCOL, "the node answers something else than where it recorded it");
	if (rc == OK && reply->status != 200) {
		int len = reply->body.len > 0 ? (int)reply->body.len - 1 : 0;
		rc = err_set(err, client_code(reply->status), "%.*s", len, (const char *)reply->body.data);
	}
	client_close(client);
	return rc;
}

/* A node that runs is told through its socket; where none runs, one of our own takes it. */
static int decide(const char *dir, struct bytes body, struct reply *reply, struct err *err)
{
	struct inside *inside = NULL;
	int rc = OK;
	if (!node_dir_running(dir)) {
		log_set_level(LOG_NONE); /* that it is frozen is why we are here */
		rc = inside_start(dir, &inside, err);
	}
	if (rc == OK)
		rc = post(dir, body, reply, err);
	struct err why = { 0 };
	int end = inside_stop(inside, &why);
	if (rc == OK && end != OK)
		rc = err_set(err, end, "%s", why.text);
	return rc;
}

/* "index 12", then another line. */
static void say(const char *origin, bool abandon, struct reply *reply)
{
	const char *index = buf_str(&reply->body) + strlen("index ");
	(void)printf("%s is %s; entry %.*s of this node's log says so\n", origin, abandon ? "abandoned" : "released",
	             (int)strcspn(index, "\n"), index);
}

static int run_either(const struct command *command, bool abandon, int argc, char **argv)
{
	static const struct option options[] = { { "reason", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 } };
	struct args args = { command->name, argc, argv, options };
	struct buf body = { 0 };
	struct reply reply = { 0 };
	struct err err = { 0 };
	const char *reason = NULL;
	int option;
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG)
			return ARGS_EXIT;
		reason = optarg;
	}
	if (!args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (reason == NULL)
		return args_wrong(&args, "--reason is missing: the decision is recorded, and so is why");
	if (reason[0] == '\0' || strchr(reason, '\n') != NULL || strlen(reason) > LABEL_MAX)
		return args_wrong(&args, "--reason is one line of 1 to %d bytes", LABEL_MAX);
	buf_printf(&body, "decision %s\norigin %s\nreason %s\n", abandon ? "abandon" : "release", argv[optind + 1], reason);
	int rc = decide(argv[optind], buf_bytes(&body), &reply, &err);
	int code = 0;
	if (rc == OK)
		say(argv[optind + 1], abandon, &reply);
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
