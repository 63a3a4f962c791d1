/* key rotate, key list: a node's keys, and those of its peers as its logs tell them. */
#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/keyring.h"
#include "node/cli/post.h"
#include "node/cli/signers.h"
#include "node/shell/node_dir.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, OVERLAP_DAYS = 30, OVERLAP_DAYS_MAX = 3650 };

/* ---- rotate ---- */

static void say(const char *role, struct bytes index, struct bytes answer)
{
	struct bytes until = client_value(answer, "until_ms"), key = client_value(answer, "key");
	char digits[24], time[40];
	uint64_t until_ms = 0;
	(void)snprintf(digits, sizeof digits, "%.*s", (int)until.len, (const char *)until.data);
	(void)args_number(digits, UINT64_MAX, &until_ms);
	(void)printf("the %s key is now %.*s\n  since entry %.*s of the log; the old one counts until ", role, (int)key.len,
	             (const char *)key.data, (int)index.len, (const char *)index.data);
	(void)puts(signers_utc(until_ms / 1000, false, time));
}

static int run_rotate(int argc, char **argv)
{
	const char *overlap = NULL;
	const struct args_option options[] = { { "overlap", .value = &overlap }, { 0 } };
	const struct args args = { cmd_key_rotate.name, argc, argv, options };
	struct buf body = { 0 };
	struct reply reply = { 0 };
	struct bytes index;
	struct err err = { 0 };
	uint64_t days = OVERLAP_DAYS;
	enum key_role role;
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (overlap != NULL && !args_number(overlap, OVERLAP_DAYS_MAX, &days))
		return args_wrong(&args, "--overlap %s: it is a number of days, at most %d", overlap, OVERLAP_DAYS_MAX);
	if (key_role_of_word(argv[optind + 1], &role) != OK)
		return args_wrong(&args, "%s: the keys are log, witness, mirror and tls", argv[optind + 1]);
	buf_printf(&body, "role %s\noverlap_ms %llu\n", key_role_word(role), (unsigned long long)(days * DAY_MS));
	int rc = post_entry(argv[optind], LOG_WARN, "/local/v1/keys", buf_bytes(&body), &reply, &index, &err);
	if (rc == OK)
		say(key_role_word(role), index, buf_bytes(&reply.body));
	reply_free(&reply);
	buf_free(&body);
	return rc == OK ? 0 : command_fail("key rotate", &err, NULL);
}

/* ---- list ---- */

static void print_line(const struct keyring *k, const struct card *card, enum key_role role)
{
	struct key_line line;
	char time[40];
	keyring_line(k, card, role, &line);
	for (size_t i = line.count; i-- > 0;) {
		struct buf text = { 0 };
		key_text(role, line.v[i].key, &text);
		(void)printf("  %-8s %s", i == line.count - 1 ? key_role_word(role) : "", buf_str(&text));
		if (line.v[i].from > 0)
			(void)printf("  since entry %llu", (unsigned long long)line.v[i].from - 1);
		if (line.v[i].until_ms != UINT64_MAX)
			(void)printf("  until %s", signers_utc(line.v[i].until_ms / 1000, false, time));
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
	node_dir_card(&dir, &own);
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
	const struct args args = { cmd_key_list.name, argc, argv, NULL };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
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
