/* restore: whole nodes, backed up while they run and brought back from it, copied, and vouched for. */
#include "tests/shell/talk.h"

#include <sys/stat.h>

#include "node/shell/high_water.h"
#include "node/shell/node_copy.h"

static const struct node_copy_watch nobody;

static bool stands(const char *path)
{
	return access(path, F_OK) == 0;
}

static void in_root(const struct world *w, const char *name, char out[600])
{
	assert_int_equal(file_join(out, 600, w->root, name, NULL), OK);
}

/* sac and iso know one another, and iso holds sac's first 5 records, which a backup has; then 3 more, which it has not.
 */
static void two_nodes(struct world *w, const char *backup)
{
	struct node_copy copy;
	struct err err = { 0 };
	for (size_t i = 0; i < 2; i++) {
		node_make(w, i);
		node_up(&w->nodes[i]);
	}
	befriend(&w->nodes[0], &w->nodes[1]);
	publish(&w->nodes[0], "old", 1, 5);
	if (node_copy_backup(w->nodes[0].path, backup, &nobody, &copy, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(copy.head_size, 5);
	assert_int_equal(copy.entries, 5);
	assert_int_equal(copy.peers, 1);
	publish(&w->nodes[0], "new", 101, 3);
	WAIT_FOR(answers_with(&w->nodes[1], "/api/v1/search?q=new", "ISO 103:2015"));
}

static int local(struct node *n, const char *method, const char *target, struct buf *answer)
{
	return ask_once(n->socket, method, target, bytes_of(NULL, 0), answer);
}

static bool status_says(struct node *n, const char *what)
{
	struct buf answer = { 0 };
	bool said = local(n, "GET", "/api/v1/status", &answer) == 200 && strstr(buf_str(&answer), what) != NULL;
	buf_free(&answer);
	return said;
}

static int post_one(struct node *n, const char *subject, struct buf *answer)
{
	struct buf body = { 0 };
	body_add(&body, subject, "one more");
	int status = post(n, &body, answer);
	buf_free(&body);
	return status;
}

static void test_backup_online_restore_and_catch_up(void **state)
{
	struct world *w = *state;
	struct node *sac = &w->nodes[0], *iso = &w->nodes[1], *back = &w->nodes[2];
	struct node_copy copy;
	struct buf answer = { 0 };
	struct err err = { 0 };
	struct stat st;
	char backup[600], inner[700];
	in_root(w, "backup", backup);
	two_nodes(w, backup);
	assert_int_equal(stat(backup, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(file_join(inner, sizeof inner, backup, "high-water", NULL), OK);
	assert_false(stands(inner));
	assert_int_equal(file_join(inner, sizeof inner, backup, "keys/log.key", NULL), OK);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(node_copy_backup(sac->path, backup, &nobody, &copy, &err), ERR_EXISTS);
	node_down(sac);
	node_down(iso);

	in_root(w, "restored", back->path);
	assert_int_equal(file_join(back->socket, sizeof back->socket, back->path, "socket", NULL), OK);
	back->options.quiet = true;
	if (node_copy_restore(backup, back->path, &nobody, &copy, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(copy.head_size, 5);
	assert_int_equal(copy.fsck.problems, 0);
	/* Nobody is there to be asked. */
	node_up(back);
	assert_int_equal(get(back, "/api/v1/search?q=old", &answer), 503);
	assert_int_equal(get(back, "/readyz", &answer), 503);
	assert_int_equal(get(back, "/healthz", &answer), 200);
	assert_true(status_says(back, "\"closed\":\"restored\""));
	assert_int_equal(post_one(back, "ISO 200:2015", &answer), 409);
	assert_non_null(strstr(buf_str(&answer), "0 of 1 spoke, 1 must"));
	/* Then there is. */
	node_up_again(iso);
	WAIT_FOR(answers_with(back, "/api/v1/search?q=new", "ISO 103:2015"));
	WAIT_FOR(get(back, "/readyz", &answer) == 200);
	assert_int_equal(post_one(back, "ISO 200:2015", &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "size 9"));
	WAIT_FOR(answers_with(iso, "/api/v1/search?q=one%20more", "ISO 200:2015"));
	assert_false(status_says(iso, "\"frozen\":true"));
	/* The word was for once: the next start is an ordinary one. */
	node_down(back);
	struct guard_facts facts;
	assert_int_equal(high_water_read(back->path, &facts, &err), OK);
	assert_true(facts.marked && facts.here && facts.word == GUARD_ORDINARY);
	assert_int_equal(facts.size, 9);
	buf_free(&answer);
}

static void flip_one_byte(const char *path, off_t at)
{
	uint8_t byte;
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fread(&byte, 1, 1, f), 1);
	byte ^= 1;
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(&byte, 1, 1, f), 1);
	assert_int_equal(fclose(f), 0);
}

/* The offset of some bytes in a file. */
static off_t find_in(const char *path, const char *what)
{
	struct buf text = { 0 };
	assert_int_equal(file_read(path, 64 * 1024 * 1024, &text, NULL), OK);
	const void *at = memmem(text.data, text.len, what, strlen(what));
	assert_non_null(at);
	off_t offset = (const uint8_t *)at - text.data;
	buf_free(&text);
	return offset;
}

static void test_a_damaged_backup_leaves_nothing(void **state)
{
	struct world *w = *state;
	struct node_copy copy;
	struct err err = { 0 };
	char backup[600], target[600], inner[700];
	in_root(w, "backup", backup);
	in_root(w, "restored", target);
	node_make(w, 0);
	node_up(&w->nodes[0]);
	publish(&w->nodes[0], "old", 1, 400);
	assert_int_equal(node_copy_backup(w->nodes[0].path, backup, &nobody, &copy, &err), OK);
	assert_int_equal(file_join(inner, sizeof inner, backup, "normlink.db", NULL), OK);
	off_t at = find_in(inner, "sac.example/log\n400\n") + 16;
	flip_one_byte(inner, at);
	assert_int_equal(node_copy_restore(backup, target, &nobody, &copy, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "damaged"));
	assert_true(copy.fsck.problems > 0);
	assert_false(stands(target));
	flip_one_byte(inner, at);
	/* An empty folder that was there stays, empty; a full one is not touched. */
	assert_int_equal(mkdir(target, 0700), 0);
	assert_int_equal(truncate(inner, 100000), 0);
	assert_int_not_equal(node_copy_restore(backup, target, &nobody, &copy, &err), OK);
	assert_int_equal(file_folder_empty(target, &err), OK);
	assert_int_equal(node_copy_restore(backup, w->nodes[0].path, &nobody, &copy, &err), ERR_EXISTS);
	/* Keys of another log. */
	in_root(w, "other", backup);
	assert_int_equal(node_copy_backup(w->nodes[0].path, backup, &nobody, &copy, &err), OK);
	node_make(w, 1);
	struct buf key = { 0 };
	assert_int_equal(file_join(inner, sizeof inner, w->nodes[1].path, "keys/log.key", NULL), OK);
	assert_int_equal(file_read(inner, 4096, &key, NULL), OK);
	assert_int_equal(file_join(inner, sizeof inner, backup, "keys/log.key", NULL), OK);
	assert_int_equal(file_write(inner, buf_bytes(&key), 0600, NULL), OK);
	buf_free(&key);
	assert_int_not_equal(node_copy_restore(backup, target, &nobody, &copy, &err), OK);
	assert_int_equal(file_folder_empty(target, &err), OK);
	assert_int_equal(node_copy_backup(w->root, target, &nobody, &copy, &err), ERR_NOT_FOUND);
}

static void test_a_copied_folder_waits_for_the_word(void **state)
{
	struct world *w = *state;
	struct node *sac = &w->nodes[0], *iso = &w->nodes[1], *twin = &w->nodes[2];
	struct node_copy copy;
	struct buf answer = { 0 };
	char backup[600], mark[700];
	in_root(w, "backup", backup);
	two_nodes(w, backup);
	/* What a person's copy of the folder gives: the same files, and a mark of another place. */
	in_root(w, "twin", twin->path);
	assert_int_equal(file_join(twin->socket, sizeof twin->socket, twin->path, "socket", NULL), OK);
	twin->options.quiet = true;
	assert_int_equal(node_copy_backup(sac->path, twin->path, &nobody, &copy, NULL), OK);
	assert_int_equal(file_join(mark, sizeof mark, twin->path, "high-water", NULL), OK);
	struct buf text = { 0 };
	char original[700];
	assert_int_equal(file_join(original, sizeof original, sac->path, "high-water", NULL), OK);
	assert_int_equal(file_read(original, 4096, &text, NULL), OK);
	assert_int_equal(file_write(mark, buf_bytes(&text), 0600, NULL), OK);
	buf_free(&text);
	node_up(twin);
	assert_true(status_says(twin, "\"closed\":\"moved\""));
	assert_int_equal(post_one(twin, "ISO 300:2015", &answer), 409);
	assert_non_null(strstr(buf_str(&answer), "normlink resume DIR"));
	assert_int_equal(get(twin, "/api/v1/search?q=new", &answer), 200);
	/* The original is not disturbed. */
	assert_int_equal(post_one(sac, "ISO 301:2015", &answer), 200);
	assert_int_equal(local(sac, "POST", "/local/v1/resume", &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "nothing to resume"));
	/* What no peer has when the original goes for good is lost. */
	WAIT_FOR(answers_with(iso, "/api/v1/search?q=one%20more", "ISO 301:2015"));
	node_down(sac);
	assert_int_equal(local(twin, "POST", "/local/v1/resume", &answer), 200);
	WAIT_FOR(post_one(twin, "ISO 302:2015", &answer) == 200);
	assert_non_null(strstr(buf_str(&answer), "size 10"));
	WAIT_FOR(answers_with(iso, "/api/v1/search?q=one%20more", "ISO 302:2015"));
	assert_false(status_says(iso, "\"frozen\":true"));
	/* The original comes back after all: its peer knows more than it ever signed. */
	node_down(twin);
	node_up(sac);
	WAIT_FOR(status_says(sac, "\"closed\":\"twice\""));
	assert_int_equal(post_one(sac, "ISO 303:2015", &answer), 409);
	assert_false(status_says(iso, "\"frozen\":true"));
	buf_free(&answer);
}

int main(void)
{
	log_set_level(LOG_NONE);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_backup_online_restore_and_catch_up, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_a_damaged_backup_leaves_nothing, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_a_copied_folder_waits_for_the_word, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
