#include "node/cli/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "crypto/hash.h"
#include "node/cli/client.h"
#include "node/shell/file.h"

enum { OVERLAP_S = 60 * 60, DAY_S = 24 * 60 * 60, STATE_MAX = PLACE_TOKEN_MAX + 4096 };

static int usual_path(struct place *p, const char *dir, const char *asked, struct err *err)
{
	struct buf text = { 0 };
	struct hasher *hasher = hasher_new();
	char folder[sizeof p->path - 24];
	buf_printf(&text, "%s\n%s\n%s", p->url, p->set != NULL ? p->set : "", asked != NULL ? asked : "");
	struct hash digest = hash_sum(hasher, buf_bytes(&text));
	hasher_free(hasher);
	buf_free(&text);
	int rc = file_join(folder, sizeof folder, dir, "harvests", err);
	if (rc == OK && mkdir(folder, 0755) != 0 && errno != EEXIST)
		rc = err_errno(err, errno, "%s", folder);
	if (rc != OK)
		return rc;
	(void)snprintf(p->path, sizeof p->path, "%s/%02x%02x%02x%02x%02x%02x%02x%02x", folder, digest.b[0], digest.b[1],
	               digest.b[2], digest.b[3], digest.b[4], digest.b[5], digest.b[6], digest.b[7]);
	return OK;
}

static void take_line(struct bytes text, const char *word, char *out, size_t size)
{
	struct bytes value = client_value(text, word);
	if (value.len > 0 && value.len < size) {
		memcpy(out, value.data, value.len);
		out[value.len] = '\0';
	}
}

/* "url ...", "set ...", "prefix ...", "from ...", "began ...", "token ...". */
static int read_lines(struct place *p, struct bytes text, struct err *err)
{
	char url[1024] = "", set[1024] = "";
	take_line(text, "url", url, sizeof url);
	take_line(text, "set", set, sizeof set);
	if (strcmp(url, p->url) != 0 || strcmp(set, p->set != NULL ? p->set : "") != 0)
		return err_set(err, ERR_USAGE, "%s: holds the state of another harvest", p->path);
	take_line(text, "prefix", p->prefix, sizeof p->prefix);
	take_line(text, "from", p->from, sizeof p->from);
	take_line(text, "began", p->began, sizeof p->began);
	take_line(text, "token", p->token, sizeof p->token);
	return OK;
}

int place_read(struct place *p, const char *path, const char *dir, const char *asked, struct err *err)
{
	struct buf text = { 0 };
	int rc = OK;
	if (path == NULL)
		rc = usual_path(p, dir, asked, err);
	else if ((size_t)snprintf(p->path, sizeof p->path, "%s", path) >= sizeof p->path)
		rc = err_set(err, ERR_USAGE, "--state: the name is too long");
	if (rc != OK)
		return rc;
	rc = file_read(p->path, STATE_MAX, &text, err);
	if (rc == OK)
		rc = read_lines(p, buf_bytes(&text), err);
	buf_free(&text);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

int place_write(const struct place *p, struct err *err)
{
	struct buf text = { 0 };
	buf_printf(&text, "url %s\n", p->url);
	if (p->set != NULL)
		buf_printf(&text, "set %s\n", p->set);
	if (p->prefix[0] != '\0')
		buf_printf(&text, "prefix %s\n", p->prefix);
	if (p->from[0] != '\0')
		buf_printf(&text, "from %s\n", p->from);
	if (p->token[0] != '\0')
		buf_printf(&text, "began %s\ntoken %s\n", p->began, p->token);
	int rc = file_write(p->path, buf_bytes(&text), 0644, err);
	buf_free(&text);
	return rc;
}

void place_begin(struct place *p, const char *from)
{
	p->token[0] = p->began[0] = '\0';
	(void)snprintf(p->from, sizeof p->from, "%s", from);
}

void place_forget(struct place *p)
{
	place_begin(p, "");
	p->prefix[0] = '\0';
}

int place_go_on(struct place *p, const char *date, const char *token, struct err *err)
{
	if (strlen(token) >= sizeof p->token || strlen(date) >= sizeof p->began)
		return err_set(err, ERR_LIMIT, "a resumption token or a date that is longer than is kept");
	if (p->token[0] == '\0')
		(void)snprintf(p->began, sizeof p->began, "%s", date);
	(void)snprintf(p->token, sizeof p->token, "%s", token);
	return OK;
}

void place_finish(struct place *p, bool seconds)
{
	struct tm when = { 0 };
	char text[sizeof p->from] = "";
	const char *end = strptime(p->began, "%Y-%m-%dT%H:%M:%S", &when);
	if (end != NULL && (*end == 'Z' || *end == '.')) {
		time_t since = timegm(&when) - (seconds ? OVERLAP_S : DAY_S);
		(void)gmtime_r(&since, &when);
		(void)strftime(text, sizeof text, seconds ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d", &when);
	}
	place_begin(p, text);
}
