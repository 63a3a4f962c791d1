#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/shell/node_conf.h"
#include "node/shell/node_dir.h"

static int take(const struct args *a, const char *option, char *field, size_t size)
{
	if (strlen(optarg) >= size)
		return args_wrong(a, "--%s: longer than %zu bytes", option, size - 1);
	memcpy(field, optarg, strlen(optarg) + 1);
	return 0;
}

static int take_option(const struct args *a, int option, struct node_config *c)
{
	uint64_t readers = 0;
	switch (option) {
	case 'n':
		return take(a, "name", c->name, sizeof c->name);
	case 'o':
		return take(a, "origin", c->origin, sizeof c->origin);
	case 'p':
		return take(a, "peer-listen", c->peer_listen, sizeof c->peer_listen);
	case 'w':
		return take(a, "http-listen", c->http_listen, sizeof c->http_listen);
	case 'a':
		return take(a, "advertise", c->advertise, sizeof c->advertise);
	default:
		if (!args_number(optarg, 1000, &readers) || readers == 0)
			return args_wrong(a, "--readers: %s: a number from 1 to 16", optarg);
		c->readers = (int)readers;
		return 0;
	}
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
	rc = node_dir_card(&dir, &card, &err);
	if (rc == OK) {
		card_write(&card, &text);
		(void)fputs(buf_str(&text), stdout);
		(void)fprintf(stderr, "%s is ready.  This is its card; peers need it (normlink card prints it again).\n", path);
	}
	buf_free(&text);
	node_dir_close(&dir);
	return rc == OK ? 0 : command_fail("init", &err, NULL);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "origin", required_argument, NULL, 'o' },
		{ "peer-listen", required_argument, NULL, 'p' },
		{ "http-listen", required_argument, NULL, 'w' },
		{ "advertise", required_argument, NULL, 'a' },
		{ "readers", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	struct args args = { cmd_init.name, argc, argv, options };
	struct node_config config = { 0 };
	struct err err = { 0 };
	int option;
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG || take_option(&args, option, &config) != 0)
			return ARGS_EXIT;
	}
	if (!args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (config.name[0] == '\0' || config.origin[0] == '\0')
		return args_wrong(&args, "--%s is missing", config.name[0] == '\0' ? "name" : "origin");
	int rc = node_dir_init(argv[optind], &config, &err);
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
