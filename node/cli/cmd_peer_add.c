#include <stdio.h>
#include <string.h>

#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"

/* A running node takes the card through its socket, trusts it from then on, and writes it down. */
static int add_running(const char *dir, struct bytes card, bool *known, struct err *err)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	int rc = client_open_socket(dir, &client, err);
	if (rc == OK)
		rc = client_post(client, "/local/v1/peers", "text/plain; charset=utf-8", card, &reply, err);
	if (rc == OK && reply.status != 200) {
		int len = reply.body.len > 0 ? (int)reply.body.len - 1 : 0;
		rc = err_set(err, client_code(reply.status), "%.*s", len, (const char *)reply.body.data);
	}
	*known = bytes_equal(buf_bytes(&reply.body), bytes_str("known\n"));
	reply_free(&reply);
	client_close(client);
	return rc;
}

static bool same_card(const struct card *a, const struct card *b)
{
	struct buf left = { 0 };
	struct buf right = { 0 };
	card_write(a, &left);
	card_write(b, &right);
	bool same = bytes_equal(buf_bytes(&left), buf_bytes(&right));
	buf_free(&left);
	buf_free(&right);
	return same;
}

static int add_stopped(const char *path, const struct card *card, bool *known, struct err *err)
{
	struct node_dir dir;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < dir.peer_count; i++)
		*known = *known || same_card(&dir.peers[i], card);
	if (!*known)
		rc = node_dir_add_peer(&dir, card, err);
	node_dir_close(&dir);
	return rc;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = { { NULL, 0, NULL, 0 } };
	struct args args = { cmd_peer_add.name, argc, argv, options };
	struct buf text = { 0 };
	struct card card;
	struct err err = { 0 };
	bool known = false;
	if (args_next(&args) != ARGS_END || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	const char *dir = argv[optind];
	const char *file = argv[optind + 1];
	int rc = file_read(file, CARD_MAX, &text, &err);
	if (rc == OK) {
		rc = card_parse(buf_bytes(&text), &card, &err);
		if (rc != OK)
			rc = err_wrap(&err, rc, "%s", strcmp(file, "-") == 0 ? "standard input" : file);
	}
	if (rc == OK)
		rc = node_dir_running(dir) ? add_running(dir, buf_bytes(&text), &known, &err)
		                           : add_stopped(dir, &card, &known, &err);
	buf_free(&text);
	if (rc != OK)
		return command_fail("peer add", &err, NULL);
	if (known) {
		(void)printf("%s is trusted already, by this very card; nothing was done\n", card.name);
		return 0;
	}
	(void)printf("%s is a peer now: its log %s is mirrored here%s\n", card.name, card.origin,
	             card.address[0] != '\0' ? "" : " once it dials us (its card has no address)");
	return 0;
}

const struct command cmd_peer_add = {
	.name = "peer add",
	.arguments = "DIR CARD",
	.summary = "trust a peer, from its card (a file, or -)",
	.help = "From now on the node mirrors the peer's log, takes its witness's and mirror's cosignatures, dials it when "
	        "the card has an\n"
	        "address, and lets it in.  The card is kept in DIR/peers.  Works on a running and on a stopped node; the "
	        "other\n"
	        "side needs your card too.\n",
	.examples = "  normlink peer add sac iso.card\n"
	            "  curl -s https://iso.example/normlink.card | normlink peer add sac -\n",
	.exits = "1 another peer by its name or with its keys is there already",
	.run = run,
};
