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

static int prove(const char *where, const char *target, const char *file)
{
	struct reply reply = { 0 };
	int code = client_ask("proof", where, target, false, &reply);
	if (code == 0)
		code = write_out(file, &reply);
	reply_free(&reply);
	return code;
}

static int run(int argc, char **argv)
{
	const char *kind = NULL, *origin = NULL, *index = NULL, *head = NULL, *file = NULL;
	bool current = false;
	const struct args_option options[] = {
		{ "current", .given = &current },
		{ "kind", .value = &kind },
		{ "origin", .value = &origin },
		{ "index", .value = &index },
		{ "head", .value = &head },
		{ "output", .value = &file },
		{ 0 },
	};
	const struct args args = { cmd_proof.name, argc, argv, options };
	struct buf target = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, SUBJECT_MAX))
		return ARGS_EXIT;
	bool by_number = client_reference(&target, argc - optind - 1, argv + optind + 1);
	buf_add_str(&target, "/proof");
	client_parameter(&target, "kind", kind);
	client_parameter(&target, "origin", origin);
	client_parameter(&target, "index", index);
	client_parameter(&target, "head", head);
	client_parameter(&target, "current", current ? "1" : NULL);
	int code = by_number && (index != NULL || kind != NULL || current)
	               ? args_wrong(&args, "--index, --kind and --current go with a reference")
	           : current && index != NULL
	               ? args_wrong(&args, "--current is about the newest, --index about an older one")
	               : prove(argv[optind], buf_str(&target), file);
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
	    "  --current         that it is the newest on its subject, or that there is none: as of the log's newest "
	    "index\n"
	    "                    root (normlink index), in a file that normlink verify checks as well\n"
	    "  --kind WORD       what REFERENCE is the subject of, as of normlink show\n"
	    "  --origin ORIGIN   what this log says (default: the first that show lists)\n"
	    "  --index N         an older statement, by its number in that log\n"
	    "  --head WHICH      signed (default): the newest head; cosigned: the newest that a quorum has cosigned\n"
	    "  --output FILE     write it there\n",
	.examples = "  normlink proof sac 'ISO 9001:2015' > iso9001.tlog-proof\n"
	            "  normlink proof sac 'ISO 99999:2020' --origin iso.example/log --current > none.normlink-current\n"
	            "  normlink proof http://127.0.0.1:7080 'GB/T 19001-2016' --output gbt19001.tlog-proof\n",
	.exits = "1 not found",
	.run = run,
};
