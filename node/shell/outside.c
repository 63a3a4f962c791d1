#include "node/shell/outside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/shell/file.h"

enum { PATH_SIZE = 1100 };

static const char first_lines[] =
    "# Logs outside the federation that may be witnessed here, and witnesses that are asked: a C2SP tlog-policy.\n"
    "# normlink log add and normlink witness add write it.\n";
static const char last_line[] = "quorum none\n";

static int path_of(const char *dir, char out[PATH_SIZE], struct err *err)
{
	return file_join(out, PATH_SIZE, dir, "outside", err);
}

static int read_text(const char *dir, struct buf *out, struct err *err)
{
	char path[PATH_SIZE];
	struct err why = { 0 };
	int rc = path_of(dir, path, err);
	if (rc != OK)
		return rc;
	rc = file_read(path, POLICY_MAX, out, &why);
	if (rc == ERR_NOT_FOUND)
		return OK;
	return rc == OK ? OK : err_set(err, rc, "%s", why.text);
}

static int parse(const char *dir, struct bytes text, struct policy **out, struct err *err)
{
	int rc = policy_parse(text, out, err);
	return rc == OK ? OK : err_wrap(err, rc, "%s/outside", dir);
}

int outside_read(const char *dir, struct policy **out, struct err *err)
{
	struct buf text = { 0 };
	*out = NULL;
	int rc = read_text(dir, &text, err);
	if (rc == OK && text.len > 0)
		rc = parse(dir, buf_bytes(&text), out, err);
	buf_free(&text);
	return rc;
}

void outside_log_line(const struct vkey *key, const char *url, struct buf *out)
{
	buf_add_str(out, "log ");
	vkey_write(key, out);
	if (url[0] != '\0')
		buf_printf(out, " %s", url);
	buf_add_char(out, '\n');
}

void outside_witness_line(const char *name, const struct vkey *key, const char *url, struct buf *out)
{
	buf_printf(out, "witness %s ", name);
	vkey_write(key, out);
	buf_printf(out, " %s\n", url);
}

/* Where the quorum's line begins: its word is the first of a line. */
static size_t find_quorum(struct bytes text)
{
	for (size_t at = 0; at < text.len;) {
		size_t word = at;
		while (word < text.len && (text.data[word] == ' ' || text.data[word] == '\t'))
			word++;
		if (text.len - word > 6 && memcmp(text.data + word, "quorum", 6) == 0)
			return at;
		const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
		at = end != NULL ? (size_t)(end - text.data) + 1 : text.len;
	}
	return text.len;
}

static void insert(struct bytes before, struct bytes line, struct buf *out)
{
	size_t at = find_quorum(before);
	if (before.len == 0)
		buf_add_str(out, first_lines);
	buf_add(out, before.data, at);
	buf_add_bytes(out, line);
	buf_add(out, before.data + at, before.len - at);
	if (before.len == 0)
		buf_add_str(out, last_line);
}

int outside_add(const char *dir, struct bytes line, struct buf *before, struct err *err)
{
	char path[PATH_SIZE];
	struct buf after = { 0 };
	struct policy *policy = NULL;
	int rc = read_text(dir, before, err);
	if (rc == OK && (line.len == 0 || memchr(line.data, '\n', line.len) != line.data + line.len - 1))
		rc = err_set(err, ERR_INVALID, "not one line");
	if (rc == OK) {
		insert(buf_bytes(before), line, &after);
		rc = parse(dir, buf_bytes(&after), &policy, err);
	}
	if (rc == OK)
		rc = path_of(dir, path, err);
	if (rc == OK)
		rc = file_write(path, buf_bytes(&after), 0644, err);
	policy_free(policy);
	buf_free(&after);
	return rc;
}

int outside_restore(const char *dir, struct bytes before, struct err *err)
{
	char path[PATH_SIZE];
	int rc = path_of(dir, path, err);
	if (rc == OK && before.len > 0)
		return file_write(path, before, 0644, err);
	if (rc == OK && unlink(path) != 0 && errno != ENOENT)
		rc = err_errno(err, errno, "%s", path);
	return rc == OK ? file_sync_parent(path, err) : rc;
}
