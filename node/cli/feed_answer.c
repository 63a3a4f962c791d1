/* The node's answer to a batch of records, as node/shell/shell.h describes it. */
#include <inttypes.h>
#include <string.h>

#include "node/cli/command.h"
#include "node/cli/feed.h"

enum { LINE_MAX_BYTES = 1024, FIELDS = 5 };

struct answer_reader {
	uint64_t value[FIELDS];
	bool seen[FIELDS];
	feed_refusal_cb refusal_cb;
	void *arg;
};

static const char *const fields[FIELDS] = { "added", "revised", "unchanged", "refused", "size" };

static int read_refusal(struct answer_reader *r, char *rest, struct err *err)
{
	uint64_t number;
	char *blank = strchr(rest, ' ');
	if (blank != NULL)
		*blank = '\0';
	if (!args_number(rest, UINT32_MAX, &number))
		return err_set(err, ERR_PROTOCOL, "the node's answer has a refusal without a number");
	r->refusal_cb(r->arg, number, blank != NULL ? blank + 1 : "");
	return OK;
}

static int read_line(struct answer_reader *r, char *line, struct err *err)
{
	char *blank = strchr(line, ' ');
	if (blank == NULL)
		return err_set(err, ERR_PROTOCOL, "the node's answer has a line that is none: %.40s", line);
	*blank = '\0';
	if (strcmp(line, "refusal") == 0)
		return read_refusal(r, blank + 1, err);
	for (size_t i = 0; i < FIELDS; i++) {
		if (strcmp(line, fields[i]) != 0)
			continue;
		if (r->seen[i] || !args_number(blank + 1, INT64_MAX, &r->value[i]))
			return err_set(err, ERR_PROTOCOL, "the node's answer has a bad count: %s", line);
		r->seen[i] = true;
		return OK;
	}
	return OK; /* a line of a later version */
}

static int read_lines(struct answer_reader *r, struct bytes text, struct err *err)
{
	int rc = OK;
	while (rc == OK && text.len > 0) {
		char line[LINE_MAX_BYTES];
		const uint8_t *lf = memchr(text.data, '\n', text.len);
		size_t len = lf != NULL ? (size_t)(lf - text.data) : text.len;
		size_t kept = len < sizeof line ? len : sizeof line - 1;
		memcpy(line, text.data, kept);
		line[kept] = '\0';
		rc = read_line(r, line, err);
		size_t skip = lf != NULL ? len + 1 : len;
		text = bytes_of(text.data + skip, text.len - skip);
	}
	return rc;
}

int feed_read_answer(struct bytes text, uint64_t count, struct feed_totals *totals, feed_refusal_cb refusal_cb,
                     void *arg, struct err *err)
{
	struct answer_reader r = { .refusal_cb = refusal_cb, .arg = arg };
	int rc = read_lines(&r, text, err);
	for (size_t i = 0; rc == OK && i < FIELDS; i++)
		if (!r.seen[i])
			rc = err_set(err, ERR_PROTOCOL, "the node's answer does not say how many were %s", fields[i]);
	if (rc != OK)
		return rc;
	uint64_t told = r.value[0] + r.value[1] + r.value[2] + r.value[3];
	if (told != count)
		return err_set(err, ERR_PROTOCOL, "%" PRIu64 " records were sent and the node speaks of %" PRIu64, count, told);
	totals->added += r.value[0];
	totals->revised += r.value[1];
	totals->unchanged += r.value[2];
	totals->refused += r.value[3];
	totals->size = r.value[4];
	return OK;
}
