#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "proto/record.h"

/* YYYY[-MM[-DD]], UTC, as milliseconds in decimal. */
static bool read_date(const char *text, char out[24])
{
	struct tm day = { .tm_mday = 1 };
	int year = 0, month = 1, date = 1;
	if (!date_valid(text) || sscanf(text, "%d-%d-%d", &year, &month, &date) < 1 || year < 1970)
		return false;
	day.tm_year = year - 1900;
	day.tm_mon = month - 1;
	day.tm_mday = date;
	(void)snprintf(out, 24, "%lld", (long long)timegm(&day) * 1000);
	return true;
}

static int run(int argc, char **argv)
{
	const char *peer = NULL, *limit = NULL, *offset = NULL, *date = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "peer", .value = &peer },     { "since", .value = &date }, { "limit", .value = &limit },
		{ "offset", .value = &offset }, { "json", .given = &json },  { 0 },
	};
	const struct args args = { cmd_audit.name, argc, argv, options };
	struct buf target = { 0 };
	char since[24] = "0";
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (date != NULL && !read_date(date, since))
		return args_wrong(&args, "--since is a date: YYYY, YYYY-MM or YYYY-MM-DD");
	buf_add_str(&target, "/api/v1/audit");
	client_parameter(&target, "peer", peer);
	client_parameter(&target, "since", since);
	client_parameter(&target, "limit", limit);
	client_parameter(&target, "offset", offset);
	int code = client_answer("audit", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_audit = {
	.name = "audit",
	.arguments = "DIR",
	.summary = "which nodes received what is not public, and when",
	.help =
	    "A line for each entry of a collection that this node gave to another one, of its own log or of one that it\n"
	    "mirrors: written down before the entry was sent.  Then, for each node and collection, how often something "
	    "was\n"
	    "withheld.\n"
	    "\n"
	    "  --peer ORIGIN   of the node that publishes this log\n"
	    "  --since DATE    YYYY, YYYY-MM or YYYY-MM-DD (UTC)\n"
	    "  --limit N       deliveries to show (20, at most 200), --offset N from that one on\n"
	    "  --json          for programs\n",
	.examples = "  normlink audit sac\n"
	            "  normlink audit sac --peer iso.example/log --since 2026-03\n",
	.exits = NULL,
	.run = run,
};
