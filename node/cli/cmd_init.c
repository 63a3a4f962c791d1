#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/shell/node_conf.h"
#include "node/shell/node_dir.h"

/* A value into its place in the configuration; NULL: what is there stays. */
static bool take(const struct args *a, const char *option, const char *value, char *field, size_t size)
{
	if (value != NULL && strlen(value) >= size) {
		(void)args_wrong(a, "--%s: longer than %zu bytes", option, size - 1);
		return false;
	}
	if (value != NULL)
		memcpy(field, value, strlen(value) + 1);
	return true;
}

static int print_card(const char *path)
{
	struct node_dir dir;
	struct card card;
	struct buf text = { 0 };
	struct err err = { 0 };
	int rc = node_dir_open(path, &dir, &err);
	if (rc != OK)
		return command_fail("init", &err, NULL);
	node_dir_card(&dir, &card);
	card_write(&card, &text);
	(void)fputs(buf_str(&text), stdout);
	(void)fprintf(stderr, "%s is ready.  This is its card; peers need it (normlink card prints it again).\n", path);
	buf_free(&text);
	node_dir_close(&dir);
	return 0;
}

static int run(int argc, char **argv)
{
	const char *name = NULL, *origin = NULL, *peers = NULL, *http = NULL, *advertise = NULL, *readers = NULL;
	const struct args_option options[] = {
		{ "name", .value = &name },
		{ "origin", .value = &origin },
		{ "peer-listen", .value = &peers },
		{ "http-listen", .value = &http },
		{ "advertise", .value = &advertise },
		{ "readers", .value = &readers },
		{ 0 },
	};
	const struct args args = { cmd_init.name, argc, argv, options };
	struct node_config c = { 0 };
	struct err err = { 0 };
	uint64_t count = 0;
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (!take(&args, "name", name, c.name, sizeof c.name) ||
	    !take(&args, "origin", origin, c.origin, sizeof c.origin) ||
	    !take(&args, "peer-listen", peers, c.peer_listen, sizeof c.peer_listen) ||
	    !take(&args, "http-listen", http, c.http_listen, sizeof c.http_listen) ||
	    !take(&args, "advertise", advertise, c.advertise, sizeof c.advertise))
		return ARGS_EXIT;
	if (readers != NULL && (!args_number(readers, READERS_MAX, &count) || count == 0))
		return args_wrong(&args, "--readers: %s: a number from 1 to %d", readers, READERS_MAX);
	c.readers = (int)count;
	if (c.name[0] == '\0' || c.origin[0] == '\0')
		return args_wrong(&args, "--%s is missing", c.name[0] == '\0' ? "name" : "origin");
	int rc = node_dir_init(argv[optind], &c, &err);
	if (rc != OK)
		return command_fail("init", &err,
		                    rc == ERR_EXISTS ? "Choose another folder; what is there was not touched." : NULL);
	return print_card(argv[optind]);
}

const struct command cmd_init = {
	.name = "init",
	.arguments = "DIR --name NAME --origin ORIGIN",
	.summary = "make a node: keys, certificate, configuration, empty log",
	.help = "DIR must not exist, or be empty.  The keys are made here and are readable by you only.\n"
	        "\n"
	        "  --name NAME            what peers call this node: a-z, 0-9, '-' and '.'\n"
	        "  --origin ORIGIN        the name of its log: an address without a scheme, yours for good\n"
	        "  --peer-listen ADDRESS  where peers connect (0.0.0.0:7443); none: only dial\n"
	        "  --http-listen ADDRESS  where people and programs ask (127.0.0.1:7080); none: only the socket in DIR\n"
	        "  --advertise ADDRESS    the address on the card, where it differs from --peer-listen\n"
	        "  --readers N            threads that answer questions (2)\n"
	        "\n"
	        "All but the name and the origin can be changed later in DIR/node.conf.  Prints the node's card.\n",
	.examples = "  normlink init /var/lib/normlink/sac --name sac --origin sac.example/log\n"
	            "  normlink init sac --name sac --origin sac.example/log --advertise node.sac.example:7443\n"
	            "  normlink init try --name try --origin try.example/log --peer-listen 127.0.0.1:0\n",
	.exits = "1 DIR exists and is not empty",
	.run = run,
};
