#include <stdio.h>

#include "node/api/statuses.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	bool json = false;
	const struct args_option options[] = { { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_statuses.name, argc, argv, options };
	struct buf out = { 0 };
	if (!args_read(&args) || !args_positional(&args, 0, 1))
		return ARGS_EXIT;
	if (!statuses_put(argc > optind ? argv[optind] : NULL, json, &out))
		return args_wrong(&args, "there is no scheme %s; without one all are listed", argv[optind]);
	(void)fputs(buf_str(&out), stdout);
	buf_free(&out);
	return 0;
}

const struct command cmd_statuses = {
	.name = "statuses",
	.arguments = "[SCHEME]",
	.summary = "what the bodies' words for a status mean here",
	.help =
	    "Each word or stage code of ISO, IEC, JIS, GB, CEN, ASTM, IEEE, ITU and Relaton, the status that it is in the "
	    "one\n"
	    "lifecycle (preparation, upcoming, current, superseded, withdrawn, cancelled), and the document or page that "
	    "says\n"
	    "so.  A ? marks what is this project's reading.  Needs no node.\n"
	    "\n"
	    "  --json   for programs\n",
	.examples = "  normlink statuses\n"
	            "  normlink statuses gb\n"
	            "  normlink statuses iso --json\n",
	.exits = NULL,
	.run = run,
};
