/* node_dir: what is on disk after init, what open refuses, which cards are taken. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/shell/file.h"
#include "node/shell/node_conf.h"
#include "node/shell/node_dir.h"

struct world {
	char root[512];
};

static int world_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(w->root, sizeof w->root, "%s/node_dir.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(w->root));
	*state = w;
	return 0;
}

static int world_down(void **state)
{
	struct world *w = *state;
	file_remove_tree(w->root, 4);
	free(w);
	return 0;
}

static const char *in(const struct world *w, const char *name)
{
	static char paths[4][1024];
	static unsigned next;
	char *path = paths[next++ % 4];
	(void)snprintf(path, sizeof paths[0], "%s/%s", w->root, name);
	return path;
}

static struct node_config config_of(const char *name)
{
	struct node_config c = { 0 };
	(void)snprintf(c.name, sizeof c.name, "%s", name);
	(void)snprintf(c.origin, sizeof c.origin, "%s.example/log", name);
	return c;
}

static void make(const struct world *w, const char *name)
{
	struct node_config c = config_of(name);
	struct err err = { 0 };
	if (node_dir_init(in(w, name), &c, &err) != OK)
		fail_msg("%s", err.text);
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void write_text(const char *path, const char *text)
{
	assert_int_equal(file_write(path, bytes_str(text), 0644, NULL), OK);
}

static void init_makes_a_node(void **state)
{
	struct world *w = *state;
	make(w, "sac");
	assert_int_equal(mode_of(in(w, "sac")), 0700);
	assert_int_equal(mode_of(in(w, "sac/keys")), 0700);
	assert_int_equal(mode_of(in(w, "sac/keys/log.key")), 0600);
	assert_int_equal(mode_of(in(w, "sac/keys/witness.key")), 0600);
	assert_int_equal(mode_of(in(w, "sac/keys/mirror.key")), 0600);
	assert_int_equal(mode_of(in(w, "sac/keys/tls.key")), 0600);
	assert_int_equal(access(in(w, "sac/normlink.db"), R_OK), 0);

	struct node_dir dir;
	struct err err = { 0 };
	assert_int_equal(node_dir_open(in(w, "sac/"), &dir, &err), OK);
	assert_string_equal(dir.config.name, "sac");
	assert_string_equal(dir.config.peer_listen, "0.0.0.0:7443");
	assert_string_equal(dir.config.http_listen, "127.0.0.1:7080");
	assert_int_equal(dir.config.readers, 2);
	assert_string_equal(skey_public(dir.log_key)->name, "sac.example/log");
	assert_string_equal(skey_public(dir.witness_key)->name, "sac.example/witness");
	assert_string_equal(skey_public(dir.mirror_key)->name, "sac.example/mirror");
	assert_int_equal(dir.peer_count, 0);
	assert_false(node_dir_running(dir.path));
	int64_t expiry = 0;
	assert_int_equal(tls_cert_expiry(buf_bytes(&dir.keys.identities[0].cert_pem), &expiry, &err), OK);
	assert_true(expiry > (int64_t)time(NULL) + (int64_t)3650 * 86400);
	node_dir_close(&dir);
	node_dir_close(&dir);
}

static void init_keeps_what_is_asked(void **state)
{
	struct world *w = *state;
	struct node_config c = config_of("iso");
	(void)snprintf(c.admin_email, sizeof c.admin_email, "a@iso.example");
	(void)snprintf(c.base_url, sizeof c.base_url, "https://node.iso.example");
	(void)snprintf(c.peer_listen, sizeof c.peer_listen, "127.0.0.1:0");
	(void)snprintf(c.http_listen, sizeof c.http_listen, "none");
	(void)snprintf(c.advertise, sizeof c.advertise, "[2001:db8::1]:7443");
	c.readers = 4;
	c.client_rate = CLIENT_RATE_OFF;
	assert_int_equal(node_dir_init(in(w, "iso"), &c, NULL), OK);
	struct node_dir dir;
	assert_int_equal(node_dir_open(in(w, "iso"), &dir, NULL), OK);
	assert_string_equal(dir.config.peer_listen, "127.0.0.1:0");
	assert_string_equal(dir.config.http_listen, "none");
	assert_string_equal(dir.config.admin_email, "a@iso.example");
	assert_string_equal(dir.config.base_url, "https://node.iso.example");
	assert_int_equal(dir.config.readers, 4);
	assert_int_equal(dir.config.client_rate, CLIENT_RATE_OFF);
	struct card card;
	node_dir_card(&dir, &card);
	assert_string_equal(card.address, "[2001:db8::1]:7443");
	assert_true(hash_equal(&card.pin, &dir.pin));
	node_dir_close(&dir);
}

static void init_takes_an_empty_folder_only(void **state)
{
	struct world *w = *state;
	assert_int_equal(mkdir(in(w, "jisc"), 0755), 0);
	make(w, "jisc");
	struct node_config c = config_of("jisc");
	struct err err = { 0 };
	assert_int_equal(node_dir_init(in(w, "jisc"), &c, &err), ERR_EXISTS);
	write_text(in(w, "file"), "x");
	assert_int_equal(node_dir_init(in(w, "file"), &c, &err), ERR_INVALID);
	assert_int_equal(node_dir_init(in(w, "no/such/parent"), &c, &err), ERR_NOT_FOUND);
	assert_int_equal(node_dir_init("", &c, &err), ERR_USAGE);
}

static size_t items_in(const char *path)
{
	struct err err = { 0 };
	return file_folder_empty(path, &err) == OK ? 0 : 1;
}

static void init_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	char inner[PATH_MAX];
	(void)snprintf(inner, sizeof inner, "%s/box", w->root);
	assert_int_equal(mkdir(inner, 0755), 0);
	static const struct {
		const char *name, *origin, *listen;
		int readers;
	} bad[] = {
		{ "", "a.example/log", "", 0 },
		{ "SAC", "a.example/log", "", 0 },
		{ "a/b", "a.example/log", "", 0 },
		{ "..", "a.example/log", "", 0 },
		{ "a", "", "", 0 },
		{ "a", "a example", "", 0 },
		{ "a", "a+b", "", 0 },
		{ "a", "a\nb", "", 0 },
		{ "a", "https://a.example/log", "", 0 },
		{ "a", "a.example/log", "localhost", 0 },
		{ "a", "a.example/log", "localhost:99999", 0 },
		{ "a", "a.example/log", "", 17 },
		{ "a", "a.example/log", "", -1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct node_config c = { .readers = bad[i].readers };
		(void)snprintf(c.name, sizeof c.name, "%s", bad[i].name);
		(void)snprintf(c.origin, sizeof c.origin, "%s", bad[i].origin);
		(void)snprintf(c.peer_listen, sizeof c.peer_listen, "%s", bad[i].listen);
		struct err err = { 0 };
		assert_int_equal(node_dir_init(in(w, "box/n"), &c, &err), ERR_USAGE);
		assert_true(err.text[0] != '\0');
		assert_int_equal(items_in(inner), 0);
	}
	/* The witness's name would be longer than a key name may be: found only once the work has begun. */
	struct node_config c = config_of("a");
	memset(c.origin, 'o', sizeof c.origin - 1);
	struct err err = { 0 };
	assert_int_not_equal(node_dir_init(in(w, "box/n"), &c, &err), OK);
	assert_int_equal(items_in(inner), 0);
	assert_int_not_equal(node_dir_init(inner, &c, &err), OK);
	assert_int_equal(items_in(inner), 0);
}

static void open_refuses_keys_that_others_may_read(void **state)
{
	struct world *w = *state;
	static const char *const keys[] = { "sac/keys/log.key", "sac/keys/witness.key", "sac/keys/mirror.key",
		                                "sac/keys/tls.key" };
	static const mode_t modes[] = { 0640, 0604, 0660, 0610, 0644 };
	make(w, "sac");
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
			struct node_dir dir;
			struct err err = { 0 };
			assert_int_equal(chmod(in(w, keys[k]), modes[m]), 0);
			assert_int_equal(node_dir_open(in(w, "sac"), &dir, &err), ERR_UNTRUSTED);
			assert_non_null(strstr(err.text, keys[k] + 4));
			assert_non_null(strstr(err.text, "chmod 600"));
		}
		assert_int_equal(chmod(in(w, keys[k]), 0600), 0);
	}
	struct node_dir dir;
	assert_int_equal(node_dir_open(in(w, "sac"), &dir, NULL), OK);
	node_dir_close(&dir);
}

static int open_code(const struct world *w, const char *name, char text[ERR_TEXT_MAX])
{
	struct node_dir dir;
	struct err err = { 0 };
	int rc = node_dir_open(in(w, name), &dir, &err);
	(void)snprintf(text, ERR_TEXT_MAX, "%s", err.text);
	if (rc == OK)
		node_dir_close(&dir);
	return rc;
}

static void open_names_the_file_that_is_wrong(void **state)
{
	struct world *w = *state;
	char text[ERR_TEXT_MAX];
	assert_int_equal(open_code(w, "nowhere", text), ERR_NOT_FOUND);
	assert_int_equal(mkdir(in(w, "empty"), 0755), 0);
	assert_int_equal(open_code(w, "empty", text), ERR_NOT_FOUND);
	assert_non_null(strstr(text, "normlink init"));

	static const char *const bad_conf[] = {
		"name: sac\norigin: sac.example/log\nadmin-email: nobody\n",
		"name: sac\norigin: sac.example/log\nadmin-email: a@b\n",
		"name: sac\norigin: sac.example/log\nbase-url: node.example\n",
		"name: sac\norigin: sac.example/log\nbase-url: https://node.example/\n",
		"",
		"name: sac\n",
		"origin: sac.example/log\n",
		"name: sac\nname: sac\norigin: sac.example/log\n",
		"name: sac\norigin: sac.example/log\ncolour: red\n",
		"name: sac\norigin: sac.example/log\nreaders: 0\n",
		"name: sac\norigin: sac.example/log\nreaders: 2x\n",
		"name: sac\norigin: sac.example/log\nclient-rate: 0\n",
		"name: sac\norigin: sac.example/log\nclient-rate: 16001\n",
		"name: sac\norigin: sac.example/log\nclient-rate: on\n",
		"name: sac\norigin: sac.example/log\nclient-rate: 5\nclient-rate: 5\n",
		"name: sac\norigin: sac.example/log\nreaders: 99999999999999999999\n",
		"name: sac\norigin: sac.example/log\npeer-listen: nowhere\n",
		"name: sac\norigin: sac.example/log\nfeedback: maybe\n",
		"name: sac\norigin: sac.example/log\nfeedback: on\nfeedback: on\n",
		"name: sac\norigin: sac.example/log\nfeedback-text: hidden\n",
		"name: sac\norigin: sac.example/log\ntrusted-proxy: localhost\n",
		"name: sac\norigin: iso.example/log\n",
		"rubbish",
	};
	make(w, "sac");
	for (size_t i = 0; i < sizeof bad_conf / sizeof *bad_conf; i++) {
		write_text(in(w, "sac/node.conf"), bad_conf[i]);
		assert_int_equal(open_code(w, "sac", text), ERR_INVALID);
		assert_true(strstr(text, "node.conf") != NULL);
	}
	write_text(in(w, "sac/node.conf"), "name: sac\norigin: sac.example/log\n");
	assert_int_equal(open_code(w, "sac", text), OK);
	write_text(in(w, "sac/node.conf"), "name: sac\norigin: sac.example/log\nfeedback: on\nfeedback-text: public\n"
	                                   "trusted-proxy: ::1\n");
	assert_int_equal(open_code(w, "sac", text), OK);
}

static void open_refuses_damaged_keys(void **state)
{
	struct world *w = *state;
	char text[ERR_TEXT_MAX];
	make(w, "sac");
	make(w, "iso");
	struct buf key = { 0 };
	assert_int_equal(file_read(in(w, "sac/keys/log.key"), KEY_FILE_MAX, &key, NULL), OK);

	assert_int_equal(file_write(in(w, "sac/keys/log.key"), bytes_str("PRIVATE+KEY+x"), 0600, NULL), OK);
	assert_int_equal(open_code(w, "sac", text), ERR_INVALID);
	assert_non_null(strstr(text, "log.key"));
	assert_null(strstr(text, "PRIVATE"));
	/* A log's key where a witness's must be, and another node's key. */
	assert_int_equal(file_write(in(w, "sac/keys/log.key"), buf_bytes(&key), 0600, NULL), OK);
	assert_int_equal(file_write(in(w, "iso/keys/witness.key"), buf_bytes(&key), 0600, NULL), OK);
	assert_int_equal(open_code(w, "iso", text), ERR_INVALID);
	assert_non_null(strstr(text, "witness.key"));
	make(w, "jisc");
	assert_int_equal(file_write(in(w, "jisc/keys/log.key"), buf_bytes(&key), 0600, NULL), OK);
	assert_int_equal(open_code(w, "jisc", text), ERR_INVALID);
	assert_int_equal(unlink(in(w, "sac/keys/tls.crt")), 0);
	assert_int_equal(open_code(w, "sac", text), ERR_NOT_FOUND);
	file_wipe(&key);
}

static struct card card_of(const struct world *w, const char *name)
{
	struct node_dir dir;
	struct card card;
	assert_int_equal(node_dir_open(in(w, name), &dir, NULL), OK);
	node_dir_card(&dir, &card);
	node_dir_close(&dir);
	return card;
}

static void peers_are_added_once(void **state)
{
	struct world *w = *state;
	make(w, "sac");
	make(w, "iso");
	make(w, "jisc");
	struct card sac = card_of(w, "sac");
	struct card iso = card_of(w, "iso");
	struct card jisc = card_of(w, "jisc");
	assert_string_equal(sac.address, ""); /* every interface: nothing that a peer could dial */

	struct node_dir dir;
	struct err err = { 0 };
	assert_int_equal(node_dir_open(in(w, "sac"), &dir, NULL), OK);
	assert_int_equal(node_dir_add_peer(&dir, &iso, &err), OK);
	assert_int_equal(node_dir_add_peer(&dir, &iso, &err), ERR_EXISTS);
	assert_non_null(strstr(err.text, "already"));
	assert_int_equal(node_dir_add_peer(&dir, &sac, &err), ERR_EXISTS);
	struct card other = jisc;
	(void)snprintf(other.name, sizeof other.name, "iso");
	assert_int_equal(node_dir_add_peer(&dir, &other, &err), ERR_EXISTS);
	assert_non_null(strstr(err.text, "peers/iso.card"));
	other = jisc;
	other.pin = iso.pin;
	assert_int_equal(node_dir_add_peer(&dir, &other, &err), ERR_EXISTS);
	assert_non_null(strstr(err.text, "pin"));
	assert_int_equal(node_dir_add_peer(&dir, &jisc, &err), OK);
	assert_int_equal(dir.peer_count, 2);
	(void)snprintf(iso.address, sizeof iso.address, "iso.example:7443");
	assert_int_equal(node_dir_renew_peer(&dir, &iso, &err), OK);
	other = iso;
	other.witness = jisc.witness;
	assert_int_equal(node_dir_renew_peer(&dir, &other, &err), ERR_EXISTS);
	assert_non_null(strstr(err.text, "witness key of peer jisc"));
	(void)snprintf(other.origin, sizeof other.origin, "else.example/log");
	assert_int_equal(node_dir_renew_peer(&dir, &other, &err), ERR_NOT_FOUND);
	node_dir_close(&dir);

	assert_int_equal(node_dir_open(in(w, "sac"), &dir, NULL), OK);
	assert_int_equal(dir.peer_count, 2);
	assert_true(card_equal(&dir.peers[0], &iso));
	assert_string_equal(dir.peers[0].name, "iso");
	assert_string_equal(dir.peers[1].name, "jisc");
	node_dir_close(&dir);
}

static void a_card_under_another_name_is_refused(void **state)
{
	struct world *w = *state;
	char text[ERR_TEXT_MAX];
	make(w, "sac");
	make(w, "iso");
	struct card iso = card_of(w, "iso");
	struct buf card = { 0 };
	card_write(&iso, &card);
	assert_int_equal(file_write(in(w, "sac/peers/ieee.card"), buf_bytes(&card), 0644, NULL), OK);
	assert_int_equal(open_code(w, "sac", text), ERR_INVALID);
	assert_non_null(strstr(text, "iso.card"));
	assert_int_equal(unlink(in(w, "sac/peers/ieee.card")), 0);
	write_text(in(w, "sac/peers/README"), "not a card, not read");
	assert_int_equal(open_code(w, "sac", text), OK);
	write_text(in(w, "sac/peers/x.card"), "name: x\n");
	assert_int_equal(open_code(w, "sac", text), ERR_INVALID);
	assert_non_null(strstr(text, "x.card"));
	buf_free(&card);
}

static void running_means_somebody_listens(void **state)
{
	struct world *w = *state;
	char path[108];
	make(w, "sac");
	assert_false(node_dir_running(in(w, "sac")));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	(void)snprintf(path, sizeof path, "%.80s/sac/socket", w->root);
	memcpy(address.sun_path, path, sizeof address.sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	assert_false(node_dir_running(in(w, "sac"))); /* a name left by a process that died */
	assert_int_equal(listen(fd, 4), 0);
	assert_true(node_dir_running(in(w, "sac")));

	/* While it runs, the card tells the real port. */
	write_text(in(w, "sac/addresses"), "peer: 127.0.0.1:40001\nhttp: 127.0.0.1:40002\n");
	struct card card = card_of(w, "sac");
	assert_string_equal(card.address, "127.0.0.1:40001");
	(void)close(fd);
	card = card_of(w, "sac");
	assert_string_equal(card.address, "");
}

static void files_are_read_within_their_limit(void **state)
{
	struct world *w = *state;
	struct buf text = { 0 };
	struct err err = { 0 };
	write_text(in(w, "f"), "12345");
	assert_int_equal(file_read(in(w, "f"), 5, &text, &err), OK);
	assert_int_equal(text.len, 5);
	assert_int_equal(file_read(in(w, "f"), 4, &text, &err), ERR_LIMIT);
	assert_int_equal(text.len, 5);
	assert_int_equal(file_write_new(in(w, "f"), bytes_str("x"), 0644, &err), ERR_EXISTS);
	assert_int_equal(file_read(in(w, "g"), 4, &text, &err), ERR_NOT_FOUND);
	assert_int_equal(file_read(w->root, 4, &text, &err), ERR_IO);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(init_makes_a_node, world_up, world_down),
		cmocka_unit_test_setup_teardown(init_keeps_what_is_asked, world_up, world_down),
		cmocka_unit_test_setup_teardown(init_takes_an_empty_folder_only, world_up, world_down),
		cmocka_unit_test_setup_teardown(init_leaves_nothing_behind, world_up, world_down),
		cmocka_unit_test_setup_teardown(open_refuses_keys_that_others_may_read, world_up, world_down),
		cmocka_unit_test_setup_teardown(open_names_the_file_that_is_wrong, world_up, world_down),
		cmocka_unit_test_setup_teardown(open_refuses_damaged_keys, world_up, world_down),
		cmocka_unit_test_setup_teardown(peers_are_added_once, world_up, world_down),
		cmocka_unit_test_setup_teardown(a_card_under_another_name_is_refused, world_up, world_down),
		cmocka_unit_test_setup_teardown(running_means_somebody_listens, world_up, world_down),
		cmocka_unit_test_setup_teardown(files_are_read_within_their_limit, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
