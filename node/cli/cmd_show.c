#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	const char *origin = NULL, *kind = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "kind", .value = &kind },
		{ "origin", .value = &origin },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_show.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	bool by_number = client_reference(&target, argc - optind - 1, argv + optind + 1);
	client_parameter(&target, "origin", origin);
	client_parameter(&target, "kind", kind);
	int code;
	if (by_number ? kind != NULL : origin != NULL)
		code = args_wrong(&args, by_number ? "--kind goes with a subject" : "--origin goes with #INDEX");
	else
		code = client_answer("show", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_show = {
	.name = "show",
	.arguments = "DIR|URL REFERENCE|#INDEX",
	.summary = "one record: facts, revisions, origin, head, cosignatures",
	.help =
	    "The reference may be written as people write it (GB/T19001-2016, iso 9001:2015); without a year the newest\n"
	    "edition is shown and the others are listed.  Signatures are listed, not checked: that is what normlink proof\n"
	    "and normlink verify are for.  #INDEX is one entry of a log by its number: also one whose content was\n"
	    "redacted, with the reason, the basis and who has confirmed it.  By its reference such a record is not found\n"
	    "any more: that was taken away with the rest.\n"
	    "\n"
	    "  --kind WORD       what REFERENCE is the subject of: sharing (a collection), redaction (an entry's number),\n"
	    "                    key (log, witness, mirror or tls), verdict (an origin), or standard\n"
	    "  --origin ORIGIN   #INDEX is of this log (default: the node's own)\n"
	    "  --json            for programs\n",
	.examples = "  normlink show sac 'GB/T 19001-2016'\n"
	            "  normlink show sac ISO 9001\n"
	            "  normlink show sac '#4711'\n"
	            "  normlink show sac members --kind sharing\n"
	            "  normlink show https://node.iso.example 'ISO 9001:2015' --json\n",
	.exits = "1 no log here says anything about it",
	.run = run,
};
