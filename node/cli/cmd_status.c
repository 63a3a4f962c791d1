#include <stdio.h>
#include <string.h>

#include "node/cli/client.h"
#include "node/cli/command.h"

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
			(void)fwrite(text.data, 1, end, stdout);
			count++;
		}
		text = bytes_of(text.data + end, text.len - end);
	}
	return count;
}

static int show_origin(const char *where, const char *origin)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	struct err err = { 0 };
	int code = 0;
	int rc = client_open(where, &client, &err);
	if (rc == OK)
		rc = client_get(client, "/api/v1/status", "text/plain", &reply, &err);
	if (rc == OK && client_code(reply.status) != OK) {
		code = client_print("status", &reply, false);
	} else {
		if (rc == OK && print_lines_of(origin, buf_bytes(&reply.body)) == 0)
			rc = err_set(&err, ERR_NOT_FOUND, "%s: the node holds no log of that name", origin);
		if (rc != OK)
			code = command_fail("status", &err, NULL);
	}
	reply_free(&reply);
	client_close(client);
	return code;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "origin", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct args args = { cmd_status.name, argc, argv, options };
	const char *origin = NULL;
	struct reply reply;
	bool json = false;
	int option;
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG)
			return ARGS_EXIT;
		if (option == 'j')
			json = true;
		else
			origin = optarg;
	}
	if (!args_positional(&args, 1, 1))
		return ARGS_EXIT;
	if (origin != NULL && json)
		return args_wrong(&args, "--origin goes with the text only; --json tells of all");
	if (origin != NULL)
		return show_origin(argv[optind], origin);
	int code = client_answer("status", argv[optind], "/api/v1/status", json, &reply);
	reply_free(&reply);
	return code;
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
