/* flooder: a client that asks too much.
 *
 *     flooder HOST:PORT SOURCE MODE TARGET
 *
 * Opens CONNECTIONS connections from the address SOURCE (127.0.0.2, say) to HTTP at HOST:PORT, asks for TARGET on each
 * again and again until SIGTERM, and then prints how often it asked, how often it was turned away without an answer,
 * and the answers by status.
 *
 *     ask     takes each answer before it asks again
 *     leave   goes as soon as it has asked, every second time with a reset
 *     hold    asks as long as the other side takes it, and reads nothing
 *     drip    sends a byte of its request at a time
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, REQUEST_MAX = 16 * 1024, PATIENCE_MS = 300, PAUSE_MS = 20, STATUSES = 600 };

static struct sockaddr_in from, to;
static char request[REQUEST_MAX];
static size_t request_len;
static atomic_bool over;
static atomic_uint asked, turned_away, answers[STATUSES];

static void on_signal(int number)
{
	(void)number;
	atomic_store(&over, true);
}

static int come(void)
{
	struct timeval patience = { .tv_usec = PATIENCE_MS * 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	    bind(fd, (struct sockaddr *)&from, sizeof from) == 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static bool say(int fd)
{
	atomic_fetch_add(&asked, 1);
	return send(fd, request, request_len, MSG_NOSIGNAL) == (ssize_t)request_len;
}

/* Read one answer, which has a length; false: there was none. */
static bool hear(int fd)
{
	static _Thread_local char bytes[1024 * 1024];
	size_t len = 0, whole = sizeof bytes - 1;
	while (len < whole) {
		ssize_t n = recv(fd, bytes + len, sizeof bytes - 1 - len, 0);
		if (n <= 0 && atomic_load(&over))
			return false;
		if (n == 0)
			return false;
		len += n > 0 ? (size_t)n : 0;
		bytes[len] = '\0';
		const char *end = strstr(bytes, "\r\n\r\n"), *length = strstr(bytes, "Content-Length: ");
		if (end != NULL && length != NULL)
			whole = (size_t)(end + 4 - bytes) + strtoul(length + 16, NULL, 10);
	}
	atomic_fetch_add(&answers[strtoul(bytes + 9, NULL, 10) % STATUSES], 1);
	return true;
}

static void leave(int fd, bool reset)
{
	struct linger gone = { .l_onoff = 1 };
	if (reset)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &gone, sizeof gone);
	(void)close(fd);
}

static void ask(int fd)
{
	while (!atomic_load(&over))
		if (!say(fd) || !hear(fd)) {
			atomic_fetch_add(&turned_away, 1);
			return;
		}
}

static void hold(int fd)
{
	while (say(fd) && !atomic_load(&over))
		;
	while (!atomic_load(&over))
		(void)poll(NULL, 0, PAUSE_MS);
}

static void drip(int fd)
{
	for (size_t i = 0; !atomic_load(&over) && i + 1 < request_len && send(fd, request + i, 1, MSG_NOSIGNAL) == 1; i++)
		(void)poll(NULL, 0, PAUSE_MS);
}

static void *flood(void *arg)
{
	const char *mode = arg;
	for (unsigned i = 0; !atomic_load(&over); i++) {
		int fd = come();
		if (fd < 0) {
			atomic_fetch_add(&turned_away, 1);
			(void)poll(NULL, 0, PAUSE_MS);
			continue;
		}
		if (strcmp(mode, "ask") == 0)
			ask(fd);
		else if (strcmp(mode, "hold") == 0)
			hold(fd);
		else if (strcmp(mode, "drip") == 0)
			drip(fd);
		else
			(void)say(fd);
		leave(fd, i % 2 == 0);
		(void)poll(NULL, 0, PAUSE_MS);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[CONNECTIONS];
	char *colon = argc == 5 ? strchr(argv[1], ':') : NULL;
	if (colon == NULL)
		return 2;
	*colon = '\0';
	from.sin_family = to.sin_family = AF_INET;
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || inet_pton(AF_INET, argv[2], &from.sin_addr) != 1)
		return 2;
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: node\r\n\r\n", argv[4]);
	if (n < 0 || (size_t)n >= sizeof request)
		return 2;
	request_len = (size_t)n;
	(void)signal(SIGTERM, on_signal);
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (pthread_create(&threads[i], NULL, flood, argv[3]) != 0)
			return 1;
	for (size_t i = 0; i < CONNECTIONS; i++)
		(void)pthread_join(threads[i], NULL);
	printf("asked %u turned-away %u", asked, turned_away);
	for (size_t i = 0; i < STATUSES; i++)
		if (answers[i] > 0)
			printf(" status-%zu %u", i, answers[i]);
	printf("\n");
	return 0;
}
