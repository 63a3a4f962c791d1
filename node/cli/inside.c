#include "node/cli/inside.h"

#include <pthread.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "node/shell/node_dir.h"
#include "node/shell/shell.h"

struct inside {
	struct node_dir dir;
	struct shell *shell;
	pthread_t thread;
	int rc; /* of shell_run, once the thread has ended */
	struct err err;
};

static void *run(void *arg)
{
	struct inside *n = arg;
	n->rc = shell_run(n->shell, false, &n->err);
	return NULL;
}

int inside_start(const char *path, enum log_level level, struct inside **out, struct err *err)
{
	*out = NULL;
	if (node_dir_running(path))
		return OK;
	log_set_level(level);
	const struct shell_options options = { .local_only = true, .quiet = true };
	struct inside *n = calloc(1, sizeof *n);
	must(n != NULL);
	int rc = node_dir_open(path, &n->dir, err);
	if (rc == OK)
		rc = shell_start(&n->dir, &options, &n->shell, err);
	if (rc == OK && pthread_create(&n->thread, NULL, run, n) != 0)
		rc = err_set(err, ERR_IO, "cannot start a thread");
	if (rc != OK) {
		shell_free(n->shell);
		node_dir_close(&n->dir);
		free(n);
		return rc;
	}
	*out = n;
	return OK;
}

int inside_stop(struct inside *n, int rc, struct err *err)
{
	if (n == NULL)
		return rc;
	shell_stop(n->shell);
	must(pthread_join(n->thread, NULL) == 0);
	if (rc == OK && n->rc != OK)
		rc = err_set(err, n->rc, "the node ended: %s", n->err.text);
	shell_free(n->shell);
	node_dir_close(&n->dir);
	free(n);
	return rc;
}
