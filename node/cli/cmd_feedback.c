/* feedback list, show, step, close, publish: what the public has to say, and how it is handled. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/post.h"
#include "proto/field.h"
#include "proto/message.h"
#include "proto/record.h"

/* ---- list, show ---- */

static int run_list(int argc, char **argv)
{
	bool json = false, overdue = false, open = false;
	const char *from = NULL;
	const struct args_option options[] = {
		{ "json", .given = &json },
		{ "overdue", .given = &overdue },
		{ "open", .given = &open },
		{ "from", .value = &from },
		{ 0 },
	};
	const struct args args = { cmd_feedback_list.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	struct buf target = { 0 };
	buf_add_str(&target, "/api/v1/feedback");
	client_parameter(&target, "overdue", overdue ? "1" : NULL);
	client_parameter(&target, "open", open ? "1" : NULL);
	client_parameter(&target, "from", from);
	int code = client_answer("feedback list", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_feedback_list = {
	.name = "feedback list",
	.arguments = "DIR|URL",
	.summary = "what the public has sent to a node, and how far it has come",
	.help = "A line for each: number, type, when it was received, open or closed or overdue, the next deadline, about "
	        "what.\n\n"
	        "  --open     those that are not closed\n"
	        "  --overdue  of those, what should have had its next step by now\n"
	        "  --from N   where an answer that was not all said that there is more\n"
	        "  --json     for programs, with the records\n",
	.examples = "  normlink feedback list sac --overdue\n",
	.exits = NULL,
	.run = run_list,
};

static int run_show(int argc, char **argv)
{
	bool json = false;
	const struct args_option options[] = { { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_feedback_show.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	buf_add_str(&target, "/api/v1/feedback/");
	client_escape(&target, argv[optind + 1]);
	int code = client_answer("feedback show", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_feedback_show = {
	.name = "feedback show",
	.arguments = "DIR|URL NUMBER",
	.summary = "one piece of feedback with its steps",
	.help = "Of a DIR also what is not public: who sent it, and a text that is withheld.  Its history, revision by\n"
	        "revision, is normlink show DIR NUMBER.\n\n"
	        "  --json   for programs\n",
	.examples = "  normlink feedback show sac sac-2026-000123\n",
	.exits = "1 there is none of that number",
	.run = run_show,
};

/* ---- step, close ---- */

struct handling {
	const char *step, *result, *deadline, *by, *note;
};

static bool one_line(const char *text)
{
	return text == NULL || (text[0] != '\0' && strchr(text, '\n') == NULL);
}

static void put_line(struct buf *out, const char *key, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s %s\n", key, value);
}

static int post(const char *command, const char *dir, const struct buf *body, const char *done)
{
	struct reply reply = { 0 };
	struct bytes index;
	struct err err = { 0 };
	int rc = post_entry(dir, LOG_WARN, "/local/v1/feedback", buf_bytes(body), &reply, &index, &err);
	if (rc == OK)
		(void)printf("%s, entry %.*s\n", done, (int)index.len, (const char *)index.data);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail(command, &err, NULL);
}

static int handle(const struct args *args, const struct handling *h, const char *done)
{
	struct buf body = { 0 };
	char today[16] = "";
	time_t now = time(NULL);
	struct tm utc;
	if (!one_line(h->by) || !one_line(h->note))
		return args_wrong(args, "--by and --note are a line each");
	if (h->deadline != NULL && !date_valid(h->deadline))
		return args_wrong(args, "--deadline is a date like 2026-12-31");
	if (gmtime_r(&now, &utc) != NULL)
		(void)strftime(today, sizeof today, "%Y-%m-%d", &utc);
	put_line(&body, "number", args->argv[optind + 1]);
	put_line(&body, "step", h->step);
	put_line(&body, "date", today);
	put_line(&body, "result", h->result);
	put_line(&body, "deadline", h->deadline);
	put_line(&body, "by", h->by);
	put_line(&body, "note", h->note);
	int code = post(args->name, args->argv[optind], &body, done);
	buf_free(&body);
	return code;
}

static int run_step(int argc, char **argv)
{
	struct handling h = { 0 };
	const struct args_option options[] = { { "step", .value = &h.step },
		                                   { "note", .value = &h.note },
		                                   { "deadline", .value = &h.deadline },
		                                   { "by", .value = &h.by },
		                                   { 0 } };
	const struct args args = { cmd_feedback_step.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	int type = h.step != NULL ? code_of_word(&normlink__step__step_type__descriptor, h.step) : 0;
	if (type == 0 || type == NORMLINK__STEP__STEP_TYPE__STEP_RECEIVED || type == NORMLINK__STEP__STEP_TYPE__STEP_CLOSED)
		return args_wrong(&args, "--step is accepted, assigned, answered, escalated or reopened");
	return handle(&args, &h, "noted");
}

const struct command cmd_feedback_step = {
	.name = "feedback step",
	.arguments = "DIR NUMBER --step STEP",
	.summary = "say what was done about a piece of feedback",
	.help = "One more step, dated today, public, and for good: each is a revision in the node's log.\n\n"
	        "  --step STEP      accepted, assigned, answered, escalated, or reopened\n"
	        "  --note TEXT      a line for everybody to read\n"
	        "  --by NAME        who handles it from now on\n"
	        "  --deadline DATE  when the next step is due; after that it is overdue\n",
	.examples = "  normlink feedback step sac sac-2026-000123 --step assigned --by 'SAC/TC 151' --deadline 2026-12-31\n"
	            "  normlink feedback step sac sac-2026-000123 --step answered --note 'Clause 7.1.5 is corrected'\n",
	.exits = "1 there is none of that number, or it is closed",
	.run = run_step,
};

static int run_close(int argc, char **argv)
{
	struct handling h = { .step = "closed" };
	const struct args_option options[] = {
		{ "result", .value = &h.result }, { "note", .value = &h.note }, { "by", .value = &h.by }, { 0 }
	};
	const struct args args = { cmd_feedback_close.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (h.result == NULL || code_of_word(&normlink__feedback__result__descriptor, h.result) == 0)
		return args_wrong(&args, "--result is answered, accepted, partly, rejected, referred or withdrawn");
	return handle(&args, &h, "closed");
}

const struct command cmd_feedback_close = {
	.name = "feedback close",
	.arguments = "DIR NUMBER --result RESULT",
	.summary = "end the handling of a piece of feedback, with its outcome",
	.help = "It stays, with every step; feedback step --step reopened opens it again.\n\n"
	        "  --result RESULT  answered, accepted, partly, rejected, referred (to another body) or withdrawn\n"
	        "  --note TEXT      a line for everybody to read\n"
	        "  --by NAME        who decided\n",
	.examples = "  normlink feedback close sac sac-2026-000123 --result accepted --note 'In the next edition'\n",
	.exits = "1 there is none of that number, or it is closed",
	.run = run_close,
};

/* ---- publish ---- */

static int run_publish(int argc, char **argv)
{
	const struct args args = { cmd_feedback_publish.name, argc, argv, NULL };
	struct buf body = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	put_line(&body, "publish", argv[optind + 1]);
	int code = post("feedback publish", argv[optind], &body, "public from now on");
	buf_free(&body);
	return code;
}

const struct command cmd_feedback_publish = {
	.name = "feedback publish",
	.arguments = "DIR NUMBER",
	.summary = "make public what the sender of a piece of feedback wrote",
	.help =
	    "Look at it first (feedback show): what is published can be redacted, and not be unread.  Who sent it stays\n"
	    "withheld in any case.\n",
	.examples = "  normlink feedback publish sac sac-2026-000123\n",
	.exits = "1 there is none of that number, or its text is public",
	.run = run_publish,
};
