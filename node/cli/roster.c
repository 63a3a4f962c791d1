#include "node/cli/roster.h"

#include <inttypes.h>
#include <string.h>

#include "node/base/must.h"
#include "node/cli/command.h"

/* Node names are lower case, so a group's name with a capital and a mirror's with a slash clash with none of them;
 * "none" is the policy's own word (tlog-policy). */
static const char *group_name(bool mirrors)
{
	return mirrors ? "Mirrors" : "Witnesses";
}

static const char *witness_name(const struct card *card)
{
	return strcmp(card->name, "none") == 0 ? "None" : card->name;
}

/* How many must have cosigned.  A log's own witness does not cosign it, so of count witnesses count - 1 are all that
 * any head can have. */
static int read_quorum(const char *quorum, size_t count, uint64_t *k, struct err *err)
{
	uint64_t others = count - 1;
	*k = others;
	if (strcmp(quorum, "none") == 0)
		*k = 0;
	else if (strcmp(quorum, "any") == 0)
		*k = 1;
	else if (strcmp(quorum, "all") != 0 && !args_number(quorum, others, k))
		*k = UINT64_MAX;
	if (*k > others || (*k == 0 && strcmp(quorum, "none") != 0))
		return others == 0
		           ? err_set(err, ERR_USAGE, "quorum %s: without a peer nobody cosigns; only none is possible", quorum)
		           : err_set(err, ERR_USAGE, "quorum %s: it is none, any, all, or a number from 1 to %" PRIu64, quorum,
		                     others);
	return OK;
}

static void put_keys(const struct card *card, struct buf *out)
{
	buf_printf(out, "\n# %s\nlog ", card->name);
	vkey_write(&card->log, out);
	buf_printf(out, "\nwitness %s ", witness_name(card));
	vkey_write(&card->witness, out);
	buf_printf(out, "\nwitness %s/mirror ", witness_name(card));
	vkey_write(&card->mirror, out);
	buf_add_char(out, '\n');
}

int roster_policy(const struct card *cards, size_t count, const char *quorum, bool mirrors, struct buf *out,
                  struct err *err)
{
	uint64_t k;
	must(count > 0);
	if (quorum == NULL)
		quorum = count > 1 ? "any" : "none";
	int rc = read_quorum(quorum, count, &k, err);
	if (rc != OK)
		return rc;
	buf_add_str(out, "# Whose signatures count (C2SP tlog-policy): made from the cards of a node and its peers.\n");
	for (size_t i = 0; i < count; i++)
		put_keys(&cards[i], out);
	if (k == 0) {
		buf_add_str(out, "\nquorum none\n");
		return OK;
	}
	const char *group = group_name(mirrors);
	buf_printf(out, "\n# %" PRIu64 " of the %s; a log's own never cosigns it.\ngroup %s ", k,
	           mirrors ? "mirrors" : "witnesses", group);
	if (k == 1)
		buf_add_str(out, "any");
	else
		buf_printf(out, "%" PRIu64, k);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, " %s%s", witness_name(&cards[i]), mirrors ? "/mirror" : "");
	buf_printf(out, "\nquorum %s\n", group);
	return OK;
}
