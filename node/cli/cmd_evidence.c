#include <stdio.h>

#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	const char *sha256 = NULL;
	bool json = false;
	const struct args_option options[] = { { "sha256", .value = &sha256 }, { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_evidence.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, sha256 != NULL ? 2 : 1, 2))
		return ARGS_EXIT;
	buf_add_str(&target, "/api/v1/evidence");
	if (argc - optind == 2) {
		buf_add_char(&target, '/');
		client_escape(&target, argv[optind + 1]);
	}
	client_parameter(&target, "sha256", sha256);
	int code = client_answer("evidence", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_evidence = {
	.name = "evidence",
	.arguments = "DIR|URL [ORIGIN]",
	.summary = "logs that signed two histories, and the proof of it",
	.help = "Without ORIGIN: which logs forked, what each signed twice, and what the operator of the node decided.\n"
	        "With ORIGIN: the newest evidence as a file, which normlink verify checks with the log's key alone.\n"
	        "\n"
	        "  --sha256 HEX   an older file about that origin, as the list names it\n"
	        "  --json         the list for programs\n",
	.examples = "  normlink evidence sac\n"
	            "  normlink evidence http://127.0.0.1:7080 iso.example/log > iso.normlink-evidence\n"
	            "  normlink verify --policy policy iso.normlink-evidence\n",
	.exits = "1 no evidence of that is held",
	.run = run,
};
