#include "node/cli/outside_line.h"

#include "node/cli/post.h"
#include "node/shell/node_dir.h"
#include "node/shell/trust.h"

/* A running node takes the line through its socket, and writes it down. */
static int add_running(const char *dir, struct bytes line, bool *known, struct err *err)
{
	struct reply reply;
	int rc = post_running(dir, "/local/v1/outside", line, &reply, err);
	*known = bytes_equal(buf_bytes(&reply.body), bytes_str("known\n"));
	reply_free(&reply);
	return rc;
}

int outside_line_add(const char *dir, struct bytes line, bool *known, struct err *err)
{
	struct vkey key;
	*known = false;
	return node_dir_running(dir) ? add_running(dir, line, known, err) : trust_line(dir, NULL, line, &key, known, err);
}
