#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "node/base/must.h"
#include "node/cli/command.h"
#include "node/cli/roster.h"
#include "node/shell/node_dir.h"

static int print_policy(const char *path, const char *quorum, bool mirrors, struct err *err)
{
	struct node_dir dir;
	struct buf text = { 0 };
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	struct card *cards = calloc(dir.peer_count + 1, sizeof *cards);
	must(cards != NULL);
	struct keyring keys = { 0 };
	node_dir_card(&dir, &cards[0]);
	rc = keyring_ask(path, &keys, err);
	for (size_t i = 0; i < dir.peer_count; i++)
		cards[i + 1] = dir.peers[i];
	if (rc == OK)
		rc = roster_policy(cards, dir.peer_count + 1, &keys, (uint64_t)time(NULL) * 1000, quorum, mirrors, &text, err);
	if (rc == OK)
		(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	keyring_free(&keys);
	free(cards);
	node_dir_close(&dir);
	return rc;
}

static int run(int argc, char **argv)
{
	const char *quorum = NULL;
	bool mirrors = false;
	const struct args_option options[] = { { "quorum", .value = &quorum }, { "mirrors", .given = &mirrors }, { 0 } };
	const struct args args = { cmd_policy.name, argc, argv, options };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return print_policy(argv[optind], quorum, mirrors, &err) == OK ? 0 : command_fail("policy", &err, NULL);
}

const struct command cmd_policy = {
	.name = "policy",
	.arguments = "DIR",
	.summary = "print whose signatures count, for normlink verify",
	.help = "A C2SP tlog-policy with the logs and witnesses of the node and of its peers.  Read it before you rely on "
	        "it: it\n"
	        "says whom this node trusts, and yours may differ.  Keys that took the place of others are followed\n"
	        "through the logs; until an old one ends, both are listed.\n"
	        "\n"
	        "  --quorum Q   how many of the witnesses must have cosigned: any (the default), a number, none, or\n"
	        "               all: all but the log's own, which never cosigns it\n"
	        "  --mirrors    count mirrors instead: a witness has seen the head, a mirror holds all of its entries\n",
	.examples = "  normlink policy sac > policy\n"
	            "  normlink policy sac --quorum 2 > policy\n"
	            "  normlink policy sac --mirrors > policy\n",
	.exits = "1 DIR is no node's folder",
	.run = run,
};
