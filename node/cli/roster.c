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

/* The keys of a role that count now: the newest is the last. */
static size_t first_that_counts(const struct key_line *line, uint64_t now_ms)
{
	size_t i = line->count - 1;
	while (i > 0 && line->v[i - 1].until_ms > now_ms)
		i--;
	return i;
}

static void put_logs(const struct keyring *keys, const struct card *card, uint64_t now_ms, struct buf *out)
{
	struct key_line line;
	keyring_line(keys, card, KEY_OF_LOG, &line);
	for (size_t i = first_that_counts(&line, now_ms); i < line.count; i++) {
		buf_add_str(out, "log ");
		vkey_write(line.v[i].key, out);
		buf_add_char(out, '\n');
	}
}

/* One cosigner: its key, or several that count as one. */
static void put_cosigner(const struct keyring *keys, const struct card *card, enum key_role role, uint64_t now_ms,
                         struct buf *out)
{
	struct key_line line;
	struct buf name = { 0 };
	keyring_line(keys, card, role, &line);
	size_t first = first_that_counts(&line, now_ms);
	bool several = first < line.count - 1;
	buf_printf(&name, "%s%s", witness_name(card), role == KEY_OF_MIRROR ? "/mirror" : "");
	for (size_t i = first; i < line.count; i++) {
		buf_printf(out, "witness %s", buf_str(&name));
		if (several)
			buf_printf(out, "/%08x", line.v[i].key->id);
		buf_add_char(out, ' ');
		vkey_write(line.v[i].key, out);
		buf_add_char(out, '\n');
	}
	if (several) {
		buf_printf(out, "group %s any", buf_str(&name));
		for (size_t i = first; i < line.count; i++)
			buf_printf(out, " %s/%08x", buf_str(&name), line.v[i].key->id);
		buf_add_char(out, '\n');
	}
	buf_free(&name);
}

static void put_keys(const struct keyring *keys, const struct card *card, uint64_t now_ms, struct buf *out)
{
	buf_printf(out, "\n# %s\n", card->name);
	put_logs(keys, card, now_ms, out);
	put_cosigner(keys, card, KEY_OF_WITNESS, now_ms, out);
	put_cosigner(keys, card, KEY_OF_MIRROR, now_ms, out);
}

int roster_policy(const struct card *cards, size_t count, const struct keyring *keys, uint64_t now_ms,
                  const char *quorum, bool mirrors, struct buf *out, struct err *err)
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
		put_keys(keys, &cards[i], now_ms, out);
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
