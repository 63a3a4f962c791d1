#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	static const char *const names[] = { "ics", "status", "origin", "kind", "limit", "offset" };
	const char *values[sizeof names / sizeof *names] = { NULL };
	bool json = false;
	const struct args_option options[] = {
		{ names[0], .value = &values[0] }, { names[1], .value = &values[1] },
		{ names[2], .value = &values[2] }, { names[3], .value = &values[3] },
		{ names[4], .value = &values[4] }, { names[5], .value = &values[5] },
		{ "json", .given = &json },        { 0 },
	};
	const struct args args = { cmd_search.name, argc, argv, options };
	struct buf target = { 0 };
	int code = ARGS_EXIT;
	if (!args_read(&args))
		return ARGS_EXIT;
	buf_add_str(&target, "/api/v1/search");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		client_parameter(&target, names[i], values[i]);
	bool filtered = memchr(target.data, '?', target.len) != NULL;
	if (args_positional(&args, filtered ? 1 : 2, QUERY_MAX)) {
		client_words(&target, "q", argc - optind - 1, argv + optind + 1);
		code = client_answer_counted("search", argv[optind], buf_str(&target), json);
	}
	buf_free(&target);
	return code;
}

const struct command cmd_search = {
	.name = "search",
	.arguments = "DIR|URL WORDS...",
	.summary = "find records, of every log that the node holds",
	.help =
	    "All words must occur, in titles, abstracts or the reference, in any script.  With an option below, the "
	    "words may\n"
	    "be left out.\n"
	    "\n"
	    "  --ics CODE        this ICS code and everything below it\n"
	    "  --status WORD     preparation, upcoming, current, superseded, withdrawn or cancelled\n"
	    "  --origin ORIGIN   what this log says\n"
	    "  --kind WORD       standard, project, adoption, indicator, comparison, recognition, translation, patent,\n"
	    "                    citation, declaration, review, feedback, deposit, body or notice; or of statements about\n"
	    "                    logs: sharing, redaction, key, verdict, authority or submitter\n"
	    "  --limit N         at most so many (20; 200 at most)\n"
	    "  --offset N        leave out the first N\n"
	    "  --json            for programs\n",
	.examples = "  normlink search sac 质量管理\n"
	            "  normlink search http://127.0.0.1:7080 quality management --status current --limit 5\n"
	            "  normlink search sac --ics 03.120 --origin iso.example/log --json\n",
	.exits = "1 nothing was found",
	.run = run,
};
