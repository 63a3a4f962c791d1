/* The witness: checkpoints cosigned and durable, a second, with many logs and clients at once.
 *
 * The floor: each signature verified and one made, on one thread, and the rows of as many logs as there are clients in
 * one durable commit.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/ask.h"
#include "tests/support/foreign.h"

enum { LOGS = 128, CLIENTS = 32, ROUNDS = 60, FLOOR_CHECKPOINTS = 4096 };

/* One client's logs, and what it sends: made before the clock runs. */
struct client {
	pthread_t thread;
	const char *address;
	struct buf requests[LOGS / CLIENTS][ROUNDS];
	double ms[LOGS / CLIENTS * ROUNDS];
};

static void *bring_all(void *arg)
{
	struct client *c = arg;
	struct ask ask;
	struct err err = { 0 };
	struct buf answer = { 0 };
	size_t done = 0;
	if (ask_open(&ask, c->address, 30000, &err) != OK)
		bench_fail("connect", &err);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t log = 0; log < LOGS / CLIENTS; log++) {
			int status = 0;
			double began = bench_now();
			if (ask_send(&ask, "POST", "/witness/add-checkpoint", NULL, buf_bytes(&c->requests[log][round]), &status,
			             &answer, &err) != OK)
				bench_fail("add-checkpoint", &err);
			if (status != 200)
				bench_fail(buf_str(&answer), NULL);
			c->ms[done++] = (bench_now() - began) * 1000;
		}
	}
	ask_close(&ask);
	buf_free(&answer);
	return NULL;
}

static void allow(const struct node *n, const struct foreign *f)
{
	struct ask ask;
	struct err err = { 0 };
	struct buf line = { 0 }, answer = { 0 };
	int status = 0;
	buf_add_str(&line, "log ");
	vkey_write(skey_public(f->key), &line);
	buf_add_char(&line, '\n');
	int rc = ask_open(&ask, n->socket, 30000, &err);
	if (rc == OK)
		rc = ask_send(&ask, "POST", "/local/v1/outside", NULL, buf_bytes(&line), &status, &answer, &err);
	if (rc != OK || status != 200)
		bench_fail("log add", &err);
	ask_close(&ask);
	buf_free(&line);
	buf_free(&answer);
}

static struct client *prepare(const struct node *n)
{
	struct client *clients = calloc(CLIENTS, sizeof *clients);
	must(clients != NULL);
	for (size_t i = 0; i < LOGS; i++) {
		char origin[64];
		struct foreign f;
		(void)snprintf(origin, sizeof origin, "bench-%zu.example/log", i);
		foreign_open(&f, origin, (uint8_t)i);
		allow(n, &f);
		for (size_t round = 0; round < ROUNDS; round++)
			foreign_request(&f, 4 * round, 4 * round + 4, &clients[i % CLIENTS].requests[i / CLIENTS][round]);
		foreign_close(&f);
	}
	return clients;
}

/* Checkpoints a second: verify, sign, commit. */
static double floor_witness(const char *home)
{
	char path[512];
	sqlite3 *db;
	sqlite3_stmt *update;
	struct foreign f;
	struct buf raw = { 0 };
	(void)snprintf(path, sizeof path, "%s/floor-witness.db", home);
	must(sqlite3_open(path, &db) == SQLITE_OK);
	must(sqlite3_exec(db,
	                  "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	                  "CREATE TABLE head(id INTEGER PRIMARY KEY, note BLOB)",
	                  NULL, NULL, NULL) == SQLITE_OK);
	must(sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO head VALUES(?1, ?2)", -1, &update, NULL) == SQLITE_OK);
	foreign_open(&f, "floor.example/log", 1);
	foreign_note(&f, 200, &raw);
	double began = bench_now();
	for (size_t i = 0; i < FLOOR_CHECKPOINTS; i++) {
		struct note note;
		struct buf signed_again = { 0 };
		must(note_parse(buf_bytes(&raw), &note, NULL) == OK && note_verify(&note, skey_public(f.key), NULL) == OK);
		buf_add_bytes(&signed_again, buf_bytes(&raw));
		note_sign(f.key, note.text, &signed_again);
		if (i % CLIENTS == 0)
			must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
		sqlite3_bind_int64(update, 1, (sqlite3_int64)(i % LOGS));
		sqlite3_bind_blob(update, 2, signed_again.data, (int)signed_again.len, SQLITE_TRANSIENT);
		must(sqlite3_step(update) == SQLITE_DONE && sqlite3_reset(update) == SQLITE_OK);
		if (i % CLIENTS == CLIENTS - 1)
			must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
		buf_free(&signed_again);
	}
	double rate = FLOOR_CHECKPOINTS / (bench_now() - began);
	sqlite3_finalize(update);
	sqlite3_close(db);
	foreign_close(&f);
	buf_free(&raw);
	return rate;
}

void bench_witness(const char *program, const char *home)
{
	static double ms[LOGS * ROUNDS];
	struct err err = { 0 };
	struct node n;
	double floor = floor_witness(home);
	if (node_start(&n, program, home, "witness", &err) != OK)
		bench_fail("node", &err);
	struct client *clients = prepare(&n);
	double began = bench_now();
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i].address = n.http;
		must(pthread_create(&clients[i].thread, NULL, bring_all, &clients[i]) == 0);
	}
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		memcpy(ms + i * (LOGS / CLIENTS) * ROUNDS, clients[i].ms, sizeof clients[i].ms);
	}
	double rate = LOGS * ROUNDS / (bench_now() - began);
	printf("add-checkpoint        %9.0f a second    p50 %.2f ms  p99 %.2f ms   (%d logs, %d clients)\n", rate,
	       bench_percentile(ms, LOGS * ROUNDS, 0.5), bench_percentile(ms, LOGS * ROUNDS, 0.99), LOGS, CLIENTS);
	printf("  floor               %9.0f (verify, sign, %d rows a commit)   ratio %.2f\n", floor, CLIENTS, rate / floor);
	for (size_t i = 0; i < LOGS; i++)
		for (size_t round = 0; round < ROUNDS; round++)
			buf_free(&clients[i % CLIENTS].requests[i / CLIENTS][round]);
	free(clients);
	node_stop(&n);
}
