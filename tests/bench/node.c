/* Nodes in processes of their own, driven through the program's command line and its sockets. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { START_TIMEOUT_MS = 20000, ANSWER_TIMEOUT_MS = 60000, BATCH = 1024, RUNNING_MAX = 16 };

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

/* ---- nodes that run ---- */

static pid_t running[RUNNING_MAX]; /* 0: free */

static void end(pid_t pid)
{
	kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	for (size_t i = 0; i < RUNNING_MAX; i++)
		if (running[i] == pid)
			running[i] = 0;
}

static void end_all(void)
{
	for (size_t i = 0; i < RUNNING_MAX; i++)
		if (running[i] > 0)
			end(running[i]);
}

/* When we exit, whatever failed, it is ended before its folder is removed. */
static void remember(pid_t pid)
{
	static bool asked;
	size_t i = 0;
	if (!asked)
		must(atexit(end_all) == 0);
	asked = true;
	while (i < RUNNING_MAX && running[i] != 0)
		i++;
	must(i < RUNNING_MAX);
	running[i] = pid;
}

/* It ends with us, also when we are killed or abort. */
static pid_t start(const char *program, char *const argv[], int output)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(nowhere, STDERR_FILENO) >= 0)
		execv(program, argv);
	_exit(127);
}

/* Start `serve` and read the line that says where it listens. */
static int serve(struct node *n, const char *program, struct err *err)
{
	int pipe_fds[2];
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return err_errno(err, errno, "pipe");
	char *argv[] = { (char[]){ "normlink" }, (char[]){ "serve" }, n->dir, NULL };
	n->pid = start(program, argv, pipe_fds[1]);
	int rc = n->pid > 0 ? OK : err_errno(err, errno, "fork");
	if (rc == OK)
		remember(n->pid);
	close(pipe_fds[1]);
	char line[512] = { 0 };
	struct pollfd wait = { .fd = pipe_fds[0], .events = POLLIN };
	if (rc == OK && poll(&wait, 1, START_TIMEOUT_MS) == 1)
		(void)!read(pipe_fds[0], line, sizeof line - 1);
	close(pipe_fds[0]);
	if (rc == OK && sscanf(line, "ready name=%*s peer=%127s http=%127s", n->peer, n->http) != 2)
		return err_set(err, ERR_TIMEOUT, "%s did not start", n->dir);
	return rc;
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
	end(n->pid);
	n->pid = 0;
}

/* how: NULL, or an option of `peer add`. */
static int add_card(struct node *to, struct node *of, const char *how, const char *program, struct err *err)
{
	char card[300], output[300];
	(void)snprintf(card, sizeof card, "%s.card", of->dir);
	(void)snprintf(output, sizeof output, "%s.added", to->dir);
	char *card_argv[] = { (char[]){ "normlink" }, (char[]){ "card" }, of->dir, NULL };
	char *add_argv[] = {
		(char[]){ "normlink" }, (char[]){ "peer" }, (char[]){ "add" }, to->dir, card, (char *)(uintptr_t)how, NULL
	};
	int rc = run(program, card, card_argv, err);
	return rc == OK ? run(program, output, add_argv, err) : rc;
}

int node_join(struct node *a, struct node *b, const char *program, struct err *err)
{
	int rc = add_card(a, b, NULL, program, err);
	return rc == OK ? add_card(b, a, NULL, program, err) : rc;
}

int node_move(struct node *a, struct node *b, const char *address, const char *program, struct err *err)
{
	char config[300];
	(void)snprintf(config, sizeof config, "%s/node.conf", b->dir);
	FILE *f = fopen(config, "a");
	if (f == NULL)
		return err_errno(err, errno, "%s", config);
	fprintf(f, "advertise: %s\n", address);
	if (fclose(f) != 0)
		return err_errno(err, errno, "%s", config);
	return add_card(a, b, "--replace", program, err);
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
