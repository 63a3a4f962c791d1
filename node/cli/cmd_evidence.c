#include <stdio.h>

#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	const char *sha256 = NULL, *index = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "sha256", .value = &sha256 }, { "index", .value = &index }, { "json", .given = &json }, { 0 }
	};
	const struct args args = { cmd_evidence.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, sha256 != NULL || index != NULL ? 2 : 1, 2))
		return ARGS_EXIT;
	buf_add_str(&target, "/api/v1/evidence");
	if (argc - optind == 2) {
		buf_add_char(&target, '/');
		client_escape(&target, argv[optind + 1]);
	}
	client_parameter(&target, "sha256", sha256);
	client_parameter(&target, "index", index);
	int code = client_answer("evidence", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_evidence = {
	.name = "evidence",
	.arguments = "DIR|URL [ORIGIN]",
	.summary = "logs that signed two histories, or a false index root, and the proof of it",
	.help =
	    "Without ORIGIN: which logs forked, what each signed twice, and what the operator of the node decided; and\n"
	    "which stated an index root that is not what their entries give.\n"
	    "With ORIGIN: the newest evidence as a file, of a fork if there is any.  normlink verify checks that of a\n"
	    "fork with the log's key alone, that of an index root with the log's entries (--log).\n"
	    "\n"
	    "  --sha256 HEX   an older file about a fork, as the list names it\n"
	    "  --index N      the file about the index root at that entry\n"
	    "  --json         the list for programs\n",
	.examples = "  normlink evidence sac\n"
	            "  normlink evidence http://127.0.0.1:7080 iso.example/log > iso.normlink-evidence\n"
	            "  normlink verify --policy policy iso.normlink-evidence\n"
	            "  normlink evidence sac iso.example/log --index 4711 | normlink verify --policy policy --log sac -\n",
	.exits = "1 no evidence of that is held",
	.run = run,
};
