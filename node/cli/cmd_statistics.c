#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static int run(int argc, char **argv)
{
	const char *origin = NULL, *by = NULL, *date = NULL, *opinions = NULL, *format = "text";
	bool json = false;
	const struct args_option options[] = {
		{ "origin", .value = &origin },
		{ "by", .value = &by },
		{ "date", .value = &date },
		{ "opinions", .value = &opinions },
		{ "format", .value = &format },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_statistics.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	json = json || strcmp(format, "json") == 0;
	buf_add_str(&target, "/api/v1/statistics");
	client_parameter(&target, "format", json ? "json" : format);
	client_parameter(&target, "origin", origin);
	client_parameter(&target, "opinions", opinions);
	client_parameter(&target, "by", by);
	client_parameter(&target, "date", date);
	int code = client_answer("statistics", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_statistics = {
	.name = "statistics",
	.arguments = "DIR|URL",
	.summary = "figures over the records, that anybody can count again",
	.help =
	    "Standards by level, status, obligation, ICS field and year; the share made by the market; the adoption of\n"
	    "international standards; months from proposal to publication; age since the last review; translations;\n"
	    "feedback.  Each row is a numerator and a denominator, and at the end stand the logs, sizes and roots that "
	    "all\n"
	    "was counted from: the same command at the same heads prints the same bytes on any node.  Public records "
	    "count,\n"
	    "the newest of each log on each subject, unless retracted, and unless another log speaks for the standard;\n"
	    "proto/STATISTICS.md defines every figure.\n"
	    "\n"
	    "  --origin ORIGIN   all that this log says, also where it has no authority (default: all logs held, each\n"
	    "                    counted by itself, without what is third-party or contested)\n"
	    "  --opinions ORIGIN who speaks for what, as this log says (default: as every log says of itself)\n"
	    "  --by FIGURE       one figure: authority, level, status, obligation, ics, year, market, adoption, degree, "
	    "development,\n"
	    "                    age, translation, standing, feedback, closing or overdue\n"
	    "  --date DAY        the day of ages and deadlines (default: that of the newest entry)\n"
	    "  --format FORM     text (the default), json or csv\n",
	.examples = "  normlink statistics sac\n"
	            "  normlink statistics sac --by level --origin sac.example/log\n"
	            "  normlink statistics https://node.iso.example --format csv --date 2026-12-31 > figures.csv\n",
	.exits = "1 no such folder",
	.run = run,
};
