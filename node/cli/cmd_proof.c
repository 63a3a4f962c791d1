#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/shell/file.h"

static int write_out(const char *file, const struct reply *reply)
{
	struct err err = { 0 };
	if (client_code(reply->status) != OK || file == NULL)
		return client_print("proof", reply, false);
	if (file_write(file, buf_bytes(&reply->body), 0644, &err) != OK)
		return command_fail("proof", &err, NULL);
	return 0;
}

static int ask(const char *where, const char *target, const char *file)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	struct err err = { 0 };
	int rc = client_open(where, &client, &err);
	if (rc == OK)
		rc = client_get(client, target, "text/plain", &reply, &err);
	int code = rc == OK ? write_out(file, &reply) : command_fail("proof", &err, NULL);
	reply_free(&reply);
	client_close(client);
	return code;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "origin", required_argument, NULL, 'r' },
		{ "index", required_argument, NULL, 'i' },
		{ "head", required_argument, NULL, 'h' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	struct args args = { cmd_proof.name, argc, argv, options };
	const char *file = NULL;
	const char *values[] = { NULL, NULL, NULL };
	static const char *const names[] = { "origin", "index", "head" };
	struct buf target = { 0 };
	int option;
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG)
			return ARGS_EXIT;
		*(option == 'r' ? &values[0] : option == 'i' ? &values[1] : option == 'h' ? &values[2] : &file) = optarg;
	}
	if (!args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	bool by_number = client_reference(&target, argc - optind - 1, argv + optind + 1);
	if (by_number && values[1] != NULL) {
		buf_free(&target);
		return args_wrong(&args, "--index goes with a reference");
	}
	buf_add_str(&target, "/proof?");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (values[i] == NULL)
			continue;
		buf_printf(&target, "%s=", names[i]);
		client_escape(&target, values[i]);
		buf_add_char(&target, '&');
	}
	target.len--; /* the last '&', or the '?' */
	int code = ask(argv[optind], buf_str(&target), file);
	buf_free(&target);
	return code;
}

const struct command cmd_proof = {
	.name = "proof",
	.arguments = "DIR|URL REFERENCE|#INDEX",
	.summary = "a file that proves a record to anybody, offline",
	.help =
	    "The file (C2SP tlog-proof) holds the record, its envelope, the way from it to the root of its log, and "
	    "the signed\n"
	    "head with its cosignatures.  It goes to standard output.  #INDEX is one entry by its number; of one that is\n"
	    "redacted or withheld the file proves the entry without its content.\n"
	    "\n"
	    "  --origin ORIGIN   what this log says (default: the first that show lists)\n"
	    "  --index N         an older statement, by its number in that log\n"
	    "  --head WHICH      signed (default): the newest head; cosigned: the newest that a quorum has cosigned\n"
	    "  --output FILE     write it there\n",
	.examples = "  normlink proof sac 'ISO 9001:2015' > iso9001.tlog-proof\n"
	            "  normlink proof http://127.0.0.1:7080 'GB/T 19001-2016' --output gbt19001.tlog-proof\n",
	.exits = "1 not found",
	.run = run,
};
