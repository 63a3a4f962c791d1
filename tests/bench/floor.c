/* The floor: what the machine gives when nothing is done but what must be.
 *
 * Records come over TLS 1.3 from a second process; one thread decrypts them and hashes payloads, leaves and tree; the
 * other writes lean rows and a contentless full-text index with the node's own tokenizer, in transactions of
 * STORE_BATCH_ROWS.  No envelopes, no validation, no signatures, no facets, no protocol.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/tls.h"
#include "crypto/tree.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/tokenizer.h"
#include "tests/bench/bench.h"

enum { WIRE_CHUNK = 64 * 1024, QUEUE_BATCHES = 4, COMMITS = 300 };

static bool accept_any(void *arg, const struct hash *pin)
{
	return true;
}

static struct tls *session(bool server)
{
	struct err err = { 0 };
	struct buf key = { 0 }, cert = { 0 };
	struct tls_ctx *ctx;
	if (tls_identity_new("floor", time(NULL), 1, &key, &cert, &err) != OK ||
	    tls_ctx_new(buf_bytes(&key), buf_bytes(&cert), &ctx, &err) != OK)
		bench_fail("floor TLS", &err);
	buf_free(&key);
	buf_free(&cert);
	return tls_new(ctx, server, accept_any, NULL);
}

static void flush(struct tls *t, int fd)
{
	struct buf wire = { 0 };
	tls_drain(t, &wire);
	for (size_t sent = 0; sent < wire.len;) {
		ssize_t n = send(fd, wire.data + sent, wire.len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			_exit(1);
		sent += (size_t)n;
	}
	buf_free(&wire);
}

/* Bytes from the socket through TLS into plain; false at the end. */
static bool pump(struct tls *t, int fd, struct buf *plain)
{
	static _Thread_local uint8_t chunk[WIRE_CHUNK];
	struct err err = { 0 };
	ssize_t n = recv(fd, chunk, sizeof chunk, 0);
	if (n <= 0)
		return false;
	int rc = tls_feed(t, bytes_of(chunk, (size_t)n), plain, &err);
	flush(t, fd);
	return rc == OK;
}

static void add_field(struct buf *out, const void *data, size_t len)
{
	buf_add_u32(out, (uint32_t)len);
	buf_add(out, data, len);
}

/* The second process. */
static _Noreturn void send_all(const struct corpus *c, int fd)
{
	struct err err = { 0 };
	struct buf plain = { 0 };
	struct tls *t = session(false);
	if (tls_start(t, &err) != OK)
		_exit(1);
	flush(t, fd);
	while (!tls_established(t, NULL))
		if (!pump(t, fd, &plain))
			_exit(1);
	for (size_t i = 0; i < c->count; i++) {
		const struct item *item = &c->v[i];
		add_field(&plain, item->payload.data, item->payload.len);
		add_field(&plain, item->reference, strlen(item->reference));
		add_field(&plain, item->title, strlen(item->title));
		add_field(&plain, item->abstract, strlen(item->abstract));
		if (plain.len >= WIRE_CHUNK || i + 1 == c->count) {
			if (tls_write(t, buf_bytes(&plain), &err) != OK)
				_exit(1);
			buf_reset(&plain);
			flush(t, fd);
		}
	}
	/* Wait for the other side to close, so that nothing is lost. */
	(void)pump(t, fd, &plain);
	_exit(0);
}

/* ---- rows and index ---- */

struct rows {
	sqlite3 *db;
	sqlite3_stmt *row, *text, *begin, *commit;
	int64_t id;
};

static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "floor: %s: %s\n", text, sqlite3_errmsg(db));
		exit(1);
	}
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(db, text, -1, &s, NULL) != SQLITE_OK) {
		fprintf(stderr, "floor: %s: %s\n", text, sqlite3_errmsg(db));
		exit(1);
	}
	return s;
}

static void rows_open(struct rows *r, const char *home, const char *name)
{
	struct err err = { 0 };
	char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", home, name);
	(void)unlink(path);
	*r = (struct rows){ 0 };
	if (sqlite3_open(path, &r->db) != SQLITE_OK || tokenizer_register(r->db, &err) != OK)
		bench_fail("floor database", &err);
	sql(r->db, "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536");
	sql(r->db, "CREATE TABLE entry(id INTEGER PRIMARY KEY, reference TEXT, payload BLOB)");
	sql(r->db,
	    "CREATE VIRTUAL TABLE words USING fts5(reference, title, abstract, content='', tokenize='" TOKENIZER_NAME "')");
	r->row = prepare(r->db, "INSERT INTO entry VALUES(?,?,?)");
	r->text = prepare(r->db, "INSERT INTO words(rowid, reference, title, abstract) VALUES(?,?,?,?)");
	r->begin = prepare(r->db, "BEGIN");
	r->commit = prepare(r->db, "COMMIT");
}

static void step(sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE) {
		fprintf(stderr, "floor: %s\n", sqlite3_errmsg(sqlite3_db_handle(s)));
		exit(1);
	}
	sqlite3_reset(s);
}

static void rows_put(struct rows *r, struct bytes payload, struct bytes reference, struct bytes title,
                     struct bytes abstract)
{
	r->id++;
	sqlite3_bind_int64(r->row, 1, r->id);
	sqlite3_bind_text(r->row, 2, (const char *)reference.data, (int)reference.len, SQLITE_STATIC);
	sqlite3_bind_blob(r->row, 3, payload.data, (int)payload.len, SQLITE_STATIC);
	step(r->row);
	sqlite3_bind_int64(r->text, 1, r->id);
	sqlite3_bind_text(r->text, 2, (const char *)reference.data, (int)reference.len, SQLITE_STATIC);
	sqlite3_bind_text(r->text, 3, (const char *)title.data, (int)title.len, SQLITE_STATIC);
	sqlite3_bind_text(r->text, 4, (const char *)abstract.data, (int)abstract.len, SQLITE_STATIC);
	step(r->text);
}

static void rows_close(struct rows *r)
{
	sqlite3_finalize(r->row);
	sqlite3_finalize(r->text);
	sqlite3_finalize(r->begin);
	sqlite3_finalize(r->commit);
	sqlite3_close(r->db);
}

double floor_rows(const struct corpus *c, const char *home)
{
	struct rows r;
	rows_open(&r, home, "rows.db");
	double began = bench_now();
	for (size_t i = 0; i < c->count; i++) {
		const struct item *item = &c->v[i];
		if (i % STORE_BATCH_ROWS == 0)
			step(r.begin);
		rows_put(&r, item->payload, bytes_str(item->reference), bytes_str(item->title), bytes_str(item->abstract));
		if (i % STORE_BATCH_ROWS == STORE_BATCH_ROWS - 1 || i + 1 == c->count)
			step(r.commit);
	}
	double rate = (double)c->count / (bench_now() - began);
	rows_close(&r);
	return rate;
}

double floor_commit(const struct corpus *c, const char *home)
{
	struct rows r;
	double times[COMMITS];
	rows_open(&r, home, "commit.db");
	for (size_t i = 0; i < COMMITS; i++) {
		const struct item *item = &c->v[i % c->count];
		double began = bench_now();
		step(r.begin);
		rows_put(&r, item->payload, bytes_str(item->reference), bytes_str(item->title), bytes_str(item->abstract));
		step(r.commit);
		times[i] = (bench_now() - began) * 1000;
	}
	rows_close(&r);
	return bench_percentile(times, COMMITS, 0.99);
}

/* ---- the two threads ---- */

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct buf batches[QUEUE_BATCHES];
	size_t count;
	bool ended;
	struct rows rows;
};

static struct bytes take_field(struct bytes *rest)
{
	uint32_t len =
	    (uint32_t)rest->data[0] << 24 | (uint32_t)rest->data[1] << 16 | (uint32_t)rest->data[2] << 8 | rest->data[3];
	struct bytes field = bytes_of(rest->data + 4, len);
	*rest = bytes_of(rest->data + 4 + len, rest->len - 4 - len);
	return field;
}

static void write_batch(struct rows *r, struct bytes batch)
{
	step(r->begin);
	while (batch.len > 0) {
		struct bytes payload = take_field(&batch), reference = take_field(&batch), title = take_field(&batch);
		rows_put(r, payload, reference, title, take_field(&batch));
	}
	step(r->commit);
}

static void *writer(void *arg)
{
	struct queue *q = arg;
	for (;;) {
		pthread_mutex_lock(&q->lock);
		while (q->count == 0 && !q->ended)
			pthread_cond_wait(&q->moved, &q->lock);
		bool none = q->count == 0;
		struct buf batch = none ? (struct buf){ 0 } : buf_take(&q->batches[0]);
		if (!none)
			memmove(q->batches, q->batches + 1, --q->count * sizeof q->batches[0]);
		pthread_cond_signal(&q->moved);
		pthread_mutex_unlock(&q->lock);
		if (none)
			return NULL;
		write_batch(&q->rows, buf_bytes(&batch));
		buf_free(&batch);
	}
}

static void hand_over(struct queue *q, struct buf *batch)
{
	pthread_mutex_lock(&q->lock);
	while (q->count == QUEUE_BATCHES)
		pthread_cond_wait(&q->moved, &q->lock);
	q->batches[q->count++] = buf_take(batch);
	pthread_cond_signal(&q->moved);
	pthread_mutex_unlock(&q->lock);
}

/* The length of the first whole record in plain, 0 when there is none yet. */
static size_t whole_record(struct bytes plain)
{
	size_t at = 0;
	for (int field = 0; field < 4; field++) {
		if (plain.len - at < 4)
			return 0;
		const uint8_t *p = plain.data + at;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		if (plain.len - at - 4 < len)
			return 0;
		at += 4 + len;
	}
	return at;
}

/* Decrypt, hash, gather batches, until count records have come. */
static void receive_all(struct queue *q, int fd, size_t count)
{
	struct hasher *h = hasher_new();
	struct tree *tree = tree_new(h);
	struct tls *t = session(true);
	struct buf plain = { 0 }, batch = { 0 };
	size_t got = 0, in_batch = 0;
	while (got < count) {
		size_t used = 0, len;
		while ((len = whole_record(bytes_of(plain.data + used, plain.len - used))) > 0) {
			struct bytes record = bytes_of(plain.data + used, len), rest = record;
			struct hash digest = hash_sum(h, take_field(&rest));
			struct hash leaf = hash_leaf(h, bytes_of(digest.b, HASH_SIZE));
			tree_append(tree, &leaf);
			buf_add_bytes(&batch, record);
			used += len;
			got++;
			if (++in_batch == STORE_BATCH_ROWS || got == count) {
				hand_over(q, &batch);
				in_batch = 0;
			}
		}
		buf_drop(&plain, used);
		if (got < count && !pump(t, fd, &plain))
			bench_fail("floor receiver", NULL);
	}
	(void)tree_root(tree);
	tree_free(tree);
	hasher_free(h);
	tls_free(t);
	buf_free(&plain);
}

double floor_replication(const struct corpus *c, const char *home)
{
	int fds[2];
	pthread_t thread;
	struct queue q = { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		bench_fail("socketpair", NULL);
	double began = bench_now();
	pid_t sender = fork();
	if (sender == 0) {
		close(fds[0]);
		send_all(c, fds[1]);
	}
	close(fds[1]);
	rows_open(&q.rows, home, "floor.db");
	must(pthread_create(&thread, NULL, writer, &q) == 0);
	receive_all(&q, fds[0], c->count);
	pthread_mutex_lock(&q.lock);
	q.ended = true;
	pthread_cond_signal(&q.moved);
	pthread_mutex_unlock(&q.lock);
	pthread_join(thread, NULL);
	double rate = (double)c->count / (bench_now() - began);
	close(fds[0]);
	(void)waitpid(sender, NULL, 0);
	rows_close(&q.rows);
	return rate;
}
