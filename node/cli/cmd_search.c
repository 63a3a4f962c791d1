#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/hits.h"
#include "node/core/question.h"
#include "node/shell/file.h"

struct wanted {
	const char *policy, *head;
	bool json, verify;
};

/* Every hit is checked here, whatever the node says. */
static int verify(const struct wanted *q, const char *where, const char *target)
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

/* "published-from". */
static const char *option_name(enum question_name name, char out[CODE_MAX])
{
	(void)snprintf(out, CODE_MAX, "%s", question_name(name));
	for (char *c = out; *c != '\0'; c++)
		*c = (char)(*c == '_' ? '-' : *c);
	return out;
}

static int run(int argc, char **argv)
{
	const char *values[QUESTION_NAMES] = { NULL };
	static const char *const federated[] = { "peers", "deadline_ms", "hops", "compare" };
	enum { FEDERATED = sizeof federated / sizeof *federated, OWN = 4 + FEDERATED };
	const char *wishes[FEDERATED] = { NULL };
	char names[QUESTION_NAMES][CODE_MAX];
	struct wanted q = { 0 };
	struct args_option options[OWN + QUESTION_NAMES] = {
		{ "json", .given = &q.json },          { "verify", .given = &q.verify },
		{ "policy", .value = &q.policy },      { "head", .value = &q.head },
		{ federated[0], .value = &wishes[0] }, { "deadline", .value = &wishes[1] },
		{ federated[2], .value = &wishes[2] }, { federated[3], .value = &wishes[3] },
	};
	for (enum question_name i = QUESTION_Q + 1; i < QUESTION_NAMES; i++)
		options[OWN - 1 + i] = (struct args_option){ option_name(i, names[i]), .value = &values[i] };
	const struct args args = { cmd_search.name, argc, argv, options };
	struct buf target = { 0 };
	int code = ARGS_EXIT;
	if (!args_read(&args))
		return ARGS_EXIT;
	if (q.verify != (q.policy != NULL))
		return args_wrong(&args, q.verify ? "--policy is missing: without it there is nobody to trust"
		                                  : "--policy is for --verify");
	buf_add_str(&target, "/api/v1/search");
	for (enum question_name i = QUESTION_Q + 1; i < QUESTION_NAMES; i++)
		client_parameter(&target, question_name(i), values[i]);
	for (size_t i = 0; i < FEDERATED; i++)
		client_parameter(&target, federated[i], wishes[i]);
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
	    "All words must occur, in titles, abstracts or the reference, in any script.  '\"quoted words\"' stand next "
	    "to\n"
	    "one another, 'manag*' begins a word, title: reference: abstract: before a word say where.  With an option\n"
	    "below, the words may be left out.\n"
	    "\n"
	    "  --ref REFERENCE   typed loosely: gbt19001; without a year all editions\n"
	    "  --ics CODE, --ccs CODE   this code and everything below it\n"
	    "  --status WORD     preparation, upcoming, current, superseded, withdrawn or cancelled\n"
	    "  --stage CODE, --level WORD, --body NAME, --committee NAME, --lang TAG\n"
	    "  --origin ORIGIN   what this log says\n"
	    "  --kind WORD       standard, project, adoption, indicator, comparison, recognition, translation, patent,\n"
	    "                    citation, declaration, review, feedback, deposit, body or notice; or of statements about\n"
	    "                    logs: sharing, redaction, key, verdict, authority, submitter or index\n"
	    "  --published-from DATE, --published-to DATE   2016, 2016-12 or 2016-12-30\n"
	    "  --adopts REFERENCE [--degree idt|mod|neq], --replaces, --cites, --cited-by REFERENCE\n"
	    "                    where codes and words stand, several with commas between: any of them\n"
	    "  --sort KEYS       relevance, date, reference, title and others; -date: the newest first\n"
	    "  --facets FIELDS   also count by them: kind,status,ics; --facet-limit N: so many values each (10)\n"
	    "  --limit N         at most so many (20; 200 at most)\n"
	    "  --offset N        leave out the first N\n"
	    "  --cursor TEXT     go on where an answer ended (next, in JSON), whatever has come since\n"
	    "  --across 0        nothing that is only found through an edition in another language\n"
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
