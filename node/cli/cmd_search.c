#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static void add_parameter(struct buf *target, const char *name, const char *value)
{
	bool first = target->data[target->len - 1] == '?';
	buf_printf(target, "%s%s=", first ? "" : "&", name);
	client_escape(target, value);
}

static void add_words(struct buf *target, int count, char **words)
{
	struct buf all = { 0 };
	for (int i = 0; i < count; i++)
		buf_printf(&all, "%s%s", i > 0 ? " " : "", words[i]);
	if (all.len > 0)
		add_parameter(target, "q", buf_str(&all));
	buf_free(&all);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ics", required_argument, NULL, 'i' },    { "status", required_argument, NULL, 's' },
		{ "origin", required_argument, NULL, 'o' }, { "kind", required_argument, NULL, 'k' },
		{ "limit", required_argument, NULL, 'l' },  { "offset", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },         { NULL, 0, NULL, 0 },
	};
	struct args args = { cmd_search.name, argc, argv, options };
	struct buf target = { 0 };
	bool json = false;
	int option;
	buf_add_str(&target, "/api/v1/search?");
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG) {
			buf_free(&target);
			return ARGS_EXIT;
		}
		if (option == 'j')
			json = true;
		for (const struct option *o = options; o->name != NULL; o++)
			if (o->val == option && o->has_arg == required_argument)
				add_parameter(&target, o->name, optarg);
	}
	int code = ARGS_EXIT;
	bool filtered = target.data[target.len - 1] != '?';
	if (args_positional(&args, filtered ? 1 : 2, QUERY_MAX)) {
		struct reply reply;
		add_words(&target, argc - optind - 1, argv + optind + 1);
		code = client_answer("search", argv[optind], buf_str(&target), json, &reply);
		if (code == 0 && reply.total == 0)
			code = err_exit(ERR_NOT_FOUND);
		reply_free(&reply);
	}
	buf_free(&target);
	return code;
}

const struct command cmd_search = {
	.name = "search",
	.arguments = "DIR|URL WORDS...",
	.summary = "find records, of every log that the node holds",
	.help = "All words must occur, in titles, abstracts or the reference, in any script.  With an option below, the "
	        "words may\n"
	        "be left out.\n"
	        "\n"
	        "  --ics CODE        this ICS code and everything below it\n"
	        "  --status WORD     preparation, upcoming, current, superseded, withdrawn or cancelled\n"
	        "  --origin ORIGIN   what this log says\n"
	        "  --kind WORD       standard, or verdict: what operators decided about logs that forked\n"
	        "  --limit N         at most so many (20; 200 at most)\n"
	        "  --offset N        leave out the first N\n"
	        "  --json            for programs\n",
	.examples = "  normlink search sac 质量管理\n"
	            "  normlink search http://127.0.0.1:7080 quality management --status current --limit 5\n"
	            "  normlink search sac --ics 03.120 --origin iso.example/log --json\n",
	.exits = "1 nothing was found",
	.run = run,
};
