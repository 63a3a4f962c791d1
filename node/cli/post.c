#include "node/cli/post.h"

#include "node/base/log.h"
#include "node/cli/inside.h"
#include "node/shell/node_dir.h"

int post_begin(struct post *p, const char *dir, struct err *err)
{
	int rc = OK;
	*p = (struct post){ 0 };
	if (!node_dir_running(dir)) {
		log_set_level(LOG_WARN); /* a node of our own has nothing to tell but trouble */
		rc = inside_start(dir, &p->inside, err);
	}
	return rc == OK ? client_open_socket(dir, &p->client, err) : rc;
}

int post_ask(struct post *p, const char *target, const char *type, struct bytes body, struct reply *out,
             struct err *err)
{
	int rc = client_post(p->client, target, type, body, out, err);
	if (rc == OK && out->status != 200) {
		int len = out->body.len > 0 ? (int)out->body.len - 1 : 0;
		rc = err_set(err, client_code(out->status), "%.*s", len, (const char *)out->body.data);
	}
	return rc;
}

int post_end(struct post *p, struct err *err)
{
	client_close(p->client);
	int rc = inside_stop(p->inside, err);
	*p = (struct post){ 0 };
	return rc;
}
