#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/keyring.h"
#include "node/shell/node_dir.h"

static int run(int argc, char **argv)
{
	const struct args args = { cmd_card.name, argc, argv, NULL };
	struct node_dir dir;
	struct card card;
	struct buf text = { 0 };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	int rc = node_dir_open(argv[optind], &dir, &err);
	if (rc != OK)
		return command_fail("card", &err, NULL);
	struct keyring keys = { 0 };
	node_dir_card(&dir, &card);
	rc = keyring_ask(argv[optind], &keys, &err);
	if (rc == OK) {
		keyring_renew(&keys, &card);
		card_write(&card, &text);
		(void)fputs(buf_str(&text), stdout);
		if (card.address[0] == '\0')
			(void)fputs(
			    "normlink: card: without an address: peers wait to be dialed (advertise: in node.conf sets one)\n",
			    stderr);
	}
	buf_free(&text);
	keyring_free(&keys);
	node_dir_close(&dir);
	return rc == OK ? 0 : command_fail("card", &err, NULL);
}

const struct command cmd_card = {
	.name = "card",
	.arguments = "DIR",
	.summary = "print what a peer needs to know of the node",
	.help = "The card names the node, its log, the public keys of its log, witness and mirror, the pin of its "
	        "certificate and\n"
	        "its address.  Nothing on it is secret; whoever takes it should know that it comes from you.\n"
	        "While the node runs and nothing else is advertised, the address is where it listens.\n",
	.examples = "  normlink card sac > sac.card\n"
	            "  normlink card sac | ssh iso.example normlink peer add /var/lib/normlink/iso -\n",
	.exits = "1 DIR is no node's folder",
	.run = run,
};
