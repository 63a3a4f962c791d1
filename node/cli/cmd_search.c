#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/hits.h"
#include "node/shell/file.h"

struct question {
	const char *policy, *head;
	bool json, verify;
};

/* Every hit is checked here, whatever the node says. */
static int verify(const struct question *q, const char *where, const char *target)
{
	struct reply reply;
	struct hits hits = { 0 };
	struct buf policy = { 0 }, print = { 0 };
	struct err err = { 0 };
	int rc = file_read(q->policy, POLICY_MAX, &policy, &err);
	int code = rc == OK ? client_ask("search", where, target, true, &reply) : command_fail("search", &err, NULL);
	if (rc != OK || code != 0) {
		buf_free(&policy);
		return code;
	}
	if (client_code(reply.status) != OK)
		code = client_print("search", &reply, true);
	else if (hits_check(buf_bytes(&policy), buf_bytes(&reply.body), q->json, &hits, &print, &err) != OK)
		code = command_fail("search", &err, NULL);
	else
		(void)fwrite(print.data, 1, print.len, stdout);
	if (code == 0 && hits.failed > 0) {
		(void)err_set(&err, ERR_UNTRUSTED, "%zu of %zu not verified", hits.failed, hits.failed + hits.verified);
		code = command_fail("search", &err, NULL);
	} else if (code == 0 && hits.verified == 0) {
		code = err_exit(ERR_NOT_FOUND);
	}
	reply_free(&reply);
	buf_free(&policy);
	buf_free(&print);
	return code;
}

static int run(int argc, char **argv)
{
	static const char *const names[] = { "ics",    "status", "origin",      "kind", "limit",
		                                 "offset", "peers",  "deadline_ms", "hops", "compare" };
	const char *values[sizeof names / sizeof *names] = { NULL };
	struct question q = { 0 };
	const struct args_option options[] = {
		{ names[0], .value = &values[0] }, { names[1], .value = &values[1] },   { names[2], .value = &values[2] },
		{ names[3], .value = &values[3] }, { names[4], .value = &values[4] },   { names[5], .value = &values[5] },
		{ names[6], .value = &values[6] }, { "deadline", .value = &values[7] }, { names[8], .value = &values[8] },
		{ names[9], .value = &values[9] }, { "json", .given = &q.json },        { "verify", .given = &q.verify },
		{ "policy", .value = &q.policy },  { "head", .value = &q.head },        { 0 },
	};
	const struct args args = { cmd_search.name, argc, argv, options };
	struct buf target = { 0 };
	int code = ARGS_EXIT;
	if (!args_read(&args))
		return ARGS_EXIT;
	if (q.verify != (q.policy != NULL))
		return args_wrong(&args, q.verify ? "--policy is missing: without it there is nobody to trust"
		                                  : "--policy is for --verify");
	buf_add_str(&target, "/api/v1/search");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		client_parameter(&target, names[i], values[i]);
	bool filtered = memchr(target.data, '?', target.len) != NULL;
	if (args_positional(&args, filtered ? 1 : 2, QUERY_MAX)) {
		client_words(&target, "q", argc - optind - 1, argv + optind + 1);
		client_parameter(&target, "proofs", q.verify ? "1" : NULL);
		client_parameter(&target, "head", q.head);
		code = q.verify ? verify(&q, argv[optind], buf_str(&target))
		                : client_answer_counted("search", argv[optind], buf_str(&target), q.json);
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
	    "  --json            for programs\n"
	    "\n"
	    "  --peers all       ask the node's peers, too, or those named: bob,carol; what they say is checked first\n"
	    "  --deadline MS     their time, from 50 to 10000 (2000)\n"
	    "  --hops N          let them ask theirs: 2, 3 (1: not)\n"
	    "  --compare live    ask each peer about its own log, and say what the copy here says differently\n"
	    "\n"
	    "  --verify --policy FILE   every hit must prove what it shows, whoever answers: its head signed and cosigned "
	    "as\n"
	    "                    the policy asks (C2SP tlog-policy; normlink policy makes one), the entry in it, and its\n"
	    "                    record what is shown.  What is printed is read from what was proved\n"
	    "  --head cosigned   of the proofs: under the newest head that a quorum has cosigned\n",
	.examples = "  normlink search sac 质量管理\n"
	            "  normlink search http://127.0.0.1:7080 quality management --status current --limit 5\n"
	            "  normlink search sac --ics 03.120 --origin iso.example/log --json\n"
	            "  normlink search http://127.0.0.1:7080 ISO 9001 --verify --policy policy\n"
	            "  normlink search sac 质量管理 --peers all --deadline 1000\n",
	.exits = "1 nothing was found, or a hit was not verified",
	.run = run,
};
