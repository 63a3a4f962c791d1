#include "node/cli/outside_line.h"

#include "node/cli/client.h"
#include "node/shell/node_dir.h"
#include "node/shell/trust.h"

/* A running node takes the line through its socket, and writes it down. */
static int add_running(const char *dir, struct bytes line, bool *known, struct err *err)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	int rc = client_open_socket(dir, &client, err);
	if (rc == OK)
		rc = client_post(client, "/local/v1/outside", "text/plain; charset=utf-8", line, &reply, err);
	if (rc == OK && reply.status != 200) {
		int len = reply.body.len > 0 ? (int)reply.body.len - 1 : 0;
		rc = err_set(err, client_code(reply.status), "%.*s", len, (const char *)reply.body.data);
	}
	*known = bytes_equal(buf_bytes(&reply.body), bytes_str("known\n"));
	reply_free(&reply);
	client_close(client);
	return rc;
}

int outside_line_add(const char *dir, struct bytes line, bool *known, struct err *err)
{
	struct vkey key;
	*known = false;
	return node_dir_running(dir) ? add_running(dir, line, known, err) : trust_line(dir, NULL, line, &key, known, err);
}
