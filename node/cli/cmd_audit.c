#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "proto/record.h"

/* YYYY[-MM[-DD]], UTC, as milliseconds. */
static bool read_date(const char *text, uint64_t *out)
{
	struct tm day = { .tm_mday = 1 };
	int year = 0, month = 1, date = 1;
	if (!date_valid(text) || sscanf(text, "%d-%d-%d", &year, &month, &date) < 1 || year < 1970)
		return false;
	day.tm_year = year - 1900;
	day.tm_mon = month - 1;
	day.tm_mday = date;
	*out = (uint64_t)timegm(&day) * 1000;
	return true;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "peer", required_argument, NULL, 'p' },  { "since", required_argument, NULL, 's' },
		{ "limit", required_argument, NULL, 'l' }, { "offset", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },        { NULL, 0, NULL, 0 },
	};
	struct args args = { cmd_audit.name, argc, argv, options };
	struct buf target = { 0 };
	struct reply reply;
	uint64_t since = 0;
	bool json = false;
	int option, code = ARGS_EXIT;
	buf_add_str(&target, "/api/v1/audit?");
	while ((option = args_next(&args)) != ARGS_END) {
		static const char *const names[] = { ['p'] = "peer", ['l'] = "limit", ['o'] = "offset" };
		if (option == ARGS_WRONG)
			goto out;
		if (option == 's' && !read_date(optarg, &since)) {
			code = args_wrong(&args, "--since is a date: YYYY, YYYY-MM or YYYY-MM-DD");
			goto out;
		}
		json |= option == 'j';
		if (option == 'j' || option == 's')
			continue;
		buf_printf(&target, "%s=", names[option]);
		client_escape(&target, optarg);
		buf_add_char(&target, '&');
	}
	if (!args_positional(&args, 1, 1))
		goto out;
	buf_printf(&target, "since=%llu", (unsigned long long)since);
	code = client_answer("audit", argv[optind], buf_str(&target), json, &reply);
	reply_free(&reply);
out:
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
