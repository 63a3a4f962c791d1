#include <stdio.h>

#include "node/cli/command.h"
#include "node/cli/outside_line.h"
#include "node/shell/outside.h"

static int run(int argc, char **argv)
{
	const struct args args = { cmd_witness_add.name, argc, argv, NULL };
	struct buf line = { 0 };
	struct vkey key;
	struct err err = { 0 };
	bool known = false;
	if (!args_read(&args) || !args_positional(&args, 4, 4))
		return ARGS_EXIT;
	const char *dir = argv[optind], *name = argv[optind + 1], *url = argv[optind + 3];
	int rc = vkey_parse(bytes_str(argv[optind + 2]), &key, &err);
	if (rc == OK) {
		outside_witness_line(name, &key, url, &line);
		rc = outside_line_add(dir, buf_bytes(&line), &known, &err);
	}
	buf_free(&line);
	if (rc != OK)
		return command_fail("witness add", &err, NULL);
	if (known)
		(void)printf("%s is asked already; nothing was done\n", name);
	else
		(void)printf("%s is asked for its cosignature on each head from now on\n", name);
	return 0;
}

const struct command cmd_witness_add = {
	.name = "witness add",
	.arguments = "DIR NAME VKEY URL",
	.summary = "ask a witness outside the federation to cosign this node's heads",
	.help =
	    "VKEY is the witness's verifier key, URL its submission prefix (C2SP tlog-witness): heads go to "
	    "URL/add-checkpoint.\n"
	    "Publishing does not wait for it; what it cosigns is added to the head when it comes, and asked again later "
	    "when\n"
	    "it does not.  The witness must know this node's log: give it the `log:` line of normlink card.  The line is "
	    "kept\n"
	    "in DIR/outside, a tlog-policy; normlink status shows how it went.\n",
	.examples = "  normlink witness add sac w1 witness.example/w1+... https://witness.example/\n",
	.exits = "1 a peer or another witness has this name or key",
	.run = run,
};
