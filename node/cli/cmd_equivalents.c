/* equivalents and current: from one reference to others. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/shell/file.h"

/* ---- the proofs of each step ---- */

/* "FOLDER/iso.example-log-12.tlog-proof" */
static void name_file(struct buf *out, const char *folder, const char *origin, uint64_t index)
{
	buf_printf(out, "%s/", folder);
	for (const char *c = origin; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == '.';
		buf_add_char(out, plain && (*c != '.' || c > origin) ? *c : '-');
	}
	buf_printf(out, "-%" PRIu64 ".tlog-proof", index);
}

static int write_proof(struct client *client, const char *folder, const char *origin, uint64_t index, struct err *err)
{
	struct buf target = { 0 }, file = { 0 };
	struct reply reply = { 0 };
	buf_printf(&target, "/api/v1/entries/%" PRIu64 "/proof?origin=", index);
	client_escape(&target, origin);
	name_file(&file, folder, origin, index);
	int rc = client_get(client, buf_str(&target), "text/plain", &reply, err);
	if (rc == OK && client_code(reply.status) != OK)
		rc = err_set(err, client_code(reply.status), "%s #%" PRIu64 ": %.*s", origin, index,
		             reply.body.len > 0 ? (int)reply.body.len - 1 : 0, (const char *)reply.body.data);
	if (rc == OK)
		rc = file_write(buf_str(&file), buf_bytes(&reply.body), 0644, err);
	reply_free(&reply);
	buf_free(&target);
	buf_free(&file);
	return rc;
}

/* The answer's lines: origin, a blank, an index. */
static int write_proofs(struct client *client, const char *folder, struct buf *list, size_t *count, struct err *err)
{
	int rc = OK;
	char *rest = NULL, *text = strdup(buf_str(list));
	if (text == NULL)
		return err_set(err, ERR_LIMIT, "no memory");
	for (char *line = strtok_r(text, "\n", &rest); rc == OK && line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		char *blank = strrchr(line, ' ');
		uint64_t index;
		if (blank == NULL || !args_number(blank + 1, INT64_MAX, &index)) {
			rc = err_set(err, ERR_PROTOCOL, "the node lists something else than entries");
			break;
		}
		*blank = '\0';
		rc = write_proof(client, folder, line, index, err);
		*count += rc == OK;
	}
	free(text);
	return rc;
}

/* target: that of the question, which is asked once more for the list. */
static int proofs(const char *where, const char *folder, struct buf *target)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	struct err err = { 0 };
	size_t count = 0;
	client_parameter(target, "list", "entries");
	int rc = mkdir(folder, 0777) == 0 || errno == EEXIST ? OK : err_errno(&err, errno, "cannot make %s", folder);
	if (rc == OK)
		rc = client_open(where, &client, &err);
	if (rc == OK)
		rc = client_get(client, buf_str(target), "text/plain", &reply, &err);
	if (rc == OK && client_code(reply.status) != OK)
		rc = err_set(&err, client_code(reply.status), "the node answered %d", reply.status);
	if (rc == OK)
		rc = write_proofs(client, folder, &reply.body, &count, &err);
	if (rc == OK)
		(void)fprintf(stderr, "%zu proof%s in %s; normlink verify checks each\n", count, count == 1 ? "" : "s", folder);
	reply_free(&reply);
	client_close(client);
	return rc == OK ? 0 : command_fail("equivalents", &err, NULL);
}

static void write_target(struct buf *target, const char *path, int argc, char **argv, const char *lang)
{
	buf_add_str(target, path);
	client_words(target, "ref", argc - optind - 1, argv + optind + 1);
	client_parameter(target, "lang", lang);
}

static int run_equivalents(int argc, char **argv)
{
	const char *lang = NULL, *folder = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "lang", .value = &lang }, { "proofs", .value = &folder }, { "json", .given = &json }, { 0 }
	};
	const struct args args = { cmd_equivalents.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	write_target(&target, "/api/v1/equivalents", argc, argv, lang);
	int code = client_answer_counted("equivalents", argv[optind], buf_str(&target), json);
	if (code == 0 && folder != NULL)
		code = proofs(argv[optind], folder, &target);
	buf_free(&target);
	return code;
}

static int run_current(int argc, char **argv)
{
	const char *lang = NULL;
	bool json = false;
	const struct args_option options[] = { { "lang", .value = &lang }, { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_current.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	write_target(&target, "/api/v1/current", argc, argv, lang);
	int code = client_answer_counted("current", argv[optind], buf_str(&target), json);
	buf_free(&target);
	return code;
}

const struct command cmd_equivalents = {
	.name = "equivalents",
	.arguments = "DIR|URL REFERENCE",
	.summary = "the local editions of a standard everywhere",
	.help =
	    "Up to the sources that it adopts, and down to all that adopt these, to any depth, across all logs; documents\n"
	    "that are one under several references, or recognised in place of one another, count on the way.  Each with "
	    "its\n"
	    "degree (ISO/IEC Guide 21: IDT, MOD, NEQ), the path to it, and for each step the entry that says so.  Without "
	    "a\n"
	    "year all editions are asked for.  What third parties say comes last, marked.\n"
	    "\n"
	    "  --lang TAG        titles in this language where there are some\n"
	    "  --proofs FOLDER   write the proof of each step there, for normlink verify\n"
	    "  --json            for programs\n",
	.examples = "  normlink equivalents sac 'GB/T 19001'\n"
	            "  normlink equivalents sac 'ISO 9001:2015' --lang ja --proofs proofs\n"
	            "  normlink equivalents http://127.0.0.1:7080 'JIS Q 9001:2015' --json\n",
	.exits = "1 nothing is equivalent to it, or no log here says anything about it",
	.run = run_equivalents,
};

const struct command cmd_current = {
	.name = "current",
	.arguments = "DIR|URL REFERENCE",
	.summary = "the edition of a standard that is in force",
	.help =
	    "Follows what replaces the standard, across all logs, to the edition in force, and says the way.  Without a\n"
	    "year the newest current edition is where it begins.  Amendments and corrigenda of it are listed, and what\n"
	    "will replace it.\n"
	    "\n"
	    "  --lang TAG   titles in this language where there are some\n"
	    "  --json       for programs\n",
	.examples = "  normlink current sac 'ISO 9001:2008'\n"
	            "  normlink current sac GB/T 19001 --json\n",
	.exits = "1 nothing is in force, or no log here says anything about it",
	.run = run_current,
};
