#include "node/cli/bundle_input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/limits.h"

enum { MAGIC_BYTES = sizeof BUNDLE_MAGIC - 1, READ_BYTES = 64 * 1024 };

/* At most n bytes more of the file. */
static int read_some(struct bundle_input *in, size_t n, struct buf *out, struct err *err)
{
	out->len += fread(buf_reserve(out, n), 1, n, in->file);
	return ferror(in->file) ? err_errno(err, errno, "%s", in->path) : OK;
}

static int open_file(const char *path, struct bundle_input *out, struct err *err)
{
	struct stat info;
	*out = (struct bundle_input){ .path = path };
	out->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (out->file == NULL)
		return err_errno(err, errno, "%s", path);
	if (fstat(fileno(out->file), &info) == 0 && S_ISREG(info.st_mode))
		out->total = (uint64_t)info.st_size;
	return OK;
}

int bundle_input_open_any(const char *path, size_t max, struct bundle_input *out, struct buf *other, struct err *err)
{
	size_t before = other->len;
	int rc = open_file(path, out, err);
	if (rc == OK)
		rc = read_some(out, MAGIC_BYTES, other, err);
	if (rc == OK && other->len - before == MAGIC_BYTES &&
	    memcmp(other->data + before, BUNDLE_MAGIC, MAGIC_BYTES) == 0) {
		other->len = before;
		out->done = MAGIC_BYTES;
		return OK;
	}
	while (rc == OK && !feof(out->file) && other->len - before <= max)
		rc = read_some(out, READ_BYTES, other, err);
	if (rc == OK && other->len - before > max)
		rc = err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
	bundle_input_close(out);
	return rc;
}

int bundle_input_open(const char *path, struct bundle_input *out, struct err *err)
{
	struct buf other = { 0 };
	int rc = bundle_input_open_any(path, MAGIC_BYTES, out, &other, err);
	buf_free(&other);
	if (rc == ERR_LIMIT || (rc == OK && out->file == NULL))
		return err_set(err, ERR_INVALID, "%s: not a bundle file (clause 9.1)", path);
	return rc;
}

void bundle_input_close(struct bundle_input *in)
{
	if (in->file != NULL && in->file != stdin)
		(void)fclose(in->file);
	in->file = NULL;
	buf_free(&in->part);
}

/* Exactly n bytes more of the part.  *none: not even the first one, at the end of the file. */
static int read_more(struct bundle_input *in, size_t n, bool *none, struct err *err)
{
	size_t got = fread(buf_reserve(&in->part, n), 1, n, in->file);
	in->part.len += got;
	in->done += got;
	*none = got == 0;
	if (got == n)
		return OK;
	if (ferror(in->file))
		return err_errno(err, errno, "%s", in->path);
	return err_set(err, ERR_INVALID, "%s: the file is cut short (clause 9.2)", in->path);
}

int bundle_input_next(struct bundle_input *in, struct bytes *framed, struct err *err)
{
	bool none;
	size_t used;
	buf_reset(&in->part);
	*framed = bytes_of(NULL, 0);
	int rc = read_more(in, BUNDLE_PREFIX, &none, err);
	if (rc == ERR_INVALID && none)
		return OK;
	if (rc != OK)
		return rc;
	const uint8_t *p = in->part.data;
	size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (n == 0 || n > FRAME_MAX)
		return err_set(err, ERR_INVALID, "%s: a part of %zu bytes, allowed are 1 to %d (clause 9.1)", in->path, n,
		               FRAME_MAX);
	rc = read_more(in, n, &none, err);
	return rc == OK ? bundle_part_split(buf_bytes(&in->part), framed, &used, err) : rc;
}

int bundle_input_again(struct bundle_input *in, struct err *err)
{
	if (fseek(in->file, MAGIC_BYTES, SEEK_SET) != 0)
		return err_set(err, ERR_IO, "%s: not a file that can be read twice", in->path);
	clearerr(in->file);
	in->done = MAGIC_BYTES;
	return OK;
}

int bundle_input_verify(struct bundle_input *in, struct bundle_verify *v, bundle_progress_cb progress_cb, void *arg,
                        struct err *err)
{
	struct bytes framed;
	for (;;) {
		int rc = bundle_input_next(in, &framed, err);
		if (rc != OK)
			return rc;
		if (framed.len == 0)
			break;
		rc = bundle_verify_part(v, framed, err);
		if (rc != OK) /* whatever its form lacks */
			return err_wrap(err, rc == ERR_UNTRUSTED ? rc : ERR_INVALID, "%s", in->path);
		progress_cb(arg, bundle_verify_entries(v));
	}
	int rc = bundle_verify_finish(v, err);
	return rc == OK ? OK : err_wrap(err, ERR_INVALID, "%s", in->path);
}
