/* key rotate, key list: a node's keys, and those of its peers as its logs tell them. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/inside.h"
#include "node/cli/keyring.h"
#include "node/shell/node_dir.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, OVERLAP_DAYS = 30, OVERLAP_DAYS_MAX = 3650 };

/* ---- rotate ---- */

static int post(const char *dir, struct bytes body, struct reply *reply, struct err *err)
{
	struct client *client = NULL;
	int rc = client_open_socket(dir, &client, err);
	if (rc == OK)
		rc = client_post(client, "/local/v1/keys", "text/plain; charset=utf-8", body, reply, err);
	if (rc == OK && reply->status == 200 && strncmp(buf_str(&reply->body), "index ", 6) != 0)
		rc = err_set(err, ERR_PROTOCOL, "the node answers something else than where it recorded it");
	if (rc == OK && reply->status != 200) {
		int len = reply->body.len > 0 ? (int)reply->body.len - 1 : 0;
		rc = err_set(err, client_code(reply->status), "%.*s", len, (const char *)reply->body.data);
	}
	client_close(client);
	return rc;
}

/* A node that runs is told through its socket; where none runs, one of our own takes it. */
static int change(const char *dir, struct bytes body, struct reply *reply, struct err *err)
{
	struct inside *inside = NULL;
	int rc = node_dir_running(dir) ? OK : inside_start(dir, &inside, err);
	if (rc == OK)
		rc = post(dir, body, reply, err);
	struct err why = { 0 };
	int end = inside_stop(inside, &why);
	if (rc == OK && end != OK)
		rc = err_set(err, end, "%s", why.text);
	return rc;
}

/* The value of the line "KEY VALUE"; empty when there is none. */
static void find_value(const char *text, const char *key, char *out, size_t size)
{
	size_t len = strlen(key);
	out[0] = '\0';
	for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0 && line[len] == ' ')
			(void)snprintf(out, size, "%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
	}
}

static void print_time(uint64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	char text[32] = "";
	if (gmtime_r(&seconds, &utc) != NULL)
		(void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
	(void)fputs(text, stdout);
}

static void say(const char *role, struct reply *reply)
{
	char index[24], until[24], key[KEY_STATEMENT_MAX];
	uint64_t until_ms = 0;
	const char *text = buf_str(&reply->body);
	find_value(text, "index", index, sizeof index);
	find_value(text, "until_ms", until, sizeof until);
	find_value(text, "key", key, sizeof key);
	(void)args_number(until, UINT64_MAX, &until_ms);
	(void)printf("the %s key is now %s\n  since entry %s of the log; the old one counts until ", role, key, index);
	print_time(until_ms);
	(void)putchar('\n');
}

static int run_rotate(int argc, char **argv)
{
	static const struct option options[] = { { "overlap", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
	struct args args = { cmd_key_rotate.name, argc, argv, options };
	struct buf body = { 0 };
	struct reply reply = { 0 };
	struct err err = { 0 };
	uint64_t days = OVERLAP_DAYS;
	enum key_role role;
	int option;
	while ((option = args_next(&args)) != ARGS_END) {
		if (option == ARGS_WRONG)
			return ARGS_EXIT;
		if (!args_number(optarg, OVERLAP_DAYS_MAX, &days))
			return args_wrong(&args, "--overlap %s: it is a number of days, at most %d", optarg, OVERLAP_DAYS_MAX);
	}
	if (!args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (key_role_of_word(argv[optind + 1], &role) != OK)
		return args_wrong(&args, "%s: the keys are log, witness, mirror and tls", argv[optind + 1]);
	buf_printf(&body, "role %s\noverlap_ms %llu\n", key_role_word(role), (unsigned long long)(days * DAY_MS));
	int rc = change(argv[optind], buf_bytes(&body), &reply, &err);
	if (rc == OK)
		say(key_role_word(role), &reply);
	reply_free(&reply);
	buf_free(&body);
	return rc == OK ? 0 : command_fail("key rotate", &err, NULL);
}

/* ---- list ---- */

static void print_line(const struct keyring *k, const struct card *card, enum key_role role)
{
	struct key_line line;
	keyring_line(k, card, role, &line);
	for (size_t i = line.count; i-- > 0;) {
		struct buf text = { 0 };
		key_text(role, line.v[i].key, &text);
		(void)printf("  %-8s %s", i == line.count - 1 ? key_role_word(role) : "", buf_str(&text));
		if (line.v[i].from > 0)
			(void)printf("  since entry %llu", (unsigned long long)line.v[i].from - 1);
		if (line.v[i].until_ms != UINT64_MAX) {
			(void)fputs("  until ", stdout);
			print_time(line.v[i].until_ms);
		}
		(void)putchar('\n');
		buf_free(&text);
	}
}

static int print_keys(const char *path, struct err *err)
{
	struct node_dir dir;
	struct keyring keys = { 0 };
	struct card own;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	rc = node_dir_card(&dir, &own, err);
	if (rc == OK)
		rc = keyring_ask(path, &keys, err);
	for (size_t i = 0; rc == OK && i <= dir.peer_count; i++) {
		const struct card *card = i == 0 ? &own : &dir.peers[i - 1];
		(void)printf("%s  %s\n", card->name, card->origin);
		for (int role = 0; role < KEY_ROLES; role++)
			print_line(&keys, card, (enum key_role)role);
	}
	keyring_free(&keys);
	node_dir_close(&dir);
	return rc;
}

static int run_list(int argc, char **argv)
{
	static const struct option options[] = { { NULL, 0, NULL, 0 } };
	struct args args = { cmd_key_list.name, argc, argv, options };
	struct err err = { 0 };
	if (args_next(&args) != ARGS_END || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return print_keys(argv[optind], &err) == OK ? 0 : command_fail("key list", &err, NULL);
}

const struct command cmd_key_rotate = {
	.name = "key rotate",
	.arguments = "DIR log|witness|mirror|tls",
	.summary = "put a new key in the place of one of the node's",
	.help = "A new key is written to DIR/keys, and an entry of the node's own log, signed by both keys, says that it\n"
	        "takes the place of the old one.  The node goes on with the new key at once; it need not be restarted.\n"
	        "Peers learn of it from the log, also those that are away for longer than the overlap.  Proofs made from\n"
	        "now on need a fresh policy once the overlap is over.\n"
	        "\n"
	        "log: larger heads count by the new key alone, for everybody who knows of it.  When the old key was\n"
	        "stolen, whoever does not know yet can be shown a false log until then; a second copy of the log with the\n"
	        "old key is evidence of it.\n"
	        "\n"
	        "Old key files stay in DIR/keys: nobody needs those of log, witness and mirror once the overlap is over.\n"
	        "An old TLS key is how a peer that was away finds the node: remove it when every peer has been there.\n"
	        "\n"
	        "  --overlap DAYS   how long the old key counts beside the new one; 30, or 0 when it was stolen\n",
	.examples = "  normlink key rotate sac log\n"
	            "  normlink key rotate sac tls --overlap 90\n"
	            "  normlink key rotate sac witness --overlap 0\n",
	.exits = "1 the node cannot do it now",
	.run = run_rotate,
};

const struct command cmd_key_list = {
	.name = "key list",
	.arguments = "DIR",
	.summary = "print the keys of the node and of its peers",
	.help =
	    "For each node: the key of its log, its witness and its mirror, and the pin of its certificate, the newest\n"
	    "first.  Changes are told by key statements in the node's log; each is checked here by its signatures,\n"
	    "beginning at the card.\n",
	.examples = "  normlink key list sac\n",
	.exits = "1 DIR is no node's folder",
	.run = run_list,
};
