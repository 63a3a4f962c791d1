#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/cli/keyring.h"
#include "node/cli/post.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"
#include "node/shell/trust.h"

static int read_card(const char *file, struct buf *text, struct card *out, struct err *err)
{
	int rc = file_read(file, CARD_MAX, text, err);
	if (rc != OK)
		return rc;
	rc = card_parse(buf_bytes(text), out, err);
	return rc == OK ? OK : err_wrap(err, rc, "%s", strcmp(file, "-") == 0 ? "standard input" : file);
}

/* A running node takes the card through its socket, trusts it from then on, and writes it down. */
static int add_running(const char *dir, struct bytes text, bool *known, struct err *err)
{
	struct reply reply;
	int rc = post_running(dir, "/local/v1/peers", text, &reply, err);
	*known = bytes_equal(buf_bytes(&reply.body), bytes_str("known\n"));
	reply_free(&reply);
	return rc;
}

static int add(const char *dir, struct bytes text, const struct card *card)
{
	struct err err = { 0 };
	bool known = false;
	int rc = node_dir_running(dir) ? add_running(dir, text, &known, &err) : trust_peer(dir, NULL, card, &known, &err);
	if (rc != OK)
		return command_fail("peer add", &err,
		                    rc == ERR_EXISTS ? "If this is a newer card of a peer that is trusted: peer add --replace."
		                                     : NULL);
	if (known)
		(void)printf("%s is trusted already, by this very card; nothing was done\n", card->name);
	else
		(void)printf("%s is a peer now: its log %s is mirrored here%s\n", card->name, card->origin,
		             card->address[0] != '\0' ? "" : " once it dials us (its card has no address)");
	return 0;
}

/* Do the keys that are known of the peer's log lead from the card that is there to this one's?  Under another key it
 * would be another log, and what is held of it would count for nothing. */
static int check_log_key(const char *path, const struct card *card, struct err *err)
{
	struct node_dir dir;
	struct keyring keys = { 0 };
	struct key_line line;
	bool follows = true;
	int rc = node_dir_open(path, &dir, err);
	if (rc != OK)
		return rc;
	rc = keyring_ask(path, &keys, err);
	for (size_t i = 0; rc == OK && i < dir.peer_count; i++) {
		if (strcmp(dir.peers[i].origin, card->origin) != 0)
			continue;
		follows = false;
		keyring_line(&keys, &dir.peers[i], KEY_OF_LOG, &line);
		for (size_t k = 0; k < line.count; k++)
			follows = follows || memcmp(line.v[k].key->key, card->log.key, KEY_SIZE) == 0;
	}
	if (rc == OK && !follows)
		rc = err_set(err, ERR_UNTRUSTED, "the log key of %s is another, and no key statement of %s leads to it",
		             card->name, card->origin);
	keyring_free(&keys);
	node_dir_close(&dir);
	return rc;
}

static int replace(const char *dir, const struct card *card)
{
	struct err err = { 0 };
	int rc = check_log_key(dir, card, &err);
	if (rc == ERR_UNTRUSTED)
		return command_fail("peer add", &err, "A peer that begins anew needs another origin; its old log stays.");
	if (rc == OK)
		rc = trust_peer_anew(dir, card, &err);
	if (rc != OK)
		return command_fail("peer add", &err, rc == ERR_NOT_FOUND ? "Without --replace it becomes a peer." : NULL);
	(void)printf("%s is known by this card now%s\n", card->name,
	             node_dir_running(dir) ? "; in force when the node is started again" : "");
	return 0;
}

static int run(int argc, char **argv)
{
	bool anew = false;
	const struct args_option options[] = { { "replace", .given = &anew }, { 0 } };
	const struct args args = { cmd_peer_add.name, argc, argv, options };
	struct buf text = { 0 };
	struct card card;
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	int code;
	if (read_card(argv[optind + 1], &text, &card, &err) != OK)
		code = command_fail("peer add", &err, NULL);
	else
		code = anew ? replace(argv[optind], &card) : add(argv[optind], buf_bytes(&text), &card);
	buf_free(&text);
	return code;
}

const struct command cmd_peer_add = {
	.name = "peer add",
	.arguments = "DIR CARD",
	.summary = "trust a peer, from its card (a file, or -)",
	.help =
	    "From now on the node mirrors the peer's log, takes its witness's and mirror's cosignatures, dials it when\n"
	    "the card has an address, and lets it in.  The card is kept in DIR/peers.  Works on a running and on a\n"
	    "stopped node; the other side needs your card too.\n"
	    "\n"
	    "A peer that changes its keys says so in its log, and the node follows by itself: no new card is needed.\n"
	    "One is when its address is another, or when its witness, mirror or TLS key was lost.\n"
	    "\n"
	    "  --replace   the card takes the place of that of the peer of the same name and origin, when its log key is\n"
	    "              the same or follows from it; a running node goes by it when it is started again\n",
	.examples = "  normlink peer add sac iso.card\n"
	            "  normlink peer add sac iso-moved.card --replace\n"
	            "  curl -s https://iso.example/normlink.card | normlink peer add sac -\n",
	.exits = "1 another peer by its name or with its keys is there already",
	.run = run,
};
