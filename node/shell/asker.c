#include "node/shell/asker.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { CONNECT_MS = 5000, IDLE_MS = 60 * 1000 };

struct asking {
	struct asking *next;
	uint64_t op;
	char url[URL_MAX_BYTES + 32];
	struct buf body, answer;
	char error[CURL_ERROR_SIZE];
	CURL *curl;
	struct curl_slist *headers;
	int code, status;
	char text[CURL_ERROR_SIZE];
};

struct asker {
	pthread_t thread;
	bool started;
	CURLM *multi;          /* the thread's, but for curl_multi_wakeup */
	struct asking *active; /* the thread's */
	uv_async_t told;
	asker_done_cb done_cb;
	void *arg;
	/* Shared, under the mutex. */
	pthread_mutex_t mutex;
	struct asking *waiting, *done;
	bool stop;
};

static void asking_free(struct asking *q)
{
	curl_easy_cleanup(q->curl);
	curl_slist_free_all(q->headers);
	buf_free(&q->body);
	buf_free(&q->answer);
	free(q);
}

static void free_all(struct asking *q)
{
	for (struct asking *next; q != NULL; q = next) {
		next = q->next;
		asking_free(q);
	}
}

static void lock(struct asker *a)
{
	must(pthread_mutex_lock(&a->mutex) == 0);
}

static void unlock(struct asker *a)
{
	must(pthread_mutex_unlock(&a->mutex) == 0);
}

/* ---- the thread ---- */

static size_t on_answer(char *data, size_t size, size_t count, void *arg)
{
	struct asking *q = arg;
	size_t len = size * count;
	if (len > ASK_ANSWER_MAX - q->answer.len)
		return 0; /* ends the request */
	buf_add(&q->answer, data, len);
	return len;
}

static void begin(struct asker *a, struct asking *q)
{
	q->curl = curl_easy_init();
	must(q->curl != NULL);
	q->headers = curl_slist_append(NULL, "Expect:");
	q->headers = curl_slist_append(q->headers, "Content-Type: text/plain; charset=utf-8");
	must(q->headers != NULL);
	curl_easy_setopt(q->curl, CURLOPT_URL, q->url);
	curl_easy_setopt(q->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(q->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(q->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(q->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(q->curl, CURLOPT_TIMEOUT_MS, (long)ASK_TIMEOUT_MS);
	curl_easy_setopt(q->curl, CURLOPT_USERAGENT, "normlink");
	curl_easy_setopt(q->curl, CURLOPT_HTTPHEADER, q->headers);
	curl_easy_setopt(q->curl, CURLOPT_POSTFIELDSIZE, (long)q->body.len);
	curl_easy_setopt(q->curl, CURLOPT_POSTFIELDS, (const char *)q->body.data);
	curl_easy_setopt(q->curl, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(q->curl, CURLOPT_WRITEDATA, q);
	curl_easy_setopt(q->curl, CURLOPT_ERRORBUFFER, q->error);
	curl_easy_setopt(q->curl, CURLOPT_PRIVATE, q);
	must(curl_multi_add_handle(a->multi, q->curl) == CURLM_OK);
	q->next = a->active;
	a->active = q;
}

/* curl's codes go no further. */
static void settle(struct asking *q, CURLcode result)
{
	long status = 0;
	curl_easy_getinfo(q->curl, CURLINFO_RESPONSE_CODE, &status);
	q->status = (int)status;
	q->code = result == CURLE_OK ? OK : result == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_IO;
	if (result == CURLE_WRITE_ERROR)
		q->code = ERR_LIMIT;
	const char *why = q->error[0] != '\0' ? q->error : curl_easy_strerror(result);
	(void)snprintf(q->text, sizeof q->text, "%s",
	               q->code == OK          ? ""
	               : q->code == ERR_LIMIT ? "its answer is too long"
	                                      : why);
}

static void finish(struct asker *a, CURL *curl, CURLcode result)
{
	char *private = NULL;
	curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
	struct asking *q = (struct asking *)(void *)private;
	must(q != NULL && q->curl == curl);
	settle(q, result);
	must(curl_multi_remove_handle(a->multi, curl) == CURLM_OK);
	struct asking **p = &a->active;
	while (*p != q)
		p = &(*p)->next;
	*p = q->next;
	lock(a);
	q->next = a->done;
	a->done = q;
	unlock(a);
	(void)uv_async_send(&a->told);
}

static void *ask_thread(void *arg)
{
	struct asker *a = arg;
	for (bool stop = false; !stop;) {
		lock(a);
		struct asking *fresh = a->waiting;
		a->waiting = NULL;
		stop = a->stop;
		unlock(a);
		for (struct asking *next; fresh != NULL; fresh = next) {
			next = fresh->next;
			begin(a, fresh);
		}
		int running, left;
		(void)curl_multi_perform(a->multi, &running);
		for (CURLMsg *m; (m = curl_multi_info_read(a->multi, &left)) != NULL;)
			if (m->msg == CURLMSG_DONE)
				finish(a, m->easy_handle, m->data.result);
		if (!stop)
			(void)curl_multi_poll(a->multi, NULL, 0, IDLE_MS, NULL);
	}
	return NULL;
}

/* ---- the loop's side ---- */

static void on_told(uv_async_t *async)
{
	struct asker *a = async->data;
	lock(a);
	struct asking *q = a->done;
	a->done = NULL;
	unlock(a);
	for (struct asking *next; q != NULL; q = next) {
		next = q->next;
		const struct asker_done done = {
			.op = q->op, .code = q->code, .status = q->status, .body = buf_bytes(&q->answer), .text = q->text
		};
		a->done_cb(a->arg, &done);
		asking_free(q);
	}
}

int asker_start(uv_loop_t *loop, asker_done_cb done_cb, void *arg, struct asker **out, struct err *err)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	struct asker *a = calloc(1, sizeof *a);
	must(a != NULL);
	a->multi = curl_multi_init();
	must(a->multi != NULL);
	a->done_cb = done_cb;
	a->arg = arg;
	must(pthread_mutex_init(&a->mutex, NULL) == 0);
	must(uv_async_init(loop, &a->told, on_told) == 0);
	a->told.data = a;
	uv_unref((uv_handle_t *)&a->told); /* it need not keep the loop running */
	*out = a;
	return OK;
}

/* Most nodes ask nobody: the thread begins with the first question.  Signals are for those that the program started. */
static bool start_thread(struct asker *a)
{
	sigset_t all, before;
	if (a->started)
		return true;
	(void)sigfillset(&all);
	must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	a->started = pthread_create(&a->thread, NULL, ask_thread, a) == 0;
	must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	return a->started;
}

void asker_ask(struct asker *a, uint64_t op, const char *url, struct buf *body)
{
	struct asking *q = calloc(1, sizeof *q);
	must(q != NULL);
	q->op = op;
	q->body = buf_take(body);
	(void)snprintf(q->url, sizeof q->url, "%s", url);
	bool started = start_thread(a);
	if (!started) {
		q->code = ERR_IO;
		(void)snprintf(q->text, sizeof q->text, "no thread for it can be started");
	}
	lock(a);
	struct asking **list = started ? &a->waiting : &a->done;
	q->next = *list;
	*list = q;
	unlock(a);
	if (started)
		(void)curl_multi_wakeup(a->multi);
	else
		(void)uv_async_send(&a->told);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void asker_stop(struct asker **asker)
{
	struct asker *a = *asker;
	*asker = NULL;
	if (a == NULL)
		return;
	lock(a);
	a->stop = true;
	unlock(a);
	if (a->started) {
		(void)curl_multi_wakeup(a->multi);
		must(pthread_join(a->thread, NULL) == 0);
	}
	for (struct asking *q = a->active; q != NULL; q = q->next)
		must(curl_multi_remove_handle(a->multi, q->curl) == CURLM_OK);
	free_all(a->active);
	free_all(a->waiting);
	free_all(a->done);
	(void)curl_multi_cleanup(a->multi);
	must(pthread_mutex_destroy(&a->mutex) == 0);
	uv_close((uv_handle_t *)&a->told, on_closed);
}
