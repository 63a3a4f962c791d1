#include "node/api/add_entries.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "node/api/api.h"
#include "node/base/must.h"

/* tlog-mirror: after this a client may pack without asking first. */
static const char takes_gzip[] = "Accept-Encoding: gzip\r\n";

/* ---- the body ---- */

/* Cut n bytes off the front; false: there are not so many. */
static bool take(struct bytes *rest, size_t n, struct bytes *out)
{
	if (rest->len < n)
		return false;
	*out = bytes_of(rest->data, n);
	*rest = bytes_of(rest->data + n, rest->len - n);
	return true;
}

static bool take_number(struct bytes *rest, size_t width, uint64_t *out)
{
	struct bytes raw;
	if (!take(rest, width, &raw))
		return false;
	*out = 0;
	for (size_t i = 0; i < width; i++)
		*out = *out << 8 | raw.data[i];
	return true;
}

static bool take_counted(struct bytes *rest, struct bytes *out)
{
	uint64_t len;
	return take_number(rest, 2, &len) && take(rest, (size_t)len, out);
}

static bool take_hashes(struct bytes *rest, struct tree_proof *out)
{
	uint64_t count;
	struct bytes raw;
	if (!take_number(rest, 1, &count) || count > PROOF_HASHES_MAX || !take(rest, (size_t)count * HASH_SIZE, &raw))
		return false;
	out->count = (size_t)count;
	if (count > 0)
		memcpy(out->hashes, raw.data, raw.len);
	return true;
}

static bool take_package(struct bytes *rest, size_t count, struct arena *arena, struct upload_package *out)
{
	struct bytes *entries = arena_array(arena, count, sizeof *entries);
	for (size_t i = 0; i < count; i++)
		if (!take_counted(rest, &entries[i]))
			return false;
	out->entries = entries;
	out->count = count;
	return take_hashes(rest, &out->proof);
}

/* How many entries the package has that begins at start: to the end of its bundle, or of the upload. */
static size_t package_size(uint64_t start, uint64_t end)
{
	uint64_t room = BUNDLE_ENTRIES - start % BUNDLE_ENTRIES;
	return (size_t)(end - start < room ? end - start : room);
}

static void set_origin(struct upload *u, struct bytes origin)
{
	if (origin.len > NAME_MAX_BYTES || (origin.len > 0 && memchr(origin.data, 0, origin.len) != NULL))
		return;
	if (origin.len > 0)
		memcpy(u->origin, origin.data, origin.len);
	u->origin[origin.len] = '\0';
}

int add_entries_parse(struct bytes body, struct upload *out, struct err *err)
{
	struct bytes origin, ticket;
	*out = (struct upload){ 0 };
	if (!take_counted(&body, &origin) || !take_number(&body, 8, &out->start) || !take_number(&body, 8, &out->end) ||
	    !take_counted(&body, &ticket))
		return err_set(err, ERR_INVALID, "tlog-mirror: the header of the upload is not whole");
	set_origin(out, origin);
	out->packages = arena_array(&out->arena, UPLOAD_PACKAGES_MAX, sizeof *out->packages);
	for (uint64_t start = out->start; start < out->end && out->count < UPLOAD_PACKAGES_MAX; out->count++) {
		size_t count = package_size(start, out->end);
		if (!take_package(&body, count, &out->arena, &out->packages[out->count]))
			break;
		start += count;
	}
	return OK;
}

void add_entries_write(const struct upload *upload, struct buf *out)
{
	buf_add_u16(out, (uint16_t)strlen(upload->origin));
	buf_add_str(out, upload->origin);
	buf_add_u64(out, upload->start);
	buf_add_u64(out, upload->end);
	buf_add_u16(out, 0);
	for (size_t i = 0; i < upload->count; i++) {
		const struct upload_package *p = &upload->packages[i];
		for (size_t k = 0; k < p->count; k++) {
			must(p->entries[k].len <= ENTRY_MAX);
			buf_add_u16(out, (uint16_t)p->entries[k].len);
			buf_add_bytes(out, p->entries[k]);
		}
		buf_add_char(out, (char)p->proof.count);
		buf_add(out, p->proof.hashes, p->proof.count * HASH_SIZE);
	}
}

/* ---- HTTP ---- */

bool add_entries_is_door(struct bytes path)
{
	return bytes_equal(path, bytes_str("/mirror/add-entries"));
}

const char *add_entries_headers(struct bytes path)
{
	return add_entries_is_door(path) ? takes_gzip : NULL;
}

static bool is_word(struct bytes value, const char *word)
{
	return value.len == strlen(word) && strncasecmp((const char *)value.data, word, value.len) == 0;
}

bool add_entries_takes(const struct http_request *request, bool *gzip)
{
	struct bytes type = http_header(request, "Content-Type");
	struct bytes coding = http_header(request, "Content-Encoding");
	*gzip = is_word(coding, "gzip");
	return is_word(type, "application/octet-stream") && (*gzip || coding.len == 0 || is_word(coding, "identity"));
}

/* Where the client goes on: a size that may be the end, the next entry, and the ticket, which is empty. */
static void write_info(uint64_t size, uint64_t next, struct buf *out)
{
	buf_printf(out, "%" PRIu64 "\n%" PRIu64 "\n\n", size, next);
}

int add_entries_respond(const struct http_request *request, enum answer_outcome outcome, uint64_t size, uint64_t next,
                        struct bytes text, bool close, struct buf *out)
{
	static const int statuses[] = {
		[ANSWER_OK] = 200,       [ANSWER_UNKNOWN] = 404, [ANSWER_UNTRUSTED] = 403, [ANSWER_MALFORMED] = 400,
		[ANSWER_CONFLICT] = 409, [ANSWER_PARTIAL] = 202, [ANSWER_UNPROVED] = 422,  [ANSWER_BUSY] = 503
	};
	struct buf body = { 0 };
	must((size_t)outcome < sizeof statuses / sizeof *statuses);
	int status = statuses[outcome];
	if (outcome == ANSWER_OK) {
		api_text(status, "text/plain; charset=utf-8", takes_gzip, text, close, out);
	} else if (outcome == ANSWER_CONFLICT || outcome == ANSWER_PARTIAL) {
		write_info(size, next, &body);
		api_text(status, "text/x.tlog.mirror-info", takes_gzip, buf_bytes(&body), close, out);
	} else {
		buf_add_bytes(&body, text);
		api_refuse(request, status, buf_str(&body), close, out);
	}
	buf_free(&body);
	return status;
}
