#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/post.h"
#include "node/shell/high_water.h"
#include "node/shell/lock.h"
#include "node/shell/node_dir.h"

static int resume_running(const char *dir, struct err *err)
{
	struct reply reply;
	int rc = post_running(dir, "/local/v1/resume", bytes_of(NULL, 0), &reply, err);
	if (rc == OK)
		(void)fwrite(reply.body.data, 1, reply.body.len, stdout);
	reply_free(&reply);
	return rc;
}

/* What the mark says of sizes stays: a database that is older than it is not made newer by a word. */
static int resume_stopped(const char *dir, struct err *err)
{
	struct lock lock;
	struct guard_facts facts;
	int rc = lock_take(dir, &lock, err);
	if (rc != OK)
		return rc;
	rc = high_water_read(dir, &facts, err);
	if (rc == OK)
		rc = high_water_write(dir, facts.marked && facts.word == GUARD_WAS_RESTORED ? facts.word : GUARD_WAS_RESUMED,
		                      facts.size, &facts.root, err);
	lock_release(&lock);
	if (rc == OK)
		(void)puts("resumed: the next normlink serve asks peers what they hold of this log, then it is signed again");
	return rc;
}

static int run(int argc, char **argv)
{
	const struct args args = { cmd_resume.name, argc, argv, NULL };
	struct node_dir dir;
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	int rc = node_dir_open(argv[optind], &dir, &err);
	if (rc != OK)
		return command_fail("resume", &err, NULL);
	rc = node_dir_running(dir.path) ? resume_running(dir.path, &err) : resume_stopped(dir.path, &err);
	node_dir_close(&dir);
	return rc == OK ? 0 : command_fail("resume", &err, NULL);
}

const struct command cmd_resume = {
	.name = "resume",
	.arguments = "DIR",
	.summary = "vouch that this is the only copy of a node",
	.help =
	    "A node signs only where it signed last.  When its folder was copied, moved to another machine or put back by\n"
	    "hand, or when a peer holds entries that were not signed here, it signs nothing and says so in status.\n"
	    "\n"
	    "This command is your word that no other copy of this folder runs, or will ever run again.  If that is not\n"
	    "true, both will sign, the log forks, and every peer freezes it for good: nobody can mend that.  When the\n"
	    "other copy is the good one, delete this one instead.\n"
	    "\n"
	    "The node then asks its peers, a majority of them, what they hold of its log, takes back what it lacks, and\n"
	    "signs again after that.  Works on a running and on a stopped node.\n",
	.examples = "  normlink resume sac\n"
	            "  normlink status sac\n",
	.exits = "1 nothing that this word could help with",
	.run = run,
};
