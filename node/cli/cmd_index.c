#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/cli/post.h"

/* "index N", "keys N", or "unchanged". */
static void tell(struct bytes answer)
{
	unsigned long long index, keys;
	char text[64];
	(void)snprintf(text, sizeof text, "%.*s", (int)answer.len, (const char *)answer.data);
	if (sscanf(text, "index %llu keys %llu", &index, &keys) == 2)
		(void)printf("entry %llu says what is current: %llu subjects\n", index, keys);
	else
		(void)puts("what is current is said already; nothing was done");
}

static int run(int argc, char **argv)
{
	const struct args args = { cmd_index.name, argc, argv, NULL };
	struct post post = { 0 };
	struct reply reply = { 0 };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	int rc = post_begin(&post, argv[optind], LOG_WARN, &err);
	if (rc == OK)
		rc = post_ask(&post, "/local/v1/index", POST_TEXT, bytes_str(""), &reply, &err);
	if (rc == OK)
		tell(buf_bytes(&reply.body));
	rc = post_end(&post, rc, &err);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail("index", &err, NULL);
}

const struct command cmd_index = {
	.name = "index",
	.arguments = "DIR",
	.summary = "state in our log what is current in it, now",
	.help = "Appends an index root (one hash over which entry is the newest on each subject) when the last one does "
	        "not say\n"
	        "the same.  By it normlink proof --current shows anybody, offline, that a record is the newest on its "
	        "subject, or\n"
	        "that there is none; every mirror recomputes it, and status there says so when it is not what the log "
	        "holds.  A\n"
	        "running node does this by itself when its log was quiet for a minute (node.conf: index).\n",
	.examples = "  normlink import sac update.yaml && normlink index sac\n",
	.exits = NULL,
	.run = run,
};
