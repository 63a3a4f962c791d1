#include "node/cli/feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/cli/client.h"
#include "proto/message.h"

enum {
	FEED_BATCHES = 3,
	BATCH_RECORDS = SUBMIT_ENTRIES_MAX,
	BATCH_BYTES = HTTP_BODY_MAX / 2, /* and one record more, of PAYLOAD_MAX at most */
	WAIT_MS = 200,
	BUSY_TRIES = 4, /* the node's queue may be full because others submit too */
};

struct batch {
	struct buf body;
	uint64_t count;
};

struct feed {
	struct client *client;
	char target[CODE_MAX + 40];
	struct feed_sink sink;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* Under the mutex. */
	struct batch queue[FEED_BATCHES];
	size_t queued; /* queue[0] is on its way */
	bool ended;    /* no more will come */
	int rc;
	struct err err;
	struct feed_totals totals;
	/* The feeder's. */
	struct batch filling;
};

/* ---- the sending thread ---- */

struct refusals {
	struct feed *feed;
	struct bytes body;
};

/* The record with that number in a body: each has four bytes of length before it. */
static struct bytes record_at(struct bytes body, uint64_t number)
{
	for (;; number--) {
		if (body.len < 4)
			return bytes_of(NULL, 0);
		size_t len = (size_t)body.data[0] << 24 | (size_t)body.data[1] << 16 | (size_t)body.data[2] << 8 | body.data[3];
		if (len > body.len - 4)
			return bytes_of(NULL, 0);
		if (number == 0)
			return bytes_of(body.data + 4, len);
		body = bytes_of(body.data + 4 + len, body.len - 4 - len);
	}
}

static void name_refusal(void *arg, uint64_t number, const char *reason)
{
	struct refusals *r = arg;
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	char subject[SUBJECT_MAX + 1];
	struct bytes raw = record_at(r->body, number);
	(void)snprintf(subject, sizeof subject, "a record");
	if (message_decode(&normlink__record__descriptor, raw, &arena, &message, NULL) == OK) {
		const Normlink__Record *record = (const Normlink__Record *)message;
		if (record->subject != NULL)
			(void)snprintf(subject, sizeof subject, "%s", record->subject);
	}
	arena_free(&arena);
	(void)pthread_mutex_lock(&r->feed->mutex);
	r->feed->sink.refused_cb(r->feed->sink.arg, subject, reason);
	(void)pthread_mutex_unlock(&r->feed->mutex);
}

static void pause_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	(void)nanosleep(&t, NULL);
}

static int post(struct feed *f, struct bytes body, struct reply *reply, struct err *err)
{
	int rc = OK;
	for (int attempt = 0; rc == OK && attempt < BUSY_TRIES; attempt++) {
		if (attempt > 0)
			pause_ms((long)WAIT_MS << attempt);
		reply_free(reply);
		rc = client_post(f->client, f->target, "application/octet-stream", body, reply, err);
		if (rc != OK || reply->status != 503)
			return rc;
	}
	return rc;
}

static int send_batch(struct feed *f, const struct batch *b, struct feed_totals *totals, struct err *err)
{
	struct reply reply = { 0 };
	struct refusals refusals = { f, buf_bytes(&b->body) };
	int rc = post(f, buf_bytes(&b->body), &reply, err);
	if (rc == OK && client_said(&reply, err) != OK)
		rc = err_wrap(err, client_code(reply.status), "the node does not take the records");
	if (rc == OK)
		rc = feed_read_answer(buf_bytes(&reply.body), b->count, totals, name_refusal, &refusals, err);
	reply_free(&reply);
	return rc;
}

/* Takes the batch at the front, which stays there until it is answered. */
static void *run(void *arg)
{
	struct feed *f = arg;
	(void)pthread_mutex_lock(&f->mutex);
	while (f->rc == OK) {
		if (f->queued == 0 && f->ended)
			break;
		if (f->queued == 0) {
			(void)pthread_cond_wait(&f->changed, &f->mutex);
			continue;
		}
		struct feed_totals totals = f->totals;
		struct err err = { 0 };
		(void)pthread_mutex_unlock(&f->mutex);
		int rc = send_batch(f, &f->queue[0], &totals, &err);
		(void)pthread_mutex_lock(&f->mutex);
		f->rc = rc;
		f->err = err;
		if (rc == OK)
			f->totals = totals;
		buf_free(&f->queue[0].body);
		f->queued--;
		memmove(&f->queue[0], &f->queue[1], f->queued * sizeof f->queue[0]);
		(void)pthread_cond_broadcast(&f->changed);
	}
	(void)pthread_mutex_unlock(&f->mutex);
	return NULL;
}

/* ---- the feeder ---- */

static void wait_changed(struct feed *f)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	(void)pthread_cond_timedwait(&f->changed, &f->mutex, &until);
	if (f->sink.wait_cb != NULL)
		f->sink.wait_cb(f->sink.arg, &f->totals);
}

static int failure(const struct feed *f, struct err *err)
{
	return f->rc == OK ? OK : err_set(err, f->rc, "%s", f->err.text);
}

static int push(struct feed *f, struct err *err)
{
	(void)pthread_mutex_lock(&f->mutex);
	while (f->rc == OK && f->queued == FEED_BATCHES)
		wait_changed(f);
	int rc = failure(f, err);
	if (rc == OK) {
		struct batch *b = &f->queue[f->queued++];
		*b = (struct batch){ .body = buf_take(&f->filling.body), .count = f->filling.count };
		f->filling.count = 0;
		(void)pthread_cond_broadcast(&f->changed);
	}
	(void)pthread_mutex_unlock(&f->mutex);
	return rc;
}

int feed_record(struct feed *f, struct bytes record, struct err *err)
{
	must(record.len <= UINT32_MAX);
	buf_add_u32(&f->filling.body, (uint32_t)record.len);
	buf_add_bytes(&f->filling.body, record);
	f->filling.count++;
	if (f->filling.count < BATCH_RECORDS && f->filling.body.len < BATCH_BYTES)
		return OK;
	return push(f, err);
}

int feed_finish(struct feed *f, struct err *err)
{
	int rc = f->filling.count > 0 ? push(f, err) : OK;
	(void)pthread_mutex_lock(&f->mutex);
	while (f->rc == OK && f->queued > 0)
		wait_changed(f);
	if (rc == OK)
		rc = failure(f, err);
	(void)pthread_mutex_unlock(&f->mutex);
	return rc;
}

void feed_totals(struct feed *f, struct feed_totals *out)
{
	(void)pthread_mutex_lock(&f->mutex);
	*out = f->totals;
	(void)pthread_mutex_unlock(&f->mutex);
}

int feed_start(const char *dir, const char *collection, const struct feed_sink *sink, struct feed **out,
               struct err *err)
{
	struct feed *f = calloc(1, sizeof *f);
	must(f != NULL);
	f->sink = *sink;
	(void)snprintf(f->target, sizeof f->target, "/local/v1/records%s%s", collection != NULL ? "?collection=" : "",
	               collection != NULL ? collection : "");
	int rc = client_open_socket(dir, &f->client, err);
	if (rc != OK) {
		free(f);
		return rc;
	}
	must(pthread_mutex_init(&f->mutex, NULL) == 0 && pthread_cond_init(&f->changed, NULL) == 0);
	must(pthread_create(&f->thread, NULL, run, f) == 0);
	*out = f;
	return OK;
}

void feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	(void)pthread_mutex_lock(&f->mutex);
	f->ended = true;
	(void)pthread_cond_broadcast(&f->changed);
	(void)pthread_mutex_unlock(&f->mutex);
	must(pthread_join(f->thread, NULL) == 0);
	for (size_t i = 0; i < f->queued; i++)
		buf_free(&f->queue[i].body);
	buf_free(&f->filling.body);
	(void)pthread_cond_destroy(&f->changed);
	(void)pthread_mutex_destroy(&f->mutex);
	client_close(f->client);
	free(f);
}
