#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	const char *origin = NULL, *kind = NULL;
	bool json = false, history = false;
	const struct args_option options[] = {
		{ "kind", .value = &kind },
		{ "origin", .value = &origin },
		{ "history", .given = &history },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_show.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	bool by_number = client_reference(&target, argc - optind - 1, argv + optind + 1);
	if (history)
		buf_add_str(&target, "/revisions");
	client_parameter(&target, "origin", origin);
	client_parameter(&target, "kind", kind);
	int code;
	if (by_number && history)
		code = args_wrong(&args, "--history goes with a reference");
	else if (by_number ? kind != NULL : origin != NULL)
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
	    "any more: that was taken away with the rest.  What else is said about the reference (adoptions, "
	    "translations,\n"
	    "indicators and the rest) follows, a line each.\n"
	    "\n"
	    "Whoever speaks for the reference (normlink authority) is shown in full, and of others what contradicts it;\n"
	    "where several claim it, or nobody does, all are shown in full.\n"
	    "\n"
	    "  --kind WORD       records of that kind alone: standard, project, adoption, indicator, comparison,\n"
	    "                    recognition, translation, patent, citation, declaration, review, feedback, deposit, "
	    "body,\n"
	    "                    notice; or statements about logs: sharing (REFERENCE is a collection), redaction (an\n"
	    "                    entry's number), key (log, witness, mirror or tls), verdict, authority (an origin),\n"
	    "                    submitter (a name)\n"
	    "  --history         every revision by every log, and what changed from one to the next\n"
	    "  --origin ORIGIN   #INDEX is of this log (default: the node's own)\n"
	    "  --json            for programs\n",
	.examples = "  normlink show sac 'GB/T 19001-2016'\n"
	            "  normlink show sac ISO 9001\n"
	            "  normlink show sac 'GB/T 19001-2016#en' --kind translation\n"
	            "  normlink show sac 'GB/T 19001-2016' --history\n"
	            "  normlink show sac '#4711'\n"
	            "  normlink show sac members --kind sharing\n"
	            "  normlink show https://node.iso.example 'ISO 9001:2015' --json\n",
	.exits = "1 no log here says anything about it",
	.run = run,
};
