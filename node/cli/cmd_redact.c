#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/post.h"

/* "#12" is an entry's number; anything else is words of a reference. */
static void put_target(struct buf *out, int count, char **words)
{
	struct buf reference = { 0 };
	args_join(count, words, &reference);
	buf_add_str(out, "/local/v1/redactions");
	if (words[0][0] == '#' && count == 1)
		client_parameter(out, "index", words[0] + 1);
	else
		client_parameter(out, "reference", buf_str(&reference));
	buf_free(&reference);
}

static bool confirmed(void)
{
	char line[16] = "";
	(void)fputs("Redact these for good?  Nothing brings them back.  Type yes: ", stderr);
	return fgets(line, sizeof line, stdin) != NULL && strcmp(line, "yes\n") == 0;
}

/* Show what is meant, and ask. */
static int ask_first(struct post *p, const struct buf *target, bool *go, struct err *err)
{
	struct reply reply = { 0 };
	struct buf dry = { 0 };
	buf_add_bytes(&dry, buf_bytes(target));
	client_parameter(&dry, "dry", "1");
	int rc = post_ask(p, buf_str(&dry), POST_TEXT, bytes_str(""), &reply, err);
	if (rc == OK) {
		(void)fwrite(reply.body.data, 1, reply.body.len, stderr);
		if (isatty(STDIN_FILENO) == 0)
			rc = err_set(err, ERR_USAGE, "nobody is there to be asked: say --yes");
		else
			*go = confirmed();
	}
	buf_free(&dry);
	reply_free(&reply);
	return rc;
}

static int redact(const char *dir, struct buf *target, bool yes)
{
	struct post post;
	struct reply reply = { 0 };
	struct err err = { 0 };
	bool go = yes;
	int rc = post_begin(&post, dir, LOG_WARN, &err);
	if (rc == OK && !yes)
		rc = ask_first(&post, target, &go, &err);
	if (rc == OK && go)
		rc = post_ask(&post, buf_str(target), POST_TEXT, bytes_str(""), &reply, &err);
	if (rc == OK && go)
		(void)fwrite(reply.body.data, 1, reply.body.len, stdout);
	if (rc == OK && !go)
		rc = err_set(&err, ERR_CLOSED, "nothing was done");
	rc = post_end(&post, rc, &err);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail("redact", &err, NULL);
}

static int run(int argc, char **argv)
{
	const char *reason = NULL, *basis = NULL;
	bool yes = false;
	const struct args_option options[] = {
		{ "reason", .value = &reason },
		{ "basis", .value = &basis },
		{ "yes", .given = &yes },
		{ 0 },
	};
	const struct args args = { cmd_redact.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	if (reason == NULL || basis == NULL || reason[0] == '\0' || basis[0] == '\0')
		return args_wrong(&args, "--reason and --basis are needed: they stay in the log, for everybody to read");
	put_target(&target, argc - optind - 1, argv + optind + 1);
	client_parameter(&target, "reason", reason);
	client_parameter(&target, "basis", basis);
	int code = redact(argv[optind], &target, yes);
	buf_free(&target);
	return code;
}

const struct command cmd_redact = {
	.name = "redact",
	.arguments = "DIR REFERENCE|#INDEX",
	.summary = "remove a record of our own log for good, with a reason",
	.help = "Removes the content of all that our own log says about REFERENCE, or of the one entry INDEX, here and on "
	        "every\n"
	        "mirror, and says so in the log: index, digest, reason and basis stay there for everybody to read, so "
	        "choose the\n"
	        "words with care.  The entries stay as well, without content, so that the log can still be verified.  The "
	        "command\n"
	        "comes back when the content is out of the log, the search and the database's files (backups, snapshots "
	        "and what\n"
	        "a disk keeps by itself are yours to look after).  Mirrors follow as they hear of it: GET "
	        "/api/v1/redactions and\n"
	        "normlink status list who has confirmed.\n"
	        "\n"
	        "  --reason TEXT   why, one line\n"
	        "  --basis TEXT    the law, ruling or request, one line\n"
	        "  --yes           do not ask\n",
	.examples = "  normlink redact sac 'GB/T 19001-2016' --reason 'names a private person' --basis 'PIPL, article 47'\n"
	            "  normlink redact sac '#4711' --reason 'published by mistake' --basis 'order 2026-17' --yes\n",
	.exits = "1 our log says nothing of that name, or it is redacted already, or nobody said yes",
	.run = run,
};
