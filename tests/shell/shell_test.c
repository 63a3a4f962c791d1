/* shell: whole nodes in one process: start, publish, replicate, stop. */
#include "tests/shell/talk.h"

#include <stdatomic.h>
#include <sys/stat.h>

#include "node/api/http.h"

static bool exists(const struct node *n, const char *name)
{
	struct buf path = { 0 };
	buf_printf(&path, "%s/%s", n->path, name);
	bool there = access(buf_str(&path), F_OK) == 0;
	buf_free(&path);
	return there;
}

/* ---- life ---- */

static void test_start_and_stop(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf text = { 0 };
	char path[1300];
	char expected[700];
	node_make(w, 0);
	for (int round = 0; round < 3; round++) {
		node_up(n);
		(void)snprintf(path, sizeof path, "%s/addresses", n->path);
		(void)snprintf(expected, sizeof expected, "peer: %s\nhttp: %s\n", shell_peer_address(n->shell),
		               shell_http_address(n->shell));
		buf_reset(&text);
		assert_int_equal(file_read(path, 4096, &text, NULL), OK);
		assert_string_equal(buf_str(&text), expected);
		assert_true(node_dir_running(n->path));
		assert_true(answers_with(n, "/readyz", ""));
		assert_int_equal(ask_once(n->socket, "GET", "/healthz", bytes_of(NULL, 0), &text), 200);
		node_down(n);
		assert_false(exists(n, "addresses"));
		assert_false(exists(n, "socket"));
		assert_false(node_dir_running(n->path));
	}
	buf_free(&text);
}

static void test_socket_is_for_its_owner(void **state)
{
	struct world *w = *state;
	struct stat st;
	node_make(w, 0);
	node_up(&w->nodes[0]);
	assert_int_equal(stat(w->nodes[0].socket, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_second_shell_is_refused(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct shell *second = NULL;
	struct err err = { 0 };
	node_make(w, 0);
	node_up(n);
	assert_int_equal(shell_start(&n->dir, &n->options, &second, &err), ERR_BUSY);
	assert_non_null(strstr(err.text, "process"));
	/* The refused one has not touched what belongs to the first. */
	assert_true(exists(n, "addresses"));
	assert_true(node_dir_running(n->path));
	node_down(n);
	assert_int_equal(shell_start(&n->dir, &n->options, &second, &err), ERR_NOT_FOUND);
}

/* Never run, or asked to stop before it runs. */
static void test_free_without_run(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct shell *s = NULL;
	struct err err = { 0 };
	node_make(w, 0);
	assert_int_equal(node_dir_open(n->path, &n->dir, &err), OK);
	assert_int_equal(shell_start(&n->dir, &n->options, &s, &err), OK);
	shell_free(s);
	assert_int_equal(shell_start(&n->dir, &n->options, &s, &err), OK);
	shell_stop(s);
	assert_int_equal(shell_run(s, false, &err), OK);
	shell_stop(s); /* once more, when it is over */
	shell_free(s);
	assert_false(exists(n, "socket"));
	node_dir_close(&n->dir);
}

static void test_address_taken(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	node_make(w, 0);
	node_make(w, 1);
	node_up(&w->nodes[0]);
	struct node *second = &w->nodes[1];
	assert_int_equal(node_dir_open(second->path, &second->dir, &err), OK);
	(void)snprintf(second->dir.config.http_listen, sizeof second->dir.config.http_listen, "%s",
	               shell_http_address(w->nodes[0].shell));
	assert_int_equal(shell_start(&second->dir, &second->options, &second->shell, &err), ERR_BUSY);
	assert_non_null(strstr(err.text, shell_http_address(w->nodes[0].shell)));
	assert_null(second->shell);
	assert_false(exists(second, "socket"));
	(void)snprintf(second->dir.config.http_listen, sizeof second->dir.config.http_listen, "none");
	node_up_as_is(second);
	assert_string_equal(shell_http_address(second->shell), "");
}

static void test_local_only(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	node_make(w, 0);
	n->options.local_only = true;
	node_up(n);
	assert_string_equal(shell_http_address(n->shell), "");
	assert_string_equal(shell_peer_address(n->shell), "");
	assert_false(exists(n, "addresses"));
	publish(n, "local", 1, 3);
	assert_int_equal(ask_once(n->socket, "GET", "/api/v1/search?q=local", bytes_of(NULL, 0), &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "ISO 2:2015"));
	buf_free(&answer);
}

static void test_stopped_directory_answers(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct http_request request;
	struct buf answer = { 0 };
	struct err err = { 0 };
	size_t used = 0;
	int status = 0;
	node_make(w, 0);
	node_up(n);
	publish(n, "stopped", 1, 3);
	node_down(n);
	assert_int_equal(node_dir_open(n->path, &n->dir, &err), OK);
	assert_int_equal(
	    http_read_head(bytes_str("GET /api/v1/search?q=stopped HTTP/1.1\r\nHost: node\r\n\r\n"), &request, &used, &err),
	    OK);
	assert_int_equal(shell_answer_stopped(&n->dir, &request, &answer, &status, &err), OK);
	assert_int_equal(status, 200);
	assert_non_null(strstr(buf_str(&answer), "ISO 3:2015"));
	buf_free(&answer);
	node_dir_close(&n->dir);
}

/* ---- publishing ---- */

static void test_publish_and_find(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf body = { 0 };
	struct buf answer = { 0 };
	node_make(w, 0);
	node_up(n);
	body_add(&body, "ISO 1:2015", "first title");
	body_add(&body, "ISO 2:2015", "second title");
	body_add(&body, "ISO 1:2015", "first title");     /* the same again */
	body_add(&body, "ISO 2:2015", "second, revised"); /* within the batch */
	assert_int_equal(post(n, &body, &answer), 200);
	assert_string_equal(buf_str(&answer), "added 2\nrevised 1\nunchanged 1\nrefused 0\nsize 3\n");
	/* Acknowledged means durable and found. */
	assert_true(answers_with(n, "/api/v1/search?q=revised", "ISO 2:2015"));
	buf_reset(&body);
	body_add(&body, "ISO 2:2015", "second, revised");
	body_add(&body, "ISO 1:2015", "first, revised");
	assert_int_equal(post(n, &body, &answer), 200);
	assert_string_equal(buf_str(&answer), "added 0\nrevised 1\nunchanged 1\nrefused 0\nsize 4\n");
	buf_reset(&body);
	assert_int_equal(post(n, &body, &answer), 200);
	assert_string_equal(buf_str(&answer), "added 0\nrevised 0\nunchanged 0\nrefused 0\nsize 4\n");
	node_down(n);
	node_up(n);
	assert_true(answers_with(n, "/api/v1/search?q=revised", "ISO 1:2015"));
	buf_free(&body);
	buf_free(&answer);
}

static void test_bad_records_are_refused_alone(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf body = { 0 };
	struct buf answer = { 0 };
	node_make(w, 0);
	node_up(n);
	buf_add_u32(&body, 3);
	buf_add_str(&body, "\xff\xff\xff");
	body_add(&body, "ISO 1:2015", "a good one");
	size_t huge = 300 * 1024;
	buf_add_u32(&body, (uint32_t)huge);
	memset(buf_reserve(&body, huge), 'x', huge);
	body.len += huge;
	assert_int_equal(post(n, &body, &answer), 200);
	const char *text = buf_str(&answer);
	assert_non_null(strstr(text, "added 1\nrevised 0\nunchanged 0\nrefused 2\nsize 1\nrefusal 0 "));
	assert_non_null(strstr(text, "\nrefusal 2 larger than a payload may be"));
	buf_free(&body);
	buf_free(&answer);
}

static void test_bad_bodies(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf good = { 0 };
	struct buf answer = { 0 };
	node_make(w, 0);
	node_up(n);
	body_add(&good, "ISO 1:2015", "cut short");
	for (size_t len = 1; len < good.len; len++) {
		struct buf part = { 0 };
		buf_add(&part, good.data, len);
		assert_int_equal(post(n, &part, &answer), 400);
		buf_free(&part);
	}
	struct buf many = { 0 };
	for (unsigned i = 0; i <= SUBMIT_ENTRIES_MAX; i++) {
		buf_add_u32(&many, 1);
		buf_add_char(&many, 'x');
	}
	assert_int_equal(post(n, &many, &answer), 400);
	assert_non_null(strstr(buf_str(&answer), "more than 4096 records"));
	assert_int_equal(ask_once(n->socket, "GET", "/local/v1/records", bytes_of(NULL, 0), &answer), 405);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/other", bytes_of(NULL, 0), &answer), 404);
	/* Not for the public side. */
	assert_int_equal(ask_once(shell_http_address(n->shell), "POST", "/local/v1/records", buf_bytes(&good), &answer),
	                 404);
	assert_false(answers_with(n, "/api/v1/search?q=cut", "ISO 1:2015"));
	buf_free(&good);
	buf_free(&many);
	buf_free(&answer);
}

struct publisher {
	struct node *node;
	unsigned first;
	unsigned added, unchanged;
};

static void *publish_same(void *arg)
{
	struct publisher *p = arg;
	struct buf answer = { 0 };
	for (unsigned i = 0; i < 20; i++) {
		struct buf body = { 0 };
		char subject[64];
		(void)snprintf(subject, sizeof subject, "ISO %u:2015", i);
		body_add(&body, subject, "raced");
		unsigned added = 0, unchanged = 0;
		if (post(p->node, &body, &answer) == 200)
			(void)sscanf(buf_str(&answer), "added %u revised 0 unchanged %u", &added, &unchanged);
		p->added += added;
		p->unchanged += unchanged;
		buf_free(&body);
	}
	buf_free(&answer);
	return NULL;
}

/* Two imports of the same records side by side: each record is added once. */
static void test_publishers_side_by_side(void **state)
{
	struct world *w = *state;
	struct publisher p[3] = { 0 };
	pthread_t threads[3];
	node_make(w, 0);
	node_up(&w->nodes[0]);
	for (size_t i = 0; i < 3; i++) {
		p[i].node = &w->nodes[0];
		assert_int_equal(pthread_create(&threads[i], NULL, publish_same, &p[i]), 0);
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(p[0].added + p[1].added + p[2].added, 20);
	assert_int_equal(p[0].unchanged + p[1].unchanged + p[2].unchanged, 40);
}

/* ---- peers ---- */

static void test_two_nodes_replicate(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1];
	node_make(w, 0);
	node_make(w, 1);
	node_up(a);
	node_up(b);
	publish(a, "before", 100, 300);
	befriend(a, b);
	WAIT_FOR(answers_with(b, "/api/v1/search?q=before+399", "ISO 399:2015"));
	publish(a, "after", 1000, 10);
	WAIT_FOR(answers_with(b, "/api/v1/search?q=after+1009", "ISO 1009:2015"));
	publish(b, "backward", 2000, 10);
	WAIT_FOR(answers_with(a, "/api/v1/search?q=backward+2009", "ISO 2009:2015"));
	assert_true(answers_with(b, "/api/v1/peers", "sac"));
	/* The trust and the copy outlive a restart, and the link comes back by itself. */
	node_down(b);
	publish(a, "meanwhile", 3000, 10);
	node_up(b);
	assert_true(answers_with(b, "/api/v1/search?q=after+1009", "ISO 1009:2015"));
	/* b listens on another port now, but b dials a. */
	WAIT_FOR(answers_with(b, "/api/v1/search?q=meanwhile+3009", "ISO 3009:2015"));
}

static void test_three_in_a_chain(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1], *c = &w->nodes[2];
	struct buf proof = { 0 };
	for (size_t i = 0; i < 3; i++)
		node_make(w, i);
	for (size_t i = 0; i < 3; i++)
		node_up(&w->nodes[i]);
	befriend(a, b);
	befriend(b, c);
	/* c trusts a's log, but cannot reach a: what it has of it comes through b. */
	struct card of_a = card_of(a);
	of_a.address[0] = '\0';
	assert_int_equal(trust(c, &of_a), 200);
	publish(a, "chain", 1, 600);
	WAIT_FOR(answers_with(c, "/api/v1/search?q=chain+600", "ISO 600:2015"));
	WAIT_FOR(get(c, "/api/v1/records/ISO%20600:2015/proof", &proof) == 200);
	assert_non_null(strstr(buf_str(&proof), "sac.example/log"));
	buf_free(&proof);
}

static void test_trust_is_checked(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1];
	struct buf answer = { 0 };
	node_make(w, 0);
	node_make(w, 1);
	node_up(a);
	node_up(b);
	struct card of_b = card_of(b);
	struct card of_a = card_of(a);
	assert_int_equal(trust(a, &of_b), 200);
	assert_int_equal(trust(a, &of_b), 200); /* again */
	assert_int_equal(trust(a, &of_a), 409); /* itself */
	struct card other = of_b;
	(void)snprintf(other.address, sizeof other.address, "127.0.0.1:1");
	assert_int_equal(trust(a, &other), 409); /* another card by that name */
	(void)snprintf(other.name, sizeof other.name, "elsewhere");
	assert_int_equal(trust(a, &other), 409); /* another name for those keys */
	assert_false(exists(a, "peers/elsewhere.card"));
	/* Other keys and names, but a witness of a name that is taken: the folder does not see it, the core does. */
	struct skey *key = NULL;
	(void)snprintf(other.origin, sizeof other.origin, "elsewhere.example/log");
	memset(&other.pin, 7, sizeof other.pin);
	assert_int_equal(skey_generate(other.origin, KEY_ED25519, &key, NULL), OK);
	other.log = *skey_public(key);
	skey_free(key);
	assert_int_equal(skey_generate(of_b.witness.name, KEY_COSIGNATURE, &key, NULL), OK);
	other.witness = *skey_public(key);
	skey_free(key);
	assert_int_equal(skey_generate("elsewhere.example/mirror", KEY_COSIGNATURE, &key, NULL), OK);
	other.mirror = *skey_public(key);
	skey_free(key);
	assert_int_equal(trust(a, &other), 409);
	assert_false(exists(a, "peers/elsewhere.card"));
	assert_int_equal(ask_once(a->socket, "POST", "/local/v1/peers", bytes_str("no card\n"), &answer), 400);
	node_down(a);
	node_up(a);
	buf_free(&answer);
}

/* ---- stopping ---- */

struct traffic {
	struct node *node;
	atomic_bool enough;
	unsigned acknowledged; /* records, from 0 */
};

static void *publish_until_told(void *arg)
{
	struct traffic *t = arg;
	struct buf answer = { 0 };
	while (!atomic_load(&t->enough)) {
		struct buf body = { 0 };
		for (unsigned i = 0; i < 50; i++) {
			char subject[64];
			(void)snprintf(subject, sizeof subject, "ISO %u:2015", t->acknowledged + i);
			body_add(&body, subject, "traffic");
		}
		int status = post(t->node, &body, &answer);
		buf_free(&body);
		if (status != 200)
			break;
		t->acknowledged += 50;
	}
	buf_free(&answer);
	return NULL;
}

/* Stop the receiver, then the sender, in the middle of everything: what was acknowledged is there afterwards. */
static void test_stop_during_traffic(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1];
	struct traffic t = { .node = a };
	pthread_t thread;
	char target[128];
	node_make(w, 0);
	node_make(w, 1);
	node_up(a);
	node_up(b);
	befriend(a, b);
	assert_int_equal(pthread_create(&thread, NULL, publish_until_told, &t), 0);
	WAIT_FOR(answers_with(b, "/api/v1/search?q=traffic", "ISO "));
	node_down(b);
	node_down(a);
	atomic_store(&t.enough, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(t.acknowledged > 0);
	node_up_again(a);
	(void)snprintf(target, sizeof target, "/api/v1/records/ISO%%20%u:2015", t.acknowledged - 1);
	assert_true(answers_with(a, target, "traffic"));
	node_up_again(b);
	WAIT_FOR(answers_with(b, target, "traffic"));
}

/* A stop is bounded: open connections, idle and half asked, do not hold it up. */
static void test_stop_is_prompt(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct ask idle, half;
	struct err err = { 0 };
	node_make(w, 0);
	node_up(n);
	assert_int_equal(ask_open(&idle, shell_http_address(n->shell), ASK_MS, &err), OK);
	assert_int_equal(ask_open(&half, shell_http_address(n->shell), ASK_MS, &err), OK);
	assert_int_equal(send(half.fd, "GET / HT", 8, 0), 8);
	assert_true(answers_with(n, "/healthz", ""));
	int64_t begun = now_ms();
	node_down(n);
	assert_true(now_ms() - begun < SHUTDOWN_MS);
	ask_close(&idle);
	ask_close(&half);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
	const struct CMUnitTest tests[] = {
		TEST(test_start_and_stop),
		TEST(test_socket_is_for_its_owner),
		TEST(test_second_shell_is_refused),
		TEST(test_free_without_run),
		TEST(test_address_taken),
		TEST(test_local_only),
		TEST(test_stopped_directory_answers),
		TEST(test_publish_and_find),
		TEST(test_bad_records_are_refused_alone),
		TEST(test_bad_bodies),
		TEST(test_publishers_side_by_side),
		TEST(test_two_nodes_replicate),
		TEST(test_three_in_a_chain),
		TEST(test_trust_is_checked),
		TEST(test_stop_during_traffic),
		TEST(test_stop_is_prompt),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
