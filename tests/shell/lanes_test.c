/* lanes and clients: who takes turns with whom, and how much is kept for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/shell/clients.h"
#include "node/shell/lanes.h"

enum { MANY = 100 };

static void push(struct lanes *l, struct reader_job *job, uint64_t client)
{
	*job = (struct reader_job){ .client = client };
	job->lane = lanes_enter(l, client);
	lanes_add(l, job->lane, job);
}

static uint64_t take(struct lanes *l)
{
	struct reader_job *job = lanes_take(l, 0, false);
	assert_non_null(job);
	lanes_leave(job->lane);
	return job->client;
}

/* A hundred questions of one, then one each of two others: these are the second and the third. */
static void turns_are_taken(void **state)
{
	static struct reader_job jobs[MANY + 2];
	struct lanes *l = lanes_new(7);
	for (int i = 0; i < MANY; i++)
		push(l, &jobs[i], 1);
	push(l, &jobs[MANY], 2);
	push(l, &jobs[MANY + 1], 3);
	assert_int_equal(lanes_held(l, 1), MANY);
	assert_int_equal(lanes_held(l, 4), 0);
	assert_ptr_equal(lanes_take(l, 0, false), &jobs[0]);
	lanes_leave(jobs[0].lane);
	assert_int_equal(take(l), 2);
	assert_int_equal(take(l), 3);
	for (int i = 1; i < MANY; i++) {
		assert_ptr_equal(lanes_take(l, 0, false), &jobs[i]);
		lanes_leave(jobs[i].lane);
	}
	assert_null(lanes_take(l, 0, false));
	assert_int_equal(lanes_held(l, 1), 0);
	lanes_free(l);
}

static void slow_ones_are_passed_over(void **state)
{
	static struct reader_job jobs[4];
	struct lanes *l = lanes_new(7);
	for (uint64_t i = 0; i < 4; i++)
		push(l, &jobs[i], i / 2);
	jobs[0].lane->slow_until = 100;
	assert_ptr_equal(lanes_take(l, 50, true), &jobs[2]);
	assert_ptr_equal(lanes_take(l, 50, true), &jobs[3]);
	assert_null(lanes_take(l, 50, true));
	assert_ptr_equal(lanes_take(l, 50, false), &jobs[0]);
	assert_ptr_equal(lanes_take(l, 100, true), &jobs[1]);
	lanes_free(l);
}

static void any_may_be_taken_out(void **state)
{
	static struct reader_job jobs[3];
	for (int out = 0; out < 3; out++) {
		struct lanes *l = lanes_new(7);
		for (int i = 0; i < 3; i++)
			push(l, &jobs[i], 1);
		lanes_remove(l, jobs[out].lane, &jobs[out]);
		for (int i = 0; i < 3; i++)
			if (i != out)
				assert_ptr_equal(lanes_take(l, 0, false), &jobs[i]);
		assert_null(lanes_take(l, 0, false));
		push(l, &jobs[out], 1);
		lanes_remove(l, jobs[out].lane, &jobs[out]);
		assert_null(lanes_take(l, 0, false));
		lanes_free(l);
	}
}

/* More clients than lanes, all with a question: each is asked, once. */
static void more_clients_than_lanes(void **state)
{
	enum { CROWD = 4 * LANES_MAX };
	struct reader_job *jobs = calloc(CROWD, sizeof *jobs);
	unsigned char seen[CROWD] = { 0 };
	struct lanes *l = lanes_new(7);
	assert_non_null(jobs);
	for (uint64_t i = 0; i < CROWD; i++)
		push(l, &jobs[i], i);
	for (int i = 0; i < CROWD; i++)
		seen[take(l)]++;
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(seen[i], 1);
	assert_null(lanes_take(l, 0, false));
	lanes_free(l);
	free(jobs);
}

/* ---- what is kept for whom ---- */

static void a_place_for_who_comes_next(void **state)
{
	struct clients c = { 0 };
	struct client *of[HTTP_CONNECTIONS_MAX];
	size_t n = 0;
	for (uint64_t who = 1; who <= 3; who++) {
		struct client *client;
		while ((client = clients_join(&c, who, false)) != NULL)
			of[n++] = client;
		assert_true(n < HTTP_CONNECTIONS_MAX);
	}
	assert_int_equal(of[0]->connections, HTTP_CONNECTIONS_MAX / 2);
	assert_non_null(of[n++] = clients_join(&c, 99, false));
	while (c.connections < HTTP_CONNECTIONS_MAX)
		assert_non_null(of[n++] = clients_join(&c, 100, true)); /* a proxy may have all */
	assert_null(clients_join(&c, 100, true));
	assert_null(clients_join(&c, 101, false));
	while (n > 0)
		clients_leave(&c, of[--n]);
	assert_int_equal(c.connections, 0);
}

static void answers_that_nobody_takes(void **state)
{
	struct clients c = { 0 };
	struct client *a = clients_join(&c, 1, false), *b = clients_join(&c, 2, false);
	size_t half = HTTP_UNSENT_ALL_MAX / 2;
	assert_true(clients_may_send(&c, a));
	clients_unsent(&c, a, 0, half - 1);
	assert_true(clients_may_send(&c, a));
	clients_unsent(&c, a, half - 1, half);
	assert_false(clients_may_send(&c, a));
	assert_true(clients_may_send(&c, b));
	clients_unsent(&c, b, 0, half);
	assert_false(clients_may_send(&c, b));
	clients_unsent(&c, a, half, 0);
	assert_true(clients_may_send(&c, a));
	clients_unsent(&c, b, half, 0);
	clients_leave(&c, a);
	clients_leave(&c, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_are_taken),
		cmocka_unit_test(slow_ones_are_passed_over),
		cmocka_unit_test(any_may_be_taken_out),
		cmocka_unit_test(more_clients_than_lanes),
		cmocka_unit_test(a_place_for_who_comes_next),
		cmocka_unit_test(answers_that_nobody_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
