/* Nodes in processes of their own, driven through the program's command line and its sockets. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { START_TIMEOUT_MS = 20000, ANSWER_TIMEOUT_MS = 60000, BATCH = 1024 };

extern char **environ;

/* Run the program to its end, its output into a file. */
static int run(const char *program, const char *output, char *const argv[], struct err *err)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int rc = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		return err_errno(err, rc, "%s", program);
	(void)waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_IO, "%s %s failed", program, argv[1]);
	return OK;
}

/* Start `serve` and read the line that says where it listens. */
static int serve(struct node *n, const char *program, struct err *err)
{
	int pipe_fds[2];
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return err_errno(err, errno, "pipe");
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	char *argv[] = { (char[]){ "normlink" }, (char[]){ "serve" }, n->dir, NULL };
	int rc = posix_spawn(&n->pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fds[1]);
	char line[512] = { 0 };
	struct pollfd wait = { .fd = pipe_fds[0], .events = POLLIN };
	if (rc == 0 && poll(&wait, 1, START_TIMEOUT_MS) == 1)
		(void)!read(pipe_fds[0], line, sizeof line - 1);
	close(pipe_fds[0]);
	const char *http = strstr(line, "http=");
	if (http == NULL || sscanf(http, "http=%127s", n->http) != 1)
		return err_set(err, ERR_TIMEOUT, "%s did not start", n->dir);
	return OK;
}

int node_start(struct node *n, const char *program, const char *home, const char *name, struct err *err)
{
	*n = (struct node){ 0 };
	char origin[128], output[300];
	(void)snprintf(n->dir, sizeof n->dir, "%s/%s", home, name);
	(void)snprintf(n->socket, sizeof n->socket, "%s/socket", n->dir);
	(void)snprintf(origin, sizeof origin, "%s.example/log", name);
	(void)snprintf(output, sizeof output, "%s.card", n->dir);
	char *argv[] = { (char[]){ "normlink" },
		             (char[]){ "init" },
		             n->dir,
		             (char[]){ "--name" },
		             (char *)(uintptr_t)name,
		             (char[]){ "--origin" },
		             origin,
		             (char[]){ "--peer-listen" },
		             (char[]){ "127.0.0.1:0" },
		             (char[]){ "--http-listen" },
		             (char[]){ "127.0.0.1:0" },
		             NULL };
	char config[300];
	(void)snprintf(config, sizeof config, "%s/node.conf", n->dir);
	int rc = access(config, R_OK) == 0 ? OK : run(program, output, argv, err);
	return rc == OK ? serve(n, program, err) : rc;
}

void node_stop(struct node *n)
{
	if (n->pid <= 0)
		return;
	kill(n->pid, SIGTERM);
	(void)waitpid(n->pid, NULL, 0);
	n->pid = 0;
}

static int add_card(struct node *to, struct node *of, const char *program, struct err *err)
{
	char card[300], output[300];
	(void)snprintf(card, sizeof card, "%s.card", of->dir);
	(void)snprintf(output, sizeof output, "%s.added", to->dir);
	char *card_argv[] = { (char[]){ "normlink" }, (char[]){ "card" }, of->dir, NULL };
	char *add_argv[] = { (char[]){ "normlink" }, (char[]){ "peer" }, (char[]){ "add" }, to->dir, card, NULL };
	int rc = run(program, card, card_argv, err);
	return rc == OK ? run(program, output, add_argv, err) : rc;
}

int node_join(struct node *a, struct node *b, const char *program, struct err *err)
{
	int rc = add_card(a, b, program, err);
	return rc == OK ? add_card(b, a, program, err) : rc;
}

int node_post(struct node *n, const struct item *items, size_t count, struct err *err)
{
	struct ask ask;
	struct buf body = { 0 }, answer = { 0 };
	int rc = ask_open(&ask, n->socket, ANSWER_TIMEOUT_MS, err);
	for (size_t i = 0; rc == OK && i < count; i += BATCH) {
		int status = 0;
		buf_reset(&body);
		for (size_t k = i; k < count && k < i + BATCH; k++) {
			buf_add_u32(&body, (uint32_t)items[k].record.len);
			buf_add_bytes(&body, items[k].record);
		}
		rc = ask_send(&ask, "POST", "/local/v1/records", "text/plain", buf_bytes(&body), &status, &answer, err);
		if (rc == OK && status != 200)
			rc = err_set(err, ERR_IO, "records refused (%d): %s", status, buf_str(&answer));
	}
	ask_close(&ask);
	buf_free(&body);
	buf_free(&answer);
	return rc;
}

int node_held(struct node *n, const char *origin, uint64_t *held, struct err *err)
{
	struct ask ask;
	struct buf answer = { 0 };
	int status = 0;
	*held = 0;
	int rc = ask_open(&ask, n->socket, ANSWER_TIMEOUT_MS, err);
	if (rc == OK)
		rc = ask_send(&ask, "GET", "/api/v1/heads", "application/json", bytes_of(NULL, 0), &status, &answer, err);
	if (rc == OK) {
		/* "as_of":[{"origin":"a.example/log","size":123,...: the size in the view. */
		const char *text = strstr(buf_str(&answer), "\"as_of\"");
		const char *at = text != NULL ? strstr(text, origin) : NULL;
		const char *size = at != NULL ? strstr(at, "\"size\":") : NULL;
		*held = size != NULL ? strtoull(size + 7, NULL, 10) : 0;
	}
	ask_close(&ask);
	buf_free(&answer);
	return rc;
}

double node_peak_mb(const struct node *n)
{
	char path[64], line[256];
	double kb = 0;
	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)n->pid);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kb = strtod(line + 6, NULL);
	if (f != NULL)
		fclose(f);
	return kb / 1024;
}
