/* impact and drift: what depends on a standard, and what no longer follows its source. */
#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static int run_impact(int argc, char **argv)
{
	const char *lang = NULL, *limit = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "lang", .value = &lang }, { "limit", .value = &limit }, { "json", .given = &json }, { 0 }
	};
	const struct args args = { cmd_impact.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	buf_add_str(&target, "/api/v1/impact");
	client_words(&target, "ref", argc - optind - 1, argv + optind + 1);
	client_parameter(&target, "lang", lang);
	client_parameter(&target, "limit", limit);
	int code = client_answer_counted("impact", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

static int run_drift(int argc, char **argv)
{
	static const char *const names[] = { "origin", "lang", "limit", "offset", "from" };
	const char *values[sizeof names / sizeof *names] = { NULL };
	bool json = false;
	const struct args_option options[] = {
		{ names[0], .value = &values[0] },
		{ names[1], .value = &values[1] },
		{ names[2], .value = &values[2] },
		{ names[3], .value = &values[3] },
		{ names[4], .value = &values[4] },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_drift.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (values[0] == NULL)
		return args_wrong(&args, "--origin is missing: the log whose adoptions are looked at");
	buf_add_str(&target, "/api/v1/drift");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		client_parameter(&target, names[i], values[i]);
	int code = client_answer_counted("drift", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_impact = {
	.name = "impact",
	.arguments = "DIR|URL REFERENCE",
	.summary = "what depends on a standard",
	.help =
	    "Acts that cite it, recognitions, declarations of enterprises, patents, translations, feedback that is open,\n"
	    "projects that will change it, standards that cite it normatively; and the same for everything that adopts "
	    "it,\n"
	    "to any depth.  Each group with its count and the first of its list.\n"
	    "\n"
	    "  --limit N    at most so many of each list (20; 200 at most)\n"
	    "  --lang TAG   titles in this language where there are some\n"
	    "  --json       for programs\n",
	.examples = "  normlink impact iso 'ISO 9001:2015'\n"
	            "  normlink impact iso 'ISO/IEC 27001' --limit 200 --json\n",
	.exits = "1 nothing depends on it, or no log here says anything about it",
	.run = run_impact,
};

const struct command cmd_drift = {
	.name = "drift",
	.arguments = "DIR|URL --origin ORIGIN",
	.summary = "adoptions whose source has been superseded or withdrawn",
	.help =
	    "Of every standard in force that this log says adopts another, the source is followed to the edition in\n"
	    "force.  Listed are those whose source is not that any more, with what is in force now and since when.\n"
	    "\n"
	    "  --origin ORIGIN   the log whose adoptions are looked at\n"
	    "  --limit N         at most so many (20; 200 at most)\n"
	    "  --offset N        leave out the first N\n"
	    "  --from N          adoptions from this entry on: an answer goes through so many, and says where to go on\n"
	    "  --lang TAG        titles in this language where there are some\n"
	    "  --json            for programs\n",
	.examples = "  normlink drift sac --origin sac.example/log\n"
	            "  normlink drift http://127.0.0.1:7080 --origin jisc.example/log --json\n",
	.exits = "1 none has drifted",
	.run = run_drift,
};
