#include "node/cli/roster.h"

#include <string.h>

#include "node/cli/command.h"

/* Node names are lower case, so a group's name with a capital clashes with none of them; "none" is the policy's own
 * word (tlog-policy). */
static const char *const group = "Nodes";

static const char *witness_name(const struct card *card)
{
	return strcmp(card->name, "none") == 0 ? "None" : card->name;
}

static int check_quorum(const char *quorum, size_t count, struct err *err)
{
	uint64_t k;
	if (strcmp(quorum, "none") == 0 || strcmp(quorum, "any") == 0 || strcmp(quorum, "all") == 0)
		return OK;
	if (args_number(quorum, count, &k) && k >= 1)
		return OK;
	return err_set(err, ERR_USAGE, "quorum %s: it is none, any, all, or a number from 1 to %zu (the witnesses known)",
	               quorum, count);
}

static void put_keys(const struct card *card, struct buf *out)
{
	buf_printf(out, "\n# %s\nlog ", card->name);
	vkey_write(&card->log, out);
	buf_printf(out, "\nwitness %s ", witness_name(card));
	vkey_write(&card->witness, out);
	buf_add_char(out, '\n');
}

int roster_policy(const struct card *cards, size_t count, const char *quorum, struct buf *out, struct err *err)
{
	int rc = check_quorum(quorum, count, err);
	if (rc != OK)
		return rc;
	buf_add_str(out, "# Whose signatures count (C2SP tlog-policy): made from the cards of a node and its peers.\n");
	for (size_t i = 0; i < count; i++)
		put_keys(&cards[i], out);
	if (strcmp(quorum, "none") == 0) {
		buf_add_str(out, "\nquorum none\n");
		return OK;
	}
	buf_printf(out, "\ngroup %s %s", group, quorum);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, " %s", witness_name(&cards[i]));
	buf_printf(out, "\nquorum %s\n", group);
	return OK;
}
