#include "node/shell/high_water.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/file.h"

enum { MARK_PATH = 4096, MACHINE_ID_MAX = 64 };

struct high_water {
	pthread_mutex_t mutex; /* guards the rest */
	char path[MARK_PATH];
	struct hasher *hasher;
	int fd; /* of a mark of this place; -1: there is none */
	size_t length;
	char place[HIGH_WATER_PLACE];
	enum guard_word word;
	uint64_t size;
	struct hash root;
	bool troubled; /* told already */
};

static const char *const words[] = {
	[GUARD_ORDINARY] = "ordinary",
	[GUARD_WAS_RESTORED] = "restored",
	[GUARD_WAS_RESUMED] = "resumed",
};
enum { WORDS = sizeof words / sizeof *words };

/* ---- where ---- */

static void machine_id(char out[MACHINE_ID_MAX + 1])
{
	struct buf text = { 0 };
	size_t n = 0;
	if (file_read("/etc/machine-id", 4096, &text, NULL) == OK)
		while (n < text.len && n < MACHINE_ID_MAX && isalnum(text.data[n]))
			n++;
	memcpy(out, n > 0 ? (const char *)text.data : "-", n > 0 ? n : 1);
	out[n > 0 ? n : 1] = '\0';
	buf_free(&text);
}

static int place_of(int fd, const char *path, char out[HIGH_WATER_PLACE], struct err *err)
{
	char machine[MACHINE_ID_MAX + 1];
	struct statx st;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st) != 0)
		return err_errno(err, errno, "%s", path);
	machine_id(machine);
	uint64_t born = (st.stx_mask & STATX_BTIME) != 0 && st.stx_btime.tv_sec > 0
	                    ? (uint64_t)st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec
	                    : (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor;
	(void)snprintf(out, HIGH_WATER_PLACE, "%s %" PRIu64 " %" PRIu64, machine, (uint64_t)st.stx_ino, born);
	return OK;
}

/* ---- its bytes ---- */

static void mark_text(struct hasher *hasher, enum guard_word word, uint64_t size, const struct hash *root,
                      const char *place, struct buf *out)
{
	buf_printf(out, "normlink-high-water 1\nstate: %s\nsize: %" PRIu64 "\nroot: ", words[word], size);
	base64_add(out, bytes_of(root->b, HASH_SIZE));
	buf_printf(out, "\nplace: %s\n", place);
	struct hash sum = hash_sum(hasher, buf_bytes(out));
	buf_add_str(out, "sum: ");
	hex_add(out, bytes_of(sum.b, HASH_SIZE));
	buf_add_char(out, '\n');
}

/* The value of the next line, which must begin with key; NULL: it does not. */
static char *line_of(char **text, const char *key)
{
	size_t len = strlen(key);
	char *lf = strchr(*text, '\n');
	if (lf == NULL || strncmp(*text, key, len) != 0)
		return NULL;
	char *value = *text + len;
	*lf = '\0';
	*text = lf + 1;
	return value;
}

static bool read_number(const char *text, uint64_t *out)
{
	char *end = NULL;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0;
}

/* sum is what follows the word, to its LF. */
static bool sum_holds(struct bytes of, const char *sum)
{
	struct hasher *hasher = hasher_new();
	struct buf hex = { 0 };
	struct hash due = hash_sum(hasher, of);
	hex_add(&hex, bytes_of(due.b, HASH_SIZE));
	buf_add_char(&hex, '\n');
	bool same = strcmp(buf_str(&hex), sum) == 0;
	buf_free(&hex);
	hasher_free(hasher);
	return same;
}

static bool parse(char *text, struct guard_facts *out, char place[HIGH_WATER_PLACE])
{
	const char *end = strstr(text, "\nsum: ");
	if (end == NULL || !sum_holds(bytes_of(text, (size_t)(end + 1 - text)), end + 6))
		return false;
	struct buf bytes = { 0 };
	char *at = text;
	const char *state, *size, *root, *where;
	if (line_of(&at, "normlink-high-water 1") == NULL || (state = line_of(&at, "state: ")) == NULL ||
	    (size = line_of(&at, "size: ")) == NULL || (root = line_of(&at, "root: ")) == NULL ||
	    (where = line_of(&at, "place: ")) == NULL || line_of(&at, "sum: ") == NULL || *at != '\0' ||
	    strlen(where) >= HIGH_WATER_PLACE || !read_number(size, &out->size))
		return false;
	bool rooted = base64_decode(bytes_str(root), &bytes) == OK && bytes.len == HASH_SIZE;
	if (rooted)
		memcpy(out->root.b, bytes.data, HASH_SIZE);
	buf_free(&bytes);
	int word = 0;
	while (word < WORDS && strcmp(state, words[word]) != 0)
		word++;
	if (!rooted || word == WORDS)
		return false;
	out->word = (enum guard_word)word;
	(void)snprintf(place, HIGH_WATER_PLACE, "%s", where);
	return true;
}

bool high_water_parse(struct bytes text, struct guard_facts *out, char place[HIGH_WATER_PLACE])
{
	char copy[HIGH_WATER_MAX + 1];
	*out = (struct guard_facts){ 0 };
	if (text.len > HIGH_WATER_MAX || memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	struct guard_facts facts = { .marked = true };
	if (!parse(copy, &facts, place))
		return false;
	*out = facts;
	return true;
}

/* ---- reading, making ---- */

int high_water_read(const char *dir, struct guard_facts *out, struct err *err)
{
	char path[MARK_PATH];
	char here[HIGH_WATER_PLACE];
	char place[HIGH_WATER_PLACE];
	*out = (struct guard_facts){ 0 };
	int rc = file_join(path, sizeof path, dir, "high-water", err);
	if (rc != OK)
		return rc;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return OK;
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	char text[HIGH_WATER_MAX];
	ssize_t n = pread(fd, text, sizeof text, 0);
	rc = n < 0 ? err_errno(err, errno, "%s: cannot read", path) : place_of(fd, path, here, err);
	(void)close(fd);
	if (rc != OK)
		return rc;
	if (!high_water_parse(bytes_of(text, (size_t)n), out, place))
		log_line(LOG_ERROR, "high_water_damaged", "path=%s", path);
	out->here = out->marked && strcmp(place, here) == 0;
	return OK;
}

/* The temporary file is the one that is renamed into place, so its place is the mark's. */
static int make(const char *path, enum guard_word word, uint64_t size, const struct hash *root, int *out,
                char place[HIGH_WATER_PLACE], size_t *length, struct err *err)
{
	char temporary[MARK_PATH];
	struct buf text = { 0 };
	if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
		return err_set(err, ERR_LIMIT, "%.200s...: the path is too long", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	int rc = place_of(fd, path, place, err);
	struct hasher *hasher = hasher_new();
	mark_text(hasher, word, size, root, rc == OK ? place : "", &text);
	hasher_free(hasher);
	if (rc == OK && (pwrite(fd, text.data, text.len, 0) != (ssize_t)text.len || fsync(fd) != 0))
		rc = err_errno(err, errno, "%s: cannot write", path);
	if (rc == OK && rename(temporary, path) != 0)
		rc = err_errno(err, errno, "%s: cannot put it in place", path);
	if (rc == OK)
		rc = file_sync_parent(path, err);
	else
		(void)unlink(temporary);
	*length = text.len;
	buf_free(&text);
	if (rc != OK)
		(void)close(fd);
	else
		*out = fd;
	return rc;
}

int high_water_write(const char *dir, enum guard_word word, uint64_t size, const struct hash *root, struct err *err)
{
	char path[MARK_PATH];
	char place[HIGH_WATER_PLACE];
	size_t length;
	int fd;
	int rc = file_join(path, sizeof path, dir, "high-water", err);
	if (rc == OK)
		rc = make(path, word, size, root, &fd, place, &length, err);
	if (rc == OK)
		(void)close(fd);
	return rc;
}

/* ---- while the node runs ---- */

void high_water_open(const char *dir, const struct guard_facts *facts, struct high_water **out)
{
	struct high_water *h = calloc(1, sizeof *h);
	struct stat st;
	must(h != NULL && pthread_mutex_init(&h->mutex, NULL) == 0);
	must(file_join(h->path, sizeof h->path, dir, "high-water", NULL) == OK);
	h->fd = facts->marked && facts->here ? open(h->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
	h->hasher = hasher_new();
	h->word = facts->word;
	h->size = facts->size;
	h->root = facts->root;
	if (h->fd >= 0 && (fstat(h->fd, &st) != 0 || place_of(h->fd, h->path, h->place, NULL) != OK)) {
		(void)close(h->fd);
		h->fd = -1;
	}
	h->length = h->fd >= 0 ? (size_t)st.st_size : 0;
	*out = h;
}

void high_water_close(struct high_water *h)
{
	if (h == NULL)
		return;
	if (h->fd >= 0)
		(void)close(h->fd);
	hasher_free(h->hasher);
	(void)pthread_mutex_destroy(&h->mutex);
	free(h);
}

static void put_in_place(struct high_water *h)
{
	struct buf text = { 0 };
	mark_text(h->hasher, h->word, h->size, &h->root, h->place, &text);
	bool good = pwrite(h->fd, text.data, text.len, 0) == (ssize_t)text.len;
	if (good && text.len < h->length)
		good = ftruncate(h->fd, (off_t)text.len) == 0;
	if (!good && !h->troubled)
		log_line(LOG_ERROR, "high_water_failed", "path=%s reason=\"%s\"", h->path, strerror(errno));
	h->troubled = !good;
	h->length = text.len;
	buf_free(&text);
}

void high_water_raise(struct high_water *h, uint64_t size, const struct hash *root)
{
	must(pthread_mutex_lock(&h->mutex) == 0);
	if (size > h->size) {
		h->size = size;
		h->root = *root;
		if (h->fd >= 0)
			put_in_place(h);
	}
	must(pthread_mutex_unlock(&h->mutex) == 0);
}

int high_water_say(struct high_water *h, enum guard_word word, struct err *err)
{
	char place[HIGH_WATER_PLACE]; /* of one that fails: not where the mark is that is raised on */
	size_t length = 0;
	int fd = -1;
	int rc = OK;
	must(pthread_mutex_lock(&h->mutex) == 0);
	if (h->fd < 0 || h->word != word) {
		rc = make(h->path, word, h->size, &h->root, &fd, place, &length, err);
		if (rc == OK) {
			if (h->fd >= 0)
				(void)close(h->fd);
			h->fd = fd;
			h->word = word;
			h->length = length;
			memcpy(h->place, place, sizeof place);
		}
	}
	must(pthread_mutex_unlock(&h->mutex) == 0);
	return rc;
}
