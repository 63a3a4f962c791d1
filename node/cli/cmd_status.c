#include <stdio.h>
#include <string.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/shown.h"

/* The lines that name the origin; how many there were. */
static size_t print_lines_of(const char *origin, struct bytes text)
{
	size_t count = 0;
	size_t len = strlen(origin);
	while (text.len > 0) {
		const uint8_t *lf = memchr(text.data, '\n', text.len);
		size_t end = lf != NULL ? (size_t)(lf - text.data) + 1 : text.len;
		/* "  ORIGIN  315 of 315 ...": the logs; peers begin with their names. */
		if (end > len + 2 && memcmp(text.data, "  ", 2) == 0 && memcmp(text.data + 2, origin, len) == 0 &&
		    text.data[2 + len] == ' ') {
			(void)shown_print(bytes_of(text.data, end));
			count++;
		}
		text = bytes_of(text.data + end, text.len - end);
	}
	return count;
}

static int show_origin(const char *where, const char *origin)
{
	struct reply reply;
	struct err err = { 0 };
	int code = client_ask("status", where, "/api/v1/status", false, &reply);
	if (code == 0 && client_code(reply.status) != OK) {
		code = client_print("status", &reply, false);
	} else if (code == 0 && print_lines_of(origin, buf_bytes(&reply.body)) == 0) {
		(void)err_set(&err, ERR_NOT_FOUND, "%s: the node holds no log of that name", origin);
		code = command_fail("status", &err, NULL);
	}
	reply_free(&reply);
	return code;
}

static int run(int argc, char **argv)
{
	const char *origin = NULL;
	bool json = false;
	const struct args_option options[] = { { "origin", .value = &origin }, { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_status.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (origin != NULL && json)
		return args_wrong(&args, "--origin goes with the text only; --json tells of all");
	if (origin != NULL)
		return show_origin(argv[optind], origin);
	return client_answer("status", argv[optind], "/api/v1/status", json);
}

const struct command cmd_status = {
	.name = "status",
	.arguments = "DIR|URL",
	.summary = "logs, sizes, heads, lag; peers, their state and troubles",
	.help = "For each log: entries held of entries known to exist, the size of its head, and how many of the witnesses "
	        "that\n"
	        "could have cosigned it did.  For each peer: its state, its last error and the next try; the last two are "
	        "shown\n"
	        "to who may use the folder, not over the network.\n"
	        "\n"
	        "  --origin ORIGIN   the line of one log\n"
	        "  --json            for programs\n",
	.examples = "  normlink status sac\n"
	            "  normlink status sac --origin iso.example/log\n"
	            "  normlink status http://127.0.0.1:7080 --json\n",
	.exits = "1 no such folder or log",
	.run = run,
};
