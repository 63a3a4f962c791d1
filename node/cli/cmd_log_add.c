#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/outside_line.h"
#include "node/shell/outside.h"

static int run(int argc, char **argv)
{
	const struct args args = { cmd_log_add.name, argc, argv, NULL };
	struct buf line = { 0 };
	struct vkey key;
	struct err err = { 0 };
	bool known = false;
	if (!args_read(&args) || !args_positional(&args, 2, 3))
		return ARGS_EXIT;
	const char *dir = argv[optind];
	int rc = vkey_parse(bytes_str(argv[optind + 1]), &key, &err);
	if (rc == OK) {
		outside_log_line(&key, argc - optind == 3 ? argv[optind + 2] : "", &line);
		rc = outside_line_add(dir, buf_bytes(&line), &known, &err);
	}
	buf_free(&line);
	if (rc != OK)
		return command_fail("log add", &err, NULL);
	if (known)
		(void)printf("%s may be witnessed here already; nothing was done\n", key.name);
	else
		(void)printf("%s may be witnessed here now\n", key.name);
	return 0;
}

const struct command cmd_log_add = {
	.name = "log add",
	.arguments = "DIR VKEY [URL]",
	.summary = "let a log outside the federation be witnessed here",
	.help = "VKEY is the log's verifier key, NAME+ID+KEY; its name is the log's origin.  Whoever brings a checkpoint "
	        "that\n"
	        "this key signed to POST /witness/add-checkpoint (C2SP tlog-witness) gets this node's cosignature, as long "
	        "as\n"
	        "each is consistent with the one before.  The line is kept in DIR/outside, a tlog-policy.  Works on a "
	        "running\n"
	        "and on a stopped node.\n",
	.examples = "  normlink log add sac example.com/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
	.exits = "1 a peer or another log has this name or key",
	.run = run,
};
